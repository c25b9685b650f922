"""Unit 03."""

HINTS = {
    "build_vocabulary": (
        "How many different characters are there, and does anything in your code depend on the "
        "order in which they happen to come?",
        "Sort the different characters; the one at place i has id i, from 0 to V - 1. One dict "
        "leads from character to id, the other from id to character.",
        "Make a set of the text, which drops repeats, and sort it into a list. Count along that "
        "list: in the first dict the character is the key and its place the value, in the second "
        "the other way round. Hand back the two as a pair, characters first.",
    ),
    "encode": (
        "What does your code do with a character that is not a key of the dict? And is the dict "
        "afterwards what it was before?",
        "The result has one integer for each place of the text, repeats included: shape (L,). A "
        "ValueError is what a learner sees when a character has no id.",
        "Go through the text. If a character is not in the dict, raise a ValueError whose message "
        "holds the character. Otherwise put its id on a list. In the end make an array of "
        "integers of the list.",
    ),
    "decode": (
        "Is what comes back one text, or a list of characters? And what happens with an id of -1, "
        "or of V?",
        "Place i of the text is the character whose id stands at place i of the array. An id that "
        "is no key of the dict is a ValueError.",
        "Go through the ids. Raise a ValueError if the dict has no such key. Otherwise collect "
        "the characters, and join them with an empty text between them.",
    ),
    "one_hot": (
        "Which axis is new, and how long is it? Try an id of -1 on your code: an error, or the "
        "last character?",
        "The result has the shape of ids with an axis of length V behind it. Along this axis stand "
        "zeros, and a single 1 at the place that the id gives. Ids must be at least 0 and below V.",
        "First look at the smallest and the largest id and raise a ValueError if either is out of "
        "range. Then take the identity matrix of size V: its row number i is the vector of id i. "
        "Index its rows with the whole array of ids at once.",
    ),
    "make_batches": (
        "Take the ids 0 to 13 with 2 rows of 3 steps, and write the batches on paper as in the "
        "example. Which id comes after the last one of row 0 in the first batch?",
        "B = (L - 1) // (N T). Row n is the stretch of B T ids that begins at n B T, and batch b "
        "takes its ids from b T to b T + T. The targets are cut in the same way from the text "
        "without its first id.",
        "Work out B, and raise a ValueError if it is 0. Cut the first N B T ids into N rows of B "
        "pieces of T: a reshape. Swap the first two axes, so that the batches come first. Do the "
        "same with as many ids from the second one on, and hand back both.",
    ),
}

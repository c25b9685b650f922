"""Unit 10: hints."""

HINTS = {
    "adding_batch": (
        "Three things are drawn for each example: T numbers and two places. Which of them may "
        "differ from row to row, and which steps belong to the first half when T is odd?",
        "Numbers: uniform from 0 to 1, shape (N, T). First place: one of 0 to T // 2 - 1; second "
        "place: one of T // 2 to T - 1; N draws of each. y is the product of numbers and markers, "
        "summed over time.",
        "Draw the numbers. Make a second array of zeros of the same shape. Draw N places for each "
        "half with rng.integers and set row n, place n to 1, using an index array for the rows. "
        "Stack both arrays along a new last axis, and sum their product along time for y.",
    ),
    "bits_per_character": (
        "How many characters are predicted by the network, and how many are counted? What must be "
        "handed from one chunk to the next so that nobody could tell where it was cut?",
        "The sum is log2 V for the first character and minus log2 p for each other one, where p is "
        "the probability its predecessors gave it. Divide the sum by L. log2 of a number is its "
        "natural logarithm divided by ln 2.",
        "Start with both states at zero. For each chunk: inputs, and targets one further on; "
        "one-hot; the LSTM; keep the last h and c; the output layer; the mean loss times the "
        "number of targets goes to the sum. A text of one character has no chunk at all.",
    ),
    "best_unit_probe": (
        "Which half may the choice look at, and which half gives the number that comes back? What "
        "does your correlation do with a unit that has the same value everywhere?",
        "r is the sum of products of both deviations from their means, divided by the square root "
        "of the product of both sums of squares. Choose by the absolute value of r on the first "
        "half; return r of that unit on the second.",
        "Cut both arrays after L // 2 characters. Write a small function for the correlation of "
        "all units at once, with 0 where a unit does not vary. Apply it to the first halves and "
        "take the place of the largest absolute value; apply it to the second and look there.",
    ),
}

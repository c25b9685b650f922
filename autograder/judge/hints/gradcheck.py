"""Unit 00."""

HINTS = {
    "numeric_gradient": (
        "How many slopes do you need, and which entries may move while you measure one of them? "
        "What does x look like after your function has run?",
        "For each entry i: (f(x + h e_i) - f(x - h e_i)) / (2h), where e_i is 1 at entry i and 0 "
        "elsewhere. If f returns an array, the difference is one too: multiply it by df and add "
        "everything up. The gradient has the shape of x.",
        "Make a copy of x as floats, and an array of zeros of the same shape for the slopes. Visit "
        "every index of the array; NumPy has an iterator over all indices of a shape. Put the old "
        "value plus h there, ask f; put the old value minus h there, ask f; put the old value "
        "back. Weigh the difference by df if there is one, add up, divide by twice the step.",
    ),
    "relative_error": (
        "Two numbers go into the fraction: the largest difference, and the largest entry of both "
        "arrays. In which of them does the sign of an entry matter?",
        "The error is max |a - b| over max(max |a|, max |b|). What is to come out when everything "
        "is zero? And what if a has shape (3,) and b has shape (3, 1)?",
        "First compare the shapes; if they differ, raise a ValueError. Then find the largest "
        "absolute entry of each array and keep the larger of the two. If that is zero, the error "
        "is zero. Otherwise divide the largest absolute difference by it.",
    ),
}

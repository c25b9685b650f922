"""The bug hunt, which has no exercises of its own: hints by the number of the case."""

from typing import Any

HERE = (
    "Here to find the line is what you do, so nobody looks for it in your place: "
    'hint("bug 1") to hint("bug 10") say where to look.'
)


def is_hunted(function: Any) -> bool:
    """Return whether `function` is written in a notebook that asks for a diagnosis first."""
    asks = getattr(function, "__globals__", {}).get("diagnosed")
    return getattr(asks, "__module__", "") == "rnn_ref.widgets.bug_hunt_diagnoses"


HINTS = {
    "bug 1": (
        "The two readings differ from the first step of the second half on. What does that step "
        "get from outside, and where in the code does it come in?",
        "h_t needs h_{t-1}, and the first step needs h_0. Which of the arguments does the function "
        "never use?",
        "In Python, index -1 means the last place. At t = 0 the loop looks there, and finds zeros "
        "that are still to be filled. Keep the newest state in a variable that starts as h_0, and "
        "store it at every step.",
    ),
    "bug 2": (
        "Halve the largest scale until the number comes back. Which of the operations cannot take "
        "a number of that size?",
        "A float ends near 1.8 · 10³⁰⁸, and e to the power of 710 is beyond it. The softmax stays "
        "the same if one and the same number is taken off all scores of a step.",
        "Take off each step's largest score first: then no exponent is above 0. Work out the "
        "logarithm of the probabilities without the exponential of a large number: shifted score, "
        "minus the logarithm of the sum of exponentials. No probability of 0 is then put into a "
        "logarithm.",
    ),
    "bug 3": (
        "A loss near 0 means that the targets can be told from the inputs. From which input is "
        "each target told here? Print one batch of each.",
        "The target at step t is what stands at step t + 1 of the text. A row's last target lies "
        "one place behind its last input.",
        "Cut the targets from the same text, but begin and end one place later. B was computed so "
        "that this one id more is always there.",
    ),
    "bug 4": (
        "The temperature changes the text, the seed does not. So the probabilities are used; what "
        "about chance?",
        "A generator that starts from the same seed gives the same numbers. Where does the "
        "generator of this loop come from, and how often is it made?",
        "The caller hands in a generator, and it moves on with every draw. Nothing in the function "
        "may make another one: take out the line that does.",
    ),
    "bug 5": (
        "Only one of five gradients is wrong. On which line is it made, and what do the others on "
        "that line look like?",
        "Forward, each new unit j adds up h_i W_ij over i. Backward, each old unit i adds up "
        "da_j W_ij over j: the sum runs over the other index.",
        "For y = x W the way back is dy times W transposed. For W_xh the shapes would complain if "
        "that were forgotten. W_hh is square: nothing complains.",
    ),
    "bug 6": (
        "Every array of weights but the output layer's is off, dx is not. What is collected in "
        "another way than dx?",
        "The gradient of shared weights is the sum of the steps' shares. The step that is gone "
        "through last is the first in time; its share of dW_hh has the factor h_0, here zero.",
        "The three sums start at 0 and are replaced in each turn of the loop. Add each step's "
        "share to what is there, for all three.",
    ),
    "bug 7": (
        "Two numbers describe how large a matrix is, and only one of them was asked for. Which one "
        "did come out as asked?",
        "After many steps the size goes like the k-th power of the spectral radius, the largest "
        "absolute value of the eigenvalues. The largest singular value only bounds it from above.",
        "Take the eigenvalues, which may be complex or negative, their absolute values, and the "
        "largest of these. Then mind matrices whose eigenvalues are all zero although they are "
        "not: rounding leaves tiny numbers there.",
    ),
    "bug 8": (
        "Which arrays were shortened, and by which factor each? What would keep the direction?",
        "All arrays together are one long vector g, and clipping makes it g · max_norm / ‖g‖. "
        "There is a single factor.",
        "The norm of the whole is already computed in the first line. Make one factor from it: 1 "
        "where the norm is within the limit. Multiply every array by this factor.",
    ),
    "bug 9": (
        "It holds a 1 and loses a -1. Is the fault in holding or in writing? Look at what is "
        "written: i times g.",
        "Three of the four blocks are gates, between 0 and 1. The candidate says what is to be "
        "written, and that may be negative.",
        "Split the sum first. Put the sigmoid on i, f and o, and tanh on the block that stands "
        "last.",
    ),
    "bug 10": (
        "The first call was right. What can be different at the second call, if the caller hands "
        "in the very same arrays?",
        "dc = dc + s makes a new array. With += an array is changed where it lies, and here it "
        "lies in the caller's hands.",
        "Find the one line that changes an argument. Give the sum of both ways an array of its "
        "own, and use it from there on.",
    ),
}

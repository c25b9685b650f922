"""Unit 01."""

HINTS = {
    "rnn_step_forward": (
        "Look at what arrives at the new state: one arrow from the input, one from the state "
        "before, and a bias. Does your code use all five arguments, each of them once?",
        "The equation is h_t = tanh(x_t W_xh + h_prev W_hh + b_h), with matrix products. Check "
        "the shapes: (N, D) by (D, H) and (N, H) by (H, H) both give (N, H); the bias (H,) is "
        "added to every row.",
        "Multiply the inputs by the input weights, with the data on the left. Multiply the "
        "previous state by the recurrent weights. Add the two and the bias, then apply tanh "
        "once to the sum. Put what you used into a tuple and return state and tuple as a pair.",
    ),
    "rnn_forward": (
        "Follow the chain in the picture: which state does the first step start from, and "
        "which one does each later step start from?",
        "For each t from 0 to T - 1 the new state is your step applied to x[:, t] and to the "
        "state of the step before; before the first step that is h_0. All T new states go into "
        "h, of shape (N, T, H).",
        "Keep the current state in a variable that begins as h_0. Loop over time, which is "
        "axis 1 of x. In the loop call your step, keep its new state in a list, and let the "
        "variable be that state. After the loop stack the list along axis 1. Return it with "
        "the list of caches.",
    ),
    "stack_weights": (
        "How many rows and columns must the result have, and which of the two matrices "
        "comes first in the slides?",
        "W has shape (H + D, H): both matrices have H columns, so they fit one above the other. "
        "The H rows of W_hh are on top.",
        "NumPy can join a list of arrays along an axis. Put the recurrent weights first and the "
        "input weights second, and join them along the axis of the rows.",
    ),
    "rnn_step_stacked": (
        "Which of h_prev and x_t meets the upper rows of W? They must stand in the same order.",
        "h_t = tanh([h_prev, x_t] W + b_h), where [h_prev, x_t] has shape (N, H + D): state and "
        "input of one example side by side in one row.",
        "Join the previous state and the input along the axis of the features, state first. "
        "Multiply the result by W, add the bias, apply tanh, and return the state alone.",
    ),
}

"""Unit 02."""

HINTS = {
    "output_forward": (
        "Every state of the batch becomes a row of scores, by the same matrix and the same bias. "
        "Which axes stay as they are, and which one changes its length?",
        "The equation is scores = h W_hy + b_y. The shapes: (N, T, H) by (H, V) gives (N, T, V). "
        "The matrix product of NumPy acts on the last axis and leaves the others alone.",
        "Multiply all states at once by the weights, states on the left, and add the bias. No loop "
        "is needed. Nothing is squashed. Put the states and the weights into a tuple and hand back "
        "scores and tuple as a pair.",
    ),
    "output_backward": (
        "Write the shapes of the three results beside those of h, W_hy and b_y: each gradient has "
        "the shape of what it belongs to. Over which axes must be summed to get there?",
        "dh = dscores W_hyᵀ, of shape (N, T, H). dW_hy is the sum over all n and t of the state "
        "as a column times the gradient as a row. db_y is the sum of dscores over n and t.",
        "Take states and weights from the cache. Multiply dscores by the turned weights. For the "
        "weights' gradient put all steps of all sequences below each other, as N·T rows, and "
        "multiply the turned states by the gradients. Sum the gradients over the first two axes "
        "for the bias.",
    ),
    "softmax_cross_entropy": (
        "Take one step by hand first: the probabilities, the logarithm at the target, the "
        "gradient. Then ask what a mask of False must do to the loss, to the gradient, and to the "
        "number you divide by.",
        "log p = s - max(s) - log Σ exp(s - max(s)), each step for itself. The loss is the mean "
        "of -log p[target] over the K targets that count; its gradient is (p - one-hot)/K there "
        "and 0 elsewhere. With K = 0 both are 0.",
        "Make a mask of True where none is given. Subtract each step's largest score; subtract "
        "the log of the sum of exponentials: that is log p. Pick it at the targets, by indices. "
        "Exponentiate a copy and take 1 off at the targets. Multiply both by the mask and divide "
        "by the number of targets, or by 1 if there is none.",
    ),
    "loss_mask": (
        "Draw the five patterns on paper, with steps numbered from 0. At which step does the first "
        "target stand, and how many follow?",
        "In four of the patterns the first target is at step n_in - 1, where the last input is "
        "read, and there are n_out of them in a row. Only aligned starts at step 0.",
        "Refuse what is no pattern. Work out the first step of each sequence, an array of N "
        "numbers, and the step after its last target. Refuse it if one of these is beyond T. "
        "Compare the row of step numbers with the column of firsts and with the column of ends.",
    ),
    "pad_and_mask": (
        "What is T, and what stands in the places that no sequence reaches? How would you know "
        "that a place is padding if zero were a real value?",
        "padded has shape (N, T, ...) with T the greatest length, and padded[n, t] is step t of "
        "sequence n for t below its length. mask[n, t] says just that: t is below the length of "
        "sequence n.",
        "Collect the lengths. Make an array of zeros in the right shape, of the same kind of "
        "number as the sequences. In a loop over the sequences copy each into the beginning of "
        "its row, and set the mask there to True.",
    ),
}

"""Unit 09."""

HINTS = {
    "lstm_step_backward": (
        "Read the forward from its last line to its first. Each of its lines gives one stage. Run "
        "the table of stages on what you have: the first line that is not right is the one to "
        "look at.",
        "The whole gradient of c_t is dc_t + dh_t · o · (1 − tanh²c_t). From it: di is it times g, "
        "df times c_prev, dg times i, dc_prev times f. do is dh_t · tanh(c_t). A sigmoid s has the "
        "slope s(1 − s), the candidate 1 − g².",
        "Form a new array for the whole gradient of the cell. Multiply it by each partner, then by "
        "each gate's slope. Join the four results side by side, in the order i, f, o, g. Multiply "
        "by the transposed weights for input and state. The weights' gradients are transposed "
        "data times the joined array; the bias takes its sum over the batch.",
    ),
    "lstm_backward": (
        "Two arrows lead from each step to the next, one for h and one for c. Which gradients come "
        "back along them, and what do they start from at the end?",
        "At step t the upstream of the state is dh[:, t] + dh_prev of step t+1, and the upstream "
        "of the cell is dc_prev of step t+1. Behind the last step both carries are zero. Weights "
        "and bias sum over all steps.",
        "Make two carries of zeros and totals of zeros. Loop from the last step to the first. Add "
        "the state's carry to this step's slice in a new array, call your step backward with it "
        "and the cell's carry, put the input's gradient into its place, let the carries be the two "
        "it returns, and add to the totals. The carries left at the end belong to the start.",
    ),
    "direct_path_gain": (
        "Between c_t and the last cell, which forget gates stand on the straight line, and which "
        "one has already done its work before c_t?",
        "gain at step t is f at t+1 times f at t+2, and so on to the last step. At the last step "
        "nothing stands between, so it is 1.",
        "Start from an array of ones in the shape of f. Go from the last step but one to the "
        "first: each gain is the next step's gain times the next step's gate. NumPy's running "
        "product along axis 1, applied to the turned array, does the same.",
    ),
}

"""Unit 08."""

HINTS = {
    "lstm_step_forward": (
        "Look at the cell diagram: four blocks all read the same two things, the input and the "
        "hidden state. Which of the four are gates, and which one is the thing that is written?",
        "First a = x_t W_xh + h_prev W_hh + b, of shape (N, 4H). Its four blocks of H columns are "
        "i, f, o, g: a sigmoid for the first three, tanh for g. Then c_t = f c_prev + i g and "
        "h_t = o tanh(c_t), number by number.",
        "Make one sum for all four blocks, as in the plain RNN. Cut it along the columns into four "
        "equal parts, in the slides' order. Squash each. Keep part of the old cell state and add "
        "part of the candidate. Squash the new cell state, let the output gate through, and return "
        "both states and a tuple of what you used.",
    ),
    "lstm_forward": (
        "Two things travel from step to step now. Which are they, and where does each of them "
        "start?",
        "For each t the new pair (h_t, c_t) is your step applied to x[:, t] and to the pair of the "
        "step before; before the first step that is (h_0, c_0). All hidden states go into h, all "
        "cell states into c, both of shape (N, T, H).",
        "Keep two variables that begin as h_0 and c_0. Loop over axis 1 of x. In the loop replace "
        "both by what your step returns, and append each to a list of its own. After the loop "
        "stack both lists along axis 1, and return them with the caches.",
    ),
    "lstm_step_gates": (
        "What does the slide multiply by W, and what by U? In unit 01 the letters were used "
        "otherwise.",
        "Each of i, f, o is a sigmoid of h_prev W + x_t U + b with its own W, U and b; the "
        "candidate, key c, is a tanh of the same. Then c_t and h_t as in exercise 1, with the tanh "
        "that this slide leaves out.",
        "Write four lines, one for each key: the hidden state times that key's W, the input times "
        "that key's U, that key's bias, and the squashing function. Combine the four as before, "
        "and return the two states.",
    ),
    "program_gates": (
        "Make a table: what should each of i, f, o, g be where write is 1, and where it is 0? The "
        "noise on the bit's wire must not matter where write is 0.",
        "A gate at rest is the sigmoid of its bias; a write of 1 adds the weight in the second row "
        "of W_xh. So a bias and a weight of opposite signs make a gate switch. Over 100 steps a "
        "forget gate keeps its value to the power 100.",
        "Let write open the input gate and shut the forget gate, from a rest where the first is "
        "firmly shut and the second firmly open. Let the candidate see the bit through a weight "
        "large enough for tanh to be near 1. Keep the output gate open. The hidden state is not "
        "needed.",
    ),
}

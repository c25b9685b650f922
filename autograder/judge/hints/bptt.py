"""Unit 05."""

HINTS = {
    "rnn_step_backward": (
        "Walk the step's graph from its end: what arrives at h_t goes through tanh first, and only "
        "then to each of the two products and to the bias. Which array does all five gradients "
        "share?",
        "Let a_t be the sum before tanh. Then da_t = dh_t (1 - h_t²), number by number. For a "
        "product y = x W, dx = dy Wᵀ and dW = xᵀ dy. The bias is added to every row, so db_h "
        "is the sum of da_t over the batch.",
        "Take the five arrays out of the cache. Compute da_t as a new array, without touching "
        "dh_t. Multiply it by the transposed input weights and by the transposed recurrent "
        "weights; multiply the transposed inputs and the transposed previous state by it; sum it "
        "over axis 0. Compare each shape with that of its forward array.",
    ),
    "rnn_backward": (
        "In the picture, which arrows leave the state after step t? Each of them brings a gradient "
        "back. And how many arrows does one and the same W_hh feed?",
        "The gradient at the state after step t is dh[:, t] plus the carry: the dh_prev that step "
        "t + 1 handed back, zero behind the last step. dW_xh, dW_hh and db_h are sums of the "
        "steps' shares; dh_0 is the carry that leaves the first step.",
        "Begin with a carry of zeros and three sums of zeros. Loop over the steps from the last to "
        "the first. In the loop add this step's upstream gradient and the carry, call your step "
        "backward with this step's cache, keep dx_t, let the carry be dh_prev, add the shares to "
        "the sums. At the end put the dx_t in order of time along axis 1.",
    ),
    "per_step_weight_gradient": (
        "Switch off all losses but the one at step t. Through which steps does its gradient flow, "
        "and at which of them was W_hh used?",
        "Slice t is the sum, over k from t down to the first step, of step k's share of dW_hh, "
        "when the only upstream gradient is dh[:, t]. All slices together sum to dW_hh.",
        "For each t make an array of zeros in the shape of dh, and copy into it the upstream "
        "gradient of step t alone. Your backward over the whole sequence then gives this loss's "
        "dW_hh. Store it as slice t. Do not blank out dh itself: you need it for the next t.",
    ),
    "truncated_bptt": (
        "Draw seven steps and cut them into chunks of three, from the left. Which arrows of the "
        "way back cross a cut? Those and no others are gone.",
        "Each chunk is a sequence of its own for the backward: its upstream gradients, its caches, "
        "a carry of zero at its end. The weights' gradients are summed over the chunks, dx is "
        "joined along time, and dh_0 is that of the first chunk.",
        "Let the starts be 0, k, 2k and so on, below T. Slice dh along axis 1 and the list of "
        "caches from each start, k steps long; slices that reach past the end are shortened by "
        "Python. Call your backward on every pair. Sum three of the results, join the dx, keep the "
        "first dh_0.",
    ),
}

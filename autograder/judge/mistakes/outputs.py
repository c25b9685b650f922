"""Unit 02: mistakes in the output layer, in its backward, in the loss, in masks and padding."""

from autograder.judge.edits import TOLD_ALREADY, Mistakes

FORWARD = Mistakes("outputs", "output_forward")
BACKWARD = Mistakes("outputs", "output_backward")
LOSS = Mistakes("outputs", "softmax_cross_entropy")
MASK = Mistakes("outputs", "loss_mask")
PAD = Mistakes("outputs", "pad_and_mask")


# --- output_forward -----------------------------------------------------------------------------

FORWARD.edit("scores_without_bias", "the bias b_y is not added.", " + b_y → ")
FORWARD.edit(
    "scores_with_bias_twice", "the bias is added twice, not once.", "W_hy + b_y → W_hy + b_y + b_y"
)
FORWARD.edit(
    "tanh_of_the_scores",
    "the scores are squashed by tanh. They are plain sums, of any size.",
    "h @ W_hy + b_y → np.tanh(h @ W_hy + b_y)",
)
FORWARD.edit(
    "probabilities_for_scores",
    "the scores have been through softmax. That belongs to the loss; here they stay scores.",
    "return scores → scores = np.exp(scores - scores.max(axis=-1, keepdims=True))\n"
    "    scores = scores / scores.sum(axis=-1, keepdims=True)\n    return scores",
)
FORWARD.edit(
    "scores_of_the_last_state",
    "the last state alone gets scores. All T of them do: shape (N, T, V).",
    "h @ W_hy → h[:, -1] @ W_hy",
)
FORWARD.edit(
    "scores_of_the_previous_state",
    "step t is scored from the state before it. Its scores come from h[:, t] itself.",
    "h @ W_hy → np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1) @ W_hy",
)
FORWARD.edit(
    "scores_of_the_mean_state",
    "the states of all steps are averaged before they are scored. Score each of them.",
    "h @ W_hy → h.mean(axis=1, keepdims=True).repeat(h.shape[1], axis=1) @ W_hy",
)
FORWARD.edit(
    "W_hy_transposed",
    "W_hy is transposed. With rows as batch it stands on the right of h as it is.",
    "@ W_hy + → @ W_hy.T +",
)
FORWARD.edit(
    "scores_by_elementwise_product",
    "* stands between the arrays, and multiplies number by number. A matrix product is written @.",
    "h @ W_hy → h * W_hy",
)
FORWARD.edit(
    "scores_with_time_first",
    "time stands on the first axis. The scores have shape (N, T, V).",
    "h @ W_hy + b_y → (h @ W_hy + b_y).transpose(1, 0, 2)",
)
FORWARD.edit(
    "scores_without_cache",
    "the scores come back alone. Return the pair (scores, cache).",
    "return scores, (h, W_hy) → return scores",
)
FORWARD.edit(
    "cache_of_nothing",
    "the cache is None. It is the pair (h, W_hy), for the way back.",
    "return scores, (h, W_hy) → return scores, None",
)
FORWARD.edit(
    "scores_in_the_cache",
    "the cache holds the scores in the place of h. Going back, the states are needed.",
    "return scores, (h, W_hy) → return scores, (scores, W_hy)",
)
FORWARD.edit(
    "bias_in_the_cache",
    "the cache holds b_y in the place of W_hy. Going back, the weights are needed.",
    "return scores, (h, W_hy) → return scores, (h, b_y)",
)

# --- output_backward ----------------------------------------------------------------------------

BACKWARD.edit(
    "mean_for_sum",
    "dW_hy and db_y are averaged over sequences and steps. A weight that is used many times gets "
    "the sum of its gradients; the mean is already in the loss.",
    "h, dscores) → h, dscores) / (h.shape[0] * h.shape[1])",
    ".sum(axis=(0, 1)) → .mean(axis=(0, 1))",
)
BACKWARD.edit(
    "divided_by_the_batch",
    "dW_hy and db_y are divided by the batch size. They are plain sums.",
    "h, dscores) → h, dscores) / len(h)",
    "axis=(0, 1)) → axis=(0, 1)) / len(h)",
)
BACKWARD.edit(
    "db_summed_over_the_batch_alone",
    "db_y is summed over the batch alone. Sum over time, too: its shape is (V,).",
    "axis=(0, 1) → axis=0",
)
BACKWARD.edit(
    "db_keeps_its_axes",
    "db_y keeps axes of length 1. It has the shape of b_y: (V,).",
    "axis=(0, 1) → axis=(0, 1), keepdims=True",
)
BACKWARD.edit(
    "db_not_summed",
    "db_y is not summed at all. One bias serves all steps: sum over batch and time.",
    "dscores.sum(axis=(0, 1)) → dscores.copy()",
)
BACKWARD.edit(
    "dW_of_the_last_step",
    "dW_hy holds the last step alone. If = stands in the loop where += would add, the others are "
    "forgotten: the same weights serve all steps.",
    '"nth,ntv->hv", h, dscores → "nh,nv->hv", h[:, -1], dscores[:, -1]',
)
BACKWARD.edit(
    "db_of_the_last_step",
    "db_y holds the last step alone. If = stands in the loop where += would add, the others are "
    "forgotten: the same bias serves all steps.",
    "dscores.sum(axis=(0, 1)) → dscores[:, -1].sum(axis=0)",
)
BACKWARD.edit(
    "gradients_of_the_last_sequence",
    "dW_hy and db_y hold the last sequence alone. If = stands in the loop where += would add, the "
    "others are forgotten: sum over the batch.",
    '"nth,ntv->hv", h, dscores → "th,tv->hv", h[-1], dscores[-1]',
    "dscores.sum(axis=(0, 1)) → dscores[-1].sum(axis=0)",
)
BACKWARD.edit(
    "dW_transposed", "dW_hy is transposed. It has the shape of W_hy: (H, V).", "->hv → ->vh"
)
BACKWARD.edit(
    "dh_without_transpose",
    "W_hy is not transposed in dh: going back, the scores' gradient meets it turned.",
    "W_hy.T → W_hy",
)
BACKWARD.edit(
    "dh_with_the_slope_of_tanh",
    "dh carries a factor 1 - h². That derivative of tanh belongs to the recurrence, which made h; "
    "the output layer is linear.",
    "W_hy.T → W_hy.T * (1 - h**2)",
)
BACKWARD.edit(
    "gradients_in_another_order",
    "the gradients come in another order. Return dh, dW_hy, db_y.",
    "return dh, dW_hy, db_y → return dW_hy, db_y, dh",
)
BACKWARD.edit(
    "dh_summed_over_time",
    "dh is summed over time. Each state gets a gradient of its own: (N, T, H).",
    "dscores @ W_hy.T → (dscores @ W_hy.T).sum(axis=1)",
)
BACKWARD.edit(
    "overwrites_dscores", TOLD_ALREADY, "return dh, dW_hy → dscores[:] = 0\n    return dh, dW_hy"
)
BACKWARD.edit("changes_the_cache", TOLD_ALREADY, "return dh, dW_hy → h *= dh\n    return dh, dW_hy")

# --- softmax_cross_entropy ----------------------------------------------------------------------

_LOG_P = "shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))"
_P = "np.exp(shifted) / np.exp(shifted).sum(axis=2, keepdims=True)"
_GRADIENT = "dscores * counts[:, :, None] / K"

LOSS.edit(
    "no_maximum_subtracted",
    "the maximum is not subtracted before exp: a score of 1000 overflows. Subtract each step's "
    "largest score first; the probabilities stay the same.",
    "scores - scores.max(axis=2, keepdims=True) → scores",
    f"{_LOG_P} → np.log({_P})",
)
LOSS.edit(
    "no_maximum_in_the_log_of_the_sum",
    "the maximum is not subtracted before exp, and the logarithm of the sum is infinite for a "
    "score of 1000. Subtract each step's largest score first.",
    "scores - scores.max(axis=2, keepdims=True) → scores",
)
LOSS.edit(
    "maximum_over_the_whole_array",
    "one maximum is subtracted from the whole array. Where all scores of a step are far below it, "
    "every exp is 0, and 0/0 is nan: each step needs its own maximum.",
    "scores.max(axis=2, keepdims=True) → scores.max()",
    f"{_LOG_P} → np.log({_P})",
)
LOSS.edit(
    "maximum_of_all_in_the_log_of_the_sum",
    "one maximum is subtracted from the whole array. Where all scores of a step are far below it, "
    "every exp is 0, and log 0 is infinite: each step needs its own maximum.",
    "scores.max(axis=2, keepdims=True) → scores.max()",
)
LOSS.edit(
    "log_of_a_vanished_probability",
    "the logarithm is taken of a probability that has become 0, so the loss is infinite. Take the "
    "logarithm before: the shifted score minus the log of the sum of exponentials.",
    f"{_LOG_P} → np.log({_P})",
)
for _little in ("1e-12", "1e-8", "1e-9", "1e-10", "1e-15"):
    LOSS.edit(
        "log_of_p_plus_a_little" + f"_{_little}" * (_little != "1e-12"),
        f"the probability is kept above 0 by {_little} before its logarithm is taken, so that a "
        "very wrong answer costs far too little. Take the logarithm exactly, by way of the scores.",
        f"{_LOG_P} → np.log({_P} + {_little})",
    )
LOSS.edit(
    "softmax_over_time",
    "softmax runs over time. It runs over the classes, the last axis.",
    "scores.max(axis=2 → scores.max(axis=1",
    "sum(axis=2 → sum(axis=1",
)
LOSS.edit(
    "softmax_twice",
    "softmax is applied twice: its probabilities are treated as scores again.",
    f"log_p = shifted → shifted = {_P}\n    log_p = shifted",
)
LOSS.edit(
    "gradient_of_the_sum",
    "the loss is a mean and its gradient is not: dscores must be divided by the same count.",
    f"{_GRADIENT} → dscores * counts[:, :, None]",
)
LOSS.edit(
    "sum_for_mean",
    "the loss is a sum, and so is its gradient. Divide both by the number of targets.",
    "max(counts.sum(), 1) → 1",
)
LOSS.edit(
    "divided_by_the_number_of_sequences",
    "the sum is divided by the number of sequences N. The mean is taken over all targets that "
    "count, so that long sequences do not weigh differently.",
    "max(counts.sum(), 1) → len(targets)",
)
LOSS.edit(
    "masked_sum_divided_by_all_steps",
    "the masked sum is divided by N·T, padding counted in. Divide by the number of targets that "
    "count, or the loss depends on how much padding there is.",
    "max(counts.sum(), 1) → targets.size",
)
LOSS.edit(
    "mean_of_the_sequences_means",
    "a mean is taken in each sequence, then over the sequences. A target in a short sequence then "
    "weighs more than one in a long one; take one mean over all targets that count.",
    "K = max(counts.sum(), 1) → K = len(counts)\n"
    "    counts = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)",
)
LOSS.edit(
    "mask_ignored",
    "the mask is not used: padding counts like any target.",
    " if mask is None else mask.astype(float) → ",
)
LOSS.edit(
    "mask_missing_in_the_gradient",
    "the mask is in the loss and not in the gradient: where it is False, dscores must be 0.",
    f"{_GRADIENT} → dscores / K",
)
LOSS.edit(
    "mask_missing_in_the_loss",
    "the mask is in the gradient and not in the loss: what stands where it is False must not be "
    "added.",
    "-(counts * log_p → -(log_p",
)
LOSS.edit(
    "loss_of_all_steps",
    "the mask is in the gradient, and the loss is the mean over all steps, padding too.",
    "-(counts * log_p[n, t, targets]).sum() / K → -log_p[n, t, targets].mean()",
)
LOSS.edit(
    "masked_loss_divided_by_all_steps",
    "the masked loss is divided by N·T, padding counted in, and its gradient is not. Divide both "
    "by the number of targets that count.",
    "/ K\n    dscores → / targets.size\n    dscores",
)
LOSS.edit(
    "masked_gradient_divided_by_all_steps",
    "the masked gradient is divided by N·T, padding counted in, and the loss is not. Divide both "
    "by the number of targets that count.",
    f"{_GRADIENT} → dscores * counts[:, :, None] / targets.size",
)
LOSS.edit(
    "mask_on_the_scores",
    "the scores are multiplied by the mask. A step whose scores are all 0 still has a loss, log V; "
    "multiply the losses and the gradient instead.",
    "shifted = scores → scores = scores * counts[:, :, None]\n    shifted = scores",
    "-(counts * log_p → -(log_p",
    f"{_GRADIENT} → dscores / K",
)
LOSS.edit(
    "mask_inverted",
    "the mask is read the wrong way round: True marks what counts.",
    "mask.astype(float) → 1.0 - mask",
)
LOSS.edit(
    "divides_by_a_count_of_zero",
    "the sum is divided by a count of 0, where no target counts: 0/0 is nan. Then both results "
    "are 0.",
    "max(counts.sum(), 1) → counts.sum()",
)
LOSS.edit(
    "loss_divided_by_a_count_of_zero",
    "the loss is divided by a count of 0, where no target counts: 0/0 is nan. If it is a mean over "
    "what counts, that is empty then: the loss is 0.",
    "/ K\n    dscores → / counts.sum()\n    dscores",
)
LOSS.edit(
    "sign_turned",
    "the sign is turned: the loss is minus the logarithm, and its gradient follows.",
    "-(counts → (counts",
    "np.exp(log_p) → -np.exp(log_p)",
    "-= 1 → += 1",
)
LOSS.edit(
    "loss_in_bits",
    "the loss is in bits, by log2. This course counts in nats, by the natural logarithm.",
    "/ K\n    dscores → / K / np.log(2)\n    dscores",
)
LOSS.edit(
    "gradient_without_the_target",
    "dscores is the probabilities alone: 1 is to be taken off at the target's place.",
    "    dscores[n, t, targets] -= 1\n → ",
)
LOSS.edit(
    "gradient_written_over_the_scores",
    TOLD_ALREADY,
    f"return loss, {_GRADIENT} → scores[:] = {_GRADIENT}\n    return loss, scores",
)
LOSS.edit(
    "loss_without_gradient",
    "the loss comes back alone. Return the pair (loss, dscores).",
    f"return loss, {_GRADIENT} → return loss",
)

# --- loss_mask ----------------------------------------------------------------------------------

_END = "end = first + n_out"
_NOW = "t = np.arange(T)"
_MANY = 'if pattern == "many-to-many":\n        '
_ROWS = "(first[:, None] <= t) & (t < end[:, None])"

MASK.edit(
    "target_at_the_last_step_of_the_batch",
    "in many-to-one the target stands at step T - 1, which is padding for a shorter sequence. It "
    "stands where that sequence's own last input is read.",
    f'{_END} → if pattern == "many-to-one":\n        first = np.full_like(n_in, T - 1)\n    {_END}',
)
MASK.edit(
    "starts_one_step_late",
    "the targets begin one step late, at step n_in. The state that has read the last input, step "
    "n_in - 1, already gives the first of them.",
    "else n_in - 1 → else n_in",
    "end > T → end > T + 1",
)
MASK.edit(
    "many_to_many_starts_one_step_late",
    "in many-to-many the targets begin one step late, at step n_in. The state that has read the "
    "last input, step n_in - 1, already gives the first of them, as in many-to-one.",
    f"{_NOW} → {_MANY}first, end = n_in, n_in + n_out\n    {_NOW}",
)
MASK.edit(
    "many_to_many_never_stops",
    "in many-to-many every step from the last input to the end of the batch counts. Stop after "
    "n_out targets; what follows is padding.",
    f"{_NOW} → {_MANY}end = np.full_like(n_in, T)\n    {_NOW}",
)
MASK.edit(
    "many_to_many_starts_at_once",
    "in many-to-many the targets begin at step 0, while inputs are still being read. They begin "
    "with the last input; targets beside the inputs are the pattern aligned.",
    f"{_NOW} → {_MANY}first, end = np.zeros_like(n_in), n_out\n    {_NOW}",
)
MASK.edit(
    "aligned_counts_padding",
    "in aligned every step counts, padding too. Only the first n_in steps have a target.",
    f'{_NOW} → if pattern == "aligned":\n        end = np.full_like(n_in, T)\n    {_NOW}',
)
MASK.edit(
    "aligned_like_the_others",
    "aligned is not told apart: its targets begin at step n_in - 1, as in the other patterns. They "
    "begin with the first input, at step 0.",
    f'{_NOW} → if pattern == "aligned":\n        first, end = n_in - 1, n_in - 1 + n_out\n'
    f"    {_NOW}",
)
MASK.edit(
    "many_to_one_counts_every_input",
    "in many-to-one all steps that read an input count. There is one target a sequence, at the "
    "last of them.",
    f'{_NOW} → if pattern == "many-to-one":\n        first = np.zeros_like(n_in)\n    {_NOW}',
)
MASK.edit(
    "mask_marks_what_does_not_count",
    "the mask is inverted: True marks a step with a target, not one without.",
    f"{_ROWS} → ~({_ROWS})",
)
MASK.edit(
    "mask_with_time_first",
    "the mask is transposed. Sequences are rows: its shape is (N, T).",
    f"{_ROWS} → ({_ROWS}).T",
)
MASK.edit(
    "longest_sequence_for_all",
    "every row is made from the greatest lengths. Each sequence has its own n_in and n_out.",
    f"{_NOW} → first, end = np.full_like(first, first.max()), np.full_like(end, end.max())\n"
    f"    {_NOW}",
)
MASK.edit(
    "unknown_pattern_accepted",
    "an unknown pattern is taken for a known one. It must raise a ValueError.",
    "if pattern not in patterns: → if False:",
)
MASK.edit(
    "targets_beyond_the_end_dropped",
    "targets beyond step T - 1 are dropped in silence. That must raise a ValueError.",
    "if np.any(end > T): → if False:",
)
MASK.edit(
    "nothing_refused",
    "nothing is ever refused: an unknown pattern and too small a T must raise a ValueError.",
    "if pattern not in patterns: → if False:",
    "if np.any(end > T): → if False:",
)
MASK.edit("mask_of_integers", TOLD_ALREADY, f"{_ROWS} → 1 * ({_ROWS})")
MASK.edit("mask_in_lists", TOLD_ALREADY, f"{_ROWS} → ({_ROWS}).tolist()")

# --- pad_and_mask -------------------------------------------------------------------------------

_REAL = "np.arange(T) < lengths[:, None]"
_FILLED = "= sequence\n    return"

PAD.edit(
    "pads_in_front",
    "the zeros stand in front. They go to the end: each sequence begins at step 0.",
    "padded[n, : len(sequence)] → padded[n, T - len(sequence) :]",
    f"{_REAL} → np.arange(T) >= T - lengths[:, None]",
)
PAD.edit(
    "cut_to_the_shortest",
    "everything is cut to the shortest length. Fill the short ones up; lose nothing.",
    "lengths.max() → lengths.min()",
    "padded[n, : len(sequence)] = sequence → padded[n] = sequence[:T]",
)
PAD.edit(
    "mask_marks_the_padding",
    "the mask is inverted: True marks what is real, False what was filled up.",
    f"{_REAL} → np.arange(T) >= lengths[:, None]",
)
PAD.edit(
    "mask_from_the_zeros",
    "the mask is read off the zeros in padded. A zero can be real, such as the id 0: make the mask "
    "from the lengths.",
    f"{_REAL} → (padded != 0).reshape(len(padded), T, -1).any(axis=2)",
)
PAD.edit(
    "mask_with_a_feature_axis",
    "the mask has the features' axis, too. It says one thing a step: shape (N, T).",
    f"return padded, {_REAL} → mask = np.zeros(shape, dtype=bool)\n"
    "    for n, length in enumerate(lengths):\n        mask[n, :length] = True\n"
    "    return padded, mask",
)
PAD.edit("ids_become_floats", TOLD_ALREADY, ", dtype=sequences[0].dtype → ")
PAD.edit(
    "vectors_become_integers",
    "vectors come back as integers: what stands behind the point is cut off.",
    "dtype=sequences[0].dtype → dtype=int",
)
PAD.edit(
    "one_step_too_many",
    "there is one step too many: T is the length of the longest sequence.",
    "lengths.max() → lengths.max() + 1",
)
PAD.edit(
    "padded_with_time_first",
    "time stands on the first axis. Sequences are rows: (N, T, ...) and (N, T).",
    f"return padded, {_REAL} → return padded.swapaxes(0, 1), ({_REAL}).T",
)
PAD.edit(
    "repeats_the_last_entry",
    "the last entry is repeated to the end. Fill up with zeros.",
    f"{_FILLED} → = sequence\n        if len(sequence):\n"
    "            padded[n, len(sequence) :] = sequence[-1]\n    return",
)
PAD.edit(
    "sorted_by_length",
    "the sequences are sorted by length. Rows keep the order in which they were given.",
    "lengths = → sequences = sorted(sequences, key=len, reverse=True)\n    lengths =",
)
PAD.edit(
    "empty_sequences_dropped",
    "empty sequences are dropped. Each keeps its row, with a mask of False throughout.",
    "lengths = → sequences = [sequence for sequence in sequences if len(sequence)]\n    lengths =",
)
PAD.edit(
    "lengths_for_a_mask",
    "the lengths come back instead of a mask of shape (N, T).",
    f"return padded, {_REAL} → return padded, lengths",
)
PAD.edit(
    "replaces_the_callers_sequences",
    TOLD_ALREADY,
    f"{_FILLED} → = sequence\n        sequences[n] = padded[n]\n    return",
)
PAD.edit("padding_mask_of_numbers", TOLD_ALREADY, f"{_REAL} → ({_REAL}).astype(float)")
PAD.edit("padded_in_lists", TOLD_ALREADY, "return padded, → return padded.tolist(),")

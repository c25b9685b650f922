"""Unit 02: mistakes in the output layer, in its backward, in the loss, in masks and padding.

Written as a learner would write them. The functions are called after their mistake.
"""

import numpy as np

from autograder.judge.edits import Mistakes

FORWARD = Mistakes("outputs", "output_forward")
BACKWARD = Mistakes("outputs", "output_backward")
LOSS = Mistakes("outputs", "softmax_cross_entropy")
MASK = Mistakes("outputs", "loss_mask")
PAD = Mistakes("outputs", "pad_and_mask")


@FORWARD.written("The bias b_y is never added.")
def scores_without_bias(h, W_hy, b_y):
    return h @ W_hy, (h, W_hy)


@FORWARD.written("The bias is added twice.")
def scores_with_bias_twice(h, W_hy, b_y):
    scores = h @ W_hy + b_y
    scores += b_y
    return scores, (h, W_hy)


@FORWARD.written("The scores are squashed by tanh. They are plain sums, of any size.")
def tanh_of_the_scores(h, W_hy, b_y):
    return np.tanh(h @ W_hy + b_y), (h, W_hy)


@FORWARD.written(
    "The scores have already been through softmax. That belongs to the loss; here they stay scores."
)
def probabilities_for_scores(h, W_hy, b_y):
    scores = h @ W_hy + b_y
    p = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True), (h, W_hy)


@FORWARD.written("Only the last state gets scores. All T of them do: shape (N, T, V).")
def scores_of_the_last_state(h, W_hy, b_y):
    return h[:, -1] @ W_hy + b_y, (h, W_hy)


@FORWARD.written("Step t is scored from the state before it. Its scores come from h[:, t] itself.")
def scores_of_the_previous_state(h, W_hy, b_y):
    before = np.zeros_like(h)
    before[:, 1:] = h[:, :-1]
    return before @ W_hy + b_y, (h, W_hy)


@FORWARD.written("The states of all steps are averaged before they are scored. Score each of them.")
def scores_of_the_mean_state(h, W_hy, b_y):
    mean = np.broadcast_to(h.mean(axis=1, keepdims=True), h.shape)
    return mean @ W_hy + b_y, (h, W_hy)


@FORWARD.written("W_hy is transposed. With rows as batch it stands on the right of h as it is.")
def W_hy_transposed(h, W_hy, b_y):
    return h @ W_hy.T + b_y, (h, W_hy)


@FORWARD.written("* multiplies number by number. A matrix product is written @.")
def scores_by_elementwise_product(h, W_hy, b_y):
    return h * W_hy + b_y, (h, W_hy)


@FORWARD.written("Time stands on the first axis. The scores have shape (N, T, V).")
def scores_with_time_first(h, W_hy, b_y):
    return (h @ W_hy + b_y).transpose(1, 0, 2), (h, W_hy)


@FORWARD.written("Only the scores come back. Return the pair (scores, cache).")
def scores_without_cache(h, W_hy, b_y):
    return h @ W_hy + b_y


@BACKWARD.written(
    "dW_hy and db_y are averaged over sequences and steps. A weight that is used many times gets "
    "the sum of its gradients; the mean is already in the loss."
)
def mean_for_sum(dscores, cache):
    h, W_hy = cache
    count = h.shape[0] * h.shape[1]
    dW_hy = np.einsum("nth,ntv->hv", h, dscores) / count
    return dscores @ W_hy.T, dW_hy, dscores.mean(axis=(0, 1))


@BACKWARD.written("dW_hy and db_y are divided by the batch size. They are plain sums.")
def divided_by_the_batch(dscores, cache):
    h, W_hy = cache
    N = len(h)
    dW_hy = np.einsum("nth,ntv->hv", h, dscores) / N
    return dscores @ W_hy.T, dW_hy, dscores.sum(axis=(0, 1)) / N


@BACKWARD.written("db_y is summed over the batch alone. Sum over time, too: its shape is (V,).")
def db_summed_over_the_batch_alone(dscores, cache):
    h, W_hy = cache
    return dscores @ W_hy.T, np.einsum("nth,ntv->hv", h, dscores), dscores.sum(axis=0)


@BACKWARD.written("db_y keeps axes of length 1. It has the shape of b_y: (V,).")
def db_keeps_its_axes(dscores, cache):
    h, W_hy = cache
    db_y = dscores.sum(axis=(0, 1), keepdims=True)
    return dscores @ W_hy.T, np.einsum("nth,ntv->hv", h, dscores), db_y


@BACKWARD.written("db_y is not summed at all. One bias serves all steps: sum over batch and time.")
def db_not_summed(dscores, cache):
    h, W_hy = cache
    return dscores @ W_hy.T, np.einsum("nth,ntv->hv", h, dscores), dscores


@BACKWARD.written(
    "dW_hy holds the last step only: = where += belongs. The same weights serve all steps."
)
def dW_of_the_last_step(dscores, cache):
    h, W_hy = cache
    for t in range(h.shape[1]):
        dW_hy = h[:, t].T @ dscores[:, t]
    return dscores @ W_hy.T, dW_hy, dscores.sum(axis=(0, 1))


@BACKWARD.written(
    "The weights' gradients hold the last sequence only: = where += belongs. Sum over the batch."
)
def gradients_of_the_last_sequence(dscores, cache):
    h, W_hy = cache
    for n in range(len(h)):
        dW_hy = h[n].T @ dscores[n]
        db_y = dscores[n].sum(axis=0)
    return dscores @ W_hy.T, dW_hy, db_y


@BACKWARD.written("dW_hy is transposed. It has the shape of W_hy: (H, V).")
def dW_transposed(dscores, cache):
    h, W_hy = cache
    return dscores @ W_hy.T, np.einsum("ntv,nth->vh", dscores, h), dscores.sum(axis=(0, 1))


@BACKWARD.written("dh misses the transpose: going back, the scores' gradient meets W_hy turned.")
def dh_without_transpose(dscores, cache):
    h, W_hy = cache
    return dscores @ W_hy, np.einsum("nth,ntv->hv", h, dscores), dscores.sum(axis=(0, 1))


@BACKWARD.written(
    "dh carries a factor 1 - h². That derivative of tanh belongs to the recurrence, which made h; "
    "the output layer is linear."
)
def dh_with_the_slope_of_tanh(dscores, cache):
    h, W_hy = cache
    dh = (dscores @ W_hy.T) * (1 - h**2)
    return dh, np.einsum("nth,ntv->hv", h, dscores), dscores.sum(axis=(0, 1))


@BACKWARD.written("The gradients come in another order. Return dh, dW_hy, db_y.")
def gradients_in_another_order(dscores, cache):
    h, W_hy = cache
    return np.einsum("nth,ntv->hv", h, dscores), dscores.sum(axis=(0, 1)), dscores @ W_hy.T


@BACKWARD.written("dh is summed over time. Each state gets a gradient of its own: (N, T, H).")
def dh_summed_over_time(dscores, cache):
    h, W_hy = cache
    dh = (dscores @ W_hy.T).sum(axis=1)
    return dh, np.einsum("nth,ntv->hv", h, dscores), dscores.sum(axis=(0, 1))


@BACKWARD.written("The numbers are right, but the caller's dscores is overwritten on the way.")
def overwrites_dscores(dscores, cache):
    h, W_hy = cache
    dh, dW_hy = dscores @ W_hy.T, np.einsum("nth,ntv->hv", h, dscores)
    db_y = dscores.sum(axis=(0, 1))
    dscores[:] = 0
    return dh, dW_hy, db_y


@BACKWARD.written(
    "Right once, wrong on the second call: something in the cache is changed in place."
)
def changes_the_cache(dscores, cache):
    h, W_hy = cache
    dh, dW_hy = dscores @ W_hy.T, np.einsum("nth,ntv->hv", h, dscores)
    h *= dh
    return dh, dW_hy, dscores.sum(axis=(0, 1))


@LOSS.written(
    "The maximum is not subtracted before exp: a score of 1000 overflows, and nan comes out. "
    "Subtract each step's largest score first; the probabilities stay the same."
)
def no_maximum_subtracted(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    p = np.exp(scores) / np.exp(scores).sum(axis=2, keepdims=True)
    n, t = np.indices((N, T))
    loss = -(weight * np.log(p[n, t, targets])).sum() / count
    p[n, t, targets] -= 1
    return loss, p * weight[:, :, None] / count


@LOSS.written(
    "One maximum is subtracted from the whole array. Where all scores are far below it, every exp "
    "is 0 and 0/0 is nan: each step needs its own maximum."
)
def maximum_over_the_whole_array(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    shifted = scores - scores.max()
    total = np.exp(shifted).sum(axis=2, keepdims=True)
    log_p = shifted - np.log(total)
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum() / count
    p = np.exp(shifted) / total
    p[n, t, targets] -= 1
    return loss, p * weight[:, :, None] / count


@LOSS.written(
    "The logarithm is taken of a probability that has become 0, so the loss is infinite. Take the "
    "logarithm before: the shifted score minus the log of the sum of exponentials."
)
def log_of_a_vanished_probability(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    p = np.exp(scores - scores.max(axis=2, keepdims=True))
    p = p / p.sum(axis=2, keepdims=True)
    n, t = np.indices((N, T))
    chosen = p[n, t, targets]
    loss = -np.log(chosen[weight > 0]).sum() / count
    p[n, t, targets] -= 1
    return loss, p * weight[:, :, None] / count


@LOSS.written(
    "A small number is added inside the logarithm, so that a very wrong answer costs far too "
    "little. Take the logarithm of the probability exactly, by way of the scores."
)
def log_of_p_plus_a_little(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    p = np.exp(scores - scores.max(axis=2, keepdims=True))
    p = p / p.sum(axis=2, keepdims=True)
    n, t = np.indices((N, T))
    loss = -(weight * np.log(p[n, t, targets] + 1e-12)).sum() / count
    p[n, t, targets] -= 1
    return loss, p * weight[:, :, None] / count


@LOSS.written("Softmax runs over time. It runs over the classes, the last axis.")
def softmax_over_time(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum() / count
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores * weight[:, :, None] / count


@LOSS.written("Softmax is applied twice: its probabilities are treated as scores again.")
def softmax_twice(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    for _ in range(2):
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        scores = scores / scores.sum(axis=2, keepdims=True)
    n, t = np.indices((N, T))
    loss = -(weight * np.log(scores[n, t, targets])).sum() / count
    scores[n, t, targets] -= 1
    return loss, scores * weight[:, :, None] / count


@LOSS.written("The loss is a mean, its gradient is not: dscores must be divided by the same count.")
def gradient_of_the_sum(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum() / max(weight.sum(), 1)
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores * weight[:, :, None]


@LOSS.written("The loss is a sum, and so is its gradient. Divide both by the number of targets.")
def sum_for_mean(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum()
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores * weight[:, :, None]


@LOSS.written(
    "The sum is divided by the number of sequences N. The mean is taken over all targets that "
    "count, so that long sequences do not weigh differently."
)
def divided_by_the_number_of_sequences(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum() / N
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores * weight[:, :, None] / N


@LOSS.written(
    "The masked sum is divided by N·T, padding counted in. Divide by the number of targets that "
    "count, or the loss depends on how much padding there is."
)
def masked_sum_divided_by_all_steps(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum() / (N * T)
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores * weight[:, :, None] / (N * T)


@LOSS.written(
    "A mean is taken in each sequence, then over the sequences. A target in a short sequence then "
    "weighs more than one in a long one; take one mean over all targets that count."
)
def mean_of_the_sequences_means(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    weight = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1) / N
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum()
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores * weight[:, :, None]


@LOSS.written("The mask is not used: padding counts like any target.")
def mask_ignored(scores, targets, mask=None):
    N, T, _ = scores.shape
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return -log_p[n, t, targets].mean(), dscores / (N * T)


@LOSS.written(
    "The mask is in the loss and not in the gradient: where it is False, dscores must be 0."
)
def mask_missing_in_the_gradient(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum() / count
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores / count


@LOSS.written(
    "The scores are multiplied by the mask. A step whose scores are all 0 still has a loss, log V; "
    "multiply the losses and the gradient instead."
)
def mask_on_the_scores(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    scores = scores * weight[:, :, None]
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return -log_p[n, t, targets].sum() / count, dscores / count


@LOSS.written("The mask is read the wrong way round: True marks what counts.")
def mask_inverted(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else 1.0 - mask
    count = max(weight.sum(), 1)
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum() / count
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores * weight[:, :, None] / count


@LOSS.written("Without a single target the count is 0, and 0/0 is nan. Then both results are 0.")
def divides_by_a_count_of_zero(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = weight.sum()
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum() / count
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores * weight[:, :, None] / count


@LOSS.written("The sign is turned: the loss is minus the logarithm, and so is its gradient.")
def sign_turned(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = (weight * log_p[n, t, targets]).sum() / count
    dscores = -np.exp(log_p)
    dscores[n, t, targets] += 1
    return loss, dscores * weight[:, :, None] / count


@LOSS.written("The loss is in bits: log2. This course counts in nats, the natural logarithm.")
def loss_in_bits(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum() / np.log(2) / count
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores * weight[:, :, None] / count


@LOSS.written("dscores is the probabilities alone: 1 is to be taken off at the target's place.")
def gradient_without_the_target(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * log_p[n, t, targets]).sum() / count
    return loss, np.exp(log_p) * weight[:, :, None] / count


@LOSS.written("The numbers are right, but the gradient is written over the caller's scores.")
def gradient_written_over_the_scores(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    count = max(weight.sum(), 1)
    scores -= scores.max(axis=2, keepdims=True)
    scores -= np.log(np.exp(scores).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    loss = -(weight * scores[n, t, targets]).sum() / count
    scores[:] = np.exp(scores)
    scores[n, t, targets] -= 1
    scores *= weight[:, :, None] / count
    return loss, scores


@LOSS.written("Only the loss comes back. Return the pair (loss, dscores).")
def loss_without_gradient(scores, targets, mask=None):
    N, T, _ = scores.shape
    weight = np.ones((N, T)) if mask is None else mask.astype(float)
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices((N, T))
    return -(weight * log_p[n, t, targets]).sum() / max(weight.sum(), 1)


@MASK.written(
    "In many-to-one the target stands at step T - 1, which is padding for a shorter sequence. It "
    "stands where that sequence's own last input is read."
)
def target_at_the_last_step_of_the_batch(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    if pattern == "many-to-one":
        first = np.full_like(n_in, T - 1)
    if pattern not in patterns or np.any(first + n_out > T):
        raise ValueError("no such pattern, or too few steps")
    t = np.arange(T)
    return (t >= first[:, None]) & (t < (first + n_out)[:, None])


@MASK.written(
    "The targets begin one step late, at step n_in. The state that has read the last input, step "
    "n_in - 1, already gives the first of them."
)
def starts_one_step_late(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in
    if pattern not in patterns or np.any(first + n_out > T + 1):
        raise ValueError("no such pattern, or too few steps")
    t = np.arange(T)
    return (t >= first[:, None]) & (t < (first + n_out)[:, None])


@MASK.written(
    "In many-to-many the targets begin one step late, at step n_in. The state that has read the "
    "last input, step n_in - 1, already gives the first of them, as in many-to-one."
)
def many_to_many_starts_one_step_late(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    if pattern not in patterns or np.any(first + n_out > T):
        raise ValueError("no such pattern, or too few steps")
    if pattern == "many-to-many":
        first = n_in
    t = np.arange(T)
    return (t >= first[:, None]) & (t < (first + n_out)[:, None])


@MASK.written(
    "In many-to-many every step from the last input to the end of the batch counts. Stop after "
    "n_out targets; what follows is padding."
)
def many_to_many_never_stops(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    end = first + n_out
    if pattern not in patterns or np.any(end > T):
        raise ValueError("no such pattern, or too few steps")
    if pattern == "many-to-many":
        end = np.full_like(n_in, T)
    t = np.arange(T)
    return (t >= first[:, None]) & (t < end[:, None])


@MASK.written(
    "In many-to-many the targets begin at step 0, while inputs are still being read. They begin "
    "with the last input; targets beside the inputs are the pattern aligned."
)
def many_to_many_starts_at_once(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    if pattern not in patterns or np.any(first + n_out > T):
        raise ValueError("no such pattern, or too few steps")
    if pattern == "many-to-many":
        first = np.zeros_like(n_in)
    t = np.arange(T)
    return (t >= first[:, None]) & (t < (first + n_out)[:, None])


@MASK.written("In aligned every step counts, padding too. Only the first n_in steps have a target.")
def aligned_counts_padding(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    if pattern not in patterns or np.any(first + n_out > T):
        raise ValueError("no such pattern, or too few steps")
    if pattern == "aligned":
        return np.ones((len(n_in), T), dtype=bool)
    t = np.arange(T)
    return (t >= first[:, None]) & (t < (first + n_out)[:, None])


@MASK.written(
    "Aligned is not told apart: its targets begin at step n_in - 1, as in the other patterns. They "
    "begin with the first input, at step 0."
)
def aligned_like_the_others(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    if pattern not in patterns or np.any(first + n_out > T):
        raise ValueError("no such pattern, or too few steps")
    first = n_in - 1
    t = np.arange(T)
    return (t >= first[:, None]) & (t < (first + n_out)[:, None])


@MASK.written(
    "In many-to-one all steps that read an input count. There is one target a sequence, at the "
    "last of them."
)
def many_to_one_counts_every_input(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    end = first + n_out
    if pattern not in patterns or np.any(end > T):
        raise ValueError("no such pattern, or too few steps")
    if pattern == "many-to-one":
        first = np.zeros_like(n_in)
    t = np.arange(T)
    return (t >= first[:, None]) & (t < end[:, None])


@MASK.written("The mask is inverted: True marks a step with a target, not one without.")
def mask_marks_what_does_not_count(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    if pattern not in patterns or np.any(first + n_out > T):
        raise ValueError("no such pattern, or too few steps")
    t = np.arange(T)
    return (t < first[:, None]) | (t >= (first + n_out)[:, None])


@MASK.written("The mask is transposed. Sequences are rows: its shape is (N, T).")
def mask_with_time_first(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    if pattern not in patterns or np.any(first + n_out > T):
        raise ValueError("no such pattern, or too few steps")
    t = np.arange(T)[:, None]
    return (t >= first) & (t < first + n_out)


@MASK.written(
    "Every row is made from the greatest lengths. Each sequence has its own n_in and n_out."
)
def longest_sequence_for_all(pattern, T, n_in, n_out):
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    if pattern not in patterns or np.any(first + n_out > T):
        raise ValueError("no such pattern, or too few steps")
    t = np.arange(T)
    row = (t >= first.max()) & (t < (first + n_out).max())
    return np.tile(row, (len(n_in), 1))


@MASK.written("An unknown pattern is taken for a known one. It must raise a ValueError.")
def unknown_pattern_accepted(pattern, T, n_in, n_out):
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    if np.any(first + n_out > T):
        raise ValueError("too few steps")
    t = np.arange(T)
    return (t >= first[:, None]) & (t < (first + n_out)[:, None])


@MASK.written("Targets beyond step T - 1 are dropped in silence. That must raise a ValueError.")
def targets_beyond_the_end_dropped(pattern, T, n_in, n_out):
    if pattern not in ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned"):
        raise ValueError("no such pattern")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    t = np.arange(T)
    return (t >= first[:, None]) & (t < (first + n_out)[:, None])


@MASK.written(
    "Nothing is ever refused: an unknown pattern and too small a T must raise ValueError."
)
def nothing_refused(pattern, T, n_in, n_out):
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1
    t = np.arange(T)
    return (t >= first[:, None]) & (t < (first + n_out)[:, None])


@PAD.written("The zeros stand in front. They go to the end: each sequence begins at step 0.")
def pads_in_front(sequences):
    T = max(len(sequence) for sequence in sequences)
    shape = (len(sequences), T, *sequences[0].shape[1:])
    padded, mask = np.zeros(shape, dtype=sequences[0].dtype), np.zeros(shape[:2], dtype=bool)
    for n, sequence in enumerate(sequences):
        padded[n, T - len(sequence) :] = sequence
        mask[n, T - len(sequence) :] = True
    return padded, mask


@PAD.written("Everything is cut to the shortest length. Fill the short ones up; lose nothing.")
def cut_to_the_shortest(sequences):
    T = min(len(sequence) for sequence in sequences)
    padded = np.stack([sequence[:T] for sequence in sequences])
    return padded, np.ones(padded.shape[:2], dtype=bool)


@PAD.written("The mask is inverted: True marks what is real, False what was filled up.")
def mask_marks_the_padding(sequences):
    T = max(len(sequence) for sequence in sequences)
    shape = (len(sequences), T, *sequences[0].shape[1:])
    padded, mask = np.zeros(shape, dtype=sequences[0].dtype), np.ones(shape[:2], dtype=bool)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
        mask[n, : len(sequence)] = False
    return padded, mask


@PAD.written(
    "The mask is read off the zeros in padded. A zero can be real, such as the id 0: make the mask "
    "from the lengths."
)
def mask_from_the_zeros(sequences):
    T = max(len(sequence) for sequence in sequences)
    shape = (len(sequences), T, *sequences[0].shape[1:])
    padded = np.zeros(shape, dtype=sequences[0].dtype)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
    return padded, (padded != 0).reshape(*shape[:2], -1).any(axis=2)


@PAD.written("The mask has the features' axis, too. It says one thing a step: shape (N, T).")
def mask_with_a_feature_axis(sequences):
    T = max(len(sequence) for sequence in sequences)
    shape = (len(sequences), T, *sequences[0].shape[1:])
    padded, mask = np.zeros(shape, dtype=sequences[0].dtype), np.zeros(shape, dtype=bool)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
        mask[n, : len(sequence)] = True
    return padded, mask


@PAD.written("Ids come back as floats. Integers stay integers, or they cannot index anything.")
def ids_become_floats(sequences):
    T = max(len(sequence) for sequence in sequences)
    shape = (len(sequences), T, *sequences[0].shape[1:])
    padded, mask = np.zeros(shape), np.zeros(shape[:2], dtype=bool)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
        mask[n, : len(sequence)] = True
    return padded, mask


@PAD.written("Vectors come back as integers: what stands after the point is cut off.")
def vectors_become_integers(sequences):
    T = max(len(sequence) for sequence in sequences)
    shape = (len(sequences), T, *sequences[0].shape[1:])
    padded, mask = np.zeros(shape, dtype=int), np.zeros(shape[:2], dtype=bool)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
        mask[n, : len(sequence)] = True
    return padded, mask


@PAD.written("There is one step too many: T is the length of the longest sequence.")
def one_step_too_many(sequences):
    T = max(len(sequence) for sequence in sequences) + 1
    shape = (len(sequences), T, *sequences[0].shape[1:])
    padded, mask = np.zeros(shape, dtype=sequences[0].dtype), np.zeros(shape[:2], dtype=bool)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
        mask[n, : len(sequence)] = True
    return padded, mask


@PAD.written("Time stands on the first axis. Sequences are rows: (N, T, ...) and (N, T).")
def padded_with_time_first(sequences):
    T = max(len(sequence) for sequence in sequences)
    shape = (T, len(sequences), *sequences[0].shape[1:])
    padded, mask = np.zeros(shape, dtype=sequences[0].dtype), np.zeros(shape[:2], dtype=bool)
    for n, sequence in enumerate(sequences):
        padded[: len(sequence), n] = sequence
        mask[: len(sequence), n] = True
    return padded, mask


@PAD.written("The last entry is repeated. Fill up with zeros.")
def repeats_the_last_entry(sequences):
    T = max(len(sequence) for sequence in sequences)
    shape = (len(sequences), T, *sequences[0].shape[1:])
    padded, mask = np.zeros(shape, dtype=sequences[0].dtype), np.zeros(shape[:2], dtype=bool)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
        if len(sequence):
            padded[n, len(sequence) :] = sequence[-1]
        mask[n, : len(sequence)] = True
    return padded, mask


@PAD.written("The sequences are sorted by length. Rows keep the order in which they were given.")
def sorted_by_length(sequences):
    sequences = sorted(sequences, key=len, reverse=True)
    shape = (len(sequences), len(sequences[0]), *sequences[0].shape[1:])
    padded, mask = np.zeros(shape, dtype=sequences[0].dtype), np.zeros(shape[:2], dtype=bool)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
        mask[n, : len(sequence)] = True
    return padded, mask


@PAD.written("Empty sequences are dropped. Each keeps its row, with a mask of False throughout.")
def empty_sequences_dropped(sequences):
    sequences = [sequence for sequence in sequences if len(sequence)]
    T = max(len(sequence) for sequence in sequences)
    shape = (len(sequences), T, *sequences[0].shape[1:])
    padded, mask = np.zeros(shape, dtype=sequences[0].dtype), np.zeros(shape[:2], dtype=bool)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
        mask[n, : len(sequence)] = True
    return padded, mask


@PAD.written("The lengths come back instead of a mask of shape (N, T).")
def lengths_for_a_mask(sequences):
    lengths = np.array([len(sequence) for sequence in sequences])
    shape = (len(sequences), lengths.max(), *sequences[0].shape[1:])
    padded = np.zeros(shape, dtype=sequences[0].dtype)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
    return padded, lengths


@PAD.written("The numbers are right, but the padded sequences replace those in the caller's list.")
def replaces_the_callers_sequences(sequences):
    lengths = np.array([len(sequence) for sequence in sequences])
    for n, sequence in enumerate(sequences):
        rest = np.zeros((lengths.max() - len(sequence), *sequence.shape[1:]), dtype=sequence.dtype)
        sequences[n] = np.concatenate([sequence, rest])
    return np.stack(sequences), np.arange(lengths.max()) < lengths[:, None]

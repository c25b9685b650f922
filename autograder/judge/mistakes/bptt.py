"""Unit 05: mistakes on the way back through a step, through time, through one loss, in chunks.

Written as a learner would write them. The functions are called after their mistake.
"""

import numpy as np

from autograder.judge.edits import Mistakes

STEP = Mistakes("bptt", "rnn_step_backward")
BACKWARD = Mistakes("bptt", "rnn_backward")
PER_STEP = Mistakes("bptt", "per_step_weight_gradient")
TRUNCATED = Mistakes("bptt", "truncated_bptt")


# --- one step -----------------------------------------------------------------------------------


@STEP.written(
    "The derivative of tanh is taken at the upstream gradient: 1 - dh_t². It is taken where the "
    "step was: 1 - h_t²."
)
def derivative_of_the_upstream(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - dh_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written(
    "The derivative of tanh is missing: what arrives at h_t is passed on as if it had arrived at "
    "a_t. Multiply by 1 - h_t² first."
)
def no_derivative_of_tanh(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    return dh_t @ W_xh.T, dh_t @ W_hh.T, x_t.T @ dh_t, h_prev.T @ dh_t, dh_t.sum(axis=0)


@STEP.written(
    "The gradient is divided by 1 - h_t². It is multiplied: a saturated unit passes nothing on."
)
def divided_by_the_derivative(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t / (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written("The square is missing: the derivative of tanh is 1 - h_t², not 1 - h_t.")
def derivative_without_the_square(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written(
    "h_t is put through tanh once more: 1 - tanh(h_t)². It is the value of tanh already, so the "
    "derivative is 1 - h_t²."
)
def derivative_at_h_t(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - np.tanh(h_t) ** 2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written("h_t (1 - h_t) is the derivative of the logistic sigmoid. That of tanh is 1 - h_t².")
def derivative_of_the_sigmoid(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * h_t * (1 - h_t)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written(
    "The derivative of tanh is taken at the state before the step. It belongs to the state that "
    "tanh gave: h_t."
)
def derivative_at_the_state_before(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_prev**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written(
    "W_hh is not transposed on the way back. It is square, so nothing complains, but each unit "
    "gets the gradient of the weights it reads instead of those it writes."
)
def W_hh_not_transposed(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written(
    "W_xh is not transposed on the way back: (N, H) times (D, H) does not fit, unless D equals H."
)
def W_xh_not_transposed(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written("dW_xh and dW_hh are swapped: the input belongs to W_xh, the state before to W_hh.")
def weights_swapped(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, h_prev.T @ da_t, x_t.T @ da_t, da_t.sum(axis=0)


@STEP.written("dh_prev and dx_t are swapped. The order is that of the arguments: the input first.")
def inputs_swapped(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_hh.T, da_t @ W_xh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written("dW_hh is turned round, da_t.T @ h_prev. It is h_prev.T @ da_t, as W_hh stands.")
def dW_hh_transposed(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, da_t.T @ h_prev, da_t.sum(axis=0)


@STEP.written(
    "Both weight gradients are turned round. A gradient has the shape of its weights: (D, H) for "
    "W_xh, and W_hh only seems to fit because it is square."
)
def both_weights_transposed(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, da_t.T @ x_t, da_t.T @ h_prev, da_t.sum(axis=0)


@STEP.written(
    "dW_hh uses the state after the step. W_hh was multiplied by the state before it, h_prev."
)
def dW_hh_with_the_new_state(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_t.T @ da_t, da_t.sum(axis=0)


@STEP.written(
    "The weights and the bias get dh_t, which has not been through tanh. All five gradients are "
    "made of da_t."
)
def weights_before_tanh(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ dh_t, h_prev.T @ dh_t, dh_t.sum(axis=0)


@STEP.written("db_h sums dh_t. The bias stands inside tanh, so it gets the sum of da_t.")
def bias_before_tanh(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, dh_t.sum(axis=0)


@STEP.written("dh_prev is made of dh_t. The way to the state before leads through tanh as well.")
def state_before_tanh(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, dh_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written("db_h is not summed: one bias serves the whole batch. Sum over axis 0 to (H,).")
def bias_not_summed(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t


@STEP.written("db_h has shape (1, H). The bias has shape (H,), and so has its gradient.")
def bias_keeps_its_dimension(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    db_h = da_t.sum(axis=0, keepdims=True)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, db_h


@STEP.written(
    "db_h is summed over the units. Sum over the batch, axis 0: what is left has shape (H,)."
)
def bias_summed_over_the_units(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=1)


@STEP.written("db_h is a mean over the batch. It is a sum, like the other two.")
def bias_mean_for_sum(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.mean(axis=0)


@STEP.written(
    "The weights' gradients are divided by N: a mean over the batch. They are sums; if the loss is "
    "a mean, dh_t has been divided already."
)
def mean_for_sum(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    N = len(x_t)
    da_t = dh_t * (1 - h_t**2)
    dW_xh, dW_hh, db_h = x_t.T @ da_t / N, h_prev.T @ da_t / N, da_t.mean(axis=0)
    return da_t @ W_xh.T, da_t @ W_hh.T, dW_xh, dW_hh, db_h


@STEP.written(
    "dh_t is added to dh_prev, as if the state were also handed on unchanged. The only way from "
    "h_prev to h_t is through W_hh and tanh."
)
def upstream_added_to_dh_prev(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T + dh_t, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written(
    "Every sign is turned. A gradient points uphill; going downhill is the optimiser's work."
)
def sign_turned(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = -dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written(
    "The numbers are right, but dh_t is changed in place (*=): whoever handed it in still needs "
    "it. Make a new array."
)
def changes_dh_t(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    dh_t *= 1 - h_t**2
    return dh_t @ W_xh.T, dh_t @ W_hh.T, x_t.T @ dh_t, h_prev.T @ dh_t, dh_t.sum(axis=0)


@STEP.written(
    "The numbers are right, but h_t in the cache is overwritten: a second backward would use what "
    "is left there."
)
def changes_the_cache(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    h_t *= h_t
    da_t = dh_t * (1 - h_t)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.written("dh_prev is missing. Five gradients are asked for, the second is dh_prev.")
def only_four_gradients(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


# --- the sequence -------------------------------------------------------------------------------


@BACKWARD.written(
    "The upstream gradient is ignored and ones are put in its place. Each step starts from its own "
    "dh[:, t]."
)
def ones_for_upstream(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (np.ones_like(dh[:, t]) + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "The carry is ignored: every step goes back alone, so no loss reaches an earlier step. What "
    "step t + 1 hands back is added to dh[:, t]."
)
def carry_ignored(dh, cache):
    dx, dW_xh, dW_hh, db_h = [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = dh[:, t] * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        dh_0 = da_t @ W_hh.T
    return np.stack(dx, axis=1), dh_0, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "Only the last step's upstream gradient is used; before it there is nothing but the carry. "
    "Every step has a loss of its own: add dh[:, t] at each."
)
def only_the_last_upstream(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = dh[:, -1], [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = carry * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "The upstream gradients of all steps are summed and put in at the last one. Each belongs to "
    "the state at its own step."
)
def upstreams_summed_at_the_end(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = dh.sum(axis=1), [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = carry * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "The weights' gradients are overwritten at every step (= for +=): what is left is the first "
    "step's share. The weights serve at all steps, so the shares are summed."
)
def weights_overwritten(dh, cache):
    carry, dx = 0, []
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "dx is overwritten at every step, so all steps show the first one's gradient. Each input has "
    "a gradient of its own: dx[:, t]."
)
def dx_broadcast(dh, cache):
    carry, dW_xh, dW_hh, db_h = 0, 0, 0, 0
    dx = np.zeros((*dh.shape[:2], cache[0][0].shape[1]))
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx[:] = (da_t @ W_xh.T)[:, None]
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return dx, carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "dx stands in the order in which it was found, last step first. Turn it round before it is "
    "stacked."
)
def dx_in_reverse(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.append(da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written("dx has time on its first axis. It has the shape of x: (N, T, D).")
def dx_with_time_first(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.array(dx), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "dh_0 is the upstream gradient of the first step. It is what arrives before that step: the "
    "carry after the loop."
)
def dh_0_is_the_upstream(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), dh[:, 0], dW_xh, dW_hh, db_h


@BACKWARD.written(
    "dh_0 is the gradient of the first state that was computed. h_0 lies one step further back: "
    "it is the carry after that step, too, has been gone through."
)
def dh_0_one_step_short(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        dh_t = dh[:, t] + carry
        da_t = dh_t * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), dh_t, dW_xh, dW_hh, db_h


@BACKWARD.written("dh_0 is zero: the last carry was dropped. It is the gradient that reaches h_0.")
def dh_0_zero(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), np.zeros_like(carry), dW_xh, dW_hh, db_h


@BACKWARD.written(
    "The loop runs forward in time, from the first step to the last. Gradients come from later "
    "steps: the last step is gone through first."
)
def runs_forward_in_time(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in range(dh.shape[1]):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.append(da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "The carry is added twice. It comes once, from step t + 1, to be added to dh[:, t]."
)
def carry_added_twice(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "The carry grows from step to step (+=). What step t + 1 handed back has been used up at step "
    "t: the new carry replaces it. It is the weights' gradients that are summed."
)
def carry_piles_up(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = carry + da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "Each upstream gradient enters one step late: dh[:, t] is added to what leaves step t. It "
    "belongs to the state that step t made, so it is added before the step is gone back through."
)
def upstream_one_step_late(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = np.zeros_like(dh[:, 0]), [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = carry * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = dh[:, t] + da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "What is carried has not been through tanh: dh_t W_hh^T instead of da_t W_hh^T. The way to the "
    "step before leads through tanh first."
)
def carry_before_tanh(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        dh_t = dh[:, t] + carry
        da_t = dh_t * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = dh_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "The carry is added after tanh's derivative, to da_t. It belongs to h_t, as dh[:, t] does: add "
    "the two first, then multiply by 1 - h_t²."
)
def carry_added_behind_tanh(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = dh[:, t] * (1 - h_t**2) + carry
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written("tanh is left out on the whole way back: at every step multiply by 1 - h_t².")
def sequence_without_tanh(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = dh[:, t] + carry
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "W_hh is not transposed where the carry goes back through it. It is square, so nothing "
    "complains; the last step's dx is right, all earlier ones are not."
)
def carry_through_W_hh_not_transposed(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "dW_hh leaves out the first step, as if h_0 were zero. That step, too, multiplied a state by "
    "W_hh: h_0."
)
def h_0_left_out_of_dW_hh(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, db_h = dW_xh + x_t.T @ da_t, db_h + da_t.sum(axis=0)
        dW_hh = dW_hh + (h_prev.T @ da_t if t > 0 else np.zeros_like(W_hh))
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "dW_hh uses the state after each step. W_hh was multiplied by the state before it."
)
def dW_hh_with_new_states(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_t.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "The weights' gradients are divided by T: a mean over the steps. They are sums; if the loss is "
    "a mean, dh has been divided already."
)
def mean_over_the_steps(dh, cache):
    T = dh.shape[1]
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(T)):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh / T, dW_hh / T, db_h / T


@BACKWARD.written(
    "The weights' gradients are divided by N: a mean over the batch. They are sums over batch and "
    "time; if the loss is a mean, dh has been divided already."
)
def mean_over_the_batch(dh, cache):
    N = len(dh)
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh / N, dW_hh / N, db_h / N


@BACKWARD.written("The loop stops before the first step, which is never gone back through.")
def first_step_left_out(dh, cache):
    carry, dW_xh, dW_hh, db_h = 0, 0, 0, 0
    dx = np.zeros((*dh.shape[:2], cache[0][0].shape[1]))
    for t in range(dh.shape[1] - 1, 0, -1):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx[:, t] = da_t @ W_xh.T
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return dx, carry, dW_xh, dW_hh, db_h


@BACKWARD.written("The loop begins one step too early: the last step is never gone back through.")
def last_step_left_out(dh, cache):
    carry, dW_xh, dW_hh, db_h = 0, 0, 0, 0
    dx = np.zeros((*dh.shape[:2], cache[0][0].shape[1]))
    for t in range(dh.shape[1] - 2, -1, -1):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx[:, t] = da_t @ W_xh.T
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return dx, carry, dW_xh, dW_hh, db_h


@BACKWARD.written(
    "The numbers are right, but the carry is added into dh itself, which belongs to the caller. "
    "Keep the sum in a variable of its own."
)
def changes_dh(dh, cache):
    dx, dW_xh, dW_hh, db_h = [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = dh[:, t] * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
        if t > 0:
            dh[:, t - 1] += carry
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


# --- each loss alone ----------------------------------------------------------------------------


@PER_STEP.written(
    "The slices are cut by the step at which W_hh was used. Their sum is the same, but slice t is "
    "to hold what the loss at step t leaves, at all uses before it."
)
def by_use_step(dh, cache):
    T, H = dh.shape[1:]
    slices, carry = np.zeros((T, H, H)), 0
    for t in reversed(range(T)):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        slices[t] = h_prev.T @ da_t
        carry = da_t @ W_hh.T
    return slices


@PER_STEP.written(
    "Each loss goes back through its own step only. W_hh shaped the state at all steps before it, "
    "too: follow the carry to the first."
)
def own_step_only(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H))
    for t in range(T):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        slices[t] = h_prev.T @ (dh[:, t] * (1 - h_t**2))
    return slices


@PER_STEP.written(
    "Each loss keeps its share at the very first step alone: the one path of the slides. The whole "
    "is a sum over all steps at which W_hh was used."
)
def one_path_only(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H))
    for t in range(T):
        carry = dh[:, t]
        for k in reversed(range(t + 1)):
            x_t, h_prev, h_t, W_xh, W_hh = cache[k]
            da = carry * (1 - h_t**2)
            carry = da @ W_hh.T
        slices[t] = h_prev.T @ da
    return slices


@PER_STEP.written(
    "Slice t holds the losses of all steps up to t together: earlier upstream gradients are added "
    "on the way back. Only dh[:, t] starts it."
)
def running_total(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H))
    for t in range(T):
        carry = 0
        for k in reversed(range(t + 1)):
            x_t, h_prev, h_t, W_xh, W_hh = cache[k]
            da = (dh[:, k] + carry) * (1 - h_t**2)
            slices[t] += h_prev.T @ da
            carry = da @ W_hh.T
    return slices


@PER_STEP.written(
    "Slice t holds the losses from step t to the end together. It belongs to the loss at step t "
    "alone."
)
def all_losses_from_here_on(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H))
    for t in range(T):
        carry = 0
        for k in reversed(range(T)):
            x_t, h_prev, h_t, W_xh, W_hh = cache[k]
            da = (dh[:, k] * (k >= t) + carry) * (1 - h_t**2)
            slices[t] += h_prev.T @ da
            carry = da @ W_hh.T
    return slices


@PER_STEP.written(
    "Every slice is the whole gradient divided by T. The losses do not share it evenly: work out "
    "each alone."
)
def spread_evenly(dh, cache):
    T, H = dh.shape[1:]
    total, carry = np.zeros((H, H)), 0
    for t in reversed(range(T)):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        total += h_prev.T @ da_t
        carry = da_t @ W_hh.T
    return np.stack([total / T] * T)


@PER_STEP.written("Every slice is the whole gradient. Slice t is made by the loss at step t alone.")
def whole_in_every_slice(dh, cache):
    T, H = dh.shape[1:]
    total, carry = np.zeros((H, H)), 0
    for t in reversed(range(T)):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        total += h_prev.T @ da_t
        carry = da_t @ W_hh.T
    return np.stack([total] * T)


@PER_STEP.written("Only the sum came back, (H, H). The T slices are asked for, (T, H, H).")
def only_the_sum(dh, cache):
    T, H = dh.shape[1:]
    total, carry = np.zeros((H, H)), 0
    for t in reversed(range(T)):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        total += h_prev.T @ da_t
        carry = da_t @ W_hh.T
    return total


@PER_STEP.written(
    "The slices stand in reverse: slice 0 belongs to the first loss, not to the last."
)
def slices_in_reverse(dh, cache):
    T, H = dh.shape[1:]
    slices = []
    for t in reversed(range(T)):
        carry, own = dh[:, t], np.zeros((H, H))
        for k in reversed(range(t + 1)):
            x_t, h_prev, h_t, W_xh, W_hh = cache[k]
            da = carry * (1 - h_t**2)
            own += h_prev.T @ da
            carry = da @ W_hh.T
        slices.append(own)
    return np.stack(slices)


@PER_STEP.written("Each slice is turned round. It is h_prev.T @ da, summed over the uses.")
def slices_transposed(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H))
    for t in range(T):
        carry = dh[:, t]
        for k in reversed(range(t + 1)):
            x_t, h_prev, h_t, W_xh, W_hh = cache[k]
            da = carry * (1 - h_t**2)
            slices[t] += da.T @ h_prev
            carry = da @ W_hh.T
    return slices


@PER_STEP.written("These are gradients of W_xh, (T, D, H). Those of W_hh are asked for, (T, H, H).")
def slices_of_W_xh(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, cache[0][0].shape[1], H))
    for t in range(T):
        carry = dh[:, t]
        for k in reversed(range(t + 1)):
            x_t, h_prev, h_t, W_xh, W_hh = cache[k]
            da = carry * (1 - h_t**2)
            slices[t] += x_t.T @ da
            carry = da @ W_hh.T
    return slices


@PER_STEP.written(
    "Each loss stops one step short: the first use of W_hh, the one that multiplies h_0, is "
    "missing."
)
def stops_before_h_0(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H))
    for t in range(T):
        carry = dh[:, t]
        for k in range(t, 0, -1):
            x_t, h_prev, h_t, W_xh, W_hh = cache[k]
            da = carry * (1 - h_t**2)
            slices[t] += h_prev.T @ da
            carry = da @ W_hh.T
    return slices


@PER_STEP.written(
    "W_hh is not transposed on the way back. It is square, so nothing complains; the first slice "
    "is right, all others are not."
)
def slices_with_W_hh_not_transposed(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H))
    for t in range(T):
        carry = dh[:, t]
        for k in reversed(range(t + 1)):
            x_t, h_prev, h_t, W_xh, W_hh = cache[k]
            da = carry * (1 - h_t**2)
            slices[t] += h_prev.T @ da
            carry = da @ W_hh
    return slices


@PER_STEP.written(
    "dh itself is set to zero where other losses stand, so that after the first slice nothing is "
    "left of it. Put the one step into an array of zeros."
)
def zeroes_in_dh(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H))
    for t in range(T):
        dh[:, :t] = 0
        dh[:, t + 1 :] = 0
        carry = dh[:, t]
        for k in reversed(range(t + 1)):
            x_t, h_prev, h_t, W_xh, W_hh = cache[k]
            da = carry * (1 - h_t**2)
            slices[t] += h_prev.T @ da
            carry = da @ W_hh.T
    return slices


# --- chunks -------------------------------------------------------------------------------------


@TRUNCATED.written("k is ignored and nothing is cut: this is the whole gradient.")
def never_cut(dh, cache, k):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@TRUNCATED.written(
    "The chunks are counted from the end. They are counted from the start, as they are read."
)
def counted_from_the_end(dh, cache, k):
    T = dh.shape[1]
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(T)):
        if (T - 1 - t) % k == 0:
            carry = 0
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@TRUNCATED.written(
    "The cuts are one step off: the first chunk has k + 1 steps. No carry leaves step k, 2k, ...; "
    "what enters it from step k + 1 stays."
)
def cut_one_step_off(dh, cache, k):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        if t % k == 0 and t > 0:
            carry = 0
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@TRUNCATED.written(
    "The carry is cut before the first step as well, so that dh_0 is zero. h_0 is an argument, not "
    "a border between chunks: dh_0 comes from the first chunk."
)
def dh_0_cut_too(dh, cache, k):
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
        if t % k == 0:
            carry = np.zeros_like(carry)
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@TRUNCATED.written(
    "dh_0 comes from the last chunk (or from all of them). Only the first chunk began at h_0."
)
def dh_0_of_the_last_chunk(dh, cache, k):
    carry, dx, dW_xh, dW_hh, db_h, dh_0 = 0, [], 0, 0, 0, None
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
        if t % k == 0:
            dh_0 = carry if dh_0 is None else dh_0
            carry = 0
    return np.stack(dx, axis=1), dh_0, dW_xh, dW_hh, db_h


@TRUNCATED.written(
    "The carries that leave all chunks are summed into dh_0. Only the first chunk began at h_0."
)
def dh_0_of_all_chunks(dh, cache, k):
    carry, dx, dW_xh, dW_hh, db_h, dh_0 = 0, [], 0, 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
        if t % k == 0:
            dh_0 = dh_0 + carry
            carry = 0
    return np.stack(dx, axis=1), dh_0, dW_xh, dW_hh, db_h


@TRUNCATED.written(
    "Only the last k steps are gone back through; what lies before them is left at zero. Every "
    "chunk has losses of its own."
)
def only_the_last_k_steps(dh, cache, k):
    T = dh.shape[1]
    carry, dW_xh, dW_hh, db_h = 0, 0, 0, 0
    dx = np.zeros((*dh.shape[:2], cache[0][0].shape[1]))
    for t in range(T - 1, max(T - 1 - k, -1), -1):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx[:, t] = da_t @ W_xh.T
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return dx, carry, dW_xh, dW_hh, db_h


@TRUNCATED.written(
    "Every loss goes back k steps from where it stands: windows that slide. Here the cuts stand "
    "still, at the borders of chunks; a loss just behind one goes back a single step."
)
def sliding_window(dh, cache, k):
    N, T, H = dh.shape
    dW_xh, dW_hh, db_h, dh_0 = 0, 0, 0, np.zeros((N, H))
    dx = np.zeros((N, T, cache[0][0].shape[1]))
    for loss in range(T):
        carry = dh[:, loss]
        for t in range(loss, max(loss - k, -1), -1):
            x_t, h_prev, h_t, W_xh, W_hh = cache[t]
            da_t = carry * (1 - h_t**2)
            dx[:, t] += da_t @ W_xh.T
            dW_xh, dW_hh = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t
            db_h = db_h + da_t.sum(axis=0)
            carry = da_t @ W_hh.T
            if t == 0:
                dh_0 += carry
    return dx, dh_0, dW_xh, dW_hh, db_h


@TRUNCATED.written(
    "The weights' gradients are set back to zero with the carry, so that only the first chunk's "
    "are left. The carry is cut, the sums go on."
)
def sums_start_again(dh, cache, k):
    T = dh.shape[1]
    dx = []
    for t in reversed(range(T)):
        if t == T - 1 or (t + 1) % k == 0:
            carry, dW_xh, dW_hh, db_h = 0, 0, 0, 0
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@TRUNCATED.written(
    "The weights' gradients are divided by the number of chunks: a mean. They are sums over all "
    "chunks."
)
def mean_over_the_chunks(dh, cache, k):
    T = dh.shape[1]
    chunks = -(-T // k)
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(T)):
        if (t + 1) % k == 0:
            carry = 0
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh / chunks, dW_hh / chunks, db_h / chunks


@TRUNCATED.written(
    "At a border the step's own upstream gradient is dropped along with the carry. The loss at "
    "that step stays; only what comes from the next chunk is cut."
)
def upstream_cut_too(dh, cache, k):
    T = dh.shape[1]
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(T)):
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        dh_t = dh[:, t] + carry
        if (t + 1) % k == 0 and t + 1 < T:
            dh_t = np.zeros_like(dh_t)
        da_t = dh_t * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@TRUNCATED.written("The last, shorter chunk is left out: T // k chunks do not reach the end.")
def shorter_chunk_left_out(dh, cache, k):
    N, T, H = dh.shape
    x_t, h_prev, h_t, W_xh, W_hh = cache[0]
    dx, dh_0 = np.zeros((N, T, len(W_xh))), np.zeros((N, H))
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(H)
    for chunk in reversed(range(T // k)):
        carry = 0
        for t in reversed(range(chunk * k, chunk * k + k)):
            x_t, h_prev, h_t, W_xh, W_hh = cache[t]
            da_t = (dh[:, t] + carry) * (1 - h_t**2)
            dx[:, t] = da_t @ W_xh.T
            dW_xh, dW_hh = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t
            db_h = db_h + da_t.sum(axis=0)
            carry = da_t @ W_hh.T
        dh_0 = carry
    return dx, dh_0, dW_xh, dW_hh, db_h


@TRUNCATED.written(
    "W_hh leaves out the first step of every chunk, as if the state there were zero. The state was "
    "carried forward; only the gradient is cut."
)
def state_at_the_border_zero(dh, cache, k):
    T = dh.shape[1]
    carry, dx, dW_xh, dW_hh, db_h = 0, [], 0, 0, 0
    for t in reversed(range(T)):
        if (t + 1) % k == 0:
            carry = 0
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, db_h = dW_xh + x_t.T @ da_t, db_h + da_t.sum(axis=0)
        dW_hh = dW_hh + (h_prev.T @ da_t if t % k else np.zeros_like(W_hh))
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h

"""Unit 05: mistakes on the way back through a step, through time, through one loss, in chunks.

What goes wrong in a loop is made in one that holds the step's lines itself, so that a mistake of a
step and one of a loop can stand together.
"""

import numpy as np

from autograder.judge.edits import TOLD_ALREADY, Mistakes

STEP = Mistakes("bptt", "rnn_step_backward")
BACKWARD = Mistakes("bptt", "rnn_backward", base="backward_filling_arrays_by_steps")
PER_STEP = Mistakes("bptt", "per_step_weight_gradient", base="slices_by_steps")
TRUNCATED = Mistakes("bptt", "truncated_bptt", base="truncated_by_steps")

# Where the step is written out; with one of ours in its place the others are seen, these are not.
INLINE = "backward_filling_arrays"
SLICES_INLINE = "slices_with_one_upstream_at_a_time"
TRUNCATED_INLINE = "truncated_by_cutting_the_carry"


# --- one step -----------------------------------------------------------------------------------

STEP.edit(
    "derivative_of_the_upstream",
    "the derivative of tanh is taken at the upstream gradient: 1 - dh_t². It is taken where the "
    "step was: 1 - h_t².",
    "h_t**2 → dh_t**2",
)
STEP.edit(
    "no_derivative_of_tanh",
    "what arrives at h_t is passed on as if it had arrived at a_t. Through tanh it is multiplied "
    "by 1 - h_t².",
    " * (1 - h_t**2) → ",
)
STEP.edit(
    "divided_by_the_derivative",
    "the gradient is divided by 1 - h_t² and not multiplied: a saturated unit passes nothing on.",
    " * (1 - h_t**2) →  / (1 - h_t**2)",
)
STEP.edit(
    "derivative_without_the_square",
    "the derivative of tanh is taken as 1 - h_t. The square is missing: it is 1 - h_t².",
    "h_t**2 → h_t",
)
STEP.edit(
    "derivative_at_h_t",
    "the derivative is taken as 1 - tanh(h_t)². h_t has been through tanh already: it is 1 - h_t².",
    "h_t**2 → np.tanh(h_t) ** 2",
)
STEP.edit(
    "derivative_of_the_sigmoid",
    "the derivative is taken as h_t (1 - h_t), that of the logistic sigmoid. That of tanh is "
    "1 - h_t².",
    "(1 - h_t**2) → h_t * (1 - h_t)",
)
STEP.edit(
    "derivative_at_the_state_before",
    "the derivative of tanh is taken at the state before the step. It belongs to the state that "
    "tanh gave: h_t.",
    "h_t**2 → h_prev**2",
)
STEP.edit(
    "states_exchanged",
    "h_prev and h_t are exchanged, as when a cache is not unpacked in the order of its packing.",
    "h_prev, h_t → h_t, h_prev",
)
STEP.edit(
    "W_hh_not_transposed",
    "W_hh is not transposed on the way back. It is square, so nothing complains, but each unit "
    "gets the gradient of the weights it reads instead of those it writes.",
    "W_hh.T → W_hh",
)
STEP.edit(
    "W_xh_not_transposed",
    "W_xh is not transposed on the way back: (N, H) times (D, H) does not fit, unless D equals H.",
    "W_xh.T → W_xh",
)
STEP.edit(
    "weights_swapped",
    "dW_xh and dW_hh are swapped. The input belongs to W_xh, the state before to W_hh.",
    "x_t.T @ → h_prev.T @",
    "h_prev.T @ → x_t.T @",
)
STEP.edit(
    "inputs_swapped",
    "dh_prev and dx_t are swapped. The order is that of the arguments: the input first.",
    "return dx_t, dh_prev → return dh_prev, dx_t",
)
STEP.edit(
    "weights_first",
    "the weights' gradients come first and those of x_t and h_prev last. The order is that of the "
    "forward's arguments: x_t, h_prev, W_xh, W_hh, b_h.",
    "return dx_t, dh_prev, dW_xh, dW_hh, db_h → return dW_xh, dW_hh, db_h, dx_t, dh_prev",
)
STEP.edit(
    "dh_prev_last",
    "dh_prev comes last. The order is that of the arguments: x_t, h_prev, W_xh, W_hh, b_h.",
    "return dx_t, dh_prev, dW_xh, dW_hh, db_h → return dx_t, dW_xh, dW_hh, db_h, dh_prev",
)
STEP.edit(
    "dW_hh_transposed",
    "dW_hh is turned round. As W_hh stands, a row belongs to a unit that is read and a column to a "
    "unit that is written; it is square, so its shape does not show it.",
    "h_prev.T @ da_t → da_t.T @ h_prev",
)
STEP.edit(
    "both_weights_transposed",
    "both weight gradients are turned round. A gradient has the shape of its weights: (D, H) for "
    "W_xh, and W_hh only seems to fit because it is square.",
    "x_t.T @ da_t → da_t.T @ x_t",
    "h_prev.T @ da_t → da_t.T @ h_prev",
)
STEP.edit(
    "dW_hh_with_the_new_state",
    "dW_hh uses the state after the step. W_hh was multiplied by the state before it, h_prev.",
    "h_prev.T @ → h_t.T @",
)
STEP.edit(
    "weights_before_tanh",
    "the weights and the bias get dh_t, which has not been through tanh. All five gradients are "
    "made of da_t.",
    "x_t.T @ da_t → x_t.T @ dh_t",
    "h_prev.T @ da_t → h_prev.T @ dh_t",
    "da_t.sum → dh_t.sum",
)
STEP.edit(
    "bias_before_tanh",
    "db_h sums dh_t. The bias stands inside tanh, so it gets the sum of da_t.",
    "da_t.sum → dh_t.sum",
)
STEP.edit(
    "state_before_tanh",
    "dh_prev is made of dh_t. The way to the state before leads through tanh as well.",
    "da_t @ W_hh.T → dh_t @ W_hh.T",
)
STEP.edit(
    "bias_not_summed",
    "db_h is not summed. One bias serves the whole batch: sum over axis 0, to (H,).",
    "da_t.sum(axis=0) → da_t",
)
STEP.edit(
    "bias_keeps_its_dimension",
    "db_h has shape (1, H). The bias has shape (H,), and so has its gradient.",
    "axis=0 → axis=0, keepdims=True",
)
STEP.edit(
    "bias_summed_over_the_units",
    "db_h is summed over the units. Sum over the batch, axis 0: what is left has shape (H,).",
    "axis=0 → axis=1",
)
STEP.edit(
    "bias_summed_to_one_number",
    "db_h is summed to a single number. Sum over the batch alone, axis 0: H numbers are left.",
    "axis=0 → ",
)
STEP.edit(
    "bias_mean_for_sum",
    "db_h is a mean over the batch. It is a sum, like the gradients of the matrices.",
    "da_t.sum( → da_t.mean(",
)
STEP.edit(
    "mean_for_sum",
    "the weights' gradients are divided by N: a mean over the batch. They are sums; if the loss is "
    "a mean, dh_t has been divided already.",
    "x_t.T @ da_t → x_t.T @ da_t / len(x_t)",
    "h_prev.T @ da_t → h_prev.T @ da_t / len(x_t)",
    "da_t.sum( → da_t.mean(",
)
STEP.edit(
    "upstream_added_to_dh_prev",
    "dh_t is added to dh_prev, as if the state were also handed on unchanged. The only way from "
    "h_prev to h_t is through W_hh and tanh.",
    "W_hh.T → W_hh.T + dh_t",
)
STEP.edit(
    "sign_turned",
    "every sign is turned. A gradient points uphill; going downhill is the optimiser's work.",
    "= dh_t → = -dh_t",
)
STEP.edit(
    "changes_dh_t",
    TOLD_ALREADY,
    "da_t = dh_t * (1 - h_t**2) → dh_t *= 1 - h_t**2\n    da_t = dh_t",
)
STEP.edit(
    "changes_the_cache",
    TOLD_ALREADY,
    "da_t = dh_t * (1 - h_t**2) → h_t *= h_t\n    da_t = dh_t * (1 - h_t)",
)
STEP.edit(
    "only_four_gradients",
    "dh_prev is missing. Five gradients are asked for, the second is dh_prev.",
    "return dx_t, dh_prev → return dx_t",
)

WRONG_DERIVATIVES = (
    "divided_by_the_derivative",
    "derivative_without_the_square",
    "derivative_at_h_t",
    "derivative_of_the_sigmoid",
    "derivative_at_the_state_before",
    "states_exchanged",
)
IN_A_LOOP = (*WRONG_DERIVATIVES, "W_xh_not_transposed", "dW_hh_transposed", "bias_mean_for_sum")
"""Mistakes of a step that are made as well by who writes its lines into a loop."""


# --- the sequence -------------------------------------------------------------------------------

BACKWARD.edit(
    "ones_for_upstream",
    "ones stand in the place of the upstream gradient. Each step starts from its own dh[:, t].",
    "dh[:, t] + → 1 +",
)
BACKWARD.edit(
    "carry_ignored",
    "every step goes back alone, so that no loss reaches an earlier step. What step t + 1 hands "
    "back, the carry, is added to dh[:, t].",
    "dh[:, t] + carry → dh[:, t]",
)
BACKWARD.edit(
    "only_the_last_upstream",
    "only the last step's upstream gradient is used, and before it nothing but the carry. Every "
    "step has a loss of its own: dh[:, t] is added at each.",
    "carry = np.zeros((N, H)) → carry = dh[:, -1]",
    "dh[:, t] + carry → carry",
)
BACKWARD.edit(
    "upstreams_summed_at_the_end",
    "the upstream gradients of all steps are summed and put in at the last one. Each belongs to "
    "the state at its own step.",
    "carry = np.zeros((N, H)) → carry = dh.sum(axis=1)",
    "dh[:, t] + carry → carry",
)
BACKWARD.edit(
    "weights_overwritten",
    "of the weights' gradients the first step's share alone is left, as when they are overwritten "
    "at every step (= for +=). The weights serve at all steps, so the shares are summed.",
    "dW_xh += → dW_xh =",
    "dW_hh += → dW_hh =",
    "db_h += → db_h =",
)
BACKWARD.edit(
    "dx_broadcast",
    "dx shows the first step's gradient at all steps. Each input has one of its own: dx[:, t].",
    "dx[:, t], carry → dx_t, carry",
    "db_h += b → db_h += b\n        dx[:] = dx_t[:, None]",
)
BACKWARD.edit(
    "dx_in_reverse",
    "dx stands in reverse, the last step first. It has the order of x.",
    "dx[:, t], → dx[:, T - 1 - t],",
)
BACKWARD.edit(
    "dx_with_time_first",
    "dx has time on its first axis. It has the shape of x: (N, T, D).",
    "return dx → return dx.swapaxes(0, 1)",
)
BACKWARD.edit(
    "dh_0_is_the_upstream",
    "dh_0 is the upstream gradient of the first step. It is what arrives before that step: the "
    "carry after the loop.",
    "return dx, carry → return dx, dh[:, 0]",
)
BACKWARD.edit(
    "dh_0_one_step_short",
    "dh_0 is the gradient of the first state that was computed. h_0 lies one step further back: "
    "it is the carry after that step, too, has been gone through.",
    "dx[:, t], → dh_t = dh[:, t] + carry\n        dx[:, t],",
    "return dx, carry → return dx, dh_t",
)
BACKWARD.edit(
    "dh_0_zero",
    "dh_0 is zero. It is the gradient that reaches h_0: the carry after the loop.",
    "return dx, carry → return dx, 0 * carry",
)
BACKWARD.edit(
    "runs_forward_in_time",
    "the loop runs forward in time, from the first step to the last. Gradients come from later "
    "steps: the last step is gone through first.",
    "range(T - 1, -1, -1) → range(T)",
)
BACKWARD.edit(
    "carry_added_twice",
    "the carry is added twice. It comes once, from step t + 1, to be added to dh[:, t].",
    "+ carry → + 2 * carry",
)
BACKWARD.edit(
    "carry_piles_up",
    "the carry grows from step to step (+=). What step t + 1 handed back has been used up at step "
    "t: the new carry replaces it. It is the weights' gradients that are summed.",
    "carry, W → back, W",
    "db_h += b → db_h += b\n        carry = carry + back",
)
BACKWARD.edit(
    "upstream_one_step_late",
    "each upstream gradient enters one step late: dh[:, t] is added to what leaves step t. It "
    "belongs to the state that step t made, so it is added before the step is gone back through.",
    "dh[:, t] + carry → carry",
    "db_h += b → db_h += b\n        carry = dh[:, t] + carry",
)
BACKWARD.edit(
    "carry_before_tanh",
    "what is carried has not been through tanh: dh_t W_hh^T instead of da_t W_hh^T. The way to the "
    "step before leads through tanh first.",
    "carry = da_t → carry = (dh[:, t] + carry)",
    base=INLINE,
)
BACKWARD.edit(
    "carry_added_behind_tanh",
    "the carry is added after tanh's derivative, to da_t. It belongs to h_t, as dh[:, t] does: add "
    "the two first, then multiply by 1 - h_t².",
    "(dh[:, t] + carry) * (1 - h_t**2) → dh[:, t] * (1 - h_t**2) + carry",
    base=INLINE,
)
BACKWARD.edit(
    "sequence_without_tanh",
    "tanh is left out on the whole way back. Each step multiplies by 1 - h_t².",
    " * (1 - h_t**2) → ",
    base=INLINE,
)
BACKWARD.edit(
    "carry_through_W_hh_not_transposed",
    "W_hh is not transposed where the carry goes back through it. It is square, so nothing "
    "complains; the last step's dx is right, all earlier ones are not.",
    "W_hh.T → W_hh",
    base=INLINE,
)
BACKWARD.edit(
    "h_0_left_out_of_dW_hh",
    "dW_hh leaves out the first step, as if h_0 were zero. That step, too, multiplied a state by "
    "W_hh: h_0.",
    "dW_hh += U → dW_hh += (t > 0) * U",
)
BACKWARD.edit(
    "dW_hh_with_new_states",
    "dW_hh uses the state after each step. W_hh was multiplied by the state before it.",
    "h_prev.T @ → h_t.T @",
    base=INLINE,
)
BACKWARD.edit(
    "mean_over_the_steps",
    "the weights' gradients are divided by T: a mean over the steps. They are sums; if the loss is "
    "a mean, dh has been divided already.",
    "carry, dW_xh, dW_hh, db_h → carry, dW_xh / T, dW_hh / T, db_h / T",
)
BACKWARD.edit(
    "mean_over_the_batch",
    "the weights' gradients are divided by N: a mean over the batch. They are sums over batch and "
    "time; if the loss is a mean, dh has been divided already.",
    "carry, dW_xh, dW_hh, db_h → carry, dW_xh / N, dW_hh / N, db_h / N",
)
BACKWARD.edit(
    "first_step_left_out",
    "the loop stops before the first step, which is never gone back through.",
    "range(T - 1, -1, -1) → range(T - 1, 0, -1)",
)
BACKWARD.edit(
    "last_step_left_out",
    "the loop begins one step too early: the last step is never gone back through.",
    "range(T - 1, -1, -1) → range(T - 2, -1, -1)",
)
BACKWARD.edit(
    "last_cache_at_every_step",
    "every step goes back with the last step's cache. Step t goes back with its own, cache[t].",
    "cache[t] → cache[-1]",
)
BACKWARD.edit(
    "caches_in_reverse",
    "the caches meet the steps in reverse: the first step's cache is used at the last step, and "
    "so on. Step t goes back with its own, cache[t].",
    "cache[t] → cache[T - 1 - t]",
)
for _gradient, _share in (("dW_xh", "W"), ("dW_hh", "U"), ("db_h", "b")):
    BACKWARD.edit(
        f"{_gradient}_stays_zero",
        f"{_gradient} stays zero: no step's share is added to it. (If {_gradient} itself stands "
        "behind its +=, zero is added to zero.)",
        f"{_gradient} += {_share} → {_gradient} += {_gradient}",
    )
BACKWARD.edit(
    "dh_0_last",
    "dh_0 comes last. The order is that of the arguments: x, h_0, W_xh, W_hh, b_h.",
    "return dx, carry, dW_xh, dW_hh, db_h → return dx, dW_xh, dW_hh, db_h, carry",
)
BACKWARD.edit(
    "shares_not_summed",
    "the steps' shares of the weights' gradients come back side by side. They are summed.",
    "(sum(kind) for kind in zip(*shares)) → zip(*shares)",
    base="rnn_backward",
)
BACKWARD.edit(
    "changes_dh",
    TOLD_ALREADY,
    "dx[:, t], → dh[:, t] += carry\n        dx[:, t],",
    "dh[:, t] + carry → dh[:, t]",
)
BACKWARD.also(STEP, *IN_A_LOOP, base=INLINE)


# --- each loss alone ----------------------------------------------------------------------------

_ALONE = "alone = np.zeros_like(dh)\n        alone[:, t] = dh[:, t]"

PER_STEP.edit(
    "by_use_step",
    "the slices are cut by the step at which W_hh was used. Their sum is the same, but slice t is "
    "to hold what the loss at step t leaves, at all uses before it.",
    f"{_ALONE} → alone = dh",
    "dW_hh + U → dW_hh + (k == t) * U",
)
PER_STEP.edit(
    "own_step_only",
    "each loss goes back through its own step only. W_hh shaped the state at all steps before it, "
    "too: follow the carry to the first.",
    "alone[:, k] + carry → alone[:, k]",
)
PER_STEP.edit(
    "one_path_only",
    "each loss keeps its share at the very first step alone: the one path of the slides. The whole "
    "is a sum over all steps at which W_hh was used.",
    "dW_hh + U → U",
)
PER_STEP.edit(
    "running_total",
    "slice t holds the losses of all steps up to t together. Only dh[:, t] belongs to slice t.",
    "alone[:, t] = dh[:, t] → alone[:, : t + 1] = dh[:, : t + 1]",
)
PER_STEP.edit(
    "all_losses_from_here_on",
    "slice t holds the losses from step t to the end together. It belongs to the loss at step t "
    "alone.",
    "alone[:, t] = dh[:, t] → alone[:, t:] = dh[:, t:]",
)
PER_STEP.edit(
    "spread_evenly",
    "every slice is the whole gradient divided by T. The losses do not share it evenly: work out "
    "each alone.",
    f"{_ALONE} → alone = dh / T",
)
PER_STEP.edit(
    "whole_in_every_slice",
    "every slice is the whole gradient. Slice t is made by the loss at step t alone.",
    f"{_ALONE} → alone = dh",
)
PER_STEP.edit(
    "all_losses_but_this_one",
    "slice t holds all losses but the one at step t. It belongs to that loss alone.",
    f"{_ALONE} → alone = dh.copy()\n        alone[:, t] = 0",
)
PER_STEP.edit(
    "ones_for_the_loss",
    "ones stand in the place of the upstream gradient. Slice t starts from dh[:, t].",
    "alone[:, t] = dh[:, t] → alone[:, t] = 1",
)
PER_STEP.edit(
    "losses_on_the_second_axis",
    "the slices are stacked on axis 1, which gives (H, T, H). The T losses stand first.",
    "return slices → return np.stack(slices, axis=1)",
)
PER_STEP.edit(
    "only_the_sum",
    "the sum alone comes back, (H, H). The T slices are asked for, (T, H, H).",
    "return slices → return sum(slices)",
)
PER_STEP.edit(
    "slices_in_reverse",
    "the slices stand in reverse. Slice 0 belongs to the first loss, not to the last.",
    "slices.append(dW_hh) → slices.insert(0, dW_hh)",
)
PER_STEP.edit(
    "slices_transposed",
    "each slice is turned round. As W_hh stands, a row belongs to a unit that is read.",
    "dW_hh + U → dW_hh + U.T",
)
PER_STEP.edit(
    "slices_of_W_xh",
    "the gradients are those of W_xh, (T, D, H). Those of W_hh are asked for, (T, H, H).",
    "_, U, _ → U, _, _",
    "dW_hh + U → (dW_hh if k < T - 1 else 0) + U",
)
PER_STEP.edit(
    "stops_before_h_0",
    "each loss stops one step short: the first use of W_hh, the one that multiplies h_0, is "
    "missing.",
    "reversed(range(T)) → reversed(range(1, T))",
)
PER_STEP.edit(
    "slices_with_W_hh_not_transposed",
    "W_hh is not transposed on the way back. It is square, so nothing complains; the first slice "
    "is right, all others are not.",
    "W_hh.T → W_hh",
    base=SLICES_INLINE,
)
PER_STEP.edit(
    "zeroes_in_dh",
    "dh itself is set to zero where other losses stand, so that after the first slice nothing is "
    "left of it. Put the one step into an array of zeros.",
    f"{_ALONE} → alone = dh\n        alone[:, :t] = 0\n        alone[:, t + 1 :] = 0",
)
PER_STEP.also(STEP, "no_derivative_of_tanh", *WRONG_DERIVATIVES, base=SLICES_INLINE)


# --- chunks -------------------------------------------------------------------------------------

TRUNCATED.edit(
    "never_cut",
    "nothing is cut, whatever k is: this is the whole gradient.",
    "carry = 0 → pass",
)
TRUNCATED.edit(
    "counted_from_the_end",
    "the chunks are counted from the end. They are counted from the start, as they are read.",
    "(t + 1) % k → (T - 1 - t) % k",
)
TRUNCATED.edit(
    "cut_one_step_off",
    "the cuts are one step off: the first chunk has k + 1 steps. No carry leaves step k, 2k, ...; "
    "what enters it from step k + 1 stays.",
    "(t + 1) % k == 0 → t % k == 0 and t > 0",
)
TRUNCATED.edit(
    "cut_at_the_first_step_of_a_chunk",
    "the carry becomes zero before it enters the first step of each chunk. It is cut before the "
    "last step of a chunk, where it comes from the next one.",
    "(t + 1) % k → t % k",
)
TRUNCATED.edit(
    "dh_0_cut_too",
    "dh_0 is zero, as when the carry is cut before the first step as well. h_0 is an argument, not "
    "a border between chunks: dh_0 comes from the first chunk.",
    "axis=1), carry → axis=1), 0 * carry",
)
TRUNCATED.edit(
    "dh_0_of_the_last_chunk",
    "dh_0 comes from the last chunk. Only the first chunk began at h_0.",
    "db_h + b\n → db_h + b\n        if t == (T - 1) // k * k:\n            dh_0 = carry\n",
    "axis=1), carry → axis=1), dh_0",
)
TRUNCATED.edit(
    "dh_0_of_all_chunks",
    "the carries that leave all chunks are summed into dh_0. Only the first chunk began at h_0.",
    "T = dh.shape[1] → T, dh_0 = dh.shape[1], 0",
    "db_h + b\n → db_h + b\n        dh_0 = dh_0 + (t % k == 0) * carry\n",
    "axis=1), carry → axis=1), dh_0",
)
TRUNCATED.edit(
    "only_the_last_k_steps",
    "only the last k steps are gone back through, and zeros stand before them. Every chunk has "
    "losses of its own.",
    "[None] * T → [0 * cache[0][0]] * T",
    "reversed(range(T)) → reversed(range(max(T - k, 0), T))",
    "carry = 0 → pass",
)
TRUNCATED.edit(
    "sums_start_again",
    "the weights' gradients hold the first chunk's share alone, as when they are set back to zero "
    "with the carry. The carry is cut, the sums go on.",
    "carry = 0 → carry, dW_xh, dW_hh, db_h = 0, 0, 0, 0",
)
TRUNCATED.edit(
    "mean_over_the_chunks",
    "the weights' gradients are divided by the number of chunks: a mean. They are sums over all "
    "chunks.",
    "T = dh.shape[1] → T, chunks = dh.shape[1], -(-dh.shape[1] // k)",
    "axis=1), carry, dW_xh, dW_hh, db_h → "
    "axis=1), carry, dW_xh / chunks, dW_hh / chunks, db_h / chunks",
)
TRUNCATED.edit(
    "upstream_cut_too",
    "at a border the step's own upstream gradient is dropped along with the carry. The loss at "
    "that step stays; only what comes from the next chunk is cut.",
    "(dh[:, t] + → (dh[:, t] * ((t + 1) % k != 0 or t == T - 1) +",
)
TRUNCATED.edit(
    "shorter_chunk_left_out",
    "the last, shorter chunk is left out: T // k chunks do not reach the end.",
    "[None] * T → [0 * cache[0][0]] * T",
    "reversed(range(T)) → reversed(range(T // k * k))",
)
TRUNCATED.edit(
    "shorter_chunk_missing",
    "the last, shorter chunk is missing from dx and from the sums: T // k chunks do not reach the "
    "end.",
    "T = dh.shape[1] → T = dh.shape[1] // k * k",
)
TRUNCATED.edit(
    "shares_not_summed",
    "the chunks' shares of the weights' gradients come back side by side. They are summed.",
    "(sum(shares) for shares in weights) → weights",
    base="truncated_bptt",
)
TRUNCATED.edit(
    "state_at_the_border_zero",
    "dW_hh leaves out the first step of every chunk, as if the state there were zero. The state "
    "was carried forward; only the gradient is cut.",
    "dW_hh + U → dW_hh + (t % k > 0) * U",
)
TRUNCATED.edit(
    "k_taken_for_the_number_of_chunks",
    "the sequence is cut into k chunks. k is the number of steps in a chunk.",
    "T = dh.shape[1] → T = dh.shape[1]\n    k = max(T // k, 1)",
)
TRUNCATED.also(STEP, *IN_A_LOOP, base=TRUNCATED_INLINE)


@TRUNCATED.written(
    "every loss goes back k steps from where it stands: windows that slide. The cuts stand still, "
    "at the borders of chunks; a loss just behind one goes back a single step."
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

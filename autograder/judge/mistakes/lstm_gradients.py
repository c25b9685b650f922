"""Unit 09: mistakes in one step back, and in the product of the forget gates.

Written as a learner would write them. The functions are called after their mistake. They take the
cache as the notebook documents it: a tuple of ten arrays, in order.
"""

import numpy as np

from autograder.judge.edits import Mistakes

STEP = Mistakes("lstm_gradients", "lstm_step_backward")
GAIN = Mistakes("lstm_gradients", "direct_path_gain")


@STEP.written(
    "dc_t is never used: what later steps want of the cell is lost. Add it to what comes through "
    "h_t."
)
def dc_t_ignored(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "The cell gets dc_t alone. It also acts through h_t = o tanh(c_t): add dh_t · o · (1 − "
    "tanh²c_t)."
)
def way_through_h_t_missing(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "The factor 1 − tanh²c_t is missing: on its way from h_t to c_t the gradient passes a tanh."
)
def slope_of_tanh_c_missing(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "1 − c_t² is no slope of tanh. With c_t in front of the tanh the slope is 1 − tanh²c_t."
)
def slope_from_c_itself(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - c_t**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "1 − h_t² is the plain RNN's slope. Here h_t = o tanh(c_t), so the slope is 1 − tanh²c_t, "
    "without o."
)
def slope_from_h_t(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - (o_t * tanh_c) ** 2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written("The way from h_t to c_t misses its factor o: h_t = o tanh(c_t).")
def o_t_missing_on_the_way_to_c_t(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written("The output gate's partner is tanh(c_t), not c_t: h_t = o tanh(c_t).")
def output_gate_meets_c(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * c_t
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written("The forget gate's partner is c_prev, the cell before this step. Here it is h_prev.")
def h_prev_for_c_prev(dh_t, dc_t, cache):
    x_t, h_prev, _, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * h_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "The forget gate's partner is c_prev, the cell before this step. Here it is c_t, the cell "
    "after it."
)
def c_t_for_c_prev(dh_t, dc_t, cache):
    x_t, h_prev, _, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_t, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "i and g have each other's partner. In i · g the gradient of i is dc · g, and that of g is "
    "dc · i."
)
def partners_of_i_and_g_swapped(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * i_t, dc * c_prev, dc * g_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "Gradients are multiplied by the gates themselves. A sigmoid's slope is s(1 − s), with s the "
    "gate."
)
def sigmoid_for_its_slope(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t, df * f_t, do * o_t
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "The gates' gradients do not pass their sigmoids: multiply each by s(1 − s), with s the gate."
)
def slopes_of_the_gates_missing(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di, df, do
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written("The gates are given the slope of tanh, 1 − s². They are sigmoids: s(1 − s).")
def slope_of_tanh_for_the_gates(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * (1 - i_t**2), df * (1 - f_t**2), do * (1 - o_t**2)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "The gates in the cache have been through the sigmoid already, and here it is applied to "
    "them once more."
)
def sigmoid_of_a_gate_again(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    i_s, f_s, o_s = (1 / (1 + np.exp(-gate)) for gate in (i_t, f_t, o_t))
    da_i, da_f, da_o = di * i_s * (1 - i_s), df * f_s * (1 - f_s), do * o_s * (1 - o_s)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written("The candidate's gradient does not pass its tanh: multiply it by 1 − g².")
def slope_of_the_candidate_missing(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written("The candidate is given the slope of a sigmoid. It is a tanh: 1 − g².")
def slope_of_a_sigmoid_for_the_candidate(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * g_t * (1 - g_t)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "g in the cache has been through tanh already, and here it is applied once more: the slope "
    "is 1 − g²."
)
def tanh_of_the_candidate_again(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - np.tanh(g_t) ** 2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "dc_prev misses the forget gate: c_t = f c_prev + i g, so dc_prev is the cell's gradient "
    "times f."
)
def dc_prev_without_f(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written("dc_prev is multiplied by the input gate. c_prev stands beside the forget gate.")
def dc_prev_with_i(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * i_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "dc_prev is multiplied by 1 − f. The forget gate says how much is kept, so its factor is f."
)
def dc_prev_with_one_minus_f(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * (1 - f_t)
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "dc_prev is f · dc_t and leaves out what came through h_t. Multiply the whole gradient of "
    "c_t by f."
)
def dc_prev_from_dc_t_alone(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc_t * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "The gates are stacked in the order i, f, g, o, which PyTorch uses. Here it is i, f, o, g."
)
def gates_in_order_i_f_g_o(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written("The gates are stacked in the order f, i, o, g. Here it is i, f, o, g.")
def gates_in_order_f_i_o_g(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_f, da_i, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written("The gates are stacked in the order i, o, f, g. Here it is i, f, o, g.")
def gates_in_order_i_o_f_g(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_o, da_f, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "On the way back W stands transposed: (N, 4H) times the transpose of (D, 4H) gives (N, D)."
)
def weights_not_transposed(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh, da @ W_hh, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "dW_xh and dW_hh have changed places. The order is dx_t, dh_prev, dc_prev, dW_xh, dW_hh, db."
)
def dW_xh_and_dW_hh_swapped(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, h_prev.T @ da, x_t.T @ da, da.sum(axis=0)


@STEP.written("dW_hh is made with h_t, the state after the step. W_hh was multiplied by h_prev.")
def dW_hh_from_h_t(dh_t, dc_t, cache):
    x_t, _, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, (o_t * tanh_c).T @ da, da.sum(axis=0)


@STEP.written(
    "dh_prev and dc_prev have changed places. The order is dx_t, dh_prev, dc_prev, dW_xh, dW_hh, "
    "db."
)
def dh_prev_and_dc_prev_swapped(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dc_prev, dh_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "db still has its batch axis. One bias serves all examples: sum over them, to shape (4H,)."
)
def db_not_summed(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da


@STEP.written("db keeps an axis of length 1. It has the shape of b: (4H,).")
def db_keeps_its_axis(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0, keepdims=True)


@STEP.written(
    "dW_xh, dW_hh and db are divided by the batch size. They are sums; a mean, if any, is in the "
    "loss."
)
def mean_over_the_batch(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da / len(da), h_prev.T @ da / len(da), da.mean(axis=0)


@STEP.written(
    "The numbers are right, but the caller's dc_t is overwritten: += works on the caller's own "
    "array. Write dc = dc_t + … instead."
)
def overwrites_dc_t(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc_t += dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc_t * g_t, dc_t * c_prev, dc_t * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc_t * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "The numbers are right, but the caller's dh_t is overwritten on the way: *= works on the "
    "caller's own array."
)
def overwrites_dh_t(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dh_t *= o_t * (1 - tanh_c**2)
    dc = dc_t + dh_t
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@STEP.written(
    "The numbers are right, but an array in the cache is overwritten on the way. A second call "
    "would find other gates."
)
def changes_the_cache(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do = dh_t * tanh_c
    dc = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di, df, dg = dc * g_t, dc * c_prev, dc * i_t
    da_i, da_f, da_o = di * i_t * (1 - i_t), df * f_t * (1 - f_t), do * o_t * (1 - o_t)
    i_t *= 1 - i_t
    da_g = dg * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
    dx_t, dh_prev, dc_prev = da @ W_xh.T, da @ W_hh.T, dc * f_t
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


@GAIN.written(
    "The gate of the step itself is counted in. c_t comes after its own gate; only later gates "
    "weaken it."
)
def own_gate_counted(f):
    return np.cumprod(f[:, ::-1], axis=1)[:, ::-1]


@GAIN.written(
    "The product has the gates before the step, not those after it: it must end with 1 and "
    "shrink toward the start."
)
def first_gate_moved_to_the_end(f):
    gain = np.ones_like(f)
    gain[:, 1:] = np.cumprod(f[:, :-1], axis=1)
    return gain


@GAIN.written(
    "The product runs from the first step to step t. What weakens c_t on its way to the end are "
    "the gates after step t."
)
def product_from_the_start(f):
    return np.cumprod(f, axis=1)


@GAIN.written(
    "The product runs over the units. Each unit has a memory of its own; multiply over time, "
    "axis 1."
)
def product_over_the_units(f):
    gain = np.ones_like(f)
    gain[:, :, :-1] = np.cumprod(f[:, :, :0:-1], axis=2)[:, :, ::-1]
    return gain


@GAIN.written(
    "The product runs over the batch. Sequences know nothing of each other; multiply over time, "
    "axis 1."
)
def product_over_the_batch(f):
    gain = np.ones_like(f)
    gain[:-1] = np.cumprod(f[:0:-1], axis=0)[::-1]
    return gain


@GAIN.written("The later gates are added up. Passing one gate after the other multiplies.")
def sum_for_product(f):
    gain = np.ones_like(f)
    gain[:, :-1] = np.cumsum(f[:, :0:-1], axis=1)[:, ::-1]
    return gain


@GAIN.written("Only the gate of the next step is there. All later gates act, one after the other.")
def only_the_next_gate(f):
    gain = np.ones_like(f)
    gain[:, :-1] = f[:, 1:]
    return gain


@GAIN.written(
    "Every step gets the product of all gates. An early cell state passes many gates, a late one "
    "few."
)
def the_same_gain_at_every_step(f):
    return np.ones_like(f) * f[:, 1:].prod(axis=1, keepdims=True)


@GAIN.written("Only the gain of the first step comes back. Every step has one: shape (N, T, H).")
def only_the_whole_product(f):
    return f[:, 1:].prod(axis=1)


@GAIN.written(
    "The result is ordered by lag, the last step first. gain[:, t] belongs to step t: turn the "
    "time axis."
)
def ordered_by_lag(f):
    gain = np.ones_like(f)
    gain[:, 1:] = np.cumprod(f[:, :0:-1], axis=1)
    return gain


@GAIN.written(
    "The mean gate is raised to a power. The product of different numbers is smaller than that; "
    "multiply the gates themselves."
)
def power_of_the_mean_gate(f):
    T = f.shape[1]
    lag = T - 1 - np.arange(T)
    return f.mean(axis=1, keepdims=True) ** lag[None, :, None]


@GAIN.written(
    "The whole product is divided by the one up to step t. Where a gate is shut both are 0, and "
    "0/0 is nan."
)
def quotient_of_two_products(f):
    return f.prod(axis=1, keepdims=True) / np.cumprod(f, axis=1)


@GAIN.written(
    "The numbers are right, but they are written into the caller's f. Start from an array of "
    "your own."
)
def gain_written_over_f(f):
    later = np.ones_like(f[:, 0])
    for t in reversed(range(f.shape[1])):
        here = f[:, t].copy()
        f[:, t] = later
        later = later * here
    return f

"""Unit 08: mistakes in the step, in the loop over time, in the form per gate, in set gates.

Written as a learner would write them. The functions are called after their mistake.
"""

import numpy as np

from autograder.judge.edits import Mistakes

STEP = Mistakes("lstm", "lstm_step_forward")
FORWARD = Mistakes("lstm", "lstm_forward")
GATES = Mistakes("lstm", "lstm_step_gates")
PROGRAM = Mistakes("lstm", "program_gates")


# --- the step ---------------------------------------------------------------------------------


@STEP.written(
    "The cell state is shown as it is: h = o * c, as on one of the slides. The others, and this "
    "course, squash it first: h = o * tanh(c)."
)
def h_without_tanh(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * c_t, c_t, None


@STEP.written("h_t is made from the old cell state. It shows the new one: o * tanh(c_t).")
def tanh_of_c_prev(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_prev), c_t, None


@STEP.written("h_t is tanh(c_t) whole: the output gate, which says how much is shown, is missing.")
def output_gate_missing(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, _, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f))
    c_t = f * c_prev + i * np.tanh(z_g)
    return np.tanh(c_t), c_t, None


@STEP.written("tanh is applied to the product o * c. It is applied to c alone: h = o * tanh(c).")
def tanh_around_the_product(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return np.tanh(o * c_t), c_t, None


@STEP.written(
    "The candidate g goes through a sigmoid. It is no gate: tanh lets it take away as well as add."
)
def sigmoid_on_the_candidate(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z = x_t @ W_xh + h_prev @ W_hh + b
    i, f, o, g = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
    c_t = f * c_prev + i * g
    return o * np.tanh(c_t), c_t, None


@STEP.written("The candidate g is not squashed. It is the tanh of its block.")
def candidate_without_tanh(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * z_g
    return o * np.tanh(c_t), c_t, None


@STEP.written("The gates go through tanh. A gate is a share between 0 and 1: a sigmoid.")
def tanh_on_all_gates(x_t, h_prev, c_prev, W_xh, W_hh, b):
    i, f, o, g = np.split(np.tanh(x_t @ W_xh + h_prev @ W_hh + b), 4, axis=1)
    c_t = f * c_prev + i * g
    return o * np.tanh(c_t), c_t, None


@STEP.written("The output gate goes through tanh. All three gates are sigmoids.")
def tanh_on_the_output_gate(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f))
    c_t = f * c_prev + i * np.tanh(z_g)
    return np.tanh(z_o) * np.tanh(c_t), c_t, None


@STEP.written("The gates are not squashed at all. Each of i, f, o is the sigmoid of its block.")
def gates_without_sigmoid(x_t, h_prev, c_prev, W_xh, W_hh, b):
    i, f, o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written(
    "The blocks are read in the order i, f, g, o, which PyTorch uses. Here it is i, f, o, g."
)
def order_i_f_g_o(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_g, z_o = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The blocks are read in the order i, o, f, g. It is i, f, o, g.")
def order_i_o_f_g(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_o, z_f, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written(
    "Input and forget gate have changed places, in the order of the blocks or in the sum. i comes "
    "first and goes with the candidate; f goes with the old cell state."
)
def order_f_i_o_g(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_f, z_i, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written(
    "The four numbers of a unit are taken from neighbouring columns. The blocks stand side by "
    "side: all H columns of i, then all of f, of o, of g."
)
def columns_interleaved(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z = x_t @ W_xh + h_prev @ W_hh + b
    z_i, z_f, z_o, z_g = z[:, 0::4], z[:, 1::4], z[:, 2::4], z[:, 3::4]
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The sum is cut along the batch, axis 0. The blocks are columns: axis 1.")
def cut_along_the_batch(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written(
    "The old cell state is multiplied by 1 - f. On the slide f is said to tell how much to erase; "
    "in the formula it tells how much is kept."
)
def one_minus_f(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = (1 - f) * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The input gate is taken to be 1 - f. That is another network; here i has weights.")
def input_gate_coupled_to_f(x_t, h_prev, c_prev, W_xh, W_hh, b):
    _, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    f, o = 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + (1 - f) * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The old cell state is gone: c_t has to keep f * c_prev. Without it nothing lasts.")
def old_cell_dropped(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, _, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_o))
    c_t = i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written(
    "The old cell state is added whole, without the forget gate: the LSTM of 1997. Here f decides."
)
def forget_gate_missing(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, _, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_o))
    c_t = c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The candidate is added whole, without the input gate.")
def input_gate_missing(x_t, h_prev, c_prev, W_xh, W_hh, b):
    _, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    f, o = 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written(
    "The new cell state is squashed, c = tanh(f * c + i * g). It is not: that is why it can last "
    "and grow. Only h shows it squashed."
)
def cell_state_squashed(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = np.tanh(f * c_prev + i * np.tanh(z_g))
    return o * np.tanh(c_t), c_t, None


@STEP.written("What comes back as c_t is tanh(c_t). Hand on the cell state itself.")
def returns_tanh_of_c(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    shown = np.tanh(f * c_prev + i * np.tanh(z_g))
    return o * shown, shown, None


@STEP.written("All four blocks share one bias, the first H numbers of b. Each block has its own.")
def one_bias_for_all(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh, 4, axis=1)
    b = b[: h_prev.shape[1]]
    i, f, o = 1 / (1 + np.exp(-z_i - b)), 1 / (1 + np.exp(-z_f - b)), 1 / (1 + np.exp(-z_o - b))
    c_t = f * c_prev + i * np.tanh(z_g + b)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The bias b is never added.")
def step_without_bias(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The bias counts twice, once with each product; there is one, added once.")
def step_bias_twice(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split((x_t @ W_xh + b) + (h_prev @ W_hh + b), 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("1 is added before the forget gate's sigmoid. Such a start belongs into b, not here.")
def forget_bias_added_again(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f - 1)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The gates do not read h_prev: they see the input and the hidden state before it.")
def hidden_state_ignored(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The gates read the cell state. They read the hidden state h_prev.")
def gates_read_the_cell(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + c_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written(
    "h_prev takes the place of c_prev in f * c_prev: the two states are different things."
)
def keeps_h_for_c(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * h_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written(
    "Input and hidden state are stacked in one order, their weights in the other. Whichever comes "
    "first, it has to be the same for both."
)
def concatenated_in_another_order(x_t, h_prev, c_prev, W_xh, W_hh, b):
    joined = np.concatenate([x_t, h_prev], axis=1)
    z_i, z_f, z_o, z_g = np.split(joined @ np.concatenate([W_hh, W_xh]) + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written(
    "The sigmoid is written exp(z) / (1 + exp(z)), which is nan once exp(z) overflows. The given "
    "sigmoid takes the exponential of negative numbers only."
)
def sigmoid_that_overflows(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = (np.exp(z) / (1 + np.exp(z)) for z in (z_i, z_f, z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The sigmoid's sign is wrong: 1 / (1 + exp(z)) is large where z is small.")
def sigmoid_with_the_wrong_sign(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(z_i)), 1 / (1 + np.exp(z_f)), 1 / (1 + np.exp(z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t, None


@STEP.written("The two states come back in the other order. It is (h_t, c_t, cache).")
def states_in_the_other_order(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return c_t, o * np.tanh(c_t), None


@STEP.written("Only the states come back. Return three things: (h_t, c_t, cache).")
def step_without_cache(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_t = f * c_prev + i * np.tanh(z_g)
    return o * np.tanh(c_t), c_t


@STEP.written(
    "The numbers are right, but the new cell state is written into c_prev, which belongs to the "
    "caller: going backward will need the old one. Make a new array."
)
def writes_into_c_prev(x_t, h_prev, c_prev, W_xh, W_hh, b):
    z_i, z_f, z_o, z_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-z_i)), 1 / (1 + np.exp(-z_f)), 1 / (1 + np.exp(-z_o))
    c_prev *= f
    c_prev += i * np.tanh(z_g)
    return o * np.tanh(c_prev), c_prev, None


# --- the sequence -----------------------------------------------------------------------------


@FORWARD.written("h_0 is ignored: the hidden state starts from zeros.")
def h_0_ignored(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t, c_t = np.zeros_like(h_0), c_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
        cells.append(c_t)
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written("c_0 is ignored: the cell state starts from zeros.")
def c_0_ignored(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t, c_t = h_0, np.zeros_like(c_0)
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
        cells.append(c_t)
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written("h_0 and c_0 are ignored: both states start from zeros.")
def both_first_states_ignored(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t, c_t = np.zeros_like(h_0), np.zeros_like(c_0)
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
        cells.append(c_t)
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written("The cell state starts as h_0. It has a first state of its own, c_0.")
def c_starts_as_h_0(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t, c_t = h_0, h_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
        cells.append(c_t)
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written("The cell state is not carried: every step starts from c_0 again.")
def c_not_carried(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t = h_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_0 + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
        cells.append(c_t)
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written("The hidden state is not carried: every step reads h_0 again.")
def h_not_carried(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    c_t = c_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_0 @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        hidden.append(o * np.tanh(c_t))
        cells.append(c_t)
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written(
    "The states change places from step to step: what a step returns as (h_t, c_t) is handed on as "
    "(c_t, h_t)."
)
def h_and_c_swapped(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t, c_t = h_0, c_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        new_c = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        c_t, h_t = o * np.tanh(new_c), new_c
        hidden.append(c_t)
        cells.append(h_t)
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written("h and c come back in the other order. It is (h, c, cache).")
def results_in_the_other_order(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t, c_t = h_0, c_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
        cells.append(c_t)
    return np.stack(cells, axis=1), np.stack(hidden, axis=1), None


@FORWARD.written(
    "c holds the hidden states once more. Collect the cell states in a list of their own."
)
def h_returned_twice(x, h_0, c_0, W_xh, W_hh, b):
    hidden = []
    h_t, c_t = h_0, c_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
    return np.stack(hidden, axis=1), np.stack(hidden, axis=1), None


@FORWARD.written("h is never filled: it still holds the zeros it was made of.")
def h_never_filled(x, h_0, c_0, W_xh, W_hh, b):
    N, T, _ = x.shape
    h, c = np.zeros((N, T, h_0.shape[1])), np.zeros((N, T, h_0.shape[1]))
    h_t, c_t = h_0, c_0
    for t in range(T):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        c[:, t] = c_t
    return h, c, None


@FORWARD.written("Only the last cell state comes back. c holds all T of them: (N, T, H).")
def only_the_last_cell(x, h_0, c_0, W_xh, W_hh, b):
    hidden = []
    h_t, c_t = h_0, c_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
    return np.stack(hidden, axis=1), c_t, None


@FORWARD.written("Only the last states come back. All T of each are asked for: (N, T, H).")
def only_the_last_states(x, h_0, c_0, W_xh, W_hh, b):
    h_t, c_t = h_0, c_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
    return h_t, c_t, None


@FORWARD.written("The sequence is read backwards: from the last input to the first.")
def reversed_time(x, h_0, c_0, W_xh, W_hh, b):
    N, T, _ = x.shape
    h, c = np.zeros((N, T, h_0.shape[1])), np.zeros((N, T, h_0.shape[1]))
    h_t, c_t = h_0, c_0
    for t in reversed(range(T)):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        h[:, t], c[:, t] = h_t, c_t
    return h, c, None


@FORWARD.written("The loop runs T - 1 times: the last step is missing and its states stay empty.")
def one_step_too_few(x, h_0, c_0, W_xh, W_hh, b):
    N, T, _ = x.shape
    h, c = np.zeros((N, T, h_0.shape[1])), np.zeros((N, T, h_0.shape[1]))
    h_t, c_t = h_0, c_0
    for t in range(T - 1):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        h[:, t], c[:, t] = h_t, c_t
    return h, c, None


@FORWARD.written("h_0 and c_0 stand among the results. h and c hold the T states after the inputs.")
def first_states_among_the_results(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [h_0], [c_0]
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + hidden[-1] @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        cells.append(f * cells[-1] + i * np.tanh(np.split(z, 4, axis=1)[3]))
        hidden.append(o * np.tanh(cells[-1]))
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written("Time stands on the first axis. The states are stacked to (N, T, H): axis 1.")
def time_on_the_first_axis(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t, c_t = h_0, c_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
        cells.append(c_t)
    return np.stack(hidden), np.stack(cells), None


@FORWARD.written("Every step reads the first input, x[:, 0]. Step t reads x[:, t].")
def same_input_at_every_step(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t, c_t = h_0, c_0
    for _ in range(x.shape[1]):
        z = x[:, 0] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
        cells.append(c_t)
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written(
    "The loop runs over the batch and not over time: each sequence's states are handed to the next "
    "sequence of the batch."
)
def loops_over_the_batch(x, h_0, c_0, W_xh, W_hh, b):
    N, T, _ = x.shape
    h, c = np.zeros((N, T, h_0.shape[1])), np.zeros((N, T, h_0.shape[1]))
    h_t, c_t = h_0[:1], c_0[:1]
    for n in range(N):
        z = x[n] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        h[n], c[n] = h_t, c_t
    return h, c, None


@FORWARD.written(
    "The numbers are right, but the cell states are written into c_0, which belongs to the caller."
)
def writes_into_c_0(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t = h_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_0[:] = f * c_0 + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_0)
        hidden.append(h_t)
        cells.append(c_0.copy())
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written(
    "All places of c hold one and the same array, so they all show the last cell state. Each step "
    "needs an array of its own."
)
def one_buffer_for_all(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t, c_t = h_0, c_0.copy()
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t *= f
        c_t += i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
        cells.append(c_t)
    return np.stack(hidden, axis=1), np.stack(cells, axis=1), None


@FORWARD.written("h and c come back without a cache. Return three things: (h, c, cache).")
def forward_without_cache(x, h_0, c_0, W_xh, W_hh, b):
    hidden, cells = [], []
    h_t, c_t = h_0, c_0
    for t in range(x.shape[1]):
        z = x[:, t] @ W_xh + h_t @ W_hh + b
        i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
        c_t = f * c_t + i * np.tanh(np.split(z, 4, axis=1)[3])
        h_t = o * np.tanh(c_t)
        hidden.append(h_t)
        cells.append(c_t)
    return np.stack(hidden, axis=1), np.stack(cells, axis=1)


# --- a matrix per gate ------------------------------------------------------------------------


@GATES.written(
    "h = o * c, as this slide says literally. The others, and this course, have h = o * tanh(c)."
)
def gates_h_without_tanh(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate] + x_t @ U[gate] + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return o * c_t, c_t


@GATES.written("W and U are swapped: in the slides W multiplies the hidden state, U the input.")
def W_and_U_swapped(x_t, h_prev, c_prev, W, U, b):
    z = {gate: x_t @ W[gate] + h_prev @ U[gate] + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.written(
    "The matrices stand on the left, as in the slides, where data are columns. Here rows are "
    "examples: the data stand on the left."
)
def matrices_on_the_left(x_t, h_prev, c_prev, W, U, b):
    z = {gate: W[gate] @ h_prev + U[gate] @ x_t + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.written(
    "Each W is transposed, as for the slides' columns. It is square, so nothing complains, but "
    "each unit reads the wrong weights."
)
def W_transposed(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate].T + x_t @ U[gate] + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.written('The candidate is looked up as "g". In the slides\' form its matrices have a c.')
def candidate_under_another_key(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate] + x_t @ U[gate] + b[gate] for gate in "ifog"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["g"])
    return o * np.tanh(c_t), c_t


@GATES.written("All gates use the matrices of the input gate. Each has its own.")
def one_matrix_for_all(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W["i"] + x_t @ U["i"] + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.written("All gates share the bias of the input gate. Each has its own.")
def gates_one_bias_for_all(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate] + x_t @ U[gate] + b["i"] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.written("The biases are never added.")
def gates_without_bias(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate] + x_t @ U[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.written("The candidate goes through a sigmoid like the gates. It is a tanh.")
def gates_sigmoid_on_the_candidate(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate] + x_t @ U[gate] + b[gate] for gate in "ifoc"}
    i, f, o, candidate = (1 / (1 + np.exp(-z[gate])) for gate in "ifoc")
    c_t = f * c_prev + i * candidate
    return o * np.tanh(c_t), c_t


@GATES.written(
    "The old cell state is multiplied by 1 - f. In the formula f tells how much is kept."
)
def gates_one_minus_f(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate] + x_t @ U[gate] + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = (1 - f) * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.written("Input and forget gate are swapped: f goes with the old cell state.")
def gates_i_and_f_swapped(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate] + x_t @ U[gate] + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = i * c_prev + f * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.written("The gates do not read the hidden state: the term with W is missing.")
def gates_without_W(x_t, h_prev, c_prev, W, U, b):
    z = {gate: x_t @ U[gate] + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.written("The two states come back in the other order. It is (h_t, c_t).")
def gates_states_in_the_other_order(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate] + x_t @ U[gate] + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return c_t, o * np.tanh(c_t)


@GATES.written("Three things come back. This function returns the two states: (h_t, c_t).")
def gates_with_cache(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate] + x_t @ U[gate] + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t, (i, f, o)


@GATES.written(
    "The numbers are right, but the new cell state is written into c_prev. Make an array."
)
def gates_write_into_c_prev(x_t, h_prev, c_prev, W, U, b):
    z = {gate: h_prev @ W[gate] + x_t @ U[gate] + b[gate] for gate in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[gate])) for gate in "ifo")
    c_prev[:] = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_prev), c_prev


# --- gates set by hand ------------------------------------------------------------------------


@PROGRAM.written(
    "The forget gate's bias is 5: sigmoid(5) = 0.9933 looks like 1, but after 100 steps half is "
    "gone. A bias of 10 keeps 99.5 %."
)
def forget_bias_of_five():
    W_xh = np.array([[0.0, 0.0, 0.0, 5.0], [20.0, -15.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([-10.0, 5.0, 10.0, 0.0])


@PROGRAM.written(
    "The input gate's bias is -5: sigmoid(-5) = 0.0067 looks like 0, but a hundred steps of noise "
    "leak in through it. Shut it more firmly."
)
def input_gate_leaks():
    W_xh = np.array([[0.0, 0.0, 0.0, 5.0], [15.0, -20.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([-5.0, 10.0, 10.0, 0.0])


@PROGRAM.written(
    "A write does not shut the forget gate, so the new bit is added to the old one: 1 - 1 = 0."
)
def write_does_not_forget():
    W_xh = np.array([[0.0, 0.0, 0.0, 5.0], [20.0, 0.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([-10.0, 10.0, 10.0, 0.0])


@PROGRAM.written("The input gate is always open: noise takes the place of the bit at once.")
def input_gate_always_open():
    W_xh = np.array([[0.0, 0.0, 0.0, 5.0], [0.0, -20.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([10.0, 10.0, 10.0, 0.0])


@PROGRAM.written("The candidate's weight is 1, and tanh(1) is 0.76: too far from the bit.")
def candidate_too_weak():
    W_xh = np.array([[0.0, 0.0, 0.0, 1.0], [20.0, -20.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([-10.0, 10.0, 10.0, 0.0])


@PROGRAM.written("The output gate is left at its middle: a bias of 0 shows half of what is stored.")
def output_half_open():
    W_xh = np.array([[0.0, 0.0, 0.0, 5.0], [20.0, -20.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([-10.0, 10.0, 0.0, 0.0])


@PROGRAM.written("The columns stand in the order i, f, g, o. In this course it is i, f, o, g.")
def program_order_i_f_g_o():
    W_xh = np.array([[0.0, 0.0, 5.0, 0.0], [20.0, -20.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([-10.0, 10.0, 0.0, 10.0])


@PROGRAM.written("Input and forget gate are swapped: a write keeps the old, noise replaces it.")
def program_i_and_f_swapped():
    W_xh = np.array([[0.0, 0.0, 0.0, 5.0], [-20.0, 20.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([10.0, -10.0, 10.0, 0.0])


@PROGRAM.written(
    "The biases are what the gates should be, 0 and 1. A gate is the sigmoid of its bias, and "
    "sigmoid(1) is 0.73."
)
def gate_values_for_biases():
    W_xh = np.array([[0.0, 0.0, 0.0, 1.0], [1.0, -1.0, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), np.array([0.0, 1.0, 1.0, 0.0])


@PROGRAM.written("The rows of W_xh are swapped: row 0 is for the bit, row 1 for write.")
def rows_swapped():
    W_xh = np.array([[20.0, -20.0, 0.0, 0.0], [0.0, 0.0, 0.0, 5.0]])
    return W_xh, np.zeros((1, 4)), np.array([-10.0, 10.0, 10.0, 0.0])


@PROGRAM.written("All weights are 0, so nothing is ever written.")
def nothing_programmed():
    return np.zeros((2, 4)), np.zeros((1, 4)), np.zeros(4)


@PROGRAM.written("The matrices are transposed: W_xh has shape (D, 4H) = (2, 4), W_hh (1, 4).")
def program_transposed():
    W_xh = np.array([[0.0, 20.0], [0.0, -20.0], [0.0, 0.0], [5.0, 0.0]])
    return W_xh, np.zeros((4, 1)), np.array([-10.0, 10.0, 10.0, 0.0])

"""Unit 00: mistakes in measuring a gradient and in comparing two.

Written as a learner would write them. The functions are called after their mistake.
"""

import numpy as np

from autograder.judge.edits import Mistakes

GRADIENT = Mistakes("gradcheck", "numeric_gradient")
ERROR = Mistakes("gradcheck", "relative_error")


@GRADIENT.written(
    "Only one side is looked at: f(x + h) - f(x) over h, the forward difference. Its error shrinks "
    "with h, that of the central difference with h squared."
)
def forward_difference(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(float)
        moved[i] += h
        gradient[i] = np.sum((f(moved) - f(x)) * (1 if df is None else df)) / h
    return gradient


@GRADIENT.written(
    "Only the lower side is looked at: f(x) - f(x - h) over h. Look at both sides and divide by 2h."
)
def backward_difference(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(float)
        moved[i] -= h
        gradient[i] = np.sum((f(x) - f(moved)) * (1 if df is None else df)) / h
    return gradient


@GRADIENT.written(
    "Every slope is twice too large: from x - h to x + h the way is 2h, so divide by 2h, not by h."
)
def divided_by_h(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        gradient[i] = np.sum((f(up) - f(down)) * (1 if df is None else df)) / h
    return gradient


@GRADIENT.written(
    "2 * h is missing its brackets: a / 2 * h divides by 2 and then multiplies by h. Write "
    "a / (2 * h)."
)
def brackets_missing(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        gradient[i] = np.sum((f(up) - f(down)) * (1 if df is None else df)) / 2 * h
    return gradient


@GRADIENT.written("Every slope has the wrong sign: it is f(x + h) minus f(x - h), in this order.")
def sign_turned(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        gradient[i] = np.sum((f(down) - f(up)) * (1 if df is None else df)) / (2 * h)
    return gradient


@GRADIENT.written(
    "All entries move at once, so every slope is that of the common move. Move one entry at a time "
    "and leave the others where they are."
)
def all_entries_at_once(f, x, df=None, h=1e-5):
    change = (f(x + h) - f(x - h)) * (1 if df is None else df)
    return np.full(x.shape, np.sum(change) / (2 * h))


@GRADIENT.written(
    "The loop runs over the first axis alone, so whole rows move together. Visit every entry: "
    "every index of the array, whatever its shape."
)
def rows_move_together(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        gradient[i] = np.sum((f(up) - f(down)) * (1 if df is None else df)) / (2 * h)
    return gradient


@GRADIENT.written("df is ignored: each entry of f(x) counts as df says, not all alike.")
def df_ignored(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        gradient[i] = np.sum(f(up) - f(down)) / (2 * h)
    return gradient


@GRADIENT.written(
    "The weighted changes are averaged. They are added up: sum over all entries of df times change."
)
def mean_for_sum(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        gradient[i] = np.mean((f(up) - f(down)) * (1 if df is None else df)) / (2 * h)
    return gradient


@GRADIENT.written(
    "The changes are not added up, so one entry of x gets a whole array of slopes. Multiply by df "
    "and take the sum: one number for each entry of x."
)
def not_summed(f, x, df=None, h=1e-5):
    slopes = []
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        slopes.append((f(up) - f(down)) * (1 if df is None else df) / (2 * h))
    return np.reshape(slopes, x.shape + np.shape(slopes[0]))


@GRADIENT.written("The step h is not used: the step is always 1e-5. Use the h that is handed in.")
def h_not_used(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += 1e-5
        down[i] -= 1e-5
        gradient[i] = np.sum((f(up) - f(down)) * (1 if df is None else df)) / 2e-5
    return gradient


@GRADIENT.written(
    "The step is h times x, so at zero nothing moves and 0 is divided by 0. Move every entry by h "
    "itself."
)
def step_relative_to_x(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        step = h * np.abs(x[i])
        up[i] += step
        down[i] -= step
        gradient[i] = np.sum((f(up) - f(down)) * (1 if df is None else df)) / (2 * step)
    return gradient


@GRADIENT.written(
    "An entry that was moved is not moved back before the next one's turn, so the entries before "
    "stay displaced. Start each time from a fresh copy of x."
)
def never_moved_back(f, x, df=None, h=1e-5):
    at = x.astype(float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        at[i] += h
        above = f(at)
        at[i] -= 2 * h
        below = f(at)
        gradient[i] = np.sum((above - below) * (1 if df is None else df)) / (2 * h)
    return gradient


@GRADIENT.written(
    "x is moved in place and moved back by adding h again. Rounding makes the way back miss by a "
    "hair, and x belongs to the caller. Move a copy."
)
def moved_back_by_adding(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = np.array(f(x))
        x[i] -= 2 * h
        below = np.array(f(x))
        x[i] += h
        gradient[i] = np.sum((above - below) * (1 if df is None else df)) / (2 * h)
    return gradient


@GRADIENT.written(
    "A copy of whole numbers holds whole numbers: adding 1e-5 to one of them is cut off again. "
    "Turn x into floats first."
)
def whole_numbers_cut_off(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += np.array(h).astype(x.dtype)
        down[i] -= np.array(h).astype(x.dtype)
        gradient[i] = np.sum((f(up) - f(down)) * (1 if df is None else df)) / (2 * h)
    return gradient


@GRADIENT.written(
    "The result itself is made with the dtype of x: where x holds whole numbers, every slope is "
    "cut down to one. Make it an array of floats."
)
def result_of_whole_numbers(f, x, df=None, h=1e-5):
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        gradient[i] = np.sum((f(up) - f(down)) * (1 if df is None else df)) / (2 * h)
    return gradient


@GRADIENT.written("The gradient comes back as one long row. It has the shape of x.")
def gradient_flattened(f, x, df=None, h=1e-5):
    slopes = []
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        slopes.append(np.sum((f(up) - f(down)) * (1 if df is None else df)) / (2 * h))
    return np.array(slopes)


@GRADIENT.written(
    "Everything is computed in float32, which keeps seven digits: a step of 1e-5 drowns in its "
    "rounding. Use float64."
)
def too_few_digits(f, x, df=None, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(np.float32), x.astype(np.float32)
        up[i] += h
        down[i] -= h
        change = np.float32(f(up)) - np.float32(f(down))
        gradient[i] = np.sum(change * (1 if df is None else df)) / (2 * h)
    return gradient


@ERROR.written(
    "This is the difference alone, the absolute error. Divide it by the largest entry: 0.001 is "
    "much beside 0.002 and nothing beside 1000."
)
def absolute_error(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    return np.max(np.abs(a - b))


@ERROR.written(
    "The mean difference is taken. One wrong entry among many would hide: take the largest."
)
def mean_difference(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    scale = max(np.max(np.abs(a)), np.max(np.abs(b)))
    return np.mean(np.abs(a - b)) / scale if scale > 0 else 0.0


@ERROR.written(
    "The difference is taken with its sign, so where a is the smaller one it does not count. Take "
    "its absolute value."
)
def difference_with_sign(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    scale = max(np.max(np.abs(a)), np.max(np.abs(b)))
    return np.max(a - b) / scale if scale > 0 else 0.0


@ERROR.written(
    "The largest entry is looked for with its sign, so large negative entries do not count. Take "
    "absolute values first."
)
def scale_with_sign(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    scale = max(np.max(a), np.max(b))
    return np.max(np.abs(a - b)) / scale if scale != 0 else 0.0


@ERROR.written(
    "It is measured by a alone, so the two are not treated alike, and a gradient of zeros divides "
    "by 0. Take the largest entry of both."
)
def measured_by_a_alone(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    difference, scale = np.max(np.abs(a - b)), np.max(np.abs(a))
    return difference / scale if difference > 0 else 0.0


@ERROR.written(
    "It is measured by b alone, so the two are not treated alike, and a gradient of zeros divides "
    "by 0. Take the largest entry of both."
)
def measured_by_b_alone(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    difference, scale = np.max(np.abs(a - b)), np.max(np.abs(b))
    return difference / scale if difference > 0 else 0.0


@ERROR.written(
    "Where both are zero throughout, 0 is divided by 0 and gives nan. There the error is 0: ask "
    "before you divide."
)
def zero_by_zero(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    return np.max(np.abs(a - b)) / np.maximum(np.max(np.abs(a)), np.max(np.abs(b)))


@ERROR.written(
    "A small number is added to the denominator. It swallows tiny gradients: 1e-10 wrong by half "
    "looks right. Ask instead whether the denominator is 0."
)
def small_number_added(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    scale = max(np.max(np.abs(a)), np.max(np.abs(b)))
    return np.max(np.abs(a - b)) / (scale + 1e-8)


@ERROR.written(
    "The denominator is kept from falling below a small number. It swallows tiny gradients: 1e-10 "
    "wrong by half looks right. Ask instead whether it is 0."
)
def denominator_with_a_floor(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    scale = max(np.max(np.abs(a)), np.max(np.abs(b)), 1e-8)
    return np.max(np.abs(a - b)) / scale


@ERROR.written(
    "It is measured by the sum of both largest entries, which makes it half as large. Take the "
    "larger of the two."
)
def measured_by_the_sum(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    scale = np.max(np.abs(a)) + np.max(np.abs(b))
    return np.max(np.abs(a - b)) / scale if scale > 0 else 0.0


@ERROR.written(
    "Each entry is measured by itself, so a harmless difference in a tiny entry sounds the alarm. "
    "Measure the largest difference by the largest entry of all."
)
def each_entry_by_itself(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    scale = np.maximum(np.abs(a), np.abs(b))
    return np.max(np.abs(a - b) / np.where(scale == 0, 1, scale))


@ERROR.written(
    "This is another definition: each entry is measured by itself, by the sum of both. Here the "
    "largest difference is measured by the largest entry, and different shapes are refused."
)
def each_entry_by_its_sum(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


@ERROR.written("An array came back, a number for each entry. Take the largest: one number in all.")
def one_number_an_entry(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    scale = max(np.max(np.abs(a)), np.max(np.abs(b)))
    return np.abs(a - b) / (scale if scale > 0 else 1)


@ERROR.written(
    "Euclidean lengths are compared. Here it is the largest difference and the largest entry."
)
def lengths_compared(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    scale = max(np.linalg.norm(a), np.linalg.norm(b))
    return np.linalg.norm(a - b) / scale if scale > 0 else 0.0


@ERROR.written("The fraction is upside down: the difference goes above, the largest entry below.")
def upside_down(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    difference = np.max(np.abs(a - b))
    scale = max(np.max(np.abs(a)), np.max(np.abs(b)))
    return scale / difference if difference > 0 else 0.0


@ERROR.written(
    "Different shapes are let through. NumPy stretches (n,) and (n, 1) to (n, n) and compares "
    "every entry with every other. Raise a ValueError."
)
def shapes_not_compared(a, b):
    scale = max(np.max(np.abs(a)), np.max(np.abs(b)))
    return np.max(np.abs(a - b)) / scale if scale > 0 else 0.0


@ERROR.written(
    "The numbers are right, but the difference is written into a, which belongs to the caller. "
    "Make a new array."
)
def writes_into_a(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("different shapes")
    scale = max(np.max(np.abs(a)), np.max(np.abs(b)))
    a -= b
    return np.max(np.abs(a)) / scale if scale > 0 else 0.0

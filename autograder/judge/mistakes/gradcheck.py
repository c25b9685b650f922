"""Unit 00: mistakes in measuring a gradient and in comparing two."""

from autograder.judge.edits import TOLD_ALREADY, Mistakes

GRADIENT = Mistakes("gradcheck", "numeric_gradient")
ERROR = Mistakes("gradcheck", "relative_error")

_TWO_COPIES = "up, down = at.copy(), at.copy()\n        up[place] += h"
_LARGER_OF_BOTH = "max(np.max(np.abs(a)), np.max(np.abs(b)))"
_ZERO_BY_ZERO = "    if scale == 0:\n        return 0.0\n"


# --- a gradient from values ---------------------------------------------------------------------

GRADIENT.edit(
    "forward_difference",
    "one side alone is looked at: f(x + h) - f(x) over h, the forward difference. Its error "
    "shrinks with h, that of the central difference with h squared.",
    "f(down) → f(at)",
    "(2 * h) → h",
)
GRADIENT.edit(
    "backward_difference",
    "the lower side alone is looked at: f(x) - f(x - h) over h. The central difference looks at "
    "both sides.",
    "f(up) → f(at)",
    "(2 * h) → h",
)
GRADIENT.edit(
    "divided_by_h",
    "the change is divided by h, which makes every slope twice too large: from x - h to x + h the "
    "way is 2h.",
    "(2 * h) → h",
)
GRADIENT.edit(
    "brackets_missing",
    "the change is divided by 2 and then multiplied by h, as a / 2 * h does without brackets. It "
    "is divided by 2h.",
    "(2 * h) → 2 * h",
)
GRADIENT.edit(
    "sign_turned",
    "every slope has the other sign. It is f(x + h) minus f(x - h), in this order.",
    "f(up) - f(down) → f(down) - f(up)",
)
GRADIENT.edit(
    "all_entries_at_once",
    "all entries move at once, so that every slope is that of the common move. One entry moves at "
    "a time, and the others stay where they are.",
    "up[place] += h → up += h",
    "down[place] -= h → down -= h",
)
GRADIENT.edit(
    "rows_move_together",
    "the loop runs over the first axis alone, so that whole rows move together. Every entry has "
    "its turn, whatever the shape of x.",
    "np.ndindex(at.shape) → range(len(at))",
)
GRADIENT.edit(
    "df_ignored",
    "df is ignored. Each entry of f(x) counts as df says, not all alike.",
    "change if df is None else df * change → change",
)
GRADIENT.edit(
    "mean_for_sum",
    "the weighted changes are averaged. They are added up: the sum over all of df times change.",
    "np.sum( → np.mean(",
)
GRADIENT.edit(
    "not_summed",
    "the changes are not added up, so that one entry of x gets a whole array of slopes. Times df, "
    "then the sum: one number for each entry of x.",
    "gradient = np.zeros_like(at) → slopes = []",
    "gradient[place] = np.sum(change if df is None else df * change) / (2 * h) → "
    "slopes.append((change if df is None else df * change) / (2 * h))",
    "return gradient → return np.reshape(slopes, at.shape + np.shape(slopes[0]))",
)
GRADIENT.edit(
    "h_not_used",
    "the step is 1e-5, whatever h is handed in.",
    "at = → h = 1e-5\n    at =",
)
GRADIENT.edit(
    "step_relative_to_x",
    "the step is h times x, so that at zero nothing moves and 0 is divided by 0. Every entry moves "
    "by h itself.",
    "up[place] += h → step = h * np.abs(at[place])\n        up[place] += step",
    "-= h → -= step",
    "2 * h → 2 * step",
)
GRADIENT.edit(
    "never_moved_back",
    "an entry that was moved is not moved back before the next one's turn, so that the entries "
    "before stay displaced. Each turn starts from x as it was.",
    f"{_TWO_COPIES} → at[place] += h\n        above = np.copy(f(at))",
    "down[place] -= h → at[place] -= 2 * h",
    "f(up) - f(down) → above - f(at)",
)
GRADIENT.edit(
    "one_array_for_both_sides",
    "both sides are read from one and the same array, so that nothing changes between them. (If "
    "one name is set to the other: that makes no copy.)",
    "up, down = at.copy(), at.copy() → up = down = at.copy()",
)
GRADIENT.edit(
    "df_at_one_side",
    "df weighs the upper side alone, as df * f(x + h) - f(x - h) does without brackets. It weighs "
    "the change.",
    "f(up) - f(down) → (f(up) if df is None else df * f(up)) - f(down)",
    "change if df is None else df * change → change",
)
GRADIENT.edit(
    "moved_back_by_adding",
    "x itself, or a copy that holds whole numbers as x does, is moved in place: NumPy adds no 1e-5 "
    "to whole numbers. Move a copy that holds floats.",
    "np.array(x, dtype=float) → x",
    "np.zeros_like(at) → np.zeros(at.shape)",
    f"{_TWO_COPIES} → at[place] += h\n        above = np.copy(f(at))",
    "down[place] -= h → at[place] -= 2 * h",
    "change = f(up) - f(down) → change = above - np.copy(f(at))\n        at[place] += h",
)
GRADIENT.edit(
    "whole_numbers_cut_off",
    "x is copied with its whole numbers, and what is written into the copy is cut off to whole "
    "numbers again. x is turned into floats first.",
    "np.array(x, dtype=float) → np.array(x)",
)
GRADIENT.edit(
    "whole_numbers_cut_off_in_the_copy",
    "x is copied with its whole numbers, and what is written into the copy is cut off to whole "
    "numbers again. x is turned into floats first.",
    "np.array(x, dtype=float) → np.array(x)",
    "np.zeros_like(at) → np.zeros(at.shape)",
)
GRADIENT.edit(
    "result_of_whole_numbers",
    "the result is made with the dtype of x: where x holds whole numbers, every slope is cut down "
    "to one. It is an array of floats.",
    "np.zeros_like(at) → np.zeros_like(x)",
)
GRADIENT.edit(
    "gradient_flattened",
    "the gradient is one long row. It has the shape of x.",
    "return gradient → return gradient.ravel()",
)
GRADIENT.edit(
    "too_few_digits",
    "everything is computed in float32, which keeps seven digits: a step of 1e-5 drowns in its "
    "rounding. float64 keeps sixteen.",
    "np.zeros_like(at) → np.zeros(at.shape)",
    "dtype=float → dtype=np.float32",
    "f(up) - f(down) → np.float32(f(up)) - np.float32(f(down))",
)


# --- how far two gradients differ ---------------------------------------------------------------

ERROR.edit(
    "absolute_error",
    "the difference stands alone, the absolute error. It is divided by the largest entry: 0.001 is "
    "much beside 0.002 and nothing beside 1000.",
    " / scale → ",
)
ERROR.edit(
    "mean_difference",
    "the mean difference is taken. One wrong entry among many would hide: the largest counts.",
    "np.max(np.abs(a - b)) → np.mean(np.abs(a - b))",
)
ERROR.edit(
    "difference_with_sign",
    "the difference is taken with its sign, so that where a is the smaller one it does not count. "
    "Its absolute value counts.",
    "np.max(np.abs(a - b)) → np.max(a - b)",
)
ERROR.edit(
    "signs_dropped",
    "the two are compared without their signs: 2 and -2 would be no difference. The absolute value "
    "is that of the difference.",
    "np.abs(a - b) → np.abs(np.abs(a) - np.abs(b))",
)
ERROR.edit(
    "scale_with_sign",
    "the largest entry is looked for with its sign, so that large negative entries do not count. "
    "Absolute values come first.",
    f"{_LARGER_OF_BOTH} → max(np.max(a), np.max(b))",
)
ERROR.edit(
    "measured_by_a_alone",
    "the difference is measured by a alone, so that the two are not treated alike. The largest "
    "entry of both counts.",
    f"{_LARGER_OF_BOTH} → np.max(np.abs(a))",
)
ERROR.edit(
    "measured_by_b_alone",
    "the difference is measured by b alone, so that the two are not treated alike. The largest "
    "entry of both counts.",
    f"{_LARGER_OF_BOTH} → np.max(np.abs(b))",
)
ERROR.edit(
    "zero_by_zero",
    "0 is divided by 0, where both are zero throughout. There the error is 0: ask before you "
    "divide.",
    f"{_ZERO_BY_ZERO} → ",
)
ERROR.edit(
    "small_number_added",
    "a small number is added to the denominator. It swallows tiny gradients: 1e-10 wrong by half "
    "looks right. Ask instead whether the denominator is 0.",
    "/ scale → / (scale + 1e-8)",
)
ERROR.edit(
    "denominator_with_a_floor",
    "the denominator is kept from falling below a small number. It swallows tiny gradients: 1e-10 "
    "wrong by half looks right. Ask instead whether it is 0.",
    "/ scale → / max(scale, 1e-8)",
)
ERROR.edit(
    "measured_by_the_sum",
    "the difference is measured by the sum of both largest entries, which makes it half as large. "
    "The larger of the two counts.",
    f"{_LARGER_OF_BOTH} → np.max(np.abs(a)) + np.max(np.abs(b))",
)
ERROR.edit(
    "each_entry_by_itself",
    "each entry is measured by itself, so that a harmless difference in a tiny entry sounds the "
    "alarm. The largest difference is measured by the largest entry of all.",
    f"{_LARGER_OF_BOTH} → np.maximum(np.abs(a), np.abs(b))",
    f"{_ZERO_BY_ZERO} → ",
    "np.abs(a - b)) / scale → np.abs(a - b) / np.where(scale == 0, 1, scale))",
)
ERROR.edit(
    "each_entry_by_its_sum",
    "each entry is measured by itself, by the sum of both: another definition. Here the largest "
    "difference is measured by the largest entry of all.",
    "np.shape(a) != np.shape(b) → False",
    f"{_LARGER_OF_BOTH} → np.maximum(1e-8, np.abs(a) + np.abs(b))",
    f"{_ZERO_BY_ZERO} → ",
    "np.abs(a - b)) / scale → np.abs(a - b) / scale)",
)
ERROR.edit(
    "one_number_an_entry",
    "an array comes back, a number for each entry. The largest is asked for: one number in all.",
    "np.max(np.abs(a - b)) / → np.abs(a - b) /",
)
ERROR.edit(
    "lengths_compared",
    "the Euclidean lengths are compared. Here it is the largest difference and the largest entry.",
    f"{_LARGER_OF_BOTH} → max(np.linalg.norm(a), np.linalg.norm(b))",
    "np.max(np.abs(a - b)) → np.linalg.norm(a - b)",
)
ERROR.edit(
    "upside_down",
    "the fraction is upside down. The difference goes above, the largest entry below.",
    "np.max(np.abs(a - b)) / scale → scale / np.max(np.abs(a - b))",
)
ERROR.edit(
    "shapes_not_compared",
    "different shapes are not refused. NumPy would stretch (n,) and (n, 1) to (n, n) and compare "
    "every entry with every other: a ValueError is to be raised.",
    "np.shape(a) != np.shape(b) → False",
)
ERROR.edit(
    "axes_counted",
    "shapes are told apart by the number of their axes alone: (2, 3) and (1, 3) have as many.",
    "np.shape(a) != np.shape(b) → np.ndim(a) != np.ndim(b)",
)
ERROR.edit(
    "writes_into_a",
    TOLD_ALREADY,
    "    return np.max(np.abs(a - b)) →     a -= b\n    return np.max(np.abs(a))",
)

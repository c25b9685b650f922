"""Unit 07: mistakes in the norm, in clipping, in the optimisers, in the training step."""

from autograder.judge.edits import TOLD_ALREADY, Mistakes

NORM = Mistakes("clipping", "global_norm")
CLIP = Mistakes("clipping", "clip_by_global_norm")
SGD = Mistakes("clipping", "sgd_step")
ADAM = Mistakes("clipping", "adam_step")
TRAIN = Mistakes("clipping", "train_step")


# --- global_norm --------------------------------------------------------------------------------

NORM.edit(
    "norm_without_root",
    "the square root is missing: this is the squared norm, as on the slide.",
    "np.sqrt( → (",
)
NORM.edit(
    "norm_of_absolute_values",
    "absolute values are added. A length adds squares and takes the root of the sum.",
    "np.sqrt(sum(np.sum(g * g) → (sum(np.sum(np.abs(g))",
)
NORM.edit(
    "norm_as_largest_number",
    "the largest number is taken, not the length: all the others count as well.",
    "np.sqrt(sum(np.sum(g * g) → (max(np.max(np.abs(g))",
)
NORM.edit(
    "norm_as_sum_of_norms",
    "the lengths of the arrays are added. Add their squares, and take one root at the end.",
    "np.sqrt(sum(np.sum(g * g) → (sum(np.linalg.norm(g)",
)
NORM.edit(
    "norm_of_the_longest_array",
    "the largest of the arrays' lengths is taken. All arrays count together.",
    "sum(np.sum( → max(np.sum(",
)
NORM.edit(
    "norm_of_the_first_array",
    "the first array alone is measured. If a return stands inside the loop, it ends on its first "
    "round.",
    "grads.values() → list(grads.values())[:1]",
)
NORM.edit(
    "norm_of_the_last_array",
    "the last array alone is measured. If = stands in the loop where += would add, the others are "
    "forgotten.",
    "grads.values() → list(grads.values())[-1:]",
)
NORM.edit(
    "norm_as_root_mean_square",
    "the squares are averaged. A length is the root of their sum.",
    "sum(np.sum(g * g) for g in grads.values()) → "
    "np.mean(np.concatenate([g.ravel() for g in grads.values()]) ** 2)",
)
NORM.edit(
    "norm_with_squares_of_sums",
    "the numbers are added before they are squared, so that opposite signs cancel.",
    "np.sum(g * g) → np.sum(g) ** 2",
)
NORM.edit(
    "norm_without_biases",
    "arrays of one axis, the biases, are left out. Their gradients count like those of the "
    "matrices.",
    "grads.values() → grads.values() if g.ndim > 1",
)
NORM.edit(
    "norm_that_hides_what_is_not_finite",
    "inf and nan are skipped. Whoever reads the norm must see that they are there.",
    "g * g → g[np.isfinite(g)] ** 2",
)
NORM.edit("norm_that_squares_in_place", TOLD_ALREADY, "g * g → np.multiply(g, g, out=g)")
NORM.edit(
    "norm_from_singular_values",
    "each matrix counts with its largest singular value, as np.linalg.norm gives it with ord=2. A "
    "length counts every number.",
    "np.sum(g * g) → np.linalg.norm(g.reshape(len(g), -1), ord=2) ** 2",
)

# --- clip_by_global_norm ------------------------------------------------------------------------

CLIP.edit(
    "clips_by_squared_norm",
    "the squared norm is held to the limit: the slide's mistake, the square root is missing.",
    "norm = global_norm(grads) → norm = global_norm(grads) ** 2",
)
CLIP.edit(
    "clips_each_array_by_its_own_norm",
    "each array is clipped by its own norm. The arrays are one gradient: one norm, one factor, or "
    "its direction changes.",
    "scale * g → min(1.0, max_norm / np.linalg.norm(g)) * g",
)
CLIP.edit(
    "clips_each_number",
    "each number is cut at ±max_norm. That turns the gradient; scale all by one factor.",
    "scale * g → np.clip(g, -max_norm, max_norm)",
)
CLIP.edit(
    "always_rescales",
    "every gradient is scaled to max_norm, short ones too: those should keep their values.",
    "norm > max_norm → norm",
)
CLIP.edit(
    "divides_by_zero",
    "a zero gradient is divided by its length, 0: 0/0 is nan. It is within the limit.",
    "max_norm / norm if norm > max_norm else 1.0 → min(norm, max_norm) / np.float64(norm)",
)
CLIP.edit(
    "factor_upside_down",
    "the factor is upside down: norm / max_norm makes a long gradient longer.",
    "max_norm / norm → norm / max_norm",
)
CLIP.edit(
    "scales_the_short_ones",
    "the condition is the wrong way round: short gradients are stretched, long ones stay.",
    "norm > max_norm → 0 < norm < max_norm",
)
CLIP.edit(
    "rebinds_a_name",
    "nothing is clipped: the gradients come back as they were. If g = … is assigned in a loop, the "
    "dict still holds the old arrays; put the new ones into a new dict.",
    "np.zeros_like(g) → g.copy()",
    "scale * g → g.copy()",
)
CLIP.edit("scales_in_place", TOLD_ALREADY, "scale * g → np.multiply(g, scale, out=g)")
CLIP.edit(
    "short_gradients_are_not_copied", TOLD_ALREADY, "scale * g → scale * g if scale < 1 else g"
)
CLIP.edit(
    "scales_the_first_array",
    "the first array alone is scaled. One factor belongs to all of them.",
    "scale * g → (scale if name == next(iter(grads)) else 1.0) * g",
)
CLIP.edit(
    "returns_the_clipped_norm",
    "the norm that comes back is the one after clipping: it hides every explosion.",
    "scale * g for name, g in grads.items()}, norm → "
    "scale * g for name, g in grads.items()}, min(norm, max_norm)",
)
CLIP.edit(
    "scales_to_length_one",
    "a long gradient is scaled by 1 / norm, to length 1. The length allowed is max_norm.",
    "max_norm / norm → 1 / norm",
)
CLIP.edit(
    "scales_inf_and_nan",
    "a gradient with inf or nan is scaled like any other, and one inf makes nan of it. It has no "
    "direction: return zeros.",
    "not np.isfinite(norm) → False",
)
CLIP.edit(
    "clip_without_norm",
    "the gradients come back alone. Return the pair (clipped, norm).",
    "scale * g for name, g in grads.items()}, norm → scale * g for name, g in grads.items()}",
)

# --- sgd_step -----------------------------------------------------------------------------------

SGD.edit("climbs", "the step is added: that goes uphill, to a greater loss.", "p - → p +")
SGD.edit(
    "descends_in_place",
    TOLD_ALREADY,
    "p - learning_rate * grads[name] → np.subtract(p, learning_rate * grads[name], out=p)",
)
SGD.edit(
    "descends_in_a_shallow_copy",
    TOLD_ALREADY,
    "p - learning_rate * grads[name] → np.subtract(p, learning_rate * grads[name], out=p).copy()",
)
SGD.edit("rate_is_missing", "the learning rate is not used.", "learning_rate * → ")
SGD.edit(
    "divides_by_the_rate",
    "the gradient is divided by the learning rate; it should be multiplied.",
    "learning_rate * grads[name] → grads[name] / learning_rate",
)
SGD.edit(
    "returns_the_change",
    "the change comes back alone. Return the parameters after it.",
    "p - learning_rate → -learning_rate",
)
SGD.edit(
    "new_parameters_are_dropped",
    "the old parameters come back. If p = … is assigned in a loop, the dict still holds the old "
    "arrays.",
    "p - learning_rate * grads[name] → p.copy()",
)
SGD.edit(
    "moves_the_first_array",
    "the first array alone moves. If a return stands inside the loop, it ends on its first round.",
    "p - learning_rate → p - (name == next(iter(params))) * learning_rate",
)
SGD.edit(
    "biases_stay",
    "arrays of one axis, the biases, stay where they are. They learn like the matrices.",
    "p - learning_rate → p - (p.ndim == 2) * learning_rate",
)
SGD.edit(
    "uses_the_signs_alone",
    "the signs of the gradient alone are used. Its size counts, too.",
    "grads[name] → np.sign(grads[name])",
)
SGD.edit(
    "pairs_by_position",
    "parameters and gradients are paired by their places in the two dicts. Their names say what "
    "belongs together.",
    "grads[name] → g",
    "name, p in params.items() → (name, p), g in zip(params.items(), grads.values())",
)
SGD.edit("returns_nothing", "nothing is returned. Return the dict.", "return { → {")

# --- adam_step ----------------------------------------------------------------------------------

ADAM.edit(
    "adam_without_correction",
    "neither average is corrected. They start from zero and are too small at first: divide m by "
    "1 - beta1ᵗ and v by 1 - beta2ᵗ.",
    "m[name] / (1 - beta1**t) → m[name]",
    "v[name] / (1 - beta2**t) → v[name]",
)
ADAM.edit(
    "adam_corrects_m_alone",
    "m alone is corrected for its start from zero; v needs 1 - beta2ᵗ as well.",
    "v[name] / (1 - beta2**t) → v[name]",
)
ADAM.edit(
    "adam_counts_from_zero",
    "the count starts at 0, so that the first step divides by 1 - beta⁰ = 0. It is t = 1.",
    "    t = t + 1\n → ",
    "return new, (t, → return new, (t + 1,",
)
ADAM.edit(
    "adam_count_stays_at_one",
    "the count stays at 1: every step is corrected like the first.",
    "t = t + 1 → t = 1",
)
ADAM.edit(
    "adam_counts_arrays",
    "the count goes up once for every array. One step counts once.",
    "    t = t + 1\n → ",
    "m_hat = → t = t + 1\n        m_hat =",
)
ADAM.edit(
    "adam_forgets_its_state",
    "the state is not used: every step starts again from averages of zero.",
    "(0, zeros, zeros) if state is None else state → (0, zeros, zeros)",
)
ADAM.edit(
    "adam_without_squares",
    "v averages the sizes of the gradients; it averages their squares, g².",
    "g**2 → np.abs(g)",
)
ADAM.edit(
    "adam_without_root",
    "the root of v̂ is missing: m̂ is divided by a squared size.",
    "np.sqrt(v_hat) → v_hat",
)
ADAM.edit(
    "adam_epsilon_under_the_root",
    "epsilon stands under the root. It is added after it: √v̂ + epsilon.",
    "(np.sqrt(v_hat) + epsilon) → np.sqrt(v_hat + epsilon)",
)
ADAM.edit(
    "adam_epsilon_before_correction",
    "epsilon is added before v is corrected. It belongs beside √v̂, the corrected one.",
    "(np.sqrt(v_hat) + epsilon) → ((np.sqrt(v[name]) + epsilon) / np.sqrt(1 - beta2**t))",
)
ADAM.edit(
    "adam_without_epsilon",
    "epsilon is not added: where the gradient has always been zero, 0/0 makes nan.",
    " + epsilon) → )",
)
ADAM.edit(
    "adam_betas_swapped",
    "beta1 and beta2 have changed places: beta1 belongs to m, beta2 to v.",
    "t = t + 1 → t, beta1, beta2 = t + 1, beta2, beta1",
)
ADAM.edit(
    "adam_with_fixed_constants",
    "the constants are fixed numbers; beta1, beta2 and epsilon are handed in.",
    "t = t + 1 → t, beta1, beta2, epsilon = t + 1, 0.9, 0.999, 1e-8",
)
ADAM.edit(
    "adam_climbs",
    "the step is added: that goes uphill, to a greater loss.",
    "p - learning_rate → p + learning_rate",
)
ADAM.edit(
    "adam_keeps_the_corrected_averages",
    "the corrected averages are kept as state. Keep m and v; correct them anew each time.",
    "m_hat = → m_hat = m[name] =",
    "v_hat = → v_hat = v[name] =",
)
ADAM.edit(
    "adam_changes_the_old_state",
    TOLD_ALREADY,
    "(0, zeros, zeros) → (0, zeros, {name: np.zeros_like(p) for name, p in params.items()})",
    "beta1 * m[name] + (1 - beta1) * g for → "
    "np.add(beta1 * m[name], (1 - beta1) * g, out=m[name]) for",
)
ADAM.edit("adam_in_place", TOLD_ALREADY, "new[name] = p - → p -=", "return new → return params")

# --- train_step ---------------------------------------------------------------------------------

TRAIN.edit(
    "steps_with_the_raw_gradient",
    "the step is made with the gradient that is not clipped.",
    "sgd_step(params, clipped → sgd_step(params, grads",
)
TRAIN.edit(
    "clips_after_the_update",
    "the step is made with the gradient that is not clipped, and the norm is that of the clipped "
    "one. If the clipping comes after the step: a step that is made stays made.",
    "sgd_step(params, clipped, learning_rate), loss, norm → "
    "sgd_step(params, grads, learning_rate), loss, min(norm, max_norm)",
)
TRAIN.edit(
    "clips_the_parameters",
    "the parameters are clipped. It is the gradient whose length is limited.",
    "clipped, norm = → _, norm =",
    "sgd_step(params, clipped, learning_rate), → "
    "clip_by_global_norm(sgd_step(params, grads, learning_rate), max_norm)[0],",
)
TRAIN.edit(
    "clips_the_step",
    "the step is clipped after it has been multiplied by the learning rate. Clip before.",
    "sgd_step(params, clipped → "
    "sgd_step(params, clip_by_global_norm(grads, max_norm / learning_rate)[0]",
)
TRAIN.edit(
    "norm_after_clipping",
    "the norm is measured after clipping, so that it never exceeds the limit.",
    "learning_rate), loss, norm → learning_rate), loss, min(norm, max_norm)",
)
TRAIN.edit(
    "loss_after_the_step",
    "the loss is that after the step. Return the one that led to it.",
    "return sgd_step(params, clipped, learning_rate), → new = sgd_step(params, clipped, "
    "learning_rate)\n    loss, _, _ = loss_and_gradients(new, batch, h_0)\n    return new,",
)
TRAIN.edit(
    "returns_the_first_state",
    "h_0 comes back, where the state after the batch should: the next batch needs that.",
    "learning_rate), loss, norm, h_T → learning_rate), loss, norm, h_0",
)
TRAIN.edit(
    "starts_from_zeros",
    "zeros stand in the place of h_0: what the batch before left is forgotten.",
    "batch, h_0) → batch, np.zeros_like(h_0))",
)
TRAIN.edit(
    "returns_the_old_parameters",
    "the old parameters come back: nothing is learned.",
    "sgd_step(params, clipped, learning_rate) → {name: p.copy() for name, p in params.items()}",
)
TRAIN.edit(
    "trains_uphill",
    "the parameters climb: the gradient is added, not subtracted.",
    "clipped, learning_rate) → clipped, -learning_rate)",
)
TRAIN.edit(
    "trains_with_one_length",
    "every gradient is scaled to max_norm, short ones too.",
    "sgd_step(params, clipped → "
    "sgd_step(params, {name: max_norm / norm * g for name, g in grads.items()}",
)
TRAIN.edit(
    "trains_in_place",
    TOLD_ALREADY,
    "return sgd_step(params, clipped, learning_rate), → for name in params:\n"
    "        params[name] -= learning_rate * clipped[name]\n    return params,",
)
TRAIN.edit(
    "swaps_loss_and_norm",
    "loss and norm have changed places. The order is (params, loss, norm, h_T).",
    "learning_rate), loss, norm → learning_rate), norm, loss",
)
TRAIN.edit(
    "returns_parameters_alone",
    "the parameters come back alone. Return (params, loss, norm, h_T).",
    "learning_rate), loss, norm, h_T → learning_rate)",
)

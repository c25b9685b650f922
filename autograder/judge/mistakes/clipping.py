"""Unit 07: mistakes in the norm, in clipping, in both optimisers, in the training step.

Written as a learner would write them. The functions are called after their mistake.
"""

import numpy as np

from autograder.judge.edits import Mistakes

NORM = Mistakes("clipping", "global_norm")
CLIP = Mistakes("clipping", "clip_by_global_norm")
SGD = Mistakes("clipping", "sgd_step")
ADAM = Mistakes("clipping", "adam_step")
TRAIN = Mistakes("clipping", "train_step")


# --- global_norm ------------------------------------------------------------------------------


@NORM.written("The square root is missing: this is the squared norm, as on the slide.")
def norm_without_root(grads):
    return sum(np.sum(g * g) for g in grads.values())


@NORM.written("This adds absolute values. A length adds squares and takes the root of the sum.")
def norm_of_absolute_values(grads):
    return sum(np.sum(np.abs(g)) for g in grads.values())


@NORM.written("This is the largest number, not the length: all the others count as well.")
def norm_as_largest_number(grads):
    return max(np.max(np.abs(g)) for g in grads.values())


@NORM.written(
    "The lengths of the arrays are added. Add their squares, and take one root at the end."
)
def norm_as_sum_of_norms(grads):
    return sum(np.linalg.norm(g) for g in grads.values())


@NORM.written("The largest of the arrays' lengths comes back. All arrays count together.")
def norm_of_the_longest_array(grads):
    return max(np.sqrt(np.sum(g**2)) for g in grads.values())


@NORM.written("Only the first array is measured: the loop returns on its first round.")
def norm_of_the_first_array(grads):
    total = 0.0
    for g in grads.values():
        total += np.sum(g**2)
        return np.sqrt(total)


@NORM.written("Only the last array is measured: = forgets the others, where += would add.")
def norm_of_the_last_array(grads):
    total = 0.0
    for g in grads.values():
        total = np.sum(g**2)
    return np.sqrt(total)


@NORM.written("The squares are averaged. A length is the root of their sum.")
def norm_as_root_mean_square(grads):
    everything = np.concatenate([g.ravel() for g in grads.values()])
    return np.sqrt(np.mean(everything**2))


@NORM.written("The numbers are added before they are squared, so that opposite signs cancel.")
def norm_with_squares_of_sums(grads):
    return np.sqrt(sum(np.sum(g) ** 2 for g in grads.values()))


@NORM.written("The biases are left out. Their gradients count like those of the matrices.")
def norm_without_biases(grads):
    return np.sqrt(sum(np.sum(g**2) for g in grads.values() if g.ndim > 1))


@NORM.written("inf and nan are skipped. Whoever reads the norm must see that they are there.")
def norm_that_hides_what_is_not_finite(grads):
    return np.sqrt(sum(np.sum(g[np.isfinite(g)] ** 2) for g in grads.values()))


@NORM.written("The gradient itself is squared in place: its owner still needs it.")
def norm_that_squares_in_place(grads):
    total = 0.0
    for g in grads.values():
        g *= g
        total += g.sum()
    return np.sqrt(total)


@NORM.written(
    "np.linalg.norm with ord=2 is a matrix's largest singular value; a length counts every number."
)
def norm_from_singular_values(grads):
    squares = [np.linalg.norm(g.reshape(len(g), -1), ord=2) ** 2 for g in grads.values()]
    return np.sqrt(sum(squares))


# --- clip_by_global_norm ----------------------------------------------------------------------


@CLIP.written(
    "The slide's mistake: without the square root, the squared norm is held to the limit."
)
def clips_by_squared_norm(grads, max_norm):
    norm = float(sum(np.sum(g * g) for g in grads.values()))
    if not np.isfinite(norm):
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    scale = max_norm / norm if norm > max_norm else 1.0
    return {k: g * scale for k, g in grads.items()}, norm


@CLIP.written(
    "Each array is clipped by its own norm. The arrays are one gradient: one norm, one factor, or "
    "its direction changes."
)
def clips_each_array_by_its_own_norm(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    if not np.isfinite(norm):
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    clipped = {}
    for name, g in grads.items():
        own = np.linalg.norm(g)
        clipped[name] = g * (max_norm / own) if own > max_norm else g.copy()
    return clipped, norm


@CLIP.written("Each number is cut at ±max_norm. That turns the gradient; scale all by one factor.")
def clips_each_number(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    if not np.isfinite(norm):
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    return {k: np.clip(g, -max_norm, max_norm) for k, g in grads.items()}, norm


@CLIP.written(
    "Every gradient is scaled to max_norm, short ones too: those should keep their values."
)
def always_rescales(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    if not np.isfinite(norm) or norm == 0:
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    return {k: g * (max_norm / norm) for k, g in grads.items()}, norm


@CLIP.written("Every gradient is scaled to max_norm, and a zero gradient is divided by zero.")
def always_rescales_and_divides_by_zero(grads, max_norm):
    norm = np.sqrt(sum(np.sum(g * g) for g in grads.values()))
    return {k: g * (max_norm / norm) for k, g in grads.items()}, norm


@CLIP.written("The factor is upside down: norm / max_norm makes a long gradient longer.")
def factor_upside_down(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    if not np.isfinite(norm):
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    scale = norm / max_norm if norm > max_norm else 1.0
    return {k: g * scale for k, g in grads.items()}, norm


@CLIP.written(
    "The condition is the wrong way round: short gradients are stretched, long ones stay."
)
def scales_the_short_ones(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    if not np.isfinite(norm) or norm == 0:
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    scale = max_norm / norm if norm < max_norm else 1.0
    return {k: g * scale for k, g in grads.items()}, norm


@CLIP.written(
    "The clipped array is only a new name in the loop: g = … leaves the dict as it was. Put the "
    "arrays into a new dict."
)
def rebinds_a_name(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    for g in grads.values():
        if norm > max_norm:
            g = g * (max_norm / norm)
    return grads, norm


@CLIP.written("The caller's gradients are scaled in place. Return new arrays, in a new dict.")
def scales_in_place(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    scale = min(1.0, max_norm / norm) if 0 < norm < np.inf else 0.0 if norm else 1.0
    for g in grads.values():
        g *= scale
        if scale == 0:
            g[...] = 0
    return grads, norm


@CLIP.written("A gradient within the limit comes back as the caller's own arrays. Copy it.")
def short_gradients_are_not_copied(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    if norm <= max_norm:
        return grads, norm
    if not np.isfinite(norm):
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    return {k: g * (max_norm / norm) for k, g in grads.items()}, norm


@CLIP.written("Only the first array is scaled. One factor belongs to all of them.")
def scales_the_first_array(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    if not np.isfinite(norm):
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    clipped = {k: g.copy() for k, g in grads.items()}
    if norm > max_norm:
        for name in grads:
            clipped[name] = grads[name] * (max_norm / norm)
            break
    return clipped, norm


@CLIP.written("The norm that comes back is the one after clipping: it hides every explosion.")
def returns_the_clipped_norm(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    if not np.isfinite(norm):
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    scale = max_norm / norm if norm > max_norm else 1.0
    return {k: g * scale for k, g in grads.items()}, min(norm, max_norm)


@CLIP.written("It scales by 1 / norm, to length 1. The length allowed is max_norm.")
def scales_to_length_one(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    if not np.isfinite(norm):
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    scale = 1 / norm if norm > max_norm else 1.0
    return {k: g * scale for k, g in grads.items()}, norm


@CLIP.written(
    "A gradient with inf or nan is scaled like any other, and one inf makes nan of it. It has no "
    "direction: return zeros."
)
def scales_inf_and_nan(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    scale = max_norm / norm if norm > max_norm else 1.0
    return {k: g * scale for k, g in grads.items()}, norm


@CLIP.written("Only the gradients come back. Return the pair (clipped, norm).")
def clip_without_norm(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))
    scale = max_norm / norm if norm > max_norm else 1.0
    return {k: g * scale for k, g in grads.items()}


# --- sgd_step ---------------------------------------------------------------------------------


@SGD.written("The sign: + goes uphill, to a greater loss.")
def climbs(params, grads, learning_rate):
    return {k: p + learning_rate * grads[k] for k, p in params.items()}


@SGD.written("-= writes into the caller's arrays. Make new ones: p - learning_rate · g.")
def descends_in_place(params, grads, learning_rate):
    for k in params:
        params[k] -= learning_rate * grads[k]
    return params


@SGD.written(
    "The caller's arrays change during the call. A copy of the dict still holds them, and -= "
    "writes into the array itself."
)
def descends_in_a_shallow_copy(params, grads, learning_rate):
    new = dict(params)
    for k in new:
        new[k] -= learning_rate * grads[k]
    return {k: p.copy() for k, p in new.items()}


@SGD.written("The learning rate is not used.")
def rate_is_missing(params, grads, learning_rate):
    return {k: p - grads[k] for k, p in params.items()}


@SGD.written("The gradient is divided by the learning rate; it should be multiplied.")
def divides_by_the_rate(params, grads, learning_rate):
    return {k: p - grads[k] / learning_rate for k, p in params.items()}


@SGD.written("Only the change comes back. Return the parameters after it.")
def returns_the_change(params, grads, learning_rate):
    return {k: -learning_rate * grads[k] for k in params}


@SGD.written("The new parameters are computed and dropped: the old ones come back.")
def new_parameters_are_dropped(params, grads, learning_rate):
    for k, p in params.items():
        p = p - learning_rate * grads[k]
    return {k: p.copy() for k, p in params.items()}


@SGD.written("Only the first array moves: the return stands inside the loop.")
def moves_the_first_array(params, grads, learning_rate):
    new = {k: p.copy() for k, p in params.items()}
    for k in new:
        new[k] = params[k] - learning_rate * grads[k]
        return new


@SGD.written("The biases stay where they are. They learn like the matrices.")
def biases_stay(params, grads, learning_rate):
    new = {k: p.copy() for k, p in params.items()}
    for k, p in params.items():
        if p.ndim == 2:
            new[k] = p - learning_rate * grads[k]
    return new


@SGD.written("The signs of the gradient alone are used. Its size counts, too.")
def uses_the_signs_alone(params, grads, learning_rate):
    return {k: p - learning_rate * np.sign(grads[k]) for k, p in params.items()}


@SGD.written("Nothing is returned. Return the dict of new parameters.")
def returns_nothing(params, grads, learning_rate):
    {k: p - learning_rate * grads[k] for k, p in params.items()}


# --- adam_step --------------------------------------------------------------------------------


@ADAM.written(
    "The averages start from zero and are too small at first: divide m by 1 - beta1ᵗ and v by "
    "1 - beta2ᵗ."
)
def adam_without_correction(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    m, v = state or (dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {k: p - learning_rate * m[k] / (np.sqrt(v[k]) + epsilon) for k, p in params.items()}
    return new, (m, v)


@ADAM.written("Only m is corrected for its start from zero; v needs 1 - beta2ᵗ as well.")
def adam_corrects_m_alone(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {
        k: p - learning_rate * m[k] / (1 - beta1**t) / (np.sqrt(v[k]) + epsilon)
        for k, p in params.items()
    }
    return new, (t, m, v)


@ADAM.written(
    "The count starts at 0, so that the first step divides by 1 - beta⁰ = 0. It is t = 1."
)
def adam_counts_from_zero(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        m_hat = m[k] / np.float64(1 - beta1**t)
        v_hat = v[k] / np.float64(1 - beta2**t)
        new[k] = p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, (t + 1, m, v)


@ADAM.written("The count stays at 1: every step is corrected like the first.")
def adam_count_stays_at_one(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    m, v = state or (dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t = 1
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        m_hat, v_hat = m[k] / (1 - beta1**t), v[k] / (1 - beta2**t)
        new[k] = p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, (m, v)


@ADAM.written("The count goes up once for every array. One step counts once.")
def adam_counts_arrays(params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    m, v = dict(m), dict(v)
    new = {}
    for k, p in params.items():
        t += 1
        m[k] = beta1 * m[k] + (1 - beta1) * grads[k]
        v[k] = beta2 * v[k] + (1 - beta2) * grads[k] ** 2
        m_hat, v_hat = m[k] / (1 - beta1**t), v[k] / (1 - beta2**t)
        new[k] = p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, (t, m, v)


@ADAM.written("The state is not used: every step starts again from averages of zero.")
def adam_forgets_its_state(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    new = {}
    for k, p in params.items():
        m_hat = (1 - beta1) * grads[k] / (1 - beta1)
        v_hat = (1 - beta2) * grads[k] ** 2 / (1 - beta2)
        new[k] = p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, None


@ADAM.written("v averages the gradients; it must average their squares, g².")
def adam_without_squares(params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * np.abs(g) for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        m_hat, v_hat = m[k] / (1 - beta1**t), v[k] / (1 - beta2**t)
        new[k] = p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, (t, m, v)


@ADAM.written("The root of v̂ is missing: m̂ is divided by a squared size.")
def adam_without_root(params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        m_hat, v_hat = m[k] / (1 - beta1**t), v[k] / (1 - beta2**t)
        new[k] = p - learning_rate * m_hat / (v_hat + epsilon)
    return new, (t, m, v)


@ADAM.written("epsilon stands under the root. It is added after it: √v̂ + epsilon.")
def adam_epsilon_under_the_root(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        m_hat, v_hat = m[k] / (1 - beta1**t), v[k] / (1 - beta2**t)
        new[k] = p - learning_rate * m_hat / np.sqrt(v_hat + epsilon)
    return new, (t, m, v)


@ADAM.written("epsilon is added before v is corrected. It belongs beside √v̂, the corrected one.")
def adam_epsilon_before_correction(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        m_hat = m[k] / (1 - beta1**t)
        size = (np.sqrt(v[k]) + epsilon) / np.sqrt(1 - beta2**t)
        new[k] = p - learning_rate * m_hat / size
    return new, (t, m, v)


@ADAM.written("epsilon is missing: where the gradient has always been zero, 0/0 makes nan.")
def adam_without_epsilon(params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        m_hat, v_hat = m[k] / (1 - beta1**t), v[k] / (1 - beta2**t)
        new[k] = p - learning_rate * m_hat / np.sqrt(v_hat)
    return new, (t, m, v)


@ADAM.written("beta1 and beta2 have changed places: beta1 belongs to m, beta2 to v.")
def adam_betas_swapped(params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m = {k: beta2 * m[k] + (1 - beta2) * g for k, g in grads.items()}
    v = {k: beta1 * v[k] + (1 - beta1) * g**2 for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        m_hat, v_hat = m[k] / (1 - beta2**t), v[k] / (1 - beta1**t)
        new[k] = p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, (t, m, v)


@ADAM.written("The constants are fixed numbers; beta1, beta2 and epsilon are handed in.")
def adam_with_fixed_constants(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m = {k: 0.9 * m[k] + 0.1 * g for k, g in grads.items()}
    v = {k: 0.999 * v[k] + 0.001 * g**2 for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        m_hat, v_hat = m[k] / (1 - 0.9**t), v[k] / (1 - 0.999**t)
        new[k] = p - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    return new, (t, m, v)


@ADAM.written("The sign: + goes uphill, to a greater loss.")
def adam_climbs(params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {}
    for k, p in params.items():
        m_hat, v_hat = m[k] / (1 - beta1**t), v[k] / (1 - beta2**t)
        new[k] = p + learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, (t, m, v)


@ADAM.written(
    "The corrected averages are kept as state. Keep m and v; correct them anew each time."
)
def adam_keeps_the_corrected_averages(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m, v, new = dict(m), dict(v), {}
    for k, p in params.items():
        m[k] = (beta1 * m[k] + (1 - beta1) * grads[k]) / (1 - beta1**t)
        v[k] = (beta2 * v[k] + (1 - beta2) * grads[k] ** 2) / (1 - beta2**t)
        new[k] = p - learning_rate * m[k] / (np.sqrt(v[k]) + epsilon)
    return new, (t, m, v)


@ADAM.written(
    "The averages in the old state are changed in place. Make new arrays for the new one."
)
def adam_changes_the_old_state(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    if state is None:
        state = 0, *({k: np.zeros_like(p) for k, p in params.items()} for _ in range(2))
    t, m, v = state[0] + 1, state[1], state[2]
    new = {}
    for k, p in params.items():
        m[k] *= beta1
        m[k] += (1 - beta1) * grads[k]
        v[k] *= beta2
        v[k] += (1 - beta2) * grads[k] ** 2
        m_hat, v_hat = m[k] / (1 - beta1**t), v[k] / (1 - beta2**t)
        new[k] = p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, (t, m, v)


@ADAM.written("The parameters are changed in place. Make new arrays: p - …, not -=.")
def adam_in_place(params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    t, m, v = state or (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t += 1
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    for k in params:
        m_hat, v_hat = m[k] / (1 - beta1**t), v[k] / (1 - beta2**t)
        params[k] -= learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params, (t, m, v)


# --- train_step -------------------------------------------------------------------------------


@TRAIN.written("The gradient is clipped, but the step is made with the one that is not.")
def steps_with_the_raw_gradient(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    new = {k: p - learning_rate * grads[k] for k, p in params.items()}
    return new, loss, norm, h_T


@TRAIN.written("The step comes before the clipping. Clip first: a step that is made stays made.")
def clips_after_the_update(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    new = {k: p - learning_rate * grads[k] for k, p in params.items()}
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    grads = {k: g * min(1.0, max_norm / norm) for k, g in grads.items()}
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    return new, loss, norm, h_T


@TRAIN.written("The parameters are clipped. It is the gradient whose length is limited.")
def clips_the_parameters(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    new = {k: p - learning_rate * grads[k] for k, p in params.items()}
    length = float(np.sqrt(sum(np.sum(p**2) for p in new.values())))
    return {k: p * min(1.0, max_norm / length) for k, p in new.items()}, loss, norm, h_T


@TRAIN.written(
    "The step is clipped after it has been multiplied by the learning rate. Clip before."
)
def clips_the_step(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    scale = min(1.0, max_norm / (learning_rate * norm))
    new = {k: p - scale * learning_rate * grads[k] for k, p in params.items()}
    return new, loss, norm, h_T


@TRAIN.written("The norm is measured after clipping, so that it never exceeds the limit.")
def norm_after_clipping(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    scale = min(1.0, max_norm / norm)
    new = {k: p - learning_rate * scale * grads[k] for k, p in params.items()}
    return new, loss, scale * norm, h_T


@TRAIN.written("The loss is computed again after the step. Return the one that led to it.")
def loss_after_the_step(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    _, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    scale = min(1.0, max_norm / norm)
    new = {k: p - learning_rate * scale * grads[k] for k, p in params.items()}
    loss, _, _ = loss_and_gradients(new, batch, h_0)
    return new, loss, norm, h_T


@TRAIN.written("h_0 comes back, where the state after the batch should: the next batch needs that.")
def returns_the_first_state(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, _ = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    scale = min(1.0, max_norm / norm)
    new = {k: p - learning_rate * scale * grads[k] for k, p in params.items()}
    return new, loss, norm, h_0


@TRAIN.written("h_0 is replaced by zeros: what the batch before left is forgotten.")
def starts_from_zeros(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, np.zeros_like(h_0))
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    scale = min(1.0, max_norm / norm)
    new = {k: p - learning_rate * scale * grads[k] for k, p in params.items()}
    return new, loss, norm, h_T


@TRAIN.written("The old parameters come back: nothing is learned.")
def returns_the_old_parameters(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    return {k: p.copy() for k, p in params.items()}, loss, norm, h_T


@TRAIN.written("The parameters climb: the gradient is added, not subtracted.")
def trains_uphill(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    scale = min(1.0, max_norm / norm)
    new = {k: p + learning_rate * scale * grads[k] for k, p in params.items()}
    return new, loss, norm, h_T


@TRAIN.written("Every gradient is scaled to max_norm, short ones too.")
def trains_with_one_length(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    new = {k: p - learning_rate * max_norm / norm * grads[k] for k, p in params.items()}
    return new, loss, norm, h_T


@TRAIN.written("The caller's parameters are changed in place. Hand back new ones.")
def trains_in_place(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    for k in params:
        params[k] -= learning_rate * min(1.0, max_norm / norm) * grads[k]
    return params, loss, norm, h_T


@TRAIN.written("Loss and norm have changed places. The order is (params, loss, norm, h_T).")
def swaps_loss_and_norm(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    scale = min(1.0, max_norm / norm)
    new = {k: p - learning_rate * scale * grads[k] for k, p in params.items()}
    return new, norm, loss, h_T


@TRAIN.written("Only the parameters come back. Return (params, loss, norm, h_T).")
def returns_parameters_alone(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    _, grads, _ = loss_and_gradients(params, batch, h_0)
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
    scale = min(1.0, max_norm / norm)
    return {k: p - learning_rate * scale * grads[k] for k, p in params.items()}

"""Unit 06: mistakes in gradients sent back, products of Jacobians, and recurrent matrices."""

import numpy as np

from autograder.judge.edits import TOLD_ALREADY, Mistakes

LINEAR = Mistakes("gradient_flow", "linear_gradient_norms")
JACOBIANS = Mistakes("gradient_flow", "jacobian_product_norms")
RESCALE = Mistakes("gradient_flow", "rescale_spectral_radius")
ORTHOGONAL = Mistakes("gradient_flow", "orthogonal")


# --- a gradient on its way back -----------------------------------------------------------------

LINEAR.edit(
    "forward_matrix",
    "the gradient is multiplied by W, which is the way forward. The way back is by W transposed. W "
    "is square, so nothing complains.",
    "g @ W.T → g @ W",
)
LINEAR.edit(
    "starts_after_one_step",
    "everything is one step early: the first entry is the length of g itself, before any step.",
    "norms = [] → norms, g = [], g @ W.T",
)
LINEAR.edit(
    "one_lag_too_many",
    "there are T + 1 entries. T states have T lags: 0 to T - 1.",
    "range(T) → range(T + 1)",
)
LINEAR.edit(
    "one_lag_too_few",
    "the last entry is missing. T states have T lags: 0 to T - 1.",
    "range(T) → range(T - 1)",
)
LINEAR.edit(
    "squared_lengths",
    "lengths are squared: the square root is missing. (The slide on clipping makes the same "
    "mistake.)",
    "np.linalg.norm(g) → np.sum(g * g)",
)
LINEAR.edit(
    "norm_of_the_matrix",
    "the norm of the matrix W^k is taken, the worst that any gradient can meet. Asked for is the "
    "length of the one gradient g.",
    "norms = [] → norms, g = [], np.eye(len(W))",
    "np.linalg.norm(g) → np.linalg.norm(g, 2)",
)
LINEAR.edit(
    "the_bound_instead",
    "the bound is taken: the largest singular value to the power of k. It says what could happen; "
    "send g itself back.",
    "g = g @ W.T → g = g * np.linalg.norm(W, 2)",
)
LINEAR.edit(
    "the_radius_instead",
    "the spectral radius is taken to the power of k, which the length follows in the long run "
    "only. Send g itself back.",
    "g = g @ W.T → g = g * np.max(np.abs(np.linalg.eigvals(W)))",
)
LINEAR.edit(
    "power_of_each_number",
    "each number of W is raised to a power, as W ** k does. The power of a matrix is a product of "
    "matrices: multiply by W.T once for each step.",
    "for _ in → for k in",
    "np.linalg.norm(g) → np.linalg.norm(g @ (W.T**k))",
    "g = g @ W.T → pass",
)
LINEAR.edit(
    "sum_of_absolute_values",
    "absolute values are added. The Euclidean length is the root of the squares.",
    "np.linalg.norm(g) → np.sum(np.abs(g))",
)
LINEAR.edit(
    "largest_number",
    "the largest number of the gradient is taken. The Euclidean length is the root of all squares.",
    "np.linalg.norm(g) → np.max(np.abs(g))",
)
LINEAR.edit(
    "only_the_last_lag",
    "the last length comes back alone. All T of them are asked for, lag 0 first.",
    "np.array(norms) → norms[-1]",
)
LINEAR.edit(
    "longest_lag_first",
    "the order is turned round: entry k belongs to k steps back, so g itself is first.",
    "np.array(norms) → np.array(norms[::-1])",
)
LINEAR.edit(
    "normalised_at_every_step",
    "the gradient is divided by its length at every step, so what is left is one step's growth. "
    "Let it grow or shrink.",
    "g = g @ W.T → g = (g / np.linalg.norm(g)) @ W.T",
)
LINEAR.edit(
    "powers_pile_up",
    "the powers pile up: a gradient that has gone back k steps is multiplied by W^k again. Either "
    "multiply by W.T once a step, or start from g each time.",
    "for _ in → for k in",
    "norms.append( → g = g @ np.linalg.matrix_power(W.T, k)\n        norms.append(",
    "        g = g @ W.T  # (H,): a new array\n → ",
)
LINEAR.edit(
    "gradients_not_lengths",
    "the gradients themselves come back, (T, H). Asked for are their lengths, (T,).",
    "np.linalg.norm(g) → g",
)
LINEAR.edit(
    "mean_for_sum",
    "the root of the mean square is taken. A length is the root of the sum.",
    "np.linalg.norm(g) → np.sqrt(np.mean(g**2))",
)
LINEAR.edit("writes_into_g", TOLD_ALREADY, "g = g @ W.T → g[:] = g @ W.T")

# --- the same with tanh -------------------------------------------------------------------------

JACOBIANS.edit(
    "without_tanh",
    "the derivative of tanh is missing, so that powers of W_hh are left. Each step back multiplies "
    "by 1 - h_t squared as well.",
    "(product * (1 - h_t**2)) → product",
)
JACOBIANS.edit(
    "tanh_of_the_state",
    "tanh is taken of h a second time: it is tanh of something already. Its derivative is 1 - h "
    "squared.",
    "h_t**2 → np.tanh(h_t) ** 2",
)
JACOBIANS.edit(
    "square_forgotten",
    "the derivative is taken as 1 - h. It is 1 - h squared.",
    "h_t**2 → h_t",
)
JACOBIANS.edit(
    "derivative_of_the_sigmoid",
    "h (1 - h), the derivative of the logistic sigmoid, is taken. That of tanh is 1 - h².",
    "(1 - h_t**2) → (h_t * (1 - h_t))",
)
JACOBIANS.edit(
    "frobenius_norm",
    "the Frobenius norm is taken, the root of all squares, as np.linalg.norm does of a matrix. The "
    "spectral norm, the largest singular value, needs the order 2.",
    "(product, 2) → (product)",
)
JACOBIANS.edit(
    "frobenius_norm_of_all",
    "the Frobenius norm is taken, the root of all squares, also at lag 0: of the identity it is "
    "the root of H. The spectral norm, the largest singular value, needs the order 2.",
    "norms = [1.0] → norms = [np.linalg.norm(product)]",
    "(product, 2) → (product)",
)
JACOBIANS.edit(
    "radius_of_the_product",
    "eigenvalues are taken of the product. They say nothing of its largest effect: take the "
    "largest singular value.",
    "np.linalg.norm(product, 2) → np.max(np.abs(np.linalg.eigvals(product)))",
)
JACOBIANS.edit(
    "not_transposed",
    "W_hh is not transposed. It is square, so nothing complains: going back, a unit collects from "
    "those that it feeds, through its row of W_hh.",
    "@ W_hh.T → @ W_hh",
)
JACOBIANS.edit(
    "from_the_first_state",
    "the way begins at the first state and goes forward. Lag k is counted back from the last.",
    "h[:0:-1] → h[1:]",
    "(product * (1 - h_t**2)) @ W_hh.T → np.diag(1 - h_t**2) @ W_hh.T @ product",
)
JACOBIANS.edit(
    "states_from_the_first",
    "the slope of tanh is taken at the first state for lag 1, at the second for lag 2, and so on. "
    "Lag k is counted back from the last.",
    "h[:0:-1] → h[:-1]",
)
JACOBIANS.edit(
    "factors_in_the_wrong_order",
    "the new factor stands on the wrong side of the product. Matrices do not swap places: the "
    "factor of the last state is on the left, each earlier one to the right of it.",
    "(product * (1 - h_t**2)) @ W_hh.T → np.diag(1 - h_t**2) @ W_hh.T @ product",
)
JACOBIANS.edit(
    "product_of_norms",
    "the norms of the steps are multiplied. That is a bound: multiply the matrices first, and take "
    "the norm of the product.",
    "product = (product * → product = np.linalg.norm(product, 2) * (np.eye(len(W_hh)) *",
)
JACOBIANS.edit(
    "derivative_of_the_state_before",
    "the derivative is taken one state too early. The step from h_{t-1} to h_t ends in h_t, and "
    "1 - h_t squared belongs to it.",
    "h[:0:-1] → h[-2::-1]",
)
JACOBIANS.edit(
    "derivative_on_the_wrong_side",
    "the derivative scales the wrong side of the matrix: a star after W_hh.T scales its columns. "
    "Going back, tanh comes first and W_hh after it.",
    "(product * (1 - h_t**2)) @ W_hh.T → product @ (W_hh.T * (1 - h_t**2))",
)
JACOBIANS.edit(
    "lag_0_missing",
    "lag 0 is missing: the last state moves with itself, with norm 1.",
    "norms = [1.0] → norms = []",
)
JACOBIANS.edit(
    "back_to_h_0",
    "there is one lag too many: the step into the first state leads to h_0, which is not in h.",
    "h[:0:-1] → h[::-1]",
)
JACOBIANS.edit(
    "steps_not_multiplied",
    "each entry is the norm of one step alone. Multiply the steps up to lag k.",
    "(product * (1 - h_t**2)) @ → np.diag(1 - h_t**2) @",
)
JACOBIANS.edit(
    "writes_into_h",
    TOLD_ALREADY,
    "norms = [1.0] → norms = [1.0]\n    h *= -h\n    h += 1",
    "(1 - h_t**2) → h_t",
)

# --- a given spectral radius --------------------------------------------------------------------

RESCALE.edit(
    "singular_value_for_radius",
    "the largest singular value is made rho. The spectral radius is the largest absolute value of "
    "the eigenvalues, and is smaller for most matrices.",
    "np.max(np.abs(np.linalg.eigvals(W))) → np.linalg.norm(W, 2)",
)
RESCALE.edit(
    "largest_real_part",
    "the largest real part is taken. An eigenvalue such as -2 or 2i is as long as 2: take absolute "
    "values.",
    "np.abs(np.linalg.eigvals(W)) → np.linalg.eigvals(W).real",
)
RESCALE.edit(
    "no_absolute_value",
    "the eigenvalues are compared without taking absolute values, and they may be complex: the "
    "result holds complex numbers, or the wrong sign.",
    "np.abs(np.linalg.eigvals(W)) → np.linalg.eigvals(W)",
)
RESCALE.edit(
    "imaginary_part_dropped",
    "the imaginary parts are cut off before the absolute value. An eigenvalue a + bi is as long as "
    "the root of a² + b².",
    "np.linalg.eigvals(W) → np.linalg.eigvals(W).real",
)
RESCALE.edit(
    "divides_by_zero",
    "a matrix whose eigenvalues are all 0 is divided by 0, and nan or inf comes back. Raise a "
    "ValueError: no factor helps.",
    "radius == 0 → False",
)
RESCALE.edit(
    "only_zeros_refused",
    "a matrix of zeros alone is refused. A matrix with numbers above the diagonal alone has no "
    "eigenvalue but 0 either: look at the radius, not at the matrix.",
    "radius == 0 → not np.any(W)",
)
RESCALE.edit(
    "radius_0_let_through",
    "a matrix of radius 0 comes back silently, and its radius is not rho. No factor helps there: "
    "raise a ValueError.",
    'raise ValueError("every eigenvalue of W is 0: no factor changes its radius") → return W * 1.0',
)
RESCALE.edit(
    "singular_matrices_refused",
    "every matrix that cannot be inverted is refused. One eigenvalue of 0 does no harm as long as "
    "another is not.",
    "radius == 0 → np.linalg.matrix_rank(W) < len(W)",
)
RESCALE.edit(
    "upside_down",
    "the fraction is upside down: multiply by rho over the radius.",
    "rho / radius → radius / rho",
)
RESCALE.edit(
    "radius_not_divided_out",
    "W is multiplied by rho without being divided by the radius that it has.",
    "(rho / radius) → rho",
)
RESCALE.edit(
    "rho_not_used", "the radius becomes 1: rho is not used.", "(rho / radius) → (1 / radius)"
)
RESCALE.edit(
    "smallest_eigenvalue",
    "the smallest eigenvalue is taken. The spectral radius is the largest.",
    "(rho / radius) → (rho / np.min(np.abs(np.linalg.eigvals(W))))",
)
RESCALE.edit(
    "eigenvalues_of_a_symmetric_matrix",
    "eigenvalues are taken as of a symmetric matrix: eigvalsh looks at one half of W alone. Use "
    "eigvals.",
    "(rho / radius) → (rho / np.max(np.abs(np.linalg.eigvalsh(W))))",
)
RESCALE.edit(
    "frobenius_for_radius",
    "the Frobenius norm, the root of all squares, is made rho. Take the eigenvalues.",
    "(rho / radius) → (rho / np.linalg.norm(W))",
)
RESCALE.edit(
    "scales_in_place",
    TOLD_ALREADY,
    "return W * (rho / radius) → W *= rho / radius\n    return W",
)

# --- a random orthogonal matrix -----------------------------------------------------------------

ORTHOGONAL.edit(
    "signs_not_fixed",
    "the signs of R's diagonal are not divided out. Q is orthogonal, but not every one is equally "
    "likely: its first entry is never positive, and its determinant always has the same sign.",
    "Q * np.sign(np.diag(R)) → Q",
)
ORTHOGONAL.edit(
    "signs_of_Q",
    "the signs are those of Q's own diagonal: it is then always positive, which is anything but "
    "random. Take those of R's.",
    "np.diag(R) → np.diag(Q)",
)
ORTHOGONAL.edit(
    "one_sign_for_all",
    "all columns get one and the same sign. Each column gets that of its own entry of R's "
    "diagonal.",
    "np.sign(np.diag(R)) → np.sign(R[0, 0])",
)
ORTHOGONAL.edit(
    "positive_numbers_drawn",
    "no negative number is drawn, as by rng.random, and so none stands in the first column. Draw "
    "from the normal distribution, which has no favourite direction.",
    "rng.normal(size=(H, H)) → rng.random((H, H))",
)
ORTHOGONAL.edit(
    "drawn_from_a_cube",
    "numbers are drawn evenly from -1 to 1: they fill a cube, and a cube has corners; directions "
    "toward them come up more often. Draw from the normal distribution, which has no favourite "
    "direction.",
    "rng.normal(size=(H, H)) → rng.uniform(-1, 1, size=(H, H))",
)
ORTHOGONAL.edit(
    "rotations_only",
    "the determinant is always +1, so only half of the orthogonal matrices can come up. "
    "Reflections belong to them.",
    "return Q * np.sign(np.diag(R)) → Q = Q * np.sign(np.diag(R))\n"
    "    Q[:, 0] *= np.sign(np.linalg.det(Q))\n    return Q",
)
ORTHOGONAL.edit(
    "gaussian_over_the_root",
    "a Gaussian matrix over the root of H comes back. It is not orthogonal: it keeps lengths on "
    "average only. Take the Q of its QR decomposition.",
    "np.linalg.qr(rng.normal(size=(H, H))) → rng.normal(size=(H, H)) / np.sqrt(H), np.eye(H)",
)
ORTHOGONAL.edit(
    "columns_normalised",
    "the columns have length 1, but they are not at right angles. Take Q of the QR decomposition.",
    "Q, R = np.linalg.qr(rng.normal(size=(H, H))) → Q, R = rng.normal(size=(H, H)), np.eye(H)\n"
    "    Q = Q / np.linalg.norm(Q, axis=0)",
)
ORTHOGONAL.edit(
    "R_for_Q",
    "R comes back, the triangular factor. The orthogonal one is Q.",
    "Q * np.sign(np.diag(R)) → R",
)
ORTHOGONAL.edit(
    "diagonal_without_sign",
    "Q is multiplied by R's diagonal itself, so its columns are no longer of length 1. Only the "
    "signs are wanted.",
    "np.sign(np.diag(R)) → np.diag(R)",
)
ORTHOGONAL.edit(
    "pair_returned",
    "Q and R come back as a pair. Return Q alone.",
    "Q * np.sign(np.diag(R)) → Q * np.sign(np.diag(R)), R",
)
ORTHOGONAL.edit(
    "global_chance",
    "the matrix is not drawn with rng, but with NumPy's global generator, say: nobody can repeat "
    "it. Use rng.",
    "rng.normal(size=(H, H)) → np.random.standard_normal((H, H))",
)
ORTHOGONAL.edit(
    "reseeds_at_every_call",
    "every matrix is the same, as when a new generator with a fixed seed is made at every call. "
    "Use the rng that is handed in.",
    "rng.normal(size=(H, H)) → np.random.default_rng(0).normal(size=(H, H))",
)
ORTHOGONAL.edit(
    "the_identity",
    "the identity comes back. It is orthogonal, but always the same: a random matrix is wanted.",
    "Q * np.sign(np.diag(R)) → np.eye(H)",
)


@ORTHOGONAL.written(
    "eigenvectors of a symmetric matrix come back. They are orthogonal, but their signs are left "
    "to LAPACK, so not every matrix is equally likely."
)
def eigenvectors_of_a_symmetric_matrix(H, rng):
    A = rng.normal(size=(H, H))
    return np.linalg.eigh(A + A.T)[1]

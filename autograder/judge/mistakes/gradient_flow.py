"""Unit 06: mistakes in sending gradients back and in making recurrent matrices.

Written as a learner would write them. The functions are called after their mistake.
"""

import numpy as np

from autograder.judge.edits import Mistakes

LINEAR = Mistakes("gradient_flow", "linear_gradient_norms")
JACOBIANS = Mistakes("gradient_flow", "jacobian_product_norms")
RESCALE = Mistakes("gradient_flow", "rescale_spectral_radius")
ORTHOGONAL = Mistakes("gradient_flow", "orthogonal")


@LINEAR.written(
    "The gradient is multiplied by W, which is the way forward. The way back is by W transposed. W "
    "is square, so nothing complains."
)
def forward_matrix(W, g, T):
    norms = []
    for _ in range(T):
        norms.append(np.linalg.norm(g))
        g = g @ W
    return np.array(norms)


@LINEAR.written(
    "Everything is one step early: the first entry is the length of g itself, before any step."
)
def starts_after_one_step(W, g, T):
    norms = []
    for _ in range(T):
        g = g @ W.T
        norms.append(np.linalg.norm(g))
    return np.array(norms)


@LINEAR.written("There are T + 1 entries. T states have T lags: 0 to T - 1.")
def one_lag_too_many(W, g, T):
    norms = [np.linalg.norm(g)]
    for _ in range(T):
        g = g @ W.T
        norms.append(np.linalg.norm(g))
    return np.array(norms)


@LINEAR.written("The last entry is missing. T states have T lags: 0 to T - 1.")
def one_lag_too_few(W, g, T):
    norms = []
    for _ in range(T - 1):
        norms.append(np.linalg.norm(g))
        g = g @ W.T
    return np.array(norms)


@LINEAR.written(
    "These are squared lengths: the square root is missing. (The slide on clipping makes the same "
    "mistake.)"
)
def squared_lengths(W, g, T):
    norms = []
    for _ in range(T):
        norms.append(np.sum(g * g))
        g = g @ W.T
    return np.array(norms)


@LINEAR.written(
    "This is the norm of the matrix W^k, the worst that any gradient can meet. Asked for is the "
    "length of the one gradient g."
)
def norm_of_the_matrix(W, g, T):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(T)])


@LINEAR.written(
    "This is the bound: the largest singular value to the power of k. It says what could happen; "
    "send g itself back."
)
def the_bound_instead(W, g, T):
    return np.linalg.norm(g) * np.linalg.norm(W, 2) ** np.arange(T)


@LINEAR.written(
    "This is the spectral radius to the power of k, which the length follows in the long run only. "
    "Send g itself back."
)
def the_radius_instead(W, g, T):
    return np.linalg.norm(g) * np.max(np.abs(np.linalg.eigvals(W))) ** np.arange(T)


@LINEAR.written(
    "W ** k raises each number of W to a power. The power of a matrix is a product of matrices: "
    "multiply by W.T once for each step."
)
def power_of_each_number(W, g, T):
    return np.array([np.linalg.norm(g @ (W.T**k)) for k in range(T)])


@LINEAR.written("The absolute values are added. The Euclidean length is the root of the squares.")
def sum_of_absolute_values(W, g, T):
    norms = []
    for _ in range(T):
        norms.append(np.sum(np.abs(g)))
        g = g @ W.T
    return np.array(norms)


@LINEAR.written(
    "The largest number of the gradient is taken. The Euclidean length is the root of all squares."
)
def largest_number(W, g, T):
    norms = []
    for _ in range(T):
        norms.append(np.max(np.abs(g)))
        g = g @ W.T
    return np.array(norms)


@LINEAR.written("Only the last length comes back. All T of them are asked for, lag 0 first.")
def only_the_last_lag(W, g, T):
    for _ in range(T - 1):
        g = g @ W.T
    return np.linalg.norm(g)


@LINEAR.written("The order is turned round: entry k belongs to k steps back, so g itself is first.")
def longest_lag_first(W, g, T):
    norms = []
    for _ in range(T):
        norms.append(np.linalg.norm(g))
        g = g @ W.T
    return np.array(norms[::-1])


@LINEAR.written(
    "The gradient is divided by its length at every step, so what is left is one step's growth. "
    "Let it grow or shrink."
)
def normalised_at_every_step(W, g, T):
    norms = [np.linalg.norm(g)]
    for _ in range(T - 1):
        g = (g / np.linalg.norm(g)) @ W.T
        norms.append(np.linalg.norm(g))
    return np.array(norms)


@LINEAR.written(
    "The powers pile up: a gradient that has gone back k steps is multiplied by W^k again. Either "
    "multiply by W.T once a step, or start from g each time."
)
def powers_pile_up(W, g, T):
    norms = []
    for k in range(T):
        g = g @ np.linalg.matrix_power(W.T, k)
        norms.append(np.linalg.norm(g))
    return np.array(norms)


@LINEAR.written("The gradients themselves came back, (T, H). Asked for are their lengths, (T,).")
def gradients_not_lengths(W, g, T):
    gradients = []
    for _ in range(T):
        gradients.append(g)
        g = g @ W.T
    return np.array(gradients)


@LINEAR.written("The root of the mean square is taken. A length is the root of the sum.")
def mean_for_sum(W, g, T):
    norms = []
    for _ in range(T):
        norms.append(np.sqrt(np.mean(g**2)))
        g = g @ W.T
    return np.array(norms)


@LINEAR.written(
    "The numbers are right, but each step is written into g, which belongs to the caller. Make a "
    "new array."
)
def writes_into_g(W, g, T):
    norms = []
    for _ in range(T):
        norms.append(np.linalg.norm(g))
        g[:] = g @ W.T
    return np.array(norms)


@JACOBIANS.written(
    "The derivative of tanh is missing, so these are the norms of the powers of W_hh. Each step "
    "back multiplies by 1 - h_t squared as well."
)
def without_tanh(h, W_hh):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W_hh, k), 2) for k in range(len(h))])


@JACOBIANS.written(
    "h is already tanh of something: tanh is taken a second time. Its derivative is 1 - h squared."
)
def tanh_of_the_state(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, 0, -1):
        J = J @ (np.diag(1 - np.tanh(h[t]) ** 2) @ W_hh.T)
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.written("The derivative is taken as 1 - h. It is 1 - h squared.")
def square_forgotten(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, 0, -1):
        J = J @ (np.diag(1 - h[t]) @ W_hh.T)
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.written("h (1 - h) is the derivative of the logistic sigmoid. That of tanh is 1 - h².")
def derivative_of_the_sigmoid(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, 0, -1):
        J = J @ (np.diag(h[t] * (1 - h[t])) @ W_hh.T)
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.written(
    "np.linalg.norm of a matrix is the Frobenius norm, the root of all squares (of the identity: "
    "the root of H). The spectral norm, the largest singular value, needs the order 2."
)
def frobenius_norm(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [np.linalg.norm(J)]
    for t in range(len(h) - 1, 0, -1):
        J = J @ (np.diag(1 - h[t] ** 2) @ W_hh.T)
        norms.append(np.linalg.norm(J))
    return np.array(norms)


@JACOBIANS.written(
    "Eigenvalues are taken of the product. They say nothing of its largest effect: take the "
    "largest singular value."
)
def radius_of_the_product(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, 0, -1):
        J = J @ (np.diag(1 - h[t] ** 2) @ W_hh.T)
        norms.append(np.max(np.abs(np.linalg.eigvals(J))))
    return np.array(norms)


@JACOBIANS.written(
    "W_hh is not transposed. It is square, so nothing complains: going back, a unit collects from "
    "those that it feeds, through its row of W_hh."
)
def not_transposed(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, 0, -1):
        J = J @ (np.diag(1 - h[t] ** 2) @ W_hh)
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.written(
    "The way begins at the first state and goes forward. Lag k is counted back from the last."
)
def from_the_first_state(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(1, len(h)):
        J = np.diag(1 - h[t] ** 2) @ W_hh.T @ J
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.written(
    "The new factor stands on the wrong side of the product. Matrices do not swap places: the "
    "factor of the last state is on the left, each earlier one to the right of it."
)
def factors_in_the_wrong_order(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, 0, -1):
        J = np.diag(1 - h[t] ** 2) @ W_hh.T @ J
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.written(
    "The norms of the steps are multiplied. That is a bound: multiply the matrices first, and take "
    "the norm of the product."
)
def product_of_norms(h, W_hh):
    steps = [np.linalg.norm(np.diag(1 - h_t**2) @ W_hh.T, 2) for h_t in h[:0:-1]]
    return np.cumprod([1.0, *steps])


@JACOBIANS.written(
    "The derivative is taken one state too early. The step from h_{t-1} to h_t ends in h_t, and "
    "1 - h_t squared belongs to it."
)
def derivative_of_the_state_before(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, 0, -1):
        J = J @ (np.diag(1 - h[t - 1] ** 2) @ W_hh.T)
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.written(
    "The derivative scales the wrong side of the matrix: a star after W_hh.T scales its columns. "
    "Going back, tanh comes first and W_hh after it."
)
def derivative_on_the_wrong_side(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, 0, -1):
        J = J @ (W_hh.T * (1 - h[t] ** 2))
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.written("Lag 0 is missing: the last state moves with itself, with norm 1.")
def lag_0_missing(h, W_hh):
    J = np.eye(len(W_hh))
    norms = []
    for t in range(len(h) - 1, 0, -1):
        J = J @ (np.diag(1 - h[t] ** 2) @ W_hh.T)
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.written(
    "One lag too many: the step into the first state leads to h_0, which is not in h."
)
def back_to_h_0(h, W_hh):
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, -1, -1):
        J = J @ (np.diag(1 - h[t] ** 2) @ W_hh.T)
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.written("Each entry is the norm of one step alone. Multiply the steps up to lag k.")
def steps_not_multiplied(h, W_hh):
    steps = [np.linalg.norm(np.diag(1 - h_t**2) @ W_hh.T, 2) for h_t in h[:0:-1]]
    return np.array([1.0, *steps])


@JACOBIANS.written("The numbers are right, but h is overwritten with the derivatives. Use a copy.")
def writes_into_h(h, W_hh):
    h *= -h
    h += 1
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, 0, -1):
        J = J @ (h[t][:, None] * W_hh.T)
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@RESCALE.written(
    "The largest singular value is made rho. The spectral radius is the largest absolute value of "
    "the eigenvalues, and is smaller for most matrices."
)
def singular_value_for_radius(W, rho):
    largest = np.linalg.norm(W, 2)
    if largest == 0:
        raise ValueError("W is zero")
    return W * (rho / largest)


@RESCALE.written(
    "The largest real part is taken. An eigenvalue such as -2 or 2i is as long as 2: take absolute "
    "values."
)
def largest_real_part(W, rho):
    radius = np.max(np.linalg.eigvals(W).real)
    if radius == 0:
        raise ValueError("every eigenvalue is zero")
    return W * (rho / radius)


@RESCALE.written(
    "The eigenvalues are compared without taking absolute values, and they may be complex: the "
    "result holds complex numbers, or the wrong sign."
)
def no_absolute_value(W, rho):
    radius = np.max(np.linalg.eigvals(W))
    if radius == 0:
        raise ValueError("every eigenvalue is zero")
    return W * (rho / radius)


@RESCALE.written(
    "The imaginary parts are cut off before the absolute value. An eigenvalue a + bi is as long as "
    "the root of a² + b²."
)
def imaginary_part_dropped(W, rho):
    radius = np.max(np.abs(np.real(np.linalg.eigvals(W))))
    if radius == 0:
        raise ValueError("every eigenvalue is zero")
    return W * (rho / radius)


@RESCALE.written(
    "A matrix whose eigenvalues are all 0 is divided by 0, and nan or inf comes back. Raise a "
    "ValueError: no factor helps."
)
def divides_by_zero(W, rho):
    radius = np.max(np.abs(np.linalg.eigvals(W)))
    return W * (rho / radius)


@RESCALE.written(
    "Only a matrix of zeros is refused. A matrix with numbers above the diagonal alone has no "
    "eigenvalue but 0 either: look at the radius, not at the matrix."
)
def only_zeros_refused(W, rho):
    if not np.any(W):
        raise ValueError("W is zero")
    return W * (rho / np.max(np.abs(np.linalg.eigvals(W))))


@RESCALE.written(
    "Where the radius is 0 a matrix comes back silently, and its radius is not rho. No factor "
    "helps there: raise a ValueError."
)
def radius_0_let_through(W, rho):
    radius = np.max(np.abs(np.linalg.eigvals(W)))
    return W * (rho / radius) if radius > 0 else W * 1.0


@RESCALE.written(
    "Every matrix that cannot be inverted is refused. One eigenvalue of 0 does no harm as long as "
    "another is not."
)
def singular_matrices_refused(W, rho):
    if np.linalg.matrix_rank(W) < len(W):
        raise ValueError("W is singular")
    return W * (rho / np.max(np.abs(np.linalg.eigvals(W))))


@RESCALE.written("The fraction is upside down: multiply by rho over the radius.")
def upside_down(W, rho):
    radius = np.max(np.abs(np.linalg.eigvals(W)))
    if radius == 0:
        raise ValueError("every eigenvalue is zero")
    return W * (radius / rho)


@RESCALE.written("W is multiplied by rho without being divided by the radius that it has.")
def radius_not_divided_out(W, rho):
    if np.max(np.abs(np.linalg.eigvals(W))) == 0:
        raise ValueError("every eigenvalue is zero")
    return W * rho


@RESCALE.written("The radius becomes 1: rho is not used.")
def rho_not_used(W, rho):
    radius = np.max(np.abs(np.linalg.eigvals(W)))
    if radius == 0:
        raise ValueError("every eigenvalue is zero")
    return W / radius


@RESCALE.written("The smallest eigenvalue is taken. The spectral radius is the largest.")
def smallest_eigenvalue(W, rho):
    lengths = np.abs(np.linalg.eigvals(W))
    if lengths.max() == 0:
        raise ValueError("every eigenvalue is zero")
    return W * (rho / lengths.min())


@RESCALE.written(
    "eigvalsh is for symmetric matrices and looks at one half of W alone. Use eigvals."
)
def eigenvalues_of_a_symmetric_matrix(W, rho):
    radius = np.max(np.abs(np.linalg.eigvalsh(W)))
    if radius == 0 or np.max(np.abs(np.linalg.eigvals(W))) == 0:
        raise ValueError("every eigenvalue is zero")
    return W * (rho / radius)


@RESCALE.written("The Frobenius norm, the root of all squares, is made rho. Take the eigenvalues.")
def frobenius_for_radius(W, rho):
    if np.max(np.abs(np.linalg.eigvals(W))) == 0:
        raise ValueError("every eigenvalue is zero")
    return W * (rho / np.linalg.norm(W))


@RESCALE.written(
    "The numbers are right, but W itself is scaled, and it belongs to the caller. Make a new array."
)
def scales_in_place(W, rho):
    radius = np.max(np.abs(np.linalg.eigvals(W)))
    if radius == 0:
        raise ValueError("every eigenvalue is zero")
    W *= rho / radius
    return W


@ORTHOGONAL.written(
    "The signs of R's diagonal are not divided out. Q is orthogonal, but not every one is equally "
    "likely: its first entry is never positive, and its determinant always has the same sign."
)
def signs_not_fixed(H, rng):
    Q, _ = np.linalg.qr(rng.normal(size=(H, H)))
    return Q


@ORTHOGONAL.written(
    "The signs are taken from Q's own diagonal. Take those of R's: Q's diagonal is then always "
    "positive, which is anything but random."
)
def signs_of_Q(H, rng):
    Q, _ = np.linalg.qr(rng.normal(size=(H, H)))
    return Q * np.sign(np.diag(Q))


@ORTHOGONAL.written(
    "All columns get one and the same sign. Each column gets that of its own entry of R's diagonal."
)
def one_sign_for_all(H, rng):
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    return Q * np.sign(R[0, 0])


@ORTHOGONAL.written(
    "rng.random draws from 0 to 1, so the first column has no negative number. Draw from the "
    "normal distribution, which has no favourite direction."
)
def positive_numbers_drawn(H, rng):
    Q, R = np.linalg.qr(rng.random((H, H)))
    return Q * np.sign(np.diag(R))


@ORTHOGONAL.written(
    "Numbers drawn evenly from -1 to 1 fill a cube, and a cube has corners: directions toward them "
    "come up more often. Draw from the normal distribution, which has no favourite direction."
)
def drawn_from_a_cube(H, rng):
    Q, R = np.linalg.qr(rng.uniform(-1, 1, size=(H, H)))
    return Q * np.sign(np.diag(R))


@ORTHOGONAL.written(
    "The determinant is always +1, so only half of the orthogonal matrices can come up. "
    "Reflections belong to them."
)
def rotations_only(H, rng):
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    Q = Q * np.sign(np.diag(R))
    if np.linalg.det(Q) < 0:
        Q[:, 0] = -Q[:, 0]
    return Q


@ORTHOGONAL.written(
    "Eigenvectors of a symmetric matrix are orthogonal, but their signs are left to LAPACK, so not "
    "every matrix is equally likely."
)
def eigenvectors_of_a_symmetric_matrix(H, rng):
    A = rng.normal(size=(H, H))
    return np.linalg.eigh(A + A.T)[1]


@ORTHOGONAL.written(
    "A Gaussian matrix over the root of H is not orthogonal: it keeps lengths on average only. "
    "Take the Q of its QR decomposition."
)
def gaussian_over_the_root(H, rng):
    return rng.normal(size=(H, H)) / np.sqrt(H)


@ORTHOGONAL.written(
    "The columns have length 1, but they are not at right angles. Take Q of the QR decomposition."
)
def columns_normalised(H, rng):
    A = rng.normal(size=(H, H))
    return A / np.linalg.norm(A, axis=0)


@ORTHOGONAL.written("R came back, the triangular factor. The orthogonal one is Q.")
def R_for_Q(H, rng):
    _, R = np.linalg.qr(rng.normal(size=(H, H)))
    return R


@ORTHOGONAL.written(
    "Q is multiplied by R's diagonal itself, so its columns are no longer of length 1. Only the "
    "signs are wanted."
)
def diagonal_without_sign(H, rng):
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    return Q * np.diag(R)


@ORTHOGONAL.written("Q and R came back as a pair. Return Q alone.")
def pair_returned(H, rng):
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    return Q * np.sign(np.diag(R)), R


@ORTHOGONAL.written(
    "The matrix is drawn with NumPy's global generator and not with rng: nobody can repeat it. "
    "Use rng."
)
def global_chance(H, rng):
    Q, R = np.linalg.qr(np.random.standard_normal((H, H)))
    return Q * np.where(np.diag(R) < 0, -1.0, 1.0)


@ORTHOGONAL.written(
    "A new generator with a fixed seed is made at every call, so every matrix is the same. Use the "
    "rng that is handed in."
)
def reseeds_at_every_call(H, rng):
    rng = np.random.default_rng(0)
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    return Q * np.sign(np.diag(R))


@ORTHOGONAL.written("The identity is orthogonal, but always the same. A random matrix is wanted.")
def the_identity(H, rng):
    return np.eye(H)

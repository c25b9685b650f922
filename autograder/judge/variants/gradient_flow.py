"""Unit 06: gradients sent back, Jacobians multiplied, matrices made, as different people do it."""

import math

import numpy as np

from autograder.judge.exercise import Variants

LINEAR = Variants("linear_gradient_norms")
JACOBIANS = Variants("jacobian_product_norms")
RESCALE = Variants("rescale_spectral_radius")
ORTHOGONAL = Variants("orthogonal")


@LINEAR.add
def linear_by_matrix_powers(W, g, T):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k) @ g) for k in range(T)])


@LINEAR.add
def linear_with_scalar_loops(W, g, T):
    norms, g = [], list(g)
    for _ in range(T):
        norms.append(math.sqrt(sum(x * x for x in g)))
        g = [sum(W[i, j] * g[j] for j in range(len(g))) for i in range(len(g))]
    return norms


@LINEAR.add
def linear_with_all_gradients_at_once(W, g, T):
    gradients = np.zeros((T, len(g)))
    gradients[0] = g
    for k in range(1, T):
        np.dot(W, gradients[k - 1], out=gradients[k])
    return np.linalg.norm(gradients, axis=1)


@LINEAR.add
def linear_with_einsum(W, g, T):
    squares = np.zeros(T)
    for k in range(T):
        squares[k] = np.einsum("i,i->", g, g)
        g = np.einsum("ij,j->i", W, g)
    return np.sqrt(squares)


@LINEAR.add
def linear_in_float32(W, g, T):
    W, g = W.astype(np.float32), g.astype(np.float32)
    norms = np.zeros(T, dtype=np.float32)
    for k in range(T):
        norms[k] = np.sqrt(np.sum(g * g))
        g = g @ W.T
    return norms


@LINEAR.add
def linear_by_recursion(W, g, T):
    if T == 0:
        return np.array([])
    return np.concatenate([[np.linalg.norm(g)], linear_by_recursion(W, W @ g, T - 1)])


@LINEAR.add
def linear_with_a_growing_power(W, g, T):
    power, norms = np.identity(len(W)), []
    while len(norms) < T:
        norms.append(float(np.hypot.reduce(g @ power)))
        power = power @ W.T
    return tuple(norms)


@JACOBIANS.add
def jacobians_with_diagonal_matrices(h, W_hh):
    J = np.eye(h.shape[1])
    norms = [np.linalg.norm(J, 2)]
    for t in range(h.shape[0] - 1, 0, -1):
        J = J @ np.diag(1 - h[t] ** 2) @ W_hh.T
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


@JACOBIANS.add
def jacobians_transposed_and_from_the_left(h, W_hh):
    product, norms = np.eye(len(W_hh)), [1.0]
    for h_t in h[::-1][:-1]:
        product = W_hh @ ((1 - h_t**2)[:, None] * product)
        norms.append(np.linalg.svd(product, compute_uv=False)[0])
    return norms


@JACOBIANS.add
def jacobians_from_scratch_for_each_lag(h, W_hh):
    T, H = h.shape
    norms = np.zeros(T)
    for lag in range(T):
        J = np.eye(H)
        for t in range(T - lag, T):
            J = np.diag(1 - h[t] * h[t]) @ W_hh.T @ J
        norms[lag] = max(np.linalg.svd(J)[1])
    return norms


@JACOBIANS.add
def jacobians_by_the_root_of_an_eigenvalue(h, W_hh):
    J, norms = np.eye(len(W_hh)), []
    for t in range(len(h) - 1, -1, -1):
        norms.append(np.sqrt(max(np.linalg.eigvalsh(J @ J.T)[-1], 0.0)))
        J = np.einsum("ij,j,kj->ik", J, 1 - h[t] ** 2, W_hh)
    return np.asarray(norms)


@JACOBIANS.add
def jacobians_by_sending_unit_gradients_back(h, W_hh):
    gradients = np.eye(W_hh.shape[0])  # one upstream gradient a unit, in rows
    stack = [gradients]
    for h_t in reversed(h[1:]):
        da = gradients * (1 - np.square(h_t))
        gradients = da.dot(W_hh.T)
        stack.append(gradients)
    return np.linalg.svd(np.array(stack), compute_uv=False).max(axis=-1)


@JACOBIANS.add
def jacobians_in_float32(h, W_hh):
    h, W_hh = h.astype(np.float32), W_hh.astype(np.float32)
    J, norms = np.eye(len(W_hh), dtype=np.float32), [np.float32(1)]
    for t in range(len(h) - 1, 0, -1):
        J = (J * (1 - h[t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms, dtype=np.float32)


@JACOBIANS.add
def jacobians_from_the_preactivation(h, W_hh):
    with np.errstate(divide="ignore"):
        slope = 1 / np.cosh(np.arctanh(h)) ** 2
    J = np.eye(len(W_hh))
    norms = [1.0]
    for t in range(len(h) - 1, 0, -1):
        J = J @ (slope[t][:, None] * W_hh.T)
        norms.append(np.linalg.norm(J, ord=2))
    return np.array(norms)


@RESCALE.add
def rescale_by_a_loop_over_eigenvalues(W, rho):
    radius = 0.0
    for eigenvalue in np.linalg.eigvals(W):
        radius = max(radius, abs(complex(eigenvalue)))
    if radius == 0:
        raise ValueError("W has no eigenvalue but 0")
    return [[rho * float(entry) / radius for entry in row] for row in W]


@RESCALE.add
def rescale_with_eig(W, rho):
    eigenvalues, _ = np.linalg.eig(W)
    radius = np.sqrt(eigenvalues.real**2 + eigenvalues.imag**2).max()
    if not radius > 0:
        raise ValueError(f"radius {radius}")
    return rho * W / radius


@RESCALE.add
def rescale_of_the_transpose(W, rho):
    radius = np.linalg.norm(np.linalg.eigvals(W.T), ord=np.inf)
    if np.isclose(radius, 0, atol=1e-10):
        raise ValueError("cannot rescale")
    return W.copy() / radius * rho


@RESCALE.add
def rescale_in_place_on_its_own_array(W, rho):
    scaled = np.array(W, dtype=float)
    lengths = np.absolute(np.linalg.eigvals(scaled))
    if np.all(lengths == 0):
        raise np.linalg.LinAlgError("nilpotent")
    scaled /= np.amax(lengths)
    scaled *= rho
    return scaled


@RESCALE.add
def rescale_in_float32(W, rho):
    W = W.astype(np.float32)
    radius = np.max(np.abs(np.linalg.eigvals(W)))
    if radius < 1e-8:
        raise ValueError("the spectral radius is 0")
    return W * np.float32(rho / radius)


@RESCALE.add
def rescale_by_refusing_what_is_not_finite(W, rho):
    with np.errstate(all="ignore"):
        scaled = W * np.divide(rho, sorted(abs(np.linalg.eigvals(W)))[-1])
    if not np.isfinite(scaled).all():
        raise ValueError("every eigenvalue of W is 0")
    return scaled


@ORTHOGONAL.add
def orthogonal_with_signs(H, rng):
    Q, R = np.linalg.qr(rng.standard_normal((H, H)))
    return Q * np.sign(np.diag(R))


@ORTHOGONAL.add
def orthogonal_with_a_diagonal_matrix(H, rng):
    Q, R = np.linalg.qr(rng.normal(0.0, 3.0, (H, H)))
    d = R.diagonal()
    return Q @ np.diag(d / np.abs(d))


@ORTHOGONAL.add
def orthogonal_by_gram_schmidt(H, rng):
    columns = []
    for _ in range(H):
        v = rng.normal(size=H)
        for _ in range(2):  # once more for rounding
            for q in columns:
                v = v - (q @ v) * q
        columns.append(v / math.sqrt(v @ v))
    return np.column_stack(columns)


@ORTHOGONAL.add
def orthogonal_by_the_polar_factor(H, rng):
    U, _, Vt = np.linalg.svd(rng.normal(size=(H, H)))
    return U @ Vt


@ORTHOGONAL.add
def orthogonal_with_tossed_signs(H, rng):
    Q, _ = np.linalg.qr(rng.normal(size=(H, H)))
    return Q * rng.choice([-1.0, 1.0], size=H)


@ORTHOGONAL.add
def orthogonal_in_rows(H, rng):
    A = rng.normal(size=(H, H))
    Q, R = np.linalg.qr(A.T)
    for j in range(H):
        if R[j, j] < 0:
            Q[:, j] *= -1
    return Q.T.tolist()


@ORTHOGONAL.add
def orthogonal_by_reflections(H, rng):
    Q = np.eye(H)
    for n in range(H):
        x = rng.normal(size=H - n)
        sign = 1.0 if x[0] >= 0 else -1.0
        x[0] += sign * np.sqrt(x @ x)
        reflection = np.eye(H)
        reflection[n:, n:] = -sign * (np.eye(H - n) - 2 * np.outer(x, x) / (x @ x))
        Q = reflection @ Q
    return Q

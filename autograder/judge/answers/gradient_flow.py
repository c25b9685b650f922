"""06_gradient_flow: the model answers. Made by ``autograder release``."""

import numpy as np


def linear_gradient_norms(W, g, T):
    """Return the lengths, (T,), of g after 0 to T - 1 steps back through h_t = h_{t-1} W."""
    norms = []
    for _ in range(T):
        norms.append(np.linalg.norm(g))
        g = g @ W.T  # (H,): a new array
    return np.array(norms)


def jacobian_product_norms(h, W_hh):
    """Return the spectral norms, (T,), of dh_T / dh_{T-k} for the lags k = 0 to T - 1."""
    product = np.eye(W_hh.shape[0])  # (H, H)
    norms = [1.0]
    for h_t in h[:0:-1]:  # from the last state down to the second
        product = (product * (1 - h_t**2)) @ W_hh.T
        norms.append(np.linalg.norm(product, 2))
    return np.array(norms)


def rescale_spectral_radius(W, rho):
    """Return W times the factor that makes its spectral radius rho, (H, H)."""
    radius = np.max(np.abs(np.linalg.eigvals(W)))
    if radius == 0:
        raise ValueError("every eigenvalue of W is 0: no factor changes its radius")
    return W * (rho / radius)


def orthogonal(H, rng):
    """Return a random orthogonal matrix, (H, H), none more likely than another."""
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    return Q * np.sign(np.diag(R))  # a sign for each column


def matrix_of_sizes(sigma, rho, H, rng):
    """Return a matrix, (H, H), of largest singular value sigma and spectral radius rho."""
    W = rho * np.eye(H)
    W[0, 1] = sigma - rho**2 / sigma
    Q = np.linalg.qr(rng.normal(size=(H, H)))[0]
    return Q @ W @ Q.T

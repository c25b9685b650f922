"""Unit 00: central differences and the relative error, as different people write them."""

import math

import numpy as np

from autograder.judge.exercise import Variants

GRADIENT = Variants("numeric_gradient")
ERROR = Variants("relative_error")


@GRADIENT.add
def gradient_over_a_flat_view(f, x, df=None, h=1e-5):
    at = np.array(x, dtype=float)
    flat, slopes = at.reshape(-1), np.zeros(at.size)
    for i in range(flat.size):
        old = flat[i]
        flat[i] = old + h
        above = np.sum(f(at) if df is None else df * f(at))
        flat[i] = old - h
        below = np.sum(f(at) if df is None else df * f(at))
        flat[i] = old
        slopes[i] = (above - below) / (2.0 * h)
    return slopes.reshape(at.shape)


@GRADIENT.add
def gradient_with_nditer(f, x, df=None, h=1e-5):
    at = x.astype(np.float64)
    gradient = np.zeros_like(at)
    it = np.nditer(at, flags=["multi_index"])
    while not it.finished:
        i = it.multi_index
        old = at[i]
        at[i] = old + h
        above = np.copy(f(at))
        at[i] = old - h
        below = np.copy(f(at))
        at[i] = old
        slope = (above - below) / (2 * h)
        gradient[i] = slope if df is None else np.vdot(slope, df)
        it.iternext()
    return gradient


@GRADIENT.add
def gradient_with_unit_arrays(f, x, df=None, h=1e-5):
    weights = 1.0 if df is None else df
    slopes = []
    for e in np.eye(x.size):
        step = h * e.reshape(x.shape)
        slopes.append(np.sum(weights * (f(x + step) - f(x - step)) / (2 * h)))
    return np.array(slopes).reshape(x.shape)


@GRADIENT.add
def gradient_in_place_and_restored(f, x, df=None, h=1e-5):
    if x.dtype.kind != "f":
        x = x.astype(float)
    gradient = np.empty(x.shape)
    for i, old in np.ndenumerate(x.copy()):
        x[i] = old + h
        above = np.array(f(x), copy=True)
        x[i] = old - h
        below = np.array(f(x), copy=True)
        x[i] = old
        change = above - below
        gradient[i] = (np.sum(change) if df is None else np.sum(change * df)) / (2 * h)
    return gradient


@GRADIENT.add
def gradient_as_nested_lists(f, x, df=None, h=1e-5):
    def loss(z):
        return float(f(z)) if df is None else float(np.einsum("ij,ij->", df, f(z)))

    def slope(i):
        up, down = np.array(x, dtype=float), np.array(x, dtype=float)
        up.flat[i] += h
        down.flat[i] -= h
        return (loss(up) - loss(down)) / h / 2

    return np.array([slope(i) for i in range(x.size)]).reshape(x.shape).tolist()


@GRADIENT.add
def gradient_by_recursion(f, x, df=None, h=1e-5):
    if x.ndim == 0:
        change = np.asarray(f(x + h) - f(x - h))
        return np.sum(change if df is None else change * df) / (2 * h)

    def row(k):
        def with_row(part):
            whole = x.astype(float)
            whole[k] = part
            return f(whole)

        return gradient_by_recursion(with_row, x[k] + 0.0, df, h)

    return np.array([row(k) for k in range(len(x))])


@GRADIENT.add
def gradient_rounded_to_float32(f, x, df=None, h=1e-5):
    jacobian = []
    for i in np.ndindex(*x.shape):
        unit = np.zeros(x.shape)
        unit[i] = h
        jacobian.append(np.ravel(f(x + unit) - f(x - unit)))
    weights = np.ones(1) if df is None else np.ravel(df)
    return np.float32(np.array(jacobian) @ weights / (h + h)).reshape(x.shape)


@ERROR.add
def error_with_scalar_loops(a, b):
    if a.shape != b.shape:
        raise ValueError(f"{a.shape} and {b.shape}")
    largest, scale = 0.0, 0.0
    for p, q in zip(a.ravel(), b.ravel(), strict=True):
        largest = max(largest, math.fabs(p - q))
        scale = max(scale, math.fabs(p), math.fabs(q))
    return 0.0 if scale == 0 else largest / scale


@ERROR.add
def error_with_infinity_norms(a, b):
    if np.ndim(a) != np.ndim(b) or np.shape(a) != np.shape(b):
        raise ValueError("shapes differ")
    a, b = np.ravel(a), np.ravel(b)
    scale = max(np.linalg.norm(a, np.inf), np.linalg.norm(b, np.inf))
    if scale == 0:
        return 0
    return np.linalg.norm(a - b, np.inf) / scale


@ERROR.add
def error_after_scaling(a, b):
    both = np.stack([a, b])
    largest = np.abs(both).max()
    if not largest:
        return 0.0
    return np.ptp(both / largest, axis=0).max()


@ERROR.add
def error_with_equality_first(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError
    if np.array_equal(a, b):
        return np.float64(0)
    return np.amax(np.absolute(np.subtract(a, b))) / np.amax(np.absolute([a, b]))


@ERROR.add
def error_with_sorted_lists(a, b):
    if a.shape != b.shape:
        raise ValueError("The two must have one shape.")
    gaps = sorted(abs(p - q) for p, q in zip(a.flat, b.flat, strict=True))
    sizes = sorted([*map(abs, a.flat), *map(abs, b.flat)])
    return gaps[-1] / sizes[-1] if sizes[-1] else 0.0


@ERROR.add
def error_in_place_on_its_own_array(a, b):
    if a.shape != b.shape:
        raise ValueError("shapes")
    gap = np.array(a - b)
    np.absolute(gap, out=gap)
    scale = np.fmax(np.abs(a), np.abs(b)).max()
    return gap.max() / np.where(scale > 0, scale, 1)


@ERROR.add
def error_in_float32(a, b):
    if a.shape != b.shape:
        raise ValueError("shapes")
    with np.errstate(all="ignore"):
        error = np.float32(np.max(np.abs(a - b)) / max(np.max(np.abs(a)), np.max(np.abs(b))))
    return np.nan_to_num(error)

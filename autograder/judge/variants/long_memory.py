"""Unit 10: batches, bits and units, as different people write them."""

import math

import numpy as np

from autograder.judge.exercise import Variants

ADDING = Variants("adding_batch")
BITS = Variants("bits_per_character")
BEST = Variants("best_unit_probe")


@ADDING.add
def batch_with_a_loop_over_examples(N, T, rng):
    x, y = np.zeros((N, T, 2)), np.zeros(N)
    for n in range(N):
        x[n, :, 0] = rng.random(T)
        first, second = rng.integers(0, T // 2), rng.integers(T // 2, T)
        x[n, first, 1] = x[n, second, 1] = 1.0
        y[n] = x[n, first, 0] + x[n, second, 0]
    return x, y


@ADDING.add
def batch_with_choice(N, T, rng):
    x = np.stack([rng.uniform(0, 1, (N, T)), np.zeros((N, T))], axis=-1)
    first = rng.choice(np.arange(T // 2), size=N)
    second = rng.choice(np.arange(T // 2, T), size=N)
    x[range(N), first, 1] = 1
    x[range(N), second, 1] = 1
    return x, x.prod(axis=2).sum(axis=1)


@ADDING.add
def batch_with_one_hot_rows(N, T, rng):
    half = T // 2
    first = np.eye(half)[rng.integers(half, size=N)]
    second = np.eye(T - half)[rng.integers(T - half, size=N)]
    markers = np.concatenate([first, second], axis=1)
    numbers = rng.random((N, T))
    return np.dstack([numbers, markers]), np.einsum("nt,nt->n", numbers, markers)


@ADDING.add
def batch_by_largest_noise(N, T, rng):
    noise = rng.random((N, T))
    first, second = np.split(noise, [T // 2], axis=1)
    markers = np.concatenate(
        [part == part.max(axis=1, keepdims=True) for part in (first, second)], axis=1
    )
    numbers = rng.random((N, T))
    return np.stack([numbers, markers], axis=2), np.where(markers, numbers, 0).sum(axis=1)


@ADDING.add
def batch_in_float32(N, T, rng):
    x = np.zeros((N, T, 2), dtype=np.float32)
    x[:, :, 0] = rng.random((N, T), dtype=np.float32)
    rows = np.arange(N)
    first = (rng.random(N) * (T // 2)).astype(int)
    second = T // 2 + (rng.random(N) * (T - T // 2)).astype(int)
    x[rows, first, 1] = x[rows, second, 1] = 1
    return x, x[rows, first, 0] + x[rows, second, 0]


@ADDING.add
def batch_as_lists(N, T, rng):
    examples, sums = [], []
    for _ in range(N):
        numbers = [float(number) for number in rng.uniform(size=T)]
        places = {int(rng.integers(T // 2)), int(rng.integers(T // 2, T))}
        examples.append([[numbers[t], 1.0 if t in places else 0.0] for t in range(T)])
        sums.append(sum(numbers[t] for t in places))
    return [examples, sums]


@BITS.add
def bits_of_the_whole_text_at_once(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    zeros = np.zeros((1, H))
    x = np.eye(V)[ids[:-1]][None]
    if len(ids) == 1:
        return math.log2(V)
    h, _, _ = lstm_forward(x, zeros, zeros, params["W_xh"], params["W_hh"], params["b"])
    scores = h[0] @ params["W_hy"] + params["b_y"]
    log_p = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
    bits = -log_p[range(len(ids) - 1), ids[1:]] / np.log(2)
    return (math.log2(V) + bits.sum()) / len(ids)


@BITS.add
def bits_one_step_at_a_time(params, ids):
    from rnn_ref.lstm import lstm_step_forward

    V, H = params["W_xh"].shape[0], params["W_hh"].shape[0]
    h, c, bits = np.zeros((1, H)), np.zeros((1, H)), [np.log2(V)]
    for t in range(len(ids) - 1):
        x = np.zeros((1, V))
        x[0, ids[t]] = 1
        h, c, _ = lstm_step_forward(x, h, c, params["W_xh"], params["W_hh"], params["b"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        top = scores.max()
        bits.append((top + np.log(np.exp(scores - top).sum()) - scores[ids[t + 1]]) * np.log2(np.e))
    return np.mean(bits)


@BITS.add
def bits_with_an_lstm_of_its_own(params, ids):
    H = len(params["W_hh"])
    h = c = np.zeros(H)
    total = math.log2(len(params["b_y"]))
    for t in range(1, len(ids)):
        z = params["W_xh"][ids[t - 1]] + h @ params["W_hh"] + params["b"]
        i, f, o = (1 / (1 + np.exp(-z[k * H : (k + 1) * H])) for k in range(3))
        c = f * c + i * np.tanh(z[3 * H :])
        h = o * np.tanh(c)
        scores = h @ params["W_hy"] + params["b_y"]
        total += np.log2(np.exp(scores - scores[ids[t]] - max(scores - scores[ids[t]])).sum())
        total += max(scores - scores[ids[t]]) / math.log(2)
    return total / len(ids)


@BITS.add
def bits_in_chunks_with_the_units_loss(params, ids):
    from rnn_ref.char_lm import one_hot
    from rnn_ref.lstm import lstm_forward
    from rnn_ref.outputs import output_forward, softmax_cross_entropy

    V, H = len(params["b_y"]), len(params["W_hh"])
    h, c, nats = np.zeros((1, 1, H)), np.zeros((1, 1, H)), np.log(V)
    inputs, targets = ids[:-1], ids[1:]
    for a in range(0, len(inputs), 64):
        part = inputs[a : a + 64]
        x = one_hot(part[None], V)
        weights = params["W_xh"], params["W_hh"], params["b"]
        h, c, _ = lstm_forward(x, h[:, -1], c[:, -1], *weights)
        scores, _ = output_forward(h, params["W_hy"], params["b_y"])
        nats += softmax_cross_entropy(scores, targets[None, a : a + 64])[0] * len(part)
    return np.array(nats / np.log(2) / len(ids))


@BITS.add
def bits_in_float32(params, ids):
    from rnn_ref.lstm import lstm_forward

    p = {name: array.astype(np.float32) for name, array in params.items()}
    zeros = np.zeros((1, len(p["W_hh"])), np.float32)
    x = np.eye(len(p["b_y"]), dtype=np.float32)[ids][None]
    h, _, _ = lstm_forward(x, zeros, zeros, p["W_xh"], p["W_hh"], p["b"])
    scores = (h[0] @ p["W_hy"] + p["b_y"]).astype(float)[:-1]
    scores -= scores.max(axis=1, keepdims=True)
    bits = np.log2(np.exp(scores).sum(axis=1)) - scores[np.arange(len(scores)), ids[1:]] / np.log(2)
    return np.float32((np.log2(len(p["b_y"])) + bits.sum()) / len(ids))


@BEST.add
def best_with_corrcoef(h, labels):
    half = len(labels) // 2

    def r(part, wanted):
        together = np.corrcoef(part.T, wanted.astype(float))
        return np.nan_to_num(together[-1, :-1])

    with np.errstate(all="ignore"):
        unit = np.argmax(np.abs(r(h[:half], labels[:half])))
        return unit, r(h[half:], labels[half:])[unit]


@BEST.add
def best_with_loops(h, labels):
    L, H = len(h), len(h[0])

    def r(unit, steps):
        a = [float(h[t][unit]) for t in steps]
        b = [float(labels[t]) for t in steps]
        mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
        ab = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
        aa = sum((x - mean_a) ** 2 for x in a)
        bb = sum((y - mean_b) ** 2 for y in b)
        return 0.0 if aa < 1e-18 or bb < 1e-18 else ab / math.sqrt(aa * bb)

    unit = max(range(H), key=lambda u: abs(r(u, range(L // 2))))
    return unit, r(unit, range(L // 2, L))


@BEST.add
def best_with_standard_scores(h, labels):
    def standard(a):
        spread = a.std(axis=0)
        return (a - a.mean(axis=0)) / np.where(spread < 1e-12, np.inf, spread)

    first, second = np.array_split(np.arange(len(h)), [len(h) // 2])
    r = (standard(h[first]) * standard(labels[first])[:, None]).mean(axis=0)
    unit = int(abs(r).argmax())
    return unit, float((standard(h[second, unit]) * standard(labels[second])).mean())


@BEST.add
def best_from_differences_of_means(h, labels):
    """The correlation with two groups is their means' distance, on the scale of the spread."""

    def r(part, wanted):
        yes = np.asarray(wanted, bool)
        p = yes.mean()
        spread = part.std(axis=0)
        distance = part[yes].mean(axis=0) - part[~yes].mean(axis=0)
        return np.divide(
            distance * np.sqrt(p * (1 - p)), spread, out=np.zeros(len(spread)), where=spread > 1e-12
        )

    half = len(h) // 2
    unit = np.abs(r(h[:half], labels[:half])).argmax()
    return [unit, r(h[half:], labels[half:])[unit]]


@BEST.add
def best_in_float32(h, labels):
    half = len(labels) // 2
    h, labels = h.astype(np.float32), labels.astype(np.float32)
    best, unit = -1.0, 0
    for j in range(h.shape[1]):
        if np.ptp(h[:half, j]) > 0 and abs(np.corrcoef(h[:half, j], labels[:half])[0, 1]) > best:
            best, unit = abs(np.corrcoef(h[:half, j], labels[:half])[0, 1]), j
    return unit, np.corrcoef(h[half:, unit], labels[half:])[0, 1]


@BEST.add
def best_by_squared_correlation(h, labels):
    half = len(labels) // 2
    labels = labels - np.mean(labels)

    def parts(s):
        a = h[s] - h[s].mean(axis=0)
        b = labels[s] - labels[s].mean()
        return np.einsum("th,t->h", a, b), np.einsum("th,th->h", a, a), b @ b

    ab, aa, bb = parts(slice(0, half))
    unit = np.argmax(ab**2 / np.maximum(aa * bb, 1e-30))
    ab, aa, bb = parts(slice(half, None))
    return int(unit), float(ab[unit] / max(np.sqrt(aa[unit] * bb), 1e-15))

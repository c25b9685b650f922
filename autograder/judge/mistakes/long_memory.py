"""Unit 10: mistakes in the batches of the adding problem and in the choice of a unit."""

import numpy as np

from autograder.judge.edits import Mistakes

ADDING = Mistakes("long_memory", "adding_batch")
BEST = Mistakes("long_memory", "best_unit_probe")


@ADDING.written(
    "Both markers are drawn from all steps, so they may stand in the same half or even at the "
    "same step. Draw one from each half."
)
def markers_may_coincide(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T, size=N)] = 1
    markers[rows, rng.integers(T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written(
    "The two marked steps are different, but both are drawn from all steps. Draw one from "
    "each half."
)
def markers_in_any_half(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    for row in markers:
        row[rng.choice(T, size=2, replace=False)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written("Both markers stand in the first half, so nothing need be held for long.")
def both_in_the_first_half(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    half = max(T // 2, 2)
    for row in markers:
        row[rng.choice(half, size=2, replace=False)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written("Only one step is marked, in the first half.")
def one_marker(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written("y is half of what is asked: the mean of the two marked numbers, not their sum.")
def target_halved(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1) / 2
    return x, y


@ADDING.written("y is the sum of all numbers. The markers say which two count.")
def sums_everything(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = values.sum(axis=1)
    return x, y


@ADDING.written("y is the product of the two marked numbers, not their sum.")
def product_for_sum(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = np.where(markers == 1, values, 1).prod(axis=1)
    return x, y


@ADDING.written(
    "The two channels have changed places: numbers belong in x[:, :, 0], markers in x[:, :, 1]."
)
def channels_swapped(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([markers, values], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written(
    "The markers are drawn once and serve the whole batch. Each example has a draw of its own."
)
def one_draw_of_markers(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2)] = 1
    markers[rows, rng.integers(T // 2, T)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written(
    "The numbers are drawn once and serve the whole batch. Each example has numbers of its own."
)
def one_draw_of_numbers(N, T, rng):
    values = np.tile(rng.uniform(size=T), (N, 1))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written(
    "The generator is seeded inside the function, so every call gives the same batch. Use the "
    "rng that was given, as it is."
)
def same_batch_on_every_call(N, T, rng):
    rng = np.random.default_rng(0)
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written(
    "Chance comes from np.random and not from the rng that was given: nobody can repeat the batch."
)
def global_chance(N, T, rng):
    values = np.random.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, np.random.randint(T // 2, size=N)] = 1
    markers[rows, np.random.randint(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written("The numbers are normally distributed. They should be uniform from 0 to 1.")
def normal_numbers(N, T, rng):
    values = rng.normal(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written("The numbers run from -1 to 1. They should run from 0 to 1.")
def numbers_from_minus_1(N, T, rng):
    values = rng.uniform(-1, 1, size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written("Steps without a marker hold -1. They should hold 0.")
def unmarked_are_minus_1(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    y = (values * markers).sum(axis=1)
    markers[markers == 0] = -1
    x = np.stack([values, markers], axis=2)
    return x, y


@ADDING.written(
    "The last step is never marked: the upper end of rng.integers is not among what it draws."
)
def last_step_never_marked(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, max(T - 1, T // 2 + 1), size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written(
    "The first half is one step too long where T is odd: it has T // 2 steps, the second the rest."
)
def first_half_rounded_up(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers((T + 1) // 2, size=N)] = 1
    markers[rows, rng.integers((T + 1) // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written("y has a second axis of length 1. Its shape is (N,), one number an example.")
def target_with_two_axes(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2)
    y = (values * markers).sum(axis=1, keepdims=True)
    return x, y


@ADDING.written("Time is the first axis of x. Its shape is (N, T, 2), the batch first.")
def time_first(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=2).swapaxes(0, 1)
    y = (values * markers).sum(axis=1)
    return x, y


@ADDING.written("The channels are the second axis of x. They belong last: (N, T, 2).")
def channels_in_the_middle(N, T, rng):
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    x = np.stack([values, markers], axis=1)
    y = (values * markers).sum(axis=1)
    return x, y


@BEST.written(
    "The largest correlation is taken with its sign, so a unit that goes against the label is "
    "missed. Take the largest absolute value."
)
def signed_maximum(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(r))
    return unit, float(correlations(h[half:], labels[half:])[unit])


@BEST.written(
    "The unit is chosen on the whole text, also on the half that is to judge it. Choose on "
    "the first half alone."
)
def chosen_on_everything(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h, labels)
    unit = int(np.argmax(np.abs(r)))
    return unit, float(correlations(h[half:], labels[half:])[unit])


@BEST.written("The unit is chosen on the half that judges it, the second. Choose on the first.")
def chosen_where_judged(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[half:], labels[half:])
    unit = int(np.argmax(np.abs(r)))
    return unit, float(correlations(h[half:], labels[half:])[unit])


@BEST.written("The halves are swapped: choose on the first, judge on the second.")
def halves_swapped(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[half:], labels[half:])
    unit = int(np.argmax(np.abs(r)))
    return unit, float(correlations(h[:half], labels[:half])[unit])


@BEST.written(
    "The unit is judged where it was chosen, on the first half: the luck of the choice counts "
    "as merit."
)
def judged_where_chosen(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(np.abs(r)))
    return unit, float(r[unit])


@BEST.written(
    "The unit is judged on the whole text, of which the half it was chosen on is part. Judge "
    "on the second half alone."
)
def judged_on_everything(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(np.abs(r)))
    return unit, float(correlations(h, labels)[unit])


@BEST.written(
    "r is the largest correlation of any unit in the second half, not that of the unit that "
    "was chosen."
)
def best_of_each_half(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(np.abs(r)))
    r = correlations(h[half:], labels[half:])
    return unit, float(r[np.argmax(np.abs(r))])


@BEST.written("r has lost its sign: it says whether the unit goes with the label or against it.")
def sign_lost(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(np.abs(r)))
    return unit, abs(float(correlations(h[half:], labels[half:])[unit]))


@BEST.written("r is squared. The correlation itself is asked for.")
def squared(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(np.abs(r)))
    return unit, float(correlations(h[half:], labels[half:])[unit]) ** 2


@BEST.written(
    "The covariance is taken for the correlation: a unit with large numbers wins whatever it "
    "does. Divide by both standard deviations."
)
def covariance(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        return b @ a / len(b)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(np.abs(r)))
    return unit, float(correlations(h[half:], labels[half:])[unit])


@BEST.written(
    "Only one of the two standard deviations is divided by: the unit's. Divide by that of the "
    "labels, too."
)
def labels_not_scaled(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * len(b))
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(np.abs(r)))
    return unit, float(correlations(h[half:], labels[half:])[unit])


@BEST.written(
    "The means are not subtracted, so a unit that is always large seems to go with every label."
)
def not_centred(h, labels):
    def correlations(h, labels):
        a, b = h, labels
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(np.abs(r)))
    return unit, float(correlations(h[half:], labels[half:])[unit])


@BEST.written(
    "A unit that never changes gives 0 / 0, which is nan, and argmax takes nan for the "
    "largest. Count its correlation as 0."
)
def constant_unit_is_nan(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return b @ a / size

    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(np.abs(r)))
    return unit, float(correlations(h[half:], labels[half:])[unit])


@BEST.written("The numbers are right, but h is centred in place: it belongs to the caller.")
def h_centred_in_place(h, labels):
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
        return np.where(size > 1e-9, b @ a / np.maximum(size, 1e-9), 0)

    h -= h.mean(axis=0)
    labels = np.asarray(labels, dtype=float)
    half = len(labels) // 2
    r = correlations(h[:half], labels[:half])
    unit = int(np.argmax(np.abs(r)))
    return unit, float(correlations(h[half:], labels[half:])[unit])

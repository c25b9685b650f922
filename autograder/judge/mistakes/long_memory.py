"""Unit 10: mistakes in batches of the adding problem, in bits a character, in choosing a unit."""

from autograder.judge.edits import TOLD_ALREADY, Mistakes

ADDING = Mistakes("long_memory", "adding_batch")
BITS = Mistakes("long_memory", "bits_per_character")
BEST = Mistakes("long_memory", "best_unit_probe")


# --- a batch of the adding problem --------------------------------------------------------------

_BOTH_MARKERS = (
    "markers[rows, rng.integers(T // 2, size=N)] = 1\n"
    "    markers[rows, rng.integers(T // 2, T, size=N)] = 1"
)

ADDING.edit(
    "markers_may_coincide",
    "both markers are drawn from all steps, so that they may stand in the same half or even at the "
    "same step. Draw one from each half.",
    "rng.integers(T // 2, size=N) → rng.integers(T, size=N)",
    "rng.integers(T // 2, T, size=N) → rng.integers(T, size=N)",
)
ADDING.edit(
    "markers_in_any_half",
    "two different steps are marked, but both are drawn from all steps. Draw one from each half.",
    f"{_BOTH_MARKERS} → markers[rows[:, None], rng.random((N, T)).argsort(axis=1)[:, :2]] = 1",
)
ADDING.edit(
    "both_in_the_first_half",
    "both markers stand in the first half, so that nothing need be held for long.",
    f"{_BOTH_MARKERS} → "
    "markers[rows[:, None], rng.random((N, max(T // 2, 2))).argsort(axis=1)[:, :2]] = 1",
)
ADDING.edit(
    "one_marker",
    "one step alone is marked, in the first half.",
    "    markers[rows, rng.integers(T // 2, T, size=N)] = 1\n → ",
)
ADDING.edit(
    "target_halved",
    "y is half of what is asked: the mean of the two marked numbers, not their sum.",
    "(values * markers).sum(axis=1) → (values * markers).sum(axis=1) / 2",
)
ADDING.edit(
    "sums_everything",
    "y is the sum of all numbers. The markers say which two count.",
    "(values * markers).sum(axis=1) → values.sum(axis=1)",
)
ADDING.edit(
    "product_for_sum",
    "y is the product of the two marked numbers, not their sum.",
    "(values * markers).sum(axis=1) → np.where(markers == 1, values, 1).prod(axis=1)",
)
ADDING.edit(
    "mean_over_all_steps",
    "y is the marked sum divided by T, as when a mean over all steps is taken. Take the sum.",
    "(values * markers).sum(axis=1) → (values * markers).mean(axis=1)",
)
ADDING.edit(
    "first_marked_alone",
    "y is the first marked number alone. Add both.",
    "(values * markers).sum(axis=1) → values[rows, markers.argmax(axis=1)]",
)
ADDING.edit(
    "numbers_for_markers",
    "the marked steps of x[:, :, 1] hold the numbers themselves. A marker is a 1.",
    "[values, markers] → [values, values * markers]",
)
ADDING.edit(
    "channels_swapped",
    "the two channels have changed places: numbers belong in x[:, :, 0], markers in x[:, :, 1].",
    "[values, markers] → [markers, values]",
)
ADDING.edit(
    "one_draw_of_markers",
    "the markers are drawn once and serve the whole batch. Each example has a draw of its own.",
    "rng.integers(T // 2, size=N) → rng.integers(T // 2)",
    "rng.integers(T // 2, T, size=N) → rng.integers(T // 2, T)",
)
ADDING.edit(
    "one_draw_of_numbers",
    "the numbers are drawn once and serve the whole batch. Each example has numbers of its own.",
    "rng.uniform(size=(N, T)) → np.tile(rng.uniform(size=T), (N, 1))",
)
ADDING.edit(
    "same_batch_on_every_call",
    "every call gives the same batch, as when a generator is seeded inside the function. Use the "
    "rng that was given, as it is.",
    "values = rng. → rng = np.random.default_rng(0)\n    values = rng.",
)
ADDING.edit(
    "global_chance",
    "chance does not come from the rng that was given, but from np.random, say: nobody can repeat "
    "the batch.",
    "values = rng. → rng = np.random.default_rng()\n    values = rng.",
)
ADDING.edit(
    "normal_numbers",
    "the numbers are normally distributed. They should be uniform from 0 to 1.",
    "rng.uniform( → rng.normal(",
)
ADDING.edit(
    "numbers_from_minus_1",
    "the numbers run from -1 to 1. They should run from 0 to 1.",
    "rng.uniform( → rng.uniform(-1, 1, ",
)
ADDING.edit(
    "whole_numbers",
    "the numbers are 0 or 1, and nothing in between. They should be uniform from 0 to 1.",
    "rng.uniform( → rng.integers(2, ",
)
ADDING.edit(
    "unmarked_are_minus_1",
    "steps without a marker hold -1. They should hold 0.",
    "[values, markers] → [values, 2 * markers - 1]",
)
ADDING.edit(
    "last_step_never_marked",
    "the last step is never marked. If it is left out in rng.integers: the upper end is not among "
    "what that draws anyway.",
    "rng.integers(T // 2, T, size=N) → rng.integers(T // 2, max(T - 1, T // 2 + 1), size=N)",
)
ADDING.edit(
    "middle_never_marked",
    "the first step of the second half is never marked. The first half are steps 0 to T // 2 - 1.",
    "rng.integers(T // 2, T, size=N) → rng.integers(min(T // 2 + 1, T - 1), T, size=N)",
)
ADDING.edit(
    "second_marker_follows_the_first",
    "the second marker always stands as far into its half as the first into its own. Draw one for "
    "each half.",
    f"{_BOTH_MARKERS} → first = rng.integers(T // 2, size=N)\n"
    "    markers[rows, first] = markers[rows, T // 2 + first] = 1",
)
ADDING.edit(
    "first_half_rounded_up",
    "the first half is one step too long where T is odd: it has T // 2 steps, the second the rest.",
    "rng.integers(T // 2, size=N) → rng.integers((T + 1) // 2, size=N)",
    "rng.integers(T // 2, T, size=N) → rng.integers((T + 1) // 2, T, size=N)",
)
ADDING.edit(
    "target_with_two_axes",
    "y has a second axis of length 1. Its shape is (N,), one number an example.",
    ".sum(axis=1) → .sum(axis=1, keepdims=True)",
)
ADDING.edit(
    "time_first",
    "time is the first axis of x. Its shape is (N, T, 2), the batch first.",
    "[values, markers], axis=2) → [values.T, markers.T], axis=2)",
)
ADDING.edit(
    "channels_in_the_middle",
    "the channels are the second axis of x. They belong last: (N, T, 2).",
    "axis=2 → axis=1",
)
ADDING.edit(
    "batch_alone",
    "x comes back alone. Return the pair (x, y).",
    "axis=2), y → axis=2)",
)

# --- bits a character ---------------------------------------------------------------------------

#: How many characters learners read at once; the model answer reads 500.
_CHUNKS = (500, 100, 1000)

_LOSS = "loss, _ = softmax_cross_entropy(scores, targets[None])"
_STABLE = "e = np.exp(scores[0] - scores[0].max(axis=1, keepdims=True))\n        "
_P = "e[range(len(targets)), targets] / e.sum(axis=1)"


def _in_chunks(name: str, when: str, *replacements: str) -> None:
    for chunk in _CHUNKS:
        sizes = [] if chunk == 500 else [f"500 → {chunk}"]
        more = f"_of_{chunk}" if sizes else ""
        BITS.edit(name + more, when.format(chunk), *sizes, *replacements)


BITS.edit(
    "nats",
    "the result is in nats. Divide by ln 2, or take log2, to get bits.",
    "nats / len(ids) / np.log(2) → nats / len(ids)",
)
BITS.edit(
    "rest_in_nats",
    "the first character is paid for in bits and all others in nats. Divide those by ln 2.",
    "loss * len(targets) → loss * len(targets) * np.log(2)",
)
BITS.edit(
    "first_in_nats",
    "the price of the first character is in nats: it costs log2 V, not ln V.",
    "np.log(V) → np.log(V) * np.log(2)",
)
BITS.edit(
    "first_is_free",
    "the first character costs nothing. Nothing was read before it: it costs log2 V.",
    "np.log(V) → 0.0",
)
BITS.edit(
    "first_left_out",
    "the first character is left out, of the sum and of the count. It costs log2 V, and L counts "
    "it.",
    "np.log(V) → 0.0",
    "nats / len(ids) → nats / max(len(ids) - 1, 1)",
)
BITS.edit(
    "count_one_too_small",
    "the first character is paid for but not counted: divide by L.",
    "nats / len(ids) → nats / max(len(ids) - 1, 1)",
)
BITS.edit(
    "first_from_zero_state",
    "the first character is predicted from the state of zeros, with the output layer. Before "
    "anything is read each of the V characters is equally likely.",
    'np.log(V) → softmax_cross_entropy(params["b_y"][None, None], ids[None, :1])[0]',
)
BITS.edit(
    "sum_for_mean",
    "the sum over the text comes back. Divide by its number of characters.",
    "nats / len(ids) / np.log(2) → nats / np.log(2)",
)
BITS.edit(
    "targets_not_shifted",
    "each character is predicted after it was read: the target of an input is the character after "
    "it.",
    f"{_LOSS} → loss, _ = softmax_cross_entropy(scores, ids[None, start : start + len(targets)])",
)
BITS.edit(
    "shifted_the_wrong_way",
    "the targets are shifted the wrong way: each step is held against the character before.",
    f"{_LOSS} → "
    "loss, _ = softmax_cross_entropy(scores, np.roll(ids, 1)[None, start : start + len(targets)])",
)
BITS.edit(
    "log_of_mean_probability",
    "the logarithm of the mean probability is taken. Take the mean of the logarithms.",
    "np.log(V) → 1 / V",
    f"{_LOSS} → {_STABLE}loss = np.mean({_P})",
    "nats / len(ids) / np.log(2) → -np.log2(nats / len(ids))",
)
BITS.edit(
    "entropy_of_predictions",
    "the entropy of the predictions is measured: how sure the network is, not how right. Only the "
    "character that came counts.",
    f"{_LOSS} → {_STABLE}p = e / e.sum(axis=1, keepdims=True)\n"
    "        loss = -np.sum(p * np.log(np.maximum(p, 1e-300))) / len(p)",
)
BITS.edit(
    "perplexity",
    "the perplexity comes back, 2 to the power of the bits.",
    "nats / len(ids) / np.log(2) → np.exp(nats / len(ids))",
)
BITS.edit(
    "scores_from_c",
    "the scores are read from the cell state c. The output layer reads h.",
    "output_forward(h, → output_forward(c,",
)
BITS.edit(
    "output_bias_missing",
    "the output bias b_y is left out.",
    'params["W_hy"], params["b_y"] → params["W_hy"], 0 * params["b_y"]',
)
BITS.edit(
    "sign",
    "the sign is wrong: a probability below 1 has a negative logarithm, and bits are minus that.",
    "return nats → return -nats",
)
BITS.edit(
    "means_added",
    "the mean loss of what was read at once is added as if it were a sum. Multiply it by the "
    "number of characters.",
    "loss * len(targets) → loss",
)
_in_chunks(
    "state_reset_at_chunks",
    "the text is read in chunks of {} and each starts from states of zero. Carry h and c on from "
    "chunk to chunk.",
    "        h_t, c_t = h[:, -1], c[:, -1]\n → ",
)
_in_chunks(
    "cell_not_carried",
    "h is carried from one chunk of {} to the next and c is not: the cell state is the long "
    "memory.",
    "h_t, c_t = h[:, -1], c[:, -1] → h_t = h[:, -1]",
)
_in_chunks(
    "hidden_not_carried",
    "c is carried from one chunk of {} to the next and h is not.",
    "h_t, c_t = h[:, -1], c[:, -1] → c_t = c[:, -1]",
)
_in_chunks(
    "boundary_lost",
    "the character at each boundary between chunks of {} is never predicted. The next chunk begins "
    "where this one's targets ended.",
    "len(ids) - 1, chunk) → len(ids) - 1, chunk + 1)",
)
_in_chunks(
    "last_chunk_dropped",
    "what is left over after the last full chunk of {} is dropped.",
    "x = one_hot( → if start and len(targets) < chunk:\n            break\n        x = one_hot(",
)
_in_chunks(
    "mean_of_means",
    "the mean of the means of chunks of {} is taken, so that a short last chunk counts as much as "
    "a full one.",
    "nats += loss * len(targets) → means = [*means, loss] if start else [loss]",
    "return nats / → nats += (len(ids) - 1) * np.mean(means) if len(ids) > 1 else 0\n"
    "    return nats /",
)
BITS.edit(
    "log_of_zero",
    "the logarithm is taken of a probability that has become 0, which gives infinitely many bits. "
    "Take log p from the scores.",
    f"{_LOSS} → {_STABLE}loss = -np.mean(np.log({_P}))",
)
BITS.edit(
    "overflows",
    "large scores overflow: exp of 1000 is infinite. Subtract each row's maximum from the scores "
    "first.",
    f"{_LOSS} → right = scores[0, range(len(targets)), targets]\n"
    "        loss = np.mean(np.log(np.exp(scores[0]).sum(axis=1)) - right)",
)
BITS.edit(
    "probabilities_overflow",
    "large scores overflow: exp of 1000 is infinite. Subtract each row's maximum from the scores "
    "first, and take log p from them.",
    f"{_LOSS} → e = np.exp(scores[0])\n        loss = -np.mean(np.log({_P}))",
)
for _small in (1e-12, 1e-10, 1e-9, 1e-8):
    BITS.edit(
        "small_number_added" + ("" if _small == 1e-12 else f"_of_{_small}"),
        f"a small number, {_small}, is added to p before the logarithm, so that what the network "
        "holds for nearly impossible costs too little. Take log p from the scores.",
        f"{_LOSS} → {_STABLE}loss = -np.mean(np.log({_P} + {_small}))",
    )
BITS.edit(
    "ids_changed_in_place", TOLD_ALREADY, "return nats → ids -= ids.min() - 1\n    return nats"
)

# --- the best unit ------------------------------------------------------------------------------

_R = "np.where(size > 1e-12, b @ a / np.maximum(size, 1e-12), 0)"

BEST.edit(
    "signed_maximum",
    "the largest correlation is taken with its sign, so that a unit that goes against the label is "
    "missed. Take the largest absolute value.",
    "np.argmax(np.abs( → np.argmax((",
)
BEST.edit(
    "chosen_on_everything",
    "the unit is chosen on the whole text, also on the half that is to judge it. Choose on the "
    "first half alone.",
    "h[:half], labels[:half] → h, labels",
)
BEST.edit(
    "chosen_where_judged",
    "the unit is chosen on the half that judges it, the second. Choose on the first.",
    "h[:half], labels[:half] → h[half:], labels[half:]",
)
BEST.edit(
    "halves_swapped",
    "the halves are swapped: choose on the first, judge on the second.",
    "h[:half], labels[:half] → h[half:], labels[half:]",
    "h[half:], labels[half:] → h[:half], labels[:half]",
)
BEST.edit(
    "first_half_rounded_up",
    "the first half is one character too long where L is odd: it has L // 2 characters, the second "
    "the rest.",
    "len(labels) // 2 → (len(labels) + 1) // 2",
)
BEST.edit(
    "judged_where_chosen",
    "the unit is judged where it was chosen, on the first half: the luck of the choice counts as "
    "merit.",
    "h[half:], labels[half:] → h[:half], labels[:half]",
)
BEST.edit(
    "judged_on_everything",
    "the unit is judged on the whole text, of which the half it was chosen on is part. Judge on "
    "the second half alone.",
    "h[half:], labels[half:] → h, labels",
)
BEST.edit(
    "best_of_each_half",
    "r is the largest correlation of any unit in the second half, not that of the unit that was "
    "chosen.",
    "float(correlations(h[half:], labels[half:])[unit]) → "
    "float(max(correlations(h[half:], labels[half:]), key=abs))",
)
BEST.edit(
    "sign_lost",
    "r has lost its sign: it says whether the unit goes with the label or against it.",
    "float( → abs(",
)
BEST.edit("squared", "r is squared. The correlation itself is asked for.", "[unit]) → [unit]) ** 2")
BEST.edit(
    "counted_from_1",
    "units are counted from 1. The first unit is 0.",
    "return unit, → return unit + 1,",
)
BEST.edit(
    "covariance",
    "the covariance is taken for the correlation: a unit with large numbers wins whatever it does. "
    "Divide by both standard deviations.",
    f"{_R} → b @ a / len(b)",
)
BEST.edit(
    "labels_not_scaled",
    "the unit's standard deviation alone is divided by. Divide by that of the labels, too.",
    "(b**2).sum() → len(b)",
)
BEST.edit(
    "sum_over_standard_deviations",
    "a sum of products is divided by standard deviations, which are means. Divide a mean by them, "
    "or take sums in both.",
    "np.sqrt((a**2).sum(axis=0) * (b**2).sum()) → np.sqrt((a**2).mean(axis=0) * (b**2).mean())",
)
BEST.edit(
    "not_centred",
    "the means are not subtracted, so that a unit that is always large seems to go with every "
    "label.",
    "h - h.mean(axis=0), labels - labels.mean() → h, labels",
)
BEST.edit(
    "constant_unit_is_nan",
    "a unit that never changes gives 0 / 0, which is nan, and argmax takes nan for the largest. "
    "Count its correlation as 0.",
    f"{_R} → b @ a / size",
)
BEST.edit(
    "small_changes_count_as_none",
    "a unit that changes little is taken for one that never changes. Only a unit that has the same "
    "value everywhere has correlation 0.",
    "size > 1e-12 → size > 1",
)
BEST.edit(
    "h_centred_in_place",
    TOLD_ALREADY,
    "labels, half = → h -= h.mean(axis=0)\n    labels, half =",
)

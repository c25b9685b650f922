"""Unit 04: mistakes in the temperature and in the loop that writes text."""

from autograder.judge.edits import TOLD_ALREADY, Mistakes

SOFTMAX = Mistakes("sampling", "softmax_temperature")
SAMPLE = Mistakes("sampling", "sample")

#: Mistakes of ``sample`` that show in the likeliest text, each in another way.
IN_THE_NETWORK = (
    *("state_not_carried", "input_not_replaced", "state_put_back_to_zero", "zero_first_state"),
    *("output_bias_missing", "hidden_bias_missing"),
    *("output_from_the_previous_state", "input_column_not_cleared"),
)


# --- softmax_temperature ------------------------------------------------------------------------

SOFTMAX.edit(
    "temperature_multiplies",
    "the scores are multiplied by the temperature. They are divided by it: hot means flat.",
    "below / temperature → below * temperature",
)
SOFTMAX.edit(
    "temperature_ignored_in_softmax",
    "the temperature is not used: this is the plain softmax.",
    "below / temperature → below",
)
SOFTMAX.edit(
    "temperature_on_probabilities",
    "the probabilities are divided by the temperature, after the exponential, so that they no "
    "longer sum to 1. It divides the scores.",
    "return unnormalised / → return unnormalised / temperature /",
)
SOFTMAX.edit(
    "temperature_as_a_power",
    "the probabilities are raised to the power of 1 / temperature and do not sum to 1 after it. "
    "Divide the scores by the temperature, before the sum is taken.",
    "below / temperature → below",
    "return unnormalised / unnormalised.sum(axis=-1, keepdims=True) → "
    "return (unnormalised / unnormalised.sum(axis=-1, keepdims=True)) ** (1 / temperature)",
)
SOFTMAX.edit(
    "maximum_not_divided",
    "the scores are divided by the temperature and the maximum that is subtracted is not: near "
    "temperature 0 the exponents are then as large as without it.",
    "below / temperature → scores / temperature - scores.max(axis=-1, keepdims=True)",
)
SOFTMAX.edit(
    "no_maximum_subtracted",
    "no maximum is subtracted: exp(1000) is too large for a float, and inf / inf is nan.",
    "scores - scores.max(axis=-1, keepdims=True) → scores",
)
SOFTMAX.edit(
    "maximum_of_the_whole_array",
    "the maximum of the whole array is subtracted, not each row's own: a row far below the largest "
    "score becomes 0 / 0.",
    "scores.max(axis=-1, keepdims=True) → scores.max()",
)
SOFTMAX.edit(
    "maximum_of_each_column",
    "the maximum down the batch (axis 0) is subtracted, and each class of a row has another. That "
    "changes the result; one number for a whole row does not.",
    "scores.max(axis=-1 → scores.max(axis=0",
)
SOFTMAX.edit(
    "softmax_over_the_batch",
    "the probabilities sum to 1 down the batch (axis 0). They sum to 1 along the classes, the last "
    "axis.",
    "scores.max(axis=-1 → scores.max(axis=0",
    "unnormalised.sum(axis=-1 → unnormalised.sum(axis=0",
)
SOFTMAX.edit(
    "softmax_over_everything",
    "the whole array sums to 1. Each row is a distribution of its own: sum along the last axis.",
    "scores.max(axis=-1, keepdims=True) → scores.max()",
    "unnormalised.sum(axis=-1, keepdims=True) → unnormalised.sum()",
)
SOFTMAX.edit(
    "axis_dropped",
    "the maximum or the sum of each row has lost its axis: shape (N,) does not fit to (N, V). With "
    "keepdims=True it is (N, 1).",
    "scores.max(axis=-1, keepdims=True) → scores.max(axis=-1)",
    "unnormalised.sum(axis=-1, keepdims=True) → unnormalised.sum(axis=-1)",
)
SOFTMAX.edit(
    "softmax_not_normalised",
    "the exponentials are not divided by their sum, so that they are no probabilities.",
    "return unnormalised / unnormalised.sum(axis=-1, keepdims=True) → return unnormalised",
)
SOFTMAX.edit(
    "log_probabilities",
    "the logarithm of the probabilities comes back.",
    "return unnormalised / unnormalised.sum(axis=-1, keepdims=True) → "
    "return below / temperature - np.log(unnormalised.sum(axis=-1, keepdims=True))",
)
SOFTMAX.edit(
    "divided_scores_returned",
    "the division alone is done: exponential and sum are missing.",
    "return unnormalised / unnormalised.sum(axis=-1, keepdims=True) → return scores / temperature",
)
SOFTMAX.edit(
    "shares_of_the_scores",
    "the scores are divided by their sum without an exponential. Negative scores then give "
    "negative shares.",
    "return unnormalised / unnormalised.sum(axis=-1, keepdims=True) → "
    "return scores / scores.sum(axis=-1, keepdims=True)",
)
SOFTMAX.edit(
    "always_the_largest",
    "all the probability goes to the largest score at every temperature. That is so near "
    "temperature 0 only.",
    "np.exp(below / temperature) → (below == 0) * 1.0",
)
SOFTMAX.edit(
    "softmax_twice",
    "the softmax is taken twice: its own result goes through it again.",
    "return unnormalised / unnormalised.sum(axis=-1, keepdims=True) → "
    "p = np.exp(unnormalised / unnormalised.sum(axis=-1, keepdims=True))\n"
    "    return p / p.sum(axis=-1, keepdims=True)",
)
SOFTMAX.edit(
    "powers_of_two",
    "the base is 2. The softmax takes e to the power of each score.",
    "np.exp( → np.exp2(",
)
SOFTMAX.edit(
    "sigmoid_of_each_score",
    "each score goes through a sigmoid by itself. The softmax lets the classes compete: they share "
    "a sum.",
    "return unnormalised / unnormalised.sum(axis=-1, keepdims=True) → "
    "return 1 / (1 + np.exp(-scores / temperature))",
)
SOFTMAX.edit("softmax_in_place", TOLD_ALREADY, "below = scores - → scores -=", "below / → scores /")
SOFTMAX.edit(
    "temperature_not_checked",
    "a temperature of 0 or below is not refused: 0 gives nan, a negative one prefers the worst. "
    "Raise a ValueError.",
    "not temperature > 0 → False",
)
SOFTMAX.edit(
    "only_zero_refused",
    "temperature 0 is refused and negative ones are not. Both raise a ValueError.",
    "not temperature > 0 → temperature == 0",
)
SOFTMAX.edit(
    "only_negative_refused",
    "negative temperatures are refused and 0 is not. Both raise a ValueError.",
    "not temperature > 0 → temperature < 0",
)
SOFTMAX.edit(
    "only_rows_work",
    "the axis is written as 1, so that scores of shape (V,), a single row, fail. The last axis is "
    "-1 for both.",
    "scores.max(axis=-1 → scores.max(axis=1",
    "unnormalised.sum(axis=-1 → unnormalised.sum(axis=1",
)

# --- sample: the network ------------------------------------------------------------------------

SAMPLE.edit(
    "state_not_carried",
    "the state is not carried on: each step starts from h_0 again, so that the network forgets "
    "what it wrote.",
    "rnn_step_forward(x_t, h_t, → rnn_step_forward(x_t, h_0,",
)
SAMPLE.edit(
    "input_not_replaced",
    "the input stays first_id at every step. The drawn character is the next input.",
    "np.array([last_id]) → np.array([first_id])",
)
SAMPLE.edit(
    "zero_first_state",
    "h_0 is not used: the state starts from zeros, and what the network read before is lost.",
    "= h_0, first_id, [] → = np.zeros_like(h_0), first_id, []",
)
SAMPLE.edit(
    "state_put_back_to_zero",
    "the state is zeros before every step. It is h_0 at first, then the state of the step before.",
    "rnn_step_forward(x_t, h_t, → rnn_step_forward(x_t, 0 * h_t,",
)
SAMPLE.edit(
    "output_from_the_previous_state",
    "the scores are read from the state before this step: they come one character late.",
    "h_t, _ = → h_prev, (h_t, _) = h_t, ",
    "h_t[:, None] → h_prev[:, None]",
)
SAMPLE.edit(
    "output_bias_missing",
    "the output bias b_y is left out.",
    'params["W_hy"], params["b_y"] → params["W_hy"], 0 * params["b_y"]',
)
SAMPLE.edit(
    "hidden_bias_missing",
    "the bias b_h of the step is left out.",
    'params["b_h"] → 0 * params["b_h"]',
)
SAMPLE.edit(
    "probabilities_fed_back",
    "the probabilities are the next input. The network was trained on characters: feed back the "
    "one that was drawn, one-hot.",
    "one_hot(np.array([last_id]), V) → p[None] if ids else one_hot(np.array([first_id]), V)",
)
SAMPLE.edit(
    "likeliest_fed_back",
    "the likeliest character is the next input, not the one that was drawn: text and state tell "
    "different stories.",
    "np.array([last_id]) → np.array([np.argmax(p) if ids else first_id])",
)
SAMPLE.edit(
    "drawn_twice",
    "two draws are made at each step: one goes into the text, another into the network.",
    "np.array([last_id]) → np.array([rng.choice(V, p=p) if ids else first_id])",
)
SAMPLE.edit(
    "input_column_not_cleared",
    "the characters written before stay in the input. One-hot has a single 1, for the last one.",
    "one_hot(np.array([last_id]), V) → np.eye(V)[[first_id, *ids]].max(axis=0, keepdims=True)",
)

# --- sample: the draw ---------------------------------------------------------------------------

SAMPLE.edit(
    "argmax_for_draw",
    "the most probable character is taken every time. Draw one, with these probabilities: else the "
    "text is always the same.",
    "rng.choice(V, p=p) → np.argmax(p)",
)
SAMPLE.edit(
    "temperature_never_used",
    "the temperature is not used: the text is always written at temperature 1.",
    "scores[0, 0], temperature → scores[0, 0], 1.0",
)
SAMPLE.edit(
    "scores_times_temperature",
    "the scores are multiplied by the temperature. They are divided by it.",
    "scores[0, 0], temperature → scores[0, 0], 1 / temperature",
)
SAMPLE.edit(
    "drawn_evenly",
    "every character is drawn with the same probability: the probabilities are not used in the "
    "draw.",
    "rng.choice(V, p=p) → rng.choice(V)",
)
SAMPLE.edit(
    "global_chance",
    "the draw does not use the rng that was given, but np.random, say: nobody can repeat the text.",
    "rng.choice(V, p=p) → np.random.choice(V, p=p)",
)
SAMPLE.edit(
    "reseeded_at_every_draw",
    "the generator is seeded anew at every draw, so that each draw uses the same random number. "
    "Use the rng that was given, as it is.",
    "rng.choice(V, p=p) → np.random.default_rng(0).choice(V, p=p)",
)
SAMPLE.edit(
    "seeded_at_every_call",
    "the generator is seeded inside the function, so that every call writes the same text. Use the "
    "rng that was given, as it is.",
    "h_t, last_id, → rng = np.random.default_rng(0)\n    h_t, last_id,",
)

# --- sample: the text ---------------------------------------------------------------------------

SAMPLE.edit(
    "first_id_in_the_result",
    "first_id stands at the start of the result. It was given, not drawn: only drawn characters "
    "come back.",
    "= h_0, first_id, [] → = h_0, first_id, [first_id]",
)
SAMPLE.edit(
    "first_id_counted",
    "the result starts with first_id and has one drawn character too few: only drawn characters "
    "come back, as many as length says.",
    "= h_0, first_id, [] → = h_0, first_id, [first_id]",
    "range(length) → range(length - 1)",
)
SAMPLE.edit(
    "one_character_too_few", "one character too few is drawn.", "range(length) → range(length - 1)"
)
SAMPLE.edit(
    "one_character_too_many",
    "one character too many is drawn.",
    "range(length) → range(length + 1)",
)
SAMPLE.edit(
    "stop_ignored",
    "stop_id is ignored: the text always has the full length.",
    "last_id == stop_id → False",
)
SAMPLE.edit(
    "stop_character_left_out",
    "the stop character is missing from the result. It was drawn, so it is the last one.",
    "ids.append(last_id)\n        if last_id == stop_id:\n            break → "
    "if last_id == stop_id:\n            break\n        ids.append(last_id)",
)
SAMPLE.edit(
    "stop_zero_overlooked",
    "stop character 0 is taken for no stop character. If the loop asks `if stop_id`: 0 counts as "
    "false. Compare with None.",
    "if last_id → if stop_id and last_id",
)
SAMPLE.edit(
    "stop_looked_for_in_the_input",
    "the loop ends where the input is the stop character, so that nothing is drawn if first_id is. "
    "Only a character that was drawn ends the text.",
    "x_t = one_hot → if last_id == stop_id:\n            break\n        x_t = one_hot",
)
SAMPLE.edit(
    "stops_one_late",
    "it stops one character late, as when the stop character is looked for at the next input.",
    "if last_id == stop_id → if len(ids) > 1 and ids[-2] == stop_id",
)
SAMPLE.edit(
    "filled_up_after_stop",
    "the result is filled up to the full length after the stop character. It ends with the stop "
    "character.",
    "np.array(ids) → np.array(ids + [last_id] * (length - len(ids)))",
)
SAMPLE.edit(
    "scores_for_probabilities",
    "probabilities come back. Return the ids that were drawn.",
    "ids.append(last_id) → ids.append(p)",
)
SAMPLE.edit(
    "only_the_first_character",
    "the first character alone comes back. If the return stands inside the loop, it ends on its "
    "first round.",
    "if last_id == stop_id: → if True:",
)
SAMPLE.edit(
    "only_the_last_character",
    "the last character alone comes back. Return all of them, in the order of drawing.",
    "np.array(ids) → np.array(last_id)",
)
SAMPLE.edit("state_written_into_h_0", TOLD_ALREADY, "h_t, _ = → h_t[:], _ =")

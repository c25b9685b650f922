"""Unit 04: mistakes in the temperature and in the loop that writes text.

Written as a learner would write them. The functions are called after their mistake.
"""

import numpy as np

from autograder.judge.edits import Mistakes

SOFTMAX = Mistakes("sampling", "softmax_temperature")
SAMPLE = Mistakes("sampling", "sample")


@SOFTMAX.written(
    "The scores are multiplied by the temperature. They are divided by it: hot means flat."
)
def temperature_multiplies(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = scores * temperature
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@SOFTMAX.written("The temperature is never used: this is the plain softmax.")
def temperature_ignored_in_softmax(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@SOFTMAX.written(
    "The temperature divides the probabilities, after the exponential, so they no longer sum "
    "to 1. It divides the scores."
)
def temperature_on_probabilities(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return p / temperature


@SOFTMAX.written(
    "No maximum is subtracted: exp(1000) is too large for a float, and inf / inf is nan."
)
def no_maximum_subtracted(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    e = np.exp(scores / temperature)
    return e / e.sum(axis=-1, keepdims=True)


@SOFTMAX.written(
    "The maximum of the whole array is subtracted, not each row's own: a row far below the "
    "largest score becomes 0 / 0."
)
def maximum_of_the_whole_array(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = scores / temperature
    e = np.exp(z - z.max())
    return e / e.sum(axis=-1, keepdims=True)


@SOFTMAX.written(
    "The probabilities sum to 1 down the batch (axis 0). They sum to 1 along the classes, the "
    "last axis."
)
def softmax_over_the_batch(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = scores / temperature
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@SOFTMAX.written(
    "The whole array sums to 1. Each row is a distribution of its own: sum along the last axis."
)
def softmax_over_everything(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = scores / temperature
    e = np.exp(z - z.max())
    return e / e.sum()


@SOFTMAX.written("The exponentials are not divided by their sum, so they are no probabilities.")
def softmax_not_normalised(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = scores / temperature
    return np.exp(z - z.max(axis=-1, keepdims=True))


@SOFTMAX.written("What comes back is the logarithm of the probabilities.")
def log_probabilities(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = scores / temperature
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@SOFTMAX.written("Only the division is done: exponential and sum are missing.")
def divided_scores_returned(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    return scores / temperature


@SOFTMAX.written(
    "The scores are divided by their sum without the exponential; negative ones then give "
    "negative shares."
)
def shares_of_the_scores(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = scores / temperature
    return z / z.sum(axis=-1, keepdims=True)


@SOFTMAX.written(
    "All the probability goes to the largest score at every temperature. That is so near "
    "temperature 0 only."
)
def always_the_largest(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    return (scores == scores.max(axis=-1, keepdims=True)).astype(float)


@SOFTMAX.written("The softmax is taken twice: its own result goes through it again.")
def softmax_twice(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    p = scores / temperature
    for _ in range(2):
        e = np.exp(p - p.max(axis=-1, keepdims=True))
        p = e / e.sum(axis=-1, keepdims=True)
    return p


@SOFTMAX.written("The base is 2. The softmax takes e to the power of each score.")
def powers_of_two(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = scores / temperature
    e = np.exp2(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@SOFTMAX.written(
    "Each score goes through a sigmoid by itself. The softmax lets the classes compete: they "
    "share a sum."
)
def sigmoid_of_each_score(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    return 1 / (1 + np.exp(-scores / temperature))


@SOFTMAX.written(
    "The numbers are right, but they are computed inside scores, which belongs to the caller. "
    "Begin with a new array."
)
def softmax_in_place(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    scores -= scores.max(axis=-1, keepdims=True)
    e = np.exp(scores / temperature)
    return e / e.sum(axis=-1, keepdims=True)


@SOFTMAX.written(
    "A temperature of 0 or below is not refused: 0 gives nan, a negative one prefers the "
    "worst. Raise a ValueError."
)
def temperature_not_checked(scores, temperature):
    z = scores - scores.max(axis=-1, keepdims=True)
    e = np.exp(z / temperature)
    return e / e.sum(axis=-1, keepdims=True)


@SOFTMAX.written("Temperature 0 is refused, negative ones are not. Both raise a ValueError.")
def only_zero_refused(scores, temperature):
    if temperature == 0:
        raise ValueError("temperature must not be 0")
    z = scores / temperature
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@SOFTMAX.written(
    "The axis is written as 1, so scores of shape (V,), a single row, fail. The last axis is "
    "-1 for both."
)
def only_rows_work(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = scores / temperature
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@SAMPLE.written(
    "The most probable character is taken every time. Draw one, with these probabilities: "
    "else the text is always the same."
)
def argmax_for_draw(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(np.argmax(p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "The state is not carried on: each step starts from h_0 again, so the network forgets "
    "what it wrote."
)
def state_not_carried(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h_0 @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("The input stays first_id at every step. The drawn character is the next input.")
def input_not_replaced(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, first_id] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "h_0 is not used: the state starts from zeros, and what the network read before is lost."
)
def zero_first_state(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = np.zeros_like(h_0), first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("The state is set to zeros at every step.")
def state_put_back_to_zero(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + 0 * h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("The temperature is not used: the text is always written at temperature 1.")
def temperature_never_used(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp(scores - scores.max())
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("The scores are multiplied by the temperature. They are divided by it.")
def scores_times_temperature(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        z = scores * temperature
        e = np.exp(z - z.max())
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "Every character is drawn with the same probability: the probabilities are not used in "
    "the draw."
)
def drawn_evenly(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        last = int(rng.integers(V))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("The draw uses np.random, not the rng that was given: nobody can repeat the text.")
def global_chance(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(np.random.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "The generator is seeded anew at every draw, so each draw uses the same random number. "
    "Use the rng that was given, as it is."
)
def reseeded_at_every_draw(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        rng = np.random.default_rng(0)
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "The generator is seeded inside the function, so every call writes the same text. Use the "
    "rng that was given, as it is."
)
def seeded_at_every_call(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    rng = np.random.default_rng(0)
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "first_id stands at the start of the result. It was given, not drawn: only drawn "
    "characters come back."
)
def first_id_in_the_result(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, [first_id]
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "The result starts with first_id and has one drawn character too few: only drawn "
    "characters come back, as many as length says."
)
def first_id_counted(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, [first_id]
    for _ in range(length - 1):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("One character too few is drawn.")
def one_character_too_few(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length - 1):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("One character too many is drawn.")
def one_character_too_many(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length + 1):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("stop_id is ignored: the text always has the full length.")
def stop_ignored(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
    return np.array(ids)


@SAMPLE.written(
    "The stop character is missing from the result. It was drawn, so it is the last one."
)
def stop_character_left_out(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        if last == stop_id:
            break
        ids.append(last)
    return np.array(ids)


@SAMPLE.written(
    "Stop character 0 is taken for no stop character, because 0 counts as false in an if. "
    "Compare with None."
)
def stop_zero_overlooked(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if stop_id and last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "It stops one character late: it looks for the stop character before drawing, at the input."
)
def stops_one_late(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if len(ids) > 1 and ids[-2] == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "After the stop character the result is filled up to the full length. It ends with the "
    "stop character."
)
def filled_up_after_stop(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids + [last] * (length - len(ids)))


@SAMPLE.written(
    "The scores are read from the state before this step: they come one character late."
)
def output_from_the_previous_state(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("The output bias b_y is left out.")
def output_bias_missing(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("The bias b_h of the step is left out.")
def hidden_bias_missing(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "The probabilities are the next input. The network was trained on characters: feed back "
    "the one that was drawn, one-hot."
)
def probabilities_fed_back(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    x = np.eye(V)[[first_id]]
    for _ in range(length):
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        x = p[None, :]
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "The likeliest character is the next input, not the one that was drawn: text and state "
    "tell different stories."
)
def likeliest_fed_back(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, fed, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, fed] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last, fed = int(rng.choice(V, p=p)), int(np.argmax(p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written(
    "Two draws are made at each step: one goes into the text, another into the network."
)
def drawn_twice(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, fed, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, fed] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last, fed = int(rng.choice(V, p=p)), int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("The one-hot input is never cleared: the characters written before stay in it.")
def input_column_not_cleared(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    x = np.zeros((1, V))
    for _ in range(length):
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("What comes back are probabilities. Return the ids that were drawn.")
def scores_for_probabilities(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(p)
        if last == stop_id:
            break
    return np.array(ids)


@SAMPLE.written("Only the last character comes back. Return all of them, in the order of drawing.")
def only_the_last_character(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(last)


@SAMPLE.written(
    "The numbers are right, but the states are written into h_0, which belongs to the caller: "
    "the next text starts from another state."
)
def state_written_into_h_0(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = np.zeros((1, V))
        x[0, last] = 1
        h[:] = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        scores = (h @ params["W_hy"] + params["b_y"])[0]
        e = np.exp((scores - scores.max()) / temperature)
        p = e / e.sum()
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)

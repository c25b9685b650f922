"""Unit 10: mistakes in measuring bits a character.

The LSTM is unit 08's, which notebooks of this unit may import.
"""

import numpy as np

from autograder.judge.edits import Mistakes

BITS = Mistakes("long_memory", "bits_per_character")


@BITS.written("The result is in nats. Divide by ln 2, or take log2, to get bits.")
def nats(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum()
    return float(bits / len(ids))


@BITS.written("Only the price of the first character is in nats: it costs log2 V, not ln V.")
def first_in_nats(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written("Every chunk starts from states of zero. Carry h and c on from chunk to chunk.")
def state_reset_at_chunks(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, _, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written("h is carried from chunk to chunk, c is not: the cell state is the long memory.")
def cell_not_carried(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, _, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t = h[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written("c is carried from chunk to chunk, h is not.")
def hidden_not_carried(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        c_t = c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written("The first character costs nothing. Nothing was read before it: it costs log2 V.")
def first_is_free(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = 0.0
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written(
    "The first character is left out, of the sum and of the count. It costs log2 V, and L "
    "counts it."
)
def first_left_out(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = 0.0
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / max(len(ids) - 1, 1))


@BITS.written("The first character is paid for but not counted: divide by L.")
def count_one_too_small(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / max(len(ids) - 1, 1))


@BITS.written(
    "The first character is predicted from the state of zeros, with the output layer. Before "
    "anything is read each of the V characters is equally likely."
)
def first_from_zero_state(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    first = params["b_y"] - params["b_y"].max()
    bits = -(first[ids[0]] - np.log(np.exp(first).sum())) / np.log(2)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written("The result is the sum over the text. Divide by its number of characters.")
def sum_for_mean(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits)


@BITS.written(
    "Each character is predicted after it was read: the target of an input is the character "
    "after it."
)
def targets_not_shifted(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[:-1]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written(
    "The targets are shifted the wrong way: each step is held against the character before."
)
def shifted_the_wrong_way(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), np.roll(chunk, 1)[:-1]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written(
    "The character at each boundary between chunks is never predicted. The next chunk begins "
    "where this one's targets ended."
)
def boundary_lost(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 101):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written("What is left over after the last full chunk is dropped.")
def last_chunk_dropped(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        if start and len(chunk) < 101:
            break
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written(
    "The mean of the chunks' means is taken, so a short last chunk counts as much as a full one."
)
def mean_of_means(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    means = []
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        means.append(-log_p[np.arange(len(chunk) - 1), chunk[1:]].mean() / np.log(2))
    if not means:
        return float(np.log2(V))
    return float((np.log2(V) + (len(ids) - 1) * np.mean(means)) / len(ids))


@BITS.written("The logarithm of the mean probability is taken. Take the mean of the logarithms.")
def log_of_mean_probability(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    p_right = [1 / V]
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        p_right += list(np.exp(log_p[np.arange(len(chunk) - 1), chunk[1:]]))
    return float(-np.log2(np.mean(p_right)))


@BITS.written(
    "Large scores overflow: exp of 1000 is infinite. Subtract each row's maximum from the "
    "scores first."
)
def overflows(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written(
    "A small number is added to p before the logarithm, so what the network holds for nearly "
    "impossible costs too little. Take log p from the scores."
)
def small_number_added(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        log_p = np.log(p + 1e-12)
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written(
    "The logarithm is taken of a probability that has become 0, which gives infinitely many "
    "bits. Take log p from the scores."
)
def log_of_zero(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        log_p = np.log(p)
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written(
    "This is the entropy of the predictions: how sure the network is, not how right. Only the "
    "character that came counts."
)
def entropy_of_predictions(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= (np.exp(log_p) * log_p).sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written("This is the perplexity, 2 to the power of the bits.")
def perplexity(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(2 ** (bits / len(ids)))


@BITS.written("The scores are read from the cell state c. The output layer reads h.")
def scores_from_c(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = c[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written("The output bias b_y is left out.")
def output_bias_missing(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(bits / len(ids))


@BITS.written(
    "The sign is wrong: a probability below 1 has a negative logarithm, and bits are minus that."
)
def sign(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    return float(-bits / len(ids))


@BITS.written("The numbers are right, but ids is changed in place: it belongs to the caller.")
def ids_changed_in_place(params, ids):
    from rnn_ref.lstm import lstm_forward

    V, H = params["W_hy"].shape[1], params["W_hy"].shape[0]
    h_t, c_t = np.zeros((1, H)), np.zeros((1, H))
    bits = np.log2(V)
    for start in range(0, len(ids) - 1, 100):
        chunk = ids[start : start + 101]
        x = np.eye(V)[chunk[:-1]][None]
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        bits -= log_p[np.arange(len(chunk) - 1), chunk[1:]].sum() / np.log(2)
    ids -= ids.min() - 1
    return float(bits / len(ids))

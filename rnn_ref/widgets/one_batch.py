"""One batch of a character RNN, forward and back, made of whatever functions are handed in."""

from collections.abc import Callable
from typing import Any

from rnn_ref import char_lm
from rnn_ref.clipping import Arrays, Batch, FloatArray
from rnn_ref.outputs import output_backward, output_forward, softmax_cross_entropy


def loss_and_gradients(
    params: Arrays,
    batch: Batch,
    h_0: FloatArray,
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    one_hot: Callable[..., Any] = char_lm.one_hot,
) -> tuple[float, Arrays, FloatArray]:
    """What ``loss_and_gradients`` of unit 07 returns, by other parts than its own.

    Parameters
    ----------
    forward, backward, one_hot : functions
        With the signatures of ``rnn_forward``, ``rnn_backward`` and ``one_hot``.
    """
    inputs, targets = batch
    x = one_hot(inputs, len(params["b_y"]))  # (N, T, V)
    h, cache = forward(x, h_0, params["W_xh"], params["W_hh"], params["b_h"])
    scores, output_cache = output_forward(h, params["W_hy"], params["b_y"])
    loss, dscores = softmax_cross_entropy(scores, targets)
    dh, dW_hy, db_y = output_backward(dscores, output_cache)
    _, _, dW_xh, dW_hh, db_h = backward(dh, cache)
    grads = {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "W_hy": dW_hy, "b_y": db_y}
    return loss, grads, h[:, -1]

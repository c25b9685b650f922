"""What the scripts that train on the standard library share: the loop and the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm  # type: ignore[import-untyped]

from rnn_ref.char_lm import build_vocabulary, encode, make_batches
from rnn_ref.clipping import Arrays, Batch, adam_step, clip_by_global_norm
from rnn_ref.widgets.clipping_training import library_source

States = tuple[Any, ...]
LossAndGradients = Callable[[Arrays, Batch, States], tuple[float, Arrays, States]]
"""From (params, batch, states) to (loss, gradients, last states)."""


def train_and_save(
    file: Path,
    first_weights: Callable[[int], Arrays],
    loss_and_gradients: LossAndGradients,
    *,
    states: States,
    size: tuple[int, int],
    epochs: int,
    rate: float,
    largest_gradient: float,
) -> None:
    """Train a character model by Adam; save its weights, its vocabulary, its loss.

    Parameters
    ----------
    file : Path
        Gets the weights in half precision, and the vocabulary as code points.
    first_weights : function of V
    loss_and_gradients : function
    states : tuple of float32 arrays
        To begin each pass with.
    size : pair of int
        Rows and time steps of a batch.
    epochs : int
        Passes through the text.
    rate : float
        Falls to a tenth of it, evenly.
    largest_gradient : float
        The norm to which gradients are clipped.
    """
    text = library_source()
    char_to_id, id_to_char = build_vocabulary(text)
    params, adam = first_weights(len(char_to_id)), None
    batches = list(zip(*make_batches(encode(text, char_to_id), *size), strict=True))
    steps = epochs * len(batches)
    losses: list[float] = []
    for step in tqdm(range(steps), unit="step"):
        if step % len(batches) == 0:
            now, losses = states, []
        loss, gradients, now = loss_and_gradients(params, batches[step % len(batches)], now)
        losses.append(loss)
        clipped, _ = clip_by_global_norm(gradients, largest_gradient)
        params, adam = adam_step(params, clipped, adam, rate * (1 - 0.9 * step / steps))
    arrays: dict[str, Any] = {name: array.astype(np.float16) for name, array in params.items()}
    arrays["characters"] = np.array([ord(id_to_char[i]) for i in range(len(id_to_char))])
    np.savez_compressed(file, **arrays, loss=np.mean(losses))
    print(f"{len(text)} characters read, {np.mean(losses):.3f} nats a character at the end.")
    print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")

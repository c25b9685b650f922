"""Train the small LSTM whose gates unit 08 shows, and save it as lstm_weights.npz.

It reads source code of Python's standard library, one character after the other, and learns to say
the next. Run it with ``python rnn_ref/data/make_lstm_weights.py``: it takes about two minutes.
Another Python version has another library and gives other weights.

The file that lies here was made on 2026-11-22 by an earlier, longer ``rnn_ref.fused``, in about the
time told above; today's gives the same up to rounding.
"""

import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm  # type: ignore[import-untyped]

from rnn_ref.char_lm import build_vocabulary, encode, make_batches, one_hot
from rnn_ref.clipping import adam_step, clip_by_global_norm
from rnn_ref.fused import lstm_backward, lstm_forward
from rnn_ref.outputs import output_backward, output_forward, softmax_cross_entropy

FILE = Path(__file__).with_name("lstm_weights.npz")
MODULES = "argparse ast bdb cmd copy csv difflib fractions heapq inspect shutil statistics textwrap"
H, N, T = 64, 32, 64
EPOCHS = 12
RATE = 6e-3  # falls to a tenth of it, evenly
LARGEST_GRADIENT = 1.0

Arrays = dict[str, npt.NDArray[np.floating[Any]]]


def library_text() -> str:
    """The modules' text, one after the other, without the few characters that are not ASCII."""
    folder = Path(sysconfig.get_path("stdlib"))
    texts = [(folder / f"{name}.py").read_text(encoding="utf-8") for name in MODULES.split()]
    return "".join(c for c in "".join(texts) if c == "\n" or " " <= c <= "~")


def first_weights(V: int, rng: np.random.Generator) -> Arrays:
    """Small random weights; the forget gates begin nearly open, so that cells can hold."""
    shapes = {"W_xh": (V, 4 * H), "W_hh": (H, 4 * H), "W_hy": (H, V)}
    weights: Arrays = {name: rng.normal(size=s) / np.sqrt(H) for name, s in shapes.items()}
    weights["b"] = np.repeat([0.0, 1.0, 0.0, 0.0], H)  # i, f, o, g
    weights["b_y"] = np.zeros(V)
    return {name: array.astype(np.float32) for name, array in weights.items()}


def loss_and_gradients(
    params: Arrays, inputs: Any, targets: Any, h_0: Any, c_0: Any
) -> tuple[float, Arrays, Any, Any]:
    """Mean loss in nats a character, its gradients through T steps, and the last states."""
    cell = (params["W_xh"], params["W_hh"], params["b"])
    x = one_hot(inputs, len(params["b_y"])).astype(np.float32)  # (N, T, V)
    h, c, cache = lstm_forward(x, h_0, c_0, *cell)
    scores, output_cache = output_forward(h, params["W_hy"], params["b_y"])
    loss, dscores = softmax_cross_entropy(scores, targets)
    dh, dW_hy, db_y = output_backward(dscores, output_cache)
    _, _, _, dW_xh, dW_hh, db = lstm_backward(dh, cache)
    gradients = {"W_xh": dW_xh, "W_hh": dW_hh, "b": db, "W_hy": dW_hy, "b_y": db_y}
    return loss, gradients, h[:, -1].copy(), c[:, -1].copy()


def train(ids: npt.NDArray[Any], V: int) -> tuple[Arrays, float]:
    """Weights after EPOCHS passes by Adam, and the mean loss of the last pass."""
    params, state = first_weights(V, np.random.default_rng(8)), None
    inputs, targets = make_batches(ids, N, T)  # (B, N, T)
    steps = EPOCHS * len(inputs)
    losses: list[float] = []
    for step in tqdm(range(steps), unit="step"):
        batch = step % len(inputs)
        if batch == 0:
            h, c, losses = np.zeros((N, H), np.float32), np.zeros((N, H), np.float32), []
        loss, gradients, h, c = loss_and_gradients(params, inputs[batch], targets[batch], h, c)
        losses.append(loss)
        clipped, _ = clip_by_global_norm(gradients, LARGEST_GRADIENT)
        rate = RATE * (1 - 0.9 * step / steps)
        params, state = adam_step(params, clipped, state, rate)
    return params, float(np.mean(losses))


def main() -> None:
    """Train and save: the weights in half precision, and the vocabulary as code points."""
    text = library_text()
    char_to_id, id_to_char = build_vocabulary(text)
    params, loss = train(encode(text, char_to_id), len(char_to_id))
    arrays: dict[str, Any] = {name: array.astype(np.float16) for name, array in params.items()}
    arrays["characters"] = np.array([ord(id_to_char[i]) for i in range(len(id_to_char))])
    np.savez_compressed(FILE, **arrays, loss=loss)
    print(f"{len(text)} characters read, {loss:.3f} nats a character at the end.")
    print(f"{FILE.name}: {FILE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

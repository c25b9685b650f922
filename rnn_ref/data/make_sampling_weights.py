"""Train the small network that unit 04 samples from, and save it as sampling_weights.npz.

A plain RNN reads source code of Python's standard library, which every Python brings along, one
character after the other. Run it with ``python rnn_ref/data/make_sampling_weights.py``: it takes
about two minutes. Another Python version has another library and gives other weights.
"""

import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm  # type: ignore[import-untyped]

from rnn_ref.char_lm import build_vocabulary, encode, make_batches, one_hot

FILE = Path(__file__).with_name("sampling_weights.npz")
MODULES = "argparse ast bdb cmd copy csv difflib fractions heapq inspect shutil statistics textwrap"
H, N, T = 192, 32, 50
EPOCHS = 10
RATE = 4e-3  # falls to a tenth of it, evenly
LARGEST_GRADIENT = 5.0

Arrays = dict[str, npt.NDArray[np.float32]]


def library_text() -> str:
    """The modules' text, one after the other, without the few characters that are not ASCII."""
    folder = Path(sysconfig.get_path("stdlib"))
    texts = [(folder / f"{name}.py").read_text(encoding="utf-8") for name in MODULES.split()]
    return "".join(c for c in "".join(texts) if c == "\n" or " " <= c <= "~")


def first_weights(V: int, rng: np.random.Generator) -> Arrays:
    """Small random weights; the recurrent ones orthogonal, so that early gradients last."""
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, V), "b_y": (V,)}
    weights = {
        name: rng.normal(size=shape) / np.sqrt(H) if len(shape) == 2 else np.zeros(shape)
        for name, shape in shapes.items()
    }
    weights["W_hh"] = np.linalg.qr(rng.normal(size=(H, H)))[0]
    return {name: array.astype(np.float32) for name, array in weights.items()}


def loss_and_gradients(
    params: Arrays, inputs: Any, targets: Any, h_0: Any
) -> tuple[float, Arrays, Any]:
    """Mean loss in nats a character, its gradients through T steps, and the last state."""
    V = len(params["b_y"])
    x = one_hot(inputs, V).astype(np.float32)  # (N, T, V)
    projected = params["W_xh"][inputs] + params["b_h"]  # (N, T, H)
    h = np.empty_like(projected)
    state = h_0
    for t in range(T):
        state = h[:, t] = np.tanh(projected[:, t] + state @ params["W_hh"])
    scores = h @ params["W_hy"] + params["b_y"]
    scores -= scores.max(axis=-1, keepdims=True)
    dscores = np.exp(scores)
    dscores /= dscores.sum(axis=-1, keepdims=True)
    right = np.take_along_axis(dscores, targets[..., None], axis=-1)
    loss = float(-np.log(right + 1e-30).mean())
    dscores = (dscores - one_hot(targets, V).astype(np.float32)) / targets.size
    dh = dscores @ params["W_hy"].T
    da, carried = np.empty_like(h), np.zeros_like(h_0)
    for t in reversed(range(T)):
        da[:, t] = (dh[:, t] + carried) * (1 - h[:, t] ** 2)
        carried = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h_0[:, None], h[:, :-1]], axis=1)
    gradients = {
        "W_xh": np.tensordot(x, da, 2 * ([0, 1],)),
        "W_hh": np.tensordot(before, da, 2 * ([0, 1],)),
        "b_h": da.sum(axis=(0, 1)),
        "W_hy": np.tensordot(h, dscores, 2 * ([0, 1],)),
        "b_y": dscores.sum(axis=(0, 1)),
    }
    return loss, gradients, state


def train(ids: npt.NDArray[Any], V: int) -> tuple[Arrays, float]:
    """Weights after EPOCHS passes by Adam, and the mean loss of the last pass."""
    params = first_weights(V, np.random.default_rng(4))
    means, squares = ({k: np.zeros_like(a) for k, a in params.items()} for _ in range(2))
    inputs, targets = make_batches(ids, N, T)  # (B, N, T)
    steps = EPOCHS * len(inputs)
    losses: list[float] = []
    for step in tqdm(range(steps), unit="step"):
        batch = step % len(inputs)
        if batch == 0:
            h_0, losses = np.zeros((N, H), np.float32), []
        loss, gradients, h_0 = loss_and_gradients(params, inputs[batch], targets[batch], h_0)
        losses.append(loss)
        norm = np.sqrt(sum(float((g**2).sum()) for g in gradients.values()))
        rate = RATE * (1 - 0.9 * step / steps)
        for name, gradient in gradients.items():
            g = gradient * min(1.0, LARGEST_GRADIENT / norm)
            means[name] += 0.1 * (g - means[name])
            squares[name] += 0.001 * (g**2 - squares[name])
            first, second = 1 - 0.9 ** (step + 1), 1 - 0.999 ** (step + 1)
            size = np.sqrt(squares[name] / second) + 1e-8
            params[name] -= (rate * means[name] / first / size).astype(np.float32)
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

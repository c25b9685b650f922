"""Three ways to tame a draw: a temperature, the k likeliest, the nucleus; as bars and as texts."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnn_ref.char_lm import decode
from rnn_ref.plotting import INK, LOOKS, MUTED, course_style, new_figure
from rnn_ref.sampling import FloatArray, next_scores, read_prime, softmax_temperature
from rnn_ref.widgets.sampling_model import DemoModel, load_model
from rnn_ref.widgets.text_learning import column_html, side_by_side
from rnn_ref.widgets.text_training import beginning_of, text_of

PLACES = ("    els", "    return ")
"""One where little is possible, one where much is."""
COLD, K, SHARE = 0.5, 3, 0.9
BARS = 10
LENGTH, SEED = 220, 4
TITLE = "A nucleus shrinks where little is possible and grows where much is"
_SIGNS = {" ": "␣", "\n": "↵"}

Way = Callable[[FloatArray], FloatArray]
"""From scores (V,) to probabilities (V,)."""


def top_k(p: FloatArray, k: int) -> FloatArray:
    """Keep the k likeliest of probabilities (V,), in their old proportions."""
    kept = np.zeros_like(p)
    places = np.argsort(-p, kind="stable")[:k]
    kept[places] = p[places]
    return np.asarray(kept / kept.sum())


def nucleus(p: FloatArray, share: float) -> FloatArray:
    """Keep the fewest likely ones that make up at least `share`, in their old proportions.

    Source: Holtzman and others, "The curious case of neural text degeneration" (2019).
    """
    ordered = np.sort(p)[::-1]
    before = np.cumsum(ordered) - ordered
    return top_k(p, int(np.count_nonzero(before < share)))


WAYS: dict[str, tuple[str, Way]] = {
    "as learned": ("temperature 1", lambda scores: softmax_temperature(scores, 1.0)),
    "cold": (f"temperature {COLD}", lambda scores: softmax_temperature(scores, COLD)),
    "top-k": (f"the {K} likeliest", lambda scores: top_k(softmax_temperature(scores, 1.0), K)),
    "nucleus": (f"{SHARE:.0%} together", lambda s: nucleus(softmax_temperature(s, 1.0), SHARE)),
}


def cuts_picture() -> tuple[Figure, str]:
    """Return bars for two places and the three ways, and the alt text; the saved network's."""
    model, kept = load_model(), {}
    with course_style():
        figure = new_figure(3.9)
        figure.suptitle(TITLE, x=0.01, ha="left", fontsize=11, fontweight="bold")
        rows = figure.subplots(len(PLACES), 3, sharey=True)
        for row, prime in zip(rows, PLACES, strict=True):
            scores = model.scores_after(prime)
            for axes, name in zip(row, ("cold", "top-k", "nucleus"), strict=True):
                p = WAYS[name][1](scores)
                kept[prime, name] = int(np.count_nonzero(p))
                _bars(axes, scores, p, model.id_to_char)
                possible = f"{kept[prime, name]} possible"
                axes.text(BARS - 0.5, 0.95, possible, ha="right", va="top", fontsize=9)
                if prime == PLACES[0]:
                    axes.set_title(f"{name}: {WAYS[name][0]}", fontsize=9.5, pad=4)
            row[0].set_ylabel(f"after “{prime.lstrip()}”", color=INK)
    few, many = (kept[prime, "nucleus"] for prime in PLACES)
    alt = (
        f"Probabilities of the next character at two places. A low temperature reshapes all bars, "
        f"top-k keeps {K} at both places, the nucleus of {SHARE:.0%} keeps {few} after "
        f"“{PLACES[0].lstrip()}” and {many} after “{PLACES[1].lstrip()}”."
    )
    return figure, alt


def _bars(axes: Axes, scores: FloatArray, p: FloatArray, id_to_char: dict[int, str]) -> None:
    plain = softmax_temperature(scores, 1.0)
    order = np.argsort(-scores, kind="stable")[:BARS]
    places, look = np.arange(BARS), LOOKS["output"]
    axes.bar(places, plain[order], 0.8, fill=False, edgecolor=MUTED, linestyle=":", linewidth=1)
    axes.bar(places, p[order], 0.6, color=look.colour)
    axes.plot(places[p[order] == 0], 0 * places[p[order] == 0] + 0.03, "x", color=MUTED)
    names = [id_to_char[int(i)] for i in order]
    axes.set_xticks(places, [_SIGNS.get(name, name) for name in names], fontsize=8)
    axes.set(ylim=(0, 1.05), yticks=[0, 0.5, 1])


def write_by(model: DemoModel, prime: str, way: Way, length: int = LENGTH, seed: int = SEED) -> str:
    """Return what the network writes after a beginning, drawn in one of the ways."""
    h_t, last = read_prime(model.params, model.encode(prime))
    rng, ids = np.random.default_rng(seed), []
    for _ in range(length):
        scores, h_t = next_scores(model.params, h_t, last)
        last = int(rng.choice(len(scores), p=way(scores)))
        ids.append(last)
    return decode(np.array(ids), model.id_to_char)


def show_ways(model: DemoModel, choice: str, ways: Sequence[str] = tuple(WAYS)) -> None:
    """Show what a network writes in each of the ways, side by side.

    Parameters
    ----------
    model : DemoModel
    choice : str
        What it was trained on, a text or a module's name; samples go on from its first line.
    """
    from IPython.display import display

    prime = beginning_of(text_of(choice))
    texts = {name: write_by(model, prime, WAYS[name][1]) for name in ways}
    columns = [column_html(name, WAYS[name][0], prime, text) for name, text in texts.items()]
    plain = "\n".join(f"{name}: {prime}{text}" for name, text in texts.items())
    display({"text/html": side_by_side(columns), "text/plain": plain}, raw=True)

"""The errata page: every number on it is computed here, and no number is on it that is not."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.units import COURSE_TABLE
from rnn_ref.bptt import rnn_step_backward
from rnn_ref.gradient_flow import spectral_radius
from rnn_ref.lstm import lstm_step_forward, sigmoid
from rnn_ref.lstm_gradients import direct_path_gain, half_life, lstm_step_backward
from rnn_ref.recurrence import rnn_forward

PAGE = Path(__file__).parents[2] / "notebooks" / "ERRATA.md"
TEXT = PAGE.read_text(encoding="utf-8")
SLIPS = 10

#: What is no result: links, formulas in backquotes, indices, years, names of models and units.
NO_RESULT = (
    r"\]\([^)]*\)",
    r"`[^`]*`",
    r"[Ll]_T|[hcx]_\{?[t0-9][−1]*\}?|W_[xh]+\^\(T−1\)",
    r"\b(19|20)\d\d\b",
    r"\bcs\d+n\b",
    r"[Uu]nit 0\d|\[\d\d?\]",
    r"^## \d+\.",
)


def section(number: int) -> str:
    """One slip's text on a single line."""
    found = re.search(rf"^## {number}\. .*?(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"slip {number} is missing"
    return " ".join(found[0].replace("\n>", "\n").split())


# --- the numbers, slip by slip ------------------------------------------------------------------


def slide_clips(grad: Any, threshold: float) -> Any:
    """The slide's snippet, as it stands there."""
    grad = grad.copy()
    grad_norm = np.sum(grad * grad)
    if grad_norm > threshold:
        grad *= threshold / grad_norm
    return grad


def right_clips(grad: Any, threshold: float) -> Any:
    """The snippet with the root."""
    grad = grad.copy()
    grad_norm = np.sqrt(np.sum(grad * grad))
    if grad_norm > threshold:
        grad *= threshold / grad_norm
    return grad


def norm_after(clip: Any, norm: float) -> float:
    direction = np.random.default_rng(0).normal(size=(3, 4))
    return float(np.linalg.norm(clip(direction / np.linalg.norm(direction) * norm, 5.0)))


def norm_without_root() -> list[str]:
    norms = np.linspace(0.01, 50, 5000)
    after = np.array([norm_after(slide_clips, n) for n in norms])
    starts = norms[int(np.argmax(after < norms * (1 - 1e-9)))]
    assert starts == pytest.approx(math.sqrt(5), abs=0.02)
    rows = [
        f"| {n} | {norm_after(slide_clips, n):.2f} | {norm_after(right_clips, n):.2f} |"
        for n in (2, 3, 5, 10, 100)
    ]
    shrunk = f"norm 3, which needs no clipping, shrinks to {norm_after(slide_clips, 3):.2f}"
    longest = norm_after(slide_clips, math.sqrt(5) * (1 - 1e-12))
    assert after.max() <= longest
    return [
        "threshold of 5 the snippet acts as soon as n² > 5, that is from norm "
        f"{math.sqrt(5):.2f} on, and then leaves a gradient of norm n · 5/n² = 5/n",
        *rows,
        shrunk,
        f"ever comes out longer than {longest:.2f}",
    ]


def two_outputs() -> list[str]:
    cell = sum(1.0 for _ in range(10))
    assert math.tanh(cell) < 1
    return [
        f"(o = 1) a cell of c = 3 shows {1 * 3:.2f} by the one and {math.tanh(3):.3f} by the other",
        "adds 1 at each step and forgets nothing, then after 10 steps o ⊙ c has grown to "
        f"{cell:.0f}, while tanh keeps it below 1",
    ]


def singular_values() -> list[str]:
    radii, kept = [], []
    for seed in range(20):
        W = np.random.default_rng(seed).normal(size=(64, 64))
        W *= 1.1 / np.linalg.norm(W, 2)
        radii.append(spectral_radius(W))
        kept.append(np.linalg.norm(np.linalg.matrix_power(W, 50), 2))
    assert max(kept) < 1e-8
    nilpotent = np.array([[0.0, 10.0], [0.0, 0.0]])
    assert not (nilpotent @ nilpotent).any()
    shear = np.array([[0.9, 5.0], [0.0, 0.9]])
    norms = [float(np.linalg.norm(np.linalg.matrix_power(shear, k), 2)) for k in range(400)]
    above = [k for k, norm in enumerate(norms) if norm >= 1]
    one_way = np.array([1.0, 0.0])
    along = [np.linalg.norm(one_way @ np.linalg.matrix_power(shear, k).T) for k in range(60)]
    assert np.all(np.diff(along) < 0)
    for seed in range(20):  # "σ < 1 makes it vanish"
        W = np.random.default_rng(seed).normal(size=(16, 16))
        W *= 0.9 / np.linalg.norm(W, 2)
        assert np.linalg.norm(np.linalg.matrix_power(W, 50), 2) <= 0.9**50
    slope = np.max(1 - np.tanh(np.linspace(-3, 3, 601)) ** 2)
    return [
        "singular value > 1: exploding gradients. Largest singular value < 1: vanishing",
        "so σ < 1 makes it vanish",
        f"A Gaussian 64 × 64 matrix scaled to σ = 1.1 has ρ of about {np.mean(radii):.2f}",
        f"1.1⁵⁰ = {1.1**50:.0f} over 50 steps; of 20 such matrices none keeps even a "
        "hundred-millionth",
        f"has σ = {np.linalg.norm(nilpotent, 2):.0f}, and its square is zero",
        f"has σ = {np.linalg.norm(shear, 2):.2f} and ρ = {spectral_radius(shear):.1f}. Its powers "
        f"first grow, to norm {max(norms):.1f} at step {int(np.argmax(norms))}, and fall below 1 "
        f"from step {above[-1] + 1} on",
        f"needs σ > 1/γ (for tanh γ = {slope:.0f}), and a saturated tanh has slopes near 0",
    ]


def one_path() -> list[str]:
    x = np.array([1.0, 0.0, 0.0])[None, :, None]
    W_xh, W_hh = np.array([[1.0]]), np.array([[0.5]])
    _, cache = rnn_forward(x, np.zeros((1, 1)), W_xh, W_hh, np.zeros(1))
    shares: dict[str, list[float]] = {"W_hh": [], "W_xh": []}
    dh = np.ones((1, 1))
    for step in reversed(cache):
        _, dh, dW_xh, dW_hh, _ = rnn_step_backward(dh, step)
        shares["W_hh"].insert(0, float(dW_hh[0, 0]))
        shares["W_xh"].insert(0, float(dW_xh[0, 0]))

    def last_state(w_xh: float, w_hh: float) -> float:
        h = 0.0
        for value in x.ravel().tolist():
            h = math.tanh(w_xh * value + w_hh * h)
        return h

    step = 1e-6
    by_differences = {
        "W_xh": (last_state(1 + step, 0.5) - last_state(1 - step, 0.5)) / (2 * step),
        "W_hh": (last_state(1, 0.5 + step) - last_state(1, 0.5 - step)) / (2 * step),
    }
    rows = []
    for name, terms in shares.items():
        assert sum(terms) == pytest.approx(by_differences[name], abs=1e-8)
        told = " | ".join(f"{value:.4f}" for value in (*terms, sum(terms)))
        rows.append(f"| ∂h_3/∂{name} | {told} |")
    return [
        "the term of k = 1, without",
        "tanh(0.5 h_{t−1} + x_t) with h_0 = 0, reading 1, 0, 0, and the last state for a loss, "
        "T = 3:",
        "| k = 1 | k = 2 | k = 3 | sum |",
        *rows,
        "With h_0 = 0 the displayed term is *zero* for W_hh",
    ]


def forgetting() -> list[str]:
    c = 2.0
    return [
        "There are 4 gates",
        "numbers between 0 and 1, by a sigmoid",
        "a *candidate* between −1 and 1, by tanh",
        f"With c = 2 before and nothing written, f = 1 leaves {1 * c:.1f}, f = 0.25 leaves "
        f"{0.25 * c:.1f}, and f = 0 erases it",
    ]


def whole_and_direct(seed: int, H: int = 16) -> tuple[float, float, float]:
    """Largest singular values of dc_t/dc_{t-1}: the direct path, all paths, the difference."""
    rng = np.random.default_rng(seed)
    W_xh, W_hh = rng.normal(size=(3, 4 * H)), rng.normal(size=(H, 4 * H)) / math.sqrt(H)
    b, h, c, o = np.zeros(4 * H), np.zeros((1, H)), np.zeros((1, H)), np.zeros((1, H))
    for _ in range(20):
        before, x = (h, c), rng.normal(size=(1, 3))
        h, c, cache = lstm_step_forward(x, h, c, W_xh, W_hh, b)
        gates = x @ W_xh + before[0] @ W_hh + b
        o_before, o = o, sigmoid(gates[:, 2 * H : 3 * H])
    shows = o_before * (1 - np.tanh(before[1]) ** 2)  # dh_{t-1}/dc_{t-1}
    rows = []
    for unit in np.eye(H)[:, None]:
        _, dh_prev, dc_prev, *_rest = lstm_step_backward(np.zeros((1, H)), unit, cache)
        rows.append((dc_prev + dh_prev * shows)[0])
    whole, direct = np.array(rows), np.diag(sigmoid(gates[0, H : 2 * H]))
    step, numeric = 1e-6, []
    for unit in np.eye(H):  # the same by differences, through h_{t-1} as well
        ends = []
        for sign in (step, -step):
            c_before = before[1] + sign * unit
            ends.append(
                lstm_step_forward(x, o_before * np.tanh(c_before), c_before, W_xh, W_hh, b)[1]
            )
        numeric.append((ends[0] - ends[1])[0] / (2 * step))
    np.testing.assert_allclose(whole, np.array(numeric).T, atol=1e-8)
    norms = (float(np.linalg.norm(matrix, 2)) for matrix in (direct, whole, whole - direct))
    return tuple(norms)  # type: ignore[return-value]


def direct_path() -> list[str]:
    direct, whole, through_W = np.mean([whole_and_direct(seed) for seed in range(20)], axis=0)
    kept5, kept10 = (
        float(direct_path_gain(np.full((1, 101, 1), float(sigmoid(np.array(bias)))))[0, 0, 0])
        for bias in (5.0, 10.0)
    )
    five = float(sigmoid(np.array(5.0)))
    assert kept5 == pytest.approx(five**100)
    return [
        "if f = 1 and i = 0, then",
        "In 20 random LSTMs of 16 units",
        f"was {direct:.2f} on average along the direct path alone and {whole:.2f} on all paths "
        f"together; the part through W had {through_W:.2f}",
        "a sigmoid never reaches 1",
        f"a bias of 5 and nothing else keeps {five:.4f} of a cell at each step, {kept5:.0%} of it "
        f"after 100 steps, half of it after {half_life(five):.0f}; a bias of 10 keeps "
        f"{kept10:.1%} over 100 steps",
    ]


def window() -> list[str]:
    reach = np.zeros(1)  # offsets that the last output sees
    for layer in range(10):
        reach = np.unique(np.add.outer(reach, -np.arange(3) * 2**layer))
    assert np.array_equal(np.diff(reach), np.ones(reach.size - 1))
    return [
        f"With 10 layers of width 3, each spaced twice as wide as the one before, the window is "
        f"{reach.size} steps long"
    ]


CLAIMS = {
    1: norm_without_root,
    2: two_outputs,
    3: singular_values,
    4: one_path,
    6: forgetting,
    8: direct_path,
    9: window,
}


@pytest.mark.parametrize("slip", range(1, SLIPS + 1))
def test_every_number_of_a_slip_is_computed(slip: int) -> None:
    """What a claim says is found word for word; outside of claims no number is left."""
    text = section(slip)
    for claim in CLAIMS[slip]() if slip in CLAIMS else ():
        assert claim in text, claim
        text = text.replace(claim, " ")
    for pattern in NO_RESULT:
        text = re.sub(pattern, " ", text, flags=re.MULTILINE)
    assert re.findall(r"\d[\d.,]*", text) == []


def test_a_number_without_a_claim_would_be_found() -> None:
    text = section(7) + " It was 42 times as long."
    for pattern in NO_RESULT:
        text = re.sub(pattern, " ", text, flags=re.MULTILINE)
    assert re.findall(r"\d[\d.,]*", text) == ["42"]


def test_page_has_the_ten_slips_in_order_and_lists_each_of_them() -> None:
    numbers = [int(n) for n in re.findall(r"^## (\d+)\. ", TEXT, re.MULTILINE)]
    assert numbers == list(range(1, SLIPS + 1))
    titles = re.findall(r"^## (\d+\. .*)$", TEXT, re.MULTILINE)
    anchors = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
    assert re.findall(r"^\| \[\d+\]\(#([^)]*)\)", TEXT, re.MULTILINE) == anchors


def test_links_lead_to_notebooks_that_exist() -> None:
    links = re.findall(r"\]\((\d\d_[^)#]*)\)", TEXT)
    assert len(set(links)) == 7
    left_out = tuple(row.folder for row in COURSE_TABLE.rows if not row.taught)
    taught = [link for link in links if not link.startswith(left_out)]
    missing = [link for link in taught if not (PAGE.parent / link).is_file()]
    assert missing == []

"""Every gradient on the way back through a step, yours beside the right one."""

import sys
from collections.abc import Callable, Mapping
from html import escape
from types import FrameType
from typing import Any

import numpy as np

from rnn_ref.lstm import LSTMStepCache

FORMULAS: Mapping[str, str] = {
    "do_t": "dh · tanh(c)",
    "dc_total": "dc + dh · o · (1 − tanh²c)",
    "di_t": "dc_total · g",
    "df_t": "dc_total · c_prev",
    "dg_t": "dc_total · i",
    "dc_prev": "dc_total · f",
    "da_i": "di · i(1 − i)",
    "da_f": "df · f(1 − f)",
    "da_o": "do · o(1 − o)",
    "da_g": "dg · (1 − g²)",
    "dx_t": "da times W_xh transposed",
    "dh_prev": "da times W_hh transposed",
}
DIFFERENCE = 1e-6  # float32 passes, no mistake does
_STEP = 1e-20


def tiny_step() -> tuple[np.ndarray, np.ndarray, LSTMStepCache]:
    """Return dh_t, dc_t and the cache of the notebook's example, in which everything is 1 by 1."""
    numbers = {
        "x_t": 2.0,
        "h_prev": -1.0,
        "c_prev": 0.8,
        "i_t": 0.7,
        "f_t": 0.9,
        "o_t": 0.5,
        "g_t": 0.4,
        "c_t": 1.0,
    }
    cache = LSTMStepCache(
        **{name: np.array([[value]]) for name, value in numbers.items()},
        W_xh=np.array([[1.0, 0.0, -1.0, 1.0]]),
        W_hh=np.array([[0.0, 2.0, 1.0, -1.0]]),
    )
    return np.array([[1.0]]), np.array([[0.5]]), cache


def expected_stages() -> dict[str, float]:
    """Return the right numbers for the tiny step, by name.

    They are derivatives of the way forward, by a complex step: who has no reference has them, too.
    """
    return {name: _derivative(name) for name in FORMULAS}


def _derivative(name: str) -> float:
    """Return how dh · h + dc · c changes with the quantity that `name` is the gradient of."""
    dh_t, dc_t, cache = tiny_step()
    more: dict[str, complex] = {**dict.fromkeys(FORMULAS, 0.0), name: 1j * _STEP}
    inputs = (more["dx_t"] * cache.W_xh + more["dh_prev"] * cache.W_hh)[0]  # (4,)
    gates = {}
    for gate, change in zip("ifog", inputs, strict=True):
        value, change = getattr(cache, f"{gate}_t"), change + more[f"da_{gate}"]
        if gate == "g":
            moved = np.tanh(np.arctanh(value) + change)
        else:
            moved = 1 / (1 + np.exp(-np.log(value / (1 - value)) - change))
        gates[gate] = moved + more[f"d{gate}_t"]
    kept = gates["f"] * (cache.c_prev + more["dc_prev"])
    c_t = kept + gates["i"] * gates["g"] + more["dc_total"]
    loss = dh_t * gates["o"] * np.tanh(c_t) + dc_t * c_t
    return float(loss.imag.item()) / _STEP


def locals_of(function: Callable[..., Any], *arguments: Any) -> tuple[dict[str, Any], str]:
    """Call `function` and return its variables as they were at its end, and what stopped it.

    A function that stops half-way shows what it had so far.
    """
    seen: dict[str, Any] = {}

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is getattr(function, "__code__", None):
            seen.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        function(*arguments)
    except Exception as error:  # whatever a learner's function may do wrong
        return seen, f"{type(error).__name__}: {error}"
    finally:
        sys.setprofile(before)
    return seen, ""


def stage_rows(function: Callable[..., Any]) -> tuple[list[tuple[str, str, str, str]], str]:
    """Return a row for each stage (name, formula, yours, verdict), and what stopped it."""
    variables, stopped = locals_of(function, *tiny_step())
    rows = []
    for name, value in expected_stages().items():
        yours, verdict = "", "not there yet"
        short = name.removesuffix("_t")  # "do" will do
        if found := [variables[known] for known in (name, short) if known in variables]:
            yours, verdict = _verdict(found[0], value)
        rows.append((name, FORMULAS[name], yours, verdict))
    return rows, stopped


def _verdict(variable: Any, value: float) -> tuple[str, str]:
    try:
        number = float(np.asarray(variable, dtype=float).item())
    except (TypeError, ValueError):
        return "no single number", "look again"
    right = abs(number - value) <= DIFFERENCE
    return f"{number:.4f}".replace("-", "\N{MINUS SIGN}"), "right" if right else "look again"


def stage_table(function: Callable[..., Any]) -> None:
    """Show each stage of your ``lstm_step_backward`` on the tiny example, and which are right.

    Parameters
    ----------
    function : function
        Yours, finished or not; its variables are found by the names in the first column.
    """
    from IPython.display import display  # here, so that comparing alone needs no IPython

    rows, stopped = stage_rows(function)
    note = f"It stopped: {stopped}" if stopped else ""
    lines = [
        "".join(cell.ljust(width) for cell, width in zip(row, (10, 28, 18, 13), strict=True))
        for row in (("variable", "formula", "yours", ""), *rows)
    ]
    plain = "\n".join(line.rstrip() for line in [*lines, note])
    display({"text/html": _html(rows, note), "text/plain": plain}, raw=True)


def _html(rows: list[tuple[str, str, str, str]], note: str) -> str:
    marks = {"right": "✓ right", "look again": "✗ look again"}
    body = "".join(
        f'<tr><td style="text-align:left"><code>{name}</code></td>'
        f'<td style="text-align:left">{formula}</td><td>{escape(yours)}</td>'
        f'<td style="text-align:left">{marks.get(verdict, verdict)}</td></tr>'
        for name, formula, yours, verdict in rows
    )
    head = "".join(
        f'<th style="text-align:{side}">{title}</th>'
        for title, side in (("variable", "left"), ("formula", "left"), ("yours", "right"), ("", ""))
    )
    return f"<table><tr>{head}</tr>{body}</table><p>{escape(note)}</p>"

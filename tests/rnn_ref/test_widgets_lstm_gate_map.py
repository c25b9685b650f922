"""The gate map of unit 08, and what the saved weights do, without a browser."""

from typing import Any

import numpy as np
import pytest

from rnn_ref.char_lm import encode
from rnn_ref.errors import InputError
from rnn_ref.lstm import lstm_forward
from rnn_ref.widgets.lstm_text import MOST_CHARACTERS, TEXT, UNIT, GateMapWidget, load_text_model
from tests.rnn_ref.seen import seen

# --- the gate map ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made() -> GateMapWidget:
    return GateMapWidget(load_text_model())


@pytest.fixture
def gate_map(made: GateMapWidget) -> GateMapWidget:
    made.reset.click()
    return made


def test_gate_map_words_name_the_unit_and_show_the_text_as_text(gate_map: GateMapWidget) -> None:
    gate_map.unit.value = 5
    assert gate_map.stage.words.value.startswith("Unit 5 keeps")
    gate_map.text.value = "return <b>"
    assert "<code>" in gate_map.stage.words.value
    assert "<b>" not in gate_map.stage.words.value


@pytest.mark.parametrize("text", ["", "\N{SNOWMAN}", "x" * (MOST_CHARACTERS + 1)])
def test_gate_map_unreadable_text_leaves_the_picture_and_says_why(
    gate_map: GateMapWidget, text: str
) -> None:
    before = seen(gate_map)
    gate_map.text.value = text
    after = seen(gate_map)
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_gate_map_single_character_has_no_moves_to_tell(gate_map: GateMapWidget) -> None:
    gate_map.text.value = "("
    assert "largest moves" not in gate_map.stage.words.value


def test_gate_map_shows_gates_and_cells_of_the_reference(gate_map: GateMapWidget) -> None:
    model = load_text_model()
    ids = encode("\n" + TEXT, model.char_to_id)
    x = np.eye(len(model.char_to_id))[None, ids]
    zero = np.zeros((1, model.H))
    _, c, steps = lstm_forward(x, zero, zero, *model.weights)
    np.testing.assert_allclose(gate_map._map._cell.get_ydata(), np.tanh(c[0, 1:, UNIT]), rtol=1e-12)
    image: Any = gate_map._map._image.get_array()
    forget = np.array([step.f_t[0, UNIT] for step in steps[1:]])
    darker = np.argsort(forget)
    assert np.all(np.diff(image[1, darker, 0].astype(float)) <= 0)  # the more open, the darker


def depths(text: str) -> np.ndarray:
    """How many parentheses are open after each character."""
    return np.cumsum([(char == "(") - (char == ")") for char in text])


@pytest.mark.parametrize("text", [TEXT, "print(max(a, b), c)"])
def test_text_model_unit_2_is_below_zero_while_a_parenthesis_is_open(text: str) -> None:
    """What the notebook says of the saved weights."""
    cell = load_text_model().read(text).cells[:, UNIT]
    assert np.all(cell[depths(text) > 0] < 0)
    last = len(text) - 1 - text[::-1].index(")")
    if last + 3 < len(text):
        assert np.all(cell[last + 3 :] > 0)
    assert cell[0] > 0


def test_text_model_unit_2_lets_go_and_writes_at_each_parenthesis() -> None:
    gates = load_text_model().read(TEXT).gates[:, :, UNIT]
    inside = np.array([char.isalpha() for char in TEXT]) & (depths(TEXT) > 0)
    for place in (t for t, char in enumerate(TEXT) if char == "("):
        assert gates[1, place] < gates[1, inside].min()
        assert gates[0, place] > np.quantile(gates[0, inside], 0.9)


def test_text_model_unit_2_is_fooled_by_or() -> None:
    text = "if (a or b): pass"
    cell = load_text_model().read(text).cells[:, UNIT]
    assert np.any(cell[depths(text) > 0] > 0)


def test_text_model_learned_something() -> None:
    model = load_text_model()
    assert model.loss < 0.5 * np.log(len(model.char_to_id))


# --- the pictures ---------------------------------------------------------------------------------


def test_gate_map_of_too_long_a_line_names_the_limit() -> None:
    with pytest.raises(InputError, match=f"1 to {MOST_CHARACTERS} characters"):
        load_text_model().read("x" * 100)

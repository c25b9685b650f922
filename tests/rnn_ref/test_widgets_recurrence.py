"""The unrolled graph: controls change the picture, and it shows what the reference gives."""

import numpy as np
import pytest

from rnn_ref.errors import InputError
from rnn_ref.recurrence import rnn_forward
from rnn_ref.widgets.recurrence import START, UnrolledGraph, unrolled_graph
from rnn_ref.widgets.recurrence_machines import (
    COUNTER_UNIT,
    LARGEST_INPUT,
    MACHINES,
    MOST_INPUTS,
    Machine,
    parse_inputs,
    run,
)
from rnn_ref.widgets.recurrence_shapes import step_shapes
from tests.rnn_ref.seen import PNG, picture


def states(machine: Machine, inputs: tuple[float, ...]) -> np.ndarray:
    x = np.array(inputs)[None, :, None]
    h, _ = rnn_forward(x, np.zeros((1, machine.H)), machine.W_xh, machine.W_hh, machine.b_h)
    return h[0]


@pytest.mark.parametrize("name", list(MACHINES))
def test_slider_changes_picture_and_words_at_every_step(name: str) -> None:
    graph = UnrolledGraph(name)
    seen = set()
    for t in range(1, graph.place.max + 1):
        graph.place.value = t
        seen.add(picture(graph))
        assert f"After input {t}" in graph.stage.words.value
    assert len(seen) == graph.place.max
    assert all(png.startswith(PNG) for png in seen)


@pytest.mark.parametrize("name", list(MACHINES))
def test_states_shown_are_those_of_the_reference(name: str) -> None:
    machine = MACHINES[name]
    graph = UnrolledGraph(name)
    np.testing.assert_allclose(graph._run.h[1:], states(machine, machine.inputs), rtol=1e-12)
    np.testing.assert_array_equal(graph._run.h[0], 0)


def test_other_inputs_make_another_number_of_steps() -> None:
    graph = UnrolledGraph("counter")
    graph.inputs.value = "1 1 1"
    assert graph.place.max == graph.play.max == 3
    graph.place.value = 3
    assert "3.0" in graph.stage.words.value
    graph.reset.click()
    assert graph.play.value == graph.place.value == START


def test_inputs_that_cannot_be_read_leave_the_picture_and_say_what_is_wanted() -> None:
    graph = UnrolledGraph("latch")
    before = picture(graph)
    graph.inputs.value = "one two"
    assert picture(graph) == before
    assert "numbers" in graph.stage.words.value


def test_own_step_runs_the_widget_and_a_wrong_one_is_shown_as_it_is() -> None:
    def forgetful(x_t, h_prev, W_xh, W_hh, b_h):  # type: ignore[no-untyped-def]
        return np.tanh(x_t @ W_xh + b_h), None

    own = UnrolledGraph("latch", forgetful)
    reference = UnrolledGraph("latch")
    own.place.value = reference.place.value = 5
    assert picture(own) != picture(reference)


def test_latch_holds_a_one_for_ever_and_nothing_else_sets_it() -> None:
    latch = MACHINES["latch"]
    held = states(latch, (1.0, *[0.0] * 1000))[:, 0]
    assert np.all(held > 0.9)
    assert np.all(states(latch, tuple([0.0] * 1000))[:, 0] < 0)


def test_counter_counts_the_ones_of_the_widget_to_within_a_tenth() -> None:
    counter = MACHINES["counter"]
    rng = np.random.default_rng(0)
    for _ in range(50):
        inputs = tuple(float(bit) for bit in rng.integers(0, 2, MOST_INPUTS))
        last = states(counter, inputs)[-1, 0] / COUNTER_UNIT
        assert abs(last - sum(inputs)) < 0.1


def test_counter_reads_what_the_notebook_says_and_never_gets_past_31() -> None:
    counts = states(MACHINES["counter"], tuple([1.0] * 5000))[:, 0] / COUNTER_UNIT
    assert [round(float(counts[n - 1]), 1) for n in (10, 30)] == [9.9, 24.8]
    assert counts.max() < 31


def test_echo_of_the_random_network_fades_but_is_there_after_eight_steps() -> None:
    machine = MACHINES["random"]
    sizes = np.abs(states(machine, machine.inputs)).max(axis=1)
    assert 0.05 < sizes[-1] <= sizes[0]


def test_fading_network_keeps_less_than_half_at_each_step_and_is_that_of_the_notebook() -> None:
    machine = MACHINES["fading"]
    h = states(machine, machine.inputs)[:, 0]
    assert np.round(h[:3], 4).tolist() == [0.7616, 0.3634, 0.1797]
    assert np.all(h[1:] / h[:-1] < 0.5)
    assert h[-1] < 0.01


def test_run_without_memory_depends_on_the_latest_input_alone() -> None:
    machine = MACHINES["random"].without_memory()
    h = run(machine, (1.0, 0.0, 1.0)).h
    np.testing.assert_allclose(h[1], h[3])
    np.testing.assert_array_equal(h[2], 0)


@pytest.mark.parametrize(
    "text", ["", "a b", "nan", "inf", f"{LARGEST_INPUT + 1}", "1 " * (MOST_INPUTS + 1)]
)
def test_parse_of_unusable_inputs_says_what_is_wanted(text: str) -> None:
    with pytest.raises(InputError, match="numbers from"):
        parse_inputs(text)


def test_unrolled_graph_of_an_unknown_network_lists_those_there_are() -> None:
    with pytest.raises(InputError, match="latch, counter, fading, random"):
        unrolled_graph("toaster")


def test_step_shapes_tells_the_shapes_in_its_alt_text() -> None:
    figure, alt = step_shapes(N=3, D=2, H=4)
    written = {text.get_text() for text in figure.axes[0].texts}
    for shape in ("(3, 2)", "(2, 4)", "(3, 4)", "(4, 4)"):
        assert shape in alt
        assert shape in written

"""The comparison of cells: its tasks, its gradients, and what the notebook says of its outcome."""

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnn_ref.errors import InputError
from rnn_ref.extensions.comparison import mean_loss, train
from rnn_ref.extensions.networks import (
    CELLS,
    Net,
    first_params,
    loss_and_gradients,
    parameter_count,
    width_for,
)
from rnn_ref.extensions.tasks import ADDING, FLIP, NOISE, SWITCH, best_guess, noisy_switch
from rnn_ref.gradcheck import numeric_gradient, relative_error
from rnn_ref.widgets.extensions import BUDGET, NETS, RATE
from tests.rnn_ref.strategies import FloatArray

any_net = st.builds(
    Net, st.sampled_from(sorted(CELLS)), layers=st.integers(1, 3), both_ways=st.booleans()
)
EVERY_KIND = [
    Net(cell, layers, both_ways)
    for cell in CELLS
    for layers in (1, 2)
    for both_ways in (False, True)
]


# --- networks -----------------------------------------------------------------------------------


@given(any_net, st.integers(1, 4), st.integers(1, 6))
def test_parameter_count_is_that_of_the_arrays(net: Net, D: int, H: int) -> None:
    params = first_params(net, D, H, np.random.default_rng(0))
    assert parameter_count(net, D, H) == sum(array.size for array in params.values())


@given(any_net, st.integers(1, 4), st.integers(100, 600))
def test_width_comes_closest_to_the_budget(net: Net, D: int, budget: int) -> None:
    assume(parameter_count(net, D, 1) <= budget)
    distances = [abs(parameter_count(net, D, H) - budget) for H in range(1, 200)]
    assert distances[width_for(net, D, budget) - 1] == min(distances)


def test_width_of_a_budget_too_small_is_refused() -> None:
    with pytest.raises(InputError, match="one unit needs"):
        width_for(Net("LSTM"), D=2, budget=5)


@pytest.mark.parametrize("net", EVERY_KIND, ids=lambda net: net.name)
@pytest.mark.parametrize("at_the_end", [True, False])
def test_gradients_equal_central_differences(net: Net, at_the_end: bool) -> None:
    rng = np.random.default_rng(1)
    params = {k: a.astype(np.float64) for k, a in first_params(net, 2, 3, rng).items()}
    x, y = rng.normal(size=(2, 4, 2)), rng.normal(size=(2,) if at_the_end else (2, 4))
    _, grads = loss_and_gradients(net, params, x, y)
    assert grads.keys() == params.keys()
    for name, array in params.items():

        def loss(moved: FloatArray, name: str = name) -> float:
            return loss_and_gradients(net, {**params, name: moved}, x, y)[0]

        # 1e-10 from the third derivative, 1e-11 from rounding, of entries that may be small.
        assert relative_error(grads[name], numeric_gradient(loss, array)) < 1e-6, name


@pytest.mark.parametrize("both_ways", [True, False])
def test_answer_at_the_end_depends_on_every_step(both_ways: bool) -> None:
    net = Net("GRU", both_ways=both_ways)
    rng = np.random.default_rng(1)
    params = first_params(net, 1, 5, rng)
    x = rng.normal(size=(1, 6, 1))
    before, _ = loss_and_gradients(net, params, x, np.zeros(1))
    for t in range(6):
        moved = x.copy()
        moved[0, t] += 1.0
        assert loss_and_gradients(net, params, moved, np.zeros(1))[0] != before


@pytest.mark.parametrize("at_the_end", [True, False])
def test_mean_loss_in_parts_equals_loss_of_the_whole(at_the_end: bool) -> None:
    net, rng = Net("GRU", both_ways=True), np.random.default_rng(1)
    params = first_params(net, 2, 3, rng)
    x, y = rng.normal(size=(7, 4, 2)), rng.normal(size=(7,) if at_the_end else (7, 4))
    whole, _ = loss_and_gradients(net, params, x, y)
    assert abs(mean_loss(net, params, x, y, at_once=3) - whole) < 1e-12


def test_training_twice_gives_the_same() -> None:
    one, other = (train(Net("minGRU", 2), SWITCH, 200, 5, seed=3, rate=0.02) for _ in range(2))
    np.testing.assert_array_equal(one.losses, other.losses)
    assert one.test_loss == other.test_loss


# --- the noisy switch ---------------------------------------------------------------------------


def test_switch_turns_as_often_and_is_as_noisy_as_it_says() -> None:
    x, y = noisy_switch(2000, 50, np.random.default_rng(0))
    turns = (y[:, 1:] != y[:, :-1]).mean()
    assert abs(turns - FLIP) < 5 * np.sqrt(FLIP * (1 - FLIP) / y[:, 1:].size)
    assert abs(y[:, 0].mean() - 0.5) < 5 * 0.5 / np.sqrt(2000)
    noise = x[:, :, 0] - (2 * y - 1)
    assert abs(noise.std() - NOISE) < 5 * NOISE / np.sqrt(2 * noise.size)


def _by_enumeration(x: FloatArray, t: int, known: int) -> float:
    """P(on at step t) from the first `known` steps: every course of the switch, weighed."""
    weights = {0: 0.0, 1: 0.0}
    for course in product((0, 1), repeat=len(x)):
        turns = sum(a != b for a, b in pairwise(course))
        weight = FLIP**turns * (1 - FLIP) ** (len(x) - 1 - turns)
        for k in range(known):
            weight *= np.exp(-((x[k] - (2 * course[k] - 1)) ** 2) / (2 * NOISE**2))
        weights[course[t]] += weight
    return weights[1] / (weights[0] + weights[1])


@pytest.mark.parametrize("look_ahead", [False, True])
def test_best_guess_equals_enumeration_of_all_courses(look_ahead: bool) -> None:
    x, _ = noisy_switch(3, 7, np.random.default_rng(0))
    p = best_guess(x, look_ahead=look_ahead)
    for n, t in product(range(3), range(7)):
        expected = _by_enumeration(x[n, :, 0], t, 7 if look_ahead else t + 1)
        assert abs(p[n, t] - expected) < 1e-12


def test_best_guess_from_the_past_is_a_tanh_unit_but_for_an_artanh() -> None:
    assert NOISE == 1.0 and FLIP == 0.05
    x, _ = noisy_switch(3, 7, np.random.default_rng(0))
    h = np.zeros(3)
    for t, p in enumerate(best_guess(x, look_ahead=False).T):
        h = np.tanh(x[:, t, 0] + np.arctanh(0.9 * h))
        np.testing.assert_allclose(2 * p - 1, h, rtol=0, atol=1e-12)


def test_test_examples_are_always_the_same_and_no_training_batch() -> None:
    for task in (ADDING, SWITCH):
        (x, y), (again, _) = task.test(), task.test()
        np.testing.assert_array_equal(x, again)
        assert x.shape == (1000, task.T, task.D) and len(y) == 1000
        trained_on, _ = task.batch(np.random.default_rng(0))
        assert not {row.tobytes() for row in trained_on} & {row.tobytes() for row in x}


# --- what the notebook says of the outcome ------------------------------------------------------


def _floor(look_ahead: bool) -> float:
    x, y = SWITCH.test()
    return float(np.mean((best_guess(x, look_ahead=look_ahead) - y) ** 2))


def _test_loss(net: Net, task: Any, steps: int) -> float:
    return train(net, task, BUDGET, steps, seed=0, rate=RATE).test_loss


def test_all_networks_have_about_the_budget() -> None:
    for net, task in product(NETS, (ADDING, SWITCH)):
        count = parameter_count(net, task.D, width_for(net, task.D, BUDGET))
        assert abs(count / BUDGET - 1) < 0.06, net.name


def test_always_1_has_a_loss_near_a_sixth() -> None:
    _, y = ADDING.test()
    assert abs(np.mean((y - 1) ** 2) - 1 / 6) < 0.01


def test_adding_gru_learns_it_where_the_plain_rnn_does_not() -> None:
    assert _test_loss(Net("GRU"), ADDING, 250) < 0.02
    assert _test_loss(Net("RNN"), ADDING, 250) > 0.1


def test_switch_only_both_ways_gets_past_the_best_guess_from_the_past() -> None:
    past, everything = _floor(look_ahead=False), _floor(look_ahead=True)
    assert abs(past - 0.053) < 0.0005 and abs(everything - 0.027) < 0.0005
    assert everything < _test_loss(Net("GRU", both_ways=True), SWITCH, 100) < 0.9 * past
    assert past < _test_loss(Net("RNN"), SWITCH, 100) < 1.1 * past


def test_switch_second_layer_helps_the_mingru_and_leaves_it_behind_the_rnn() -> None:
    one, two = (_test_loss(Net("minGRU", layers), SWITCH, 100) for layers in (1, 2))
    assert one > two / 0.95 > two > 1.1 * _floor(look_ahead=False)

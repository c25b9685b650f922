"""A function that goes wrong where one size is 1, and nowhere else, is found and told which."""

import inspect
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercises import exercises_of, units_with_exercises
from tests.judge.judged import failed, verdict

#: The axes of arguments that tell a size, by their names.
ARGUMENTS = {
    **{"x": "NTD", "x_t": "ND", "h_0": "NH", "h_prev": "NH", "c_prev": "NH", "f": "NTH"},
    **{"W_xh": "D", "W_hh": "H", "dh": "NTH", "dh_t": "NH"},
}
CALLED = {"N": "batch of one", "D": "single input", "H": "single unit", "T": "single time step"}


def sizes_of(arguments: dict[str, Any]) -> dict[str, int]:
    """Return what is known of N, T, D and H; the weights within a cache tell D."""
    sizes: dict[str, int] = {}
    for name, value in arguments.items():
        if name == "cache":
            sizes["D"] = len((value if hasattr(value, "W_xh") else value[0]).W_xh)
        elif name in ARGUMENTS:
            sizes |= dict(zip(ARGUMENTS[name], np.shape(value), strict=False))
    return sizes


def exercises_by_axis() -> list[Any]:
    """Return each exercise of recurrent networks with each axis that its arguments have."""
    found = []
    for exercise in (e for unit in units_with_exercises() for e in exercises_of(unit)):
        parameters = list(inspect.signature(exercise.reference[exercise.role]).parameters)
        known = {*parameters[:2]} & {"x", "x_t", "W_xh", "dh", "dh_t"} or parameters == ["f"]
        if known and "sizes" in {criterion.name for criterion in exercise.criteria}:
            axes = {axis for name in parameters for axis in ARGUMENTS.get(name, "")}
            axes |= {"D"} if "cache" in parameters else set()
            found += [pytest.param(exercise, a, id=f"{exercise.name}-{a}") for a in sorted(axes)]
    return found


@pytest.mark.parametrize("crashes", [True, False])
@pytest.mark.parametrize(("exercise", "axis"), exercises_by_axis())
def test_one_size_of_one_that_alone_goes_wrong_is_found(
    exercise: Any, axis: str, crashes: bool
) -> None:
    right = exercise.reference[exercise.role]

    def wrong(*arguments: Any) -> Any:
        sizes = sizes_of(inspect.signature(right).bind(*arguments).arguments)
        alone = [letter for letter, size in sizes.items() if size == 1] == [axis]
        if alone and crashes:
            raise ValueError("squeezed")
        results = right(*arguments)
        if not alone:
            return results
        return (results[0] + 1, *results[1:]) if isinstance(results, tuple) else results + 1

    report = verdict(exercise.name, **{exercise.role: wrong})
    assert failed(report) - {"unchanged", "own_parts"} == {"sizes"}
    assert report.headline.startswith(f"A {CALLED[axis]}: ")
    assert ("it stopped: ValueError: squeezed (" in report.headline) == crashes

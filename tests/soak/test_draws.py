"""Property tests of the README's run draw the same, whatever else the process has imported."""

import pytest
from hypothesis.internal.conjecture import providers


def test_nothing_is_drawn_from_modules_of_ours(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--hypothesis-profile") == "soak":
        pytest.skip("the soak draws anew, from our modules too")
    drawn = providers._get_local_constants()
    assert [len(drawn.set_for_type(kind)) for kind in ("integer", "float", "string")] == [0, 0, 0]

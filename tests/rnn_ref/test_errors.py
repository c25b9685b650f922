import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_ref import errors
from rnn_ref.errors import CourseError, ShapeError, check_shapes


def test_check_shapes_fitting_arrays_returns_sizes() -> None:
    sizes = check_shapes(
        W_hh=(np.zeros((4, 4)), "H H"),
        W=(np.zeros((6, 4)), "H+D H"),
        x_t=(np.zeros((3, 2)), "N D"),
    )
    assert sizes == {"H": 4, "N": 3, "D": 2}


def test_check_shapes_sum_of_known_axes_is_enforced() -> None:
    with pytest.raises(ShapeError, match=r"^W has shape \(5, 4\); expected \(6, 4\) = \(H\+D, H\)"):
        check_shapes(
            h=(np.zeros((3, 4)), "N H"), x=(np.zeros((3, 2)), "N D"), W=(np.zeros((5, 4)), "H+D H")
        )


def test_check_shapes_four_gates_are_four_times_the_hidden_size() -> None:
    W_hh = (np.zeros((4, 16)), "H 4H")
    assert check_shapes(W_hh=W_hh, W_xh=(np.zeros((3, 16)), "D 4H")) == {"H": 4, "D": 3}
    with pytest.raises(ShapeError) as caught:
        check_shapes(W_hh=W_hh, W_xh=(np.zeros((16, 3)), "D 4H"))
    assert str(caught.value) == (
        "W_xh has shape (16, 3); expected (D, 16) = (D, 4H). Are the input and gate axes swapped?"
    )


def test_check_shapes_free_axis_is_shown_by_its_letter() -> None:
    with pytest.raises(ShapeError, match=r"expected \(N, D\)\. Is the batch axis missing\?$"):
        check_shapes(x_t=(np.zeros(5), "N D"))


@pytest.mark.parametrize(
    ("shape", "question"),
    [
        ((4, 3), " Are the batch and hidden axes swapped?"),
        ((4,), " Is the batch axis missing?"),
        ((3,), " Is the hidden axis missing?"),
        ((3, 5), ""),
        ((3, 1, 4), ""),
        ((), ""),
    ],
)
def test_check_shapes_wrong_shape_asks_only_a_question_that_fits(
    shape: tuple[int, ...], question: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        check_shapes(
            x_t=(np.zeros((3, 2)), "N D"), b_h=(np.zeros(4), "H"), h=(np.ones(shape), "N H")
        )
    assert str(caught.value) == f"h has shape {shape}; expected (3, 4) = (N, H).{question}"


def test_check_shapes_axis_that_may_be_either_is_not_guessed() -> None:
    with pytest.raises(ShapeError, match=r"Is the batch or time axis missing\?$"):
        check_shapes(W_hy=(np.zeros((6, 5)), "H V"), h=(np.zeros((1, 6)), "N T H"))


def test_check_shapes_square_matrix_is_not_asked_about_swapping() -> None:
    with pytest.raises(ShapeError) as caught:
        check_shapes(W_hh=(np.zeros((4, 3)), "H H"))
    assert str(caught.value) == "W_hh has shape (4, 3); expected (4, 4) = (H, H)."


def test_check_shapes_ragged_rows_are_named() -> None:
    with pytest.raises(ShapeError, match="x_t is not a rectangular array"):
        check_shapes(x_t=([[1.0], [1.0, 2.0]], "N D"))


def test_shape_error_is_a_value_error_and_a_course_error() -> None:
    assert issubclass(ShapeError, ValueError)
    assert issubclass(ShapeError, CourseError)


# --- the quick way says the same as the one that finds the words ----------------------------------

AXES = ("H H", "D H", "H", "N D", "N H", "N T D", "H 4H", "4H", "H+D H", "4H H", "D 3H")


@given(
    st.lists(st.sampled_from(AXES), min_size=1, max_size=4),
    st.dictionaries(st.sampled_from("NTDH"), st.integers(0, 3)),
    st.data(),
)
def test_quick_check_accepts_what_the_slow_one_accepts(
    wanted: list[str], sizes: dict[str, int], data: st.DataObject
) -> None:
    arrays = {}
    for k, axes in enumerate(wanted):
        shape = [_length(axis, sizes) for axis in axes.split()]
        if data.draw(st.integers(0, 3), label="spoil it if 0") == 0:
            shape[data.draw(st.integers(0, len(shape) - 1), label="axis")] += 1
        arrays[f"a{k}"] = (np.zeros(shape), axes)
    quick = errors._sizes_if_all_fit(arrays)
    try:
        slow = errors._checked_slowly(arrays)
    except ShapeError:
        assert quick is None
    else:
        assert quick == slow


def _length(axis: str, sizes: dict[str, int]) -> int:
    parts = axis.split("+")
    return sum(int(part[:-1] or 1) * sizes.get(part[-1], 1) for part in parts)

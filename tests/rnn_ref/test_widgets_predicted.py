"""The prediction stands in the picture, at the bar that was asked for."""

import matplotlib.colors
import pytest

from rnn_ref.widgets.predicted import bars_and_prediction


@pytest.mark.parametrize("predicted", [3.0, 45.0, 300.0])
def test_prediction_is_drawn_at_its_bar_and_within_the_picture(predicted: float) -> None:
    values = {"cold": 44.7, "as it is": 6.69, "hot": 2.59}
    figure, alt = bars_and_prediction(values, "as it is", predicted, "A claim", "odds")
    (axes,) = figure.axes
    ((start, end),) = axes.collections[0].get_segments()
    assert start[1] == end[1] == predicted
    assert start[0] < 1 < end[0]
    assert axes.get_ylim()[1] > max(predicted, *values.values())
    assert [bar.get_height() for bar in axes.patches] == list(values.values())
    assert matplotlib.colors.to_hex(axes.collections[0].get_edgecolor()[0]) == "#1f1f1f"
    assert f"Predicted for as it is: {predicted:g}" in alt and "cold 44.7" in alt

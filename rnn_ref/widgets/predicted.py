"""What came, as bars, and what the reader predicted, drawn into them."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from rnn_ref.plotting import INK, LOOKS, course_style, new_figure


def bars_and_prediction(
    values: Mapping[str, float], asked: str, predicted: float, title: str, label: str
) -> tuple[Figure, str]:
    """Return a picture and its alt text.

    Parameters
    ----------
    values : mapping of str to float
        A bar each, by its name.
    asked : str
        The bar that was predicted.
    predicted : float
        Its predicted value: a dashed line at that bar.
    title, label : str
        The claim, and what the values are, with their unit.
    """
    look, names = LOOKS["output"], list(values)
    place, top = names.index(asked), 1.18 * max(predicted, *values.values())
    with course_style():
        figure = new_figure(2.4)
        axes = figure.add_subplot()
        axes.bar(names, list(values.values()), 0.6, color=look.tint, edgecolor=look.colour)
        for x, value in enumerate(values.values()):
            axes.text(x, value + top * 0.02, f"{value:.3g}", ha="center")
        axes.hlines(predicted, place - 0.45, place + 0.45, INK, "dashed", linewidth=2)
        axes.text(place + 0.48, predicted, f"you: {predicted:g}", va="center", fontweight="bold")
        axes.set(title=title, ylabel=label, ylim=(0, top), xlim=(-0.6, len(names) - 0.2))
    said = ", ".join(f"{name} {value:.3g}" for name, value in values.items())
    return figure, f"{title}: {said}. Predicted for {asked}: {predicted:g}."

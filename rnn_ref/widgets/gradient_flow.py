"""Unit 06: what is left of a gradient, lag by lag, for matrices to turn by hand."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np

from rnn_ref.gradient_flow import jacobian_product_norms, linear_gradient_norms
from rnn_ref.plotting import course_style
from rnn_ref.widgets.gradient_flow_drawing import FlowDrawing, View, number, verdict
from rnn_ref.widgets.gradient_flow_matrices import (
    GAUSSIAN,
    LINEAR,
    LONGEST,
    ORTHOGONAL,
    RELU,
    TANH,
    Flow,
    Norms,
    Settings,
    measure,
    shape_of,
)
from rnn_ref.widgets.stage import LiveFigure, Panel

ALT = (
    "Length of a gradient against the lag on a logarithmic axis, with a vanishing zone below and "
    "an exploding zone above; beside it the eigenvalues of the matrix and the unit circle. For a "
    "Gaussian matrix with largest singular value 1.10 the bound rises, while the gradient itself "
    "vanishes: all eigenvalues lie within 0.60 of zero."
)
SMALLEST, LARGEST = 0.05, 3.0  # of both sizes of the matrix
FIRST_SIGMA = 1.1
STEP = 0.01
_SLIDER = widgets.Layout(width="25em")
_BUTTONS = widgets.Layout(flex_flow="row wrap", align_items="flex-end")
_CLAIMS = {
    "vanishes": "The gradient vanishes",
    "explodes": "The gradient explodes",
    "lasts": "The gradient lasts",
}


class GradientFlow(Panel):
    """Gradients sent back through a recurrence whose matrix the reader shapes.

    The largest singular value and the spectral radius of one matrix have a fixed quotient, which
    only the non-normality changes. So the reader chooses which of them to set; its slider is live,
    and the other's follows.

    Parameters
    ----------
    norms, linear_norms : functions
        ``jacobian_product_norms`` and ``linear_gradient_norms``, or a learner's own.
    note : str
        Said below the picture, always.
    """

    def __init__(
        self,
        norms: Norms = jacobian_product_norms,
        linear_norms: Norms = linear_gradient_norms,
        note: str = "",
    ) -> None:
        super().__init__(ALT, "8em")
        self._norms, self._linear_norms, self._note = norms, linear_norms, note
        self._busy = False
        self._told = {"sigma": FIRST_SIGMA, "rho": FIRST_SIGMA}
        self.start = self._choice("start", (GAUSSIAN, ORTHOGONAL))
        self.nonlinearity = self._choice("nonlinearity", (LINEAR, TANH, RELU))
        self.held = self._choice("you set", (("σ_max", "sigma"), ("ρ", "rho")))
        self.sigma, self.rho = (
            self.slider(name, FIRST_SIGMA, SMALLEST, LARGEST, STEP, layout=_SLIDER)
            for name in ("σ_max", "radius ρ")
        )
        self.non_normality = self.slider("non-normality", 1.0, 0, 2, 0.05, layout=_SLIDER)
        self.T = self.slider("T [steps]", 50, 2, LONGEST, layout=_SLIDER)
        self.reset.layout = widgets.Layout(width="6em")
        with course_style():
            self._drawing = FlowDrawing()
        self._redraw()
        self.follow(lambda: self._resize("sigma"), self.sigma)
        self.follow(lambda: self._resize("rho"), self.rho)
        self.follow(
            self._redraw, self.start, self.nonlinearity, self.held, self.non_normality, self.T
        )
        choices = [self.start, self.nonlinearity, self.held]
        self.arrange(
            widgets.Box([*choices, self.reset], layout=_BUTTONS),
            [self.sigma, self.rho],
            [self.non_normality, self.T],
        )

    def _choice(self, name: str, options: Sequence[Any]) -> Any:
        return widgets.ToggleButtons(
            options=options,
            description=name,
            style={**self.style, "button_width": "auto"},
            layout=widgets.Layout(width="max-content"),
        )

    def still(self) -> bytes:
        """The picture with both sizes in its title."""
        return self._live(told=True).still()

    def _resize(self, name: str) -> None:
        # A browser answers a slider that was set with the nearest number it can show, and late.
        slider = getattr(self, name)
        moved = abs(slider.value - self._told[name]) > STEP / 2
        if self._busy or not moved:
            return
        if name == self.held.value:
            self._redraw()
        else:
            slider.value = self._told[name]

    def start_again(self) -> None:
        """Bring all controls back at once: one after the other they would move each other."""
        self._busy, self.held.value = True, "sigma"
        self.start.value, self.nonlinearity.value = GAUSSIAN, LINEAR
        self.non_normality.value, self.T.value = 1.0, 50
        self.sigma.value = FIRST_SIGMA
        self._busy = False
        self._redraw()

    def _redraw(self) -> None:
        if self._busy:
            return
        self._scale = self._agree()
        self._flow = measure(self.settings, self._scale, self._norms, self._linear_norms)
        self.put(self._live(), self._words())

    @property
    def settings(self) -> Settings:
        """What the controls say."""
        return Settings(
            self.start.value, self.nonlinearity.value, self.non_normality.value, self.T.value
        )

    def _agree(self) -> float:
        """Let one of the two sizes follow the other, both within their range; return the factor."""
        shape = shape_of(self.start.value, self.non_normality.value)
        sizes, held = {"sigma": shape.sigma, "rho": shape.rho}, self.held.value
        wanted = round(getattr(self, held).value, 2) / sizes[held]
        scale = float(np.clip(wanted, SMALLEST / shape.rho, LARGEST / shape.sigma))
        self._busy = True
        for name, size in sizes.items():
            slider = getattr(self, name)
            slider.disabled = name != held
            self._told[name] = round(scale * size, 2)
            if abs(slider.value - self._told[name]) > STEP / 2:
                slider.value = self._told[name]
        self.non_normality.disabled = self.start.value == ORTHOGONAL
        self._busy = False
        return scale

    def _live(self, told: bool = False) -> LiveFigure:
        """The picture as it is now; without sliders beside it the sizes must be told."""
        shape, flow = shape_of(self.start.value, self.non_normality.value), self._flow
        sigma, rho = self._scale * shape.sigma, self._scale * shape.rho
        left = float(flow.largest[-1])
        aside = f": σ_max = {sigma:.2f}, but ρ = {rho:.2f}" if told else ""
        eigenvalues = self._scale * shape.eigenvalues
        view = View(
            lag=np.arange(self.T.value),
            largest=flow.largest,
            single=flow.single,
            bound=flow.bound,
            radius=flow.radius,
            eigenvalues=np.column_stack([eigenvalues.real, eigenvalues.imag]),
            sigma=sigma,
            rho=rho,
            title=_CLAIMS[verdict(left)] + aside,
            verdict=verdict(left),
        )
        return self._drawing.at(view)

    def _words(self) -> str:
        flow, steps = self._flow, self.T.value - 1
        followed = {"sigma": "ρ follows σ_max", "rho": "σ_max follows ρ"}[self.held.value]
        left, allowed = (number(float(norms[-1])) for norms in (flow.largest, flow.bound))
        back = "1 step" if steps == 1 else f"{steps} steps"
        first = f"After {back} back at most <b>{left}</b> of a gradient is left; "
        first += f"the bound allows {allowed}. "
        lines = [first + _reason(self.settings, flow, self.sigma.value, self.rho.value)]
        lines.append(f"One matrix, one scale: {followed}.")
        return " <br>".join([*lines, *filter(None, (self._note, flow.note))])


def _reason(settings: Settings, flow: Flow, sigma: float, rho: float) -> str:
    """Return a sentence that says why the gradient does what it does."""
    if settings.nonlinearity != LINEAR:
        return (
            f"{settings.nonlinearity} multiplies by its slope at every step, here {flow.slope:.2f} "
            "on average and never more than 1: the bound holds, and W's eigenvalues no longer "
            "decide alone."
        )
    peak = int(np.argmax(flow.largest))
    highest = float(flow.largest[peak])
    if sigma < 1:
        return "σ_max is below 1, so it must fade, whatever the matrix."
    if rho < 1 and 0 < peak < len(flow.largest) - 1 and highest > 1.05:
        return (
            f"σ_max above 1 lets it grow, to {number(highest)} at lag {peak}; but all eigenvalues "
            "are inside the unit circle, and in the long run they decide: it fades."
        )
    if rho < 1 and sigma == 1:
        return (
            "σ_max of 1 forbids growth, and all eigenvalues are inside the unit circle: it fades."
        )
    if rho < 1:
        return "σ_max allows growth, but all eigenvalues are inside the unit circle: it fades."
    if rho > 1:
        return "An eigenvalue is outside the unit circle, so in the long run it grows."
    return "The largest eigenvalue is on the unit circle: it neither grows nor fades for long."


def gradient_flow(norms: Norms | None = None, linear_norms: Norms | None = None) -> None:
    """Show what is left of a gradient, lag by lag.

    Parameters
    ----------
    norms, linear_norms : functions, optional
        Your own ``jacobian_product_norms`` and ``linear_gradient_norms``; the reference's where one
        is missing.
    """
    note = "" if norms and linear_norms else "The reference draws what you have not finished yet."
    drawn = norms or jacobian_product_norms, linear_norms or linear_gradient_norms
    GradientFlow(*drawn, note).show()

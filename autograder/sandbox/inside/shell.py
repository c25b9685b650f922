"""The IPython shell that student cells run in, prepared once and forked."""

import contextlib
import traceback
from collections.abc import Iterator
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from autograder.sandbox.inside.frames import Kind
from autograder.sandbox.inside.streams import CellOutput

_FORMATS = ["text/plain", "image/png"]
_BACKEND = "module://matplotlib_inline.backend_inline"


class _Publisher(DisplayPublisher):
    """Hands what ``display`` shows to the cell's outputs."""

    def publish(self, data: Any, *_: Any, **__: Any) -> None:
        output = self.shell.cell_output
        if output is not None:
            output.bundle(Kind.DISPLAY, data)

    def clear_output(self, wait: bool = False) -> None:
        """Keep what was shown: an instructor wants to see it."""


class _Hook(DisplayHook):
    """Hands the value of a cell's last expression to the cell's outputs."""

    def __call__(self, result: Any = None) -> None:
        shell: Any = self.shell
        if result is None or shell.cell_source.rstrip().endswith(";"):
            return
        hook: Any = super()
        data, _ = hook.compute_format_data(result)
        hook.update_user_ns(result)
        hook.fill_exec_result(result)
        if shell.cell_output is not None and data:
            shell.cell_output.bundle(Kind.RESULT, data)


class CellShell(InteractiveShell):
    """A shell without a terminal, a history or a graphical interface.

    Attributes
    ----------
    cell_output : CellOutput or None
        Where outputs of the open cell go.
    cell_source : str
        The open cell.
    """

    cell_output: CellOutput | None = None
    cell_source = ""

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: ``%matplotlib inline`` asks for it and needs none."""

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Show nothing: the runner reports the error that ended a cell."""

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        """Show nothing, as above."""

    def showindentationerror(self) -> None:
        """Show nothing, as above."""

    @contextlib.contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        """Keep no second copy of what is printed, as IPython 9 would for its history."""
        yield

    def draw_nothing(self) -> None:
        """Make no pictures of figures from now on."""
        formatter: Any = self.display_formatter
        formatter.active_types = _FORMATS[:1]

    def run(self, source: str) -> BaseException | None:
        """Run one cell and return the exception that ended it."""
        self.cell_source = source
        shell: Any = self  # IPython's methods have no types
        result = shell.run_cell(source, store_history=False)
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error


def make_shell() -> CellShell:
    """Return the shell, with figures shown as PNG."""
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.autoindent = False
    settings.Completer.use_jedi = False
    settings.DisplayFormatter.active_types = _FORMATS
    # "tight", the notebook's default, draws every figure twice.
    settings.InlineBackend.print_figure_kwargs = {"bbox_inches": None}
    shell: CellShell = CellShell.instance(
        config=settings, display_pub_class=_Publisher, displayhook_class=_Hook
    )
    import matplotlib

    matplotlib.use(_BACKEND)
    from matplotlib_inline.backend_inline import configure_inline_support

    configure_inline_support(shell, _BACKEND)
    return shell


def warm_up(shell: CellShell) -> None:
    """Run what notebooks usually do, so that no fork has to import or build it first."""
    names = set(shell.user_ns)
    for source in _USUAL:
        error = shell.run(source)
        if error is not None:
            traceback.format_exception(error)
    for name in set(shell.user_ns) - names:
        del shell.user_ns[name]


_USUAL = (
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nimport numpy as np\nimport numpy.testing",
    "def f(x):\n    return np.tanh(x @ np.eye(3))\nrepr(f(np.ones((2, 3))))",
    "np.random.default_rng(0).normal(size=3)\nnp.random.seed()\nnp.linalg.svd(np.eye(2));",
    "plt.plot([1, 2], label='$x$')\nplt.legend()\nplt.title('a')\nplt.grid()\nplt.show()",
    "plt.imshow([[0.5]])\nplt.colorbar()\nplt.show()",
    "1 / 0",
)

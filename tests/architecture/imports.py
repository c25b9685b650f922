"""Finds what a package's modules import, from their text alone, and holds it against rules."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.units import REFERENCES, earlier_units


@dataclass(frozen=True)
class Import:
    """One imported name: ``from a.b import c`` counts as ``a.b.c``.

    Parameters
    ----------
    module : str
        The dotted name of the importing module.
    name : str
        What it imports, relative imports resolved.
    lazy : bool
        Whether it happens inside a function, when that is called.
    """

    module: str
    name: str
    lazy: bool

    def __str__(self) -> str:
        return f"{self.module} imports {self.name}"


Rule = Callable[[Import], bool]
"""Tells whether an import is allowed."""

PACKAGES = ("autograder", "rnn_ref")
SHARED_REFERENCE = ("errors", "fused")
SLIPS_BY = ("expressions", "rules", "slips", "source", "statements")
SHOWN_REFERENCE = ("plotting", "widgets", "data")


def within(name: str, *packages: str) -> bool:
    """Tell whether a dotted name is one of the packages or lies in one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def is_standard(name: str) -> bool:
    return name.split(".")[0] in sys.stdlib_module_names


def imports_in(root: Path, package: str) -> Iterator[Import]:
    """Yield every import of a package below a folder."""
    base = root / package.replace(".", "/")
    for path in sorted(base.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        module = ".".join(parts[:-1] if is_package else parts)
        parent = module if is_package else module.rpartition(".")[0]
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from _imports(tree, module, parent, lazy=False)


def _imports(node: ast.AST, module: str, parent: str, lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(module, alias.name, lazy) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            start = _start(child, parent)
            yield from (Import(module, f"{start}.{alias.name}", lazy) for alias in child.names)
        inside = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        yield from _imports(child, module, parent, lazy or inside)


def _start(node: ast.ImportFrom, parent: str) -> str:
    if not node.level:
        return node.module or ""
    above = parent.split(".")[: len(parent.split(".")) - node.level + 1]
    return ".".join([*above, *filter(None, [node.module])])


def reference_is_alone(found: Import) -> bool:
    """``rnn_ref`` knows nothing of ``autograder``."""
    return not within(found.name, "autograder")


def reference_in_order(found: Import) -> bool:
    """A unit's module imports earlier units' modules, errors and the faster cells, nothing else."""
    unit = found.module.removeprefix("rnn_ref.")
    if unit not in REFERENCES or not within(found.name, "rnn_ref"):
        return True
    allowed = (*earlier_units(unit), *SHARED_REFERENCE)
    return within(found.name, *(f"rnn_ref.{name}" for name in allowed))


def reference_runs_without_pictures(found: Import) -> bool:
    """A unit's module needs no plotting, and does not draw."""
    unit = found.module.removeprefix("rnn_ref.")
    drawing = [f"rnn_ref.{name}" for name in SHOWN_REFERENCE]
    return unit not in REFERENCES or not within(found.name, "matplotlib", "ipywidgets", *drawing)


def extensions_build_on_units(found: Import) -> bool:
    """The ungraded cells need the units, errors and each other: no pictures, no faster cells."""
    allowed = ("errors", "extensions", *REFERENCES)
    return (
        not within(found.module, "rnn_ref.extensions")
        or not within(found.name, "rnn_ref", "matplotlib", "ipywidgets")
        or within(found.name, *(f"rnn_ref.{name}" for name in allowed))
    )


def student_is_light(found: Import) -> bool:
    """Beside student code: NumPy and the standard library; display may reach for IPython late."""
    late = found.module == "autograder.student.display" and found.lazy
    allowed = ("numpy", "autograder.student", *(["IPython"] if late else []))
    return is_standard(found.name) or within(found.name, *allowed)


def inside_is_light(found: Import) -> bool:
    """Inside the sandbox there are NumPy, IPython, matplotlib, their needs, and the student's."""
    installed = ("numpy", "IPython", "matplotlib", "matplotlib_inline", "traitlets")
    mine = ("autograder.student", "autograder.sandbox.inside")
    return is_standard(found.name) or within(found.name, *installed, *mine)


def judge_only_judges(found: Import) -> bool:
    forbidden = ("sandbox", "grading", "reports", "quality")
    return not within(found.name, *(f"autograder.{name}" for name in forbidden))


def slips_of_the_pen_are_made_independently(found: Import) -> bool:
    """What makes slips to measure the judge by shares nothing with it, and none asks for its."""
    makes = within(found.module, *(f"autograder.quality.{name}" for name in SLIPS_BY))
    forbidden = ("",) if makes else (".slips", ".slips_of_expressions", ".slip_words")
    return not within(found.name, *(f"autograder.judge{name}" for name in forbidden))


def reports_run_nothing(found: Import) -> bool:
    return not within(found.name, "autograder.sandbox")


def drawn(text: str) -> dict[str, int]:
    """Return by room how far down it stands in the drawing on a page."""
    lines = re.findall(r"^ {6}(\w+(?:  \w+)*)$", text, re.MULTILINE)
    return {room: row for row, line in enumerate(lines) for room in line.split()}


def upwards(root: Path, rows: Mapping[str, int]) -> list[str]:
    """Return the imports from one room of the drawing into another that stands no lower."""

    def room(name: str) -> str:
        parts = name.split(".")
        return next((part for part in parts[:2] if part in rows), "")

    return [
        str(found)
        for package in PACKAGES
        for found in imports_in(root, package)
        if room(found.name)
        and room(found.name) != room(found.module)
        and rows.get(room(found.module), len(rows)) >= rows[room(found.name)]
    ]


RULES: tuple[tuple[str, Rule], ...] = (
    ("rnn_ref", reference_is_alone),
    ("rnn_ref", reference_in_order),
    ("rnn_ref", reference_runs_without_pictures),
    ("rnn_ref", extensions_build_on_units),
    ("autograder.student", student_is_light),
    ("autograder.sandbox.inside", inside_is_light),
    ("autograder.judge", judge_only_judges),
    ("autograder.quality", slips_of_the_pen_are_made_independently),
    ("autograder.reports", reports_run_nothing),
)


def violations(root: Path, package: str, rule: Rule) -> list[str]:
    """Return the imports of a package that break a rule."""
    return [str(found) for found in imports_in(root, package) if not rule(found)]

"""The reference as a kit has it: without what units ask their learners to write.

An answer is taken out with everything of its module that it calls; in its place stands a function
that calls the learner's own. What no answer needs stays: types, constants, what draws.
"""

import ast
from collections.abc import Collection, Iterator, Mapping

from autograder.units import folder_name

OWN = "from autograder.kit.own import own"


def without_answers(
    source: str, unit_of: Mapping[str, str], telling: Collection[str], whole: bool
) -> str:
    """Return the text of a module without the functions that are answers, or are called by one.

    Parameters
    ----------
    unit_of : mapping of str to str
        Names of functions that learners write, and the unit that asks for each; "" if it is
        still to come.
    telling : collection of str
        Names of further functions that go.
    whole : bool
        Whether all functions are to go: of units that are still to come.
    """
    tree = ast.parse(source)
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    gone = set(functions) if whole else _with_called(functions, {*unit_of, *telling})
    if not gone:
        return source
    lines = source.split("\n")
    for node in sorted((functions[name] for name in gone), key=lambda n: -_start(n)):
        unit = unit_of.get(node.name, "")
        number = folder_name(unit)[:2] if unit else ""
        stub = [f"{node.name} = own({node.name!r}, {number!r})"]
        lines[_start(node) - 1 : node.end_lineno] = stub
    body = ast.parse("\n".join(lines)).body
    first = next(node for node in body if not _must_be_first(node))
    lines.insert(first.lineno - 1, OWN)
    return "\n".join(lines)


def _must_be_first(node: ast.stmt) -> bool:
    """Return whether it is the docstring, or an import from the future."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _start(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def _with_called(functions: dict[str, ast.FunctionDef], answers: Collection[str]) -> set[str]:
    """Return the answers among `functions`, and all of these that one of them calls."""
    waiting = [name for name in functions if name in answers]
    gone: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in gone:
            gone.add(name)
            waiting += [other for other in _names(functions[name]) if other in functions]
    return gone


def _names(node: ast.AST) -> Iterator[str]:
    return (one.id for one in ast.walk(node) if isinstance(one, ast.Name))

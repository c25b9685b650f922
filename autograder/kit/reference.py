"""The reference as a kit has it: without what units ask their learners to write.

In the place of an answer stands a function that calls the learner's own. What is not asked for
stays: types, constants, what draws, and helpers that tell no answer by themselves.
"""

import ast
from collections.abc import Collection, Iterator, Mapping

OWN = "from autograder.kit.own import own"

Functions = Mapping[str, ast.FunctionDef]


def without_answers(source: str, asked_in: Mapping[str, str], telling: Collection[str]) -> str:
    """Return the text of a module without the functions that are answers.

    Private functions that nothing else needs go with them.

    Parameters
    ----------
    asked_in : mapping of str to str
        Names of functions that learners write, and the folder of the unit that asks for each.
    telling : collection of str
        Names of further functions that go.
    """
    tree = ast.parse(source)
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    gone = _with_private(functions, {*asked_in, *telling} & functions.keys())
    if not gone:
        return source
    lines = source.split("\n")
    for node in sorted((functions[name] for name in gone), key=lambda n: -_start(n)):
        stub = f"{node.name} = own({node.name!r}, {asked_in.get(node.name, '')!r})"
        lines[_start(node) - 1 : node.end_lineno] = [stub]
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


def _with_private(functions: Functions, gone: set[str]) -> set[str]:
    """Return `gone` and the private functions that only these call, or others of that kind."""
    while True:
        stay = functions.keys() - gone
        needed = {name for one in stay for name in _names(functions[one])}
        called = {name for one in gone for name in _names(functions[one])}
        more = {name for name in stay & called - needed if name.startswith("_")}
        if not more:
            return gone
        gone |= more


def _names(node: ast.AST) -> Iterator[str]:
    return (one.id for one in ast.walk(node) if isinstance(one, ast.Name))

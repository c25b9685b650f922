"""A function's text and its syntax tree together: where a node stands, who holds it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Span = tuple[int, int]
ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.ListComp)


@dataclass(frozen=True)
class Source:
    """The text of one function.

    Attributes
    ----------
    text : str
        Begins with ``def``.
    """

    text: str

    @cached_property
    def function(self) -> ast.FunctionDef:
        """The tree of the function."""
        (function,) = ast.parse(self.text).body
        assert isinstance(function, ast.FunctionDef)
        return function

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        for line in self.text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return starts

    def _place(self, line: int, column_bytes: int) -> int:
        start = self._line_starts[line - 1]
        before = self.text[start:].encode()[:column_bytes].decode()
        return start + len(before)

    def span(self, node: ast.expr | ast.stmt | ast.keyword | ast.arg) -> Span:
        """Return where `node` begins and ends."""
        end_line, end_column = node.end_lineno, node.end_col_offset
        assert end_line is not None and end_column is not None
        return self._place(node.lineno, node.col_offset), self._place(end_line, end_column)

    def of(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        """Return the text of `node`."""
        start, end = self.span(node)
        return self.text[start:end]

    def atom(self, node: ast.expr) -> str:
        """Return the text of `node`, in parentheses unless it holds together without."""
        return self.of(node) if isinstance(node, ATOMS) else f"({self.of(node)})"

    def gap(self, left: ast.expr, right: ast.expr) -> Span:
        """Return where the text between two nodes begins and ends."""
        return self.span(left)[1], self.span(right)[0]

    def lines(self, span: Span) -> tuple[int, int]:
        """Return the first and the last line, from 0, that `span` touches."""
        first = self.text.count("\n", 0, span[0])
        return first, first + self.text.count("\n", span[0], max(span[0], span[1] - 1))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What holds each node."""
        return {
            child: node for node in ast.walk(self.function) for child in ast.iter_child_nodes(node)
        }

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the body that a slip may touch, in the order of the text.

        Docstrings, messages of exceptions and texts with braces are left alone.
        """
        return list(_open_nodes(self.function))

    @cached_property
    def names(self) -> dict[str, int]:
        """The function's arguments and local names, each with the place where it is first bound."""
        found: dict[str, int] = {}
        for node in ast.walk(self.function):
            if isinstance(node, ast.arg):
                found.setdefault(node.arg, self.span(node)[0])
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                place = self.span(node)[0]
                found[node.id] = min(place, found.get(node.id, place))
        return found

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what holds `node`, from the nearest to the function."""
        while node in self.parents:
            node = self.parents[node]
            yield node


def _open_nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Raise, ast.JoinedStr, ast.arguments)):
            continue
        docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        if not docstring:
            yield child
            yield from _open_nodes(child)


def blocks(function: ast.FunctionDef) -> Iterator[list[ast.stmt]]:
    """Yield every list of statements: of the function, of its loops and branches."""
    for node in ast.walk(function):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield [s for s in block if not _is_docstring(s)]


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)

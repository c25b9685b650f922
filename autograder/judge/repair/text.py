"""The text of one statement of a learner's and its syntax tree: where each node stands."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property

_HOLDS_TOGETHER = (
    *(ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript),
    *(ast.List, ast.Dict, ast.ListComp),
)
_CLOSED = (ast.Raise, ast.JoinedStr, ast.arguments, ast.expr_context, ast.operator, ast.cmpop)


@dataclass(frozen=True)
class Text:
    """What a learner has written, as it stands there, comments and all.

    Attributes
    ----------
    text : str
        One statement, such as a ``def`` with its decorators.
    """

    text: str

    @cached_property
    def root(self) -> ast.stmt:
        """The statement's tree."""
        return ast.parse(self.text).body[0]

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        for line in self.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        return starts

    @cached_property
    def _spans(self) -> dict[ast.AST, tuple[int, int]]:
        return {}

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where `node` begins and ends, in characters."""
        if node not in self._spans:
            place = node.lineno, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
            self._spans[node] = self._at(*place[:2]), self._at(*place[2:])
        return self._spans[node]

    def _at(self, line: int, column_bytes: int) -> int:
        start = self._line_starts[line - 1]
        if self.text.isascii():
            return start + column_bytes
        return start + len(self.text[start:].encode()[:column_bytes].decode())

    def of(self, node: ast.AST) -> str:
        """Return the text of `node`."""
        start, end = self.span(node)
        return self.text[start:end]

    def atom(self, node: ast.expr) -> str:
        """Return the text of `node`, in parentheses unless it holds together without."""
        return self.of(node) if isinstance(node, _HOLDS_TOGETHER) else f"({self.of(node)})"

    def line(self, position: int) -> int:
        """Return in which line, from 0, a character stands."""
        return self.text.count("\n", 0, position)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What holds each node."""
        return {child: node for node in ast.walk(self.root) for child in ast.iter_child_nodes(node)}

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes that may be changed, in the order of the text.

        Docstrings, what is raised, texts with braces, arguments and decorators are left alone.
        """
        return list(_open(self.root))

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.Lambda]:
        """The functions in it, nested ones too."""
        return [n for n in ast.walk(self.root) if isinstance(n, (ast.FunctionDef, ast.Lambda))]

    @cached_property
    def names(self) -> list[str]:
        """Arguments and local names, in the order in which they are first bound."""
        found = dict[str, int]()
        for node in ast.walk(self.root):
            if isinstance(node, ast.arg):
                found.setdefault(node.arg, self.span(node)[0])
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                place = self.span(node)[0]
                found[node.id] = min(place, found.get(node.id, place))
        return sorted(found, key=found.__getitem__)

    def like(self, name: str) -> list[str]:
        """Return the other names, those first that read most like `name`."""
        others = [other for other in self.names if other != name]
        return sorted(others, key=lambda other: -likeness(name, other))

    @cached_property
    def blocks(self) -> list[list[ast.stmt]]:
        """Every list of statements: of functions, loops and branches."""
        lists = (
            getattr(node, field, None)
            for node in ast.walk(self.root)
            for field in ("body", "orelse", "finalbody")
        )
        statements = (one for one in lists if isinstance(one, list) and one)
        return [[s for s in one if not _is_docstring(s)] for one in statements]

    @cached_property
    def called(self) -> list[str]:
        """What is called by a bare name, in the order of the text."""
        calls = (n.func for n in self.nodes if isinstance(n, ast.Call))
        return list(dict.fromkeys(f.id for f in calls if isinstance(f, ast.Name)))

    def loop(self, node: ast.AST) -> ast.AST | None:
        """Return the outermost ``while`` that holds `node`, or is it; None if there is none."""
        found, here = None, node
        while here in self.parents:
            found = here if isinstance(here, ast.While) else found
            here = self.parents[here]
        return found

    @cached_property
    def called_with_one(self) -> list[str]:
        """What is called by a bare name with one argument somewhere."""
        calls = [n for n in self.nodes if isinstance(n, ast.Call) and len(n.args) == 1]
        return [f for f in self.called if any(self.of(n.func) == f for n in calls)]

    def is_called(self, node: ast.AST) -> bool:
        """Whether `node` is what a call calls."""
        parent = self.parents.get(node)
        return isinstance(parent, ast.Call) and parent.func is node

    def is_loaded(self, node: ast.AST) -> bool:
        """Whether `node` is read, not assigned to."""
        return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


@cache
def likeness(one: str, other: str) -> float:
    """Return how much two names read alike, from 0 to 1."""
    return SequenceMatcher(None, one, other).ratio()


def _open(node: ast.AST) -> Iterator[ast.AST]:
    decorators = getattr(node, "decorator_list", ())
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _CLOSED) or child in decorators or child is _annotation(node):
            continue
        if not _is_docstring(child):
            yield child
            yield from _open(child)


def _annotation(node: ast.AST) -> ast.AST | None:
    found: ast.AST | None = getattr(node, "returns", None) or getattr(node, "annotation", None)
    return found


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)

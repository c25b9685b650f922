"""The part of a learner's line that failed, and what its names stood for at that moment.

Nothing of the learner's runs while it is looked at: only plain arrays and numbers are worked with.
"""

import ast
import builtins
import linecache
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import Any

import numpy as np

NAMELESS = "a longer expression"

_MOST_PLACES = 5
_LONGEST = 40  # characters of an expression that is quoted within a sentence
_LARGEST_POWER = 8


def _small_power(base: Any, exponent: Any) -> Any:
    """Return a power that takes no time: whole numbers grow without an end."""
    if type(exponent) is int and abs(exponent) <= _LARGEST_POWER:
        return base**exponent
    raise Unknown


_OPERATORS: Mapping[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.MatMult: operator.matmul,
    ast.USub: operator.neg,
    ast.Pow: _small_power,
}
_SAFE = (len, np.zeros_like, np.ones_like, np.zeros, np.ones, np.dot, np.concatenate, np.sum)


class Unknown(Exception):
    """An expression whose value cannot be told without running the learner's code."""


@dataclass(frozen=True)
class Place:
    """Where the learner's code was when an exception came.

    Attributes
    ----------
    line : int
        Within its cell.
    node : ast.AST or None
        The expression that failed, or the statement that is one operation.
    statement : ast.stmt or None
        What it belongs to.
    function : ast.AST or None
        The function that it stands in.
    """

    frame: FrameType
    line: int
    node: ast.AST | None
    statement: ast.stmt | None
    function: ast.AST | None

    @property
    def code(self) -> str:
        """The learner's line."""
        return linecache.getline(self.frame.f_code.co_filename, self.line).strip()

    @property
    def name(self) -> str:
        """The function's name."""
        return self.frame.f_code.co_name

    def value(self, node: ast.AST) -> Any:
        """Return what `node` stood for.

        Raises
        ------
        Unknown
            If only the learner's own code could tell.
        """
        try:
            with np.errstate(all="ignore"):
                return _value(node, self.frame)
        except Exception:
            raise Unknown from None

    def assigned(self, name: str) -> list[ast.expr]:
        """Return what is assigned to the variable `name` anywhere in the function."""
        return [
            node.value
            for node in ast.walk(self.function or ast.Module([], []))
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id == name
        ]

    def stores(self, name: str) -> int:
        """Return how often a value is bound to the variable `name` within the function."""
        return sum(
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
            for node in ast.walk(self.function or ast.Module([], []))
        )


def text_of(node: ast.AST) -> str:
    """Return `node` as code; ``NAMELESS`` if that is too long for a sentence."""
    text = ast.unparse(node)
    return text if len(text) <= _LONGEST else NAMELESS


def places(trace: TracebackType | None, is_learners: Callable[[FrameType], bool]) -> list[Place]:
    """Return where the learner's functions were, the outermost first; of many the last few."""
    found = []
    while trace is not None:
        if is_learners(trace.tb_frame):
            found.append(trace)
        trace = trace.tb_next
    return [_place(one) for one in (*found[:1], *found[1:][-_MOST_PLACES:])]


def _place(trace: TracebackType) -> Place:
    frame, code = trace.tb_frame, trace.tb_frame.f_code
    node = statement = function = None
    span = _span(code, trace.tb_lasti)
    tree = _parsed("".join(linecache.getlines(code.co_filename)))
    if span is not None and tree is not None:
        for one in ast.walk(tree):
            if not isinstance(one, (ast.expr, ast.stmt)):
                continue
            if _span_of(one) == span and not isinstance(one, ast.Expr):
                node = one
            if isinstance(one, ast.stmt) and one.lineno <= trace.tb_lineno <= (one.end_lineno or 0):
                statement = one
            if isinstance(one, (ast.FunctionDef, ast.Lambda)) and _starts(one, code):
                function = one
    return Place(frame, trace.tb_lineno, node, statement, function)


def _starts(node: ast.FunctionDef | ast.Lambda, code: CodeType) -> bool:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(one.lineno for one in decorators)])
    return first == code.co_firstlineno and getattr(node, "name", "<lambda>") == code.co_name


def _span(code: CodeType, instruction: int) -> tuple[int | None, ...] | None:
    spans = list(code.co_positions())
    place = instruction // 2
    return spans[place] if 0 <= place < len(spans) and None not in spans[place] else None


def _span_of(node: ast.expr | ast.stmt) -> tuple[int | None, ...]:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


@lru_cache(maxsize=16)
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _value(node: ast.AST, frame: FrameType) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            for names in (frame.f_locals, frame.f_globals, vars(builtins)):
                if node.id in names:
                    return names[node.id]
        case ast.Tuple() | ast.List():
            values = [_value(part, frame) for part in node.elts]
            return tuple(values) if isinstance(node, ast.Tuple) else values
        case ast.Slice():
            ends = (node.lower, node.upper, node.step)
            return slice(*(None if end is None else _value(end, frame) for end in ends))
        case ast.Attribute():
            return _attribute(_value(node.value, frame), node.attr)
        case ast.Subscript():
            held = _value(node.value, frame)
            if type(held) in (list, tuple, dict) or _is_plain(held):
                return held[_value(node.slice, frame)]
        case ast.BinOp() | ast.UnaryOp():
            inner = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.operand,)
            values = [_value(part, frame) for part in inner]
            if all(map(_is_plain, values)):
                return _OPERATORS[type(node.op)](*values)
        case ast.Call() if not node.keywords:
            function = _value(node.func, frame)
            values = [_value(part, frame) for part in node.args]
            safe = isinstance(function, np.ufunc) or any(function is one for one in _SAFE)
            if safe and all(_is_plain(v) or _is_length_of(function, v) for v in values):
                return function(*values)
    raise Unknown


def _attribute(value: Any, name: str) -> Any:
    if _is_plain(value) and name in ("T", "shape", "ndim", "size", "dtype"):
        return getattr(value, name)
    if isinstance(value, ModuleType):
        return vars(value)[name]
    if "__getattribute__" in {n for kind in type(value).__mro__[:-1] for n in vars(kind)}:
        raise Unknown
    return vars(value)[name]


def _is_length_of(function: Any, value: Any) -> bool:
    return function is len and type(value) in (list, tuple, dict)


def _is_plain(value: Any) -> bool:
    if type(value) is np.ndarray:
        return value.dtype.kind in "biufc"
    return type(value) in (bool, int, float) or isinstance(value, np.generic)

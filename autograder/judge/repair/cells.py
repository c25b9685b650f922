"""A learner's own functions: their text as it stands in its cells, and copies to try changes on."""

import ast
import linecache
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from types import CodeType, FunctionType
from typing import Any

from autograder.judge.key import AnswerKey
from autograder.judge.repair.pieces import Piece, bound
from autograder.judge.verdict import holds
from autograder.student.answers import Answer
from autograder.student.caches import copied
from autograder.student.crashes import plain_function

Limit = Callable[[float], AbstractContextManager[None]]
_PLAIN = (list, dict, set)


class Workshop:
    """Copies of a learner's functions in a namespace of their own, where changes are tried.

    Parameters
    ----------
    functions : mapping of role to function
        As they were handed to the check.
    limit : function of seconds
        Returns the context in which a learner's code runs: it is ended there.
    """

    at_once = 1

    def __init__(self, key: AnswerKey, functions: Mapping[str, Any], limit: Limit) -> None:
        self._key, self._limit, judged = key, limit, key.exercise.role
        self._roles = {role: plain_function(f) for role, f in functions.items()}
        self._given = dict(functions)
        main = self._roles[judged]
        self._theirs: dict[str, Any] = getattr(main, "__globals__", {})
        self.space: dict[str, Any] = dict(self._theirs)
        self.pieces: tuple[Piece, ...] = tuple(self._found(judged))
        self._hold_copies()

    def _found(self, judged: str) -> Iterator[Piece]:
        """Yield the judged function first, then what it calls, then the other roles."""
        waiting = [self._roles[judged], *self._roles.values()]
        seen: list[Any] = []
        for function in waiting:
            if function in seen or getattr(function, "__globals__", None) is not self._theirs:
                continue
            seen.append(function)
            if piece := piece_of(function, self._theirs):
                yield piece
            called = (self._theirs.get(name) for name in _names_in(function.__code__))
            waiting += [f for one in called if isinstance(f := plain_function(one), FunctionType)]

    def _hold_copies(self) -> None:
        """Let copies look their names up in the copied namespace, and find data copied there."""
        for name, value in self._theirs.items():
            if isinstance(value, FunctionType) and value.__globals__ is self._theirs:
                self.space[name] = self._copy_of(value)
        for piece in self.pieces:
            function = self.space.get(piece.name)
            for name in _names_in(function.__code__) if isinstance(function, FunctionType) else ():
                if name in self._theirs and _is_data(self._theirs[name]):
                    self.space[name] = copied(self._theirs[name])
        self._kept = dict(self.space)

    def _copy_of(self, function: FunctionType) -> FunctionType:
        made = FunctionType(
            function.__code__,
            self.space,
            function.__name__,
            function.__defaults__,
            function.__closure__,
        )
        made.__kwdefaults__ = function.__kwdefaults__
        vars(made).update(vars(function))
        return made

    def with_text(self, changed: Mapping[Piece, str]) -> dict[str, Any]:
        """Return the functions by role, with the texts of some pieces changed.

        Raises
        ------
        Exception
            Whatever Python says to such a text.
        """
        self.space.clear()
        self.space.update(self._kept)
        for piece, text in changed.items():
            exec(compile(text, piece.file, "exec", dont_inherit=True), self.space)
        return {role: self._role(role) for role in self._roles}

    def answers(
        self,
        tries: Sequence[Mapping[Piece, str]],
        case: str,
        until: Collection[str],
        seconds: float,
    ) -> list[Answer | None]:
        """Return what each of `tries` answers to one case, None where nothing came."""
        return [self._answer(texts, case, until, seconds) for texts in tries]

    def _answer(
        self, texts: Mapping[Piece, str], case: str, until: Collection[str], seconds: float
    ) -> Answer | None:
        try:
            functions = self.with_text(texts)
            with self._limit(seconds):
                return self._key.answer_of(functions, case, until, told=False)
        except KeyboardInterrupt:
            raise
        except BaseException:  # of a text that Python refuses, or a limit just behind the call
            return None

    def holds(self, texts: Mapping[Piece, str], seconds: float) -> bool:
        """Return whether the whole check holds, on cases that the search has not seen, too."""
        try:
            functions = self.with_text(texts)
            with self._limit(seconds):
                return all(
                    holds(key, list(key.answers_of(functions).values()))
                    for key in (self._key, *self._key.further)
                )
        except KeyboardInterrupt:
            raise
        except BaseException:
            return False

    def _role(self, role: str) -> Any:
        function = self._roles[role]
        if getattr(function, "__globals__", None) is not self._theirs:
            return self._given[role]
        for piece in self.pieces:
            if plain_function(self._theirs.get(piece.name)) is function:
                return self.space[piece.name]
        return self._copy_of(function) if isinstance(function, FunctionType) else self._given[role]


def _is_data(value: Any) -> bool:
    return isinstance(value, _PLAIN) or (
        hasattr(value, "dtype") and hasattr(value, "copy") and not isinstance(value, type)
    )


def _names_in(code: CodeType) -> Iterable[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def piece_of(function: Any, space: Mapping[str, Any]) -> Piece | None:
    """Return the statement in a cell that binds `function` to its name; None if there is none."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename, dict(space))
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return None
    for statement in _top_level(tree.body):
        first, last = _first_line(statement), statement.end_lineno or 0
        if first <= code.co_firstlineno <= last and (name := bound(statement)):
            if plain_function(space.get(name)) is not function:
                return None
            own = lines[first - 1 : last]
            text = "".join([*own[:-1], own[-1].rstrip("\n")])
            text = _cut(text, statement, first)
            return Piece(name, text, first, code.co_filename) if text else None
    return None


def _cut(text: str, statement: ast.stmt, first: int) -> str:
    """Return `text` without what stands before and behind the statement; "" if it is indented."""
    if statement.col_offset:
        return ""
    start = len("".join(text.splitlines(keepends=True)[: (statement.end_lineno or 0) - first]))
    last = text[start:].encode()[: statement.end_col_offset].decode()
    return text[:start] + last


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        for field in ("body", "orelse", "finalbody", "handlers"):
            if isinstance(statement, (ast.If, ast.Try, ast.With)):
                inner = getattr(statement, field, [])
                yield from _top_level([s for s in inner if isinstance(s, ast.stmt)])


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])

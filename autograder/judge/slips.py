"""Every single slip of the pen in a model answer, with the words that tell it.

What nobody has written down as a mistake is found here: a sign, a term, a transpose, an index, a
name in another's place. A slip is told by its kind and by the quantity in which it was made, in
words that hold for whoever gets these numbers; the answer's code is never shown.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from autograder.judge.edits import Mistake, Place, base_source
from autograder.judge.slip_words import HEAD, SIGNS, is_known
from autograder.judge.slips_of_expressions import Expressions, Slip
from autograder.student.words import listed


@cache
def slips(unit: str, exercise: str) -> tuple[Mistake, ...]:
    """Return all single slips in the model answer of `exercise`, in the order of its text."""
    source = base_source(unit, exercise)
    made: dict[str, Mistake | None] = {source: None}
    for number, slip in enumerate(_Reader(source).slips()):
        place: Place = (slip.start, slip.end, slip.new)
        text = source[: slip.start] + slip.new + source[slip.end :]
        mistake = Mistake(f"slip-{number}", slip.when, unit, exercise, places=(place,))
        made.setdefault(text, mistake)
    return tuple(mistake for mistake in made.values() if mistake is not None)


class _Reader(Expressions):
    """Reads one function and yields its slips."""

    def __init__(self, source: str) -> None:
        function = ast.parse(source).body[0]
        assert isinstance(function, ast.FunctionDef)
        self.function = function
        super().__init__(source, [a.arg for a in function.args.args], _growing(function))

    def slips(self) -> Iterator[Slip]:
        body = self.function.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        for default in self.function.args.defaults:
            if isinstance(default, ast.Constant) and isinstance(default.value, float):
                words = "a number that is given as the default is another one."
                for factor in (0.5, 2, 10):
                    yield self.replaced(default, repr(default.value * factor), words)
        for statement in body:
            yield from self._statement(statement, alone=len(body) == 1)

    # --- statements ---------------------------------------------------------------------------

    def _statement(self, node: ast.stmt, alone: bool) -> Iterator[Slip]:
        if isinstance(node, ast.Raise):
            return  # what is raised is told as what came
        before = self.target
        targets = list(_assigned(node))
        made = _assigned_within(node) if isinstance(node, ast.For) else targets
        known = [name for name in dict.fromkeys(made) if is_known(name, self.arguments)]
        known = known or [name for name in made if name == "cache"]
        if isinstance(node, ast.For):
            self.target = HEAD
            self.outcome = known[-1] if known else "an intermediate value"
        elif known:
            self.target = listed(known)
        elif made or isinstance(node, ast.Expr):
            self.target = "an intermediate value"
        elif isinstance(node, ast.If):
            self.target = "the result"
        if not alone and isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
            yield self.replaced(node, "pass", "a step on the way to {target} is left out.")
        if isinstance(node, ast.For):
            last = node.body[-1]
            text = f"{self.text(last)}\n{' ' * last.col_offset}break"
            words = "a loop on the way to {outcome} ends after its first round."
            yield self.replaced(last, text, words)
        if isinstance(node, ast.AugAssign):
            target, value = self.text(node.target), self.text(node.value)
            yield self.replaced(
                node, f"{target} = {value}", "{target} is overwritten each time, not added to."
            )
            for sign, done in (("+", "added"), ("-", "subtracted"), ("*", "multiplied")):
                words = f"in {{target}} quantities are {done} by mistake."
                if sign != SIGNS.get(type(node.op)):
                    yield self.replaced(node, f"{target} {sign}= {value}", words)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            yield from self._exchanged(node.value)
            for name, part in zip(self._returned(node.value), node.value.elts, strict=True):
                self.target = name
                yield from self.expression(part)
            return
        if isinstance(node, ast.Return):
            self.target = "the result"
        one_by_one, together = _one_by_one(node), self.target
        for name, part in one_by_one:
            self.target = name if name in known else "an intermediate value"
            yield from self.expression(part)
        self.target = together
        for field in () if one_by_one else ast.iter_child_nodes(node):
            if isinstance(field, ast.stmt):
                yield from self._statement(field, alone=False)
            elif isinstance(field, ast.expr) and not _is_target(node, field):
                yield from self.expression(field)
        self.names += [name for name in targets if name not in self.names]
        self.target = before if isinstance(node, ast.For | ast.If) else self.target
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) and not known:
            self.target = before

    def _returned(self, node: ast.Tuple) -> list[str]:
        """Return what the parts of a result are called, as the first line of the docstring says."""
        told = re.match(r"Return \(([\w, ]+)\)", ast.get_docstring(self.function) or "")
        names = told[1].split(", ") if told else []
        return names if len(names) == len(node.elts) else ["the result"] * len(node.elts)

    def _exchanged(self, node: ast.Tuple) -> Iterator[Slip]:
        texts = [self.text(item) for item in node.elts]
        for i in range(len(texts)):
            for j in range(i + 1, len(texts)):
                swapped = list(texts)
                swapped[i], swapped[j] = texts[j], texts[i]
                names = self._returned(node)
                words = f"{names[i]} and {names[j]} are exchanged in what comes back."
                if names[i] == names[j]:
                    words = "two values are exchanged in what comes back."
                yield self.replaced(node, ", ".join(swapped), words)


def _assigned(node: ast.stmt) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.For):
        targets = [node.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id
            elif isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name):
                yield part.value.id


def _one_by_one(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    """Return name and value of each where several are assigned at once, each a value of its own."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Tuple):
        return []
    target, values = node.targets[0], node.value.elts
    if not isinstance(target, ast.Tuple) or len(target.elts) != len(values):
        return []
    names = [name for part in target.elts for name in [getattr(part, "id", "")] if name]
    return list(zip(names, values, strict=True)) if len(names) == len(values) else []


def _assigned_within(loop: ast.For) -> list[str]:
    """Return what a loop makes, in the order of the text."""
    inner = (part for statement in loop.body for part in ast.walk(statement))
    return [
        name
        for part in inner
        if isinstance(part, ast.Assign | ast.AugAssign)
        for name in _assigned(part)
    ]


def _growing(function: ast.FunctionDef) -> set[str]:
    """Return the lists that are appended to: one that came to hold itself would fill memory."""
    return {
        call.func.value.id
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.attr in ("append", "insert", "extend")
    }


def _is_target(node: ast.stmt, field: ast.expr) -> bool:
    if isinstance(node, ast.Assign):
        return field in node.targets
    return isinstance(node, ast.AugAssign | ast.For) and field is node.target

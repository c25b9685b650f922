"""Every single slip of the pen in a model answer, with the words that tell it.

What nobody has written down as a mistake is found here: a sign, a term, a transpose, an index, a
name in another's place. A slip is told by its kind and by the quantity in which it was made, in
words that hold for whoever gets these numbers; the answer's code is never shown.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from autograder.judge.edits import Mistake, Place, base_source
from autograder.student.words import listed

_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**"}
_DONE = {
    ast.Add: "added",
    ast.Sub: "subtracted",
    ast.Mult: "multiplied",
    ast.Div: "divided",
    ast.MatMult: "multiplied as matrices",
    ast.Pow: "raised to a power",
}
_PART = {ast.Add: "term", ast.Sub: "term", ast.Pow: "base or exponent"}
_COMPARED = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "=="}
_OTHER_CALLS = {
    "sum": (
        ("mean", "a mean stands in {target} where a sum belongs."),
        ("max", "the largest is taken in {target} instead of a sum."),
    ),
    "mean": (("sum", "a sum stands in {target} where a mean belongs."),),
    "max": (
        ("min", "the smallest is taken in {target} instead of the largest."),
        ("sum", "a sum is taken in {target} instead of the largest."),
    ),
    "argmax": (("argmin", "the smallest is looked for in {target} instead of the largest."),),
    "any": (("all", "all are asked for on the way to {target} instead of any."),),
    "zeros_like": (("ones_like", "ones stand in {target} instead of zeros, to begin with."),),
    "zeros": (("ones", "ones stand in {target} instead of zeros, to begin with."),),
    "ones_like": (("zeros_like", "zeros stand in {target} instead of ones, to begin with."),),
    "ones": (("zeros", "zeros stand in {target} instead of ones, to begin with."),),
}
_HEAD = "the head of a loop"
_COMMON = {
    *("carry", "norm", "scale", "mask", "loss", "scores", "targets", "norms", "labels"),
    *("inputs", "gradient", "gain", "candidate"),
}


@dataclass(frozen=True)
class _Slip:
    start: int
    end: int
    new: str
    when: str


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


class _Reader:
    """Reads one function and yields its slips."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = [0]
        for line in source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        function = ast.parse(source).body[0]
        assert isinstance(function, ast.FunctionDef)
        self.function = function
        self.arguments = [argument.arg for argument in function.args.args]
        self.names = list(self.arguments)  # what a name may be taken for: known so far
        self.growing = _growing(function)
        self.target = "the result"
        self.outcome = ""  # of the loop that is read

    def slips(self) -> Iterator[_Slip]:
        body = self.function.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        for default in self.function.args.defaults:
            if isinstance(default, ast.Constant) and isinstance(default.value, float):
                words = "a number that is given as the default is another one."
                for factor in (0.5, 2, 10):
                    yield self._replace(default, repr(default.value * factor), words)
        for statement in body:
            yield from self._statement(statement, alone=len(body) == 1)

    # --- statements ---------------------------------------------------------------------------

    def _statement(self, node: ast.stmt, alone: bool) -> Iterator[_Slip]:
        if isinstance(node, ast.Raise):
            return  # what is raised is told as what came
        before = self.target
        targets = list(_assigned(node))
        made = _assigned_within(node) if isinstance(node, ast.For) else targets
        known = [name for name in dict.fromkeys(made) if _is_known(name, self.arguments)]
        known = known or [name for name in made if name == "cache"]
        if isinstance(node, ast.For):
            self.target = _HEAD
            self.outcome = known[-1] if known else "an intermediate value"
        elif known:
            self.target = listed(known)
        elif made or isinstance(node, ast.Expr):
            self.target = "an intermediate value"
        elif isinstance(node, ast.If):
            self.target = "the result"
        if not alone and isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
            yield self._replace(node, "pass", "a step on the way to {target} is left out.")
        if isinstance(node, ast.For):
            last = node.body[-1]
            text = f"{self._text(last)}\n{' ' * last.col_offset}break"
            words = "a loop on the way to {outcome} ends after its first round."
            yield self._replace(last, text, words)
        if isinstance(node, ast.AugAssign):
            target, value = self._text(node.target), self._text(node.value)
            yield self._replace(
                node, f"{target} = {value}", "{target} is overwritten each time, not added to."
            )
            for sign, done in (("+", "added"), ("-", "subtracted"), ("*", "multiplied")):
                words = f"in {{target}} quantities are {done} by mistake."
                if sign != _SIGNS.get(type(node.op)):
                    yield self._replace(node, f"{target} {sign}= {value}", words)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            yield from self._exchanged(node.value)
            for name, part in zip(self._returned(node.value), node.value.elts, strict=True):
                self.target = name
                yield from self._expression(part)
            return
        if isinstance(node, ast.Return):
            self.target = "the result"
        one_by_one, together = _one_by_one(node), self.target
        for name, part in one_by_one:
            self.target = name if name in known else "an intermediate value"
            yield from self._expression(part)
        self.target = together
        for field in () if one_by_one else ast.iter_child_nodes(node):
            if isinstance(field, ast.stmt):
                yield from self._statement(field, alone=False)
            elif isinstance(field, ast.expr) and not _is_target(node, field):
                yield from self._expression(field)
        self.names += [name for name in targets if name not in self.names]
        self.target = before if isinstance(node, ast.For | ast.If) else self.target
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) and not known:
            self.target = before

    def _returned(self, node: ast.Tuple) -> list[str]:
        """Return what the parts of a result are called, as the first line of the docstring says."""
        told = re.match(r"Return \(([\w, ]+)\)", ast.get_docstring(self.function) or "")
        names = told[1].split(", ") if told else []
        return names if len(names) == len(node.elts) else ["the result"] * len(node.elts)

    def _exchanged(self, node: ast.Tuple) -> Iterator[_Slip]:
        texts = [self._text(item) for item in node.elts]
        for i in range(len(texts)):
            for j in range(i + 1, len(texts)):
                swapped = list(texts)
                swapped[i], swapped[j] = texts[j], texts[i]
                names = self._returned(node)
                words = f"{names[i]} and {names[j]} are exchanged in what comes back."
                if names[i] == names[j]:
                    words = "two values are exchanged in what comes back."
                yield self._replace(node, ", ".join(swapped), words)

    # --- expressions --------------------------------------------------------------------------

    def _expression(self, node: ast.expr) -> Iterator[_Slip]:
        makers: dict[type[ast.expr], Callable[..., Iterator[_Slip]]] = {
            ast.BinOp: self._operation,
            ast.UnaryOp: self._sign,
            ast.Call: self._call,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.Constant: self._constant,
            ast.Compare: self._comparison,
            ast.IfExp: self._choice,
        }
        maker = makers.get(type(node))
        if maker:
            yield from maker(node)
        if isinstance(node, ast.Name | ast.Call | ast.Subscript | ast.BinOp):
            words = "a sign is turned in {target}{which}."
            yield self._replace(node, f"(-({self._text(node)}))", words, _with(node))
        for child in _parts(node):
            yield from self._expression(child)

    def _operation(self, node: ast.BinOp) -> Iterator[_Slip]:
        left, right = self._text(node.left), self._text(node.right)
        kind = type(node.op)
        what = _PART.get(kind, "factor")
        if kind is ast.Pow:
            yield self._replace(node, f"({left})", "a square or power is missing in {target}.")
        for other, sign in _SIGNS.items():
            # LAPACK writes to the terminal when it is handed inf.
            unsafe = other in (ast.Div, ast.Pow) and "linalg" in self.source
            if other is not kind and kind in _SIGNS and not unsafe:
                words = f"quantities are {_DONE[other]} in {{target}} instead of {_DONE[kind]}"
                made = f"(({left}) {sign} ({right}))"
                yield self._replace(node, made, f"{words}{{which}}.", _with(node.right))
        missing = f"a {what} is missing in {{target}}{{which}}."
        yield self._replace(node, f"({left})", missing, _with(node.right))
        rest = f"(-({right}))" if kind is ast.Sub else f"({right})"
        yield self._replace(node, rest, missing, _with(node.left))
        if kind in (ast.MatMult, ast.Sub) or (kind is ast.Div and "linalg" not in self.source):
            turned = f"(({right}) {_SIGNS[kind]} ({left}))"
            yield self._replace(node, turned, "two quantities are exchanged in {target}.")
        if kind in (ast.Add, ast.Sub, ast.Mult):
            again = f"({self._text(node)} {'*' if kind is ast.Mult else '+'} ({right}))"
            words = f"a {what} counts twice in {{target}}{{which}}."
            yield self._replace(node, again, words, _with(node.right))

    def _sign(self, node: ast.UnaryOp) -> Iterator[_Slip]:
        words = "a sign is turned in {target}."
        if isinstance(node.op, ast.Not):
            words = "a condition is turned round."
        yield self._replace(node, f"({self._text(node.operand)})", words)

    def _call(self, node: ast.Call) -> Iterator[_Slip]:
        name = _last_name(node.func)
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            return
        if len(node.args) == 1 and name not in ("range", "len", "int", "float"):
            words = f"{name} is not applied in {{target}}."
            yield self._replace(node, f"({self._text(node.args[0])})", words)
        if isinstance(node.func, ast.Attribute) and name in ("copy", "sum", "astype", "reshape"):
            words = f"{name} is not applied in {{target}}."
            yield self._replace(node, f"({self._text(node.func.value)})", words)
        for other, words in _OTHER_CALLS.get(name, ()):
            function = self._text(node.func)
            yield self._replace(node.func, function[: -len(name)] + other, words)
        if name == "range":
            yield from self._range(node)
        for keyword in node.keywords:
            yield from self._keyword(node, keyword)
        if len(node.args) >= 2 and name not in ("range",):
            first, second = self._text(node.args[0]), self._text(node.args[1])
            start, end = self._span(node.args[0])[0], self._span(node.args[1])[1]
            yield _Slip(
                start,
                end,
                f"{second}, {first}",
                self._say(f"two arguments of {name} are exchanged in {{target}}."),
            )

    def _range(self, node: ast.Call) -> Iterator[_Slip]:
        *start, stop = [self._text(argument) for argument in node.args[:2]]
        begin = start[0] if start else "0"
        rest = "".join(f", {self._text(argument)}" for argument in node.args[2:])
        few = "a loop on the way to {outcome} leaves its last step out."
        yield self._replace(node, f"range({begin}, {stop} - 1{rest})", few)
        late = "a loop on the way to {outcome} leaves its first step out."
        yield self._replace(node, f"range({begin} + 1, {stop}{rest})", late)
        if not rest:
            back = "a loop on the way to {outcome} runs in the other direction."
            yield self._replace(node, f"range({stop} - 1, {begin} - 1, -1)", back)

    def _keyword(self, node: ast.Call, keyword: ast.keyword) -> Iterator[_Slip]:
        value = self._text(keyword.value)
        name = _last_name(node.func)
        if keyword.arg == "axis":
            for other in ("0", "1", "-1", "2", "None"):
                if other != value:
                    where = f"axis {other}" if other != "None" else "all axes at once"
                    words = f"{name} goes along {where} in {{target}}."
                    yield self._replace(keyword.value, other, words)
        elif value in ("True", "False"):
            other = "False" if value == "True" else "True"
            words = f"{keyword.arg} is {other} for {name} in {{target}}."
            yield self._replace(keyword.value, other, words)

    def _name(self, node: ast.Name) -> Iterator[_Slip]:
        if node.id not in self.names:
            return
        for other in self.names:
            if other == node.id or other in self.growing:
                continue
            known = _is_known(node.id, self.arguments)
            if node.id == self.target:
                words = f"something else stands where {node.id} belongs."
            elif known and _is_known(other, self.arguments):
                words = f"{other} stands in {{target}} where {node.id} belongs."
            else:
                which = f" for {node.id}" if known else ""
                words = f"another quantity is taken{which} in {{target}}."
            yield self._replace(node, other, words)
        for made, called in (("np.zeros_like", "zeros stand"), ("np.ones_like", "ones stand")):
            if _is_known(node.id, self.arguments):
                words = f"{called} in {{target}} where {node.id} belongs."
                if node.id == self.target:
                    words = f"{called} where {node.id} belongs."
                yield self._replace(node, f"{made}({node.id})", words)
        if _is_known(node.id, self.arguments) and node.id[-1:] != "_":
            where = "" if node.id == self.target else " in {target}"
            yield self._replace(node, f"{node.id}.T", f"{node.id} is transposed{where}.")

    def _attribute(self, node: ast.Attribute) -> Iterator[_Slip]:
        if node.attr == "T":
            inner = self._text(node.value)
            what = (
                inner if inner.isidentifier() and _is_known(inner, self.arguments) else "a matrix"
            )
            yield self._replace(node, inner, f"{what} is not transposed in {{target}}.")

    def _subscript(self, node: ast.Subscript) -> Iterator[_Slip]:
        whole = self._text(node.value)
        yield self._replace(node, whole, "an index is missing in {target}.")
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for item in items:
            if isinstance(item, ast.Slice):
                yield from self._slice(item)
            elif isinstance(item, ast.Name):
                for step, side in (("+ 1", "high"), ("- 1", "low")):
                    words = f"an index is one too {side} in {{target}}."
                    yield self._replace(item, f"{item.id} {step}", words)

    def _slice(self, item: ast.Slice) -> Iterator[_Slip]:
        lower, upper, step = (
            self._text(part) if part else "" for part in (item.lower, item.upper, item.step)
        )
        words = "a slice on the way to {target} begins or ends elsewhere."
        more = f":{step}" if step else ""
        if lower or upper:
            yield self._replace(item, f"{lower}:{more}" if upper else f":{lower}{more}", words)
            yield self._replace(item, f":{upper}{more}", words)
        if upper:
            yield self._replace(item, f"{lower}:({upper}) - 1{more}", words)
            yield self._replace(item, f"{lower}:({upper}) + 1{more}", words)
        if lower:
            yield self._replace(item, f"({lower}) + 1:{upper}{more}", words)
        if step == "-1":
            yield self._replace(
                item, f"{lower}:{upper}", "an order is not turned round in {target}."
            )

    def _constant(self, node: ast.Constant) -> Iterator[_Slip]:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return
        words = "a number is {} in {{target}}."
        if isinstance(value, int):
            yield self._replace(node, str(value + 1), words.format("one too high"))
            yield self._replace(node, f"({value - 1})", words.format("one too low"))
        if value != 0 and (isinstance(value, float) or value != 1):
            yield self._replace(node, repr(value * 2), words.format("twice as large"))
            yield self._replace(node, repr(value / 2), words.format("half as large"))

    def _comparison(self, node: ast.Compare) -> Iterator[_Slip]:
        left, right = self._text(node.left), self._text(node.comparators[0])
        kind = type(node.ops[0])
        if kind in _COMPARED:
            words = "a condition counts its border in, or out, on the way to {target}."
            if kind in (ast.Eq, ast.NotEq):
                words = "a condition is turned round on the way to {target}."
            yield self._replace(node, f"({left} {_COMPARED[kind]} {right})", words)
        if kind in (ast.Lt, ast.LtE, ast.Gt, ast.GtE):
            turned = "<" if kind in (ast.Gt, ast.GtE) else ">"
            words = "a condition is turned round on the way to {target}."
            yield self._replace(node, f"({left} {turned} {right})", words)

    def _choice(self, node: ast.IfExp) -> Iterator[_Slip]:
        words = "a condition makes no difference to {target}."
        for branch in (node.body, node.orelse):
            yield self._replace(node, f"({self._text(branch)})", words)

    # --- places -------------------------------------------------------------------------------

    def _replace(self, node: ast.AST, new: str, words: str, which: str = "") -> _Slip:
        start, end = self._span(node)
        return _Slip(start, end, new, self._say(words, which))

    def _say(self, words: str, which: str = "") -> str:
        outcome = self.outcome if self.target == _HEAD else self.target
        return words.format(target=self.target, outcome=outcome, which=which)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        first, last = self.lines[node.lineno - 1], self.lines[node.end_lineno - 1]  # type: ignore[attr-defined]
        return first + node.col_offset, last + node.end_col_offset  # type: ignore[attr-defined]

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self.source[start:end]


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the expressions within one; what a comprehension runs over is among them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.comprehension):
            yield child.iter
            yield from child.ifs
        elif isinstance(child, ast.keyword):
            yield child.value


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


def _is_known(name: str, arguments: list[str]) -> bool:
    """Return whether a learner meets `name` in the notebook: arguments and the course's symbols."""
    head = name.removeprefix("d").partition("_")[0]
    return name in arguments or name in _COMMON or (0 < len(head) <= 2)


def _with(node: ast.expr) -> str:
    """Return which term or factor, by the names in it."""
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _is_known(n.id, [])]
    unique = list(dict.fromkeys(name for name in names if name != "np"))
    return f" (the one with {' and '.join(unique[:2])})" if unique else ""


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

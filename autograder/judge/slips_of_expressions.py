"""The slips of the pen in one expression of a model answer."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder.judge.repair.text import Text
from autograder.judge.slip_words import (
    COMPARED,
    DONE,
    HEAD,
    OTHER_CALLS,
    PART,
    SIGNS,
    is_known,
    the_one_with,
)


@dataclass(frozen=True)
class Slip:
    """A part of a text, what stands there instead, and when that is so, in words."""

    start: int
    end: int
    new: str
    when: str


class Expressions:
    """Yields the slips in expressions of a text, told by the quantity that is being made.

    Attributes
    ----------
    target, outcome : str
        What the expression is read for; of the head of a loop, also what the loop makes.
    names : list of str
        What a name may be taken for: known so far.
    """

    def __init__(self, source: str, arguments: list[str], growing: set[str]) -> None:
        self.source, self.arguments, self.growing = source, arguments, growing
        self.names = list(arguments)
        self.target, self.outcome = "the result", ""
        text = Text(source)
        self.span, self.text = text.span, text.of

    def expression(self, node: ast.expr) -> Iterator[Slip]:
        """Yield the slips in `node` and in all its parts."""
        makers: dict[type[ast.expr], Callable[..., Iterator[Slip]]] = {
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
            yield self.replaced(node, f"(-({self.text(node)}))", words, the_one_with(node))
        for child in _parts(node):
            yield from self.expression(child)

    def _operation(self, node: ast.BinOp) -> Iterator[Slip]:
        left, right = self.text(node.left), self.text(node.right)
        kind = type(node.op)
        what = PART.get(kind, "factor")
        if kind is ast.Pow:
            yield self.replaced(node, f"({left})", "a square or power is missing in {target}.")
        for other, sign in SIGNS.items():
            # LAPACK writes to the terminal when it is handed inf.
            unsafe = other in (ast.Div, ast.Pow) and "linalg" in self.source
            if other is not kind and kind in SIGNS and not unsafe:
                words = f"quantities are {DONE[other]} in {{target}} instead of {DONE[kind]}"
                made = f"(({left}) {sign} ({right}))"
                yield self.replaced(node, made, f"{words}{{which}}.", the_one_with(node.right))
        missing = f"a {what} is missing in {{target}}{{which}}."
        yield self.replaced(node, f"({left})", missing, the_one_with(node.right))
        rest = f"(-({right}))" if kind is ast.Sub else f"({right})"
        yield self.replaced(node, rest, missing, the_one_with(node.left))
        if kind in (ast.MatMult, ast.Sub) or (kind is ast.Div and "linalg" not in self.source):
            turned = f"(({right}) {SIGNS[kind]} ({left}))"
            yield self.replaced(node, turned, "two quantities are exchanged in {target}.")
        if kind in (ast.Add, ast.Sub, ast.Mult):
            again = f"({self.text(node)} {'*' if kind is ast.Mult else '+'} ({right}))"
            words = f"a {what} counts twice in {{target}}{{which}}."
            yield self.replaced(node, again, words, the_one_with(node.right))

    def _sign(self, node: ast.UnaryOp) -> Iterator[Slip]:
        words = "a sign is turned in {target}."
        if isinstance(node.op, ast.Not):
            words = "a condition is turned round."
        yield self.replaced(node, f"({self.text(node.operand)})", words)

    def _call(self, node: ast.Call) -> Iterator[Slip]:
        name = _last_name(node.func)
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            return
        if len(node.args) == 1 and name not in ("range", "len", "int", "float"):
            words = f"{name} is not applied in {{target}}."
            yield self.replaced(node, f"({self.text(node.args[0])})", words)
        if isinstance(node.func, ast.Attribute) and name in ("copy", "sum", "astype", "reshape"):
            words = f"{name} is not applied in {{target}}."
            yield self.replaced(node, f"({self.text(node.func.value)})", words)
        for other, words in OTHER_CALLS.get(name, ()):
            function = self.text(node.func)
            yield self.replaced(node.func, function[: -len(name)] + other, words)
        if name == "range":
            yield from self._range(node)
        for keyword in node.keywords:
            yield from self._keyword(node, keyword)
        if len(node.args) >= 2 and name not in ("range",):
            first, second = self.text(node.args[0]), self.text(node.args[1])
            start, end = self.span(node.args[0])[0], self.span(node.args[1])[1]
            yield Slip(
                start,
                end,
                f"{second}, {first}",
                self.say(f"two arguments of {name} are exchanged in {{target}}."),
            )

    def _range(self, node: ast.Call) -> Iterator[Slip]:
        *start, stop = [self.text(argument) for argument in node.args[:2]]
        begin = start[0] if start else "0"
        rest = "".join(f", {self.text(argument)}" for argument in node.args[2:])
        few = "a loop on the way to {outcome} leaves its last step out."
        yield self.replaced(node, f"range({begin}, {stop} - 1{rest})", few)
        late = "a loop on the way to {outcome} leaves its first step out."
        yield self.replaced(node, f"range({begin} + 1, {stop}{rest})", late)
        if not rest:
            back = "a loop on the way to {outcome} runs in the other direction."
            yield self.replaced(node, f"range({stop} - 1, {begin} - 1, -1)", back)

    def _keyword(self, node: ast.Call, keyword: ast.keyword) -> Iterator[Slip]:
        value = self.text(keyword.value)
        name = _last_name(node.func)
        if keyword.arg == "axis":
            for other in ("0", "1", "-1", "2", "None"):
                if other != value:
                    where = f"axis {other}" if other != "None" else "all axes at once"
                    words = f"{name} goes along {where} in {{target}}."
                    yield self.replaced(keyword.value, other, words)
        elif value in ("True", "False"):
            other = "False" if value == "True" else "True"
            words = f"{keyword.arg} is {other} for {name} in {{target}}."
            yield self.replaced(keyword.value, other, words)

    def _name(self, node: ast.Name) -> Iterator[Slip]:
        if node.id not in self.names:
            return
        for other in self.names:
            if other == node.id or other in self.growing:
                continue
            known = is_known(node.id, self.arguments)
            if node.id == self.target:
                words = f"something else stands where {node.id} belongs."
            elif known and is_known(other, self.arguments):
                words = f"{other} stands in {{target}} where {node.id} belongs."
            else:
                which = f" for {node.id}" if known else ""
                words = f"another quantity is taken{which} in {{target}}."
            yield self.replaced(node, other, words)
        for made, called in (("np.zeros_like", "zeros stand"), ("np.ones_like", "ones stand")):
            if is_known(node.id, self.arguments):
                words = f"{called} in {{target}} where {node.id} belongs."
                if node.id == self.target:
                    words = f"{called} where {node.id} belongs."
                yield self.replaced(node, f"{made}({node.id})", words)
        if is_known(node.id, self.arguments) and node.id[-1:] != "_":
            where = "" if node.id == self.target else " in {target}"
            yield self.replaced(node, f"{node.id}.T", f"{node.id} is transposed{where}.")

    def _attribute(self, node: ast.Attribute) -> Iterator[Slip]:
        if node.attr == "T":
            inner = self.text(node.value)
            what = inner if inner.isidentifier() and is_known(inner, self.arguments) else "a matrix"
            yield self.replaced(node, inner, f"{what} is not transposed in {{target}}.")

    def _subscript(self, node: ast.Subscript) -> Iterator[Slip]:
        whole = self.text(node.value)
        yield self.replaced(node, whole, "an index is missing in {target}.")
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for item in items:
            if isinstance(item, ast.Slice):
                yield from self._slice(item)
            elif isinstance(item, ast.Name):
                for step, side in (("+ 1", "high"), ("- 1", "low")):
                    words = f"an index is one too {side} in {{target}}."
                    yield self.replaced(item, f"{item.id} {step}", words)

    def _slice(self, item: ast.Slice) -> Iterator[Slip]:
        lower, upper, step = (
            self.text(part) if part else "" for part in (item.lower, item.upper, item.step)
        )
        words = "a slice on the way to {target} begins or ends elsewhere."
        more = f":{step}" if step else ""
        if lower or upper:
            yield self.replaced(item, f"{lower}:{more}" if upper else f":{lower}{more}", words)
            yield self.replaced(item, f":{upper}{more}", words)
        if upper:
            yield self.replaced(item, f"{lower}:({upper}) - 1{more}", words)
            yield self.replaced(item, f"{lower}:({upper}) + 1{more}", words)
        if lower:
            yield self.replaced(item, f"({lower}) + 1:{upper}{more}", words)
        if step == "-1":
            yield self.replaced(
                item, f"{lower}:{upper}", "an order is not turned round in {target}."
            )

    def _constant(self, node: ast.Constant) -> Iterator[Slip]:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return
        words = "a number is {} in {{target}}."
        if isinstance(value, int):
            yield self.replaced(node, str(value + 1), words.format("one too high"))
            yield self.replaced(node, f"({value - 1})", words.format("one too low"))
        if value != 0 and (isinstance(value, float) or value != 1):
            yield self.replaced(node, repr(value * 2), words.format("twice as large"))
            yield self.replaced(node, repr(value / 2), words.format("half as large"))

    def _comparison(self, node: ast.Compare) -> Iterator[Slip]:
        left, right = self.text(node.left), self.text(node.comparators[0])
        kind = type(node.ops[0])
        if kind in COMPARED:
            words = "a condition counts its border in, or out, on the way to {target}."
            if kind in (ast.Eq, ast.NotEq):
                words = "a condition is turned round on the way to {target}."
            yield self.replaced(node, f"({left} {COMPARED[kind]} {right})", words)
        if kind in (ast.Lt, ast.LtE, ast.Gt, ast.GtE):
            turned = "<" if kind in (ast.Gt, ast.GtE) else ">"
            words = "a condition is turned round on the way to {target}."
            yield self.replaced(node, f"({left} {turned} {right})", words)

    def _choice(self, node: ast.IfExp) -> Iterator[Slip]:
        words = "a condition makes no difference to {target}."
        for branch in (node.body, node.orelse):
            yield self.replaced(node, f"({self.text(branch)})", words)

    # --- places -------------------------------------------------------------------------------

    def replaced(self, node: ast.AST, new: str, words: str, which: str = "") -> Slip:
        """Return the slip that has `new` in the place of `node`."""
        start, end = self.span(node)
        return Slip(start, end, new, self.say(words, which))

    def say(self, words: str, which: str = "") -> str:
        """Return `words` with what is being made put in."""
        outcome = self.outcome if self.target == HEAD else self.target
        return words.format(target=self.target, outcome=outcome, which=which)


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


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

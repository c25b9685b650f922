"""Changes within an expression: operators, signs, transposes, axes, indices, bounds, branches."""

import ast
from collections.abc import Iterator

from autograder.judge.repair.changes import FIRST, LATER, SOON, Place, put, rule
from autograder.judge.repair.text import Text

Places = Iterator[tuple[Place, ...]]
SIGNS: dict[type[ast.operator], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@"},
    **{ast.Pow: "**", ast.FloorDiv: "//", ast.Mod: "%"},
    **{ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"},
}
_LOGICAL = ("&", "|", "^")
_ORDERS: dict[type[ast.cmpop], str] = {
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="},
    **{ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not"},
}
VALUES = (ast.Name, ast.Call, ast.Subscript, ast.BinOp, ast.Attribute)


@rule("operator", FIRST)
def operator(text: Text, node: ast.AST) -> Places:
    if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
        old = SIGNS[type(node.op)]
        start = text.text.find(old, text.span(node.left)[1])
        for new in SIGNS.values():
            if (new in _LOGICAL) == (old in _LOGICAL) and new != old:
                yield ((start, start + len(old), new),)
    if isinstance(node, ast.AugAssign) and type(node.op) in SIGNS:
        old = f"{SIGNS[type(node.op)]}="
        start = text.text.find(old, text.span(node.target)[1])
        for new in ("+=", "-=", "*=", "/="):
            yield ((start, start + len(old), new),)


@rule("assign", FIRST)
def assignment(text: Text, node: ast.AST) -> Places:
    """``=`` in the place of ``+=``, and the other way."""
    if isinstance(node, ast.AugAssign) and type(node.op) in SIGNS:
        old = f"{SIGNS[type(node.op)]}="
        start = text.text.find(old, text.span(node.target)[1])
        yield ((start, start + len(old), "="),)
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        start = text.text.find("=", text.span(target)[1])
        if isinstance(target, (ast.Name, ast.Subscript)):
            for new in ("+=", "-=", "*="):
                yield ((start, start + 1, new),)


@rule("turned", FIRST)
def operands_swapped(text: Text, node: ast.AST) -> Places:
    if isinstance(node, ast.BinOp) and not isinstance(node.op, (ast.Add, ast.Mult)):
        left, right = text.span(node.left), text.span(node.right)
        yield ((*left, text.of(node.right)), (*right, text.of(node.left)))


@rule("sign", FIRST)
def sign(text: Text, node: ast.AST) -> Places:
    if isinstance(node, ast.UnaryOp):
        yield put(text, node, text.atom(node.operand))
    elif isinstance(node, VALUES) and text.is_loaded(node) and not _is_part(text, node):
        yield put(text, node, f"(-{text.atom(node)})")


def _is_part(text: Text, node: ast.AST) -> bool:
    """Whether `node` is a function that is called, a module, or an index."""
    parent = text.parents.get(node)
    return (
        (isinstance(parent, ast.Call) and parent.func is node)
        or (isinstance(parent, ast.Attribute))
        or (isinstance(parent, ast.Subscript) and parent.value is node)
        or (isinstance(node, ast.Attribute) and text.of(node.value) in ("np", "numpy", "math"))
    )


@rule("transpose", FIRST)
def transpose(text: Text, node: ast.AST) -> Places:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield put(text, node, text.of(node.value))
    elif isinstance(node, VALUES) and text.is_loaded(node) and not _is_part(text, node):
        yield put(text, node, f"{text.atom(node)}.T")


@rule("dropped", SOON)
def operand_dropped(text: Text, node: ast.AST) -> Places:
    if isinstance(node, ast.BinOp):
        yield put(text, node, text.atom(node.left))
        yield put(text, node, text.atom(node.right))


@rule("axis", FIRST)
def axis(text: Text, node: ast.AST) -> Places:
    if not isinstance(node, ast.Call):
        return
    named = [keyword for keyword in node.keywords if keyword.arg in ("axis", "dim")]
    for keyword in named:
        for new in ("0", "1", "-1", "2", "None"):
            yield put(text, keyword.value, new)
        start, end = text.span(keyword)
        before = text.text[:start].rstrip()
        yield ((len(before) - 1 if before.endswith(",") else start, end, ""),)
    if not named:
        end = text.span(node)[1] - 1
        comma = ", " if node.args or node.keywords else ""
        kept = any(keyword.arg == "keepdims" for keyword in node.keywords)
        for new in ("axis=0", "axis=-1", "axis=1", "axis=2"):
            yield ((end, end, f"{comma}{new}"),)
            if not kept:
                yield ((end, end, f"{comma}{new}, keepdims=True"),)


@rule("index", FIRST)
def index(text: Text, node: ast.AST) -> Places:
    if not isinstance(node, ast.Subscript):
        return
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    texts = [text.of(part) if text.span(part)[1] > text.span(part)[0] else ":" for part in parts]
    for part in parts:
        if isinstance(part, (ast.Name, ast.BinOp, ast.Call)):
            for step in ("- 1", "+ 1"):
                yield put(text, part, f"{text.of(part)} {step}")
    for i in range(len(parts) - 1):
        swapped = [*texts[:i], texts[i + 1], texts[i], *texts[i + 2 :]]
        yield put(text, node.slice, ", ".join(swapped))
    for i in range(len(parts)):
        if len(parts) > 1:
            yield put(text, node.slice, ", ".join((*texts[:i], *texts[i + 1 :])))
        for new in (":", "..."):
            yield put(text, node.slice, ", ".join((*texts[:i], new, *texts[i:])))
    if text.is_loaded(node):
        yield put(text, node, text.of(node.value))


@rule("bounds", FIRST)
def bounds(text: Text, node: ast.AST) -> Places:
    if not isinstance(node, ast.Slice):
        return
    low, high, step = (text.of(b) if b else "" for b in (node.lower, node.upper, node.step))
    after = f":{step}" if step else ""
    for new in ("", f"{low} - 1", f"{low} + 1") if low else ("1", "-1"):
        yield put(text, node, f"{new}:{high}{after}")
    for new in ("", f"{high} - 1", f"{high} + 1") if high else ("-1", "1"):
        yield put(text, node, f"{low}:{new}{after}")
    for new in ("", ":-1", ":2"):
        yield put(text, node, f"{low}:{high}{new}")
    if low or high:
        yield put(text, node, f"{high}:{low}{after}")


@rule("bounds", FIRST)
def loop_bounds(text: Text, node: ast.AST) -> Places:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return
    if node.func.id == "reversed" and node.args:
        yield put(text, node, text.of(node.args[0]))
    if node.func.id in ("range", "enumerate", "zip"):
        yield put(text, node, f"reversed({text.of(node)})")
    if node.func.id != "range" or node.keywords:
        return
    if len(node.args) == 1:
        yield put(text, node, f"range(1, {text.of(node.args[0])})")
    if len(node.args) == 2:
        yield put(text, node, f"range({text.of(node.args[1])})")
    for argument in node.args:
        for step in ("- 1", "+ 1"):
            yield put(text, argument, f"{text.of(argument)} {step}")


@rule("number", FIRST)
def number(text: Text, node: ast.AST) -> Places:
    if not isinstance(node, ast.Constant) or isinstance(node.value, (str, bytes)):
        return
    value = node.value
    if isinstance(value, bool):
        yield put(text, node, str(not value))
    elif isinstance(value, (int, float)):
        others = (
            1,
            0,
            2,
            -value,
            value + 1,
            value - 1,
            2 * value,
            value / 2,
            1 / value if value else 0,
        )
        for other in dict.fromkeys(
            (*others, 4, 10 * value, value / 10, value**2, abs(value) ** 0.5)
        ):
            if other != value or isinstance(other, bool):
                yield put(text, node, f"({other!r})" if other < 0 else f"{other!r}")


@rule("number", FIRST)
def default(text: Text, node: ast.AST) -> Places:
    """Numbers given as defaults: the arguments themselves are left alone."""
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        for value in node.args.defaults:
            yield from number(text, value)
            if isinstance(value, ast.Constant) and isinstance(value.value, float):
                yield from (put(text, value, f"1e-{i}") for i in range(1, 13))


@rule("comparison", FIRST)
def comparison(text: Text, node: ast.AST) -> Places:
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for one, op, other in zip(sides, node.ops, sides[1:], strict=False):
            gap = text.span(one)[1], text.span(other)[0]
            if ")" in text.text[slice(*gap)] or "(" in text.text[slice(*gap)]:
                continue
            near = 6 if type(op) in list(_ORDERS)[:6] else -4
            news = list(_ORDERS.values())[:near] if near > 0 else list(_ORDERS.values())[near:]
            yield from (((*gap, f" {new} "),) for new in news)
    if isinstance(node, ast.BoolOp):
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        start = text.text.find(f" {old} ", text.span(node.values[0])[1])
        if start >= 0:
            yield ((start, start + len(old) + 2, f" {new} "),)
        for value in node.values:
            yield put(text, node, text.of(value))


@rule("branch", FIRST)
def branch(text: Text, node: ast.AST) -> Places:
    if isinstance(node, ast.IfExp):
        one, test, other = text.of(node.body), text.of(node.test), text.of(node.orelse)
        yield put(text, node, f"({other} if {test} else {one})")
        yield put(text, node, text.atom(node.body))
        yield put(text, node, text.atom(node.orelse))
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not):
            yield put(text, node.test, text.of(node.test.operand))
        yield put(text, node.test, f"not ({text.of(node.test)})")


@rule("power", LATER)
def power(text: Text, node: ast.AST) -> Places:
    """A square or a root too few, a complement, an inverse."""
    if isinstance(node, VALUES) and text.is_loaded(node) and not _is_part(text, node):
        atom = text.atom(node)
        for new in (f"{atom} ** 2", f"{atom} ** 0.5", f"1 - {atom}", f"1 / {atom}"):
            yield put(text, node, f"({new})")
        for new in (f"2 * {atom}", f"{atom} / 2", f"1 + {atom}", f"{atom} - 1"):
            yield put(text, node, f"({new})")


@rule("wrapped", SOON)
def without_keyword(text: Text, node: ast.AST) -> Places:
    """A keyword of a call too many, such as ``out`` or ``keepdims``."""
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            start, end = text.span(keyword)
            before = text.text[:start].rstrip()
            yield ((len(before) - 1 if before.endswith(",") else start, end, ""),)

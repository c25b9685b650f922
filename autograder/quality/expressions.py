"""Slips within an expression: signs, operators, axes, indices, bounds, comparisons, branches."""

import ast
from collections.abc import Iterator

from autograder.quality.rules import ARITHMETIC, Changes, replace, rule
from autograder.quality.source import Source

AUGMENTED = {ast.Add: ("+=", ("-=", "=", "*=")), ast.Sub: ("-=", ("+=", "="))}
ORDER = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
SIGN_SITES = (ast.BinOp, ast.Call, ast.Name, ast.Subscript)
STACKING = ("np.stack", "np.concatenate", "np.einsum", "np.linalg.eigvals", "np.linalg.norm")
ONLY_SIZE_COUNTS = ("len", "np.shape", "np.zeros_like", "np.ones_like", "np.zeros", "np.ones")


@rule("operator")
def other_operator(source: Source, node: ast.AST) -> Iterator[Changes]:
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        old, others = ARITHMETIC[type(node.op)]
        start = source.text.index(old, source.gap(node.left, node.right)[0])
        for new in others:
            yield ((start, start + len(old), new),)
    if isinstance(node, ast.AugAssign) and type(node.op) in AUGMENTED:
        old, others = AUGMENTED[type(node.op)]
        start = source.text.index(old, source.span(node.target)[1])
        for new in others:
            yield ((start, start + len(old), new),)


@rule("operands swapped")
def operands_swapped(source: Source, node: ast.AST) -> Iterator[Changes]:
    if isinstance(node, ast.BinOp) and not isinstance(node.op, (ast.Add, ast.Mult)):
        left, right = source.of(node.left), source.of(node.right)
        yield (replace(source, node.left, right), replace(source, node.right, left))


@rule("sign")
def sign(source: Source, node: ast.AST) -> Iterator[Changes]:
    if isinstance(node, ast.UnaryOp):
        yield (replace(source, node, source.atom(node.operand)),)
    if isinstance(node, SIGN_SITES) and _may_be_negated(source, node):
        yield (replace(source, node, f"(-{source.atom(node)})"),)


def _may_be_negated(source: Source, node: ast.expr) -> bool:
    parent = source.parents[node]
    held = isinstance(
        parent, (ast.Assign, ast.Call, ast.Return, ast.BinOp, ast.Tuple, ast.DictComp)
    )
    called = source.of(parent.func) if isinstance(parent, ast.Call) else ""
    only_sizes = called in ONLY_SIZE_COUNTS or source.of(node).startswith(ONLY_SIZE_COUNTS[2:])
    loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    return held and loaded and not only_sizes and node is not getattr(parent, "func", None)


@rule("transpose")
def transpose(source: Source, node: ast.AST) -> Iterator[Changes]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield (replace(source, node, source.of(node.value)),)
        return
    parent, value = source.parents.get(node), None
    if isinstance(parent, (ast.Assign, ast.Return)):
        value = node  # a whole result, if it is a product
    multiplied = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult)
    product = isinstance(value, ast.BinOp) and isinstance(value.op, (ast.MatMult, ast.Mult))
    listed = isinstance(parent, ast.List) and isinstance(source.parents.get(parent), ast.Call)
    stacked = isinstance(parent, ast.Call) and source.of(parent.func) in STACKING
    weights = isinstance(node, (ast.Name, ast.Subscript)) and "W" in source.of(node)
    handed_over = isinstance(parent, ast.Call) and node is not parent.func
    returned = isinstance(source.parents.get(parent), ast.Return) if parent else False
    matrix = weights and (handed_over or returned)
    site = multiplied or product or listed or stacked or matrix
    if (
        site
        and isinstance(node, SIGN_SITES)
        and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    ):
        yield (replace(source, node, f"{source.atom(node)}.T"),)


@rule("term or factor dropped")
def operand_dropped(source: Source, node: ast.AST) -> Iterator[Changes]:
    if isinstance(node, ast.BinOp):
        yield (replace(source, node, source.atom(node.left)),)
        yield (replace(source, node, source.atom(node.right)),)


# --- axes, indices, bounds ----------------------------------------------------------------------


@rule("axis")
def axis(source: Source, node: ast.AST) -> Iterator[Changes]:
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        if keyword.arg == "axis":
            for new in ("0", "1", "2", "-1", "None"):
                yield (replace(source, keyword.value, new),)
        start, end = source.span(keyword)
        before = source.text[:start].rstrip()
        comma = len(before) - 1 if before.endswith(",") else start
        yield ((comma, end, ""),)


@rule("index")
def index(source: Source, node: ast.AST) -> Iterator[Changes]:
    if not isinstance(node, ast.Subscript):
        return
    place = node.slice
    parts = list(place.elts) if isinstance(place, ast.Tuple) else [place]
    for part in parts:
        if isinstance(part, (ast.Name, ast.BinOp)):
            for step in ("- 1", "+ 1"):
                yield (replace(source, part, f"{source.of(part)} {step}"),)
    if isinstance(place, ast.Tuple):
        texts = [source.of(part) if _has_text(source, part) else ":" for part in parts]
        for i in range(len(texts)):
            yield (replace(source, place, ", ".join(texts[:i] + texts[i + 1 :])),)
        for i in range(len(texts) - 1):
            swapped = [*texts[:i], texts[i + 1], texts[i], *texts[i + 2 :]]
            yield (replace(source, place, ", ".join(swapped)),)
    loaded = isinstance(node.ctx, ast.Load)
    if loaded and not isinstance(place, ast.Constant):
        yield (replace(source, node, source.of(node.value)),)


def _has_text(source: Source, node: ast.expr) -> bool:
    return bool(source.of(node))


@rule("slice")
def bounds_of_a_slice(source: Source, node: ast.AST) -> Iterator[Changes]:
    if not isinstance(node, ast.Slice):
        return
    bounds = [source.of(b) if b else "" for b in (node.lower, node.upper, node.step)]

    def written(*parts: str) -> Changes:
        lower, upper, step = parts
        text = f"{lower}:{upper}" + (f":{step}" if step else "")
        return (replace(source, node, text),)

    for i in (0, 1):
        for new in _shifted(bounds[i], at_start=i == 0):
            yield written(*bounds[:i], new, *bounds[i + 1 :])
    if bounds[2]:
        yield written(bounds[0], bounds[1], "")
        yield written(bounds[0], bounds[1], "1" if bounds[2] == "-1" else "-1")
    elif not bounds[0] and not bounds[1]:
        yield written("", "", "-1")


def _shifted(bound: str, at_start: bool) -> Iterator[str]:
    if bound:
        yield from ("", f"{bound} - 1", f"{bound} + 1")
    else:
        yield "1" if at_start else "-1"


@rule("loop bound")
def loop_bound(source: Source, node: ast.AST) -> Iterator[Changes]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return
    if node.func.id == "reversed":
        yield (replace(source, node, source.of(node.args[0])),)
    if node.func.id != "range" or node.keywords:
        return
    arguments = [source.of(a) for a in node.args]
    loop = source.parents[node]
    counted = isinstance(loop, ast.For) and source.of(loop.target) != "_"
    if counted:
        yield (replace(source, node, f"reversed({source.of(node)})"),)
    if len(arguments) == 1:
        yield (replace(source, node, f"range(1, {arguments[0]})"),)
    for i, text in enumerate(arguments):
        for step in ("- 1", "+ 1"):
            yield (replace(source, node.args[i], f"{text} {step}"),)


@rule("constant")
def constant(source: Source, node: ast.AST) -> Iterator[Changes]:
    if not isinstance(node, ast.Constant) or isinstance(node.value, str):
        return
    value = node.value
    if isinstance(value, bool):
        yield (replace(source, node, str(not value)),)
    elif isinstance(value, (int, float)):
        for other in dict.fromkeys((0, 1, 2, value + 1, value - 1, 2 * value, -value, value / 2)):
            if other != value:
                yield (replace(source, node, f"{other:g}" if other >= 0 else f"({other:g})"),)


@rule("default")
def default(source: Source, node: ast.AST) -> Iterator[Changes]:
    if not isinstance(node, ast.FunctionDef):
        return
    for value in node.args.defaults:
        if isinstance(value, ast.Constant) and isinstance(value.value, float):
            for other in (0.0, 2 * value.value, value.value / 2, 10 * value.value):
                yield (replace(source, value, repr(other)),)


# --- comparisons and branches -------------------------------------------------------------------


@rule("comparison")
def comparison(source: Source, node: ast.AST) -> Iterator[Changes]:
    if isinstance(node, ast.Compare):
        left, right, operator = node.left, node.comparators[0], type(node.ops[0])
        gap = source.gap(left, right)
        if operator in ORDER:
            start = source.text.index(ORDER[operator], gap[0])
            for new in ORDER.values():
                yield ((start, start + len(ORDER[operator]), new),)
        elif operator in (ast.In, ast.NotIn, ast.Is, ast.IsNot):
            new = {ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is"}[operator]
            yield ((*gap, f" {new} "),)
    if isinstance(node, ast.BoolOp):
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        start = source.text.index(f" {old} ", source.span(node.values[0])[1])
        yield ((start, start + len(old) + 2, f" {new} "),)
        for value in node.values:
            yield (replace(source, node, source.of(value)),)


@rule("branch")
def branch(source: Source, node: ast.AST) -> Iterator[Changes]:
    if isinstance(node, ast.IfExp):
        one, test, other = source.of(node.body), source.of(node.test), source.of(node.orelse)
        yield (replace(source, node, f"{other} if {test} else {one}"),)
        yield (replace(source, node, one),)
        yield (replace(source, node, other),)
    if isinstance(node, ast.If):
        yield (replace(source, node.test, f"not ({source.of(node.test)})"),)

"""Every single slip of the pen in a function's text, by rules of syntax alone.

These know nothing of the mistakes that the judge knows, nor of its own slips: they measure it.
"""

import ast
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from autograder.quality.source import Source, blocks

Change = tuple[int, int, str]
Rule = Callable[[Source, ast.AST], Iterator[tuple[Change, ...]]]
RULES: dict[str, Rule] = {}

ARITHMETIC: dict[type[ast.operator], tuple[str, tuple[str, ...]]] = {
    ast.Add: ("+", ("-", "*")),
    ast.Sub: ("-", ("+",)),
    ast.Mult: ("*", ("/", "@", "+", "-", "**")),
    ast.Div: ("/", ("*", "//", "-")),
    ast.FloorDiv: ("//", ("/", "*", "%")),
    ast.MatMult: ("@", ("*", "+")),
    ast.Pow: ("**", ("*", "+")),
    ast.BitAnd: ("&", ("|", "^")),
}
AUGMENTED = {ast.Add: ("+=", ("-=", "=", "*=")), ast.Sub: ("-=", ("+=", "="))}
ORDER = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
PAIRED = (
    ("sum", "mean"),
    ("max", "min"),
    ("max", "sum"),
    ("argmax", "argmin"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("any", "all"),
    ("exp", "log"),
    ("maximum", "minimum"),
    ("stack", "concatenate"),
    ("shape", "size"),
    ("keys", "values"),
    ("tanh", "sin"),
)
SIGN_SITES = (ast.BinOp, ast.Call, ast.Name, ast.Subscript)
STACKING = ("np.stack", "np.concatenate", "np.einsum", "np.linalg.eigvals", "np.linalg.norm")
ONLY_SIZE_COUNTS = ("len", "np.shape", "np.zeros_like", "np.ones_like", "np.zeros", "np.ones")
SYMMETRIC = ("max", "min", "np.maximum", "np.minimum")


@dataclass(frozen=True)
class Slip:
    """One slip in one text.

    Attributes
    ----------
    kind : str
        The rule it comes from.
    changes : tuple of (start, end, new)
        Replacements in the text, in order.
    """

    kind: str
    changes: tuple[Change, ...]

    def overlaps(self, other: "Slip") -> bool:
        """Whether the two touch the same characters."""
        spans = sorted((start, end) for start, end, _ in (*self.changes, *other.changes))
        return any(a[1] > b[0] or a == b for a, b in pairwise(spans))


def changed(text: str, *slips: Slip) -> str:
    """Return `text` with all of `slips` made, which must not overlap."""
    for start, end, new in sorted((c for s in slips for c in s.changes), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def rule(kind: str) -> Callable[[Rule], Rule]:
    """Collect the decorated function under `kind`; it yields the slips at one node."""

    def collect(function: Rule) -> Rule:
        RULES[kind] = function
        return function

    return collect


def single_slips(text: str) -> list[Slip]:
    """Return all slips in `text`, in a fixed order: no two give one text, and all can be read."""
    source, found = Source(text), []
    seen = {_tree(text)}
    for node in [source.function, *source.nodes]:
        for kind, make in RULES.items():
            for changes in make(source, node):
                slip = Slip(kind, changes)
                tree = _tree(changed(text, slip))
                if tree and tree not in seen:
                    seen.add(tree)
                    found.append(slip)
    return found


def _tree(text: str) -> str:
    """Return the syntax of `text`; "" if Python would refuse it, or warn."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            compile(text, "<slip>", "exec")
        return ast.dump(ast.parse(text))
    except (SyntaxError, SyntaxWarning, ValueError):
        return ""


# --- signs and operators ------------------------------------------------------------------------


def _replace(source: Source, node: ast.expr | ast.stmt | ast.keyword, new: str) -> Change:
    return (*source.span(node), new)


@rule("operator")
def other_operator(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
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
def operands_swapped(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if isinstance(node, ast.BinOp) and not isinstance(node.op, (ast.Add, ast.Mult)):
        left, right = source.of(node.left), source.of(node.right)
        yield (_replace(source, node.left, right), _replace(source, node.right, left))


@rule("sign")
def sign(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if isinstance(node, ast.UnaryOp):
        yield (_replace(source, node, source.atom(node.operand)),)
    if isinstance(node, SIGN_SITES) and _may_be_negated(source, node):
        yield (_replace(source, node, f"(-{source.atom(node)})"),)


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
def transpose(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield (_replace(source, node, source.of(node.value)),)
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
        yield (_replace(source, node, f"{source.atom(node)}.T"),)


@rule("term or factor dropped")
def operand_dropped(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if isinstance(node, ast.BinOp):
        yield (_replace(source, node, source.atom(node.left)),)
        yield (_replace(source, node, source.atom(node.right)),)


# --- axes, indices, bounds ----------------------------------------------------------------------


@rule("axis")
def axis(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        if keyword.arg == "axis":
            for new in ("0", "1", "2", "-1", "None"):
                yield (_replace(source, keyword.value, new),)
        start, end = source.span(keyword)
        before = source.text[:start].rstrip()
        comma = len(before) - 1 if before.endswith(",") else start
        yield ((comma, end, ""),)


@rule("index")
def index(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if not isinstance(node, ast.Subscript):
        return
    place = node.slice
    parts = list(place.elts) if isinstance(place, ast.Tuple) else [place]
    for part in parts:
        if isinstance(part, (ast.Name, ast.BinOp)):
            for step in ("- 1", "+ 1"):
                yield (_replace(source, part, f"{source.of(part)} {step}"),)
    if isinstance(place, ast.Tuple):
        texts = [source.of(part) if _has_text(source, part) else ":" for part in parts]
        for i in range(len(texts)):
            yield (_replace(source, place, ", ".join(texts[:i] + texts[i + 1 :])),)
        for i in range(len(texts) - 1):
            swapped = [*texts[:i], texts[i + 1], texts[i], *texts[i + 2 :]]
            yield (_replace(source, place, ", ".join(swapped)),)
    loaded = isinstance(node.ctx, ast.Load)
    if loaded and not isinstance(place, ast.Constant):
        yield (_replace(source, node, source.of(node.value)),)


def _has_text(source: Source, node: ast.expr) -> bool:
    return bool(source.of(node))


@rule("slice")
def bounds_of_a_slice(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if not isinstance(node, ast.Slice):
        return
    bounds = [source.of(b) if b else "" for b in (node.lower, node.upper, node.step)]

    def written(*parts: str) -> tuple[Change, ...]:
        lower, upper, step = parts
        text = f"{lower}:{upper}" + (f":{step}" if step else "")
        return (_replace(source, node, text),)

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
def loop_bound(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return
    if node.func.id == "reversed":
        yield (_replace(source, node, source.of(node.args[0])),)
    if node.func.id != "range" or node.keywords:
        return
    arguments = [source.of(a) for a in node.args]
    loop = source.parents[node]
    counted = isinstance(loop, ast.For) and source.of(loop.target) != "_"
    if counted:
        yield (_replace(source, node, f"reversed({source.of(node)})"),)
    if len(arguments) == 1:
        yield (_replace(source, node, f"range(1, {arguments[0]})"),)
    for i, text in enumerate(arguments):
        for step in ("- 1", "+ 1"):
            yield (_replace(source, node.args[i], f"{text} {step}"),)


@rule("constant")
def constant(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if not isinstance(node, ast.Constant) or isinstance(node.value, str):
        return
    value = node.value
    if isinstance(value, bool):
        yield (_replace(source, node, str(not value)),)
    elif isinstance(value, (int, float)):
        for other in dict.fromkeys((0, 1, 2, value + 1, value - 1, 2 * value, -value, value / 2)):
            if other != value:
                yield (_replace(source, node, f"{other:g}" if other >= 0 else f"({other:g})"),)


@rule("default")
def default(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if not isinstance(node, ast.FunctionDef):
        return
    for value in node.args.defaults:
        if isinstance(value, ast.Constant) and isinstance(value.value, float):
            for other in (0.0, 2 * value.value, value.value / 2, 10 * value.value):
                yield (_replace(source, value, repr(other)),)


# --- comparisons and branches -------------------------------------------------------------------


@rule("comparison")
def comparison(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
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
            yield (_replace(source, node, source.of(value)),)


@rule("branch")
def branch(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if isinstance(node, ast.IfExp):
        one, test, other = source.of(node.body), source.of(node.test), source.of(node.orelse)
        yield (_replace(source, node, f"{other} if {test} else {one}"),)
        yield (_replace(source, node, one),)
        yield (_replace(source, node, other),)
    if isinstance(node, ast.If):
        yield (_replace(source, node.test, f"not ({source.of(node.test)})"),)


# --- names, arguments, returns ------------------------------------------------------------------


@rule("wrong variable")
def wrong_variable(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in source.names:
        for name in _names_at(source, node):
            if name != node.id:
                yield (_replace(source, node, name),)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        texts = [n for n in source.nodes if isinstance(n, ast.Constant)]
        for other in dict.fromkeys(n.value for n in texts if isinstance(n.value, str)):
            if other != node.value:
                yield (_replace(source, node, f'"{other}"'),)


def _names_at(source: Source, node: ast.Name) -> list[str]:
    """Return the names that may hold something when `node` is read."""
    place = source.span(node)[0]
    comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    ends = [place]
    for outer in source.around(node):
        if isinstance(outer, (ast.For, *comprehensions)):
            ends.append(source.span(outer)[1])
    inner = {
        name.id
        for scope in ast.walk(source.function)
        if isinstance(scope, comprehensions) and scope not in list(source.around(node))
        for name in ast.walk(scope)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    return [n for n, bound in source.names.items() if bound < max(ends) and n not in inner]


@rule("order")
def order(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    """Two of what is returned, unpacked or handed over in each other's place."""
    elements: list[ast.expr] = []
    if isinstance(node, (ast.Tuple, ast.List)):
        elements = list(node.elts)
    elif isinstance(node, ast.Call):
        elements = [*node.args, *(k.value for k in node.keywords)]
    names = all(isinstance(e, ast.Constant) and isinstance(e.value, str) for e in elements)
    symmetric = isinstance(node, ast.Call) and source.of(node.func) in SYMMETRIC
    if isinstance(source.parents.get(node), ast.Subscript) or names or symmetric:
        return
    given = _values_for(source, node)
    for i, one in enumerate(elements):
        for j, other in enumerate(elements[i + 1 :], i + 1):
            if source.of(one) == source.of(other) or (given and given[i] == given[j]):
                continue
            yield (
                _replace(source, one, source.of(other)),
                _replace(source, other, source.of(one)),
            )


def _values_for(source: Source, node: ast.AST) -> list[str]:
    """Return the texts of what is unpacked into the names of `node`, if they stand beside it."""
    parent = source.parents.get(node)
    if isinstance(parent, ast.Assign) and node in parent.targets and isinstance(node, ast.Tuple):
        value = parent.value
        if isinstance(value, ast.Tuple) and len(value.elts) == len(node.elts):
            return [source.of(element) for element in value.elts]
    return []


@rule("value dropped")
def value_dropped(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    returned = isinstance(source.parents.get(node), ast.Return)
    if not isinstance(node, (ast.Tuple, ast.Dict)) or not returned:
        return
    if isinstance(node, ast.Tuple):
        texts = [source.of(e) for e in node.elts]
        for i in range(len(texts)):
            yield (_replace(source, node, ", ".join(texts[:i] + texts[i + 1 :])),)
            yield (_replace(source, node.elts[i], "None"),)


@rule("call dropped")
def call_dropped(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if not isinstance(node, ast.Call):
        return
    for argument in node.args[:2]:
        if not isinstance(argument, ast.Starred):
            yield (_replace(source, node, source.atom(argument)),)
    if isinstance(node.func, ast.Attribute) and source.of(node.func.value) != "np":
        yield (_replace(source, node, source.of(node.func.value)),)


@rule("other function")
def other_function(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
    if not isinstance(node, (ast.Attribute, ast.Name)) or name in source.names:
        return
    end = source.span(node)[1]
    for one, other in PAIRED:
        if name in (one, other):
            yield ((end - len(name), end, other if name == one else one),)
    if name == "sum" and isinstance(node, ast.Name):
        yield (_replace(source, node, "np.mean"),)


# --- statements ---------------------------------------------------------------------------------


@rule("statement dropped")
def statement_dropped(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.If, ast.Break)):
        yield (_replace(source, node, "pass"),)
    if isinstance(node, ast.For):
        indent = " " * (node.body[0].col_offset)
        end = source.span(node)[1]
        if not any(isinstance(n, ast.Break) for n in ast.walk(node)):
            yield ((end, end, f"\n{indent}break"),)


@rule("statements swapped")
def statements_swapped(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if not isinstance(node, ast.FunctionDef):
        return
    for block in blocks(node):
        for one, other in pairwise(block):
            (reads, writes), (later_reads, later_writes) = touched(one), touched(other)
            if writes & (later_reads | later_writes) or later_writes & reads:
                yield (
                    _replace(source, one, source.of(other)),
                    _replace(source, other, source.of(one)),
                )


def touched(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that `statement` reads, and those that it binds or may write into."""
    names = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
    reads = {n.id for n in names if not _is_stored(n)}
    writes = {n.id for n in names if _is_stored(n)}
    for node in ast.walk(statement):
        target = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            target = node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            target = getattr(node.value.func, "value", None)  # states.append(…)
        elif isinstance(node, ast.AugAssign):
            target = node.target
        writes |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)} if target else set()
    return reads, writes


@rule("indentation")
def indentation(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    """What follows a loop within it, or its last statement behind it."""
    if not isinstance(node, ast.FunctionDef):
        return
    for block in blocks(node):
        for loop, after in pairwise(block):
            if isinstance(loop, ast.For):
                start, _ = source.span(after)
                yield ((start, start, "    "),)
                if len(loop.body) > 1:
                    start, _ = source.span(loop.body[-1])
                    yield ((start - 4, start, ""),)


@rule("carry")
def carry(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    """A state that each round of a loop reads from the start, or that starts from elsewhere."""
    if not isinstance(node, ast.For):
        return
    stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _is_stored(n)}
    for name in sorted(stored):
        reads = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name]
        first = min((n for n in reads if not _is_stored(n)), key=source.span, default=None)
        writes = [n for n in reads if _is_stored(n)]
        before = source.names[name] < source.span(node)[0]
        if not before or first is None:
            continue
        others = [n for n in reads if n is not first]
        yield tuple(sorted(_replace(source, n, f"{name}_new") for n in others))
        for write in writes:
            yield (_replace(source, write, f"{name}_new"),)
        for start in _starts(source, node, name):
            text = source.of(start)
            if text not in ("[]", "{}"):
                yield (_replace(source, start, f"np.ones_like({text})"),)
            if text not in ("[]", "{}", "0") and not text.startswith("np.zeros"):
                yield (_replace(source, start, f"np.zeros_like({text})"),)
                yield (_replace(source, start, "0"),)


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _starts(source: Source, loop: ast.For, name: str) -> Iterator[ast.expr]:
    """Yield what `name` is bound to before the loop."""
    for node in source.nodes:
        if not isinstance(node, ast.Assign) or source.span(node)[0] > source.span(loop)[0]:
            continue
        target, value = node.targets[0], node.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=False))
        yield from (v for t, v in pairs if isinstance(t, ast.Name) and t.id == name)


# --- one array where there should be two --------------------------------------------------------


@rule("aliasing")
def aliasing(source: Source, node: ast.AST) -> Iterator[tuple[Change, ...]]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
        yield from _in_place(source, node)
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for i, one in enumerate(target.elts):
                for j in range(i + 1, min(len(target.elts), len(value.elts))):
                    number = isinstance(value.elts[i], ast.Constant)
                    if source.of(value.elts[i]) == source.of(value.elts[j]) and not number:
                        other = source.of(target.elts[j])
                        end = source.span(node)[1]
                        indent = " " * node.col_offset
                        yield ((end, end, f"\n{indent}{other} = {source.of(one)}"),)
        if isinstance(target, ast.Name) and isinstance(value, ast.Call) and len(value.args) == 1:
            argument = source.of(value.args[0])
            if isinstance(value.args[0], ast.Name) and source.of(value.func) in (
                "np.tanh",
                "np.exp",
            ):
                yield (
                    _replace(source, value, f"{source.of(value.func)}({argument}, out={argument})"),
                )


def _in_place(source: Source, node: ast.Assign) -> Iterator[tuple[Change, ...]]:
    """``a = b + c`` as ``b += c; a = b``."""
    target, value = node.targets[0], node.value
    if not isinstance(value, ast.BinOp) or type(value.op) not in ARITHMETIC:
        return
    operator, indent = ARITHMETIC[type(value.op)][0], " " * node.col_offset
    for one, other in ((value.left, value.right), (value.right, value.left)):
        if not isinstance(one, (ast.Name, ast.Subscript)):
            continue
        if one is value.right and not isinstance(value.op, (ast.Add, ast.Mult)):
            continue
        text = f"{source.of(one)} {operator}= {source.of(other)}"
        if source.of(target) != source.of(one):
            text += f"\n{indent}{source.of(target)} = {source.of(one)}"
        yield (_replace(source, node, text),)

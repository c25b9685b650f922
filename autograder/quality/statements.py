"""Slips with names and statements: wrong variables, orders, calls, what is dropped or swapped."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from autograder.quality.rules import ARITHMETIC, Changes, replace, rule
from autograder.quality.source import Source, blocks

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
SYMMETRIC = ("max", "min", "np.maximum", "np.minimum")


# --- names, arguments, returns ------------------------------------------------------------------


@rule("wrong variable")
def wrong_variable(source: Source, node: ast.AST) -> Iterator[Changes]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in source.names:
        for name in _names_at(source, node):
            if name != node.id:
                yield (replace(source, node, name),)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        texts = [n for n in source.nodes if isinstance(n, ast.Constant)]
        for other in dict.fromkeys(n.value for n in texts if isinstance(n.value, str)):
            if other != node.value:
                yield (replace(source, node, f'"{other}"'),)


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
def order(source: Source, node: ast.AST) -> Iterator[Changes]:
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
                replace(source, one, source.of(other)),
                replace(source, other, source.of(one)),
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
def value_dropped(source: Source, node: ast.AST) -> Iterator[Changes]:
    returned = isinstance(source.parents.get(node), ast.Return)
    if not isinstance(node, (ast.Tuple, ast.Dict)) or not returned:
        return
    if isinstance(node, ast.Tuple):
        texts = [source.of(e) for e in node.elts]
        for i in range(len(texts)):
            yield (replace(source, node, ", ".join(texts[:i] + texts[i + 1 :])),)
            yield (replace(source, node.elts[i], "None"),)


@rule("call dropped")
def call_dropped(source: Source, node: ast.AST) -> Iterator[Changes]:
    if not isinstance(node, ast.Call):
        return
    for argument in node.args[:2]:
        if not isinstance(argument, ast.Starred):
            yield (replace(source, node, source.atom(argument)),)
    if isinstance(node.func, ast.Attribute) and source.of(node.func.value) != "np":
        yield (replace(source, node, source.of(node.func.value)),)


@rule("other function")
def other_function(source: Source, node: ast.AST) -> Iterator[Changes]:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
    if not isinstance(node, (ast.Attribute, ast.Name)) or name in source.names:
        return
    end = source.span(node)[1]
    for one, other in PAIRED:
        if name in (one, other):
            yield ((end - len(name), end, other if name == one else one),)
    if name == "sum" and isinstance(node, ast.Name):
        yield (replace(source, node, "np.mean"),)


# --- statements ---------------------------------------------------------------------------------


@rule("statement dropped")
def statement_dropped(source: Source, node: ast.AST) -> Iterator[Changes]:
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.If, ast.Break)):
        yield (replace(source, node, "pass"),)
    if isinstance(node, ast.For):
        indent = " " * (node.body[0].col_offset)
        end = source.span(node)[1]
        if not any(isinstance(n, ast.Break) for n in ast.walk(node)):
            yield ((end, end, f"\n{indent}break"),)


@rule("statements swapped")
def statements_swapped(source: Source, node: ast.AST) -> Iterator[Changes]:
    if not isinstance(node, ast.FunctionDef):
        return
    for block in blocks(node):
        for one, other in pairwise(block):
            (reads, writes), (later_reads, later_writes) = touched(one), touched(other)
            if writes & (later_reads | later_writes) or later_writes & reads:
                yield (
                    replace(source, one, source.of(other)),
                    replace(source, other, source.of(one)),
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
def indentation(source: Source, node: ast.AST) -> Iterator[Changes]:
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
def carry(source: Source, node: ast.AST) -> Iterator[Changes]:
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
        yield tuple(sorted(replace(source, n, f"{name}_new") for n in others))
        for write in writes:
            yield (replace(source, write, f"{name}_new"),)
        for start in _starts(source, node, name):
            text = source.of(start)
            if text not in ("[]", "{}"):
                yield (replace(source, start, f"np.ones_like({text})"),)
            if text not in ("[]", "{}", "0") and not text.startswith("np.zeros"):
                yield (replace(source, start, f"np.zeros_like({text})"),)
                yield (replace(source, start, "0"),)


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
def aliasing(source: Source, node: ast.AST) -> Iterator[Changes]:
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
                    replace(source, value, f"{source.of(value.func)}({argument}, out={argument})"),
                )


def _in_place(source: Source, node: ast.Assign) -> Iterator[Changes]:
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
        yield (replace(source, node, text),)

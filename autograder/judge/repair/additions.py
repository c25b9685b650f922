"""Changes that put something in: a term, a factor, a call, an index."""

import ast
from collections.abc import Iterator
from functools import cache
from typing import TypeGuard

from autograder.judge.repair.changes import LAST, LATER, SOON, Place, put, rule
from autograder.judge.repair.text import Text

Places = Iterator[tuple[Place, ...]]
_CALLS = ("np.tanh", "np.exp", "np.log", "np.sqrt", "np.abs", "np.sum", "np.mean", "np.max")
_OTHERS = ("reversed", "float", "int", "len", "np.array", "np.zeros_like", "np.asarray", "list")
_METHODS = ("sum(axis=0)", "sum()", "max(axis=-1, keepdims=True)", "sum(axis=-1, keepdims=True)")
_MOST_PARTS = 30


def _is_value(node: ast.AST, text: Text) -> TypeGuard[ast.expr]:
    kinds = (ast.Name, ast.Call, ast.Subscript, ast.BinOp, ast.Attribute, ast.Constant, ast.UnaryOp)
    parent = text.parents.get(node)
    inner = isinstance(parent, (ast.Attribute, ast.keyword)) or text.is_called(node)
    whole = not (isinstance(parent, ast.Subscript) and parent.value is node)
    modules = isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")
    return isinstance(node, kinds) and text.is_loaded(node) and whole and not (inner or modules)


@rule("wrapped", SOON)
def called(text: Text, node: ast.AST) -> Places:
    """A call too few around a value, or one too many."""
    if isinstance(node, ast.Call):
        for argument in node.args:
            if not isinstance(argument, ast.Starred):
                yield put(text, node, text.atom(argument))
        if isinstance(node.func, ast.Attribute) and text.of(node.func.value) not in ("np", "numpy"):
            yield put(text, node, text.of(node.func.value))
    if _is_value(node, text) and not isinstance(node, ast.Constant):
        of = text.of(node)
        for name in dict.fromkeys((*_CALLS, *text.called_with_one, *_OTHERS)):
            yield put(text, node, f"{name}({of})")
        for method in _METHODS:
            yield put(text, node, f"{text.atom(node)}.{method}")


@rule("index", SOON)
def indexed(text: Text, node: ast.AST) -> Places:
    """An index too few: those that stand elsewhere, and the commonest."""
    if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.BinOp)) and _is_value(node, text):
        for index in _indices(text):
            yield put(text, node, f"{text.atom(node)}[{index}]")


@rule("index", SOON)
def one_index_more(text: Text, node: ast.AST) -> Places:
    """A name too few among several indices."""
    if isinstance(node, ast.Subscript):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for start, end in (text.span(part) for part in parts):
            for name in text.names:
                yield ((start, start, f"{name}, "),)
                yield ((end, end, f", {name}"),)


@cache
def _indices(text: Text) -> list[str]:
    there = [text.of(n.slice) for n in text.nodes if isinstance(n, ast.Subscript)]
    loops = [n for n in text.nodes if isinstance(n, (ast.For, ast.comprehension))]
    counters = [text.of(n.target) for n in loops if isinstance(n.target, ast.Name)]
    counted = [one for name in counters for one in (name, f":, {name}", f"{name} - 1")]
    usual = ["::-1", ":, ::-1", "-1", "0", "1:", ":-1", ":, :-1", ":, 1:", "..., None", ":, None"]
    return list(dict.fromkeys((*there, *counted, *usual)))


@rule("missing", LATER)
def term_or_factor(text: Text, node: ast.AST) -> Places:
    """A name more: added, subtracted, multiplied, divided by."""
    if _is_value(node, text):
        atom = text.atom(node)
        for name in text.names:
            for sign in ("+", "*", "-", "/"):
                yield put(text, node, f"({atom} {sign} {name})")
            yield put(text, node, f"({name} / {atom})")
            yield put(text, node, f"({name} - {atom})")
            yield put(text, node, f"({atom} @ {name})")
            yield put(text, node, f"({name} @ {atom})")
            yield put(text, node, f"({atom} @ {name}.T)")
            yield put(text, node, f"({name}.T @ {atom})")
        for one in ("1", "2", "1e-8", "1e-12"):
            for sign in ("+", "-", "*", "/"):
                yield put(text, node, f"({atom} {sign} {one})")


@rule("missing", LAST)
def something_more(text: Text, node: ast.AST) -> Places:
    """What stands elsewhere in it, a slope, a product of two names: added, or as a factor."""
    if _is_value(node, text) and not isinstance(node, ast.Constant):
        atom = text.atom(node)
        for part in _parts(text):
            for sign in ("*", "+", "-", "/"):
                yield put(text, node, f"({atom} {sign} ({part}))")


@cache
def _parts(text: Text) -> list[str]:
    kinds = (ast.BinOp, ast.Call, ast.Subscript, ast.Attribute, ast.UnaryOp)
    there = [text.of(n) for n in text.nodes if isinstance(n, kinds) and _is_value(n, text)]
    there = list(dict.fromkeys(one for one in there if "\n" not in one))[:_MOST_PARTS]
    slopes = [
        slope for n in text.names for slope in (f"1 - {n}**2", f"{n} * (1 - {n})", f"1 - {n}")
    ]
    products = [f"{a} @ {b}" for a in text.names for b in text.names if a != b]
    plain = [f"{a} * {b}" for i, a in enumerate(text.names) for b in text.names[i + 1 :]]
    taken = [f"{n}[{index}]" for n in text.names for index in _indices(text)]
    return list(dict.fromkeys((*slopes, *there, *taken, *products, *plain)))


@rule("missing", LATER)
def another_name(text: Text, node: ast.AST) -> Places:
    """Something in the place of a name: a part of what stands elsewhere."""
    if isinstance(node, (ast.Name, ast.Constant)) and _is_value(node, text):
        there = (n for n in text.nodes if isinstance(n, (ast.Subscript, ast.Attribute, ast.Call)))
        parts = dict.fromkeys(text.of(n) for n in there if _is_value(n, text))
        yield from (put(text, node, part) for part in list(parts)[:_MOST_PARTS] if "\n" not in part)
        if isinstance(node, ast.Constant) and not isinstance(node.value, str):
            yield from (put(text, node, name) for name in text.names)


@rule("missing", LATER)
def returned(text: Text, node: ast.AST) -> Places:
    """One value too few in what comes back."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        ends = [text.span(e)[1] for e in node.value.elts]
        for name in text.names:
            yield from (((end, end, f", {name}"),) for end in ends)

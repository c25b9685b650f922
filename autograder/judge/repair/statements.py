"""Changes of statements: one left out, two swapped, one in a loop or behind it, a missing copy."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from autograder.judge.repair.changes import FIRST, LATER, SOON, Place, put, rule
from autograder.judge.repair.operators import SIGNS
from autograder.judge.repair.text import Text

Places = Iterator[tuple[Place, ...]]
_SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.Break, ast.Continue, ast.Return)


@rule("too much", FIRST)
def left_out(text: Text, node: ast.AST) -> Places:
    if isinstance(node, _SIMPLE):
        yield put(text, node, "pass")
    if isinstance(node, ast.If) and not node.orelse:
        yield put(text, node, "pass")


@rule("moved", FIRST)
def swapped(text: Text, node: ast.AST) -> Places:
    if isinstance(node, ast.stmt):
        for block in text.blocks:
            for one, other in pairwise(block):
                if one is node:
                    yield (*put(text, one, text.of(other)), *put(text, other, text.of(one)))
            for before, one in pairwise(block):
                for other in block[block.index(one) + 1 :]:
                    if before is node and isinstance(one, _SIMPLE):  # further down, or up
                        indent = "\n" + " " * one.col_offset
                        (start, end), (_, there) = text.span(one), text.span(other)
                        yield ((start, end, "pass"), (there, there, indent + text.of(one)))
                        if isinstance(other, _SIMPLE):
                            moved = f"{text.of(other)}{indent}"
                            yield ((start, start, moved), *put(text, other, "pass"))


@rule("moved", FIRST)
def indented(text: Text, node: ast.AST) -> Places:
    """What follows a loop within it, or its last statement behind it."""
    loops = (ast.For, ast.While, ast.If, ast.With)
    for block in text.blocks if isinstance(node, loops) else ():
        for loop, after in pairwise(block):
            if loop is node and isinstance(loop, loops) and isinstance(after, _SIMPLE):
                inside = "\n" + " " * loop.body[-1].col_offset + text.of(after)
                end = text.span(loop)[1]
                yield ((end, end, inside), *put(text, after, "pass"))
    if isinstance(node, loops) and len(node.body) > 1:
        last, end = node.body[-1], text.span(node)[1]
        if isinstance(last, _SIMPLE):
            outside = "\n" + " " * node.col_offset + text.of(last)
            yield (*put(text, last, "pass"), (end, end, outside))


@rule("copy", SOON)
def copied(text: Text, node: ast.AST) -> Places:
    """A copy of an array, or a new one in the place of a change in place."""
    if isinstance(node, ast.AugAssign) and type(node.op) in SIGNS:
        target, value = text.of(node.target), text.of(node.value)
        new = f"{target} = {target} {SIGNS[type(node.op)]} ({value})"
        yield put(text, node, new)
        for block in text.blocks:
            for one, other in pairwise(block):
                if one is node and isinstance(other, ast.Assign) and text.of(other.value) == target:
                    new = f"{text.of(other.targets[0])} = {target} {SIGNS[type(node.op)]} ({value})"
                    yield (*put(text, node, "pass"), *put(text, other, new))
    held = isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)) and text.is_loaded(node)
    parent = text.parents.get(node)
    inner = isinstance(parent, (ast.Attribute, ast.Subscript)) or text.is_called(node)
    if held and not inner:
        yield put(text, node, f"{text.of(node)}.copy()")


@rule("statement", LATER)
def added(text: Text, node: ast.AST) -> Places:
    """A statement too few: what is put behind another one, or where there is none yet."""
    if not isinstance(node, ast.stmt) or node is text.root:
        return
    for new in _statements(text):
        if isinstance(node, ast.Pass):
            yield put(text, node, new)
            continue
        if isinstance(node, ast.Return):
            start = text.span(node)[0]
            yield ((start, start, f"{new}\n{' ' * node.col_offset}"),)
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr)):
            end = text.span(node)[1]
            yield ((end, end, f"\n{' ' * node.col_offset}{new}"),)


def _statements(text: Text) -> list[str]:
    names = text.names
    lists = [
        text.of(n.targets[0])
        for n in text.nodes
        if isinstance(n, ast.Assign) and isinstance(n.value, (ast.List, ast.ListComp))
    ]
    appended = [
        text.of(n.func.value)
        for n in text.nodes
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "append"
    ]
    found = [
        f"{name}.append({value})"
        for name in dict.fromkeys((*lists, *appended))
        for value in names
        if name.isidentifier() and value != name
    ]
    found += [f"{name}.reverse()" for name in dict.fromkeys((*lists, *appended))]
    refused = 'raise ValueError("not allowed")'
    for name in names:
        found += [f"if {name} not in {other}: {refused}" for other in names if other != name]
        found += [f"if {name} {limit}: {refused}" for limit in ("< 0", "<= 0", "== 0", "< 1")]
    for name in names:
        found += [f"{name} += {other}" for other in text.like(name)]
        found += [f"{name} = {other}" for other in text.like(name)]
        found += [f"{name} += 1", f"{name} -= 1", f"{name} = {name}[::-1]"]
    return found

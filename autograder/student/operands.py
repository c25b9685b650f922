"""What stood at the place of an exception: operands, what they were, and where one came from."""

import ast
from typing import Any

import numpy as np

from autograder.student.expressions import Place, Unknown, text_of
from autograder.student.forms import describe, described

Been = list[Place]


def operands(place: Place) -> list[tuple[str, Any]]:
    """Return what an operation works on, as far as it is known: each as code, with its value."""
    nodes: list[ast.expr] = []
    match place.node:
        case ast.BinOp(left=left, right=right):
            nodes = [left, right]
        case ast.AugAssign(target=target, value=value):
            nodes = [target, value]
        case ast.Subscript(value=value, ctx=context):
            assigned = getattr(place.statement, "value", None)
            nodes = [assigned] if isinstance(context, ast.Store) and assigned else [value]
        case ast.Call(func=ast.Attribute(value=base), args=arguments):
            method = isinstance(known(place, base), np.ndarray)
            nodes = [base, *arguments] if method else arguments
        case ast.Call(args=arguments):
            nodes = arguments
        case ast.UnaryOp(operand=operand):
            nodes = [operand]
    flat = [p for n in nodes for p in (n.elts if isinstance(n, (ast.Tuple, ast.List)) else [n])]
    found = [(text_of(n), known(place, n, Unknown)) for n in flat if not _is_literal(n)]
    return [(text, value) for text, value in found if value is not Unknown]


def _is_literal(node: ast.AST) -> bool:
    return isinstance(node, (ast.Constant, ast.Starred, ast.Slice))


def known(place: Place, node: ast.AST, otherwise: Any = None) -> Any:
    """Return what a node stood for, or `otherwise` if that cannot be told."""
    try:
        return place.value(node)
    except Unknown:
        return otherwise


def said_of(value: Any) -> str:
    """Return a value as a sentence says it: an array by its shape, a number as it is."""
    if has_axes(value):
        return str(value.shape)
    if isinstance(value, (bool, int, float)):
        return repr(value)
    return described(value) if isinstance(value, (tuple, list)) else describe(value)


def has_axes(value: Any) -> bool:
    """Return whether `value` is an array of at least one axis."""
    return isinstance(value, np.ndarray) and value.ndim > 0


def who(text: str, value: Any, been: Been) -> str:
    """Return what an operand is, and which call it came back from if that is certain."""
    at, name = len(been) - 1, text
    while at and (given := _argument(been[at], been[at - 1], name)):
        at, name = at - 1, given
    handed = f", given to {been[-1].name} as {text}" if at < len(been) - 1 else ""
    del been[at + 1 :]  # the lines of who got it are not to blame
    call = _origin(name, value, been[at])
    if call and value is None:
        return f"{call} returned None, so {name} is None{handed}"
    if call and isinstance(value, (tuple, list)):
        both = "both" if len(value) == 2 else "all of them"
        return f"{call} returns {described(value)}, and {name} holds {both}: unpack it"
    return f"{name} is {said_of(value)}{handed}"


def _argument(place: Place, caller: Place, name: str) -> str:
    """Return what the caller handed over as `name`, if it stands there as it came."""
    code, call = place.frame.f_code, caller.node
    names = code.co_varnames[: code.co_argcount]
    if name not in names or place.stores(name) or not isinstance(call, ast.Call):
        return ""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return ""
    given = dict(zip(names, call.args, strict=False)) | {k.arg: k.value for k in call.keywords}
    return text_of(given[name]) if name in given else ""


def _origin(name: str, value: Any, place: Place) -> str:
    """Return the function whose call `value` must have come from; "" if that is not certain."""
    assigned = place.assigned(name)
    if len(assigned) != place.stores(name):
        return ""
    possible = [node for node in assigned if known(place, node, value) is value]
    call = possible[0] if len(possible) == 1 else None
    return text_of(call.func) if isinstance(call, ast.Call) else ""

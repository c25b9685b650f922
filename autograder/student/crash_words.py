"""An exception in plain words, by its kind, from what is seen where it happened."""

import ast
import builtins
import re
from collections.abc import Callable
from difflib import get_close_matches
from types import ModuleType
from typing import Any, TypeGuard

import numpy as np

from autograder.student.expressions import NAMELESS, Place, Unknown, text_of
from autograder.student.forms import described
from autograder.student.operands import Been, has_axes, known, operands, said_of, who
from autograder.student.words import listed

_MOST_KEYS = 6
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**"}
_INTO = re.compile(r"from shape (\([\d, ]*\)) into shape (\([\d, ]*\))")
_OUTSIDE = re.compile(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)")
_WEIGHT = re.compile(r"[WU](_|\b)")
_SEVERAL = (tuple, list, dict, str)


def _shapes(error: BaseException, been: Been) -> str:
    node, text = been[-1].node, str(error)
    if "values to unpack" in text:
        return _unpacked(text, been)
    if "inhomogeneous" in text or "with a sequence" in text:
        into = f"into {text_of(node)}" if _is_target(node) else "to become one array"
        if called := _call_stored(been[-1]):
            return f"what {called} returned holds parts of different shapes: {into} goes one array"
        if several := _several(been):
            return f"{several}: one array needs parts of one shape"
        return f"what is {into} has parts of different shapes"
    if (into_shape := _INTO.search(text)) and isinstance(node, ast.Subscript):
        source, target = (ast.literal_eval(shape) for shape in into_shape.groups())
        return f"{text_of(node)} has room for {target}, and what is put there is {source}"
    if "concatenation axis" in text:
        seen = [f"{name} is {said_of(value)}" for name, value in operands(been[-1])]
        return f"{listed(seen)}: joined along one axis, all else must be equal" if seen else ""
    arrays = [(name, value) for name, value in operands(been[-1]) if has_axes(value)]
    if len(arrays) == 2 and (found := _two_arrays(node, *arrays)):
        return found
    return _several(been)


def _call_stored(place: Place) -> str:
    """Return the function whose result is put into an array at this place."""
    value = getattr(place.statement, "value", None)
    return text_of(value.func) if _is_target(place.node) and isinstance(value, ast.Call) else ""


def _is_target(node: ast.AST | None) -> TypeGuard[ast.Subscript]:
    return isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)


def _two_arrays(
    node: ast.AST | None, left: tuple[str, np.ndarray], right: tuple[str, np.ndarray]
) -> str:
    (one, a), (other, b) = left, right
    seen = f"{one} is {a.shape} and {other} is {b.shape}"
    operation = getattr(node, "op", None)
    named = getattr(getattr(node, "func", None), "attr", "")
    if isinstance(operation, ast.MatMult) or named in ("dot", "matmul"):
        return "" if _fits(a, b) else f"{seen}: {_why_no_product(one, a, other, b)}"
    sign = next((sign for kind, sign in _SIGNS.items() if isinstance(operation, kind)), "")
    pairs = zip(a.shape[::-1], b.shape[::-1], strict=False)
    clash = next(((p, q) for p, q in pairs if p != q and 1 not in (p, q)), None)
    if sign and clash:
        return f"{seen}: {sign} pairs lengths from the right, and {clash[0]} is not {clash[1]}"
    if sign and isinstance(node, ast.AugAssign):
        result = np.broadcast_shapes(a.shape, b.shape)
        return f"{seen}: the result is {result}, and {sign}= cannot change the shape of {one}"
    return ""


def _fits(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(a.shape[-1] == b.shape[-2 if b.ndim > 1 else 0])


def _why_no_product(left: str, a: np.ndarray, right: str, b: np.ndarray) -> str:
    if a.ndim == b.ndim == 2 and _fits(b, a):
        if _WEIGHT.match(left) and not _WEIGHT.match(right) and not right.endswith(".T"):
            return "rows are examples, so the data stands on the left"
        if NAMELESS in (left, right):
            return "they would fit the other way round"
        return f"{left} @ {right} does not fit, {right} @ {left} would"
    rows = b.shape[-2 if b.ndim > 1 else 0]
    return f"{a.shape[-1]} columns on the left of @, {rows} rows on the right"


def _types(error: BaseException, been: Been) -> str:
    place, text = been[-1], str(error)
    node = place.node
    if "arrays to stack" in text and isinstance(node, ast.Call) and node.args:
        return f"{text_of(node.args[0])} can only be looped over; {text_of(node.func)} needs a list"
    if re.search("integer|slice|indices", text) and (floats := _floats(place)):
        return floats
    if "indices must be integers" in text and isinstance(node, ast.Subscript):
        return f"{text_of(node.value)} is {said_of(known(place, node.value))}: places are numbers"
    if "not iterable" in text or "not subscriptable" in text:
        picks = isinstance(node, ast.Subscript) and "subscriptable" in text
        asked = node.value if picks else node  # type: ignore[union-attr]
        value = None if asked is None else known(place, asked)
        if isinstance(value, (int, float, np.number)):
            return f"{text_of(asked)} is {value}, a single number"  # type: ignore[arg-type]
    if "cannot unpack" in text:
        return _unpacked(text, been)
    if "not callable" in text and isinstance(node, ast.Call):
        value = known(place, node.func, Unknown)
        if value is Unknown:
            return ""
        return f"{text_of(node.func)} is {said_of(value)}, and ( ) calls it"
    if "argument" in text and "()" in text:  # a call with too many or too few
        return ""
    return _several(been)


def _floats(place: Place) -> str:
    inside = ast.walk(place.node) if place.node is not None else ()
    names = {node.id: known(place, node) for node in inside if isinstance(node, ast.Name)}
    floats = [name for name, v in names.items() if isinstance(v, (float, np.floating))]
    if not floats:
        return ""
    made = [node for name in floats for node in place.assigned(name) if _divides(node)]
    why = " (/ gives a float, // an integer)" if made else ""
    seen = listed([f"{name} is {names[name]}" for name in floats])
    return f"{seen}, a float: sizes and places are integers{why}"


def _divides(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def _several(been: Been) -> str:
    """Return which operand is None or several values where one array or number is needed."""
    for text, value in operands(been[-1]):
        if value is None or isinstance(value, _SEVERAL):
            return who(text, value, been)
    return ""


def _unpacked(text: str, been: Been) -> str:
    """Return what came where several names wait for values."""
    place = been[-1]
    value = getattr(place.statement, "value", None)
    targets = getattr(place.statement, "targets", [])
    if value is None or place.node is None or place.node not in targets:
        return ""
    names = ast.unparse(place.node).strip("()")
    source = f"{text_of(value.func)}" if isinstance(value, ast.Call) else text_of(value)
    verb = "returned" if isinstance(value, ast.Call) else "holds"
    came = known(place, value, Unknown)
    if came is not Unknown:
        return f"{source} is {described(came)}; expected {names}"
    if "NoneType" in text:
        return f"{source} {verb} None; expected {names}"
    if got := re.search(r"got (\d+)", text):
        return f"{source} {verb} {got[1]} value{'s' * (got[1] != '1')}; expected {names}"
    if "too many" in text:
        return f"{source} {verb} more values than there are names: {names}"
    return ""


def _names(error: BaseException, been: Been) -> str:
    found = getattr(error, "name", None) or next(iter(re.findall(r"'(\w+)'", str(error))), "")
    if not found:
        return ""
    if "not associated" in str(error):
        return f"{found} is used before anything was assigned to it"
    frame = been[-1].frame
    near = _near(found, frame.f_locals) or _near(found, {**frame.f_globals, **vars(builtins)})
    return f"{found} is not defined{near}"


def _near(name: str, names: Any) -> str:
    public = [one for one in names if isinstance(one, str) and not one.startswith("_")]
    lower = {one.lower(): one for one in public}
    close = get_close_matches(name.lower(), lower, 5, 0.7)
    close.sort(key=lambda one: sorted(one) != sorted(name.lower()))  # two letters swapped
    return f"; did you mean {lower[close[0]]}?" if close else ""


def _attributes(error: BaseException, been: Been) -> str:
    name, value = getattr(error, "name", None), getattr(error, "obj", None)
    node = been[-1].node
    if not name or not isinstance(node, ast.Attribute) or node.attr != name:
        return ""
    text = text_of(node.value)
    if isinstance(value, ModuleType):
        return f"{text} has no {name}{_near(name, dir(value))}"
    if value is None or isinstance(value, _SEVERAL):
        whose = who(text, value, been)
        return f"{whose}; {'None' if value is None else 'a ' + type(value).__name__} has no .{name}"
    public = dir(type(value)) if type(value).__module__ in ("builtins", "numpy") else ()
    return f"{text} is {said_of(value)}, which has no {name}{_near(name, public)}"


def _indices(error: BaseException, been: Been) -> str:
    place, text = been[-1], str(error)
    node = place.node
    if not isinstance(node, ast.Subscript):
        return ""
    held, name = known(place, node.value), text_of(node.value)
    if "only integers" in text:
        return _floats(place)
    if (outside := _OUTSIDE.search(text)) and isinstance(held, np.ndarray):
        index, axis, size = outside.groups()
        last = f"its places end at {int(size) - 1}" if int(size) else "it has no places"
        return f"{name} is {held.shape}: {index} was asked of axis {axis}, {last}"
    if "too many indices" in text and isinstance(held, np.ndarray):
        return f"{name} is {held.shape}: fewer axes than {text_of(node)} asks for"
    index = known(place, node.slice)
    if isinstance(held, (list, tuple)) and isinstance(index, int):
        asked = text_of(node.slice)
        which = f"{asked} is {index}" if asked != str(index) else f"{index} was asked for"
        last = f"the places of {name} end at {len(held) - 1}" if held else f"{name} is empty"
        return f"{which}, and {last}"
    return ""


def _keys(error: BaseException, been: Been) -> str:
    place = been[-1]
    if not isinstance(place.node, ast.Subscript) or not error.args:
        return ""
    held = known(place, place.node.value)
    if not isinstance(held, dict):
        return ""
    keys = ", ".join(map(repr, list(held)[:_MOST_KEYS]))
    it_has = f"has {keys}{', …' * (len(held) > _MOST_KEYS)}" if held else "is empty"
    return f"{text_of(place.node.value)} has no {error.args[0]!r}; it {it_has}"


def _too_deep(error: BaseException, been: Been) -> str:
    return f"calls within calls went deeper than Python allows ({type(error).__name__})"


#: By kind of exception, the words that its place gives; "" where it gives none.
WORDS: tuple[tuple[type, Callable[[BaseException, Been], str]], ...] = (
    (NameError, _names),
    (AttributeError, _attributes),
    (KeyError, _keys),
    (IndexError, _indices),
    (ValueError, _shapes),
    (TypeError, _types),
    (RecursionError, _too_deep),
)

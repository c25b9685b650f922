"""Changes of names: a variable for another, two in each other's place, another function."""

import ast
from collections.abc import Iterator

from autograder.judge.repair.changes import FIRST, LATER, SOON, Place, put, rule
from autograder.judge.repair.text import Text, likeness

Places = Iterator[tuple[Place, ...]]
_MOST_STRINGS = 12
_ALIKE = 0.5  # of two names that may be meant to be one
_FAMILIES = (
    ("sum", "mean", "max", "min", "prod", "cumsum", "std"),
    ("argmax", "argmin", "argsort"),
    ("zeros", "ones", "empty"),
    ("zeros_like", "ones_like", "empty_like", "copy"),
    ("any", "all"),
    ("exp", "log", "tanh", "sin", "cos", "sqrt", "abs", "square", "log2", "expm1", "log1p"),
    ("maximum", "minimum"),
    ("stack", "concatenate", "hstack", "vstack"),
    ("shape", "size"),
    ("keys", "values", "items"),
    ("append", "extend"),
    ("dot", "outer", "matmul", "multiply"),
    ("add", "subtract", "multiply", "divide"),
    ("floor", "ceil", "round"),
    ("isnan", "isinf", "isfinite"),
)


@rule("name", SOON)
def other_name(text: Text, node: ast.AST) -> Places:
    if isinstance(node, ast.Name) and node.id in text.names:
        for name in text.like(node.id):
            yield put(text, node, name)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        texts = (n.value for n in text.nodes if isinstance(n, ast.Constant))
        others = [one for one in dict.fromkeys(texts) if isinstance(one, str) and one != node.value]
        for other in others[:_MOST_STRINGS]:
            yield put(text, node, repr(other))
            if isinstance(text.parents.get(node), ast.Call) and "," in node.value:
                continue
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "->" in node.value:
        yield from _subscripts(text, node, node.value)


def _subscripts(text: Text, node: ast.AST, value: str) -> Places:
    """Two letters of an ``einsum`` in each other's place, in one of its parts."""
    for i, one in enumerate(value):
        for j in range(i + 1, len(value)):
            other = value[j]
            if one.isalpha() and other.isalpha() and one != other:
                swapped = value[:i] + other + value[i + 1 : j] + one + value[j + 1 :]
                yield put(text, node, repr(swapped))


@rule("order", FIRST)
def order(text: Text, node: ast.AST) -> Places:
    """Two of what is returned, unpacked or handed over in each other's place."""
    elements: list[ast.expr] = []
    if isinstance(node, (ast.Tuple, ast.List)):
        elements = list(node.elts)
    elif isinstance(node, ast.Call):
        elements = [*node.args, *(keyword.value for keyword in node.keywords)]
    elif isinstance(node, ast.Dict):
        elements = list(node.values)
    for i, one in enumerate(elements):
        for other in elements[i + 1 :]:
            yield (*put(text, one, text.of(other)), *put(text, other, text.of(one)))


@rule("function", FIRST)
def other_function(text: Text, node: ast.AST) -> Places:
    if not isinstance(node, (ast.Attribute, ast.Name)):
        return
    name = node.attr if isinstance(node, ast.Attribute) else node.id
    end = text.span(node)[1]
    for family in _FAMILIES:
        if name in family:
            for other in family:
                bare = isinstance(node, ast.Name) and other not in ("sum", "max", "min", "abs")
                new = f"np.{other}" if bare and other != name else other
                yield ((end - len(name), end, new),)
    if isinstance(node, ast.Name) and text.is_called(node):
        for other in text.called:
            yield put(text, node, other)


@rule("carry", SOON)
def same_name(text: Text, node: ast.AST) -> Places:
    """Two names that were meant to be one: everywhere, or from here on in a loop."""
    if node is text.root:
        for name in text.names:
            for other in text.names:
                if name != other and likeness(name, other) >= _ALIKE:
                    yield _renamed(text, node, name, other)
    if isinstance(node, (ast.For, ast.While)):
        for name in text.names:
            for other in text.like(name):
                if likeness(name, other) >= _ALIKE and (
                    places := _renamed(text, node, name, other)
                ):
                    yield places


def _renamed(text: Text, within: ast.AST, name: str, other: str) -> tuple[Place, ...]:
    found = [n for n in ast.walk(within) if isinstance(n, ast.Name) and n.id == name]
    return tuple(place for n in found for place in put(text, n, other))


@rule("carry", LATER)
def start(text: Text, node: ast.AST) -> Places:
    """What a name that a loop goes on with is before the loop."""
    if not isinstance(node, ast.Assign):
        return
    pairs = [(node.targets[0], node.value)]
    if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
        pairs = list(zip(node.targets[0].elts, node.value.elts, strict=False))
    for _, value in pairs:
        for name in text.names:
            yield put(text, value, f"np.zeros_like({name})")
            yield put(text, value, f"np.zeros_like({name}[:, 0])")
        for new in ("[]", "{}", "0", "0.0"):
            yield put(text, value, new)
        inner = value.args[0] if isinstance(value, ast.Call) and value.args else None
        if inner is not None:
            yield put(text, value, text.of(inner))

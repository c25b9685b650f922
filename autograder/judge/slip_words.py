"""The words in which slips of the pen are told."""

import ast

SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**"}
DONE = {
    ast.Add: "added",
    ast.Sub: "subtracted",
    ast.Mult: "multiplied",
    ast.Div: "divided",
    ast.MatMult: "multiplied as matrices",
    ast.Pow: "raised to a power",
}
PART = {ast.Add: "term", ast.Sub: "term", ast.Pow: "base or exponent"}
COMPARED = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "=="}
OTHER_CALLS = {
    "sum": (
        ("mean", "a mean stands in {target} where a sum belongs."),
        ("max", "the largest is taken in {target} instead of a sum."),
    ),
    "mean": (("sum", "a sum stands in {target} where a mean belongs."),),
    "max": (
        ("min", "the smallest is taken in {target} instead of the largest."),
        ("sum", "a sum is taken in {target} instead of the largest."),
    ),
    "argmax": (("argmin", "the smallest is looked for in {target} instead of the largest."),),
    "any": (("all", "all are asked for on the way to {target} instead of any."),),
    "zeros_like": (("ones_like", "ones stand in {target} instead of zeros, to begin with."),),
    "zeros": (("ones", "ones stand in {target} instead of zeros, to begin with."),),
    "ones_like": (("zeros_like", "zeros stand in {target} instead of ones, to begin with."),),
    "ones": (("zeros", "zeros stand in {target} instead of ones, to begin with."),),
}
HEAD = "the head of a loop"
_COMMON = {
    *("carry", "norm", "scale", "mask", "loss", "scores", "targets", "norms", "labels"),
    *("inputs", "gradient", "gain", "candidate"),
}


def is_known(name: str, arguments: list[str]) -> bool:
    """Return whether a learner meets `name` in the notebook: arguments and the course's symbols."""
    head = name.removeprefix("d").partition("_")[0]
    return name in arguments or name in _COMMON or (0 < len(head) <= 2)


def the_one_with(node: ast.expr) -> str:
    """Return which term or factor, by the names in it."""
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and is_known(n.id, [])]
    unique = list(dict.fromkeys(name for name in names if name != "np"))
    return f" (the one with {' and '.join(unique[:2])})" if unique else ""

"""LaTeX formulas as MathML, which browsers draw without a script."""

from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert

from autograder.errors import AutograderError

_NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
_DISPLAY = "$$"
#: How many parts an element must have: a formula that was not understood lacks one.
_PARTS = {
    **dict.fromkeys(("mfrac", "msub", "msup", "munder", "mover", "mroot"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
_SIGNS = "-+±−"
_OPENING, _CLOSING = "([{", ")]}"
_JOINING = "=≈<>≤≥≠→←∈+−·⊙"
_THIN = "0.167em"
_GAPS = ("1em", "2em")
MAX_UNBROKEN = 16
"""Characters of a formula in a line of text, above which it may be broken."""
MAX_DISPLAYED = 50
"""Characters of a displayed formula, above which it may be broken after commas, too."""


def formula_html(formula: str) -> str:
    """Return a formula, given with its dollar signs, as MathML.

    Raises
    ------
    AutograderError
        If some of it cannot be set.

    >>> "<mfrac>" in formula_html("$\\\\frac{1}{2}$")
    True
    """
    is_display = formula.startswith(_DISPLAY)
    try:
        mathml = convert(formula.strip("$").strip(), display="block" if is_display else "inline")
        root = ElementTree.fromstring(mathml.replace(_NAMESPACE, ""))
        fault = _fault(root, mathml)
    except Exception as error:  # the library's own have no common base
        raise AutograderError(
            f"The formula {formula} cannot be set ({type(error).__name__}): mend or simplify it."
        ) from error
    if fault:
        raise AutograderError(
            f"The formula {formula} cannot be set ({fault}): mend or simplify it."
        )
    _mend(root)
    if is_display:
        return (
            f'<span class="formula" tabindex="0">{" ".join(map(_text, _statements(root)))}</span>'
        )
    return "<wbr>".join(map(_text, _pieces(root)))


def _fault(root: Element, mathml: str) -> str:
    """Return what the converter passed over in silence, or ""; real signs are references in it."""
    for sign in "\\{}":
        if sign in mathml:
            return f"{sign} was left over"
    for element in root.iter():
        if len(element) != _PARTS.get(element.tag, len(element)):
            return f"{element.tag} lacks a part"
    return ""


def _mend(root: Element) -> None:
    """Change what browsers draw otherwise than TeX does."""
    for element in list(root.iter()):
        if element.tag == "mpadded":  # its widths are not of MathML Core: labels would overlap
            element.tag = "mrow"
            element.attrib.clear()
        elif _is(element, "∂∞"):  # as operators they would stand apart from what they belong to
            element.tag = "mi"
            element.set("mathvariant", "normal")
        elif _is(element, "|/"):
            element.attrib |= {"lspace": "0", "rspace": "0"}
    for row in list(root.iter()):
        if row.tag in ("mrow", "mtd"):
            _mark_signs(row)
            _set_functions_apart(row)


def _mark_signs(row: Element) -> None:
    """Tell signs from differences."""
    before = None
    for child in row:
        if child.tag == "mspace":
            continue
        opens = before is None or (before.tag == "mo" and not _is(before, f"{_CLOSING}!′…⋯"))
        if _is(child, _SIGNS) and opens:
            child.set("form", "prefix")
        before = child


def _set_functions_apart(row: Element) -> None:
    """Put a thin space between the name of a function and a letter or number beside it."""
    for left, right in list(pairwise(row)):
        beside = (left.tag, right.tag)
        if "mo" in beside or "mspace" in beside or "mtext" in beside:
            continue
        if _is_function(left) or _is_function(right):
            row.insert(list(row).index(right), Element("mspace", width=_THIN))


def _is_function(element: Element) -> bool:
    if element.tag in ("msub", "msup", "msubsup"):
        return _is_function(element[0])
    return element.tag == "mi" and len(element.text or "") > 1


def _statements(root: Element) -> Iterator[Element]:
    """Yield the statements of a displayed formula, so that they may stand below one another."""
    is_long = len("".join(root.itertext())) > MAX_DISPLAYED
    piece, depth = Element("mrow"), 0
    for child in _row(root):
        depth += _is(child, _OPENING) - _is(child, _CLOSING)
        is_gap = child.tag == "mspace" and child.get("width") in _GAPS
        if not is_gap:
            piece.append(child)
        if len(piece) and (is_gap or (is_long and depth == 0 and _is(child, ","))):
            yield _as_math(piece, root)
            piece = Element("mrow")
    if len(piece):
        yield _as_math(piece, root)


def _pieces(root: Element) -> Iterator[Element]:
    """Yield a formula in a line of text, in pieces between which a line may end if it is long."""
    if len("".join(root.itertext())) <= MAX_UNBROKEN:
        yield root
        return
    piece, depth, ended = Element("mrow"), 0, False
    for child in _row(root):
        depth += _is(child, _OPENING) - _is(child, _CLOSING)
        joins = _is(child, _JOINING) and child.get("form") != "prefix"
        if len(piece) and depth == 0 and (ended or joins):
            yield _as_math(piece, root)
            piece = Element("mrow")
            if joins:
                child.set("form", "infix")
        piece.append(child)
        ended = _is(child, ",")
    yield _as_math(piece, root)


def _row(root: Element) -> Element:
    return root[0] if len(root) == 1 and root[0].tag == "mrow" else root


def _as_math(row: Element, root: Element) -> Element:
    math = Element("math", display="inline")
    if root.get("display") == "block":
        math.set("displaystyle", "true")
    math.append(row)
    return math


def _is(element: Element, signs: str) -> bool:
    return element.tag == "mo" and bool(element.text) and (element.text or "") in signs


def _text(element: Element) -> str:
    return ElementTree.tostring(element, encoding="unicode")

"""Copies of caches: of their own type, however deep or circular; what cannot be copied stays."""

import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograder.student.answers import Answer, Outputs, Probe, answer_case
from autograder.student.caches import arrays_in, copied, unchanged

DEEP = 100_000


class Named(NamedTuple):
    x: np.ndarray
    h: int


@dataclass(frozen=True)
class Frozen:
    x: np.ndarray


@dataclass(slots=True)
class Slotted:
    x: np.ndarray


class Attributes(dict[str, Any]):
    def __init__(self, **items: Any) -> None:
        super().__init__(**items)
        self.__dict__ = self


class Keys(dict[str, Any]):
    __getattr__ = dict.__getitem__


class Marked(tuple[Any, ...]):
    """A tuple with an attribute."""


class Plain:
    def __init__(self, x: np.ndarray) -> None:
        self.x = x


def array() -> np.ndarray:
    return np.arange(6.0).reshape(2, 3)


def of_objects() -> np.ndarray:
    held = np.empty(2, dtype=object)
    held[0], held[1] = (array(), 1), np.array(5.0)
    return held


def marked() -> Marked:
    made = Marked((array(), 1))
    made.note = array()  # type: ignore[attr-defined]
    return made


def default() -> defaultdict[str, list[Any]]:
    made = defaultdict(list, x=[array()])
    return made


COPIED: dict[str, tuple[Callable[[], Any], Callable[[Any], np.ndarray]]] = {
    "array": (array, lambda c: c),
    "object array": (of_objects, lambda c: c[0][0]),
    "masked array": (lambda: np.ma.masked_array(array(), mask=array() > 3), lambda c: c),
    "list": (lambda: [[array()]], lambda c: c[0][0]),
    "tuple": (lambda: ((array(),), 1), lambda c: c[0][0]),
    "dict": (lambda: {"x": (array(),)}, lambda c: c["x"][0]),
    "named tuple": (lambda: Named(array(), 1), lambda c: c.x),
    "tuple with an attribute": (marked, lambda c: c.note),
    "frozen dataclass": (lambda: Frozen(array()), lambda c: c.x),
    "dataclass with slots": (lambda: Slotted(array()), lambda c: c.x),
    "keys as attributes": (lambda: Keys(x=array()), lambda c: c.x),
    "its own attributes": (lambda: Attributes(x=array()), lambda c: c.x),
    "instance": (lambda: Plain(array()), lambda c: c.x),
    "namespace": (lambda: SimpleNamespace(x=array()), lambda c: c.x),
    "defaultdict": (default, lambda c: c["x"][0]),
    "OrderedDict": (lambda: OrderedDict(x=array()), lambda c: c["x"]),
    "deque": (lambda: deque([array()], maxlen=3), lambda c: c[0]),
}


@pytest.mark.parametrize("name", COPIED)
def test_copy_is_of_the_same_type_equal_and_apart(name: str) -> None:
    make, find = COPIED[name]
    before = make()
    after = copied(before)
    assert type(after) is type(before)
    assert after is not before
    assert unchanged(before, after)
    find(after)[...] += 1
    assert not unchanged(before, after, may_grow=True)
    assert np.array_equal(np.asarray(find(before)), array())


def generator() -> Iterator[int]:
    yield 1


class Refuses:
    def __copy__(self) -> Any:
        raise RuntimeError("no")


AS_THEY_ARE = [
    generator(),
    threading.Lock(),
    len,
    Plain,
    {1, 2},
    Refuses(),
    np.random.default_rng(0),
]


@pytest.mark.parametrize("value", AS_THEY_ARE, ids=lambda value: type(value).__name__)
def test_what_cannot_be_copied_is_handed_over_within_a_copy_too(value: Any) -> None:
    assert copied(value) is value
    held = copied([value, array()])
    assert held[0] is value
    assert unchanged([value, array()], held)


def test_copy_of_a_chain_of_tuples_needs_no_recursion() -> None:
    def chain() -> Any:
        link: Any = None
        for t in range(DEEP):
            link = (array() if t == 0 else t, link)
        return link

    before = chain()
    after = copied(before)
    assert unchanged(before, after)
    while after[1] is not None:
        after = after[1]
    after[0][0, 0] = 7.0
    assert before[0] == DEEP - 1  # and the last link is not shared:
    while before[1] is not None:
        before = before[1]
    assert before[0][0, 0] == 0.0


def test_copy_of_what_holds_itself_holds_itself() -> None:
    in_list: list[Any] = [array()]
    in_list.append((in_list,))
    after = copied(in_list)
    assert after[1][0] is after and after is not in_list
    assert unchanged(in_list, after)


def test_copy_keeps_two_names_of_one_array() -> None:
    one = array()
    after = copied({"a": one, "b": (one,)})
    assert after["a"] is after["b"][0] and after["a"] is not one


def test_note_added_to_a_cache_is_no_change_and_what_was_there_counts() -> None:
    before: dict[str, Any] = {"x": array(), "n": 1}
    after = copied(before)
    after["da"] = array()
    assert unchanged(before, after, may_grow=True)
    assert not unchanged(before, after)
    after["n"] = 2
    assert not unchanged(before, after, may_grow=True)
    after = copied(before)
    del after["x"]
    assert not unchanged(before, after, may_grow=True)


def test_nan_that_stays_is_no_change() -> None:
    assert unchanged([np.array([np.nan]), float("nan")], [np.array([np.nan]), float("nan")])


def probe_twice(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    cache = call.forward(inputs["x"])
    yield "first", call.backward(cache)
    yield "second", call.backward(cache)


def twice(forward: Any, backward: Any) -> Answer:
    roles = {"forward": ("x",), "backward": ("cache",)}
    functions = {"forward": forward, "backward": backward}
    return answer_case(Probe("backward", probe_twice, roles), functions, "case", {"x": array()})


def test_answer_of_a_backward_that_adds_a_note_and_empties_nothing_changes_nothing() -> None:
    def backward(cache: Any) -> Any:
        cache.setdefault("seen", []).append(1)
        return cache["x"] * len(cache["seen"])

    got = twice(lambda x: {"x": x}, backward)
    assert got.changed == ()
    assert got.outputs["first"].tolist() == got.outputs["second"].tolist()


def test_answer_of_a_note_in_another_argument_is_a_change() -> None:
    def adds(x: Any) -> Any:
        x["more"] = 1
        return 1.0

    def asked(call: Any, inputs: Mapping[str, Any]) -> Outputs:
        yield "n", call.adds(inputs["x"])

    probe = Probe("adds", asked, {"adds": ("grads",)})
    assert answer_case(probe, {"adds": adds}, "case", {"x": {"a": 1}}).changed == ("grads",)


def test_answer_of_a_closure_as_cache_calls_it() -> None:
    got = twice(lambda x: lambda: 2 * x, lambda cache: cache())
    assert got.outputs["second"].tolist() == (2 * array()).tolist()


def test_arrays_in_finds_them_however_kept_and_ends_with_what_holds_itself() -> None:
    a, b = np.zeros(2), np.ones((2, 2))
    ring: list[Any] = [{"inner": (a, "note")}]
    ring += [ring, SimpleNamespace(W=b)]
    assert [id(array) for array in arrays_in(ring)] == [id(a), id(b)]

    def closed(d: Any) -> Any:
        return a, b, d

    assert [array.ndim for array in arrays_in((closed, np.array(["text"])))] == [1, 2]

"""What an exercise is: cases, criteria, mistakes, hints."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from zlib import crc32

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.derived import Derive
from autograder.judge.edits import Mistake
from autograder.judge.frequencies import Chances
from autograder.student.answers import Probe
from autograder.student.probes import find_probe
from autograder.student.stand_ins import SECRETS, STAND_IN

MAX_SELF_REPORTED_SHARE = 0.25
PUBLIC_SEED = 20231025  # the day of the lecture; practice only, grading draws its own

#: Behind the name of a case that is asked with stand-ins.
WITH_OURS = ", with ours"
_MEASURED = ("directions", "free")

#: Axes of an output whose number of axes differs from case to case.
ANY_SHAPE = ("any",)


@dataclass(frozen=True)
class Case:
    """Seeded inputs of one question.

    Attributes
    ----------
    name : str
        In the learner's words: "the bias alone".
    inputs : mapping of str to value
        Plain values and arrays, as ``student.wire`` can send them.
    edge : bool
        Whether it asks about an edge: inf and nan, size 1, padding. Mistakes are recognised by
        the main cases; what happens at an edge is a finding of its own.
    of : str
        The case whose inputs these are, with stand-ins for functions that the judged one calls; ""
        where the learner's own are called.
    shown : bool
        Whether it is small and public, for a learner to try: never judged.
    """

    name: str
    inputs: Mapping[str, Any]
    edge: bool = False
    of: str = ""
    shown: bool = False

    def with_stand_ins(self, names: tuple[str, ...], secrets: np.ndarray) -> "Case":
        """Return this case with stand-ins bound to `names`; nothing of the learner is measured."""
        kept = {name: value for name, value in self.inputs.items() if name not in _MEASURED}
        inputs = {**kept, STAND_IN: dict.fromkeys(names, secrets)}
        return Case(f"{self.name}{WITH_OURS}", inputs, self.edge, of=self.name)


@dataclass(frozen=True)
class Trial:
    """How small cases to try are made and shown.

    Attributes
    ----------
    make : function of a Generator
        Draws inputs of sizes 1 and 2, the smallest first; ``short`` rounds them.
    lines : mapping of output to str
        A call, or lines that end with one, whose value is that output; the names of inputs in them
        are assigned before.
    texts : tuple of str
        Outputs that are texts, handed out as code points.
    """

    make: Callable[[np.random.Generator], Sequence[Mapping[str, Any]]]
    lines: Mapping[str, str]
    texts: tuple[str, ...] = ()


def short(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return `inputs` with at most one decimal, none of them near zero."""

    def rounded(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            return np.sign(value) * np.maximum(np.abs(value).round(1), 0.3)
        return value

    return {name: rounded(value) for name, value in inputs.items()}


@dataclass(frozen=True)
class Variant:
    """A right implementation, written in another way than the reference: it earns all points."""

    name: str
    functions: Mapping[str, Callable[..., Any]]


class Variants:
    """The variants of one exercise, collected by decorating the functions."""

    def __init__(self, exercise: str) -> None:
        self.exercise = exercise
        self._collected: list[Callable[..., Any]] = []

    def add(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Collect the decorated function as a variant of its own name."""
        self._collected.append(function)
        return function

    def of(self, role: str) -> tuple[Variant, ...]:
        """Return the variants, whose functions play that role in the check."""
        return tuple(Variant(f.__name__, {role: f}) for f in self._collected)


@dataclass(frozen=True)
class Tolerance:
    """Two numbers count as equal when they differ by at most ``absolute + relative · |expected|``.

    The defaults let float32 answers pass and stay thousands of times below any mistake's effect.
    """

    relative: float = 1e-5
    absolute: float = 2e-6


class Asked(Protocol):
    """What a report without criteria says of an exercise, a judge's or an instructor's own."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def points(self) -> float: ...
    @property
    def slow_sentence(self) -> str: ...


@dataclass(frozen=True)
class Exercise:
    """One graded exercise, whole.

    Attributes
    ----------
    reference : mapping of role to function
        The right answer's functions, of ``rnn_ref``.
    make_cases : function of a Generator
        Draws the cases; the same generator state gives the same cases.
    axes : mapping of output to tuple of str
        What the axes of each output are called; ``ANY_SHAPE`` if they are not always the same.
    version : int
        Raised when cases, criteria or the probe change, so that old marks are known as such.
    recognised_within : Tolerance or None
        How near a mistake's numbers have to be to count as a learner's, where a right answer may
        differ by more than that; `tolerance` if None.
    stand_ins : tuple of str
        Earlier functions that the judged one may call by name, for which ours can stand in.
    stand_in_cases : tuple of str
        The cases that are asked with them, too.
    trial : Trial or None
        Small cases to try; None where numbers say nothing, as with draws.
    slow_sentence : str
        Said when the learner's functions run out of time: what takes so long, as a rule.
    chances : mapping of output to function
        For outputs that count chance events: their probabilities from a case's inputs. Such
        counts are held against these, never against the reference's own draws.
    calls : mapping of output to function
        For outputs of `student.refusals`: how each call reads, from a case's inputs, such as
        "one_hot(ids, V) with an id of V". No number of a case, for some are secret.
    clues : tuple of str
        Further outputs by which mistakes are told from each other; no criterion looks at them.
    derived : mapping of output to function
        Outputs that the judge itself makes of the learner's: what returned weights do when run.
    large_cases : tuple of str
        Cases in which differences would take too long: who is right on the main ones, and not
        there, gets nothing, as if time had run out.
    unit, points, mistakes, variants, hints
        Of the course's table and of the unit's other rooms; ``exercises_of`` fills them in.
    """

    name: str
    title: str
    version: int
    reference: Mapping[str, Callable[..., Any]]
    make_cases: Callable[[np.random.Generator], tuple[Case, ...]]
    axes: Mapping[str, tuple[str, ...]]
    criteria: tuple[Criterion, ...]
    tolerance: Tolerance = field(default_factory=Tolerance)
    recognised_within: Tolerance | None = None
    stand_ins: tuple[str, ...] = ()
    stand_in_cases: tuple[str, ...] = ()
    trial: Trial | None = None
    slow_sentence: str = "Is there a loop that never ends?"
    chances: Mapping[str, Chances] = field(default_factory=dict)
    calls: Mapping[str, Callable[[Mapping[str, Any]], Sequence[str]]] = field(default_factory=dict)
    clues: tuple[str, ...] = ()
    derived: Mapping[str, Derive] = field(default_factory=dict)
    large_cases: tuple[str, ...] = ()
    unit: str = ""
    points: float = 0.0
    mistakes: tuple[Mistake, ...] = ()
    variants: tuple[Variant, ...] = ()
    hints: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        total = sum(criterion.weight for criterion in self.criteria)
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights of {self.name} sum to {total}, not to 1")
        told = sum(c.weight for c in self.criteria if c.kind is not Kind.VALUES)
        if told > MAX_SELF_REPORTED_SHARE + 1e-9:
            raise ValueError(f"{self.name} gives {told:.0%} for what student code says of itself")

    @property
    def role(self) -> str:
        """The role of the function that is judged; the others are helpers or earlier exercises."""
        return next(r for r, f in self.reference.items() if f.__name__ == self.name)

    @property
    def judged_outputs(self) -> frozenset[str]:
        """The outputs that have a right value of their own, by which mistakes are recognised.

        What the judge derives is among them, also where no criterion asks for it; but not what is
        another number for every draw, nor what is made for other kinds of criteria alone.
        """
        whole = [c for c in self.criteria if c.kind is Kind.VALUES and not c.any_of]
        asked = {name for c in whole for name in c.outputs}
        others = {name for c in self.criteria for name in (*c.outputs, *c.against)}
        derived = self.derived.keys() - (others - asked)
        return frozenset(name for name in asked | derived if not name.startswith("own_"))

    @property
    def probe(self) -> Probe:
        """The probe of the same name."""
        probe = find_probe(self.name)
        if probe is None:
            raise LookupError(f"{self.name} has no probe in autograder.student.probes")
        return probe

    def cases(self, seed: int) -> tuple[Case, ...]:
        """Return the cases drawn from `seed`, those with stand-ins, and small public ones."""
        rng = np.random.default_rng([seed, crc32(self.name.encode())])
        cases = self.make_cases(rng)
        secrets = rng.uniform(0.5, 1.5, size=SECRETS)
        repeated = [case for case in cases if case.name in self.stand_in_cases]
        with_ours = [case.with_stand_ins(self.stand_ins, secrets) for case in repeated]
        return (*cases, *with_ours, *self._shown())

    def _shown(self) -> tuple[Case, ...]:
        if self.trial is None:
            return ()
        made = self.trial.make(np.random.default_rng(PUBLIC_SEED))
        return tuple(Case(f"to try, {i}", one, shown=True) for i, one in enumerate(made, 1))

"""What a criterion is: one claim about outputs in some cases, with its share of the points."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What a criterion looks at; all but VALUES rest on what student code says of itself."""

    VALUES = "values"  # outputs equal the reference's
    UNCHANGED = "unchanged"  # no argument was changed in place
    REPEATABLE = "repeatable"  # the first case answered twice, equally
    CONSISTENT = "consistent"  # outputs are right, or the learner's own parts agree
    SAME = "same"  # outputs equal other outputs of the learner's: of another call, as a rule
    FORM = "form"  # what came back is of the kind that is asked for, such as an array of integers
    DIFFERENT = "different"  # outputs differ from those of a call with something else moved


@dataclass(frozen=True)
class Criterion:
    """One thing that is asked for.

    Attributes
    ----------
    name : str
    weight : float
        Share of the exercise's points.
    sentence : str
        Said as what holds when it is met.
    outputs : tuple of str
        Outputs it looks at.
    cases : tuple of str
        Cases it looks at; all when empty.
    against : tuple of str
        For CONSISTENT: the two outputs that must agree where `outputs` are not right. For SAME and
        DIFFERENT: what each of `outputs` is compared with.
    of_itself : bool
        For CONSISTENT: whether both are the judged function's own doing, so that agreement does not
        take the mistake off it.
    carried : str
        For CONSISTENT: said when the outputs are wrong and the own parts agree, for then the
        mistake is in a part.
    any_of : bool
        For VALUES: whether one right output among them is enough, in each case. It shows what is
        claimed; what is wrong with the others is paid for elsewhere.
    besides : tuple of str
        For VALUES: cases that others judge. An output that is wrong there is paid for already, and
        not looked at again.
    if_repeatable : bool
        For SAME: whether a difference says nothing where a call that is merely repeated gives other
        numbers, too.
    """

    name: str
    weight: float
    sentence: str
    outputs: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    kind: Kind = Kind.VALUES
    against: tuple[str, ...] = ()
    of_itself: bool = False
    carried: str = ""
    any_of: bool = False
    besides: tuple[str, ...] = ()
    if_repeatable: bool = False

    def of(
        self,
        outputs: str | tuple[str, ...],
        *cases: str,
        besides: tuple[str, ...] = (),
        any_of: bool = False,
    ) -> "Criterion":
        """Return it for these outputs, or for the one of that name, in these cases."""
        names = (outputs,) if isinstance(outputs, str) else outputs
        return replace(self, outputs=names, cases=cases, besides=besides, any_of=any_of)

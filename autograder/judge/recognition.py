"""Which mistake gives a learner's numbers: found by making it, alone or with another one.

A mistake is named when the model answer with that mistake in it answers as the learner's function
does, on all main cases together, or at an edge. The mistakes that were written down come first,
then every slip of the pen, then two at once; separate outputs may each have a mistake of their own.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from itertools import chain, islice, takewhile

import numpy as np

from autograder.judge.compare import close
from autograder.judge.criteria import value_verdict
from autograder.judge.edits import Mistake
from autograder.judge.exercise import Case
from autograder.judge.key import AnswerKey
from autograder.judge.likeness import MAX_KEPT_NUMBERS, Answers, Likeness
from autograder.judge.recognised import Covered, Recognised, apart, recognised_apart
from autograder.student.answers import Answer

PATIENCE_S = 1.0
"""Processor seconds for slips and pairs in one check; where they end, the next check goes on."""
MAX_SEARCH_S = 3.0
"""The same for all checks of one key together: a class full of riddles is graded in time."""
CHUNK = 32
_LOOSE = 1e-4  # of a fingerprint, beside single precision; what agrees is compared in full


class Recogniser(Likeness):
    """The mistakes of one exercise and what they answer to some of a key's cases, as far as asked.

    Parameters
    ----------
    cases : sequence of Case
        All with the same stand-ins, or all without.
    """

    def __init__(self, key: AnswerKey, cases: Sequence[Case]) -> None:
        super().__init__(key, cases)
        self._main = [case.name for case in cases if not case.edge]
        self._edges = [case.name for case in cases if case.edge and not self._is_large(case.name)]
        self._first = self._main[0]
        self._outputs = sorted(self._judged(self._first))
        self._right = _fingerprint(key.expected[self._first], self._outputs)
        self._written, self._slips = self._source.written, self._source.slips
        self._made: list[Mistake] = []
        self._prints: list[np.ndarray] = []
        self._lock = threading.Lock()
        self._searched_s = 0.0
        self._untried = chain(self._written, self._slips, self._source.pairs())

    def recognise(self, answers: Answers, patience_s: float = PATIENCE_S) -> list[Recognised]:
        """Return what gives the wrong ones among `answers`: of the main cases, then of edges."""
        with self._lock:
            self._try_more(len(self._written) - len(self._made))
            if any(name not in answers for name in self._main):
                return []
            if self._wrong(answers, self._main):
                found = self._among_main(answers, patience_s)
                return [found] if found else []
            return list(self._at_edges(answers))

    def prepare(self) -> None:
        """Try every mistake and every slip by itself, so that no check has to wait for it."""
        with self._lock:
            self._try_more(len(self._written) + len(self._slips) - len(self._made))

    def explains(self, mistake: Mistake, answers: Answers) -> bool:
        """Return whether `mistake` gives the answers to all main cases."""
        return all(name in answers for name in self._main) and self._fits(
            mistake, answers, self._main
        )

    # --- the main cases -------------------------------------------------------------------------

    def _among_main(self, answers: Answers, patience_s: float) -> Recognised | None:
        stopped = [
            answers[name].problem
            for name in self._main
            if not answers[name].outputs.keys() >= self._judged(name)
        ]
        if stopped:
            same = (m for m in self._written if self._fits(m, answers, self._main))
            first = next(same, None)
            if first is not None or self.key.exercise.chances:
                return Recognised((first,), problem=stopped[0]) if first else None
        came = frozenset.intersection(*(self._came(answers[name]) for name in self._main))
        wrong = self._wrong(answers, self._main) & came
        if not wrong:
            return None
        begin = time.thread_time()
        covered: Covered = []
        looked_at = 0
        while True:
            singly = looked_at < len(self._written) + len(self._slips)
            for mistake, spoilt in self._like(answers, wrong, came, looked_at):
                if spoilt == wrong:
                    parts = self._parts_of(mistake)
                    if not stopped:
                        return Recognised(parts)
                    if len(parts) == 1:  # of what did not come, nothing is said
                        return recognised_apart([(mistake, spoilt)])
                if singly and mistake.when:  # a chunk may hold the first pairs, too
                    covered.append((mistake, spoilt))
            separate = apart(covered)
            if {name for _, names in separate for name in names} == wrong:
                return recognised_apart(separate)
            looked_at = len(self._made)
            spent = time.thread_time() - begin
            over = spent > patience_s or self._searched_s + spent > MAX_SEARCH_S
            if over or not self._try_more(CHUNK):
                self._searched_s += spent
                if separate and not self.key.exercise.chances:
                    return recognised_apart(separate)
                return self._partly(answers, wrong, came)

    def _came(self, answer: Answer) -> frozenset[str]:
        """Return the outputs that came, or are not asked for in this case."""
        return frozenset(
            name
            for name in self.key.exercise.judged_outputs
            if name in answer.outputs or name not in self._judged(answer.case)
        )

    def _like(
        self, answers: Answers, wrong: frozenset[str], came: frozenset[str], start: int
    ) -> Iterator[tuple[Mistake, frozenset[str]]]:
        """Yield what, of the mistakes tried since `start`, spoils wrong outputs just as they are.

        Each comes with the outputs it spoils among those that came: these are all wrong in the
        same way, and it leaves the others right.
        """
        if start == len(self._made):
            return
        prints = np.array(self._prints[start:])
        theirs = _fingerprint(answers[self._first], self._outputs)
        as_theirs, as_right = _close(prints, theirs), _close(prints, self._right)
        absent = np.array([name not in came for name in self._outputs], dtype=bool)
        elsewhere = bool((_close(theirs, self._right) | absent).all())
        likely = (as_theirs | as_right | absent).all(axis=1)
        likely &= (as_right | absent).all(axis=1) == elsewhere
        if not self._outputs or any(name in self.key.exercise.chances for name in self._outputs):
            likely[:] = True
        telling = self._wrong_number_came(answers, wrong)
        for i in np.flatnonzero(likely):
            mistake = self._made[start + int(i)]
            if not self._may_be(mistake, answers) or (mistake.places and not telling):
                continue
            spoilt = self._wrong(self._all_answers(mistake, self._main), self._main) & came
            if spoilt and spoilt <= wrong and self._agree(mistake, answers, self._main, spoilt):
                yield mistake, frozenset(spoilt)

    def _wrong_number_came(self, answers: Answers, wrong: frozenset[str]) -> bool:
        """Return whether a wrong number came: inf and nan are what many slips give."""
        tolerance = self.key.exercise.tolerance
        for case in self._main:
            for name in wrong & answers[case].outputs.keys():
                got, right = (of[case].outputs[name] for of in (answers, self.key.expected))
                off = np.isfinite(got)
                if got.shape == right.shape:
                    off &= ~close(got, right, tolerance)
                if off.any():
                    return True
        return False

    def _partly(
        self, answers: Answers, wrong: frozenset[str], came: frozenset[str]
    ) -> Recognised | None:
        """Return the single mistake that gives more than half of the wrong outputs, if one does.

        The others are wrong in a way that nothing explains. Several looks at one draw are no
        separate outputs.
        """
        if self.key.exercise.chances or not self._wrong_number_came(answers, wrong):
            return None
        singles = self._made[: len(self._written) + len(self._slips)]
        prints = np.array(self._prints[: len(singles)])
        theirs = _fingerprint(answers[self._first], self._outputs)
        shared = (_close(prints, theirs) & ~_close(prints, self._right)).sum(axis=1)
        for i in np.argsort(-shared, kind="stable"):
            if 2 * shared[i] <= len(wrong):
                return None
            spoilt = self._wrong(self._all_answers(singles[i], self._main), self._main) & came
            given = [
                n
                for n in sorted(spoilt)
                if self._agree(singles[i], answers, self._main, frozenset({n}))
            ]
            if spoilt <= wrong and 2 * len(given) > len(wrong):
                return Recognised((singles[i],), (tuple(given),))
        return None

    def _may_be(self, mistake: Mistake, answers: Answers) -> bool:
        """Return whether each output that came is the learner's, or is right."""
        return all(
            self._alike(name, answers[case], made) or value_verdict(self.key, made, name) == ""
            for case in self._main
            for made in [self._answer(mistake, case)]
            for name in self._judged(case) & answers[case].outputs.keys()
        )

    def _try_more(self, count: int) -> bool:
        """Make `count` further mistakes on the first case; return whether there were any."""
        more = list(islice(self._untried, max(count, 0)))
        for mistake in more:
            answer = self._answer(mistake, self._first)
            self._made.append(mistake)
            self._prints.append(_fingerprint(answer, self._outputs))
        return bool(more)

    def _parts_of(self, mistake: Mistake) -> tuple[Mistake, ...]:
        if mistake.when:
            return (mistake,)
        names = mistake.name.split(" + ")
        return tuple(one for one in (*self._written, *self._slips) if one.name in names)

    # --- edges ----------------------------------------------------------------------------------

    def _at_edges(self, answers: Answers) -> Iterator[Recognised]:
        singles = self._made[: len(self._written) + len(self._slips)]
        harmless = [
            mistake
            for mistake, print_ in zip(singles, self._prints, strict=False)
            if _close(print_, self._right).all()
        ]
        told: list[Mistake] = []
        for case in self._edges:
            if case not in answers or not self._wrong(answers, [case]):
                continue
            if any(self._fits(mistake, answers, [case], at_edge=True) for mistake in told):
                continue
            fitting = (
                mistake
                for mistake in harmless
                if (not mistake.places or self._is_telling(answers[case]))
                and self._fits(mistake, answers, [case], at_edge=True)
                and self._wrong(self._all_answers(mistake, [case]), [case])
                and not self._wrong(self._all_answers(mistake, self._main), self._main)
            )
            found = next(fitting, None)
            if found is not None and not found.places:  # the nearest of those that were written
                alike_ones = [found, *takewhile(lambda mistake: not mistake.places, fitting)]
                found = min(alike_ones, key=lambda one: self._distance(one, answers[case]))
            if found is not None:
                told.append(found)
                yield Recognised((found,), problem=answers[case].problem, case=case)

    def _distance(self, mistake: Mistake, answer: Answer) -> float:
        theirs = self._answer(mistake, answer.case).outputs
        shared = theirs.keys() & answer.outputs.keys()
        with np.errstate(all="ignore"):
            apart = [theirs[n].astype(float) - answer.outputs[n].astype(float) for n in shared]
            return sum(float(np.nansum(np.abs(one))) for one in apart)

    def _is_telling(self, answer: Answer) -> bool:
        """Return whether wrong numbers came that hardly two slips have in common.

        Refusals, whole numbers, inf and nan are no such: many slips give them.
        """
        wrong = self._wrong({answer.case: answer}, [answer.case]) & answer.outputs.keys()
        values = [answer.outputs[name].ravel() for name in wrong]
        return any(bool((np.isfinite(v) & (v != np.rint(v))).any()) for v in values)

    def _is_large(self, case: str) -> bool:
        outputs = self.key.expected[case].outputs.values()
        return sum(array.size for array in outputs) > MAX_KEPT_NUMBERS


def _fingerprint(answer: Answer, outputs: Sequence[str]) -> np.ndarray:
    """Return a number for each output that equal arrays share; NaN where there is none."""
    return np.array([_number(answer.outputs.get(name)) for name in outputs])


def _number(array: np.ndarray | None) -> float:
    if array is None:
        return np.nan
    with np.errstate(all="ignore"):
        flat = np.nan_to_num(array.astype(np.float64).ravel(), posinf=7.0, neginf=-7.0)
        return float(flat @ np.cos(np.arange(flat.size))) + sum(array.shape)


def _close(prints: np.ndarray, print_: np.ndarray) -> np.ndarray:
    close: np.ndarray = np.isclose(prints, print_, rtol=_LOOSE, atol=_LOOSE, equal_nan=True)
    return close

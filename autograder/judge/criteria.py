"""Each criterion judged by its own claim, and by nothing else.

A criterion is met (""), not met (a sentence that is true of the answers), or could not be judged
(None): an answer that did not come says nothing about the property that was asked for.
"""

from collections.abc import Callable, Mapping

import numpy as np

from autograder.judge.compare import difference, equal, refusal_difference
from autograder.judge.criterion import Criterion, Kind
from autograder.judge.frequencies import unlikely
from autograder.judge.key import AnswerKey, value_outputs
from autograder.student.answers import AGAIN, Answer, Problem
from autograder.student.forms import KINDS
from autograder.student.words import listed

Answers = Mapping[str, Answer]
Verdict = str | None

#: Problems after which what came before still says something: the judged function did not stop.
_RETURNED = {Problem.NONE, Problem.FORM, Problem.UNFINISHED}


def verdict_on(key: AnswerKey, answers: Answers, criterion: Criterion) -> Verdict:
    """Return "" if `criterion` is met, why not if it is not, None if that cannot be told."""
    if criterion.kind is Kind.UNCHANGED:
        return _unchanged(key, answers)
    if criterion.kind is Kind.REPEATABLE:
        return _repeatable(key, answers)
    look = _LOOKS[criterion.kind]
    outputs = {name: i for i, name in enumerate(criterion.outputs)}
    if criterion.besides:
        outputs = {
            name: i for name, i in outputs.items() if _is_right(key, answers, name, criterion)
        }
    open_question = not outputs
    for case in criterion.cases or tuple(case.name for case in key.asked):
        answer = answers.get(case, Answer(case))
        verdicts = []
        for output, i in outputs.items():
            if output not in key.expected[case].outputs:
                continue
            against = criterion.against
            if criterion.kind in (Kind.SAME, Kind.DIFFERENT):
                against = (criterion.against[i],)
            verdicts.append(look(key, answer, output, against))
        if criterion.any_of and "" in verdicts:
            continue
        found = next((verdict for verdict in verdicts if verdict), "")
        if found and criterion.if_repeatable and _repeatable(key, answers):
            return None
        if found:
            return f"{case[:1].upper()}{case[1:]}: {found}"
        open_question = open_question or None in verdicts
    return None if open_question else ""


def right_in(key: AnswerKey, answers: Answers, criterion: Criterion) -> str:
    """Return of which outputs a criterion is true that is met although others are wrong; or ""."""
    if not (criterion.any_of or criterion.besides):
        return ""
    cases = {*criterion.cases, *criterion.besides}
    named, right = [], []
    for output in criterion.outputs:
        seen = [case for case in cases if output in key.expected[case].outputs]
        if not seen:
            continue
        named.append(output)
        if all(value_verdict(key, answers.get(c, Answer(c)), output) == "" for c in seen):
            right.append(output)
    if right == named:
        return ""
    return f"(True of {listed(right)} alone.)" if right else "(Not in each case of the same one.)"


def _is_right(key: AnswerKey, answers: Answers, output: str, criterion: Criterion) -> bool:
    """Return whether `output` is right in the cases that others judge."""
    return all(
        value_verdict(key, answers.get(case, Answer(case)), output) == ""
        for case in criterion.besides
        if output in key.expected[case].outputs
    )


def value_verdict(
    key: AnswerKey, answer: Answer, output: str, against: tuple[str, ...] = ()
) -> Verdict:
    """Return how one output differs from the right one; "" if it does not, None if it is absent."""
    if output not in answer.outputs:
        return None
    got, expected = answer.outputs[output], key.expected[answer.case].outputs[output]
    axes = key.exercise.axes[output]
    if output in key.exercise.chances:
        return _counts(key, answer.case, output, got, key.chances(answer.case, output))
    if got.dtype.kind == "f" and got.shape == expected.shape:
        unusable = ~np.isfinite(got) & np.isfinite(expected)
        if unusable.any():
            return f"{output} holds a number that is not finite (nan or inf)."
    if output in key.exercise.calls and got.shape == expected.shape:
        calls, came = key.calls(answer.case, output), answer.outputs.get(f"own_{output}")
        return refusal_difference(calls, got, expected, came)
    name = output.removeprefix("own_")
    return difference(name, got, expected, axes, key.exercise.tolerance)


def _counts(key: AnswerKey, case: str, output: str, counts: np.ndarray, chances: np.ndarray) -> str:
    """Return how `counts` are off, or "": as many trials as the case has, by these chances."""
    expected = key.expected[case].outputs[output]
    if counts.shape == expected.shape and counts.sum() != expected.sum():
        return f"{output} counts {counts.sum()} trials, not as many as were made."
    return unlikely(output, counts, chances, key.exercise.axes[output], key.false_alarm)


def _consistent(key: AnswerKey, answer: Answer, output: str, against: tuple[str, ...]) -> Verdict:
    """Return how the learner's own parts disagree; "" if they do not, or `output` is right."""
    if value_verdict(key, answer, output) == "":
        return ""
    left, own = (answer.outputs.get(name) for name in against)
    if left is None or own is None:
        return None
    if (
        output in key.exercise.chances
        and left.shape == key.expected[answer.case].outputs[output].shape
    ):
        return _counts(key, answer.case, output, left, own)
    if left.shape == own.shape and left.ndim == len(key.exercise.axes[output]):
        axes = key.exercise.axes[output]
        return difference(output, left, own, axes, key.exercise.tolerance)
    return f"{output} has shape {left.shape}, your own parts give {own.shape}."


def _same(key: AnswerKey, answer: Answer, output: str, against: tuple[str, ...]) -> Verdict:
    """Return how an output differs from another one of the learner's own."""
    later, first = answer.outputs.get(output), answer.outputs.get(against[0])
    if later is None or first is None:
        return None
    return difference(output, later, first, key.exercise.axes[output], key.exercise.tolerance)


def _form(key: AnswerKey, answer: Answer, output: str, against: tuple[str, ...]) -> Verdict:
    """Return how the kind of what came back differs from that of the reference."""
    came, wanted = answer.outputs.get(output), key.expected[answer.case].outputs[output]
    if came is None or came.shape != () or not 0 <= came < len(KINDS):
        return None
    if came == wanted:
        return ""
    name = output.removeprefix("own_kind_of_")
    return f"{name} is {KINDS[int(came)]}; expected {KINDS[int(wanted)]}."


def _different(key: AnswerKey, answer: Answer, output: str, against: tuple[str, ...]) -> Verdict:
    """Return that an output is the same as another one of the learner's own, which it must not."""
    moved, first = answer.outputs.get(output), answer.outputs.get(against[0])
    if moved is None or first is None:
        return None
    same = equal(moved, first, key.exercise.tolerance)
    return f"{output} is the same as {against[0]}." if same else ""


def _unchanged(key: AnswerKey, answers: Answers) -> Verdict:
    shown = {case.name for case in key.shown}
    looked_at = [answer for case, answer in answers.items() if case not in shown]
    changed = sorted({name for answer in looked_at for name in answer.changed})
    if changed:
        return f"{' and '.join(changed)} changed during the call: work on a copy."
    main = [answers.get(case.name) for case in key.asked if not case.edge]
    return "" if all(answer is not None and answer.outputs for answer in main) else None


def _repeatable(key: AnswerKey, answers: Answers) -> Verdict:
    name = key.asked[0].name
    first, second = answers.get(name), answers.get(name + AGAIN)
    if first is None or second is None or not first.outputs:
        return None
    if {first.problem, second.problem} - _RETURNED:
        return None
    same = first.outputs.keys() == second.outputs.keys() and all(
        equal(second.outputs[output], first.outputs[output], key.exercise.tolerance)
        for output in first.outputs
    )
    return "" if same else "the second call gave other numbers than the first."


def varies(key: AnswerKey, answers: Answers) -> bool:
    """Return whether some output, of one and the same shape, differs between two cases.

    An answer that does not depend on its inputs can be unchanged, repeatable and consistent for
    nothing; what student code says of itself then counts for nothing, too. What the judge makes of
    an answer and the inputs differs in any case.
    """
    derived = key.exercise.derived
    given = {name for one in answers.values() for name in value_outputs(one) if name not in derived}
    seen: dict[tuple[str, tuple[int, ...]], np.ndarray] = {}
    for case in key.asked:
        for name, value in value_outputs(answers.get(case.name, Answer(case.name))).items():
            if given and name not in given:
                continue
            before = seen.setdefault((name, value.shape), value)
            if not equal(value, before, key.exercise.tolerance):
                return True
    return False


_LOOKS: Mapping[Kind, Callable[[AnswerKey, Answer, str, tuple[str, ...]], Verdict]] = {
    Kind.VALUES: value_verdict,
    Kind.CONSISTENT: _consistent,
    Kind.SAME: _same,
    Kind.FORM: _form,
    Kind.DIFFERENT: _different,
}

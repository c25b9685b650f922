"""Measuring checks: mistakes, right variants, mistakes in other styles, pairs, mutants."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from autograder.judge.edits import Mistake
from autograder.judge.exercise import Exercise
from autograder.judge.recognition import PATIENCE_S
from autograder.quality.children import Batch, results_of
from autograder.quality.claims import close, run
from autograder.quality.equivalents import reason, reason_for
from autograder.quality.examine import Bench, Finding, Outcome
from autograder.quality.figures import Examined, Figures, counts_of, keep_what_to_look_at
from autograder.quality.subjects import (
    Subject,
    doubles_of,
    mutants_of,
    pairs_of,
    styles_of,
)
from autograder.student.report import Report

SEEDS = 20
MUTANT_SEED = 1
IN_ONE_PROCESS = 400
TOLD_EVERY = 500
LONG_PATIENCE_S = 120.0  # for one function on many seeds, or many on one


# --- examining ----------------------------------------------------------------------------------


def examine_all(
    subjects: Sequence[Subject],
    jobs: int = 0,
    patience_s: float = PATIENCE_S,
    tell: Callable[[str], None] = lambda text: None,
) -> list[Examined]:
    """Return what comes of each of `subjects`, in their order; `tell` is told how far it is."""
    order: dict[tuple[bool, str], list[int]] = {}
    for number, subject in enumerate(subjects):
        alone = subject.kind == "doubles" and patience_s > 0
        order.setdefault((alone, subject.exercise.name), []).append(number)
    numbers = [
        group[i : i + size]
        for (alone, _), group in order.items()
        # Two slips are searched for as beside one learner, without what was tried for others.
        for size in [1 if alone else IN_ONE_PROCESS]
        for i in range(0, len(group), size)
    ]
    batches = [
        Batch(partial(_prepared, [subjects[n] for n in group], patience_s), len(group))
        for group in numbers
    ]
    found: dict[int, Examined] = {}
    for batch, item, finding in results_of(batches, jobs or _cores()):
        number = numbers[batch][item]
        found[number] = Examined(subjects[number].text, finding)
        if len(found) % TOLD_EVERY == 0:
            tell(f"{len(found)} of {len(subjects)} wrong functions")
    _add_equivalent(found, subjects, jobs)
    return [found[number] for number in range(len(subjects))]


def _cores() -> int:
    return os.cpu_count() or 1


def _prepared(subjects: Sequence[Subject], patience_s: float) -> Callable[[int], Finding]:
    bench = Bench(subjects[0].exercise, MUTANT_SEED, patience_s=patience_s)
    return lambda item: bench.examine(subjects[item].make())


def _add_equivalent(found: dict[int, Examined], subjects: Sequence[Subject], jobs: int) -> None:
    """Say in `found` which mutants with full marks are no mistakes, as listed and as measured."""
    passed = [
        number
        for number, one in found.items()
        if one.finding is not None and one.finding.outcome is Outcome.PASSED
    ]
    reasons = {n: _reason(subjects[n]) for n in passed}
    listed = sorted(n for n, why in reasons.items() if why)
    batches = [Batch(partial(_compared, subjects[n]), 1, LONG_PATIENCE_S) for n in listed]
    for batch, _, same in results_of(batches, jobs or _cores()):
        number = listed[batch]
        if same:
            found[number] = replace(found[number], equivalent=reasons[number])


def _reason(subject: Subject) -> str:
    """Return why `subject` is no mistake, or "": two mistakes at once are not looked up."""
    if subject.mutant is not None:
        return reason(subject.mutant)
    return reason_for(subject.exercise.name, subject.text) if subject.kind == "styles" else ""


def _compared(subject: Subject) -> Callable[[int], bool]:
    return lambda item: gives_the_same(subject.exercise, subject.make())


def gives_the_same(exercise: Exercise, function: Any, seeds: int = SEEDS) -> bool:
    """Return whether `function` does what the reference does, on all cases of many seeds.

    Numbers drawn at random, and weights that may be chosen, cannot be compared: there it must earn
    all points.
    """
    functions = {**exercise.reference, exercise.role: function}
    for seed in range(100, 100 + seeds):
        if exercise.chances or exercise.derived:
            if not Bench(exercise, seed, naming=False).passes(functions):
                return False
            continue
        for case in exercise.cases(seed):
            if case.of:
                continue
            ours, right = (run(exercise, f, case.inputs) for f in (functions, exercise.reference))
            if ours.changed != right.changed or ours.outputs.keys() != right.outputs.keys():
                return False
            if not all(
                close(ours.outputs[n], right.outputs[n], exercise.tolerance) for n in ours.outputs
            ):
                return False
    return True


# --- what was written down ----------------------------------------------------------------------


def told(mistake: Mistake, report: Report) -> bool:
    """Return whether `report` names the mistake, or observes what there is no more to say of."""
    if mistake.when:
        return mistake.name == report.mistake
    return any(result.detail for result in report.criteria) and not report.mistake


@dataclass(frozen=True)
class _OfSeed:
    """For each mistake whether it lost points and was told; for each variant whether it passed."""

    rejected: tuple[bool, ...]
    told: tuple[bool, ...]
    accepted: tuple[bool, ...]


def _judged_with_seed(exercise: Exercise, seed: int) -> _OfSeed:
    bench = Bench(exercise, seed, prepared=False)
    reports = [bench.report({exercise.role: m.function}) for m in exercise.mistakes]
    return _OfSeed(
        tuple((r.points or 0.0) < exercise.points for r in reports),
        tuple(told(m, r) for m, r in zip(exercise.mistakes, reports, strict=True)),
        tuple(bench.passes(variant.functions) for variant in exercise.variants),
    )


def measure_written(
    exercises: Sequence[Exercise],
    seeds: int,
    jobs: int = 0,
    tell: Callable[[str], None] = lambda text: None,
) -> list[Figures]:
    """Judge mistakes and right variants on the cases of many seeds."""

    def prepare(exercise: Exercise) -> Callable[[int], _OfSeed]:
        return partial(_judged_with_seed, exercise)

    batches = [Batch(partial(prepare, e), seeds, LONG_PATIENCE_S) for e in exercises]
    results: dict[int, list[_OfSeed]] = {}
    for batch, _, result in results_of(batches, jobs or _cores()):
        results.setdefault(batch, []).append(result)
        if len(results[batch]) == seeds:
            tell(f"{exercises[batch].name}: what was written down, on {seeds} seeds")
    return [_over_seeds(e, results.get(i, [])) for i, e in enumerate(exercises)]


def _over_seeds(exercise: Exercise, results: Iterable[_OfSeed | None]) -> Figures:
    found = Figures(exercise.name, exercise.unit)
    found.mistakes, found.variants = len(exercise.mistakes), len(exercise.variants)
    done = list(results)

    def always(kind: str, names: Sequence[str]) -> int:
        held = [all(r is not None and getattr(r, kind)[i] for r in done) for i in range(len(names))]
        for name, holds in zip(names, held, strict=True):
            if not holds:
                found.look(f"not {kind}", name)
        return sum(held)

    names = [mistake.name for mistake in exercise.mistakes]
    found.rejected, found.told = always("rejected", names), always("told", names)
    found.accepted = always("accepted", [variant.name for variant in exercise.variants])
    return found


def add_examined(
    figures: Sequence[Figures],
    subjects: Sequence[Subject],
    jobs: int = 0,
    patience_s: float = PATIENCE_S,
    tell: Callable[[str], None] = lambda text: None,
) -> None:
    """Examine `subjects` and add what comes of them to the figures of their exercises."""
    by_name = {one.exercise: one for one in figures}
    groups: dict[tuple[str, str], list[Examined]] = {}
    for subject, examined in zip(
        subjects, examine_all(subjects, jobs, patience_s, tell), strict=True
    ):
        groups.setdefault((subject.exercise.name, subject.kind), []).append(examined)
    for (exercise, kind), examined_ones in groups.items():
        setattr(by_name[exercise], kind, counts_of(examined_ones))
        keep_what_to_look_at(by_name[exercise], kind, examined_ones)


def measure(
    exercises: list[Exercise],
    seeds: int = SEEDS,
    mutants: bool = False,
    jobs: int = 0,
    tell: Callable[[str], None] = lambda text: None,
    every: int = 1,
) -> list[Figures]:
    """Return the figures of `exercises`; with mutants, or every so-many-th, it takes minutes."""
    found = measure_written(exercises, seeds, jobs, tell)
    subjects = [s for e in exercises for s in (*styles_of(e), *pairs_of(e))]
    if mutants:
        subjects += [s for e in exercises for s in mutants_of(e, every)] + doubles_of(exercises)
    tell(f"{len(subjects)} wrong functions to examine")
    add_examined(found, subjects, jobs, tell=tell)
    return found

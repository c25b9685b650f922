"""The page of figures, and its short form, which is measured again here."""

from pathlib import Path

import pytest

from autograder.judge.exercises import exercises_of, find_exercise, units_with_exercises
from autograder.quality.equivalents import reason, reason_for, unused
from autograder.quality.figures import Figures
from autograder.quality.located import Place, Ticks
from autograder.quality.located_figures import SHORT_TITLE, Row, located_part, short_located
from autograder.quality.measure import examine_all, measure_written
from autograder.quality.page import (
    PAGE,
    page_of,
    short_form,
    short_form_of,
    with_located,
    write_located,
    write_page,
)
from autograder.quality.subjects import singles_of, styles_of

EXERCISES = [e for unit in units_with_exercises() for e in exercises_of(unit)]


def test_short_form_is_the_one_on_the_page(repository: Path) -> None:
    """Drift: whoever changes a check, a mistake or a model answer runs `make quality`."""
    page = repository / PAGE
    assert page.exists(), "`make quality` writes it"
    assert short_form(EXERCISES) == short_form_of(page.read_text(encoding="utf-8"))


def test_short_form_of_located_lines_is_the_one_on_the_page(repository: Path) -> None:
    """Drift: whoever changes how a line is looked for measures that part of the page again."""
    page = (repository / PAGE).read_text(encoding="utf-8")
    assert short_located(EXERCISES, 1) == short_form_of(page, SHORT_TITLE)


def test_ticks_go_on_by_looks_alone() -> None:
    one, other = Ticks(), Ticks()
    assert (
        [one() for _ in range(3)]
        == [other() for _ in range(3)]
        == pytest.approx([1e-3, 2e-3, 3e-3])
    )


def test_part_on_located_lines_is_put_in_and_kept(tmp_path: Path) -> None:
    found, path = [Figures("stack_weights", "recurrence")], tmp_path / PAGE
    row = Row(
        "one slip", 5, {Place.LINE: 2, Place.OTHER: 1, Place.NOT: 1, Place.NO_NEED: 1}, 0.5, 2
    )
    write_page(path, found, {"singles": {"total": 3}})
    without = path.read_text(encoding="utf-8")
    for count in (8, 9):
        write_located(path, located_part([row], count, {"in the right line": count}))
        write_page(path, found, {"singles": {"total": 4}})
        page = path.read_text(encoding="utf-8")
        assert page.count("## Located") == 1 and f"each exercise {count} slips" in page
        assert "| one slip | 5 | 4 | 2 | 1 | 75% | 0 | 1 | 0 | 0.5 s | 2.0 s |" in page
        assert short_form_of(page, SHORT_TITLE) == {"in the right line": count}
        assert short_form_of(page) == {"singles": {"total": 4}}
    assert with_located(page, "") == without.replace('"total": 3', '"total": 4')


def test_page_gives_its_short_form_back() -> None:
    short = {"singles": {"total": 3}}
    assert short_form_of(page_of([Figures("stack_weights", "recurrence")], short)) == short


def test_page_of_a_part_of_the_mutants_says_so() -> None:
    found = [Figures("stack_weights", "recurrence")]
    assert "one in 4 of them: 0)" in page_of(found, {}, every=4)
    assert "one in" not in page_of(found, {})


def test_list_of_equivalents_names_mutants_that_exist() -> None:
    mutants = [(e.name, m.text) for e in EXERCISES for m in singles_of(e)]
    styles = [(e.name, style.text) for e in EXERCISES for style in styles_of(e)]
    assert unused([*mutants, *styles]) == []


def test_mistake_that_is_none_in_another_style_is_listed_and_measured() -> None:
    error = find_exercise("relative_error")
    listed = [one for one in styles_of(error) if reason_for(error.name, one.text)]
    assert [one.text for one in listed] == [
        f"{name} in error_with_equality_first" for name in ("shapes_not_compared", "axes_counted")
    ]
    assert [bool(one.equivalent) for one in examine_all(listed, jobs=1)] == [True, True]


def test_reason_of_a_mutant_that_is_not_listed_is_none() -> None:
    step = find_exercise("rnn_step_forward")
    wrong = [m for m in singles_of(step) if "x_t @ W_xh - h_prev" in m.text]
    assert [reason(m) for m in wrong] == [""]


def test_measure_written_counts_what_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    step = find_exercise("stack_weights")
    (found,) = measure_written([step], seeds=2, jobs=1)
    assert found.complete
    assert (found.mistakes, found.variants) == (len(step.mistakes), len(step.variants))
    right = type(step.mistakes[0])(
        "harmless", "nothing is wrong.", step.unit, step.name, written=step.reference["stack"]
    )
    object.__setattr__(step, "mistakes", (right,))
    try:
        (found,) = measure_written([step], seeds=2, jobs=1)
    finally:
        find_exercise.cache_clear()
        exercises_of.cache_clear()
    assert (found.rejected, found.told, found.complete) == (0, 0, False)


def test_styles_make_a_mistake_where_its_edits_fit_and_nowhere_else() -> None:
    step = find_exercise("rnn_step_forward")
    made = {subject.text for subject in styles_of(step)}
    assert any(text.endswith("in step_with_einsum") for text in made) or made
    assert not any(text.endswith(f"in {step.name}") for text in made)


def test_style_in_which_an_edit_sets_what_nothing_reads_has_not_that_mistake() -> None:
    made = {subject.text for subject in styles_of(find_exercise("loss_mask"))}
    assert not any(text.startswith("aligned") and "broadcasting" in text for text in made)
    assert any("in mask_" in text for text in made)

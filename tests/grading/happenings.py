"""What happens to honest notebooks on their way: each takes a solved notebook and mistreats it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from typing import Any

from autograder.course import Course
from autograder.demo.notebooks import grade_id, read_notebook, solution_texts, submission
from tests.course.grading_folders import ROOT

Notebook = dict[str, Any]
Cells = list[dict[str, Any]]
Happening = Callable[["Solved"], Cells]

COURSE = Course(ROOT)
ANSWER = "The state holds it, and W_hh decides for how long (nothing else)."


class Solved:
    """A unit's notebook with the model answers, and its cells by what they are for."""

    def __init__(self, unit: str) -> None:
        self.release = read_notebook(COURSE.release_notebook(unit))
        texts = solution_texts(read_notebook(COURSE.source_notebook(unit)))
        self.released = {grade_id(c): "".join(c["source"]) for c in self.release["cells"]}
        self.written = next(name for name in texts if name.startswith("written"))
        self.texts = {**texts, self.written: ANSWER}
        self.exercises = [n.removeprefix("check_") for n in self.released if n[:6] == "check_"]
        self.given = [
            grade_id(c) for c in self.release["cells"] if "given" in c["metadata"].get("tags", ())
        ]

    def cells(self, **texts: str) -> Cells:
        """Return new cells, solved, but for `texts`."""
        made: Cells = submission(self.release, {**self.texts, **texts})["cells"]
        for cell in made:
            cell["source"] = "".join(cell["source"])
        return copy.deepcopy(made)

    @property
    def stubs(self) -> dict[str, str]:
        """The stubs as released."""
        return {name: self.released[name] for name in self.exercises}

    @property
    def answers(self) -> list[str]:
        """The functions that were written."""
        return [self.texts[name] for name in self.exercises]


def own(source: str, kind: str = "code") -> dict[str, Any]:
    """Return a new cell of a student's."""
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def without_names(cells: Iterable[dict[str, Any]]) -> Cells:
    """Return the cells as Colab saves them: no names, no ids, no tags."""
    bare = copy.deepcopy(list(cells))
    for cell in bare:
        cell["metadata"] = {}
        cell.pop("id", None)
    return bare


def as_bytes(cells: Cells) -> bytes:
    """Return a notebook file."""
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def _is_check(cell: dict[str, Any]) -> bool:
    return grade_id(cell).startswith("check_")


def _without(cells: Cells, *names: str) -> Cells:
    return [cell for cell in cells if grade_id(cell) not in names]


def _put(cells: Cells, name: str, *more: dict[str, Any], after: bool) -> Cells:
    place = next(i for i, cell in enumerate(cells) if grade_id(cell) == name) + after
    return [*cells[:place], *more, *cells[place:]]


def retyped_above(solved: Solved) -> Cells:
    cells = solved.cells()
    for name in solved.exercises:
        cells = _put(cells, name, own(solved.texts[name]), after=False)
    return _without(cells, *solved.exercises)


def retyped_at_the_top(solved: Solved) -> Cells:
    return [*map(own, solved.answers), *_without(solved.cells(), *solved.exercises)]


def retyped_at_the_end(solved: Solved) -> Cells:
    return [*_without(solved.cells(), *solved.exercises), *map(own, solved.answers)]


def stubs_kept_and_answers_below_them(solved: Solved) -> Cells:
    cells = solved.cells(**solved.stubs)
    for name in solved.exercises:
        cells = _put(cells, name, own(solved.texts[name]), after=True)
    return cells


def stubs_kept_with_a_note_and_answers_below_the_checks(solved: Solved) -> Cells:
    noted = {name: f"# see below\n{text}" for name, text in solved.stubs.items()}
    cells = solved.cells(**noted)
    for name in solved.exercises:
        cells = _put(cells, f"check_{name}", own(solved.texts[name]), after=True)
    return cells


def stubs_kept_below_the_answers(solved: Solved) -> Cells:
    return [*map(own, solved.answers), *solved.cells(**solved.stubs)]


def stubs_made_pass_below_the_answers(solved: Solved) -> Cells:
    empty = {n: f"def {n}(*args, **more):\n    pass" for n in solved.exercises}
    return [*map(own, solved.answers), *solved.cells(**empty)]


def stubs_begun_below_the_answers(solved: Solved) -> Cells:
    begun = {n: s.replace("    raise", "    begun = 1\n    raise") for n, s in solved.stubs.items()}
    return [*map(own, solved.answers), *solved.cells(**begun)]


def stubs_emptied_and_answers_at_the_end(solved: Solved) -> Cells:
    return [*solved.cells(**dict.fromkeys(solved.exercises, "")), *map(own, solved.answers)]


def all_in_the_first_cell(solved: Solved) -> Cells:
    first, *others = solved.exercises
    return _without(solved.cells(**{first: "\n\n".join(solved.answers)}), *others)


def all_in_one_cell_at_the_end(solved: Solved) -> Cells:
    return [*solved.cells(**solved.stubs), own("\n".join(solved.answers))]


def all_in_one_cell_in_colab(solved: Solved) -> Cells:
    return without_names(all_in_the_first_cell(solved))


def names_lost(solved: Solved) -> Cells:
    return without_names(solved.cells())


def names_and_texts_lost(solved: Solved) -> Cells:
    return [cell for cell in names_lost(solved) if cell["cell_type"] == "code"] + [
        own(ANSWER, "raw")
    ]


def names_lost_and_checks_retyped(solved: Solved) -> Cells:
    cells = names_lost(solved)
    for cell in cells:
        if cell["source"].startswith("check("):
            cell["source"] = cell["source"].replace('"', "'")
    return cells


def functions_alone_in_a_new_notebook(solved: Solved) -> Cells:
    given = [own(solved.texts[name]) for name in solved.given]
    return [own("import numpy as np"), *given, *map(own, solved.answers), own(ANSWER, "markdown")]


def answers_pasted_as_text_in_colab(solved: Solved) -> Cells:
    cells = without_names(_without(solved.cells(), *solved.exercises))
    texts = [own(f"```python\n{text}\n```", "markdown") for text in solved.answers]
    return [*texts, *cells]


def checks_at_the_top(solved: Solved) -> Cells:
    return sorted(solved.cells(), key=lambda cell: not _is_check(cell))


def checks_at_the_end(solved: Solved) -> Cells:
    return sorted(solved.cells(), key=_is_check)


def checks_deleted(solved: Solved) -> Cells:
    return [cell for cell in solved.cells() if not _is_check(cell)]


def upside_down(solved: Solved) -> Cells:
    return solved.cells()[::-1]


def imports_deleted(solved: Solved) -> Cells:
    return _without(solved.cells(), "imports")


def imports_at_the_end(solved: Solved) -> Cells:
    return sorted(solved.cells(), key=lambda cell: grade_id(cell) == "imports")


def checks_merged_into_the_answers(solved: Solved) -> Cells:
    merged = {n: f"{solved.texts[n]}\n\n{solved.released[f'check_{n}']}" for n in solved.exercises}
    return [cell for cell in solved.cells(**merged) if not _is_check(cell)]


def answers_merged_into_the_checks(solved: Solved) -> Cells:
    cells = _without(solved.cells(), *solved.exercises)
    for cell in cells:
        name = grade_id(cell).removeprefix("check_")
        if _is_check(cell):
            cell["source"] = f"{solved.texts[name]}\n{cell['source']}"
    return cells


def answers_made_text(solved: Solved) -> Cells:
    cells = solved.cells()
    for index, cell in enumerate(cells):
        if grade_id(cell) in solved.exercises:
            cell["cell_type"] = ("markdown", "raw")[index % 2]
            del cell["outputs"], cell["execution_count"]
    return cells


def cut_in_two(solved: Solved) -> Cells:
    cells = solved.cells()
    for name in solved.exercises:
        lines = solved.texts[name].split("\n")
        last = next(i for i in range(len(lines) - 1, 0, -1) if lines[i].startswith("    return"))
        cell = next(cell for cell in cells if grade_id(cell) == name)
        cell["source"] = "\n".join(lines[:last])
        cells = _put(cells, name, own("\n".join(lines[last:])), after=True)
    return cells


def pasted_twice_the_second_empty(solved: Solved) -> Cells:
    cells = solved.cells()
    for name in solved.exercises:
        copied = copy.deepcopy(next(cell for cell in cells if grade_id(cell) == name))
        copied["source"] = solved.stubs[name]
        cells = _put(cells, f"check_{name}", copied, after=True)
    return cells


def typed_in_copies_of_one_cell(solved: Solved) -> Cells:
    first = next(c for c in solved.cells() if grade_id(c) == solved.exercises[0])
    cells = _without(solved.cells(), *solved.exercises)
    for name in solved.exercises:
        copied = {**copy.deepcopy(first), "source": solved.texts[name]}
        cells = _put(cells, f"check_{name}", copied, after=False)
    return cells


def unused_import(solved: Solved) -> Cells:
    return solved.cells(**{n: f"import torch\n\n{solved.texts[n]}" for n in solved.exercises})


def unused_import_beside_numpy(solved: Solved) -> Cells:
    first = solved.exercises[0]
    line = "import numpy as np, torch\nfrom scipy.special import expit"
    return solved.cells(**{first: f"{line}\n{solved.texts[first]}"})


def a_trial_fails_between_all_functions(solved: Solved) -> Cells:
    first, *others = solved.exercises
    text = "\n\nprint(undefined_example)\n\n".join(solved.answers)
    return _without(solved.cells(**{first: text}), *others)


def a_slip_after_all_functions(solved: Solved) -> Cells:
    first, *others = solved.exercises
    text = "\n\n".join([*solved.answers, "print((1, 2)"])
    return _without(solved.cells(**{first: text}), *others)


def trials_that_never_work(solved: Solved) -> Cells:
    trials = ["x = (1,", "%timeit nothing", "import tensorflow as tf", "1 / 0", "x = y + 1"]
    return [*map(own, trials[:3]), *solved.cells(), *map(own, trials[3:])]


def helper_at_the_end(solved: Solved) -> Cells:
    texts = {}
    for name in solved.exercises:
        head, _, body = solved.texts[name].partition("\n")
        texts[name] = f"{head}\n    helper_of_mine()\n{body}"
    return [*solved.cells(**texts), own("def helper_of_mine():\n    return 1")]


def what_was_given_is_broken(solved: Solved) -> Cells:
    return solved.cells(**{name: f"{solved.texts[name]}\n    (" for name in solved.given})


def what_was_given_is_wrong(solved: Solved) -> Cells:
    def emptied(name: str) -> str:
        heads = [line for line in solved.texts[name].split("\n") if line.startswith("def ")]
        return "\n".join(f"{head}\n    return nothing_of_this_name" for head in heads)

    return solved.cells(**{name: emptied(name) for name in solved.given})


def what_was_given_is_deleted(solved: Solved) -> Cells:
    return _without(solved.cells(), *solved.given)


KEEP_EVERYTHING: tuple[Happening, ...] = (
    Solved.cells,
    retyped_above,
    retyped_at_the_top,
    retyped_at_the_end,
    stubs_kept_and_answers_below_them,
    stubs_kept_with_a_note_and_answers_below_the_checks,
    stubs_kept_below_the_answers,
    stubs_made_pass_below_the_answers,
    stubs_begun_below_the_answers,
    stubs_emptied_and_answers_at_the_end,
    all_in_the_first_cell,
    all_in_one_cell_at_the_end,
    all_in_one_cell_in_colab,
    names_lost,
    names_and_texts_lost,
    names_lost_and_checks_retyped,
    functions_alone_in_a_new_notebook,
    answers_pasted_as_text_in_colab,
    checks_at_the_top,
    checks_at_the_end,
    checks_deleted,
    upside_down,
    imports_deleted,
    imports_at_the_end,
    checks_merged_into_the_answers,
    answers_merged_into_the_checks,
    answers_made_text,
    cut_in_two,
    pasted_twice_the_second_empty,
    typed_in_copies_of_one_cell,
    unused_import,
    unused_import_beside_numpy,
    a_trial_fails_between_all_functions,
    a_slip_after_all_functions,
    trials_that_never_work,
    helper_at_the_end,
    what_was_given_is_broken,
    what_was_given_is_wrong,
    what_was_given_is_deleted,
)


def blank(solved: Solved, name: str) -> str:
    return solved.stubs[name]


def slip(solved: Solved, name: str) -> str:
    return f"{solved.texts[name]}\n    return (1"


def slip_in_the_head(solved: Solved, name: str) -> str:
    return solved.texts[name].replace("):", ":", 1)


def unknown_name(solved: Solved, name: str) -> str:
    return f"def {name}(*args):\n    return nothing_of_this_name(*args)"


def torch_in_it(solved: Solved, name: str) -> str:
    return f"def {name}(*args):\n    import torch\n    return torch.zeros(1)"


def wrong_values(solved: Solved, name: str) -> str:
    return f"def {name}(*args):\n    return 0"


LOSE_ONE: tuple[Callable[[Solved, str], str], ...] = (
    blank,
    slip,
    slip_in_the_head,
    unknown_name,
    torch_in_it,
    wrong_values,
)


def answer_in_the_next_cell(solved: Solved) -> Cells:
    cells = solved.cells(**_unanswered(solved))
    return _put(cells, solved.written, own(ANSWER, "markdown"), after=True)


def answer_in_the_next_cell_of_an_older_hand_out(solved: Solved) -> Cells:
    cells = answer_in_the_next_cell(solved)
    named = [i for i, cell in enumerate(cells) if grade_id(cell)]
    last = cells.index(next(cell for cell in cells if grade_id(cell) == solved.written))
    newer = {i for i in named if i > last}  # what later releases have put behind it
    return [cell for i, cell in enumerate(cells) if i not in newer]


def answer_in_the_cell_before(solved: Solved) -> Cells:
    cells = solved.cells(**_unanswered(solved))
    return _put(cells, solved.written, own(ANSWER, "raw"), after=False)


def answer_in_a_code_cell(solved: Solved) -> Cells:
    cells = solved.cells(**_unanswered(solved))
    return _put(cells, solved.written, own(ANSWER), after=True)


def answer_as_a_comment(solved: Solved) -> Cells:
    cells = solved.cells(**_unanswered(solved))
    return _put(cells, solved.written, own(f"# {ANSWER}"), after=True)


def answer_behind_an_empty_cell(solved: Solved) -> Cells:
    cells = solved.cells(**{solved.written: ""})
    empty = own("", "markdown")
    return _put(cells, solved.written, empty, own("", "code"), own(ANSWER, "markdown"), after=True)


def answer_under_the_question(solved: Solved) -> Cells:
    cells = solved.cells(**_unanswered(solved))
    place = next(i for i, cell in enumerate(cells) if grade_id(cell) == solved.written)
    cells[place - 1]["source"] += f"\n\n{ANSWER}"
    return cells


def answer_retyped_in_its_place(solved: Solved) -> Cells:
    cells = _put(solved.cells(), solved.written, own(ANSWER, "markdown"), after=True)
    return _without(cells, solved.written)


def answer_cell_made_code(solved: Solved) -> Cells:
    cells = solved.cells()
    cell = next(cell for cell in cells if grade_id(cell) == solved.written)
    cell |= {"cell_type": "code", "outputs": [], "execution_count": None}
    return cells


def answer_below_the_cell_without_any_name(solved: Solved) -> Cells:
    return without_names(answer_in_the_next_cell(solved))


ANSWERS_KEPT: tuple[Happening, ...] = (
    answer_in_the_next_cell,
    answer_in_the_next_cell_of_an_older_hand_out,
    answer_in_the_cell_before,
    answer_in_a_code_cell,
    answer_as_a_comment,
    answer_behind_an_empty_cell,
    answer_under_the_question,
    answer_retyped_in_its_place,
    answer_cell_made_code,
    answer_below_the_cell_without_any_name,
)


def answer_far_away(solved: Solved) -> Cells:
    return [own(ANSWER, "markdown"), *solved.cells(**_unanswered(solved))]


def answer_in_another_text(solved: Solved) -> Cells:
    cells = solved.cells(**_unanswered(solved))
    first = next(cell for cell in cells if cell["cell_type"] == "markdown")
    first["source"] = f"{ANSWER}\n\n{first['source']}"
    return cells


def answer_cell_deleted(solved: Solved) -> Cells:
    return _without(solved.cells(), solved.written)


ANSWERS_WAITING: tuple[Happening, ...] = (
    answer_far_away,
    answer_in_another_text,
    answer_cell_deleted,
)


def no_answer(solved: Solved) -> Cells:
    return solved.cells(**_unanswered(solved))


def _unanswered(solved: Solved) -> dict[str, str]:
    return {solved.written: solved.released[solved.written]}

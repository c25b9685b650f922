"""What happens to honest notebooks on their way: each takes a solved notebook and mistreats it."""

from __future__ import annotations

import copy
from typing import Any

from autograder.demo.notebooks import grade_id
from tests.grading.solved import ANSWER, Cells, Happening, Solved, own, put, without, without_names


def _is_check(cell: dict[str, Any]) -> bool:
    return grade_id(cell).startswith("check_")


def retyped_above(solved: Solved) -> Cells:
    cells = solved.cells()
    for name in solved.exercises:
        cells = put(cells, name, own(solved.texts[name]), after=False)
    return without(cells, *solved.exercises)


def retyped_at_the_top(solved: Solved) -> Cells:
    return [*map(own, solved.answers), *without(solved.cells(), *solved.exercises)]


def retyped_at_the_end(solved: Solved) -> Cells:
    return [*without(solved.cells(), *solved.exercises), *map(own, solved.answers)]


def stubs_kept_and_answers_below_them(solved: Solved) -> Cells:
    cells = solved.cells(**solved.stubs)
    for name in solved.exercises:
        cells = put(cells, name, own(solved.texts[name]), after=True)
    return cells


def stubs_kept_with_a_note_and_answers_below_the_checks(solved: Solved) -> Cells:
    noted = {name: f"# see below\n{text}" for name, text in solved.stubs.items()}
    cells = solved.cells(**noted)
    for name in solved.exercises:
        cells = put(cells, f"check_{name}", own(solved.texts[name]), after=True)
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
    return without(solved.cells(**{first: "\n\n".join(solved.answers)}), *others)


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
    cells = without_names(without(solved.cells(), *solved.exercises))
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
    return without(solved.cells(), "imports")


def imports_at_the_end(solved: Solved) -> Cells:
    return sorted(solved.cells(), key=lambda cell: grade_id(cell) == "imports")


def checks_merged_into_the_answers(solved: Solved) -> Cells:
    merged = {n: f"{solved.texts[n]}\n\n{solved.released[f'check_{n}']}" for n in solved.exercises}
    return [cell for cell in solved.cells(**merged) if not _is_check(cell)]


def answers_merged_into_the_checks(solved: Solved) -> Cells:
    cells = without(solved.cells(), *solved.exercises)
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
        cells = put(cells, name, own("\n".join(lines[last:])), after=True)
    return cells


def pasted_twice_the_second_empty(solved: Solved) -> Cells:
    cells = solved.cells()
    for name in solved.exercises:
        copied = copy.deepcopy(next(cell for cell in cells if grade_id(cell) == name))
        copied["source"] = solved.stubs[name]
        cells = put(cells, f"check_{name}", copied, after=True)
    return cells


def typed_in_copies_of_one_cell(solved: Solved) -> Cells:
    first = next(c for c in solved.cells() if grade_id(c) == solved.exercises[0])
    cells = without(solved.cells(), *solved.exercises)
    for name in solved.exercises:
        copied = {**copy.deepcopy(first), "source": solved.texts[name]}
        cells = put(cells, f"check_{name}", copied, after=False)
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
    return without(solved.cells(**{first: text}), *others)


def a_slip_after_all_functions(solved: Solved) -> Cells:
    first, *others = solved.exercises
    text = "\n\n".join([*solved.answers, "print((1, 2)"])
    return without(solved.cells(**{first: text}), *others)


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
    return without(solved.cells(), *solved.given)


#: Every happening of this module, and none at all: nothing is lost after it.
KEEP_EVERYTHING: tuple[Happening, ...] = (
    Solved.cells,
    *(
        happening
        for name, happening in list(globals().items())
        if getattr(happening, "__module__", "") == __name__ and not name.startswith("_")
    ),
)

"""What happens to functions and to written answers: what is lost with them, kept or waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.demo.notebooks import grade_id
from tests.grading.solved import ANSWER, Cells, Happening, Solved, own, put, without, without_names

#: By name: what is left of a function in the cell of that name.
LOSE_ONE: dict[str, Callable[[Solved, str], str]] = {
    "blank": lambda solved, name: solved.stubs[name],
    "slip": lambda solved, name: f"{solved.texts[name]}\n    return (1",
    "slip_in_the_head": lambda solved, name: solved.texts[name].replace("):", ":", 1),
    "unknown_name": lambda solved, name: (
        f"def {name}(*args):\n    return nothing_of_this_name(*args)"
    ),
    "torch_in_it": lambda solved, name: (
        f"def {name}(*args):\n    import torch\n    return torch.zeros(1)"
    ),
    "wrong_values": lambda solved, name: f"def {name}(*args):\n    return 0",
}


def no_answer(solved: Solved) -> Cells:
    return solved.cells(**{solved.written: solved.released[solved.written]})


def _unanswered_beside(solved: Solved, cell: dict[str, Any], after: bool = True) -> Cells:
    return put(no_answer(solved), solved.written, cell, after=after)


def answer_in_the_next_cell(solved: Solved) -> Cells:
    return _unanswered_beside(solved, own(ANSWER, "markdown"))


def answer_in_the_next_cell_of_an_older_hand_out(solved: Solved) -> Cells:
    cells = answer_in_the_next_cell(solved)
    named = [i for i, cell in enumerate(cells) if grade_id(cell)]
    last = cells.index(next(cell for cell in cells if grade_id(cell) == solved.written))
    newer = {i for i in named if i > last}  # what later releases have put behind it
    return [cell for i, cell in enumerate(cells) if i not in newer]


def answer_in_the_cell_before(solved: Solved) -> Cells:
    return _unanswered_beside(solved, own(ANSWER, "raw"), after=False)


def answer_in_a_code_cell(solved: Solved) -> Cells:
    return _unanswered_beside(solved, own(ANSWER))


def answer_as_a_comment(solved: Solved) -> Cells:
    return _unanswered_beside(solved, own(f"# {ANSWER}"))


def answer_behind_an_empty_cell(solved: Solved) -> Cells:
    cells = solved.cells(**{solved.written: ""})
    empty = own("", "markdown")
    return put(cells, solved.written, empty, own("", "code"), own(ANSWER, "markdown"), after=True)


def answer_under_the_question(solved: Solved) -> Cells:
    cells = no_answer(solved)
    place = next(i for i, cell in enumerate(cells) if grade_id(cell) == solved.written)
    cells[place - 1]["source"] += f"\n\n{ANSWER}"
    return cells


def answer_retyped_in_its_place(solved: Solved) -> Cells:
    cells = put(solved.cells(), solved.written, own(ANSWER, "markdown"), after=True)
    return without(cells, solved.written)


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
    return [own(ANSWER, "markdown"), *no_answer(solved)]


def answer_in_another_text(solved: Solved) -> Cells:
    cells = no_answer(solved)
    first = next(cell for cell in cells if cell["cell_type"] == "markdown")
    first["source"] = f"{ANSWER}\n\n{first['source']}"
    return cells


def answer_cell_deleted(solved: Solved) -> Cells:
    return without(solved.cells(), solved.written)


ANSWERS_WAITING: tuple[Happening, ...] = (
    answer_far_away,
    answer_in_another_text,
    answer_cell_deleted,
)

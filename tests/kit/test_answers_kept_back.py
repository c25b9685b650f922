"""No answer can be found in a kit: not as text, not by calling what there is."""

from __future__ import annotations

import ast
import inspect
import json
import shutil
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.course import Course
from autograder.judge.answers import answers_of_unit
from autograder.judge.exercises import exercises_of
from autograder.kit.answers import Answers
from autograder.kit.wheel import Wheel
from autograder.units import UNITS

HIDDEN = [unit for unit in UNITS if unit != "gradcheck"]
TELLING = 16

CALL_ALL = """
import importlib, pkgutil
import autograder, rnn_ref
from autograder.judge.exercises import exercises_of
from autograder.judge.table import FOLDER, read_key
from autograder.kit.own import NotYoursYet
from autograder.student.answers import answer_case

modules = []
for package in (autograder, rnn_ref):
    for one in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        try:
            modules.append(importlib.import_module(one.name))
        except NotYoursYet:
            pass
print(len(modules), "modules")
for exercise in exercises_of("recurrence"):
    key = read_key((FOLDER / f"{exercise.name}.table").read_bytes(), exercise.name)
    case = key.asked[0]
    for module in modules:
        for name, found in vars(module).items():
            if exercise.name in (name, getattr(found, "__name__", "")) and callable(found):
                functions = {role: found for role in exercise.probe.roles}
                answer = answer_case(exercise.probe, functions, case.name, case.inputs)
                if answer.outputs:
                    print("answers:", module.__name__, name)
"""


def statements(unit: str) -> Iterator[list[str]]:
    """Yield what is assigned and returned in each model answer and not given, without blanks."""
    released = json.loads(Course.find().release_notebook(unit).read_text(encoding="utf-8"))
    given = "".join("".join("".join(cell["source"]).split()) for cell in released["cells"])
    for function in answers_of_unit(unit).values():
        source = textwrap.dedent(inspect.getsource(function))
        nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, (ast.Assign, ast.Return))]
        texts = ("".join((ast.get_source_segment(source, node) or "").split()) for node in nodes)
        yield [text for text in texts if len(text) >= TELLING and text not in given]


def test_no_file_holds_two_statements_of_a_model_answer(wheel: Wheel) -> None:
    solutions = [lines for unit in HIDDEN for lines in statements(unit) if lines]
    texts = {
        name: "".join(data.decode("utf-8", "ignore").split())
        for name, data in wheel.files.items()
        if not name.startswith("rnn_ref/gradcheck")
    }
    told = [
        (name, lines)
        for name, text in texts.items()
        for lines in solutions
        if sum(line in text for line in lines) >= min(2, len(lines))
    ]
    assert told == []


def test_no_mistake_nor_variant_is_there_as_code(wheel: Wheel) -> None:
    rooms = ("judge/mistakes/", "judge/variants/", "judge/answers/")
    code = {name: data for name, data in wheel.files.items() if any(r in name for r in rooms)}
    assert not any(b"np." in data or b" \xe2\x86\x92 " in data for data in code.values())
    assert "autograder/judge/made.py" not in wheel.files
    assert not any("solutions" in name for name in wheel.files)


def test_no_function_of_an_exercise_answers_in_the_kit(
    run_in_kit: Callable[..., str],
) -> None:
    found = run_in_kit(CALL_ALL).splitlines()
    assert int(found[0].split()[0]) > 80
    assert found[1:] == []


def test_planted_function_is_found_by_what_it_answers(
    run_in_kit: Callable[..., str], site: Path, tmp_path: Path
) -> None:
    planted = tmp_path / "planted"
    shutil.copytree(site, planted)
    source = "def rnn_step_forward(x, h, W, U, b):\n    return x @ W, None\n"
    (planted / "rnn_ref/planted.py").write_text(source)
    found = run_in_kit(CALL_ALL, planted).splitlines()
    assert found[1:] == ["answers: rnn_ref.planted rnn_step_forward"]


def test_planted_answer_is_found_by_its_lines() -> None:
    answers = Answers.of(Course.find(), ["recurrence"])
    told = inspect.getsource(answers_of_unit("recurrence")["rnn_forward"])
    assert answers.findings({"a.py": told.encode(), "b.py": b"h = np.zeros(3)"})[0][:4] == "a.py"
    assert answers.told_in(f"{told}\n\ndef other():\n    return 1\n") == {"rnn_forward"}


def test_functions_of_an_earlier_unit_answer_in_the_kit(run_in_kit: Callable[..., str]) -> None:
    code = "from rnn_ref.gradcheck import numeric_gradient as f\nprint(float(f(abs, 3.0)) > 0.99)"
    assert run_in_kit(code) == "True\n"


def test_every_exercise_of_the_unit_has_a_table(wheel: Wheel) -> None:
    names = {f"autograder/judge/tables/{one.name}.table" for one in exercises_of("recurrence")}
    assert {name for name in wheel.files if name.endswith(".table")} == names

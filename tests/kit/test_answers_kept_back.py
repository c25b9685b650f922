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
from tests.kit.kits import installed, notebook_in, wheel_of

TELLING = 16

CALL_ALL = """
import contextlib, importlib, inspect, io, pkgutil
from pathlib import Path
import autograder, rnn_ref
from autograder.judge.backend import OutOfTime, limited
from autograder.judge.criteria import value_verdict
from autograder.judge.table import FOLDER, read_key
from autograder.kit.own import NotYoursYet, _asked_in

functions = {}
for package in (autograder, rnn_ref):
    for one in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        with contextlib.suppress(NotYoursYet):
            found = vars(importlib.import_module(one.name)).items()
            ours = ((n, f) for n, f in found if inspect.isfunction(f))
            functions.update({f: f"{one.name}.{n}" for n, f in ours if f not in functions})
print(len(functions), "functions")

def takes(function, names):
    try:
        inspect.signature(function).bind(*names)
    except (TypeError, ValueError):
        return False
    return True

def is_right(key, case, function):
    probe = key.exercise.probe
    roles = {**asked.get(key.exercise.name, {}), probe.judged: function}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(OutOfTime):
        with limited(0.5, 2**29):
            answer = key.answer_of(roles, case.name, told=False)
        wanted = key.exercise.judged_outputs & key.expected[case.name].outputs.keys()
        return all(value_verdict(key, answer, name) == "" for name in wanted)

asked = {}
for path in sys.argv[1:]:
    asked |= _asked_in(Path(path), 0)
for path in sorted(FOLDER.glob("*.table")):
    key = read_key(path.read_bytes(), path.stem)
    case, probe = key.asked[0], key.exercise.probe
    for function, name in functions.items():
        if takes(function, probe.roles[probe.judged]) and is_right(key, case, function):
            print("answers:", name)
    mine = asked.get(path.stem, {}).get(probe.judged)
    if sys.argv[1:] and not (mine and is_right(key, case, mine)):
        print("not found although it is right:", path.stem)
"""


def statements(unit: str) -> Iterator[list[str]]:
    """Yield what is assigned and returned in each model answer and not given, without blanks."""
    released = json.loads(Course.find().release_notebook(unit).read_text(encoding="utf-8"))
    given = "".join("".join("".join(cell["source"]).split()) for cell in released["cells"])
    for function in answers_of_unit(unit).values():
        if not function.__module__.endswith(f".answers.{unit}"):  # an earlier unit's
            continue
        source = textwrap.dedent(inspect.getsource(function))
        nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, (ast.Assign, ast.Return))]
        texts = ("".join((ast.get_source_segment(source, node) or "").split()) for node in nodes)
        yield [text for text in texts if len(text) >= TELLING and text not in given]


def test_no_file_holds_two_statements_of_a_model_answer(wheel_of_all: Wheel) -> None:
    solutions = [lines for unit in UNITS for lines in statements(unit) if lines]
    texts = {
        name: "".join(data.decode("utf-8", "ignore").split())
        for name, data in wheel_of_all.files.items()
    }
    told = [
        (name, lines)
        for name, text in texts.items()
        for lines in solutions
        if sum(line in text for line in lines) >= min(2, len(lines))
    ]
    assert told == []


def test_no_mistake_nor_variant_is_there_as_code(wheel_of_all: Wheel) -> None:
    rooms = ("judge/mistakes/", "judge/variants/", "judge/answers/")
    code = {
        name: data for name, data in wheel_of_all.files.items() if any(r in name for r in rooms)
    }
    assert not any(b"np." in data or b" \xe2\x86\x92 " in data for data in code.values())
    assert "autograder/judge/made.py" not in wheel_of_all.files
    assert not any("solutions" in name for name in wheel_of_all.files)


def test_no_function_of_a_kit_of_all_answers_an_exercise(
    run_in_kit: Callable[..., str], wheel_of_all: Wheel, tmp_path: Path
) -> None:
    site = installed(wheel_of_all, tmp_path / "site")
    solved = [notebook_in(tmp_path / "solved", unit, solved=True) for unit in UNITS]
    found = run_in_kit(CALL_ALL, site, *solved).splitlines()
    assert int(found[0].split()[0]) > 500
    # These call functions of other units, which are not in that kit either.
    calling = ("bits_per_character", "program_gates", "sample", "train_step")
    assert found[1:] == [f"not found although it is right: {name}" for name in calling]


def test_planted_function_is_found_by_what_it_answers(
    run_in_kit: Callable[..., str], site: Path, tmp_path: Path
) -> None:
    planted = tmp_path / "planted"
    shutil.copytree(site, planted)
    source = "import numpy as np\n\ndef put(one, other):\n    return np.vstack([other, one])\n"
    (planted / "rnn_ref/planted.py").write_text(source)
    found = run_in_kit(CALL_ALL, planted).splitlines()
    assert found[1:] == ["answers: rnn_ref.planted.put"]


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


SCAN = """
from autograder.student import optional_check
from autograder.student.check import CheckFailed
from rnn_ref.extensions import linear_loop
try:
    optional_check("scan", linear_loop)
except CheckFailed as error:
    print(error)
"""


def test_optional_exercise_of_an_ungraded_notebook_is_checked_in_its_kit(
    run_in_kit: Callable[..., str], tmp_path: Path
) -> None:
    site = installed(wheel_of("extensions"), tmp_path / "extensions")
    assert "take at most 100 operations" in run_in_kit(SCAN, site)


def test_extras_that_build_on_what_is_asked_for_stay_out_of_a_kit(wheel_of_all: Wheel) -> None:
    extras = "autograder/judge/extras"
    assert f"{extras}/extensions.py" in wheel_of_all.files
    assert f"{extras}/bug_hunt.py" not in wheel_of_all.files
    assert f"{extras}/bug_hunt.py" in wheel_of("bug_hunt").files

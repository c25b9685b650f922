"""What an honest notebook does works in the sandbox, and what it shows comes out."""

import re

import pytest

from autograder.sandbox.engine import Engine
from autograder.sandbox.job import Ending
from tests.sandbox.running import CHECK, SOLUTION, earns_its_mark, notebook, printed


def test_check_of_a_right_solution_hands_out_right_answers(engine: Engine) -> None:
    run = engine.run(notebook(SOLUTION, CHECK))
    assert run.ending is Ending.DONE
    assert run.irregular == ()
    assert earns_its_mark(run)


def test_check_of_a_wrong_solution_hands_out_wrong_answers(engine: Engine) -> None:
    run = engine.run(notebook(SOLUTION.replace("np.tanh", "np.sin"), CHECK))
    assert run.irregular == ()
    assert len(run.cells[1].answers) == 1
    assert not earns_its_mark(run)


def test_outputs_of_every_kind_come_out(engine: Engine) -> None:
    source = "import sys\nprint('out')\nprint('err', file=sys.stderr)\ndisplay('shown')\n6 * 7"
    run = engine.run(notebook(source))
    kinds = [(output.kind, output.data) for output in run.cells[0].outputs]
    assert kinds == [
        ("stdout", "out\n"),
        ("stderr", "err\n"),
        ("display", "'shown'"),
        ("result", "42"),
    ]


def test_result_behind_a_semicolon_is_not_shown(engine: Engine) -> None:
    assert engine.run(notebook("6 * 7;")).cells[0].outputs == ()


@pytest.mark.parametrize("first", ["", "%matplotlib inline\n"])
def test_plot_comes_out_as_png(engine: Engine, first: str) -> None:
    source = first + "import matplotlib.pyplot as plt\nplt.plot([1, 4, 9]);"
    (picture,) = engine.run(notebook(source)).cells[0].outputs
    assert (picture.kind, picture.mime) == ("display", "image/png")
    assert isinstance(picture.data, bytes)
    assert picture.data.startswith(b"\x89PNG")


def test_html_comes_out_as_text_alone(engine: Engine) -> None:
    source = "from IPython.display import HTML\nHTML('<script>alert(1)</script>')"
    (output,) = engine.run(notebook(source)).cells[0].outputs
    assert output.mime == "text/plain"
    assert "script" not in str(output.data)


#: By name: what honest notebooks do, and what it prints.
USUAL = {
    "threads": (
        "import threading\nt = [threading.Thread(target=print, args=(i,)) for i in range(3)]\n"
        "[a.start() for a in t]; [a.join() for a in t]\nprint('joined')",
        "joined",
    ),
    "thread pool": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool:\n    print(sum(pool.map(abs, [-1, -2])))",
        "3",
    ),
    "asyncio": (
        "import asyncio\nasync def f():\n    await asyncio.sleep(0.01)\n    return 5\n"
        "print(asyncio.run(f()))",
        "5",
    ),
    "top-level await": ("import asyncio\nawait asyncio.sleep(0)\nprint(7)", "7"),
    "temporary file": (
        "import tempfile\nwith tempfile.TemporaryFile('w+') as f:\n"
        "    f.write('a'); f.seek(0); print(f.read())",
        "a",
    ),
    "own file": (
        "open('mine.txt', 'w').write('x')\nimport os\nprint(os.listdir('.'))",
        "['mine.txt']",
    ),
    "linalg": ("import numpy as np\nprint(np.linalg.det(np.eye(2)))", "1.0"),
    "magic": ("%timeit -n1 -r1 1 + 1\nprint('magic')", "magic"),
    "errors": ("from rnn_ref.errors import ShapeError\nprint('there')", "there"),
    "help": ("help(len)", "Return the number of items"),
}


@pytest.mark.parametrize("what", USUAL)
def test_usual_code_runs(engine: Engine, what: str) -> None:
    source, expected = USUAL[what]
    run = engine.run(notebook(source))
    assert run.cells[0].error_name == ""
    assert expected in printed(run, 0)
    assert run.irregular == ()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("def f(:", "SyntaxError"),
        ("import sys\nsys.exit('done')", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("def f():\n    return f()\nf()", "RecursionError"),
        ("input()", "EOFError"),
        ("import torch", "ModuleNotFoundError"),
        ("import subprocess\nsubprocess.run(['true'])", "PermissionError"),
        ("import socket\nsocket.socket()", "PermissionError"),
    ],
)
def test_error_in_a_cell_ends_that_cell_alone(engine: Engine, source: str, name: str) -> None:
    run = engine.run(notebook(source, SOLUTION, CHECK))
    assert run.cells[0].error_name == name
    assert run.cells[0].finished
    assert run.ending is Ending.DONE
    assert earns_its_mark(run)


def test_error_output_has_the_traceback_of_the_cell(engine: Engine) -> None:
    run = engine.run(notebook("def f():\n    return 1 / 0\nf()"))
    assert run.cells[0].error_text == "division by zero"
    assert "return 1 / 0" in printed(run, 0, "error")


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ("def f():\n    return 1 / 0\nf()", ["line 3, in <module>", "line 2, in f"]),
        ("a = 1\nb = a)", ["line 2"]),
        ("a = 1\n    b = 2", ["line 2"]),
    ],
)
def test_error_output_shows_the_cell_and_not_what_runs_it(
    engine: Engine, source: str, places: list[str]
) -> None:
    told = printed(engine.run(notebook(source)), 0, "error")
    assert re.findall(r"^ *Cell, (line .*)$", told, re.MULTILINE) == places
    assert "File" not in told


def test_random_numbers_differ_between_submissions(engine: Engine) -> None:
    source = "import random, numpy as np\nprint(random.random(), np.random.rand())"
    job = notebook(source)
    one, other = (printed(engine.run(job), 0).split() for _ in range(2))
    assert one[0] != other[0]
    assert one[1] != other[1]


def test_own_unit_reference_is_missing_with_a_sentence(engine: Engine) -> None:
    run = engine.run(notebook("import rnn_ref.recurrence"))
    assert "what this unit asks you to write" in run.cells[0].error_text


def test_check_in_a_cell_of_ones_own_is_not_recorded(engine: Engine) -> None:
    run = engine.run(notebook(SOLUTION, CHECK + "\nprint('went on')", CHECK))
    assert run.cells[1].answers == ()
    assert "recorded in its own graded cell only" in printed(run, 1)
    assert "went on" in printed(run, 1)
    assert run.irregular == ()
    assert earns_its_mark(run)

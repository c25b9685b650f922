"""What a hostile submission tries gains nothing and harms nobody else."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.sandbox.engine import Engine
from autograder.sandbox.job import Ending
from tests.sandbox.running import CHECK, SOLUTION, earns_its_mark, notebook, printed

FRAME = "import os, struct\ndef frame(kind, cell, data=b''):\n"
FRAME += "    os.write(3, struct.pack('<BHI', kind, cell, len(data)) + data)\n"

PATCHES = {
    "builtins": "import builtins\nfor n in ('isinstance', 'len', 'abs', 'print', 'dict', 'open'):\n"
    "    setattr(builtins, n, lambda *a, **k: True)",
    "numpy": "import numpy as np\nfor n in ('array', 'asarray', 'errstate', 'tanh'):\n"
    "    setattr(np, n, lambda *a, **k: 0)",
    "fake modules": "import sys, types\nfor n in ('numpy', 'struct', 'autograder.student.check',\n"
    "          'autograder.student.wire'):\n    sys.modules[n] = types.ModuleType(n)",
    "import hooks": "import sys\nclass F:\n    def find_spec(self, *a):\n        raise SystemExit\n"
    "sys.meta_path.insert(0, F())\nsys.path.insert(0, '/tmp')",
    "the check": "import sys\nm = sys.modules['autograder.student.check']\n"
    "m.sink = m.find_probe = m.encode_answers = 0\nm.check.__code__ = (lambda *a, **k: 1).__code__",
    "the codec": "import sys\nw = sys.modules['autograder.student.wire']\n"
    "w.encode = lambda v: b''\nw._write.__code__ = (lambda v, p: None).__code__",
    "secret cases": "import sys\nsys.modules['autograder.student.check'].secret_cases = {}",
    "a class": "import sys\na = sys.modules['autograder.student.answers']\n"
    "a._Recorder.__call__ = lambda self, *b: (0, 0)\na.Answer.__init__ = None",
    "the name check": "check = lambda *a, **k: print('Full marks!')",
    "shell hooks": "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda lines: ['1'])\n"
    "ip.events.register('pre_run_cell', lambda *a: 1 / 0)\n"
    "ip.set_custom_exc((Exception,), lambda *a, **k: None)",
    "tracing": "import sys\ndef t(*a):\n    raise SystemExit\nsys.settrace(t)",
    "recursion limit": "import sys\nsys.setrecursionlimit(60)",
    "warnings and numpy errors": "import warnings, numpy as np\nwarnings.simplefilter('error')\n"
    "np.seterr(all='raise')",
    "system calls": "import os, signal, time, traceback\nos.write = lambda *a: 0\n"
    "signal.setitimer = signal.signal = time.process_time = traceback.format_exception = None",
    "the standard library": "import warnings, struct, types, math, linecache\n"
    "warnings.catch_warnings = struct.pack = math.prod = linecache.getline = None\n"
    "types.SimpleNamespace = None",
    "streams": "import sys\nsys.stdout = sys.stderr = None",
}


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES)
def test_honest_part_keeps_its_mark_whatever_is_patched(engine: Engine, patch: str) -> None:
    run = engine.run(notebook(SOLUTION, patch, CHECK))
    # The tracing function hits the shell's own lines behind the cell: it has done its work by then.
    assert run.cells[1].error_name in ("", "SystemExit"), run.cells[1].error_text
    assert earns_its_mark(run)


CRASHES = {
    "exit 0": "import os\nos._exit(0)",
    "exit 99": "import os\nos._exit(99)",
    "segmentation fault": "import ctypes\nctypes.string_at(0)",
    "abort": "import os\nos.abort()",
    "stack overflow": "import sys, threading\nsys.setrecursionlimit(10 ** 9)\n"
    "threading.stack_size(2 ** 16)\n"
    "class A:\n    def __getattr__(self, n):\n        return getattr(self, n)\n"
    "t = threading.Thread(target=lambda: A().x)\nt.start()\nt.join()",
}


@pytest.mark.parametrize("source", CRASHES.values(), ids=CRASHES)
def test_crash_keeps_the_marks_before_it(engine: Engine, source: str) -> None:
    run = engine.run(notebook(SOLUTION, CHECK, source, "print('never')"))
    assert run.ending is Ending.CRASHED
    assert run.ending_cell == 2
    assert 3 not in run.cells
    assert earns_its_mark(run)


def test_signals_to_everybody_reach_nobody(engine: Engine) -> None:
    source = (
        "import os\nfor call in (os.kill, os.killpg):\n    for target in (0, -1, 1):\n"
        "        try:\n            call(target, 9)\n        except OSError:\n            pass\n"
        "print('alive')"
    )
    starts = engine.starts
    engine.run(notebook(source))
    assert printed(engine.run(notebook("print('next')")), 0) == "next"
    assert engine.starts == starts


def test_submissions_side_by_side_see_no_file_of_each_other(engine: Engine) -> None:
    writes = "import time\nopen('/tmp/mine', 'w').write('x')\nopen('/dev/shm/mine', 'w')\n"
    writes += "open('mine', 'w')\nprint('wrote')\ntime.sleep(1.2)"
    looks = "import os, time\ntime.sleep(0.6)\nprint(os.listdir('/tmp'), os.listdir('.'))"
    with ThreadPoolExecutor(2) as pool:
        writer, reader = pool.map(engine.run, map(notebook, (writes, looks)))
    assert printed(writer, 0) == "wrote"
    assert printed(reader, 0) == "['home'] []"


def test_late_writers_change_nothing(engine: Engine) -> None:
    late = (
        "import atexit, threading, time, os\natexit.register(lambda: os.write(3, b'late'))\n"
        "class D:\n    def __del__(self):\n        os.write(3, b'late')\nd = D()\n"
        "def later():\n    while True:\n        time.sleep(0.01)\n        print('late')\n"
        "threading.Thread(target=later, daemon=True).start()"
    )
    run = engine.run(notebook(late, SOLUTION, CHECK))
    assert run.ending is Ending.DONE
    assert run.irregular == ()
    assert earns_its_mark(run)


def test_reading_the_secret_inputs_is_no_secret_but_answers_are_absent(engine: Engine) -> None:
    source = (
        "import os\nfound = []\nfor folder, _, files in os.walk('/sandbox/unit'):\n"
        "    found += [os.path.join(folder, f)[14:] for f in files]\nprint(sorted(found))\n"
        "print(len(open('/sandbox/unit/inputs.bin', 'rb').read()) > 100)"
    )
    listing, readable = printed(engine.run(notebook(source)), 0).splitlines()
    assert readable == "True"
    assert "rnn_ref/errors.py" in listing
    for hidden in ("judge/", "grading/", "reports/", "mistakes", "solutions"):
        assert hidden not in listing


def test_files_in_sight_are_those_meant_to_be(engine: Engine) -> None:
    source = "import os\nfor f in ('/', '/sandbox', '/etc', '/dev', '/proc', '/tmp', '/usr'):\n"
    source += "    print(f, *sorted(os.listdir(f)))"
    seen = dict(line.split(maxsplit=1) if " " in line else (line, "") for line in
                printed(engine.run(notebook(source)), 0).splitlines())  # fmt: skip
    allowed = {"dev", "etc", "lib", "lib64", "proc", "sandbox", "tmp", "usr"}
    assert set(seen["/"].split()) <= allowed
    assert seen["/sandbox"] == "python site unit"
    assert seen["/etc"] == "ld.so.cache"
    assert seen["/dev"] == "full null random shm urandom zero"
    assert seen["/proc"] == ""
    assert seen["/tmp"] == "home"
    assert set(seen["/usr"].split()) <= {"lib", "lib64"}


@pytest.mark.parametrize(
    ("forgery", "sentence"),
    [
        ("frame(9, 1, b'answers')", "no graded cell"),
        ("frame(9, 2, b'answers')", "for a cell that was not running"),
        ("frame(3, 2)", "said to begin while"),
        ("frame(77, 0)", "unknown kind"),
        ("frame(10, 1, b'nonsense')", "said to end"),
        ("frame(11, 0, b's\\0\\0\\0\\0')", "announced in a way"),
        ("os.write(3, struct.pack('<BHI', 4, 1, 2 ** 31))", "longer than any"),
        ("frame(5, 1, b'x' * 200000)", "more output than a cell"),
        ("frame(6, 1, b'\\x01not a picture')", "cannot be read"),
    ],
)
def test_forged_frame_is_noticed(engine: Engine, forgery: str, sentence: str) -> None:
    run = engine.run(notebook(SOLUTION, FRAME + forgery, CHECK))
    assert any(sentence in line for line in run.irregular), run.irregular


def test_second_bundle_in_a_graded_cell_is_noticed(engine: Engine) -> None:
    sneaky = FRAME + SOLUTION.replace("    h_t =", "    frame(9, 1, b'forged')\n    h_t =")
    run = engine.run(notebook(sneaky, CHECK))
    assert "The answers of rnn_step_forward were sent more than once." in run.irregular
    assert not earns_its_mark(run)


def test_end_forged_early_leaves_the_rest_unreached(engine: Engine) -> None:
    forged = FRAME + "frame(10, 0, b'l\\x03\\0\\0\\0' + b's\\0\\0\\0\\0' * 3)\n"
    forged += "frame(11, 0, b's\\0\\0\\0\\0')\nos._exit(0)"
    run = engine.run(notebook(forged, SOLUTION, CHECK))
    assert run.ending is Ending.CRASHED
    assert 2 not in run.cells


SCAN = """
import ctypes, gc, os
libc = ctypes.CDLL(None, use_errno=True)
start_of_needle, rest_backwards = b"needle-in-", b"yatsyah-a"  # or the scan would find itself
windows = {id(thing) >> 21 for thing in gc.get_objects()}
windows |= {id(name) >> 21 for thing in gc.get_objects() if type(thing) is dict for name in thing}
windows = {w + d for w in windows for d in (-1, 0, 1)}
reader, writer = os.pipe()  # the kernel says whether an address can be read, without a crash
pages = found = 0
for start in [window << 21 | page for window in windows for page in range(0, 2 ** 21, 4096)]:
    if libc.write(writer, ctypes.c_void_p(start), ctypes.c_size_t(4096)) == 4096:
        pages += 1
        pieces = os.read(reader, 4096).split(start_of_needle)[1:]
        found += sum(piece[:9][::-1] == rest_backwards for piece in pieces)
print(pages > 1000, found)
"""


def test_memory_holds_nothing_of_an_earlier_submission(engine: Engine) -> None:
    """A fork shares the server's memory: what other students wrote must never have been in it."""
    planted = "text = '''" + "needle-in-a-haystay\n" * 200 + "'''"
    own = engine.run(notebook(planted, SCAN))
    looked, found = printed(own, 1).split()
    assert looked == "True"
    assert int(found) > 0  # the scan finds what is there
    for _ in range(3):
        assert printed(engine.run(notebook(SCAN)), 0) == "True 0"

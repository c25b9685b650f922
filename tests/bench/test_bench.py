"""The comparison with nbgrader: what it measures, and that it notices when a way fails."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from autograder.bench.measure import Cost, run_way, scores_of
from autograder.bench.run import Bench, lines, table
from autograder.bench.stages import measure_stages
from autograder.bench.ways import Way, ours, stock_nbgrader, write_class
from autograder.course import Course
from autograder.errors import AutograderError
from tests.course.grading_folders import NEEDS_SANDBOX, ROOT, course_in

UNIT = "recurrence"


def cost(name: str, seconds: float) -> Cost:
    return Cost(name, 100, seconds, 2 * seconds, 0.01, 0.02, 200.0)


def bench(same: bool = True) -> Bench:
    costs = (cost("autograder grade", 4.0), cost("stock nbgrader", 300.0))
    costs += (cost("nbgrader, our sandbox", 30.0), cost("autograder grade", 6.0))
    large = (replace(cost("autograder grade", 40.0), submissions=1000),)
    return Bench(UNIT, costs, large, {"judge": 3.0}, same, (40, 40))


def test_ratio_is_throughput_of_all_our_runs_by_stock() -> None:
    assert bench().ratio_vs_stock == pytest.approx((200 / 10) / (100 / 300))
    assert json.loads(bench().as_json())["ratio_vs_stock"] == bench().ratio_vs_stock


def test_json_has_every_cost_with_its_rates() -> None:
    found = json.loads(bench().as_json())
    assert [row["per_minute"] for row in found["costs"]] == [1500.0, 20.0, 200.0, 1000.0]
    assert found["large"][0]["submissions"] == 1000


def test_table_and_lines_say_what_was_found() -> None:
    console = Console(width=80, record=True)
    console.print(table(bench()))
    text = console.export_text()
    assert "stock nbgrader" in text
    assert "1,500" in text
    assert "1000" in text
    assert "…" not in text  # nothing is cut off in a narrow terminal
    assert "60.0 times as fast" in lines(bench())[0]
    assert "NOT the same" in lines(bench(same=False))[1]


def test_class_is_handed_in_over_and_over(tmp_path: Path) -> None:
    course = course_in(tmp_path)
    right = write_class(course, UNIT, 60)
    contents = [path.read_bytes() for path in course.submitted.rglob("*.ipynb")]
    assert len(contents) == 60
    assert 1 < len(set(contents)) < 60
    assert 0 < right < 60


def test_way_that_grades_nothing_is_no_measurement(tmp_path: Path) -> None:
    folder = tmp_path / "a course"
    way = ours(course_in(tmp_path / "x"), UNIT, folder, 2)
    idle = Way(way.name, way.course, (sys.executable, "-c", "print('lazy')"))
    with pytest.raises(AutograderError, match="graded 0 of 2: lazy"):
        run_way(idle, UNIT, 2)


@NEEDS_SANDBOX
def test_ours_and_stock_are_measured_and_agree_on_right_work(tmp_path: Path) -> None:
    course = Course.find(ROOT)
    ways = [make(course, UNIT, tmp_path / make.__name__, 2) for make in (ours, stock_nbgrader)]
    costs = [run_way(way, UNIT, 2) for way in ways]
    for found in costs:
        assert found.cpu_s > 0.1
        assert found.peak_mib > 50
        assert 0 < found.p50_s <= found.p95_s < found.seconds + 1
    scores = [scores_of(way, UNIT) for way in ways]
    assert scores[0] == scores[1]  # both are right: full marks
    assert all(sum(s or 0 for s in cells.values()) == 9 for cells in scores[0].values())


@NEEDS_SANDBOX
def test_processor_time_of_ours_holds_what_ran_in_the_sandbox(tmp_path: Path) -> None:
    way = ours(Course.find(ROOT), UNIT, tmp_path / "c", 2)
    busy = "import time\nend = time.process_time() + 2\nwhile time.process_time() < end: pass\n"
    loop = {"cell_type": "code", "id": "busy", "metadata": {}, "outputs": [], "source": busy}
    for path in way.course.submitted.rglob("*.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        notebook["cells"].insert(0, {**loop, "execution_count": None})
        path.write_text(json.dumps(notebook), "utf-8")
    assert run_way(way, UNIT, 2).cpu_s > 4


@NEEDS_SANDBOX
def test_stages_name_where_the_time_goes(tmp_path: Path) -> None:
    way = ours(Course.find(ROOT), UNIT, tmp_path / "c", 2)
    stages = measure_stages(way.course, UNIT)
    assert len(stages) == 6
    assert all(ms > 0 for ms in stages.values())

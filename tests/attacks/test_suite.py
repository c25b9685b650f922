"""Every attack, handed in by one class and graded in one run: what comes of each, in full."""

import json
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograder.grading.autograded import autograded_path
from autograder.judge.backend import JudgeBackend
from autograder.judge.exercises import exercises_of
from autograder.reports.feedback import feedback_path
from autograder.student.report import Status
from autograder.units import folder_name
from tests.attacks.battle import ATTACKS, HONEST, UNITS, Battle, service_of_this_machine
from tests.attacks.suite import OUTCOMES, Attack
from tests.course.grading_folders import NEEDS_SANDBOX, gradebook_rows

pytestmark = NEEDS_SANDBOX
LEAK = re.compile("leak<(.+?)>")


def each(wanted: Callable[[Attack], object]) -> pytest.MarkDecorator:
    chosen = [attack for attack in ATTACKS if wanted(attack)]
    return pytest.mark.parametrize("attack", chosen, ids=[attack.name for attack in chosen])


each_recorded = each(lambda attack: not attack.refused)


def test_suite_has_at_least_sixty_attacks_and_covers_the_list() -> None:
    assert len(ATTACKS) >= 60
    assert {attack.row for attack in ATTACKS} == set(range(1, 64))
    assert {attack.outcome for attack in ATTACKS} == set(OUTCOMES)


def test_every_attack_that_is_read_has_its_canary() -> None:
    assert [attack.name for attack in ATTACKS if not attack.ran and attack.outcome != "R"] == []


@each_recorded
def test_attack_earns_exactly_what_its_honest_part_earns(battle: Battle, attack: Attack) -> None:
    for student in attack.students:
        reports = battle.result(student).reports.values()
        assert {r.exercise: r.points for r in reports} == attack.expected_marks()


@each_recorded
def test_attack_is_told_to_the_instructor_and_nothing_else_is(
    battle: Battle, attack: Attack
) -> None:
    for student in attack.students:
        flags = battle.result(student).flags
        if "*" in attack.flags:
            assert flags
        if {"*", "?"} & set(attack.flags):
            continue
        for piece in attack.flags:
            assert any(piece in flag for flag in flags), (piece, flags)
        others = [flag for flag in flags if not any(piece in flag for piece in attack.flags)]
        assert others == []


@each_recorded
def test_attack_really_ran(battle: Battle, attack: Attack) -> None:
    for student in attack.students:
        printed = battle.printed(student)
        assert attack.ran in printed
        assert not attack.never or attack.never not in printed
        assert attack.outcome != "R" or student not in battle.runs


@each(lambda attack: attack.leaks)
def test_secret_cases_reach_nothing_that_people_read(battle: Battle, attack: Attack) -> None:
    (student,) = attack.students
    learnt, public = (set(LEAK.findall(battle.heard[student, secret])) for secret in (True, False))
    assert learnt - public, "the attack saw no secret case"
    name = folder_name(attack.unit)
    read = [
        feedback_path(battle.course, attack.unit, student),
        battle.course.reports / name / "class.html",
        autograded_path(battle.course, attack.unit, student),
    ]
    texts = [path.read_text("utf-8") for path in read]
    texts.append(repr(battle.result(student)))
    assert [one for one in learnt - public for text in texts if one in text] == []


@each_recorded
def test_attack_is_explained_in_the_report(battle: Battle, attack: Attack) -> None:
    told = [name for name, points in attack.expected_marks().items() if name in attack.marks]
    for student in attack.students:
        for exercise in told:
            report = battle.report(attack, exercise, student)
            words = " ".join([report.headline, *(r.detail for r in report.criteria)])
            assert words.strip()
            assert attack.says in words
            limited = attack.outcome == "L" and report.points is not None
            assert not limited or report.status is Status.LIMIT, words


@each(lambda attack: attack.refused)
def test_attack_by_name_is_refused_with_a_reason(battle: Battle, attack: Attack) -> None:
    for student in attack.students:
        graded = battle.graded[student]
        assert graded.result is None
        assert (attack.says or "cannot be a student's id") in graded.reason
        assert graded.reason.isprintable()
        assert student not in gradebook_rows(battle.course, attack.unit)


def test_other_students_are_untouched(battle: Battle) -> None:
    for unit in UNITS:
        attacked, peaceful = (gradebook_rows(one, unit) for one in (battle.course, battle.peace))
        assert set(peaceful) == set(HONEST)
        assert {name: attacked[name] for name in HONEST} == peaceful
    for student in HONEST:
        assert battle.result(student).flags == ()


def test_host_files_are_as_they_were(battle: Battle) -> None:
    assert battle.after == battle.before
    assert battle.canaries[1] == battle.canaries[0]


def test_nobody_reached_the_services_of_this_machine(battle: Battle) -> None:
    assert battle.visitors == []


def test_service_would_have_noticed_a_visitor(tmp_path: Path) -> None:
    with service_of_this_machine(tmp_path) as (port, visitors):
        socket.create_connection(("127.0.0.1", port)).close()
        for _ in range(1000):
            if visitors:
                break
            threading.Event().wait(0.01)
        assert visitors


def test_nothing_survives(battle: Battle) -> None:
    assert battle.survivors == set()


def test_every_submission_has_its_page_and_the_class_its_report(battle: Battle) -> None:
    for attack in ATTACKS:
        for student in attack.students:
            page = feedback_path(battle.course, attack.unit, student)
            assert page.is_file() != attack.refused
    for unit in UNITS:
        text = (battle.course.reports / folder_name(unit) / "class.html").read_text("utf-8")
        told = [a.students[0] for a in ATTACKS if a.unit == unit and not a.refused]
        assert [student for student in told if student not in text] == []


def test_public_answers_pass_in_practice(battle: Battle) -> None:
    attacks = [attack for attack in ATTACKS if attack.control]
    assert attacks
    for attack in attacks:
        path = battle.course.submitted / attack.students[0] / folder_name(attack.unit)
        assert _practice(path / f"{folder_name(attack.unit)}.ipynb", attack.unit) is Status.PASSED


def _practice(notebook: Path, unit: str) -> Status:
    """Return what the check of the last exercise says in a learner's own notebook."""
    space: dict[str, object] = {}
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    names = {exercise.name for exercise in exercises_of(unit)}
    for cell in cells:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "imports" or name in names:
            exec("".join(cell["source"]), space)
    last = exercises_of(unit)[-1]
    functions = {role: space[function.__name__] for role, function in last.reference.items()}
    return JudgeBackend().check(last.name, functions).status


@each(lambda attack: attack.page)
def test_pages_stay_silent_in_a_browser(battle: Battle, attack: Attack, chromium: Browser) -> None:
    requests: list[str] = []
    page = chromium.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: requests.append(f"dialog {dialog.message}"))
    feedback = feedback_path(battle.course, attack.unit, attack.students[0])
    report = battle.course.reports / folder_name(attack.unit) / "class.html"
    for path in (feedback, report):
        page.goto(path.as_uri())
        page.wait_for_timeout(200)
        assert "PWNED" not in page.title()
        assert page.evaluate("document.scripts.length") == 0
    page.close()
    assert [url for url in requests if not url.startswith(("file:", "data:image/png"))] == []
    assert len(requests) == 2 + sum(url.startswith("data:") for url in requests)


def test_scripts_of_the_attacks_run_where_nothing_stops_them(
    battle: Battle, chromium: Browser
) -> None:
    attack = next(a for a in ATTACKS if a.name == "40_markdown")
    text = (attack.folder / "cells.txt").read_text(encoding="utf-8").partition("[link]")[0]
    page = chromium.new_page()
    page.set_content(f"<body>{text}</body>")
    page.wait_for_function("document.title === 'PWNED'")
    page.close()

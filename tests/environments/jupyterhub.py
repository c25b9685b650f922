"""A term on a real JupyterHub, once: ``python -m tests.environments.jupyterhub [FOLDER]``.

The page `docs/jupyterhub.md` is set up in a temporary folder (in FOLDER it stays, and the next run
is quicker). An instructor hands out a unit, two students fetch, check and hand in, one of them with
a mistake of the demonstration class; it is collected, graded in the sandbox and given back. Then
everybody tries what is not theirs. It needs root, Node.js and a network; no user or process of it
is left.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.demo.classroom import Classroom, DemoSubmission
from autograder.units import folder_name
from tests.environments.hub_client import Client, Refused, Server, running_hub
from tests.environments.hub_place import (
    GRADER,
    INSTRUCTOR,
    ROOT,
    STUDENTS,
    USERS,
    Place,
    become_a_server,
    start_apart,
    why_not,
)

UNIT = "recurrence"
NAME = folder_name(UNIT)
COURSE_ID = "rnn"
ASKED = {"course_id": COURSE_ID, "assignment_id": NAME}
CLASS = STUDENTS[:2]
KINDS = {"correct": "correct", "mistaken": "mistake-W_hh_transposed"}
SENTENCE = "W_hh is transposed"
NOT_ALLOWED, NOT_FOUND = 403, 404
NOT_SO: list[str] = []


def say(text: str) -> None:
    print(text, flush=True)


def expect(claim: str, true: bool, shown: object = "") -> None:
    """Say whether something has been found to be so; what is not decides how all of it ends."""
    say(f"  {'✓' if true else '✗'} {claim}")
    if not true:
        NOT_SO.append(claim)
        say(str(shown))


def handed_in() -> dict[str, DemoSubmission]:
    """Return the demonstration class's submissions of the students' kinds."""
    members = {member.student: member for member in Classroom(Course.find(ROOT), UNIT).build()}
    return {student: members[kind] for student, kind in KINDS.items()}


def hub_settings(tokens: Mapping[str, str]) -> str:
    """Return what stands in the place of a real authenticator, and tokens for the test."""
    service = {"name": "test", "api_token": tokens["test"]}
    scopes = ["admin:users", "servers", "tokens", "read:users", "list:users"]
    role = {"name": "test", "services": ["test"], "scopes": scopes}
    return (
        "\nc.JupyterHub.authenticator_class = 'dummy'\n"
        f"c.Authenticator.allowed_users = set({list(USERS)!r})\n"
        f"c.DummyAuthenticator.password = {secrets.token_hex()!r}\n"
        f"c.JupyterHub.services = [{service!r}]\nc.JupyterHub.load_roles.append({role!r})\n"
    )


def hand_out(instructor: Server) -> None:
    say("The instructor, in the course's server:")
    expect("the server runs as the course's account", "grader" in instructor.shell("id -un"))
    doctor = instructor.shell(".venv/bin/autograder doctor")
    expect("the sandbox holds without root", "✓" in doctor and "✗" not in doctor, doctor)
    instructor.shell(f"nbgrader generate_assignment {NAME} --force")
    instructor.shell(f"nbgrader release_assignment {NAME}")
    expect(f"{NAME} is handed out", True)


def study(server: Server, student: str, notebook: dict[str, Any]) -> None:
    """Fetch a unit, hand it in as the demonstration class does, and see what its checks say."""
    say(f"Student {student}:")
    courses = server.ask("GET", "/courses")
    expect("sees the course", courses["value"] == [COURSE_ID], courses)
    server.ask("POST", "/assignments/fetch", json=ASKED)
    path = f"/api/contents/{COURSE_ID}/{NAME}/{NAME}.ipynb"
    fetched = server.ask("GET", path)["content"]
    expect("the unit is fetched", "not written yet" in json.dumps(fetched))
    server.ask("PUT", path, json={"type": "notebook", "format": "json", "content": notebook})
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    each = server.run_cells(cells, f"{COURSE_ID}/{NAME}")
    stopped = [text for text in each if re.search(r"^\w+Error: ", text, re.MULTILINE)]
    expect("every cell runs, demonstrations too", not stopped, stopped)
    shown = "".join(each)
    points = "1.35 of 3 points" if student == "mistaken" else "3 of 3 points"
    expect(f"the check says {points}", points in shown, shown)
    expect(
        "and names the mistake" if student == "mistaken" else "and names no mistake",
        (SENTENCE in shown) == (student == "mistaken"),
        shown,
    )
    answer = server.ask("POST", "/assignments/submit", json=ASKED)
    expect("the unit is handed in", answer["success"], answer)


def grade(instructor: Server, members: Mapping[str, DemoSubmission]) -> None:
    say("The instructor:")
    instructor.shell(f"nbgrader collect {NAME}")
    said = instructor.shell(f"autograder grade {UNIT}")
    expect("graded in the sandbox, as an ordinary user", "2 submissions in" in said, said)
    rows = instructor.ask("GET", f"/formgrader/api/submissions/{NAME}")
    found = {row["student"]: row["score"] for row in rows}
    for student, member in members.items():
        mark = sum(points or 0 for points in member.marks.values())
        expect(f"the Formgrader shows {mark:g} for {student}", found.get(student) == mark, rows)
    instructor.shell(f"autograder feedback {UNIT}")
    instructor.shell(f"nbgrader release_feedback {NAME}")


def read_feedback(server: Server, student: str) -> None:
    server.ask("POST", "/assignments/fetch_feedback", json=ASKED)
    pages = server.run(
        f"import pathlib\nfor p in pathlib.Path('{COURSE_ID}/{NAME}/feedback').rglob('*.html'):\n"
        "    print(p.read_text())"
    )
    expect(f"{student} has the own page", (SENTENCE in pages) == (student == "mistaken"), pages)
    expect("with the marks on it", "of 3" in pages or "3 points" in pages, pages)


def attempts(place: Place, student: str) -> dict[str, str]:
    """Return what a student may try in a kernel, by what it would be."""
    other = CLASS[1 - CLASS.index(student)]
    course, exchange = place.course, place.server / "exchange" / COURSE_ID
    return {
        f"list the home of {other}": f"print(os.listdir({str(place.home(other))!r}))",
        f"read the notebook of {other}": (
            f"print(open('{place.home(other)}/{COURSE_ID}/{NAME}/{NAME}.ipynb').read())"
        ),
        "open the gradebook": f"print(open('{course}/course/gradebook.db', 'rb').read(9))",
        "read the answers": f"print(open('{course}/solutions/{NAME}/{NAME}.ipynb').read())",
        "list what was handed in": f"print(os.listdir('{exchange}/inbound'))",
        "list feedback": f"print(os.listdir('{exchange}/feedback'))",
        "change what is handed out": f"open('{exchange}/outbound/{NAME}/{NAME}.ipynb', 'a')",
        "read the hub's configuration": f"open('{place.folder}/hub/jupyterhub_config.py')",
        "read the environment of the course's server": (
            "hit = [p for p in glob.glob('/proc/[0-9]*') if os.stat(p).st_uid != os.getuid()\n"
            "       and os.access(p + '/environ', os.R_OK)]\n"
            "print(hit or 1 / 0)"
        ),
    }


def try_what_is_not_theirs(place: Place, clients: Mapping[str, Client]) -> None:
    for student in CLASS:
        say(f"{student} tries to")
        server = Server(clients[student], student)
        for what, code in attempts(place, student).items():
            said = server.run(f"import glob, os\n{code}")
            refused = said.startswith(("PermissionError", "ZeroDivisionError"))
            expect(f"{what}: {said.split(':')[0]}", refused, said)
        for user in (*(u for u in USERS if u not in (student, INSTRUCTOR)),):
            status = status_of(Server(clients[student], user), "/api/contents")
            expect(f"use the server of {user}: {status}", status in (NOT_ALLOWED, NOT_FOUND))
        status = status_of(server, f"/formgrader/api/submissions/{NAME}")
        expect(f"open a Formgrader of the own: {status}", status == NOT_FOUND)
    say("elsewhere, of another section, tries to")
    server = Server(clients["elsewhere"], "elsewhere")
    expect("see the course: none", server.ask("GET", "/courses")["value"] == [])
    server.ask("POST", "/assignments/fetch", json=ASKED)
    expect("fetch the unit: nothing", NAME not in server.run("import os; print(os.listdir())"))


def status_of(server: Server, path: str) -> int:
    try:
        server.ask("GET", path)
    except Refused as refused:
        return refused.status
    return 200


def term(place: Place) -> None:
    become_a_server(place)
    test = Client(secrets.token_hex())
    place.add_to_hub(hub_settings({"test": test.token}))
    members = handed_in()
    with running_hub(place.folder / "hub", place.students / "bin/jupyterhub"):
        clients = {}
        for user in USERS:
            clients[user] = Client(test.ask("POST", f"/hub/api/users/{user}/tokens")["token"])
        clients[INSTRUCTOR].start_server(GRADER)
        for student in STUDENTS:
            clients[student].start_server(student)
        instructor = Server(clients[INSTRUCTOR], GRADER)
        hand_out(instructor)
        for student, member in members.items():
            study(Server(clients[student], student), student, json.loads(member.content))
        grade(instructor, members)
        for student in CLASS:
            read_feedback(Server(clients[student], student), student)
        try_what_is_not_theirs(place, clients)
    say(f"{len(NOT_SO)} of it not so." if NOT_SO else "All of it is so.")


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--inside"]:
        term(Place(Path(arguments[1])))
        return min(len(NOT_SO), 1)
    if trouble := why_not():
        print(trouble, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="hub-", ignore_cleanup_errors=True) as name:
        place = Place(Path(arguments[0]).resolve() if arguments else Path(name))
        say(f"Setting up in {place.folder}: two environments and a proxy, which take minutes.")
        place.prepare()
        return start_apart("tests.environments.jupyterhub", place.folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

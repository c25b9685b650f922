"""A term on a real JupyterHub, once: ``python -m tests.environments.jupyterhub [FOLDER]``.

The page `docs/jupyterhub.md` is set up in a temporary folder (in FOLDER it stays, and the next run
is quicker). In two sections an instructor hands out a unit; students fetch, check and hand in, some
with a mistake of the demonstration class; it is collected, graded in the sandbox and given back.
Then everybody tries what is not theirs, the other section's work before all. It needs root, Node.js
and a network; no user or process of it is left.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
import tempfile
from collections.abc import Iterable, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.demo.classroom import Classroom, DemoSubmission
from autograder.student.words import counted
from autograder.units import folder_name
from tests.environments.hub_client import Client, Refused, Server, running_hub
from tests.environments.hub_place import (
    ACCOUNTS,
    ROOT,
    SECTIONS,
    STUDENTS,
    USERS,
    Place,
    Section,
    become_a_server,
    start_apart,
    why_not,
)

UNIT = "recurrence"
NAME = folder_name(UNIT)
WRONG = "mistake-W_hh_transposed"
KINDS = {"correct": "correct", "mistaken": WRONG, "elsewhere": WRONG}
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


def asked(section: Section) -> dict[str, str]:
    return {"course_id": section.course_id, "assignment_id": NAME}


def hand_out(instructor: Server, section: Section) -> None:
    say(f"{section.instructor}, in the server of {section.course_id}:")
    account = instructor.shell("id -un").split()[0]
    expect(f"the server runs as {section.account}", account == section.account, account)
    doctor = instructor.shell(".venv/bin/autograder doctor")
    expect("the sandbox holds without root", "✓" in doctor and "✗" not in doctor, doctor)
    instructor.shell(f"nbgrader generate_assignment {NAME} --force")
    instructor.shell(f"nbgrader release_assignment {NAME}")
    expect(f"{NAME} is handed out", True)


def study(server: Server, student: str, section: Section, notebook: dict[str, Any]) -> None:
    """Fetch a unit, hand it in as the demonstration class does, and see what its checks say."""
    say(f"Student {student}:")
    courses = server.ask("GET", "/courses")
    expect("sees the own section alone", courses["value"] == [section.course_id], courses)
    server.ask("POST", "/assignments/fetch", json=asked(section))
    folder = f"{section.course_id}/{NAME}"
    path = f"/api/contents/{folder}/{NAME}.ipynb"
    fetched = server.ask("GET", path)["content"]
    expect("the unit is fetched", "not written yet" in json.dumps(fetched))
    server.ask("PUT", path, json={"type": "notebook", "format": "json", "content": notebook})
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    each = server.run_cells(cells, folder)
    stopped = [text for text in each if re.search(r"^\w+Error: ", text, re.MULTILINE)]
    expect("every cell runs, demonstrations too", not stopped, stopped)
    shown = "".join(each)
    wrong = KINDS[student] == WRONG
    points = "1.35 of 3 points" if wrong else "3 of 3 points"
    expect(f"the check says {points}", points in shown, shown)
    expect(
        "and names the mistake" if wrong else "and names no mistake",
        (SENTENCE in shown) == wrong,
        shown,
    )
    answer = server.ask("POST", "/assignments/submit", json=asked(section))
    expect("the unit is handed in", answer["success"], answer)


def grade(instructor: Server, section: Section, members: Mapping[str, DemoSubmission]) -> None:
    say(f"{section.instructor}:")
    courses = instructor.ask("GET", "/courses")["value"]
    expect("sees the own section alone", courses == [section.course_id], courses)
    instructor.shell(f"nbgrader collect {NAME}")
    said = instructor.shell(f"autograder grade {UNIT}")
    handed_in = f"{counted(len(section.students), 'submission')} in"
    expect("graded in the sandbox, as an ordinary user", handed_in in said, said)
    rows = instructor.ask("GET", f"/formgrader/api/submissions/{NAME}")
    found = {row["student"]: row["score"] for row in rows}
    for student in section.students:
        mark = sum(points or 0 for points in members[student].marks.values())
        expect(f"the Formgrader shows {mark:g} for {student}", found.get(student) == mark, rows)
    expect("and nobody else", set(found) == set(section.students), rows)
    instructor.shell(f"autograder feedback {UNIT}")
    instructor.shell(f"nbgrader release_feedback {NAME}")


def read_feedback(server: Server, student: str, section: Section) -> None:
    server.ask("POST", "/assignments/fetch_feedback", json=asked(section))
    pages = server.run(
        f"import pathlib\nplace = pathlib.Path('{section.course_id}/{NAME}/feedback')\n"
        "for p in place.rglob('*.html'):\n    print(p.read_text())"
    )
    wrong = KINDS[student] == WRONG
    expect(f"{student} has the own page", (SENTENCE in pages) == wrong, pages)
    expect("with the marks on it", "of 3" in pages or "3 points" in pages, pages)


def at_work_of(place: Place, section: Section, user: str) -> dict[str, str]:
    """Return what `user` may try in a kernel to reach the work of a section's others."""
    course, course_id = place.course(section), section.course_id
    exchange = place.server / "exchange" / course_id
    tries = {
        f"open the gradebook of {course_id}": (
            f"print(open('{course}/course/gradebook.db', 'rb').read(9))"
        ),
        f"read the answers of {course_id}": (
            f"print(open('{course}/solutions/{NAME}/{NAME}.ipynb').read())"
        ),
        f"list what was handed in to {course_id}": f"print(os.listdir('{exchange}/inbound'))",
        f"list feedback of {course_id}": f"print(os.listdir('{exchange}/feedback'))",
        f"change what {course_id} hands out": (
            f"open('{exchange}/outbound/{NAME}/{NAME}.ipynb', 'a')"
        ),
    }
    for other in section.students:
        if other != user:
            home = place.home(other)
            tries[f"list the home of {other}"] = f"print(os.listdir({str(home)!r}))"
            tries[f"read the notebook of {other}"] = (
                f"print(open('{home}/{course_id}/{NAME}/{NAME}.ipynb').read())"
            )
    return tries


def at_the_hub(place: Place) -> dict[str, str]:
    """Return what anybody may try in a kernel to reach the hub."""
    return {
        "read the hub's configuration": f"open('{place.folder}/hub/jupyterhub_config.py')",
        "read the environment of another's server": (
            "hit = [p for p in glob.glob('/proc/[0-9]*') if os.stat(p).st_uid != os.getuid()\n"
            "       and os.access(p + '/environ', os.R_OK)]\n"
            "print(hit or 1 / 0)"
        ),
    }


def refused(server: Server, tries: Mapping[str, str]) -> None:
    for what, code in tries.items():
        said = server.run(f"import glob, os\n{code}")
        so = said.startswith(("PermissionError", "ZeroDivisionError"))
        expect(f"{what}: {said.split(':')[0]}", so, said)


def closed(client: Client, own: Iterable[str]) -> None:
    """Expect that nobody's server but those of `own` lets somebody in."""
    for user in (*ACCOUNTS, *STUDENTS):
        if user not in own:
            status = status_of(Server(client, user), "/api/contents")
            expect(f"use the server of {user}: {status}", status in (NOT_ALLOWED, NOT_FOUND))


def try_what_is_not_theirs(
    place: Place, section: Section, other: Section, clients: Mapping[str, Client]
) -> None:
    for student in section.students:
        say(f"{student} tries to")
        server = Server(clients[student], student)
        for each in (section, other):
            refused(server, at_work_of(place, each, student))
        refused(server, at_the_hub(place))
        closed(clients[student], [student])
        status = status_of(server, f"/formgrader/api/submissions/{NAME}")
        expect(f"open a Formgrader of the own: {status}", status == NOT_FOUND)
        server.ask("POST", "/assignments/fetch", json=asked(other))
        got = server.run(f"import glob; print(glob.glob('{other.course_id}/*'))")
        expect(f"fetch the unit of {other.course_id}: {got}", got.split() == ["[]"], got)
    say(f"{section.instructor} tries to")
    client = clients[section.instructor]
    refused(Server(client, section.account), at_work_of(place, other, section.account))
    closed(client, [section.account])


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
        instructors = {}
        for section in SECTIONS:
            client = clients[section.instructor]
            client.start_server(section.account)
            instructors[section] = Server(client, section.account)
        for student in STUDENTS:
            clients[student].start_server(student)
        for section, instructor in instructors.items():
            hand_out(instructor, section)
            for student in section.students:
                notebook = json.loads(members[student].content)
                study(Server(clients[student], student), student, section, notebook)
        for section, instructor in instructors.items():
            grade(instructor, section, members)
            for student in section.students:
                read_feedback(Server(clients[student], student), student, section)
        for section, other in permutations(SECTIONS):
            try_what_is_not_theirs(place, section, other, clients)
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
        say(f"Setting up in {place.folder}: three environments and a proxy, which take minutes.")
        place.prepare()
        return start_apart("tests.environments.jupyterhub", place.folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

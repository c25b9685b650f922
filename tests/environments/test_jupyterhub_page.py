"""The page on JupyterHub has the settings that its script goes through, and they can be read."""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config

from tests.environments.hub_place import GRADER, STUDENTS, USERS, Place, settings_of_the_page


def configured(text: str) -> Config:
    config = Config()
    exec(compile(text, "settings", "exec"), {"get_config": lambda: config})
    return config


def test_page_settings_are_three_and_name_the_users_of_the_script(tmp_path: Path) -> None:
    everybody, grader, hub = map(Place(tmp_path).here, settings_of_the_page())
    shared, own, served = configured(everybody), configured(everybody + grader), configured(hub)
    assert shared.Exchange.root == str(tmp_path / "srv" / "exchange")
    assert "course_id" not in shared.CourseDirectory
    groups = served.JupyterHub.load_groups
    assert {user for group in groups.values() for user in group["users"]} == set(USERS)
    assert f"nbgrader-{own.CourseDirectory.course_id}" in groups
    assert set(STUDENTS[:2]) | {GRADER} == set(groups["nbgrader-rnn"]["users"])

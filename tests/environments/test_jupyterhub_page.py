"""The page on JupyterHub has the settings that its script goes through, and they can be read."""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config

from tests.environments.hub_place import SECTIONS, USERS, Place, settings_of_the_page


def configured(text: str) -> Config:
    config = Config()
    exec(compile(text, "settings", "exec"), {"get_config": lambda: config})
    return config


def test_page_settings_are_three_and_name_the_users_of_the_script(tmp_path: Path) -> None:
    everybody, account, hub = map(Place(tmp_path).here, settings_of_the_page())
    shared, own, served = configured(everybody), configured(everybody + account), configured(hub)
    assert shared.Exchange.root == str(tmp_path / "srv" / "exchange")
    assert "course_id" not in shared.CourseDirectory
    groups = served.JupyterHub.load_groups
    assert {user for group in groups.values() for user in group["users"]} == set(USERS)
    assert own.CourseDirectory.course_id == SECTIONS[0].course_id
    for one in SECTIONS:
        assert {*one.students, one.account} == set(groups[f"nbgrader-{one.course_id}"]["users"])
        assert {one.instructor, one.account} == set(groups[f"formgrade-{one.course_id}"]["users"])
    scopes = {role["name"]: role["scopes"] for role in served.JupyterHub.load_roles}
    for one in SECTIONS:
        own_server = [f"access:servers!user={one.account}", f"servers!user={one.account}"]
        assert scopes[f"formgrade-{one.course_id}"][:2] == own_server

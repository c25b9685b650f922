"""Reading strangers' archives: each trick ends in a line, nothing leaves the stash."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.errors import AutograderError
from autograder.grading.collecting import delivery
from autograder.grading.collecting.delivery import NOTEBOOK, PROBLEM, File, read_delivery
from tests.grading.deliveries import NAME, as_zip, delivered, notebook, special, zipped

BOOK = notebook()


@pytest.fixture
def stash(tmp_path: Path) -> Path:
    folder = tmp_path / "stash"
    folder.mkdir()
    return folder


def read(source: Path, stash: Path) -> list[File]:
    found = read_delivery(source, stash)
    assert all(len(p.name) == 64 and p.is_file() for p in stash.iterdir())
    return found.files


def from_bytes(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "in.zip"
    path.write_bytes(data)
    return path


def encrypted(name: str) -> bytes:
    """Return a zip whose one member says that it is encrypted."""
    data = bytearray(zipped({f"a/{name}": BOOK}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(signature) + offset
        data[place] |= 1
    return bytes(data)


def claiming(size: int) -> bytes:
    """Return a zip whose one member claims to unpack to `size` bytes."""
    data = bytearray(zipped({f"a/{NAME}.ipynb": BOOK}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(signature) + offset, size)
    return bytes(data)


def packed(method: int) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr(f"a/{NAME}.ipynb", BOOK)
    return data.getvalue()


def twice() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(f"a/{NAME}.ipynb", BOOK)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(f"a/{NAME}.ipynb", notebook("y = 2"))
    return data.getvalue()


def renamed(name: str, to: bytes) -> bytes:
    """Return a zip in which a member's name is other bytes of the same length."""
    assert len(name) == len(to)
    return zipped({name: BOOK}).replace(name.encode(), to)


def damaged() -> bytes:
    data = bytearray(zipped({f"a/{NAME}.ipynb": BOOK}))
    data[60] ^= 0xFF
    return bytes(data)


HOSTILE = {
    "traversal": (lambda: zipped({"a/../../evil.ipynb": BOOK}), "leads out"),
    "absolute": (lambda: zipped({"/tmp/evil.ipynb": BOOK}), "leads out"),
    "drive": (lambda: zipped({"C:\\evil.ipynb": BOOK}), "leads out"),
    "backslashes": (lambda: renamed("a/bb/evil.ipynb", b"a\\..\\evil.ipynb"), "leads out"),
    "link": (lambda: special(f"a/{NAME}.ipynb"), "link or a special"),
    "device": (lambda: special(f"a/{NAME}.ipynb", stat.S_IFCHR, b""), "link or a special"),
    "pipe": (lambda: special(f"a/{NAME}.ipynb", stat.S_IFIFO, b""), "link or a special"),
    "encrypted": (lambda: encrypted(f"{NAME}.ipynb"), "encrypted"),
    "encrypted, no notebook": (lambda: encrypted("essay.pdf"), "encrypted"),
    "claims a gigabyte": (lambda: claiming(2**30), "300 times"),
    "claims a little less": (lambda: claiming(2), "broken"),
    "ratio": (lambda: zipped({"a/x.ipynb": b" " * 2 * 2**20}), "300 times"),
    "bzip2": (lambda: packed(zipfile.ZIP_BZIP2), "unusual"),
    "lzma": (lambda: packed(zipfile.ZIP_LZMA), "unusual"),
    "damaged": (damaged, "broken"),
    "twice": (twice, "more than once"),
    "escape": (lambda: zipped({"a/\x1b[31m.ipynb": BOOK}), "cannot be shown"),
    "turned around": (lambda: zipped({"a/\u202egpj.ipynb": BOOK}), "cannot be shown"),
    "line break": (lambda: zipped({"a/x\ny.ipynb": BOOK}), "cannot be shown"),
    "long": (lambda: zipped({"a/" + "x" * 300 + ".ipynb": BOOK}), "cannot be shown, or too many"),
    "deep": (lambda: zipped({"a/" * 40 + "x.ipynb": BOOK}), "folders deep"),
    "other archive": (lambda: zipped({"a/x.tar.gz": b""}), "is an archive"),
    "no zip inside": (lambda: zipped({"a/x.zip": b"PK no"}), "no zip"),
}


@pytest.mark.parametrize("trick", HOSTILE)
@pytest.mark.parametrize("nested", [False, True])
def test_archive_with_a_trick_ends_in_a_line_and_the_others_are_read(
    tmp_path: Path, stash: Path, trick: str, nested: bool
) -> None:
    make, problem = HOSTILE[trick]
    source = tmp_path / "in"
    hostile = zipped({"s/inner.zip": make()}) if nested else make()
    delivered(source, {"a.zip": hostile, f"b/{NAME}.ipynb": BOOK})
    before = sorted(tmp_path.parent.iterdir())
    found = read(source, stash)
    assert [f.kind for f in found if f.path[0] == "b"] == [NOTEBOOK]
    refused = [f for f in found if f.path[0] != "b"]
    assert len(refused) == (2 if trick == "twice" else 1)
    assert all(f.kind == PROBLEM and problem in f.problem for f in refused)
    assert sorted(tmp_path.parent.iterdir()) == before


def test_notebook_larger_than_the_grader_reads_is_a_line(
    tmp_path: Path, stash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_BYTES", len(BOOK) - 1)
    files = {f"a/{NAME}.ipynb": BOOK, "b.zip": zipped({"x.ipynb": BOOK})}
    found = read(delivered(tmp_path / "in", files), stash)
    assert [f.kind for f in found] == [PROBLEM, PROBLEM]
    assert all("is larger than" in f.problem for f in found)


def test_zips_in_zips_are_opened_three_deep_and_no_deeper(tmp_path: Path, stash: Path) -> None:
    data = zipped({f"{NAME}.ipynb": BOOK})
    for depth in range(1, 6):
        (found,) = read(from_bytes(tmp_path, data), stash)
        assert (found.kind == NOTEBOOK) == (depth <= 4)
        data = zipped({"more.zip": data})
    assert "archives deep" in found.problem


def test_zip_that_holds_itself_again_and_again_is_refused_alone(
    tmp_path: Path, stash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_NESTED_FILES", 20)
    monkeypatch.setattr(delivery, "MAX_NESTED_BYTES", 10_000)
    many = zipped({f"{i}.txt": b"" for i in range(21)})
    large = zipped({f"{i}.ipynb": bytes([i]) * 1000 for i in range(11)})
    files = {"a/many.zip": many, "b/large.zip": large, f"c/{NAME}.ipynb": BOOK}
    found = read(as_zip(tmp_path / "in.zip", files), stash)
    assert [(f.path[0], f.kind) for f in found] == [
        ("a", PROBLEM),
        ("b", PROBLEM),
        ("c", NOTEBOOK),
    ]
    assert "unpacks to more than 20 files" in found[0].problem


def test_delivery_that_unpacks_to_too_much_is_refused_and_the_culprit_named(
    tmp_path: Path, stash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_TOTAL_BYTES", 10_000)
    files = {f"wrapper/mallory/{i}.ipynb": bytes([i]) * 999 for i in range(12)}
    source = delivered(tmp_path / "in", {**files, f"wrapper/anna/{NAME}.ipynb": BOOK})
    with pytest.raises(AutograderError, match=r"most of it in wrapper/mallory: nothing was"):
        read(source, stash)


def test_table_of_contents_without_end_is_not_read(
    tmp_path: Path, stash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_FILES", 10)
    files = {"a.zip": zipped({f"{i}": b"" for i in range(11)}), f"b/{NAME}.ipynb": BOOK}
    found = read(delivered(tmp_path / "in", files), stash)
    assert [f.kind for f in found] == [PROBLEM, NOTEBOOK]
    assert "more than 10 files" in found[0].problem


def test_links_pipes_and_names_on_disk_end_in_a_line(tmp_path: Path, stash: Path) -> None:
    source = delivered(tmp_path / "in", {f"a/{NAME}.ipynb": BOOK})
    secret = delivered(tmp_path / "secret", {"x.ipynb": notebook("secret"), "y.zip": b""})
    (source / "b").mkdir()
    (source / "b" / "link.ipynb").symlink_to(secret / "x.ipynb")
    (source / "c").symlink_to(secret)
    (source / "d.zip").symlink_to(secret / "y.zip")
    (source / "e.ipynb").hardlink_to(secret / "x.ipynb")
    (source / "f\udcff.ipynb").write_bytes(BOOK)
    found = read(source, stash)
    assert [f.kind for f in found] == [NOTEBOOK, *[PROBLEM] * 5]
    assert b"secret" not in b"".join(p.read_bytes() for p in stash.iterdir())


def test_names_in_utf8_that_do_not_say_so_are_read_as_such(tmp_path: Path, stash: Path) -> None:
    name = "Anna Müller_5_assignsubmission_file_/x.ipynb"
    data = zipped({name: BOOK})
    for signature, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        place = data.index(signature) + offset
        data = data[:place] + bytes([data[place] & ~8]) + data[place + 1 :]
    (found,) = read(from_bytes(tmp_path, data), stash)
    assert found.shown == name


def test_source_that_is_no_delivery_is_refused(tmp_path: Path, stash: Path) -> None:
    with pytest.raises(AutograderError, match="There is no folder or zip"):
        read(tmp_path / "nowhere", stash)
    with pytest.raises(AutograderError, match="no zip, or a broken one"):
        read(from_bytes(tmp_path, b"no zip"), stash)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=12), st.data())
def test_zip_with_any_bytes_changed_is_read_or_refused(
    tmp_path: Path, stash: Path, changes: list[tuple[int, int]], data: st.DataObject
) -> None:
    whole = bytearray(zipped({f"a/{NAME}.ipynb": BOOK, "b/c.zip": zipped({"x.ipynb": BOOK})}))
    for place, value in changes:
        whole[place % len(whole)] = value
    cut = data.draw(st.integers(0, len(whole)))
    try:
        found = read(from_bytes(tmp_path, bytes(whole[:cut] if cut % 3 == 0 else whole)), stash)
    except AutograderError as error:
        assert "zip" in str(error)
        return
    assert all(f.kind != NOTEBOOK or (stash / f.digest).is_file() for f in found)

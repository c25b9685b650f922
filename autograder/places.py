"""Faults of folders and disks, told in a sentence: which one, whose it is, and what to do.

What the system says is where to look; what is found there is what is told. `bootstrap.py` loads
this file by its path, before any package is installed.
"""

from __future__ import annotations

import errno
import os
import re
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

if sys.platform != "win32":
    import pwd

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_IN_THE_WAY = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_BROKEN = {errno.EIO, getattr(errno, "ESTALE", errno.EIO)}
_TOO_MANY = {errno.EMFILE, errno.ENFILE}
_ROOM_BYTES = 2**16
_SQLITE = {  # its result codes, https://www.sqlite.org/rescode.html
    3: errno.EACCES,
    8: errno.EACCES,
    10: errno.EIO,
    13: errno.ENOSPC,
    14: errno.EACCES,
}
_SQLITE_LOCKED = (5, 6)
_SQLITE_DAMAGED = (11, 26)
_NOT_ITS_TABLES = ("no such table", "no such column")


def sentence_on(error: BaseException, places: Iterable[Path] = ()) -> str:
    """Return what is wrong with a folder or disk and what to do; "" if `error` tells of none.

    Parameters
    ----------
    places : iterable of Path
        What may be meant where the error names no file.
    """
    if _is_locked(error):
        return (
            "Another program has locked the gradebook (the Formgrader, or nbgrader itself): "
            "run this again when it is done."
        )
    if _is_damaged(error):
        gradebooks = [str(place) for place in places if place.suffix == ".db"]
        return (
            f"The gradebook {' or '.join(gradebooks)} is damaged ({said(error)}). Put a backup in "
            "its place, or move it away: 'autograder grade' then makes a new one of the results "
            "that it kept, without marks and comments by hand and due dates."
        ).replace("gradebook  is", "gradebook is")
    if str(getattr(error, "strerror", None)).startswith("No usable temporary"):
        return "No folder for temporary files can be written: set TMPDIR to one that can."
    code = _code(error)
    if code in _TOO_MANY:
        return "Too many files are open for this system: run 'ulimit -n 4096' first, or --jobs 1."
    if code is None or code not in _FULL | _IN_THE_WAY | _REFUSED | _BROKEN:
        return ""
    ours = list(places)
    meant = list(_named(error)) or [*ours, *_temporary()]
    seen = (_seen(place, code, ours) for path in meant for place in _nearest(path))
    return next(filter(None, seen), "") or _as_told(code, meant)


def said(error: BaseException) -> str:
    """Return what an error says in a line, without the statement that a database was given."""
    text = str(getattr(error, "orig", None) or error).partition("[SQL:")[0]
    return (text.strip().splitlines() or [""])[0].rstrip(".")[:300]


def _is_damaged(error: BaseException) -> bool:
    found = str(getattr(error, "orig", ""))
    of_tables = _sqlite_code(error) == 1 and found.startswith(_NOT_ITS_TABLES)
    return of_tables or _sqlite_code(error) in _SQLITE_DAMAGED


def _temporary() -> list[Path]:
    try:
        return [Path(tempfile.gettempdir())]
    except OSError:  # there is none
        return []


def _is_locked(error: BaseException) -> bool:
    return _sqlite_code(error) in _SQLITE_LOCKED or "database is locked" in str(
        getattr(error, "orig", "")
    )


def _sqlite_code(error: BaseException) -> int | None:
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _code(error: BaseException) -> int | None:
    """Return the system's number of a fault; SQLite's are translated."""
    if isinstance(error, shutil.Error):  # of many files; each comes with what was said of it
        said = re.search(r"\[Errno (\d+)\]", str(error))
        return int(said[1]) if said else None
    if isinstance(error, OSError):
        return error.errno
    return _SQLITE.get(_sqlite_code(error) or 0)


def _named(error: BaseException) -> Iterator[Path]:
    names = [getattr(error, "filename", None), getattr(error, "filename2", None)]
    if isinstance(error, shutil.Error):
        names = [to for _, to, _ in error.args[0]]
    for name in names:
        if isinstance(name, str | bytes | os.PathLike) and name:
            path = Path(os.fsdecode(name))
            if path.is_absolute() or path.exists():  # else it was relative to some other folder
                yield path.absolute()


def _nearest(path: Path) -> Iterator[Path]:
    """Yield `path` and the folder that it is in, or the nearest folder above that can be seen."""
    for place in (path, *path.parents):
        try:
            is_folder = stat.S_ISDIR(place.stat().st_mode)
        except OSError:  # it is not there, or the folder that it is in does not let us look
            continue
        yield place
        if is_folder:
            return


def _seen(place: Path, code: int, ours: list[Path]) -> str:
    """Return what can be seen to be wrong with a file or folder that is there; else ""."""
    found = place.stat()
    if code in _FULL:
        return _full(place) if _is_full(place) else ""
    if code in _IN_THE_WAY:
        wrong = not stat.S_ISDIR(found.st_mode)
        return f"{place} is a file, where a folder is needed: move it away." if wrong else ""
    if _is_read_only(place):
        return f"{place} can only be read (its disk is read-only): use a copy on another disk."
    if not os.access(place, os.R_OK | os.W_OK | (os.X_OK if stat.S_ISDIR(found.st_mode) else 0)):
        return _refused(place, found, ours)
    return _full(place) if _is_full(place) else ""


def _is_read_only(place: Path) -> bool:
    return hasattr(os, "statvfs") and bool(os.statvfs(place).f_flag & os.ST_RDONLY)


def _is_full(place: Path) -> bool:
    if not hasattr(os, "statvfs"):
        return False
    found = os.statvfs(place)
    no_files = found.f_files > 0 and found.f_favail == 0
    return no_files or found.f_bavail * found.f_frsize < _ROOM_BYTES


def _full(place: Path) -> str:
    temporary = any(place.is_relative_to(folder) for folder in _temporary())
    other = ", or set TMPDIR to a folder that has some," if temporary else ""
    return f"The disk is full that holds {place}: make room there{other} and run this again."


def _refused(place: Path, found: os.stat_result, ours: list[Path]) -> str:
    if sys.platform == "win32":
        return f"This account may not use {place}: use a copy in a folder of your own."
    if place in _temporary():
        return f"{place} is closed to this account: set TMPDIR to a folder that is not."
    me = os.geteuid()
    if found.st_uid == me:
        mode = stat.filemode(found.st_mode)
        return f"{place} is yours, but closed ({mode}): run 'chmod -R u+rwX {_quoted(place)}'."
    top = place
    for folder in place.parents:
        inside = any(folder.is_relative_to(one) for one in ours)
        if not inside or folder.stat().st_uid != found.st_uid:
            break
        top = folder
    return (
        f"{top} belongs to {_account(found.st_uid)}, and {_account(me)} may not use it: run "
        f"'sudo chown -R {_account(me)} {_quoted(top)}', or use a copy of your own."
    )


def _quoted(place: Path) -> str:
    return shlex.quote(str(place))


def _account(number: int) -> str:
    if sys.platform == "win32":
        return str(number)
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _as_told(code: int, places: list[Path]) -> str:
    folders = (str(place) for path in places for place in _nearest(path))
    where = " or ".join(list(dict.fromkeys(folders))[:3])
    if code in _FULL:
        return f"The disk, or your share of it, is full ({where}): make room and run this again."
    if code in _IN_THE_WAY:
        return f"{where}: a file is where a folder is needed, or the other way round; move it away."
    return f"{where} cannot be used ({os.strerror(code)}): use a copy in another place."

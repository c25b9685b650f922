"""What a platform's names say: whose a file is, when it came, which unit it is of."""

import re
from dataclasses import dataclass
from datetime import datetime

from autograder.grading.collecting.file_names import without_suffix
from autograder.times import NO_STAMP, Stamp
from autograder.units import NOTEBOOKS, folder_name

_MOODLE = re.compile(r"(?P<name>.*?)_(?P<id>\d+)_assignsubmission_[a-z]+(_(?P<rest>.*))?")
_CANVAS = re.compile(
    r"(?!LATE_|anon_)(?P<name>\w+?)_(?P<late>LATE_)?(?P<id>\d+)_(?P<upload>\d+)_(?P<rest>.+)"
)
_CANVAS_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?anon_(?P<id>[A-Za-z0-9]{5})_(?P<upload>\d+)_(?P<rest>.+)"
)
_BLACKBOARD = re.compile(
    r"(?P<before>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<rest>.+)|\.txt)"
)
_WORDS = re.compile(r"[\s,;()-]+")
_NUMBERED = {tuple(folder_name(n).split("_")): n for n in NOTEBOOKS}
_SPELLED = {tuple(n.split("_")): n for n in NOTEBOOKS}


@dataclass(frozen=True)
class Claim:
    """What a delivery says about whose a file is.

    Attributes
    ----------
    ids : tuple of str
        What may be the student's id, the likeliest first.
    name : str
        The student's name, or "".
    id_is_certain : bool
        False where the platform numbers the students of every assignment anew.
    only_by_roster : bool
        Whether it counts for nothing unless the roster knows it.
    in_order : bool
        Whether the first of the ids that is known counts, for the others are parts of it.
    """

    ids: tuple[str, ...] = ()
    name: str = ""
    id_is_certain: bool = True
    only_by_roster: bool = False
    in_order: bool = False

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.name, *self.ids[:1]))) or "nobody"


@dataclass(frozen=True)
class Named:
    """What one name of a platform's says.

    Attributes
    ----------
    file : str
        The name that the student gave the file, or "" where the name is a folder's.
    time : datetime or None
        When it was handed in, by clocks whose zone the platform does not tell.
    stamp : Stamp
        The same where the zone is told.
    attempt : int
        Grows with every file that is handed in; 0 where the platform gives no number.
    late : bool
        Whether the platform calls it late.
    """

    claim: Claim
    file: str = ""
    time: datetime | None = None
    stamp: Stamp = NO_STAMP
    attempt: int = 0
    late: bool = False


def named_by_platform(name: str) -> Named | None:
    """Return what a file's or folder's name says if Moodle, Canvas or Blackboard made it.

    >>> named_by_platform("noelmarie_LATE_17_204_recurrence-1.ipynb").claim.ids
    ('17',)
    """
    if found := _MOODLE.fullmatch(name):
        numbers = _numbers(found["name"])
        rest = (word for word in _WORDS.split(found["name"]) if word not in numbers)
        person = " ".join(rest) if numbers else found["name"]
        person = "" if person == "Participant" else person
        claim = Claim((found["id"], *numbers), person, id_is_certain=False)
        return Named(claim, found["rest"] or "")
    if found := _CANVAS.fullmatch(name) or _CANVAS_ANONYMOUS.fullmatch(name):
        person = found.groupdict().get("name") or ""
        claim = Claim((found["id"],), person)
        attempt, late = int(found["upload"][:18]), bool(found["late"])
        return Named(claim, found["rest"], attempt=attempt, late=late)
    if found := _BLACKBOARD.fullmatch(name):
        words = found["before"].split("_")
        ids = tuple("_".join(words[start:]) for start in range(len(words) - 1, -1, -1))
        time = _time(found["time"])
        return None if time is None else Named(Claim(ids), found["rest"] or "", time)
    return None


def canvas_start(name: str) -> str:
    """Return what Canvas knows a file by: its name without what the student called it; or "".

    >>> canvas_start("noelmarie_LATE_17_204_recurrence-1.ipynb")
    'noelmarie_LATE_17_204_'
    """
    found = _CANVAS.fullmatch(name) or _CANVAS_ANONYMOUS.fullmatch(name)
    return name[: found.start("rest")] if found else ""


def moodle_start(name: str) -> tuple[str, str]:
    """Return the student's name and number in an assignment of Moodle's; two times "" if none.

    >>> moodle_start("Ann A_501_assignsubmission_file_")
    ('Ann A', '501')
    """
    found = _MOODLE.fullmatch(name)
    return (found["name"], found["id"]) if found else ("", "")


def is_taken_back(name: str) -> bool:
    """Return whether a platform takes feedback back under a name that it gave."""
    return bool(canvas_start(name) or moodle_start(name)[1])


def _numbers(name: str) -> tuple[str, ...]:
    """Return the words of a name that have digits: matriculation numbers, account names."""
    return tuple(w for w in _WORDS.split(name) if re.search(r"\d", w) and len(w) > 2)


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None


def unit_in_name(name: str) -> str:
    """Return the notebook of the course that a file's or folder's name speaks of, or "".

    >>> unit_in_name("01_recurrence (1).ipynb"), unit_in_name("hw-LSTM_gradients-final.ipynb")
    ('recurrence', 'lstm_gradients')
    """
    words = tuple(re.findall(r"[a-z]+|\d+", without_suffix(name).casefold()))
    for known in (_NUMBERED, _SPELLED):
        found = {unit: spelled for spelled, unit in known.items() if _holds(words, spelled)}
        longest = max(map(len, found.values()), default=0)
        best = [unit for unit, spelled in found.items() if len(spelled) == longest]
        if len(best) == 1:
            return best[0]
    return ""


def without_unit(name: str) -> str:
    """Return what is left of a file's name without the unit in it.

    >>> without_unit("s123_01_recurrence.ipynb")
    's123'
    """
    stem = without_suffix(name)
    unit = unit_in_name(name)
    if not unit:
        return stem
    spelled = "[ _-]?".join(unit.split("_"))
    return re.sub(rf"[ _-]*(\d\d?[ _-])?{spelled}[ _-]*", "", stem, count=1, flags=re.IGNORECASE)


def _holds(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    size = len(part)
    return any(words[i : i + size] == part for i in range(len(words) - size + 1))

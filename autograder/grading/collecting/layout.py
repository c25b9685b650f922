"""Which part of a path says whose a file is: never one that a student could have named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile

from autograder.grading.collecting.delivery import (
    METADATA,
    NOTEBOOK,
    OTHER,
    PROBLEM,
    TIME_FILE,
    Delivery,
    File,
)
from autograder.grading.collecting.file_names import without_suffix
from autograder.grading.collecting.metadata import submitters
from autograder.grading.collecting.naming import (
    Claim,
    Named,
    named_by_platform,
    unit_in_name,
    without_unit,
)
from autograder.grading.submissions import TIMESTAMP
from autograder.times import Stamp, stamp_of
from autograder.workers import WorkerDied, workers

_GRADESCOPE = re.compile(r"submission_\d+")
Path = tuple[str, ...]


@dataclass(frozen=True)
class Handed:
    """A file that somebody handed in, and what the delivery says about it.

    Attributes
    ----------
    named : Named
        Whose it is, and when it came.
    inner : tuple of str
        The part of its path below what names the student: the student's own words.
    given : str
        What a platform called it or its folder; "" where no platform did.
    """

    file: File
    named: Named
    inner: Path
    given: str = ""


@dataclass
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    file: File | None = None

    @property
    def folders(self) -> dict[str, "_Node"]:
        return {name: node for name, node in self.children.items() if node.children}

    @property
    def has_notebooks(self) -> bool:
        return any(n.file and n.file.kind == NOTEBOOK for n in self.children.values())


def handed_in(delivery: Delivery) -> Iterator[Handed]:
    """Yield every notebook, problem and other file of `delivery` with whose it is."""
    tree = _Node()
    for file in delivery.files:
        node = tree
        for part in file.path:
            node = node.children.setdefault(part, _Node())
        node.file = file
    for path, root in _roots((), tree):
        yield from _of_root(delivery, path, root)


def _roots(path: Path, node: _Node) -> Iterator[tuple[Path, _Node]]:
    """Yield the folders whose entries are named after students."""
    folders = node.folders
    if _by_platform(node) or node.has_notebooks or not folders:
        yield path, node
    elif all(map(_by_platform, folders.values())) or _by_unit(folders) or _is_wrapper(folders):
        for name, child in folders.items():
            yield from _roots((*path, name), child)
    else:
        yield path, node


def _by_platform(node: _Node) -> bool:
    """Return whether a platform named most of what was handed in, so that its names count.

    Where students name their files themselves, one of them may look as if a platform had.
    """
    if METADATA in node.children and any(map(_GRADESCOPE.fullmatch, node.children)):
        return True
    handed = [name for name, child in node.children.items() if any(_files_of(child))]
    named = [bool(named_by_platform(without_suffix(name))) for name in handed or node.children]
    return any(named) and 2 * sum(named) >= len(named)


def _by_unit(folders: dict[str, _Node]) -> bool:
    """Return whether the folders are those of units, with students' folders in them."""
    return all(unit_in_name(n) and not f.has_notebooks and f.folders for n, f in folders.items())


def _is_wrapper(folders: dict[str, _Node]) -> bool:
    """Return whether there is one folder alone, and it is nobody's."""
    inside = next(iter(folders.values()))
    own = inside.has_notebooks or any(map(unit_in_name, inside.folders))
    return len(folders) == 1 and not own and bool(inside.folders)


def _of_root(delivery: Delivery, path: Path, root: _Node) -> Iterator[Handed]:
    people = _gradescope(delivery, root)
    prefix = _shared_prefix(delivery, path, root)
    by_platform = _by_platform(root)
    for name, node in root.children.items():
        if people and name in people:
            found = people[name]
        elif by_platform:
            found = [named_by_platform(without_suffix(name)) or Named(Claim())]
        elif named_by_platform(without_suffix(name)):  # it fits a platform's student, and its own
            found = [Named(Claim())]
        else:
            repository = (*path, name) in delivery.repositories
            claim = _claim_of_repository if repository else _plain_claim
            found = [Named(claim(name, node, prefix))]
        honest = not by_platform and (*path, name) not in delivery.repositories
        times = _times(delivery, name, node) if honest else {}
        for file in _files_of(node):
            inner = file.path[len(path) + 1 :]
            for named in found:
                given = name if by_platform else ""
                yield Handed(file, _at(named, times.get(file.path[:-1])), inner, given)


def _files_of(node: _Node) -> Iterator[File]:
    if node.file is not None and node.file.kind in (NOTEBOOK, OTHER, PROBLEM):
        yield node.file
    for child in node.children.values():
        yield from _files_of(child)


def _gradescope(delivery: Delivery, root: _Node) -> dict[str, list[Named]]:
    metadata = root.children.get(METADATA)
    if metadata is None or metadata.file is None or not metadata.file.digest:
        return {}
    text = delivery.content(metadata.file).decode("utf-8", "replace")
    try:
        with workers() as readers:
            found = readers.call(submitters, text)
    except WorkerDied:  # then it says nothing
        return {}
    return {name: people for name, people in found.items() if people}


def _shared_prefix(delivery: Delivery, path: Path, root: _Node) -> str:
    """Return the assignment's name before the accounts' in the names of GitHub Classroom."""
    names = [name for name in root.folders if (*path, name) in delivery.repositories]
    around = path[-1] if path else delivery.name
    prefix = around.removesuffix("submissions")
    if prefix != around and names and all(name.startswith(prefix) for name in names):
        return prefix  # the folder into which GitHub's own command puts them
    if len(names) < 2 or len(names) < len(root.folders):
        return ""
    columns = zip(*(name.split("-")[:-1] for name in names), strict=False)
    shared = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, columns)]
    return "-".join([*shared, ""])


def _plain_claim(name: str, node: _Node, _: str) -> Claim:
    if not node.children:
        rest = without_unit(name)
        return Claim((rest,), re.sub(r"[_.-]+", " ", rest), only_by_roster=True)
    bare = without_suffix(name)
    rest = without_unit(bare)
    return Claim((bare, rest), rest) if rest else Claim()


def _claim_of_repository(name: str, _: _Node, prefix: str) -> Claim:
    """Return whose a repository is: the account stands at the end of its name.

    Where nothing says how long it is, it counts only if it is known already.
    """
    rest = without_unit(name)
    if not rest:
        return Claim()
    words = name.split("-")
    tails = ["-".join(words[start:]) for start in range(1, len(words))]
    first = name.removeprefix(prefix) if prefix else rest if name.endswith(rest) else name
    unsure = first == name and len(words) > 1
    return Claim((first, rest, *tails), rest, only_by_roster=unsure, in_order=True)


def _times(delivery: Delivery, student: str, node: _Node) -> dict[Path, Stamp]:
    """Return the times that nbgrader keeps in STUDENT/UNIT/timestamp.txt, by the unit's folder.

    In an archive that a student packed they are the student's own words, and none.
    """
    found = {}
    for name, folder in node.folders.items():
        stamp = folder.children.get(TIMESTAMP, _Node()).file
        packed = student != without_suffix(student) or name != without_suffix(name)
        if stamp is not None and stamp.kind == TIME_FILE and not packed:
            found[stamp.path[:-1]] = stamp_of(delivery.content(stamp))
    return found


def _at(named: Named, stamp: Stamp | None) -> Named:
    return named if stamp is None else replace(named, stamp=stamp)

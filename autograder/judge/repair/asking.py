"""One failed check and what is asked of it: searched once, told bit by bit."""

from collections.abc import Callable, Mapping
from typing import Any

from autograder.judge.key import AnswerKey
from autograder.judge.repair.bench import Bench
from autograder.judge.repair.cells import Limit, Workshop
from autograder.judge.repair.found import Found
from autograder.judge.repair.search import Search
from autograder.judge.repair.telling import told
from autograder.student.located import Located


class Asked:
    """What ``where`` knows of one exercise since its check failed.

    Parameters
    ----------
    functions : mapping of role to function
        As they were checked: what has been changed since is not looked at.
    """

    def __init__(self, key: AnswerKey, functions: Mapping[str, Any], limit: Limit) -> None:
        self._key, self._limit = key, limit
        self._functions = dict(functions)
        self._search: Search | None = None
        self._found = Found()
        self._times = 0

    def answer(self, tell: Callable[[int], None]) -> Located:
        """Return what is told now; a search that was stopped begins again."""
        if self._search is None or self._found.stopped:
            shop = Workshop(self._key, self._functions, self._limit)
            self._search = Search(Bench(self._key, shop), tell)
            self._found = self._search.run()
            self._times = 0
        self._times += 1
        return told(self._found, self._search, self._times)

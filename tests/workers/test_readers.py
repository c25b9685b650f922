"""No reader of untrusted bytes takes more than in proportion, whatever stands in them.

Times are processor times of one process, and the margin is wide: eight times the text may take
twenty-four times as long, where a quadratic reader takes sixty-four. What is quick is not measured.
"""

import re
from collections.abc import Iterator

import pytest

from autograder.workers import Workers, WorkLimits
from tests.workers import readers

SMALL, LARGE = 50_000, 400_000  # characters; ten million in `tests/attacks`
MOST_TIMES = 24
FLOOR_S = 0.1
MOST_S = 3.0  # for a small one; what is measured takes a tenth of that


def too_steep(taken: list[float]) -> bool:
    return taken[-1] > MOST_TIMES * max(taken[0], FLOOR_S)


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    pool = Workers(1, WorkLimits(cpu_s=300, wall_s=3600.0, memory_bytes=2**31))
    yield pool
    pool.close()


@pytest.mark.parametrize("reader", readers.ON_TEXT)
def test_reader_of_text_grows_linearly_for_its_worst_strings(pool: Workers, reader: str) -> None:
    # A quadratic reader shows at the small size already: then the large one is not waited for.
    slowest = pool.call(readers.worst, reader, SMALL, 2)
    assert [found for found in slowest if found[1] > MOST_S] == []
    taken = {text: pool.call(readers.costs, reader, text, (SMALL, LARGE)) for text, _ in slowest}
    assert {text: found for text, found in taken.items() if too_steep(found)} == {}


@pytest.mark.parametrize("reader", readers.ON_BYTES)
def test_reader_of_bytes_grows_linearly_for_its_worst_kind(pool: Workers, reader: str) -> None:
    taken = pool.call(readers.costs, reader, "", (SMALL, LARGE, 8 * LARGE))
    assert not too_steep(taken[:2]) and not too_steep(taken[1:]), taken


def test_measure_finds_a_quadratic_reader() -> None:
    pattern = re.compile(r'"(?:\\.|[^"\\])*"')
    taken = [
        readers.cost(lambda text: list(pattern.finditer(text)), '"\\' * n) for n in (1000, 8000)
    ]
    assert taken[1] > MOST_TIMES * taken[0]

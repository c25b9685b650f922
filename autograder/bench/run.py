"""The whole comparison: the same class, every way, in one run."""

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from autograder.bench.measure import Cost, run_way, scores_of
from autograder.bench.stages import measure_stages
from autograder.bench.ways import Way, ours, sandboxed_nbgrader, stock_nbgrader
from autograder.course import Course
from autograder.machine import processors

STAGE_SUBMISSIONS = 50


@dataclass(frozen=True)
class Bench:
    """What the comparison found.

    Attributes
    ----------
    costs : tuple of Cost
        In the order of the runs: ours, stock, nbgrader with our sandbox, ours again.
    large : tuple of Cost
        Ours, with more submissions.
    stages : dict of str to float
        Milliseconds a submission, by stage.
    same_marks : bool
        Whether ours and nbgrader with our sandbox gave the same automatic scores.
    right_in_stock : tuple of int
        Submissions that earn all from us, and how many of those from stock nbgrader, too.
    """

    unit: str
    costs: tuple[Cost, ...]
    large: tuple[Cost, ...]
    stages: dict[str, float]
    same_marks: bool
    right_in_stock: tuple[int, int]

    @property
    def ratio_vs_stock(self) -> float:
        """Throughput of ours, the mean of its runs before and after, by stock nbgrader's."""
        rates = {name: _mean_rate(self.costs, name) for name in {c.name for c in self.costs}}
        return rates["autograder grade"] / rates["stock nbgrader"]

    def as_json(self) -> str:
        """Return everything, for programs."""
        found: dict[str, Any] = asdict(self)
        for kind in ("costs", "large"):
            for cost, row in zip(getattr(self, kind), found[kind], strict=True):
                row.update(per_minute=cost.per_minute, cpu_s_each=cost.cpu_s_each)
        return json.dumps({"ratio_vs_stock": self.ratio_vs_stock, **found}, indent=1)


def _mean_rate(costs: tuple[Cost, ...], name: str) -> float:
    chosen = [cost for cost in costs if cost.name == name]
    return sum(c.submissions for c in chosen) / sum(c.seconds for c in chosen)


def compare(
    course: Course, unit: str, count: int, large: int, tell: Callable[[str], None]
) -> Bench:
    """Grade a class of `count` every way, and one of `large` ours; `tell` what is going on."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)

        def run(make: Callable[[Course, str, Path, int], Way], place: str, size: int) -> Way:
            way = make(course, unit, folder / place, size)
            tell(f"{way.name}, {size} submissions …")
            cost = run_way(way, unit, size)
            tell(f"  {cost.seconds:.1f} s")
            costs.append(cost)
            return way

        costs: list[Cost] = []
        first = run(ours, "ours", count)
        stock = run(stock_nbgrader, "stock", count)
        wrapped = run(sandboxed_nbgrader, "wrapped", count)
        run(ours, "again", count)
        whole, costs = tuple(costs), []
        if large:
            run(ours, "large", large)
        tell("stages, one submission after another …")
        few = ours(course, unit, folder / "stages", min(count, STAGE_SUBMISSIONS))
        stages = measure_stages(few.course, unit)
        # The wrapped way has drawn secret cases of its own, so equal marks mean more than a copy.
        marks, same = scores_of(first, unit), scores_of(wrapped, unit)
        full = max(sum(s or 0 for s in cells.values()) for cells in marks.values())
        in_stock = scores_of(stock, unit)
        right = [
            student for student, cells in marks.items() if sum(map(_number, cells.values())) == full
        ]
        agreed = [s for s in right if sum(map(_number, in_stock[s].values())) == full]
        return Bench(unit, whole, tuple(costs), stages, marks == same, (len(right), len(agreed)))


def _number(score: float | None) -> float:
    return score or 0.0


def table(bench: Bench) -> Table:
    """Return the comparison as a table for the terminal."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    heading = f"{bench.costs[0].submissions} submissions of {bench.unit}, {processors()} processors"
    found = Table(
        title=heading + load,
        title_justify="left",
        header_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    found.add_column("", no_wrap=True)
    for column in ("class", "a minute", "s", "p50 ms", "p95 ms", "CPU ms", "MiB"):
        found.add_column(column, justify="right", no_wrap=True)
    for cost in (*bench.costs, *bench.large):
        found.add_row(
            cost.name,
            f"{cost.submissions}",
            f"{cost.per_minute:,.0f}",
            f"{cost.seconds:.1f}",
            f"{1e3 * cost.p50_s:.0f}",
            f"{1e3 * cost.p95_s:.0f}",
            f"{1e3 * cost.cpu_s_each:.0f}",
            f"{cost.peak_mib:.0f}",
        )
    return found


def lines(bench: Bench) -> list[str]:
    """Return what stands below the table."""
    right, agreed = bench.right_in_stock
    same = "the same" if bench.same_marks else "NOT the same"
    return [
        f"Ours is {bench.ratio_vs_stock:.1f} times as fast as stock nbgrader, the sandbox on.",
        f"Marks: {same} by nbgrader with our sandbox; of {right} right submissions stock "
        f"nbgrader calls {agreed} right.",
        "Where the time of one submission goes:",
        *(f"  {name:28}{ms:7.1f} ms" for name, ms in bench.stages.items()),
    ]

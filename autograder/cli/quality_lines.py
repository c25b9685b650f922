"""How figures on the checks look in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.table import Table

from autograder.cli.terminal import plain_block
from autograder.units import folder_name

if TYPE_CHECKING:
    from autograder.quality.figures import Figures


def quality_table(found: Iterable[Figures]) -> Table:
    """Return a table of exercises: mistakes, variants, other styles, pairs, mutants."""
    rows = list(found)
    mutants = any(row.singles.total for row in rows)
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("unit", no_wrap=True)
    table.add_column("exercise", no_wrap=True)
    columns = ["mistakes\nrejected", "told", "variants\naccepted", "styles\nnamed", "pairs\nnamed"]
    columns += ["mutants\npassed", "mutants\nnamed", "doubles\nnamed"] if mutants else []
    for heading in columns:
        table.add_column(heading, justify="right", no_wrap=True, vertical="bottom")
    table.add_column("", min_width=1)
    for row in rows:
        cells = [(row.rejected, row.mistakes), (row.told, row.mistakes)]
        cells += [(row.accepted, row.variants)]
        cells += [(counts.named, counts.numbers) for counts in (row.styles, row.pairs)]
        if mutants:
            cells += [(row.singles.survived, row.singles.total)]
            cells += [(counts.named, counts.numbers) for counts in (row.singles, row.doubles)]
        sign = "[green]✓[/]" if row.complete else "[red]✗[/]"
        told = [f"{part}/{whole}" for part, whole in cells]
        table.add_row(folder_name(row.unit)[:2], row.exercise, *told, sign)
    return table


def quality_lines(found: Iterable[Figures]) -> Iterator[str]:
    """Return what to print of what there is to look at."""
    for row in found:
        for kind, texts in row.details.items():
            yield f"{row.exercise}, {kind}: {len(texts)}"
            yield from (f"  {plain_block(text)}" for text in texts)

"""Tables of a page of reports, as plain values for templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tkt.domain.metrics.figures import Figure, Number
from tkt.domain.metrics.glossary import STATISTICS, metric, statistic
from tkt.domain.metrics.tables import Row, Table
from tkt.domain.settings import Settings
from tkt.render.report_words import change, first_rows, group_names, heading, show

_MOST_ROWS = 50


class Cell(NamedTuple):
    """A cell: its text, by what it is sorted (None: by its text), and what it was before."""

    text: str
    value: Number | None = None
    before: str = ""


class Grid(NamedTuple):
    """A table: rows begin with their name.

    Args:
        title: above it; "" where what is above it says it.
        header: of the columns; the first one is that of the names.
        rows: the cells of each.
        left_out: how many rows there were too many.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: int = 0


def grids(shown: Table, settings: Settings) -> Iterator[Grid]:
    """The tables that show a table of a report."""
    if shown.by:
        yield grouped(shown, settings)
        return
    title = shown.title
    plain = [each for each in shown.columns if not statistic(each)]
    if plain:
        yield single(title, plain, shown)
        title = ""
    if len(plain) < len(shown.columns):
        yield _statistics(title, shown)


def grouped(shown: Table, settings: Settings) -> Grid:
    """A line for each group; all of those that are times."""
    rows = first_rows(shown, _MOST_ROWS)
    names = group_names(settings, shown)
    lines = tuple((Cell(names[row.group]), *_cells(shown.columns, row)) for row in rows)
    header = (shown.by.replace("_", " ").capitalize(), *map(heading, shown.columns))
    return Grid(shown.title, header, lines, len(shown.rows) - len(rows))


def _cells(columns: Sequence[str], row: Row) -> Iterator[Cell]:
    for place, column in enumerate(columns):
        before = show(column, row.before[place]) if row.before else ""
        yield Cell(show(column, row.figures[place]), row.figures[place].value, before)


def single(title: str, columns: Sequence[str], shown: Table) -> Grid:
    """A line for each number."""
    row = shown.rows[0]
    lines = []
    for column in columns:
        place = shown.columns.index(column)
        now = row.figures[place]
        cells = [Cell(metric(column).title), Cell(show(column, now), now.value)]
        if row.before:
            then = row.before[place]
            cells += [Cell(show(column, then), then.value), Cell(change(column, now, then), _more(now, then))]
        lines.append(tuple(cells))
    return Grid(title, ("Measure", "Number", *(("Before", "Change") if row.before else ())), tuple(lines))


def _statistics(title: str, shown: Table) -> Grid:
    """A line for each number of many seconds, with its statistics."""
    figures = dict(zip(shown.columns, shown.rows[0].figures, strict=True))
    before = dict(zip(shown.columns, shown.rows[0].before, strict=False))
    lines = []
    for name in dict.fromkeys(metric(each).name for each in shown.columns if statistic(each)):
        found = {each: figures.get(f"{name}.{each}") for each in STATISTICS}
        of = next(each.of or 0 for each in found.values() if each)
        cells = [Cell(metric(name).title), *(_maybe(name, each) for each in found.values())]
        cells.append(Cell(f"{of:,}", of))
        median = f"{name}.median"
        if before:
            cells.append(_maybe(name, before.get(median)))
        lines.append(tuple(cells))
    header = ("Time", *map(str.capitalize, STATISTICS), "Of", *(("Median before",) if before else ()))
    return Grid(title, header, tuple(lines))


def _maybe(column: str, figure: Figure | None) -> Cell:
    return Cell(show(column, figure), figure.value) if figure else Cell("")


def _more(now: Figure, then: Figure) -> Number | None:
    return None if now.value is None or then.value is None else now.value - then.value

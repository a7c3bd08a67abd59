"""Reports for people, in a terminal and as Markdown, and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tkt.domain.fields import format_time
from tkt.domain.metrics.figures import Figure, Number
from tkt.domain.metrics.glossary import STATISTICS, Unit, metric, statistic
from tkt.domain.metrics.population import AGES
from tkt.domain.metrics.reports import Report
from tkt.domain.metrics.tables import Row, Table
from tkt.domain.settings import Settings
from tkt.render.report_words import (
    NOTHING,
    change,
    first_rows,
    group_names,
    heading,
    query_line,
    show,
)
from tkt.render.text import Cell, Style, clean_line, plural, table, width
from tkt.usecases.report import Told

FIELDS = (
    "report",
    "table",
    "by",
    "group",
    "measure",
    "statistic",
    "unit",
    "since",
    "until",
    "value",
    "of",
)
BEFORE_FIELDS = ("before_since", "before_until", "before", "before_of")
LIST_FIELDS = ("name", "title", "query")

_EMPTY = f"{NOTHING}: there is nothing to tell."
"""What stands in the place of a table without rows."""

_BAR = 20
_MOST_ROWS = 30
_NARROW = 44
"""So many characters have room beside each other on a telephone."""

_BLOCKS, _BAR_BLOCK = "▁▂▃▄▅▆▇█", "█"
_PLAIN, _BAR_PLAIN = "_.-=+*#@", "#"


class Grid(NamedTuple):
    """Lines and columns of a table as people read it.

    Args:
        title: above it; "" for a further part of the table before it.
        header: of the columns.
        rows: their texts.
        right: the places of the columns that are aligned at the right.
        left_out: how many rows there were too many.
        together: how many columns after the names tell of the same measure of a row, and are not parted.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int]
    left_out: int = 0
    together: int = 1


class ReportView:
    """Puts a report into words.

    Args:
        settings: names of people.
        style: of the terminal or pipe.
        blocks: whether it can show bars of block characters.
        narrow: whether Markdown is for a telephone: few columns beside each other, and no bars.
    """

    def __init__(self, settings: Settings, style: Style, *, blocks: bool, narrow: bool = False) -> None:
        self.settings = settings
        self.style = style
        self.narrow = narrow
        self._levels = _BLOCKS if blocks else _PLAIN
        self._bar = _BAR_BLOCK if blocks else _BAR_PLAIN

    def text(self, told: Told) -> str:
        """A report as aligned text."""
        heading = [self.style.paint(clean_line(told.report.title), "bold"), *_about(told)]
        parts = ["\n".join(heading)]
        for grid in self._grids(told):
            shown = table(*self._cells(grid), self.style) if grid.rows else _EMPTY
            rest = [f"{grid.left_out:,} more"] if grid.left_out else []
            head = [self.style.paint(grid.title, "bold")] if grid.title else []
            parts.append("\n".join((*head, shown, *rest)))
        return "\n\n".join(parts)

    def markdown(self, told: Told) -> str:
        """A report as Markdown, for a wiki or a pull request."""
        from tkt.render.machine import markdown_table

        parts = [f"# {_plain(told.report.title)}", "  \n".join(map(_plain, _about(told)))]
        for grid in self._grids(told):
            if grid.title:
                parts.append(f"## {_plain(grid.title)}")
            shown = _narrow(grid) if self.narrow and grid.rows else (grid,)
            parts += [markdown_table(*each[1:4]) if each.rows else _EMPTY for each in shown]
            if grid.left_out:
                parts.append(f"{grid.left_out:,} more")
        return "\n\n".join(parts)

    def _cells(self, grid: Grid) -> tuple[list[str], list[list[Cell]]]:
        """The header and the rows; numbers end where their column ends, as `table` would not have it."""
        lengths = [
            max([width(title), *(width(row[place]) for row in grid.rows)])
            for place, title in enumerate(grid.header)
        ]

        def placed(row: Sequence[str]) -> list[str]:
            return [
                " " * (lengths[place] - width(text)) + text if place in grid.right else text
                for place, text in enumerate(row)
            ]

        return placed(grid.header), [[Cell(each) for each in placed(row)] for row in grid.rows]

    def _grids(self, told: Told) -> Iterable[Grid]:
        for each in told.tables:
            if each.by:
                yield self._grouped(each, compared=told.before is not None)
            else:
                yield from self._single(each, told)

    def _single(self, shown: Table, told: Told) -> Iterable[Grid]:
        """Numbers below each other: those that are one number, then those that are statistics of many."""
        row = shown.rows[0]
        figures = dict(zip(shown.columns, row.figures, strict=True))
        before = dict(zip(shown.columns, row.before, strict=True)) if row.before else {}
        title = shown.title
        plain = [each for each in shown.columns if not statistic(each)]
        if plain:
            yield self._numbers(title, plain, figures, before, self._marks(shown, plain, figures, told))
            title = ""
        names = list(dict.fromkeys(metric(each).name for each in shown.columns if statistic(each)))
        if names:
            yield _statistics(title, names, figures, before)

    def _numbers(
        self,
        title: str,
        columns: Sequence[str],
        figures: dict[str, Figure],
        before: dict[str, Figure],
        marks: tuple[str, Sequence[str]],
    ) -> Grid:
        rows = []
        for place, column in enumerate(columns):
            now = figures[column]
            cells = [metric(column).title, show(column, now)]
            if before:
                cells += [show(column, before[column]), change(column, now, before[column])]
            rows.append((*cells, *([marks[1][place]] if marks[1] else [])))
        header = ["", "NUMBER", *(("BEFORE", "CHANGE") if before else ()), *([marks[0]] if marks[1] else [])]
        right = frozenset(range(1, 4 if before else 2))
        return Grid(title.upper(), tuple(header), tuple(rows), right, together=len(right))

    def _marks(
        self, shown: Table, columns: Sequence[str], figures: dict[str, Figure], told: Told
    ) -> tuple[str, list[str]]:
        """What is drawn beside numbers, and its heading: their course over the period, or their size."""
        if shown.series:
            unit = told.almanac.unit(told.period).upper()
            return f"BY {unit}", [self.sparkline(shown.series[each]) for each in columns]
        if set(columns) <= set(AGES):
            most = max(figures[each].value or 0 for each in columns)
            return "", [self.bar(figures[each].value, most) for each in columns]
        return "", []

    def _grouped(self, shown: Table, *, compared: bool) -> Grid:
        """A line for each group; bars show the first number."""
        rows = first_rows(shown, _MOST_ROWS)
        drawn = metric(shown.columns[0]).unit is Unit.COUNT
        most = max((each.figures[0].value or 0 for each in rows), default=0) if drawn else 0
        names = group_names(self.settings, shown)
        lines = []
        for row in rows:
            cells = [
                _cell(column, row, place, compared=compared) for place, column in enumerate(shown.columns)
            ]
            bar = (self.bar(row.figures[0].value, most),) if most else ()
            lines.append((names[row.group], *cells, *bar))
        header = (
            shown.by.upper(),
            *(heading(each).upper() for each in shown.columns),
            *([""] if most else []),
        )
        right = frozenset(range(1, len(shown.columns) + 1))
        return Grid(shown.title.upper(), header, tuple(lines), right, len(shown.rows) - len(rows))

    def sparkline(self, figures: Sequence[Figure]) -> str:
        """A character for each number, higher for larger ones; a space where there is none."""
        known = [each.value for each in figures if each.value is not None]
        low, high = min([0, *known]), max([0, *known])
        return "".join(
            " " if each.value is None else self._levels[_level(each.value, low, high)] for each in figures
        )

    def bar(self, value: Number | None, most: Number) -> str:
        """A bar as long as a number is large; something of it is seen of whatever is more than nothing."""
        if not value or value < 0 or not most:
            return ""
        return self._bar * max(1, round(_BAR * value / most))


def _narrow(grid: Grid) -> Iterator[Grid]:
    """A table in as few parts as a telephone needs, each with the names of the rows, none with bars.

    Columns that belong together may need more room: a mailer breaks their lines where it has not got it.
    """
    names, *numbers = zip(grid.header, *grid.rows, strict=True)
    first = max(width(word) for name in names for word in name.split() or ("",))
    needed = [1 + max(map(width, (*title.split(), *cells)), default=0) for title, *cells in numbers]
    drawn = [place for place, texts in enumerate(numbers, 1) if not texts[0]]
    blocks = [range(1, grid.together + 1)]
    blocks += [range(place, place + 1) for place in range(grid.together + 1, len(grid.header))]
    parts: list[list[int]] = []
    used = _NARROW
    for block in blocks:
        if block[0] in drawn:
            continue
        more = sum(needed[place - 1] for place in block)
        if used + more > _NARROW:
            parts.append([0])
            used = first
        parts[-1] += block
        used += more
    for places in parts:
        header, *rows = (tuple(row[each] for each in places) for row in (grid.header, *grid.rows))
        right = frozenset(new for new, old in enumerate(places) if old in grid.right)
        yield Grid(grid.title, header, tuple(rows), right)


def _level(value: Number, low: Number, high: Number) -> int:
    if high == low:
        return 0
    return min(int((value - low) / (high - low) * len(_BLOCKS)), len(_BLOCKS) - 1)


def _statistics(
    title: str, names: Sequence[str], figures: dict[str, Figure], before: dict[str, Figure]
) -> Grid:
    rows = []
    for name in names:
        shown = [figures[f"{name}.{each}"] for each in STATISTICS]
        cells = [metric(name).title, *(show(name, each) for each in shown), f"{shown[0].of or 0:,}"]
        if before:
            median = f"{name}.median"
            cells += [show(name, before[median]), change(name, figures[median], before[median])]
        rows.append(tuple(cells))
    more = ("MEDIAN BEFORE", "CHANGE") if before else ()
    header = ("", *(each.upper() for each in STATISTICS), "OF", *more)
    right = frozenset(range(1, len(header)))
    return Grid(title.upper(), header, tuple(rows), right, together=len(right))


def _cell(column: str, row: Row, place: int, *, compared: bool) -> str:
    shown = show(column, row.figures[place])
    return f"{shown} ({show(column, row.before[place])})" if compared and row.before else shown


def _about(told: Told) -> list[str]:
    """The lines below a report's title: when, where, how many."""
    almanac = told.almanac
    lines = [f"{almanac.span(told.period)}, {almanac.zone}, {plural(told.tickets, 'ticket')}"]
    if told.before:
        lines.append(f"before: {almanac.span(told.before)}")
    if told.query:
        lines.append(f"query: {query_line(told)}")
    return lines


def _plain(text: str) -> str:
    from tkt.render.machine import markdown_cell

    return markdown_cell(text)


def list_rows(reports: Sequence[Report]) -> list[dict[str, Any]]:
    """The reports there are as objects."""
    return [{"name": each.name, "title": each.title, "query": each.query or None} for each in reports]


def list_table(reports: Sequence[Report], style: Style) -> str:
    """The reports there are, a line for each."""
    found = [[Cell(each.name, ("bold",)), Cell(clean_line(each.title))] for each in reports]
    return table(("REPORT", "TELLS"), found, style)


def rows(told: Told) -> list[dict[str, Any]]:
    """A report as objects, one for each number."""
    return [
        {**_named(told, each, row.group, column), **_valued(told, row, place)}
        for each in told.tables
        for row in each.rows
        for place, column in enumerate(each.columns)
    ]


def _named(told: Told, shown: Table, group: str, column: str) -> dict[str, Any]:
    return {
        "report": told.report.name,
        "table": shown.name,
        "by": shown.by or None,
        "group": group or None,
        "measure": metric(column).name,
        "statistic": statistic(column) or None,
        "unit": metric(column).unit.value,
    }


def _valued(told: Told, row: Row, place: int) -> dict[str, Any]:
    figure = row.figures[place]
    values = {
        "since": _moment(told.period.start),
        "until": _moment(told.period.end),
        "value": figure.value,
        "of": figure.of,
    }
    if told.before:
        before = row.before[place]
        ends = _moment(told.before.start), _moment(told.before.end)
        values |= dict(zip(BEFORE_FIELDS, (*ends, before.value, before.of), strict=True))
    return values


def _moment(seconds: int) -> str:
    return format_time(datetime.fromtimestamp(seconds, UTC))

"""The charts of a page of reports: which there are, and what each of them shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tkt.domain.metrics.figures import Number
from tkt.domain.metrics.glossary import metric
from tkt.domain.metrics.tables import Row, Table
from tkt.domain.settings import WEEKDAYS, Settings
from tkt.domain.workflow import Category
from tkt.render import charts
from tkt.render.charts import Drawing, Item, Series
from tkt.render.report_grids import Cell, Grid, grouped, single
from tkt.render.report_words import duration, group_names, show
from tkt.usecases.overview import Overview

_MOST_ITEMS = 12
_DAY_NAME = 10


class Chart(NamedTuple):
    """A chart, and the same as a table.

    Args:
        name: of one word.
        title: above it.
        says: in a sentence, what it shows.
        legend: the kinds of shapes, and what they stand for.
        drawing: None where there is nothing to draw.
        numbers: the table.
    """

    name: str
    title: str
    says: str
    legend: tuple[tuple[str, str], ...]
    drawing: Drawing | None
    numbers: Grid


def charts_of(overview: Overview, settings: Settings) -> list[Chart]:
    """The charts of a page."""
    draws = _Charts(overview, settings)
    return [_DRAWN[each](draws) for each in _CHARTS.get(overview.name, ("course",))]


class _Charts:
    """Draws the charts of a page.

    Args:
        overview: what they show.
        settings: names of people.
    """

    def __init__(self, overview: Overview, settings: Settings) -> None:
        self.overview = overview
        self.settings = settings
        told = overview.reports[0]
        self.unit = told.almanac.unit(told.period)
        self.parts = [_part(each.name) for each in overview.parts]

    def course(self) -> Chart:
        """Created against resolved."""
        series = [self._series(each, kind) for each, kind in (("created", "c1"), ("resolved", "c2"))]
        drawing = charts.columns(self.parts, series, _count) if _any(series) else None
        says = f"Tickets created and resolved, by {self.unit}."
        return self._timed("course", "Created against resolved", says, series, drawing)

    def stock(self) -> Chart:
        """Cumulative flow."""
        series = [
            Series(
                name, kind, self.overview.stock[category], list(map(_count, self.overview.stock[category]))
            )
            for category, name, kind in _BANDS
        ]
        drawing = charts.bands(self.parts, series) if _any(series) else None
        says = f"Tickets by where they stood at the end of each {self.unit}. Done: since the period began."
        return self._timed("stock", "Cumulative flow", says, series[::-1], drawing)

    def response(self) -> Chart:
        """First responses over the period."""
        return self._long("response", "Time to first response", "first_response")

    def resolution(self) -> Chart:
        """Resolutions over the period."""
        return self._long("resolution", "Time to resolution", "resolution")

    def _long(self, name: str, title: str, column: str) -> Chart:
        """How long something took: the median before that below which nine of ten lie."""
        wanted = (("p90", "c3"), ("median", "c1"))
        series = [self._series(f"{column}.{each}", kind)._replace(name=each) for each, kind in wanted]
        drawing = None
        if _any(series):
            drawing = charts.columns(self.parts, series, duration, charts.DURATIONS, stacked=True)
        says = f"By {self.unit}: half took no longer than the median, nine of ten no longer than p90."
        return self._timed(name, title, says, series[::-1], drawing)

    def ages(self) -> Chart:
        """Backlog by age."""
        says = "Tickets that were open at the end of the period."
        return self._numbers("ages", "Backlog by age", says, self.overview.ages)

    def clocks(self) -> Chart:
        """SLA attainment."""
        says = "Which share of the promises that were tested in the period was kept."
        return self._numbers("clocks", "SLA attainment", says, self.overview.clocks, 1)

    def _numbers(self, name: str, title: str, says: str, table: Table, most: int | None = None) -> Chart:
        """Numbers of all tickets below each other."""
        figures = table.rows[0].figures
        items = [
            Item(
                metric(column).title.removesuffix(" in time"),
                [("c1", figure.value, show(column, figure), "")],
            )
            for column, figure in zip(table.columns, figures, strict=True)
        ]
        drawn = any(each.of if most else each.value for each in figures)
        numbers = single("", table.columns, table)
        return Chart(name, title, says, (), charts.rows(items, most) if drawn else None, numbers)

    def agents(self) -> Chart:
        """Load by person."""
        says = "Open tickets of each person at the end of the period, and those resolved in it."
        legend = (("c1", "Open"), ("c2", "Resolved"))
        return self._groups("agents", "Load by person", says, self.overview.agents, legend)

    def channels(self) -> Chart:
        """Created by channel."""
        says = "Tickets created in the period, by channel."
        return self._groups("channels", "Ways in", says, self.overview.channels, (("c1", "Created"),))

    def _groups(
        self, name: str, title: str, says: str, table: Table, legend: tuple[tuple[str, str], ...]
    ) -> Chart:
        """Counts of groups below each other, the bars as in the legend."""
        rows = [row for row in table.rows if any(each.value for each in row.figures)]
        drawn = _largest(rows)
        names = group_names(self.settings, table)
        items = [
            Item(
                names[row.group],
                [
                    (kind, each.value, _count(each.value or 0), what)
                    for (kind, what), each in zip(legend, row.figures, strict=True)
                ],
            )
            for row in drawn
        ]
        if len(drawn) < len(rows):
            says += f" The chart has those with most, and leaves out {len(rows) - len(drawn):,} more."
        numbers = grouped(table, self.settings)._replace(title="")
        shown = legend if len(legend) > 1 else ()
        return Chart(name, title, says, shown, charts.rows(items) if items else None, numbers)

    def arrivals(self) -> Chart:
        """Heat map of arrivals."""
        days = [(WEEKDAYS[day].capitalize(), counts) for day, counts in self.overview.arrivals]
        most = max(max(counts) for _, counts in days)
        header = ("Day", *(f"{hour:02}" for hour in range(len(days[0][1]))))
        rows = tuple((Cell(day), *(Cell(f"{each:,}", each) for each in counts)) for day, counts in days)
        zone = self.overview.reports[0].almanac.zone
        legend = (("h0", "none"), ("h1", "fewest"), ("h5", f"most: {most:,}"))
        drawing = charts.cells(days) if most else None
        says = f"Tickets created, by weekday and hour, {zone}."
        return Chart("arrivals", "When tickets arrive", says, legend, drawing, Grid("", header, rows))

    def _series(self, column: str, kind: str) -> Series:
        figures = self.overview.numbers.series[column]
        return Series(
            metric(column).title,
            kind,
            [each.value for each in figures],
            [show(column, each) for each in figures],
        )

    def _timed(
        self, name: str, title: str, says: str, series: Sequence[Series], drawing: Drawing | None
    ) -> Chart:
        """A chart of the parts of the period."""
        rows = tuple(
            (Cell(part.name), *(Cell(one.texts[place], one.values[place]) for one in series))
            for place, part in enumerate(self.overview.parts)
        )
        numbers = Grid("", (self.unit.capitalize(), *(each.name for each in series)), rows)
        return Chart(name, title, says, tuple((each.kind, each.name) for each in series), drawing, numbers)


_BANDS = (
    (Category.DONE, "Done", "b4"),
    (Category.WAITING, "Waiting", "b3"),
    (Category.OPEN, "In work", "b2"),
    (Category.NEW, "New", "b1"),
)
_DRAWN: Mapping[str, Callable[[_Charts], Chart]] = {
    "course": _Charts.course,
    "stock": _Charts.stock,
    "ages": _Charts.ages,
    "clocks": _Charts.clocks,
    "response": _Charts.response,
    "resolution": _Charts.resolution,
    "agents": _Charts.agents,
    "arrivals": _Charts.arrivals,
    "channels": _Charts.channels,
}
_CHARTS: Mapping[str, Sequence[str]] = {
    "": tuple(_DRAWN),
    "summary": tuple(_DRAWN),
    "flow": ("course", "stock"),
    "sla": ("clocks",),
    "agents": ("agents",),
    "channels": ("channels", "arrivals"),
    "time": ("response", "resolution"),
    "aging": ("ages",),
    "trend": ("course", "response", "resolution"),
}
"""The charts of each report; those of a team's own are as of `categories`."""


def _part(name: str) -> str:
    """A part of the period below an axis: a day without its year."""
    return name[5:] if len(name) == _DAY_NAME else name


def _largest(rows: Sequence[Row]) -> list[Row]:
    """Those with most, by their first number and then by the next one; the group without a name always."""
    order = sorted(rows, key=lambda row: (row.group != "", [-(each.value or 0) for each in row.figures]))
    chosen = {row.group for row in order[:_MOST_ITEMS]}
    return [row for row in rows if row.group in chosen]


def _count(value: Number) -> str:
    return f"{value:,}"


def _any(series: Sequence[Series]) -> bool:
    return any(each for one in series for each in one.values)

"""A page of reports: what stands in its figures, charts and tables, as plain values for templates."""

from __future__ import annotations

from typing import NamedTuple

from tkt.domain.metrics.glossary import METRICS, metric
from tkt.domain.metrics.reports import HEADLINE
from tkt.domain.metrics.tables import Table
from tkt.domain.settings import WEEKDAYS, Settings
from tkt.render.report_charts import charts_of
from tkt.render.report_grids import Grid, grids
from tkt.render.report_words import change, heading, query_line, show
from tkt.render.text import clean_line, fit
from tkt.usecases.overview import Overview
from tkt.usecases.report import Told

_LONGEST = 300
_TITLE = "How the desk is doing"


class Tile(NamedTuple):
    """One of the figures at the top; `of` is of how many things it is the share."""

    title: str
    text: str
    of: str
    before: str
    change: str


class Section(NamedTuple):
    """A report on the page."""

    name: str
    title: str
    tables: tuple[Grid, ...]


def report_values(overview: Overview, settings: Settings) -> dict[str, object]:
    """What the template of a page of reports is given."""
    told = overview.reports[0]
    return {
        "title": _headline(told) if overview.name else _TITLE,
        "desk": settings.key,
        "facts": _facts(overview),
        "tiles": _tiles(overview.numbers),
        "charts": charts_of(overview, settings),
        "sections": [_section(each, settings) for each in overview.reports],
        "meanings": _meanings(overview),
    }


def _facts(overview: Overview) -> list[tuple[str, str]]:
    """What the page is about: when, where, which tickets."""
    told = overview.reports[0]
    almanac = told.almanac
    facts = [("Period", almanac.span(told.period))]
    if told.before:
        facts.append(("Before", almanac.span(told.before)))
    facts += [
        ("Time zone", f"{almanac.zone}, weeks begin on {WEEKDAYS[almanac.first].capitalize()}"),
        ("Tickets", f"{told.tickets:,}"),
        ("Query", query_line(told) or "all tickets"),
        ("As of", almanac.show(int(almanac.now.timestamp()))),
    ]
    return facts


def _tiles(numbers: Table) -> list[Tile]:
    row = numbers.rows[0]
    tiles = []
    for place, column in enumerate(numbers.columns):
        if column in HEADLINE:
            now, then = row.figures[place], row.before[place] if row.before else None
            before = (show(column, then), change(column, now, then)) if then else ("", "")
            text, _, of = show(column, now).partition(" of ")
            tiles.append(Tile(heading(column), text, of, *before))
    return tiles


def _meanings(overview: Overview) -> list[tuple[str, str]]:
    """What the numbers on the page mean, in the order of the glossary."""
    tables = [overview.numbers, *(table for each in overview.reports for table in each.tables)]
    used = {metric(column).name for table in tables for column in table.columns}
    return [(each.title, each.meaning) for each in METRICS if each.name in used]


def _section(told: Told, settings: Settings) -> Section:
    tables = tuple(grid for each in told.tables for grid in grids(each, settings))
    return Section(told.report.name, _headline(told), tables)


def _headline(told: Told) -> str:
    return fit(clean_line(told.report.title).removesuffix("."), _LONGEST)

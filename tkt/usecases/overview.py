"""What a page of reports shows: one or several of them, and what its charts are drawn of."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from tkt.domain.conditions import Condition
from tkt.domain.metrics.periods import Almanac, Bucket
from tkt.domain.metrics.pictures import arrivals, stock
from tkt.domain.metrics.population import AGES
from tkt.domain.metrics.reports import CLOCKS, HEADLINE, SHIPPED
from tkt.domain.metrics.tables import Cases, Desk, Table
from tkt.domain.workflow import Category
from tkt.errors import UsageError
from tkt.usecases.report import Answer, Asked, Courses, Made, Told, Wanted, find_report, told
from tkt.usecases.workspace import Workspace

USUAL_SINCE = "4w"
"""From when a page of all reports tells where nobody says: this week and the three before it."""

_DRAWN = (*HEADLINE, "first_response.p90", "resolution.p90")
_CHANNEL = "channel"
_WHOLE = "summary"
"""All that this report tells stands in the others, and in the figures and charts of the page."""


class Overview(NamedTuple):
    """A page of reports.

    Args:
        name: of the report that it is about; "" for all that ship with tkt.
        reports: what it tells.
        numbers: the most important ones, with their course over the period.
        clocks: how many promises were kept.
        ages: of the open tickets.
        agents: who has how much to do.
        channels: how many tickets came by each.
        parts: of the period.
        stock: tickets at the end of each part, by the category of their status.
        arrivals: tickets created by weekday and hour.
    """

    name: str
    reports: tuple[Told, ...]
    numbers: Table
    clocks: Table
    ages: Table
    agents: Table
    channels: Table
    parts: tuple[Bucket, ...]
    stock: dict[Category, list[int]]
    arrivals: list[tuple[int, list[int]]]


class _Once:
    """Reads the courses of the same tickets only once, for several reports.

    Args:
        courses: who reads them.
        fields: of tickets that any of the reports needs.
    """

    def __init__(self, courses: Courses, fields: Collection[str]) -> None:
        self._courses = courses
        self._fields = fields
        self._all: Answer[Cases] | None = None

    def select(
        self, condition: Condition, at: datetime, wanted: Wanted, make: Callable[[Cases], Made]
    ) -> Answer[Made]:
        """What is made of the tickets; condition, moment and period are those of the first report."""
        if self._all is None:
            # The page has agents and flow on it, whatever one report needs.
            every = Wanted({*wanted.fields, *self._fields}, wanted.since, detailed=True)
            self._all = self._courses.select(condition, at, every, lambda cases: cases)
        return Answer(make(self._all.made), self._all.total, self._all.problems)


def overview(ws: Workspace, courses: Courses, asked: Asked, almanac: Almanac) -> Overview:
    """What a page tells, as of the moment of its almanac.

    Args:
        ws: the desk.
        courses: reads what happened to tickets.
        asked: what somebody wants to know; without a name, everything.
        almanac: reads the times.

    Raises:
        NotFoundError: there is no such report.
        UsageError: the query, the period or the grouping cannot be read, or none of the reports can have it.
    """
    if asked.by and not asked.name:
        raise UsageError("--by goes with the name of a report", "tkt report summary --by queue --format html")
    names = (asked.name,) if asked.name else tuple(each for each in SHIPPED if each != _WHOLE)
    usual = "" if asked.name else USUAL_SINCE
    reports = [find_report(ws.settings, each) for each in names]
    fields = {_CHANNEL, *(field for each in reports for field in each.needs)} & set(ws.settings.fields)
    once = _Once(courses, fields)
    found = []
    for each in reports:
        compare = asked.compare and (bool(asked.name) or each.by != "time")
        found.append(told(ws, once, replace(asked, name=each.name, usual=usual, compare=compare), almanac))
    return _drawn(ws, asked.name, tuple(found))


def _drawn(ws: Workspace, name: str, reports: tuple[Told, ...]) -> Overview:
    desk: Desk = reports[0].desk
    parts = tuple(desk.almanac.buckets(desk.period))
    courses = [each.course for each in desk.cases]
    ends = [each.period.end for each in parts]
    return Overview(
        name,
        reports,
        desk.everything("numbers", "Numbers", _DRAWN, buckets=True),
        desk.everything("clocks", "In time", CLOCKS),
        desk.everything("ages", "Open, by age", tuple(AGES)),
        desk.agents("agents", "Agents", ("workload", "solved")),
        desk.grouped("channels", "Channels", ("created",), _CHANNEL),
        parts,
        stock(courses, ws.settings.workflow.category, desk.period.start, ends),
        arrivals(courses, desk.almanac, desk.period),
    )

"""The reports there are, and the tables of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tkt.domain.metrics.glossary import METRICS, STATISTICS, Unit
from tkt.domain.metrics.population import AGES, DETAILED
from tkt.domain.metrics.tables import Desk, Table
from tkt.errors import UsageError

USUAL_SINCE = "7d"


class Report(NamedTuple):
    """A report that can be asked for.

    Args:
        name: to type.
        title: one line that says what it tells.
        tables: makes them; the second argument is a field to group by, "" for none.
        since: how long before its end its period begins where nobody says.
        by: the field by which it is grouped and by no other; "" where anybody may choose.
        usual_by: the field by which it is grouped where nobody chooses another; "" for none.
        query: which tickets it is about; "" for all of them.
        needs: the fields of tickets that it reads, besides those that somebody groups by.
        detailed: whether it reads the details of courses.
    """

    name: str
    title: str
    tables: Callable[[Desk, str], list[Table]]
    since: str = USUAL_SINCE
    by: str = ""
    usual_by: str = ""
    query: str = ""
    needs: tuple[str, ...] = ()
    detailed: bool = False


def _all_of(name: str) -> tuple[str, ...]:
    return tuple(f"{name}.{each}" for each in STATISTICS)


_FLOW = ("created", "first_resolved", "resolved", "reopened", "net_flow", "backlog")
_TIMES = (*_all_of("first_response"), *_all_of("resolution"), *_all_of("waiting"))
CLOCKS = tuple(each.name for each in METRICS if each.name.startswith("sla_"))
HEADLINE = (
    "created",
    "resolved",
    "backlog",
    "first_response.median",
    "resolution.median",
    "first_contact",
    "sla_first_response",
    "sla_resolution",
)
"""The most important numbers, in a line."""

_LONG = tuple(
    column
    for each in METRICS
    if each.unit is Unit.SECONDS and each.name not in {"age", "stay"}
    for column in each.columns
)
_TREND = (
    "created",
    "resolved",
    "reopened",
    "net_flow",
    "backlog",
    "first_response.median",
    "resolution.median",
    "sla_first_response",
    "sla_resolution",
)
_AGENT = ("workload", "solved", "replies", "touches", "handed_over", "spent")


def _summary(desk: Desk, by: str) -> list[Table]:
    if by:
        return [desk.grouped("summary", "How the desk is doing", HEADLINE, by)]
    return [
        desk.everything("flow", "Flow", _FLOW, buckets=True),
        desk.everything("times", "Times", _TIMES),
        desk.everything("promises", "Promises", (*CLOCKS, "first_contact")),
        desk.everything("ages", "Open, by age", tuple(AGES)),
        desk.agents("agents", "Agents", ("workload", "solved")),
    ]


def _flow(desk: Desk, by: str) -> list[Table]:
    columns = (*_FLOW, "transfers", "queue_transfers")
    if by:
        return [desk.grouped("flow", "Flow", columns, by)]
    return [
        desk.everything("flow", "Flow", columns, buckets=True),
        desk.statuses("statuses", "Statuses"),
        desk.steps("steps", "Steps"),
    ]


def _sla(desk: Desk, by: str) -> list[Table]:
    if by:
        return [desk.grouped("clocks", "In time", CLOCKS, by)]
    return [
        desk.everything("clocks", "In time", CLOCKS),
        desk.grouped("priorities", "In time, by priority", CLOCKS, "priority"),
    ]


def _agents(desk: Desk, _by: str) -> list[Table]:
    return [desk.agents("agents", "Agents", _AGENT)]


def _channels(desk: Desk, by: str) -> list[Table]:
    return [desk.grouped("channels", "Channels", HEADLINE, by)]


def _categories(desk: Desk, by: str) -> list[Table]:
    return [
        desk.grouped("categories", "Categories", HEADLINE, by),
        desk.recurring("recurring", "Who came back with the same"),
    ]


def _time(desk: Desk, by: str) -> list[Table]:
    if by:
        medians = tuple(each for each in _LONG if each.endswith(".median"))
        return [desk.grouped("times", "Medians", (*medians, "spent"), by)]
    return [desk.everything("times", "Times", (*_LONG, "spent"))]


def _aging(desk: Desk, by: str) -> list[Table]:
    by_field = desk.grouped(
        "groups", f"Open, by {by or 'priority'}", ("backlog", *AGES, "age.median"), by or "priority"
    )
    return [by_field] if by else [desk.everything("ages", "Open, by age", (*AGES, *_all_of("age"))), by_field]


def _trend(desk: Desk, _by: str) -> list[Table]:
    unit = desk.almanac.unit(desk.period)
    return [desk.timed("trend", f"By {unit}", _TREND, desk.almanac.buckets(desk.period, unit), unit)]


REPORTS = (
    Report("summary", "How the desk is doing, on one page.", _summary),
    Report("flow", "What came and went, and which way tickets took.", _flow, detailed=True),
    Report("sla", "Which share of what was promised was kept.", _sla, needs=("priority",)),
    Report("agents", "Who has how much to do, and did what.", _agents, by="agent", detailed=True),
    Report("channels", "The same numbers for each channel.", _channels, by="channel", needs=("channel",)),
    Report(
        "categories",
        "The same numbers for each category, and what recurs.",
        _categories,
        by="category",
        needs=("category", "requester"),
    ),
    Report("time", "How long people wait, and how long work takes.", _time, detailed=True),
    Report("aging", "How old the open tickets are.", _aging, needs=("priority",)),
    Report("trend", "The numbers of days, weeks or months beside each other.", _trend, "12w", by="time"),
)
"""Every report that ships with tkt; a team's own stand beside them."""

SHIPPED = tuple(each.name for each in REPORTS)


def own_report(name: str, title: str, query: str, columns: tuple[str, ...], by: str) -> Report:
    """A report that a team has put together: one table below its title, grouped by a field or not."""

    def tables(desk: Desk, field: str) -> list[Table]:
        if field:
            return [desk.grouped(name, "", columns, field)]
        return [desk.everything(name, "", columns, buckets=True)]

    detailed = not DETAILED.isdisjoint(columns)
    return Report(name, title, tables, usual_by=by, query=query, detailed=detailed)


def require_sense(report: Report, by: str, *, compare: bool) -> None:
    """See that nobody groups a report that has its groups, or compares one that compares by itself.

    Raises:
        UsageError: somebody does.
    """
    if report.by == "time" and compare:
        raise UsageError(
            f"report {report.name} shows periods beside each other already", "Leave --compare out."
        )
    if report.by and by:
        raise UsageError(
            f"report {report.name} has its groups already: by {report.by}", f"tkt report summary --by {by}"
        )

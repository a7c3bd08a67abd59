"""What every number of a report means: the one table that the code, the reports and the page go by."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from tkt.domain.fields import unknown


class Unit(StrEnum):
    """What a number counts."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    MINUTES = "minutes"


class Metric(NamedTuple):
    """A number that reports give.

    Args:
        name: in settings and data.
        title: for people.
        meaning: a sentence or two, as the page has it.
        unit: what it counts.
        short: the title above a narrow column; "" for the title itself.
    """

    name: str
    title: str
    meaning: str
    unit: Unit = Unit.COUNT
    short: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """What can be asked of it: itself, or the statistics of many seconds."""
        if self.unit is Unit.SECONDS:
            return tuple(f"{self.name}.{each}" for each in STATISTICS)
        return (self.name,)


STATISTICS = ("mean", "median", "p90")
"""What is said of the seconds of many tickets."""

METRICS = (
    Metric("created", "Created", "Tickets created in the period."),
    Metric("first_resolved", "First resolved", "Tickets that were done for the first time in the period."),
    Metric(
        "resolved",
        "Resolved",
        "How often a ticket was done in the period; one that was reopened and done again counts twice.",
    ),
    Metric("reopened", "Reopened", "How often a ticket that was done went on in the period."),
    Metric("net_flow", "Net flow", "Created and reopened less resolved: by so much the backlog grew."),
    Metric("backlog", "Backlog", "Tickets that were not done at the end of the period."),
    Metric(
        "open_under_1d", "Under 1 day", "Of the backlog, those created less than 24 hours before its end."
    ),
    Metric("open_1d_to_7d", "1 to 7 days", "Likewise 24 hours or more, less than 7 times 24 hours."),
    Metric("open_7d_to_30d", "7 to 30 days", "Likewise 7 days or more, less than 30."),
    Metric("open_30d_to_90d", "30 to 90 days", "Likewise 30 days or more, less than 90."),
    Metric("open_over_90d", "90 days and more", "Likewise 90 days or more."),
    Metric(
        "age", "Age", "Of the backlog: from the creation of a ticket to the end of the period.", Unit.SECONDS
    ),
    Metric(
        "first_response",
        "First response",
        "From the creation of a ticket that somebody asked for to the first public message of an agent, "
        "where that was in the period.",
        Unit.SECONDS,
        "Response",
    ),
    Metric(
        "first_response_business",
        "First response, business",
        "What of the first response was in the opening hours of the ticket's calendar; of tickets for which "
        "a policy holds.",
        Unit.SECONDS,
    ),
    Metric(
        "resolution",
        "Resolution",
        "From the creation of a ticket to the last time in the period that it was done.",
        Unit.SECONDS,
    ),
    Metric(
        "resolution_business",
        "Resolution, business",
        "What of the resolution was in the opening hours of the ticket's calendar; of tickets for which a "
        "policy holds.",
        Unit.SECONDS,
    ),
    Metric(
        "resolution_active",
        "Resolution, active",
        "What of the resolution was spent in no status that pauses the clocks, nor in one that ends the "
        "ticket.",
        Unit.SECONDS,
    ),
    Metric(
        "waiting",
        "Waiting for an answer",
        "From the creation, and then from the requester's oldest message that nobody had answered, to the "
        "public message of an agent that answered in the period; one for each such exchange.",
        Unit.SECONDS,
        "Waiting",
    ),
    Metric(
        "waiting_business",
        "Waiting for an answer, business",
        "What of the wait was in the opening hours of the ticket's calendar; of tickets for which a "
        "policy holds.",
        Unit.SECONDS,
    ),
    Metric(
        "first_contact",
        "First-contact resolution",
        "Of the tickets that somebody asked for, that were first resolved in the period, and answered by "
        "then: the share that took one public message of an agent and was not reopened by the end of the "
        "period.",
        Unit.SHARE,
        "1st contact",
    ),
    *(
        Metric(
            f"sla_{clock}",
            f"{title} in time",
            f"Of the runs of the clock {clock} that ended in the period: the share that was met in time. A "
            "run ends when it is met in time, else when its target is used up, answered later or not.",
            Unit.SHARE,
            short,
        )
        for clock, title, short in (
            ("first_response", "First response", "Response SLA"),
            ("next_response", "Next response", "Next SLA"),
            ("update", "Update", "Update SLA"),
            ("resolution", "Resolution", "Resolution SLA"),
        )
    ),
    Metric("transfers", "Transfers", "How often a ticket went from one assignee to another in the period."),
    Metric("queue_transfers", "Queue transfers", "How often it went from one queue to another."),
    Metric("touches", "Touches", "Entries that agents wrote in the period: messages, notes, changes, time."),
    Metric("replies", "Replies", "Those of them with a public message."),
    Metric("spent", "Time spent", "Minutes that agents recorded in the period.", Unit.MINUTES),
    Metric("workload", "Open", "Of an agent: tickets that were open and theirs at the end of the period."),
    Metric(
        "solved", "Resolved", "Of an agent: how often a ticket that was theirs then was done in the period."
    ),
    Metric("handed_over", "Handed over", "Of an agent: how often a ticket went from them to somebody else."),
    Metric("standing", "At the end", "Of a status: tickets that had it at the end of the period."),
    Metric(
        "entered", "Entered", "Of a status: how often a ticket came to it in the period, by creation too."
    ),
    Metric(
        "stay",
        "Stay",
        "Of a status: how long tickets had it that left it in the period, from when they came.",
        Unit.SECONDS,
    ),
    Metric("moves", "Moves", "Of a step from one status to another: how often it was taken in the period."),
    Metric(
        "recurring",
        "Recurring",
        "Tickets created in the period, of a requester and a category that had two or more of them.",
    ),
)
"""Every number, in the order of the page."""

_BY_NAME = {each.name: each for each in METRICS}
_OF_PARTS = ("workload", "solved", "handed_over", "standing", "entered", "stay", "moves", "recurring")
"""Numbers of agents, statuses and the like, and not of tickets."""

COLUMNS = tuple(column for each in METRICS if each.name not in _OF_PARTS for column in each.columns)
"""What a report of one's own may ask, of any tickets."""


def metric(column: str) -> Metric:
    """The metric that a column shows, such as `first_response.median`."""
    return _BY_NAME[column.partition(".")[0]]


def statistic(column: str) -> str:
    """The statistic that a column shows; "" where the metric is one number."""
    return column.partition(".")[2]


def require_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    """Columns that somebody asked for; a metric of many seconds stands for all of its statistics.

    Raises:
        UsageError: one of them is not known.
    """
    found: list[str] = []
    for name in names:
        known = _BY_NAME.get(name)
        if name in COLUMNS:
            found.append(name)
        elif known and known.columns[0] in COLUMNS:
            found += known.columns
        else:
            raise unknown("measure", name, tuple(each.name for each in METRICS if each.name not in _OF_PARTS))
    return tuple(dict.fromkeys(found))

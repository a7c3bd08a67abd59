"""A draft of what is promised, tried on all that has happened, beside what is promised now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tkt.domain.clocks import ClockState, State
from tkt.domain.levels import Clock
from tkt.domain.metrics.periods import Almanac
from tkt.domain.settings import Settings
from tkt.domain.sla import Judge
from tkt.domain.ticket import Ticket
from tkt.domain.worktime import FIRST_YEAR
from tkt.errors import Problem
from tkt.usecases.look import read_query
from tkt.usecases.promises import reading
from tkt.usecases.workspace import Workspace

Key = tuple[str, str, str]
"""A policy, a priority and a clock, by their names."""

MET, MISSED, WAITS, NOTHING = "met", "missed", "waits", "none"
"""What became of a run of a clock: met in time or not, not over yet, or nothing was promised."""


class Period(NamedTuple):
    """A time in which clocks end.

    Args:
        since: its beginning, UTC; None for all that was before its end.
        until: its end, UTC, not included; what happened later is left out.
    """

    since: datetime | None
    until: datetime


class Score(NamedTuple):
    """How many runs of clocks ended, and how many of them in time."""

    ended: int = 0
    met: int = 0

    def plus(self, other: Score) -> Score:
        """Both together."""
        return Score(self.ended + other.ended, self.met + other.met)


class Row(NamedTuple):
    """The score of one clock for one priority under one policy.

    Args:
        key: which.
        present: by what is promised now; None where there is no such policy or target.
        draft: by the draft, likewise.
    """

    key: Key
    present: Score | None
    draft: Score | None


class Turn(NamedTuple):
    """A run of a clock of which the draft says something else.

    Args:
        ticket: whose it is.
        clock: which.
        started_at: when it began, UTC.
        present: what became of it by what is promised now.
        draft: likewise by the draft.
    """

    ticket: Ticket
    clock: Clock
    started_at: datetime
    present: str
    draft: str


class Simulation(NamedTuple):
    """What came of trying a draft.

    Args:
        tickets: how many were looked at.
        rows: by policy, priority and clock.
        turns: what would have another verdict, by ticket.
        problems: files that could not be understood.
    """

    tickets: int
    rows: tuple[Row, ...]
    turns: tuple[Turn, ...]
    problems: tuple[Problem, ...]

    @property
    def total(self) -> tuple[Score, Score]:
        """All rows together, by what is promised now and by the draft."""
        sums = [Score(), Score()]
        for row in self.rows:
            sums = [each.plus(more or Score()) for each, more in zip(sums, row[1:], strict=True)]
        return sums[0], sums[1]


def period_between(almanac: Almanac, since: str, until: str) -> Period:
    """The time that two words name, as reports read them.

    Args:
        almanac: reads them.
        since: as typed; "" for all that was before its end.
        until: as typed, all of it included; "" for now.

    Raises:
        UsageError: a word names no time, or the period ends before it begins, or has not begun.
    """
    found = almanac.between(since or str(FIRST_YEAR), until)
    return Period(
        datetime.fromtimestamp(found.start, UTC) if since else None,
        datetime.fromtimestamp(found.end, UTC) if until else almanac.now,
    )


def simulate(
    ws: Workspace,
    draft: Settings,
    text: str,
    period: Period,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Measure the clocks of all tickets that a query finds by what is promised now and by a draft.

    Args:
        ws: the desk.
        draft: the settings with the draft in the place of what is promised.
        text: the query; closed tickets are meant, too.
        period: in which the clocks ended.
        progress: told after each ticket how many are done, of how many.

    Raises:
        UsageError: the query cannot be read.
    """
    found = ws.catalogue.select(read_query(ws, text).condition)
    problems = list(found.problems)
    read = reading(ws.tickets)
    judges = [Judge(settings, period.until, read) for settings in (ws.settings, draft)]
    scores: tuple[dict[Key, Score], dict[Key, Score]] = ({}, {})
    turns: list[Turn] = []
    for done, ticket in enumerate(found.tickets, 1):
        thread, wrong = ws.tickets.thread(ticket.id)
        problems += wrong
        both = [each.runs(ticket, thread) for each in judges]
        for score, judged in zip(scores, both, strict=True):
            _count(score, ticket, judged.policy, (each for each in judged.clocks if _ended_in(each, period)))
        turns += _turns(ticket, [judged.clocks for judged in both], period)
        if progress:
            progress(done, len(found.tickets))
    rows = (Row(key, *(each.get(key) for each in scores)) for key in _in_order(ws, draft, scores))
    return Simulation(len(found.tickets), tuple(rows), tuple(turns), tuple(problems))


def _ended_in(clock: ClockState, period: Period) -> bool:
    """Whether a clock was met in a period, or ran out then and still waits."""
    end = clock.met_at or (clock.due_at if clock.state is State.BREACHED else None)
    return end is not None and (period.since is None or period.since <= end) and end < period.until


def _count(scores: dict[Key, Score], ticket: Ticket, policy: str, ended: Iterable[ClockState]) -> None:
    for each in ended:
        key = policy, ticket.priority, each.clock.value
        scores[key] = scores.get(key, Score()).plus(Score(1, each.state is State.MET))


def _verdict(clock: ClockState | None) -> str:
    if clock is None:
        return NOTHING
    if clock.state is State.BREACHED:
        return MISSED
    return MET if clock.state is State.MET else WAITS


def _turns(ticket: Ticket, sides: Sequence[Sequence[ClockState]], period: Period) -> Iterable[Turn]:
    """The runs of the clocks of a ticket that ended for one side at least, and otherwise for the other."""
    present, draft = (
        {(each.clock, each.started_at or ticket.created): each for each in side} for side in sides
    )
    for key in dict.fromkeys((*present, *draft)):
        pair = present.get(key), draft.get(key)
        verdicts = [_verdict(each) for each in pair]
        if verdicts[0] != verdicts[1] and any(each and _ended_in(each, period) for each in pair):
            yield Turn(ticket, *key, *verdicts)


def _in_order(ws: Workspace, draft: Settings, scores: Sequence[dict[Key, Score]]) -> list[Key]:
    """Policies in the order of the draft, then of those that are only there now."""
    names = [each.name for settings in (draft, ws.settings) for each in settings.sla.policies]
    order = {name: place for place, name in enumerate(dict.fromkeys(names))}
    clocks = [each.value for each in Clock]
    rank = ws.settings.matrix.rank
    return sorted(
        {*scores[0], *scores[1]}, key=lambda key: (order[key[0]], rank(key[1]), key[1], clocks.index(key[2]))
    )

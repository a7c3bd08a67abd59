"""How the clocks of tickets stand, and what a check says of those that ran out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from tkt.domain.clocks import ClockState, Judgement, State
from tkt.domain.fields import format_time
from tkt.domain.ids import ticket_path
from tkt.domain.levels import show_seconds
from tkt.domain.ticket import Ticket
from tkt.domain.violation import Level, Violation
from tkt.errors import Problem
from tkt.usecases.check import Checked
from tkt.usecases.look import read_query
from tkt.usecases.workspace import Workspace

if TYPE_CHECKING:
    from tkt.domain.sla import Explanation

SEVERITY = {State.BREACHED: Level.ERROR, State.AT_RISK: Level.WARNING}
"""The states that a check complains of, and how much each weighs."""


class Timed(NamedTuple):
    """A ticket and its clocks."""

    ticket: Ticket
    judgement: Judgement


class Times(NamedTuple):
    """The clocks of some tickets.

    Args:
        tickets: in the order in which they were asked for.
        problems: files that could not be understood.
    """

    tickets: tuple[Timed, ...]
    problems: tuple[Problem, ...] = ()


def clocks_of(ws: Workspace, ids: Iterable[str], at: datetime) -> Times:
    """The clocks of some tickets, as they stood or will stand at a moment if nothing more happens.

    Args:
        ws: the desk.
        ids: of the tickets.
        at: the moment, UTC; what happened later is left out.
    """
    from tkt.usecases.promises import judge_of  # start-up: what the index remembers need not be read again

    judge = judge_of(ws, at)
    found, problems = [], []
    for each in ids:
        ticket = ws.tickets.load(each)
        thread, wrong = ws.tickets.thread(each)
        problems += wrong
        found.append(Timed(ticket, judge.judge(ticket, thread)))
    return Times(tuple(found), tuple(problems))


def clocks_by_query(ws: Workspace, text: str, at: datetime) -> Times:
    """The clocks of the tickets that a query finds; of open ones, unless it asks for a status.

    Raises:
        UsageError: the query cannot be read.
    """
    query = read_query(ws, text)
    past = at < ws.now
    asked = query if query.about_status or past else query.only_open(ws.settings.workflow.done)
    selection = ws.catalogue.select(asked.condition, ("title",))
    judged, problems = ws.catalogue.clocks([each.id for each in selection.tickets], at)
    times = (Timed(each, judged[each.id]) for each in selection.tickets if each.id in judged)
    only_open = past and not query.about_status
    kept = tuple(each for each in times if each.judgement.open or not only_open)
    return Times(kept, (*selection.problems, *problems))


def explained(ws: Workspace, ticket_id: str, at: datetime) -> tuple[Ticket, Explanation, list[Problem]]:
    """Why the clocks of a ticket stand as they do, and what of its thread could not be read."""
    from tkt.usecases.promises import judge_of

    ticket = ws.tickets.load(ticket_id)
    thread, problems = ws.tickets.thread(ticket_id)
    return ticket, judge_of(ws, at).explain(ticket, thread), problems


def complaints(tickets: Sequence[Timed], states: Collection[State]) -> list[tuple[Timed, ClockState]]:
    """The clocks that somebody can still do something about, the worst first.

    A clock that was met too late stays breached, but nobody can mend that; it is no complaint.

    Args:
        tickets: with their clocks.
        states: those that are complained of.
    """
    found = [
        (each, clock)
        for each in tickets
        for clock in each.judgement.clocks
        if clock.waiting and clock.state in SEVERITY and clock.state in states
    ]
    found.sort(
        key=lambda pair: (pair[1].state is not State.BREACHED, pair[1].remaining_seconds, pair[0].ticket.id)
    )
    return found


def findings(tickets: Sequence[Timed], states: Collection[State]) -> Checked:
    """What a check says of the same clocks."""
    return Checked(
        tuple(violation_of(*each) for each in complaints(tickets, states)),
        tuple(each.ticket.id for each in tickets),
    )


def violation_of(each: Timed, clock: ClockState) -> Violation:
    """What a check says of one clock."""
    ticket, remaining, target = each.ticket.id, clock.remaining_seconds or 0, clock.target_seconds or 0
    late = clock.state is State.BREACHED
    left = f"{show_seconds(abs(remaining))} {'over' if late else 'left of'} {show_seconds(target)}"
    due = f", due {format_time(clock.due_at)}" if clock.due_at else ""
    return Violation(
        rule=f"sla-{clock.state}",
        text=f"{ticket} {clock.clock}: {left}{due} (policy {each.judgement.policy})",
        hint=f"tkt sla explain {ticket}",
        path=ticket_path(ticket),
        ticket=ticket,
        level=SEVERITY[clock.state],
        field=clock.clock,
    )


def summary(checked: Checked) -> str:
    """One sentence about all of it."""
    number = len(checked.tickets)
    tickets = f"{number:,} ticket{'' if number == 1 else 's'} looked at"
    if not checked.findings:
        return f"{tickets}, no clock ran out."
    counts = [
        f"{count} {words}"
        for count, words in ((checked.errors, "breached"), (checked.warnings, "at risk"))
        if count
    ]
    return f"{tickets}; clocks: {' and '.join(counts)}."

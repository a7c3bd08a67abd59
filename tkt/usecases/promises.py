"""What a change means for what is promised: verdicts on tickets that it closes, clocks that it runs out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tkt.domain.closing import is_closing
from tkt.domain.entry import Entry
from tkt.domain.levels import Clock, show_seconds
from tkt.domain.replay import before_entries
from tkt.domain.settings import Settings
from tkt.domain.sla import ClockState, Judge, State
from tkt.domain.story import SKEW
from tkt.domain.ticket import Ticket


def judged(settings: Settings, ticket: Ticket, before: Sequence[Entry], entry: Entry) -> Entry:
    """An entry with the verdict on its ticket's clocks, where it closes the ticket.

    Args:
        settings: in force.
        ticket: as it is after the entry.
        before: the thread without it.
        entry: which.
    """
    if not is_closing(entry, settings.workflow):
        return entry
    return entry._replace(verdict=Judge(settings, entry.at).verdict(ticket, [*before, entry]))


def judged_thread(settings: Settings, ticket: Ticket, thread: Sequence[Entry]) -> Iterator[Entry]:
    """A thread that came as a whole, with a verdict wherever the ticket was closed."""
    known: list[Entry] = []
    in_order = sorted(thread, key=lambda each: each.order)
    for place, entry in enumerate(in_order, 1):
        if is_closing(entry, settings.workflow) and entry.verdict is None:
            known.append(judged(settings, before_entries(ticket, in_order[place:]), known, entry))
        else:
            known.append(entry)
    yield from known


def run_out(
    settings: Settings,
    was: tuple[Ticket | None, Sequence[Entry]],
    now: tuple[Ticket, Sequence[Entry]],
    at: datetime,
) -> Iterator[str]:
    """What to say of clocks that a change alone lets run out, in sentences.

    Args:
        settings: in force.
        was: the ticket before it, None for a new one, and its thread.
        now: both after it.
        at: the moment of the change, UTC.
    """
    judge = Judge(settings, at)
    ticket, thread = now
    before = set() if was[0] is None else set(_over(judge, was[0], was[1]))
    for clock, state in _over(judge, ticket, thread).items():
        if clock not in before:
            late = show_seconds(-(state.remaining_seconds or 0))
            target = show_seconds(state.target_seconds or 0)
            what = f"{clock} is breached by this, {late} over {target}"
            yield f"{ticket.id}: {what}: tkt sla explain {ticket.id}"


def late_already(
    settings: Settings, stories: Iterable[tuple[Ticket, Sequence[Entry]]], now: datetime
) -> Iterator[str]:
    """What to say of tickets that come with a past, and with clocks that ran out in it."""
    judge = Judge(settings, now)
    number = sum(bool(_over(judge, *each)) for each in stories)
    if number:
        yield f"clocks of {number:,} of them have run out already: tkt sla check"


def _over(judge: Judge, ticket: Ticket, thread: Sequence[Entry]) -> dict[Clock, ClockState]:
    """The clocks of an open ticket that have run out, and wait all the same."""
    found = judge.judge(ticket, thread)
    late = (each for each in found.clocks if each.waiting and each.state is State.BREACHED)
    return {each.clock: each for each in late} if found.open else {}


def could_run_out(before: Ticket | None, after: Ticket, entry: Entry | None, at: datetime) -> bool:
    """Whether it is worth looking: a ticket that begins now has all of its time."""
    if before is None:
        return after.created < at - SKEW
    return entry is not None and bool(entry.changes)

"""What a change means for what is promised: verdicts on tickets that it closes, clocks that it runs out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tkt.domain.clocks import ClockState, State
from tkt.domain.closing import is_closing
from tkt.domain.entry import Entry
from tkt.domain.levels import Clock, show_seconds
from tkt.domain.replay import before_entries
from tkt.domain.sla import Judge, ReadTicket
from tkt.domain.story import SKEW
from tkt.domain.ticket import Ticket
from tkt.errors import TktError
from tkt.usecases.workspace import Tickets, Workspace


def reading(tickets: Tickets) -> ReadTicket:
    """Reads tickets with their own entries, for whoever asks what was said in those that were merged."""

    def read(ticket_id: str) -> tuple[Ticket, Sequence[Entry]] | None:
        try:
            return tickets.load(ticket_id), tickets.thread(ticket_id)[0]
        except TktError:
            return None

    return read


def judge_of(ws: Workspace, at: datetime) -> Judge:
    """Reads the clocks of a desk's tickets."""
    return Judge(ws.settings, at, reading(ws.tickets))


def judged(judge: Judge, ticket: Ticket, before: Sequence[Entry], entry: Entry) -> Entry:
    """An entry with the verdict on its ticket's clocks, where it closes the ticket.

    Args:
        judge: reads the clocks.
        ticket: as it is after the entry.
        before: the thread without it.
        entry: which.
    """
    if not is_closing(entry, judge.settings.workflow):
        return entry
    return entry._replace(verdict=judge.at(entry.at).verdict(ticket, [*before, entry]))


def judged_thread(judge: Judge, ticket: Ticket, thread: Sequence[Entry]) -> Iterator[Entry]:
    """A thread that came as a whole, with a verdict wherever the ticket was closed."""
    known: list[Entry] = []
    in_order = sorted(thread, key=lambda each: each.order)
    for place, entry in enumerate(in_order, 1):
        if entry.verdict is None:
            known.append(judged(judge, before_entries(ticket, in_order[place:]), known, entry))
        else:
            known.append(entry)
    yield from known


def run_out(
    judge: Judge, was: tuple[Ticket | None, Sequence[Entry]], now: tuple[Ticket, Sequence[Entry]]
) -> Iterator[str]:
    """What to say of clocks that a change alone lets run out, in sentences.

    Args:
        judge: reads the clocks at the moment of the change.
        was: the ticket before it, None for a new one, and its thread.
        now: both after it.
    """
    over = _over(judge, *now)
    before = _over(judge, was[0], was[1]) if was[0] and over else {}
    for clock, state in over.items():
        if clock not in before:
            late = show_seconds(-(state.remaining_seconds or 0))
            target = show_seconds(state.target_seconds or 0)
            what = f"{clock} is breached by this, {late} over {target}"
            yield f"{now[0].id}: {what}: tkt sla explain {now[0].id}"


def late_already(judge: Judge, stories: Iterable[tuple[Ticket, Sequence[Entry]]]) -> Iterator[str]:
    """What to say of tickets that come with a past, and with clocks that ran out in it."""
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

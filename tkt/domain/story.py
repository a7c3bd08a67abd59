"""What a ticket's thread says to its clocks: who wrote and when, when they stood still, when it was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from tkt.domain.entry import PUBLIC, Entry
from tkt.domain.levels import Clock, OnReopen
from tkt.domain.replay import before_entries
from tkt.domain.roles import is_one, roles_of
from tkt.domain.settings import People, Settings
from tkt.domain.ticket import Ticket
from tkt.domain.workflow import Workflow

SKEW = timedelta(seconds=2)
"""By so much the clocks of two machines may differ without anybody having done anything odd."""

BOT = "bot"
"""The role of machines: what they say is automatic."""

RULE = "rule"
"""The key of an entry that a rule wrote, and nobody himself."""

SLA_RULE = "sla"
"""What it holds where a clock has reached a level."""

MERGES = "merges"
"""The key of an entry that says which tickets were merged into this one, with commas between their ids."""

LEVEL = "level"
"""The key of such an entry that says which level that was: clock, level, and since when the clock ran."""


class Cycle(NamedTuple):
    """One run of a clock: from when, and when it was met; None while it waits."""

    start: datetime
    met: datetime | None = None


class Stop(NamedTuple):
    """A time in which no clock ran.

    Args:
        start: UTC.
        end: UTC, not included; None where it goes on.
        reason: the status that stopped them.
    """

    start: datetime
    end: datetime | None
    reason: str


class Message(NamedTuple):
    """Something that was said in public.

    Args:
        at: when, UTC.
        by_agent: whether an agent said it to the requester; else the requester said it.
    """

    at: datetime
    by_agent: bool


class Standing(NamedTuple):
    """From when a ticket had a status, and what that meant."""

    at: datetime
    status: str
    done: bool
    pauses: bool


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to a ticket, as far as clocks are concerned.

    Args:
        created: when it began, UTC.
        asked: whether somebody waits for an answer.
        messages: in the order of time.
        standings: in the order of time, the first of them from its beginning.
    """

    created: datetime
    asked: bool
    messages: tuple[Message, ...]
    standings: tuple[Standing, ...]

    @property
    def stops(self) -> tuple[Stop, ...]:
        """When no clock ran, in the order of time; only the last of them may go on."""
        ends = (*(each.at for each in self.standings[1:]), None)
        return tuple(
            Stop(each.at, end, each.status)
            for each, end in zip(self.standings, ends, strict=True)
            if each.done or each.pauses
        )

    def cycle(self, clock: Clock, on_reopen: OnReopen) -> Cycle | None:
        """The latest run of a clock; None where it has not begun."""
        return next(reversed(self.cycles(clock, on_reopen)), None)

    def cycles(self, clock: Clock, on_reopen: OnReopen) -> list[Cycle]:
        """Every run of a clock, in the order of time."""
        if clock is Clock.RESOLUTION:
            return [self._resolution(on_reopen)]
        if clock is Clock.UPDATE:
            said = [each.at for each in self.messages if each.by_agent]
            return [
                Cycle(start, met) for start, met in zip([self.created, *said], [*said, None], strict=True)
            ]
        if not self.asked:
            return []
        return [self._first_response()] if clock is Clock.FIRST_RESPONSE else self._next_responses()

    def _first_response(self) -> Cycle:
        return Cycle(self.created, next((each.at for each in self.messages if each.by_agent), None))

    def _next_responses(self) -> list[Cycle]:
        """From the oldest message that was not answered; further ones move nothing."""
        found: list[Cycle] = []
        answered = False
        for each in self.messages:
            waits = bool(found) and found[-1].met is None
            if each.by_agent:
                answered = True
                if waits:
                    found[-1] = found[-1]._replace(met=each.at)
            elif answered and not waits:
                found.append(Cycle(each.at))
        return found

    def _resolution(self, on_reopen: OnReopen) -> Cycle:
        closed, reopened = [], []
        if self.standings[0].done:
            closed.append(self.created)
        for before, after in pairwise(self.standings):
            if after.done and not before.done:
                closed.append(after.at)
            elif before.done and not after.done:
                reopened.append(after.at)
        if on_reopen is OnReopen.IGNORE:
            return Cycle(self.created, closed[0] if closed else None)
        start = reopened[-1] if reopened and on_reopen is OnReopen.RESTART else self.created
        return Cycle(start, closed[-1] if self.standings[-1].done else None)


def known_at(ticket: Ticket, thread: Sequence[Entry], moment: datetime) -> tuple[Ticket, Sequence[Entry]]:
    """A ticket as it was at a moment, and the entries that it had by then.

    Args:
        ticket: as its file is now.
        thread: its own entries.
        moment: UTC; what is later by more than a skew has not happened.
    """
    late = [each for each in thread if each.at > moment + SKEW]
    if not late:
        return ticket, thread
    known = [each for each in thread if each.at <= moment + SKEW]
    return before_entries(ticket, sorted(late, key=lambda each: each.order)), known


def story_of(ticket: Ticket, thread: Iterable[Entry], settings: Settings, now: datetime) -> Story:
    """What a thread says to the clocks of its ticket.

    Args:
        ticket: as it is at that moment.
        thread: its own entries, none of them later than that moment but for a skew.
        settings: who is an agent, and what statuses mean.
        now: the moment, UTC.
    """
    timed = list(_in_time(thread, ticket.created, now))
    asks = _requester(ticket, settings.people)
    messages = tuple(_messages(timed, asks, settings.people))
    standings = tuple(_standings(ticket, timed, settings.workflow))
    return Story(ticket.created, bool(asks), messages, standings)


def joined_by(
    story: Story, ticket: Ticket, thread: Iterable[Entry], settings: Settings, now: datetime
) -> Story:
    """A story with what was said in a ticket that was merged into it, its opening among it.

    What agents answered there before this one was created was no answer to it.

    Args:
        story: of the ticket that goes on.
        ticket: the one that was merged into it.
        thread: its own entries, as in `story_of`.
        settings: who is an agent.
        now: the moment, UTC.
    """
    asks = _requester(ticket, settings.people)
    opening = [Message(ticket.created, by_agent=False)] if asks else []
    timed = list(_in_time(thread, ticket.created, now))
    said = [*opening, *_messages(timed, asks, settings.people)]
    mine = (
        each._replace(at=max(each.at, story.created))
        for each in said
        if not each.by_agent or each.at >= story.created
    )
    messages = sorted((*story.messages, *mine), key=lambda each: each.at)
    return replace(story, asked=story.asked or bool(asks), messages=tuple(messages))


def _in_time(thread: Iterable[Entry], created: datetime, now: datetime) -> list[tuple[datetime, Entry]]:
    """Entries with their moments, in the order of time.

    An entry that knew of another one did not come before it: where clocks say so by a skew, both have the
    moment of the earlier one.
    """
    found: list[tuple[datetime, Entry]] = []
    latest = created
    for entry in sorted(thread, key=lambda each: each.order):
        at = latest if timedelta(0) < latest - entry.at <= SKEW else max(entry.at, created)
        latest = max(latest, at)
        found.append((min(at, now), entry))
    return sorted(found, key=lambda each: each[0])


def is_agent(people: People, who: str) -> bool:
    """Whether somebody answers for the desk; where no agents are listed, everybody does.

    Whoever is listed with roles that permit nothing is a customer, and a machine is nobody.
    """
    if not people.agents:
        return True
    if people.find(who) is None:
        return False
    held = roles_of(people, who)
    return BOT not in held and any(people.roles.get(each) for each in held)


def _requester(ticket: Ticket, people: People) -> str:
    """Who waits for an answer; "" where an agent opened the ticket for nobody."""
    named, author = ticket.text("requester"), ticket.text("created_by")
    if named or not author or is_agent(people, author) or BOT in roles_of(people, author):
        return named
    return author


def _messages(timed: Sequence[tuple[datetime, Entry]], requester: str, people: People) -> Iterator[Message]:
    """What the requester and agents said in public; nobody else starts or meets a clock."""
    for at, entry in timed:
        said = entry.visibility == PUBLIC and (entry.body.strip() or entry.attachments)
        if not said or RULE in entry.extra:
            continue
        if requester and is_one(people, entry.by, requester):
            yield Message(at, by_agent=False)
        elif is_agent(people, entry.by):
            yield Message(at, by_agent=True)


def _standings(
    ticket: Ticket, timed: Sequence[tuple[datetime, Entry]], workflow: Workflow
) -> Iterator[Standing]:
    """The statuses that a ticket had.

    What its file says holds at the end. Where the thread says otherwise, since somebody edited the file or
    two branches were joined, it holds since the last entry.
    """
    moves = [(at, change) for at, entry in timed for change in entry.changes if change.field == "status"]
    first = str(moves[0][1].old) if moves else ticket.status
    course = [(ticket.created, first), *((at, str(change.new)) for at, change in moves)]
    if course[-1][1] != ticket.status:
        course.append((timed[-1][0] if timed else ticket.created, ticket.status))
    for at, status in course:
        known = workflow.statuses.get(status)
        yield Standing(at, status, workflow.is_done(status), bool(known and known.pauses))

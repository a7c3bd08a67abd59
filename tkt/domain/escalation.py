"""Levels that clocks reach: which of them, when, whom they tell, and what they do to a ticket.

What a level does follows from the ticket alone, and not from who looks when. So two clones that look at the
same ticket write the same entry, in a file of the same name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tkt.domain.clocks import ClockState
from tkt.domain.entry import Change, Entry, Stamp, differences
from tkt.domain.fields import Value, format_time
from tkt.domain.ids import ALPHABET, new_entry_id
from tkt.domain.levels import EscalationLevel, ServicePolicy
from tkt.domain.roles import ASSIGNEE, REQUESTER, roles_of
from tkt.domain.settings import People, Settings
from tkt.domain.sla import Judge
from tkt.domain.story import LEVEL, RULE, SLA_RULE
from tkt.domain.ticket import Ticket
from tkt.domain.worktime import Calendar, add, between

WATCHERS, TEAM = "watchers", "team:"
NAMES = (ASSIGNEE, REQUESTER, WATCHERS)
"""Whom a level can tell because a ticket names them; beside them roles, team:NAME, @HANDLE and addresses."""


class Reached(NamedTuple):
    """A level that a clock has reached.

    Args:
        policy: whose level it is.
        level: which.
        clock: how it stands.
        at: the moment at which it was reached, UTC.
    """

    policy: ServicePolicy
    level: EscalationLevel
    clock: ClockState
    at: datetime

    @property
    def key(self) -> str:
        """What is the same for one run of one clock: `resolution/75%/2026-11-22T09:00:00Z`."""
        return _key(self.clock, self.level)

    @property
    def needs(self) -> int:
        """The seconds of working time after which it is reached."""
        return self.level.needs(self.clock.target_seconds or 0)


def _key(clock: ClockState, level: EscalationLevel) -> str:
    since = format_time(clock.started_at) if clock.started_at else ""
    return f"{clock.clock}/{level.name}/{since}"


def told_already(thread: Iterable[Entry]) -> set[str]:
    """The keys of the levels that a thread says were reached."""
    return {entry.extra[LEVEL] for entry in thread if RULE in entry.extra and LEVEL in entry.extra}


def levels_reached(judge: Judge, ticket: Ticket, thread: Sequence[Entry]) -> list[Reached]:
    """The levels that clocks of a ticket have reached and its thread does not tell of, in the order of time.

    A clock that was met meanwhile, in time or late, reaches nothing any more.

    Args:
        judge: reads the clocks.
        ticket: as it is.
        thread: its own entries.
    """
    known = told_already(thread)
    found = [
        Reached(policy, level, clock, _moment(judge, ticket, thread, clock, level))
        for policy, level, clock in _standing(judge, ticket, thread)
        if _key(clock, level) not in known
    ]
    return sorted(found, key=lambda each: (each.at, each.needs, each.key))


def _standing(
    judge: Judge, ticket: Ticket, thread: Sequence[Entry]
) -> Iterator[tuple[ServicePolicy, EscalationLevel, ClockState]]:
    """All levels at or behind which a clock stands."""
    judged = judge.judge(ticket, thread)
    policies = judge.settings.sla.policies
    policy = next((each for each in policies if each.name == judged.policy), None)
    if policy is None or not judged.open:
        return
    for clock in judged.clocks:
        for level in policy.escalation if clock.waiting else ():
            run, target = clock.elapsed_seconds, clock.target_seconds
            if clock.clock in level.clocks and run is not None and target and run >= level.needs(target):
                yield policy, level, clock


def _moment(
    judge: Judge, ticket: Ticket, thread: Sequence[Entry], clock: ClockState, level: EscalationLevel
) -> datetime:
    """When a level was reached: with its time used up, or by a change after that, such as of the priority."""
    needs = level.needs(clock.target_seconds or 0)
    used = judge.used_up(ticket, thread, clock.clock, needs) or judge.now
    for at in (used, *sorted(each.at for each in thread if each.changes and used < each.at < judge.now)):
        stood = _standing(judge.at(at), ticket, thread)
        if any(_key(each, other) == _key(clock, level) for _, other, each in stood):
            return at
    return judge.now


def changed(ticket: Ticket, level: EscalationLevel, settings: Settings) -> Ticket:
    """A ticket after what a level does to it: lists grow, and a priority only rises."""
    order = settings.matrix.priorities
    fields: dict[str, Value] = {}
    for name, value in level.sets:
        if isinstance(value, tuple):
            fields[name] = tuple(sorted({*ticket.items(name), *value}))
        elif name != "priority" or ticket.priority not in order:
            fields[name] = value
        else:
            fields[name] = min(ticket.priority, value, key=order.index)
    return ticket.with_fields(fields)


class Step(NamedTuple):
    """What one level does to a ticket.

    Args:
        reached: the level.
        before: the ticket before it.
        after: the ticket after it.
        entry: that says so.
    """

    reached: Reached
    before: Ticket
    after: Ticket
    entry: Entry


def steps(judge: Judge, ticket: Ticket, thread: Sequence[Entry]) -> list[Step]:
    """All that levels do to a ticket, one after the other: what one of them changes may lead to others.

    Args:
        judge: reads the clocks.
        ticket: as it is.
        thread: its own entries.
    """
    found: list[Step] = []
    while reached := levels_reached(judge, ticket, thread):
        after = changed(ticket, reached[0].level, judge.settings)
        changes = differences(ticket.fields, after.fields)
        stamp = _stamp(ticket, thread, reached[0], changes)
        extra = {RULE: SLA_RULE, LEVEL: reached[0].key}
        by = judge.settings.sla.bot
        entry = Entry(stamp.id, stamp.at, by, stamp.clock, changes=changes, extra=extra)
        found.append(Step(reached[0], ticket, after, entry))
        ticket, thread = after, [*thread, entry]
    return found


def _stamp(ticket: Ticket, thread: Iterable[Entry], reached: Reached, changes: Sequence[Change]) -> Stamp:
    """The stamp of the entry that says that a level was reached.

    It follows the changes that were made until then, and those of the fields that it changes itself. What
    else was said, on this clone or another, makes no difference.
    """
    fields = {each.field for each in changes}
    followed = [
        each
        for each in thread
        if each.changes and (each.at <= reached.at or any(one.field in fields for one in each.changes))
    ]
    clock = max((each.clock for each in followed), default=0) + 1
    at = max((reached.at, *(each.at for each in followed)))
    said = "\n".join((ticket.id, reached.key, format_time(at), str(clock), *map(str, changes)))
    digest = hashlib.sha256(said.encode()).digest()
    return Stamp(new_entry_id(at, lambda length: _letters(digest, length)), at, clock)


def _letters(digest: bytes, length: int) -> str:
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:length])


def told(reached: Reached, ticket: Ticket, people: People) -> tuple[str, ...]:
    """The addresses of those whom a level tells, each once, sorted."""
    found = [one for name in reached.level.tell for one in _meant(name, ticket, people)]
    return tuple(sorted(dict.fromkeys(found)))


def _meant(name: str, ticket: Ticket, people: People) -> Iterator[str]:
    """The addresses behind one name of the settings."""
    if name in NAMES:
        fallback = (ticket.text("created_by"),) if name == REQUESTER else ()
        for each in ticket.items(name) or fallback:
            yield from _addresses(each, people)
    else:
        yield from listed(name, people)


def listed(name: str, people: People) -> Iterator[str]:
    """The addresses behind a role, `team:NAME`, `@HANDLE` or an address."""
    if name in people.roles:
        yield from (each.email for each in people.agents.values() if name in roles_of(people, each.email))
    else:
        yield from _addresses(name.removeprefix(TEAM).removeprefix("@"), people)


def _addresses(name: str, people: People) -> Iterator[str]:
    """The addresses of a person, or of all members of a team."""
    person = people.find(name) if name else None
    team = people.teams.get(name)
    if person:
        yield person.email
    elif team:
        yield from (people.agents[each].email for each in team.members)
    elif "@" in name:
        yield name


def opens(calendar: Calendar, now: datetime) -> datetime | None:
    """When a calendar opens next; None where it is open, or never opens again."""
    second = timedelta(seconds=1)
    if between(calendar, now, now + second):
        return None
    first = add(calendar, now, 1)
    return (first - second).astimezone(UTC) if first else None

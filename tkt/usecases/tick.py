"""What time does to tickets: levels that clocks have reached, each written down once, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import NamedTuple, Protocol

from tkt.domain.conditions import Among, Not
from tkt.domain.entry import Stamp
from tkt.domain.escalation import Reached, Step, opens, steps, told
from tkt.domain.fields import format_time
from tkt.domain.levels import show_seconds
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.errors import ConflictError, Problem, TktError
from tkt.usecases.fixes import Deskside
from tkt.usecases.promises import judge_of
from tkt.usecases.record import Edit, record
from tkt.usecases.workspace import Actor, Workspace


class Message(NamedTuple):
    """What somebody is to be told.

    Args:
        key: the same for the same ticket, clock, level and run of the clock, wherever it is made.
        ticket: its id.
        clock: which.
        level: the name of the level.
        to: addresses.
        subject: one line.
        text: plain, with line ends.
        not_before: until when it waits, UTC; None for nothing to wait for.
    """

    key: str
    ticket: str
    clock: str
    level: str
    to: tuple[str, ...]
    subject: str
    text: str
    not_before: datetime | None = None


class Outbox(Protocol):
    """Where messages wait for whoever sends them."""

    def add(self, messages: Sequence[Message]) -> None:
        """Put messages in, but for those whose keys are there already."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A level that a clock of a ticket has reached, and what became of it.

    Args:
        reached: which.
        edit: what it does to the ticket.
        message: what it tells somebody; None for nobody.
        why: what stood against it; "" where nothing did.
        warning: what a person should know although it is done.
    """

    reached: Reached
    edit: Edit
    message: Message | None
    why: str = ""
    warning: str = ""


def tick(
    side: Deskside, now: datetime, outbox: Outbox, warn: Callable[[Sequence[Problem]], None]
) -> Iterator[Tick]:
    """Apply the levels that clocks of open tickets have reached, each once, as the rule and not as anybody.

    Messages are in the outbox before the ticket says that a level was reached: whoever is cut off between the
    two does it again, and the outbox knows the key.

    Args:
        side: the desk.
        now: the moment, UTC.
        outbox: where messages wait.
        warn: told of files that cannot be understood; their tickets are left out, or judged without them.

    Raises:
        ConflictError: the only ticket there is to change has edits that are not recorded, or Git is in the
            middle of something.
    """
    bot = bot_of(side.settings)
    ws = replace(side.desk(bot), now=now)
    if not ws.dry_run:
        ws.recorder.resume()
    still_open = Not(Among("status", ws.settings.workflow.done, exact=True))
    found = ws.catalogue.select(still_open, ("id",))
    warn(found.problems)
    plans = [_plan(ws, each.id, warn) for each in found.tickets]
    for place in count():  # what one round has committed the next one builds upon
        plans = [plan for plan in plans if len(plan) > place]
        if not plans:
            return
        ws = replace(side.desk(bot), now=now) if place and not ws.dry_run else ws
        refused = []
        for done in _applied(ws, [plan[place] for plan in plans], outbox):
            refused += [done.edit.after.id] if done.why else []
            yield done
        plans = [plan for plan in plans if plan[place].edit.after.id not in refused]


def bot_of(settings: Settings) -> Actor:
    """Who writes what levels do."""
    name = settings.sla.bot
    person = settings.people.find(name)
    if person:
        return Actor(person.email, person.name, person.email)
    return Actor(name, name, name if "@" in name else "")


def _plan(ws: Workspace, ticket_id: str, warn: Callable[[Sequence[Problem]], None]) -> list[Tick]:
    """What time has done to one ticket, step by step."""
    ticket, (thread, problems) = ws.tickets.load(ticket_id), ws.tickets.thread(ticket_id)
    warn(problems)
    return [_step(ws, each) for each in steps(judge_of(ws, ws.now), ticket, thread)]


def _step(ws: Workspace, step: Step) -> Tick:
    entry = step.entry
    stamp = Stamp(entry.id, entry.at, entry.clock)
    edit = Edit(step.before, step.after, extra=entry.extra, stamp=stamp)
    return Tick(step.reached, edit, _message(ws, step.before, step.reached))


def _message(ws: Workspace, ticket: Ticket, reached: Reached) -> Message | None:
    to = told(reached, ticket, ws.settings.people)
    if not to:
        return None
    clock, policy = reached.clock, reached.policy
    run, target = (show_seconds(each or 0) for each in (clock.elapsed_seconds, clock.target_seconds))
    what = f"{clock.clock}, {reached.level.name}"
    lines = [
        f"{ticket.id}: {ticket.title}",
        f"{clock.clock}: {clock.state}, {run} of {target}"
        + (f", due {format_time(clock.due_at)}" if clock.due_at else ""),
        f"Policy {policy.name}, level {reached.level.name}, reached {format_time(reached.at)}.",
        f"tkt sla explain {ticket.id}",
    ]
    waits = None if reached.level.anytime else opens(ws.settings.sla.calendar(policy.calendar), ws.now)
    return Message(
        key=f"{ticket.id}/{reached.key}",
        ticket=ticket.id,
        clock=clock.clock.value,
        level=reached.level.name,
        to=to,
        subject=f"{ticket.id} {what}: {ticket.title}",
        text="".join(f"{line}\n" for line in lines),
        not_before=waits,
    )


def _applied(ws: Workspace, due: Sequence[Tick], outbox: Outbox) -> Iterator[Tick]:
    """Write some levels of different tickets down, in one commit; those that are not allowed are left out."""
    tried = [_tried(ws, each) for each in due]
    yield from (each for each in tried if each.why)
    allowed = [each for each in tried if not each.why]
    if not allowed:
        return
    if not ws.dry_run:
        outbox.add([each.message for each in allowed if each.message])
    try:
        yield from _written(ws, allowed)
    except ConflictError:
        if len(allowed) == 1:
            raise
        for each in allowed:  # what somebody is editing must not hold up the others
            yield _written_alone(ws, each)


def _tried(ws: Workspace, due: Tick) -> Tick:
    """A level, and what the rules have against it."""
    try:
        record(replace(ws, dry_run=True), [due.edit], "")
    except ConflictError:
        raise
    except TktError as error:
        return replace(due, why=error.message)
    return due


def _written(ws: Workspace, due: Sequence[Tick]) -> list[Tick]:
    outcome = record(ws, [each.edit for each in due], f"sla: {_subject(due[0].reached)}")
    warning = outcome.receipt.warning if outcome.receipt else ""
    return [replace(due[0], warning=warning), *due[1:]]


def _written_alone(ws: Workspace, due: Tick) -> Tick:
    try:
        return _written(ws, [due])[0]
    except ConflictError as error:
        return replace(due, why=error.message)


def _subject(reached: Reached) -> str:
    return f"{reached.clock.clock} reached {reached.level.name}"

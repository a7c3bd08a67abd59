"""What became of a ticket between two moments: the net effect, and who had a part in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from tkt.domain.entry import Change, Entry, differences
from tkt.domain.fields import Value
from tkt.domain.ticket import Ticket
from tkt.domain.workflow import Workflow

_EDITED, _DESCRIPTION = "edited", "description"


class Kind(StrEnum):
    """What became of a ticket as a whole."""

    CREATED = "created"
    CHANGED = "changed"
    VANISHED = "vanished"


class State(NamedTuple):
    """A ticket at one of two moments.

    Args:
        ticket: itself; None when it is not there, or cannot be read.
        thread: its entries; those that are the same at both moments may be missing in both.
    """

    ticket: Ticket | None
    thread: tuple[Entry, ...] = ()


class Move(NamedTuple):
    """What became of a field.

    Args:
        change: the net effect; from a value to itself where it came back to what it was.
        by: whose entries changed it, in their order.
        by_hand: whether the entries do not lead to the value that it has.
    """

    change: Change
    by: tuple[str, ...]
    by_hand: bool = False

    @property
    def came_back(self) -> bool:
        """Whether it is what it was."""
        return self.change.old == self.change.new


class TicketChange(NamedTuple):
    """What became of a ticket.

    Args:
        kind: as a whole.
        ticket: as it is now; as it was, if it has vanished.
        moves: what became of its fields; () for a ticket that is new.
        edited: who edited the description, nobody if it was done by hand; None when it is the same.
        entries: what was added to its thread, in order.
        lost: how many entries are no longer in its thread.
        altered: the ids of entries that say something else than before.
        closed: whether it was not done before, and is now.
        reopened: the other way round.
        merged_into: the ticket that took it over meanwhile; "" when none did.
    """

    kind: Kind
    ticket: Ticket
    moves: tuple[Move, ...] = ()
    edited: tuple[str, ...] | None = None
    entries: tuple[Entry, ...] = ()
    lost: int = 0
    altered: tuple[str, ...] = ()
    closed: bool = False
    reopened: bool = False
    merged_into: str = ""

    @property
    def comments(self) -> tuple[Entry, ...]:
        """The entries that say something."""
        return tuple(each for each in self.entries if each.body.strip())

    @property
    def minutes(self) -> int:
        """Time spent meanwhile."""
        return sum(each.minutes or 0 for each in self.entries)

    @property
    def says_something(self) -> bool:
        """Whether anybody would notice: a timer that was started is nothing yet."""
        told = any(each.minutes is not None or each.attachments for each in self.entries) or self.comments
        changed = self.moves or self.edited is not None or self.lost or self.altered
        return self.kind is not Kind.CHANGED or bool(told or changed)


def created(after: Ticket, thread: Sequence[Entry], workflow: Workflow) -> TicketChange:
    """A ticket that was not there before."""
    return TicketChange(
        Kind.CREATED,
        after,
        entries=tuple(thread),
        closed=workflow.is_done(after.status),
        merged_into=after.merged_into,
    )


def changed(before: State, after: Ticket, thread: Sequence[Entry], workflow: Workflow) -> TicketChange:
    """What became of a ticket that was there before.

    Args:
        before: as it was; without the ticket where its file could not be read.
        after: as it is.
        thread: its entries now.
        workflow: says which statuses mean that it is done.
    """
    was = {entry.id: entry for entry in before.thread}
    is_now = {entry.id: entry for entry in thread}
    fresh = tuple(entry for entry in thread if entry.id not in was)
    lost = len(was.keys() - is_now.keys())
    change = TicketChange(
        Kind.CHANGED,
        after,
        entries=fresh,
        lost=lost,
        altered=tuple(key for key, entry in was.items() if key in is_now and _differ(entry, is_now[key])),
    )
    if before.ticket is None:
        return change
    done = workflow.is_done(before.ticket.status), workflow.is_done(after.status)
    merged = after.merged_into if after.merged_into != before.ticket.merged_into else ""
    return change._replace(
        moves=tuple(_moves(before.ticket.fields, after.fields, fresh, explained=not lost)),
        edited=_editors(before.ticket, after, fresh),
        closed=done == (False, True),
        reopened=done == (True, False),
        merged_into=merged,
    )


def _differ(one: Entry, other: Entry) -> bool:
    """Whether an entry says something else; where its text ends makes no difference."""
    return one._replace(body=one.body.strip()) != other._replace(body=other.body.strip())


def _moves(
    before: Mapping[str, Value], after: Mapping[str, Value], fresh: Sequence[Entry], *, explained: bool
) -> Iterable[Move]:
    """What became of each field, in their order.

    Args:
        before: the fields as they were.
        after: as they are.
        fresh: the entries that came meanwhile.
        explained: whether these entries should explain it all.
    """
    # A line that somebody took out of the file is a value that somebody took away.
    gone: dict[str, Value] = {
        name: () if isinstance(value, tuple) else "" for name, value in before.items() if name not in after
    }
    now = {**after, **gone}
    net = {change.field: change for change in differences(before, now)}
    steps = [(change, entry.by) for entry in fresh for change in entry.changes if change.field in now]
    for name in dict.fromkeys([*net, *(change.field for change, _ in steps)]):
        taken = [(change, by) for change, by in steps if change.field == name]
        led_to = before.get(name, "")
        for change, _ in taken:
            led_to = change.apply(led_to)
        by = tuple(dict.fromkeys(each for _, each in taken))
        by_hand = explained and name in net and _items(led_to) != _items(now[name])
        yield Move(net.get(name) or _back(name, now[name]), by, by_hand)


def _items(value: Value) -> frozenset[str]:
    return frozenset(value if isinstance(value, tuple) else (value,)) - {""}


def _back(name: str, value: Value) -> Change:
    """The change of a field that went away and came back."""
    return Change(name, (), ()) if isinstance(value, tuple) else Change(name, value, value)


def _editors(before: Ticket, after: Ticket, fresh: Sequence[Entry]) -> tuple[str, ...] | None:
    if before.body.strip() == after.body.strip():
        return None
    by = (entry.by for entry in fresh if _DESCRIPTION in entry.extra.get(_EDITED, ""))
    return tuple(dict.fromkeys(by))

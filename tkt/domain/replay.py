"""What a thread's entries come to: the value of every field they changed, however they arrived.

Entries stand in the order of their clocks. Each takes the place of the one whose value it changed. Where two
changed the same value, their authors did not know of each other: both hold side by side, and the field has
the value that loses least, until an entry says that it settles the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tkt.domain.entry import ABSENT, PRESENT, Entry
from tkt.domain.fields import Value
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket

SETTLES = "settles"
"""The key of an entry that says of which fields its author knew every value that held."""

Key = tuple[str, str]
"""A field and, of a list, the item; "" for a field with one value."""


class Told(NamedTuple):
    """What an entry tells of a field, or of one item of a list."""

    entry: Entry
    old: str
    new: str


class Head(NamedTuple):
    """A value that no later entry has taken the place of.

    Args:
        value: of the field; of a list, whether the item is in it.
        order: of the entry that set it.
        base: the value from which it and others went apart.
        trail: the values that led to it.
        kept: whether somebody settled that it stays.
    """

    value: str
    order: tuple[int, str]
    base: str
    trail: frozenset[str]
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the entries say of one field, or of one item of a list.

    Args:
        value: what they come to.
        heads: what holds; more than one where people did not know of each other and nobody has settled it.
        unfounded: the entries that begin with a value that it never had.
    """

    value: str
    heads: tuple[Head, ...]
    unfounded: tuple[str, ...] = ()

    @property
    def contested(self) -> bool:
        """Whether people disagreed, and nobody has settled it."""
        return len({head.value for head in self.heads if head.kept or head.value != head.base}) > 1


def told_by(thread: Iterable[Entry]) -> dict[Key, list[Told]]:
    """What entries did to each field and item, in their order."""
    found: dict[Key, list[Told]] = {}
    for entry in sorted(thread, key=lambda each: each.order):
        for change in entry.changes:
            for item, old, new in change.parts:
                found.setdefault((change.field, item), []).append(Told(entry, old, new))
    return found


def replay(thread: Iterable[Entry], settings: Settings) -> dict[Key, Outcome]:
    """What a thread comes to, for each field and item that it changed.

    Args:
        thread: the entries, in any order.
        settings: the order of statuses and priorities.
    """
    return {key: _outcome(key[0], each, settings) for key, each in told_by(thread).items()}


def _outcome(field: str, steps: Sequence[Told], settings: Settings) -> Outcome:
    start = steps[0].old
    known = {start}
    unfounded: list[str] = []
    heads = [Head(start, (0, ""), start, frozenset({start}))]
    for entry, old, new in steps:
        if old not in known:
            unfounded.append(entry.id)
        known.add(new)
        taken = _taken(field, heads, entry, old)
        rest = [head for head in heads if head not in taken]
        if not taken:  # whoever left that value behind went apart from this one there
            rest = [head._replace(base=old) if old in head.trail else head for head in rest]
        base = taken[0].base if len(taken) == 1 else old
        trail = frozenset({new, old}).union(*(head.trail for head in taken))
        heads = [*rest, Head(new, entry.order, base, trail, kept=old == new)]
    return Outcome(joined(field, heads, settings), tuple(heads), tuple(unfounded))


def _taken(field: str, heads: Sequence[Head], entry: Entry, old: str) -> list[Head]:
    """The values that an entry takes the place of."""
    seen = [head for head in heads if head.order[0] < entry.clock]
    if field in entry.extra.get(SETTLES, "").split(", "):
        return seen
    return [head for head in seen if head.value == old][-1:]


def unsettled(thread: Iterable[Entry], fields: Iterable[str], settings: Settings) -> list[str]:
    """Those of some fields of which more than one value holds: who changes them settles them."""
    wanted = set(fields)
    outcomes = replay(thread, settings).items()
    return sorted({field for (field, _), each in outcomes if field in wanted and len(each.heads) > 1})


def joined(field: str, heads: Sequence[Head], settings: Settings) -> str:
    """The value of a field for which several hold: the one that loses least.

    The least final status, the most severe priority, the earliest due date, an item that somebody wants in a
    list, of anything else the latest. Whoever only came back to where they began wanted nothing.
    """
    moved = [head for head in heads if head.value != head.base] or list(heads)
    values = [head.value for head in moved]
    severity = {
        "priority": settings.matrix.priorities,
        "impact": settings.matrix.impacts,
        "urgency": settings.matrix.urgencies,
    }
    if field == "status":
        return min(values, key=settings.workflow.finality)
    if field in severity:
        order = severity[field]
        return min(values, key=lambda each: order.index(each) if each in order else len(order))
    if field == "due":
        return min(values, key=lambda each: (not each, each))
    if PRESENT in values and set(values) <= {PRESENT, ABSENT}:
        return PRESENT
    return max(moved, key=lambda head: head.order).value


class Disagreement(NamedTuple):
    """A field that is not what the thread says.

    Args:
        field: its name.
        said: what the thread says, for a sentence.
        certain: whether it cannot be otherwise; where several values hold, somebody may have chosen another.
    """

    field: str
    said: str
    certain: bool


def disagreements(fields: Mapping[str, Value], outcomes: Mapping[Key, Outcome]) -> list[Disagreement]:
    """The fields whose values are not what the thread says; of others it may say nothing.

    Args:
        fields: of the ticket's file.
        outcomes: of its whole thread.
    """
    found = {}
    for (field, item), outcome in outcomes.items():
        if part(fields, (field, item)) != outcome.value and field not in found:
            certain = part(fields, (field, item)) not in {head.value for head in outcome.heads}
            found[field] = Disagreement(field, worded(item, outcome.value), certain)
    return list(found.values())


def part(fields: Mapping[str, Value], key: Key) -> str:
    """The value of a field, or whether an item is in a list."""
    field, item = key
    if not item:
        value = fields.get(field, "")
        return ", ".join(value) if isinstance(value, tuple) else value
    return PRESENT if item in items_of(fields, field) else ABSENT


def items_of(fields: Mapping[str, Value], field: str) -> tuple[str, ...]:
    """A field as a list."""
    value = fields.get(field, "")
    return value if isinstance(value, tuple) else ((value,) if value else ())


def worded(item: str, value: str) -> str:
    """A value for a sentence that says what a field should be."""
    if item:
        return f"{'with' if value == PRESENT else 'without'} {item}"
    return value or "nothing"


def after_entry(ticket: Ticket, entry: Entry) -> Ticket:
    """A ticket after an entry."""
    return ticket.with_fields(
        {each.field: each.apply(ticket.fields.get(each.field, "")) for each in entry.changes}
    )


def before_entries(ticket: Ticket, entries: Sequence[Entry]) -> Ticket:
    """A ticket before some entries, which stand in their order."""
    for entry in reversed(entries):
        fields = {
            each.field: each.inverted().apply(ticket.fields.get(each.field, "")) for each in entry.changes
        }
        ticket = ticket.with_fields(fields)
    return ticket

"""Two versions of a ticket that come from one: what becomes of each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tkt.domain.fields import Value
from tkt.domain.replay import Head, Key, Outcome, items_of, joined
from tkt.domain.settings import Settings

Fields = Mapping[str, Value]


class Clash(NamedTuple):
    """A field to which both sides gave a value of their own.

    Args:
        field: which.
        kept: the value that it has now.
        lost: the other one; the thread still tells of it.
    """

    field: str
    kept: str
    lost: str


class Bodies(NamedTuple):
    """A description of which both sides edited the same lines.

    Args:
        base: as it was.
        ours: as it is on our side.
        theirs: as it is on the other.
    """

    base: str
    ours: str
    theirs: str

    @property
    def key(self) -> tuple[str, ...]:
        """The same for both sides, whichever is called ours."""
        return (self.base, *sorted((self.ours, self.theirs)))


Answers = Mapping[tuple[str, ...], str]
"""The descriptions that a person has put together, by the keys of what they were made of."""


class MergedFields(NamedTuple):
    """What two versions of a ticket's fields come to.

    Args:
        fields: by name; those that the merged ticket does not have are left out.
        clashes: where both sides gave a field a value of their own.
    """

    fields: dict[str, Value]
    clashes: tuple[Clash, ...]


def merge_fields(
    base: Fields, ours: Fields, theirs: Fields, outcomes: Mapping[Key, Outcome], settings: Settings
) -> MergedFields:
    """Merge the fields of two versions; which of them is called ours makes no difference.

    Args:
        base: as they were; empty where nobody knows.
        ours: as they are on one side.
        theirs: as they are on the other.
        outcomes: what the entries of both sides together come to; empty where nobody knows.
        settings: the order of statuses and priorities.
    """
    merged: dict[str, Value] = {}
    clashes = []
    for name in dict.fromkeys((*base, *ours, *theirs)):
        was, mine, other = base.get(name), ours.get(name), theirs.get(name)
        if other in (mine, was):
            value = mine
        elif mine == was:
            value = other
        elif isinstance(mine, tuple) or isinstance(other, tuple):
            value = _merge_items(base, ours, theirs, name)
        else:
            value, clash = _settle(name, was or "", mine or "", other or "", outcomes, settings)
            clashes.append(clash)
        if value is not None:
            merged[name] = value
    return MergedFields(merged, tuple(clashes))


def _merge_items(base: Fields, ours: Fields, theirs: Fields, name: str) -> tuple[str, ...]:
    """A list with what either side added, and without what either side took out."""
    was, mine, other = (set(items_of(side, name)) for side in (base, ours, theirs))
    return tuple(sorted((was & mine & other) | (mine - was) | (other - was)))


def _settle(
    name: str,
    was: Value,
    mine: Value,
    other: Value,
    outcomes: Mapping[Key, Outcome],
    settings: Settings,
) -> tuple[Value, Clash]:
    """The value of a field that both sides changed: what their entries say, or else what loses least."""
    values = sorted((str(mine), str(other)))
    outcome = outcomes.get((name, ""))
    kept = outcome.value if outcome else ""
    if outcome is None or kept not in values:
        heads = [Head(each, (0, each), str(was), frozenset()) for each in values]
        kept = joined(name, heads, settings)
    lost = values[1] if kept == values[0] else values[0]
    return kept, Clash(name, kept, lost)

"""What a merge has to put right, so that every field is again what the whole thread says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from tkt.domain.entry import PRESENT, Change, Entry
from tkt.domain.fields import FIXED, Value
from tkt.domain.replay import Key, items_of, part, replay, told_by
from tkt.domain.settings import Settings

Fields = Mapping[str, Value]
_FIXED = frozenset(each.name for each in FIXED)


class Side(NamedTuple):
    """A ticket on one of two sides.

    Args:
        fields: of its file.
        thread: its entries.
    """

    fields: Fields
    thread: Sequence[Entry]


def strays(fields: Fields, thread: Sequence[Entry], settings: Settings) -> dict[Key, str]:
    """What is not as a thread says, and what it says instead.

    Args:
        fields: of the ticket's file.
        thread: all its entries.
        settings: the order of statuses and priorities.
    """
    return {
        key: outcome.value
        for key, outcome in replay(thread, settings).items()
        if key[0] not in _FIXED and part(fields, key) != outcome.value
    }


def unrecorded(base: Fields, side: Side, settings: Settings) -> dict[Key, str]:
    """What was changed by hand on one side, without an entry that says so, and what it would have been.

    Args:
        base: the fields as they were when the sides went apart.
        side: which.
        settings: the order of statuses and priorities.
    """
    said = replay(side.thread, settings)
    found = {}
    for name in dict.fromkeys((*base, *side.fields)):
        values = base.get(name, ""), side.fields.get(name, "")
        is_list = any(isinstance(each, tuple) for each in values)
        items = {*items_of(base, name), *items_of(side.fields, name)} if is_list else {""}
        for key in ((name, item) for item in sorted(items)):
            was = part(base, key)
            told = said[key].value if key in said else was
            if name not in _FIXED and part(side.fields, key) not in {was, told}:
                found[key] = told
    return found


def to_record(base: Fields, side: Side, other: Side, settings: Settings) -> tuple[Change, ...]:
    """Those hand edits of one side that the other side set as well: without an entry they would be lost.

    A field that the settings do not know has no entries, since no command could settle it.

    Args:
        base: the fields as they were when the sides went apart.
        side: which.
        other: the other one.
        settings: the order of statuses and priorities.
    """
    known = {each.id for each in side.thread}
    told = told_by(each for each in other.thread if each.id not in known)
    return tuple(
        Change(key[0], was, part(side.fields, key))
        for key, was in unrecorded(base, side, settings).items()
        if not key[1]
        and key[0] in settings.fields
        and (key in told or part(other.fields, key) not in {part(base, key), part(side.fields, key)})
    )


def edited_by_hand(base: Fields, sides: Sequence[Side], settings: Settings) -> set[Key]:
    """Where a side was something else than its own thread says, or changed what that does not speak of.

    Args:
        base: the fields as they were when the sides went apart.
        sides: of a merge.
        settings: the order of statuses and priorities.
    """
    return {
        key
        for each in sides
        for key in (*strays(each.fields, each.thread, settings), *unrecorded(base, each, settings))
    }


def healed(
    fields: Fields, thread: Sequence[Entry], by_hand: Collection[Key], settings: Settings
) -> dict[str, Value]:
    """The fields of a merged ticket that need another value, and which.

    What was edited by hand is kept, and whoever checks the desk is told.

    Args:
        fields: of the merged file.
        thread: the entries of both sides.
        by_hand: what was edited by hand on either side.
        settings: the order of statuses and priorities.
    """
    values: dict[str, Value] = {}
    for (name, item), said in strays(fields, thread, settings).items():
        if (name, item) in by_hand:
            continue
        if item:
            there = items_of(values if name in values else fields, name)
            rest = [each for each in there if each != item]
            values[name] = tuple(sorted([*rest, item] if said == PRESENT else rest))
        elif not isinstance(fields.get(name), tuple):
            values[name] = said
    return values

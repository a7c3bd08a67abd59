"""What a merge has to put right, so that every field is again what the whole thread says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tkt.domain.entry import PRESENT, Entry
from tkt.domain.fields import FIXED, Value
from tkt.domain.replay import Key, items_of, part, replay
from tkt.domain.settings import Settings

Fields = Mapping[str, Value]
_FIXED = frozenset(each.name for each in FIXED)


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


def healed(
    fields: Fields,
    thread: Sequence[Entry],
    sides: Sequence[tuple[Fields, Sequence[Entry]]],
    settings: Settings,
) -> dict[str, Value]:
    """The fields of a merged ticket that need another value, and which.

    A side on which a field was something else than its own thread says was edited by hand there: that
    edit is kept, and whoever checks the desk is told.

    Args:
        fields: of the merged file.
        thread: the entries of both sides.
        sides: the fields and the entries of each side.
        settings: the order of statuses and priorities.
    """
    by_hand = {key for each in sides for key in strays(*each, settings)}
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

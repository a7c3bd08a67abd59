"""Whether every change of a ticket has the entry that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tkt.domain.entry import Entry
from tkt.domain.fields import Value
from tkt.domain.replay import Head, Key, Told, items_of, joined, part, told_by
from tkt.domain.settings import Settings


class Side(NamedTuple):
    """A ticket as it was on one side.

    Args:
        fields: of its file.
        entries: the ids of its entries.
    """

    fields: Mapping[str, Value]
    entries: frozenset[str]


class Untold(NamedTuple):
    """A field, or an item of a list, that changed and no entry says so.

    Args:
        key: which.
        allowed: the values that it can have.
    """

    key: Key
    allowed: tuple[str, ...]


def untold(
    sides: Sequence[Side], now: Mapping[str, Value], thread: Sequence[Entry], settings: Settings
) -> Iterator[Untold]:
    """What changed from what a ticket was on each side, and is not what the new entries make of it.

    Of sides that were merged, one that knows all that another knows of a field counts alone.

    Args:
        sides: as it was; one, or several where branches were merged.
        now: the fields as they are.
        thread: all entries that there are now.
        settings: the order of statuses and priorities.
    """
    told = told_by(thread)
    for key in _keys(sides, now, told):
        steps = told.get(key, [])
        allowed = _allowed(key, sides, steps, settings)
        if part(now, key) not in allowed:
            yield Untold(key, allowed)


def _keys(
    sides: Sequence[Side], now: Mapping[str, Value], told: Mapping[Key, Sequence[Told]]
) -> dict[Key, None]:
    """What is to be looked at: all that differs, and all that entries tell of that some side has not."""
    keys: dict[Key, None] = {}
    for side in sides:
        for name in {**side.fields, **now}:
            was, is_now = side.fields.get(name, ""), now.get(name, "")
            if was == is_now or not (was or is_now):
                continue
            if isinstance(was, tuple) or isinstance(is_now, tuple):
                changed = set(items_of(side.fields, name)) ^ set(items_of(now, name))
                keys |= {(name, item): None for item in sorted(changed)}
            else:
                keys[name, ""] = None
        keys |= {
            key: None for key, each in told.items() if any(one.entry.id not in side.entries for one in each)
        }
    return keys


def _allowed(key: Key, sides: Sequence[Side], steps: Sequence[Told], settings: Settings) -> tuple[str, ...]:
    """The values that a field can have after some steps, of which each side knew some."""
    known = [frozenset(each.entry.id for each in steps) & side.entries for side in sides]
    values = {
        part(side.fields, key): None
        for side, mine in zip(sides, known, strict=True)
        if not any(mine < other for other in known)
    }
    fresh = [each for each in steps if not any(each.entry.id in side.entries for side in sides)]
    before = tuple(values)
    for each in fresh:
        follows = each.old in values
        values = {each.new: None} if follows else {**values, _join(key, values, each, settings): None}
    # Whoever put their work upon that of others, and settled it by keeping theirs, changed nothing.
    return tuple(values if _linear(before, fresh) else {**values, **dict.fromkeys(before)})


def _linear(before: Sequence[str], fresh: Sequence[Told]) -> bool:
    return not fresh or fresh[0].old in before


def _join(key: Key, values: Mapping[str, None], told: Told, settings: Settings) -> str:
    """What comes of a value and of one that somebody set who did not know of it."""
    heads = [Head(each, (0, ""), "\0", frozenset()) for each in values]
    return joined(key[0], [*heads, Head(told.new, told.entry.order, "\0", frozenset())], settings)

"""Fields of which several values hold, since people did not know of each other and nobody has settled it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tkt.domain.entry import PRESENT, Change, Entry
from tkt.domain.fields import Value
from tkt.domain.replay import Key, Outcome, items_of, part


class Voice(NamedTuple):
    """A value that holds, and the entry that set it."""

    value: str
    entry: Entry


class Dispute(NamedTuple):
    """A field, or an item of a list, of which several values hold.

    Args:
        field: its name.
        item: of the list; "" for a field with one value.
        voices: the values, the one that the ticket's file has first.
    """

    field: str
    item: str
    voices: tuple[Voice, ...]

    def shown(self, voice: Voice) -> str:
        """A value for a sentence; of a list, whether the item is in it."""
        if self.item:
            return f"{'with' if voice.value == PRESENT else 'without'} {self.item}"
        return voice.value or "nothing"


def disputes(
    fields: Mapping[str, Value], thread: Iterable[Entry], outcomes: Mapping[Key, Outcome]
) -> list[Dispute]:
    """What people disagree about.

    Args:
        fields: of the ticket's file.
        thread: its entries.
        outcomes: what they come to.
    """
    by_order = {entry.order: entry for entry in thread}
    found = []
    for key, outcome in outcomes.items():
        if outcome.contested:
            here = part(fields, key)
            voices = [Voice(each.value, by_order[each.order]) for each in outcome.heads]
            found.append(Dispute(*key, tuple(sorted(voices, key=lambda each: each.value != here))))
    return found


def keeping(fields: Mapping[str, Value], name: str, outcomes: Mapping[Key, Outcome]) -> Change:
    """The change that leaves a field as it is, and says so: what else holds of it no longer does.

    Args:
        fields: of the ticket's file.
        name: the field.
        outcomes: what its thread comes to.
    """
    items = [item for (field, item), each in outcomes.items() if field == name and item and each.contested]
    if not items:
        value = part(fields, (name, ""))
        return Change(name, value, value)
    there = items_of(fields, name)
    return Change(name, _sorted(items, there, inside=False), _sorted(items, there, inside=True))


def _sorted(items: Sequence[str], there: Sequence[str], *, inside: bool) -> tuple[str, ...]:
    return tuple(sorted(each for each in items if (each in there) is inside))

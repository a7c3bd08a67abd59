"""An entry of a thread: what one command did to a ticket, never changed afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from tkt.domain.fields import Value
from tkt.domain.verdict import Verdict

PUBLIC, INTERNAL = "public", "internal"

PRESENT, ABSENT = "+", ""
"""Whether an item is in a list: what a list's entries change, item by item."""

CLOCK_LIMIT = 999_999_999
"""The highest clock that is read; a forged one must not make the entries after it unreadable."""


class Change(NamedTuple):
    """A field's old and new value; of a list, the items that went and that came."""

    field: str
    old: Value
    new: Value

    @property
    def is_list(self) -> bool:
        """Whether `old` are the removed and `new` the added items."""
        return isinstance(self.new, tuple)

    @property
    def is_kept(self) -> bool:
        """Whether a value was set that the field had already: somebody settled that it holds."""
        return not self.is_list and self.old == self.new

    @property
    def parts(self) -> Iterator[tuple[str, str, str]]:
        """The item, or "" for a field with one value, with what it was and what it became."""
        if not self.is_list:
            yield "", str(self.old), str(self.new)
            return
        yield from ((item, PRESENT, ABSENT) for item in self.old)
        yield from ((item, ABSENT, PRESENT) for item in self.new)

    def __str__(self) -> str:
        """Such as `status: new -> assigned`, or `labels: -mobile +vip`."""
        if self.is_list:
            signs = [*(f"-{each}" for each in self.old), *(f"+{each}" for each in self.new)]
            return f"{self.field}: {' '.join(signs)}"
        if self.is_kept:
            return f"{self.field} stays {self.new or 'none'}"
        return f"{self.field}: {self.old or 'none'} -> {self.new or 'none'}"

    def inverted(self) -> Change:
        """The change that takes this one back."""
        return Change(self.field, self.new, self.old)

    def apply(self, value: Value) -> Value:
        """The field's value after the change."""
        if not self.is_list:
            return self.new
        kept = set(_items(value)) - set(self.old)
        return tuple(sorted(kept | set(self.new)))


class Attachment(NamedTuple):
    """A file kept with an entry.

    Args:
        file: its safe name in the ticket's `files/`.
        name: what the sender called it, cleaned.
        size: in bytes.
    """

    file: str
    name: str
    size: int


class Entry(NamedTuple):
    """What one command did to one ticket.

    Args:
        id: the UTC second and four random characters.
        at: when, UTC.
        by: who.
        clock: one more than the highest clock of the thread before it.
        visibility: `public` or `internal` where something is said; "" where not, and for what came with a new
            ticket, which all may read, and which is no message.
        channel: how the text came; "" when typed at a command.
        changes: what it did to which fields.
        minutes: time spent; None when it records none.
        timer: `started` or `stopped` when it did that to its author's timer.
        attachments: files that came with it.
        verdict: how the clocks stood, where it closed the ticket and something was promised.
        extra: keys of other kinds of entry, and of other tools.
        body: Markdown; "" when nothing was said.
    """

    id: str
    at: datetime
    by: str
    clock: int
    visibility: str = ""
    channel: str = ""
    changes: tuple[Change, ...] = ()
    minutes: int | None = None
    timer: str = ""
    attachments: tuple[Attachment, ...] = ()
    verdict: Verdict | None = None
    extra: Mapping[str, str] = MappingProxyType({})
    body: str = ""

    @property
    def internal(self) -> bool:
        """Whether what it says is for the desk only."""
        return self.visibility == INTERNAL

    @property
    def order(self) -> tuple[int, str]:
        """Entries of a thread stand in this order, whatever anyone's clock said."""
        return self.clock, self.id


class Stamp(NamedTuple):
    """What an entry is called, and where it stands, when that follows from something else than a command.

    Args:
        id: its id.
        at: when, UTC.
        clock: one more than that of what its writer knew.
    """

    id: str
    at: datetime
    clock: int


_SAFE_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


def attachment_file(name: str, data: bytes) -> str:
    """The safe name under which an attachment is kept: its content's hash and a harmless suffix."""
    import hashlib  # start-up: only attachments need it

    suffix = "." + name.rpartition(".")[2].lower() if "." in name else ""
    safe = suffix if _SAFE_SUFFIX.fullmatch(suffix) else ""
    return hashlib.sha256(data).hexdigest()[:32] + safe


def next_clock(thread: Iterable[Entry]) -> int:
    """The clock of the entry that comes after a thread."""
    return min(max((entry.clock for entry in thread), default=0) + 1, CLOCK_LIMIT)


def went_apart(thread: Iterable[Entry]) -> bool:
    """Whether some entry did not know of the one before it: only then can people have disagreed."""
    last: dict[tuple[str, str], tuple[str, int]] = {}
    in_order = sorted(thread, key=lambda each: each.order)
    for entry, change in ((each, change) for each in in_order for change in each.changes):
        for item, old, new in change.parts:
            value, clock = last.get((change.field, item), (old, 0))
            if value != old or clock == entry.clock:
                return True
            last[change.field, item] = new, entry.clock
    return False


_EFFECTS = frozenset({"status", "resolution", "priority"})
"""Fields that may follow from others, such as the priority from impact and urgency."""


def differences(before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple[Change, ...]:
    """What changed from one state to another: in the order of the fields, causes before effects."""
    changes = []
    for name, new in after.items():
        old = before.get(name, "")
        if old == new:
            continue
        if isinstance(new, tuple):
            gone = tuple(each for each in _items(old) if each not in new)
            come = tuple(each for each in new if each not in _items(old))
            change = Change(name, gone, come)
        else:
            change = Change(name, ", ".join(_items(old)), new)
        if change.old != change.new:
            changes.append(change)
    return tuple(sorted(changes, key=lambda change: change.field in _EFFECTS))


def _items(value: Value) -> tuple[str, ...]:
    """A value as a list: in a field that is not declared, one text may have become several."""
    return value if isinstance(value, tuple) else ((value,) if value else ())

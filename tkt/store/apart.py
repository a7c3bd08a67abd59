"""Tickets of which two sides changed different fields, merged line by line, and their threads hardly read.

Most merges are of this kind, and `OneTicket` takes ten times as long to come to the same. What is here gives
the very same files, or none. It may do without the threads: of a field that the entries of one side alone
changed, the whole thread says what the thread of that side says, and of any other field what both say. So a
field that is not as the whole thread says was edited by hand on the side that it comes from, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from tkt.domain.comparison import State, TicketChange, changed
from tkt.domain.fields import FIXED, HEAD_LIMIT
from tkt.domain.ids import is_entry
from tkt.domain.settings import Settings
from tkt.errors import InvalidStoreError
from tkt.store.codec import ENTRY_MARK, Document, dump, field_lines, items_of, parse
from tkt.store.decoding import decode
from tkt.store.scan import Item
from tkt.store.threads import EntryText, read_entry
from tkt.store.ticketfile import ticket_in, with_texts
from tkt.usecases.versions import Content, Triple, Version

Rows = Mapping[str, Triple]
"""The files of a ticket that are not the same everywhere, by their paths."""

_FENCE = "---\n"
_NEEDED = frozenset({*(each.name for each in FIXED), "title"})
"""Fields without which a file may be no ticket."""
_LARGEST = HEAD_LIMIT // 2
"""No file that is merged here becomes larger than it may be."""
_ENTRY = re.compile(
    rb"---\n(?:(?!changes)[a-z_]+:.*\n)*+"
    rb"(?:changes:\n((?:  [^\s:\"'{}\[\],]+: .*\n)++)(?! ))?+"
    rb"(?:(?!changes)[a-z_]+:.*\n|  .*\n|- .*\n)*+---\n"
)
"""An entry as tkt writes it, and its lines with the fields that it changed; no line is looked at twice."""


def needed(path: str, rows: Rows) -> Iterator[Version]:
    """The versions that have to be read before a ticket can be merged here; none where that cannot be.

    Args:
        path: of the ticket's file.
        rows: its files.
    """
    if all(_stays(row) if name == path else _is_new(row) for name, row in rows.items()):
        yield from (
            each for name, row in rows.items() if name == path or is_entry(name) for each in row if each
        )


def _stays(row: Triple) -> bool:
    return all(each and each.is_plain for each in row)


def _is_new(row: Triple) -> bool:
    """Whether a file is new, on one side alone."""
    return row.base is None and None in row[1:] and all(each.is_plain for each in row if each)


class Apart(NamedTuple):
    """What two versions of a ticket come to.

    Args:
        files: what each file that differs will be.
        came: works out what became of the ticket on their side; None where it takes a closer look to tell.
    """

    files: Mapping[str, Content]
    came: Callable[[], TicketChange | None]


class _Side(NamedTuple):
    """What one side did.

    Args:
        lines: of the front matter that are others now, by their index.
        items: what these say.
        told: the fields that its entries changed.
    """

    lines: Mapping[int, str]
    items: Sequence[Item]
    told: frozenset[str]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it changed."""
        return self.told.union(each.key for each in self.items)


def merged_apart(path: str, rows: Rows, known: Mapping[str, bytes], settings: Settings) -> Apart | None:
    """What becomes of a ticket; None where it takes a closer look to tell.

    Args:
        path: of the ticket's file.
        rows: its files, of which `needed` gave some versions.
        known: what these hold, by their ids.
        settings: in force.
    """
    files: dict[str, Content] = {name: row.ours or row.theirs for name, row in rows.items()}
    threads = [_entries(rows, known, side) for side in (1, 2)]
    try:
        told = [_told(each) for each in threads]
        if path not in rows:
            return None if told[0] | told[1] else Apart(files, lambda: None)
        versions = [known[each.oid] for each in rows[path] if each]
        base = parse(versions[0], path)
        if not _is_plain(base) or max(map(len, versions)) > _LARGEST:
            return None
        ours, theirs = (_side(base, *each) for each in zip(versions[1:], told, strict=True))
    except InvalidStoreError:
        return None
    if ours is None or theirs is None or ours.fields & theirs.fields:
        return None
    came = partial(_came, base, theirs, threads[1], settings)
    return Apart({**files, path: _merged(base, ours, theirs)}, came)


def _entries(rows: Rows, known: Mapping[str, bytes], side: int) -> list[EntryText]:
    """The entries that a side has written."""
    found = ((name, row[side]) for name, row in rows.items() if is_entry(name))
    return [EntryText(name.rpartition("/")[2][:-3], known[each.oid], name) for name, each in found if each]


def _told(entries: Iterable[EntryText]) -> frozenset[str]:
    """The fields that entries changed, perhaps with others.

    Raises:
        InvalidStoreError: one has another form than tkt writes.
    """
    found: set[bytes] = set()
    for each in entries:
        entry = _ENTRY.match(each.data)
        if entry is None:
            raise InvalidStoreError(())
        found |= {line.strip().partition(b":")[0] for line in (entry[1] or b"").splitlines()}
    return frozenset(each.decode("utf-8", "replace") for each in found)


def _is_plain(base: Document) -> bool:
    """Whether each line can be understood by itself: in the plain form no item has a node."""
    plain = base.opening == base.closing == _FENCE and not any(item.node for item in base.items)
    return plain and ENTRY_MARK not in base.body


def _side(base: Document, data: bytes, told: frozenset[str]) -> _Side | None:
    """What one side did to the ticket's file; None where that is not just other texts on some lines.

    Raises:
        InvalidStoreError: the file cannot be understood.
    """
    lines = _other_lines(base, decode(data, base.path))
    if lines is None:
        return None
    items = [item for row, line in lines.items() if (item := _item(base, row, line))]
    return _Side(lines, items, told) if len(items) == len(lines) else None


def _other_lines(base: Document, text: str) -> dict[int, str] | None:
    """The lines of a front matter that are others now, by their index; None where not just some lines are."""
    tail = f"{base.closing}{base.body}"
    end = len(text) - len(tail)
    if not text.startswith(_FENCE) or not text.endswith(tail) or end < len(_FENCE):
        return None
    before, after = "".join(base.lines).split("\n"), text[len(_FENCE) : end].split("\n")
    if len(before) != len(after):
        return None
    rows = enumerate(zip(before, after, strict=True))
    return {row: f"{line}\n" for row, (was, line) in rows if line != was}


def _item(base: Document, row: int, line: str) -> Item | None:
    """What a line says, where it has another text for its field, on that line alone, as tkt writes it.

    Raises:
        InvalidStoreError: the line cannot be understood.
    """
    was = next((item for item in base.items if item.first == row and item.last == row + 1), None)
    now = next(iter(items_of([line], base.path)), None)
    if not was or not now or now.node or was.key != now.key or now.key in _NEEDED:
        return None
    if not isinstance(was.value, str) or not isinstance(now.value, str) or was.value == now.value:
        return None
    return now if field_lines(now.key, now.value) == [line] else None


def _merged(base: Document, *sides: _Side) -> bytes:
    """The ticket's file with the lines of both sides."""
    lines = list(base.lines)
    for side in sides:
        for row, line in side.lines.items():
            lines[row] = line
    return dump(Document(base.path, _FENCE, tuple(lines), _FENCE, base.body, ()))


def _came(
    base: Document, theirs: _Side, entries: Sequence[EntryText], settings: Settings
) -> TicketChange | None:
    """What became of the ticket on their side."""
    folder = base.path.removesuffix(".md")
    if any(each.path != f"{folder}/{each.id}.md" for each in entries):
        return None
    try:
        thread = sorted((read_entry(each) for each in entries), key=lambda each: each.order)
        before = ticket_in(base, settings)
    except InvalidStoreError:
        return None
    return changed(State(before), with_texts(before, theirs.items, settings), thread, settings.workflow)

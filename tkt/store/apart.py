"""Tickets of which two sides changed different fields, merged line by line, and their threads hardly read.

Most merges are of this kind, and `OneTicket` takes ten times as long to come to the same. What is here gives
the very same files, or none. It may do without the threads: of a field that the entries of one side alone
changed, the whole thread says what the thread of that side says, and of any other field what both say. So a
field that is not as the whole thread says was edited by hand on the side that it comes from, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tkt.domain.fields import FIXED, HEAD_LIMIT
from tkt.domain.ids import is_entry
from tkt.errors import InvalidStoreError
from tkt.store.codec import ENTRY_MARK, Document, dump, field_lines, items_of, parse
from tkt.store.decoding import decode
from tkt.usecases.integrate import Content, Triple, Version

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


def merged_apart(path: str, rows: Rows, known: Mapping[str, bytes]) -> dict[str, Content] | None:
    """What becomes of a ticket's files; None where it takes a closer look to tell.

    Args:
        path: of the ticket's file.
        rows: its files, of which `needed` gave some versions.
        known: what these hold, by their ids.
    """
    files: dict[str, Content] = {name: row.ours or row.theirs for name, row in rows.items()}
    ours, theirs = (
        [known[each.oid] for name, row in rows.items() if is_entry(name) and (each := row[side])]
        for side in (1, 2)
    )
    try:
        told = _told(ours), _told(theirs)
        if path not in rows:
            return None if told[0] | told[1] else files
        data = _merged(path, [known[each.oid] for each in rows[path] if each], told)
    except InvalidStoreError:
        return None
    return None if data is None else {**files, path: data}


def _told(entries: Iterable[bytes]) -> frozenset[str]:
    """The fields that entries changed, perhaps with others.

    Raises:
        InvalidStoreError: one has another form than tkt writes.
    """
    found: set[bytes] = set()
    for data in entries:
        entry = _ENTRY.match(data)
        if entry is None:
            raise InvalidStoreError(())
        found |= {line.strip().partition(b":")[0] for line in (entry[1] or b"").splitlines()}
    return frozenset(each.decode("utf-8", "replace") for each in found)


def _merged(path: str, versions: Sequence[bytes], told: Sequence[frozenset[str]]) -> bytes | None:
    """The ticket's file.

    Args:
        path: named in errors.
        versions: what both sides come from, ours and theirs.
        told: the fields that the entries of either side changed.

    Raises:
        InvalidStoreError: one of them cannot be understood.
    """
    base = parse(versions[0], path)
    # In the plain form no item has a node, and each line can be understood by itself.
    plain = base.opening == base.closing == _FENCE and not any(item.node for item in base.items)
    if not plain or ENTRY_MARK in base.body or max(map(len, versions)) > _LARGEST:
        return None
    lines = list(base.lines)
    fields: list[frozenset[str]] = []
    for data, also in zip(versions[1:], told, strict=True):
        rows = _other_lines(base, decode(data, path))
        if rows is None:
            return None
        fields.append(also.union(_field(base, *each) for each in rows.items()))
        for row, line in rows.items():
            lines[row] = line
    if "" in fields[0] | fields[1] or fields[0] & fields[1]:
        return None
    return dump(Document(path, _FENCE, tuple(lines), _FENCE, base.body, ()))


def _other_lines(base: Document, text: str) -> dict[int, str] | None:
    """The lines of a front matter that are others now, by their index; None where not just some lines are."""
    tail = f"{base.closing}{base.body}"
    end = len(text) - len(tail)
    if not text.startswith(_FENCE) or not text.endswith(tail) or end < len(_FENCE):
        return None
    lines = text[len(_FENCE) : end].split("\n")[:-1]
    if len(lines) != len(base.lines):
        return None
    return {row: f"{line}\n" for row, line in enumerate(lines) if line != base.lines[row][:-1]}


def _field(base: Document, row: int, line: str) -> str:
    """The field on a line, where it has another text there, on that line alone, as tkt writes it; else "".

    Raises:
        InvalidStoreError: the line cannot be understood.
    """
    was = next((item for item in base.items if item.first == row and item.last == row + 1), None)
    now = next(iter(items_of([line], base.path)), None)
    if not was or not now or now.node or was.key != now.key or now.key in _NEEDED:
        return ""
    if not isinstance(was.value, str) or not isinstance(now.value, str) or was.value == now.value:
        return ""
    return now.key if field_lines(now.key, now.value) == [line] else ""

"""Tickets and threads as rows of the index, and tickets out of them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tkt.domain.activity import Activity, activity
from tkt.domain.conditions import fold
from tkt.domain.fields import BUILT_IN, FieldType, Value
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket, links_of
from tkt.errors import Problem

if TYPE_CHECKING:
    from tkt.domain.entry import Entry

COLUMNS = tuple(BUILT_IN)
LISTS = frozenset(name for name, field in BUILT_IN.items() if field.type is FieldType.LIST)
NO_ITEMS = "[]"
_MARK, _NUL, _ITSELF = "\ufdd0", "\ufdd1", "\ufdd2"
"""Code points that Unicode promises never to make characters of."""


def _dumps(value: object, *, ensure_ascii: bool = True) -> str:
    import json  # start-up: most of what is asked holds no list

    return json.dumps(value, ensure_ascii=ensure_ascii)


def _loads(text: str) -> Any:
    import json

    return json.loads(text)


class ContentRow(NamedTuple):
    """A ticket's file.

    Args:
        oid: its blob id.
        values: of COLUMNS, whether the body has any words, and `extra`.
        body: the description.
        links: (kind, target) of each.
    """

    oid: str
    values: tuple[str | int, ...]
    body: str
    links: tuple[tuple[str, str], ...]


class ThreadRow(NamedTuple):
    """A thread.

    Args:
        key: made of the blob ids of its entries.
        facts: of the columns from `last` to `problems`.
        texts: who said what.
    """

    key: str
    facts: tuple[int | str | None, ...]
    texts: tuple[tuple[str, str], ...]


def shape_of(settings: Settings) -> str:
    """What of the settings decides how a ticket's file is read: which fields there are, which hold lists."""
    return " ".join(sorted(f"{each.name}{'[]' * (each.type is FieldType.LIST)}" for each in settings.custom))


def blob_id(data: bytes) -> str:
    """Git's name for a content, in a repository that uses SHA-1; in any other it is only a name."""
    import hashlib  # start-up: when nothing has changed, nothing is read

    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def content_row(oid: str, ticket: Ticket) -> ContentRow:
    """A ticket as a row."""
    values = [_packed(ticket.fields.get(name, BUILT_IN[name].empty), name) for name in COLUMNS]
    extra = {name: value for name, value in ticket.fields.items() if name not in BUILT_IN}
    packed = as_json(extra) if extra else "{}"
    written = int(bool(ticket.body.strip()))
    return ContentRow(oid, (*values, written, packed), ticket.body, tuple(links_of(ticket)))


def _packed(value: Value, name: str) -> str:
    if name in LISTS:
        items = value if isinstance(value, tuple) else ((value,) if value else ())
        return as_json(items) if items else NO_ITEMS
    return value if isinstance(value, str) else ", ".join(value)


def thread_row(key: str, entries: Sequence[Entry], problems: Iterable[Problem]) -> ThreadRow:
    """A thread as a row."""
    found = activity(entries)
    facts = (
        int(found.last.timestamp()) if found.last else None,
        found.comments,
        found.attachments,
        found.spent,
        _as_list(fold(each) for each in found.speakers),
        _as_list(found.changed),
        _as_list(found.timed),
        as_json([(status, int(at.timestamp())) for status, at in found.moves]),
        packed_problems(problems),
    )
    return ThreadRow(key, facts, tuple((each.by, each.body) for each in entries if each.body.strip()))


def _as_list(items: Iterable[str]) -> str:
    return as_json(sorted(items))


def as_json(value: object) -> str:
    """JSON for SQLite, which ends a text at a NUL: two characters that are no text stand for one."""
    text = _dumps(value, ensure_ascii=False)
    if "\\u0000" in text or _MARK in text:
        marked = _replaced(value, (_MARK, _MARK + _ITSELF), ("\0", _MARK + _NUL))
        return _dumps(marked, ensure_ascii=False)
    return text


def of_json(text: str) -> Any:
    """What `as_json` wrote."""
    found = _loads(text)
    return _replaced(found, (_MARK + _NUL, "\0"), (_MARK + _ITSELF, _MARK)) if _MARK in text else found


def _replaced(value: Any, *pairs: tuple[str, str]) -> Any:
    """A value with some characters in all its texts replaced."""
    if isinstance(value, str):
        for old, new in pairs:
            value = value.replace(old, new)
        return value
    if isinstance(value, list | tuple):
        return [_replaced(each, *pairs) for each in value]
    if isinstance(value, dict):
        return {key: _replaced(each, *pairs) for key, each in value.items()}
    return value


def packed_problems(problems: Iterable[Problem]) -> str:
    """Problems as the index keeps them."""
    rows = list(problems)
    return _dumps(rows) if rows else NO_ITEMS  # in ASCII: a path need not be text


def unpacked_problems(text: str) -> list[Problem]:
    """Problems as they were packed."""
    return [Problem(*each) for each in _loads(text)] if text != NO_ITEMS else []


def tickets_of(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Ticket]:
    """Tickets with some of their fields.

    Args:
        names: of the columns; `extra` and `body` among them where they are wanted.
        rows: their values.
    """
    if LISTS.isdisjoint(names) and "extra" not in names and "body" not in names:
        return [Ticket(dict(zip(names, row, strict=True))) for row in rows]
    return [_ticket_of(names, row) for row in rows]


def _ticket_of(names: Sequence[str], row: Sequence[Any]) -> Ticket:
    fields: dict[str, Value] = {}
    body = ""
    for name, value in zip(names, row, strict=True):
        if name == "body":
            body = value
        elif name == "extra":
            if value != "{}":
                fields.update(_extra(of_json(value)))
        elif name in LISTS:
            fields[name] = _items(value)
        else:
            fields[name] = value
    return Ticket(fields, body)


@cache
def _items(text: str) -> tuple[str, ...]:
    """What a column of a list holds; thousands of tickets share few lists."""
    return tuple(of_json(text)) if text != NO_ITEMS else ()


def _extra(found: Mapping[str, Any]) -> dict[str, Value]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}


def activity_of(last: int | None, comments: int, attachments: int, spent: int, moves: str) -> Activity:
    """What the derived fields follow from."""
    return Activity(
        last=datetime.fromtimestamp(last, UTC) if last is not None else None,
        comments=comments,
        attachments=attachments,
        spent=spent,
        moves=tuple((status, datetime.fromtimestamp(at, UTC)) for status, at in of_json(moves)),
    )

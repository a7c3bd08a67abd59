"""A ticket with all that belongs to it as one JSON object, from which it can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tkt.domain.entry import Attachment, Entry
from tkt.domain.fields import Field, Nested, Tree, Value
from tkt.render.machine import entry_row, ticket_row
from tkt.usecases.exporting import Case


def portable_row(case: Case, known: Mapping[str, Field], files: Mapping[str, bytes]) -> dict[str, Any]:
    """A ticket as an object (docs/exports.md), which `tkt import jsonl` reads.

    Args:
        case: the ticket and its thread.
        known: the fields that every ticket has.
        files: what its attachments hold, by file.
    """
    others = {name: value for name, value in case.ticket.fields.items() if name not in known}
    mine = case.ticket._replace(fields={k: v for k, v in case.ticket.fields.items() if k in known})
    return {
        **ticket_row(mine, known),
        "thread": [_entry(entry, files) for entry in case.thread],
        **_apart(others, ("body", "thread")),
    }


def _entry(entry: Entry, files: Mapping[str, bytes]) -> dict[str, Any]:
    row = entry_row(entry._replace(extra={}, timer=""))
    del row["ticket"]
    return {
        **row,
        "channel": entry.channel or None,
        "timer": entry.timer or None,
        "attachments": [_attachment(each, files) for each in entry.attachments],
        **_apart(entry.extra, ("body",)),
    }


def _attachment(attachment: Attachment, files: Mapping[str, bytes]) -> dict[str, Any]:
    from base64 import b64encode

    data = files.get(attachment.file)
    return {**attachment._asdict(), "content": None if data is None else b64encode(data).decode()}


def _apart(values: Mapping[str, Value], ours: tuple[str, ...]) -> dict[str, Any]:
    """Keys that no settings know; `_` goes before one that is called like one of ours.

    No key in a file begins with it.
    """
    return {f"_{name}" if name in ours else name: _whole(value) for name, value in values.items()}


def _whole(value: Value) -> Any:
    return _json(value.tree) if isinstance(value, Nested) else _json(value) or None


def _json(tree: Tree) -> Any:
    if isinstance(tree, Mapping):
        return {key: _json(value) for key, value in tree.items()}
    return [_json(each) for each in tree] if isinstance(tree, tuple) else str(tree)

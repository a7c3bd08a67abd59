"""The entries of an export's JSON lines, and the files that came with them."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tkt.domain.checks import BODY_LIMIT
from tkt.domain.entry import CLOCK_LIMIT, INTERNAL, PUBLIC, Attachment, Change, Entry, attachment_file
from tkt.domain.fields import Nested, Tree, format_time, parse_time
from tkt.domain.ids import ENTRY_ID, entry_time
from tkt.domain.levels import Clock
from tkt.domain.verdict import FINAL_STATES, ClockVerdict, Verdict
from tkt.errors import UsageError
from tkt.intake.jsonl_values import (
    file_key,
    read_body,
    read_number,
    read_objects,
    read_text,
    read_texts,
    read_tree,
    require_writable,
    tree_of,
)
from tkt.usecases.record import NewFile

_OURS = frozenset(
    {
        "id",
        "at",
        "by",
        "clock",
        "visibility",
        "changes",
        "minutes",
        "attachments",
        "body",
        "channel",
        "timer",
        "sla",
    }
)
_MOST_MINUTES = 9_999_999
_MOST_BYTES = 10**15 - 1
_MOST_SECONDS = 9_999_999_999
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")
_FILE = re.compile(r"[0-9a-f]{32}(\.[a-z0-9]{1,8})?")


def read_entry(said: Mapping[str, Any], limit: int) -> tuple[Entry, list[NewFile]]:
    """An entry, and the files that came with it as far as the export has them.

    Args:
        said: the object.
        limit: how many bytes a file may have.

    Raises:
        UsageError: it is no entry, or none that a file can hold.
    """
    attachments = read_objects(said, "attachments")
    entry = Entry(
        id=_id(said),
        at=_moment(said),
        by=_needed(said, "by"),
        clock=read_number(said, "clock", 1, CLOCK_LIMIT) or 0,
        visibility=_choice(said, "visibility", (PUBLIC, INTERNAL)),
        channel=read_text(said, "channel"),
        changes=tuple(map(_change, read_objects(said, "changes"))),
        minutes=read_number(said, "minutes", -_MOST_MINUTES, _MOST_MINUTES),
        timer=_choice(said, "timer", ("started", "stopped")),
        attachments=tuple(map(_attachment, attachments)),
        extra={file_key(key): _extra(said, key) for key in said if key not in _OURS},
        body=read_body(said),
        verdict=_verdict(said),
    )
    _require_sound(entry)
    return entry, [file for each in attachments if (file := _file(each, limit))]


def _needed(said: Mapping[str, Any], key: str) -> str:
    value = read_text(said, key)
    if not value:
        raise UsageError(f"an entry needs {key}")
    return value


def _id(said: Mapping[str, Any]) -> str:
    value = _needed(said, "id")
    try:
        if ENTRY_ID.fullmatch(value):
            entry_time(value)
            return value
    except ValueError:
        pass
    raise UsageError("an entry's id looks like 20261122T093000Z-x7k2")


def _moment(said: Mapping[str, Any]) -> datetime:
    try:
        return parse_time(_needed(said, "at"))
    except ValueError as error:
        raise UsageError("at is a moment such as 2026-11-22T09:00:00Z") from error


def _choice(said: Mapping[str, Any], key: str, allowed: tuple[str, str]) -> str:
    value = read_text(said, key)
    if value and value not in allowed:
        raise UsageError(f"{key} is {' or '.join(allowed)}")
    return value


def _change(said: Mapping[str, Any]) -> Change:
    field = _needed(said, "field")
    if "removed" in said or "added" in said:
        return Change(field, read_texts(said, "removed"), read_texts(said, "added"))
    return Change(field, read_text(said, "old"), read_text(said, "new"))


def _attachment(said: Mapping[str, Any]) -> Attachment:
    file, size = read_text(said, "file"), read_number(said, "size", 0, _MOST_BYTES)
    if not _FILE.fullmatch(file) or size is None:
        raise UsageError("an attachment has a file, named after its content, a name and a size")
    return Attachment(file, read_text(said, "name"), size)


def _file(said: Mapping[str, Any], limit: int) -> NewFile | None:
    """What an attachment holds; None where the export does not say, or says it elsewhere."""
    if said.get("content") is None:
        return None
    file = read_text(said, "file")
    try:
        data = b64decode(read_text(said, "content"), validate=True)
    except binascii.Error as error:
        raise UsageError(f"the content of {file} is not in base64") from error
    if attachment_file(file, data) != file:
        raise UsageError(f"the content of {file} is not that from which its name was made")
    if len(data) > limit:
        raise UsageError(f"{file} has {len(data):,} bytes; an attachment may have {limit:,}")
    return NewFile(file, data)


def _verdict(said: Mapping[str, Any]) -> Verdict | None:
    """How the clocks stood when the entry closed its ticket; None where it says nothing of them."""
    told = said.get("sla")
    if told is None:
        return None
    if not isinstance(told, dict):
        raise UsageError("sla holds an object")
    policy, settings = read_text(told, "policy"), read_text(told, "settings")
    if not policy or not _FINGERPRINT.fullmatch(settings):
        raise UsageError("sla holds a policy, the fingerprint of the settings, and clocks")
    clocks = {each.clock: each for each in map(_clock, read_objects(told, "clocks"))}
    return Verdict(policy, settings, tuple(clocks[each] for each in Clock if each in clocks))


def _clock(said: Mapping[str, Any]) -> ClockVerdict:
    state = read_text(said, "state")
    target, elapsed = (read_number(said, f"{key}_seconds", 0, _MOST_SECONDS) for key in ("target", "elapsed"))
    try:
        clock = Clock(read_text(said, "clock"))
        start, due, met = (
            parse_time(text) if text else None
            for text in (read_text(said, f"{key}_at") for key in ("started", "due", "met"))
        )
    except ValueError as error:
        raise UsageError(
            "a clock of sla has the name of a clock, and moments such as 2026-11-22T09:00:00Z"
        ) from error
    if not start or target is None or elapsed is None or state not in FINAL_STATES:
        raise UsageError("a clock of sla has a state, target_seconds, elapsed_seconds and started_at")
    return ClockVerdict(clock, state, target, elapsed, start, due, met)


def _extra(said: Mapping[str, Any], key: str) -> str:
    value = said[key]
    if value is None or isinstance(value, str):
        return read_text(said, key)
    tree = read_tree(value, key)
    texts = isinstance(tree, tuple) and all(isinstance(each, str) for each in tree)
    return Nested(", ".join(map(str, tree)) if texts else "(...)", tree)


def _require_sound(entry: Entry) -> None:
    """See that an entry can be written, and read again."""
    if not entry.clock:
        raise UsageError("an entry needs clock")
    if len({each.field for each in entry.changes}) < len(entry.changes):
        raise UsageError(f"{entry.id} changes a field twice")
    if len(entry.body.encode()) > BODY_LIMIT:
        raise UsageError(f"{entry.id} has more than {BODY_LIMIT:,} bytes")
    head: dict[str, Tree] = {
        "id": entry.id,
        "at": format_time(entry.at),
        "by": entry.by,
        "clock": str(entry.clock),
        "visibility": entry.visibility,
        "channel": entry.channel,
        "timer": entry.timer,
        "minutes": str(entry.minutes or ""),
        "sla": entry.verdict.policy if entry.verdict else "",
        "changes": {each.field: _sides(each) for each in entry.changes},
        "attachments": tuple(
            {"file": each.file, "name": each.name, "size": str(each.size)} for each in entry.attachments
        ),
    }
    require_writable({**head, **{key: tree_of(value) for key, value in entry.extra.items()}})


def _sides(change: Change) -> Tree:
    if change.is_list:
        return {"remove": change.old, "add": change.new}
    return change.old, change.new

"""Entries of a thread, as text and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from tkt.domain.entry import INTERNAL, PUBLIC, Attachment, Change, Entry
from tkt.domain.fields import Nested, format_time, parse_time
from tkt.domain.ids import ENTRY_ID, entry_time
from tkt.domain.levels import Clock
from tkt.domain.verdict import FINAL_STATES, ClockVerdict, Verdict
from tkt.errors import InvalidStoreError, Problem
from tkt.store.codec import Document, field_lines, parse
from tkt.store.decoding import malformed
from tkt.store.nodes import Mapping, Node, Scalar, Sequence, tree_of
from tkt.store.scalars import write_scalar
from tkt.store.scan import Item

_KNOWN = frozenset(
    {
        "id",
        "at",
        "by",
        "clock",
        "visibility",
        "channel",
        "changes",
        "minutes",
        "timer",
        "attachments",
        "sla",
    }
)
_CLOCK = re.compile(r"[1-9][0-9]{0,8}")
_MINUTES = re.compile(r"-?[0-9]{1,7}")
_AN_ATTACHMENT = "an attachment has a file, a name and a size"
_SIZE = re.compile(r"[0-9]{1,15}")
_SECONDS = re.compile(r"[0-9]{1,10}")
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")
_OF_A_CLOCK = frozenset({"state", "target", "elapsed", "start", "due", "met"})
_FILE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")


class EntryText(NamedTuple):
    """An entry as it is written down.

    Args:
        id: its id.
        data: the bytes of its file, or of what would be its file.
        path: the file in which it stands.
        line: on which it begins there, counted from 1.
    """

    id: str
    data: bytes
    path: str
    line: int = 1


def encode_entry(entry: Entry) -> bytes:
    """An entry's file."""
    lines = [
        *field_lines("id", entry.id),
        *field_lines("at", format_time(entry.at)),
        *field_lines("by", entry.by),
        f"clock: {entry.clock}\n",
    ]
    for key in ("visibility", "channel", "timer"):
        if getattr(entry, key):
            lines += field_lines(key, getattr(entry, key))
    if entry.minutes is not None:
        lines.append(f"minutes: {entry.minutes}\n")
    lines += _change_lines(entry.changes)
    lines += _attachment_lines(entry.attachments)
    lines += _verdict_lines(entry.verdict)
    for key, value in entry.extra.items():
        lines += field_lines(key, value)
    body = f"\n{entry.body}" if entry.body else ""
    return f"---\n{''.join(lines)}---\n{body}".encode()


def _change_lines(changes: tuple[Change, ...]) -> list[str]:
    if not changes:
        return []
    return ["changes:\n", *(f"  {change.field}: {_written(change)}\n" for change in changes)]


def _written(change: Change) -> str:
    if not change.is_list:
        return _flow((str(change.old), str(change.new)))
    parts = []
    if change.old:
        parts.append(f"remove: {_flow(change.old)}")
    if change.new:
        parts.append(f"add: {_flow(change.new)}")
    return f"{{{', '.join(parts)}}}"


def _flow(items: Iterable[str]) -> str:
    return f"[{', '.join(write_scalar(item, flow=True) for item in items)}]"


def _attachment_lines(attachments: tuple[Attachment, ...]) -> list[str]:
    if not attachments:
        return []
    rows = (
        f"- {{file: {write_scalar(each.file, flow=True)}, "
        f"name: {write_scalar(each.name, flow=True)}, size: {each.size}}}\n"
        for each in attachments
    )
    return ["attachments:\n", *rows]


def _verdict_lines(verdict: Verdict | None) -> list[str]:
    if verdict is None:
        return []
    return [
        "sla:\n",
        f"  policy: {write_scalar(verdict.policy, flow=True)}\n",
        f"  settings: {write_scalar(verdict.settings, flow=True)}\n",
        *(f"  {each.clock}: {{{_clock_words(each)}}}\n" for each in verdict.clocks),
    ]


def _clock_words(each: ClockVerdict) -> str:
    words = f"state: {each.state}, target: {each.target}, elapsed: {each.elapsed}"
    moments = (("start", each.start), ("due", each.due), ("met", each.met))
    return ", ".join([words, *(f"{name}: {format_time(at)}" for name, at in moments if at)])


def decode_entry(data: bytes, path: str) -> Entry:
    """Read an entry's file.

    Raises:
        InvalidStoreError: it is not an entry; with the line and what it should be.
    """
    document = parse(data, path)
    reader = _Reader(document)
    return Entry(
        id=reader.id(),
        at=reader.moment(),
        by=reader.text("by"),
        clock=int(reader.text("clock", _CLOCK)),
        visibility=reader.choice("visibility", (PUBLIC, INTERNAL)),
        channel=reader.optional("channel"),
        changes=reader.changes(),
        minutes=reader.minutes(),
        timer=reader.choice("timer", ("started", "stopped")),
        attachments=reader.attachments(),
        verdict=reader.verdict(),
        extra=reader.extra(),
        body=document.text,
    )


def read_entry(text: EntryText) -> Entry:
    """Read an entry, wherever it stands.

    Raises:
        InvalidStoreError: it is not an entry; with the line of the file in which it stands.
    """
    try:
        return decode_entry(text.data, f"{text.id}.md")
    except InvalidStoreError as error:
        above = text.line - 1
        moved = (Problem(text.path, above + each.line, each.text) for each in error.problems)
        raise InvalidStoreError(tuple(moved)) from error


class _Reader:
    """Takes typed values out of an entry's front matter."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def refuse(self, key: str, text: str) -> InvalidStoreError:
        return malformed(self.document.path, self.document.line(key), text)

    def optional(self, key: str) -> str:
        item = self.document.get(key)
        if item is None:
            return ""
        if not isinstance(item.value, str):
            raise self.refuse(key, f"{key} holds one value")
        return item.value

    def text(self, key: str, form: re.Pattern[str] | None = None) -> str:
        value = self.optional(key)
        if not value:
            raise self.refuse(key, f"an entry needs {key}")
        if form and not form.fullmatch(value):
            raise self.refuse(key, f"{key}: {value[:40]!r} has not the right form")
        return value

    def id(self) -> str:
        value = self.text("id", ENTRY_ID)
        if f"{value}.md" != self.document.path.rpartition("/")[2]:
            raise self.refuse("id", f"the id {value} does not match the file's name")
        try:
            entry_time(value)
        except ValueError:
            raise self.refuse("id", f"the id {value} names no moment") from None
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.optional(key)
        if value and value not in allowed:
            raise self.refuse(key, f"{key} is {' or '.join(allowed)}, not {value[:40]!r}")
        return value

    def moment(self) -> datetime:
        value = self.text("at")
        try:
            return parse_time(value)
        except ValueError:
            raise self.refuse(
                "at", f"at: {value[:40]!r} is not a moment such as 2026-11-22T09:00:00Z"
            ) from None

    def minutes(self) -> int | None:
        value = self.optional("minutes")
        if value and not _MINUTES.fullmatch(value):
            raise self.refuse("minutes", f"minutes: {value[:40]!r} is not a whole number")
        return int(value) if value else None

    def changes(self) -> tuple[Change, ...]:
        item = self.document.get("changes")
        if item is None or item.value in {"", ()}:
            return ()
        if not isinstance(item.node, Mapping):
            raise self.refuse("changes", "changes holds lines of the form 'field: [old, new]'")
        return tuple(self._change(key, value) for key, value in item.node.pairs)

    def _change(self, key: Scalar, node: Node) -> Change:
        if isinstance(node, Sequence):
            texts = _texts(node)
            if texts is not None and len(texts) == 2:  # noqa: PLR2004  old and new
                return Change(key.text, texts[0], texts[1])
        if isinstance(node, Mapping) and {name.text for name, _ in node.pairs} <= {"add", "remove"}:
            gone, come = (_texts(node.get(side)) for side in ("remove", "add"))
            if gone is not None and come is not None:
                return Change(key.text, gone, come)
        raise malformed(
            self.document.path,
            key.line,
            f"{key.text}: expected [old, new] or {{remove: [...], add: [...]}}",
        )

    def attachments(self) -> tuple[Attachment, ...]:
        item = self.document.get("attachments")
        if item is None or item.value in {"", ()}:
            return ()
        if isinstance(item.value, tuple):
            raise self.refuse("attachments", _AN_ATTACHMENT)
        if not isinstance(item.node, Sequence):
            raise self.refuse("attachments", "attachments is a list")
        return tuple(map(self._attachment, item.node.items))

    def _attachment(self, row: Node) -> Attachment:
        pairs = row.pairs if isinstance(row, Mapping) else ()
        fields = {key.text: value.value for key, value in pairs if isinstance(value, Scalar)}
        file, size = fields.get("file", ""), fields.get("size", "")
        if not _FILE.fullmatch(file) or not _SIZE.fullmatch(size):
            raise malformed(self.document.path, row.line, _AN_ATTACHMENT)
        return Attachment(file, fields.get("name", file), int(size))

    def verdict(self) -> Verdict | None:
        item = self.document.get("sla")
        if item is None:
            return None
        pairs = item.node.pairs if isinstance(item.node, Mapping) else ()
        said = {key.text: node for key, node in pairs}
        policy, settings = (_one(said.pop(name, None)) for name in ("policy", "settings"))
        if not policy or not _FINGERPRINT.fullmatch(settings):
            raise self.refuse("sla", "sla holds a policy, the fingerprint of the settings, and clocks")
        clocks = {key: self._clock(key, node) for key, node in said.items()}
        return Verdict(policy, settings, tuple(clocks[each] for each in Clock if each in clocks))

    def _clock(self, name: str, node: Node) -> ClockVerdict:
        """How one clock stood.

        Raises:
            InvalidStoreError: there is no such clock, or it cannot stand like that.
        """
        pairs = node.pairs if isinstance(node, Mapping) else ()
        said = {key.text: _one(value) for key, value in pairs}
        amounts = [said.get(key, "") for key in ("target", "elapsed")]
        try:
            start, due, met = (
                parse_time(said[key]) if key == "start" or key in said else None
                for key in ("start", "due", "met")
            )
            known = said.keys() <= _OF_A_CLOCK and said["state"] in FINAL_STATES
            if start and known and all(map(_SECONDS.fullmatch, amounts)):
                target, elapsed = map(int, amounts)
                return ClockVerdict(Clock(name), said["state"], target, elapsed, start, due, met)
        except (KeyError, ValueError):
            pass  # it is told below
        form = "{state: met, target: 7200, elapsed: 60, start: 2026-11-22T09:00:00Z}"
        raise malformed(self.document.path, node.line, f"{name}: expected a clock such as {form}")

    def extra(self) -> dict[str, str]:
        return {i.key: _plain(i) for i in self.document.items if i.key not in _KNOWN}


def _one(node: Node | None) -> str:
    """One value; "" where there is none, or something else."""
    return node.value if isinstance(node, Scalar) else ""


def _texts(node: Node | None) -> tuple[str, ...] | None:
    """A list of texts, () where there is none; None for anything else."""
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        return None
    texts = tuple(each.value for each in node.items if isinstance(each, Scalar))
    return texts if len(texts) == len(node.items) else None


def _plain(item: Item) -> str:
    if isinstance(item.value, str):
        return item.value
    shown = "(...)" if item.value is None else ", ".join(item.value)
    return Nested(shown, tree_of(item.node) if item.node else item.value or ())

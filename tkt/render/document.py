"""A ticket as one Markdown document, and changes as diffs."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff

from tkt.render.text import Style, clean, clean_line
from tkt.render.views import TextView
from tkt.usecases.look import View
from tkt.usecases.workspace import FileWrite


def whole_document(view: View, source: bytes, text: TextView) -> str:
    """A ticket's file with its thread in a section of its own."""
    file = source.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    parts = [clean(file).rstrip("\n"), "## Thread"]
    for ticket_id, entry in view.thread:
        marks = [
            each for each in (entry.visibility, ticket_id if ticket_id != view.ticket.id else "") if each
        ]
        note = f" ({', '.join(marks)})" if marks else ""
        facts = "\n".join(f"- {line}" for line in text.entry_facts(entry, ticket_id))
        heading = f"### {entry.at:%Y-%m-%d %H:%M} UTC, {clean_line(entry.by)}{note}"
        parts.append("\n\n".join(filter(None, (heading, facts, clean(entry.body).rstrip("\n")))))
    if len(parts) == 2:  # noqa: PLR2004  the file and the heading
        parts.append("Nothing yet.")
    return "\n\n".join(parts)


def diff(writes: Sequence[FileWrite], style: Style) -> str:
    """What a set of writes would change, as Git shows it."""
    return "\n".join(part for write in writes if (part := _file_diff(write, style)))


def _file_diff(write: FileWrite, style: Style) -> str:
    if "/files/" in write.path:
        return f"new file {write.path} ({len(write.data or b''):,} bytes)"
    before, after = (_lines(data) for data in (write.base, write.data))
    old = f"a/{write.path}" if write.base is not None else "/dev/null"
    new = f"b/{write.path}" if write.data is not None else "/dev/null"
    lines = unified_diff(before, after, old, new, lineterm="", n=1)
    return "\n".join(style.paint(clean(line), *_color(line)) for line in lines)


def _lines(data: bytes | None) -> list[str]:
    text = (data or b"").decode("utf-8", "replace")
    return text.removesuffix("\n").split("\n") if text else []


def _color(line: str) -> tuple[str, ...]:
    if line.startswith(("+++", "---")):
        return ("bold",)
    return {"+": ("green",), "-": ("red",), "@": ("cyan",)}.get(line[:1], ())

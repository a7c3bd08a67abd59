"""What changed between two states of a desk: for a terminal, for a pull request, for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from tkt.domain.comparison import Kind, Move, TicketChange
from tkt.domain.duration import show_minutes
from tkt.domain.entry import Change, Entry
from tkt.domain.fields import format_time
from tkt.domain.settings import Settings
from tkt.render.machine import entry_row, field_row
from tkt.render.markdown import quoted_markdown
from tkt.render.text import change_text, clean_line, field_label, first_line, fit, plural
from tkt.render.totals import summary
from tkt.render.views import TextView

_SECTIONS = {Kind.CREATED: "Created", Kind.CHANGED: "Changed", Kind.VANISHED: "No longer there"}
_MERGED = "merged-into "
_COMMENT = 60_000
"""Characters of a comment: forges take 65,536."""

CHANGE_FIELDS = (
    "id",
    "kind",
    "title",
    "type",
    "priority",
    "status",
    "assignee",
    "closed",
    "reopened",
    "merged_into",
    "created",
    "created_by",
    "changes",
    "description_edited",
    "entries",
    "minutes",
    "entries_lost",
    "entries_altered",
)


def changes_text(changes: Sequence[TicketChange], words: TextView) -> str:
    """What changed, ticket by ticket, and how much it was."""
    style = words.style
    parts = []
    for kind, title in _SECTIONS.items():
        found = [each for each in changes if each.kind is kind]
        if found:
            parts.append(style.paint(f"{title} ({len(found):,})", "bold"))
        for each in found:
            lines = (clean_line(fact) for fact in _facts(each, words.settings))
            cut = (fit(line, style.width - 2) if style.width else line for line in lines)
            parts.append("\n".join([words.head(each.ticket), *(f"  {line}" for line in cut)]))
    return "\n\n".join([*parts, f"{summary(changes)}."])


def changes_markdown(changes: Sequence[TicketChange], settings: Settings) -> str:
    """The same for a pull request: a heading and a list, in which nothing from a ticket is markup.

    It is no longer than a comment on a forge may be; what does not fit is counted.
    """
    parts = [f"### {summary(changes)}"]
    room = _COMMENT
    for kind, title in _SECTIONS.items():
        told = ["\n".join(_markdown_lines(each, settings)) for each in changes if each.kind is kind]
        sizes = accumulate(len(each) + 1 for each in told)
        kept = [each for each, size in zip(told, sizes, strict=True) if size <= room]
        room -= sum(len(each) + 1 for each in kept)
        if told:
            parts.append(f"**{title}**")
            parts.append("\n".join(kept))
        if len(kept) < len(told):
            parts.append(f"And {len(told) - len(kept):,} more.")
    return "\n\n".join(filter(None, parts))


def _markdown_lines(change: TicketChange, settings: Settings) -> Iterator[str]:
    ticket = change.ticket
    what = " ".join(filter(None, (ticket.priority, ticket.type, ticket.status)))
    yield f"- **`{ticket.id}`** {quoted_markdown(what)}: **{quoted_markdown(ticket.title.strip())}**"
    yield from (f"  - {quoted_markdown(fact)}" for fact in _facts(change, settings))


def _facts(change: TicketChange, settings: Settings) -> Iterator[str]:
    """What became of a ticket, a line for each thing; not yet cleaned of what a file may hold."""
    if change.kind is Kind.VANISHED:
        yield "its file is gone"
    if change.kind is Kind.CREATED:
        yield from _beginning(change, settings)
    for move in change.moves:
        yield from _move(move, settings)
    if change.edited is not None:
        yield f"description edited{_by(change.edited, settings, by_hand=not change.edited)}"
    for entry in change.entries:
        yield from _entry(entry, settings)
    if change.minutes:
        by = tuple(dict.fromkeys(each.by for each in change.entries if each.minutes))
        yield f"time spent: {show_minutes(change.minutes)}{_by(by, settings)}"
    if change.lost:
        yield f"{plural(change.lost, 'entry', 'entries')} no longer in its thread"
    yield from (f"entry {each} changed by hand" for each in change.altered)


def _beginning(change: TicketChange, settings: Settings) -> Iterator[str]:
    """Of a new ticket, what its first line does not say."""
    display, ticket = settings.people.display, change.ticket
    yield f"by {display(ticket.text('created_by')) or 'nobody known'}"
    if ticket.assignee:
        yield f"assignee: {display(ticket.assignee)}"
    if change.merged_into:
        yield f"merged into {change.merged_into}"


def _move(move: Move, settings: Settings) -> Iterator[str]:
    change = move.change
    by = _by(move.by, settings, by_hand=move.by_hand)
    if move.came_back:
        value = f"{change.new} again" if isinstance(change.new, str) and change.new else "as before"
        yield f"{field_label(settings, change.field).lower()}: {value}{by}"
        return
    if change.field == "links" and isinstance(change.new, tuple):
        merged = [each for each in change.new if each.startswith(_MERGED)]
        yield from (f"merged into {each.removeprefix(_MERGED)}{by}" for each in merged)
        change = Change(change.field, change.old, tuple(each for each in change.new if each not in merged))
    if change.old or change.new:
        yield f"{change_text(settings, change)}{by}"


def _by(people: Sequence[str], settings: Settings, *, by_hand: bool = False) -> str:
    """Who did it, after what was done; "" where nothing says so."""
    names = [settings.people.display(each) for each in people]
    said = [f"by {', '.join(names)}"] if names else []
    how = [*said, "by hand, without an entry"] if by_hand else said
    return f" ({' and '.join(how)})" if how else ""


def _entry(entry: Entry, settings: Settings) -> Iterator[str]:
    """What an entry says, and what came with it."""
    who = settings.people.display(entry.by)
    if entry.body.strip():
        kind = "internal note" if entry.internal else "comment"
        yield f"{kind} by {who}: {first_line(entry.body)}"
    kind = "attached for the desk only" if entry.internal else "attached"
    for each in entry.attachments:
        yield f"{kind} by {who}: {each.name} ({each.size:,} bytes)"


def change_row(change: TicketChange) -> dict[str, Any]:
    """What became of a ticket, as an object with the keys of CHANGE_FIELDS."""
    ticket = change.ticket
    plain = {name: ticket.text(name) or None for name in ("title", "type", "priority", "status", "assignee")}
    edited = None if change.edited is None else {"by": list(change.edited), "by_hand": not change.edited}
    return {
        "id": ticket.id,
        "kind": str(change.kind),
        **plain,
        "closed": change.closed,
        "reopened": change.reopened,
        "merged_into": change.merged_into or None,
        "created": format_time(ticket.created),
        "created_by": ticket.text("created_by") or None,
        "changes": [_move_row(each) for each in change.moves],
        "description_edited": edited,
        "entries": [entry_row(each, ticket.id) for each in change.entries],
        "minutes": change.minutes,
        "entries_lost": change.lost,
        "entries_altered": list(change.altered),
    }


def _move_row(move: Move) -> dict[str, Any]:
    return {**field_row(move.change), "by": list(move.by), "by_hand": move.by_hand}

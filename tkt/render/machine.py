"""Values as text for machines: JSON, JSON lines, CSV and Markdown tables. Stable, UTC, never rounded."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tkt.domain.entry import Change, Entry
from tkt.domain.fields import Field, Value, format_time
from tkt.domain.settings import View as SavedView
from tkt.domain.ticket import Ticket
from tkt.domain.verdict import Verdict
from tkt.render.text import clean, clean_line
from tkt.usecases.look import View
from tkt.usecases.workspace import Hit

if TYPE_CHECKING:
    from tkt.domain.clocks import Judgement
    from tkt.domain.disputes import Dispute

Row = Mapping[str, Any]
_FORMULA = "=+-@\t\r\n"
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")


VIEW_FIELDS = ("name", "query", "title", "sort", "columns", "by")
HIT_FIELDS = ("id", "title", "where", "snippet")
ENTRY_FIELDS = (
    "id",
    "ticket",
    "at",
    "by",
    "clock",
    "visibility",
    "changes",
    "minutes",
    "attachments",
    "body",
)


def ticket_row(ticket: Ticket, known: Mapping[str, Field]) -> dict[str, Any]:
    """A ticket as a flat object; lists are arrays, unset values are null.

    Args:
        ticket: which.
        known: the fields that every ticket has, even where its file lacks them.
    """
    values = {**{name: field.empty for name, field in known.items()}, **ticket.fields}
    return {**{name: _plain(value) for name, value in values.items()}, "body": ticket.body}


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value or None


def entry_row(entry: Entry, ticket_id: str = "") -> dict[str, Any]:
    """An entry of a thread as an object."""
    row: dict[str, Any] = {
        "id": entry.id or None,
        "ticket": ticket_id,
        "at": format_time(entry.at),
        "by": entry.by,
        "clock": entry.clock,
        "visibility": entry.visibility or None,
        "channel": entry.channel or None,
        "changes": [field_row(each) for each in entry.changes],
        "minutes": entry.minutes,
        "attachments": [
            {"file": each.file, "name": each.name, "size": each.size} for each in entry.attachments
        ],
        "body": entry.body,
    }
    if entry.timer:
        row["timer"] = entry.timer
    if entry.verdict:
        row["sla"] = verdict_row(entry.verdict)
    return {**entry.extra, **row}


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """How clocks stood when a ticket was closed, as an object."""
    return {
        "policy": verdict.policy,
        "settings": verdict.settings,
        "clocks": [
            {
                "clock": each.clock.value,
                "state": each.state,
                "target_seconds": each.target,
                "elapsed_seconds": each.elapsed,
                "started_at": format_time(each.start),
                "due_at": format_time(each.due) if each.due else None,
                "met_at": format_time(each.met) if each.met else None,
            }
            for each in verdict.clocks
        ],
    }


def field_row(change: Change) -> dict[str, Any]:
    """What became of a field, as an object."""
    if change.is_list:
        return {"field": change.field, "removed": list(change.old), "added": list(change.new)}
    return {"field": change.field, "old": _plain(change.old), "new": _plain(change.new)}


def view_row(view: View, known: Mapping[str, Field]) -> dict[str, Any]:
    """A ticket with its thread, what it is linked to, and where it may go."""
    return {
        **ticket_row(view.ticket, known),
        "updated": format_time(view.updated),
        "minutes": view.minutes,
        "sla": _clocks(view.clocks) if view.clocks else None,
        "next_statuses": list(view.next_statuses),
        "contested": [dispute_row(each) for each in view.disputes],
        "related": [
            {
                "relation": each.relation,
                "id": each.id,
                "title": each.ticket.title if each.ticket else None,
            }
            for each in view.related
        ],
        "commits": [
            {
                "id": each.id,
                "subject": each.subject,
                "author": each.name,
                "email": each.email,
                "at": format_time(each.at),
            }
            for each in view.commits
        ],
        "thread": [entry_row(entry, ticket_id) for ticket_id, entry in view.thread],
    }


def _clocks(judged: Judgement) -> dict[str, Any]:
    from tkt.render.sla import clock_row  # start-up: not every desk promises something

    return {"policy": judged.policy or None, "clocks": [clock_row(each) for each in judged.clocks]}


def dispute_row(dispute: Dispute) -> dict[str, Any]:
    """A field that people disagree about, with every value that holds; the first one is in the file."""
    return {
        "field": dispute.field,
        "item": dispute.item or None,
        "values": [
            {
                "value": voice.value or None,
                "by": voice.entry.by,
                "at": format_time(voice.entry.at),
                "entry": voice.entry.id,
            }
            for voice in dispute.voices
        ],
    }


def saved_view_row(view: SavedView) -> dict[str, Any]:
    """A saved query."""
    return {
        "name": view.name,
        "query": view.query,
        "title": view.title or None,
        "sort": view.sort or None,
        "columns": list(view.columns),
        "by": view.by or None,
    }


def hit_row(hit: Hit) -> dict[str, Any]:
    """Where a text was found."""
    return {
        "id": hit.ticket.id,
        "title": hit.ticket.title,
        "where": hit.where,
        "snippet": hit.snippet,
    }


def pick(rows: Iterable[Row], fields: Sequence[str]) -> list[Row]:
    """Rows with only some of their keys, in that order; all where none are named."""
    return [{name: row.get(name) for name in fields} if fields else row for row in rows]


def to_json(value: Any) -> str:
    """JSON in ASCII, so that nothing in it can steer a terminal."""
    return _without_delete(json.dumps(value, indent=2))


def _without_delete(text: str) -> str:
    """The one control character that JSON leaves as it is, escaped like the others."""
    return text.replace("\x7f", "\\u007f")


def to_jsonl(rows: Iterable[Row | Sequence[str]]) -> str:
    """A JSON object, or an array, a line."""
    return "\n".join(_without_delete(json.dumps(row)) for row in rows)


def to_csv(rows: Sequence[Row], known: Sequence[str] = ()) -> str:
    """Comma-separated values with a header; cells that a spreadsheet would run are quoted."""
    return "".join(csv_lines(rows, header(rows, known))).rstrip("\n")


def csv_lines(
    rows: Iterable[Row], names: Sequence[str], end: str = "\n", *, raw: bool = False
) -> Iterator[str]:
    """The lines of a table of comma-separated values, a header above them.

    Args:
        rows: objects.
        names: the columns.
        end: of a line.
        raw: whether cells that a spreadsheet would run stay as they are.
    """
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(names)
    for row in rows:
        yield out.getvalue()
        out.seek(0)
        out.truncate()
        writer.writerow([_csv_cell(row.get(name), raw=raw) for name in names])
    yield out.getvalue()


def header(rows: Sequence[Row], known: Sequence[str]) -> list[str]:
    """Every key that a row has; those that are known where there is no row."""
    return list(dict.fromkeys(name for row in rows for name in row) or known)


def _csv_cell(value: Any, *, raw: bool) -> str:
    text = clean(_flat(value))
    runs = not raw and text[:1] and text[0] in _FORMULA and not _NUMBER.fullmatch(text)
    return f"'{text}" if runs else text


def _flat(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value)


def to_markdown(rows: Sequence[Row], known: Sequence[str] = ()) -> str:
    """A table for a pull request or a page."""
    names = header(rows, known)
    return markdown_table(names, [[_flat(row.get(name)) for name in names] for row in rows])


def markdown_table(
    names: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int] = frozenset()
) -> str:
    """The same of cells, whose columns may have the same name, or none; those of numbers end at the right."""
    from tabulate import tabulate

    cells = [[markdown_cell(each) for each in row] for row in rows]
    sides = ["right" if place in right else "left" for place in range(len(names))] if right else None
    return tabulate(
        cells, headers=names, tablefmt="pipe" if right else "github", disable_numparse=True, colalign=sides
    )


def markdown_cell(text: str) -> str:
    """A text that stays one within a line of Markdown."""
    line = clean_line(" ".join(text.split()))
    for char in "\\|<>`":
        line = line.replace(char, f"\\{char}" if char in "\\|`" else f"&{'lt' if char == '<' else 'gt'};")
    return line

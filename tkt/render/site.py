"""The pages of a site that are not reports or the board: tickets, and the list of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tkt.domain.duration import show_minutes
from tkt.domain.entry import Entry
from tkt.domain.fields import MUTABLE
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.render.machine import to_json
from tkt.render.markup import to_html
from tkt.render.text import clean_line, field_label, spoken
from tkt.render.views import TextView
from tkt.usecases.look import View

_MOST_ROWS = 200
_EXCERPT = 300
_HEAD = ("type", "status", "resolution", "priority")
_ELSEWHERE = frozenset({"id", "title", "created", "created_by", "parent", "links"})


class Said(NamedTuple):
    """An entry of a thread; `facts` are lines, `text` is HTML."""

    id: str
    who: str
    at: str
    when: str
    marks: str
    facts: tuple[str, ...]
    text: str


class Other(NamedTuple):
    """A ticket beside the one that is shown; without a status where it is not here."""

    relation: str
    id: str
    status: str
    title: str


def ticket_values(view: View, settings: Settings, text: TextView) -> dict[str, object]:
    """What the template of a ticket's page is given; nothing in it depends on when it is made."""
    ticket = view.ticket
    return {
        "title": clean_line(ticket.title),
        "desk": ticket.id,
        "facts": _facts(view, settings),
        "body": to_html(ticket.body) if ticket.body.strip() else "",
        "related": [_other(each.relation, each.id, each.ticket) for each in view.related],
        "thread": [_said(entry, each, text, merged=each != ticket.id) for each, entry in view.thread],
        "merged_into": clean_line(ticket.merged_into),
    }


def list_values(tickets: Sequence[Ticket], settings: Settings) -> dict[str, object]:
    """What the template of the list of tickets is given: as many rows as one looks through."""
    return {
        "title": "Tickets",
        "desk": settings.key,
        "facts": [("Tickets", f"{len(tickets):,}")],
        "rows": [_row(each, settings) for each in tickets[:_MOST_ROWS]],
    }


def search_data(tickets: Iterable[Ticket], settings: Settings) -> str:
    """All tickets, for the script that searches: rows as on the list, each with the beginning of its text."""
    rows = [[*_row(each, settings), clean_line(each.body[:_EXCERPT])] for each in tickets]
    return f"const TICKETS = {to_json(rows)};\n"


def _row(ticket: Ticket, settings: Settings) -> list[str]:
    names = ("id", "title", "status", "priority", "type", "assignee", "labels")
    return [_value(ticket, name, settings) for name in names]


def _facts(view: View, settings: Settings) -> list[tuple[str, str]]:
    ticket = view.ticket
    others = [field.name for field in MUTABLE if field.name not in {*_HEAD, *_ELSEWHERE}]
    more = [name for name in ticket.fields if name not in {*_HEAD, *_ELSEWHERE, *others}]
    facts = [(name, _value(ticket, name, settings)) for name in (*_HEAD, *others, *more)]
    facts = [(field_label(settings, name), value) for name, value in facts if value]
    facts.append(("Created", f"{_moment(ticket.created)} by {_value(ticket, 'created_by', settings)}"))
    if view.updated != ticket.created:
        facts.append(("Updated", _moment(view.updated)))
    if view.minutes:
        facts.append(("Time spent", show_minutes(view.minutes)))
    return facts


def _value(ticket: Ticket, name: str, settings: Settings) -> str:
    return clean_line(", ".join(spoken(settings, name, each) for each in ticket.items(name)))


def _moment(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _other(relation: str, ticket_id: str, ticket: Ticket | None) -> Other:
    known = (ticket.status, ticket.title) if ticket else ("", "not here")
    return Other(*(clean_line(each) for each in (relation, ticket_id, *known)))


def _said(entry: Entry, ticket_id: str, text: TextView, *, merged: bool) -> Said:
    marks = [f"from {ticket_id}"] if merged else []
    marks += ["internal"] if entry.internal else []
    marks += [f"through {entry.channel}"] if entry.channel else []
    return Said(
        clean_line(entry.id),
        clean_line(text.settings.people.display(entry.by)),
        f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
        _moment(entry.at),
        clean_line(", ".join(marks)),
        tuple(text.entry_facts(entry, ticket_id)),
        to_html(entry.body) if entry.body.strip() else "",
    )

"""The pages of a site: reports, the board, tickets, and the list of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tkt.domain.duration import show_minutes
from tkt.domain.entry import Entry
from tkt.domain.fields import MUTABLE
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.render.board_page import MOST_CARDS, board_values
from tkt.render.machine import to_jsonl
from tkt.render.markup import to_html
from tkt.render.pages import Links, digest_of, fill_pages, site_parts
from tkt.render.report_page import report_values
from tkt.render.text import clean_line, field_label, spoken
from tkt.render.views import TextView
from tkt.usecases.look import Group, View
from tkt.usecases.overview import Overview
from tkt.usecases.site import SEARCHED

_PAGES = (("Reports", "index.html"), ("Board", "board.html"), ("Tickets", "tickets.html"))
_REPORTS, _BOARD, _LIST, _TICKET = (
    "report/page.html",
    "board/page.html",
    "site/tickets.html",
    "site/ticket.html",
)
_OF_TICKETS = (_TICKET, "web/base.html")
_MOST_ROWS = 200
_DATA, _NEXT, _END = "const TICKETS = [\n", ",\n", "\n];\n"
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


class SitePress:
    """Makes the pages of a site of templates.

    Args:
        text: puts what happened into words.
        own: the team's templates, as `fill_page` has it.
        settings: a name for those in force.
        now: UTC.
    """

    cards = MOST_CARDS

    def __init__(self, text: TextView, own: Mapping[str, str], settings: str, now: datetime) -> None:
        self.rules = f"{settings} {digest_of(_OF_TICKETS, own)}"
        self._text = text
        self._own = own
        self._now = now

    def tickets(self, shown: Iterable[View]) -> Iterator[tuple[str, str]]:
        """The pages of some tickets, one after the other, each by the ticket's id."""
        ids: list[str] = []

        def values() -> Iterator[dict[str, object]]:
            for each in shown:
                ids.append(each.ticket.id)
                yield ticket_values(each, self._text.settings, self._text)

        for place, page in enumerate(fill_pages(_TICKET, values(), self._own, Links("../", _PAGES))):
            yield ids[place], page

    def line(self, ticket: Ticket) -> str:
        """What the script that searches is given of a ticket: a row of the list, and how its text begins."""
        row = [*_row(ticket, self._text.settings), clean_line(" ".join(ticket.body[:_EXCERPT].split()))]
        return to_jsonl((row,))

    def lines(self, text: str) -> Mapping[str, str]:
        """The lines of such data as they were written, by the tickets' ids."""
        lines = text.removeprefix(_DATA).removesuffix(_END).split(_NEXT)
        return {line[len('["') :].partition('"')[0]: line for line in lines}

    def common(
        self, reports: Overview, board: Sequence[Group], lines: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """What there is one of: the pages of reports, board and list, and the files that all pages share."""
        settings = self._text.settings
        filled = (
            (_REPORTS, report_values(reports, settings)),
            (_BOARD, board_values(board, "status", "", settings, self._now)),
            (_LIST, list_values(lines, settings)),
        )
        for (_, name), (template, values) in zip(_PAGES, filled, strict=True):
            yield name, next(fill_pages(template, (values,), self._own, Links("", _PAGES)))
        yield SEARCHED, f"{_DATA}{_NEXT.join(lines)}{_END}"
        yield from site_parts(self._own).items()


def ticket_values(view: View, settings: Settings, text: TextView) -> dict[str, object]:
    """What the template of a ticket's page is given; nothing in it depends on when it is made."""
    ticket = view.ticket
    return {
        "title": clean_line(ticket.title),
        "desk": ticket.id,
        "facts": _facts(view, settings),
        "body": to_html(ticket.body, hide=view.hide) if ticket.body.strip() else "",
        "related": [_other(each.relation, each.id, each.ticket) for each in view.related],
        "thread": [_said(entry, each, view, text) for each, entry in view.thread],
        "merged_into": clean_line(ticket.merged_into),
    }


def list_values(lines: Sequence[str], settings: Settings) -> dict[str, object]:
    """What the template of the list of tickets is given: as many rows as one looks through."""
    return {
        "title": "Tickets",
        "desk": settings.key,
        "facts": [("Tickets", f"{len(lines):,}")],
        "rows": [json.loads(each)[:-1] for each in lines[:_MOST_ROWS]],
    }


def _row(ticket: Ticket, settings: Settings) -> list[str]:
    plain = [clean_line(ticket.text(name)) for name in ("id", "title", "status", "priority", "type")]
    more = (_value(ticket, name, settings) for name in ("assignee", "labels"))
    return [*plain, *more, f"{ticket.created:%Y-%m-%d}"]


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


def _said(entry: Entry, ticket_id: str, view: View, text: TextView) -> Said:
    marks = [f"from {ticket_id}"] if ticket_id != view.ticket.id else []
    marks += ["internal"] if entry.internal else []
    marks += [f"through {entry.channel}"] if entry.channel else []
    return Said(
        clean_line(entry.id),
        clean_line(text.settings.people.display(entry.by)),
        f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
        _moment(entry.at),
        clean_line(", ".join(marks)),
        tuple(text.entry_facts(entry)),
        to_html(entry.body, hide=view.hide) if entry.body.strip() else "",
    )

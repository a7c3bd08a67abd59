"""The board as a page: its columns and cards, as plain values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tkt.domain.fields import format_time
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.render.lists import pressing, rest_of
from tkt.render.text import clean_line, fit, spoken
from tkt.usecases.look import Group

MOST_CARDS = 50
_LONGEST = 200
_MOST_READ = 10 * _LONGEST
_STANDS_OUT = {"breached": ("late", "late"), "at-risk": ("soon", "left")}
_PLAIN = ("", "")
_MOST_URGENT = 2


class Card(NamedTuple):
    """A ticket: its id, its title, and what else is said of it, each with the kind it is of."""

    id: str
    title: str
    marks: tuple[tuple[str, str], ...]


class Column(NamedTuple):
    """Tickets that have something in common; `rest` stands for those that are not shown."""

    name: str
    number: str
    cards: tuple[Card, ...]
    rest: str


def board_values(
    groups: Sequence[Group], by: str, query: str, settings: Settings, now: datetime, most: int = 0
) -> dict[str, object]:
    """What the template of the board is given.

    Args:
        groups: the columns.
        by: what they stand for.
        query: which tickets are shown, as typed.
        settings: names of people, and priorities.
        now: UTC.
        most: cards of a column; 0 for what a page has room for.
    """
    limit = most or MOST_CARDS
    columns = tuple(
        Column(
            _line(spoken(settings, by, each.value)) or "none",
            f"{len(each.tickets):,}",
            tuple(_card(ticket, by, settings) for ticket in each.tickets[:limit]),
            "".join(rest_of(each, limit)),
        )
        for each in groups
    )
    found = {ticket.id for each in groups for ticket in each.tickets}
    facts = [
        ("Columns", _line(by)),
        ("Tickets", f"{len(found):,}"),
        ("Query", _line(query) or "open tickets"),
        ("As of", f"{format_time(now)[:16].replace('T', ' ')} UTC"),
    ]
    return {"title": "Board", "desk": settings.key, "facts": facts, "columns": columns}


def _card(ticket: Ticket, by: str, settings: Settings) -> Card:
    marks = []
    if by != "priority":
        urgent = settings.matrix.rank(ticket.priority) < _MOST_URGENT
        marks.append(("top" if urgent else "", _line(ticket.priority)))
    kind, word = _STANDS_OUT.get(ticket.text("sla"), _PLAIN)
    marks += [(kind, f"{each.removeprefix('-')} {word}") for each in pressing(ticket)]
    if ticket.assignee and by != "assignee":
        marks.append(("", _line(spoken(settings, "assignee", ticket.assignee))))
    return Card(ticket.id, _line(ticket.title), tuple(marks))


def _line(text: str) -> str:
    return fit(clean_line(text[:_MOST_READ]), _LONGEST)

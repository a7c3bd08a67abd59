"""Due dates as a calendar, iCalendar (RFC 5545): one event for each ticket that is open and due.

Events and not to-dos: to-dos would say the same and most calendars that people subscribe with show none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from tkt.domain.fields import format_time, parse_time
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.render.text import clean

_OCTETS = 75
_LEAST_URGENT = 9


def calendar_lines(tickets: Iterable[Ticket], settings: Settings, product: str) -> Iterator[str]:
    """The lines of a calendar, each with its line end.

    Args:
        tickets: with `updated`, which follows from their threads. Those that are closed, or are not due, are
            left out.
        settings: statuses, priorities and names of people.
        product: who made it, such as `tkt 1.0`.
    """
    yield from _folded("BEGIN:VCALENDAR")
    yield from _folded("VERSION:2.0")
    yield from _folded(f"PRODID:-//tkt//{product}//EN")
    for each in tickets:
        times = _times(each.text("due"))
        if times and not settings.workflow.is_done(each.status):
            for line in _event(each, times, settings):
                yield from _folded(line)
    yield from _folded("END:VCALENDAR")


def _times(due: str) -> list[str]:
    """When an event is; nothing where that is no time."""
    try:
        if len(due) == len("2026-11-22"):
            return [f"DTSTART;VALUE=DATE:{date.fromisoformat(due).isoformat().replace('-', '')}"]
        return [f"DTSTART:{_moment(parse_time(due))}"] if due else []
    except ValueError:  # somebody wrote it by hand; tkt check says so
        return []


def _event(ticket: Ticket, times: Iterable[str], settings: Settings) -> Iterator[str]:
    updated = _moment(parse_time(ticket.text("updated")))
    yield "BEGIN:VEVENT"
    # An id is drawn by lot within a month: with its second of creation no other desk has it.
    yield f"UID:{ticket.id}-{_moment(ticket.created)}@tkt"
    yield f"DTSTAMP:{updated}"
    yield f"CREATED:{_moment(ticket.created)}"
    yield f"LAST-MODIFIED:{updated}"
    yield from times
    yield f"SUMMARY:{_text(f'{ticket.id} {ticket.title}')}"
    yield f"DESCRIPTION:{_text(_told(ticket, settings))}"
    if ticket.items("labels"):
        yield f"CATEGORIES:{','.join(map(_text, ticket.items('labels')))}"
    priorities = settings.matrix.priorities
    if ticket.priority in priorities:
        yield f"PRIORITY:{min(priorities.index(ticket.priority) + 1, _LEAST_URGENT)}"
    yield "STATUS:CONFIRMED"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _told(ticket: Ticket, settings: Settings) -> str:
    facts = {
        "Status": ticket.status,
        "Priority": ticket.priority,
        "Assignee": settings.people.display(ticket.assignee),
    }
    return "\n".join(f"{name}: {value}" for name, value in facts.items() if value)


def _moment(moment: datetime) -> str:
    return format_time(moment).replace("-", "").replace(":", "")


def _text(text: str) -> str:
    text = clean(text)
    for mark in "\\;,":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A line as the standard wants it: at most 75 octets, and what goes on begins with a space."""
    parts, room = [""], _OCTETS
    for char in line:
        size = len(char.encode())
        if size > room:
            parts.append(" ")
            room = _OCTETS - 1
        parts[-1] += char
        room -= size
    yield from (f"{part}\r\n" for part in parts)

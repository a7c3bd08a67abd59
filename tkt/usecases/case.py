"""One case: a ticket, and all that were merged into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from tkt.domain.conditions import Linked
from tkt.domain.entry import PUBLIC, Entry
from tkt.domain.story import LEVEL
from tkt.domain.ticket import LINKS, PARENT, Ticket, links_of
from tkt.errors import Problem
from tkt.usecases.workspace import Workspace

MENTIONED = ("title", "parent", "links", "created_by", "body")
"""What is shown of a ticket whose file names another one."""

Mentioning = Callable[[str], Sequence[Ticket]]

Said = tuple[tuple[str, Entry], ...]
"""Entries in order, each with its ticket's id."""


def whole_thread(ws: Workspace, ticket: Ticket, mentioning: Mentioning) -> tuple[Said, tuple[Problem, ...]]:
    """A ticket's thread with those of the tickets merged into it, by time, and what cannot be read of them.

    Args:
        ws: the desk.
        ticket: the survivor.
        mentioning: finds every ticket whose file names one; those merged into it are among them.
    """
    cases = _case(ticket, mentioning, {ticket.id})
    threads = [(each, *ws.tickets.thread(each.id)) for each in cases]
    problems = tuple(problem for _, _, found in threads for problem in found)
    entries = [(each.id, entry) for each, thread, _ in threads for entry in thread]
    if len(cases) > 1:
        entries += [(each.id, _opening(each)) for each in cases[1:]]
        entries.sort(key=lambda pair: (pair[1].at, pair[1].order))
    return _with_levels_in_time(entries), problems


def _with_levels_in_time(entries: Sequence[tuple[str, Entry]]) -> Said:
    """The same with what clocks reached at its time: that follows changes only, and not what was said."""
    found = [pair for pair in entries if LEVEL not in pair[1].extra]
    for pair in (each for each in entries if LEVEL in each[1].extra):
        later = (place for place, each in enumerate(found) if each[1].at > pair[1].at)
        found.insert(next(later, len(found)), pair)
    return tuple(found)


def _case(ticket: Ticket, mentioning: Mentioning, seen: set[str]) -> list[Ticket]:
    """A ticket and all that were merged into it, near or far; a circle made by hand is walked once."""
    found = [ticket]
    for other in mentioning(ticket.id):
        if other.merged_into == ticket.id and other.id not in seen:
            seen.add(other.id)
            found += _case(other, mentioning, seen)
    return found


def mentions(ws: Workspace) -> Mentioning:
    """Finds every other ticket that has a link to a ticket, with what is shown of it; once for each."""

    @cache
    def mentioning(ticket_id: str) -> Sequence[Ticket]:
        found = ws.catalogue.select(Linked((PARENT, *LINKS), (ticket_id,)), MENTIONED)
        return [each for each in found.tickets if each.id != ticket_id]

    return mentioning


def mentions_among(tickets: Sequence[Ticket]) -> Mentioning:
    """The same among tickets that are at hand.

    Args:
        tickets: all of the desk, with the fields of MENTIONED.
    """
    found: dict[str, dict[str, Ticket]] = {}
    for each in tickets:
        for _, target in links_of(each):
            if target and target != each.id:
                found.setdefault(target, {})[each.id] = each
    return lambda ticket_id: tuple(found.get(ticket_id, {}).values())


def _opening(ticket: Ticket) -> Entry:
    """A merged ticket's description, as the entry that began its thread."""
    body = f"**{ticket.title}**\n\n{ticket.body}"
    return Entry("", ticket.created, ticket.text("created_by"), 0, visibility=PUBLIC, body=body)

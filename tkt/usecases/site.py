"""A desk as pages for a browser: which there are, what each is made of, and which still say what is true."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from tkt.domain.conditions import All
from tkt.domain.entry import Entry
from tkt.domain.ordering import ordered
from tkt.domain.ticket import MERGED_INTO, Ticket, links_of
from tkt.domain.withholding import Withholder, public_thread, public_ticket
from tkt.errors import NotFoundError, Problem
from tkt.usecases.case import MENTIONED, Mentioning, mentions_among
from tkt.usecases.look import DEFAULT_SORT, Group, View, grouped, view
from tkt.usecases.overview import Overview
from tkt.usecases.urgent import with_clocks
from tkt.usecases.workspace import Workspace

SHOWN = ("id", "title", "status", "priority", "type", "assignee", "labels", "created", "body")
"""What a list of tickets has of each."""

SEARCHED = "tickets.js"
"""The file with the list of all tickets."""

_DIGITS = 16


class Press(Protocol):
    """Makes pages, each with its name in the site."""

    @property
    def rules(self) -> str:
        """A name for all that pages depend on besides tickets."""

    @property
    def cards(self) -> int:
        """How many tickets a column of the board has room for."""

    def tickets(self, shown: Iterable[View]) -> Iterator[tuple[str, str]]:
        """The pages of some tickets, one after the other, each by the ticket's id."""

    def line(self, ticket: Ticket) -> str:
        """What the list of all tickets has of one."""

    def lines(self, text: str) -> Mapping[str, str]:
        """The lines of such a list as it was written, by the tickets' ids."""

    def common(
        self, reports: Overview, board: Sequence[Group], lines: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """What there is one of: the pages of reports, board and list, and the files that all pages share."""


class Folder(Protocol):
    """Holds a site."""

    def kept(self, digests: Mapping[str, str]) -> Collection[str]:
        """The tickets whose pages are there and say what these names stand for."""

    def read(self, name: str) -> str:
        """What any other page or file says; "" where it is not there."""

    def write_ticket(self, ticket_id: str, text: str) -> None:
        """Put the page of a ticket in its place."""

    def write(self, name: str, text: str) -> None:
        """Put any other page or file in its place, unless it says the same already."""

    def finish(self, digests: Mapping[str, str]) -> int:
        """Take away the pages of tickets that are gone, and remember the others; how many went."""


class Built(NamedTuple):
    """What was done.

    Args:
        pages: how many there are.
        tickets: how many of them are of tickets.
        written: how many of those are new.
        gone: how many were taken away.
        problems: what could not be understood.
    """

    pages: int
    tickets: int
    written: int
    gone: int
    problems: Sequence[Problem]


def build(
    ws: Workspace,
    reports: Callable[[], Overview],
    press: Press,
    folder: Folder,
    progress: Callable[[str, int, int], None],
    *,
    public: bool,
) -> Built:
    """Write the pages of tickets that have changed, and all others.

    Args:
        ws: the desk.
        reports: makes those of the first page.
        press: makes the pages.
        folder: they go there.
        progress: told what is being done, how much of it is, and how much there is.
        public: leave out what is for the desk only.

    Raises:
        UsageError: a page cannot be made, or not be written.
    """
    found = leaves(ws, f"{press.rules} {public}")
    drawn = reports()
    problems = list(found.problems)
    known = press.lines(folder.read(SEARCHED))
    kept = known.keys() & folder.kept(found.digests)
    stale = [each for each in found.tickets if each not in kept]
    shown = views(ws, stale, found.mentioning, problems, public=public)
    for done, (ticket_id, text) in enumerate(press.tickets(shown), 1):
        folder.write_ticket(ticket_id, text)
        progress("Writing", done, len(stale))
    new = {each: press.line(_seen(ws, found.tickets[each], public=public)) for each in stale}
    board = _board(ws, list(found.tickets.values()), press.cards, public=public)
    pages = len(found.tickets)
    lines = [new.get(each) or known[each] for each in found.tickets]
    for name, text in press.common(drawn, board, lines):
        folder.write(name, text)
        pages += name.endswith(".html")
    gone = folder.finish({each: found.digests.get(each, "") for each in found.tickets})
    return Built(pages, len(found.tickets), len(stale), gone, problems)


def _board(ws: Workspace, tickets: Sequence[Ticket], most: int, *, public: bool) -> Sequence[Group]:
    """The columns; of tickets for which they have no room, nothing is left but the ids."""
    at_work = [each for each in reversed(tickets) if not ws.settings.workflow.is_done(each.status)]
    found = ordered(at_work, DEFAULT_SORT, ws.settings)
    if ws.settings.sla.policies:
        found, _ = with_clocks(ws, found)
    columns = []
    for each in grouped(ws, found, "status", empty=True):
        cards = [_seen(ws, one, public=public) for one in each.tickets[:most]]
        rest = [Ticket({"id": one.id}) for one in each.tickets[most:]]
        columns.append(each._replace(tickets=(*cards, *rest)))
    return columns


class Leaves(NamedTuple):
    """The tickets of a desk.

    Args:
        tickets: all of them by id, the newest first, with the fields of SHOWN, as the desk reads them.
        mentioning: finds the tickets whose files name one.
        digests: a name for what the page of each says, by id; none where nobody knows without reading it.
        problems: files that could not be understood.
    """

    tickets: Mapping[str, Ticket]
    mentioning: Mentioning
    digests: Mapping[str, str]
    problems: Sequence[Problem]


def leaves(ws: Workspace, rules: str) -> Leaves:
    """The tickets that a site shows.

    Args:
        ws: the desk.
        rules: a name for all that the pages depend on besides tickets.
    """
    found = ws.catalogue.select(All(), (*SHOWN, "requester", *MENTIONED))
    tickets = {
        each.id: each
        for each in sorted(found.tickets, key=lambda each: (each.created, each.id), reverse=True)
    }
    digests = _digests(tickets, ws.catalogue.standings(), rules)
    return Leaves(tickets, mentions_among(found.tickets), digests, found.problems)


def _seen(ws: Workspace, ticket: Ticket, *, public: bool) -> Ticket:
    return outward(ws, ticket) if public else ticket


def outward(ws: Workspace, ticket: Ticket) -> Ticket:
    """A ticket as those outside may read it."""
    return public_ticket(ticket, ws.settings.people, ws.settings.fields)


def views(
    ws: Workspace, ids: Sequence[str], mentioning: Mentioning, problems: list[Problem], *, public: bool
) -> Iterator[View]:
    """Tickets with all that belongs to them, one by one; those that are gone by then are left out.

    Args:
        ws: the desk.
        ids: of the tickets.
        mentioning: finds the tickets whose files name one.
        problems: what could not be understood; grows.
        public: as those outside may read them.
    """
    for each in ids:
        try:
            found = view(ws, each, internal=not public, mentioning=mentioning)
        except NotFoundError:
            continue
        problems.extend(found.problems)
        yield _outward_view(ws, found) if public else found


def _outward_view(ws: Workspace, found: View) -> View:
    def public(entry: Entry) -> Sequence[Entry]:
        return public_thread(found.ticket, (entry,), ws.settings.people, ws.settings.fields)

    thread = tuple((name, each) for name, entry in found.thread for each in public(entry))
    related = tuple(
        each._replace(ticket=outward(ws, each.ticket) if each.ticket else None) for each in found.related
    )
    hide = Withholder(ws.settings.people, found.ticket.text("requester"))
    return found._replace(ticket=outward(ws, found.ticket), thread=thread, related=related, hide=hide)


def _digests(tickets: Mapping[str, Ticket], standings: Mapping[str, str], rules: str) -> dict[str, str]:
    """What a page says follows from its ticket, those merged into it, and the titles of those beside it."""
    beside: dict[str, set[str]] = {}
    merged: dict[str, list[str]] = {}
    for ticket_id, ticket in tickets.items():
        for kind, other in links_of(ticket):
            beside.setdefault(ticket_id, set()).add(other)
            beside.setdefault(other, set()).add(ticket_id)
            if kind == MERGED_INTO:
                merged.setdefault(other, []).append(ticket_id)
    digests = {}
    for ticket_id in tickets.keys() & standings.keys():
        parts = [rules]
        for one in sorted(_case(ticket_id, merged)) if ticket_id in merged else (ticket_id,):
            parts.append(f"{one} {standings.get(one, '')}")
            parts += sorted(_line(other, tickets.get(other)) for other in beside.get(one, ()))
        digests[ticket_id] = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_DIGITS]
    return digests


def _case(ticket_id: str, merged: Mapping[str, Sequence[str]]) -> set[str]:
    """A ticket and all that were merged into it, near or far."""
    found, waiting = set[str](), [ticket_id]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += merged.get(one, ())
    return found


def _line(ticket_id: str, ticket: Ticket | None) -> str:
    """What a page says of a ticket beside its own."""
    return (
        f"{ticket_id} {ticket.status}\0{ticket.title}\0{ticket.fields.get('links')}" if ticket else ticket_id
    )

"""What there is to see: one ticket with all that belongs to it, lists of them, and the home screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tkt.domain.query import Matcher, Query, Term, ordered, parse_query
from tkt.domain.ticket import LINKS, PARENT, Ticket
from tkt.errors import Problem, TktError
from tkt.usecases.workspace import Workspace

if TYPE_CHECKING:
    from tkt.domain.entry import Entry

DEFAULT_SORT = "priority,created"
_SNIPPET = 60


@dataclass(frozen=True, slots=True)
class Related:
    """Another ticket, and how it belongs to the one that is shown.

    Args:
        relation: for people: `Blocked by`.
        id: of the other ticket.
        ticket: the other ticket; None when it is not here.
    """

    relation: str
    id: str
    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class View:
    """A ticket and all that belongs to it.

    Args:
        ticket: itself.
        thread: its entries, and those of tickets merged into it, each with its ticket's id.
        related: parent, children and links, in both directions.
        next_statuses: where it may go.
        minutes: time spent, in all.
        updated: the moment of its newest entry, UTC.
        problems: entries that cannot be read, and values that the settings do not know.
    """

    ticket: Ticket
    thread: tuple[tuple[str, Entry], ...]
    related: tuple[Related, ...]
    next_statuses: tuple[str, ...]
    minutes: int
    updated: datetime
    problems: tuple[Problem, ...]


def view(ws: Workspace, ticket_id: str) -> View:
    """One ticket with all that belongs to it."""
    from tkt.usecases.case import mentioning, whole_thread  # start-up: a list reads no thread

    ticket = ws.tickets.load(ticket_id)
    mentions = mentioning(ws, ticket_id)
    thread, problems = whole_thread(ws, ticket, mentions)
    own = [entry for each, entry in thread if each == ticket_id]
    return View(
        ticket=ticket,
        thread=thread,
        related=tuple(_related(ws, ticket, mentions)),
        next_statuses=ws.settings.workflow.next(ticket.type, ticket.status),
        minutes=sum(entry.minutes or 0 for _, entry in thread),
        updated=max((entry.at for entry in own), default=ticket.created),
        problems=(*problems, *ws.tickets.problems(ticket_id)),
    )


def _related(ws: Workspace, ticket: Ticket, mentions: Sequence[Ticket]) -> list[Related]:
    found = []
    if ticket.text(PARENT):
        found.append(("Parent", ticket.text(PARENT)))
    found += [
        (LINKS[link.kind].title if link.kind in LINKS else link.kind, link.target) for link in ticket.links
    ]
    found += [relation for other in mentions for relation in _relations_from(other, ticket.id)]
    return [Related(relation, each, _if_here(ws, each)) for relation, each in dict.fromkeys(found)]


def _relations_from(other: Ticket, ticket_id: str) -> list[tuple[str, str]]:
    """How another ticket's own lines relate it to a ticket."""
    found = [("Child", other.id)] if other.text(PARENT) == ticket_id else []
    kinds = [link.kind for link in other.links if link.target == ticket_id]
    return [*found, *((LINKS[kind].inverse_title if kind in LINKS else kind, other.id) for kind in kinds)]


def _if_here(ws: Workspace, ticket_id: str) -> Ticket | None:
    try:
        return ws.tickets.load(ticket_id)
    except TktError:
        return None


@dataclass(frozen=True, slots=True)
class Listing:
    """Tickets that meet a query.

    Args:
        tickets: in order, cut at the limit.
        total: how many met it before the cut.
        hidden: closed tickets that would have met it but for the rule that a list shows open ones.
        problems: files that could not be understood, and are in no list.
    """

    tickets: tuple[Ticket, ...]
    total: int
    hidden: int
    problems: tuple[Problem, ...]


def listing(
    ws: Workspace, query: Query, *, sort: str = DEFAULT_SORT, limit: int = 0, closed: bool = False
) -> Listing:
    """Tickets that meet a query; open ones, unless it asks for a status itself.

    Args:
        ws: the desk.
        query: the conditions.
        sort: `field,-field`.
        limit: at most so many; 0 for all.
        closed: whether closed ones are shown too.

    Raises:
        UsageError: the sort names a field that does not exist.
    """
    found: list[Ticket] = []
    problems: list[Problem] = []
    matcher = Matcher(query, ws.settings, _me(ws, query), ws.now)
    for each in ws.tickets.scan():
        if isinstance(each, Problem):
            problems.append(each)
        elif matcher.matches(each):
            found.append(each)
    shown = found if closed or query.asks("status") or query.asks("is") else _open(ws, found)
    in_order = ordered(shown, sort, ws.settings)
    cut = in_order[:limit] if limit else in_order
    return Listing(tuple(cut), len(shown), len(found) - len(shown), tuple(problems))


def _open(ws: Workspace, tickets: Sequence[Ticket]) -> list[Ticket]:
    return [each for each in tickets if not ws.settings.workflow.is_done(each.status)]


def _me(ws: Workspace, query: Query) -> str:
    """Who `me` is; nobody is asked unless the query says `me`."""
    asks = any(value in {"me", "@me"} for term in query.terms for value in term.values)
    return ws.actor.id if asks else ""


def read_query(ws: Workspace, text: str, conditions: Sequence[Term] = ()) -> Query:
    """A query as typed, with further conditions from options.

    Raises:
        UsageError: it names a field or value that does not exist.
    """
    return parse_query(text, ws.settings).also(*conditions)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a text was found.

    Args:
        ticket: in which ticket.
        where: `title`, `description`, or who said it.
        snippet: the words around it, on one line.
    """

    ticket: Ticket
    where: str
    snippet: str


def search(ws: Workspace, text: str, *, limit: int = 0) -> tuple[list[Hit], list[Problem]]:
    """Tickets that mention a text in title, description or thread: the newest first, titles before all."""
    hits: list[Hit] = []
    problems: list[Problem] = []
    for each in ws.tickets.scan():
        if isinstance(each, Problem):
            problems.append(each)
        elif hit := _hit(ws, each, text.casefold()):
            hits.append(hit)
    hits.sort(key=lambda hit: hit.ticket.created, reverse=True)
    hits.sort(key=lambda hit: hit.where != "title")
    return (hits[:limit] if limit else hits), problems


def _hit(ws: Workspace, ticket: Ticket, wanted: str) -> Hit | None:
    for where, text in (("title", ticket.title), ("description", ticket.body)):
        if wanted in text.casefold():
            return Hit(ticket, where, snippet(text, wanted))
    for entry in ws.tickets.thread(ticket.id)[0]:
        if wanted in entry.body.casefold():
            return Hit(ticket, ws.settings.people.display(entry.by), snippet(entry.body, wanted))
    return None


def snippet(text: str, wanted: str) -> str:
    """The words around a text, on one line."""
    line = " ".join(text.split())
    at = max(line.casefold().find(wanted), 0)
    start = max(at - _SNIPPET // 2, 0)
    end = min(at + len(wanted) + _SNIPPET, len(line))
    return ("..." if start else "") + line[start:end].strip() + ("..." if end < len(line) else "")


@dataclass(frozen=True, slots=True)
class Home:
    """The home screen.

    Args:
        mine: open tickets that are mine, the most urgent first; None when nobody knows who I am.
        unassigned: open tickets that are nobody's, likewise.
        overdue: open tickets whose due date has gone by.
        counts: open tickets by status.
        timers: tickets on which my timer runs.
        uncommitted: ticket files that are not committed.
        unpushed: commits that the upstream lacks; None without an upstream.
        problems: files that could not be understood.
    """

    mine: tuple[Ticket, ...] | None
    unassigned: tuple[Ticket, ...]
    overdue: tuple[Ticket, ...]
    counts: tuple[tuple[str, int], ...]
    timers: tuple[str, ...]
    uncommitted: int
    unpushed: int | None
    problems: tuple[Problem, ...]


def home(ws: Workspace) -> Home:
    """What one looks at first."""
    from tkt.usecases.converse import running_timers  # start-up: nothing else here looks at timers

    everything = listing(ws, Query())
    is_overdue = Matcher(Query((Term("is", ("overdue",)),)), ws.settings, "", ws.now)
    counts = Counter(each.status for each in everything.tickets)
    me = ws.identity.actor()
    return Home(
        mine=tuple(each for each in everything.tickets if each.assignee == me.id) if me else None,
        unassigned=tuple(each for each in everything.tickets if not each.assignee),
        overdue=tuple(each for each in everything.tickets if is_overdue.matches(each)),
        counts=tuple((name, counts[name]) for name in ws.settings.workflow.statuses if counts[name]),
        timers=tuple(running_timers(ws)) if me else (),
        uncommitted=len(ws.history.uncommitted()),
        unpushed=ws.history.unpushed(),
        problems=everything.problems,
    )

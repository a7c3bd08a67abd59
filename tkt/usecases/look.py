"""What there is to see: one ticket with all that belongs to it, lists of them, and the home screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from tkt.domain.activity import TIMED, activity
from tkt.domain.conditions import All, Among, Not, Present, Query, about_clocks, fold, is_past
from tkt.domain.fields import unknown
from tkt.domain.ordering import ordered, sort_fields
from tkt.domain.ticket import LINKS, PARENT, Ticket
from tkt.domain.workflow import Category
from tkt.errors import Problem, TktError, UsageError
from tkt.usecases.workspace import Hit, NamedCommit, Workspace

if TYPE_CHECKING:
    from tkt.domain.clocks import Judgement
    from tkt.domain.disputes import Dispute
    from tkt.domain.entry import Entry
    from tkt.domain.withholding import Withholder
    from tkt.usecases.case import Mentioning

DEFAULT_SORT = "priority,created"
QUEUE_SORT = "priority,due,updated"


class Related(NamedTuple):
    """Another ticket, and how it belongs to the one that is shown.

    Args:
        relation: for people: `Blocked by`.
        id: of the other ticket.
        ticket: the other ticket; None when it is not here.
    """

    relation: str
    id: str
    ticket: Ticket | None


class View(NamedTuple):
    """A ticket and all that belongs to it.

    Args:
        ticket: itself.
        thread: its entries, and those of tickets merged into it, each with its ticket's id.
        related: parent, children and links, in both directions.
        next_statuses: where it may go.
        minutes: time spent in that thread, in all.
        updated: the moment of the newest entry of its own that is in that thread, UTC.
        problems: entries that cannot be read, and values that the settings do not know.
        commits: commits of code that name it, the newest first.
        clocks: how they stand; None where nothing is promised.
        disputes: the fields of which several values hold.
        hide: takes out addresses that can be told only once a text is shown; None for the desk.
    """

    ticket: Ticket
    thread: tuple[tuple[str, Entry], ...]
    related: tuple[Related, ...]
    next_statuses: tuple[str, ...]
    minutes: int
    updated: datetime
    problems: tuple[Problem, ...]
    commits: tuple[NamedCommit, ...] = ()
    clocks: Judgement | None = None
    disputes: tuple[Dispute, ...] = ()
    hide: Withholder | None = None


def view(
    ws: Workspace,
    ticket_id: str,
    *,
    code: bool = False,
    internal: bool = True,
    mentioning: Mentioning | None = None,
) -> View:
    """One ticket with all that belongs to it.

    Args:
        ws: the desk.
        ticket_id: which ticket.
        code: whether the commits of code that name it are wanted.
        internal: whether what is for the desk only is there, and counts; for the clocks it always does.
        mentioning: finds the tickets whose files name one; None for the index.
    """
    from tkt.usecases.case import mentions, whole_thread  # start-up: a list reads no thread

    ticket = ws.tickets.load(ticket_id)
    mentioning = mentioning or mentions(ws)
    thread, problems = whole_thread(ws, ticket, mentioning)
    own = [entry for each, entry in thread if each == ticket_id]
    disputes = _disputes(ws, ticket, own)
    if not internal:
        thread = tuple((each, entry) for each, entry in thread if not entry.internal)
        disputes = [each for each in disputes if not any(voice.entry.internal for voice in each.voices)]
    return View(
        ticket=ticket,
        thread=thread,
        related=tuple(_related(ws, ticket, mentioning(ticket_id))),
        next_statuses=ws.settings.workflow.next(ticket.type, ticket.status),
        minutes=activity(entry for _, entry in thread).spent,
        updated=activity(entry for each, entry in thread if each == ticket_id).updated(ticket),
        problems=(*problems, *ws.tickets.problems(ticket_id)),
        commits=tuple(ws.code.naming(ticket_id)) if ws.code and code else (),
        clocks=_judgement(ws, ticket, own) if ws.settings.sla.policies else None,
        disputes=tuple(disputes),
    )


def _judgement(ws: Workspace, ticket: Ticket, thread: Sequence[Entry]) -> Judgement:
    from tkt.usecases.promises import judge_of  # start-up: not every desk promises something

    return judge_of(ws, ws.now).judge(ticket, thread)


def _disputes(ws: Workspace, ticket: Ticket, thread: Sequence[Entry]) -> list[Dispute]:
    from tkt.domain.entry import went_apart  # start-up: a list reads no thread

    if not went_apart(thread):
        return []
    from tkt.usecases.resolve import disputes_of  # start-up: people rarely disagree

    return disputes_of(ws, ticket, thread)


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


class Listing(NamedTuple):
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
    ws: Workspace,
    query: Query,
    *,
    sort: str = "",
    limit: int = 0,
    closed: bool = False,
    fields: Sequence[str] = (),
) -> Listing:
    """Tickets that meet a query; open ones, unless it asks for a status itself.

    Args:
        ws: the desk.
        query: the conditions.
        sort: `field,-field`; "" for the query's own, or the usual one.
        limit: at most so many; 0 for all.
        closed: whether closed ones are shown too.
        fields: those that are needed, derived ones too; () for all of the files.

    Raises:
        UsageError: the sort names a field that does not exist.
    """
    chosen = sort or query.sort or DEFAULT_SORT
    sorts = tuple(field.name for field, _ in sort_fields(chosen, ws.settings))
    wanted = tuple(each for each in ("id", *fields, *sorts) if each not in TIMED) if fields else ()
    asked = query if closed or query.about_status else query.only_open(ws.settings.workflow.done)
    # Closed tickets are not counted where that would take the clocks of all of them.
    counted = asked is not query and not about_clocks(query.condition)
    found = ws.catalogue.select(asked.condition, wanted, query.condition if counted else None)
    hidden = found.total - len(found.tickets) if counted else 0
    shown: Sequence[Ticket] = found.tickets
    problems: tuple[Problem, ...] = ()
    clocks = [
        not TIMED.keys().isdisjoint(each) and bool(ws.settings.sla.policies) for each in (sorts, fields)
    ]
    if clocks[0]:
        shown, problems = _with_clocks(ws, shown)
    shown = ordered(shown, chosen, ws.settings)[: limit or None]
    if clocks == [False, True]:
        shown, problems = _with_clocks(ws, shown)
    return Listing(tuple(shown), len(found.tickets), hidden, (*found.problems, *problems))


def _with_clocks(ws: Workspace, tickets: Sequence[Ticket]) -> tuple[Sequence[Ticket], tuple[Problem, ...]]:
    from tkt.usecases.urgent import with_clocks  # start-up: few ask for clocks

    return with_clocks(ws, tickets)


def read_query(ws: Workspace, text: str, *, apart: bool = False) -> Query:
    """A query as typed.

    Args:
        ws: the desk.
        text: the query.
        apart: whether words and phrases are only collected, for a search.

    Raises:
        UsageError: it cannot be read, or names a field or value that does not exist.
        NotFoundError: it names a ticket that is not there.
    """
    if not text.strip():
        return Query()
    from tkt.domain.query import parse_query  # start-up: who asks for everything needs no grammar
    from tkt.domain.vocabulary import Vocabulary

    words = Vocabulary(ws.settings, ws.now, lambda: ws.actor.id, lambda word: _ticket(ws, word), timed=True)
    return parse_query(text, words, apart=apart)


def _ticket(ws: Workspace, word: str) -> str:
    from tkt.usecases.find import find_ticket  # start-up: few queries name tickets

    return find_ticket(ws, word)


def search(ws: Workspace, query: Query, *, limit: int = 0) -> tuple[list[Hit], list[Problem]]:
    """Tickets that mention texts in title, description or thread: titles first, then who says it most often.

    Raises:
        UsageError: there is nothing to search for.
    """
    if not query.texts:
        raise UsageError("nothing to search for", 'tkt search "reset password"')
    return ws.catalogue.search(query.texts, query.condition, limit)


def needed_fields(ws: Workspace, columns: Sequence[str], by: str = "") -> tuple[str, ...]:
    """The fields that some columns and a grouping show.

    Raises:
        UsageError: there is no such column, or tickets cannot be grouped by it.
    """
    sources = {"age": "created", "waiting": "updated"}
    known = (*ws.settings.columns, "body")
    for name in columns:
        if name not in known:
            raise unknown("column", name, known)
    if by and by not in ws.settings.groupings:
        raise unknown("field", by, ws.settings.groupings)
    return tuple(sources.get(name, name) for name in (*columns, by) if name)


class Group(NamedTuple):
    """Tickets that have something in common.

    Args:
        value: what they have in a field; "" for nothing.
        tickets: in the order of the list.
    """

    value: str
    tickets: tuple[Ticket, ...]


def grouped(ws: Workspace, tickets: Sequence[Ticket], by: str, *, empty: bool = False) -> list[Group]:
    """Tickets by the value of a field, in the order of its choices; one with several items is in each group.

    Args:
        ws: the desk.
        tickets: in order.
        by: the field.
        empty: whether statuses of work to do have a group without a ticket.
    """
    found: dict[str, list[Ticket]] = {}
    if empty:
        found = {name: [] for name in ws.settings.workflow.statuses if not ws.settings.workflow.is_done(name)}
    for each in tickets:
        for value in each.items(by) or ("",):
            found.setdefault(value, []).append(each)
    field = ws.settings.fields.get(by)
    ranks = {value: rank for rank, value in enumerate(field.choices if field else ())}
    values = sorted(found, key=lambda value: (not value, ranks.get(value, len(ranks)), fold(value)))
    return [Group(value, tuple(found[value])) for value in values]


QUERIED = ("id", "priority", "status", "assignee", "title")
"""What is shown of tickets that are about to be changed."""

QUEUE_COLUMNS = ("id", "priority", "due", "waiting", "status", "title")
PROMISED_QUEUE_COLUMNS = ("id", "priority", "left", "due", "waiting", "status", "title")
"""Likewise where something is promised."""


class Queue(NamedTuple):
    """What is next.

    Args:
        mine: what I can work on, the most urgent first.
        waiting: how many of mine wait for somebody else.
        unassigned: how many open ones are nobody's.
    """

    mine: Listing
    waiting: int
    unassigned: int


def queue(ws: Workspace, query: Query, *, limit: int = 0) -> Queue:
    """My open tickets, by priority, then what is due, then for how long nothing has happened.

    Where something is promised, what has run out or is about to comes first, and a deadline is due, too.

    Raises:
        UsageError: nobody knows who I am.
    """
    mine = Among("assignee", (fold(ws.actor.id),))
    statuses = ws.settings.workflow.statuses.values()
    waits = Among("status", tuple(s.name for s in statuses if s.category is Category.WAITING), exact=True)
    done = Among("status", ws.settings.workflow.done, exact=True)
    promised = bool(ws.settings.sla.policies)
    fields = needed_fields(ws, (*ws.settings.fields, "waiting", "body", *(("left",) if promised else ())))
    asked = query.also(All((mine, Not(waits), Not(done))))
    ranked = promised and not query.sort
    found = listing(
        ws, asked, sort=query.sort or QUEUE_SORT, limit=0 if ranked else limit, closed=True, fields=fields
    )
    if ranked:
        from tkt.usecases.urgent import most_urgent_first

        first = most_urgent_first(ws, found.tickets)
        found = found._replace(tickets=tuple(first[: limit or None]))
    return Queue(
        mine=found,
        waiting=ws.catalogue.count(All((query.condition, mine, waits))),
        unassigned=0 if found.tickets else ws.catalogue.count(All((Not(Present("assignee")), Not(done)))),
    )


_HOME_COLUMNS = ("id", "priority", "status", "type", "assignee", "due", "age", "title")


class Home(NamedTuple):
    """The home screen.

    Args:
        mine: open tickets that are mine, the most urgent first; None when nobody knows who I am.
        unassigned: open tickets that are nobody's, likewise.
        overdue: open tickets whose due date has gone by.
        counts: open tickets by status.
        timers: those of mine on which my timer runs; on anybody's, `tkt time stop` finds it.
        uncommitted: ticket files that are not committed.
        unpushed: commits that the upstream lacks; None without an upstream.
        problems: files that could not be understood.
        pressing: how many open tickets have a clock that is breached, and how many others one at risk.
    """

    mine: tuple[Ticket, ...] | None
    unassigned: tuple[Ticket, ...]
    overdue: tuple[Ticket, ...]
    counts: tuple[tuple[str, int], ...]
    timers: tuple[str, ...]
    uncommitted: int
    unpushed: int | None
    problems: tuple[Problem, ...]
    pressing: tuple[int, int] = (0, 0)


def home(ws: Workspace) -> Home:
    """What one looks at first."""
    from tkt.usecases.converse import running_since  # start-up: nothing else here looks at timers

    columns = (*_HOME_COLUMNS, "left") if ws.settings.sla.policies else _HOME_COLUMNS
    everything = listing(ws, read_query(ws, ""), fields=needed_fields(ws, columns))
    states = Counter(each.text("sla") for each in everything.tickets)
    counts = Counter(each.status for each in everything.tickets)
    me = ws.identity.actor()
    mine = tuple(each for each in everything.tickets if me and each.assignee == me.id)
    return Home(
        mine=mine if me else None,
        unassigned=tuple(each for each in everything.tickets if not each.assignee),
        overdue=tuple(each for each in everything.tickets if is_past(each.text("due"), ws.now)),
        counts=tuple((name, counts[name]) for name in ws.settings.workflow.statuses if counts[name]),
        timers=tuple(each.id for each in mine if running_since(ws, each.id)),
        uncommitted=len(ws.history.uncommitted()),
        unpushed=ws.history.unpushed(),
        problems=everything.problems,
        pressing=(states["breached"], states["at-risk"]),
    )

"""Tickets on their way out: whole, one after the other, and on request fit for those outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tkt.domain.activity import COUNTS, DERIVED, TIMED, activity
from tkt.domain.fields import Field, FieldType, format_time, parse_time, value_problem
from tkt.domain.ids import attachment_path
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.domain.urgency import clock_fields
from tkt.errors import NotFoundError, Problem
from tkt.usecases.look import Listing, listing
from tkt.usecases.promises import judge_of
from tkt.usecases.workspace import Workspace

if TYPE_CHECKING:
    from tkt.domain.clocks import Judgement
    from tkt.domain.conditions import Query
    from tkt.domain.entry import Entry
    from tkt.usecases.record import Progress

_SORT = "created"


class Case(NamedTuple):
    """A ticket with its own thread.

    Args:
        ticket: as it is now.
        thread: its entries, in order.
        problems: what keeps other entries from being read.
        clocks: how they stand; None where nobody asks. All of the thread counts, public or not.
    """

    ticket: Ticket
    thread: Sequence[Entry]
    problems: Sequence[Problem] = ()
    clocks: Judgement | None = None

    def derived(self, settings: Settings) -> Mapping[str, str]:
        """What follows from the thread (`domain/activity.py`)."""
        found = activity(self.thread).fields(self.ticket, settings.workflow)
        return {name: found[name] or ("0" if name in COUNTS else "") for name in DERIVED}

    @property
    def timed(self) -> Mapping[str, str]:
        """What its clocks say in a few words (`domain/urgency.py`)."""
        return clock_fields(self.clocks) if self.clocks else dict.fromkeys(TIMED, "")


Cell = str | int | float | None
"""What a table of typed columns holds; None where nothing is set."""


_TYPED = frozenset({FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DATETIME})


def cell(field: Field, text: str) -> Cell:
    """A field's value for a typed column: a number, a truth, a moment in UTC; else the text as it is."""
    if not text or field.type not in _TYPED or value_problem(field, text):
        return text or None
    if field.type is FieldType.NUMBER:
        return float(text) if "." in text else int(text)
    if field.type is FieldType.BOOLEAN:
        return text == "true"
    return format_time(parse_time(text)) if len(text) > len("2026-11-22") else text


def chosen(ws: Workspace, query: Query, fields: Sequence[str] = ("id",)) -> Listing:
    """The tickets that are to go out, closed ones too: in the query's order, else the oldest first.

    Args:
        ws: the desk.
        query: which.
        fields: those of them that are needed.
    """
    return listing(ws, query, sort=query.sort or _SORT, closed=True, fields=fields)


def cases(
    ws: Workspace,
    tickets: Sequence[Ticket],
    *,
    public: bool = False,
    clocks: bool = False,
    progress: Progress | None = None,
) -> Iterator[Case]:
    """Tickets with their threads, each read when it is asked for.

    Args:
        ws: the desk.
        tickets: which; their ids are enough.
        public: leave out what is for the desk only, and addresses of people whom the settings do not list.
        clocks: read those, too.
        progress: told how far it is.
    """
    judge = judge_of(ws, ws.now) if clocks else None
    for done, each in enumerate(tickets, 1):
        try:
            ticket = ws.tickets.load(each.id)
        except NotFoundError:  # somebody took it away since
            continue
        thread, problems = ws.tickets.thread(each.id)
        case = Case(ticket, thread, problems, judge.judge(ticket, thread) if judge else None)
        yield _public(ws, case) if public else case
        if progress:
            progress(done, len(tickets))


def _public(ws: Workspace, case: Case) -> Case:
    from tkt.domain.withholding import public_thread, public_ticket

    people, known = ws.settings.people, ws.settings.fields
    return case._replace(
        ticket=public_ticket(case.ticket, people, known),
        thread=public_thread(case.ticket, case.thread, people, known),
    )


def attached(ws: Workspace, case: Case) -> tuple[dict[str, bytes], list[Problem]]:
    """What the files hold that came with a ticket's entries, by their names, and those that are missing."""
    found: dict[str, bytes] = {}
    problems = []
    for file in dict.fromkeys(each.file for entry in case.thread for each in entry.attachments):
        path = attachment_path(case.ticket.id, file)
        try:
            found[file] = ws.files.read(path)
        except FileNotFoundError:
            problems.append(Problem(path, 0, "is missing; an entry of its ticket names it"))
    return found, problems

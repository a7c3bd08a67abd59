"""The courses of tickets, read from the files of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from tkt.domain.conditions import Condition
from tkt.domain.entry import Entry
from tkt.domain.matching import Matcher, Subject, relations
from tkt.domain.metrics.reading import course_of
from tkt.domain.metrics.tables import Case, Cases, parted
from tkt.domain.sla import Judge
from tkt.domain.story import MERGES, SKEW, known_at
from tkt.domain.ticket import Ticket
from tkt.domain.urgency import meets as clocks_meet
from tkt.errors import InvalidStoreError, NotFoundError, Problem, place_of
from tkt.store.tickets import TicketFiles
from tkt.usecases.promises import reading
from tkt.usecases.report import Answer, Made, Wanted

Spread = Callable[[Callable[[str], "Read"], Sequence[str]], Iterable["Read"]]
"""Reads many tickets, on all cores where they are many."""


class Read(NamedTuple):
    """What was read of a ticket.

    Args:
        case: as it was at the moment that was asked for; None where there was no ticket then.
        thread: its entries until then.
        latest: the moment of the last thing that the files tell, seconds since 1970, UTC.
        problems: what could not be understood.
        alone: whether no other ticket has a say in it, as those do that were merged into this one.
    """

    case: Case | None
    thread: Sequence[Entry]
    latest: int
    problems: Sequence[Problem]
    alone: bool = True


class FilesCourses:
    """Reads every file whenever it is asked.

    Args:
        tickets: how files are read.
        spread: does something to many tickets at once.
    """

    def __init__(self, tickets: TicketFiles, spread: Spread) -> None:
        self.tickets = tickets
        self.spread = spread

    def select(
        self,
        condition: Condition,
        at: datetime,
        wanted: Wanted,
        make: Callable[[Cases], Made],
    ) -> Answer[Made]:
        """What is made of the tickets that met a condition at a moment, with their courses until then."""
        judge = self.judge(at)
        reads = list(self.spread(lambda each: self.read(each, judge), self.tickets.ids()))
        problems = [problem for each in reads for problem in each.problems]
        threads = {each.case.ticket.id: each.thread for each in reads if each.case}
        cases = [each.case for each in reads if each.case]
        met = self.met(cases, condition, threads.__getitem__, judge)
        found = make(parted(met, wanted.since, detailed=wanted.detailed))
        return Answer(found, len(met), sorted([*problems, *self._strays()], key=place_of))

    def judge(self, at: datetime) -> Judge:
        """Reads the clocks of tickets as of a moment."""
        return Judge(self.tickets.settings, at, reading(self.tickets))

    def met(
        self,
        cases: Sequence[Case],
        condition: Condition,
        thread: Callable[[str], Sequence[Entry]],
        judge: Judge,
    ) -> list[Case]:
        """Those that meet a condition, as they were.

        Args:
            cases: all there were.
            condition: which.
            thread: the entries that a ticket had then.
            judge: of that moment.
        """
        matcher = Matcher(self.tickets.settings, cache(lambda: relations(each.ticket for each in cases)))

        def subject(ticket: Ticket) -> Subject:
            return Subject(
                ticket,
                lambda: thread(ticket.id),
                self.tickets.settings,
                lambda asked: clocks_meet(judge.judge(ticket, thread(ticket.id)), asked),
            )

        return [each for each in cases if matcher.meets(subject(each.ticket), condition)]

    def read(self, ticket_id: str, judge: Judge) -> Read:
        """One ticket as it was at the moment of a judge."""
        try:
            ticket = self.tickets.load(ticket_id)
        except NotFoundError:
            return Read(None, (), 0, ())
        except InvalidStoreError as error:
            return Read(None, (), 0, error.problems)
        thread, problems = self.tickets.thread(ticket_id)
        latest = int(max([ticket.created, *(each.at for each in thread)]).timestamp())
        if ticket.created > judge.now:
            return Read(None, (), latest, problems)
        was, known = known_at(ticket, thread, judge.now)
        alone = not any(MERGES in each.extra for each in thread)
        return Read(Case(was, course_of(ticket, thread, judge)), known, latest, problems, alone)

    def thread(self, ticket_id: str, moment: datetime) -> Sequence[Entry]:
        """The entries that a ticket had at a moment."""
        return [each for each in self.tickets.thread(ticket_id)[0] if each.at <= moment + SKEW]

    def _strays(self) -> list[Problem]:
        return [each for folder in self.tickets.months() for each in self.tickets.strays(folder)]

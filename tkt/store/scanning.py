"""Answers for all tickets at once from the files alone: slow, and in need of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from tkt.domain.activity import DERIVED
from tkt.domain.conditions import All, Condition, OfClocks
from tkt.domain.matching import Matcher, Subject, relations
from tkt.domain.ticket import Ticket
from tkt.errors import InvalidStoreError, NotFoundError, Problem, TktError, place_of
from tkt.store.tickets import TicketFiles
from tkt.usecases.workspace import Clocks, Hit, Selection

if TYPE_CHECKING:
    from tkt.domain.sla import Judge


class ScannedCatalogue:
    """The tickets of a store, each read when something is asked.

    Args:
        tickets: how files are read.
    """

    def __init__(self, tickets: TicketFiles) -> None:
        self.tickets = tickets
        self._judges: dict[datetime, Judge] = {}

    def select(
        self,
        condition: Condition,
        fields: Sequence[str] = (),
        among: Condition | None = None,
        newest: int = 0,
    ) -> Selection:
        """The tickets that meet a condition."""
        read, problems = self._read()
        settings = self.tickets.settings
        matcher = Matcher(settings, cache(lambda: relations(read)))
        subjects = [self._subject(each) for each in read]
        met = [each for each in subjects if matcher.meets(each, condition)][-newest:]
        derived = not DERIVED.keys().isdisjoint(fields)
        found = (self._with_derived(each) if derived else each.ticket for each in met)
        total = sum(matcher.meets(each, among) for each in subjects) if among else 0
        return Selection(tuple(found), tuple(sorted(problems, key=place_of)), total)

    def standings(self) -> dict[str, str]:
        """What each ticket holds has no name here: whoever asks reads it."""
        return {}

    def count(self, condition: Condition) -> int:
        """How many tickets meet a condition."""
        return len(self.select(condition).tickets)

    def search(
        self, texts: Sequence[str], condition: Condition, limit: int = 0
    ) -> tuple[list[Hit], list[Problem]]:
        """The tickets that mention all of some words and phrases: through an index in memory."""
        from tkt.store.index.catalogue import IndexedCatalogue
        from tkt.store.index.database import MEMORY
        from tkt.store.index.sources import Everything

        index = IndexedCatalogue(MEMORY, self.tickets, Everything(self.tickets), _nobody)
        return index.search(texts, condition, limit)

    def alike(self, title: str) -> Sequence[Ticket]:  # noqa: ARG002  the protocol names it
        """Every ticket: whoever asks looks at the titles."""
        return self.select(All()).tickets

    def _read(self) -> tuple[list[Ticket], list[Problem]]:
        read, problems = [], []
        for each in self.tickets.scan():
            if isinstance(each, Problem):
                problems.append(each)
            else:
                read.append(each)
        return sorted(read, key=lambda each: each.id), problems

    def _subject(self, ticket: Ticket) -> Subject:
        return Subject(
            ticket,
            lambda: self.tickets.thread(ticket.id)[0],
            self.tickets.settings,
            lambda asked: self._clocked(ticket, asked),
        )

    def _clocked(self, ticket: Ticket, asked: OfClocks) -> bool:
        from tkt.domain.urgency import meets  # start-up: few ask for clocks

        judge = self._judge(datetime.fromtimestamp(asked.at, UTC))
        return meets(judge.judge(ticket, self.tickets.thread(ticket.id)[0]), asked)

    def _judge(self, at: datetime) -> Judge:
        from tkt.domain.sla import Judge
        from tkt.usecases.promises import reading

        if at not in self._judges:
            self._judges[at] = Judge(self.tickets.settings, at, reading(self.tickets))
        return self._judges[at]

    def clocks(self, ids: Sequence[str], at: datetime) -> Clocks:
        """The clocks of some tickets."""
        judgements, problems = {}, []
        for each in ids:
            try:
                ticket = self.tickets.load(each)
            except (NotFoundError, InvalidStoreError):
                continue
            thread, wrong = self.tickets.thread(each)
            judgements[each] = self._judge(at).judge(ticket, thread)
            problems += wrong
        return Clocks(judgements, tuple(problems))

    def _with_derived(self, subject: Subject) -> Ticket:
        return subject.ticket.with_fields(
            subject.activity.fields(subject.ticket, self.tickets.settings.workflow)
        )


def _nobody() -> NoReturn:
    raise TktError("the SQLite of this Python cannot search", "Its module sqlite3 lacks FTS5.")

"""Answers for all tickets at once, out of the index; it is brought up to date before every answer."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from tkt.domain.activity import COUNTS, DERIVED, Activity, activity
from tkt.domain.conditions import Condition, Either
from tkt.domain.ticket import Ticket
from tkt.errors import Problem, place_of
from tkt.store.index.database import MEMORY, connect, forget, inode, is_damage
from tkt.store.index.keeping import Keeper, Progress
from tkt.store.index.rows import COLUMNS, activity_of, tickets_of, unpacked_problems
from tkt.store.index.sources import Source
from tkt.store.index.sql import EVERY, FROM, WHOLE, WITH_THREADS, Compiler, columns_sql
from tkt.store.tickets import TicketFiles
from tkt.usecases.workspace import Catalogue, Clocks, Hit, Selection

if TYPE_CHECKING:
    from datetime import datetime

    from tkt.store.index.clocks import ClockKeeper
    from tkt.store.index.mentions import Mentions

_THREAD = ", ".join(
    ("a.last", *(f"coalesce(a.{name}, 0)" for name in COUNTS), "coalesce(a.moves, '[]')"),
)
_FEW = 100
"""So many threads are read faster than it is found out which of all have changed."""
_ALIKE = 200

Answer = TypeVar("Answer")

_STANDINGS = """
SELECT m.ticket, t.oid || ' ' || coalesce(a.key, '')
FROM member m JOIN content t ON t.number = m.content LEFT JOIN thread a ON a.number = m.thread
WHERE m.tree = :tree
"""


def quiet(_what: str, _done: int, _all: int) -> None:
    """Progress that nobody watches."""


class IndexedCatalogue:
    """The tickets of one tree through the index.

    Args:
        path: of the index's file; MEMORY for none.
        tickets: how files are read.
        source: where they stand.
        instead: who answers when the index cannot be used.
        progress: told how far a long look is.
    """

    def __init__(
        self,
        path: str,
        tickets: TicketFiles,
        source: Source,
        instead: Callable[[], Catalogue],
        progress: Progress = quiet,
    ) -> None:
        self.path = path
        self.tickets = tickets
        self.source = source
        self.instead = instead
        self.progress = progress
        self._keeper: Keeper | None = None
        self._inode = 0
        self._read: Mapping[float, Clocks] = {}
        self.trouble: list[Problem] = []

    def select(
        self,
        condition: Condition,
        fields: Sequence[str] = (),
        among: Condition | None = None,
        newest: int = 0,
    ) -> Selection:
        """The tickets that meet a condition."""
        found = self._answer(
            lambda keeper: self._select(keeper, condition, fields, among, newest),
            lambda other: other.select(condition, fields, among, newest),
        )
        return found._replace(problems=(*self.trouble, *found.problems))

    def count(self, condition: Condition) -> int:
        """How many tickets meet a condition."""
        return self._answer(
            lambda keeper: self._count(keeper, condition), lambda other: other.count(condition)
        )

    def search(
        self, texts: Sequence[str], condition: Condition, limit: int = 0
    ) -> tuple[list[Hit], list[Problem]]:
        """The tickets that mention all of some words and phrases, the best first."""
        hits, problems = self._answer(
            lambda keeper: self._search(keeper, texts, condition, limit),
            lambda other: other.search(texts, condition, limit),
        )
        return hits, [*self.trouble, *problems]

    def alike(self, title: str) -> Sequence[Ticket]:
        """Tickets whose titles share words with a title; those of the last look will do."""
        return self._answer(lambda keeper: self._alike(keeper, title), lambda other: other.alike(title))

    def standings(self) -> Mapping[str, str]:
        """A name for what each ticket and its thread held at the last look, by id."""
        return self._answer(self._standings, lambda other: other.standings())

    def _standings(self, keeper: Keeper) -> dict[str, str]:
        with keeper.looking(threads=True, again=False):
            return dict(keeper.connection.execute(_STANDINGS, {"tree": keeper.tree}))

    def ask(self, question: Callable[[Keeper], Answer], otherwise: Callable[[], Answer]) -> Answer:
        """What else there is to be asked of the index; where it cannot be used, the other answer."""
        return self._answer(question, lambda _other: otherwise())

    def _answer(self, ask: Callable[[Keeper], Answer], ask_other: Callable[[Catalogue], Answer]) -> Answer:
        """An answer from the index, made anew where it is damaged; else from whoever needs none."""
        may_mend = self.path != MEMORY
        while not self.trouble:
            try:
                return ask(self._ready())
            except (sqlite3.Error, OSError, ValueError, TypeError, OverflowError) as error:
                self._close()
                if not (may_mend and is_damage(error) and self._forgotten()):
                    self._give_up(error)
                may_mend = False
        return ask_other(self.instead())

    def _forgotten(self) -> bool:
        try:
            forget(self.path, self._inode)
        except OSError:
            return False
        return True

    def _ready(self) -> Keeper:
        if self._keeper is None:
            if self.path != MEMORY:
                with suppress(OSError):
                    os.makedirs(os.path.dirname(self.path), exist_ok=True)
            self._keeper = self._opened()
            if self._keeper.is_wasteful():
                self._close()
                self._forgotten()
                self._keeper = self._opened()
        return self._keeper

    def _opened(self) -> Keeper:
        self._inode = inode(self.path)
        connection = connect(self.path, COLUMNS)
        self._inode = inode(self.path)
        workflow = self.tickets.settings.workflow
        connection.create_function(
            "closed",
            2,
            lambda status, moves: _seconds(
                activity_of(None, 0, 0, 0, moves or "[]").closed(status, workflow)
            ),
            deterministic=True,
        )
        return Keeper(connection, self.tickets, self.source, self.progress)

    def _close(self) -> None:
        if self._keeper is not None:
            with suppress(sqlite3.Error):
                self._keeper.connection.close()
            self._keeper = None

    def _give_up(self, error: Exception) -> None:
        self._close()
        text = f"the index cannot be used ({error}), so every file was read; tkt doctor says more"
        self.trouble.append(Problem(self.path, 0, text))

    def _select(
        self,
        keeper: Keeper,
        condition: Condition,
        fields: Sequence[str],
        among: Condition | None,
        newest: int,
    ) -> Selection:
        compiler = Compiler(self.tickets.settings)
        where = compiler.where(condition)
        wider = compiler.where(among) if among else ""
        origin = WITH_THREADS if compiler.asks_threads else FROM
        names = _columns(fields)
        sql = (
            f"SELECT {columns_sql(names)} {origin} WHERE m.tree = :tree AND {where} "
            "ORDER BY m.ticket DESC LIMIT :newest"
        )
        whole = Either((condition, among)) if among else condition
        with self._looking(keeper, compiler, whole) as problems:
            asked = {**compiler.parameters, "tree": keeper.tree, "newest": newest or -1}
            tickets = tickets_of(names, keeper.connection.execute(sql, asked))[::-1]
            total = self._number(keeper, origin, wider, compiler) if among else 0
            wrong = self._with_unreadable(keeper, problems)
        if not DERIVED.keys().isdisjoint(fields):
            tickets = self._with_derived(keeper, tickets)
        return Selection(tuple(tickets), tuple(wrong), total)

    @contextmanager
    def _looking(
        self, keeper: Keeper, compiler: Compiler, whole: Condition, *, words: bool = False
    ) -> Iterator[list[Problem]]:
        """A moment of the index at which all that was compiled can be answered.

        Args:
            keeper: of the index.
            compiler: what it was compiled by.
            whole: what every ticket meets that may be a part of the answer.
            words: whether the index of words is asked for.
        """
        threads = compiler.asks_threads or words
        self._read = {}
        if not compiler.of_clocks:
            with keeper.looking(threads=threads, words=words) as problems:
                yield problems
            return
        clocks = _clock_keeper(keeper)
        with keeper.looking(threads=threads, words=words) as problems:
            self._read = clocks.answer(compiler.of_clocks, whole)
            yield problems
        clocks.remember()

    def clocks(self, ids: Sequence[str], at: datetime) -> Clocks:
        """The clocks of some tickets, as those were at the last look."""
        found = self._answer(
            lambda keeper: self._clocks(keeper, ids, at), lambda other: other.clocks(ids, at)
        )
        return found._replace(problems=(*self.trouble, *found.problems))

    def _clocks(self, keeper: Keeper, ids: Sequence[str], at: datetime) -> Clocks:
        known = self._read.get(at.timestamp())
        if known and known.judgements.keys() >= set(ids):
            return known._replace(judgements={each: known.judgements[each] for each in ids})
        clocks = _clock_keeper(keeper)
        with keeper.looking(again=False):
            found = clocks.read(ids, at)
        clocks.remember()
        return found

    def _with_derived(self, keeper: Keeper, tickets: Sequence[Ticket]) -> list[Ticket]:
        """Tickets with what follows from their threads; of a few the files themselves are read."""
        workflow = self.tickets.settings.workflow
        if len(tickets) <= _FEW:
            found = [activity(self.tickets.thread(each.id)[0]) for each in tickets]
        else:
            sql = f"SELECT m.ticket, {_THREAD} {WITH_THREADS} WHERE m.tree = ?"
            with keeper.looking(threads=True):
                rows = {ticket: facts for ticket, *facts in keeper.connection.execute(sql, (keeper.tree,))}
            found = [activity_of(*rows[each.id]) if each.id in rows else Activity() for each in tickets]
        return [
            each.with_fields(happened.fields(each, workflow))
            for each, happened in zip(tickets, found, strict=True)
        ]

    def _number(self, keeper: Keeper, origin: str, where: str, compiler: Compiler) -> int:
        if where == EVERY:  # joined, each ticket's content would be looked up only to be counted
            origin, where = "FROM member m", "m.content IS NOT NULL"
        sql = f"SELECT count(*) {origin} WHERE m.tree = :tree AND {where}"
        asked = {**compiler.parameters, "tree": keeper.tree}
        return int(keeper.connection.execute(sql, asked).fetchone()[0])

    def _with_unreadable(self, keeper: Keeper, problems: Sequence[Problem]) -> list[Problem]:
        """Problems, and those of the files that could not be understood, in order."""
        rows = keeper.connection.execute(
            "SELECT problems FROM member WHERE tree = ? AND content IS NULL", (keeper.tree,)
        )
        unreadable = (each for (packed,) in rows for each in unpacked_problems(packed))
        return sorted((*problems, *unreadable), key=place_of)

    def _count(self, keeper: Keeper, condition: Condition) -> int:
        compiler = Compiler(self.tickets.settings)
        where = compiler.where(condition)
        with self._looking(keeper, compiler, condition):
            return self._number(keeper, WITH_THREADS, where, compiler)

    def _search(
        self, keeper: Keeper, texts: Sequence[str], condition: Condition, limit: int
    ) -> tuple[list[Hit], list[Problem]]:
        from tkt.store.index.mentions import joined, mentions, phrase  # start-up: only a search needs it

        compiler = Compiler(self.tickets.settings)
        where = compiler.where(condition)
        with self._looking(keeper, compiler, condition, words=True) as problems:
            found = [mentions(keeper, compiler, where, phrase(each)) for each in dict.fromkeys(texts)]
            together = set(found[0]).intersection(*found[1:]) if found else set()
            scored = {ticket: joined([each[ticket] for each in found]) for ticket in together}
            order = sorted(together, key=lambda ticket: (*scored[ticket].rank, ticket))
            hits = [self._hit(keeper, ticket, scored[ticket], texts) for ticket in order[: limit or None]]
            return hits, self._with_unreadable(keeper, problems)

    def _hit(self, keeper: Keeper, ticket: str, found: Mentions, texts: Sequence[str]) -> Hit:
        from tkt.store.index.mentions import phrase

        row = keeper.connection.execute(
            f"SELECT {columns_sql(WHOLE)} {FROM} WHERE m.tree = ? AND m.ticket = ?", (keeper.tree, ticket)
        ).fetchone()
        asked = " OR ".join(map(phrase, texts))
        snippet, speaker, content = keeper.connection.execute(
            "SELECT snippet(words, -1, '', '', '...', 14), x.speaker, x.content "
            "FROM words JOIN text x ON x.number = words.rowid WHERE words MATCH ? AND words.rowid = ?",
            (asked, found.place),
        ).fetchone()
        where = speaker if content is None else "title" if found.in_title else "description"
        return Hit(tickets_of(WHOLE, [row])[0], where, " ".join(snippet.split()))

    def _alike(self, keeper: Keeper, title: str) -> Sequence[Ticket]:
        from tkt.domain.similar import words

        stems = words(title)
        if not stems:
            return ()
        asked = "title : (" + " OR ".join(f'"{stem}"*' for stem in sorted(stems)) + ")"
        names = _columns(("title",))
        sql = (
            "WITH found AS MATERIALIZED (SELECT x.content FROM words JOIN text x ON x.number = words.rowid "
            f"WHERE words MATCH ?) SELECT {columns_sql(names)} {FROM} "
            "WHERE m.tree = ? AND m.content IN found ORDER BY m.ticket DESC LIMIT ?"
        )
        with keeper.looking(words=True, newest_only=True):
            rows = keeper.connection.execute(sql, (asked, keeper.tree, _ALIKE))
            return tickets_of(names, rows)


def _clock_keeper(keeper: Keeper) -> ClockKeeper:
    from tkt.store.index.clocks import ClockKeeper  # start-up: few ask for clocks

    return ClockKeeper(keeper)


def _seconds(moment: object) -> int | None:
    from datetime import datetime

    return int(moment.timestamp()) if isinstance(moment, datetime) else None


def _columns(fields: Sequence[str]) -> tuple[str, ...]:
    """The columns that hold some fields; of all of them for none.

    Whoever wants the description shows all of a ticket: with it come the fields that no settings know.
    """
    if not fields:
        return WHOLE
    wanted = {"id", "created", "status", *fields}
    extra = ("extra",) if wanted - set(COLUMNS) - set(DERIVED) else ()
    return (*(name for name in COLUMNS if name in wanted), *extra, *(("body",) if "body" in wanted else ()))

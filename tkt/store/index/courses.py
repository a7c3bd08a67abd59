"""The courses of tickets, kept as long as neither their files nor the settings are others.

A course is kept by the numbers of a ticket's content and thread, and by what the settings say. Where
something in it lies after the moment that is asked about, the files are read instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import NamedTuple

from tkt.domain.conditions import All, Condition, OfClocks
from tkt.domain.metrics.course import DETAILS, Course
from tkt.domain.metrics.tables import Case, counts
from tkt.domain.sla import Judge
from tkt.domain.ticket import Ticket
from tkt.errors import Problem, place_of
from tkt.store.courses import FilesCourses, Read
from tkt.store.index.catalogue import IndexedCatalogue
from tkt.store.index.database import writing
from tkt.store.index.keeping import Keeper
from tkt.store.index.rows import COLUMNS, NO_ITEMS, as_json, of_json, tickets_of, unpacked_problems
from tkt.store.index.sql import Compiler, columns_sql
from tkt.usecases.report import Cases

_TABLES = (
    """
CREATE TABLE IF NOT EXISTS past (
    content INTEGER NOT NULL, thread INTEGER NOT NULL, rules TEXT NOT NULL,
    latest INTEGER NOT NULL, over INTEGER, facts TEXT NOT NULL, PRIMARY KEY (content, thread)
) WITHOUT ROWID
""",
    """
CREATE TABLE IF NOT EXISTS past_details (
    content INTEGER NOT NULL, thread INTEGER NOT NULL, details TEXT NOT NULL, PRIMARY KEY (content, thread)
) WITHOUT ROWID
""",
)
"""Most of a course are its details; apart from them there are fewer pages to read."""

_FROM = """
FROM member m LEFT JOIN content t ON t.number = m.content LEFT JOIN thread a ON a.number = m.thread
LEFT JOIN past c ON c.content = m.content AND c.thread = m.thread AND c.rules = :rules
LEFT JOIN past_details d ON d.content = m.content AND d.thread = m.thread
WHERE m.tree = :tree AND m.content IS NOT NULL AND m.thread IS NOT NULL
"""
"""Joined so, SQLite looks nothing up of which nothing is asked; to count rows, it would."""

_CHUNK = 200
_FEW = 100
"""So many tickets are read faster than it is found out which of all have changed."""

Standing = tuple[int, int]
"""The numbers of a ticket's content and thread in the index."""


class IndexedCourses:
    """Reads the files of those tickets only whose courses it does not know.

    Args:
        catalogue: with the index.
        plain: reads files.
        newest: the moment of this command; a report as of an earlier one reads what it has to.
    """

    def __init__(self, catalogue: IndexedCatalogue, plain: FilesCourses, newest: int) -> None:
        self.catalogue = catalogue
        self.plain = plain
        self.rules = catalogue.tickets.settings.fingerprint
        self.newest = newest

    def select(
        self, condition: Condition, judge: Judge, fields: Collection[str], since: int, *, detailed: bool
    ) -> Cases:
        """The tickets that met a condition at a moment, with their courses until then."""
        cases = self.catalogue.ask(
            lambda keeper: self._select(keeper, condition, judge, fields, since, detailed=detailed),
            lambda: self.plain.select(condition, judge, fields, since, detailed=detailed),
        )
        return cases._replace(problems=[*self.catalogue.trouble, *cases.problems])

    def _select(
        self,
        keeper: Keeper,
        condition: Condition,
        judge: Judge,
        fields: Collection[str],
        since: int,
        *,
        detailed: bool,
    ) -> Cases:
        for each in _TABLES:
            keeper.connection.execute(each)
        moment = int(judge.now.timestamp())
        look = _Look(keeper, f"{self.rules} {judge.conditions!r}", moment)
        if moment < self.newest:
            look.take(self._where(All()), (*COLUMNS, "extra", "body"), 0, detailed=True)
            cases = self._cases(keeper, look, judge)
            met = self.plain.met(cases, condition, lambda each: self.plain.thread(each, judge.now), judge)
            return Cases([each for each in met if counts(each, since)], len(met), look.problems)
        look.take(self._where(condition), _columns(fields), since, detailed=detailed)
        cases = self._cases(keeper, look, judge)
        total = look.total - (len(look.tickets) - len(cases))  # those that will only be created
        found = [each for each in cases if each.ticket.id in look.courses or counts(each, since)]
        return Cases(found, total, look.problems)

    def _where(self, condition: Condition) -> _Where:
        compiler = Compiler(self.plain.tickets.settings)
        return _Where(condition, compiler.where(condition), compiler.parameters, compiler.of_clocks)

    def _cases(self, keeper: Keeper, look: _Look, judge: Judge) -> list[Case]:
        reads = self._read(keeper, look, judge)
        cases = []
        for each, ticket in look.tickets.items():
            course = look.courses.get(each)
            case = Case(ticket, course) if course else reads[each].case
            if case:
                cases.append(case)
        return cases

    def _read(self, keeper: Keeper, look: _Look, judge: Judge) -> Mapping[str, Read]:
        """The tickets of which nothing is known that holds."""
        missing = [each for each in look.tickets if each not in look.courses]
        found: dict[str, Read] = {}
        for done, (ticket, read) in enumerate(
            zip(missing, self.plain.spread(lambda each: self.plain.read(each, judge), missing), strict=True),
            1,
        ):
            found[ticket] = read
            if done % _CHUNK == 0 or done == len(missing):
                keeper.progress("Reading the past of tickets", done, len(missing))
        if found:
            look.keep(found)
        return found


class _Where(NamedTuple):
    """A condition in SQL, with the values of its marks, and what it asks of clocks."""

    condition: Condition
    sql: str
    parameters: Mapping[str, object]
    of_clocks: Sequence[OfClocks]


class _Look:
    """What the index says at one moment.

    Args:
        keeper: of the index.
        rules: a name for all that courses depend on besides tickets.
        moment: as of which courses are wanted, seconds since 1970, UTC.
    """

    def __init__(self, keeper: Keeper, rules: str, moment: int) -> None:
        self.keeper = keeper
        self.rules = rules
        self.moment = moment
        self.tickets: dict[str, Ticket] = {}
        self.courses: dict[str, Course] = {}
        self.problems: list[Problem] = []
        self.total = 0
        self._standing: dict[str, Standing] = {}
        self._known: dict[tuple[str, ...], Course] = {}

    def take(self, where: _Where, names: Sequence[str], since: int, *, detailed: bool) -> None:
        """Take the tickets that meet a condition, and what is known of them.

        Args:
            where: they do.
            names: of the columns that are needed, `id` among them.
            since: of tickets that are known to have been over by then, nothing is taken.
            detailed: whether the details of courses are.
        """
        shown = ", ".join("m.ticket" if each == "id" else columns_sql((each,)) for each in names)
        facts = ("c.facts", "d.details") if detailed else ("c.facts",)
        asked = {**where.parameters, "tree": self.keeper.tree, "rules": self.rules, "since": since}
        all_of_them = f"{_FROM} AND {where.sql}"
        count = f"SELECT 1 {all_of_them}"
        rest = f"{all_of_them} AND (c.over IS NULL OR c.over >= :since) ORDER BY m.ticket"
        sql = f"SELECT m.content, m.thread, c.latest, {', '.join((*facts, shown))} {rest}"
        if where.of_clocks:
            with self._asking_clocks(where) as problems:
                self._take(count, sql, asked, names, len(facts))
                self.problems = self._problems(problems)
            return
        # Mostly nothing has changed since the last look, and another process is still about to see that.
        version = self.keeper.version
        self._take(count, sql, asked, names, len(facts))
        with self.keeper.looking(threads=True) as problems:
            if self.keeper.version != version:
                asked["tree"] = self.keeper.tree
                self._take(count, sql, asked, names, len(facts))
            self.problems = self._problems(problems)

    @contextmanager
    def _asking_clocks(self, where: _Where) -> Iterator[list[Problem]]:
        """A moment of the index at which it is known how clocks stand."""
        from tkt.store.index.clocks import ClockKeeper  # start-up: few ask for clocks

        clocks = ClockKeeper(self.keeper)
        with self.keeper.looking(threads=True) as problems:
            clocks.answer(where.of_clocks, where.condition)
            yield problems
        clocks.remember()

    def _take(
        self, count: str, sql: str, asked: Mapping[str, object], names: Sequence[str], facts: int
    ) -> None:
        self.total = len(self.keeper.connection.execute(count, asked).fetchall())
        rows = self.keeper.connection.execute(sql, asked).fetchall()
        tickets = tickets_of(names, [row[3 + facts :] for row in rows])
        self.tickets = {each.id: each for each in tickets}
        self._standing = {each.id: row[:2] for each, row in zip(tickets, rows, strict=True)}
        kept = [
            (each.id, row[3 : 3 + facts])
            for each, row in zip(tickets, rows, strict=True)
            if row[2] is not None and row[2] <= self.moment
        ]
        new = [packed for _, packed in kept if packed not in self._known]
        self._known.update(zip(new, _unpacked(new), strict=True))
        self.courses = {ticket: self._known[packed] for ticket, packed in kept}

    def _problems(self, problems: Iterable[Problem]) -> list[Problem]:
        """What is wrong with folders, and with the files that could not be understood."""
        rows = self.keeper.connection.execute(
            "SELECT m.problems, a.problems FROM member m LEFT JOIN thread a ON a.number = m.thread "
            "WHERE m.tree = ? AND (m.content IS NULL OR a.problems <> ?)",
            (self.keeper.tree, NO_ITEMS),
        )
        told = (each for row in rows for packed in row if packed for each in unpacked_problems(packed))
        return sorted((*problems, *told), key=place_of)

    def keep(self, reads: Mapping[str, Read]) -> None:
        """Remember courses of files that have not changed while they were read."""
        after = self._now(reads)
        facts, details = [], []
        for ticket, read in reads.items():
            standing = self._standing[ticket]
            lasting = read.alone and read.latest <= self.moment
            if read.case and lasting and after.get(ticket) == standing:
                course = read.case.course
                facts.append((*standing, self.rules, read.latest, course.over, as_json(course[:-DETAILS])))
                details.append((*standing, as_json(course[-DETAILS:])))
        if facts:
            connection = self.keeper.connection
            with writing(connection):
                if connection.execute("DELETE FROM past WHERE rules <> ?", (self.rules,)).rowcount:
                    connection.execute("DELETE FROM past_details")
                connection.executemany("INSERT OR REPLACE INTO past VALUES (?, ?, ?, ?, ?, ?)", facts)
                connection.executemany("INSERT OR REPLACE INTO past_details VALUES (?, ?, ?)", details)

    def _now(self, ids: Collection[str]) -> dict[str, Standing]:
        """What tickets hold now: a few are read once more, for many it is found out which have changed."""
        if len(ids) <= _FEW:
            return {each: standing for each in ids if (standing := self.keeper.standing(each))}
        with self.keeper.looking(threads=True):
            rows: Iterable[tuple[str, int, int]] = self.keeper.connection.execute(
                "SELECT ticket, content, thread FROM member WHERE tree = ? AND content IS NOT NULL",
                (self.keeper.tree,),
            )
            return {ticket: (content, thread) for ticket, content, thread in rows}


def _columns(fields: Collection[str]) -> tuple[str, ...]:
    """The columns in which some fields are found."""
    own = ("extra",) if set(fields) - set(COLUMNS) else ()
    return ("id", *(each for each in COLUMNS if each in fields and each != "id"), *own)


def _unpacked(packed: Sequence[Sequence[str]]) -> list[Course]:
    """Courses as they were packed, with their details or without, all at once."""
    parts = [of_json(f"[{','.join(each)}]") for each in zip(*packed, strict=True)]
    return [Course(*chain.from_iterable(each)) for each in zip(*parts, strict=True)]

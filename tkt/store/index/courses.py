"""The courses of tickets, kept as long as neither their files nor the settings are others.

A course is kept by the numbers of a ticket's content and thread, and by what the settings say. Where
something in it lies after the moment that is asked about, the files are read instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from tkt.domain.conditions import All, Condition
from tkt.domain.metrics.course import Course
from tkt.domain.metrics.tables import Case, counts
from tkt.domain.sla import Judge
from tkt.domain.ticket import Ticket
from tkt.errors import Problem, place_of
from tkt.store.courses import FilesCourses, Read
from tkt.store.index.catalogue import IndexedCatalogue
from tkt.store.index.database import writing
from tkt.store.index.keeping import Keeper
from tkt.store.index.rows import COLUMNS, NO_ITEMS, as_json, of_json, tickets_of, unpacked_problems
from tkt.store.index.sql import BODY, Compiler
from tkt.usecases.report import Cases

_TABLE = """
CREATE TABLE IF NOT EXISTS course (
    content INTEGER NOT NULL, thread INTEGER NOT NULL, rules TEXT NOT NULL,
    latest INTEGER NOT NULL, over INTEGER, facts TEXT NOT NULL,
    PRIMARY KEY (content, thread)
) WITHOUT ROWID
"""

_FROM = """
FROM member m JOIN content t ON t.number = m.content JOIN thread a ON a.number = m.thread
LEFT JOIN course c ON c.content = m.content AND c.thread = m.thread AND c.rules = :rules
"""

_CHUNK = 200

Standing = tuple[int, int]
"""The numbers of a ticket's content and thread in the index."""


class IndexedCourses:
    """Reads the files of those tickets only whose courses it does not know.

    Args:
        catalogue: with the index.
        plain: reads files.
        rules: a name for the settings in force, another one for any others.
        newest: the moment of this command; a report as of an earlier one reads what it has to.
    """

    def __init__(self, catalogue: IndexedCatalogue, plain: FilesCourses, rules: str, newest: int) -> None:
        self.catalogue = catalogue
        self.plain = plain
        self.rules = rules
        self.newest = newest

    def select(self, condition: Condition, judge: Judge, fields: Collection[str], since: int) -> Cases:
        """The tickets that met a condition at a moment, with their courses until then."""
        cases = self.catalogue.ask(
            lambda keeper: self._select(keeper, condition, judge, fields, since),
            lambda: self.plain.select(condition, judge, fields, since),
        )
        return cases._replace(problems=[*self.catalogue.trouble, *cases.problems])

    def _select(
        self, keeper: Keeper, condition: Condition, judge: Judge, fields: Collection[str], since: int
    ) -> Cases:
        keeper.connection.execute(_TABLE)
        moment = int(judge.now.timestamp())
        look = _Look(keeper, f"{self.rules} {judge.conditions!r}", moment)
        if moment < self.newest:
            look.take(self._where(All()), (*COLUMNS, "extra", "body"), 0)
            cases = self._cases(keeper, look, judge)
            met = self.plain.met(cases, condition, lambda each: self.plain.thread(each, judge.now))
            return Cases([each for each in met if counts(each, since)], len(met), look.problems)
        look.take(self._where(condition), _columns(fields), since)
        cases = self._cases(keeper, look, judge)
        total = look.total - (len(look.tickets) - len(cases))  # those that will only be created
        return Cases([each for each in cases if counts(each, since)], total, look.problems)

    def _where(self, condition: Condition) -> _Where:
        compiler = Compiler(self.plain.tickets.settings)
        return _Where(compiler.where(condition), compiler.parameters)

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
    """A condition in SQL, with the values of its marks."""

    sql: str
    parameters: Mapping[str, object]


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

    def take(self, where: _Where, names: Sequence[str], since: int) -> None:
        """Take the tickets that meet a condition, and what is known of them.

        Args:
            where: they do.
            names: of the columns that are needed, `id` among them.
            since: of tickets that are known to have been over by then, nothing is taken.
        """
        shown = ", ".join(BODY if each == "body" else f't."{each}"' for each in names)
        asked = {**where.parameters, "tree": self.keeper.tree, "rules": self.rules, "since": since}
        with self.keeper.looking(threads=True) as problems:
            all_of_them = f"{_FROM} WHERE m.tree = :tree AND {where.sql}"
            ((self.total,),) = self.keeper.connection.execute(f"SELECT count(*) {all_of_them}", asked)
            rows = self.keeper.connection.execute(
                f"SELECT m.content, m.thread, c.latest, c.facts, {shown} {all_of_them} "
                "AND (c.over IS NULL OR c.over >= :since) ORDER BY m.ticket",
                asked,
            ).fetchall()
            self.problems = self._problems(problems)
        kept: list[tuple[str, str]] = []
        for (content, thread, latest, facts, *_), ticket in zip(
            rows, tickets_of(names, [row[4:] for row in rows]), strict=True
        ):
            self.tickets[ticket.id] = ticket
            self._standing[ticket.id] = content, thread
            if facts is not None and latest <= self.moment:
                kept.append((ticket.id, facts))
        self.courses = dict(
            zip((each for each, _ in kept), _unpacked(facts for _, facts in kept), strict=True)
        )

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
        after = self._now()
        rows = [
            (*self._standing[each], self.rules, read.latest, read.case.course.over, _packed(read.case.course))
            for each, read in reads.items()
            if read.case and read.latest <= self.moment and after.get(each) == self._standing[each]
        ]
        if rows:
            connection = self.keeper.connection
            with writing(connection):
                connection.execute("DELETE FROM course WHERE rules <> ?", (self.rules,))
                connection.executemany("INSERT OR REPLACE INTO course VALUES (?, ?, ?, ?, ?, ?)", rows)

    def _now(self) -> dict[str, Standing]:
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


def _packed(course: Course) -> str:
    return as_json(list(course))


def _unpacked(facts: Iterable[str]) -> list[Course]:
    """Courses as they were packed, all at once."""
    rows: Sequence[Sequence[object]] = of_json(f"[{','.join(facts)}]")
    return [Course(*row) for row in rows]  # type: ignore[arg-type]  # as they were packed

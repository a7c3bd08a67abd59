"""The courses of tickets, kept as long as neither their files nor the settings are others.

A course is kept by the numbers of a ticket's content and thread, and by what the settings say. Where
something in it lies after the moment that is asked about, the files are read instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from tkt.domain.conditions import All, Condition, OfClocks
from tkt.domain.metrics.course import DETAILS, Course
from tkt.domain.metrics.tables import Case, Cases, parted
from tkt.domain.ticket import Ticket
from tkt.errors import Problem, place_of
from tkt.store.index.catalogue import IndexedCatalogue
from tkt.store.index.database import writing
from tkt.store.index.keeping import Keeper
from tkt.store.index.rows import COLUMNS, NO_ITEMS, as_json, of_json, tickets_of, unpacked_problems
from tkt.store.index.spreading import spread
from tkt.store.index.sql import Compiler, columns_sql
from tkt.usecases.report import Answer, Made, Wanted

if TYPE_CHECKING:
    from datetime import datetime

    from tkt.store.courses import FilesCourses, Read

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

_SETTLED = "SELECT json_quote(json_extract(d.details, '$[0][#-1][1]')), count(*)"
"""In which status a ticket came to rest, of the details of its course."""

_CHUNK = 200
_FEW = 100
"""So many tickets are read faster than it is found out which of all have changed."""

Standing = tuple[int, int]
"""The numbers of a ticket's content and thread in the index."""


class IndexedCourses:
    """Reads the files of those tickets only whose courses it does not know.

    Args:
        catalogue: with the index.
        newest: the moment of this command; a report as of an earlier one reads what it has to.
    """

    def __init__(self, catalogue: IndexedCatalogue, newest: int) -> None:
        self.catalogue = catalogue
        self.settings = catalogue.tickets.settings
        self.newest = newest

    @cached_property
    def _plain(self) -> FilesCourses:
        """Reads files."""
        from tkt.store.courses import FilesCourses  # start-up: mostly all courses are known

        return FilesCourses(self.catalogue.tickets, spread)

    def select(
        self, condition: Condition, at: datetime, wanted: Wanted, make: Callable[[Cases], Made]
    ) -> Answer[Made]:
        """What is made of the tickets that met a condition at a moment, with their courses until then."""
        answer = self.catalogue.ask(
            lambda keeper: self._select(keeper, condition, at, wanted, make),
            lambda: self._plain.select(condition, at, wanted, make),
        )
        return answer._replace(problems=[*self.catalogue.trouble, *answer.problems])

    def _select(
        self,
        keeper: Keeper,
        condition: Condition,
        at: datetime,
        wanted: Wanted,
        make: Callable[[Cases], Made],
    ) -> Answer[Made]:
        for each in _TABLES:
            keeper.connection.execute(each)
        moment = int(at.timestamp())
        look = _Look(keeper, self._rules(at), moment)
        since = wanted.since
        if moment < self.newest:
            everything = Wanted((*COLUMNS, "extra", "body"), 0, detailed=True)
            cases = look.take(self._where(All()), everything, lambda: self._cases(keeper, look, at))
            thread = self._plain.thread
            met = self._plain.met(cases, condition, lambda each: thread(each, at), self._plain.judge(at))
            found = make(parted(met, since, detailed=wanted.detailed))
            return Answer(found, len(met), look.problems)

        def made() -> tuple[Made, int]:
            cases = self._cases(keeper, look, at)
            total = look.total - (len(look.tickets) - len(cases))  # those that will only be created
            if not look.missing:  # of those that are known, none were over by then
                return make(Cases(cases, look.settled)), total
            read = parted(cases, since, detailed=wanted.detailed)
            return make(read._replace(settled=Counter(read.settled) + look.settled)), total

        columns = wanted._replace(fields=_columns(wanted.fields))
        return Answer(*look.take(self._where(condition), columns, made), look.problems)

    def _rules(self, at: datetime) -> str:
        """A name for all that courses depend on besides tickets."""
        if not self.settings.sla.policies:
            return f"{self.settings.fingerprint} ()"
        from tkt.domain.policies import policy_conditions  # start-up: not every desk promises something

        return f"{self.settings.fingerprint} {policy_conditions(self.settings, at)!r}"

    def _where(self, condition: Condition) -> _Where:
        compiler = Compiler(self.settings)
        return _Where(condition, compiler.where(condition), compiler.parameters, compiler.of_clocks)

    def _cases(self, keeper: Keeper, look: _Look, at: datetime) -> list[Case]:
        reads = self._read(keeper, look, look.missing, at) if look.missing else {}
        cases = []
        for each, ticket in look.tickets.items():
            course = look.courses.get(each)
            case = Case(ticket, course) if course else reads[each].case
            if case:
                cases.append(case)
        return cases

    def _read(self, keeper: Keeper, look: _Look, missing: Sequence[str], at: datetime) -> Mapping[str, Read]:
        """The tickets of which nothing is known that holds."""
        judge = self._plain.judge(at)
        reads = spread(lambda each: self._plain.read(each, judge), missing)
        found: dict[str, Read] = {}
        for done, (ticket, read) in enumerate(zip(missing, reads, strict=True), 1):
            found[ticket] = read
            if done % _CHUNK == 0 or done == len(missing):
                keeper.progress("Reading the past of tickets", done, len(missing))
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
        self.missing: Sequence[str] = ()
        self.problems: list[Problem] = []
        self.total = 0
        self.settled: Counter[str] = Counter()
        self._unreadable: list[Problem] = []
        self._standing: dict[str, Standing] = {}
        self._known: dict[tuple[str, ...], Course] = {}

    def take(self, where: _Where, wanted: Wanted, make: Callable[[], Made]) -> Made:
        """Take the tickets that meet a condition, and what is known of them.

        Args:
            where: they do.
            wanted: the columns that are needed, `id` among them; of tickets that are known to have been over
                before a moment, nothing is taken.
            make: makes of them what is wanted in the end.
        """
        names, since = tuple(wanted.fields), wanted.since
        shown = ", ".join("m.ticket" if each == "id" else columns_sql((each,)) for each in names)
        facts = ("c.facts", "d.details") if wanted.detailed else ("c.facts",)
        asked = {**where.parameters, "tree": self.keeper.tree, "rules": self.rules, "since": since}
        all_of_them = f"{_FROM} AND {where.sql}"
        count = f"SELECT 1 {all_of_them}"
        over = f"{_SETTLED} {all_of_them} AND c.over < :since GROUP BY 1" if wanted.detailed else ""
        rest = f"{all_of_them} AND (c.over IS NULL OR c.over >= :since) ORDER BY m.ticket"
        sql = f"SELECT m.content, m.thread, c.latest, {', '.join((*facts, shown))} {rest}"
        if where.of_clocks:
            with self._asking_clocks(where) as problems:
                self._take(count, over, sql, asked, names, len(facts))
                self.problems = sorted((*problems, *self._unreadable), key=place_of)
            return make()
        # Mostly nothing has changed since the last look, and another process is still about to see that.
        version = self.keeper.version
        self._take(count, over, sql, asked, names, len(facts))
        made = [] if self.missing else [make()]
        with self.keeper.looking(threads=True, again=False) as problems:
            if self.keeper.version != version:
                asked["tree"] = self.keeper.tree
                self._take(count, over, sql, asked, names, len(facts))
                made = []
            self.problems = sorted((*problems, *self._unreadable), key=place_of)
        return made[0] if made else make()

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
        self, count: str, over: str, sql: str, asked: Mapping[str, object], names: Sequence[str], facts: int
    ) -> None:
        self.total = len(self.keeper.connection.execute(count, asked).fetchall())
        ended = self.keeper.connection.execute(over, asked).fetchall() if over else ()
        self.settled = Counter({of_json(status): number for status, number in ended if status})
        rows = self.keeper.connection.execute(sql, asked).fetchall()
        place = 3 + facts + names.index("id")
        ids = [row[place] for row in rows]
        tickets = tickets_of(names, [row[3 + facts :] for row in rows])
        self.tickets = dict(zip(ids, tickets, strict=True))
        self._standing = {each: row[:2] for each, row in zip(ids, rows, strict=True)}
        kept = [
            (each, row[3 : 3 + facts])
            for each, row in zip(ids, rows, strict=True)
            if row[2] is not None and row[2] <= self.moment
        ]
        new = [packed for _, packed in kept if packed not in self._known]
        self._known.update(zip(new, _unpacked(new), strict=True))
        self.courses = {ticket: self._known[packed] for ticket, packed in kept}
        self.missing = [each for each in self.tickets if each not in self.courses]
        self._unreadable = self._problems()

    def _problems(self) -> list[Problem]:
        """What is wrong with the files that could not be understood."""
        rows = self.keeper.connection.execute(
            "SELECT m.problems, a.problems FROM member m LEFT JOIN thread a ON a.number = m.thread "
            "WHERE m.tree = ? AND (m.content IS NULL OR a.problems <> ?)",
            (self.keeper.tree, NO_ITEMS),
        )
        return [each for row in rows for packed in row if packed for each in unpacked_problems(packed)]

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

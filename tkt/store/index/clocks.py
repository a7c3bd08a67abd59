"""How the clocks of tickets stood, remembered as long as nothing happens to a ticket or to the settings.

A clock that stands still never changes by itself, and one that runs goes on with working time; so neither the
thread nor the policies are looked at again. It is known by the stamps of the thread's files whether something
has happened, and only those of tickets that are asked about are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tkt.domain.clocks import ClockState, Judgement, State
from tkt.domain.conditions import Condition, OfClocks, possible
from tkt.domain.levels import Clock
from tkt.domain.ticket import Ticket
from tkt.domain.urgency import Later, meets
from tkt.errors import Problem
from tkt.store.index.database import writing
from tkt.store.index.keeping import Keeper
from tkt.store.index.rows import as_json, packed_problems, tickets_of, unpacked_problems
from tkt.store.index.spreading import spread
from tkt.store.index.sql import FROM, WHOLE, WITH_THREADS, Compiler, columns_sql
from tkt.store.index.stamps import Packed
from tkt.usecases.workspace import Clocks

if TYPE_CHECKING:
    from tkt.domain.sla import Judge

_TABLE = """
CREATE TABLE IF NOT EXISTS clocks (
    tree INTEGER NOT NULL, ticket TEXT NOT NULL, content INTEGER NOT NULL, names BLOB NOT NULL,
    stats BLOB NOT NULL, rules TEXT NOT NULL, judged INTEGER NOT NULL, latest INTEGER NOT NULL,
    policy TEXT NOT NULL, open INTEGER NOT NULL, states TEXT NOT NULL, problems TEXT NOT NULL,
    PRIMARY KEY (tree, ticket)
) WITHOUT ROWID
"""

_OPEN = "CREATE INDEX IF NOT EXISTS clocks_open ON clocks (tree) WHERE open"

_HOURS = """
CREATE TABLE IF NOT EXISTS hours (
    rules TEXT NOT NULL, calendar TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
    open TEXT NOT NULL, PRIMARY KEY (rules, calendar)
) WITHOUT ROWID
"""
"""When a calendar is open for some time: less to load than what works it out."""

_AROUND = timedelta(days=30)

_KEPT = """
SELECT m.ticket, m.content, c.names, c.stats, c.latest, c.judged, c.policy, c.open, c.states, c.problems
FROM member m LEFT JOIN clocks c
    ON c.tree = m.tree AND c.ticket = m.ticket AND c.content = m.content AND c.rules = ?
WHERE m.tree = ? AND m.content IS NOT NULL AND m.ticket IN (SELECT value FROM json_each(?))
"""


class _Read(NamedTuple):
    """The clocks of a ticket at some moment.

    Args:
        judged: how they stood.
        latest: the moment of the last that is known of the ticket, seconds since 1970.
        problems: what of its thread could not be understood.
        alone: whether no other ticket has a say in them, as those do that were merged into this one.
    """

    judged: Judgement
    latest: int
    problems: tuple[Problem, ...]
    alone: bool


class ClockKeeper:
    """Reads the clocks of the tickets of one tree, and only those again of which it does not know.

    Args:
        keeper: of the index, in no transaction.
    """

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.tickets = keeper.tickets
        self.rules = keeper.tickets.settings.fingerprint
        self._new: list[tuple[object, ...]] = []
        self._opening: dict[str, tuple[int, int, str]] = {}
        keeper.connection.execute(_TABLE)
        keeper.connection.execute(_OPEN)
        keeper.connection.execute(_HOURS)

    def answer(self, parts: Sequence[OfClocks], whole: Condition) -> Mapping[float, Clocks]:
        """Teach SQLite what is asked of clocks; at the moment that the keeper looks at.

        Args:
            parts: what is asked, in the order of their numbers.
            whole: of which they are parts; tickets that cannot meet it are left out.

        Returns:
            What was read, by the moment at which.
        """
        compiler = Compiler(self.tickets.settings)
        where = compiler.where(possible(whole))
        asked = {**compiler.parameters, "tree": self.keeper.tree}
        origin = WITH_THREADS if compiler.asks_threads else FROM
        sql = f"SELECT m.ticket {origin} WHERE m.tree = :tree AND {where}"
        ids = [ticket for (ticket,) in self.keeper.connection.execute(sql, asked)]
        read = {at: self.read(ids, datetime.fromtimestamp(at, UTC)) for at in {each.at for each in parts}}

        def clocked(ticket: str, number: int) -> bool:
            part: OfClocks = parts[number]
            judged = read[part.at].judgements.get(ticket)
            return judged is not None and meets(judged, part)

        self.keeper.connection.create_function("clocked", 2, clocked)
        return read

    def read(self, ids: Sequence[str], at: datetime) -> Clocks:
        """The clocks of some tickets; at the moment that the keeper looks at.

        Args:
            ids: of the tickets; those that are not there are left out.
            at: when they are read, UTC.
        """
        now, later = int(at.timestamp()), Later(self.tickets.settings, at, self._between)
        asked = (self.rules, self.keeper.tree, as_json(ids))
        rows = self.keeper.connection.execute(_KEPT, asked).fetchall()
        kept: dict[str, Packed] = {row[0]: (row[2], row[3]) for row in rows if row[2] is not None}
        looks = self.keeper.source.looks([row[0] for row in rows], kept)
        judgements, problems = {}, []
        missing: dict[str, int] = {}
        for ticket, content, names, stats, latest, judged, policy, is_open, states, wrong in rows:
            if names is None or looks.get(ticket) != (names, stats) or max(latest, judged) > now:
                missing[ticket] = content
                continue
            read = Judgement(ticket, policy, _unpacked(states), bool(is_open))
            judgements[ticket] = later.judgement(read, datetime.fromtimestamp(judged, UTC))
            problems += unpacked_problems(wrong)
        if missing:
            for each in self._judged(missing, looks, at):
                judgements[each.judged.ticket] = each.judged
                problems += each.problems
        return Clocks(judgements, tuple(problems))

    def _between(self, calendar: str, start: datetime, end: datetime) -> int:
        """The seconds of working time between two moments."""
        first, last = int(start.timestamp()), int(end.timestamp())
        hours = (
            self._opening.get(calendar)
            or self.keeper.connection.execute(
                "SELECT since, until, open FROM hours WHERE rules = ? AND calendar = ?",
                (self.rules, calendar),
            ).fetchone()
        )
        if hours is None or hours[0] > first or hours[1] < last:
            since, until = start - _AROUND, end + _AROUND
            intervals = self.tickets.settings.sla.calendar(calendar).open_within(since, until)
            packed = " ".join(f"{opens} {closes}" for opens, closes in intervals)
            hours = int(since.timestamp()), int(until.timestamp()), packed
            self._opening[calendar] = hours
        figures = [int(each) for each in hours[2].split()]
        spans = zip(figures[::2], figures[1::2], strict=True)
        return sum(max(min(closes, last) - max(opens, first), 0) for opens, closes in spans)

    def _judged(
        self, missing: Mapping[str, int], looks: Mapping[str, Packed], at: datetime
    ) -> Iterable[_Read]:
        """Read threads, and note what may be remembered of them."""
        from tkt.domain.sla import Judge  # start-up: mostly all is known
        from tkt.usecases.promises import reading

        judge, now = Judge(self.tickets.settings, at, reading(self.tickets)), int(at.timestamp())
        sql = (
            f"SELECT {columns_sql(WHOLE)} {FROM} "
            "WHERE m.tree = ? AND m.ticket IN (SELECT value FROM json_each(?))"
        )
        rows = self.keeper.connection.execute(sql, (self.keeper.tree, as_json(list(missing))))
        tickets = {each.id: each for each in tickets_of(WHOLE, rows)}
        keeps = judge.timeless
        for done, (ticket, read) in enumerate(
            zip(tickets, spread(lambda each: self._one(judge, tickets[each]), list(tickets)), strict=True), 1
        ):
            if done % 200 == 0 or done == len(tickets):
                self.keeper.progress("Reading clocks", done, len(tickets))
            if keeps and read.alone and read.latest <= now and ticket in looks:
                self._new.append(
                    (self.keeper.tree, ticket, missing[ticket], *looks[ticket], self.rules, now, *_row(read))
                )
            yield read

    def _one(self, judge: Judge, ticket: Ticket) -> _Read:
        thread, problems = self.tickets.thread(ticket.id)
        latest = max((ticket.created, *(each.at for each in thread)))
        from tkt.domain.story import MERGES

        alone = not any(MERGES in each.extra for each in thread)
        return _Read(judge.judge(ticket, thread), int(latest.timestamp()), tuple(problems), alone)

    def remember(self) -> None:
        """Keep what was read; in no transaction."""
        if not self._new and not self._opening:
            return
        with writing(self.keeper.connection):
            self.keeper.connection.execute(
                "DELETE FROM clocks WHERE tree NOT IN (SELECT number FROM tree) OR (tree = ? AND rules <> ?)",
                (self.keeper.tree, self.rules),
            )
            self.keeper.connection.execute("DELETE FROM hours WHERE rules <> ?", (self.rules,))
            self.keeper.connection.executemany(
                "INSERT OR REPLACE INTO hours VALUES (?, ?, ?, ?, ?)",
                [(self.rules, calendar, *hours) for calendar, hours in self._opening.items()],
            )
            self.keeper.connection.executemany(
                "INSERT OR REPLACE INTO clocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._new
            )
        self._new, self._opening = [], {}


def _row(read: _Read) -> tuple[object, ...]:
    """What was read, as the columns from `latest` on have it."""
    judged = read.judged
    return read.latest, judged.policy, judged.open, _packed(judged.clocks), packed_problems(read.problems)


_UNSET = "-"


def _packed(clocks: Iterable[ClockState]) -> str:
    """Clocks as the index keeps them, a line each."""
    return "\n".join(
        " ".join(
            (
                each.clock.value,
                each.state.value,
                *map(_seconds, (each.started_at, each.due_at, each.met_at)),
                *(_UNSET if n is None else str(n) for n in (each.target_seconds, each.elapsed_seconds)),
                str(int(each.paused)),
            )
        )
        for each in clocks
    )


def _seconds(moment: datetime | None) -> str:
    return str(int(moment.timestamp())) if moment else _UNSET


_CLOCKS = {each.value: each for each in Clock}
_STATES = {each.value: each for each in State}


def _unpacked(text: str) -> tuple[ClockState, ...]:
    return tuple([_clock(line) for line in text.split("\n")])


def _clock(line: str) -> ClockState:
    clock, state, started, due, met, target, elapsed, paused = line.split()
    if target == _UNSET:
        return ClockState(_CLOCKS[clock])
    promised, passed = int(target), int(elapsed)
    return ClockState(
        _CLOCKS[clock],
        _STATES[state],
        _moment(started),
        _moment(due),
        _moment(met),
        promised,
        passed,
        promised - passed,
        paused == "1",
    )


def _moment(text: str) -> datetime | None:
    return None if text == _UNSET else datetime.fromtimestamp(int(text), UTC)

"""Tables of a report: numbers of all tickets, of groups of them, of days, of agents and statuses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from tkt.domain.conditions import fold
from tkt.domain.metrics.course import Course
from tkt.domain.metrics.figures import Figure
from tkt.domain.metrics.periods import Almanac, Bucket, Period
from tkt.domain.metrics.population import Population, handed_over, of_seconds
from tkt.domain.ticket import Ticket


class Row(NamedTuple):
    """Numbers of one group.

    Args:
        group: its name; "" for all tickets, or for those without a value.
        figures: of each column.
        before: the same for the period before; () where that was not asked.
    """

    group: str
    figures: tuple[Figure, ...]
    before: tuple[Figure, ...] = ()


class Table(NamedTuple):
    """Numbers side by side.

    Args:
        name: in data.
        title: for people.
        columns: what the numbers are, such as `created` or `first_response.median`.
        rows: one for each group; one in all where there are no groups.
        by: what the groups are: a field, `day`, `status`; "" where there are none.
        series: of some columns, the number of each bucket of the period.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    by: str = ""
    series: Mapping[str, Sequence[Figure]] = {}


class Case(NamedTuple):
    """A ticket, and its course."""

    ticket: Ticket
    course: Course


def counts(case: Case, since: int) -> bool:
    """Whether a ticket was not over before a moment, in seconds since 1970, UTC."""
    over = case.course.over
    return over is None or over >= since


class Cases(NamedTuple):
    """Tickets of a period.

    Args:
        found: those that were not over before it.
        settled: how many of the others came to rest in each status, where details are asked for.
    """

    found: Sequence[Case]
    settled: Mapping[str, int]


def parted(cases: Sequence[Case], since: int, *, detailed: bool) -> Cases:
    """Those that were not over before a moment, seconds since 1970, UTC, and what is told of the others."""
    found = [each for each in cases if counts(each, since)]
    rest = [each.course for each in cases if not counts(each, since)] if detailed else ()
    return Cases(found, Counter(each.statuses[-1][1] for each in rest if each.statuses))


@dataclass(frozen=True)
class Desk:
    """What a report is made of.

    Args:
        cases: the tickets it is about, but for those that were over before.
        settled: how many of those came to rest in each status.
        almanac: divides its period.
        period: it is about.
        before: the period beside it; None where none is wanted.
        choices: the values of a field in their order; () where it has no such order.
        same: the one form of a value, by its field, of those in which it may be written.
        public: that as everybody may see it.
    """

    cases: Sequence[Case]
    settled: Mapping[str, int]
    almanac: Almanac
    period: Period
    before: Period | None
    choices: Callable[[str], Sequence[str]]
    same: Callable[[str, str], str]
    public: Callable[[str, str], str]

    @cached_property
    def _whole(self) -> Population:
        """All of its tickets: several tables tell of them."""
        return self._population(self.cases)

    def everything(self, name: str, title: str, columns: Sequence[str], *, buckets: bool = False) -> Table:
        """Numbers of all tickets; with those of each bucket of the period where that is wanted."""
        population = self._whole
        series: Mapping[str, Sequence[Figure]] = {}
        if buckets:
            parts = self.almanac.buckets(self.period)
            series = {each: [population.figure(each, part.period) for part in parts] for each in columns}
        return Table(name, title, tuple(columns), (self._row("", population, columns),), series=series)

    def grouped(self, name: str, title: str, columns: Sequence[str], by: str) -> Table:
        """Numbers of the tickets that have each value of a field; one with several items is in each group."""
        found: dict[str, list[Case]] = defaultdict(list)
        for each in self.cases:
            names = (self.public(by, self.same(by, one)) for one in each.ticket.items(by) or ("",))
            for value in dict.fromkeys(names):
                found[value].append(each)
        rows = [self._row(value, self._population(cases), columns) for value, cases in found.items()]
        return Table(name, title, tuple(columns), tuple(self._ordered(rows, by)), by)

    def timed(
        self, name: str, title: str, columns: Sequence[str], parts: Iterable[Bucket], unit: str
    ) -> Table:
        """Numbers of each part of the period."""
        population = self._whole
        rows = tuple(Row(each.name, population.figures(columns, each.period)) for each in parts)
        return Table(name, title, tuple(columns), rows, unit)

    def agents(self, name: str, title: str, columns: Sequence[str]) -> Table:
        """Numbers of everybody who had tickets or wrote, nobody among them."""
        now = self._of_agents(self.period, columns)
        then = self._of_agents(self.before, columns) if self.before else {}
        rows = [
            Row(
                who,
                tuple(Figure(now[who][each]) if who in now else Figure(0) for each in columns),
                tuple(Figure(then.get(who, Counter())[each]) for each in columns) if self.before else (),
            )
            for who in {**now, **then}
        ]
        shown = [each for each in rows if any(one.value for one in (*each.figures, *each.before))]
        return Table(name, title, tuple(columns), tuple(self._ordered(shown, "agent")), "agent")

    def _of_agents(self, period: Period, columns: Sequence[str]) -> dict[str, Counter[str]]:
        deeds: Counter[tuple[str, str]] = Counter()
        for _, course in self.cases:
            for who, what, at, number in _deeds(course, period.end, columns):
                if period.has(at) or what == "workload":
                    deeds[who, what] += number
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for (who, what), number in deeds.items():
            found[self.public("assignee", who)][what] += number
        return found

    def statuses(self, name: str, title: str) -> Table:
        """How tickets came to statuses and left them."""
        columns = ("standing", "entered", "stay.mean", "stay.median", "stay.p90")
        now = self._of_statuses(self.period)
        then = self._of_statuses(self.before) if self.before else {}
        names = [*self.choices("status"), *sorted({*now, *then} - set(self.choices("status")))]
        rows = [
            Row(each, _of_status(now.get(each)), _of_status(then.get(each)) if self.before else ())
            for each in names
        ]
        return Table(name, title, columns, tuple(rows), "status")

    def _of_statuses(self, period: Period) -> dict[str, _Status]:
        found: dict[str, _Status] = defaultdict(_Status)
        for status, number in self.settled.items():
            found[status].standing = number
        for _, course in self.cases:
            for since, status in course.statuses:
                found[status].entered += period.has(since)
            for before, after in pairwise(course.statuses):
                if period.has(after[0]):
                    found[before[1]].stays.append(after[0] - before[0])
            last = [status for since, status in course.statuses if since < period.end]
            if last:
                found[last[-1]].standing += 1
        return found

    def steps(self, name: str, title: str) -> Table:
        """Which steps tickets took, the most frequent first."""
        now = self._of_steps(self.period)
        then = self._of_steps(self.before) if self.before else Counter()
        rows = [
            Row(each, (Figure(now[each]),), (Figure(then[each]),) if self.before else ())
            for each in {**now, **then}
        ]
        return Table(name, title, ("moves",), tuple(self._ordered(rows, "step")), "step")

    def _of_steps(self, period: Period) -> Counter[str]:
        return Counter(
            f"{before[1]} -> {after[1]}"
            for _, course in self.cases
            for before, after in pairwise(course.statuses)
            if period.has(after[0])
        )

    def recurring(self, name: str, title: str) -> Table:
        """Requesters who had the same trouble more than once, the most frequent first."""
        now = self._pairs(self.period)
        then = self._pairs(self.before) if self.before else Counter()
        rows = [
            Row(each, (Figure(count),), (Figure(then[each]),) if self.before else ())
            for each, count in now.items()
        ]
        return Table(name, title, ("recurring",), tuple(self._ordered(rows, "step")), "requester / category")

    def _pairs(self, period: Period) -> Counter[str]:
        """Tickets of those who had more than one of a category, as everybody may see it."""
        found = Counter(
            (self.same("requester", each.ticket.text("requester")), each.ticket.text("category"))
            for each in self.cases
            if each.ticket.text("requester") and period.has(each.course.created)
        )
        shown: Counter[str] = Counter()
        for (who, category), count in found.items():
            if count > 1:
                of_what = self.public("category", category) or "none"
                shown[f"{self.public('requester', who)} / {of_what}"] += count
        return shown

    def _population(self, cases: Iterable[Case]) -> Population:
        return Population([each.course for each in cases])

    def _row(self, group: str, population: Population, columns: Sequence[str]) -> Row:
        before = population.figures(columns, self.before) if self.before else ()
        return Row(group, population.figures(columns, self.period), before)

    def _ordered(self, rows: Iterable[Row], by: str) -> list[Row]:
        """By the choices of a field, else the largest first; what has no value comes last."""
        ranks = {value: rank for rank, value in enumerate(self.choices(by))}
        return sorted(
            rows,
            key=lambda row: (
                not row.group,
                ranks.get(row.group, len(ranks)),
                -(row.figures[0].value or 0),
                fold(row.group),
                row.group,
            ),
        )


def _deeds(course: Course, end: int, columns: Sequence[str]) -> Iterator[tuple[str, str, int, int]]:
    """What agents had of a ticket and did to it: who, what, when, how much."""
    if course.is_open(end):
        yield course.assignee(end), "workload", end, 1
    for closing in course.closings:
        yield closing[1], "solved", closing[0], 1
    if "handed_over" in columns:
        for at, giver, _ in handed_over(course):
            yield giver, "handed_over", at, 1
    for at, who, minutes, said in course.touches if "touches" in columns else ():
        yield who, "touches", at, 1
        yield who, "replies", at, said
        yield who, "spent", at, minutes


class _Status:
    """What happened to one status."""

    __slots__ = ("entered", "standing", "stays")

    def __init__(self) -> None:
        self.entered = 0
        self.standing = 0
        self.stays: list[int] = []


def _of_status(found: _Status | None) -> tuple[Figure, ...]:
    found = found or _Status()
    stays = sorted(found.stays)
    counts = (Figure(found.standing), Figure(found.entered))
    return (*counts, *(of_seconds(stays, each) for each in ("mean", "median", "p90")))

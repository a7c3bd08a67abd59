"""The numbers of some tickets, worked out of their courses."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, TypeVar

from tkt.domain.metrics.course import Course
from tkt.domain.metrics.figures import Figure, mean, quantile, share
from tkt.domain.metrics.glossary import Unit, metric, statistic
from tkt.domain.metrics.periods import Period

DAY = 86_400
AGES = {
    "open_under_1d": (0, 1),
    "open_1d_to_7d": (1, 7),
    "open_7d_to_30d": (7, 30),
    "open_30d_to_90d": (30, 90),
    "open_over_90d": (90, None),
}
"""From how many days on, and below how many, a ticket that is open is of that age."""


DETAILED = frozenset({"queue_transfers", "touches", "replies", "spent"})
"""The numbers of tickets that follow from the details of their courses."""


_AT, _PLACE = itemgetter(0), itemgetter(1)
Row = TypeVar("Row", bound=Sequence[Any])
"""Begins with the moment at which something happened."""


class Population:
    """Some tickets that are looked at together.

    What happened to them is put in its order once, so that each day of a long period finds its part of it.

    Args:
        courses: of each of them.
    """

    def __init__(self, courses: Sequence[Course]) -> None:
        self.courses = courses
        self._seconds: dict[tuple[str, Period], list[int]] = {}
        self._open: dict[int, list[int]] = {}

    def figure(self, column: str, period: Period) -> Figure:
        """What a column shows for a period."""
        asked = metric(column)
        if asked.unit is Unit.SECONDS:
            return self._of_many(asked.name, statistic(column), period)
        if asked.name.startswith("sla_"):
            return self._in_time(asked.name.removeprefix("sla_"), period)
        if asked.name in AGES:
            return Figure(self._of_age(*AGES[asked.name], period))
        return _NUMBERS[asked.name](self, period)

    def figures(self, columns: Iterable[str], period: Period) -> tuple[Figure, ...]:
        """What some columns show for a period."""
        return tuple(self.figure(each, period) for each in columns)

    @cached_property
    def created(self) -> list[int]:
        """When each was created, in their order."""
        return sorted(each.created for each in self.courses)

    @cached_property
    def first_closings(self) -> list[int]:
        """When each was done for the first time."""
        return sorted(each.closings[0][0] for each in self.courses if each.closings)

    @cached_property
    def closings(self) -> list[int]:
        """When any was done."""
        return sorted(one[0] for each in self.courses for one in each.closings)

    @cached_property
    def reopenings(self) -> list[int]:
        """When any went on after that."""
        return sorted(one for each in self.courses for one in each.reopenings)

    @cached_property
    def handovers(self) -> list[int]:
        """When any went from somebody to somebody else."""
        return sorted(at for each in self.courses for at, _, _ in handed_over(each))

    @cached_property
    def queue_moves(self) -> list[int]:
        """When any went from one queue to another."""
        return sorted(at for each in self.courses for at in each.queues)

    @cached_property
    def touches(self) -> list[tuple[int, str, int, bool]]:
        """Every entry that an agent wrote."""
        return sorted((one for each in self.courses for one in each.touches), key=_AT)

    @cached_property
    def solved(self) -> list[tuple[int, Course]]:
        """The tickets in which somebody waited for answers, with when each was done for the first time."""
        asked = (each for each in self.courses if each.asked and each.closings)
        return sorted(((each.closings[0][0], each) for each in asked), key=_AT)

    @cached_property
    def _waits(self) -> list[tuple[int, int, int | None]]:
        return sorted((wait for each in self.courses for wait in each.waits), key=_AT)

    @cached_property
    def _first_waits(self) -> list[tuple[int, int, int | None]]:
        return sorted((each.waits[0] for each in self.courses if each.asked and each.waits), key=_AT)

    @cached_property
    def _closed(self) -> list[tuple[int, int, int, tuple[int, str, int, int | None, int]]]:
        """Every time work was over: when, how often its ticket was before, which ticket, and the rest."""
        return sorted(
            (closing[0], place, number, closing)
            for number, each in enumerate(self.courses)
            for place, closing in enumerate(each.closings)
        )

    @cached_property
    def _runs(self) -> dict[str, list[tuple[int, bool]]]:
        """When runs of each clock ended, and whether in time."""
        found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        for each in self.courses:
            for clock, at, met in each.runs:
                found[clock].append((at, met))
        return {clock: sorted(runs) for clock, runs in found.items()}

    def _of_age(self, low: int, high: int | None, period: Period) -> int:
        youngest = period.end - low * DAY
        oldest = period.end - high * DAY if high is not None else None
        created = self._created_of_open(period.end)
        return bisect_right(created, youngest) - (bisect_right(created, oldest) if oldest is not None else 0)

    def _created_of_open(self, moment: int) -> list[int]:
        """When those were created that were open just before a moment, in their order."""
        if moment not in self._open:
            self._open[moment] = sorted(each.created for each in self.courses if each.is_open(moment))
        return self._open[moment]

    def _in_time(self, clock: str, period: Period) -> Figure:
        runs = _rows(self._runs.get(clock, ()), period)
        return share(sum(met for _, met in runs), len(runs))

    def _of_many(self, name: str, wanted: str, period: Period) -> Figure:
        if (name, period) not in self._seconds:
            self._seconds[name, period] = sorted(self._measured(name, period))
        return of_seconds(self._seconds[name, period], wanted)

    def _measured(self, name: str, period: Period) -> Iterator[int]:
        """What was measured of a metric in a period, in seconds."""
        kind, _, basis = name.rpartition("_") if name.endswith(("_business", "_active")) else (name, "", "")
        if kind == "age":
            return (period.end - created for created in self._created_of_open(period.end))
        if kind == "resolution":
            closings = self._last_closings(period)
            if basis == "active":
                return (each[4] for each in closings)
            return _known(each[3] if basis else each[2] for each in closings)
        waits = self._first_waits if kind == "first_response" else self._waits
        return _known(wait[2 if basis else 1] for wait in _rows(waits, period))

    def _last_closings(self, period: Period) -> Iterable[tuple[int, str, int, int | None, int]]:
        closed = sorted(_rows(self._closed, period), key=_PLACE)
        return {number: closing for *_, number, closing in closed}.values()


def _first_contact(of: Population, period: Period) -> Figure:
    solved = _rows(of.solved, period)
    answers = [(each, sum(at <= done for at in each.replies)) for done, each in solved]
    answered = [(each, number) for each, number in answers if number]
    stayed = (number == 1 and not any(at < period.end for at in each.reopenings) for each, number in answered)
    return share(sum(stayed), len(answered))


def _net_flow(of: Population, period: Period) -> Figure:
    came = _within(of.created, period) + _within(of.reopenings, period)
    return Figure(came - _within(of.closings, period))


def _backlog(of: Population, period: Period) -> Figure:
    came = bisect_left(of.created, period.end) + bisect_left(of.reopenings, period.end)
    return Figure(came - bisect_left(of.closings, period.end))


_NUMBERS: dict[str, Callable[[Population, Period], Figure]] = {
    "created": lambda of, period: Figure(_within(of.created, period)),
    "first_resolved": lambda of, period: Figure(_within(of.first_closings, period)),
    "resolved": lambda of, period: Figure(_within(of.closings, period)),
    "reopened": lambda of, period: Figure(_within(of.reopenings, period)),
    "net_flow": _net_flow,
    "backlog": _backlog,
    "first_contact": _first_contact,
    "transfers": lambda of, period: Figure(_within(of.handovers, period)),
    "queue_transfers": lambda of, period: Figure(_within(of.queue_moves, period)),
    "touches": lambda of, period: Figure(len(_rows(of.touches, period))),
    "replies": lambda of, period: Figure(sum(said for *_, said in _rows(of.touches, period))),
    "spent": lambda of, period: Figure(sum(minutes for _, _, minutes, _ in _rows(of.touches, period))),
}


def of_seconds(ordered: Sequence[int], wanted: str) -> Figure:
    """A statistic of seconds that stand in their order."""
    if wanted == "mean":
        return mean(ordered)
    return quantile(ordered, 50 if wanted == "median" else 90)


def handed_over(course: Course) -> Iterator[tuple[int, str, str]]:
    """When a ticket went from somebody to somebody else, with both of them."""
    for before, after in zip(course.assignees, course.assignees[1:], strict=False):
        if before[1] and after[1]:
            yield after[0], before[1], after[1]


def _within(moments: Sequence[int], period: Period) -> int:
    """How many of some moments, in their order, lie in a period."""
    return bisect_left(moments, period.end) - bisect_left(moments, period.start)


def _rows(rows: Sequence[Row], period: Period) -> Sequence[Row]:
    """Those of some rows, in the order of their moments, that lie in a period."""
    return rows[bisect_left(rows, period.start, key=_AT) : bisect_left(rows, period.end, key=_AT)]


def _known(values: Iterable[int | None]) -> Iterator[int]:
    return (each for each in values if each is not None)

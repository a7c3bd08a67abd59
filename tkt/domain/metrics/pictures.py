"""What a page draws and no table has: how the stock of tickets flows, and when they arrive."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import accumulate

from tkt.domain.metrics.course import Course
from tkt.domain.metrics.periods import Almanac, Period
from tkt.domain.workflow import Category

HOURS = 24
_DAYS = 7


def stock(
    courses: Iterable[Course], category: Callable[[str], Category], start: int, moments: Sequence[int]
) -> dict[Category, list[int]]:
    """How many tickets there were in statuses of each category, just before some moments.

    Args:
        courses: of the tickets.
        category: of a status.
        start: when the period begins; a ticket that was done by then never counts as done.
        moments: in their order, seconds since 1970, UTC.
    """
    changes = {each: [0] * (len(moments) + 1) for each in Category}
    for course in courses:
        stays = list(_stays(course, category))
        was_done = any(kind is Category.DONE and since < start <= until for since, until, kind in stays)
        for since, until, kind in stays:
            if not (was_done and kind is Category.DONE):
                changes[kind][bisect_right(moments, since)] += 1
                changes[kind][bisect_right(moments, until)] -= 1
    return {kind: list(accumulate(each[:-1])) for kind, each in changes.items()}


def _stays(course: Course, category: Callable[[str], Category]) -> Iterator[tuple[int, float, Category]]:
    """From when, until when, and of which category a ticket's statuses were."""
    ends = [*(since for since, _ in course.statuses[1:]), float("inf")]
    for (since, status), until in zip(course.statuses, ends, strict=True):
        yield since, until, category(status)


def arrivals(courses: Iterable[Course], almanac: Almanac, period: Period) -> list[tuple[int, list[int]]]:
    """How many tickets were created in each hour of each weekday, as the clocks of the zone showed it.

    Returns:
        Weekdays, 0 for Monday, in the order of the almanac's weeks, each with the numbers of its 24 hours.
    """
    counts = [[0] * HOURS for _ in range(_DAYS)]
    for course in courses:
        if period.has(course.created):
            local = datetime.fromtimestamp(course.created, almanac.zone)
            counts[local.weekday()][local.hour] += 1
    days = [(almanac.first + each) % _DAYS for each in range(_DAYS)]
    return [(day, counts[day]) for day in days]

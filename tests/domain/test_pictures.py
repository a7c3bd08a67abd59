"""What charts draw, held against a slow and obvious second way of counting it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tkt.domain.metrics.course import Course
from tkt.domain.metrics.periods import Almanac, Period
from tkt.domain.metrics.pictures import arrivals, stock
from tkt.domain.workflow import Category

_MOMENTS = st.integers(0, 40)
_STATUSES = st.sampled_from(list(Category))


@st.composite
def _courses(draw: st.DrawFn) -> Course:
    moments = sorted(draw(st.lists(_MOMENTS, min_size=1, max_size=5)))
    return Course(moments[0], asked=False, statuses=[(each, draw(_STATUSES).value) for each in moments])


def _before(course: Course, moment: int) -> str | None:
    """The status that a ticket had just before a moment."""
    return next((status for since, status in reversed(course.statuses) if since < moment), None)


@given(st.lists(_courses(), max_size=6), _MOMENTS, st.lists(_MOMENTS, max_size=6).map(sorted))
def test_the_stock_is_what_a_look_at_every_ticket_finds(
    courses: list[Course], start: int, moments: list[int]
) -> None:
    found = stock(courses, Category, start, moments)
    for category in Category:
        fresh = [
            each
            for each in courses
            if category is not Category.DONE or _before(each, start) != Category.DONE.value
        ]
        slow = [sum(_before(each, moment) == category.value for each in fresh) for moment in moments]
        assert found[category] == slow


def _of(*created: str) -> list[Course]:
    return [Course(int(datetime.fromisoformat(each).timestamp()), asked=False) for each in created]


def test_arrivals_are_those_of_the_clock_on_the_wall() -> None:
    courses = _of(
        "2026-11-16T09:59:59Z", "2026-11-16T09:00:00Z", "2026-11-22T23:30:00Z", "2026-11-23T00:00:00Z"
    )
    period = Period(courses[1].created, courses[3].created)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    found = arrivals(courses, Almanac(now, UTC), period)
    assert [day for day, _ in found] == list(range(7))
    assert [(day, hour) for day, hours in found for hour, each in enumerate(hours) for _ in range(each)] == [
        (0, 9),
        (0, 9),
        (6, 23),
    ]
    east = arrivals(courses, Almanac(now, timezone(timedelta(hours=1)), first=6), period)
    assert [day for day, _ in east] == [6, 0, 1, 2, 3, 4, 5]
    assert (east[1][1][10], east[1][1][0]) == (2, 1)

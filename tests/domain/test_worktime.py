"""Working time, held against an oracle that goes through the time piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkt.domain.worktime import (
    DAY,
    LAST_YEAR,
    Calendar,
    Interval,
    Pause,
    Window,
    add,
    between,
    day_of,
    united,
)

HOUR = 3600
EDGES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25", "2026-12-24"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "America/Sao_Paulo": ("2017-10-15", "2017-02-19", "2018-11-04"),
    "Africa/Casablanca": ("2026-02-15", "2026-03-22", "2018-10-28"),
    "Pacific/Apia": ("2011-12-30", "2011-12-31", "2012-04-01"),
    "Asia/Beirut": ("2026-03-29", "2026-10-25", "2023-03-26"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Pacific/Kiritimati": ("1994-12-31", "1995-01-01"),
    "America/Havana": ("2026-03-08", "2026-11-01"),
    "UTC": ("2026-02-28", "2028-02-29"),
}
"""Zones, and days about which their clocks change or the calendar does."""


def moment(text: str) -> datetime:
    """A moment, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def week(*windows: Window, days: Sequence[int] = range(7)) -> tuple[tuple[Window, ...], ...]:
    """The same windows on some days of the week."""
    return tuple(windows if day in days else () for day in range(7))


def hours(*pairs: tuple[float, float]) -> tuple[Window, ...]:
    """Windows in hours."""
    return tuple((int(start * HOUR), int(end * HOUR)) for start, end in pairs)


OFFICE = Calendar("office", ZoneInfo("Europe/Berlin"), week(*hours((8, 12), (13, 18)), days=range(5)))
ALWAYS = Calendar("always", UTC, week((0, DAY)))


@lru_cache(maxsize=100_000)
def first_moment(zone: ZoneInfo, local: datetime) -> int:
    """When a local time is: found by trying every offset that the zone has about then.

    The way back, from UTC to local time, is never ambiguous. So a local time is the first moment that comes
    out as it; one that no moment comes out as was left out, and is read by the clock as it went before.
    """
    noon = local.replace(tzinfo=UTC)
    near = (noon + timedelta(hours=each) for each in range(-50, 51, 2))
    offsets = {each.astimezone(zone).utcoffset() or timedelta() for each in near}
    tried = [noon - each for each in sorted(offsets, reverse=True)]
    met = [each for each in tried if each.astimezone(zone).replace(tzinfo=None) == local]
    if met:
        return int(min(met).timestamp())
    gaps = [each for each in tried if each.astimezone(zone).replace(tzinfo=None) > local]
    return int(min(gaps).timestamp())


def opening(calendar: Calendar, low: datetime, high: datetime) -> Iterator[Interval]:
    """Every window about some time, whatever it overlaps with."""
    assert isinstance(calendar.zone, ZoneInfo)
    day = low.date() - timedelta(days=3)
    while day <= high.date() + timedelta(days=3):
        shut = day in calendar.closed or (day.month, day.day) in calendar.yearly
        usual = () if shut or day in calendar.holidays(day.year) else calendar.week[day.weekday()]
        for start, end in calendar.special.get(day, usual):
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
            yield (
                first_moment(calendar.zone, midnight + timedelta(seconds=start)),
                first_moment(calendar.zone, midnight + timedelta(seconds=end)),
            )
        day += timedelta(days=1)


def pieces(
    calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()
) -> Iterator[tuple[int, int, bool]]:
    """All time between two moments in pieces within which nothing changes, and whether each counts."""
    low, high = int(start.timestamp()), int(end.timestamp())
    windows = list(opening(calendar, start, end))
    stops = [(int(a.timestamp()), int(b.timestamp())) for a, b in pauses]
    edges = sorted({low, high, *(each for pair in (*windows, *stops) for each in pair if low < each < high)})
    for first, last in pairwise(edges):
        counts = any(a <= first < b for a, b in windows) and not any(a <= first < b for a, b in stops)
        yield first, last, counts


def counted(calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> int:
    """The oracle's answer to `between`."""
    return sum(last - first for first, last, counts in pieces(calendar, start, end, pauses) if counts)


def used_up(calendar: Calendar, start: datetime, amount: int, pauses: Sequence[Pause], end: datetime) -> int:
    """The oracle's answer to `add`."""
    for first, last, counts in pieces(calendar, start, end, pauses):
        if counts and amount <= last - first:
            return first + amount
        amount -= (last - first) * counts
    raise AssertionError(amount)


times = st.one_of(
    st.integers(0, 24).map(lambda hour: hour * HOUR),
    st.integers(0, 48).map(lambda half: half * HOUR // 2),
    st.integers(0, DAY),
)


@st.composite
def day_windows(draw: st.DrawFn) -> tuple[Window, ...]:
    cuts = sorted(draw(st.sets(times, max_size=6)))
    return tuple(zip(cuts[::2], cuts[1::2], strict=False))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, datetime, datetime, list[Pause]]:
    """A calendar, two moments and pauses, all about a day on which something changes."""
    name = draw(st.sampled_from(sorted(EDGES)))
    edge = date.fromisoformat(draw(st.sampled_from(EDGES[name])))
    near = st.integers(-5, 5).map(lambda days: edge + timedelta(days=days))
    named = draw(st.sets(near, max_size=2))
    calendar = Calendar(
        "any",
        ZoneInfo(name),
        tuple(draw(st.tuples(*[day_windows()] * 7))),
        closed=frozenset(draw(st.sets(near, max_size=2))),
        yearly=frozenset((each.month, each.day) for each in draw(st.sets(near, max_size=1))),
        special=draw(st.dictionaries(near, day_windows(), max_size=2)),
        holidays=lambda year: {each: "a day off" for each in named if each.year == year},
    )
    noon = datetime(edge.year, edge.month, edge.day, 12, tzinfo=UTC)
    ticks = st.one_of(
        st.integers(-4 * DAY, 4 * DAY),
        st.integers(-96, 96).map(lambda hour: hour * HOUR),
    ).map(lambda offset: noon + timedelta(seconds=offset))
    start, end = sorted((draw(ticks), draw(ticks)))
    pauses = [(min(a, b), max(a, b)) for a, b in draw(st.lists(st.tuples(ticks, ticks), max_size=4))]
    return calendar, start, end, pauses


@given(cases())
def test_between_is_what_the_oracle_counts(case: tuple[Calendar, datetime, datetime, list[Pause]]) -> None:
    calendar, start, end, pauses = case
    assert between(calendar, start, end) == counted(calendar, start, end)
    assert between(calendar, start, end, pauses) == counted(calendar, start, end, pauses)


@given(cases(), st.integers(1, 5 * DAY))
def test_add_is_the_first_moment_at_which_it_is_used_up(
    case: tuple[Calendar, datetime, datetime, list[Pause]], amount: int
) -> None:
    calendar, start, end, pauses = case
    whole = counted(calendar, start, end, pauses)
    if whole:
        amount = amount % whole + 1
        due = add(calendar, start, amount, pauses)
        assert due is not None
        assert int(due.timestamp()) == used_up(calendar, start, amount, pauses, end)
        assert between(calendar, start, due, pauses) == amount
        assert between(calendar, start, due - timedelta(seconds=1), pauses) == amount - 1


@pytest.mark.parametrize(("zone", "day"), [(zone, day) for zone, days in EDGES.items() for day in days])
def test_second_by_second_where_the_clocks_change(zone: str, day: str) -> None:
    calendar = Calendar("any", ZoneInfo(zone), week(*hours((0.5, 1.75), (2, 2.5), (2.75, 3), (23, 24))))
    windows = list(opening(calendar, moment(day), moment(day)))
    start = int(moment(day).timestamp()) - DAY
    line = bytearray(3 * DAY)
    for opens, closes in windows:
        for second in range(max(opens - start, 0), min(closes - start, len(line))):
            line[second] = 1
    low = datetime.fromtimestamp(start, UTC)
    passed = 0
    for place, counts in enumerate(line):
        if place % 900 in {0, 1, 899}:
            assert between(calendar, low, low + timedelta(seconds=place)) == passed
        passed += counts
    assert between(calendar, low, low + timedelta(days=3)) == passed


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8))
def test_united_is_the_union(intervals: list[Interval]) -> None:
    found = united(intervals)
    inside = {second for start, end in intervals for second in range(start, end)}
    assert {second for start, end in found for second in range(start, end)} == inside
    assert all(before[1] < after[0] for before, after in pairwise(found))


CASES = [
    # what, start (UTC), working time, when it is used up (UTC)
    ("within a morning", "2026-11-23T07:00:00", 2 * HOUR, "2026-11-23T09:00:00"),
    ("over lunch", "2026-11-23T10:00:00", 2 * HOUR, "2026-11-23T13:00:00"),
    ("exactly at lunch", "2026-11-23T10:00:00", HOUR, "2026-11-23T11:00:00"),
    ("exactly at closing time", "2026-11-23T16:00:00", HOUR, "2026-11-23T17:00:00"),
    ("a second after it", "2026-11-23T16:00:00", HOUR + 1, "2026-11-24T07:00:01"),
    ("from before it opens", "2026-11-23T03:00:00", HOUR, "2026-11-23T08:00:00"),
    ("from within lunch", "2026-11-23T11:30:00", HOUR, "2026-11-23T13:00:00"),
    ("over a night", "2026-11-23T16:00:00", 2 * HOUR, "2026-11-24T08:00:00"),
    ("over a weekend", "2026-11-20T16:00:00", 2 * HOUR, "2026-11-23T08:00:00"),
    ("from a weekend", "2026-11-21T12:00:00", HOUR, "2026-11-23T08:00:00"),
    ("over the end of summer time", "2026-10-23T15:00:00", 2 * HOUR, "2026-10-26T08:00:00"),
    ("over its beginning", "2026-03-27T16:00:00", 2 * HOUR, "2026-03-30T07:00:00"),
    ("a week of 45 hours", "2026-11-16T07:00:00", 45 * HOUR, "2026-11-20T17:00:00"),
]


@pytest.mark.parametrize(("start", "amount", "end"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_cases(start: str, amount: int, end: str) -> None:
    assert add(OFFICE, moment(start), amount) == moment(end)
    assert between(OFFICE, moment(start), moment(end)) == amount


def test_a_day_has_as_many_hours_as_it_has() -> None:
    whole = Calendar("berlin", ZoneInfo("Europe/Berlin"), week((0, DAY)))
    assert day_of(whole, date(2026, 3, 29)).seconds == 23 * HOUR
    assert day_of(whole, date(2026, 3, 29)).note == "the day has 23 hours"
    assert day_of(whole, date(2026, 10, 25)).seconds == 25 * HOUR
    assert day_of(whole, date(2026, 10, 26)).note == ""
    assert between(ALWAYS, moment("2026-01-01T00:00:00"), moment("2027-01-01T00:00:00")) == 365 * DAY


def test_a_time_that_does_not_exist_moves_forward_by_the_gap() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    early = Calendar("early", berlin, week(*hours((2.25, 5))))
    night, noon = moment("2026-03-29T00:00:00"), moment("2026-03-29T12:00:00")
    assert between(early, night, noon) == 7 * HOUR // 4
    inside = Calendar("inside", berlin, week(*hours((2.25, 2.75))))
    assert between(inside, night, noon) == HOUR // 2
    twice = Calendar("twice", berlin, week(*hours((2.25, 2.75))))
    assert between(twice, moment("2026-10-25T00:00:00"), moment("2026-10-25T12:00:00")) == HOUR // 2


def test_a_day_that_was_left_out_counts_once() -> None:
    apia = Calendar("apia", ZoneInfo("Pacific/Apia"), week(*hours((8, 12))))
    assert day_of(apia, date(2011, 12, 30)).seconds == 0
    assert day_of(apia, date(2011, 12, 30)).note == "the day was left out"
    assert day_of(apia, date(2011, 12, 31)).seconds == 4 * HOUR
    assert between(apia, moment("2011-12-29T00:00:00"), moment("2012-01-02T00:00:00")) == 4 * 4 * HOUR


def test_what_a_single_day_has() -> None:
    eve = date(2026, 12, 24)
    calendar = Calendar(
        "office",
        UTC,
        week(*hours((9, 17))),
        closed=frozenset({eve, date(2026, 12, 28)}),
        yearly=frozenset({(12, 25)}),
        special={eve: hours((9, 12)), date(2026, 12, 27): ()},
        holidays=lambda year: {date(year, 12, 26): "Boxing Day"},
    )
    found = {day: day_of(calendar, date(2026, 12, day)) for day in range(24, 30)}
    worked = {24: 3, 25: 0, 26: 0, 27: 0, 28: 0, 29: 8}
    assert {day: each.seconds // HOUR for day, each in found.items()} == worked
    notes = {24: "special hours", 25: "holiday", 26: "Boxing Day", 27: "special hours", 28: "holiday", 29: ""}
    assert {day: each.note for day, each in found.items()} == notes
    start, end = moment("2026-12-24T12:00:00"), moment("2026-12-29T09:00:00")
    said = "outside opening hours; closed on 2026-12-25, 2026-12-26 Boxing Day, 2026-12-28"
    assert calendar.why_closed(start, end) == said


PAUSES: Mapping[str, tuple[list[tuple[str, str]], str]] = {
    "one": ([("2026-11-23T08:00:00", "2026-11-23T09:00:00")], "2026-11-23T10:00:00"),
    "two that overlap": (
        [("2026-11-23T08:00:00", "2026-11-23T09:00:00"), ("2026-11-23T08:30:00", "2026-11-23T09:30:00")],
        "2026-11-23T10:30:00",
    ),
    "over a weekend": ([("2026-11-20T16:30:00", "2026-11-23T08:00:00")], "2026-11-23T10:00:00"),
    "at night": ([("2026-11-23T20:00:00", "2026-11-23T22:00:00")], "2026-11-23T09:00:00"),
    "before": ([("2026-11-22T00:00:00", "2026-11-23T07:00:00")], "2026-11-23T09:00:00"),
    "after": ([("2026-11-23T09:00:00", "2026-11-24T07:00:00")], "2026-11-23T09:00:00"),
}


@pytest.mark.parametrize("name", PAUSES)
def test_pauses(name: str) -> None:
    pauses, due = PAUSES[name]
    taken = [(moment(first), moment(last)) for first, last in pauses]
    friday = name == "over a weekend"
    start = moment("2026-11-20T16:00:00" if friday else "2026-11-23T07:00:00")
    amount = (HOUR // 2 + 2 * HOUR) if friday else 2 * HOUR
    assert add(OFFICE, start, amount, taken) == moment(due)
    assert between(OFFICE, start, moment(due), taken) == amount


def test_what_never_comes() -> None:
    never = Calendar("never", UTC, week())
    assert add(never, moment("2026-01-01T00:00:00"), 1) is None
    once = Calendar("once", UTC, week(), special={date(2030, 5, 1): hours((9, 10))})
    assert add(once, moment("2026-01-01T00:00:00"), HOUR) == moment("2030-05-01T10:00:00")
    assert add(once, moment("2026-01-01T00:00:00"), HOUR + 1) is None
    assert add(ALWAYS, datetime(LAST_YEAR, 12, 31, tzinfo=UTC), 2 * DAY) is None


@pytest.mark.parametrize(
    ("year", "end"), [(1, "1970-01-01T01:00:00"), (1969, "1970-01-01T01:00:00"), (2200, ""), (9000, "")]
)
def test_years_in_which_nothing_counts(year: int, end: str) -> None:
    fresh = Calendar("fresh", UTC, week((0, DAY)))
    due = add(fresh, datetime(year, 3, 1, tzinfo=UTC), HOUR)
    assert due == (moment(end) if end else None)


def test_ends_before_it_begins_or_asks_for_nothing() -> None:
    start, end = moment("2026-11-24T10:00:00"), moment("2026-11-23T10:00:00")
    assert between(OFFICE, start, end) == 0
    assert add(OFFICE, start, 0) == start
    assert between(OFFICE, datetime(1, 1, 1, tzinfo=UTC), datetime(1960, 1, 1, tzinfo=UTC)) == 0


def test_years_are_worked_out_once_and_only_those_that_are_needed() -> None:
    asked: list[int] = []

    def holidays(year: int) -> Mapping[date, str]:
        asked.append(year)
        return {}

    calendar = Calendar("counted", UTC, week((0, DAY)), holidays=holidays)
    between(calendar, moment("2026-05-01T00:00:00"), moment("2026-05-02T00:00:00"))
    assert set(asked) == {2026}
    asked.clear()
    between(calendar, moment("2026-01-01T00:00:00"), moment("2026-12-31T00:00:00"))
    assert set(asked) == {2025, 2027}
    asked.clear()
    between(calendar, moment("2010-01-01T00:00:00"), moment("2026-12-31T00:00:00"))
    assert sorted(set(asked)) == list(range(2009, 2025))

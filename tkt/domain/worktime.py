"""Working time: how much of it lies between two moments, and when an amount of it is used up.

A calendar's windows are times of the local day. Each end of a window becomes one moment: a local time that a
change of the clocks leaves out moves forward by the gap, and of one that comes twice the first counts. From
there on everything is seconds since 1970, UTC.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

DAY = 86_400
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""The years in which time counts; what lies outside of them counts nothing."""

_AFTER_ALL = int(datetime(LAST_YEAR + 2, 1, 1, tzinfo=UTC).timestamp())

_MOST_NAMED = 3

Window = tuple[int, int]
"""The first second of the local day at which it is open, and the first at which it no longer is."""

Interval = tuple[int, int]
"""The same in seconds since 1970, UTC."""

Pause = tuple[datetime, datetime]
"""A time that does not count, its end not included."""


def no_holidays(_year: int) -> Mapping[date, str]:
    """What a calendar knows of holidays that belongs to no country."""
    return {}


@dataclass(frozen=True, eq=False, slots=True)
class Calendar:
    """When a team works.

    Args:
        name: as policies call it.
        zone: of its windows.
        week: the windows of each weekday, Monday first.
        closed: days on which nobody works.
        yearly: the same every year, as (month, day).
        special: the windows of single days, whatever else is said of them.
        holidays: the holidays of a year, by day, with their names.
        source: what the settings say of it, in one line.
    """

    name: str
    zone: tzinfo
    week: tuple[tuple[Window, ...], ...]
    closed: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    special: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    holidays: Callable[[int], Mapping[date, str]] = no_holidays
    source: str = ""
    _line: Timeline = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_line", Timeline(self._year))

    def windows(self, day: date) -> tuple[Window, ...]:
        """The opening hours of one day."""
        if day in self.special:
            return self.special[day]
        return () if self.holiday(day) else self.week[day.weekday()]

    def holiday(self, day: date) -> str:
        """Why nobody works on a day; "" where that is not because of the day itself."""
        if day in self.special:
            return ""
        named = self.holidays(day.year).get(day, "")
        return named or ("holiday" if day in self.closed or (day.month, day.day) in self.yearly else "")

    def why_closed(self, start: datetime, end: datetime) -> str:
        """Why it is not open between two moments, with the holidays among them."""
        first, last = (each.astimezone(self.zone).date() for each in (start, end - timedelta(seconds=1)))
        days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
        named = [(day, self.holiday(day)) for day in days]
        found = [f"{day} {name}".removesuffix(" holiday") for day, name in named if name]
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        said = f"; closed on {', '.join(found[:_MOST_NAMED])}{more}" if found else ""
        return f"outside opening hours{said}"

    def moment(self, day: date, second: int) -> int:
        """The moment at which a local time begins, in seconds since 1970."""
        local = datetime(day.year, day.month, day.day) + timedelta(seconds=second)  # noqa: DTZ001  it gets one
        return int(local.replace(tzinfo=self.zone).timestamp())

    def line(self, start: int, end: int) -> Timeline:
        """The times at which it is open, from before one moment until after another."""
        self._line.reach(_year(start - 2 * DAY), _year(end + 2 * DAY))
        return self._line

    def open_within(self, start: datetime, end: datetime) -> list[Interval]:
        """The times between two moments at which it is open."""
        low, high = seconds(start), seconds(end)
        return self.line(low, high).within(low, high)

    def _year(self, year: int) -> list[Interval]:
        first = date(year, 1, 1).toordinal()
        days = map(date.fromordinal, range(first, date(year + 1, 1, 1).toordinal()))
        return [
            (self.moment(day, opens), self.moment(day, closes))
            for day in days
            for opens, closes in self.windows(day)
        ]


class Timeline:
    """The times at which a calendar is open in some years, and how much of it went before each.

    Args:
        year: the intervals of the windows of a year's days; they may overlap where a day was left out.
    """

    __slots__ = ("_before", "_ends", "_first", "_last", "_starts", "_year", "_years")

    def __init__(self, year: Callable[[int], list[Interval]]) -> None:
        self._year = year
        self._years: dict[int, list[Interval]] = {}
        self._first, self._last = LAST_YEAR + 1, FIRST_YEAR - 1
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []

    def reach(self, first: int, last: int) -> None:
        """See that some years are known, and all between them and those that were known before.

        Of years in which no time counts, the nearest one that does is known: there is always one.
        """
        first, last = (min(max(each, FIRST_YEAR), LAST_YEAR) for each in (first, last))
        if self._first <= first and last <= self._last:
            return
        self._first, self._last = min(self._first, first), max(self._last, last)
        for year in range(self._first, self._last + 1):
            if year not in self._years:
                self._years[year] = self._year(year)
        whole = united(each for year in sorted(self._years) for each in self._years[year])
        self._starts = [start for start, _ in whole]
        self._ends = [end for _, end in whole]
        total, before = 0, []
        for start, end in whole:
            before.append(total)
            total += end - start
        self._before = before

    def until(self, moment: int) -> int:
        """How much working time went before a moment, since the first year that is known."""
        place = bisect_right(self._starts, moment) - 1
        if place < 0:
            return 0
        return self._before[place] + min(moment, self._ends[place]) - self._starts[place]

    def when(self, amount: int) -> int | None:
        """The first moment before which that much went; None where the known years do not suffice."""
        place = bisect_left(self._before, amount) - 1
        if place < 0:
            return None
        moment = self._starts[place] + amount - self._before[place]
        return moment if moment <= min(self._ends[place], self._certain()) else None

    def _certain(self) -> int:
        """Until when nothing can come between: a day that was left out may reach into the next year."""
        if self._last >= LAST_YEAR:
            return _AFTER_ALL
        return seconds(datetime(self._last, 1, 1, tzinfo=UTC)) - 2 * DAY

    def further(self) -> bool:
        """Know twice as many years; whether there are any more."""
        if self._last >= LAST_YEAR:
            return False
        self.reach(self._first, self._last + max(self._last - self._first + 1, 2))
        return True

    def within(self, start: int, end: int) -> list[Interval]:
        """The intervals between two moments, cut at both."""
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        return [
            (max(start, self._starts[place]), min(end, self._ends[place])) for place in range(first, last)
        ]


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """Intervals without gaps or overlaps between them that are none, in their order."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def seconds(moment: datetime) -> int:
    """A moment in whole seconds since 1970."""
    return int(moment.timestamp() // 1)


def between(calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> int:
    """The seconds of working time between two moments, less those in pauses; 0 where the end comes first."""
    low, high = seconds(start), seconds(end)
    if high <= low:
        return 0
    line = calendar.line(low, high)
    total = line.until(high) - line.until(low)
    for first, last in united(_cut(each, low, high) for each in pauses):
        total -= line.until(last) - line.until(first)
    return total


def add(calendar: Calendar, start: datetime, amount: int, pauses: Iterable[Pause] = ()) -> datetime | None:
    """The first moment at which an amount of working time is used up.

    Where it is used up exactly at closing time, that is the closing time.

    Args:
        calendar: what counts.
        start: from when, UTC.
        amount: in seconds, none of them in the pauses.
        pauses: times that do not count.

    Returns:
        The moment, UTC; None where the calendar does not open for so long.
    """
    if amount <= 0:
        return start
    low = seconds(start)
    line = calendar.line(low, low)
    for first, last in united((max(seconds(a), low), seconds(b)) for a, b in pauses):
        calendar.line(low, last)
        inside = line.until(first) - line.until(low)
        if inside >= amount:
            break
        amount -= inside
        low = last
    while (found := line.when(line.until(low) + amount)) is None:
        if not line.further():
            return None
    return datetime.fromtimestamp(found, UTC)


def _cut(pause: Pause, low: int, high: int) -> Interval:
    return max(seconds(pause[0]), low), min(seconds(pause[1]), high)


def _year(moment: int) -> int:
    """The year of a moment, UTC; outside of those in which time counts, one beside them."""
    return datetime.fromtimestamp(min(max(moment, -DAY), _AFTER_ALL), UTC).year


class Day(NamedTuple):
    """One day of a calendar as it counts.

    Args:
        date: the local day.
        open: the times at which it is open, local, their ends not included.
        seconds: of working time.
        note: why that is not what the weekday has; "" where it is.
    """

    date: date
    open: tuple[tuple[datetime, datetime], ...]
    seconds: int
    note: str


def day_of(calendar: Calendar, day: date) -> Day:
    """How a local day counts."""
    start, end = calendar.moment(day, 0), calendar.moment(day, DAY)
    found = calendar.line(start, end).within(start, end)
    local = tuple(
        (datetime.fromtimestamp(first, calendar.zone), datetime.fromtimestamp(last, calendar.zone))
        for first, last in found
    )
    return Day(day, local, sum(last - first for first, last in found), _remark(calendar, day, end - start))


def _remark(calendar: Calendar, day: date, length: int) -> str:
    said = "special hours" if day in calendar.special else calendar.holiday(day)
    if length == DAY:
        return said
    clocks = f"the day has {length / 3600:g} hours" if length else "the day was left out"
    return f"{said}; {clocks}" if said else clocks

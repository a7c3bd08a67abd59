"""Periods of a report, as people name them, and the days, weeks and months that they are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from tkt.domain.fields import shortened
from tkt.domain.worktime import FIRST_YEAR, LAST_YEAR
from tkt.errors import UsageError

_MONTHS = 12
_MINUTE, _HOUR, _DAY_LENGTH = 60, 3600, 86_400
_HOURS = re.compile(r"([0-9]{1,5})h")
_LAST = re.compile(r"([1-9][0-9]{0,3})(d|w|mo|y)")
_UNITS = {"d": "day", "w": "week", "mo": "month", "y": "year"}
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_WEEK = re.compile(r"([0-9]{4})-w([0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAMED = re.compile(r"(this|last)-(week|month|year)")
_MINUTES, _SECONDS = "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"
_FORM = "Write 2026-11-16, 2026-11, 2026-W47, 7d, 4w, today, last-week, this-month or 2026-11-16T09:00."
_MOST_DAYS, _MOST_WEEKS, _MOST_MONTHS = 31, 27 * 7, 48 * 31


class Period(NamedTuple):
    """A time that a report is about, in seconds since 1970, UTC; its end is not included.

    Args:
        start: its first second.
        end: the first one after it.
        unit: of what it is counted, and begins with: `day`, `week`, `month` or `year`; "" for seconds.
    """

    start: int
    end: int
    unit: str = ""

    def has(self, moment: int) -> bool:
        """Whether a moment lies in it."""
        return self.start <= moment < self.end


class Bucket(NamedTuple):
    """A part of a period that has a name: `2026-11-16` of a day or the first day of a week, `2026-11`."""

    name: str
    period: Period


@dataclass(frozen=True, slots=True)
class Almanac:
    """Reads periods, and divides them.

    Args:
        now: what relative ones start from, UTC.
        zone: in which days begin and end.
        first: with which weekday weeks begin, 0 for Monday.
    """

    now: datetime
    zone: tzinfo = UTC
    first: int = 0

    def between(self, since: str, until: str, usual: str = "") -> Period:
        """The period from the beginning of what one word names until the end of what another one does.

        What has not come yet is left out; of now, the whole second counts.

        Args:
            since: as typed; "" for what is usual.
            until: as typed; "" for now.
            usual: a word that counts back, such as `7d`: from the end of the period, whenever that is.

        Raises:
            UsageError: a word names no time, or the period ends before it begins, or has not begun.
        """
        present = int(self.now.timestamp()) + 1
        end = self._read(until)[1] if until else present
        if usual and not since:
            last = datetime.fromtimestamp(min(end, present) - 1, UTC)
            return replace(self, now=last).between(usual, "")
        start, _, unit = self._read(since)
        if end <= start and until:
            raise UsageError(
                f"the period ends before it begins: {self.show(start)} to {self.show(end)}",
                "Write the earlier one after --since.",
            )
        if start >= present:
            raise UsageError(
                f"the period has not begun: it starts {self.show(start)}", "Name an earlier one."
            )
        return Period(start, min(end, present), unit)

    def moment(self, typed: str) -> datetime:
        """The moment at which what a word names begins, UTC.

        Raises:
            UsageError: it names no time, or one that has not come.
        """
        found = datetime.fromtimestamp(self._read(typed)[0], UTC)
        if found > self.now:
            raise UsageError(f"{shortened(typed)} has not come yet", "A report tells only of the past.")
        return found

    def before(self, period: Period) -> Period:
        """The period that one is held against: as many of its units before it, as far into the last of them.

        One of seconds is as long, and ends where the other one begins.
        """
        if not period.unit:
            return Period(2 * period.start - period.end, period.start)
        first, last = self._local(period.start).date(), self._local(period.end - 1).date()
        months, days = _STEPS[period.unit].length
        spanned = ((_months(last) - _months(first)) // months if months else (last - first).days // days) + 1
        back = spanned * months, spanned * days
        end = min(self._earlier(period.end, *back), period.start)
        return Period(self._earlier(period.start, *back), end, period.unit)

    def _earlier(self, moment: int, months: int, days: int) -> int:
        """The same time of day so many months or days earlier; the end of a month that has no such day."""
        local = self._local(moment)
        day = local.date()
        begins = self.midnight(day) == moment
        if months:
            month = _month(_months(day) - months)
            day = month + timedelta(days=day.day - 1)
            if day.month != month.month:
                return self.midnight(_next_month(month))
        day -= timedelta(days=days)
        if begins:  # where clocks are put forward at midnight, it is one o'clock
            return self.midnight(day)
        return int(datetime.combine(day, local.time().replace(fold=0), self.zone).timestamp())

    def over(self, unit: str, days: int, seconds: int) -> tuple[Period, int]:
        """The latest day, week, month or year that had been over for so long, and since when it was that.

        Args:
            unit: which of them.
            days: whole ones.
            seconds: and since the last midnight, by the clock on the wall.
        """
        step = _STEPS[unit]
        end = step.first(self._local(int(self.now.timestamp())).date(), self.first)
        while (since := self._wall(end + timedelta(days=days), seconds)) > self.now.timestamp():
            end = step.first(end - timedelta(days=1), self.first)
        start = step.first(end - timedelta(days=1), self.first)
        return Period(self.midnight(start), self.midnight(end)), since

    def _wall(self, day: date, seconds: int) -> int:
        hours, rest = divmod(seconds, _HOUR)
        return int(datetime(day.year, day.month, day.day, hours, rest // 60, tzinfo=self.zone).timestamp())

    def days(self, period: Period) -> tuple[str, str]:
        """The first and the last local day of a period: `2026-11-16`."""
        first, last = self._local(period.start), self._local(period.end - 1)
        return f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"

    def buckets(self, period: Period, unit: str = "") -> list[Bucket]:
        """The days, weeks, months or years of a period, the first and the last one cut where it is.

        Args:
            period: what is divided.
            unit: `day`, `week`, `month` or `year`; "" for what suits its length.
        """
        step = _STEPS[unit or self.unit(period)]
        day = step.first(self._local(period.start).date(), self.first)
        found = []
        while (start := self.midnight(day)) < period.end:
            after = step.next(day)
            cut = Period(max(start, period.start), min(self.midnight(after), period.end))
            if cut.start < cut.end:
                found.append(Bucket(day.strftime(step.form), cut))
            day = after
        return found

    def unit(self, period: Period) -> str:
        """What a period of that length is divided into."""
        days = (period.end - period.start) / _DAY_LENGTH
        limits = ((_MOST_DAYS, "day"), (_MOST_WEEKS, "week"), (_MOST_MONTHS, "month"))
        return next((unit for limit, unit in limits if days <= limit), "year")

    def midnight(self, day: date) -> int:
        """When a local day begins."""
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp())

    def show(self, moment: int) -> str:
        """A moment as it is read in the zone: `2026-11-16 09:00`, with its seconds where it has some."""
        return f"{self._local(moment):{_MINUTES if moment % _MINUTE == 0 else _SECONDS}}"

    def span(self, period: Period) -> str:
        """Both ends of a period, as they are read in the zone.

        Where only the end has seconds, and they are those of now, which nobody typed, it is shown without.
        """
        end, present = period.end, int(self.now.timestamp()) + 1
        by_now = (end - present) % _MINUTE == 0 if period.unit else end == present
        if by_now and period.start % _MINUTE == 0:
            end -= end % _MINUTE
        return f"{self.show(period.start)} to {self.show(end)}"

    def _local(self, moment: int) -> datetime:
        return datetime.fromtimestamp(moment, self.zone)

    def _read(self, typed: str) -> tuple[int, int, str]:
        """When what a word names begins, when it is over, and which unit that is; "" for a moment."""
        word = typed.strip().lower()
        try:
            start, end, unit = self._moment(word) or self._days(word)
            years = self._local(start).year, self._local(end).year
        except (ValueError, OverflowError, OSError) as error:
            raise UsageError(f"{shortened(typed)} names no time", _FORM) from error
        if not (years[0] >= FIRST_YEAR and years[1] <= LAST_YEAR + 1):
            raise UsageError(f"{shortened(typed)} is not in the years {FIRST_YEAR} to {LAST_YEAR}")
        return start, end, unit

    def _moment(self, word: str) -> tuple[int, int, str] | None:
        """A moment with its time of day, or so many hours ago; None where it is neither."""
        hours = _HOURS.fullmatch(word)
        if hours or word == "now":
            moment = int(self.now.timestamp()) - (int(hours[1]) * _HOUR if hours else 0)
            return moment, moment, ""
        if "t" not in word[10:11]:
            return None
        typed = datetime.fromisoformat(word.upper())
        moment = int((typed if typed.tzinfo else typed.replace(tzinfo=self.zone)).timestamp())
        return moment, moment, ""

    def _days(self, word: str) -> tuple[int, int, str]:
        first, unit = self._first_day(word)
        return self.midnight(first), self.midnight(_STEPS[unit].next(first)), unit

    def _first_day(self, word: str) -> tuple[date, str]:  # noqa: PLR0911  one way out for each form
        """The first day of what a word names, and which unit that is."""
        today = self._local(int(self.now.timestamp())).date()
        if word in {"today", "yesterday"}:
            return today - timedelta(days=word == "yesterday"), "day"
        named, last, week = _NAMED.fullmatch(word), _LAST.fullmatch(word), _WEEK.fullmatch(word)
        if named:
            return self._back(today, named[2], named[1] == "last"), named[2]
        if last:
            return self._back(today, _UNITS[last[2]], int(last[1]) - 1), _UNITS[last[2]]
        if week:
            return _STEPS["week"].first(
                date.fromisocalendar(int(week[1]), int(week[2]), 4), self.first
            ), "week"
        if _YEAR.fullmatch(word):
            return date(int(word), 1, 1), "year"
        if _MONTH.fullmatch(word):
            return date.fromisoformat(f"{word}-01"), "month"
        if _DAY.fullmatch(word):
            return date.fromisoformat(word), "day"
        raise ValueError(word)

    def _back(self, day: date, unit: str, times: int) -> date:
        """The first day of the unit that a day lies in, or of one so many before it."""
        step = _STEPS[unit]
        day = step.first(day, self.first)
        for _ in range(times):
            day = step.first(day - timedelta(days=1), self.first)
        return day


class _Step(NamedTuple):
    """How a unit divides time: the first day of the one that a day lies in, that of the next, its name.

    It is so many months and days long.
    """

    first: Callable[[date, int], date]
    next: Callable[[date], date]
    form: str
    length: tuple[int, int]


def _months(day: date) -> int:
    """How many months lie before the one of a day."""
    return day.year * _MONTHS + day.month - 1


def _month(number: int) -> date:
    """The first day of the month before which so many lie."""
    return date(number // _MONTHS, number % _MONTHS + 1, 1)


def _next_month(day: date) -> date:
    return _month(_months(day) + 1)


_STEPS = {
    "day": _Step(lambda day, _: day, lambda day: day + timedelta(days=1), "%Y-%m-%d", (0, 1)),
    "week": _Step(
        lambda day, first: day - timedelta(days=(day.weekday() - first) % 7),
        lambda day: day + timedelta(days=7),
        "%Y-%m-%d",
        (0, 7),
    ),
    "month": _Step(lambda day, _: day.replace(day=1), _next_month, "%Y-%m", (1, 0)),
    "year": _Step(
        lambda day, _: date(day.year, 1, 1), lambda day: date(day.year + 1, 1, 1), "%Y", (_MONTHS, 0)
    ),
}

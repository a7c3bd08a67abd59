"""Holidays out of an iCalendar file (RFC 5545): whole days, once or every year, and nothing else.

What would have to be guessed at is refused with its line, since a holiday that is missed is a promise broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from tkt.domain.fields import shortened
from tkt.errors import Problem

NAMED = re.compile(r"\.tkt/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\.ics")
"""The paths of files that settings may name, as they may stand in `sla.yaml`."""

_DATE = re.compile(r"[0-9]{8}")
_SPAN = re.compile(r"P([0-9]{1,3})D")
_UNTIL = re.compile(r"([0-9]{8})(T[0-9]{6}Z?)?")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_LONGEST, _NAME = 366, 100
_YEARLY = ("FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST")
_READ = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "SUMMARY", "STATUS"})
_REFUSED = frozenset({"RDATE", "RECURRENCE-ID", "EXRULE"})
_EVENT = ("VCALENDAR", "VEVENT")
_ONE_BY_ONE = "write such days one by one, with VALUE=DATE"


class Holiday(NamedTuple):
    """A holiday of a file.

    Args:
        start: its first day, `2026-12-24`.
        days: how many there are.
        name: for people.
        yearly: whether it comes again every year.
        last: the last day on which it may begin, where it comes again; "" for no end.
        left_out: days on which it does not begin.
    """

    start: str
    days: int
    name: str
    yearly: bool = False
    last: str = ""
    left_out: tuple[str, ...] = ()


class _Line(NamedTuple):
    """A content line: its number in the file, its name, its parameters and its value."""

    number: int
    name: str
    parameters: str
    value: str


class _MistakeError(Exception):
    """What is wrong, and at which line."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def read_holidays(text: str, path: str) -> tuple[list[Holiday], list[Problem]]:
    """The holidays of a file, and what is wrong with it.

    Args:
        text: with LF at the ends of lines.
        path: of the file, for what is wrong.
    """
    found: list[Holiday] = []
    problems: list[Problem] = []
    try:
        for number, event in _events(list(_lines(text))):
            found += _understood(number, event, path, problems)
    except _MistakeError as wrong:
        problems.append(Problem(path, wrong.line, str(wrong)))
    return found, problems


def _understood(
    number: int, event: dict[str, list[_Line]], path: str, problems: list[Problem]
) -> list[Holiday]:
    """The holiday of an event; nothing where it has a mistake, which the others are told along with."""
    try:
        return list(_holiday(number, event))
    except _MistakeError as wrong:
        problems.append(Problem(path, wrong.line, str(wrong)))
        return []


def _lines(text: str) -> Iterator[_Line]:
    """The content lines, each joined with those that continue it."""
    whole: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line[:1] in {" ", "\t"} and whole:
            whole[-1] = (whole[-1][0], whole[-1][1] + line[1:])
        elif line.strip():
            whole.append((number, line))
    for number, line in whole:
        head, colon, value = _cut(line)
        if not colon:
            raise _MistakeError(number, f"{shortened(line)} is no line of an iCalendar file; export it anew")
        name, _, parameters = head.partition(";")
        yield _Line(number, name.strip().upper(), parameters.upper(), value.strip())


def _cut(line: str) -> tuple[str, str, str]:
    """A line before and after its first colon that stands in no quotes."""
    quoted = False
    for place, each in enumerate(line):
        quoted ^= each == '"'
        if each == ":" and not quoted:
            return line[:place], ":", line[place + 1 :]
    return line, "", ""


def _events(lines: list[_Line]) -> Iterator[tuple[int, dict[str, list[_Line]]]]:
    """The lines of each event by name, without those of what stands within it, such as alarms."""
    if not lines or (lines[0].name, lines[0].value.upper()) != ("BEGIN", "VCALENDAR"):
        raise _MistakeError(1, "this is no iCalendar file; it begins with BEGIN:VCALENDAR")
    begun, event = 0, dict[str, list[_Line]]()
    within: tuple[str, ...] = ()
    for each in lines:
        before, within = within, _nested(within, each)
        if len(before) < len(within) == len(_EVENT):
            begun, event = each.number, {}
        elif before == _EVENT and within == _EVENT[:1]:
            yield begun, event
        elif before == within == _EVENT:
            event.setdefault(each.name, []).append(each)
    if within:
        raise _MistakeError(lines[-1].number, f"the file ends within {within[-1]}; export it anew")


def _nested(within: tuple[str, ...], line: _Line) -> tuple[str, ...]:
    """Within what one is after a line."""
    kind = line.value.upper()
    if line.name == "BEGIN":
        return (*within, kind)
    if line.name != "END":
        return within
    if within[-1:] != (kind,):
        raise _MistakeError(line.number, f"END:{shortened(kind)} has no beginning; export the file anew")
    return within[:-1]


def _holiday(number: int, event: dict[str, list[_Line]]) -> Iterator[Holiday]:
    """The holiday of an event; nothing of one that was cancelled."""
    if any(each.value.upper() == "CANCELLED" for each in event.get("STATUS", ())):
        return
    for name in sorted(_REFUSED & event.keys()):
        raise _MistakeError(event[name][0].number, f"{name} is not understood; {_ONE_BY_ONE}")
    for name in sorted(_READ - {"EXDATE"}):
        if len(event.get(name, ())) > 1:
            raise _MistakeError(event[name][1].number, f"{name} stands in an event twice; keep one")
    if "DTSTART" not in event:
        raise _MistakeError(number, "an event has no DTSTART; say on which day it begins")
    start = _day(event["DTSTART"][0])
    days = _length(start, event)
    name = _ESCAPED.sub(_unescaped, event["SUMMARY"][0].value) if "SUMMARY" in event else ""
    shown = " ".join(name.split())[:_NAME] or "holiday"
    left_out = tuple(
        _day(each._replace(value=value)).isoformat()
        for each in event.get("EXDATE", ())
        for value in each.value.split(",")
    )
    if "RRULE" not in event:
        yield Holiday(start.isoformat(), days, shown, left_out=left_out)
    else:
        yield Holiday(
            start.isoformat(),
            days,
            shown,
            yearly=True,
            last=_last(start, event["RRULE"][0]),
            left_out=left_out,
        )


def _unescaped(match: re.Match[str]) -> str:
    return " " if match[1] in "nN" else match[1]


def _day(line: _Line) -> date:
    if not _DATE.fullmatch(line.value):
        text = f"{line.name} {shortened(line.value)} is not a whole day; {_ONE_BY_ONE}"
        raise _MistakeError(line.number, text)
    try:
        return date(int(line.value[:4]), int(line.value[4:6]), int(line.value[6:]))
    except ValueError:
        raise _MistakeError(line.number, f"{line.name} {line.value} is a day that does not exist") from None


def _length(start: date, event: dict[str, list[_Line]]) -> int:
    """How many days an event takes; its end does not belong to it."""
    if not event.keys() & {"DTEND", "DURATION"}:
        return 1
    line = (event.get("DTEND") or event["DURATION"])[0]
    if line.name == "DTEND":
        days = (_day(line) - start).days
    else:
        span = _SPAN.fullmatch(line.value.upper())
        if span is None:
            raise _MistakeError(
                line.number, f"DURATION {shortened(line.value)} is no number of days; write P1D"
            )
        days = int(span[1])
    if not 1 <= days <= _LONGEST:
        raise _MistakeError(line.number, f"the event takes {days:,} days; from 1 to {_LONGEST} are allowed")
    return days


def _last(start: date, line: _Line) -> str:
    """The last day on which a yearly event may begin; "" for no end."""
    parts = dict(each.upper().partition("=")[::2] for each in line.value.split(";"))
    wrong = _MistakeError(
        line.number, f"RRULE {shortened(line.value)} is not FREQ=YEARLY alone; {_ONE_BY_ONE}"
    )
    if parts.get("FREQ") != "YEARLY" or parts.get("INTERVAL", "1") != "1" or not parts.keys() <= {*_YEARLY}:
        raise wrong
    if "UNTIL" in parts:
        until = _UNTIL.fullmatch(parts["UNTIL"])
        if until is None or "COUNT" in parts:
            raise wrong
        return _day(line._replace(value=until[1])).isoformat()
    if "COUNT" in parts:
        if not re.fullmatch(r"[1-9][0-9]{0,2}", parts["COUNT"]):
            raise wrong
        return f"{start.year + int(parts['COUNT']) - 1}-12-31"
    return ""


def named_days(holidays: list[Holiday], year: int) -> dict[date, str]:
    """The holidays of a year by day, with their names."""
    return {
        day: each.name
        for each in holidays
        for start in _beginnings(each, date.fromisoformat(each.start), year)
        for day in (start + timedelta(days=number) for number in range(each.days))
        if day.year == year
    }


def _beginnings(holiday: Holiday, begun: date, year: int) -> Iterator[date]:
    """When a holiday begins that may reach into a year."""
    if not holiday.yearly:
        starts = [begun]
    else:
        years = (each for each in (year - 1, year) if each >= begun.year)
        starts = [day for day in (_in_year(begun, each) for each in years) if day]
    for start in starts:
        ended = holiday.last and start.isoformat() > holiday.last
        if not ended and start.isoformat() not in holiday.left_out:
            yield start


def _in_year(day: date, year: int) -> date | None:
    """The same day of another year; None for 29 February in most."""
    try:
        return day.replace(year=year)
    except ValueError:
        return None

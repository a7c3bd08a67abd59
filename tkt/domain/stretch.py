"""What a clock has seen: every part of its time, and why some of it did not count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from tkt.domain.story import Stop
from tkt.domain.worktime import Calendar


class Stretch(NamedTuple):
    """A part of the time that a clock has seen.

    Args:
        start: UTC.
        end: UTC, not included.
        counts: whether it is working time.
        reason: why not; "" where it counts.
    """

    start: datetime
    end: datetime
    counts: bool
    reason: str = ""


def stretches_of(
    calendar: Calendar, start: datetime, end: datetime, stops: Sequence[Stop]
) -> Iterable[Stretch]:
    """All of the time between two moments: what counted, and what did not."""
    place = start
    for stop in stops:
        first, last = max(stop.start, start), min(stop.end or end, end)
        if first < last:
            yield from _by_calendar(calendar, place, first)
            yield Stretch(first, last, counts=False, reason=stop.reason)
            place = last
    yield from _by_calendar(calendar, place, end)


def _by_calendar(calendar: Calendar, start: datetime, end: datetime) -> Iterable[Stretch]:
    place = start
    for low, high in calendar.open_within(start, end):
        opens, closes = (datetime.fromtimestamp(each, start.tzinfo) for each in (low, high))
        if place < opens:
            yield Stretch(place, opens, counts=False, reason=calendar.why_closed(place, opens))
        yield Stretch(opens, closes, counts=True)
        place = closes
    if place < end:
        yield Stretch(place, end, counts=False, reason=calendar.why_closed(place, end))

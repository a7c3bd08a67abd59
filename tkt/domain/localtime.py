"""Times as people type them beside a calendar: without a zone, they are those of the calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tkt.domain.fields import shortened
from tkt.domain.worktime import FIRST_YEAR, LAST_YEAR, Calendar, Pause
from tkt.errors import UsageError

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def parse_local(calendar: Calendar, typed: str) -> datetime:
    """A moment, UTC, from `2026-11-23T09:00` at the calendar's zone, or with a zone of its own.

    Raises:
        UsageError: it is no time, or lies where no time counts.
    """
    try:
        moment = datetime.fromisoformat(typed.strip())
        utc = (moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{shortened(typed)} is not a time", "Write 2026-11-23T09:00, or 2026-11-23T09:00:00Z for UTC."
        ) from error
    if not FIRST_YEAR <= utc.year <= LAST_YEAR:
        raise UsageError(f"{shortened(typed)} is not in the years {FIRST_YEAR} to {LAST_YEAR}")
    return utc.replace(microsecond=0)


def parse_pause(calendar: Calendar, typed: str) -> Pause:
    """Two moments from `2026-11-23T10:00/2026-11-23T11:00`.

    Raises:
        UsageError: one of them is no time, or the second one comes first.
    """
    first, slash, last = typed.partition("/")
    if not slash:
        raise UsageError(
            f"{shortened(typed)}: a pause has two ends", "Write 2026-11-23T10:00/2026-11-23T11:00."
        )
    pause = parse_local(calendar, first), parse_local(calendar, last)
    if pause[1] < pause[0]:
        raise UsageError(f"{shortened(typed)}: the pause ends before it begins")
    return pause


def parse_month(typed: str) -> tuple[int, int]:
    """Year and month from `2026-12`.

    Raises:
        UsageError: it is no month, or lies where no time counts.
    """
    match = _MONTH.fullmatch(typed)
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise UsageError(f"{shortened(typed)} is not a month", "Write 2026-12.")
    return int(match[1]), int(match[2])

"""Time spent, as people type it and read it."""

from __future__ import annotations

import re
from datetime import timedelta

from tkt.errors import UsageError

_DURATION = r"(?:(\d{1,4}(?:\.\d{1,2})?)h)?(?:(\d{1,5})m)?"
_MOST_MINUTES = 60_000
_AGE = re.compile(r"(\d{1,4})(d|w|mo|y)")
_DAYS = {"d": 1, "w": 7, "mo": 30, "y": 365}
_MOST_DAYS = 100 * 365


def parse_duration(text: str) -> int:
    """Minutes from `90m`, `1h30m`, `1.5h` or `2h`.

    Raises:
        UsageError: it is none of these.
    """
    match = re.fullmatch(_DURATION, text.strip().lower())
    minutes = round(float(match[1] or 0) * 60) + int(match[2] or 0) if match else 0
    if not 0 < minutes <= _MOST_MINUTES:
        raise UsageError(f"{text!r} is not a duration", "Write 45m, 2h, 1h30m or 1.5h.")
    return minutes


def show_minutes(minutes: int) -> str:
    """Such as `1h 30m`."""
    sign, rest = ("-", -minutes) if minutes < 0 else ("", minutes)
    hours, left = divmod(rest, 60)
    return sign + (f"{hours}h {left}m" if hours and left else f"{hours}h" if hours else f"{left}m")


def parse_age(text: str) -> timedelta:
    """How long ago `30d`, `26w`, `6mo` or `1y` is; a month counts 30 days, a year 365.

    Raises:
        UsageError: it is none of these.
    """
    match = _AGE.fullmatch(text.strip().lower())
    days = int(match[1]) * _DAYS[match[2]] if match else -1
    if not 0 <= days <= _MOST_DAYS:
        raise UsageError(f"{text!r} is not an age", "Write 30d, 26w, 6mo or 1y.")
    return timedelta(days=days)

"""Time spent, as people type it and read it."""

from __future__ import annotations

import re

from tkt.errors import UsageError

_DURATION = r"(?:(\d{1,4}(?:\.\d{1,2})?)h)?(?:(\d{1,5})m)?"
_MOST_MINUTES = 60_000


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

"""Spans of time and of numbers, as a query names them: `>=2026-11-01`, `<7d`, `today`, `3..5`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime

from tkt.domain.duration import parse_duration
from tkt.domain.fields import Field, FieldType, parse_time, shortened
from tkt.errors import UsageError

Span = tuple[float | None, float | None]
"""The least value and the first that is too much; None for no bound."""

BACKWARDS = frozenset({"created", "updated", "closed"})
"""`7d` means an age of these; of any other date it is the time that is left."""

_OPERATOR = re.compile(r"(>=|<=|>|<)?(.*)", re.DOTALL)
_DISTANCE = re.compile(r"([+-])?([0-9]{1,5})(h|d|w|mo|y)")
_UNITS = {"h": 3600, "d": 86_400, "w": 7 * 86_400, "mo": 30 * 86_400, "y": 365 * 86_400}
_A_DAY = _UNITS["d"]
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTHS = 12
_AFTER_ALL = datetime(MAXYEAR, _MONTHS, 31, tzinfo=UTC).timestamp() + _A_DAY
"""The first moment that is too late for a datetime, and where the last day, month and year end."""
_FORM = "Write 2026-12-01, 2026-12, today, 7d, 2w, 4h, >=2026-12-01 or 2026-12-01..2026-12-24."


@dataclass(frozen=True, slots=True)
class Spans:
    """Reads spans of one field.

    Args:
        field: a date, a moment or a number.
        now: what relative dates start from, UTC.
    """

    field: Field
    now: datetime

    def read(self, text: str) -> Span:
        """The span that a value names.

        Raises:
            UsageError: it names none.
        """
        low, dots, high = text.partition("..")
        if dots:
            return self._range(low.strip(), high.strip())
        match = _OPERATOR.fullmatch(text)
        sign, value = (match[1] or "", match[2].strip()) if match else ("", text)
        distance = self._distance(value)
        if distance is not None:
            return self._from_now(sign, distance)
        first, after = self._point(value)
        return {
            "": (first, after),
            ">": (after, None),
            ">=": (first, None),
            "<": (None, first),
            "<=": (None, after),
        }[sign]

    def is_distance(self, text: str) -> bool:
        """Whether a value names a time from now, such as `<4h`, and no date."""
        match = _OPERATOR.fullmatch(text)
        ends = text.split("..") if ".." in text else [match[2] if match else text]
        return all(_DISTANCE.fullmatch(each.strip().lower()) for each in ends if each.strip())

    def _range(self, low: str, high: str) -> Span:
        if not low and not high:
            raise self._refused("..")
        ends = [self._end(each) for each in (low, high) if each]
        first = min(end[0] for end in ends) if low else None
        after = max(end[1] for end in ends) if high else None
        return first, after

    def _end(self, text: str) -> tuple[float, float]:
        distance = self._distance(text)
        if distance is None:
            return self._point(text)
        moment = self._moment_at(distance)
        return moment, moment

    def _distance(self, text: str) -> float | None:
        """Seconds of `7d`, with the sign it was given none of; None where it is no distance."""
        match = _DISTANCE.fullmatch(text.lower()) if self._is_time and text[:1] not in "+-" else None
        return int(match[2]) * _UNITS[match[3]] if match else None

    def _from_now(self, sign: str, distance: float) -> Span:
        """`<7d`: less than so far from now; a bare `7d` is between then and now."""
        moment, now = self._moment_at(distance), self.now.timestamp()
        if not sign:
            return min(moment, now), max(moment, now) + 1
        nearer = sign.startswith("<")
        backwards = self.field.name in BACKWARDS
        return (moment, None) if nearer is backwards else (None, moment)

    def _moment_at(self, distance: float) -> float:
        return self.now.timestamp() + (-distance if self.field.name in BACKWARDS else distance)

    @property
    def _is_time(self) -> bool:
        return self.field.type is not FieldType.NUMBER

    def _point(self, text: str) -> tuple[float, float]:
        """The first value that a word names, and the first after it."""
        try:
            if not self._is_time:
                number = self._number(text)
                return number, math.nextafter(number, math.inf)
            return self._period(text.lower())
        except (ValueError, OverflowError) as error:
            raise self._refused(text) from error

    def _number(self, text: str) -> float:
        if self.field.name == "spent" and text[-1:].lower() in {"h", "m"}:
            return float(parse_duration(text))
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        return number

    def _period(self, text: str) -> tuple[float, float]:
        """The moments, in seconds since 1970, at which it begins and is over."""
        match = _DISTANCE.fullmatch(text)
        if match:  # with a sign: a moment before or after now
            distance = int(match[2]) * _UNITS[match[3]]
            moment = self.now.timestamp() + (-distance if match[1] == "-" else distance)
            return moment, moment + 1
        if text in _DAYS:
            today = self.now.timestamp() // _A_DAY * _A_DAY
            day = today + _DAYS[text] * _A_DAY
            return day, day + _A_DAY
        if _YEAR.fullmatch(text):
            return _month(int(text), 1), _month(int(text) + 1, 1)
        if _MONTH.fullmatch(text):
            year, month = int(text[:4]), int(text[5:])
            after = year * _MONTHS + month
            return _month(year, month), _month(after // _MONTHS, after % _MONTHS + 1)
        if _DAY.fullmatch(text):
            day = datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
            return day, day + _A_DAY
        moment = parse_time(text.upper()).timestamp()
        return moment, moment + 1

    def _refused(self, text: str) -> UsageError:
        if not self._is_time:
            return UsageError(
                f"{self.field.name}: {shortened(text)} is not a number", "Write 3, >3, <=5 or 3..5."
            )
        return UsageError(f"{self.field.name}: {shortened(text)} is not a date", _FORM)


def _month(year: int, month: int) -> float:
    """When a month begins; one later than all that can be written down, when those end."""
    if year > MAXYEAR:
        return _AFTER_ALL
    return datetime(year, month, 1, tzinfo=UTC).timestamp()

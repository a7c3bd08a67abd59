"""Single numbers of a report, and how they follow from many; none where there is nothing to measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Number = int | float


class Figure(NamedTuple):
    """One number.

    Args:
        value: never rounded; None where nothing was there to be measured.
        of: of how many things it is the share, the mean or a quantile; None for a count.
    """

    value: Number | None
    of: int | None = None


def share(part: int, whole: int) -> Figure:
    """A part of a whole, from 0 to 1; none of nothing."""
    return Figure(part / whole if whole else None, whole)


def mean(values: Sequence[int]) -> Figure:
    """The arithmetic mean."""
    return Figure(_exact(sum(values), len(values)) if values else None, len(values))


def quantile(ordered: Sequence[int], percent: int) -> Figure:
    """A quantile, by linear interpolation between the two nearest of the values in their order.

    With n values x[0] <= ... <= x[n-1], h = (n - 1) * percent / 100, k the whole part of h:
    x[k] + (h - k) * (x[k+1] - x[k]). This is method 7 of Hyndman and Fan (1996), which spreadsheets
    (PERCENTILE.INC), R and NumPy use where nobody says otherwise.

    Args:
        ordered: the values, in their order.
        percent: from 0 to 100; 50 is the median.
    """
    if not ordered:
        return Figure(None, 0)
    place, rest = divmod((len(ordered) - 1) * percent, 100)
    if not rest:
        return Figure(ordered[place], len(ordered))
    low, high = ordered[place], ordered[place + 1]
    return Figure(_exact(100 * low + rest * (high - low), 100), len(ordered))


def _exact(number: int, divisor: int) -> Number:
    """A quotient, whole where it is whole."""
    whole, rest = divmod(number, divisor)
    return number / divisor if rest else whole

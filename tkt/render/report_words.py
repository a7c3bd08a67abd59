"""The numbers, groups and headings of reports as people read them, in whichever form they are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tkt.domain.duration import show_minutes
from tkt.domain.levels import show_seconds
from tkt.domain.metrics.figures import Figure, Number
from tkt.domain.metrics.glossary import Unit, metric, statistic
from tkt.domain.metrics.tables import Row, Table
from tkt.domain.settings import Settings
from tkt.render.text import clean_line, fit, spoken
from tkt.usecases.report import Told

NOTHING = "n/a"
_NONE = "none"
_MINUTE = 60
_EXACT_HOURS = 100
_LONGEST = 300
_FIELDS_OF = {"agent": "assignee"}
_TIMES = frozenset({"day", "week", "month", "year"})


def heading(column: str) -> str:
    """What stands above a column."""
    title = metric(column).short or metric(column).title
    return f"{title}, {statistic(column)}" if statistic(column) else title


def query_line(told: Told) -> str:
    """Which tickets a report is about; "" for all."""
    return fit(clean_line(told.query), _LONGEST)


def first_rows(shown: Table, most: int) -> Sequence[Row]:
    """As many rows of a table as have room, that of the group without a value always; all that are times."""
    if shown.by in _TIMES or len(shown.rows) <= most:
        return shown.rows
    last = shown.rows[-1]
    return shown.rows[:most] if last.group else (*shown.rows[: most - 1], last)


def group_names(settings: Settings, shown: Table) -> dict[str, str]:
    """What people call each group of a table; the one without a value differs from all others."""
    names = {row.group: _group_name(settings, shown.by, row.group) for row in shown.rows}
    if any(group and name == names.get("") for group, name in names.items()):
        names[""] = f"({names['']})"
    return names


def _group_name(settings: Settings, by: str, value: str) -> str:
    if by == "agent" and not value:
        return "nobody"
    return fit(clean_line(spoken(settings, _FIELDS_OF.get(by, by), value)) or _NONE, 40)


def show(column: str, figure: Figure) -> str:
    """A number as people read it; rounded, and never 0 where there was nothing to measure."""
    if figure.value is None:
        return NOTHING
    return _SHOWN[metric(column).unit](figure.value) + _of(column, figure)


def _of(column: str, figure: Figure) -> str:
    return f" of {figure.of:,}" if metric(column).unit is Unit.SHARE else ""


def change(column: str, now: Figure, before: Figure) -> str:
    """By how much a number is another one than before."""
    if now.value is None or before.value is None:
        return NOTHING
    more = now.value - before.value
    if metric(column).unit is Unit.SHARE:
        return f"{round(now.value * 100) - round(before.value * 100):+d} points"
    sign = "+" if more > 0 else ""
    return sign + _SHOWN[metric(column).unit](more)


def percent(value: Number) -> str:
    """In whole percent; 100 and 0 only where that is all and nothing."""
    shown = round(value * 100)
    if 0 < value < 1:
        shown = min(max(shown, 1), 99)
    return f"{shown} %"


def duration(value: Number) -> str:
    """Hours and minutes, rounded: `40s`, `2h 5m`, `310h`."""
    sign, rest = ("-", -round(value)) if value < 0 else ("", round(value))
    if rest < _MINUTE:
        return f"{sign}{rest}s"
    minutes = (rest + _MINUTE // 2) // _MINUTE
    if minutes >= _EXACT_HOURS * _MINUTE:
        minutes = (minutes + _MINUTE // 2) // _MINUTE * _MINUTE
    return sign + show_seconds(minutes * _MINUTE)


_SHOWN: dict[Unit, Callable[[Number], str]] = {
    Unit.COUNT: lambda value: f"{value:,}",
    Unit.SHARE: percent,
    Unit.SECONDS: duration,
    Unit.MINUTES: lambda value: show_minutes(round(value)),
}

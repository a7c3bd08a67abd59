"""Clocks, calendars and what they count, for people and machines."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from tkt.domain.clocks import ClockState, State
from tkt.domain.entry import Entry
from tkt.domain.fields import format_time
from tkt.domain.levels import show_seconds
from tkt.domain.sla import Explanation
from tkt.domain.stretch import Stretch
from tkt.domain.worktime import Calendar, Day, day_of
from tkt.render.text import Cell, Style, clean_line, plural, table
from tkt.usecases.sla import Timed

_COLORS = {
    State.BREACHED: ("red",),
    State.AT_RISK: ("yellow",),
    State.PAUSED: ("blue",),
    State.MET: ("green",),
}


def clock_row(clock: ClockState) -> dict[str, Any]:
    """A clock as an object."""
    return {
        "clock": clock.clock.value,
        "state": clock.state.value,
        "started_at": _time(clock.started_at),
        "due_at": _time(clock.due_at),
        "met_at": _time(clock.met_at),
        "target_seconds": clock.target_seconds,
        "elapsed_seconds": clock.elapsed_seconds,
        "remaining_seconds": clock.remaining_seconds,
        "paused": clock.paused,
    }


def _time(moment: datetime | None) -> str | None:
    return format_time(moment) if moment else None


def status_rows(tickets: Iterable[Timed]) -> list[dict[str, Any]]:
    """Tickets and their clocks as objects."""
    return [
        {
            "ticket": each.ticket.id,
            "policy": each.judgement.policy or None,
            "clocks": [clock_row(clock) for clock in each.judgement.clocks],
        }
        for each in tickets
    ]


def status_table(tickets: Sequence[Timed], style: Style) -> str:
    """Every clock that runs, or ran, on a line; "" where there is none."""
    rows = [
        [
            Cell(each.ticket.id),
            Cell(clock.clock),
            Cell(clock.state, _COLORS.get(clock.state, ())),
            Cell(_left(clock)),
            Cell(_time(clock.due_at) or ""),
            Cell(clean_line(each.judgement.policy)),
            Cell(clean_line(each.ticket.title)),
        ]
        for each in tickets
        for clock in each.judgement.clocks
        if clock.state is not State.NONE
    ]
    return (
        table(("ID", "CLOCK", "STATE", "LEFT", "DUE (UTC)", "POLICY", "TITLE"), rows, style) if rows else ""
    )


def _left(clock: ClockState) -> str:
    late = clock.state is State.BREACHED and not clock.waiting
    return f"{show_seconds(clock.remaining_seconds or 0)}{', met' if late else ''}"


def explanation_text(title: str, explained: Explanation, style: Style) -> str:
    """Which policy holds, and what each clock has seen: a line for everything that counted and did not."""
    judged, calendar = explained.judgement, explained.calendar
    lines = [f"{style.paint(judged.ticket, 'bold')}  {clean_line(title)}", ""]
    if explained.recorded:
        lines += _recorded_lines(explained.recorded, known=calendar is not None)
    for choice in explained.choices:
        asked = choice.policy.when or "every ticket"
        lines.append(
            f"{'holds' if choice.holds else 'does not hold'}: {choice.policy.name} ({clean_line(asked)})"
        )
    if calendar:
        lines.append(f"Times are those of the calendar {calendar.name}, {calendar.zone}.")
    elif not explained.recorded:
        return "\n".join([*lines, "No policy holds, so that no clock runs."])
    zone = calendar.zone if calendar else UTC
    for clock in judged.clocks:
        lines += ["", *_clock_lines(clock, explained.stretches.get(clock.clock, ()), zone, style)]
    return "\n".join(lines)


def _recorded_lines(closing: Entry, *, known: bool) -> list[str]:
    """That the clocks were judged when the ticket was closed; whether what counted then still does."""
    policy = closing.verdict.policy if closing.verdict else ""
    lines = [f"held: {policy} (recorded when it was closed, {format_time(closing.at)}, in {closing.id})"]
    if not known:
        lines.append("The settings have changed since; --rev shows how they counted. Times are UTC.")
    return lines


def _clock_lines(clock: ClockState, stretches: Sequence[Stretch], zone: tzinfo, style: Style) -> list[str]:
    state = style.paint(clock.state, *_COLORS.get(clock.state, ()))
    head = f"{style.paint(clock.clock, 'bold')}: {state}"
    if clock.state is State.NONE or clock.target_seconds is None or clock.elapsed_seconds is None:
        return [head]
    head += f", {show_seconds(clock.elapsed_seconds)} of {show_seconds(clock.target_seconds)}"
    for word, moment in (("due", clock.due_at), ("met", clock.met_at)):
        head += f", {word} {_local(moment, zone)}" if moment else ""
    return [head, *(_stretch_line(each, zone, style) for each in stretches)]


def _stretch_line(stretch: Stretch, zone: tzinfo, style: Style) -> str:
    span = f"{_local(stretch.start, zone)}  to  {_local(stretch.end, zone)}"
    if stretch.counts:
        return f"  + {span}  {show_seconds(int((stretch.end - stretch.start).total_seconds()))}"
    return style.paint(f"  - {span}  {clean_line(stretch.reason)}", "dim")


def _local(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    day = months.day_abbr[local.weekday()]
    return f"{day} {local.date()} {local.time()}"


def explanation_row(explained: Explanation) -> dict[str, Any]:
    """An explanation as an object."""
    judged = explained.judgement
    return {
        "ticket": judged.ticket,
        "policy": judged.policy or None,
        "calendar": explained.calendar.name if explained.calendar else None,
        "recorded": explained.recorded.id if explained.recorded else None,
        "tried": [
            {"policy": each.policy.name, "when": each.policy.when or None, "holds": each.holds}
            for each in explained.choices
        ],
        "clocks": [
            {
                **clock_row(clock),
                "intervals": [
                    {
                        "start": format_time(each.start),
                        "end": format_time(each.end),
                        "counts": each.counts,
                        "reason": each.reason or None,
                    }
                    for each in explained.stretches.get(clock.clock, ())
                ],
            }
            for clock in judged.clocks
        ],
    }


def month_days(calendar: Calendar, year: int, month: int) -> list[Day]:
    """Every day of a month as it counts."""
    last = months.monthrange(year, month)[1]
    return [day_of(calendar, date(year, month, day)) for day in range(1, last + 1)]


def month_table(calendar: Calendar, days: Sequence[Day], style: Style) -> str:
    """A month as it counts, and its total."""
    rows = [
        [
            Cell(each.date.isoformat()),
            Cell(months.day_abbr[each.date.weekday()]),
            Cell(show_seconds(each.seconds) if each.seconds else "-"),
            Cell(
                ", ".join(
                    f"{_clock(first, each.date)}-{_clock(last, each.date)}" for first, last in each.open
                )
            ),
            Cell(clean_line(each.note), ("dim",)),
        ]
        for each in days
    ]
    total = sum(each.seconds for each in days)
    worked = sum(bool(each.seconds) for each in days)
    shown = table(("DAY", "", "COUNTS", "OPEN", "NOTE"), rows, style)
    return f"{shown}\n\n{show_seconds(total)} on {plural(worked, 'day')}, {calendar.zone}"


def _clock(moment: datetime, day: date) -> str:
    if moment.date() > day:
        return "24:00"
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def month_rows(days: Sequence[Day]) -> list[dict[str, Any]]:
    """A month as objects."""
    return [
        {
            "day": each.date.isoformat(),
            "seconds": each.seconds,
            "open": [[format_time(first), format_time(last)] for first, last in each.open],
            "note": each.note or None,
        }
        for each in days
    ]


def calculation_row(calendar: Calendar, start: datetime, deadline: datetime, counted: int) -> dict[str, Any]:
    """A calculation as an object, every moment in UTC."""
    return {
        "calendar": calendar.name,
        "start": format_time(start),
        "deadline": format_time(deadline),
        "business_seconds": counted,
    }


def calculation_text(calendar: Calendar, start: datetime, deadline: datetime, counted: int) -> str:
    """A calculation for people: the times of the calendar, and UTC."""
    names = ("start", "deadline")
    lines = [
        f"{name.ljust(8)}  {_local(moment, calendar.zone)}  {format_time(moment)}"
        for name, moment in zip(names, (start, deadline), strict=True)
    ]
    return "\n".join(
        [*lines, f"counts    {show_seconds(counted)}, calendar {calendar.name}, {calendar.zone}"]
    )

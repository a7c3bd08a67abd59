"""What was promised: how the clocks stand, why, and what a calendar counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from tkt.cli import complete
from tkt.cli.check import FORMATS
from tkt.cli.context import (
    QueryCommand,
    as_query,
    color_option,
    desk,
    names_in,
    note,
    one_id,
    page,
    read_file,
    rev_option,
    say,
    stacked,
    style_for,
    warn,
)
from tkt.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from tkt.domain.clocks import State
    from tkt.domain.worktime import Calendar, Pause
    from tkt.usecases.check import Checked
    from tkt.usecases.sla import Times
    from tkt.usecases.workspace import Workspace

_ASKS = re.compile(r'[:"() ]')
"""What a word has that belongs to a query and is no id."""

_tickets = click.argument("words", nargs=-1, metavar="[ID...|QUERY]", shell_complete=complete.ids)
_at_option = click.option(
    "--at", metavar="TIME", help="As of another moment, such as 2026-11-23T09:00:00Z or 4h for in four hours."
)
_json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")
_moment_options = stacked(_at_option, rev_option)


@click.group("sla")
def sla_command() -> None:
    """Show how the clocks of promises stand, and fail a build where one ran out."""


@sla_command.command("status", cls=QueryCommand, short_help="Show the clocks of tickets.")
@_tickets
@_moment_options
@_json_option
@color_option
def status(words: Sequence[str], at: str | None, rev: str | None, color: str, *, as_json: bool) -> None:
    """Show the clocks of tickets: of open ones, unless ids or a query name others.

    \b
    tkt sla status
    tkt sla status 2j7
    tkt sla status label:vip priority:P1 --json
    """
    from tkt.render import sla as render

    ws = desk(rev=rev)
    times = _times(ws, words, moment(ws, at))
    if as_json:
        from tkt.render.machine import to_json

        say(to_json(render.status_rows(times.tickets)))
    else:
        shown = render.status_table(times.tickets, style_for(color))
        if shown:
            page(shown)
        else:
            note(_nothing(ws, times))
    warn(times.problems)


def _nothing(ws: Workspace, times: Times) -> str:
    if not ws.settings.sla.policies:
        return "Nothing is promised: .tkt/sla.yaml has no policies."
    return "No clock runs." if times.tickets else "No tickets"


@sla_command.command("check", cls=QueryCommand, short_help="Fail where a clock ran out.")
@_tickets
@click.option(
    "--fail-on",
    default="breached,at-risk",
    show_default=True,
    metavar="STATES",
    help="What to complain of.",
)
@_moment_options
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to answer.")
@click.option("--json", "form", flag_value="json", help="Short for --format json.")
@click.option("--badge", metavar="FILE", shell_complete=complete.files, help="Write a badge, an SVG, too.")
@color_option
def check(
    words: Sequence[str],
    fail_on: str,
    at: str | None,
    rev: str | None,
    form: str,
    badge: str | None,
    color: str,
) -> int:
    """Find the clocks of open tickets that ran out, or are about to; the worst first.

    It ends with 5 where one is breached, with 6 where some are at risk and none is breached, else with 0.
    A clock that was met too late is no finding any more. A badge says how many are breached or at risk,
    whatever --fail-on asks for.

    \b
    tkt sla check
    tkt sla check queue:support --fail-on breached
    tkt sla check --format junit --badge sla.svg > sla.xml
    """
    from tkt.domain.clocks import State
    from tkt.usecases import sla

    states = _states(fail_on)
    ws = desk(rev=rev)
    times = _times(ws, words, moment(ws, at))
    checked = sla.findings(times.tickets, states)
    if badge:
        _write_badge(badge, times)
    text = _checked_text(times, checked, form, color)
    if text:
        say(text)
    if form == "github":
        from tkt.render.sla_check import summary_page
        from tkt.wiring.checking import append_summary

        append_summary(summary_page(times.tickets, checked, states))
    note(sla.summary(checked))
    warn(times.problems)
    rules = {each.rule for each in checked.findings}
    if f"sla-{State.BREACHED}" in rules:
        return int(ExitCode.SLA_BREACHED)
    return int(ExitCode.SLA_AT_RISK if rules else ExitCode.DONE)


def _checked_text(times: Times, checked: Checked, form: str, color: str) -> str:
    from tkt.render import findings, sla_check

    if form == "text":
        return findings.findings_text(checked, style_for(color))
    if form in sla_check.FORMATS:
        return sla_check.FORMATS[form](times.tickets, checked)
    return findings.FORMATS[form](checked)


def _write_badge(path: str, times: Times) -> None:
    from tkt.render.badge import badge
    from tkt.usecases.sla import SEVERITY, findings
    from tkt.wiring.checking import write_whole

    everything = findings(times.tickets, SEVERITY)
    write_whole(path, badge(everything.errors, everything.warnings))


@sla_command.command("explain", short_help="Say why the clocks of a ticket stand as they do.")
@click.argument("ticket", metavar="ID", shell_complete=complete.ids)
@_moment_options
@_json_option
@color_option
def explain(ticket: str, at: str | None, rev: str | None, color: str, *, as_json: bool) -> None:
    """Say which policy holds for a ticket, and list all time that counted and all that did not.

    \b
    tkt sla explain 2j7
    tkt sla explain 2j7 --at 2026-11-23T09:00:00Z
    """
    from tkt.render import sla as render
    from tkt.usecases.sla import explained

    ws = desk(rev=rev)
    shown, explanation, problems = explained(ws, one_id(ws, ticket), moment(ws, at))
    if as_json:
        from tkt.render.machine import to_json

        say(to_json(render.explanation_row(explanation)))
    else:
        page(render.explanation_text(shown.title, explanation, style_for(color)))
        if shown.merged_into:
            note(f"It was merged into {shown.merged_into}, whose clocks count.")
    warn(problems)


@sla_command.command("simulate", cls=QueryCommand, short_help="Try a draft of sla.yaml on what has happened.")
@click.argument("file", metavar="DRAFT", shell_complete=complete.files)
@click.argument("words", nargs=-1, metavar="[QUERY]", shell_complete=complete.query)
@click.option(
    "--since", default="", metavar="TIME", help="Only clocks that ended from then on, such as 4w or 2026-10."
)
@click.option("--until", default="", metavar="TIME", help="Until when, all of it included.  [default: now]")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="Name so many clocks whose verdict would be another one.",
)
@_json_option
@color_option
def simulate_command(
    file: str,
    words: Sequence[str],
    since: str,
    until: str,
    limit: int,
    color: str,
    *,
    as_json: bool,
) -> None:
    """Try a draft of sla.yaml on all tickets, closed ones too, and compare it with what is promised now.

    A clock ends when it is met, or when it runs out and still waits. DRAFT may be - for stdin. All is worked
    out anew, and nothing is changed.

    \b
    cp .tkt/sla.yaml draft.yaml
    tkt sla simulate draft.yaml
    tkt sla simulate draft.yaml queue:support --since 2026-10 --until 2026-10
    """
    from tkt.cli.progress import progress
    from tkt.render import simulation as render
    from tkt.usecases.report import almanac_of
    from tkt.usecases.simulate import period_between, simulate
    from tkt.wiring.places import draft_settings
    from tkt.wiring.reporting import zone_named

    draft, others = draft_settings("sla.yaml", read_file(file), file)
    ws = desk()
    period = period_between(almanac_of(ws, zone_named(ws.settings.reporting.timezone)), since, until)
    with progress("Trying") as told:
        found = simulate(ws, draft, as_query(words), period, told)
    if as_json:
        from tkt.render.machine import to_json

        say(to_json(render.simulation_row(found, period)))
    else:
        page(render.simulation_text(found, style_for(color), limit))
        changes = len(found.turns)
        note(f"{changes:,} {'verdict' if changes == 1 else 'verdicts'} would be another one.")
    for each in others:
        note(f"warning: to go with it, mend {each}")
    warn(found.problems)


@sla_command.command("calc", short_help="Work out a deadline, or the working time between two moments.")
@click.option("--calendar", "name", required=True, metavar="NAME", help="What counts.")
@click.option("--start", required=True, metavar="TIME", help="Such as 2026-11-23T09:00, local time.")
@click.option("--target", metavar="DURATION", help="Such as 90m, 8h or 2d: when it is used up.")
@click.option("--end", metavar="TIME", help="How much there is until then.")
@click.option("--pause", "pauses", multiple=True, metavar="A/B", help="A time that does not count.")
@rev_option
@_json_option
def calc(
    name: str,
    start: str,
    target: str | None,
    end: str | None,
    pauses: Sequence[str],
    rev: str | None,
    *,
    as_json: bool,
) -> None:
    """Work out when a target is used up, or the working time between two moments.

    A time without a zone is one of the calendar's zone. --pause may be repeated.

    \b
    tkt sla calc --calendar office --start 2026-11-20T16:00 --target 4h
    tkt sla calc --calendar office --start 2026-11-20T16:00 --end 2026-11-23T12:00
    tkt sla calc --calendar always --start 2026-11-20T16:00Z --target 4h --json
    """
    from tkt.domain.localtime import parse_local, parse_pause
    from tkt.domain.worktime import between
    from tkt.render import sla as render

    calendar = _calendar(desk(rev=rev), name)
    begins = parse_local(calendar, start)
    stops = [parse_pause(calendar, each) for each in pauses]
    ends = _end(calendar, begins, target, end, stops)
    counted = between(calendar, begins, ends, stops)
    if as_json:
        from tkt.render.machine import to_json

        say(to_json(render.calculation_row(calendar, begins, ends, counted)))
    else:
        say(render.calculation_text(calendar, begins, ends, counted))


@sla_command.command("calendar", short_help="Print a month as it counts.")
@click.argument("name", metavar="NAME")
@click.argument("month", metavar="[MONTH]", default="")
@rev_option
@_json_option
@color_option
def calendar_month(name: str, month: str, rev: str | None, color: str, *, as_json: bool) -> None:
    """Print a month of a calendar as it counts: hours, holidays, and days of 23 or 25 hours.

    \b
    tkt sla calendar office
    tkt sla calendar office 2026-12
    """
    from tkt.domain.localtime import parse_month
    from tkt.render import sla as render

    ws = desk(rev=rev)
    calendar = _calendar(ws, name)
    days = render.month_days(calendar, *parse_month(month or f"{ws.now.astimezone(calendar.zone):%Y-%m}"))
    if as_json:
        from tkt.render.machine import to_json

        say(to_json(render.month_rows(days)))
    else:
        say(render.month_table(calendar, days, style_for(color)))


def _times(ws: Workspace, words: Sequence[str], at: datetime) -> Times:
    """The clocks of what somebody typed: ids, a query, or nothing for all open tickets."""
    from tkt.usecases.find import find_tickets
    from tkt.usecases.sla import clocks_by_query, clocks_of

    if words and not any(map(_ASKS.search, words)):
        return clocks_of(ws, find_tickets(ws, words), at)
    return clocks_by_query(ws, as_query(words), at)


def moment(ws: Workspace, typed: str | None) -> datetime:
    """The moment that is meant; now, where none is named."""
    from tkt.domain.fields import parse_moment, parse_time

    if typed is None:
        return ws.now
    stored = parse_moment(typed, ws.now, "--at")
    return parse_time(stored if "T" in stored else f"{stored}T00:00:00Z")


def _states(typed: str) -> list[State]:
    from tkt.domain.clocks import State
    from tkt.domain.fields import unknown

    allowed = (State.BREACHED.value, State.AT_RISK.value)
    for each in names_in(typed):
        if each not in allowed:
            raise unknown("state", each, allowed)
    return [State(each) for each in names_in(typed)]


def _calendar(ws: Workspace, name: str) -> Calendar:
    from tkt.domain.fields import unknown

    if name not in ws.settings.sla.names:
        raise unknown("calendar", name, ws.settings.sla.names)
    return ws.settings.sla.calendar(name)


def _end(
    calendar: Calendar, start: datetime, target: str | None, end: str | None, pauses: Sequence[Pause]
) -> datetime:
    """When a target is used up, or the end that somebody named."""
    from tkt.domain.levels import parse_target
    from tkt.domain.localtime import parse_local
    from tkt.domain.worktime import add

    if (target is None) == (end is None):
        raise UsageError("calc needs either --target or --end")
    if end is not None:
        return parse_local(calendar, end)
    amount = parse_target(target or "")
    if not amount:
        raise UsageError(f"{target!r} is not a duration", "Write 8h, 90m, 1h30m or 2d.")
    found = add(calendar, start, amount, pauses)
    if found is None:
        raise UsageError(f"the calendar {calendar.name} does not open for so long")
    return found

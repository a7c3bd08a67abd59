"""What time does to tickets: warnings, breaches, and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tkt.cli.context import desk, note, outbox_option, say, warn
from tkt.cli.sla import moment
from tkt.errors import ExitCode

if TYPE_CHECKING:
    from tkt.domain.settings import Settings
    from tkt.usecases.tick import Tick


@click.command("tick")
@click.option("--at", metavar="TIME", help="As of another moment, such as 2026-11-23T09:00:00Z or 4h.")
@outbox_option
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--no-commit", is_flag=True, help="Write and stage, but leave the commit to you.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def tick_command(at: str | None, outbox: str, *, dry_run: bool, no_commit: bool, as_json: bool) -> int:
    """Apply the levels that clocks of open tickets have reached, and tell people.

    Levels are those that .tkt/sla.yaml has under escalation. Each is applied once for every run of a clock,
    however often this is run and in how many clones: run it by cron or in CI. It acts as `bot` of
    .tkt/sla.yaml. Messages are not sent, but put into the outbox, a line of JSON for each. Works in a bare
    repository too.
    """
    from tkt.usecases.tick import tick
    from tkt.wiring.committed import open_deskside, open_outbox

    ws = desk(dry_run=dry_run, no_commit=no_commit)
    if not any(each.escalation for each in ws.settings.sla.policies):
        note("No policy in .tkt/sla.yaml has levels under escalation, so time does nothing")
        return int(ExitCode.DONE)
    # All of it is done before the first word: a reader who leaves early must not stop it half-way.
    found = list(tick(open_deskside(ws), moment(ws, at), open_outbox(outbox), warn))
    for each in found:
        _tell(each, ws.settings, quietly=as_json)
    if as_json:
        from tkt.render.machine import to_json

        say(to_json([_row(each) for each in found]))
    return int(ExitCode.NOT_ALLOWED if any(each.why for each in found) else ExitCode.DONE)


def _tell(done: Tick, settings: Settings, *, quietly: bool) -> None:
    """Say what a level did; what went wrong even where a machine gets the answer."""
    from tkt.domain.entry import differences
    from tkt.domain.fields import format_time
    from tkt.render.text import change_text, clean_line

    reached, edit = done.reached, done.edit
    what = f"{edit.after.id}  {reached.clock.clock} reached {reached.level.name} {format_time(reached.at)}"
    before = edit.before.fields if edit.before else {}
    parts = [change_text(settings, each) for each in differences(before, edit.after.fields)]
    if done.message:
        waits = done.message.not_before
        later = f", not before {format_time(waits)}" if waits else ""
        parts.append(f"tells {', '.join(done.message.to)}{later}")
    if done.why:
        note(f"warning: {what}: {clean_line(done.why)}")
    elif not quietly:
        say(clean_line("; ".join([what, *parts])))
    if done.warning:
        note(f"warning: {done.warning}")


def _row(done: Tick) -> dict[str, Any]:
    from tkt.domain.entry import differences
    from tkt.domain.fields import format_time
    from tkt.render.machine import field_row

    reached, edit = done.reached, done.edit
    before = edit.before.fields if edit.before else {}
    waits = done.message.not_before if done.message else None
    return {
        "ticket": edit.after.id,
        "clock": reached.clock.clock.value,
        "level": reached.level.name,
        "policy": reached.policy.name,
        "reached_at": format_time(reached.at),
        "changes": [field_row(each) for each in differences(before, edit.after.fields)],
        "to": list(done.message.to) if done.message else [],
        "not_before": format_time(waits) if waits else None,
        "why": done.why or None,
    }

"""Reports that go out by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from tkt.cli import complete
from tkt.cli.context import NO_INDEX, note, outbox_option, say, warn
from tkt.cli.progress import show_progress
from tkt.errors import ExitCode, TktError, UsageError

if TYPE_CHECKING:
    from tkt.usecases.report import Told
    from tkt.usecases.sending import Due, Posted
    from tkt.usecases.workspace import Workspace


@click.command("send")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete.mailings)
@click.option("--at", default="", metavar="TIME", help="As of an earlier moment, such as 2026-11-16T09:00.")
@outbox_option
@click.option("--stdout", is_flag=True, help="Write the message here instead, as a mailer takes it.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
def send_command(names: Sequence[str], at: str, outbox: str, *, stdout: bool, dry_run: bool) -> int:
    """Put the reports that are due into the outbox, each once for its period.

    What goes to whom and when, .tkt/project.yaml says under reporting.send. Messages are not sent, but put
    into the outbox, a line of JSON for each: run it by cron or in CI, as often as you like. With --stdout,
    one report goes to standard output, whether or not it is in an outbox: for a mailer such as sendmail -t.
    """
    from tkt.usecases import sending
    from tkt.usecases.report import almanac_of
    from tkt.wiring.committed import open_outbox
    from tkt.wiring.reporting import open_report, zone_named

    context = click.get_current_context()
    ws, courses = open_report(index=NO_INDEX not in context.find_root().meta, progress=show_progress)
    mailings = sending.chosen(ws.settings, names)
    if not mailings:
        note("No report is to be sent: .tkt/project.yaml names none under reporting.send")
        return int(ExitCode.DONE)
    if stdout and len(mailings) > 1:
        listed = ", ".join(each.name for each in mailings)
        raise UsageError("standard output takes one message", f"Name one of them: {listed}.")
    almanac = almanac_of(ws, zone_named(ws.settings.reporting.timezone), at)
    box = open_outbox(outbox)
    known = frozenset() if stdout else box.keys()
    code = ExitCode.DONE
    for each in [sending.due(mailing, almanac) for mailing in mailings]:
        if each.key in known:
            note(f"{_named(each)} is in the outbox already")
            continue
        try:
            told = sending.told_when_due(ws, courses, each, almanac)
            posted = _posted(ws, each, told, almanac.now)
        except TktError as error:  # the others go out all the same, and this one when it can
            note(f"tkt: {_named(each)}: {error.message}" + (f"\n  {error.hint}" if error.hint else ""))
            code = code or error.exit_code
            continue
        warn(told.problems)
        if stdout:
            click.echo(posted.mail, nl=False)
            break
        if not dry_run:
            box.add([posted])
        say(f"{_named(each)}: {'would tell' if dry_run else 'tells'} {', '.join(posted.to)}")
    return int(code)


def _named(each: Due) -> str:
    return f"{each.mailing.name}, {each.days[0]} to {each.days[1]}"


def _posted(ws: Workspace, each: Due, told: Told, at: datetime) -> Posted:
    from tkt.render.machine import to_csv
    from tkt.render.mail import Letter, as_mail
    from tkt.render.reports import BEFORE_FIELDS, FIELDS, ReportView, rows
    from tkt.render.text import Style, clean_line
    from tkt.usecases.sending import Posted, addressed
    from tkt.usecases.tick import bot_of

    to = addressed(each.mailing, ws.settings)
    bot = bot_of(ws.settings)
    sender = bot if bot.email else ws.actor
    if "@" not in sender.email:
        raise UsageError(
            f"a message is from an address, and {clean_line(sender.name)} has none",
            "Give bot in .tkt/sla.yaml one, or set git config --global user.email YOU@EXAMPLE.COM",
        )
    since, until = each.days
    subject = f"{ws.settings.key} {each.mailing.name}, {since} to {until}: {told.report.title.rstrip('.')}"
    text = ReportView(ws.settings, Style(), blocks=False).text(told) + "\n"  # most mail stays plain ASCII
    table = to_csv(rows(told), (*FIELDS, *(BEFORE_FIELDS if told.before else ())))
    letter = Letter(
        key=each.key,
        desk=ws.settings.key,
        sender=(sender.name, sender.email),
        home=bot.email.rpartition("@")[2],
        to=to,
        at=at,
        subject=subject,
        text=text,
        markdown=ReportView(ws.settings, Style(), blocks=True, narrow=True).markdown(told),
        table=table,
        name=f"{each.mailing.name}-{since}.csv",
    )
    return Posted(each.key, each.mailing.name, since, until, to, subject, text, as_mail(letter))

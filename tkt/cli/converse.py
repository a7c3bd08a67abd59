"""Comments, and time spent."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tkt.cli import complete
from tkt.cli.context import (
    attach_option,
    desk,
    one_id,
    read_attachments,
    read_text,
    report,
    saving_options,
    text_options,
)
from tkt.cli.editor import keeping
from tkt.cli.several import named_elsewhere, queried, several_options, some_ids
from tkt.domain.duration import parse_duration, show_minutes
from tkt.errors import UsageError
from tkt.usecases import converse


@click.command("comment")
@click.argument("words", nargs=-1, metavar="ID... [TEXT]", shell_complete=complete.ids)
@click.option("-i", "--internal", is_flag=True, help="For the desk only.")
@attach_option
@text_options
@several_options
@saving_options
def comment_command(
    words: Sequence[str],
    attach: Sequence[str],
    message: str,
    text_file: str,
    *,
    internal: bool,
    in_editor: bool,
    dry_run: bool,
    no_commit: bool,
    as_json: bool,
) -> None:
    """Say something about a ticket; without a text, your editor opens.

    \b
    tkt comment 2j7 "Looking at it now."
    tkt comment 2j7 --internal -F notes.md --attach screenshot.png
    tkt comment 2j7 2j8 -m "Fixed in 1.4."
    """
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    apart = bool(message or text_file or in_editor or not words or (len(words) == 1 and not queried()))
    ids = some_ids(ws, words if apart else words[:-1])
    text = message if apart else words[-1]
    # An empty text in a script is a mistake of the script, and no reason to open an editor.
    open_editor = in_editor or (len(words) == 1 and not (text or text_file or attach))
    files = read_attachments(attach)
    said = read_text(text, text_file, in_editor=open_editor)
    with keeping(said if open_editor else "", ids[0]):
        outcome = converse.comment(ws, ids, said, internal=internal, files=files)
    kind = "noted" if internal else "commented"
    report(ws, outcome, as_json, lambda _: kind)


@click.group("time")
def time_command() -> None:
    """Note time spent on tickets, or run a timer."""


_message = click.option("-m", "--message", default="", help="What was done; for the desk only.")


@time_command.command("add")
@click.argument("words", nargs=-1, metavar="ID... DURATION", shell_complete=complete.ids)
@_message
@several_options
@saving_options
def add(words: Sequence[str], message: str, *, dry_run: bool, no_commit: bool, as_json: bool) -> None:
    """Note a DURATION on each ticket: 45m, 2h, 1h30m, 1.5h."""
    if not words or (len(words) == 1 and not named_elsewhere()):
        raise UsageError("say which ticket and how long", "tkt time add 2j7 45m")
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    minutes = parse_duration(words[-1])
    outcome = converse.add_time(ws, some_ids(ws, words[:-1]), minutes, message)
    report(ws, outcome, as_json, lambda _: f"time spent: {show_minutes(minutes)}")


@time_command.command("start")
@click.argument("ticket", metavar="ID", shell_complete=complete.ids)
@saving_options
def start(ticket: str, *, dry_run: bool, no_commit: bool, as_json: bool) -> None:
    """Start your timer on a ticket."""
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    outcome = converse.start_timer(ws, one_id(ws, ticket))
    report(ws, outcome, as_json, lambda _: "your timer runs")


@time_command.command("stop", short_help="Stop your timer and note the minutes.")
@click.argument("ticket", metavar="[ID]", default="", shell_complete=complete.ids)
@_message
@saving_options
def stop(ticket: str, message: str, *, dry_run: bool, no_commit: bool, as_json: bool) -> None:
    """Stop your timer and note the minutes; without ID, the one that runs."""
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    ticket_id = one_id(ws, ticket) if ticket else converse.only_running_timer(ws)
    outcome = converse.stop_timer(ws, ticket_id, message)
    spent = next((entry.minutes or 0 for entry in outcome.entries if entry), 0)
    report(ws, outcome, as_json, lambda _: f"time spent: {show_minutes(spent)}")

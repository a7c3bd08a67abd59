"""Changing tickets: fields, people, steps, labels, links, and whole files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from tkt.cli import complete
from tkt.cli.context import (
    choice_option,
    desk,
    one_id,
    read_file,
    report,
    saving_options,
    say,
    style_for,
)
from tkt.cli.several import agreed, named_elsewhere, queried, several_options, some_ids
from tkt.domain.entry import INTERNAL, PUBLIC
from tkt.domain.fields import unknown
from tkt.errors import UsageError
from tkt.usecases import change, stepping
from tkt.usecases.edit import edit_whole
from tkt.usecases.record import Outcome
from tkt.usecases.typed import as_listed

if TYPE_CHECKING:
    from tkt.usecases.workspace import Workspace

_message = click.option("-m", "--message", default="", help="A comment or reason, kept with the change.")


def what_changed(ws: Workspace, outcome: Outcome) -> Callable[[int], str]:
    """Says what became of each ticket."""
    from tkt.render.text import change_text

    def words(position: int) -> str:
        entry = outcome.entries[position]
        if entry is None:
            return "edited the file"
        if entry.changes:
            return ", ".join(change_text(ws.settings, each) for each in entry.changes)
        return "edited the description" if "edited" in entry.extra else "commented"

    return words


@click.command("set")
@click.argument(
    "words", nargs=-1, metavar="ID... FIELD=VALUE...", shell_complete=complete.id_then_assignments
)
@_message
@several_options
@saving_options
def set_command(words: Sequence[str], message: str, *, dry_run: bool, no_commit: bool, as_json: bool) -> None:
    """Set fields of tickets; an empty VALUE unsets one.

    Priority follows from impact and urgency; another one needs a reason (-m).

    \b
    tkt set 2j7 priority=P1 -m "The whole office waits."
    tkt set --query 'label:mobile -has:queue' queue=development
    tkt list label:mobile | tkt set queue=development
    """
    typed = dict(word.split("=", 1) for word in words if "=" in word)
    if not typed:
        raise UsageError("nothing to set", "tkt set 2j7 priority=P1 queue=support")
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    outcome = change.set_fields(ws, some_ids(ws, [each for each in words if "=" not in each]), typed, message)
    report(ws, outcome, as_json, what_changed(ws, outcome))


@click.command("assign")
@click.argument("words", nargs=-1, metavar="ID... WHO", shell_complete=complete.id_then_people)
@click.option("--auto", is_flag=True, help="Give it to whoever has the skill and the room.")
@click.option("--none", "nobody", is_flag=True, help="Take it from whoever has it.")
@_message
@several_options
@saving_options
def assign_command(
    words: Sequence[str],
    message: str,
    *,
    auto: bool,
    nobody: bool,
    dry_run: bool,
    no_commit: bool,
    as_json: bool,
) -> None:
    """Give tickets to a person or a team: a handle, an address, or me."""
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    if auto and nobody:
        raise UsageError("--auto and --none exclude each other")
    if auto:
        outcome = change.assign_automatically(ws, some_ids(ws, words), message)
    elif nobody:
        outcome = change.assign(ws, some_ids(ws, words), "", message)
    else:
        if not words or (len(words) == 1 and not named_elsewhere()):
            raise UsageError("say which ticket and who", "tkt assign 2j7 ana, or --auto, or --none")
        outcome = change.assign(ws, some_ids(ws, words[:-1]), words[-1], message)
    report(ws, outcome, as_json, what_changed(ws, outcome))


@click.command("transition")
@click.argument("words", nargs=-1, metavar="ID... STATUS", shell_complete=complete.next_statuses)
@choice_option("resolution", "HOW", "How it ended.", default="")
@click.option("--internal", is_flag=True, help="The comment is for the desk only.")
@_message
@several_options
@saving_options
def transition_command(
    words: Sequence[str],
    resolution: str,
    message: str,
    *,
    internal: bool,
    dry_run: bool,
    no_commit: bool,
    as_json: bool,
) -> None:
    """Move tickets to a status; without STATUS, say where a ticket may go.

    The workflow may ask for a role, a field or a comment, and fill in fields (tkt workflow show).

    \b
    tkt transition 2j7
    tkt transition 2j7 resolved --resolution fixed -m "The cache was full."
    """
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    statuses = tuple(ws.settings.workflow.statuses)
    if not words:
        raise UsageError("say which ticket and where to", "tkt transition 2j7 resolved")
    alone = len(words) == 1 and not queried()
    if alone and not (named_elsewhere() and as_listed(words[0], statuses) in statuses):
        _say_where(ws, words[0], as_json=as_json)
        return
    if as_listed(words[-1], statuses) not in statuses:
        raise unknown("status", words[-1], statuses)
    ids = some_ids(ws, words[:-1])
    move = stepping.Move(
        as_listed(words[-1], statuses), resolution, message, INTERNAL if internal else PUBLIC
    )
    agreed(ws, lambda: stepping.questions(ws, ids, move))
    outcome = stepping.transition(ws, ids, move)
    report(ws, outcome, as_json, what_changed(ws, outcome))


def _say_where(ws: Workspace, typed: str, *, as_json: bool) -> None:
    """Where a ticket may go, under which conditions, and what is not open to whoever asks."""
    from tkt.render.steps import way_rows, ways_text

    ways = stepping.open_ways(ws, ws.tickets.load(one_id(ws, typed)))
    if as_json:
        from tkt.render.machine import to_json

        say(to_json(way_rows(ways)))
    elif ways:
        say(ways_text(ways, style_for("auto")))


@click.command("label")
@click.argument("words", nargs=-1, metavar="ID [LABEL]...", shell_complete=complete.id_then_labels)
@click.option(
    "-a",
    "--add",
    multiple=True,
    metavar="LABEL",
    shell_complete=complete.labels,
    help="Put a label on; all the words are ids then.",
)
@click.option(
    "-r",
    "--remove",
    multiple=True,
    metavar="LABEL",
    shell_complete=complete.labels,
    help="Take a label off.",
)
@several_options
@saving_options
def label_command(
    words: Sequence[str],
    add: Sequence[str],
    remove: Sequence[str],
    *,
    dry_run: bool,
    no_commit: bool,
    as_json: bool,
) -> None:
    """Put labels on a ticket, or take them off.

    \b
    tkt label 2j7 vip mobile
    tkt label 2j7 --remove mobile
    tkt label 2j7 2j8 2j9 --add vip
    """
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    typed, labels = (words, add) if add else (words[:1], words[1:])
    if queried():
        typed, labels = (), (*words, *add)
    if not labels and not remove:
        raise UsageError("no label to put on or take off", "tkt label 2j7 vip")
    outcome = change.change_labels(ws, some_ids(ws, typed), labels, remove)
    report(ws, outcome, as_json, what_changed(ws, outcome))


@click.command("link")
@click.argument("first", metavar="ID", shell_complete=complete.ids)
@click.argument("relation", shell_complete=complete.relations)
@click.argument("others", nargs=-1, metavar="OTHER...", shell_complete=complete.ids)
@click.option("--remove", is_flag=True, help="Take the link away.")
@several_options
@saving_options
def link_command(
    first: str,
    relation: str,
    others: Sequence[str],
    *,
    remove: bool,
    dry_run: bool,
    no_commit: bool,
    as_json: bool,
) -> None:
    """Link tickets: blocks, blocked-by, relates, duplicates, duplicated-by, parent or child.

    Read it as a sentence: tkt link 2j7 blocks 2j8.
    """
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    outcome = change.link(ws, one_id(ws, first), relation, some_ids(ws, others), remove=remove)
    report(ws, outcome, as_json, what_changed(ws, outcome))


@click.command("watch")
@click.argument("ids", nargs=-1, metavar="ID...", shell_complete=complete.ids)
@click.option(
    "--who",
    multiple=True,
    metavar="WHO",
    shell_complete=complete.people,
    help="Somebody else. May be repeated.",
)
@click.option("--stop", is_flag=True, help="No longer.")
@several_options
@saving_options
def watch_command(
    ids: Sequence[str],
    who: Sequence[str],
    *,
    stop: bool,
    dry_run: bool,
    no_commit: bool,
    as_json: bool,
) -> None:
    """Watch tickets, so as to be told of what happens to them."""
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    outcome = change.watch(ws, some_ids(ws, ids), who, stop=stop)
    report(ws, outcome, as_json, what_changed(ws, outcome))


@click.command("edit")
@click.argument("ticket", metavar="ID", shell_complete=complete.ids)
@click.option(
    "-F",
    "--file",
    "text_file",
    default="",
    metavar="FILE",
    shell_complete=complete.files,
    help="Take the whole file from here; - is stdin.",
)
@_message
@saving_options
def edit_command(
    ticket: str, text_file: str, message: str, *, dry_run: bool, no_commit: bool, as_json: bool
) -> None:
    """Edit a ticket's file in your editor.

    An error opens the editor again with your text; nothing you wrote is lost.
    """
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    ticket_id = one_id(ws, ticket)
    if text_file:
        outcome: Outcome | None = edit_whole(ws, ticket_id, read_file(text_file), message)
    else:
        outcome = _edited(ws, ticket_id, message)
    if outcome is None:
        say(f"{ticket_id}  nothing was changed")
    else:
        report(ws, outcome, as_json, what_changed(ws, outcome))


def _edited(ws: Workspace, ticket_id: str, message: str) -> Outcome | None:
    """What came of a ticket's file in the editor; None when it was not changed."""
    from tkt.cli.editor import edit_until_right

    # A file that cannot be understood is mended with an editor of one's own.
    ws.tickets.load(ticket_id)
    base = ws.tickets.whole(ticket_id)

    def take(text: str) -> Outcome:
        return edit_whole(ws, ticket_id, text.encode(), message, base=base)

    return edit_until_right(ws.tickets.unfolded(ticket_id).decode(), ticket_id, take)

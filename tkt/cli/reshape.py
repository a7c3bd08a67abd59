"""One case becomes two, or two become one."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tkt.cli import complete
from tkt.cli.context import (
    desk,
    one_id,
    read_text,
    report,
    saving_options,
    text_options,
)
from tkt.cli.editor import keeping
from tkt.cli.several import several_options, some_ids
from tkt.usecases import reshape


@click.command("split")
@click.argument("ticket", metavar="ID", shell_complete=complete.ids)
@click.argument("title")
@click.option(
    "--entry",
    "entries",
    multiple=True,
    metavar="ENTRY",
    help="An entry that goes with it, as show marks it. May be repeated.",
)
@text_options
@saving_options
def split_command(
    ticket: str,
    title: str,
    entries: Sequence[str],
    message: str,
    text_file: str,
    *,
    in_editor: bool,
    dry_run: bool,
    no_commit: bool,
    as_json: bool,
) -> None:
    """Make a child ticket of a part of the case.

    The child takes over type, priority, queue, category, requester and labels; its description is the text
    (-m, -F, -e), then the entries that go with it.
    """
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    text = read_text(message, text_file, in_editor=in_editor)
    with keeping(text if in_editor else "", "ticket"):
        outcome = reshape.split(ws, one_id(ws, ticket), title, text, entries)
    child = outcome.tickets[0]
    report(ws, outcome, as_json, lambda place: f"split into {child.id}" if place else child.title)


@click.command("merge")
@click.argument("survivor", metavar="SURVIVOR", shell_complete=complete.ids)
@click.argument("others", nargs=-1, metavar="OTHER...", shell_complete=complete.ids)
@click.option("-m", "--message", default="", help="A comment for the survivor, for the desk only.")
@several_options
@saving_options
def merge_command(
    survivor: str,
    others: Sequence[str],
    message: str,
    *,
    dry_run: bool,
    no_commit: bool,
    as_json: bool,
) -> None:
    """Make one case of several: the others end and point to the SURVIVOR, which shows all threads."""
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    kept = one_id(ws, survivor)
    merged = [each for each in some_ids(ws, others) if others or each != kept]
    outcome = reshape.merge(ws, kept, merged, message)
    report(
        ws,
        outcome,
        as_json,
        lambda place: f"merged into {outcome.tickets[0].id}" if place else "keeps all threads",
    )

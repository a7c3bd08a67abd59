"""Looking at tickets: one, many, and the home screen."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tkt.cli import complete
from tkt.cli.context import (
    QueryCommand,
    as_query,
    color_option,
    desk,
    explain,
    list_view,
    note,
    one_id,
    output_options,
    page,
    require_rows,
    rev_option,
    rows_as,
    say,
    text_view,
    warn,
)
from tkt.cli.several import some_ids
from tkt.errors import ExitCode
from tkt.usecases import look


@click.command("show")
@click.argument("tickets", nargs=-1, metavar="ID...", shell_complete=complete.ids)
@click.option("--public", is_flag=True, help="Leave out what is for the desk only.")
@rev_option
@output_options
def show_command(
    tickets: Sequence[str], rev: str | None, form: str, fields: str, color: str, *, public: bool
) -> None:
    """Show a ticket with its thread, its relations, its commits, and where it may go next.

    ID may be the start of one, - for the ticket you changed last, or . for that of the current branch.
    """
    require_rows(form, fields)
    ws = desk(rev=rev)
    views = [look.view(ws, each, code=True, internal=not public) for each in some_ids(ws, tickets)]
    if form == "table":
        words = text_view(ws, color)
        page("\n\n".join(words.ticket(each) for each in views))
    else:
        from tkt.render import machine

        rows = [machine.view_row(each, ws.settings.fields) for each in views]
        say(rows_as(form, rows, fields, single=len(rows) == 1))
    for each in views:
        warn(each.problems)


@click.command("search", cls=QueryCommand)
@click.argument("words", nargs=-1, metavar="TEXT...", shell_complete=complete.query)
@click.option("-n", "--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@rev_option
@output_options
def search_command(
    words: Sequence[str], limit: int | None, rev: str | None, form: str, fields: str, color: str
) -> int:
    """Find words in titles, descriptions and threads, whatever their accents and endings.

    All the words must be there; those with a space between quotes together. Conditions of a query narrow
    the search. Tickets with the words in their title come first, then those that say them most often.

    \b
    tkt search reset password
    tkt search '"reset password" -is:closed label:vip'

    Exits with 1 when nothing was found, as grep does.
    """
    require_rows(form, fields)
    ws = desk(rev=rev)
    query = look.read_query(ws, as_query(words), apart=True)
    hits, problems = look.search(ws, query, limit=limit or 0)
    if form == "table":
        if hits:
            page(list_view(ws, color).hits(hits))
        else:
            note("Nothing found.")
            explain(query)
    else:
        from tkt.render.machine import HIT_FIELDS, hit_row

        say(rows_as(form, [hit_row(each) for each in hits], fields, HIT_FIELDS))
    warn(problems)
    return int(ExitCode.DONE if hits else ExitCode.CHECK_FAILED)


@click.command("log")
@click.argument("ticket", metavar="ID", shell_complete=complete.ids)
@rev_option
@output_options
def log_command(ticket: str, rev: str | None, form: str, fields: str, color: str) -> None:
    """Show a ticket's history, a line for each change."""
    require_rows(form, fields)
    ws = desk(rev=rev)
    view = look.view(ws, one_id(ws, ticket))
    if form == "table":
        page(text_view(ws, color).log(view))
    else:
        from tkt.render.machine import ENTRY_FIELDS, entry_row

        rows = [entry_row(entry, each) for each, entry in view.thread]
        say(rows_as(form, rows, fields, ENTRY_FIELDS))
    warn(view.problems)


@click.command("status")
@color_option
def status_command(color: str) -> None:
    """Show what is mine, what is nobody's, what is overdue, and what is not shared yet."""
    from tkt.wiring.places import desk_folder

    ws = desk()
    found = look.home(ws)
    say(text_view(ws, color).home(found, desk_folder()))
    warn(found.problems)

"""Looking at tickets: one, many, the home screen, and the whole document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tkt.cli import complete
from tkt.cli.context import (
    color_option,
    desk,
    names_in,
    note,
    one_id,
    output_options,
    page,
    require_rows,
    rows_as,
    say,
    some_ids,
    text_view,
)
from tkt.domain.query import Term, check_term
from tkt.errors import ExitCode, Problem, UsageError
from tkt.usecases import look

if TYPE_CHECKING:
    from tkt.usecases.workspace import Workspace

_MOST_PROBLEMS = 10
_HAS_QUERY = re.compile(r'"|\b\w+:')
_NEGATED = re.compile(r"-[A-Za-z_][\w-]*:")


class QueryCommand(click.Command):
    """A command that takes a query, in which `-label:blocked` is a term and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move such terms out of the parser's sight: a space in front does not matter to a query."""
        return super().parse_args(ctx, [f" {arg}" if _NEGATED.match(arg) else arg for arg in args])


@click.command("show")
@click.argument("tickets", nargs=-1, metavar="ID...", shell_complete=complete.ids)
@click.option("--public", is_flag=True, help="Leave out what is for the desk only.")
@output_options
def show_command(tickets: Sequence[str], form: str, fields: str, color: str, *, public: bool) -> None:
    """Show a ticket with its thread, its relations, and where it may go next.

    ID may be the start of one, - for the ticket you changed last, or . for that of the current branch.
    """
    require_rows(form, fields)
    ws = desk()
    views = [look.view(ws, each) for each in some_ids(ws, tickets)]
    if form == "table":
        words = text_view(ws, color)
        page("\n\n".join(words.ticket(each, internal=not public) for each in views))
    else:
        say(_as_rows(form, fields, views, public=public))
    for each in views:
        _warn(each.problems)


def _as_rows(form: str, fields: str, views: Sequence[look.View], *, public: bool) -> str:
    from tkt.render import machine

    rows = [machine.view_row(each, internal=not public) for each in views]
    return rows_as(form, rows, fields, single=len(rows) == 1)


@click.command("list", cls=QueryCommand)
@click.argument("words", nargs=-1, metavar="[QUERY]", shell_complete=complete.query)
@click.option(
    "-s",
    "--status",
    metavar="STATUS",
    shell_complete=complete.statuses,
    help="Short for status:STATUS.",
)
@click.option(
    "-a",
    "--assignee",
    metavar="WHO",
    shell_complete=complete.people,
    help="Short for assignee:WHO.",
)
@click.option(
    "-t",
    "--type",
    "type_",
    metavar="TYPE",
    shell_complete=complete.types,
    help="Short for type:TYPE.",
)
@click.option(
    "-p",
    "--priority",
    metavar="P",
    shell_complete=complete.priorities,
    help="Short for priority:P.",
)
@click.option("-l", "--label", metavar="LABEL", shell_complete=complete.labels, help="Short for label:LABEL.")
@click.option("--all", "everything", is_flag=True, help="Closed ones as well.")
@click.option(
    "--sort",
    default=look.DEFAULT_SORT,
    show_default=True,
    metavar="FIELDS",
    help="Such as due,-created.",
)
@click.option("-n", "--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@click.option("--columns", default="", metavar="A,B", help="Other columns for the table.")
@output_options
def list_command(
    words: Sequence[str],
    status: str | None,
    assignee: str | None,
    type_: str | None,
    priority: str | None,
    label: str | None,
    sort: str,
    limit: int | None,
    columns: str,
    form: str,
    fields: str,
    color: str,
    *,
    everything: bool,
) -> None:
    """List tickets, open ones unless the query asks for a status.

    \b
    tkt list assignee:me priority:P1,P2
    tkt list label:vip -label:blocked type:bug
    tkt list is:closed category:access "reset password"
    tkt list assignee: --sort created
    """
    ws = desk()
    named = {
        "status": status,
        "assignee": assignee,
        "type": type_,
        "priority": priority,
        "labels": label,
    }
    conditions = [
        check_term(Term(name, tuple(value.split(","))), ws.settings) for name, value in named.items() if value
    ]
    query = look.read_query(ws, _as_query(words), conditions)
    found = look.listing(ws, query, sort=sort, limit=limit or 0, closed=everything)
    if form == "table":
        names = _columns(ws, columns or fields)
        page(text_view(ws, color).tickets(found.tickets, names) if found.tickets else "No tickets.")
        _count(found)
    else:
        from tkt.render.machine import ticket_row

        rows = [ticket_row(each) for each in found.tickets]
        say(rows_as(form, rows, fields or columns, (*ws.settings.fields, "body")))
    _warn(found.problems)


def _as_query(words: Sequence[str]) -> str:
    """The words as one query; a word with spaces was put in quotes, which the shell took away."""
    return " ".join(
        f'"{word}"' if " " in word.strip() and not _HAS_QUERY.search(word) else word for word in words
    )


def _columns(ws: Workspace, typed: str) -> Sequence[str]:
    from tkt.domain.fields import unknown
    from tkt.render.views import COLUMNS

    names = names_in(typed)
    known = (*ws.settings.fields, "age")
    for name in names:
        if name not in known:
            raise unknown("column", name, known)
    return names or COLUMNS


def _count(found: look.Listing) -> None:
    from tkt.render.text import plural

    shown = len(found.tickets)
    words = (
        plural(found.total, "ticket")
        if shown == found.total
        else f"{shown:,} of {plural(found.total, 'ticket')}"
    )
    more = f", {found.hidden:,} closed (--all)" if found.hidden else ""
    note(f"{words}{more}")


def _warn(problems: Sequence[Problem]) -> None:
    for each in problems[:_MOST_PROBLEMS]:
        note(f"warning: {each}")
    if len(problems) > _MOST_PROBLEMS:
        note(f"warning: {len(problems) - _MOST_PROBLEMS:,} more; tkt doctor lists them")


@click.command("search")
@click.argument("words", nargs=-1, metavar="TEXT")
@click.option("-n", "--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@output_options
def search_command(words: Sequence[str], limit: int | None, form: str, fields: str, color: str) -> int:
    """Find a text in titles, descriptions and threads.

    Exits with 1 when nothing was found, as grep does.
    """
    text = " ".join(words).strip()
    if not text:
        raise UsageError("nothing to search for", 'tkt search "reset password"')
    require_rows(form, fields)
    ws = desk()
    hits, problems = look.search(ws, text, limit=limit or 0)
    if form == "table":
        if hits:
            page(text_view(ws, color).hits(hits))
        else:
            note("Nothing found.")
    else:
        from tkt.render.machine import HIT_FIELDS, hit_row

        say(rows_as(form, [hit_row(each) for each in hits], fields, HIT_FIELDS))
    _warn(problems)
    return int(ExitCode.DONE if hits else ExitCode.CHECK_FAILED)


@click.command("log")
@click.argument("ticket", metavar="ID", shell_complete=complete.ids)
@output_options
def log_command(ticket: str, form: str, fields: str, color: str) -> None:
    """Show a ticket's history, a line for each change."""
    require_rows(form, fields)
    ws = desk()
    view = look.view(ws, one_id(ws, ticket))
    if form == "table":
        page(text_view(ws, color).log(view))
    else:
        from tkt.render.machine import ENTRY_FIELDS, entry_row

        rows = [entry_row(entry, each) for each, entry in view.thread]
        say(rows_as(form, rows, fields, ENTRY_FIELDS))
    _warn(view.problems)


@click.command("status")
@color_option
def status_command(color: str) -> None:
    """Show what is mine, what is nobody's, what is overdue, and what is not shared yet."""
    ws = desk()
    found = look.home(ws)
    say(text_view(ws, color).home(found))
    _warn(found.problems)


@click.command("export")
@click.argument("ticket", metavar="ID", shell_complete=complete.ids)
@click.option(
    "--single",
    is_flag=True,
    required=True,
    help="One Markdown document: the ticket and its thread.",
)
@click.option("--public", is_flag=True, help="Leave out what is for the desk only.")
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    shell_complete=complete.files,
    help="Where to write it; - is stdout.",
)
def export_command(ticket: str, output: str, *, single: bool, public: bool) -> None:
    """Write a ticket with its whole thread as one Markdown document."""
    from tkt.render.document import whole_document

    assert single  # noqa: S101  the only form there is so far, and click requires it
    ws = desk()
    view = look.view(ws, one_id(ws, ticket))
    words = text_view(ws, "never")
    text = whole_document(view, ws.tickets.whole(view.ticket.id), words, internal=not public)
    if output == "-":
        say(text)
        return
    try:
        with open(output, "x", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except FileExistsError:
        raise UsageError(f"{output} is there already", "Name another file.") from None
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error

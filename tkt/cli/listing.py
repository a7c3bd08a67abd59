"""Looking at many tickets: lists, saved views, my queue and the board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tkt.cli import complete
from tkt.cli.context import (
    PAGE,
    QueryCommand,
    as_query,
    desk,
    explain,
    list_view,
    names_in,
    note,
    output_options,
    page,
    page_options,
    rev_option,
    rows_as,
    say,
    warn,
)
from tkt.usecases import look

if TYPE_CHECKING:
    from tkt.domain.conditions import Query
    from tkt.domain.ticket import Ticket
    from tkt.usecases.workspace import Workspace

_SHORT = (("status", "s"), ("assignee", "a"), ("type", "t"), ("priority", "p"), ("label", "l"))
_COMPLETED = {
    "status": complete.statuses,
    "assignee": complete.people,
    "type": complete.types,
    "priority": complete.priorities,
    "label": complete.labels,
}


def _conditions(function: click.decorators.FC) -> click.decorators.FC:
    """The options that stand for conditions of a query."""
    for name, letter in reversed(_SHORT):
        option = click.option(
            f"-{letter}",
            f"--{name}",
            f"only_{name}",
            metavar=name.upper(),
            shell_complete=_COMPLETED[name],
            help=f"Short for {name}:{name.upper()}.",
        )
        function = option(function)
    return function


@click.command("list", cls=QueryCommand)
@click.argument("words", nargs=-1, metavar="[QUERY]", shell_complete=complete.query)
@_conditions
@click.option("--all", "everything", is_flag=True, help="Closed ones as well.")
@click.option(
    "--sort", default="", metavar="FIELDS", help="Such as due,-created.  [default: priority,created]"
)
@click.option("-n", "--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@click.option("--columns", default="", metavar="A,B", help="Other columns for the table.")
@click.option(
    "--by", default="", metavar="FIELD", shell_complete=complete.fields, help="Group them by a field."
)
@click.option("--count", "counted", is_flag=True, help="Only say how many, with --by for each group.")
@rev_option
@output_options
def list_command(
    words: Sequence[str],
    sort: str,
    limit: int | None,
    columns: str,
    by: str,
    rev: str | None,
    form: str,
    fields: str,
    color: str,
    *,
    everything: bool,
    counted: bool,
    **only: str | None,
) -> None:
    """List tickets, open ones unless the query asks for a status.

    \b
    tkt list assignee:me priority:P1,P2
    tkt list label:vip -label:blocked type:bug
    tkt list 'is:closed (category:access OR "reset password") closed:<7d'
    tkt list view:triage --by queue
    tkt list assignee: --sort created --columns id,updated,title
    """
    ws = desk(rev=rev)
    short = [f"{name.removeprefix('only_')}:{_quoted(value)}" for name, value in only.items() if value]
    query = look.read_query(ws, as_query([*short, *words]))
    view = query.view
    shown = names_in(columns or (fields if form == "table" else ""))
    shown = shown or list(view.columns if view else ()) or list(_usual_columns(ws))
    group = by or (view.by if view else "")
    needed = look.needed_fields(
        ws, shown if form == "table" else [*ws.settings.fields, "body", *names_in(fields or columns)], group
    )
    found = look.listing(
        ws, query, sort=sort, limit=0 if counted else limit or 0, closed=everything, fields=needed
    )
    if counted:
        _say_counts(ws, found, group, form, color)
    elif form == "table":
        _say_table(ws, found, shown, group, color)
        _count(found, query)
    else:
        _say_rows(ws, found.tickets, form, fields or columns)
    warn(found.problems)


def _quoted(value: str) -> str:
    """An option's value as a query has it; commas still separate."""
    return ",".join(f'"{each}"' if " " in each else each for each in value.split(","))


def _usual_columns(ws: Workspace) -> Sequence[str]:
    from tkt.render.lists import COLUMNS, PROMISED_COLUMNS

    return PROMISED_COLUMNS if ws.settings.sla.policies else COLUMNS


def _say_table(ws: Workspace, found: look.Listing, columns: Sequence[str], group: str, color: str) -> None:
    if not found.tickets:
        return
    words = list_view(ws, color)
    if group:
        page(words.groups(look.grouped(ws, found.tickets, group), group, columns))
    else:
        page(words.tickets(found.tickets, columns))


def _say_counts(ws: Workspace, found: look.Listing, group: str, form: str, color: str) -> None:
    groups = look.grouped(ws, found.tickets, group) if group else ()
    if form == "table":
        say(list_view(ws, color).counts(group, groups) if group else f"{found.total}")
        return
    rows = (
        [{group: each.value or None, "count": len(each.tickets)} for each in groups]
        if group
        else [{"count": found.total}]
    )
    say(rows_as(form, rows, "", (*((group,) if group else ()), "count")))


def _say_rows(ws: Workspace, tickets: Sequence[Ticket], form: str, fields: str) -> None:
    rows, known = ticket_rows(ws, tickets, fields)
    say(rows_as(form, rows, fields, known))


def ticket_rows(
    ws: Workspace, tickets: Sequence[Ticket], fields: str
) -> tuple[list[dict[str, Any]], Sequence[str]]:
    """Tickets as rows, and the keys that rows have.

    Args:
        ws: the desk.
        tickets: with the derived fields that are wanted.
        fields: the keys wanted, as typed; "" for all of the file.
    """
    from tkt.domain.activity import COUNTS, TIMED
    from tkt.render.machine import ticket_row

    known_names = (*ws.settings.groupings, *TIMED)
    derived = [name for name in names_in(fields) if name in known_names and name not in ws.settings.fields]
    rows = [ticket_row(each, ws.settings.fields) for each in tickets]
    for row, ticket in zip(rows, tickets, strict=True):
        row.update({name: int(ticket.text(name) or 0) for name in derived if name in COUNTS})
        if row.get("left"):
            row["left"] = int(row["left"])
    return rows, (*ws.settings.fields, *derived, "body")


def _count(found: look.Listing, query: Query, closed_by: str = "--all") -> None:
    """Say how many there are, how many more there would be, and what may explain that there are none."""
    from tkt.render.text import plural

    shown = len(found.tickets)
    every = plural(found.total, "ticket") if found.total else "No tickets"
    words = every if shown == found.total else f"{shown:,} of {every}"
    note(f"{words}, {found.hidden:,} closed ({closed_by})" if found.hidden else words)
    if not found.tickets:
        explain(query)


@click.command("views")
@output_options
def views_command(form: str, fields: str, color: str) -> None:
    """List the saved queries, which any query can name: tkt list view:mine.

    They stand in .tkt/project.yaml under views, with their columns, sort and grouping.
    """
    ws = desk()
    views = tuple(ws.settings.views.values())
    if form == "table":
        if views:
            say(list_view(ws, color).views(views))
        else:
            note("No views. They stand in .tkt/project.yaml under views.")
        return
    from tkt.render.machine import VIEW_FIELDS, saved_view_row

    say(rows_as(form, [saved_view_row(each) for each in views], fields, VIEW_FIELDS))


@click.command("next", cls=QueryCommand)
@click.argument("words", nargs=-1, metavar="[QUERY]", shell_complete=complete.query)
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="At most so many.",
)
@output_options
def next_command(words: Sequence[str], limit: int, form: str, fields: str, color: str) -> None:
    """Show my queue, the most urgent first: by priority, then what is due, then who waits longest.

    Where something is promised, tickets with a clock that ran out or is about to come before all others.
    Tickets that wait for somebody else are left out. With nothing left, it names what is nobody's.
    """
    ws = desk()
    query = look.read_query(ws, as_query(words))
    queue = look.queue(ws, query, limit=limit)
    if form != "table":
        _say_rows(ws, queue.mine.tickets, form, fields)
        warn(queue.mine.problems)
        return
    words_of = list_view(ws, color)
    if queue.mine.tickets:
        columns = look.PROMISED_QUEUE_COLUMNS if ws.settings.sla.policies else look.QUEUE_COLUMNS
        page(words_of.tickets(queue.mine.tickets, columns))
        _count(queue.mine, query)
    else:
        note("Nothing is waiting for you.")
        explain(query)
    if queue.waiting:
        waits = "1 of yours waits" if queue.waiting == 1 else f"{queue.waiting:,} of yours wait"
        note(f"{waits} for somebody else: tkt list assignee:me is:waiting")
    if not queue.mine.tickets and queue.unassigned:
        are = "is" if queue.unassigned == 1 else "are"
        note(f"{queue.unassigned:,} {are} nobody's: tkt list assignee:, tkt assign ID me")
    warn(queue.mine.problems)


@click.command("board", cls=QueryCommand)
@click.argument("words", nargs=-1, metavar="[QUERY]", shell_complete=complete.query)
@click.option(
    "--by",
    default="",
    metavar="FIELD",
    shell_complete=complete.fields,
    help="What the columns stand for.  [default: status]",
)
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), metavar="N", help="At most so many tickets a column."
)
@rev_option
@page_options
def board_command(
    words: Sequence[str],
    by: str,
    limit: int | None,
    rev: str | None,
    form: str,
    fields: str,
    color: str,
    output: str,
    *,
    force: bool,
) -> None:
    """Show open tickets as cards in columns, one for each status.

    \b
    tkt board assignee:me
    tkt board queue:support --by assignee
    tkt board --format html -o board.html
    """
    from tkt.cli.pages import Output, require_page, write_board

    require_page(form, Output(output, force))
    ws = desk(rev=rev)
    query = look.read_query(ws, as_query(words))
    group = by or (query.view.by if query.view else "") or "status"
    marks = ("left",) if ws.settings.sla.policies else ()
    needed = look.needed_fields(ws, ("title", "priority", "assignee", *marks), group)
    if form not in {"table", PAGE}:
        needed = look.needed_fields(ws, (*ws.settings.fields, "body", *names_in(fields)), group)
    found = look.listing(ws, query, fields=needed)
    empty = group == "status" and not query.about_status
    groups = look.grouped(ws, found.tickets, group, empty=empty)
    if form == "table":
        if found.tickets:
            page(list_view(ws, color).board(groups, group, limit or 0))
        _count(found, query, "add is:open,closed")
    elif form == PAGE:
        write_board(ws, groups, group, as_query(words), limit or 0, Output(output, force))
        if not found.tickets:
            _count(found, query, "add is:open,closed")
    else:
        _say_rows(ws, [ticket for each in groups for ticket in each.tickets], form, fields)
    warn(found.problems)

"""Which tickets a command is about: named by id, found by a query, or piped in from `tkt list`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

import click

from tkt.cli import complete
from tkt.cli.context import list_view, note, stacked
from tkt.domain.ids import is_ticket_id
from tkt.errors import ExitCode, NotFoundError, UsageError

if TYPE_CHECKING:
    from tkt.usecases.look import Listing
    from tkt.usecases.workspace import Workspace

_QUERY, _SURE = "tkt.query", "tkt.sure"
"""Under these names click's context says which tickets are meant, and that nobody need be asked."""

_SHOWN = 20
_MOST = 10_000_000
_PAINT = re.compile(r"\x1b\[[0-9;]*m")
_FIRST = re.compile(r"""[\s|"']*([^\s,|"']*)""")
_HEADING = re.compile(r"[|\s]*id\b.*|.* \([0-9,]+\)|\|[-:| ]+", re.IGNORECASE)

several_options = stacked(
    click.option(
        "--query",
        metavar="QUERY",
        expose_value=False,
        callback=lambda ctx, _param, value: ctx.meta.update({_QUERY: value}),
        shell_complete=complete.query,
        help="All tickets that a query finds, instead of ids.",
    ),
    click.option(
        "-y",
        "--yes",
        is_flag=True,
        expose_value=False,
        callback=lambda ctx, _param, value: ctx.meta.update({_SURE: value}),
        help="Do not ask first.",
    ),
)


def some_ids(ws: Workspace, typed: Sequence[str]) -> list[str]:
    """The tickets that somebody typed, that --query finds, or that stand on stdin.

    Raises:
        UsageError: none are named, or both ways are used.
        NotFoundError: one of them is not there, or the query finds none.
    """
    if not queried():
        return _find(ws, typed) if typed else _on_stdin(ws)
    if typed:
        raise UsageError("tickets are named both by id and by --query", "Use one of them.")
    return _found_by(ws, click.get_current_context().meta[_QUERY])


def queried() -> bool:
    """Whether there is a --query."""
    return click.get_current_context().meta.get(_QUERY) is not None


def named_elsewhere() -> bool:
    """Whether the tickets may be named by --query or on stdin, and no word needs to be an id."""
    return queried() or not sys.stdin.isatty()


def _find(ws: Workspace, typed: Sequence[str]) -> list[str]:
    from tkt.usecases.find import find_tickets

    return find_tickets(ws, typed)


def _found_by(ws: Workspace, text: str) -> list[str]:
    """The tickets that a query finds; open ones, unless it says otherwise."""
    from tkt.domain.conditions import All
    from tkt.usecases import look

    query = look.read_query(ws, text)
    if query.condition == All():
        raise UsageError("--query says nothing of the tickets", "is:open means all that are open.")
    found = look.listing(ws, query, fields=look.needed_fields(ws, look.QUERIED))
    if not found.tickets:
        hidden = (f"Closed ones do ({found.hidden:,}): add is:open,closed.",) if found.hidden else ()
        raise NotFoundError(f"no ticket meets {text!r}", " ".join((*query.doubts, *hidden)))
    _show(ws, found)
    return [each.id for each in found.tickets]


def _show(ws: Workspace, found: Listing) -> None:
    """Say which tickets are about to be changed where that is of use, and ask where somebody can answer."""
    from tkt.render.text import plural
    from tkt.usecases.look import QUERIED

    sure = click.get_current_context().meta.get(_SURE, False)
    asks = sys.stdin.isatty() and sys.stderr.isatty() and len(found.tickets) > 1 and not sure
    if not asks and not ws.dry_run:
        return
    note(list_view(ws, "never").tickets(found.tickets[:_SHOWN], QUERIED))
    rest = len(found.tickets) - _SHOWN
    if rest > 0:
        note(f"and {rest:,} more")
    if ws.dry_run:
        note(plural(found.total, "ticket"))
    elif not click.confirm(f"Change these {found.total:,} tickets?", err=True):
        _leave_alone()


def agreed(ws: Workspace, questions: Callable[[], Sequence[str]]) -> None:
    """Ask what the workflow wants asked, where somebody can answer; in a script it goes on."""
    from tkt.render.text import clean_line

    sure = click.get_current_context().meta.get(_SURE, False)
    if ws.dry_run or sure or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    for question in questions():
        if not click.confirm(clean_line(question), err=True):
            _leave_alone()


def _leave_alone() -> NoReturn:
    note("Nothing was changed.")
    raise click.exceptions.Exit(int(ExitCode.CHECK_FAILED))


def _on_stdin(ws: Workspace) -> list[str]:
    """The tickets whose ids begin the lines of stdin, as lists, searches and boards write them."""
    text = "" if sys.stdin.isatty() else _PAINT.sub("", sys.stdin.read(_MOST))
    typed = []
    for number, line in enumerate(text.splitlines(), 1):
        match = _FIRST.match(line)
        word = match[1] if match else ""
        if is_ticket_id(word) or _names_one(line):
            typed.append((number, word))
    if not typed:
        raise click.UsageError("name a ticket", click.get_current_context())
    found = []
    for number, word in typed:
        try:
            found += _find(ws, [word])
        except (UsageError, NotFoundError) as error:
            error.message = f"line {number} of stdin: {error.message}"
            raise
    return list(dict.fromkeys(found))


def _names_one(line: str) -> bool:
    """Whether a line has to begin with an id: it is no heading, and does not go on about the one above."""
    return bool(line.strip()) and not line[0].isspace() and not _HEADING.fullmatch(line.strip())

"""Tickets for other programs: databases, spreadsheets, calendars, and other desks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from tkt.cli import complete
from tkt.cli.context import (
    QueryCommand,
    as_query,
    desk,
    explain,
    file_options,
    names_in,
    note,
    one_id,
    pick_rows,
    rev_option,
    text_view,
    warn,
    write_text,
)
from tkt.cli.progress import show_progress
from tkt.errors import ExitCode, Problem, UsageError
from tkt.usecases import look

if TYPE_CHECKING:
    from tkt.domain.conditions import Query
    from tkt.domain.ticket import Ticket
    from tkt.usecases.exporting import Case
    from tkt.usecases.workspace import Workspace

_MARKDOWN = "md"
_FIELDS, _RAW = "--fields", "--raw"


class _Asked(NamedTuple):
    """What somebody wants to have.

    Args:
        ws: the desk.
        query: which tickets.
        public: only what those outside may read.
        fields: the columns of a table, as typed.
        raw: whether cells stay as they are.
        quiet: whether nobody is told how far it is.
        problems: what could not be read; grows while tickets go out.
    """

    ws: Workspace
    query: Query
    public: bool
    fields: str
    raw: bool
    quiet: bool
    problems: list[Problem]

    def listing(self, fields: Sequence[str] = ("id",)) -> look.Listing:
        """The tickets, with those fields of them."""
        from tkt.usecases.exporting import chosen

        found = chosen(self.ws, self.query, fields)
        self.problems.extend(found.problems)
        if not found.tickets:
            note("No tickets")
            explain(self.query)
        return found

    def cases(self, *, clocks: bool = False) -> Iterator[Case]:
        """The tickets with their threads, and their clocks where those are asked for, one after the other."""
        from tkt.usecases.exporting import cases

        tickets = self.listing().tickets
        for each in cases(self.ws, tickets, public=self.public, clocks=clocks, progress=self._told):
            self.problems.extend(each.problems)
            yield each

    def _told(self, done: int, total: int) -> None:
        if not self.quiet:
            show_progress("Exporting", done, total)


def _jsonl(asked: _Asked) -> Iterator[str]:
    from tkt.render.machine import to_jsonl
    from tkt.render.portable import portable_row
    from tkt.usecases.exporting import attached

    for each in asked.cases():
        files, missing = attached(asked.ws, each)
        asked.problems.extend(missing)
        yield f"{to_jsonl([portable_row(each, asked.ws.settings.fields, files)])}\n"


def _csv(asked: _Asked) -> Iterator[str]:
    from tkt.cli.listing import ticket_rows
    from tkt.render.machine import csv_lines, header

    rows, known = ticket_rows(asked.ws, list(_tickets(asked, names_in(asked.fields))), asked.fields)
    picked, names = pick_rows(rows, asked.fields, known)
    yield from csv_lines(picked, names or header(picked, known), "\r\n", raw=asked.raw)


def _tickets(asked: _Asked, derived: Sequence[str]) -> Iterable[Ticket]:
    """The tickets without their threads, but with some of what follows from those."""
    from tkt.domain.activity import TIMED

    ws = asked.ws
    needed = look.needed_fields(ws, [*ws.settings.fields, "body", *derived])
    if not asked.public:
        yield from asked.listing(needed).tickets
        return
    for case in asked.cases(clocks=not TIMED.keys().isdisjoint(needed)):
        follows = {**case.derived(ws.settings), **case.timed}
        yield case.ticket.with_fields({name: follows[name] for name in needed if name in follows})


def _calendar(asked: _Asked) -> Iterator[str]:
    from tkt import __version__
    from tkt.render.calendar import calendar_lines

    yield from calendar_lines(_tickets(asked, ("updated",)), asked.ws.settings, __version__)


def _workbook(asked: _Asked, path: str) -> None:
    from tkt.render.spreadsheet import write_workbook

    write_workbook(path, asked.cases(clocks=True), asked.ws.settings, asked.ws.now)


def _database(asked: _Asked, path: str) -> None:
    from tkt.store.exporting import write_database

    write_database(path, asked.cases(clocks=True), asked.ws.settings)


_TEXTS: dict[str, Callable[[_Asked], Iterator[str]]] = {"jsonl": _jsonl, "csv": _csv, "ics": _calendar}
_FILES: dict[str, Callable[[_Asked, str], None]] = {"xlsx": _workbook, "sqlite": _database}
_BEGINNINGS = {"sqlite": b"SQLite format 3\0", "xlsx": b"PK"}
"""How a file begins that may be written over."""


@click.command("export", cls=QueryCommand)
@click.argument("words", nargs=-1, metavar="[ID|QUERY]", shell_complete=complete.query_or_id)
@click.option(
    "--format",
    "form",
    type=click.Choice((_MARKDOWN, *_TEXTS, *_FILES)),
    default=_MARKDOWN,
    show_default=True,
    help="What to write.",
)
@click.option(_FIELDS, default="", metavar="A,B", help="The columns of csv, in this order.")
@click.option(_RAW, is_flag=True, help="Leave cells of csv alone that a spreadsheet would run.")
@click.option(
    "--single",
    is_flag=True,
    expose_value=False,
    help="Goes without saying: a ticket and its thread are one Markdown document.",
)
@click.option("--public", is_flag=True, help="Leave out what is for the desk only, and customers' addresses.")
@file_options
@rev_option
def export_command(
    words: Sequence[str],
    form: str,
    fields: str,
    output: str,
    rev: str | None,
    *,
    raw: bool,
    public: bool,
    force: bool,
) -> int:
    """Write tickets for other programs, closed ones too: all of them, or those that a query finds.

    \b
    tkt export 2j7k                                    one ticket with its thread, as Markdown
    tkt export --format jsonl                          everything; tkt import jsonl reads it
    tkt export --format csv --fields id,title is:open  a table, as tkt list has it
    tkt export --format xlsx -o desk.xlsx              a workbook: tickets, entries
    tkt export --format sqlite -o desk.db              a database: tickets, entries, changes, clocks
    tkt export --format ics -o due.ics assignee:me     a calendar of what is due

    With --public, internal entries and their attachments stay here, and a word stands for each e-mail
    address that .tkt/people.yaml does not list. Exits with 1 where something could not be read and is
    missing.
    """
    _require_csv(form, fields, raw=raw)
    ws = desk(rev=rev)
    if form == _MARKDOWN:
        write_text(iter((_document(ws, words, public=public),)), output, force=force)
        return int(ExitCode.DONE)
    query = look.read_query(ws, as_query(words))
    quiet = output == "-" and sys.stdout.isatty()
    asked = _Asked(ws, query, public, fields, raw, quiet, [])
    if form in _TEXTS:
        write_text(_TEXTS[form](asked), output, force=force)
    else:
        _write_file(form, asked, output, force=force)
    warn(asked.problems)
    return int(ExitCode.CHECK_FAILED if asked.problems else ExitCode.DONE)


def _require_csv(form: str, fields: str, *, raw: bool) -> None:
    for option, given in ((_FIELDS, fields), (_RAW, raw)):
        if given and form != "csv":
            raise UsageError(f"{option} goes with --format csv")


def _document(ws: Workspace, words: Sequence[str], *, public: bool) -> str:
    """A ticket with its thread as one Markdown document."""
    if len(words) != 1 or ":" in words[0]:
        raise UsageError(
            "a Markdown document has one ticket", "tkt export ID, or --format jsonl, csv, ics, xlsx, sqlite"
        )
    from tkt.render.document import whole_document

    view = look.view(ws, one_id(ws, words[0]), internal=not public)
    source = ws.tickets.unfolded(view.ticket.id)
    text = whole_document(view, source, text_view(ws, "never"))
    if public:
        from tkt.domain.withholding import Withholder

        text = Withholder(ws.settings.people, view.ticket.text("requester")).text(text)
    return f"{text}\n"


def _write_file(form: str, asked: _Asked, output: str, *, force: bool) -> None:
    """Write what is no text."""
    from tkt.wiring.output import passing_file, whole_file

    if output == "-" and sys.stdout.isatty():
        raise UsageError(f"{form} is nothing for a terminal", f"tkt export --format {form} -o FILE")
    begins = _BEGINNINGS[form]
    with passing_file() if output == "-" else whole_file(output, force=force, begins=begins) as path:
        _FILES[form](asked, path)

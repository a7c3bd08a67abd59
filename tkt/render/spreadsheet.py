"""Tickets as a workbook for spreadsheet programs. Here lives the library that writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tkt.domain.activity import DERIVED, TIMED
from tkt.domain.entry import Entry
from tkt.domain.fields import Field, FieldType, format_time, parse_time
from tkt.domain.settings import Settings
from tkt.errors import TktError, UsageError
from tkt.render.text import clean
from tkt.usecases.exporting import Case, Cell, cell

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_CELL = 32_767
"""What a cell may hold, in units of UTF-16."""
_ROWS = 1_048_576
_CUT = " [cut]"
_WIDTH = 20
_FIRST = datetime(1900, 3, 1, tzinfo=UTC)
"""Spreadsheets take 1900 for a leap year."""
_TIMES = frozenset({FieldType.DATE, FieldType.DATETIME})
_FORMATS = {FieldType.DATE: "yyyy-mm-dd", FieldType.DATETIME: "yyyy-mm-dd hh:mm:ss"}
_NEVER_IN_XML = re.compile("[\ufffe\uffff]")

_FOLLOWS = (*DERIVED.values(), *TIMED.values())
_ENTRIES = (
    *map(Field, ("ticket", "id")),
    Field("at", FieldType.DATETIME),
    Field("author"),
    Field("clock", FieldType.NUMBER),
    *map(Field, ("visibility", "channel", "timer")),
    Field("minutes", FieldType.NUMBER),
    *map(Field, ("changes", "attachments", "body")),
)


def write_workbook(path: str, cases: Iterable[Case], settings: Settings, now: datetime) -> None:
    """Write tickets into a new workbook: a sheet of tickets, and one of their entries.

    Args:
        path: of an empty file.
        cases: tickets with their threads, of which one at a time is held.
        settings: the fields they have.
        now: when, UTC.

    Raises:
        TktError: the library that writes it is not installed.
        UsageError: it cannot be written, or a sheet has too few rows.
    """
    if find_spec("xlsxwriter") is None:
        raise TktError(
            "workbooks are written by a library that is not installed",
            "pip install 'tkt[xlsx]', or take --format csv.",
        )
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxWriterException

    with TemporaryDirectory(prefix="tkt-") as folder:
        # Rows go to the disk one by one, and no text becomes a formula or a link.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = Workbook(path, {**options, "tmpdir": folder})
        book.set_properties({"created": now.replace(tzinfo=None)})
        _fill(book, cases, settings)
        try:
            book.close()
        except XlsxWriterException as error:
            raise UsageError(f"the workbook cannot be written: {error}") from error


def _fill(book: Workbook, cases: Iterable[Case], settings: Settings) -> None:
    tickets = _Sheet(book, "tickets", (*settings.fields.values(), *_FOLLOWS, Field("body")))
    entries = _Sheet(book, "entries", _ENTRIES)
    for case in cases:
        tickets.add(_ticket_row(case, settings))
        for entry in case.thread:
            entries.add(_entry_row(case.ticket.id, entry))


class _Sheet:
    """A sheet that is written from its first row to its last."""

    def __init__(self, book: Workbook, name: str, columns: Sequence[Field]) -> None:
        self._sheet = book.add_worksheet(name)
        self._types = [column.type for column in columns]
        self._formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        self._row = 0
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(self._types) - 1, _WIDTH)
        bold = book.add_format({"bold": True})
        for position, column in enumerate(columns):
            self._sheet.write_string(0, position, column.name, bold)

    def add(self, values: Iterable[Cell]) -> None:
        self._row += 1
        if self._row >= _ROWS:
            raise UsageError(
                f"a sheet has {_ROWS:,} rows, and this is more",
                "Narrow the query, or take --format sqlite.",
            )
        for column, (kind, value) in enumerate(zip(self._types, values, strict=True)):
            self._write(column, kind, value)

    def _write(self, column: int, kind: FieldType, value: Cell) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, column, value)
        elif isinstance(value, int | float):
            self._sheet.write_number(self._row, column, value)
        elif value is not None:
            moment = _moment(value) if kind in _TIMES else None
            if moment:
                form = self._formats[FieldType.DATE if len(value) == len("2026-11-22") else kind]
                self._sheet.write_datetime(self._row, column, moment, form)
            else:
                self._sheet.write_string(self._row, column, _fitting(value))


def _moment(text: str) -> datetime | None:
    """A day or a moment as spreadsheets have them: UTC, without a zone; None for what they cannot count."""
    try:
        moment = parse_time(text if "T" in text else f"{text}T00:00:00Z")
    except ValueError:  # somebody wrote it by hand; tkt check says so
        return None
    return moment.replace(tzinfo=None) if moment >= _FIRST else None


def _fitting(text: str) -> str:
    """A text as a cell can hold it: nothing hidden, nothing that XML forbids, cut where it is too long."""
    seen = _NEVER_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", clean(text))
    units = seen.encode("utf-16-le")
    if len(units) <= 2 * _CELL:
        return seen
    return units[: 2 * (_CELL - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def _ticket_row(case: Case, settings: Settings) -> Iterator[Cell]:
    ticket, derived = case.ticket, {**case.derived(settings), **case.timed}
    for name, field in settings.fields.items():
        yield cell(field, ticket.text(name))
    for field in _FOLLOWS:
        yield cell(field, derived[field.name])
    yield ticket.body or None


def _entry_row(ticket_id: str, entry: Entry) -> list[Cell]:
    told = (entry.visibility, entry.channel, entry.timer)
    head: list[Cell] = [ticket_id, entry.id, format_time(entry.at), entry.by, entry.clock]
    changes = "\n".join(map(str, entry.changes))
    files = "\n".join(each.name for each in entry.attachments)
    return [
        *head,
        *(each or None for each in told),
        entry.minutes,
        changes or None,
        files or None,
        entry.body or None,
    ]

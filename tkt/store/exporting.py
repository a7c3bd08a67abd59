"""Tickets as an SQLite database of plain tables (docs/exports.md), for whoever asks in SQL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tkt.domain.activity import DERIVED
from tkt.domain.entry import Change, Entry
from tkt.domain.fields import BUILT_IN, Field, FieldType, Nested, Value, format_time
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.errors import UsageError
from tkt.usecases.exporting import Case, Cell, cell

_VERSION = 1
"""Of the tables, as the file's user_version."""

_TABLES = """
CREATE TABLE people (
    address TEXT NOT NULL PRIMARY KEY,
    handle TEXT NOT NULL,
    name TEXT NOT NULL
);
CREATE TABLE statuses (
    name TEXT NOT NULL PRIMARY KEY,
    category TEXT NOT NULL,
    position INTEGER NOT NULL
);
CREATE TABLE tickets (
    {columns}
);
CREATE TABLE labels (
    ticket TEXT NOT NULL REFERENCES tickets (id),
    label TEXT NOT NULL,
    PRIMARY KEY (ticket, label)
);
CREATE TABLE watchers (
    ticket TEXT NOT NULL REFERENCES tickets (id),
    person TEXT NOT NULL,
    PRIMARY KEY (ticket, person)
);
CREATE TABLE links (
    ticket TEXT NOT NULL REFERENCES tickets (id),
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (ticket, kind, target)
);
CREATE TABLE clocks (
    ticket TEXT NOT NULL REFERENCES tickets (id),
    clock TEXT NOT NULL,
    policy TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at TEXT NOT NULL,
    due_at TEXT,
    met_at TEXT,
    target_seconds INTEGER NOT NULL,
    elapsed_seconds INTEGER NOT NULL,
    PRIMARY KEY (ticket, clock)
);
CREATE TABLE entries (
    ticket TEXT NOT NULL REFERENCES tickets (id),
    id TEXT NOT NULL,
    position INTEGER NOT NULL,
    at TEXT NOT NULL,
    author TEXT NOT NULL,
    clock INTEGER NOT NULL,
    visibility TEXT,
    channel TEXT,
    timer TEXT,
    minutes INTEGER,
    body TEXT,
    PRIMARY KEY (ticket, id)
);
CREATE TABLE changes (
    ticket TEXT NOT NULL,
    entry TEXT NOT NULL,
    field TEXT NOT NULL,
    old TEXT,
    new TEXT,
    FOREIGN KEY (ticket, entry) REFERENCES entries (ticket, id)
);
CREATE TABLE attachments (
    ticket TEXT NOT NULL,
    entry TEXT NOT NULL,
    file TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    FOREIGN KEY (ticket, entry) REFERENCES entries (ticket, id)
);
CREATE TABLE other_keys (
    ticket TEXT NOT NULL REFERENCES tickets (id),
    entry TEXT,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    FOREIGN KEY (ticket, entry) REFERENCES entries (ticket, id)
);
"""
_APART = frozenset({"watchers", "labels", "links"})
"""Fields that have tables of their own."""

_TYPES = {FieldType.NUMBER: "REAL", FieldType.BOOLEAN: "INTEGER"}
_NEEDED = {"id": " NOT NULL PRIMARY KEY", "created": " NOT NULL", "title": " NOT NULL"}
_MORE = (
    "updated TEXT NOT NULL",
    "closed TEXT",
    "comments INTEGER NOT NULL",
    "attachments INTEGER NOT NULL",
    "spent INTEGER NOT NULL",
    "body TEXT",
)

_Rows = Sequence[Sequence[Cell]]


def write_database(path: str, cases: Iterable[Case], settings: Settings) -> None:
    """Write tickets into a new database.

    Args:
        path: of an empty file.
        cases: tickets with their threads, of which one at a time is held.
        settings: the fields they have, people and statuses.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        database = sqlite3.connect(path, isolation_level=None)
        try:
            # Without a journal: a file that was not finished is thrown away.
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            database.executescript(f"PRAGMA user_version = {_VERSION}; BEGIN; {_schema(settings)}")
            _insert(database, _desk_rows(settings))
            for case in cases:
                _insert(database, _case_rows(case, settings))
            database.execute("COMMIT")
        finally:
            database.close()
    except sqlite3.Error as error:
        raise UsageError(f"the database cannot be written: {error}") from error


def _schema(settings: Settings) -> str:
    fields = (field for field in settings.fields.values() if field.name not in _APART)
    return _TABLES.format(columns=",\n    ".join([*map(_column, fields), *_MORE]))


def _column(field: Field) -> str:
    """A column; in quotes where a team chose its name, which may mean something in SQL."""
    name = field.name if field.name in BUILT_IN else f'"{field.name}"'
    return f"{name} {_TYPES.get(field.type, 'TEXT')}{_NEEDED.get(field.name, '')}"


def _insert(database: sqlite3.Connection, tables: Mapping[str, _Rows]) -> None:
    for name, rows in tables.items():
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            database.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608  a name of ours


def _desk_rows(settings: Settings) -> dict[str, _Rows]:
    agents = settings.people.agents.values()
    categories = [(each.name, str(each.category)) for each in settings.workflow.statuses.values()]
    return {
        "people": list({each.email: (each.email, each.handle, each.name) for each in agents}.values()),
        "statuses": [(*each, position) for position, each in enumerate(categories, 1)],
    }


def _case_rows(case: Case, settings: Settings) -> dict[str, _Rows]:
    """The rows of a ticket, by table; a row before those that refer to it."""
    ticket, thread = case.ticket, case.thread
    here = ticket.id
    return {
        "tickets": [_ticket_row(case, settings)],
        "labels": [(here, each) for each in ticket.items("labels")],
        "watchers": [(here, each) for each in ticket.items("watchers")],
        "links": [(here, *each) for each in dict.fromkeys(ticket.links)],
        "clocks": list(_clock_rows(case)),
        "entries": [_entry_row(here, position, each) for position, each in enumerate(thread, 1)],
        "changes": [
            (here, entry.id, *row) for entry in thread for each in entry.changes for row in _steps(each)
        ],
        "attachments": [(here, entry.id, *each) for entry in thread for each in entry.attachments],
        "other_keys": list(_other_keys(ticket, thread, settings)),
    }


def _ticket_row(case: Case, settings: Settings) -> list[Cell]:
    fields = (field for field in settings.fields.values() if field.name not in _APART)
    row = [_stored(field, case.ticket) for field in fields]
    derived = case.derived(settings)
    row += [cell(each, derived[name]) for name, each in DERIVED.items()]
    return [*row, case.ticket.body or None]


def _clock_rows(case: Case) -> Iterator[list[Cell]]:
    for each in case.clocks.clocks if case.clocks else ():
        if case.clocks and each.started_at:
            moments = (each.started_at, each.due_at, each.met_at)
            told = (format_time(moment) if moment else None for moment in moments)
            amounts = (each.target_seconds, each.elapsed_seconds)
            yield [case.ticket.id, each.clock, case.clocks.policy, each.state, *told, *amounts]


def _stored(field: Field, ticket: Ticket) -> Cell:
    if field.type is FieldType.LIST:
        return json.dumps(ticket.items(field.name)) if ticket.items(field.name) else None
    return cell(field, ticket.text(field.name))


def _entry_row(ticket_id: str, position: int, entry: Entry) -> list[Cell]:
    told = (entry.visibility, entry.channel, entry.timer)
    head: list[Cell] = [ticket_id, entry.id, position, format_time(entry.at), entry.by, entry.clock]
    return [*head, *(each or None for each in told), entry.minutes, entry.body or None]


def _steps(change: Change) -> Iterator[tuple[Cell, ...]]:
    """What became of a field; of a list, a row for each item that went or came."""
    if not change.is_list:
        yield change.field, str(change.old) or None, str(change.new) or None
        return
    yield from ((change.field, each, None) for each in change.old)
    yield from ((change.field, None, each) for each in change.new)


def _other_keys(ticket: Ticket, thread: Iterable[Entry], settings: Settings) -> Iterator[tuple[Cell, ...]]:
    for name, value in ticket.fields.items():
        if name not in settings.fields:
            yield ticket.id, None, name, _as_json(value)
    for entry in thread:
        for name, value in entry.extra.items():
            yield ticket.id, entry.id, name, _as_json(value)


def _as_json(value: Value) -> str:
    return json.dumps(value.tree if isinstance(value, Nested) else value)

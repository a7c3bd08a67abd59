"""The index's file: its tables, and how it is opened, shared and given up."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator

from tkt.domain.conditions import fits, fold, magnitude
from tkt.domain.fields import Field, FieldType

_VERSION = 1
FILE = f"index-{_VERSION}.db"
"""Another form of the tables is another file, so that two releases of tkt can share a clone."""

MEMORY = ":memory:"
"""In place of a path: an index that is forgotten at once."""

_PAUSE = 0.02

PATIENCE = 10.0
"""For so many seconds another process that writes is waited for."""

_LOG_LIMIT = 4_000_000
"""To so many bytes SQLite's log is cut down again after a large change."""

_TABLES = """
-- A ticket's file by its blob id. Lists are JSON; `extra` are the fields that only some desks have.
CREATE TABLE content (
    number INTEGER PRIMARY KEY, oid TEXT NOT NULL, shape TEXT NOT NULL,
    {columns}, written INTEGER NOT NULL, extra TEXT NOT NULL,
    UNIQUE (oid, shape)
);
-- What a ticket stores about others: (kind, target), its parent among them.
CREATE TABLE link (content INTEGER NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL);
CREATE INDEX link_content ON link (content);
CREATE INDEX link_target ON link (target, kind);
-- What a thread says, by the blob ids of its entries.
CREATE TABLE thread (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
    last INTEGER, comments INTEGER, attachments INTEGER, spent INTEGER,
    speakers TEXT, changed TEXT, timed TEXT, moves TEXT, problems TEXT
);
-- Every text there is to search: of a content (its thread is NULL), or of a thread.
CREATE TABLE text (
    number INTEGER PRIMARY KEY, content INTEGER, thread INTEGER, speaker TEXT NOT NULL,
    title TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX text_content ON text (content);
CREATE INDEX text_thread ON text (thread);
CREATE VIRTUAL TABLE words USING fts5 (
    title, body, content='text', content_rowid='number', tokenize="porter unicode61 remove_diacritics 2"
);
-- What stands where: in a working tree, or in a commit.
CREATE TABLE tree (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE member (
    tree INTEGER NOT NULL, ticket TEXT NOT NULL, content INTEGER, thread INTEGER, problems TEXT NOT NULL,
    PRIMARY KEY (tree, ticket)
) WITHOUT ROWID;
-- How the files of a folder looked when they were read, and what is misplaced there.
CREATE TABLE stamp (
    tree INTEGER NOT NULL, folder TEXT NOT NULL,
    names BLOB NOT NULL, stats BLOB NOT NULL, strays TEXT NOT NULL,
    PRIMARY KEY (tree, folder)
) WITHOUT ROWID;
-- Up to which text the words are in the index of words, and it was counted how many are needed.
CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO fact VALUES ('words', 0), ('checked', 0);
"""


def connect(path: str, columns: tuple[str, ...]) -> sqlite3.Connection:
    """Open the index, made where it is not there.

    Args:
        path: of its file, or MEMORY.
        columns: the fields that have a column.

    Raises:
        sqlite3.Error: it is damaged, locked, or cannot be written.
    """
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_LIMIT}")
        _require_tables(connection, path, columns)
        _teach(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_tables(connection: sqlite3.Connection, path: str, columns: tuple[str, ...]) -> None:
    if _has_tables(connection):
        return
    if path != MEMORY:
        _share(connection)
    with writing(connection):
        if _has_tables(connection):
            return
        fields = ", ".join(f'"{name}" TEXT NOT NULL' for name in columns)
        for statement in _TABLES.format(columns=fields).split(";\n"):
            connection.execute(statement)


def _share(connection: sqlite3.Connection) -> None:
    """Let others read while one writes; SQLite waits for nobody who asks for it at the same moment."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _has_tables(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'fact'").fetchone()
    return bool(found[0])


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """A change of the index: all of it or nothing, and one at a time."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _teach(connection: sqlite3.Connection) -> None:
    """The functions that conditions are made of, the same that `domain/matching.py` uses."""
    kinds = {kind.value: Field("", kind) for kind in FieldType}
    connection.create_function("fold", 1, fold, deterministic=True)
    connection.create_function("fits", 2, fits, deterministic=True)
    connection.create_function(
        "magnitude", 2, lambda kind, text: magnitude(kinds[kind], text or ""), deterministic=True
    )


_MACHINE = frozenset(
    {
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
"""What goes wrong around the file, so that another file would fare no better."""


_GONE = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_READONLY_DBMOVED})
"""The file was cut, or another one was put in its place."""


def is_damage(error: Exception) -> bool:
    """Whether what went wrong may lie in the index's file, and another one would do better."""
    if not isinstance(error, sqlite3.Error):
        return not isinstance(error, OSError)
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code in _GONE or code & 0xFF not in _MACHINE


def forget(path: str, which: int) -> None:
    """Delete the index's file; the next command makes another.

    Args:
        path: of the file.
        which: its inode; what another process has put in its place by now stays.

    Raises:
        OSError: it cannot be deleted.
    """
    if inode(path) == which:
        for each in (path, f"{path}-wal", f"{path}-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(each)


def examined(path: str) -> tuple[int, str]:
    """How many bytes the index has, and what is wrong with it; "" when it is sound."""
    size = 0
    try:
        size = sum(os.stat(each).st_size for each in (path, f"{path}-wal") if os.path.exists(each))
        with contextlib.closing(sqlite3.connect(path, timeout=1)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)")]
            with writing(connection):
                connection.execute("UPDATE fact SET value = value")
    except (sqlite3.Error, OSError) as error:
        return size, str(error)
    return size, "" if found == ["ok"] else found[0]


def inode(path: str) -> int:
    """Which file this is; 0 where there is none."""
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0

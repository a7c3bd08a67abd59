"""Brings the index up to date with the tickets that stand somewhere: in a working tree, or in a commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from tkt.domain.ids import ticket_path
from tkt.errors import InvalidStoreError, Problem
from tkt.store.index.database import writing
from tkt.store.index.rows import (
    COLUMNS,
    NO_ITEMS,
    ContentRow,
    ThreadRow,
    blob_id,
    content_row,
    packed_problems,
    shape_of,
    thread_row,
)
from tkt.store.index.sources import Source, keep
from tkt.store.index.spreading import spread
from tkt.store.tickets import TicketFiles

Progress = Callable[[str, int, int], None]
"""Told what is being read, how much of it is done, and how much there is."""

_CHUNK = 200
_KEPT_COMMITS = 20
_GARBAGE = 5_000
_TRIES = 5


class _Read(NamedTuple):
    """What a ticket's file turned out to be; nothing of it when it is gone."""

    ticket: str
    row: ContentRow | None
    problems: tuple[Problem, ...]


class Keeper:
    """Keeps what the index says of one tree true.

    Args:
        connection: of the index.
        tickets: how the tree's files are read.
        source: which files have changed.
        progress: told how far it is.
    """

    def __init__(
        self, connection: sqlite3.Connection, tickets: TicketFiles, source: Source, progress: Progress
    ) -> None:
        self.connection = connection
        self.tickets = tickets
        self.source = source
        self.progress = progress
        self.shape = shape_of(tickets.settings)
        self.key = f"{source.key}|{self.shape}"
        self._tree: int | None = None
        self._looked = False
        self._looked_at_threads = False

    @property
    def tree(self) -> int:
        """The tree's number in the index."""
        if self._tree is None:
            found = self.connection.execute("SELECT number FROM tree WHERE key = ?", (self.key,)).fetchone()
            if found is None:
                with writing(self.connection):
                    self._drop_old_trees()
                    self.connection.execute("INSERT OR IGNORE INTO tree (key) VALUES (?)", (self.key,))
                return self.tree
            self._tree = int(found[0])
        return self._tree

    @contextmanager
    def looking(
        self, *, threads: bool = False, words: bool = False, newest_only: bool = False, again: bool = True
    ) -> Iterator[list[Problem]]:
        """One moment of the index at which all that is asked for is in it; what is wrong with the folders.

        Args:
            threads: whether the threads are asked for.
            words: whether the index of words is.
            newest_only: as `keep_tickets` has it.
            again: whether to look once more at tickets and threads that were all looked at before.

        Raises:
            sqlite3.OperationalError: other processes change it all the time.
        """
        for _ in range(_TRIES):
            problems = self.keep_tickets(newest_only=newest_only) if again or not self._looked else []
            if threads and (again or not self._looked_at_threads or self._unread()):
                self.keep_threads()
            if words:
                self.keep_words()
            self.connection.execute("BEGIN")
            try:
                if self._is_ready(threads=threads, words=words):
                    yield problems
                    return
            finally:
                self.connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("other commands change it all the time")

    def _is_ready(self, *, threads: bool, words: bool) -> bool:
        """Whether no other process has undone since what was to be kept."""
        row = self.connection.execute("SELECT number FROM tree WHERE key = ?", (self.key,)).fetchone()
        if row is None or row[0] != self._tree:
            self._tree, self._looked, self._looked_at_threads = None, False, False
            return False
        return not (threads and self._unread()) and not (words and self._unworded())

    def keep_tickets(self, *, newest_only: bool = False) -> list[Problem]:
        """Have every ticket's file in the index as it is now; what is wrong with the folders.

        Args:
            newest_only: whether it will do to look at the newest month, once all have been looked at.
        """
        version = self._others()
        change = self.source.tickets(self.connection, self.tree, newest_only=newest_only)
        if change.ids or change.gone or change.stamps:
            with writing(self.connection):
                if self._others() != version:  # another process has been quicker
                    change = self.source.tickets(self.connection, self.tree, newest_only=newest_only)
                self._drop(change.gone)
                self._take_tickets(change.ids)
                keep(self.connection, self.tree, change.stamps)
        self._looked = not newest_only
        return change.problems

    def keep_threads(self) -> None:
        """Have every thread in the index as it is now; after `keep_tickets`."""
        version = self._others()
        change = self.source.threads(self.connection, self.tree)
        self._looked_at_threads = True
        if not change.ids and not change.stamps and not self._unread():
            return
        with writing(self.connection):
            if self._others() != version:
                change = self.source.threads(self.connection, self.tree)
            here = {
                each
                for (each,) in self.connection.execute(
                    "SELECT ticket FROM member WHERE tree = ?", (self.tree,)
                )
            }
            self._take_threads(sorted((here & set(change.ids)) | set(self._unread())))
            keep(self.connection, self.tree, change.stamps)

    @property
    def version(self) -> tuple[int, int]:
        """Numbers that are others once anybody has changed the index."""
        return self._others(), self.connection.total_changes

    def _others(self) -> int:
        """A number that is another one once another process has changed the index."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def keep_words(self) -> None:
        """Have every text in the index of words."""
        if not self._unworded():
            return
        with writing(self.connection):
            self.connection.execute(
                "INSERT INTO words (rowid, title, body) SELECT number, title, body FROM text "
                "WHERE number > (SELECT value FROM fact WHERE name = 'words')"
            )
            self.connection.execute(
                "UPDATE fact SET value = (SELECT coalesce(max(number), 0) FROM text) WHERE name = 'words'"
            )

    def _unworded(self) -> bool:
        """Whether texts are missing from the index of words."""
        ((last,),) = self.connection.execute("SELECT coalesce(max(number), 0) FROM text")
        ((done,),) = self.connection.execute("SELECT value FROM fact WHERE name = 'words'")
        return bool(done != last)

    def _unread(self) -> list[str]:
        rows = self.connection.execute(
            "SELECT ticket FROM member WHERE tree = ? AND thread IS NULL", (self.tree,)
        )
        return [ticket for (ticket,) in rows]

    def _take_tickets(self, ids: Sequence[str]) -> None:
        known = self._known(ids)
        self._place((each, content, NO_ITEMS) for each, content in known.items())
        rest = [each for each in ids if each not in known]
        reads = spread(self._read_ticket, rest)
        for done, read in enumerate(reads, 1):
            if done % _CHUNK == 0:
                self.progress("Reading tickets", done, len(rest))
            if read.row is None and not read.problems:
                self._drop([read.ticket])
                continue
            content = self._add_content(read.row) if read.row else None
            self._place([(read.ticket, content, packed_problems(read.problems))])
        self.progress("Reading tickets", len(rest), len(rest))

    def _drop(self, ids: Iterable[str]) -> None:
        self.connection.executemany(
            "DELETE FROM member WHERE tree = ? AND ticket = ?", [(self.tree, each) for each in ids]
        )

    def _known(self, ids: Sequence[str]) -> dict[str, int]:
        """The contents that the index has already, of tickets whose blob ids are known unread."""
        found = {}
        for each in ids:
            oid = self.source.oid(ticket_path(each))
            content = self._content(oid, each) if oid else None
            if content is not None:
                found[each] = content
        return found

    def _content(self, oid: str, ticket: str) -> int | None:
        row = self.connection.execute(
            "SELECT number FROM content WHERE oid = ? AND shape = ? AND id = ?", (oid, self.shape, ticket)
        ).fetchone()
        return int(row[0]) if row else None

    def _read_ticket(self, ticket_id: str) -> _Read:
        path = ticket_path(ticket_id)
        try:
            data = self.tickets.files.read(path)
            row = content_row(self.source.oid(path) or blob_id(data), self.tickets.decode(ticket_id, data))
        except FileNotFoundError:
            return _Read(ticket_id, None, ())
        except InvalidStoreError as error:
            return _Read(ticket_id, None, error.problems)
        return _Read(ticket_id, row, ())

    def _add_content(self, row: ContentRow) -> int:
        found = self._content(row.oid, str(row.values[0]))
        if found is not None:
            return found
        marks = ", ".join("?" * (len(COLUMNS) + 4))
        added = self.connection.execute(
            f"INSERT INTO content VALUES (NULL, {marks})",
            (row.oid, self.shape, *row.values),
        ).lastrowid
        assert added is not None  # noqa: S101  of an INSERT it always is
        self.connection.executemany(
            "INSERT INTO link VALUES (?, ?, ?)", [(added, kind, target) for kind, target in row.links]
        )
        title = row.values[COLUMNS.index("title")]
        self.connection.execute(
            "INSERT INTO text (content, speaker, title, body) VALUES (?, '', ?, ?)", (added, title, row.body)
        )
        return added

    def _place(self, rows: Iterable[tuple[str, int | None, str]]) -> None:
        self.connection.executemany(
            "INSERT OR REPLACE INTO member (tree, ticket, content, problems) VALUES (?, ?, ?, ?)",
            [(self.tree, ticket, content, problems) for ticket, content, problems in rows],
        )

    def _take_threads(self, ids: Sequence[str]) -> None:
        for done, (ticket, row) in enumerate(spread(self._read_thread, ids), 1):
            if done % _CHUNK == 0:
                self.progress("Reading threads", done, len(ids))
            self.connection.execute(
                "UPDATE member SET thread = ? WHERE tree = ? AND ticket = ?",
                (self._add_thread(row), self.tree, ticket),
            )
        self.progress("Reading threads", len(ids), len(ids))

    def _read_thread(self, ticket_id: str) -> tuple[str, ThreadRow]:
        entries, problems = self.tickets.thread(ticket_id)
        texts = "\n".join(f"{each!r}" for each in (ticket_id, *entries, *problems) if entries or problems)
        key = blob_id(texts.encode("utf-8", "surrogatepass")) if texts else ""
        return ticket_id, thread_row(key, entries, problems)

    def standing(self, ticket_id: str) -> tuple[int, int] | None:
        """The numbers of what a ticket's files hold now; None where the index does not know it."""
        row = self._read_ticket(ticket_id).row
        content = self._content(row.oid, ticket_id) if row else None
        thread = self._thread(self._read_thread(ticket_id)[1].key)
        return (content, thread) if content is not None and thread is not None else None

    def _thread(self, key: str) -> int | None:
        row = self.connection.execute("SELECT number FROM thread WHERE key = ?", (key,)).fetchone()
        return int(row[0]) if row else None

    def _add_thread(self, row: ThreadRow) -> int:
        found = self._thread(row.key)
        if found is not None:
            return found
        added = self.connection.execute(
            "INSERT INTO thread VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (row.key, *row.facts)
        ).lastrowid
        assert added is not None  # noqa: S101  of an INSERT it always is
        self.connection.executemany(
            "INSERT INTO text (thread, speaker, title, body) VALUES (?, ?, '', ?)",
            [(added, speaker, body) for speaker, body in row.texts],
        )
        return added

    def _drop_old_trees(self) -> None:
        """Forget the commits that were looked at longest ago."""
        old = self.connection.execute(
            "SELECT number FROM tree WHERE key LIKE 'commit:%' ORDER BY number DESC LIMIT -1 OFFSET ?",
            (_KEPT_COMMITS,),
        ).fetchall()
        for (tree,) in old:
            for table in ("member", "stamp"):
                self.connection.execute(f"DELETE FROM {table} WHERE tree = ?", (tree,))
            self.connection.execute("DELETE FROM tree WHERE number = ?", (tree,))

    def is_wasteful(self) -> bool:
        """Whether most of what the index holds stands nowhere any more; counted when it has doubled."""
        ((last,),) = self.connection.execute("SELECT coalesce(max(number), 0) FROM text")
        ((checked,),) = self.connection.execute("SELECT value FROM fact WHERE name = 'checked'")
        if last < 2 * checked + _GARBAGE:
            return False
        ((needed,),) = self.connection.execute(
            "SELECT count(*) FROM text WHERE content IN (SELECT content FROM member) "
            "OR thread IN (SELECT thread FROM member)"
        )
        with writing(self.connection):
            self.connection.execute("UPDATE fact SET value = ? WHERE name = 'checked'", (last,))
        return bool(last > 3 * needed + _GARBAGE)

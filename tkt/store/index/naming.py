"""Which commits of code name which tickets, remembered for each branch as far as it has been looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from tkt.store.index.catalogue import IndexedCatalogue
from tkt.store.index.database import writing
from tkt.store.index.keeping import Keeper
from tkt.usecases.workspace import Named, NamedCommit

_TABLES = (
    "CREATE TABLE IF NOT EXISTS tip (name TEXT PRIMARY KEY, head TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS naming (
    tip TEXT NOT NULL, ticket TEXT NOT NULL, oid TEXT NOT NULL, at INTEGER NOT NULL,
    subject TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL,
    PRIMARY KEY (tip, ticket, oid)
) WITHOUT ROWID""",
)
_MOST_TIPS = 20


class NamingLog(Protocol):
    """Asks Git."""

    def naming(self, ticket_id: str) -> Sequence[NamedCommit]:
        """The commits that name a ticket, the newest first."""

    def since(self, old: str, head: str) -> Named | None:
        """What is known at a commit that was not known at another one; None where that is gone."""


class IndexedCode:
    """The commits of the branch that is checked out, through the index.

    Args:
        catalogue: with the index.
        log: asks Git where the branch has moved.
        tip: a name for the branch, and for the key of the tickets.
        head: its commit.
    """

    def __init__(self, catalogue: IndexedCatalogue, log: NamingLog, tip: str, head: str) -> None:
        self.catalogue = catalogue
        self.log = log
        self.tip = tip
        self.head = head

    def naming(self, ticket_id: str) -> Sequence[NamedCommit]:
        """The commits that name a ticket, the newest first."""
        return self.catalogue.ask(
            lambda keeper: self._kept(keeper, ticket_id), lambda: self.log.naming(ticket_id)
        )

    def _kept(self, keeper: Keeper, ticket_id: str) -> Sequence[NamedCommit]:
        for table in _TABLES:
            keeper.connection.execute(table)
        if self._remembered(keeper) != self.head:
            self._look(keeper)
        rows = keeper.connection.execute(
            "SELECT oid, subject, name, email, at FROM naming WHERE tip = ? AND ticket = ?"
            " ORDER BY at DESC, oid",
            (self.tip, ticket_id),
        )
        return [
            NamedCommit(oid, subject, name, email, datetime.fromtimestamp(at, UTC))
            for oid, subject, name, email, at in rows
        ]

    def _remembered(self, keeper: Keeper) -> str:
        row = keeper.connection.execute("SELECT head FROM tip WHERE name = ?", (self.tip,)).fetchone()
        return str(row[0]) if row else ""

    def _look(self, keeper: Keeper) -> None:
        """Bring what is remembered to the commit that is checked out."""
        old = self._remembered(keeper)
        found = self.log.since(old, self.head) if old else None
        anew = found is None
        found = found or self.log.since("", self.head) or Named((), ())
        rows = [
            (self.tip, ticket, each.id, int(each.at.timestamp()), each.subject, each.name, each.email)
            for each, tickets in found.come
            for ticket in tickets
        ]
        with writing(keeper.connection):
            if self._remembered(keeper) != old:
                return  # another process has been here; the next command sees to the rest
            if anew:
                self._forget(keeper)
            keeper.connection.executemany(
                "DELETE FROM naming WHERE tip = ? AND oid = ?", [(self.tip, each) for each in found.gone]
            )
            keeper.connection.executemany("INSERT OR REPLACE INTO naming VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            keeper.connection.execute("INSERT OR REPLACE INTO tip VALUES (?, ?)", (self.tip, self.head))

    def _forget(self, keeper: Keeper) -> None:
        """Forget the branch; all of them, where there are many by now."""
        (count,) = keeper.connection.execute("SELECT count(*) FROM tip").fetchone()
        every = count >= _MOST_TIPS
        for table, column in (("naming", "tip"), ("tip", "name")):
            keeper.connection.execute(f"DELETE FROM {table} WHERE ? OR {column} = ?", (every, self.tip))

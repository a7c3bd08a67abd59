"""Where tickets stand, and which of them have changed since the index last looked."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from tkt.domain.ids import TICKETS, is_ticket_id, month_folder
from tkt.errors import InvalidStoreError, Problem
from tkt.store.files import DiskFiles
from tkt.store.index.looks import Ahead, by_month, looked_at
from tkt.store.index.rows import NO_ITEMS, packed_problems, unpacked_problems
from tkt.store.index.stamps import (
    ITSELF,
    NOTHING,
    Packed,
    by_thread,
    changed,
    files_in,
    month_stamps,
    names_of,
    others_in,
    thread_stamps,
    tree_key,
)
from tkt.store.tickets import TicketFiles

_THREADS = "/"
"""What the name of a month's stamps ends with when they are those of its threads."""


Kept = tuple[bytes, bytes, str]
"""Of a folder: the names and figures of its files, and what is misplaced there."""

NO_STAMPS: Mapping[str, Kept | None] = MappingProxyType({})
NO_LOOKS: Mapping[str, Packed] = MappingProxyType({})

_PLAIN = "100"
"""How the mode of a file begins that is no link and no other repository."""

_MANY = 100_000
"""From so many bytes of stamps on, half of the files are looked at by another process."""


class Changes:
    """What may have changed.

    Args:
        ids: of tickets to be read again.
        gone: those of tickets that are not there any more.
        stamps: of the folders to be kept once they are: with what is misplaced there; None for a
            folder that is gone.
        problems: of folders, and of files that are misplaced.
    """

    def __init__(
        self,
        ids: Sequence[str] = (),
        gone: Sequence[str] = (),
        stamps: Mapping[str, Kept | None] = NO_STAMPS,
        problems: Iterable[Problem] = (),
    ) -> None:
        self.ids = ids
        self.gone = gone
        self.stamps = dict(stamps)
        self.problems = list(problems)


class Source(Protocol):
    """Where tickets stand."""

    @property
    def key(self) -> str:
        """What this place is called in the index."""

    def tickets(self, connection: sqlite3.Connection, tree: int, *, newest_only: bool) -> Changes:
        """The tickets whose files may have changed."""

    def threads(self, connection: sqlite3.Connection, tree: int) -> Changes:
        """The tickets whose threads may have changed."""

    def looks(self, ids: Sequence[str], kept: Mapping[str, Packed]) -> Mapping[str, Packed]:
        """How the threads of some tickets look; of those that are left out that proves nothing.

        Args:
            ids: of tickets that were there at the last look at all of them.
            kept: how they looked before, as far as that is known.
        """

    def oid(self, path: str) -> str:
        """A file's blob id; "" where only reading it would tell."""


class WorkingTree:
    """The files that people edit, told from their stamps.

    Args:
        files: of the working tree.
        tickets: how they are read.
        ahead: a look at the months that has begun; it serves once.
    """

    def __init__(self, files: DiskFiles, tickets: TicketFiles, ahead: Ahead | None = None) -> None:
        self.files = files
        self.reader = tickets
        self._ahead = ahead
        self.key = tree_key(files.root)
        self._looked: dict[str, Packed] = {}
        self._seen_threads: dict[str, tuple[bytes, Packed]] = {}

    def tickets(self, connection: sqlite3.Connection, tree: int, *, newest_only: bool) -> Changes:
        """The tickets whose files came, went, or do not look as they did."""
        kept = _kept_stamps(connection, tree, threads=False)
        found = Changes()
        ids: list[str] = []
        gone: list[str] = []
        self._looked = {}
        months = self._months(found)
        if newest_only and kept:
            months = months[-1:]
            kept = {folder: each for folder, each in kept.items() if folder in months}
        for folder, after in zip(months, self._looks(months, kept), strict=True):
            if after is None:
                found.problems += self._month(folder)[1]
                continue
            self._looked[folder] = after
            before = kept.pop(folder, None)
            if before and before[:2] == after:
                found.problems += unpacked_problems(before[2])
                continue
            names = changed(_packed(before), after) - {ITSELF}
            if before and before[0] == after[0] and self._are_tickets(folder, names):
                found.problems += unpacked_problems(before[2])
                found.stamps[folder] = (*after, before[2])
                ids += _ids_in(folder, names)
                continue
            here, problems = self._month(folder)
            found.problems += problems
            found.stamps[folder] = (*after, packed_problems(problems))
            # What has come since the folder was listed is for the next look: its stamps do not know of it.
            here &= frozenset(_ids_in(folder, files_in(after)))
            for each in _ids_in(folder, names):
                (ids if each in here else gone).append(each)
        for folder, before in kept.items():
            found.stamps[folder] = None
            gone += _ids_in(folder, changed(_packed(before), NOTHING))
        found.ids, found.gone = ids, gone
        return found

    def _looks(self, months: Sequence[str], kept: Mapping[str, Kept]) -> list[Packed | None]:
        """How months look: most of them were looked at ahead, if any were."""
        ahead, self._ahead = self._ahead, None
        seen, self._seen_threads = ahead.seen() if ahead else ({}, {})
        rest = [each for each in months if self._path(each) not in seen]
        asked = [(self._path(each), _packed(kept.get(each))) for each in rest]
        looks = looked_at(month_stamps, asked, many=not seen and _size(kept) > _MANY)
        found = dict(zip(rest, looks, strict=True))
        return [found[each] if each in found else seen[self._path(each)] for each in months]

    def _are_tickets(self, folder: str, names: Collection[str]) -> bool:
        """Whether these are the files of tickets of a month, so that no other file there can be misplaced."""
        return len(_ids_in(folder, names)) == len(names) and all(
            os.path.isfile(self._path(f"{folder}/{each}")) for each in names
        )

    def _path(self, folder: str) -> str:
        return os.path.join(self.files.root, folder)

    def _month(self, folder: str) -> tuple[frozenset[str], list[Problem]]:
        """The tickets of a month, and what is misplaced there; what is in the way of listing them."""
        try:
            return frozenset(self.reader.ids_in(folder)), list(self.reader.strays(folder))
        except InvalidStoreError as error:
            return frozenset(), list(error.problems)

    def threads(self, connection: sqlite3.Connection, tree: int) -> Changes:
        """The tickets whose entries came, went, or do not look as they did."""
        seen = {
            folder + _THREADS: self._seen_threads[path][1]
            for folder in self._looked
            if (path := self._path(folder)) in self._seen_threads
        }
        kept = _kept_stamps(connection, tree, threads=True, seen=seen)
        found = Changes()
        ids: set[str] = set()
        asked = [
            (self._path(folder), others_in(month), _packed(kept.get(folder + _THREADS)))
            for folder, month in self._looked.items()
        ]
        for folder, after in zip(self._looked, self._look_at_threads(asked), strict=True):
            before = kept.pop(folder + _THREADS, None)
            if after is None or (before and before[:2] == after):
                continue
            found.stamps[folder + _THREADS] = (*after, NO_ITEMS)
            ids |= {name.partition(" ")[0] for name in changed(_packed(before), after)}
        for folder, gone in kept.items():
            found.stamps[folder] = None
            ids |= {name.partition(" ")[0] for name in changed(_packed(gone), NOTHING)}
        found.ids = sorted(ids)
        return found

    def looks(self, ids: Sequence[str], kept: Mapping[str, Packed]) -> Mapping[str, Packed]:
        """How the threads of some tickets look; NOTHING for those without one."""
        there = {each for month in self._looked.values() for each in names_of(others_in(month))}
        threads = {each: kept.get(each, NOTHING) for each in ids if each in there}
        asked = [(self._path(folder), *each) for folder, each in by_month(threads).items()]
        found = dict.fromkeys(ids, NOTHING)
        for (_, threads_of_month, before), after in zip(asked, self._look_at_threads(asked), strict=True):
            names = names_of(threads_of_month)
            if after is None:
                found = {each: look for each, look in found.items() if each not in names}
            elif after == before:
                found.update({each: kept[each] for each in names})
            else:
                found.update(by_thread(after))
        return found

    def _look_at_threads(self, asked: Sequence[tuple[str, bytes, Packed]]) -> list[Packed | None]:
        """How threads of months look: those that were looked at ahead need no other look."""
        seen, self._seen_threads = self._seen_threads, {}
        known = {path: seen[path][1] for path, names, _ in asked if path in seen and seen[path][0] == names}
        rest = [each for each in asked if each[0] not in known]
        many = not known and sum(len(before[1]) for *_, before in rest) > _MANY
        found = dict(
            zip((path for path, _, _ in rest), looked_at(thread_stamps, rest, many=many), strict=True)
        )
        return [found[path] if path in found else known[path] for path, _, _ in asked]

    def _months(self, found: Changes) -> list[str]:
        try:
            months = self.reader.months()
        except InvalidStoreError as error:
            found.problems += error.problems
            return []
        plain = [each for each in months if not os.path.islink(os.path.join(self.files.root, each))]
        for folder in set(months) - set(plain):
            found.problems.append(Problem(folder, 0, "is a link; tkt never follows links", "mode"))
        return plain

    def oid(self, path: str) -> str:  # noqa: ARG002  the protocol names it
        """Unknown without reading it."""
        return ""


def keep(connection: sqlite3.Connection, tree: int, stamps: Mapping[str, Kept | None]) -> None:
    """Remember how folders looked."""
    for folder, each in stamps.items():
        if each is None:
            connection.execute("DELETE FROM stamp WHERE tree = ? AND folder = ?", (tree, folder))
        else:
            row = (tree, folder, *each)
            connection.execute("INSERT OR REPLACE INTO stamp VALUES (?, ?, ?, ?, ?)", row)


def _kept_stamps(
    connection: sqlite3.Connection, tree: int, *, threads: bool, seen: Mapping[str, Packed] = NO_LOOKS
) -> dict[str, Kept]:
    """What is kept of each folder; what was seen likewise is not held twice, as new memory takes time."""
    rows = connection.execute(
        "SELECT folder, names, stats, strays FROM stamp WHERE tree = ? AND (substr(folder, -1) = '/') = ?",
        (tree, threads),
    )
    kept: dict[str, Kept] = {}
    for folder, names, stats, strays in rows:
        look = seen.get(folder)
        kept[folder] = (*look, strays) if look == (names, stats) else (names, stats, strays)
    return kept


def _size(kept: Mapping[str, Kept]) -> int:
    """How many bytes of stamps there are."""
    return sum(len(stats) for _, stats, _ in kept.values())


def _packed(kept: Kept | None) -> Packed:
    return kept[:2] if kept else NOTHING


def _ids_in(folder: str, names: Iterable[str]) -> list[str]:
    month = folder.rpartition("/")[2]
    ids = (name.removesuffix(".md") for name in names)
    return [each for each in ids if is_ticket_id(each) and month_folder(each) == month]


class Listing(Protocol):
    """A commit's files."""

    revision: str
    prefix: str

    def listing(self) -> Mapping[str, tuple[str, str]]:
        """The mode and the id of each file, by its path."""


class CommitTree:
    """The files of a commit, which never change.

    Args:
        files: of the commit.
        tickets: how they are read.
    """

    def __init__(self, files: Listing, tickets: TicketFiles) -> None:
        self.files = files
        self.reader = tickets
        self.key = f"commit:{files.revision}:{files.prefix}"

    def tickets(self, connection: sqlite3.Connection, tree: int, *, newest_only: bool) -> Changes:  # noqa: ARG002  the protocol names it
        """All tickets, the first time."""
        kept = connection.execute(
            "SELECT strays FROM stamp WHERE tree = ? AND folder = ?", (tree, TICKETS)
        ).fetchone()
        if kept:
            return Changes(problems=unpacked_problems(kept[0]))
        ids, problems = _all_in(self.reader)
        stamps: dict[str, Kept | None] = {TICKETS: (*NOTHING, packed_problems(problems))}
        return Changes(ids, (), stamps, problems)

    def threads(self, connection: sqlite3.Connection, tree: int) -> Changes:  # noqa: ARG002  the protocol names them
        """None: those that were read once stay as they are."""
        return Changes()

    def looks(self, ids: Sequence[str], kept: Mapping[str, Packed]) -> Mapping[str, Packed]:  # noqa: ARG002  the protocol names them
        """Those that were read once stay as they are."""
        return dict.fromkeys(ids, NOTHING)

    def oid(self, path: str) -> str:
        """A file's blob id; "" for a link."""
        mode, oid = self.files.listing().get(path, ("", ""))
        return oid if mode.startswith(_PLAIN) else ""


def _all_in(reader: TicketFiles) -> tuple[list[str], list[Problem]]:
    """Every ticket's id, and what is misplaced or in the way of listing them."""
    try:
        months = reader.months()
    except InvalidStoreError as error:
        return [], list(error.problems)
    ids: list[str] = []
    problems: list[Problem] = []
    for folder in months:
        try:
            ids += reader.ids_in(folder)
            problems += reader.strays(folder)
        except InvalidStoreError as error:
            problems += error.problems
    return ids, problems


class Everything:
    """Files of which nothing is known but what they hold; all are read each time.

    Args:
        tickets: how they are read.
    """

    key = "everything"

    def __init__(self, tickets: TicketFiles) -> None:
        self.reader = tickets

    def tickets(self, connection: sqlite3.Connection, tree: int, *, newest_only: bool) -> Changes:  # noqa: ARG002  the protocol names it
        """All tickets, and those that were there before."""
        before = [each for (each,) in connection.execute("SELECT ticket FROM member WHERE tree = ?", (tree,))]
        ids, problems = _all_in(self.reader)
        return Changes(ids, sorted({*before}.difference(ids)), {}, problems)

    def threads(self, connection: sqlite3.Connection, tree: int) -> Changes:
        """All tickets."""
        rows = connection.execute("SELECT ticket FROM member WHERE tree = ?", (tree,))
        return Changes([each for (each,) in rows])

    def looks(self, ids: Sequence[str], kept: Mapping[str, Packed]) -> Mapping[str, Packed]:  # noqa: ARG002  the protocol names them
        """Nothing that would prove anything."""
        return {}

    def oid(self, path: str) -> str:  # noqa: ARG002  the protocol names it
        """Unknown without reading it."""
        return ""

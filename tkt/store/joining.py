"""The tickets' folder of two commits put together, path by path: nothing that anybody wrote is dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from tkt.domain.comparison import TicketChange
from tkt.domain.ids import ALPHABET, is_ticket_id, ticket_of, ticket_path
from tkt.domain.merge import Bodies, Clash
from tkt.errors import ConflictError, InvalidStoreError, NotTextError
from tkt.store.apart import merged_apart, needed
from tkt.store.codec import parse
from tkt.store.merging import Merger
from tkt.usecases.integrate import Fork, Joined, Source
from tkt.usecases.obstacle import Obstacle
from tkt.usecases.versions import Content, Triple, Version

if TYPE_CHECKING:
    from tkt.store.uniting import United

_SAME = frozenset({"created", "created_by"})
"""Two versions of one ticket agree in these; two tickets that got one id by chance do not."""

Groups = Mapping[str, Mapping[str, Triple]]
"""The files that are not the same everywhere, by their paths, of each ticket."""


def join(fork: Fork, source: Source, merger: Merger) -> Joined:
    """Put the tickets of two commits together.

    Args:
        fork: the commits, and what differs.
        source: reads them.
        merger: merges two versions of one file.
    """
    return _Joining(fork, source, merger).joined()


class _Joining:
    def __init__(self, fork: Fork, source: Source, merger: Merger) -> None:
        self.fork = fork
        self.source = source
        # An entry that only the common commit of two sides had would look like one that both have removed.
        self.merger = merger if fork.lasting else merger._replace(stamp=None)
        self.rows = dict(fork.rows)
        self.known: dict[str, bytes] = {}
        self.files: dict[str, Content] = {}
        self.clashes: list[tuple[str, Clash]] = []
        self.notes: list[str] = []
        self.unresolved: list[str] = []
        self.bodies: dict[str, Bodies] = {}
        self.obstacles: dict[str, Obstacle] = {}
        self.twins: set[str] = set()
        self.came: dict[str, Callable[[], TicketChange | None]] = {}

    def joined(self) -> Joined:
        renamed = self._renamed()
        if renamed:
            return Joined({}, notes=tuple(self.notes), renamed=renamed)
        groups: dict[str, dict[str, Triple]] = {}
        for path, row in self.rows.items():
            groups.setdefault(ticket_of(path), {})[path] = row
        for path, row in groups.pop("", {}).items():
            self._stray(path, row)
        close = {ticket_id: rows for ticket_id, rows in groups.items() if not self._easy(rows)}
        self._unite(self._not_apart(close))
        unresolved = tuple(sorted({*self.unresolved, *self.twins}))
        bodies = {path: each for path, each in self.bodies.items() if path not in self.twins}
        changed = frozenset(
            each for each, rows in groups.items() if any(row.base != row.theirs for row in rows.values())
        )
        return Joined(
            self.files,
            tuple(self.clashes),
            tuple(self.notes),
            unresolved,
            bodies,
            obstacles=self.obstacles,
            came=self._told,
            changed=changed,
        )

    def _told(self) -> dict[str, TicketChange]:
        return {each: change for each, tell in self.came.items() if (change := tell())}

    def _read(self, versions: Iterable[Version | None]) -> None:
        self.known.update(self._contents(versions))

    def _contents(self, versions: Iterable[Version | None]) -> Iterator[tuple[str, bytes]]:
        """What those hold of which that is not known yet."""
        return self.source.contents(
            each.oid for each in versions if each and each.is_plain and each.oid not in self.known
        )

    # --- files of no ticket ---

    def _stray(self, path: str, row: Triple) -> None:
        """A file that belongs to no ticket, merged as Git would."""
        if row.ours in (row.theirs, row.base):
            self.files[path] = row.theirs
        elif row.theirs == row.base:
            self.files[path] = row.ours
        elif row.ours and row.theirs and row.ours.is_plain and row.theirs.is_plain:
            self._stray_text(path, row)
        else:
            self.unresolved.append(path)
            self.obstacles[path] = Obstacle()

    def _stray_text(self, path: str, row: Triple) -> None:
        self._read(row)
        try:
            data, clean = self.merger.merge_text(
                *(self.known[each.oid] if each and each.is_plain else b"" for each in row)
            )
        except NotTextError:
            clean, data = False, b""
            self.obstacles[path] = Obstacle()
        if clean:
            self.files[path] = data
        else:
            self.unresolved.append(path)

    # --- tickets ---

    def _easy(self, rows: Mapping[str, Triple]) -> bool:
        """Whether only one side touched a ticket, or both did the same; then that is taken."""
        if any(row.base and None in (row.ours, row.theirs) for row in rows.values()):
            return False  # something is gone that may have to stay
        if all(row.theirs in (row.base, row.ours) for row in rows.values()):
            self.files |= {path: row.ours for path, row in rows.items()}
        elif all(row.ours in (row.base, row.theirs) for row in rows.values()):
            self.files |= {path: row.theirs for path, row in rows.items()}
        else:
            return False
        return True

    def _not_apart(self, groups: Groups) -> Groups:
        """Those of some tickets of which the sides did not just change different fields."""
        wanted = {each: list(needed(ticket_path(each), rows)) for each, rows in groups.items()}
        contents = self._contents(version for versions in wanted.values() for version in versions)
        rest = {}
        for ticket_id, rows in groups.items():
            for version in wanted[ticket_id]:
                while version.oid not in self.known:
                    self.known.update((next(contents),))
            path = ticket_path(ticket_id)
            apart = merged_apart(path, rows, self.known, self.merger.settings) if wanted[ticket_id] else None
            if apart is None:
                rest[ticket_id] = rows
                continue
            self.files |= apart.files
            self.came[ticket_id] = apart.came
        return rest

    def _unite(self, groups: Groups) -> None:
        """Tickets that both sides touched, or that lost something on one of them."""
        if not groups:
            return
        from tkt.store.uniting import OneTicket  # start-up: where both changed other fields, it is not needed

        fork = self.fork
        sides = [self.source.files(commit, groups) for commit in (fork.base, fork.ours, fork.theirs)]
        self._read(each for side in sides for path, each in side.items() if path.endswith(".md"))
        by_ticket: list[dict[str, dict[str, Version]]] = [{} for _ in sides]
        for found, side in zip(by_ticket, sides, strict=True):
            for path, version in side.items():
                found.setdefault(ticket_of(path), {})[path] = version
        for ticket_id, rows in groups.items():
            versions = [found.get(ticket_id, {}) for found in by_ticket]
            self._take(ticket_id, OneTicket(ticket_id, rows, versions, self.known, self.merger).united())

    def _take(self, ticket_id: str, united: United) -> None:
        self.files |= united.files
        self.clashes += [(ticket_id, each) for each in united.clashes]
        self.notes += [f"{ticket_id}: {each}" for each in united.notes]
        self.unresolved += united.unresolved
        self.obstacles |= united.obstacles
        if united.bodies:
            self.bodies[ticket_path(ticket_id)] = united.bodies

    # --- one id for two tickets ---

    def _renamed(self) -> dict[str, str]:
        """Other ids for tickets of ours where another one of theirs has the same."""
        both = {
            path: row
            for path, row in self.rows.items()
            if row.base is None and row.ours and row.theirs and row.ours != row.theirs
            if path == _ticket_file(path) and row.ours.is_plain and row.theirs.is_plain
        }
        self._read(each for row in both.values() for each in row)
        found = {}
        for path, row in both.items():
            if row.ours and row.theirs and self._differ(path, row.ours, row.theirs):
                if self.fork.published():
                    self.twins.add(path)
                    continue
                old = ticket_of(path)
                found[old] = self._fresh_id(old, row.ours)
                self.notes.append(
                    f"{old}: that is another ticket elsewhere; the one from here is {found[old]} now"
                )
        return found

    def _differ(self, path: str, ours: Version, theirs: Version) -> bool:
        try:
            values = [parse(self.known[each.oid], path).values() for each in (ours, theirs)]
        except InvalidStoreError:
            return False
        return any(values[0].get(name) != values[1].get(name) for name in _SAME)

    def _fresh_id(self, ticket_id: str, ours: Version) -> str:
        """An id of the same month that no ticket has, and the same again for the same ticket."""
        import hashlib  # start-up: two tickets hardly ever have one id

        digest = hashlib.sha256(ours.oid.encode()).digest()
        for start in range(len(digest) - _DRAWN):
            drawn = digest[start : start + _DRAWN]
            new = ticket_id[:-_DRAWN] + "".join(ALPHABET[byte % len(ALPHABET)] for byte in drawn)
            if not any(self.source.files(each, [new]) for each in (self.fork.ours, self.fork.theirs)):
                return new
        raise ConflictError(f"every other id for {ticket_id} is taken", "tkt create makes the ticket anew.")


_DRAWN = 5
"""So many characters of an id are drawn by chance."""


def _ticket_file(path: str) -> str:
    """The path of the ticket's file that a path belongs to; "" for none."""
    ticket_id = ticket_of(path)
    return ticket_path(ticket_id) if is_ticket_id(ticket_id) else ""

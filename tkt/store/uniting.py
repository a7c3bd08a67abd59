"""One ticket with its thread, from two commits: the file merged, the entries of both, all in accord."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from tkt.domain.entry import Change, Entry
from tkt.domain.fields import Value
from tkt.domain.healing import Side, edited_by_hand, healed, to_record
from tkt.domain.ids import ALPHABET, new_entry_id, thread_folder, ticket_path
from tkt.domain.merge import Bodies, Clash
from tkt.domain.replay import Key, Outcome, replay
from tkt.domain.succession import Snapshot
from tkt.errors import InvalidStoreError, NotTextError
from tkt.store.codec import parse
from tkt.store.editing import edit
from tkt.store.folding import folded_entries
from tkt.store.merging import Merger, bodies_of
from tkt.store.merging import obstacle as obstacle_of
from tkt.store.snapshots import take_snapshot
from tkt.store.threads import EntryText, encode_entry, read_entry
from tkt.store.twins import renamed, told_apart
from tkt.usecases.obstacle import Obstacle
from tkt.usecases.versions import Content, Triple, Version

Listing = Mapping[str, Version]
"""Files by their paths."""
_BOTH = 2
"""So many sides there are."""


class United(NamedTuple):
    """What two versions of a ticket come to.

    Args:
        files: what each file that differs will be.
        clashes: the fields to which both sides gave a value of their own.
        notes: what else a person should know.
        unresolved: the paths that only a person can put together.
        bodies: the description, where that is why the ticket's file is among them.
        obstacles: those of which no lines clash, and why they are among them.
    """

    files: Mapping[str, Content]
    clashes: Sequence[Clash] = ()
    notes: Sequence[str] = ()
    unresolved: Sequence[str] = ()
    bodies: Bodies | None = None
    obstacles: Mapping[str, Obstacle] = MappingProxyType({})


class _SomeFiles:
    """Files of one ticket in the memory, as `Files`."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents

    def names(self, folder: str) -> Sequence[str]:
        """What is directly in a folder."""
        start = f"{folder}/"
        below = (path.removeprefix(start) for path in self._contents if path.startswith(start))
        return sorted(name for name in below if "/" not in name)

    def read(self, path: str) -> bytes:
        """A file's content.

        Raises:
            FileNotFoundError: there is no such file.
        """
        if path not in self._contents:
            raise FileNotFoundError(path)
        return self._contents[path]


class OneTicket:
    """A ticket that both sides touched, or that lost something on one of them.

    Args:
        ticket_id: which.
        rows: its files that are not the same in all three commits.
        sides: its file and its entries' in the commit both come from, in ours and in theirs.
        known: what files hold, by their ids.
        merger: merges two versions of one file.
    """

    def __init__(
        self,
        ticket_id: str,
        rows: Mapping[str, Triple],
        sides: Sequence[Listing],
        known: Mapping[str, bytes],
        merger: Merger,
    ) -> None:
        self.ticket_id = ticket_id
        self.path = ticket_path(ticket_id)
        self.rows = rows
        self.known = known
        self.merger = merger
        self.base, self.ours, self.theirs = (self._contents(each) for each in sides)
        self._entries: dict[EntryText, Entry] = {}
        self.files: dict[str, Content] = {}
        self.clashes: list[Clash] = []
        self.notes: list[str] = []
        self.unresolved: list[str] = []
        self.bodies: Bodies | None = None
        self.recorded: set[Key] = set()
        self.obstacles: dict[str, Obstacle] = {}

    def united(self) -> United:
        """What becomes of it."""
        before = self.ours.get(self.path)
        moved = self._tell_apart()
        snapshots = [self._snapshot(each) for each in (self.ours, self.theirs)]
        sides, was = _sides(snapshots), self._fields_before()
        entries = [entry for each in snapshots for entry in each.entries.values()]
        data = self._merged_file([*entries, *self._recorded(was, sides)])
        folded = self._folded(data)
        for path, row in self.rows.items():
            if path in moved:
                self.files[path] = row.theirs
            elif path != self.path:
                self._file(path, row, folded)
        if data is not None and not self.unresolved:
            by_hand = edited_by_hand(was, sides, self.merger.settings)
            data = self._in_accord(data, by_hand - self.recorded)
        if self.path in self.rows or data != before:
            self.files[self.path] = data
        return United(self.files, self.clashes, self.notes, self.unresolved, self.bodies, self.obstacles)

    def _contents(self, listing: Listing) -> dict[str, bytes]:
        return {path: self.known[each.oid] for path, each in listing.items() if each.oid in self.known}

    def _snapshot(self, contents: Mapping[str, bytes]) -> Snapshot:
        return take_snapshot(_SomeFiles(contents), self.ticket_id, self.merger.settings, self._read).snapshot

    def _read(self, text: EntryText) -> Entry:
        """An entry, which all versions share, read once."""
        if text not in self._entries:
            self._entries[text] = read_entry(text)
        return self._entries[text]

    def _tell_apart(self) -> set[str]:
        """Have each id stand for one entry on both sides; the paths that entries of ours have no longer."""
        told = told_apart(self.ticket_id, self.base, self.ours, self.theirs)
        folder = thread_folder(self.ticket_id)
        for old, new in told.renamed.items():
            self.notes.append(f"the entry {old} is another one elsewhere; the one from here is {new} now")
            path = f"{folder}/{new}.md"
            if path in told.ours:
                self.files[path] = told.ours[path]
        self.ours, self.theirs = dict(told.ours), dict(told.theirs)
        return {f"{folder}/{old}.md" for old in told.renamed}

    # --- the ticket's own file ---

    def _merged_file(self, entries: Sequence[Entry]) -> bytes | None:
        """The ticket's file with what both sides did; None where neither has it."""
        row = self.rows.get(self.path)
        if row and any(each and not each.is_plain for each in row):
            self._leave(self.path, Obstacle())
            return None
        base, ours, theirs = (each.get(self.path) for each in (self.base, self.ours, self.theirs))
        if ours is None or theirs is None:
            kept = theirs if ours is None else ours
            if base is not None and kept is not None:
                self.notes.append("one side removed the ticket; it stays")
            return kept
        thread = sorted({each.id: each for each in entries}.values(), key=lambda each: each.order)
        try:
            merged = self.merger.merge(self.path, base or b"", ours, theirs, thread)
        except NotTextError:
            self._leave(self.path, obstacle_of(self.path, ours, theirs))
            return None
        outcomes = replay(thread, self.merger.settings)
        self.clashes += [each for each in merged.clashes if not _is_settled(each, outcomes)]
        if merged.marked:
            obstacle = obstacle_of(self.path, ours, theirs)
            self.unresolved.append(self.path)
            self.obstacles |= {self.path: obstacle} if any(obstacle) else {}
        if merged.in_body:
            self.bodies = bodies_of(self.path, base or b"", ours, theirs)
        return merged.data

    def _folded(self, data: bytes | None) -> dict[str, bytes]:
        """The entries that stand in the ticket's file, by the paths that their own files would have."""
        if data is None:
            return {}
        texts = (each for each in folded_entries(data, self.path) if isinstance(each, EntryText))
        return {f"{thread_folder(self.ticket_id)}/{each.id}.md": each.data for each in texts}

    # --- what was edited by hand ---

    def _recorded(self, was: Mapping[str, Value], sides: Sequence[Side]) -> list[Entry]:
        """Entries for what one side edited by hand and the other set as well, so that neither is lost."""
        if self.merger.stamp is None or len(sides) != _BOTH:
            return []
        # After all others: of two hand edits that are rebased, the later one follows the entry of the first.
        clock = max((entry.clock for each in sides for entry in each.thread), default=0) + 1
        made = []
        for side, other in (sides, sides[::-1]):
            changes = to_record(was, side, other, self.merger.settings)
            if changes:
                made.append(self._entry(clock, changes, *self.merger.stamp))
        return made

    def _entry(self, clock: int, changes: tuple[Change, ...], by: str, at: datetime) -> Entry:
        """An entry for hand edits, always the same for the same ones."""
        name = new_entry_id(at, lambda length: ALPHABET[0] * length)
        folder = thread_folder(self.ticket_id)
        draft = Entry(name, at, by, clock, changes=changes)
        there = {**self.ours, **self.theirs}.items()
        taken = {path.removeprefix(f"{folder}/").removesuffix(".md"): data for path, data in there}
        made = renamed(EntryText(name, encode_entry(draft), f"{folder}/{name}.md"), taken)
        entry = draft._replace(id=made.id)
        self.files[f"{folder}/{made.id}.md"] = made.data
        fields = ", ".join(each.field for each in changes)
        self.notes.append(f"{fields} was edited by hand; the entry {entry.id} says so now")
        self.recorded |= {(each.field, "") for each in changes}
        return entry

    def _fields_before(self) -> Mapping[str, Value]:
        """The fields as they were when the sides went apart; none where there was no ticket yet."""
        ticket = self._snapshot(self.base).ticket
        return ticket.fields if ticket else {}

    # --- entries and attachments ---

    def _file(self, path: str, row: Triple, folded: Mapping[str, bytes]) -> None:
        base, ours, theirs = row
        if ours == theirs:
            self.files[path] = ours
        elif ours is None or theirs is None:
            self._half(path, row, folded)
        elif base in row[1:]:  # one side alone changed what should stay: the check speaks of it
            self.files[path] = ours if theirs == base else theirs
        else:
            self._leave(path, Obstacle())

    def _leave(self, path: str, obstacle: Obstacle) -> None:
        """Leave a file to a person of which Git would mark no lines."""
        self.unresolved.append(path)
        self.obstacles[path] = obstacle

    def _half(self, path: str, row: Triple, folded: Mapping[str, bytes]) -> None:
        """A file that one side does not have: it is new, or folded, or it stays."""
        kept = row.ours or row.theirs
        if row.base and kept:
            if path in folded and (kept == row.base or folded[path] == self.known.get(kept.oid)):
                self.files[path] = None
                return
            self.notes.append(f"one side removed {path.rpartition('/')[2]}; it stays")
        self.files[path] = kept

    # --- accord of file and thread ---

    def _in_accord(self, data: bytes, by_hand: set[Key]) -> bytes:
        """The file, in which every field is what the whole thread says."""
        now = self._snapshot(self._result(data))
        if now.ticket is None:
            return data
        settings = self.merger.settings
        wanted = healed(now.ticket.fields, tuple(now.entries.values()), by_hand, settings)
        if not wanted:
            return data
        self.clashes = [_corrected(each, wanted) for each in self.clashes]
        try:
            return edit(parse(data, self.path), wanted, tuple(settings.fields))
        except InvalidStoreError:  # a form that only a person can edit; the check speaks of it
            return data

    def _result(self, data: bytes) -> dict[str, bytes]:
        """The ticket as it will be."""
        contents = {**self.ours, **self.theirs, self.path: data}
        for path, content in self.files.items():
            known = self.known.get(content.oid) if isinstance(content, Version) else content
            if known is None:
                contents.pop(path, None)
            else:
                contents[path] = known
        return contents


def _sides(snapshots: Sequence[Snapshot]) -> list[Side]:
    """Those on which the ticket is, and can be read."""
    return [Side(each.ticket.fields, tuple(each.entries.values())) for each in snapshots if each.ticket]


def _is_settled(clash: Clash, outcomes: Mapping[Key, Outcome]) -> bool:
    """Whether one side knew of the other's value when it set its own."""
    outcome = outcomes.get((clash.field, ""))
    return outcome is not None and not outcome.contested


def _corrected(clash: Clash, values: Mapping[str, Value]) -> Clash:
    """A clash with the value that holds in the end."""
    value = values.get(clash.field)
    return clash._replace(kept=value, lost=clash.kept) if isinstance(value, str) else clash

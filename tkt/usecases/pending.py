"""Changes that nobody else can have seen yet: one's own, by the files they added."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tkt.domain.duration import show_minutes
from tkt.domain.entry import Entry
from tkt.domain.ids import ENTRY_ID, TICKET_ID, attachment_path, thread_folder, ticket_path
from tkt.domain.ticket import Ticket
from tkt.errors import TktError
from tkt.usecases.workspace import TRAILER, LastChange, Note, Workspace

_JOINED = re.compile(r": \d+ changes$")
"""How the subject of a commit ends that joins several changes."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What one command did, as far as it added files.

    Args:
        at: when, UTC.
        entries: what it wrote to the threads, each with its ticket's id.
        created: the tickets it created.
        paths: of all files that it added.
    """

    at: datetime
    entries: tuple[tuple[str, Entry], ...]
    created: tuple[Ticket, ...]
    paths: tuple[str, ...]

    @property
    def tickets(self) -> tuple[str, ...]:
        """The ids of the tickets it touched, the created ones first."""
        touched = (*(each.id for each in self.created), *(each for each, _ in self.entries))
        return tuple(dict.fromkeys(touched))

    @property
    def summary(self) -> str:
        """In words: `TKT-2j7k3q9: status: new -> assigned`."""
        words = f"create: {self.created[0].title}" if self.created else _words(self.entries[0][1])
        more = f" and {len(self.tickets) - 1:,} more" if len(self.tickets) > 1 else ""
        return f"{self.tickets[0]}{more}: {words}"


def _words(entry: Entry) -> str:
    if entry.changes:
        return ", ".join(map(str, entry.changes))
    if entry.minutes is not None:
        return f"time: {show_minutes(entry.minutes)}"
    if entry.timer:
        return f"timer {entry.timer}"
    said = entry.body.strip().partition("\n")[0]
    return f"{'note' if entry.visibility == 'internal' else 'comment'}: {said}" if said else "comment"


def is_joined(last: LastChange) -> bool:
    """Whether a commit joins several changes (`commit: amend`)."""
    return _JOINED.search(last.subject) is not None


def with_change(last: LastChange, note: Note) -> Note:
    """What one's last commit says once a change is joined to it."""
    earlier = last.items if is_joined(last) else (last.subject,)
    tickets = dict.fromkeys((*last.tickets, *(value for key, value in note.trailers if key == TRAILER)))
    return _joined((*earlier, note.subject), tuple(tickets))


def without_change(last: LastChange, gone: Pending) -> Note:
    """What a commit that joins several changes says once one of them is taken out."""
    # In the same second others may have come after it, but none that touched the same ticket.
    places = [place for place, item in enumerate(last.items) if item.startswith(gone.tickets)]
    items = tuple(item for place, item in enumerate(last.items) if place not in places[-1:])
    kept = [path for path in last.added if path not in gone.paths]
    return _joined(items, tuple(each for each in last.tickets if any(each in path for path in kept)))


def _joined(items: tuple[str, ...], tickets: tuple[str, ...]) -> Note:
    trailers = tuple((TRAILER, each) for each in tickets)
    if len(items) == 1:
        return Note(items[0], trailers)
    named = tickets[0] if len(tickets) == 1 else f"{len(tickets)} tickets"
    return Note(f"{named}: {len(items)} changes", trailers, items)


def uncommitted_change(ws: Workspace, paths: Sequence[str]) -> Pending | None:
    """One's newest change among the paths that are not committed; None when there is none."""
    added = [each for each in paths if not _is_older_ticket(ws, each) and _is_there(ws, each)]
    return newest_change(ws, added)


def has_folded(ws: Workspace, paths: Sequence[str]) -> bool:
    """Whether the paths that are not committed are those of threads folded into their tickets' files."""
    return any(_is_folded(ws, path) for path in paths)


def _is_folded(ws: Workspace, path: str) -> bool:
    """Whether an entry has no file of its own any more, and is in its thread nevertheless."""
    ticket = TICKET_ID.search(path)
    if ticket is None or not ENTRY_ID.fullmatch(_name(path)) or _is_there(ws, path):
        return False
    return any(each.id == _name(path) for each in ws.tickets.thread(ticket.group())[0])


def _is_there(ws: Workspace, path: str) -> bool:
    try:
        ws.files.read(path)
    except (FileNotFoundError, TktError):
        return False
    return True


def _is_older_ticket(ws: Workspace, path: str) -> bool:
    """Whether a changed file is a ticket that the last commit has already."""
    return bool(TICKET_ID.fullmatch(_name(path))) and ws.history.blob_at_head(path) is not None


def newest_change(ws: Workspace, added: Sequence[str]) -> Pending | None:
    """One's newest change among files that were added; None when there is none.

    Args:
        ws: the desk.
        added: paths of new files, some of which may be somebody else's.
    """
    entries = [entry for path in added if (entry := _own_entry(ws, path))]
    created = [ticket for path in added if (ticket := _own_ticket(ws, path))]
    newest = max(entries, key=lambda each: (each[1].at, each[1].clock, each[1].id), default=None)
    last = max(created, key=lambda each: (each.created, each.id), default=None)
    if newest is None or (last is not None and last.created > newest[1].at):
        return Pending(last.created, (), (last,), (ticket_path(last.id),)) if last else None
    return _whole(ws, newest[1], entries, created, added)


def _whole(
    ws: Workspace,
    newest: Entry,
    entries: Sequence[tuple[str, Entry]],
    created: Sequence[Ticket],
    added: Sequence[str],
) -> Pending:
    """All that the command did that wrote an entry."""
    same = tuple(each for each in entries if each[1].id == newest.id)
    named = " ".join(str(word) for _, each in same for word in (*each.changes, *each.extra.values()))
    made = tuple(each for each in created if each.created == newest.at and each.id in named)
    wanted = {
        *(ticket_path(each.id) for each in made),
        *(f"{thread_folder(ticket_id)}/{each.id}.md" for ticket_id, each in same),
        *(path for ticket_id, each in same for path in _attachments(ws, ticket_id, each)),
    }
    return Pending(newest.at, same, made, tuple(path for path in added if path in wanted))


def _attachments(ws: Workspace, ticket_id: str, entry: Entry) -> list[str]:
    """The files of an entry that no other one of its thread has as well."""
    others = (each for each in ws.tickets.thread(ticket_id)[0] if each.id != entry.id)
    kept = {attached.file for each in others for attached in each.attachments}
    return [attachment_path(ticket_id, each.file) for each in entry.attachments if each.file not in kept]


def own_entry(ws: Workspace, ticket_id: str, entry_id: str) -> Entry | None:
    """An entry, if it is one's own."""
    thread = ws.tickets.thread(ticket_id)[0]
    return next((each for each in thread if each.id == entry_id and each.by == ws.actor.id), None)


def _own_entry(ws: Workspace, path: str) -> tuple[str, Entry] | None:
    ticket = TICKET_ID.search(path)
    name = _name(path)
    entry = own_entry(ws, ticket.group(), name) if ticket and ENTRY_ID.fullmatch(name) else None
    return (ticket.group(), entry) if ticket and entry else None


def _own_ticket(ws: Workspace, path: str) -> Ticket | None:
    """A ticket that is new, one's own, and has no thread that withdrawing it would lose."""
    name = _name(path)
    if not TICKET_ID.fullmatch(name):
        return None
    try:
        ticket = ws.tickets.load(name)
    except TktError:  # a damaged file is nobody's change
        return None
    is_mine = ticket.text("created_by") == ws.actor.id
    return ticket if is_mine and not ws.tickets.thread(name)[0] else None


def _name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")

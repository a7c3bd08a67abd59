"""Changes that nobody else can have seen yet: one's own, by the files they added."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tkt.domain.duration import show_minutes
from tkt.domain.entry import Entry
from tkt.domain.ids import ENTRY_ID, TICKET_ID, ticket_path
from tkt.domain.ticket import Ticket
from tkt.errors import TktError
from tkt.usecases.workspace import LastChange, Workspace

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
        more = f" and {len(self.tickets) - 1} more" if len(self.tickets) > 1 else ""
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


def uncommitted_change(ws: Workspace) -> Pending | None:
    """One's newest change that is not committed; None when there is none."""
    paths = ws.history.uncommitted()
    return newest_change(ws, [each for each in paths if not _is_older_ticket(ws, each)])


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
    return _whole(newest[1], entries, created, added)


def _whole(
    newest: Entry,
    entries: Sequence[tuple[str, Entry]],
    created: Sequence[Ticket],
    added: Sequence[str],
) -> Pending:
    """All that the command did that wrote an entry."""
    same = tuple(each for each in entries if each[1].id == newest.id)
    named = " ".join(str(word) for _, each in same for word in (*each.changes, *each.extra.values()))
    made = tuple(each for each in created if each.created == newest.at and each.id in named)
    files = {attached.file for _, each in same for attached in each.attachments}
    wanted = {
        *(ticket_path(each.id) for each in made),
        *(path for path in added if path.rpartition("/")[2] in {f"{newest.id}.md", *files}),
    }
    return Pending(newest.at, same, made, tuple(path for path in added if path in wanted))


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

"""Taking back one's last change: as if it had never been, as long as nobody else can have seen it."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote

from tkt.domain.entry import Entry
from tkt.domain.fields import Value
from tkt.domain.ids import TICKET_ID
from tkt.domain.settings import CommitPolicy
from tkt.domain.ticket import Ticket
from tkt.errors import NotAllowedError, NotFoundError
from tkt.usecases.pending import (
    Pending,
    has_folded,
    is_joined,
    newest_change,
    own_entry,
    uncommitted_change,
    without_change,
)
from tkt.usecases.record import Edit, record
from tkt.usecases.workspace import UNDOING, FileWrite, LastChange, Note, Receipt, Workspace


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back.

    Args:
        what: the change, in its own words.
        tickets: which tickets it had touched.
        receipt: what became of the undoing; None when it was only tried.
        how: in a sentence.
    """

    what: str
    tickets: tuple[str, ...]
    receipt: Receipt | None
    how: str


def undo(ws: Workspace) -> Undone:
    """Take one's last change back.

    An unshared commit at the tip is removed; what is not committed yet is put back; of a change that
    others may have, the fields are set back by a new entry, since a thread only ever grows.

    Raises:
        NotFoundError: there is nothing to undo.
        NotAllowedError: the change is shared and was not a change of fields.
        ConflictError: the files have been edited since.
        AlreadyDoneError: a command that was cut off has done it.
    """
    if not ws.dry_run:
        ws.recorder.resume(UNDOING)
    paths = ws.history.uncommitted()
    if has_folded(ws, paths):
        raise NotAllowedError(
            "undo cannot take back what tkt compact did before it is committed",
            "git checkout HEAD -- tickets drops all that is not committed there.",
        )
    pending = uncommitted_change(ws, paths)
    if pending:
        policy = ws.policy if ws.policy is CommitPolicy.OFF else CommitPolicy.STAGE
        return _withdraw(ws, pending, Note(""), policy)
    last = ws.history.last_change(ws.actor)
    if last is None:
        raise NotFoundError("there is nothing of yours to undo here")
    if last.is_head and not last.shared:
        joined = newest_change(ws, last.added) if is_joined(last) else None
        if joined:
            return _withdraw(ws, joined, without_change(last, joined), CommitPolicy.AMEND, last)
        receipt = None if ws.dry_run else ws.recorder.rewind(last)
        return Undone(last.subject, last.tickets, receipt, "Its commit goes; nobody else has it.")
    return _compensate(ws, last)


def _withdraw(
    ws: Workspace, change: Pending, note: Note, policy: CommitPolicy, instead: LastChange | None = None
) -> Undone:
    """Put files that nobody else has back to what they were before a change."""
    writes = [FileWrite(path, None, ws.files.read(path)) for path in change.paths]
    gone = {each.id for each in change.created}
    for ticket_id, entry in change.entries:
        if ticket_id not in gone:
            writes += _set_back(ws, ticket_id, entry)
    receipt = None
    if not ws.dry_run:
        receipt = ws.recorder.record(writes, note._replace(key=UNDOING), policy, instead)
    return Undone(change.summary, change.tickets, receipt, "Nobody else has it.")


def _set_back(ws: Workspace, ticket_id: str, entry: Entry) -> list[FileWrite]:
    if entry.extra.get("edited"):
        raise NotAllowedError(
            "an edited description that is not committed cannot be taken back",
            "git checkout -p -- tickets helps.",
        )
    before = ws.tickets.load(ticket_id)
    after = _checked(before, entry)
    return [ws.tickets.encode_ticket(before, after)] if after != before else []


def _inverted(ticket: Ticket, entry: Entry) -> Ticket:
    fields: dict[str, Value] = {}
    for change in entry.changes:
        fields[change.field] = change.inverted().apply(ticket.fields.get(change.field, ""))
    return ticket.with_fields(fields)


def _compensate(ws: Workspace, last: LastChange) -> Undone:
    """Set fields back by a new entry, where others may already have the change."""
    edits = []
    for path in last.added:
        match = TICKET_ID.search(path)
        entry = own_entry(ws, match.group(), path.rpartition("/")[2].removesuffix(".md")) if match else None
        if match and entry and entry.changes:
            ticket = ws.tickets.load(match.group())
            edits.append(Edit(ticket, _checked(ticket, entry), extra={"undoes": entry.id}))
    if last.removed:
        raise NotAllowedError(
            f"others may have {last.subject!r}, and no new entry can take it back",
            f"git revert {last.commit[:10]} does, and does no harm.",
        )
    if not edits:
        raise NotAllowedError(
            f"{last.subject!r} is shared, and a thread only grows",
            "Say what is right in a new comment, or close the ticket.",
        )
    outcome = record(ws, edits, f"undo {last.subject.partition(': ')[2]}", key=UNDOING)
    tickets = tuple(each.after.id for each in edits)
    return Undone(
        last.subject,
        tickets,
        outcome.receipt,
        "Others may have it, so a new entry sets the fields back.",
    )


def _checked(ticket: Ticket, entry: Entry) -> Ticket:
    for change in entry.changes:
        if not change.is_list and ticket.fields.get(change.field, "") != change.new:
            raise NotAllowedError(
                f"{change.field} of {ticket.id} has changed since: it is {ticket.text(change.field)!r}",
                f"tkt set {ticket.id} {quote(f'{change.field}={change.old}')}",
            )
    return _inverted(ticket, entry)

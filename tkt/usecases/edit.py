"""A whole ticket file, as a person edited it by hand."""

from __future__ import annotations

from tkt.domain.fields import FieldType, clean_line, clean_text, clean_title, did_you_mean, unknown
from tkt.domain.ticket import LINKS, PARENT, Ticket
from tkt.errors import ConflictError, UsageError
from tkt.usecases.change import record_changes, require_no_circle, summary
from tkt.usecases.find import find_ticket
from tkt.usecases.record import Edit, Outcome, record
from tkt.usecases.typed import person_value
from tkt.usecases.workspace import Workspace


def edit_whole(
    ws: Workspace, ticket_id: str, data: bytes, text: str = "", *, base: bytes | None = None
) -> Outcome:
    """Take over a ticket's file as a person edited it.

    Args:
        ws: the desk.
        ticket_id: which.
        data: the whole file; a thread that is folded into it may be left out.
        text: a comment.
        base: the file as it was when the person began; None when that is not known.

    Raises:
        InvalidStoreError: it cannot be understood; with the line.
        UsageError: a value is not allowed, or something was changed that stays.
        NotAllowedError: the workflow has no such step.
        ConflictError: somebody changed the file meanwhile.
    """
    here = ws.tickets.whole(ticket_id)
    if base not in {None, here}:
        raise ConflictError(
            f"{ticket_id} has changed while you edited it", f"tkt edit {ticket_id} opens it as it is now."
        )
    data = ws.tickets.refolded(ticket_id, data)
    before = ws.tickets.decode(ticket_id, here)
    after = ws.tickets.decode(ticket_id, data)
    # A field whose line was taken out is one that was unset.
    gone = {name: value for name, value in before.fields.items() if name not in after.fields}
    after = after.with_fields({name: () if isinstance(gone[name], tuple) else "" for name in gone})
    changed = {
        name for name, value in after.fields.items() if (before.fields.get(name) or "") != (value or "")
    }
    for name in changed:
        require_editable(ws, name, before, after)
    if "status" in changed:
        ws.settings.workflow.require_step(after.type, before.status, after.status)
    if "type" in changed and after.type not in ws.settings.types:
        raise unknown("type", after.type, tuple(ws.settings.types))
    clean_text(after.body)
    edit = Edit(before, after, text=clean_text(text), data=data, base=here)
    if data == here:
        return record_changes(ws, [Edit(before, before)])
    subject = (
        summary(edit) if changed else f"edit the {'file' if before.body == after.body else 'description'}"
    )
    return record(ws, [edit], subject, _remarks(ws, after, changed))


def require_editable(ws: Workspace, name: str, before: Ticket, after: Ticket) -> None:
    """See that a field may be changed by hand, and to that.

    Raises:
        UsageError: it stays as it was, or cannot hold its new value.
        NotFoundError: nobody is called that, or there is no such ticket.
    """
    declared = ws.settings.fields.get(name)
    if declared and declared.fixed:
        raise UsageError(
            f"{name} is set when a ticket is created, and stays",
            f"Put it back: {name}: {before.text(name)}",
        )
    if name == "title":
        clean_title(after.title)
    fresh = [each for each in after.items(name) if each not in before.items(name)]
    for each in fresh:
        clean_line(each, name)
        if name == "links":
            _require_link(ws, after.id, each)
        elif declared and declared.type is FieldType.TICKET:
            _require_written_out(name, each, find_ticket(ws, each))
        elif declared:
            _require_written_out(name, each, person_value(ws, name, each))
    if name == PARENT and fresh:
        require_no_circle(ws, after.id, after.text(PARENT))


def _require_written_out(name: str, typed: str, stored: str) -> None:
    """See that a file says what tickets say, not what people type for short."""
    if typed != stored:
        raise UsageError(f"{name}: {typed!r} is short for {stored}", f"Write {name}: {stored}")


def _require_link(ws: Workspace, ticket_id: str, line: str) -> None:
    kind, _, target = line.partition(" ")
    if kind not in LINKS:
        raise unknown("relation", kind, tuple(LINKS))
    if target == ticket_id:
        raise UsageError(f"{ticket_id} cannot be linked to itself")
    _require_written_out(kind, target, find_ticket(ws, target))


def _remarks(ws: Workspace, after: Ticket, changed: set[str]) -> list[str]:
    """What a person should know of what they edited, although it is allowed."""
    known = tuple(ws.settings.fields)
    said = []
    for name in sorted(changed.difference(known) & set(after.fields)):
        near = did_you_mean(name, known)
        said.append(f"{name} is no field of this desk; it is kept as it is" + (f"; {near}" if near else ""))
    matrix = ws.settings.matrix.priority(after.text("impact"), after.text("urgency"))
    if matrix not in {"", after.priority} and changed & {"impact", "urgency", "priority"}:
        said.append(f"{after.id} has priority {after.priority}; the matrix gives {matrix}")
    return said

"""What people disagree about, and how somebody settles it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tkt.domain.disputes import Dispute, Voice, disputes
from tkt.domain.entry import PRESENT, Entry, went_apart
from tkt.domain.fields import clean_text, unknown
from tkt.domain.replay import replay
from tkt.domain.ticket import Ticket
from tkt.errors import TktError, UsageError
from tkt.usecases.change import record_changes, with_typed
from tkt.usecases.record import Edit, Outcome, digest
from tkt.usecases.stepping import Move, stepping
from tkt.usecases.workspace import Workspace

_REASON = "people disagreed"


def disputed(ws: Workspace, ids: Sequence[str] = ()) -> Iterator[tuple[Ticket, Dispute]]:
    """What people disagree about: of some tickets, or of all that can be read.

    Args:
        ws: the desk.
        ids: which; none for all.

    Raises:
        InvalidStoreError: one that was named cannot be understood.
    """
    for ticket_id in ids or ws.tickets.ids():
        try:
            ticket = ws.tickets.load(ticket_id)
        except TktError:
            if ids:
                raise
            continue
        for each in disputes_of(ws, ticket, ws.tickets.thread(ticket.id)[0]):
            yield ticket, each


def disputes_of(ws: Workspace, ticket: Ticket, thread: Sequence[Entry]) -> list[Dispute]:
    """What people disagree about in one ticket, with its own entries."""
    return disputes(ticket.fields, thread, replay(thread, ws.settings)) if went_apart(thread) else []


def typed_for(ticket: Ticket, dispute: Dispute, voice: Voice) -> str:
    """What a person would type for a value that holds."""
    if not dispute.item:
        return voice.value
    rest = {*ticket.items(dispute.field)} - {dispute.item}
    return ",".join(sorted({*rest, dispute.item} if voice.value == PRESENT else rest))


def settle(ws: Workspace, ticket_id: str, typed: Mapping[str, str], text: str = "") -> Outcome:
    """Settle what people disagree about: from now on one value holds.

    Args:
        ws: the desk.
        ticket_id: of which ticket.
        typed: the values, by field, as a person types them; of a field that has it already, it stays.
        text: a comment.

    Raises:
        UsageError: nobody disagrees about a field, or it cannot hold that value.
        NotAllowedError: the workflow or somebody's role does not permit it.
        AlreadyDoneError: a command that was cut off has settled it so.
    """
    key = digest((ws.actor.id, ticket_id, sorted(typed.items()), text))
    if not ws.dry_run:
        ws.recorder.resume(key)
    before = ws.tickets.load(ticket_id)
    fields = {each.field for each in disputes_of(ws, before, ws.tickets.thread(ticket_id)[0])}
    _require_disputed(ws, ticket_id, typed, fields)
    new = {name: value for name, value in typed.items() if value != ",".join(before.items(name))}
    after = before
    notices: list[str] = []
    if "status" in new:
        move = Move(new.pop("status"), new.pop("resolution", ""), text)
        after = stepping(ws, before, move).after
    if new:
        after, notices = with_typed(ws, after, new, text or _REASON)
    settled = tuple(name for name in typed if name in fields)
    edit = Edit(before, after, text=clean_text(text), settles=settled)
    return record_changes(ws, [edit], notices, key=key)


def _require_disputed(ws: Workspace, ticket_id: str, typed: Mapping[str, str], fields: set[str]) -> None:
    """See that every field is one that people disagree about; a resolution may go with a status."""
    for name in typed:
        if name not in ws.settings.fields:
            raise unknown("field", name, tuple(sorted(fields)))
        if name not in fields and not (name == "resolution" and "status" in fields & typed.keys()):
            raise UsageError(
                f"nobody disagrees about {name} of {ticket_id}",
                f"tkt {'transition' if name == 'status' else 'set'} changes it.",
            )

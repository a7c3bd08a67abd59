"""What follows from a ticket's thread, and is never stored: when it last moved, how much was said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from tkt.domain.fields import Field, FieldType, format_time
from tkt.domain.ticket import Ticket
from tkt.domain.workflow import Workflow

if TYPE_CHECKING:
    from tkt.domain.entry import Entry

DERIVED = {
    field.name: field
    for field in (
        Field("updated", FieldType.DATETIME),
        Field("closed", FieldType.DATETIME),
        Field("comments", FieldType.NUMBER),
        Field("attachments", FieldType.NUMBER),
        Field("spent", FieldType.NUMBER, title="Minutes spent"),
    )
}
"""Fields that queries, columns and sorts know beside those in the file."""

TIMED = {
    field.name: field
    for field in (
        Field("sla"),
        Field("left", FieldType.NUMBER, title="Seconds left"),
        Field("sla_due", FieldType.DATETIME),
    )
}
"""Fields that columns and sorts know where something is promised (`domain/urgency.py`)."""

COUNTS = ("comments", "attachments", "spent")


class Activity(NamedTuple):
    """What a thread says happened.

    Args:
        last: the moment of its newest entry, UTC; None for an empty thread.
        comments: how many entries have a text.
        attachments: how many files came with them.
        spent: minutes, in all.
        speakers: who wrote those texts.
        changed: the fields that were changed.
        timed: who started a timer.
        moves: the statuses that were moved to, and when, UTC.
    """

    last: datetime | None = None
    comments: int = 0
    attachments: int = 0
    spent: int = 0
    speakers: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    timed: frozenset[str] = frozenset()
    moves: tuple[tuple[str, datetime], ...] = ()

    def fields(self, ticket: Ticket, workflow: Workflow) -> dict[str, str]:
        """A ticket's derived fields as they are shown; "" for none and for a count of 0."""
        closed = self.closed(ticket.status, workflow)
        counts = {name: getattr(self, name) for name in COUNTS}
        return {
            "updated": format_time(self.updated(ticket)),
            "closed": format_time(closed) if closed else "",
            **{name: str(count) if count else "" for name, count in counts.items()},
        }

    def updated(self, ticket: Ticket) -> datetime:
        """When a ticket last moved, UTC."""
        return max(ticket.created, self.last or ticket.created)

    def closed(self, status: str, workflow: Workflow) -> datetime | None:
        """When a ticket that is done was last moved to a status that ends it; None for any other."""
        if not workflow.is_done(status):
            return None
        return max((at for name, at in self.moves if workflow.is_done(name)), default=None)


def activity(thread: Iterable[Entry]) -> Activity:
    """What a ticket's own entries say happened to it."""
    entries = tuple(thread)
    said = [entry for entry in entries if entry.body.strip()]
    steps = [(c, entry.at) for entry in entries for c in entry.changes if c.field == "status"]
    moves = [(str(change.new), at) for change, at in steps if not change.is_kept]
    return Activity(
        last=max((entry.at for entry in entries), default=None),
        comments=len(said),
        attachments=sum(len(entry.attachments) for entry in entries),
        spent=sum(entry.minutes or 0 for entry in entries),
        speakers=frozenset(entry.by for entry in said),
        changed=frozenset(change.field for entry in entries for change in entry.changes),
        timed=frozenset(entry.by for entry in entries if entry.timer == "started"),
        moves=tuple(sorted(moves, key=lambda move: move[1])),
    )

"""Steps of the workflow: taking them, which of them are open to whom, and what is asked before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tkt.domain.entry import INTERNAL, PUBLIC, differences
from tkt.domain.fields import Value, clean_text
from tkt.domain.judging import TO_GIVE, Deed, Objection, distance, to_way
from tkt.domain.ticket import Ticket
from tkt.domain.workflow import Step
from tkt.errors import UsageError
from tkt.usecases.change import naming, record_changes
from tkt.usecases.record import Edit, Outcome
from tkt.usecases.typed import as_listed, typed_value
from tkt.usecases.workspace import Workspace


class Move(NamedTuple):
    """What a person wants of some tickets.

    Args:
        status: where to.
        resolution: how it ended, for a status of category done.
        text: a comment.
        visibility: of the comment.
    """

    status: str
    resolution: str = ""
    text: str = ""
    visibility: str = PUBLIC


class Way(NamedTuple):
    """A way to a status.

    Args:
        step: with its conditions.
        objections: what speaks against it now, whatever is said with it; () when it is open.
    """

    step: Step
    objections: tuple[Objection, ...]


def transition(ws: Workspace, ids: Sequence[str], move: Move) -> Outcome:
    """Move tickets to a status.

    Args:
        ws: the desk.
        ids: which.
        move: where to, and what is said with it.

    Raises:
        UsageError: there is no such status or resolution.
        NotAllowedError: the workflow has no such step, or not for this ticket or person.
    """
    listed = move._replace(status=as_listed(move.status, tuple(ws.settings.workflow.statuses)))
    edits = []
    for ticket_id in ids:
        before = ws.tickets.load(ticket_id)
        with naming(ticket_id if len(ids) > 1 else ""):
            edits.append(stepping(ws, before, listed))
    return record_changes(ws, edits)


def stepping(ws: Workspace, before: Ticket, move: Move, extra: Mapping[str, str] | None = None) -> Edit:
    """The edit that moves a ticket.

    Args:
        ws: the desk.
        before: the ticket as it is.
        move: where to, and what is said with it.
        extra: further keys of the entry.

    Raises:
        UsageError: there is no such status or resolution, or the status ends no ticket.
        NotAllowedError: the workflow has no such step.
    """
    workflow = ws.settings.workflow
    resolution = _resolution(ws, move)
    if before.status == move.status:
        after = before.with_fields(resolution)
    else:
        ways = workflow.require_step(before.type, before.status, move.status)
        after = _after(before, _way(ws, before, ways, move), resolution)
    return Edit(before, after, text=clean_text(move.text), visibility=move.visibility, extra=extra or {})


def _resolution(ws: Workspace, move: Move) -> dict[str, Value]:
    """What becomes of the resolution: only what is done has one."""
    is_done = ws.settings.workflow.is_done(move.status)
    if not move.resolution:
        return {} if is_done else {"resolution": ""}
    if not is_done:
        raise UsageError(f"{move.status} does not end a ticket, so it has no resolution")
    return {"resolution": typed_value(ws, "resolution", move.resolution)}


def _after(before: Ticket, way: Step, said: Mapping[str, Value]) -> Ticket:
    """A ticket after a step: what the step fills in, unless somebody said otherwise."""
    return before.with_fields({**dict(way.sets), "status": way.target, **said})


def _way(ws: Workspace, before: Ticket, ways: Sequence[Step], move: Move) -> Step:
    """Of several ways to a status the first that is free, else the one with the least against it."""
    if len(ways) == 1:
        return ways[0]
    resolution = _resolution(ws, move)
    return min(ways, key=lambda way: distance(_against(ws, before, way, resolution, move)))


def _against(
    ws: Workspace, before: Ticket, way: Step, said: Mapping[str, Value], move: Move
) -> list[Objection]:
    after = _after(before, way, said)
    who = ws.identity.actor()
    deed = Deed(
        by=who.id if who else "",
        at=ws.now,
        before=before,
        after=after,
        changes=differences(before.fields, after.fields),
        text=move.text,
        internal=move.visibility == INTERNAL,
        thread=lambda: ws.tickets.thread(before.id)[0],
    )
    return to_way(deed, before, way, ws.settings)


def questions(ws: Workspace, ids: Sequence[str], move: Move) -> list[str]:
    """What the workflow wants a person to be asked before tickets are moved, each once."""
    asked = []
    for ticket in map(ws.tickets.load, ids):
        steps = ws.settings.workflow.steps(ticket.type, ticket.status)
        ways = [step for step in steps if step.target == move.status and ticket.status != move.status]
        asked += [_way(ws, ticket, ways, move).confirm] if any(way.confirm for way in ways) else []
    return [each for each in dict.fromkeys(asked) if each]


def open_ways(ws: Workspace, ticket: Ticket) -> dict[str, list[Way]]:
    """Where a ticket may go, and by which ways; whoever nobody knows may go where everybody may."""
    found: dict[str, list[Way]] = {}
    for step in ws.settings.workflow.steps(ticket.type, ticket.status):
        against = _against(ws, ticket, step, {}, Move(step.target))
        final = tuple(each for each in against if each.rule not in TO_GIVE)
        found.setdefault(step.target, []).append(Way(step, final))
    return found

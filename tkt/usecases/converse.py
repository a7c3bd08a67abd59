"""What is said about tickets, and how long they took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tkt.domain.conditions import All, Among, Not, TimedBy
from tkt.domain.duration import show_minutes
from tkt.domain.entry import INTERNAL, PUBLIC, Entry
from tkt.domain.fields import clean_text
from tkt.errors import NotFoundError, UsageError
from tkt.usecases.record import Edit, NewFile, Outcome, one_line, record
from tkt.usecases.workspace import Workspace


def comment(
    ws: Workspace,
    ids: Sequence[str],
    text: str,
    *,
    internal: bool = False,
    files: Sequence[NewFile] = (),
) -> Outcome:
    """Say something about tickets.

    Args:
        ws: the desk.
        ids: which.
        text: Markdown.
        internal: whether only the desk may read it.
        files: to be attached.

    Raises:
        UsageError: there is neither text nor file, or a file is too large.
    """
    said = clean_text(text)
    if not said and not files:
        raise UsageError("a comment needs a text", "tkt comment ID TEXT, or -F FILE, or -e for your editor.")
    visibility = INTERNAL if internal else PUBLIC
    tickets = [ws.tickets.load(each) for each in ids]
    edits = [Edit(each, each, text=said, visibility=visibility, files=tuple(files)) for each in tickets]
    first = said.strip().partition("\n")[0] or f"attach {files[0].name}"
    kind = "note" if internal else "comment"
    return record(ws, edits, one_line(f"{kind}: {first}"))


def add_time(ws: Workspace, ids: Sequence[str], minutes: int, text: str = "") -> Outcome:
    """Note minutes spent on each of some tickets; the text is internal."""
    tickets = [ws.tickets.load(each) for each in ids]
    said = clean_text(text)
    edits = [Edit(each, each, text=said, visibility=INTERNAL, minutes=minutes) for each in tickets]
    return record(ws, edits, f"time: {show_minutes(minutes)}")


def start_timer(ws: Workspace, ticket_id: str) -> Outcome:
    """Start one's timer on a ticket.

    Raises:
        UsageError: it runs already.
    """
    ticket = ws.tickets.load(ticket_id)
    started = running_since(ws, ticket_id)
    if started:
        raise UsageError(
            f"your timer on {ticket_id} has been running since {started:%H:%M} UTC",
            f"tkt time stop {ticket_id}",
        )
    return record(ws, [Edit(ticket, ticket, timer="started")], "time: start")


def stop_timer(ws: Workspace, ticket_id: str, text: str = "") -> Outcome:
    """Stop one's timer on a ticket and note the minutes, at least one.

    Raises:
        NotFoundError: it does not run.
    """
    started = running_since(ws, ticket_id)
    if started is None:
        raise NotFoundError(f"you have no timer running on {ticket_id}", f"tkt time start {ticket_id}")
    minutes = max(round((ws.now - started).total_seconds() / 60), 1)
    ticket = ws.tickets.load(ticket_id)
    edit = Edit(ticket, ticket, text=clean_text(text), visibility=INTERNAL, minutes=minutes, timer="stopped")
    return record(ws, [edit], f"time: {show_minutes(minutes)}")


def running_since(ws: Workspace, ticket_id: str) -> datetime | None:
    """When one's timer on a ticket was started; None when it does not run."""
    started: Entry | None = None
    for entry in ws.tickets.thread(ticket_id, "timer")[0]:
        if entry.timer and entry.by == ws.actor.id:
            started = entry if entry.timer == "started" else None
    return started.at if started else None


def running_timers(ws: Workspace) -> list[str]:
    """The open tickets on which one's timer runs."""
    still_open = Not(Among("status", ws.settings.workflow.done, exact=True))
    asked = All((still_open, TimedBy(ws.actor.id)))
    timed = ws.catalogue.select(asked, ("id",)).tickets
    return [each.id for each in timed if running_since(ws, each.id)]


def only_running_timer(ws: Workspace) -> str:
    """The one ticket on which one's timer runs.

    Raises:
        NotFoundError: there is none, or more than one.
    """
    running = running_timers(ws)
    if len(running) == 1:
        return running[0]
    if not running:
        raise NotFoundError("you have no timer running", "tkt time start ID")
    raise NotFoundError(f"you have {len(running)} timers running", f"Name one: {', '.join(running)}")

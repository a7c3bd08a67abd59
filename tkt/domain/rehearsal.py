"""A workflow that is not in force yet, tried on what has happened: what it would have refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from tkt.domain.entry import Change, Entry
from tkt.domain.judging import Deed, deed_of, to_course
from tkt.domain.replay import after_entry, before_entries
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.domain.workflow import Category, Workflow

Renamed = Callable[[str], str]
"""The name that a status has in the other workflow."""


class Refusal(NamedTuple):
    """Something that happened and would not have been allowed.

    Args:
        ticket: its id.
        entry: the id of the entry that did it; "" for the ticket's creation.
        start: the status that the ticket had; "" for its creation.
        target: the status that it got.
        rule: the name of the rule.
        text: what the workflow says.
        field: the field it is about.
        by: who did it.
        at: when, UTC.
        already: whether the workflow in force would refuse it too.
    """

    ticket: str
    entry: str
    start: str
    target: str
    rule: str
    text: str
    field: str
    by: str
    at: datetime
    already: bool


_USUAL = {
    Category.NEW: ("new", "backlog", "todo", "to-do", "triage"),
    Category.OPEN: (
        "open",
        "active",
        "assigned",
        "doing",
        "in-progress",
        "in progress",
        "reopened",
        "started",
    ),
    Category.WAITING: ("waiting", "blocked", "hold", "on-hold", "pending", "review"),
    Category.DONE: ("done", "cancelled", "closed", "fixed", "rejected", "resolved", "solved", "wont-fix"),
}
"""What statuses of these names usually mean, where nobody knows any more what they meant."""


def nearest_status(name: str, category: Category | None, workflow: Workflow) -> str:
    """The status that takes the place of one that a workflow does not have.

    Args:
        name: the one it does not have.
        category: what that meant; None where nobody knows any more.
        workflow: the one that lacks it.
    """
    from difflib import get_close_matches  # start-up: only when a workflow changes

    statuses = workflow.statuses
    meant = category or next((each for each, names in _USUAL.items() if name.lower() in names), None)
    same = [each for each in statuses if statuses[each].category is (meant or Category.OPEN)]
    near = get_close_matches(name, same if meant else list(statuses), n=1, cutoff=0.6)
    return (*near, *same, *statuses)[0]


def tried(
    ticket: Ticket, thread: Sequence[Entry], draft: Settings, force: Settings, renamed: Renamed
) -> Iterator[list[Refusal]]:
    """What a draft says to each thing that happened to a ticket: its creation, then every step.

    Args:
        ticket: as it is.
        thread: its entries.
        draft: settings with the workflow that is tried.
        force: settings in force.
        renamed: what the draft calls a status.
    """
    entries = sorted(thread, key=lambda each: each.order)
    state = before_entries(ticket, entries)
    yield list(_refused(Deed(ticket.text("created_by"), ticket.created, None, state), draft, force, renamed))
    for number, entry in enumerate(entries):
        after = after_entry(state, entry)
        deed = deed_of(entry, state, after, lambda number=number: entries[:number])  # type: ignore[misc]
        moved = deed.change("status")
        if moved and renamed(str(moved.old)) != renamed(str(moved.new)):
            yield list(_refused(deed, draft, force, renamed, entry.id))
        state = after


def _refused(
    deed: Deed, draft: Settings, force: Settings, renamed: Renamed, entry: str = ""
) -> Iterator[Refusal]:
    found = to_course(_translated(deed, renamed), draft)
    already = bool(found) and bool(to_course(deed, force))
    moved = deed.change("status")
    for each in found:
        yield Refusal(
            ticket=deed.after.id,
            entry=entry,
            start=renamed(str(moved.old)) if moved else "",
            target=renamed(deed.after.status),
            rule=each.rule,
            text=each.text,
            field=each.field,
            by=deed.by,
            at=deed.at,
            already=already,
        )


def _translated(deed: Deed, renamed: Renamed) -> Deed:
    """A deed in the words of the other workflow."""
    changes = tuple(
        Change("status", renamed(str(each.old)), renamed(str(each.new))) if each.field == "status" else each
        for each in deed.changes
    )
    before = _named(deed.before, renamed) if deed.before else None
    return replace(deed, before=before, after=_named(deed.after, renamed), changes=changes)


def _named(ticket: Ticket, renamed: Renamed) -> Ticket:
    return ticket.with_fields({"status": renamed(ticket.status)})

"""The entries that close tickets, and what the verdicts in them must not say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tkt.domain.entry import Entry
from tkt.domain.verdict import BREACHED, MET, PAUSED
from tkt.domain.workflow import Workflow


def is_closing(entry: Entry, workflow: Workflow) -> bool:
    """Whether an entry takes its ticket from work to its end."""
    return any(
        each.field == "status" and workflow.is_done(str(each.new)) and not workflow.is_done(str(each.old))
        for each in entry.changes
    )


def closing_entry(thread: Sequence[Entry], workflow: Workflow) -> Entry | None:
    """The entry that closed a ticket last; None where the thread leaves it open.

    Args:
        thread: its own entries, in any order.
        workflow: what its statuses mean.
    """
    for entry in sorted(thread, key=lambda each: each.order, reverse=True):
        moved = next((each for each in entry.changes if each.field == "status"), None)
        if moved is None:
            continue
        if not workflow.is_done(str(moved.new)):
            return None
        if not workflow.is_done(str(moved.old)):
            return entry
    return None


def nonsense(entry: Entry, workflow: Workflow) -> Iterator[str]:
    """What cannot be so in the verdict of an entry, in sentences without a full stop."""
    verdict = entry.verdict
    if verdict is None:
        return
    moved = [str(each.new) for each in entry.changes if each.field == "status"]
    known = all(status in workflow.statuses for status in moved)
    if not moved or (known and not is_closing(entry, workflow)):
        yield "it judges clocks, and closes no ticket"
    for each in verdict.clocks:
        late = each.elapsed > each.target
        if late != (each.state == BREACHED):
            yield f"{each.clock} is {each.state} with {each.elapsed} of {each.target} seconds"
        elif each.state == MET and each.met is None:
            yield f"{each.clock} is met, and nobody knows when"
        elif each.state == PAUSED and each.met is not None:
            yield f"{each.clock} is paused, and was met"
        elif max(each.start, each.met or each.start) > entry.at:
            yield f"{each.clock} is judged by what came after"

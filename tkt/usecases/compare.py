"""What changed between two states of a desk, ticket by ticket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tkt.domain.comparison import Kind, State, TicketChange, changed, created
from tkt.domain.entry import Entry
from tkt.domain.settings import Settings
from tkt.domain.workflow import Workflow
from tkt.errors import InvalidStoreError, Problem, UsageError
from tkt.usecases.workspace import Tickets

_ORDER = tuple(Kind)


class Sides(NamedTuple):
    """Two states of a desk, as far as they differ.

    Args:
        settings: of the desk in the second state.
        before: the tickets in the first one.
        after: the tickets in the second one.
        ids: the tickets of which a file differs.
    """

    settings: Settings
    before: Tickets
    after: Tickets
    ids: tuple[str, ...]


class Comparison(NamedTuple):
    """What changed.

    Args:
        changes: the new tickets first, then the others, the most urgent first.
        problems: files that cannot be understood, so that something may be missing.
    """

    changes: tuple[TicketChange, ...]
    problems: tuple[Problem, ...]


def split_range(typed: str) -> tuple[str, str, bool]:
    """The two commits in `A..B`, and whether it is `A...B`, from where B left A.

    What is missing beside the dots, or after a single name, is HEAD.

    Raises:
        UsageError: nothing was typed.
    """
    if not typed.strip():
        raise UsageError("that names no commits", "tkt diff v1..v2")
    first, dots, second = typed.partition("...")
    if not dots:
        first, dots, second = typed.partition("..")
    return first or "HEAD", second or "HEAD", dots == "..."


def compare(sides: Sides, *, internal: bool = True) -> Comparison:
    """What changed between two states.

    Args:
        sides: the states.
        internal: whether notes for the desk only are told.
    """
    changes: list[TicketChange] = []
    problems: list[Problem] = []
    known = set(sides.before.ids()), set(sides.after.ids())
    for ticket_id in sides.ids:
        before = _state(sides.before, ticket_id, is_there=ticket_id in known[0])
        after = _state(sides.after, ticket_id, is_there=ticket_id in known[1])
        change, found = _one(before, after, sides.settings.workflow, internal=internal)
        problems += found
        if change and change.says_something:
            changes.append(change)
    matrix = sides.settings.matrix
    changes.sort(
        key=lambda each: (_ORDER.index(each.kind), matrix.rank(each.ticket.priority), each.ticket.id)
    )
    return Comparison(tuple(changes), tuple(dict.fromkeys(problems)))


class _Read(NamedTuple):
    """What could be read of a ticket in one state, and what could not."""

    is_there: bool
    state: State
    problems: tuple[Problem, ...]


def _state(tickets: Tickets, ticket_id: str, *, is_there: bool) -> _Read:
    thread, problems = tickets.thread(ticket_id)
    ticket = None
    try:
        ticket = tickets.load(ticket_id) if is_there else None
    except InvalidStoreError as error:
        problems = [*error.problems, *problems]
    return _Read(is_there, State(ticket, tuple(thread)), tuple(problems))


def _one(
    before: _Read, after: _Read, workflow: Workflow, *, internal: bool
) -> tuple[TicketChange | None, list[Problem]]:
    """What became of one ticket, and what could not be read of it."""
    was, now = before.state, after.state
    problems = [each for each in after.problems if each not in before.problems]
    if now.ticket is None:
        gone = was.ticket if not (after.is_there or after.problems) else None
        return (TicketChange(Kind.VANISHED, gone) if gone else None), problems
    if not before.is_there:
        change = created(now.ticket, now.thread, workflow)
    else:
        change = changed(was, now.ticket, now.thread, workflow)
    if before.is_there and was.ticket is None:
        problems += (each._replace(text=f"before: {each.text}") for each in before.problems)
    return (change if internal else _public(change, was.thread, now.thread)), problems


def _public(change: TicketChange, before: Sequence[Entry], after: Sequence[Entry]) -> TicketChange:
    """The same without what is for the desk only; what fields hold is not."""
    seen = {each.id for each in before if not each.internal}
    left = {each.id for each in after}
    secret = {each.id for each in (*before, *after) if each.internal}
    return change._replace(
        entries=tuple(each for each in change.entries if not each.internal),
        lost=len(seen - left),
        altered=tuple(each for each in change.altered if each not in secret),
    )

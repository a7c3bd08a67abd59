"""The threads of closed tickets folded into their files: fewer files, and the same tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tkt.domain.settings import CommitPolicy
from tkt.domain.ticket import Ticket
from tkt.errors import InvalidStoreError, NotAllowedError, Problem
from tkt.usecases.record import Progress, describe
from tkt.usecases.workspace import FileWrite, Receipt, Workspace


@dataclass(frozen=True, slots=True)
class Compacted:
    """What became of the threads.

    Args:
        tickets: whose thread was folded.
        removed: the entries' files that went.
        problems: why other tickets were left as they are.
        receipt: what became of the write; None when there was nothing to do, or it was only tried.
    """

    tickets: tuple[Ticket, ...]
    removed: tuple[FileWrite, ...]
    problems: tuple[Problem, ...]
    receipt: Receipt | None

    @property
    def size(self) -> int:
        """The bytes of the files that went."""
        return sum(len(each.base or b"") for each in self.removed)


def compact(
    ws: Workspace, ids: Sequence[str], older_than: timedelta, progress: Progress | None = None
) -> Compacted:
    """Fold the threads of closed tickets into their files, in one commit.

    Args:
        ws: the desk.
        ids: whose; none for all closed tickets on which nothing has happened for a while.
        older_than: how long a while.
        progress: told after each ticket how many are done, of how many.

    Raises:
        NotAllowedError: a ticket that was named is not closed.
        ConflictError: a file has changed meanwhile.
    """
    if not ws.dry_run:
        ws.recorder.resume()
    chosen, problems = (_named(ws, ids), []) if ids else _closed(ws)
    edited = set(ws.history.uncommitted())
    tickets: list[Ticket] = []
    writes: list[FileWrite] = []
    for done, ticket in enumerate(chosen, 1):
        try:
            found = _folding(ws, ticket, edited) if ids or _is_quiet(ws, ticket, older_than) else []
        except InvalidStoreError as error:
            problems += error.problems
            found = []
        tickets += [ticket] if found else []
        writes += found
        if progress:
            progress(done, len(chosen))
    removed = tuple(each for each in writes if each.data is None)
    return Compacted(tuple(tickets), removed, tuple(problems), _recorded(ws, tickets, writes))


def _named(ws: Workspace, ids: Sequence[str]) -> list[Ticket]:
    tickets = [ws.tickets.load(each) for each in ids]
    still_open = [each for each in tickets if not ws.settings.workflow.is_done(each.status)]
    if still_open:
        named = ", ".join(f"{each.id} is {each.status}" for each in still_open)
        raise NotAllowedError(
            f"only the thread of a closed ticket can be folded: {named}", "Nothing was changed."
        )
    return tickets


def _closed(ws: Workspace) -> tuple[list[Ticket], list[Problem]]:
    found = list(ws.tickets.scan())
    tickets = [each for each in found if isinstance(each, Ticket)]
    closed = [each for each in tickets if ws.settings.workflow.is_done(each.status)]
    return closed, [each for each in found if isinstance(each, Problem)]


def _is_quiet(ws: Workspace, ticket: Ticket, older_than: timedelta) -> bool:
    """Whether nothing has been said or done since; to close a ticket is one of these things."""
    thread, _ = ws.tickets.thread(ticket.id)
    return all(each.at <= ws.now - older_than for each in thread)


def _folding(ws: Workspace, ticket: Ticket, edited: set[str]) -> Sequence[FileWrite]:
    writes = ws.tickets.fold(ticket.id)
    for each in writes:
        if each.path in edited:
            raise InvalidStoreError((Problem(each.path, 0, "has changes that are not committed"),))
    return writes


def _recorded(ws: Workspace, tickets: Sequence[Ticket], writes: Sequence[FileWrite]) -> Receipt | None:
    if ws.dry_run or not tickets:
        return None
    note = describe(tickets, "compact")
    if len(tickets) > 1:
        note = note._replace(subject=f"Compact {len(tickets):,} tickets")
    # A commit that takes up the next changes would hide them behind this one.
    policy = CommitPolicy.AUTO if ws.policy is CommitPolicy.AMEND else ws.policy
    return ws.recorder.record(writes, note, policy)

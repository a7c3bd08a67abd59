"""Commits of code that say `Fixes TKT-...` move their tickets, once, when they reach the main branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from tkt.domain.entry import Entry
from tkt.domain.fields import hidden_characters
from tkt.domain.messages import fixed_in, repeats_another, trailer_values
from tkt.domain.settings import Settings
from tkt.domain.workflow import Workflow
from tkt.errors import ConflictError, NotFoundError, TktError, UsageError
from tkt.usecases.change import record_changes
from tkt.usecases.stepping import Move, stepping
from tkt.usecases.workspace import TRAILER, Actor, Workspace

COMMIT = "commit"
"""The key of an entry that says which commit it follows from."""


class CodeCommit(NamedTuple):
    """A commit, as its author wrote it.

    Args:
        id: its whole id.
        name: of its author.
        email: of its author.
        at: when it was committed, UTC.
        message: the whole of it.
    """

    id: str
    name: str
    email: str
    at: datetime
    message: str

    @property
    def subject(self) -> str:
        """The first line of its message."""
        return self.message.lstrip("\n").partition("\n")[0]

    @property
    def is_own(self) -> bool:
        """Whether tkt made it."""
        return any(True for _ in trailer_values(self.message.strip("\n"), TRAILER))


class CodeLog(Protocol):
    """The commits of a branch."""

    @property
    def checked_out(self) -> str:
        """The branch to which changes of tickets go; "" where there is none."""

    def commits(self, typed: str | None, main: str, containing: str) -> Sequence[CodeCommit]:
        """Commits whose messages meet a pattern, the oldest first.

        Args:
            typed: `A..B` or a commit, as a person named them; None for all of the main branch.
            main: the main branch.
            containing: an extended regular expression, in any case.

        Raises:
            NotFoundError: there is no such commit or branch.
        """


class Deskside(NamedTuple):
    """A desk at which others than the person at the keyboard have done something.

    Args:
        settings: in force.
        log: the commits of its repository.
        desk: the desk as it is now, for somebody to work at.
    """

    settings: Settings
    log: CodeLog
    desk: Callable[[Actor], Workspace]


class State(StrEnum):
    """What became of what a commit says of a ticket."""

    MOVED = "moved"
    REFUSED = "refused"
    MISSING = "missing"


class Fix(NamedTuple):
    """What became of one ticket that a commit says is done.

    Args:
        commit: which.
        ticket: its id.
        state: what became of it.
        was: the status that it had; "" where it is not there.
        status: the status that it has now, or should have got.
        why: what stood against it; "" where nothing did.
        warning: what a person should know although it is done.
    """

    commit: CodeCommit
    ticket: str
    state: State
    was: str = ""
    status: str = ""
    why: str = ""
    warning: str = ""


def fix_tickets(side: Deskside, typed: str | None = None) -> Iterator[Fix]:
    """Move the tickets that commits say are done, each by the author of its commit.

    What has been done is not done again: an entry names its commit. What was reopened after a commit is
    not closed by it.

    Args:
        side: the desk.
        typed: `A..B` or a commit; None for all of the main branch.

    Raises:
        UsageError: another branch than the main one is checked out, and no commits are named.
        NotFoundError: there are no such commits.
        ConflictError: Git is in the middle of something, or somebody else is at work in the same place.
    """
    policy, key = side.settings.policy, side.settings.key
    if not policy.fixes:
        return
    _require_main(side, typed)
    pattern = f"(fixes|closes|resolves).*{key}-"
    handled: set[tuple[str, str]] = set()
    for commit in side.log.commits(typed, policy.main, pattern):
        if commit.is_own or repeats_another(commit.message):
            continue
        for ticket in fixed_in(commit.message, key):
            if (ticket, policy.fixes) not in handled:
                fix = _fixed(side.desk(_author(commit, side.settings)), commit, ticket)
                handled |= {(ticket, policy.fixes)} if fix and fix.state is State.MOVED else set()
                yield from [fix] if fix else []


def _require_main(side: Deskside, typed: str | None) -> None:
    here, main = side.log.checked_out, side.settings.policy.main
    if typed is None and here != main:
        where = f"this is {here}" if here else "no branch is checked out"
        raise UsageError(
            f"commits count on the branch {main}, and {where}",
            f"git switch {main}, or name the commits: tkt fixes A..B",
        )


def _author(commit: CodeCommit, settings: Settings) -> Actor:
    """Who wrote a commit, as tickets name people; Git lets anybody be called anything."""
    email, name = _seen(commit.email), _seen(commit.name)
    person = settings.people.find(email) if email else None
    if person:
        return Actor(person.email, person.name, person.email)
    return Actor(email or name or "unknown", name or email or "unknown", email)


def _seen(text: str) -> str:
    hidden = set(hidden_characters(text))
    return " ".join("".join(each for each in text if each not in hidden).split())


def _fixed(ws: Workspace, commit: CodeCommit, ticket_id: str) -> Fix | None:
    """What becomes of a ticket; None where nothing is to be done."""
    target = ws.settings.policy.fixes
    try:
        before = ws.tickets.load(ticket_id)
    except NotFoundError:
        return Fix(commit, ticket_id, State.MISSING, why=f"there is no ticket {ticket_id}")
    except TktError as error:
        return Fix(commit, ticket_id, State.REFUSED, why=error.message)
    workflow = ws.settings.workflow
    if workflow.is_done(before.status) or _is_known(ws.tickets.thread(ticket_id)[0], commit, workflow):
        return None
    says = any(step.comment and step.target == target for step in workflow.steps(before.type, before.status))
    move = Move(target, text=_seen(commit.subject) if says else "")
    try:
        outcome = record_changes(ws, [stepping(ws, before, move, {COMMIT: commit.id})])
    except ConflictError:
        raise
    except TktError as error:
        return Fix(commit, ticket_id, State.REFUSED, before.status, target, error.message)
    warning = outcome.receipt.warning if outcome.receipt else ""
    return Fix(commit, ticket_id, State.MOVED, before.status, target, warning=warning)


def _is_known(thread: Sequence[Entry], commit: CodeCommit, workflow: Workflow) -> bool:
    """Whether a commit has had its effect, or somebody has reopened the ticket after it."""
    if any(entry.extra.get(COMMIT) == commit.id for entry in thread):
        return True
    return any(
        workflow.is_done(str(each.old)) and not workflow.is_done(str(each.new))
        for entry in thread
        if entry.at > commit.at
        for each in entry.changes
        if each.field == "status"
    )


def as_somebody(ws: Workspace, actor: Actor) -> Workspace:
    """A desk at which somebody else works."""
    return replace(ws, identity=_Somebody(actor))


class _Somebody:
    """Knows who is at work without looking.

    Args:
        who: it is.
    """

    def __init__(self, who: Actor) -> None:
        self.who = who

    def actor(self) -> Actor:
        """Who."""
        return self.who

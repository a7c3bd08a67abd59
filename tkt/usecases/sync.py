"""An exchange with another repository: fetch, join, push, and again while somebody else is faster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import NamedTuple, Protocol

from tkt.errors import ConflictError, RemoteError
from tkt.usecases.integrate import Aim, Integrated, Join, integrate
from tkt.usecases.rebase import StraightBranch, rebase


class Answer(Enum):
    """What came of a push; it is kept where this clone's own hook does not let it out."""

    TAKEN = auto()
    FASTER = auto()
    REFUSED = auto()
    KEPT = auto()


_REFUSING = (Answer.REFUSED, Answer.KEPT)


class Pushed(NamedTuple):
    """What came of a push, and what the other side said."""

    answer: Answer
    said: str = ""


class Remote(Protocol):
    """A branch of another repository."""

    @property
    def label(self) -> str:
        """What people call it."""

    def known(self) -> str:
        """The commit that it was at when it was last looked at; "" where nobody knows."""

    def fetch(self, *, leave_no_trace: bool = False) -> str:
        """Get what is there; the commit that the branch is at, "" where there is no such branch.

        Raises:
            RemoteError: it cannot be reached.
        """

    def push(self, commit: str) -> Pushed:
        """Send a commit, and have the branch there point to it if it still is where it was.

        Raises:
            RemoteError: it cannot be reached.
        """


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to exchange.

    Args:
        dry_run: only say what would come and go.
        push: whether anything is sent.
        straight: whether own commits are put on top of theirs, and not joined with them by a merge.
    """

    dry_run: bool = False
    push: bool = True
    straight: bool = False


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of an exchange.

    Args:
        before: the commit that the branch was at.
        after: the commit that it is at; "" where it was only tried and would be a new one.
        theirs: the commit that the other side was at; "" for no such branch.
        sent: whether the other side is at `after` now.
    """

    before: str
    after: str
    theirs: str
    sent: bool = False


class Follower(Protocol):
    """Who follows an exchange."""

    def tell(self, text: str) -> None:
        """What is being done just now."""

    def bring(self, done: Integrated) -> None:
        """What of theirs is here now, or would be; it stays, whatever comes of the push."""

    def wait(self, tries: int) -> bool:
        """Wait before another attempt, after so many; whether there is any patience left."""


def sync(branch: StraightBranch, remote: Remote, join: Join, wishes: Wishes, follower: Follower) -> Synced:
    """Exchange what is new with another repository.

    Args:
        branch: the one that is checked out.
        remote: the branch over there.
        join: puts the tickets of both sides together.
        wishes: how.
        follower: told of it step by step, and waits before another attempt.

    Raises:
        RemoteError: the other side cannot be reached, or refuses; what was joined here stays.
        ConflictError: something has to be settled by a person first; nothing has changed then.
    """
    before = branch.head()
    tries = 0
    while True:
        follower.tell(f"Fetching {remote.label}")
        theirs = remote.fetch(leave_no_trace=wishes.dry_run)
        done = _integrated(branch, join, theirs, remote.label, wishes)
        follower.bring(done)
        found = Synced(before, done.after, theirs)
        if done.after == theirs or wishes.dry_run or not wishes.push:
            return found
        _refuse_marked(branch.marked(theirs, done.after))
        follower.tell(f"Pushing to {remote.label}")
        tries += 1
        pushed = remote.push(done.after)
        if pushed.answer is Answer.TAKEN:
            return replace(found, sent=True)
        if pushed.answer in _REFUSING:
            who = remote.label if pushed.answer is Answer.REFUSED else "the pre-push hook of this clone"
            raise RemoteError(
                f"{who} refuses:\n{pushed.said}",
                "Your commits are still here; what was fetched is merged into them.",
            )
        if not follower.wait(tries):
            raise RemoteError(
                f"somebody else was faster {tries} times in a row at {remote.label}",
                "Your commits are still here; run the command again.",
            )


def _refuse_marked(paths: Sequence[str]) -> None:
    """See that nobody gets what somebody has left unsettled."""
    if paths:
        raise ConflictError(
            f"marks of a conflict stand in {', '.join(paths)}",
            "Nothing was sent. Put the lines in order, then: tkt record; tkt sync",
        )


def _integrated(branch: StraightBranch, join: Join, theirs: str, name: str, wishes: Wishes) -> Integrated:
    if theirs:
        bring = rebase if wishes.straight else integrate
        return bring(branch, join, Aim(theirs, name, wishes.dry_run))
    head = branch.head()
    return Integrated(head, head)

"""What a server judges pushes with: the references, its memory, and its word on who pushes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from tkt.domain.settings import Settings
from tkt.usecases.arrivals import Commits, Reader
from tkt.usecases.workspace import Workspace

BRANCHES, TAGS, NOTES = "refs/heads/", "refs/tags/", "refs/notes/"


class Update(NamedTuple):
    """What a push wants of a reference.

    Args:
        old: the id that it has; "" where it is new.
        new: the id that it is to have; "" where it is to go.
        ref: its whole name.
    """

    old: str
    new: str
    ref: str


class Trunk(NamedTuple):
    """The branches that the rules of a server come from, and that nobody rewinds.

    Args:
        head: the whole name of the main branch.
        desk: that of the branch with the desk, which is the main branch unless it has one of its own.
        tip: the commit that the desk is at; "" before there is any.
        code: the commit that the main branch is at, where the desk is not on it; else "".
    """

    head: str
    desk: str
    tip: str
    code: str = ""

    @property
    def is_one(self) -> bool:
        """Whether the desk lies in the tree of the code."""
        return self.head == self.desk


class Arrival(NamedTuple):
    """A commit's being received.

    Args:
        oid: the commit.
        at: when, UTC.
        user: who pushed it; "" where nobody was known.
        ref: to which reference; "" for what was here when the guard came.
        reason: why it was let past a rule; "" where it was not.
    """

    oid: str
    at: datetime
    user: str
    ref: str
    reason: str = ""


class Signature(NamedTuple):
    """What a commit's signature is worth.

    Args:
        signer: the address that it stands for; "" where it is not good.
        fault: what is wrong with it.
    """

    signer: str
    fault: str = ""


class Ledger(Protocol):
    """Remembers which commit was received when, and from whom."""

    def arrivals(self, oids: Collection[str]) -> Mapping[str, Arrival]:
        """Of some commits, those that were received."""

    def inherited(self) -> Sequence[str]:
        """The ids of what was here when the guard came, with all that it comes from."""

    def add(self, arrivals: Sequence[Arrival]) -> None:
        """Remember that commits were received."""


class Server(Protocol):
    """A repository that takes pushes."""

    def head(self) -> str:
        """The whole name of its main branch."""

    def desk(self) -> str:
        """The whole name of the branch with the desk: the main one, or one that the desk has for itself."""

    def tip(self, ref: str) -> str:
        """The id of a reference; "" where there is none."""

    def has_branches(self) -> bool:
        """Whether there is any branch."""

    def commit_of(self, oid: str) -> str:
        """The commit that an object is, or a tag means; "" where there is none."""

    def grows(self, old: str, new: str) -> bool:
        """Whether a commit comes from another one."""

    def has_desk(self, oid: str) -> bool:
        """Whether a commit has settings."""

    def first_seen(self, files: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[str]]:
        """The commits here that brought files, by path and id of the content."""

    def signature(self, oid: str, at: datetime) -> Signature:
        """Whether a commit is signed, as of a moment."""


@dataclass(frozen=True)
class Gate:
    """What a push is judged with.

    Args:
        server: the repository.
        ledger: what it remembers.
        commits: its commits.
        reader: understands files.
        settings: gives those of a commit.
        desk: gives the desk at a commit, read with some settings, at the moment of the push.
        now: the moment of the push, UTC.
        user: who pushes, as the transport knows; "" where nobody is known.
        anonymous: whether that is fine.
        signed: whether commits must be signed.
        override: why rules are to be pushed past; None where they are not.
    """

    server: Server
    ledger: Ledger
    commits: Commits
    reader: Reader
    settings: Callable[[str], Settings]
    desk: Callable[[str, Settings], Workspace]
    now: datetime
    user: str = ""
    anonymous: bool = False
    signed: bool = False
    override: str | None = None

    def trunk(self) -> Trunk:
        """The branches that the rules come from, as they are."""
        head, desk = self.server.head(), self.server.desk()
        code = "" if head == desk else self.server.tip(head)
        return Trunk(head, desk, self.server.tip(desk), code)

"""Commits as rules look at them: what each of them changes of a store, and from what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from tkt.domain.settings import Settings
from tkt.domain.succession import Snapshot
from tkt.errors import Problem
from tkt.usecases.workspace import Files

LINK, REPOSITORY = "120000", "160000"
"""Modes of what is no file."""


class Commit(NamedTuple):
    """A commit, as it says itself.

    Args:
        oid: its id.
        parents: their ids.
        author: the address of whom it names as its author.
        message: the whole of it.
    """

    oid: str
    parents: tuple[str, ...]
    author: str
    message: str


class Row(NamedTuple):
    """What became of a file of the store from a parent to a commit.

    Args:
        old: the id of its content in the parent; "" where it is not there.
        new: the same in the commit.
        mode: in the commit; "" where it is not there.
    """

    old: str
    new: str
    mode: str


class State(Files, Protocol):
    """A ticket's file and thread in a commit."""

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same content."""


class TicketChange(NamedTuple):
    """What a commit makes of a ticket.

    Args:
        ticket_id: which ticket.
        parents: as it is in each parent.
        now: as it is in the commit.
    """

    ticket_id: str
    parents: tuple[State, ...]
    now: State


class CommitChange(NamedTuple):
    """What a commit changes of a store.

    Args:
        commit: which.
        rows: what became of each file, by its path; for each parent.
        tickets: the tickets that it touches.
    """

    commit: Commit
    rows: tuple[Mapping[str, Row], ...]
    tickets: tuple[TicketChange, ...]


class Commits(Protocol):
    """The commits of a repository, and what they change of the store in it."""

    def listed(self, tips: Iterable[str], without: Iterable[str] = ()) -> list[Commit]:
        """The commits that some commits come from, themselves among them; parents first.

        Args:
            tips: ids.
            without: ids of those that are left out, and all that they come from.
        """

    def changes(self, commits: Sequence[Commit]) -> Iterator[Sequence[CommitChange]]:
        """What commits change of the store, in their order, so many at once as fit into the memory.

        Raises:
            TktError: a commit has more text than could be looked at.
        """

    def files(self, oid: str) -> Files:
        """The settings and other single files at a commit; it lists nothing."""

    def siblings(self, oid: str, folder: str) -> Sequence[str]:
        """The names in a folder at a commit."""

    def ancestral(self, one: str, other: str, path: str) -> frozenset[str]:
        """The ids of a file's content, "" for none, in the newest commits that two commits come from."""


class Reader(Protocol):
    """Understands the files of a store."""

    def snapshot(
        self, files: Files, ticket_id: str, settings: Settings
    ) -> tuple[Snapshot, tuple[Problem, ...]]:
        """A ticket with its thread, and what is wrong with what cannot be understood."""

    def mistakes(self, files: Files) -> Sequence[Problem]:
        """What is wrong with the settings."""

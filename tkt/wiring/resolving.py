"""What putting tickets in order needs, in the middle of a merge that Git has stopped at."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from tkt.domain.ids import ticket_of, ticket_path
from tkt.domain.merge import Answers, Bodies
from tkt.errors import ConflictError, InvalidStoreError
from tkt.gitrepo.merging import merge_text
from tkt.gitrepo.repository import Repository
from tkt.gitrepo.unmerged import Stopped, in_conflict, put_in_order, stopped_at
from tkt.store.merging import marked_body
from tkt.usecases.integrate import Joined, common_base, refuse_unresolved
from tkt.wiring.desk import repository_of
from tkt.wiring.places import place_of
from tkt.wiring.sharing import Sharing, open_sharing

_BOTH = {2, 3}
"""The sides that have a file which both changed."""


_MARKS = re.compile(r"^([<|>]{7}) .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A merge that Git has stopped at.

    Args:
        sharing: the desk.
        repository: with its working tree.
        stopped: who the sides are.
        conflicts: the paths in conflict, from the store; those outside it begin with `..`.
    """

    sharing: Sharing
    repository: Repository
    stopped: Stopped
    conflicts: dict[str, set[int]]

    @property
    def tickets(self) -> tuple[str, ...]:
        """The tickets of which a file is in conflict."""
        return tuple(dict.fromkeys(filter(None, map(ticket_of, self.conflicts))))

    def settle(self, ids: tuple[str, ...], answers: Answers, *, dry_run: bool = False) -> Joined:
        """Put some tickets in order, as `tkt merge-branch` would, in the index and in the working tree.

        Args:
            ids: which.
            answers: descriptions that a person has put together.
            dry_run: only say what would become of them.

        Raises:
            UnsettledError: descriptions have to be put together first.
            ConflictError: something else is for a person.
        """
        stopped, repository = self.stopped, self.repository
        branch = self.sharing.branch(stopped.name)
        with branch.locked():
            join = self.sharing.joining(answers)
            base = common_base(branch, join, stopped.bases)
            fork = branch.fork_of(base, stopped.ours, stopped.theirs, ids)
            joined = join(fork)
            for each in ids:
                self._refuse_finished(each, joined)
            refuse_unresolved(joined, fork, stopped.name, stopped=True)
            if not dry_run:
                put_in_order(repository.git, repository.layout, repository.prefix, joined.files)
        return joined

    def left(self) -> int:
        """How many files are in conflict now."""
        return len(_conflicts(self.repository))

    def _refuse_finished(self, ticket_id: str, joined: Joined) -> None:
        """See that nobody has put a ticket's file in order by hand already, in a way of their own."""
        path = ticket_path(ticket_id)
        data = self._data(path)
        if self.conflicts.get(path, set()) < _BOTH or b"\n<<<<<<< " in data:
            return
        if data == joined.files.get(path):  # by a command that was cut off
            return
        if data != self.repository.git.run("cat-file", "blob", f":2:{self.repository.prefix}{path}"):
            raise ConflictError(
                f"no marks are left in {path}: somebody has put it in order",
                f"git add {path} says so to Git.",
            )

    def _data(self, path: str) -> bytes:
        try:
            with open(os.path.join(self.repository.root, path), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def begun(self, path: str, bodies: Bodies) -> str:
        """The description with marks as a person may have begun to put it in order; "" where nobody has."""
        try:
            body = marked_body(self._data(path), path)
        except InvalidStoreError:  # marks in the front matter too
            return ""
        if "\n<<<<<<< " not in f"\n{body}":
            return ""
        one, base, other = bodies.ours.encode(), bodies.base.encode(), bodies.theirs.encode()
        merges = [merge_text(self.repository.git, how=how) for how in ("", "diff3")]
        left = {merge(base, *sides)[0].decode() for merge in merges for sides in ((one, other), (other, one))}
        return "" if _unnamed(body) in map(_unnamed, left) else body


def _unnamed(text: str) -> str:
    """A text with marks that do not say what they call the sides."""
    return _MARKS.sub(r"\1", text)


def open_unmerged() -> Unmerged | None:
    """The merge that Git has stopped at in the current folder's repository; None where there is none.

    Raises:
        NotFoundError: there is no desk, or no repository.
        ConflictError: files are in conflict, and nobody knows which commits the sides are.
    """
    place = place_of("")
    if place.git.bare:
        return None
    repository = repository_of(place.root)
    stopped = stopped_at(repository.git, repository.layout)
    conflicts = _conflicts(repository)
    if stopped:
        return Unmerged(open_sharing(), repository, stopped, conflicts)
    if conflicts:
        raise ConflictError(
            f"{min(conflicts)} is in conflict, and Git has stopped at no merge, rebase or cherry-pick",
            "Keep one side of what is marked, then git add the file.",
        )
    return None


def _conflicts(repository: Repository) -> dict[str, set[int]]:
    prefix = repository.prefix or os.curdir
    found = in_conflict(repository.layout)
    return {os.path.relpath(path, prefix).replace(os.sep, "/"): sides for path, sides in found.items()}

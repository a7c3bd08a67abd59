"""Our commits on top of theirs, one by one and ticket by ticket: a straight history, where that can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tkt.usecases.integrate import (
    Aim,
    Branch,
    Fork,
    Integrated,
    Join,
    Joined,
    UnsettledError,
    common_base,
    joined_fork,
    merged,
    refuse_unresolved,
    undisturbed,
)
from tkt.usecases.versions import Content


class StraightBranch(Branch, Protocol):
    """A branch whose own commits can be made once more."""

    def own(self, base: str, ours: str) -> Sequence[tuple[str, str]]:
        """Our commits since another one, the oldest first, each with the one that it follows.

        Raises:
            ConflictError: one of them is a merge.
        """

    def standing_on(self, parent: str, commit: str) -> str:
        """A commit with the tree of another one, as if it followed a parent."""

    def replayed(self, commit: str, tip: str, fork: Fork, files: Mapping[str, Content]) -> str:
        """A commit made once more on top of another; that one itself, where nothing of it is left to do."""


def rebase(branch: StraightBranch, join: Join, aim: Aim) -> Integrated:
    """As `integrate`, but put the branch's own commits on top of the other one.

    Where both sides moved a ticket to another status, they are joined by a merge: only a merge shows that
    whoever took a step did not know where the ticket was. So are commits that others may have already.
    """
    return undisturbed(branch, lambda: _rebased(branch, join, aim) or merged(branch, join, aim))


def _rebased(branch: StraightBranch, join: Join, aim: Aim) -> Integrated | None:
    """What became of the branch; None where there is nothing to put on top, or a merge is needed."""
    ours = branch.head()
    relation = branch.relation(ours, aim.theirs)
    if relation.ahead or relation.behind:
        return None
    base = common_base(branch, join, relation.bases)
    fork, joined = joined_fork(branch, join, base, ours, aim.theirs)
    if fork.published():
        return None
    own = branch.own(base, fork.ours)
    replayed = [] if _moved_twice(joined) else _replay(branch, join, own, aim)
    if not replayed:
        return None
    tip = replayed[-1][0]
    clashes = dict.fromkeys(clash for _, each in replayed for clash in each.clashes)
    told = Joined({}, tuple(clashes), joined.notes)
    if aim.dry_run:
        branch.require_way(ours, tip)
        return Integrated(ours, "", told, base)
    return Integrated(ours, tip, told, base, branch.advance(ours, tip, f"rebase on {aim.name}"))


def _moved_twice(joined: Joined) -> bool:
    return any(clash.field == "status" for _, clash in joined.clashes)


def _replay(
    branch: StraightBranch, join: Join, own: Sequence[tuple[str, str]], aim: Aim
) -> list[tuple[str, Joined]]:
    """Our commits on top of theirs, each with what was put together for it; none where a merge is needed."""
    tip = aim.theirs
    done = []
    for commit, parent in own:
        fork = branch.fork(parent, branch.standing_on(parent, tip), commit)
        joined = join(fork)
        try:
            refuse_unresolved(joined, fork, aim.name)
        except UnsettledError as error:  # what is put on top of theirs is ours
            bodies = {
                path: each._replace(ours=each.theirs, theirs=each.ours) for path, each in error.bodies.items()
            }
            raise UnsettledError(bodies, own[0][1], aim.theirs, aim.name) from error
        if _moved_twice(joined):
            return []
        tip = branch.replayed(commit, tip, fork, joined.files)
        done.append((tip, joined))
    return done

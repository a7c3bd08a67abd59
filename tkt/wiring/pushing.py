"""What a push from this clone would bring to its remote."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tkt.errors import NotFoundError
from tkt.gitrepo.git import Git
from tkt.gitrepo.ownbranch import has_desk
from tkt.gitrepo.past import commit_ids, merge_base
from tkt.gitrepo.worktrees import git_folder, own_branch
from tkt.usecases.gate import BRANCHES
from tkt.wiring.places import past_settings, place_of, settings_reader

if TYPE_CHECKING:
    from tkt.domain.violation import Violation
    from tkt.usecases.workspace import Workspace

_NOWHERE = "0000000"
"""How the id of a commit begins that does not exist: a branch is new, or is to go."""


class Pushed(NamedTuple):
    """What a push would do to a reference of the remote.

    Args:
        ref: its whole name.
        tip: the commit that it would have.
        base: what the remote has already; "" where that is not known.
    """

    ref: str
    tip: str
    base: str


def pushed(told: str, remote: str) -> list[Pushed]:
    """What a push would do; nothing of references that are to go.

    Beside a desk with a branch of its own, none of branches of code either.

    Args:
        told: what Git tells its pre-push hook: on each line a reference and a commit here, and both there.
        remote: the name or address of the remote.

    Raises:
        NotFoundError: there is no store here.
    """
    place = place_of("")
    git, branch = place.git, own_branch(git_folder(place.root))
    found = []
    for line in told.splitlines():
        _, here, ref, there = (*line.split(), "", "", "", "")[:4]
        if not here or here.startswith(_NOWHERE) or (branch and not has_desk(git, here)):
            continue
        base = _base(git, here, remote, branch) if there.startswith(_NOWHERE) else _known(git, there)
        found.append(Pushed(ref, here, base))
    return found


def pushed_breaches(push: Pushed) -> list[Violation]:
    """The clocks that speak against a push to a branch, or that are to be told of.

    Raises:
        NotFoundError: there is no store here.
        InvalidStoreError: the settings that are pushed have mistakes.
    """
    from tkt.gitrepo.ranges import CommitRange

    place = place_of("")
    commits = CommitRange(place.git, place.prefix)
    if not push.ref.startswith(BRANCHES) or not commits.has_desk(push.tip):
        return []
    settings = past_settings(place, commits.files(push.tip))
    if not settings.sla.policies:
        return []
    from tkt.usecases.breaches import ANY, breaches
    from tkt.wiring.desk import open_workspace

    after = open_workspace(rev=push.tip, settings=settings)

    def before() -> Workspace | None:
        if not push.base or not commits.has_desk(push.base):
            return None
        return replace(open_workspace(rev=push.base, settings=settings), now=after.now)

    rules = (*settings.sla.push, ANY)
    return breaches(rules, push.ref.removeprefix(BRANCHES), after, before)


def _known(git: Git, commit: str) -> str:
    """A commit, "" where this clone has not got it: then the push is refused anyway."""
    try:
        return commit_ids(git, [commit])[0]
    except NotFoundError:
        return ""


def _base(git: Git, commit: str, remote: str, branch: str) -> str:
    """Where a new branch left the remote's main branch, or the desk's own; "" where that is not known."""
    main = branch or settings_reader().load().policy.main
    try:
        (known,) = commit_ids(git, [f"refs/remotes/{remote}/{main}"])
        return merge_base(git, known, commit)
    except NotFoundError:
        return ""

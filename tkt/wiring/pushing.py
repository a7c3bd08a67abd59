"""What a push from this clone would bring to its remote."""

from __future__ import annotations

from tkt.errors import NotFoundError
from tkt.gitrepo.git import Git
from tkt.gitrepo.past import commit_ids, merge_base
from tkt.wiring.places import place_of, settings_reader

_NOWHERE = "0000000"
"""How the id of a commit begins that does not exist: a branch is new, or is to go."""


def pushed_ranges(told: str, remote: str) -> list[str]:
    """The commits that a push would bring, as `A..B`; none of branches that are to go.

    Args:
        told: what Git tells its pre-push hook: on each line a reference and a commit here, and both there.
        remote: the name or address of the remote.

    Raises:
        NotFoundError: there is no store here.
    """
    git = place_of("").git
    found = []
    for line in told.splitlines():
        _, here, _, there = (*line.split(), "", "", "", "")[:4]
        if not here or here.startswith(_NOWHERE):
            continue
        base = _base(git, here, remote) if there.startswith(_NOWHERE) else _known(git, there)
        found += [f"{base}..{here}"] if base else []
    return found


def _known(git: Git, commit: str) -> str:
    """A commit, "" where this clone has not got it: then the push is refused anyway."""
    try:
        return commit_ids(git, [commit])[0]
    except NotFoundError:
        return ""


def _base(git: Git, commit: str, remote: str) -> str:
    """Where a new branch left the remote's main branch; "" where that is not known."""
    main = settings_reader().load().policy.main
    try:
        (known,) = commit_ids(git, [f"refs/remotes/{remote}/{main}"])
        return merge_base(git, known, commit)
    except NotFoundError:
        return ""

"""A merge that Git has stopped at: its two sides, the files in conflict, and these put in order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tkt.errors import ConflictError
from tkt.gitrepo.git import Git
from tkt.gitrepo.locks import draft_index, index_lock
from tkt.gitrepo.objects import index_rows, stored_files
from tkt.gitrepo.repository import Layout
from tkt.usecases.versions import Content

_REBASED, _REBASES = "REBASE_HEAD", ("rebase-merge", "rebase-apply")
"""The commit that a rebase has stopped at, which may lie about longer than the folder of the rebase."""

_HEADS = {
    "MERGE_HEAD": "git commit concludes the merge",
    "CHERRY_PICK_HEAD": "git cherry-pick --continue goes on",
    _REBASED: "git rebase --continue goes on",
}
"""The files in which Git notes the commit that it brings in, and how a person goes on afterwards."""


class Stopped(NamedTuple):
    """What Git has stopped at.

    Args:
        bases: the newest commits that both sides come from.
        ours: the side of whoever sits here.
        theirs: the other one.
        name: what people call that.
        way_on: how to go on once nothing is in conflict, a sentence without a full stop.
    """

    bases: tuple[str, ...]
    ours: str
    theirs: str
    name: str
    way_on: str


def stopped_at(git: Git, layout: Layout) -> Stopped | None:
    """What Git has stopped at; None for nothing that could be put in order.

    Raises:
        ConflictError: the two sides have nothing in common.
    """
    for name, way_on in _HEADS.items():
        if not _has_stopped(layout, name):
            continue
        head, brought = (git.text("rev-parse", "--verify", f"{each}^{{commit}}") for each in ("HEAD", name))
        asked = (
            ("merge-base", "--all", head, brought)
            if name == "MERGE_HEAD"
            else ("rev-parse", "--verify", f"{brought}^")
        )
        status, out, _ = git.attempt(*asked)
        if status:
            raise ConflictError("the two sides have no commit in common", "git status")
        ours, theirs = (brought, head) if name == _REBASED else (head, brought)
        return Stopped(tuple(out.decode().split()), ours, theirs, _called(git, theirs), way_on)
    return None


def _has_stopped(layout: Layout, name: str) -> bool:
    there = {each for each in (name, *_REBASES) if os.path.exists(os.path.join(layout.git_dir, each))}
    return name in there and (name != _REBASED or len(there) > 1)


def _called(git: Git, commit: str) -> str:
    """What people call a commit: a branch that is there, else the beginning of its id."""
    args = (f"--points-at={commit}", "--format=%(refname:short)", "refs/heads", "refs/remotes")
    names = [
        each for each in git.text("for-each-ref", *args).split("\n") if each and not each.endswith("/HEAD")
    ]
    return names[0] if names else git.text("rev-parse", "--short", commit)


def in_conflict(layout: Layout) -> dict[str, set[int]]:
    """The paths in conflict, from the top of the working tree, each with the sides that have it.

    1 is what both come from, 2 what is checked out, 3 the other one.
    """
    found: dict[str, set[int]] = {}
    out = Git(layout.top).run("ls-files", "-z", "--unmerged").decode("utf-8", "surrogateescape")
    for row in out.split("\0")[:-1]:
        facts, _, path = row.partition("\t")
        found.setdefault(path, set()).add(int(facts.rpartition(" ")[2]))
    return found


def put_in_order(git: Git, layout: Layout, prefix: str, files: Mapping[str, Content]) -> None:
    """Put files into the working tree and the index, in the place of what is in conflict there.

    The index comes last: until then all is in conflict, and can be put in order again. To be asked for under
    `desk_lock`.

    Args:
        git: of the repository.
        layout: of the repository.
        prefix: the store's place in the tree.
        files: as they are to be, by their paths in the store.
    """
    rows = stored_files(git, files, sha256=layout.sha256)
    gone = index_rows(dict.fromkeys(rows), prefix, layout.null)
    entries = gone + index_rows(rows, prefix, layout.null)
    there = "".join(f"{prefix}{path}\0" for path, each in rows.items() if each)
    names = there.encode("utf-8", "surrogateescape")
    with index_lock(layout.index), draft_index(git, layout, ()) as ready:
        index = ready()
        env = {"GIT_INDEX_FILE": index}
        git.run("update-index", "-z", "--index-info", stdin=entries, env=env)
        Git(layout.top).run("checkout-index", "--force", "-z", "--stdin", stdin=names, env=env)
        _remove(os.path.join(layout.top, prefix, path) for path, each in rows.items() if each is None)
        os.replace(index, layout.index)


def _remove(paths: Iterable[str]) -> None:
    for path in paths:
        if os.path.lexists(path):
            os.remove(path)

"""Desks with a branch of their own: begun, found in a fresh clone, and brought back when they are gone."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tkt.domain.settings import CommitPolicy
from tkt.errors import NotFoundError, UsageError
from tkt.gitrepo.locks import desk_lock
from tkt.gitrepo.ownbranch import KEY, OwnBranch, branches_elsewhere, require_name, set_branch
from tkt.gitrepo.worktrees import git_folder, own_branch
from tkt.wiring.ahead import find_store
from tkt.wiring.desk import repository_of
from tkt.wiring.making import existing, new_desk, require_author

if TYPE_CHECKING:
    from tkt.usecases.setup import NewDesk


def branch_of(folder: str) -> str:
    """The branch on which the repository of a folder has its desk, here or at a remote; "" for none.

    Raises:
        NotFoundError: there are several at a remote.
    """
    near = existing(folder)
    common = git_folder(near)
    if not common or own_branch(common):
        return own_branch(common)
    try:
        find_store(near)
    except NotFoundError:
        found = branches_elsewhere(repository_of(near).git)
    else:
        return ""
    if len(found) > 1:
        raise NotFoundError(
            f"there are several branches with a desk: {', '.join(found)}", "tkt init --branch NAME takes one."
        )
    return found[0] if found else ""


def set_up(folder: str = os.curdir) -> str:
    """Check the desk's branch out, where the repository has one and no folder for it; what to say of that.

    Raises:
        NotFoundError: the branch is gone, or there are several.
        ConflictError: something is in the way.
    """
    branch = "" if os.environ.get("TKT_DIR") else branch_of(folder)
    if not branch:
        return ""
    own = OwnBranch(repository_of(folder), branch)
    with desk_lock(own.common):
        came = own.find()
        root = own.check_out()
        set_branch(own.git, branch)
    return f"The tickets of the branch {came or branch} are in {_shown(root)} from now on."


def _shown(path: str) -> str:
    here = os.path.relpath(path)
    return path if here.startswith(os.pardir) else here


def branch_desk(folder: str, branch: str, *, key: str, commit: CommitPolicy | None, workflow: str) -> NewDesk:
    """Have a desk on a branch of its own: a new one, or the one that is there.

    Args:
        folder: in the working tree of the code.
        branch: the branch.
        key: as for `new_desk`.
        commit: the same; None for `auto`.
        workflow: the same.

    Raises:
        UsageError: the branch cannot be called so or has something else on it, or there is a desk already.
        NotFoundError: the folder is in no repository.
        ConflictError: something is in the way.
    """
    from tkt.usecases.setup import require_key

    require_key(key)
    repository = repository_of(existing(folder))
    require_name(repository.git, branch)
    own = OwnBranch(repository, branch)
    in_use = own_branch(own.common)
    if in_use and in_use != branch:
        raise UsageError(
            f"the desk of this repository is on the branch {in_use}",
            f"git config --unset {KEY} makes this clone forget it.",
        )
    _refuse_desk_in_tree(own)
    with desk_lock(own.common):
        came = ""
        if own.ref:
            if not in_use:
                own.require_apart()
            is_here = bool(own.top)
            came = own.find() or ("" if is_here else branch)
            root = own.check_out()
        else:
            require_author(repository, commit or CommitPolicy.AUTO)
            own.require_absence()
            root = own.begin()
    made = new_desk(root, key=key, commit=commit, workflow=workflow)
    set_branch(own.git, branch)
    return replace(made, branch=branch, came=came)


def _refuse_desk_in_tree(own: OwnBranch) -> None:
    try:
        there = find_store(own.repository.root)
    except NotFoundError:
        return
    top = own.top
    if os.path.samefile(git_folder(there) or os.sep, own.common) and not (
        top and os.path.samefile(there, top)
    ):
        raise UsageError(
            f"there is a desk in {there}, in the tree of the code",
            "docs/branch.md has the commands that move it to a branch of its own.",
        )

"""What is done while a command is still being loaded; so this loads next to nothing itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tkt.domain.ids import SETTINGS
from tkt.errors import NotFoundError

if TYPE_CHECKING:
    from tkt.store.index.looks import Ahead

INDEX = "index-1.db"
_LARGE = 2_000_000
"""An index of so many bytes knows a thousand tickets: to look at fewer takes less than to begin early."""


def find_store(start: str = "") -> str:
    """The folder with the store.

    That is TKT_DIR, or the one of the branch that the repository keeps for it, or the nearest one upwards
    that has `.tkt/`.

    Raises:
        NotFoundError: there is none.
    """
    named = os.environ.get("TKT_DIR")
    if named:
        if not os.path.isdir(os.path.join(named, SETTINGS)):
            raise NotFoundError(
                f"TKT_DIR={named} has no {SETTINGS} folder", "tkt init makes one in a repository."
            )
        return os.path.abspath(named)
    found = _nearest(os.path.abspath(start or os.curdir))
    if not found:
        raise NotFoundError(
            "no ticket desk here or in any folder above", "tkt init makes one in a Git repository."
        )
    return found


def _nearest(folder: str) -> str:
    found = ""
    while True:
        if not found and os.path.isdir(os.path.join(folder, SETTINGS)):
            found = folder
        beside = os.path.join(folder, ".git")
        if os.path.exists(beside):
            found = _of_own_branch(beside) or found
            if found:
                return found
        parent = os.path.dirname(folder)
        if parent == folder:
            return found
        folder = parent


def _of_own_branch(beside: str) -> str:
    """The folder of a desk that has a branch of its own; "" where the repository has none such.

    Args:
        beside: the repository's `.git`.

    Raises:
        NotFoundError: the branch is checked out nowhere.
    """
    if not _may_have_branch(beside):
        return ""
    # start-up: most desks do without
    from tkt.gitrepo.worktrees import common_dir, git_dir, has_checked_out, own_branch, worktree_of

    top, at = git_dir(os.path.dirname(beside))
    common = common_dir(at)
    branch = own_branch(common)
    if not branch:
        return ""
    root = top if has_checked_out(at, branch) else worktree_of(common, branch)
    if not os.path.isdir(os.path.join(root, SETTINGS)):
        raise NotFoundError(
            f"the tickets are on the branch {branch}, and no folder has it checked out",
            f"tkt init --branch {branch} brings it back.",
        )
    return root


def _may_have_branch(beside: str) -> bool:
    try:
        with open(os.path.join(beside, "config"), "rb") as file:
            return b"[tkt]" in file.read().lower()
    except NotADirectoryError:  # a linked worktree, or a submodule
        return True
    except OSError:
        return False


_begun: dict[str, Ahead] = {}
"""Of each desk, the look that nobody has asked for yet."""


def look_ahead(*, threads: bool = False, clocks: bool = False) -> None:
    """Begin to look at the tickets of the current folder's desk, where there are many of them.

    Args:
        threads: at their threads as well.
        clocks: at those of open tickets whose clocks are known.
    """
    try:
        root = find_store()
        index = os.path.join(_git_folder(root), "tkt", INDEX)
        if os.stat(index).st_size > _LARGE:
            from tkt.store.index.looks import Ahead  # start-up: a small desk does without

            _begun[root] = Ahead(root, index, threads=threads, clocks=clocks)
    except (NotFoundError, OSError, ValueError, TypeError, LookupError):
        return  # whoever opens the desk says what is wrong with it, or makes a damaged index anew


def _git_folder(root: str) -> str:
    beside = os.path.join(root, ".git")
    if not os.path.isfile(beside):
        return beside
    from tkt.gitrepo.worktrees import git_folder  # start-up: the same

    return git_folder(root)


def begun(root: str) -> Ahead | None:
    """The look at a desk's tickets that has begun; it serves once."""
    return _begun.pop(root, None)

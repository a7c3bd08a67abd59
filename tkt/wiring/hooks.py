"""What Git's hooks need: the desk as the commit at hand will have it, and where hooks are installed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tkt.domain.ids import SETTINGS
from tkt.gitrepo.worktrees import tree_apart
from tkt.store.files import DiskFiles
from tkt.store.settings import SettingsReader
from tkt.store.settings_build import FILES
from tkt.store.tickets import TicketFiles
from tkt.wiring.ahead import INDEX, find_store
from tkt.wiring.desk import code_of, open_workspace, repository_of
from tkt.wiring.places import git_folder

if TYPE_CHECKING:
    from tkt.gitrepo.hooks import HookPlace
    from tkt.usecases.referring import Hooked

_CACHE = os.path.join("tkt", "settings-hook")
"""Settings of the commit at hand; apart from those of the working tree, which may differ."""


def hooked_desk() -> Hooked:
    """The desk as the next commit will have it.

    Raises:
        NotFoundError: there is no store here, or no repository.
        InvalidStoreError: its settings have mistakes.
    """
    from tkt.gitrepo.staged import CommitAtHand, StagedFiles
    from tkt.usecases.referring import Hooked

    root = find_store()
    apart = tree_apart(root)
    repository = repository_of(apart or root)
    files = (
        DiskFiles(root)  # the commit is one of code, which has no ticket in it
        if apart
        else StagedFiles(repository, [f"{SETTINGS}/{name}" for name in FILES])
    )
    git_dir = git_folder(root)
    settings = SettingsReader(files, os.path.join(git_dir, _CACHE) if git_dir else "").load()
    commit = CommitAtHand(repository)
    return Hooked(settings, TicketFiles(files, settings), commit, commit.comment_mark())


def messages_of(commits: str) -> list[str]:
    """What commits say, newest first; `HEAD`, or a range of tkt's own words."""
    from tkt.gitrepo.staged import CommitAtHand

    root = find_store()
    return CommitAtHand(repository_of(tree_apart(root) or root)).messages(commits)


def is_commit_of_code() -> bool:
    """Whether the commit at hand is made beside a desk that has a branch of its own."""
    return bool(tree_apart(find_store()))


def refresh_index() -> None:
    """Bring the index up to date, where there is one."""
    from tkt.domain.conditions import All

    git_dir = git_folder(find_store())
    if git_dir and os.path.exists(os.path.join(git_dir, "tkt", INDEX)):
        open_workspace().catalogue.count(All())


def hook_place(*, to_leave: bool = False) -> HookPlace:
    """Where the hooks of this desk's repository go.

    Args:
        to_leave: whether they are only to be taken away, for which no setting is needed.

    Raises:
        NotFoundError: there is no store here, or no repository.
        InvalidStoreError: its settings have mistakes.
    """
    from tkt.gitrepo.hooks import HookPlace

    root = find_store()
    code = code_of(root)
    key = "" if to_leave else open_workspace(root).settings.key
    return HookPlace(repository_of(code), key, this_tkt(), apart="" if code == root else root)


def this_tkt() -> str:
    """The program that people call to run this very tkt; `tkt` where it cannot be told."""
    beside = os.path.join(os.path.dirname(os.path.abspath(sys.executable)), "tkt")
    for candidate in (beside, os.path.abspath(sys.argv[0])):
        runs = os.path.isfile(candidate) and os.access(candidate, os.X_OK)
        if runs and os.path.basename(candidate) == "tkt":
            return candidate
    import shutil  # start-up: only who writes a hook, or teaches Git the driver, names the program

    return shutil.which("tkt") or "tkt"

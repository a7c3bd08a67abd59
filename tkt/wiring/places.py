"""Where the store of a folder lies: in a working tree, in a bare repository, in a commit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tkt.domain.ids import SETTINGS
from tkt.domain.settings import Settings
from tkt.errors import NotFoundError, Problem
from tkt.store.files import DiskFiles
from tkt.store.settings import SettingsReader
from tkt.usecases.workspace import Files
from tkt.wiring.ahead import find_store

if TYPE_CHECKING:
    from tkt.gitrepo.past import Place

_CACHE = os.path.join("tkt", "settings")
_PAST_CACHE = f"{_CACHE}-rev"
"""Settings of another commit; apart, so that the next command still finds those in force."""


def store_files(start: str = "") -> tuple[Files, str, str]:
    """The files of the store that a folder belongs to, its root, and where its cache is.

    Raises:
        NotFoundError: there is no store.
    """
    try:
        root = find_store(start)
    except NotFoundError as error:
        from tkt.gitrepo.repository import bare_repository

        bare = bare_repository(start or os.environ.get("TKT_DIR") or os.curdir)
        if not bare:
            raise _no_desk(error, start or os.curdir) from None
        files = _files_of_bare(bare)
        if not _has_desk(files):
            raise
        return files, bare, os.path.join(bare, _CACHE)
    git_dir = git_folder(root)
    return DiskFiles(root), root, os.path.join(git_dir, _CACHE) if git_dir else ""


def _no_desk(error: NotFoundError, folder: str) -> NotFoundError:
    """The error for a folder without a desk: where its clone lacks branches, one of them may have it."""
    from tkt.gitrepo.worktrees import own_branch

    common = git_folder(folder)
    if os.environ.get("TKT_DIR") or not common or own_branch(common):
        return error
    from tkt.gitrepo.git import Git
    from tkt.gitrepo.ownbranch import partly_fetched

    remote = partly_fetched(Git(folder))
    if not remote:
        return error
    return NotFoundError(
        error.message,
        f"This clone has not got all branches of {remote}. Where the desk has one for itself: git remote "
        f"set-branches {remote} '*' && git fetch {remote}\n  Otherwise {error.hint}",
    )


def git_folder(root: str) -> str:
    """Where the cache may be; "" outside any repository."""
    beside = os.path.join(root, ".git")
    if os.path.isdir(beside):
        return beside
    from tkt.gitrepo import worktrees  # a worktree, a submodule, a store deeper in the tree

    return worktrees.git_folder(root)


def own_branch_here() -> str:
    """The branch that the desk of this repository has for itself; "" for none."""
    from tkt.gitrepo.worktrees import git_folder, own_branch

    return own_branch(git_folder(os.curdir))


def desk_folder() -> str:
    """The desk's folder, as a person would type it; "." where there is none in a working tree."""
    try:
        return os.path.relpath(find_store())
    except NotFoundError:
        return os.curdir


def desk_apart() -> str:
    """The desk's folder, as a person would type it, where somebody is beside it in the code; else ""."""
    from tkt.gitrepo.worktrees import tree_apart

    try:
        root = find_store()
    except NotFoundError:
        return ""
    return os.path.relpath(root) if tree_apart(root) else ""


def _files_of_bare(bare: str) -> Files:
    from tkt.gitrepo.commit_files import CommitFiles
    from tkt.gitrepo.git import Git
    from tkt.gitrepo.past import commit_ids
    from tkt.gitrepo.worktrees import own_branch

    git = Git(bare, bare)
    own = own_branch(bare)
    name = f"refs/heads/{own}" if own else "HEAD"
    try:
        (head,) = commit_ids(git, [name])
    except NotFoundError:  # whoever reads it says so
        head = name
    return CommitFiles(git, head)


def _has_desk(files: Files) -> bool:
    """Whether there is a desk in a commit; a repository may have no commit yet."""
    try:
        return f"{SETTINGS}/" in files.names("")
    except NotFoundError:
        return False


def place_of(start: str) -> Place:
    """Where the store of a folder lies in its repository, even where the folder does not hold it just now.

    Raises:
        NotFoundError: there is no store, and no repository that could have one.
    """
    from tkt.gitrepo.past import at_the_top, in_bare, in_worktree
    from tkt.gitrepo.repository import bare_repository

    try:
        return in_worktree(find_store(start))
    except NotFoundError:
        bare = bare_repository(start or os.environ.get("TKT_DIR") or os.curdir)
        if bare:
            return in_bare(bare)
        if os.environ.get("TKT_DIR") or not git_folder(start or os.curdir):
            raise
        return at_the_top(start or os.curdir)


def files_at(place: Place, rev: str) -> Files:
    """The files of the store at a commit.

    Raises:
        NotFoundError: there is no such commit, or no desk in it.
    """
    from tkt.gitrepo.commit_files import CommitFiles
    from tkt.gitrepo.past import commit_ids

    files = CommitFiles(place.git, commit_ids(place.git, [rev])[0], place.prefix)
    if not _has_desk(files):
        where = f"{place.prefix}{SETTINGS}"
        raise NotFoundError(f"there is no ticket desk at {rev!r}", f"That commit has no {where} folder.")
    return files


def past_store(start: str, rev: str) -> tuple[Files, str, str]:
    """As `store_files`, at a commit."""
    place = place_of(start)
    return files_at(place, rev), place.root, past_cache(place)


def past_cache(place: Place) -> str:
    """The file in which the settings of a commit are kept; "" where there is none."""
    git_dir = place.root if place.git.bare else git_folder(place.root)
    return cache_in(git_dir) if git_dir else ""


def cache_in(git_dir: str) -> str:
    """The file in which the settings of a commit are kept in a repository."""
    return os.path.join(git_dir, _PAST_CACHE)


def past_settings(place: Place, files: Files) -> Settings:
    """The settings of a store at a commit.

    Raises:
        InvalidStoreError: they have mistakes.
    """
    return SettingsReader(files, past_cache(place)).load()


def settings_reader(start: str = "") -> SettingsReader:
    """Reads the settings of the store that a folder belongs to."""
    files, _, cache = store_files(start)
    return SettingsReader(files, cache)


def settings_here() -> Settings | None:
    """The settings of the desk of the current folder; None outside one."""
    try:
        return settings_reader().load()
    except NotFoundError:
        return None


def draft_settings(name: str, raw: bytes, path: str) -> tuple[Settings, list[Problem]]:
    """The settings of this desk with another content of one file, and what does not go with it elsewhere.

    Raises:
        InvalidStoreError: the content has mistakes, or the settings in force have.
    """
    reader = settings_reader()
    reader.load()
    return reader.draft(name, raw, path)

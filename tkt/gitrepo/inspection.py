"""What a repository is like, for those who look before they change it."""

from __future__ import annotations

import os

from tkt.domain.ids import TICKETS
from tkt.errors import ConflictError, TktError
from tkt.gitrepo.git import Git
from tkt.gitrepo.repository import Repository
from tkt.gitrepo.worktrees import git_dir, git_folder, own_branch


def git_version() -> str:
    """Such as `2.39.5`; "" when Git is not there."""
    try:
        return Git(os.curdir).text("version").split()[2]
    except (TktError, IndexError):
        return ""


def start_repository(folder: str, *, own: bool = False) -> str:
    """The top of the working tree that a folder is in, made if there is none.

    Args:
        folder: made if it is not there.
        own: whether it gets a repository of its own even inside another one.

    Raises:
        TktError: the folder is in a bare repository, or Git cannot make one.
    """
    os.makedirs(folder, exist_ok=True)
    git = Git(folder)
    if own:
        git.run("init", "--quiet")
    status, out, err = git.attempt("rev-parse", "--path-format=absolute", "--show-toplevel")
    if not status:
        return out.decode("utf-8", "surrogateescape").rstrip("\n")
    if b"not a git repository" not in err:
        raise TktError("a desk needs a working tree", "Go into a clone of this repository.")
    git.run("init", "--quiet")
    return os.path.abspath(folder)


def has_other_files(repository: Repository) -> bool:
    """Whether Git tracks anything here besides a desk."""
    tracked = repository.git.run("ls-files", "-z").decode("utf-8", "surrogateescape").split("\0")
    ours = (".tkt/", "tickets/", "kb/", ".gitattributes")
    return any(path and not path.startswith(ours) for path in tracked)


def busy_with(repository: Repository) -> str:
    """What Git is in the middle of; "" for nothing."""
    try:
        repository.refuse_if_busy()
    except ConflictError as error:
        return error.message.partition(" is under way")[0]
    return ""


def own_branch_of(root: str, code: str) -> tuple[str, bool] | None:
    """The branch that a desk has for itself, and whether Git shows its folder among the code; None for none.

    Args:
        root: the desk's folder.
        code: that of the code.
    """
    branch = own_branch(git_folder(root))
    if not branch:
        return None
    plainly = {"GIT_LITERAL_PATHSPECS": "0"}  # or this command refuses every path
    return branch, Git(code).attempt("check-ignore", "--quiet", "--", root, env=plainly)[0] == 1


def kept_out(root: str) -> int:
    """How many files of tickets a sparse checkout keeps out of the working tree.

    Args:
        root: the desk's folder.
    """
    at = git_dir(root)[1]
    if not at or not os.path.exists(os.path.join(at, "info", "sparse-checkout")):
        return 0
    rows = Git(root).run("ls-files", "-t", "-z", "--", TICKETS).split(b"\0")
    return sum(row.startswith(b"S ") for row in rows)


def set_identity(repository: Repository, name: str, email: str) -> None:
    """Say in a repository's own configuration who works in it."""
    repository.git.run("config", "user.name", name)
    repository.git.run("config", "user.email", email)

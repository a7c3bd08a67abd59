"""Which repository this is, and what state it is in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property

from tkt.errors import ConflictError, NotFoundError, TktError
from tkt.gitrepo.git import Git, GitError, cut_short, read_config
from tkt.usecases.workspace import Actor

_BUSY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "BISECT_LOG": "a bisect",
}
_WAY_OUT = {
    "a merge": "git merge --continue, or git merge --abort",
    "a cherry-pick": "git cherry-pick --continue, or git cherry-pick --abort",
    "a revert": "git revert --continue, or git revert --abort",
    "a rebase": "git rebase --continue, or git rebase --abort",
    "a bisect": "git bisect reset",
}
_PARTS = 5
"""So many are asked for to know a repository's layout."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a repository are, all absolute.

    Args:
        git_dir: of this worktree.
        common_dir: shared by all worktrees.
        top: of the working tree.
        index: of this worktree.
        sha256: whether objects are named by SHA-256.
    """

    git_dir: str
    common_dir: str
    top: str
    index: str
    sha256: bool

    @property
    def null(self) -> str:
        """The id that stands for no object."""
        return "0" * (64 if self.sha256 else 40)


class Repository:
    """A repository with a working tree, seen from the store in it.

    Args:
        root: the store's folder, in the working tree.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.git = Git(root)

    @cached_property
    def layout(self) -> Layout:
        """Where its parts are.

        Raises:
            NotFoundError: the folder is in no repository.
            TktError: the repository is bare, and cannot be written.
        """
        status, out, err = self.git.attempt(
            "rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--show-object-format",
            "--git-path", "index", "--show-toplevel",
        )  # fmt: skip
        if status:
            raise self._no_worktree(err.decode("utf-8", "replace").strip())
        said = out.decode("utf-8", "surrogateescape").split("\n")[:-1]
        if len(said) < _PARTS:
            raise cut_short("rev-parse")
        git_dir, common, object_format, index, top = said[:_PARTS]
        inside = os.path.relpath(os.path.realpath(self.root), os.path.realpath(top))
        if inside.split(os.sep)[0] == os.pardir:
            raise TktError(
                f"this repository keeps its working tree elsewhere, in {top}",
                "git config --unset core.worktree, if that is not meant.",
            )
        return Layout(git_dir, common, top, index, object_format == "sha256")

    def _no_worktree(self, said: str) -> TktError:
        if "not a git repository" in said:
            return NotFoundError(f"{self.root} is in no Git repository", "git init makes one.")
        if "must be run in a work tree" in said or "safe.bareRepository" in said:
            return TktError(
                "this repository is bare: its tickets can be read, not changed",
                "Work in a clone of it.",
            )
        return GitError(said.removeprefix("fatal: ") or "git rev-parse failed")

    @cached_property
    def config(self) -> dict[str, str]:
        """Git's configuration."""
        return read_config(self.git)

    @cached_property
    def prefix(self) -> str:
        """The store's place in the working tree: "" or a path that ends with a slash."""
        inside = os.path.relpath(os.path.realpath(self.root), os.path.realpath(self.layout.top))
        return "" if inside == "." else f"{inside}/"

    def refuse_if_busy(self) -> None:
        """See that Git is not in the middle of something.

        Raises:
            ConflictError: it is.
        """
        for name, what in _BUSY.items():
            if os.path.exists(os.path.join(self.layout.git_dir, name)):
                raise ConflictError(
                    f"{what} is under way in this repository", f"Finish it first: {_WAY_OUT[what]}"
                )

    def identity(self) -> Actor | None:
        """Whom Git's configuration and environment name; None when nobody."""
        config = self.config
        email = os.environ.get("GIT_AUTHOR_EMAIL") or config.get("user.email", "")
        name = os.environ.get("GIT_AUTHOR_NAME") or config.get("user.name", "") or email.partition("@")[0]
        return Actor(email, name, email) if email else None


def bare_repository(start: str) -> str:
    """The bare repository that a folder is; "" when it is none."""
    parts = ("HEAD", "objects", "refs")
    return os.path.abspath(start) if all(os.path.exists(os.path.join(start, each)) for each in parts) else ""

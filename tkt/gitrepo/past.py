"""The store as it was: commits by the names people give them, and nothing to be written there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tkt.domain.settings import CommitPolicy
from tkt.errors import NotFoundError, TktError
from tkt.gitrepo.git import Git
from tkt.gitrepo.repository import Repository
from tkt.usecases.workspace import FileWrite, LastChange, Note, Receipt


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store lies in the history of a repository.

    Args:
        root: its folder in the working tree, or the bare repository.
        git: runs there.
        prefix: its place in the trees: "" or a path that ends with a slash.
        repository: with its working tree; None for a bare one.
    """

    root: str
    git: Git
    prefix: str = ""
    repository: Repository | None = None


def in_worktree(root: str) -> Place:
    """The place of a store that lies in a working tree.

    Raises:
        NotFoundError: the folder is in no repository.
    """
    repository = Repository(root)
    return Place(root, repository.git, repository.prefix, repository)


def at_the_top(folder: str) -> Place:
    """The place of a store at the top of the working tree that a folder is in.

    Raises:
        NotFoundError: the folder is in no repository.
    """
    return in_worktree(Repository(folder).layout.top)


def in_bare(folder: str) -> Place:
    """The place of the store of a bare repository."""
    return Place(folder, Git(folder, folder))


def commit_ids(git: Git, names: Sequence[str]) -> list[str]:
    """The ids of the commits that people named in any way that Git knows.

    Raises:
        NotFoundError: one of the names belongs to no commit here.
    """
    asked = "".join(f"{_one_line(git, name)}^{{commit}}\n" for name in names)
    # Git reads no options there, and this command is kept from running what a repository names.
    _, out, err = git.attempt(
        "cat-file", "--batch-check=%(objectname)", stdin=asked.encode("utf-8", "surrogateescape")
    )
    ids = out.decode("utf-8", "surrogateescape").split("\n")
    for name, found in zip(names, ids, strict=False):
        if not found or " " in found:  # it stops where a reflog does not go back so far
            raise _no_commit(git, name, err.decode("utf-8", "replace"))
    return ids[: len(names)]


def _one_line(git: Git, name: str) -> str:
    if "\n" in name or "\0" in name:
        raise _no_commit(git, name)
    return name


def _no_commit(git: Git, name: str, said: str = "") -> NotFoundError:
    if f"object ID {name} is ambiguous" in said:
        return NotFoundError(f"{name} is the start of several ids", "Type more of it.")
    shallow = git.text("rev-parse", "--is-shallow-repository") == "true"
    more = "; this clone is shallow, and git fetch --unshallow gets the rest" if shallow else ""
    return NotFoundError(
        f"no commit is called {name!r}", f"git log, git branch and git tag show what there is{more}."
    )


def moment_of(git: Git, commit: str) -> datetime:
    """When a commit, given by its id, was made, UTC."""
    return datetime.fromtimestamp(
        int(git.text("log", "-1", "--no-show-signature", "--format=%ct", commit)), UTC
    )


def merge_base(git: Git, one: str, other: str) -> str:
    """The newest commit that two commits, given by their ids, both come from.

    Raises:
        NotFoundError: there is none.
    """
    status, out, _ = git.attempt("merge-base", one, other)
    if status:
        raise NotFoundError(
            "the two commits have no commit in common",
            "A..B compares them all the same; in a shallow clone, git fetch --unshallow may find one.",
        )
    return out.decode().strip()


def names_of_commits(git: Git, recent: int = 10) -> list[tuple[str, str]]:
    """What commits can be called, each with a subject: branches, tags, and the last ones by their ids."""
    _, refs, _ = git.attempt(
        "for-each-ref", "--format=%(refname:short)%00%(contents:subject)", "refs/heads", "refs/tags"
    )
    _, commits, _ = git.attempt("log", f"-{recent}", "--no-show-signature", "--format=%h%x00%s", "HEAD", "--")
    rows = (refs + commits).decode("utf-8", "surrogateescape").split("\n")[:-1]
    return [(name, subject) for name, _, subject in (row.partition("\0") for row in rows)]


class PastRecorder:
    """Stands where changes would go, and refuses them: nobody can change what was.

    Args:
        revision: as it was typed.
    """

    def __init__(self, revision: str) -> None:
        self.revision = revision

    def resume(self, key: str = "") -> None:
        """Nothing: what was is finished."""

    def record(
        self,
        writes: Sequence[FileWrite],  # noqa: ARG002  the protocol names it
        note: Note,  # noqa: ARG002  the same
        policy: CommitPolicy,  # noqa: ARG002  the same
        instead: LastChange | None = None,  # noqa: ARG002  the same
    ) -> Receipt:
        """Refuse.

        Raises:
            TktError: always.
        """
        raise self._refusal()

    def rewind(self, change: LastChange) -> Receipt:  # noqa: ARG002  the protocol names it
        """Refuse.

        Raises:
            TktError: always.
        """
        raise self._refusal()

    def _refusal(self) -> TktError:
        return TktError(
            f"the desk at {self.revision!r} can be read, not changed", "Leave --rev out to change it."
        )

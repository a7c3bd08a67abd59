"""The commit that Git is making while it runs a hook: its files, and what is known of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BytesIO

from tkt.domain.ids import SETTINGS, TICKETS
from tkt.gitrepo.environment import index_of_hook
from tkt.gitrepo.history import GitHistory, next_blob
from tkt.gitrepo.repository import Repository

_REPEATING = (
    *("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"),
    *("rebase-merge", "rebase-apply", "sequencer"),
)
"""What Git keeps in its folder while it joins or copies commits."""


class StagedFiles:
    """The store's files as the next commit will have them, whatever the working tree holds.

    Args:
        repository: with the store.
        paths: files that will be asked for; they are read at once.
    """

    def __init__(self, repository: Repository, paths: Sequence[str] = ()) -> None:
        self.repository = repository
        self._env = index_of_hook()
        self._known = dict(zip(paths, self._contents(paths), strict=True)) if paths else {}

    def names(self, folder: str) -> Sequence[str]:
        """What is directly in a folder, sorted; folders end with a slash."""
        inside = f"{self.repository.prefix}{folder}/" if folder else self.repository.prefix
        out = self.repository.git.run(
            "ls-files", "-z", "--full-name", "--", folder or os.curdir, env=self._env
        )
        paths = out.decode("utf-8", "surrogateescape").split("\0")
        below = (path.removeprefix(inside).partition("/") for path in paths if path.startswith(inside))
        return sorted({name + slash for name, slash, _ in below})

    def read(self, path: str) -> bytes:
        """A file's content; of a link, which is never followed, the path in it.

        Raises:
            FileNotFoundError: the commit will not have it.
        """
        if path not in self._known:
            self._known[path] = self._contents([path])[0]
        found = self._known[path]
        if found is None:
            raise FileNotFoundError(path)
        return found

    def _contents(self, paths: Sequence[str]) -> list[bytes | None]:
        names = "".join(f":0:{self.repository.prefix}{path}\n" for path in paths)
        asked = names.encode("utf-8", "surrogateescape")
        out = BytesIO(self.repository.git.run("cat-file", "--batch", stdin=asked, env=self._env))
        found = (next_blob(out) for _ in paths)
        return [blob.data if blob else None for blob in found]


class CommitAtHand:
    """The commit that a hook is asked about.

    Args:
        repository: with the store.
    """

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    def branch(self) -> str:
        """The branch that is checked out; "" when none is."""
        return GitHistory(self.repository).branch()

    def is_repeat(self) -> bool:
        """Whether Git joins or copies commits: a merge, a revert, a cherry-pick, a rebase."""
        git_dir = self.repository.layout.git_dir
        return any(os.path.lexists(os.path.join(git_dir, name)) for name in _REPEATING)

    def touches_tickets(self) -> bool:
        """Whether it changes anything of the desk; compared with HEAD, even where that is replaced."""
        status, _, _ = self.repository.git.attempt(
            "diff-index", "--cached", "--quiet", "HEAD", "--", TICKETS, SETTINGS, env=index_of_hook()
        )
        return status != 0

    def messages(self, commits: str) -> list[str]:
        """What commits say, newest first.

        Args:
            commits: `HEAD`, or a range of tkt's own words; never what a person typed.
        """
        many = () if ".." in commits else ("--no-walk",)
        status, out, _ = self.repository.git.attempt("log", *many, "-z", "--format=%B", commits, "--")
        return [] if status else out.decode("utf-8", "replace").split("\0")

    def comment_mark(self) -> str:
        """What Git's own lines in a message file begin with."""
        config = self.repository.config
        said = config.get("core.commentstring") or config.get("core.commentchar") or "#"
        return "#" if said == "auto" else said

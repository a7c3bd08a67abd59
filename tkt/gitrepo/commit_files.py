"""The store's files at a commit."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from tkt.errors import InvalidStoreError, NotFoundError, Problem
from tkt.gitrepo.git import Git, GitError, lacking
from tkt.gitrepo.history import Blob, next_blob

_NEVER_FOLLOWED = {
    "120000": "is a link; tkt never follows links",
    "160000": "is another repository; tkt never looks into those",
}


class CommitFiles:
    """The store's files at a commit, without a working tree.

    Args:
        git: of the repository.
        revision: the commit.
        prefix: the store's place in the tree: "" or a path that ends with a slash.
        below: a folder of the store outside of which nothing is looked at; "" for none.
    """

    def __init__(self, git: Git, revision: str, prefix: str = "", below: str = "") -> None:
        self.git = git
        self.revision = revision
        self.prefix = prefix
        self.below = below
        self._blobs: dict[str, tuple[str, str]] | None = None
        self._folders: dict[str, set[str]] | None = None
        self._never_followed: dict[str, str] | None = None
        self.readers: dict[int, _Reader] = {}

    def names(self, folder: str) -> Sequence[str]:
        """What is directly in a folder, sorted; folders end with a slash.

        Raises:
            InvalidStoreError: the folder is a link.
        """
        self._refuse_links(folder)
        if self._folders is None:
            self._folders = _folders(self.listing())
        return sorted(self._folders.get(folder, ()))

    def read(self, path: str) -> bytes:
        """A file's content.

        Raises:
            FileNotFoundError: there is no such file.
            InvalidStoreError: it is a link.
            NotFoundError: the clone does not have it, and cannot get it.
        """
        self._refuse_links(path)
        found = self.listing().get(path)
        if found is None:
            raise FileNotFoundError(path)
        return self._content(found[1])

    def odd(self, folder: str) -> dict[str, str]:
        """What in a folder is neither a file nor a folder, by name, and what it is instead."""
        places = {each: f"{folder}/{each}" if folder else each for each in self.names(folder)}
        modes = {each: self.listing().get(place, ("", ""))[0] for each, place in places.items()}
        return {each: _NEVER_FOLLOWED[mode] for each, mode in modes.items() if mode in _NEVER_FOLLOWED}

    def _refuse_links(self, path: str) -> None:
        """See that nothing on the way is a link or another repository."""
        if self._never_followed is None:
            found = self.listing().items()
            self._never_followed = {place: mode for place, (mode, _) in found if mode in _NEVER_FOLLOWED}
        if not self._never_followed:
            return
        steps = path.split("/")
        for depth in range(1, len(steps) + 1):
            place = "/".join(steps[:depth])
            if place in self._never_followed:
                text = _NEVER_FOLLOWED[self._never_followed[place]]
                raise InvalidStoreError((Problem(place, 0, text, "mode"),))

    def listing(self) -> dict[str, tuple[str, str]]:
        """The mode and the id of each file, by its path.

        Raises:
            NotFoundError: there is no such commit.
        """
        if self._blobs is None:
            where = ("--", self.prefix + self.below) if self.below else ()
            status, out, err = self.git.attempt(
                "ls-tree", "-r", "-z", "--full-tree", "--end-of-options", self.revision, *where
            )
            if status:
                raise NotFoundError(f"no commit {self.revision}", err.decode("utf-8", "replace").strip())
            rows = (row.split("\t", 1) for row in out.decode("utf-8", "surrogateescape").split("\0") if row)
            self._blobs = {
                path.removeprefix(self.prefix): (facts.split()[0], facts.split()[2])
                for facts, path in rows
                if path.startswith(self.prefix)
            }
        return self._blobs

    def _content(self, blob: str) -> bytes:
        found = self._asked(blob)
        if found is None:
            self.readers.pop(os.getpid(), None)
            raise lacking(blob)
        return found.data

    def _asked(self, blob: str) -> Blob | None:
        # Two processes that asked the same reader would have each other's answers.
        reader = self.readers.get(os.getpid())
        if reader is None:
            reader = self.readers[os.getpid()] = _Reader(self.git)
        return reader.ask(blob)


class _Reader:
    """A `git cat-file --batch` that answers for as long as somebody may ask.

    Args:
        git: of the repository.
    """

    def __init__(self, git: Git) -> None:
        self._process = git.open("cat-file", "--batch")

    def ask(self, blob: str) -> Blob | None:
        """A blob; None where it is not here, or nobody answers."""
        asked, told = self._process.stdin, self._process.stdout
        if asked is None or told is None:
            return None
        try:
            asked.write(f"{blob}\n".encode())
            asked.flush()
            return next_blob(told)
        except (OSError, GitError):  # it has died
            return None

    def __del__(self) -> None:
        process = getattr(self, "_process", None)
        if process is None:  # it was never started
            return
        for pipe in (process.stdin, process.stdout):
            try:  # at the end of the program nothing imported may be left
                if pipe is not None:
                    pipe.close()
            except OSError:
                pass
        process.wait()


def _folders(paths: Iterable[str]) -> dict[str, set[str]]:
    """What is directly in each folder; folders end with a slash."""
    folders: dict[str, set[str]] = {"": set()}
    for path in paths:
        parent, _, name = path.rpartition("/")
        while parent not in folders:
            folders[parent] = {name}
            parent, _, name = parent.rpartition("/")
            name += "/"
        folders[parent].add(name)
    return folders

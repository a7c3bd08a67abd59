"""The files that differ between two commits: one listing, and all their contents at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO

from tkt.domain.ids import TICKETS, ticket_of, ticket_path
from tkt.gitrepo.commit_files import CommitFiles
from tkt.gitrepo.git import Git, lacking
from tkt.gitrepo.history import next_blob
from tkt.usecases.versions import Version

_ABSENT, _PLAIN = "000000", "100"
"""Modes: of a file that is not there, and how those of files begin that are no links."""

Change = tuple[Version | None, Version | None]
"""A file before and after."""

Listing = dict[str, tuple[str, str]]
"""The mode and the id of each file, by its path."""


class SomeFiles(CommitFiles):
    """Some of a store's files at a commit, read beforehand.

    Args:
        of: the whole store at that or another commit.
        revision: the commit.
        listing: the files.
        contents: what they hold, by their ids.
    """

    def __init__(
        self, of: CommitFiles, revision: str, listing: Listing, contents: Mapping[str, bytes]
    ) -> None:
        super().__init__(of.git, revision, of.prefix)
        self._some = listing
        self._contents = contents

    def listing(self) -> Listing:
        """The mode and the id of each of them, by its path."""
        return self._some

    def _content(self, blob: str) -> bytes:
        return self._contents[blob]


def changed_files(now: CommitFiles, before: str) -> tuple[SomeFiles, SomeFiles, tuple[str, ...]]:
    """The files of tickets that differ between two commits, on both sides, and whose they are.

    The file of a ticket itself is among them, even where only its thread differs.

    Args:
        now: the store at the second commit.
        before: the id of the first one.
    """
    old, new = _listings(now, before)
    ids = tuple(sorted({found for path in (*old, *new) if (found := ticket_of(path))}))
    whole = now.listing()
    for path in map(ticket_path, ids):
        if path not in old and path not in new and path in whole:
            old[path] = new[path] = whole[path]
    contents = _contents(now.git, (*old.items(), *new.items()))
    return SomeFiles(now, before, old, contents), SomeFiles(now, now.revision, new, contents), ids


def differing(git: Git, before: str, after: str, *folders: str) -> dict[str, Change]:
    """The files that differ between two commits, by their paths from the top.

    Args:
        git: of the repository.
        before: a commit.
        after: the other one.
        folders: from where Git runs; none for all.
    """
    out = git.run(
        "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-relative",
        before, after, "--", *folders,
    ).decode("utf-8", "surrogateescape")  # fmt: skip
    words = out.split("\0")
    found: dict[str, Change] = {}
    for facts, path in zip(words[::2], words[1::2], strict=False):
        modes = facts.removeprefix(":").split(" ")
        old, new = (
            Version(mode, oid) if mode != _ABSENT else None
            for mode, oid in ((modes[0], modes[2]), (modes[1], modes[3]))
        )
        found[path] = old, new
    return found


def _listings(now: CommitFiles, before: str) -> tuple[Listing, Listing]:
    """The files of tickets and threads that differ, as they are on each side."""
    changes = differing(now.git, before, now.revision, TICKETS)
    old: Listing = {path.removeprefix(now.prefix): was for path, (was, _) in changes.items() if was}
    new: Listing = {path.removeprefix(now.prefix): will for path, (_, will) in changes.items() if will}
    return old, new


def _contents(git: Git, files: Iterable[tuple[str, tuple[str, str]]]) -> dict[str, bytes]:
    """What tickets and entries hold, by their ids; attachments, links and the like are not looked at.

    Raises:
        NotFoundError: the clone does not have one of them, and cannot get it.
    """
    texts = (
        oid
        for path, (mode, oid) in files
        if mode.startswith(_PLAIN) and path.endswith(".md") and "/files/" not in path
    )
    ids = list(dict.fromkeys(texts))
    _, found, _ = git.attempt("cat-file", "--batch", stdin="".join(f"{each}\n" for each in ids).encode())
    out = BytesIO(found)
    contents = {}
    for oid in ids:
        blob = next_blob(out) if out.tell() < len(found) else None  # it stops where it cannot fetch one
        if blob is None:
            raise lacking(oid)
        contents[oid] = blob.data
    return contents

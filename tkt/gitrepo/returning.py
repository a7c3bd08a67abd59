"""Files that Git had changed on the way to another commit, put back where it did not get there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence

from tkt.errors import InvalidStoreError
from tkt.gitrepo.comparing import differing
from tkt.gitrepo.git import Git
from tkt.gitrepo.history import GitHistory
from tkt.gitrepo.locks import Unfinished
from tkt.gitrepo.worktree import drop_file, whatever

_FILES = frozenset({"100644", "100755", "120000"})
"""The modes of files and links; another repository has none of them."""
_HERE = "H"
"""How `git ls-files -t` marks what a sparse checkout does not leave out, and is not in conflict."""


def put_back(history: GitHistory, begun: Unfinished, since: int) -> None:
    """Put files as they are staged again that Git had changed on the way to another commit.

    Git removes a file, then writes it: such a file is as it was to be, cut off, or gone, and has changed
    since. Anything else in its place is somebody's own.

    Args:
        history: of the repository, whose index is locked.
        begun: from where to where.
        since: when, in nanoseconds of the file system's clock.
    """
    git = Git(history.repository.layout.top)
    staged = _checked_out(git)
    changes = differing(git, begun.origin, begun.commit)
    may_be = {path: [new.oid] if new and new.mode in _FILES else [] for path, (_, new) in changes.items()}
    added = {path: may_be[path] for path, (old, _) in changes.items() if old is None and path not in staged}
    for path in _halfway(history, added, since):  # first: a folder of them may stand in a file's place
        drop_file(git.folder, path)
    others = {path: [*ids, staged[path]] for path, ids in may_be.items() if path in staged}
    names = "".join(f"{path}\0" for path in _halfway(history, others, since))
    if names:
        git.run("checkout-index", "-f", "-z", "--stdin", stdin=names.encode("utf-8", "surrogateescape"))


def _checked_out(git: Git) -> dict[str, str]:
    """The id of every file that is staged and belongs into the working tree, by its path from the top."""
    rows = git.run("ls-files", "-t", "--stage", "-z").decode("utf-8", "surrogateescape").split("\0")[:-1]
    split = (row.partition("\t") for row in rows)
    words = ((path, facts.split(" ")) for facts, _, path in split)
    return {path: oid for path, (tag, mode, oid, _) in words if tag == _HERE and mode in _FILES}


def _halfway(history: GitHistory, may_be: Mapping[str, Sequence[str]], since: int) -> list[str]:
    """Those of some files that are gone, or are a beginning of something, and have changed since.

    Args:
        history: of the repository.
        may_be: the ids of what each can be a beginning of, by its path from the top.
        since: in nanoseconds.
    """
    top = history.repository.layout.top
    passed: set[str] = set()
    found: dict[str, bytes | None] = {}
    for path in may_be:
        with contextlib.suppress(InvalidStoreError):  # somebody has put something else there
            data = whatever(top, path, passed)
            if _changed_at(os.path.join(top, path)) >= since:
                found[path] = data
    wanted = {oid for path, data in found.items() if data is not None for oid in may_be[path]}
    contents = history.contents(sorted(wanted))
    return [
        path
        for path, data in found.items()
        if data is None or any(_begins(data, contents[oid]) for oid in may_be[path])
    ]


def _changed_at(place: str) -> int:
    """When a file was changed last; where it is gone, when its folder was; in nanoseconds."""
    while not os.path.lexists(place):
        place = os.path.dirname(place)
    return os.lstat(place).st_ctime_ns


def _begins(data: bytes, whole: bytes) -> bool:
    """Whether a content begins with what a file holds, which may have CRLF for LF and be cut between."""
    return whole.startswith((data, data.replace(b"\r\n", b"\n").removesuffix(b"\r")))

"""The working tree goes along when its branch moves, and leaves alone whatever its user is doing.

The files come first, then the branch, then the index, all under Git's own lock on the index. A command that
is killed on the way has changed nothing that counts, or the next one finishes it (`recovery.py`).
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping

from tkt.errors import ConflictError
from tkt.gitrepo.git import Git
from tkt.gitrepo.history import GitHistory
from tkt.gitrepo.locks import draft_index, index_lock, uninterrupted
from tkt.gitrepo.objects import blob_ids
from tkt.gitrepo.recovery import finish
from tkt.gitrepo.repository import Layout, Repository
from tkt.usecases.versions import Version

_SHOWN = 10
Files = Callable[[], Mapping[str, Version | None]]
"""Says what files are to be, by their paths in the repository; asked where something is in the way."""


@contextlib.contextmanager
def follow(repository: Repository, before: str, after: str, files: Files) -> Iterator[None]:
    """Bring files and index from one commit to another; the branch moves inside.

    Args:
        repository: whose working tree.
        before: the commit that it is at.
        after: the commit that it goes to.
        files: says which differ between the two, as they will be.

    Raises:
        ConflictError: edits are in the way; nothing has changed then.
    """
    git, layout = repository.git, repository.layout
    with index_lock(layout.index) as held:
        finish(GitHistory(repository), held)
        with draft_index(git, layout, ()) as ready, uninterrupted():
            index = ready()
            env = {"GIT_INDEX_FILE": index}
            _bring(git, layout, (before, after), files, env)
            try:
                held.announce(after)
                yield
            except BaseException:
                git.attempt("read-tree", "-m", "-u", after, before, env=env)
                raise
            os.replace(index, layout.index)


def _bring(git: Git, layout: Layout, way: tuple[str, str], files: Files, env: dict[str, str]) -> None:
    """Change the files that differ; Git looks at all of them before it touches the first."""
    if not git.attempt("read-tree", "-m", "-u", *way, env=env)[0]:
        return
    git.attempt("update-index", "-q", "--refresh", env=env)
    _adopt(git, layout, files, env)
    status, _, err = git.attempt("read-tree", "-m", "-u", *way, env=env)
    if status:
        raise _in_the_way(git, files, err.decode("utf-8", "replace"))


def _adopt(git: Git, layout: Layout, files: Files, env: dict[str, str]) -> None:
    """Take note of the files that are already as they will be: a killed command may have put them there."""
    rows = []
    for path, version in files().items():
        data = _content(os.path.join(layout.top, path)) if version else None
        if version and data is not None and version.oid in blob_ids(data, sha256=layout.sha256):
            rows.append(f"{version.mode} {version.oid}\t{path}\0")
    if rows:
        stdin = "".join(rows).encode("utf-8", "surrogateescape")
        git.run("update-index", "-z", "--index-info", stdin=stdin, env=env)
        git.attempt("update-index", "-q", "--refresh", env=env)


def _content(path: str) -> bytes | None:
    """What is in a plain file; None where there is none."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _in_the_way(git: Git, files: Files, said: str) -> ConflictError:
    """The error that names the files with edits."""
    out = git.run("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignored")
    edited = {row[3:] for row in out.decode("utf-8", "surrogateescape").split("\0")}
    names = sorted(edited.intersection(files()))
    if not names:
        lines = [line.removeprefix("error: ").strip() for line in said.splitlines()]
        return ConflictError(f"the working tree cannot follow: {' '.join(lines)}", "git status")
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ConflictError(
        f"{', '.join(names[:_SHOWN])}{more}: edits that are not committed are in the way",
        "Commit them (tickets: tkt record), or put them aside with git stash; then run the command again.",
    )

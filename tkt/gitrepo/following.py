"""The working tree goes along when its branch moves, and leaves alone whatever its user is doing.

The files come first, then the branch, then the index, all under Git's own lock on the index, which says so.
Where that is cut off before the branch has moved, the files are put back (`returning.py`), else the index
follows (`recovery.py`): at once, or by the next command.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from tkt.errors import ConflictError, TktError
from tkt.gitrepo.git import Git
from tkt.gitrepo.history import GitHistory
from tkt.gitrepo.locks import HeldIndex, draft_index, index_lock, uninterrupted
from tkt.gitrepo.recovery import complete, in_place
from tkt.gitrepo.repository import Repository
from tkt.gitrepo.worktree import drop
from tkt.usecases.versions import Version

_SHOWN = 10
_UNSTAGED = " ?!"
"""How Git's status of a file begins of which nothing is staged."""
_STALE = "not uptodate"
"""How Git refuses a file that has changed, or that has other stamps."""
_KEPT_FROM = "unable to "
"""How it says that the disk did not let it write one."""
Files = Callable[[], Mapping[str, Version | None]]
"""Says what files are to be, by their paths in the repository; asked where something is in the way."""


def follow(repository: Repository, before: str, after: str, files: Files, move: Callable[[], None]) -> str:
    """Bring branch, files and index from one commit to another; nothing that was cut off may be left.

    Args:
        repository: whose working tree.
        before: the commit that it is at.
        after: the commit that it goes to.
        files: says which differ between the two, as they will be.
        move: moves the branch.

    Returns:
        What could not be put in place, in a sentence; "" for nothing.

    Raises:
        ConflictError: edits are in the way; nothing has changed then.
        TktError: the disk does not let it; where the files cannot be put back either, the lock stays.
    """
    git, layout = repository.git, repository.layout
    history = GitHistory(repository)
    try:
        with index_lock(layout.index) as held, draft_index(git, layout, ()) as ready, uninterrupted():
            index = ready()
            held.announce(after, before)
            went = _went(history, held, lambda: _bring(git, (before, after), index), move)
            return in_place(held, lambda: os.replace(index, layout.index)) if went else ""
    except _RefusedError as error:
        raise _refused(git, files, str(error)) from error


class _RefusedError(Exception):
    """Git does not change the files; with what it said."""


def _went(history: GitHistory, held: HeldIndex, *steps: Callable[[], None]) -> bool:
    """Take all steps; where one of them fails, back to where they began.

    Returns:
        False where all is done already: the branch had moved when the last step failed.
    """
    try:
        for step in steps:
            step()
    except BaseException:
        if not complete(history, held):
            raise
        return False
    return True


def _bring(git: Git, way: tuple[str, str], index: str) -> None:
    """Change the files that differ; Git looks at all of them before it touches the first.

    Raises:
        _RefusedError: something is in the way, or the disk does not let it.
    """
    env = {"GIT_INDEX_FILE": index}
    said = _read_tree(git, way, env)
    if not said:
        return
    drop(f"{index}.lock")  # of a Git that was killed
    git.attempt("update-index", "-q", "--refresh", env=env)  # it knows files by their stamps
    again = _read_tree(git, way, env)
    if again:
        raise _RefusedError(said + again)


def _read_tree(git: Git, way: tuple[str, str], env: dict[str, str]) -> str:
    """What Git says where it cannot; "" where it is done."""
    status, _, err = git.attempt("read-tree", "-m", "-u", *way, env=env)
    said = err.decode("utf-8", "replace") or f"git read-tree ended with {status}\n"
    return said if status else ""


def require_way(git: Git, way: tuple[str, str], files: Files) -> None:
    """See that no edits are in the way of the files that differ between two commits; nothing changes.

    Raises:
        ConflictError: some are.
    """
    in_the_way = _in_the_way(git, files) if git.attempt("read-tree", "-n", "-m", "-u", *way)[0] else None
    if in_the_way:
        raise in_the_way


def _refused(git: Git, files: Files, said: str) -> TktError:
    """The error that names the files with edits, or says what the disk does not let."""
    in_the_way = _in_the_way(git, files)
    if in_the_way:
        return in_the_way
    lines = list(dict.fromkeys(line.removeprefix("error: ").strip() for line in said.splitlines()))
    kept = [line for line in lines if line.startswith(_KEPT_FROM)]
    if kept:
        rest = f", and {len(kept) - 1} more like that" if kept[1:] else ""
        return TktError(
            f"the working tree cannot follow: {kept[0]}{rest}",
            "Nothing was changed. Make room on the disk, or see to it that you may write there; then run "
            "the command again.",
        )
    told = [line for line in lines if _STALE not in line] or lines
    return ConflictError(f"the working tree cannot follow: {' '.join(told)}", "git status")


def _in_the_way(git: Git, files: Files) -> ConflictError | None:
    """The error that names the files with edits; None where none of them has any."""
    out = git.run("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignored")
    edited = {row[3:]: row[:1] for row in out.decode("utf-8", "surrogateescape").split("\0")}
    names = sorted(edited.keys() & files().keys())
    if not names:
        return None
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    staged = any(edited[name] not in _UNSTAGED for name in names)
    record = "" if staged else "; tickets edited by hand: tkt record"
    return ConflictError(
        f"{', '.join(names[:_SHOWN])}{more}: edits that are not committed are in the way",
        f"Commit them (git commit{record}), or put them aside with git stash; then run the command again.",
    )

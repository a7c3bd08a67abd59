"""What a killed command had begun is finished, and what it had done is not done twice."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Sequence

from tkt.errors import TktError
from tkt.gitrepo.history import GitHistory
from tkt.gitrepo.locks import HeldIndex, draft_index, draft_path, index_lock, is_ours, offered_path
from tkt.gitrepo.objects import blob_ids, stored_id
from tkt.gitrepo.repository import Layout
from tkt.gitrepo.worktree import content, drop, explained, replace_files, sweep_drafts
from tkt.usecases.workspace import FileWrite

_UNTOLD = "tkt-untold"
_PATIENCE = 1.0
"""For so many seconds a Git is waited for that may have died with tkt."""
_PAUSE = 0.01


def finish(history: GitHistory, held: HeldIndex) -> str:
    """Finish or take back what a command that was cut off had begun, before anything else is.

    Args:
        history: of the repository, whose index is locked.
        held: the lock, which knows what that was.

    Returns:
        The key of what is done now; "" for nothing.

    Raises:
        TktError: it can be neither finished nor taken back; the lock stays.
    """
    begun = held.unfinished
    if begun:
        _let_git_end(history.repository.layout)
    done = complete(history, held)
    held.settle()
    _withdraw(history)
    if not begun or not done:
        return ""
    if begun.key:
        Untold(history.repository.layout.git_dir).note(begun.key, begun.commit)
    return begun.key


def _let_git_end(layout: Layout) -> None:
    """Wait for a Git that goes on by itself after tkt was killed: it holds one of these locks."""
    locks = (f"{draft_path(layout.index)}.lock", os.path.join(layout.git_dir, "HEAD.lock"))
    until = time.monotonic() + _PATIENCE
    while any(map(os.path.exists, locks)) and time.monotonic() < until:
        time.sleep(_PAUSE)


def finish_begun(history: GitHistory) -> None:
    """As `finish`, if there is anything to be finished; to be asked for under `desk_lock`."""
    layout = history.repository.layout
    if was_cut_off(layout.git_dir):
        with index_lock(layout.index) as held:
            finish(history, held)


def was_cut_off(git_dir: str) -> bool:
    """Whether a command of tkt has left something to be finished, or one is just writing.

    Args:
        git_dir: of the worktree.
    """
    index = os.path.join(git_dir, "index")
    return is_ours(f"{index}.lock") or os.path.exists(offered_path(index))


def complete(history: GitHistory, held: HeldIndex) -> bool:
    """Go on to the new state if the branch got where it was to go, else back to the old one.

    A file that is neither as before nor as it was to be has been edited since, and stays.

    Args:
        history: of the repository, whose index is locked.
        held: the lock, which knows what was begun.

    Returns:
        Whether the branch got there.

    Raises:
        TktError: that could not be done; the lock stays, so that the next command tries again.
    """
    begun = held.unfinished
    if begun is None:
        return False
    try:
        with explained():
            done = has_moved(history, held)
            held.kept = True
            if done or not begun.origin:
                _put_prepared(history, done=done)
            else:
                from tkt.gitrepo.returning import put_back  # start-up: seldom is there anything to put back

                put_back(history, begun, os.stat(held.lock).st_mtime_ns)
    except TktError as error:
        raise TktError(
            f"what was begun can be neither finished nor taken back: {error.message}",
            "The next command that writes tries again; so does tkt doctor --fix.",
        ) from error
    held.kept = False
    return done


def in_place(held: HeldIndex, put: Callable[[], None]) -> str:
    """Put files and index in place; the branch has moved, so that trouble is a warning, no failure.

    Args:
        held: the lock on the index, which stays then.
        put: does that.

    Returns:
        What could not be put in place, in a sentence; "" for nothing.
    """
    try:
        put()
    except OSError as error:
        held.kept = True
        return (
            f"this is recorded, but {error.filename or 'a file'} could not be put in place "
            f"({error.strerror}); the next command tries again"
        )
    return ""


def has_moved(history: GitHistory, held: HeldIndex) -> bool:
    """Whether the branch is where it was to go: a Git command may be cut off after it has moved it.

    Args:
        history: of the repository, whose index is locked.
        held: the lock, which stays where that cannot be found out.

    Raises:
        TktError: it cannot be found out.
    """
    held.kept = True
    at = history.recorded(())[0]
    if held.unfinished and held.unfinished.origin and not at:
        raise TktError("Git cannot read where the branch is", "Look at the disk.")
    held.kept = False
    return held.unfinished is not None and at == held.unfinished.commit


def _put_prepared(history: GitHistory, *, done: bool) -> None:
    """Put files and index in place that were prepared, if that is done; else remove what lies about."""
    layout = history.repository.layout
    draft = draft_path(layout.index)
    if not os.path.exists(draft):
        return
    before, after = history.staged(), history.staged(draft)
    paths = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    sweep_drafts(history.repository.root, [FileWrite(path, None) for path in paths])
    if not done:
        return
    as_before = [path for path in paths if _is_as_before(history, path, before.get(path, ""))]
    prepared = history.contents([after[path] for path in as_before if path in after])
    writes = [FileWrite(path, prepared.get(after.get(path, ""))) for path in as_before]
    replace_files(history.repository.root, writes)
    os.replace(draft, layout.index)


def offer(history: GitHistory, head: str, writes: Sequence[FileWrite]) -> None:
    """Write down what is about to be staged for `git commit` to take, so that it does not stay there.

    Args:
        history: of the repository, whose index is locked.
        head: the commit at HEAD, which has the files as they were.
        writes: the files.
    """
    layout = history.repository.layout
    rows = (f"{stored_id(each, sha256=layout.sha256)} {each.by_hand:d} {each.path}\0" for each in writes)
    with open(offered_path(layout.index), "wb") as file:
        file.write("".join((f"{head}\0", *rows)).encode("utf-8", "surrogateescape"))


def _withdraw(history: GitHistory) -> None:
    """Take back what was offered to `git commit`, unless it was taken, or other things are staged by now.

    What a person had edited by hand is only taken out of the index.

    Args:
        history: of the repository, whose index is locked.
    """
    layout = history.repository.layout
    path = offered_path(layout.index)
    try:
        with open(path, "rb") as file:
            head, *rows = file.read().decode("utf-8", "surrogateescape").split("\0")
    except FileNotFoundError:
        return
    offered = [row.split(" ", 2) for row in rows[:-1]]
    at, found = history.recorded([name for _, _, name in offered])
    staged = [
        each for each, there in zip(offered, found, strict=True) if at == head and there.staged == each[0]
    ]
    if staged:
        _unstage(history, staged)
    drop(path)


def _unstage(history: GitHistory, offered: Sequence[Sequence[str]]) -> None:
    """Put the index and files back to what the last commit has.

    Args:
        history: of the repository.
        offered: of each file the blob that is staged, `1` where a person made it so, and its path.
    """
    repository = history.repository
    names = [name for _, _, name in offered]
    blobs = history.blobs("HEAD", names)
    entries = [
        (repository.prefix + name, blob.oid if blob else "") for name, blob in zip(names, blobs, strict=True)
    ]
    with draft_index(repository.git, repository.layout, entries) as ready:
        index = ready()
        writes = [
            FileWrite(name, blob.data if blob else None)
            for (oid, by_hand, name), blob in zip(offered, blobs, strict=True)
            if by_hand == "0" and _is_as_before(history, name, oid)
        ]
        replace_files(repository.root, writes)
        os.replace(index, repository.layout.index)


def _is_as_before(history: GitHistory, path: str, blob: str) -> bool:
    data = content(history.repository.root, path, set())
    return not blob if data is None else blob in blob_ids(data, sha256=history.repository.layout.sha256)


class Untold:
    """What was done last, for as long as whoever asked for it has not been told.

    A command may be killed, or its answer not be written, when all is done: typed again, it must not do its
    work twice.

    Args:
        git_dir: of the worktree.
    """

    def __init__(self, git_dir: str) -> None:
        self._path = os.path.join(git_dir, _UNTOLD)

    def note(self, key: str, commit: str) -> None:
        """Write down what is done.

        Args:
            key: of the command (`Note.key`).
            commit: where the branch is now.
        """
        with contextlib.suppress(OSError), open(self._path, "w", encoding="ascii") as file:
            file.write(f"{key} {commit}\n")

    def forget(self) -> None:
        """Whoever asked for it has been told."""
        with contextlib.suppress(OSError):
            drop(self._path)

    def commit(self, key: str) -> str | None:
        """Where the branch was when that was done, if it was done last; None where it was not."""
        try:
            with open(self._path, encoding="ascii") as file:
                found, _, commit = file.read().rstrip("\n").partition(" ")
        except (OSError, UnicodeDecodeError):
            return None
        return commit if found == key else None

"""The desk's lock, Git's lock on the index, and the next index that is put together under them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tkt.errors import BranchMovedError, ConflictError
from tkt.gitrepo.git import Git, GitError
from tkt.gitrepo.repository import Layout
from tkt.gitrepo.worktree import drop

_PATIENCE = 10.0
"""For so many seconds another Git command is waited for; one that waits for an editor takes longer."""
_DESK_PATIENCE = 60.0
"""For so many seconds another command of tkt is waited for; an import of thousands takes a few."""
_PAUSE = 0.005
_OURS = b"tkt"
"""How the lock on the index begins when it is ours; Git's own begins with DIRC, or is empty."""
_LOCKED = re.compile(r"Unable to create '([^\n]*\.lock)': File exists")
"""How Git says that another command of its own holds a reference."""


@contextlib.contextmanager
def desk_lock(common_dir: str) -> Iterator[None]:
    """Hold the repository's one lock for writes of tkt; a killed process lets go of it by itself.

    Raises:
        ConflictError: another command of tkt holds it and does not let go.
    """
    path = os.path.join(common_dir, "tkt.lock")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        until = time.monotonic() + _DESK_PATIENCE
        while not _taken(handle):
            if time.monotonic() > until:
                raise ConflictError("another tkt command is writing here", f"fuser {path} tells which.")
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Unfinished(NamedTuple):
    """What a killed command said of itself.

    Args:
        commit: where the branch was to be; "" for before the first one.
        key: of what it did (`Note.key`); "" for none.
    """

    commit: str
    key: str = ""


@dataclass(slots=True)
class HeldIndex:
    """Git's own lock on the user's index, held.

    Args:
        lock: its path.
        unfinished: what a killed command was about to finish; None for nothing.
        key: of what is being done (`Note.key`).
        kept: whether it stays, because what was begun could not be finished.
    """

    lock: str
    unfinished: Unfinished | None
    key: str = ""
    kept: bool = False

    def announce(self, commit: str) -> None:
        """Say where the branch will be once all is in place, so that a killed command can be finished."""
        with open(self.lock, "ab") as file:
            file.write(f" {commit} {self.key}\n".encode())


@contextlib.contextmanager
def index_lock(index: str) -> Iterator[HeldIndex]:
    """Hold Git's own lock on the user's index; to be asked for under `desk_lock`.

    Raises:
        ConflictError: another process holds it and does not let go.
    """
    lock = f"{index}.lock"
    unfinished = None
    until = time.monotonic() + _PATIENCE
    while not _created(lock, f"{index}.tkt-lock"):
        with contextlib.suppress(FileNotFoundError), open(lock, "rb") as file:
            said = file.read(200)
            if said.startswith(_OURS):  # of a killed command: a living one would have the desk's lock
                unfinished = _unfinished(said)
                drop(lock)
                continue
        if time.monotonic() > until:
            raise held_by_git(lock)
        time.sleep(_PAUSE)
    held = HeldIndex(lock, unfinished)
    try:
        yield held
    finally:
        for path in () if held.kept else (f"{draft_path(index)}.lock", draft_path(index), lock):
            with contextlib.suppress(OSError):  # the next command removes it then
                drop(path)


def is_ours(lock: str) -> bool:
    """Whether a lock on the index is tkt's; under `desk_lock` only a killed command can have left it."""
    try:
        with open(lock, "rb") as file:
            return file.read(len(_OURS)) == _OURS
    except OSError:
        return False


def _unfinished(said: bytes) -> Unfinished | None:
    """What a lock of ours tells, where it was written to its end."""
    words = said[len(_OURS) :].decode("ascii", "replace").removeprefix(" ").split(" ")
    return Unfinished(words[0], words[-1].strip()) if said.endswith(b"\n") else None


def _created(lock: str, draft: str) -> bool:
    """Whether the lock could be made; whole from the first moment on, so that nobody takes it for Git's."""
    with open(draft, "wb") as file:
        file.write(_OURS)
    try:
        _link(draft, lock)
    except FileExistsError:
        return False
    finally:
        drop(draft)
    return True


def _link(draft: str, lock: str) -> None:
    try:
        os.link(draft, lock)
    except FileExistsError:
        raise
    except OSError:  # some file systems have no links
        with open(lock, "xb") as file:
            file.write(_OURS)


def held_by_git(lock: str) -> ConflictError:
    """The error for a lock of Git's that does not go away."""
    return ConflictError(
        f"another Git command holds {lock}", "If none is running any more, tkt doctor --fix removes it."
    )


def move_refs(git: Git, commands: str, reason: str) -> None:
    """Move references, all or none, each from where it is said to be; a Git command beside is waited for.

    Args:
        git: of the repository.
        commands: for `git update-ref --stdin`.
        reason: for the reflog.

    Raises:
        BranchMovedError: one of them is not there any more.
        ConflictError: another Git command holds one of them.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            git.run("update-ref", "--stdin", "-m", f"tkt: {reason}", stdin=commands.encode())
        except GitError as error:
            locked = _LOCKED.search(error.message)
            if locked is None:
                raise BranchMovedError(
                    f"the branch has moved meanwhile ({error.message})", "Run the command again."
                ) from error
            if time.monotonic() > until:
                raise held_by_git(locked.group(1)) from error
            time.sleep(_PAUSE)
        else:
            return


def draft_path(index: str) -> str:
    """Where the next index is put together.

    It has one name for all, since `desk_lock` lets one command in at a time.
    """
    return f"{index}.tkt-draft"


def offered_path(index: str) -> str:
    """Where it is written down what is staged for `git commit` to take (`recovery.py`)."""
    return f"{index}.tkt-offered"


_PART = 1 << 18
"""So many bytes are copied at once: shutil takes as long to load as to copy a large index."""


@contextlib.contextmanager
def draft_index(git: Git, layout: Layout, entries: Sequence[tuple[str, str]]) -> Iterator[Callable[[], str]]:
    """A copy of the user's index with other entries; everything else in it stays as it is.

    Git puts it together while other things are done: in a large store that takes as long as all the rest.

    Args:
        git: of the repository.
        layout: where the user's index is.
        entries: pairs of path and blob; "" removes the path.

    Yields:
        What waits until it is ready and gives its path, for `os.replace`; `index_lock` removes what is left.
    """
    draft = draft_path(layout.index)
    drop(f"{draft}.lock")
    drop(draft)
    if os.path.exists(layout.index):
        with open(layout.index, "rb") as index, open(draft, "wb") as copy:
            while part := index.read(_PART):
                copy.write(part)
        # Git compares files as old as the index byte for byte; a copy that looks younger would end that.
        before = os.stat(layout.index)
        os.utime(draft, ns=(before.st_atime_ns, before.st_mtime_ns))
        if not entries:
            yield lambda: draft
            return
    lines = (f"100644 {blob}\t{path}" if blob else f"0 {layout.null}\t{path}" for path, blob in entries)
    stdin = b"".join(line.encode("utf-8", "surrogateescape") + b"\0" for line in lines)
    env = {"GIT_INDEX_FILE": draft}
    with git.begun("update-index", "-z", "--index-info", stdin=stdin, env=env) as wait:

        def ready() -> str:
            wait()
            return draft

        yield ready


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Keep Ctrl-C and the like waiting while branch, index and files change together."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP, signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def sweep(git: Git, common_dir: str) -> None:
    """Remove the names that keep unfinished commits alive; those of a killed command too."""
    folder = os.path.join(common_dir, "refs", "tkt")
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if name.endswith(".lock"):
            drop(os.path.join(folder, name))
        else:
            git.attempt("update-ref", "-d", f"refs/tkt/{name}")

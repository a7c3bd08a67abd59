"""The desk's lock, Git's lock on the index, and the next index that is put together under them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tkt.errors import ConflictError
from tkt.gitrepo.git import Git
from tkt.gitrepo.repository import Layout
from tkt.gitrepo.worktree import drop

_PATIENCE = 4.0
"""For so many seconds another Git command is waited for."""
_DESK_PATIENCE = 60.0
"""For so many seconds another command of tkt is waited for; an import of thousands takes a few."""
_OURS = b"tkt"
"""How the lock on the index begins when it is ours; Git's own begins with DIRC, or is empty."""


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
            time.sleep(0.005)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class HeldIndex:
    """Git's own lock on the user's index, held.

    Args:
        lock: its path.
        unfinished: the commit that a killed command had at the branch, or was about to; None for none.
    """

    lock: str
    unfinished: str | None

    def announce(self, commit: str) -> None:
        """Say where the branch will be once all is in place, so that a killed command can be finished."""
        with open(self.lock, "ab") as file:
            file.write(f" {commit}\n".encode())


@contextlib.contextmanager
def index_lock(index: str) -> Iterator[HeldIndex]:
    """Hold Git's own lock on the user's index; to be asked for under `desk_lock`.

    Raises:
        ConflictError: another process holds it and does not let go.
    """
    lock = f"{index}.lock"
    unfinished = None
    until = time.monotonic() + _PATIENCE
    while not _created(lock):
        with contextlib.suppress(FileNotFoundError), open(lock, "rb") as file:
            said = file.read(200)
            if said.startswith(_OURS):  # of a killed command: a living one would have the desk's lock
                unfinished = said[len(_OURS) :].decode().strip() if said.endswith(b"\n") else None
                drop(lock)
                continue
        if time.monotonic() > until:
            raise ConflictError("another Git command holds the index", f"If none is running, remove {lock}")
        time.sleep(0.005)
    try:
        yield HeldIndex(lock, unfinished)
    finally:
        drop(lock)


def _created(lock: str) -> bool:
    try:
        handle = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return False
    os.write(handle, _OURS)
    os.close(handle)
    return True


def draft_path(index: str) -> str:
    """Where the next index is put together.

    It has one name for all, since `desk_lock` lets one command in at a time.
    """
    return f"{index}.tkt-draft"


@contextlib.contextmanager
def draft_index(git: Git, layout: Layout, entries: Sequence[tuple[str, str]]) -> Iterator[Callable[[], str]]:
    """A copy of the user's index with other entries; everything else in it stays as it is.

    Git puts it together while other things are done: in a large store that takes as long as all the rest.

    Args:
        git: of the repository.
        layout: where the user's index is.
        entries: pairs of path and blob; "" removes the path.

    Yields:
        What waits until it is ready and gives its path, for `os.replace`; it is gone afterwards.
    """
    draft = draft_path(layout.index)
    drop(f"{draft}.lock")
    drop(draft)
    try:
        if os.path.exists(layout.index):
            shutil.copyfile(layout.index, draft)
            # Git compares files as old as the index byte for byte; a copy that looks younger would end that.
            before = os.stat(layout.index)
            os.utime(draft, ns=(before.st_atime_ns, before.st_mtime_ns))
        lines = (f"100644 {blob}\t{path}" if blob else f"0 {layout.null}\t{path}" for path, blob in entries)
        stdin = b"".join(line.encode("utf-8", "surrogateescape") + b"\0" for line in lines)
        env = {"GIT_INDEX_FILE": draft}
        with git.begun("update-index", "-z", "--index-info", stdin=stdin, env=env) as wait:

            def ready() -> str:
                wait()
                return draft

            yield ready
    finally:
        drop(draft)


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

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
_LONGEST = 400
"""Our locks are shorter than so many bytes."""
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
    """What a command says of itself before it begins, for whoever finds that it was cut off.

    Args:
        commit: where the branch is to be; "" for before the first one.
        key: of what it does (`Note.key`); "" for none.
        origin: where the branch is, if files change before it moves; "" where they come after it.
    """

    commit: str
    key: str = ""
    origin: str = ""


@dataclass(slots=True)
class HeldIndex:
    """Git's own lock on the user's index, held.

    Args:
        index: whose lock it is.
        unfinished: what was begun, here or by a command that was cut off; None for nothing.
        key: of what is being done (`Note.key`).
        kept: whether it stays, because what was begun could not be finished.
    """

    index: str
    unfinished: Unfinished | None = None
    key: str = ""
    kept: bool = False

    @property
    def lock(self) -> str:
        """Its path."""
        return f"{self.index}.lock"

    def announce(self, commit: str, origin: str = "") -> None:
        """Say what is about to be done, so that it can be finished where it is cut off (`Unfinished`)."""
        with open(self.lock, "ab") as file:
            file.write(f" {commit} {self.key} {origin}\n".encode())
        self.unfinished = Unfinished(commit, self.key, origin)

    def settle(self) -> None:
        """What was begun is finished: the lock tells of nothing any more."""
        if self.unfinished:
            os.replace(_blank(self.index), self.lock)
        self.unfinished, self.kept = None, False


@contextlib.contextmanager
def index_lock(index: str) -> Iterator[HeldIndex]:
    """Hold Git's own lock on the user's index; to be asked for under `desk_lock`.

    Raises:
        ConflictError: another process holds it and does not let go.
    """
    held = HeldIndex(index)
    until = time.monotonic() + _PATIENCE
    while not _created(held) and not _inherited(held):
        if time.monotonic() > until:
            raise held_by_git(held.lock)
        time.sleep(_PAUSE)
    try:
        yield held
    finally:
        for path in () if held.kept else (f"{draft_path(index)}.lock", draft_path(index), held.lock):
            with contextlib.suppress(OSError):  # the next command removes it then
                drop(path)


def is_ours(lock: str) -> bool:
    """Whether a lock on the index is tkt's; under `desk_lock` only a killed command can have left it."""
    try:
        with open(lock, "rb") as file:
            return file.read(len(_OURS)) == _OURS
    except OSError:
        return False


def _inherited(held: HeldIndex) -> bool:
    """Whether the lock is of a command that was cut off, and tells what that had begun; else it goes.

    One that lives has the desk's lock.
    """
    with contextlib.suppress(FileNotFoundError), open(held.lock, "rb") as file:
        said = file.read(_LONGEST)
        held.unfinished = _unfinished(said) if said.startswith(_OURS) else None
        if said.startswith(_OURS) and not held.unfinished:
            drop(held.lock)
    return held.unfinished is not None


def _unfinished(said: bytes) -> Unfinished | None:
    """What a lock of ours tells, where it was written to its end."""
    words = said[len(_OURS) :].decode("ascii", "replace").strip("\n").removeprefix(" ").split(" ")
    return Unfinished(*words[: len(Unfinished._fields)]) if said.endswith(b"\n") else None


def _blank(index: str) -> str:
    """A lock that tells of nothing yet, beside its place; its path."""
    path = f"{index}.tkt-lock"
    with open(path, "wb") as file:
        file.write(_OURS)
    return path


def _created(held: HeldIndex) -> bool:
    """Whether the lock could be made; whole from the first moment on, so that nobody takes it for Git's."""
    blank = _blank(held.index)
    try:
        _link(blank, held.lock)
    except FileExistsError:
        return False
    finally:
        drop(blank)
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


def lock_met(said: str) -> str:
    """The lock of which a Git command says that another one holds it; "" for none."""
    found = _LOCKED.search(said)
    return found.group(1) if found else ""


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
            lock = lock_met(error.message)
            if not lock:
                raise BranchMovedError(
                    f"the branch has moved meanwhile ({error.message})", "Run the command again."
                ) from error
            if time.monotonic() > until:
                raise held_by_git(lock) from error
            time.sleep(_PAUSE)
        else:
            return


def is_at(git: Git, ref: str, commit: str) -> bool:
    """Whether a reference is at a commit: a Git command may be cut off after it has moved it there."""
    status, out, _ = git.attempt("rev-parse", "--verify", "--quiet", ref)
    return not status and out.decode().strip() == commit


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

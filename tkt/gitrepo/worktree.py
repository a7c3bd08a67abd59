"""The working tree's side of a write: its lock, the user's index, and the files."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import stat
import time
from collections.abc import Iterable, Iterator, Sequence

from tkt.errors import ConflictError, InvalidStoreError, Problem, TktError
from tkt.gitrepo.git import Git, changed_meanwhile
from tkt.gitrepo.repository import Layout
from tkt.usecases.workspace import FileWrite

_PATIENCE = 4.0
"""For so many seconds another Git command is waited for."""
_DESK_PATIENCE = 60.0
"""For so many seconds another command of tkt is waited for; an import of thousands takes a few."""
_DURABLE = 50
"""Up to so many files are forced to the disk one by one; more can be had back from the commit."""
_DRAFT = ".tkt-draft-"


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


@contextlib.contextmanager
def index_lock(index: str) -> Iterator[None]:
    """Hold Git's own lock on the user's index.

    Raises:
        ConflictError: another process holds it and does not let go.
    """
    lock = f"{index}.lock"
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            break
        except FileExistsError:
            if time.monotonic() > until:
                raise ConflictError(
                    "another Git command holds the index", f"If none is running, remove {lock}"
                ) from None
            time.sleep(0.005)
    try:
        yield
    finally:
        drop(lock)


@contextlib.contextmanager
def draft_index(git: Git, layout: Layout, entries: Sequence[tuple[str, str]]) -> Iterator[str]:
    """A copy of the user's index with other entries; everything else in it stays as it is.

    Args:
        git: of the repository.
        layout: where the user's index is.
        entries: pairs of path and blob; "" removes the path.

    Yields:
        The copy's path, for `os.replace`; it is gone afterwards.
    """
    # One name for all, since desk_lock lets one command in at a time: no need for what a killed one left.
    draft = f"{layout.index}.tkt-draft"
    drop(f"{draft}.lock")
    drop(draft)
    try:
        if os.path.exists(layout.index):
            shutil.copyfile(layout.index, draft)
        lines = (f"100644 {blob}\t{path}" if blob else f"0 {layout.null}\t{path}" for path, blob in entries)
        stdin = b"".join(line.encode("utf-8", "surrogateescape") + b"\0" for line in lines)
        git.run("update-index", "-z", "--index-info", stdin=stdin, env={"GIT_INDEX_FILE": draft})
        yield draft
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


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn what the system says no to into an error that a person can act on.

    Raises:
        TktError: a file could not be read or written.
    """
    try:
        yield
    except OSError as error:
        raise TktError(f"cannot write {error.filename or 'here'}: {error.strerror}") from error


def sweep(git: Git, common_dir: str) -> None:
    """Remove the names that keep unfinished commits alive; those of a killed command too."""
    folder = os.path.join(common_dir, "refs", "tkt")
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if name.endswith(".lock"):
            drop(os.path.join(folder, name))
        else:
            git.attempt("update-ref", "-d", f"refs/tkt/{name}")


def require_bases(root: str, writes: Sequence[FileWrite]) -> None:
    """See that files still are what a change started from.

    Raises:
        ConflictError: one of them is not.
        InvalidStoreError: one of them, or a folder on the way, is a link or otherwise not what it should be.
    """
    passed: set[str] = set()
    for write in writes:
        if content(root, write.path, passed) != write.base:
            raise changed_meanwhile(write.path)


def content(root: str, path: str, passed: set[str]) -> bytes | None:
    """What is in a file of the working tree; None when it is not there.

    Args:
        root: of the store.
        path: from there.
        passed: the folders that have been looked at, so that each is looked at once.

    Raises:
        InvalidStoreError: it, or a folder on the way, is not what it should be.
    """
    steps = path.split("/")
    for depth in range(1, len(steps)):
        folder = "/".join(steps[:depth])
        if folder not in passed:
            _refuse(folder, _folder_problem(os.path.join(root, folder)))
            passed.add(folder)
    target = os.path.join(root, path)
    try:
        _refuse(path, _file_problem(os.lstat(target).st_mode))
        with open(target, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _refuse(path: str, problem: str) -> None:
    if problem:
        raise InvalidStoreError((Problem(path, 0, problem),))


def _file_problem(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "is a link; tkt never follows links"
    return "" if stat.S_ISREG(mode) else "is not a file"


def _folder_problem(place: str) -> str:
    """What keeps a folder from being entered; "" when nothing does."""
    if os.path.islink(place):
        return "is a link; tkt never follows links"
    if not os.path.lexists(place):
        return ""
    if not os.path.isdir(place):
        return "is a file where a folder should be"
    inside = os.path.lexists(os.path.join(place, ".git"))
    return "is another repository; tkt never writes into those" if inside else ""


def replace_files(root: str, writes: Sequence[FileWrite], *, committed: bool = False) -> None:
    """Put each file in its place, all of them whole; remove those without content.

    Args:
        root: of the store.
        writes: the files.
        committed: whether they can be had back from a commit. All are written beside their places
            first, so that a full disk is met before anything is changed; thousands of these are not,
            since that takes half as long again.
    """
    durable = len(writes) <= _DURABLE
    _sweep_drafts({os.path.dirname(os.path.join(root, write.path)) for write in writes})
    present = [(os.path.join(root, write.path), write.data) for write in writes if write.data is not None]
    for group in [[each] for each in present] if committed and not durable else [present]:
        _replace(root, group, durable=durable)
    for write in writes:
        if write.data is None:
            target = os.path.join(root, write.path)
            drop(target)
            _drop_empty(root, os.path.dirname(target))


def _replace(root: str, files: Sequence[tuple[str, bytes]], *, durable: bool) -> None:
    drafts: list[tuple[str, str]] = []
    try:
        for number, (target, data) in enumerate(files):
            drafts.append((os.path.join(os.path.dirname(target), f"{_DRAFT}{number}"), target))
            _write(drafts[-1][0], data, durable=durable)
        for draft, target in drafts:
            os.replace(draft, target)
    except BaseException:
        for draft, target in drafts:
            drop(draft)
            _drop_empty(root, os.path.dirname(target))
        raise


def _sweep_drafts(folders: Iterable[str]) -> None:
    """Remove what a killed command was about to put in place."""
    for folder in folders:
        names = os.listdir(folder) if os.path.isdir(folder) else []
        for name in names:
            if name.startswith(_DRAFT):
                drop(os.path.join(folder, name))


def _write(path: str, data: bytes, *, durable: bool) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())


def drop(path: str) -> None:
    """Remove a file that may not be there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _drop_empty(root: str, folder: str) -> None:
    """Remove folders that a removal left empty, as Git itself does."""
    while folder != root:
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = os.path.dirname(folder)

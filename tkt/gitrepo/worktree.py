"""The working tree's side of a write: the files."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence

from tkt.errors import InvalidStoreError, Problem, TktError
from tkt.gitrepo.git import changed_meanwhile
from tkt.usecases.workspace import FileWrite

_DURABLE = 50
"""Up to so many files are forced to the disk one by one; more can be had back from the commit."""
_DRAFT = ".tkt-draft-"


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


def require_bases(root: str, writes: Sequence[FileWrite]) -> None:
    """See that files still are what a change started from.

    Raises:
        ConflictError: one of them is not.
        InvalidStoreError: one of them, or a folder on the way, is a link or otherwise not what it should be.
    """
    passed: set[str] = set()
    for write in writes:
        if content(root, write.path, passed) != (write.data if write.by_hand else write.base):
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
    _enter(root, path, passed)
    target = os.path.join(root, path)
    try:
        _refuse(path, _file_problem(os.lstat(target).st_mode))
        with open(target, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def whatever(root: str, path: str, passed: set[str]) -> bytes | None:
    """As `content`, of any file that Git has checked out; of a link where it leads to."""
    _enter(root, path, passed)
    target = os.path.join(root, path)
    return os.fsencode(os.readlink(target)) if os.path.islink(target) else content(root, path, passed)


def _enter(root: str, path: str, passed: set[str]) -> None:
    """See that all folders on the way to a file are folders.

    Raises:
        InvalidStoreError: one is not.
    """
    steps = path.split("/")
    for depth in range(1, len(steps)):
        folder = "/".join(steps[:depth])
        if folder not in passed:
            _refuse(folder, _folder_problem(os.path.join(root, folder)))
            passed.add(folder)


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


def replace_files(root: str, writes: Sequence[FileWrite]) -> None:
    """Put each file in its place, all of them whole; remove those without content.

    Args:
        root: of the store.
        writes: the files.
    """
    with drafted(root, writes) as put:
        put()


@contextlib.contextmanager
def drafted(
    root: str, writes: Sequence[FileWrite], *, committed: bool = False
) -> Iterator[Callable[[], None]]:
    """Files written beside their places, so that a full disk is met before anything is changed.

    Args:
        root: of the store.
        writes: the files; those without content go.
        committed: whether they can be had back from a commit; thousands are not written beside their
            places then, since that takes half as long again.

    Yields:
        What puts them in place.
    """
    durable = len(writes) <= _DURABLE
    sweep_drafts(root, writes)
    present = [(os.path.join(root, write.path), write.data) for write in writes if write.data is not None]
    later = [] if durable or not committed else present
    drafts: list[tuple[str, str]] = []

    def put() -> None:
        for draft, target in drafts:
            os.replace(draft, target)
        for target, data in later:
            os.replace(_write(_beside(target, 0), data, durable=durable), target)
        for write in writes:
            if write.data is None:
                drop_file(root, write.path)

    try:
        for number, (target, data) in enumerate([] if later else present):
            drafts.append((_beside(target, number), target))
            _write(drafts[-1][0], data, durable=durable)
        yield put
    except BaseException:
        with contextlib.suppress(OSError):
            sweep_drafts(root, writes)
        raise


def _beside(target: str, number: int) -> str:
    return os.path.join(os.path.dirname(target), f"{_DRAFT}{number}")


def sweep_drafts(root: str, writes: Iterable[FileWrite]) -> None:
    """Remove what a killed command was about to put in the places of some files, and folders that it made."""
    for folder in {os.path.dirname(os.path.join(root, write.path)) for write in writes}:
        names = os.listdir(folder) if os.path.isdir(folder) else []
        for name in names:
            if name.startswith(_DRAFT):
                drop(os.path.join(folder, name))
        _drop_empty(root, folder)


def _write(path: str, data: bytes, *, durable: bool) -> str:
    """Write a file, in a folder that may not be there yet; its path."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    return path


def drop_file(root: str, path: str) -> None:
    """Remove a file of the working tree, and the folders that this leaves empty."""
    target = os.path.join(root, path)
    drop(target)
    _drop_empty(root, os.path.dirname(target))


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

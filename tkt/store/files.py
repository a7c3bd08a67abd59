"""The store's files on the disk, read without ever following a link out of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from tkt.errors import InvalidStoreError, Problem

_CHUNK = 64 * 1024
_LINK = "is a link; tkt never follows links"
_REPOSITORY = "is another repository; tkt never looks into those"


class DiskFiles:
    """The files of a working tree.

    Args:
        root: the folder that holds `.tkt/` and `tickets/`.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._plain_folders: set[str] = set()

    def names(self, folder: str) -> Sequence[str]:
        """What is directly in a folder, sorted; folders end with a slash.

        Raises:
            InvalidStoreError: the folder is a link, or cannot be read.
        """
        if not self._is_folder(folder):
            return ()
        try:
            with os.scandir(os.path.join(self.root, folder)) as entries:
                return sorted(
                    each.name + "/" if each.is_dir(follow_symlinks=False) else each.name for each in entries
                )
        except OSError as error:
            raise _unreadable(folder, error) from error

    def read(self, path: str) -> bytes:
        """A file's content.

        Raises:
            FileNotFoundError: there is no such file.
            InvalidStoreError: it is a link, or cannot be read.
        """
        if not self._is_folder(path.rpartition("/")[0]):
            raise FileNotFoundError(path)
        try:
            return _content(os.path.join(self.root, path))
        except FileNotFoundError:
            raise
        except OSError as error:
            raise _unreadable(path, error) from error

    def odd(self, folder: str) -> dict[str, str]:
        """What in a folder is neither a file nor a folder, by name, and what it is instead."""
        if not self._is_folder(folder):
            return {}
        with os.scandir(os.path.join(self.root, folder)) as entries:
            kinds = {each.name: _kind(each) for each in entries}
        return {name: kind for name, kind in kinds.items() if kind}

    def _is_folder(self, folder: str) -> bool:
        """Whether a folder of the store is there; each step of the way is looked at once."""
        if not folder or folder in self._plain_folders:
            return True
        if not self._is_folder(folder.rpartition("/")[0]):
            return False
        path = os.path.join(self.root, folder)
        if os.path.islink(path):
            raise InvalidStoreError((Problem(folder, 0, _LINK, "mode"),))
        if os.path.isdir(path):
            self._plain_folders.add(folder)
            return True
        return False


def _kind(each: os.DirEntry[str]) -> str:
    if each.is_symlink():
        return _LINK
    if each.is_dir(follow_symlinks=False):
        return _REPOSITORY if os.path.lexists(os.path.join(each.path, ".git")) else ""
    return "" if each.is_file(follow_symlinks=False) else "is not a file"


def _content(path: str) -> bytes:
    # Without O_NONBLOCK a named pipe would keep us waiting for ever.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        return b"".join(iter(lambda: os.read(handle, _CHUNK), b""))
    finally:
        os.close(handle)


def _unreadable(path: str, error: OSError) -> InvalidStoreError:
    if error.errno == errno.ELOOP:
        return InvalidStoreError((Problem(path, 0, _LINK, "mode"),))
    return InvalidStoreError((Problem(path, 0, f"cannot be read: {error.strerror}"),))

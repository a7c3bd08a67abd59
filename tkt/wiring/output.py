"""Files for others: each is there whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tkt.errors import UsageError


@contextmanager
def whole_file(path: str, *, force: bool = False, begins: bytes = b"") -> Iterator[str]:
    """The name of a file to write; it takes its place once it is written.

    Args:
        path: what it is to be called.
        force: whether it may take the place of a file that is there.
        begins: how such a file must begin.

    Raises:
        UsageError: it cannot be written, or something is there that stays.
    """
    part = f"{path}.{os.getpid()}.part"
    try:
        _require_room(path, begins, force=force)
        with open(part, "xb"):
            yield part
        with open(part, "rb") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            os.unlink(part)


def _require_room(path: str, begins: bytes, *, force: bool) -> None:
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        return
    if not force:
        raise UsageError(f"{path} is there already", "Name another file, or write over it with --force.")
    if not stat.S_ISREG(there.st_mode):
        raise UsageError(f"{path} is no file", "Name another one.")
    with open(path, "rb") as file:
        if not file.read(len(begins)).startswith(begins):
            raise UsageError(f"{path} is another kind of file", "Name another one.")


@contextmanager
def passing_file() -> Iterator[str]:
    """The name of a file to write; once it is written, its content goes to stdout."""
    with tempfile.TemporaryDirectory(prefix="tkt-") as folder:
        path = os.path.join(folder, "export")
        yield path
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                sys.stdout.buffer.write(block)

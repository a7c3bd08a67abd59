"""What has changed in a working tree since the index last looked, told from the files' stamps alone."""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter

from tkt.domain.ids import is_ticket_id

_EACH = 4
"""Figures of each file: its times of change, its size and its inode."""
_BYTES = 8 * _EACH

_TICK = 20_000_000
"""A file as young as this, in nanoseconds, may be written again without its stamp changing."""
_COARSE_TICK = 2_100_000_000
"""Likewise where the file system counts whole seconds, or two of them."""
_SECOND = 1_000_000_000
_HUGE = 1 << 63
"""An inode's number that fits no figure."""


Packed = tuple[bytes, bytes]
"""Stamps as the index keeps them: names of files, which need not be text, and four figures for each.

The figures of a file of which they prove nothing are never the same twice.
"""

NOTHING: Packed = (b"", b"")
"""The stamps of a folder that is not there."""

_REST = b"//"
"""Between the names of a month's files and those of everything else there."""

ITSELF = "."
"""What a month's folder is called among its files."""

_PATHS = bytes.maketrans(b"/ ", b"\n/")


def tree_key(root: str) -> str:
    """What a working tree is called in the index."""
    return f"files:{os.path.realpath(root)!a}"


def changed(before: Packed, after: Packed) -> set[str]:
    """The names of files that came, went or may have changed."""
    old, new = _by_name(before), _by_name(after)
    same = {name for name, figures in new.items() if old.get(name) == figures}
    return (set(old) | set(new)) - same


def _by_name(stamps: Packed) -> dict[str, bytes]:
    """The figures of each file; nothing of stamps that are damaged."""
    names, stats = files_in(stamps), stamps[1]
    if len(stats) != _BYTES * len(names):
        return {}
    return {
        name: stats[at : at + _BYTES] for name, at in zip(names, range(0, len(stats), _BYTES), strict=True)
    }


def files_in(stamps: Packed) -> list[str]:
    """The names of the files that were looked at; the folder itself is called `.` there."""
    return names_of(stamps[0].partition(_REST)[0])


def others_in(stamps: Packed) -> bytes:
    """The names of what a month holds besides its tickets' files: threads, and what is misplaced."""
    return stamps[0].partition(_REST)[2]


def names_of(packed: bytes) -> list[str]:
    """Names, one by one."""
    return os.fsdecode(packed).split("/") if packed else []


def packed_names(names: Iterable[str]) -> bytes:
    """The same together."""
    return os.fsencode("/".join(names))


def month_stamps(month: tuple[str, Packed]) -> Packed:
    """How a month's folder and the tickets' files in it look.

    Args:
        month: its whole path, and how it looked last; while the folder itself has not changed, nothing
            came or went.
    """
    folder, before = month
    young = time.time_ns() - _TICK
    names = files_in(before)
    if names:
        figures = _figures(folder, names, young)
        if figures[:_BYTES] == before[1][:_BYTES]:
            return before[0], figures
    found = os.listdir(folder)
    files = sorted([name for name in found if name.endswith(".md")])
    others = sorted([name for name in found if not name.endswith(".md")])
    figures = _figures(folder, [ITSELF, *files], young)
    return packed_names([ITSELF, *files]) + _REST + packed_names(others), figures


def thread_stamps(month: tuple[str, bytes, Packed]) -> Packed:
    """How the threads of a month look: each folder, named `TICKET `, and each entry, `TICKET ENTRY.md`.

    Args:
        month: its whole path, the names of the folders of threads in it and any others, and the last look.
    """
    folder, others, before = month
    young = time.time_ns() - _TICK
    folders, paths = _paths(before[0])
    joined = b"/".join(folders)
    if joined == others or joined == packed_names(_threads_among(others)):
        figures = _figures(folder, paths, young)
        if figures == before[1]:
            return before
        places = [place for place, path in enumerate(paths) if b"/" not in path]
        if _of(places, figures) == _of(places, before[1]):
            return before[0], figures
    packed = packed_names([name for ticket in _threads_among(others) for name in _listed(folder, ticket)])
    return packed, _figures(folder, _paths(packed)[1], young)


def by_thread(stamps: Packed) -> dict[str, Packed]:
    """What `thread_stamps` gave, for each ticket alone."""
    names = stamps[0].split(b"/")
    starts = [place for place, name in enumerate(names) if name[-1:] == b" "]
    return {
        os.fsdecode(names[first][:-1]): (
            b"/".join(names[first:end]),
            stamps[1][first * _BYTES : end * _BYTES],
        )
        for first, end in zip(starts, [*starts[1:], len(names)], strict=True)
    }


def _threads_among(others: bytes) -> list[str]:
    return [each for each in names_of(others) if is_ticket_id(each)]


def _listed(folder: str, ticket: str) -> list[str]:
    try:
        found = os.listdir(f"{folder}/{ticket}")
    except OSError:  # a link, a file, or what nobody may read: whoever reads it says so
        found = []
    return [f"{ticket} ", *sorted([f"{ticket} {name}" for name in found if name.endswith(".md")])]


def _paths(packed: bytes) -> tuple[list[bytes], list[bytes]]:
    """The names of folders of threads, and where these and the entries lie, seen from their month."""
    if not packed:
        return [], []
    threads = (packed + b"/").split(b" /")  # each ends with the name of the next one's folder
    folders = [each.rpartition(b"/")[2] for each in threads[:-1]]
    # All at once, unless there are names that no entry has.
    if packed.count(b" ") == packed.count(b"/") + 1 and b"\n" not in packed:
        return folders, b"/".join(threads).translate(_PATHS).removesuffix(b"\n").split(b"\n")
    return folders, [name.replace(b" ", b"/", 1).removesuffix(b"/") for name in packed.split(b"/")]


def _of(places: Sequence[int], figures: bytes) -> list[bytes]:
    return [figures[place * _BYTES : (place + 1) * _BYTES] for place in places]


_LOOK = attrgetter("st_mtime_ns", "st_ctime_ns", "st_size", "st_ino")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def _figures(folder: str, paths: Sequence[str] | Sequence[bytes], young: int) -> bytes:
    """How files look.

    Args:
        folder: where they are.
        paths: of the files, from there.
        young: from this moment on changes prove nothing: it is a tick before anything was looked at.
    """
    if not paths:
        return b""
    place = os.open(folder, _FOLDER)
    try:
        figures: list[int] = []
        try:
            for each in paths:  # the way to the folder is not gone again for each of them
                figures += _LOOK(os.lstat(each, dir_fd=place))
            packed = array("q", figures)
        except (OSError, OverflowError):
            figures = [one for each in paths for one in _one(place, each)]
            packed = array("q", figures)
    finally:
        os.close(place)
    if max(chain(figures[0::_EACH], figures[1::_EACH])) > young - _COARSE_TICK:
        _distrust_young(packed, young)
    return packed.tobytes()


def _distrust_young(figures: array[int], young: int) -> None:
    """Take their proof from files that were written just now."""
    for at in range(0, len(figures), _EACH):
        modified, changed_at = figures[at], figures[at + 1]
        coarse = modified % _SECOND == 0 and changed_at % _SECOND == 0
        if max(modified, changed_at) > young - _COARSE_TICK * coarse:
            figures[at : at + _EACH] = array("q", _no_proof())


def _one(folder: int, path: str | bytes) -> tuple[int, int, int, int]:
    """A file's figures, unless they prove nothing: it is gone, or they are too large."""
    try:
        found = os.lstat(path, dir_fd=folder)
    except OSError:
        return _no_proof()
    return _no_proof() if found.st_ino >= _HUGE else _LOOK(found)


def _no_proof() -> tuple[int, int, int, int]:
    """Figures like no others, so that the file is read again."""
    return -time.time_ns(), 0, 0, 0

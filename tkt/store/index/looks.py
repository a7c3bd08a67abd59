"""Looks at many folders, shared by two processes, and begun before anybody asks."""

from __future__ import annotations

import marshal
import os
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Generic, TypeVar

from tkt.domain.ids import TICKETS, month_folder
from tkt.store.index.stamps import (
    NOTHING,
    Packed,
    month_stamps,
    others_in,
    packed_names,
    thread_stamps,
    tree_key,
)

Item = TypeVar("Item")
Seen = TypeVar("Seen")

_NUMBER = 2
"""Bytes of a number in the queue; its pipe holds those of thirty thousand things."""


class Look(Generic[Item, Seen]):
    """A look at things that another process begins at once, and that whoever needs it joins.

    Both take the next thing from one queue: a pipe, in which a number lies for each.

    Args:
        look: gives what can be told in Python's own marshal format, or raises OSError.
        items: what to look at.

    Raises:
        OSError: there is no process to be had.
    """

    def __init__(self, look: Callable[[Item], Seen], items: Sequence[Item]) -> None:
        self.items = items
        self._look = look
        self._queue, numbers = os.pipe()
        os.write(numbers, array("H", range(len(items))).tobytes())
        os.close(numbers)
        self._told, tell = os.pipe()
        self._child = os.fork()
        if not self._child:
            try:
                os.close(self._told)  # so that writing fails once nobody can read any more
                with os.fdopen(tell, "wb") as pipe:
                    pipe.write(marshal.dumps(dict(self._work())))
            finally:
                os._exit(0)
        os.close(tell)

    def _work(self) -> Iterator[tuple[int, Seen | None]]:
        while taken := os.read(self._queue, _NUMBER):
            number = array("H", taken)[0]
            yield number, _seen(self._look, self.items[number])

    def finish(self) -> list[Seen | None]:
        """What there was to see of each thing; None for one that could not be seen."""
        found = dict(self._work())
        os.close(self._queue)
        with os.fdopen(self._told, "rb") as pipe:
            told = pipe.read()
        os.waitpid(self._child, 0)
        try:
            found.update(marshal.loads(told))  # noqa: S302  from our own child
        except (EOFError, ValueError, TypeError):  # it was killed
            rest = [number for number in range(len(self.items)) if number not in found]
            found.update((number, _seen(self._look, self.items[number])) for number in rest)
        return [found[number] for number in range(len(self.items))]


def _seen(look: Callable[[Item], Seen], item: Item) -> Seen | None:
    try:
        return look(item)
    except OSError:
        return None


def looked_at(look: Callable[[Item], Seen], items: Sequence[Item], *, many: bool) -> list[Seen | None]:
    """Look at things now.

    Args:
        look: as of `Look`.
        items: what to look at.
        many: whether it is worth a process; starting one takes as long as a thousand stamps.
    """
    if many and len(items) > 1:
        return Look(look, items).finish()
    return [_seen(look, each) for each in items]


Asked = tuple[str, bytes | None, Packed]
"""The path of a month, what `thread_stamps` takes for its threads or None for itself, and the last look."""


class Ahead:
    """The months of a working tree, looked at while a command is still being loaded.

    Args:
        root: of the working tree.
        index: the index's file. What it last saw saves listing folders; that it may be out of date, or of
            another tree, does no harm, since a folder is listed unless its own stamp is still the same.
        threads: whether the threads will be asked for as well.
        clocks: whether those of open tickets will be, by whoever asks for clocks that are known.

    Raises:
        OSError: there are no tickets, or there is no process to be had.
    """

    def __init__(self, root: str, index: str, *, threads: bool = False, clocks: bool = False) -> None:
        kept = _kept(index, root, _STAMPS, threads=threads)
        months = [f"{TICKETS}/{each}" for each in os.listdir(os.path.join(root, TICKETS))]
        asked: list[Asked] = [(os.path.join(root, each), None, kept.get(each, NOTHING)) for each in months]
        known = by_month(_kept(index, root, _CLOCKED)) if clocks else {}
        if threads:
            there = (each for each in months if each in kept)
            known = {each: (others_in(kept[each]), kept.get(f"{each}/", NOTHING)) for each in there}
        # What takes longest comes first, so that none of it is begun when one of the two has nothing left.
        asked = [*((os.path.join(root, month), *each) for month, each in known.items()), *asked]
        self._look: Look[Asked, Packed | tuple[()]] = Look(_stamps, asked)

    def seen(self) -> tuple[dict[str, Packed], dict[str, tuple[bytes, Packed]]]:
        """By the path of a month its stamps, if it could be seen, and the names and stamps of its threads."""
        months: dict[str, Packed] = {}
        threads: dict[str, tuple[bytes, Packed]] = {}
        for (path, names, before), told in zip(self._look.items, self._look.finish(), strict=True):
            if told is None:
                continue
            if names is None:
                months[path] = told or before
            else:
                threads[path] = names, told or before
        return months, threads


def _stamps(asked: Asked) -> Packed | tuple[()]:
    """How a month or its threads look; nothing where that is as it was, which takes the least telling."""
    path, names, before = asked
    found = month_stamps((path, before)) if names is None else thread_stamps((path, names, before))
    return () if found == before else found


_STAMPS = """
SELECT s.folder, s.names, s.stats FROM stamp s JOIN tree ON tree.number = s.tree
WHERE substr(tree.key, 1, :length) = :key AND (:threads OR substr(s.folder, -1) <> '/')
"""

_CLOCKED = """
SELECT c.ticket, c.names, c.stats FROM clocks c JOIN tree ON tree.number = c.tree
WHERE substr(tree.key, 1, :length) = :key AND c.open AND length(c.names)
"""


def _kept(index: str, root: str, sql: str, *, threads: bool = False) -> dict[str, Packed]:
    key = tree_key(root)
    try:
        with closing(sqlite3.connect(index, timeout=0)) as connection:
            connection.execute("PRAGMA cache_size = 20")  # each page is read once, and new memory takes time
            rows = connection.execute(sql, {"length": len(key), "key": key, "threads": threads})
            return {name: (names, stats) for name, names, stats in rows}
    except sqlite3.Error:  # whoever asks the index deals with that
        return {}


def by_month(kept: Mapping[str, Packed]) -> dict[str, tuple[bytes, Packed]]:
    """The threads of some tickets by their months: the names of their folders, and how all of them looked.

    Args:
        kept: how each of them looked; NOTHING where that is not known.
    """
    months: dict[str, list[str]] = {}
    for each in sorted(kept):
        months.setdefault(f"{TICKETS}/{month_folder(each)}", []).append(each)
    return {
        month: (packed_names(names), _joined([kept[each] for each in names]))
        for month, names in months.items()
    }


def _joined(looks: Sequence[Packed]) -> Packed:
    known = [each for each in looks if each != NOTHING]
    return b"/".join([names for names, _ in known]), b"".join([figures for _, figures in known])

"""Does something to many things, on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

_MANY = 400
"""From so many things on, all cores work."""
_CHUNK = 200

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def spread(work: Callable[[Item], Answer], items: Sequence[Item]) -> Iterator[Answer]:
    """Do something to many things, on all cores where there are many; the answers in their order."""
    if len(items) < _MANY:
        yield from map(work, items)
        return
    from concurrent.futures import ProcessPoolExecutor  # start-up: only a first look reads thousands
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    global _work  # noqa: PLW0603  what a forked process finds without having it sent
    _work = work
    rest = iter(items)
    chunks = iter(lambda: list(islice(rest, _CHUNK)), [])
    done = 0
    try:
        with ProcessPoolExecutor(mp_context=get_context("fork"), initializer=_begin) as pool:
            for answers in pool.map(_do, chunks):
                yield from answers
                done += len(answers)
    except (OSError, BrokenProcessPool):  # no processes are to be had, or one was killed
        yield from map(work, items[done:])


_work: Callable[[Any], Any] | None = None


def _begin() -> None:
    import signal  # start-up: its names are an enumeration

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for the answers ends it


def _do(items: list[Any]) -> list[Any]:
    assert _work is not None  # noqa: S101  set before any process is forked
    return [_work(each) for each in items]

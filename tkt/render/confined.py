"""Work that files of a repository decide about: in a process of its own, with little time and memory."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

CPU_SECONDS = 2
_WALL_SECONDS = 15.0
_MORE_MEMORY = 256 << 20
_MOST_OUTPUT = 8 << 20
_CHUNK = 1 << 16
_STATM = "/proc/self/statm"
TOO_LONG, TOO_MUCH = "takes too long", "takes too much memory"


class Ended(NamedTuple):
    """How it ended.

    Args:
        text: what came of it; None where nothing did.
        trouble: why not.
        place: where, as a file and a line; "" where that is not known.
    """

    text: str | None
    trouble: str = ""
    place: str = ""


class OutOfTimeError(Exception):
    """The time of the processor is used up."""


def confined(work: Callable[[], Ended]) -> Ended:
    """Do something in a child that is killed where it takes more than it may.

    Args:
        work: changes nothing but its own memory.

    Raises:
        OSError: there is no process to be had.
    """
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(told)
            with os.fdopen(tell, "wb") as pipe:
                pipe.write(_limited(work))
        finally:
            os._exit(0)
    os.close(tell)
    try:
        answer = _read(told)
    finally:
        os.close(told)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if answer is None:
        return Ended(None, f"makes a page of more than {_MOST_OUTPUT >> 20} MB")
    try:
        return Ended(*json.loads(answer))
    except ValueError:  # it was killed, or had not even the memory to say so
        return Ended(None, f"{TOO_LONG}, or too much memory")


def _read(told: int) -> bytes | None:
    """What the child says until it ends or its time is over; None where that is too much."""
    until = time.monotonic() + _WALL_SECONDS
    answer = b""
    while select.select([told], [], [], max(until - time.monotonic(), 0))[0]:
        more = os.read(told, _CHUNK)
        answer += more
        if not more or len(answer) > _MOST_OUTPUT:
            return answer if not more else None
    return b""


def _limited(work: Callable[[], Ended]) -> bytes:
    """What comes of the work within the limits, as JSON."""
    signal.signal(signal.SIGXCPU, _out_of_time)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):  # a system without it, or one that has no such limit
        with open(_STATM, encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + _MORE_MEMORY,) * 2)
    try:
        return json.dumps(work()).encode()
    except MemoryError:
        return json.dumps(Ended(None, TOO_MUCH)).encode()


def _out_of_time(*_: object) -> None:
    raise OutOfTimeError

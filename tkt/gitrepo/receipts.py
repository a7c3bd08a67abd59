"""The file in which a server remembers which commit it received when, and from whom (docs/enforcement.md)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterator, Sequence

from tkt.domain.fields import format_time, parse_time
from tkt.usecases.gate import Arrival

_NOBODY = "-"
_COLUMNS = 5


class Receipts:
    """The receipts of a bare repository.

    Args:
        folder: the repository.
    """

    def __init__(self, folder: str) -> None:
        self.path = os.path.join(folder, "tkt", "receipts")

    def arrivals(self, oids: Collection[str]) -> dict[str, Arrival]:
        """Of some commits, those that were received; the first time counts."""
        wanted = set(oids)
        found: dict[str, Arrival] = {}
        for line in self._lines() if wanted else ():
            arrival = _read(line) if line.partition("\t")[0] in wanted else None
            if arrival and arrival.ref:
                found.setdefault(arrival.oid, arrival)
        return found

    def inherited(self) -> list[str]:
        """The ids of what was here when the guard came, with all that it comes from."""
        lines = (line for line in self._lines() if f"\t{_NOBODY}\t{_NOBODY}\t" in line)
        return [each.oid for each in map(_read, lines) if each and not each.ref]

    def add(self, arrivals: Sequence[Arrival]) -> None:
        """Append receipts, all in one write and under a lock."""
        text = "".join(_written(each) for each in arrivals)
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        handle = os.open(
            self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666
        )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            size = os.fstat(handle).st_size
            torn = size and os.pread(handle, 1, size - 1) != b"\n"  # somebody pulled the plug
            _write_all(handle, (("\n" if torn else "") + text).encode("utf-8", "surrogateescape"))
            os.fsync(handle)
        finally:
            os.close(handle)

    def _lines(self) -> Iterator[str]:
        try:
            with open(self.path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
                yield from (line for line in file if line.endswith("\n"))
        except FileNotFoundError:
            return


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _written(arrival: Arrival) -> str:
    columns = (arrival.user or _NOBODY, arrival.ref or _NOBODY, arrival.reason)
    words = (" ".join(each.split()) for each in columns)
    return "\t".join((arrival.oid, format_time(arrival.at), *words)) + "\n"


def _read(line: str) -> Arrival | None:
    """A line's receipt; None for a damaged one."""
    columns = line.rstrip("\n").split("\t")
    if len(columns) != _COLUMNS:
        return None
    oid, at, user, ref, reason = columns
    try:
        moment = parse_time(at)
    except ValueError:
        return None
    return Arrival(oid, moment, "" if user == _NOBODY else user, "" if ref == _NOBODY else ref, reason)

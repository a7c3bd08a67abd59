"""Messages that wait to be sent: a file with a line of JSON for each, and each key once."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Sequence
from typing import Any

from tkt.domain.fields import format_time
from tkt.errors import UsageError
from tkt.usecases.sending import Posted
from tkt.usecases.tick import Message


class OutboxFile:
    """A file to which messages are added; several processes may do so at once.

    Args:
        path: of the file, which need not exist.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def keys(self) -> frozenset[str]:
        """The keys of the messages in it; none where it is not there.

        Raises:
            UsageError: the file cannot be read.
        """
        try:
            with open(self.path, "rb") as file:
                return _keys(file.read())
        except FileNotFoundError:
            return frozenset()
        except OSError as error:
            raise UsageError(f"{self.path} cannot be read: {error.strerror}") from error

    def add(self, messages: Sequence[Message | Posted]) -> None:
        """Put messages in, but for those whose keys are there already.

        Raises:
            UsageError: the file cannot be written.
        """
        if not messages:
            return
        try:
            os.makedirs(os.path.dirname(self.path) or os.curdir, exist_ok=True)
            with open(self.path, "a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                before = file.read()
                known = _keys(before)
                lines = [_line(each) for each in messages if each.key not in known]
                cut_off = b"\n" if before and not before.endswith(b"\n") else b""
                file.write(cut_off + b"".join(lines))
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written: {error.strerror}") from error


def _keys(data: bytes) -> frozenset[str]:
    """The keys of the messages in a file; a line that somebody broke has none."""
    found = set()
    for line in data.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            found.add(str(row.get("key", "")))
    return frozenset(found)


def _line(message: Message | Posted) -> bytes:
    row: dict[str, Any] = message._asdict()
    if row.get("not_before"):
        row["not_before"] = format_time(row["not_before"])
    return f"{json.dumps(row, ensure_ascii=False)}\n".encode()

"""Bytes of a file as text, and the error for a file that cannot be understood."""

from __future__ import annotations

from tkt.errors import InvalidStoreError, Problem


def malformed(path: str, line: int, text: str, rule: str = "") -> InvalidStoreError:
    """The error for a file that cannot be understood."""
    return InvalidStoreError((Problem(path, line, text, rule),))


def decode(data: bytes, path: str) -> str:
    """A file's bytes as text.

    Raises:
        InvalidStoreError: it is not UTF-8, or holds a NUL.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise malformed(path, line, f"not UTF-8 (byte {error.start})") from error
    if "\x00" in text:
        position = text.index("\x00")
        raise malformed(path, text.count("\n", 0, position) + 1, f"a NUL character (byte {position})")
    return text

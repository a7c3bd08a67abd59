"""JSON, one object a line, as exports have it: read without trusting it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tkt.errors import UsageError

_DEPTH_LIMIT = 100
_BOM = b"\xef\xbb\xbf"


def filled_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, each with its number, counted from 1."""
    for number, raw in enumerate(data.removeprefix(_BOM).split(b"\n"), 1):
        if raw.strip():
            yield number, raw


def json_object(raw: bytes, limit: int = 0) -> dict[str, Any]:
    """The object on a line.

    Args:
        raw: the line.
        limit: how many bytes it may have; 0 for any number.

    Raises:
        UsageError: there is none, or it is too large or too deep.
    """
    if limit and len(raw) > limit:
        raise UsageError(f"a line of {len(raw):,} bytes; {limit:,} are allowed")
    try:
        said = json.loads(raw.decode())
    except UnicodeDecodeError as error:
        raise UsageError(f"not UTF-8 (byte {error.start} of the line)") from error
    except json.JSONDecodeError as error:
        raise UsageError(f"not JSON: {error.msg} (column {error.colno})") from error
    except ValueError as error:
        raise UsageError("a number with thousands of digits") from error
    except RecursionError as error:
        raise UsageError(f"nested deeper than {_DEPTH_LIMIT} levels") from error
    if not isinstance(said, dict):
        raise UsageError("not a JSON object; it is {...} on one line")
    _require_shallow(said)
    return said


def _require_shallow(said: dict[str, Any]) -> None:
    """See that what was just read can be written too: both recurse, and not from the same depth."""
    level: list[Any] = [said]
    for _ in range(_DEPTH_LIMIT):
        children = (each.values() if isinstance(each, dict) else each for each in level)
        level = [each for several in children for each in several if isinstance(each, dict | list)]
        if not level:
            return
    raise UsageError(f"nested deeper than {_DEPTH_LIMIT} levels")

"""A push of 5,000 entries, of 50,000 by night: judged as a whole, and one wrong entry in it is found."""

from __future__ import annotations

import pytest

from tests.conftest import NIGHTLY
from tests.server.hub import ANA, Clone, Hub

_TICKETS = 2500 if NIGHTLY else 250
_ENTRIES = 20
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _digits(number: int, width: int) -> str:
    text = ""
    for _ in range(width):
        number, rest = divmod(number, 32)
        text = _ALPHABET[rest] + text
    return text


def _file(path: str, text: str) -> str:
    return f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n"


def _ticket(name: str) -> str:
    fields = "type: task\n\nstatus: new\n\nresolution:\n\npriority: P3\n\n"
    return (
        f"---\nid: {name}\ncreated: 2026-11-22T08:00:00Z\ncreated_by: {ANA}\n\ntitle: {name}\n\n{fields}---\n"
    )


def _entry(number: int, by: str) -> tuple[str, str]:
    second = f"{number // 60:02}{number % 60:02}"
    name = f"20261122T08{second}Z-{_digits(number, 4)}"
    at = f"2026-11-22T08:{number // 60:02}:{number % 60:02}Z"
    head = f"id: {name}\nat: {at}\nby: {by}\nclock: {number + 1}\nvisibility: public\n"
    return name, f"---\n{head}---\n\nSaid {number}.\n"


def _history(start: str, wrong: str) -> bytes:
    """Thousands of entries in twenty commits, for `git fast-import`."""
    parts = []
    for commit in range(_ENTRIES):
        parts.append(f"commit refs/heads/large\nmark :{commit + 1}\n")
        parts.append(f"committer Ana <{ANA}> 1795337000 +0000\ndata 4\nMany\n")
        parts.append(f"from {f':{commit}' if commit else start}\n")
        for number in range(_TICKETS):
            name = f"TKT-2j{_digits(number, 5)}"
            folder = f"tickets/2026-11/{name}"
            if not commit:
                parts.append(_file(f"{folder}.md", _ticket(name)))
            by = wrong if (commit, number) == (_ENTRIES // 2, _TICKETS // 2) else ANA
            entry, text = _entry(commit, by)
            parts.append(_file(f"{folder}/{entry}.md", text))
    return "".join(parts).encode()


@pytest.mark.slow
def test_every_entry_is_judged(hub: Hub, carol: Clone, ana: Clone) -> None:
    ana.git("fast-import", "--quiet", stdin=_history(ana.head, ANA))
    carol.git("pull", "--quiet", str(ana.root), "large")
    said = carol.push("origin", "HEAD:main")
    assert said.rules == {"author"}
    assert f"{_TICKETS * _ENTRIES + _TICKETS:,} things" in said.said
    assert len(said.said.splitlines()) < 700
    ana.taken("origin", "large:main")
    assert len(hub.receipts) >= _ENTRIES

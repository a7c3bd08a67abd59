"""What a commit's message says about tickets, and what a branch's name does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tkt.domain.ids import ALPHABET

REFERENCE = "Refs"
"""The key of the line that a message gets where the branch says what it is about."""

_SCISSORS = "------------------------ >8 ------------------------"
_WHOLE = f"[{ALPHABET}]{{7}}"
_TRAILER = re.compile(r"[A-Za-z][A-Za-z0-9-]*: \S")
_REPEATS = ("fixup! ", "squash! ", "amend! ")
_REVERTS = 'Revert "'


def spoken(text: str, comment: str = "#") -> str:
    """What of a message file Git will keep: neither comments nor the diff below the scissors."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept = lines[: _scissors(lines, comment)]
    return "\n".join(line for line in kept if not line.startswith(comment)).strip()


def _scissors(lines: Sequence[str], comment: str) -> int:
    """The line at which Git cuts a message off, or the number of lines."""
    mark = f"{comment} {_SCISSORS}"
    return lines.index(mark) if mark in lines else len(lines)


def named_in(text: str, key: str) -> tuple[str, ...]:
    """What looks like ids of this project in a text, in any case, each once; some may be misread ones."""
    found = re.finditer(rf"(?<![A-Za-z0-9]){key}-([0-9a-z]{{7}})(?![A-Za-z0-9])", text, re.IGNORECASE)
    return tuple(dict.fromkeys(f"{key}-{match[1].lower()}" for match in found))


def fixed_in(text: str, key: str) -> tuple[str, ...]:
    """The tickets that a message says are done: `Fixes TKT-2j7k3q9, TKT-2j7zzzz`, in any case."""
    one = rf"{key}-{_WHOLE}(?![A-Za-z0-9])"
    said = rf"\b(?:fixes|closes|resolves)\b:?\s+({one}(?:(?:\s*,\s*|\s+)(?:and\s+)?{one})*)"
    found = re.finditer(said, text, re.IGNORECASE)
    return tuple(dict.fromkeys(each for match in found for each in named_in(match[1], key)))


def branch_candidates(branch: str, key: str) -> tuple[str, ...]:
    """The tickets that a branch may be named after: `feature/TKT-2j7k3q9-login`, or `2j7k3q9-login`."""
    named = named_in(branch, key)
    if named:
        return named
    bare = (re.match(rf"({_WHOLE})(?![A-Za-z0-9])", part) for part in branch.split("/"))
    return tuple(dict.fromkeys(f"{key}-{match[1]}" for match in bare if match))


def repeats_another(text: str) -> bool:
    """Whether a message only points to an earlier commit, to be joined to it or to take it back."""
    return text.startswith((*_REPEATS, _REVERTS))


def says_nothing_else(text: str) -> bool:
    """Whether a message, without comments, is the reference alone: its author wrote nothing."""
    lines = text.split("\n")
    return bool(text) and all(line.startswith(f"{REFERENCE}: ") for line in lines if line)


def trailer_values(text: str, name: str) -> Iterator[str]:
    """What the last paragraph of a message says under a key."""
    for line in text.rpartition("\n\n")[2].split("\n"):
        key, _, value = line.partition(": ")
        if key == name:
            yield value


def with_reference(text: str, ticket: str, comment: str = "#") -> str:
    """A message file with a last line that names a ticket, above what Git will cut off."""
    lines = text.removesuffix("\n").split("\n")
    end = _scissors(lines, comment)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(comment)):
        end -= 1
    said, rest = lines[:end], lines[end:]
    line = f"{REFERENCE}: {ticket}"
    if _ends_in_trailers(said):
        return "\n".join((*said, line, *rest, ""))
    # Where nobody has written anything yet, the editor opens with a line for the subject.
    between = ("",) if said else ("", "")
    gap = ("",) if rest and rest[0].strip() else ()
    return "\n".join((*said, *between, line, *gap, *rest, ""))


def _ends_in_trailers(lines: Sequence[str]) -> bool:
    """Whether the last paragraph, which is not the first, has trailers only."""
    text = "\n".join(lines)
    _, blank, last = text.rpartition("\n\n")
    return bool(blank) and all(_TRAILER.match(line) for line in last.split("\n"))

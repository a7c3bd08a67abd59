"""Which tickets say about the same as a new one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tkt.domain.ticket import Ticket

_WORD = re.compile(r"[^\W_]{3,}")
_COMMON = frozenset(
    {"the", "and", "for", "with", "after", "from", "not", "that", "this", "are", "can", "when"}
)
_ENOUGH = 0.4
_SHOWN = 3


def words(text: str) -> frozenset[str]:
    """The words of a text that carry its meaning, without their commonest endings."""
    found = (match.group().casefold() for match in _WORD.finditer(text))
    return frozenset(_stem(word) for word in found if word not in _COMMON)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004  a stem, not a stump
            return word[: -len(ending)]
    return word


def similar(title: str, tickets: Iterable[Ticket]) -> list[Ticket]:
    """The few tickets whose titles share the most words with a title (Jaccard index, at least 0.4)."""
    wanted = words(title)
    if not wanted:
        return []
    scored = []
    for ticket in tickets:
        theirs = words(ticket.title)
        score = len(wanted & theirs) / len(wanted | theirs)
        if score >= _ENOUGH:
            scored.append((-score, ticket.id, ticket))
    return [ticket for _, _, ticket in sorted(scored, key=lambda each: each[:2])[:_SHOWN]]

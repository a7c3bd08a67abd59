"""How much changed, on one line."""

from __future__ import annotations

from collections.abc import Sequence

from tkt.domain.comparison import TicketChange
from tkt.domain.duration import show_minutes
from tkt.domain.totals import totals
from tkt.render.text import plural


def summary(changes: Sequence[TicketChange]) -> str:
    """Such as `3 created, 2 closed, 5 comments by 4 people`."""
    if not changes:
        return "No ticket has changed"
    found = totals(changes)
    counts = {
        "created": found.created,
        "closed": found.closed,
        "reopened": found.reopened,
        "changed": found.changed,
        "removed": found.vanished,
    }
    parts = [f"{count:,} {word}" for word, count in counts.items() if count]
    if found.comments:
        people = plural(found.people, "person", "people")
        parts.append(f"{plural(found.comments, 'comment')} by {people}")
    if found.minutes:
        parts.append(f"{show_minutes(found.minutes)} spent")
    return ", ".join(parts)

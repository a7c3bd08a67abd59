"""How much changed between two moments, all in all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tkt.domain.comparison import Kind, TicketChange


class Totals(NamedTuple):
    """How much changed.

    Args:
        created: tickets that are new.
        closed: tickets that are done now and were not.
        reopened: tickets that were done and are not now.
        changed: tickets that were there before, and are none of those.
        vanished: tickets that are no longer there.
        comments: texts that were added.
        people: who wrote them.
        minutes: time spent.
    """

    created: int
    closed: int
    reopened: int
    changed: int
    vanished: int
    comments: int
    people: int
    minutes: int


def totals(changes: Iterable[TicketChange]) -> Totals:
    """How much changed, all in all."""
    every = tuple(changes)
    kinds = [each.kind for each in every]
    comments = [entry for each in every for entry in each.comments]
    others = (each for each in every if each.kind is Kind.CHANGED and not (each.closed or each.reopened))
    return Totals(
        created=kinds.count(Kind.CREATED),
        closed=sum(each.closed for each in every),
        reopened=sum(each.reopened for each in every),
        changed=sum(1 for _ in others),
        vanished=kinds.count(Kind.VANISHED),
        comments=len(comments),
        people=len({entry.by for entry in comments}),
        minutes=sum(each.minutes for each in every),
    )

"""The order of tickets in a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tkt.domain.activity import DERIVED, TIMED
from tkt.domain.conditions import fold, magnitude
from tkt.domain.fields import Field, FieldType, unknown
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket

SortKey = Callable[[Ticket], tuple[object, ...]]
_SHORT = {"label": "labels", "watcher": "watchers", "link": "links", "age": "created"}


def sort_fields(sort: str, settings: Settings) -> list[tuple[Field, bool]]:
    """The fields that `field,-field` names, and whether each is turned around.

    Raises:
        UsageError: there is no such field.
    """
    found = []
    for part in (each.strip() for each in sort.split(",")):
        if part:
            word = part.removeprefix("-").lower()
            name = _SHORT.get(word, word)
            known = settings.fields.get(name) or DERIVED.get(name) or TIMED.get(name)
            if known is None:
                raise unknown("field", part.removeprefix("-"), (*settings.fields, *DERIVED, *TIMED))
            found.append((known, part.startswith("-")))
    return found


def _sort_key(field: Field) -> SortKey:
    """How tickets are ordered by a field: choices in the order of the settings, unset last."""
    name = field.name
    if field.type in {FieldType.NUMBER, FieldType.DATE} or name == "due":
        return lambda ticket: _with_unset_last(magnitude(field, ticket.text(name)))
    ranks = {choice: rank for rank, choice in enumerate(field.choices)}
    if ranks:
        return lambda ticket: (ranks.get(ticket.text(name), len(ranks)), ticket.text(name))
    if name == "sla":  # the most urgent first; what stands still has no deadline
        return lambda ticket: (
            not ticket.text("sla_due"),
            ticket.text("sla_due"),
            *_with_unset_last(magnitude(TIMED["left"], ticket.text("left"))),
        )
    if name in {
        "created",
        "updated",
        "closed",
        "sla_due",
    }:  # in the one form that tkt writes; text sorts as time
        return lambda ticket: (not ticket.fields.get(name), ticket.text(name))
    return lambda ticket: (not ticket.text(name), fold(ticket.text(name)))


def _with_unset_last(value: float | None) -> tuple[object, ...]:
    return (value is None, value or 0.0)


def ordered(tickets: Sequence[Ticket], sort: str, settings: Settings) -> list[Ticket]:
    """Tickets in the order of `field,-field`; `-` turns a field around, tickets without it stay last.

    Raises:
        UsageError: a field does not exist.
    """
    found = list(tickets)
    for field, turned in reversed(sort_fields(sort, settings)):
        found.sort(key=_sort_key(field), reverse=turned)
        if turned:
            found.sort(key=lambda ticket, name=field.name: not ticket.text(name))  # type: ignore[misc]
    return found

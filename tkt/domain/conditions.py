"""What a query asks of a ticket, with every word resolved: no `me`, no `today`, no status that may not exist.

Whoever answers queries, one ticket at a time or by SQL, understands exactly these. They are named tuples
for the sake of start-up: a frozen dataclass takes six times as long to define.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from tkt.domain.fields import Field, FieldType, parse_time

if TYPE_CHECKING:
    from tkt.domain.settings import View


class All(NamedTuple):
    """Each part holds; without parts every ticket does."""

    parts: tuple[Condition, ...] = ()


class Either(NamedTuple):
    """At least one part holds."""

    parts: tuple[Condition, ...]


class Not(NamedTuple):
    """The part does not hold."""

    part: Condition


class Mentions(NamedTuple):
    """A text stands somewhere, whatever its case and accents.

    Args:
        text: folded.
        where: any of `id`, `title` and `body`.
    """

    text: str
    where: tuple[str, ...]


class Among(NamedTuple):
    """A field has one of some values, or a list has one of them as an item.

    Args:
        field: its name.
        values: as they are stored, or folded.
        patterns: folded, with `*` for any characters.
        exact: whether values are compared as they are stored, for fields with choices.
    """

    field: str
    values: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    exact: bool = False


class Present(NamedTuple):
    """A field is set; a count is not 0."""

    field: str


class Within(NamedTuple):
    """A moment or number lies in a span; what is unset never does.

    Args:
        field: its name.
        low: the least value, as `magnitude` gives it; None for no bound.
        high: the first value that is too much; None for no bound.
    """

    field: str
    low: float | None
    high: float | None


class SaidBy(NamedTuple):
    """Somebody commented on it.

    Args:
        people: folded.
        patterns: folded, with `*` for any characters.
    """

    people: tuple[str, ...]
    patterns: tuple[str, ...] = ()


class Changed(NamedTuple):
    """A field was changed after the ticket was created."""

    fields: tuple[str, ...]


class TimedBy(NamedTuple):
    """Somebody started a timer on it, now running or not."""

    person: str


class Linked(NamedTuple):
    """The ticket has a link of one of some kinds, to one of some tickets or to any.

    Args:
        kinds: of links, and `parent`.
        tickets: ids; () for any.
        inverse: whether the link is stored at the other end.
    """

    kinds: tuple[str, ...]
    tickets: tuple[str, ...] = ()
    inverse: bool = False


class Below(NamedTuple):
    """The ticket is a child of one of some tickets, or a child's child, at any depth."""

    tickets: tuple[str, ...]


class Blocked(NamedTuple):
    """A ticket that is not done blocks it.

    Args:
        done: the statuses of the category `done`.
    """

    done: tuple[str, ...]


class Clocked(NamedTuple):
    """A clock of the ticket stands in one of some ways.

    Args:
        states: words of `domain/urgency.py`.
        at: when the clocks are read, seconds since 1970.
    """

    states: tuple[str, ...]
    at: float


class DueWithin(NamedTuple):
    """The deadline of the most urgent clock that waits lies in a span; without a deadline it never does.

    Args:
        low: the least, in seconds since 1970; None for no bound.
        high: the first that is too late; None for no bound.
        at: when the clocks are read, likewise.
    """

    low: float | None
    high: float | None
    at: float


OfClocks = Clocked | DueWithin
"""What the clocks of a ticket are needed for."""

Condition = (
    All
    | Either
    | Not
    | Mentions
    | Among
    | Present
    | Within
    | SaidBy
    | Changed
    | TimedBy
    | Linked
    | Below
    | Blocked
    | Clocked
    | DueWithin
)


def either(parts: Sequence[Condition]) -> Condition:
    """At least one of some conditions; values of one field are one condition."""
    values: dict[tuple[str, bool], list[Among]] = {}
    rest: list[Condition] = []
    for part in parts:
        if isinstance(part, Among):
            values.setdefault((part.field, part.exact), []).append(part)
        else:
            rest.append(part)
    merged = [
        Among(
            name,
            tuple(value for each in found for value in each.values),
            tuple(pattern for each in found for pattern in each.patterns),
            exact,
        )
        for (name, exact), found in values.items()
    ]
    all_parts = (*merged, *rest)
    return all_parts[0] if len(all_parts) == 1 else Either(all_parts)


def both(parts: Sequence[Condition]) -> Condition:
    """All of some conditions."""
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def about_clocks(condition: Condition) -> list[OfClocks]:
    """What of a condition asks for clocks."""
    if isinstance(condition, All | Either):
        return [found for part in condition.parts for found in about_clocks(part)]
    if isinstance(condition, Not):
        return about_clocks(condition.part)
    return [condition] if isinstance(condition, Clocked | DueWithin) else []


def possible(condition: Condition, *, clocks: bool = True) -> Condition:
    """What a ticket must meet for a condition to hold, whatever its clocks say.

    Args:
        condition: any.
        clocks: what is taken for whatever asks for clocks.
    """
    if isinstance(condition, All | Either):
        return type(condition)(tuple(possible(part, clocks=clocks) for part in condition.parts))
    if isinstance(condition, Not):
        return Not(possible(condition.part, clocks=not clocks))
    if isinstance(condition, Clocked | DueWithin):
        return All() if clocks else Either(())
    return condition


_DAY = len("2026-12-01")


def fold(text: str) -> str:
    """A text without case and accents, as texts are compared."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each)).casefold()


def fits(pattern: str, text: str) -> bool:
    """Whether a folded text has the form of a folded pattern, in which `*` stands for any characters."""
    if len(pattern) - pattern.count("*") > len(text):
        return False
    first, *middle, last = pattern.split("*")
    if not text.startswith(first):
        return False
    place = len(first)
    for part in middle:
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return len(text) - len(last) >= place and text.endswith(last)


def magnitude(field: Field, stored: str) -> float | None:
    """What comparisons compare: seconds since 1970 of a moment, a number; None for what is neither.

    A day counts as its last second, so that what is due on a day is not late before its end.
    """
    if not stored:
        return None
    try:
        if field.type is FieldType.NUMBER:
            number = float(stored)
            return number if math.isfinite(number) else None
        return parse_time(stored if len(stored) > _DAY else f"{stored}T23:59:59Z").timestamp()
    except ValueError:
        return None


def is_past(due: str, now: datetime) -> bool:
    """Whether a due date or moment has gone by; a day lasts until its end, UTC."""
    moment = magnitude(Field("due", FieldType.DATETIME), due)
    return moment is not None and moment < now.timestamp()


_STATUS_WORDS = frozenset({"status", "is", "closed", "resolution", "id"})


class Query(NamedTuple):
    """What a person asks for.

    Args:
        condition: what tickets must meet.
        names: the fields that play a part.
        sort: `field,-field`; "" where the query names no order.
        view: the view it names; None for none.
        texts: the words and phrases that stand on their own, for a search.
        doubts: what may explain that nothing was found.
    """

    condition: Condition = All()
    names: frozenset[str] = frozenset()
    sort: str = ""
    view: View | None = None
    texts: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def about_status(self) -> bool:
        """Whether it says itself if closed tickets are meant."""
        return not _STATUS_WORDS.isdisjoint(self.names)

    def also(self, condition: Condition) -> Query:
        """The query with one more condition."""
        return self._replace(condition=All((self.condition, condition)))

    def only_open(self, done: Sequence[str]) -> Query:
        """The query without tickets in some statuses."""
        return self.also(Not(Among("status", tuple(done), exact=True)))

"""Whether one ticket meets a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from tkt.domain.activity import COUNTS, DERIVED, Activity, activity
from tkt.domain.conditions import (
    All,
    Among,
    Below,
    Blocked,
    Changed,
    Clocked,
    Condition,
    DueWithin,
    Either,
    Linked,
    Mentions,
    Not,
    OfClocks,
    Present,
    SaidBy,
    TimedBy,
    Within,
    fits,
    fold,
    magnitude,
)
from tkt.domain.fields import Field
from tkt.domain.settings import Settings
from tkt.domain.ticket import PARENT, Ticket, links_of

if TYPE_CHECKING:
    from tkt.domain.entry import Entry


@dataclass(frozen=True, slots=True)
class Relations:
    """How all tickets hang together.

    Args:
        links: (kind, target) of every link and parent, by the ticket that stores it.
        statuses: every ticket's status.
    """

    links: Mapping[str, frozenset[tuple[str, str]]]
    statuses: Mapping[str, str]

    def to(self, ticket_id: str, kinds: Iterable[str]) -> set[str]:
        """The tickets that have a link of some kinds to a ticket."""
        wanted = {(kind, ticket_id) for kind in kinds}
        return {each for each, links in self.links.items() if not wanted.isdisjoint(links)}

    def below(self, tops: Iterable[str]) -> set[str]:
        """Every child of some tickets, and their children."""
        children: dict[str, list[str]] = {}
        for each, links in self.links.items():
            for kind, target in links:
                if kind == PARENT:
                    children.setdefault(target, []).append(each)
        found: set[str] = set()
        rest = list(tops)
        while rest:
            new = set(children.get(rest.pop(), ())) - found
            found |= new
            rest += new
        return found


def relations(tickets: Iterable[Ticket]) -> Relations:
    """How some tickets hang together."""
    links, statuses = {}, {}
    for each in tickets:
        links[each.id] = frozenset(links_of(each))
        statuses[each.id] = each.status
    return Relations(links, statuses)


class Subject:
    """A ticket that is asked about, with what has to be read for some questions only.

    Args:
        ticket: itself.
        thread: reads its entries.
        settings: its fields and statuses.
        clocks: tells what is asked of its clocks; None where nobody asks.
    """

    def __init__(
        self,
        ticket: Ticket,
        thread: Callable[[], Iterable[Entry]],
        settings: Settings,
        clocks: Callable[[OfClocks], bool] | None = None,
    ) -> None:
        self.ticket = ticket
        self.clocks = clocks
        self.settings = settings
        self._thread = thread

    @cached_property
    def activity(self) -> Activity:
        """What its thread says."""
        return activity(self._thread())

    def items(self, name: str) -> tuple[str, ...]:
        """A field as a list, derived ones too."""
        if name in DERIVED:
            value = self.activity.fields(self.ticket, self.settings.workflow)[name]
            return (value,) if value else ()
        if name == "body":
            return (self.ticket.body,) if self.ticket.body.strip() else ()
        return self.ticket.items(name)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Tells whether tickets meet a condition.

    Args:
        settings: types of fields.
        relations: how all tickets hang together; asked only by conditions on links.
    """

    settings: Settings
    relations: Callable[[], Relations]
    _sets: dict[tuple[type, Condition], frozenset[str]] = field(default_factory=dict)

    def meets(self, subject: Subject, condition: Condition) -> bool:  # noqa: C901, PLR0911  a case for each kind
        """Whether a ticket meets a condition."""
        match condition:
            case All(parts):
                return all(self.meets(subject, each) for each in parts)
            case Either(parts):
                return any(self.meets(subject, each) for each in parts)
            case Not(part):
                return not self.meets(subject, part)
            case Mentions(text, where):
                return any(text in fold(_text(subject.ticket, each)) for each in where)
            case Among():
                return _among(subject, condition)
            case Present(name):
                return bool(subject.items(name))
            case Within():
                return self._within(subject, condition)
            case SaidBy(people, patterns):
                said = {fold(each) for each in subject.activity.speakers}
                return any(each in people or any(fits(p, each) for p in patterns) for each in said)
            case Changed(names):
                return not subject.activity.changed.isdisjoint(names)
            case TimedBy(person):
                return person in subject.activity.timed
            case Clocked() | DueWithin():
                return subject.clocks is not None and subject.clocks(condition)
            case Linked(kinds, tickets, False):
                return any(
                    kind in kinds and (not tickets or target in tickets)
                    for kind, target in links_of(subject.ticket)
                )
        return subject.ticket.id in self._members(condition)

    def _within(self, subject: Subject, asked: Within) -> bool:
        declared = DERIVED.get(asked.field) or self.settings.fields.get(asked.field, Field(asked.field))
        value = magnitude(declared, ", ".join(subject.items(asked.field)))
        if value is None:
            if asked.field not in COUNTS:
                return False
            value = 0.0
        return (asked.low is None or asked.low <= value) and (asked.high is None or value < asked.high)

    def _members(self, condition: Condition) -> frozenset[str]:
        """All tickets that meet a condition which only the whole desk can answer."""
        key = type(condition), condition
        if key not in self._sets:
            self._sets[key] = frozenset(self._found(condition))
        return self._sets[key]

    def _found(self, condition: Condition) -> set[str]:
        every = self.relations()
        if isinstance(condition, Below):
            return every.below(condition.tickets)
        if isinstance(condition, Linked):
            sources = condition.tickets or tuple(every.links)
            found = (every.links.get(each, frozenset()) for each in sources)
            return {target for links in found for kind, target in links if kind in condition.kinds}
        done = condition.done if isinstance(condition, Blocked) else ()
        return {
            target
            for source, links in every.links.items()
            if every.statuses[source] not in done
            for kind, target in links
            if kind == "blocks"
        }


def _text(ticket: Ticket, where: str) -> str:
    return ticket.body if where == "body" else ticket.text(where)


def _among(subject: Subject, asked: Among) -> bool:
    items = subject.items(asked.field)
    if asked.exact:
        return any(item in asked.values for item in items)
    folded = [fold(item) for item in items]
    return any(item in asked.values for item in folded) or any(
        fits(each, item) for each in asked.patterns for item in folded
    )

"""Which tickets are meant: a query parsed into conditions, and whether a ticket meets them.

`status:open assignee:me label:vip -label:blocked priority:P1,P2 "reset password"`: terms are joined by
and, a comma is or within a field, `-` negates, `field:` asks for unset and `field:*` for set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tkt.domain.fields import FieldType, parse_time, unknown
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.domain.workflow import Category
from tkt.errors import UsageError

_TERM = re.compile(r'\s*(?P<minus>-)?(?:(?P<field>[A-Za-z_][\w-]*):)?(?P<value>(?:"[^"]*"|[^\s"])*)')
_VALUE = re.compile(r'"([^"]*)"|([^,"]+)')
_SHORT = {"label": "labels", "watcher": "watchers", "link": "links"}
STATES = (
    "open",
    "closed",
    *(category for category in Category if category != "open"),
    "overdue",
    "assigned",
)


@dataclass(frozen=True, slots=True)
class Term:
    """One condition.

    Args:
        field: what is looked at; "" is the text, `is` a state, `has` and `no` whether a field is set.
        values: any of them will do; () asks for unset, ("*",) for set.
        negated: whether it must not hold.
    """

    field: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All conditions, each of which must hold."""

    terms: tuple[Term, ...] = ()

    def asks(self, name: str) -> bool:
        """Whether a field plays a part."""
        return any(term.field == name for term in self.terms)

    def also(self, *terms: Term) -> Query:
        """The query with more conditions."""
        return Query((*self.terms, *terms))


def parse_query(text: str, settings: Settings) -> Query:
    """A query as a person types it.

    Raises:
        UsageError: it names a field or value that does not exist, or a quote is not closed.
    """
    if text.count('"') % 2:
        raise UsageError(f"the query has a quote that is not closed: {text}")
    terms = []
    position = 0
    while position < len(text.rstrip()):
        match = _TERM.match(text, position)
        if match is None or match.end() == position:
            break
        position = match.end()
        terms.append(_term(match, settings))
    return Query(tuple(terms))


def _term(match: re.Match[str], settings: Settings) -> Term:
    negated = match["minus"] is not None
    if match["field"] is None:
        text = match["value"].replace('"', "")
        if not text:
            raise UsageError("the query has a - or a pair of quotes with nothing in it")
        return Term("", (text,), negated)
    found = (quoted or plain for quoted, plain in _VALUE.findall(match["value"]))
    values = tuple(value for value in found if value)
    name = _SHORT.get(match["field"].lower(), match["field"].lower())
    return check_term(Term(name, values, negated), settings)


def check_term(term: Term, settings: Settings) -> Term:
    """The same condition, its values as they are stored.

    Raises:
        UsageError: the field, or a value of a field with choices, does not exist.
    """
    known = settings.fields
    if term.field == "is":
        return _named(term, "state", STATES)
    if term.field in {"has", "no"}:
        return _named(term, "field", tuple(known))
    if term.field not in known:
        raise unknown("field", term.field, (*known, "is", "has", "no"))
    choices = known[term.field].choices
    return Term(term.field, tuple(_choice(term.field, v, choices) for v in term.values), term.negated)


def _named(term: Term, kind: str, known: tuple[str, ...]) -> Term:
    """The same condition, whose values are states or fields."""
    words = tuple(value.lower() for value in term.values)
    names = tuple(word if word in known else _SHORT.get(word, word) for word in words)
    if not names:
        raise UsageError(f"{term.field}: needs a {kind}", f"Allowed: {', '.join(known)}.")
    for name in names:
        if name not in known:
            raise unknown(kind, name, known)
    return Term(term.field, names, term.negated)


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if not choices or value == "*":
        return value
    same = [choice for choice in choices if choice.lower() == value.lower()]
    if same:
        return same[0]
    raise unknown(name, value, choices)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Tells whether tickets meet a query.

    Args:
        query: the conditions.
        settings: statuses and people.
        me: who `me` is; "" when nobody is known.
        now: for what is overdue, UTC.
    """

    query: Query
    settings: Settings
    me: str
    now: datetime
    _people: dict[str, str] = field(default_factory=dict)

    def matches(self, ticket: Ticket) -> bool:
        """Whether a ticket meets every condition."""
        return all(self._holds(term, ticket) is not term.negated for term in self.query.terms)

    def _holds(self, term: Term, ticket: Ticket) -> bool:
        if term.field == "":
            return _mentions(ticket, term.values[0])
        if term.field == "is":
            return any(self._is(ticket, state) for state in term.values)
        if term.field in {"has", "no"}:
            is_set = any(ticket.fields.get(name) for name in term.values)
            return is_set is (term.field == "has")
        return self._has_value(term, ticket)

    def _has_value(self, term: Term, ticket: Ticket) -> bool:
        stored = ticket.items(term.field)
        if not term.values:
            return not stored
        if "*" in term.values:
            return bool(stored)
        if self.settings.fields[term.field].type is FieldType.PERSON or term.field == "watchers":
            return any(self._person(value) in stored for value in term.values)
        return any(value in stored for value in term.values)

    def _person(self, word: str) -> str:
        if word in {"me", "@me"}:
            return self.me
        person = self.settings.people.find(word)
        return person.email if person else word

    def _is(self, ticket: Ticket, state: str) -> bool:
        category = self.settings.workflow.category(ticket.status)
        if state == "open":
            return category is not Category.DONE
        if state == "closed":
            return category is Category.DONE
        if state == "assigned":
            return bool(ticket.assignee)
        if state == "overdue":
            return category is not Category.DONE and is_past(ticket.text("due"), self.now)
        return category == state


def is_past(due: str, now: datetime) -> bool:
    """Whether a due date or moment has gone by; a day lasts until its end, UTC."""
    if not due:
        return False
    try:
        return parse_time(due if "T" in due else f"{due}T23:59:59Z") < now
    except ValueError:
        return False


def _mentions(ticket: Ticket, text: str) -> bool:
    wanted = text.casefold()
    return any(wanted in each.casefold() for each in (ticket.title, ticket.body, ticket.id))


SortKey = Callable[[Ticket], tuple[object, ...]]


def sort_key(name: str, settings: Settings) -> SortKey:
    """How tickets are ordered by a field: choices in the order of the settings, unset last.

    Raises:
        UsageError: there is no such field.
    """
    if name not in settings.fields:
        raise unknown("field", name, tuple(settings.fields))
    declared = settings.fields[name]
    if declared.type is FieldType.NUMBER:
        return lambda ticket: (not ticket.text(name), _number(ticket.text(name)))
    ranks = {choice: rank for rank, choice in enumerate(declared.choices)}
    if ranks:
        return lambda ticket: (ranks.get(ticket.text(name), len(ranks)), ticket.text(name))
    return lambda ticket: (not ticket.text(name), ticket.text(name).casefold())


def _number(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def ordered(tickets: Sequence[Ticket], sort: str, settings: Settings) -> list[Ticket]:
    """Tickets in the order of `field,-field`; `-` turns a field around.

    Raises:
        UsageError: a field does not exist.
    """
    found = list(tickets)
    for part in reversed([each.strip() for each in sort.split(",") if each.strip()]):
        name = part.removeprefix("-")
        found.sort(key=sort_key(_SHORT.get(name, name), settings), reverse=part.startswith("-"))
    return found

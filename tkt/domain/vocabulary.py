"""What the words of a query mean at one desk: fields, states, people, tickets, dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tkt.domain.activity import DERIVED
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
    Present,
    SaidBy,
    Within,
    either,
    fold,
)
from tkt.domain.fields import Field, FieldType, did_you_mean, shortened, unknown
from tkt.domain.settings import Settings
from tkt.domain.spans import Spans
from tkt.domain.ticket import LINK_KINDS, PARENT
from tkt.domain.workflow import Category
from tkt.errors import UsageError

ALIASES = {
    "label": "labels",
    "watcher": "watchers",
    "link": "links",
    "comment": "comments",
    "attachment": "attachments",
    "description": "body",
    "time": "spent",
}
STATES = ("open", "closed", *(each for each in Category if each != "open"), "overdue", "assigned", "blocked")
"""What `is:` can ask."""

RELATIONS = {
    PARENT: Linked((PARENT,)),
    "parent-of": Linked((PARENT,), inverse=True),
    **{kind.name: Linked((kind.name,)) for kind in LINK_KINDS},
    **{kind.inverse: Linked((kind.name,), inverse=True) for kind in LINK_KINDS if kind.inverse != kind.name},
}
"""Words between two tickets. What is said of `relates` holds in both directions."""

TEXTS = ("title", "body")
CLOCK_STATES = ("breached", "at-risk", "paused", "running", "met", "missed", "none")
"""What `sla:` can ask."""

SPECIAL = ("is", "has", "no", "commented-by", "changed", "child-of", "team", "view", "sort", "sla")
_MOMENTS = frozenset({FieldType.DATE, FieldType.DATETIME, FieldType.NUMBER})
_SEVERE_FIRST = frozenset({"priority", "impact", "urgency"})
_STARS = re.compile(r"\*+")
_MOST_DOUBTS = 3
_BOOLEANS = {"yes": "true", "true": "true", "no": "false", "false": "false"}


class Typed(NamedTuple):
    """A value as somebody typed it.

    Args:
        text: without quotes.
        quoted: whether it stood in quotes, and so is nothing but text.
        start: where it begins in the query.
        end: where it ends.
    """

    text: str
    quoted: bool
    start: int
    end: int


@dataclass(slots=True)
class Vocabulary:
    """What words mean at one desk.

    Args:
        settings: its fields, statuses, people and views.
        now: what relative dates start from, UTC.
        me: who `me` is; asked only when a query says it.
        ticket: the id of the ticket that a word means.
        doubts: what may explain that nothing was found, collected on the way.
        timed: whether clocks may be asked about; where policies and steps ask, there are none yet.
    """

    settings: Settings
    now: datetime
    me: Callable[[], str]
    ticket: Callable[[str], str]
    doubts: list[str] = field(default_factory=list)
    timed: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Every name that can stand before a colon."""
        names = dict.fromkeys((*self.settings.fields, *DERIVED, *RELATIONS, *TEXTS, *SPECIAL))
        return tuple(names)

    def name(self, word: str) -> str:
        """The name of a field or condition.

        Raises:
            UsageError: there is none.
        """
        lower = word.lower()
        for name in (word, lower, ALIASES.get(lower, lower)):
            if name in self.settings.fields or name in self.words:
                return name
        error = unknown("field", word, self.words)
        near = did_you_mean(word, self.words)
        raise UsageError(
            error.message, f"Text with a colon goes in quotes.{'' if near else f' {error.hint}'}"
        )

    def text(self, text: str) -> Condition:
        """A word or phrase of its own."""
        return Mentions(fold(text), ("title", "body", "id"))

    def condition(self, name: str, value: Typed) -> Condition:
        """What one value of a field asks.

        Raises:
            UsageError: the field cannot have such a value.
            NotFoundError: it names a ticket that is not there.
        """
        special = {
            "is": self._state,
            "has": self._has,
            "no": lambda each: Not(self._has(each)),
            "commented-by": self._said_by,
            "changed": lambda each: Changed((self._changeable(each.text),)),
            "child-of": lambda each: Below((self.ticket(each.text),)),
            "team": self._team,
            "sla": self._sla,
        }.get(name)
        if special:
            return special(value)
        if not value.text:
            return Not(self.present(name))
        if not value.quoted and value.text == "*":
            return self.present(name)
        if name in TEXTS:
            return Mentions(fold(value.text), (name,))
        if name in RELATIONS:
            return self._relation(name, self.ticket(value.text))
        return self._value(self._field(name), value)

    def present(self, name: str) -> Condition:
        """Whether a field is set, a link is there.

        Raises:
            UsageError: that cannot be asked.
        """
        if name in RELATIONS:
            return self._relation(name)
        if name == "commented-by":
            return Present("comments")
        if name == "sla":
            return Not(self._clocked("none"))
        if name in SPECIAL:
            raise UsageError(f"{name}: needs a value", _NEEDS.get(name, ""))
        return Present(name)

    def _relation(self, name: str, *tickets: str) -> Condition:
        asked = RELATIONS[name]
        forward = Linked(asked.kinds, tickets, asked.inverse)
        if name == "relates":
            return Either((forward, Linked(asked.kinds, tickets, inverse=True)))
        return forward

    def _field(self, word: str) -> Field:
        name = self.name(word)
        found = self.settings.fields.get(name) or DERIVED.get(name)
        if found is None:
            if name in TEXTS:
                return Field(name)
            raise unknown("field", word, tuple(self.settings.fields))
        return found

    def _changeable(self, word: str) -> str:
        known = tuple(name for name, each in self.settings.fields.items() if not each.fixed)
        name = ALIASES.get(word.lower(), word.lower())
        found = next((each for each in known if each in {word, name}), None)
        if found is None:
            raise unknown("field", word, known)
        return found

    def _state(self, value: Typed) -> Condition:
        word = value.text.lower()
        workflow = self.settings.workflow
        done = workflow.done
        match word:
            case "open":
                return Not(Among("status", done, exact=True))
            case "closed":
                return Among("status", done, exact=True)
            case "assigned":
                return Present("assignee")
            case "blocked":
                return Blocked(done)
            case "overdue":
                late = Within("due", None, self.now.timestamp())
                return All((Not(Among("status", done, exact=True)), late))
        if word not in STATES:
            raise unknown("state", value.text, STATES)
        names = tuple(name for name in workflow.statuses if workflow.category(name) == word)
        return Among("status", names, exact=True)

    def _has(self, value: Typed) -> Condition:
        lower = value.text.lower()
        if lower in {"child", "children"}:
            return self._relation("parent-of")
        try:
            name = self.name(lower)
        except UsageError:
            raise unknown("field", value.text, tuple(w for w in self.words if w not in SPECIAL)) from None
        return self.present(name)

    def _said_by(self, value: Typed) -> Condition:
        if value.text == "*" and not value.quoted:
            return self.present("commented-by")
        return SaidBy(*self._person_values(value))

    def _team(self, value: Typed) -> Condition:
        teams = self.settings.people.teams
        same = [name for name in teams if name.lower() == value.text.lower()]
        if not same:
            raise unknown("team", value.text, tuple(teams))
        emails = (self.settings.people.resolve(each) for each in teams[same[0]].members)
        return Among("assignee", tuple(fold(each) for each in (same[0], *emails)))

    def _sla(self, value: Typed) -> Condition:
        if value.text == "*" and not value.quoted:
            return self.present("sla")
        word = value.text.lower()
        if word not in CLOCK_STATES:
            raise unknown("state", value.text, CLOCK_STATES)
        return self._clocked(word)

    def _clocked(self, state: str) -> Condition:
        """What is asked of clocks; where nothing is promised, no ticket has any."""
        if not self.timed:
            raise UsageError("clocks cannot be asked about here", "What is promised follows from the answer.")
        if self.settings.sla.policies:
            return Clocked((state,), self.now.timestamp())
        if _NO_POLICIES not in self.doubts:
            self.doubts.append(_NO_POLICIES)
        return All() if state == "none" else Either(())

    def _due(self, declared: Field, value: Typed) -> Condition:
        """A due date, and of times from now the deadline of the most urgent clock as well."""
        now, spans = self.now.timestamp(), Spans(declared, self.now)
        if value.text.lower() in {"overdue", "<0"} and not value.quoted:
            late: list[Condition] = [Within("due", None, now)]
            late += [self._clocked("breached")] if self._promised else []
            return All((self._state(value._replace(text="open")), either(late)))
        span = spans.read(value.text)
        if not self._promised or not spans.is_distance(value.text):
            return Within("due", *span)
        return Either((Within("due", *span), DueWithin(*span, now)))

    @property
    def _promised(self) -> bool:
        return self.timed and bool(self.settings.sla.policies)

    def _value(self, declared: Field, value: Typed) -> Condition:
        name = declared.name
        if name == "due":
            return self._due(declared, value)
        if declared.type in _MOMENTS:
            return Within(name, *Spans(declared, self.now).read(value.text))
        if declared.type is FieldType.PERSON or name == "watchers":
            return Among(name, *self._person_values(value))
        if not value.quoted and "*" in value.text:
            return Among(name, (), (_pattern(value.text),))
        if declared.choices or declared.type in {FieldType.BOOLEAN, FieldType.TICKET} or name == "id":
            return Among(name, self._exact(declared, value), exact=True)
        return Among(name, (fold(value.text),))

    def _exact(self, declared: Field, value: Typed) -> tuple[str, ...]:
        """The stored values that a word means, of a field that has only certain values."""
        if declared.choices:
            known = {each.lower() for each in declared.choices}
            if declared.name == "status" and value.quoted and value.text.lower() not in known:
                return (value.text,)  # what the workflow had once, and tickets still have
            return self._choices(declared, value)
        if declared.type is FieldType.BOOLEAN:
            word = _BOOLEANS.get(value.text.lower())
            if word is None:
                raise unknown(declared.name, value.text, ("true", "false"))
            return (word,)
        return (self.ticket(value.text),)

    def _person_values(self, value: Typed) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Whom a word means, and what patterns."""
        word = value.text
        if not value.quoted and word in {"me", "@me"}:
            return (fold(self.me()),), ()
        if not value.quoted and "*" in word:
            return (), (_pattern(word),)
        people = self.settings.people
        person = people.find(word)
        if person is None and "@" not in word and word not in people.teams:
            self._doubt(word)
        return (fold(person.email if person else word),), ()

    def _doubt(self, word: str) -> None:
        if len(self.doubts) < _MOST_DOUBTS:
            near = did_you_mean(word, self.settings.people.names)
            self.doubts.append(
                f"Nobody in people.yaml is called {shortened(word)}" + (f"; {near}" if near else ".")
            )

    def _choices(self, declared: Field, value: Typed) -> tuple[str, ...]:
        """The values that `P2`, `>=P2` or `P0..P2` names; `>` is more severe, or further on."""
        text = value.text
        low, dots, high = text.partition("..")
        if dots and not value.quoted:
            ends = [self._place(declared, each) for each in (low, high) if each]
            ends += [0] if not low else []
            ends += [len(declared.choices) - 1] if not high else []
            return declared.choices[min(ends) : max(ends) + 1]
        signs = () if value.quoted else (">=", "<=", ">", "<")
        sign = next((each for each in signs if text.startswith(each)), "")
        place = self._place(declared, text.removeprefix(sign))
        if not sign:
            return (declared.choices[place],)
        if declared.name not in _SEVERE_FIRST:
            sign = sign.translate(str.maketrans("<>", "><"))
        before, after = declared.choices[:place], declared.choices[place + 1 :]
        same = (declared.choices[place],) if "=" in sign else ()
        return (*before, *same) if sign[0] == ">" else (*same, *after)

    def _place(self, declared: Field, word: str) -> int:
        lower = [each.lower() for each in declared.choices]
        if word.lower() in lower:
            return lower.index(word.lower())
        error = unknown(declared.name, word, declared.choices)
        if declared.name == "status" and word.lower() in STATES:
            raise UsageError(
                f"status {shortened(word)} is not known; is:{word.lower()} asks for it", error.hint
            )
        raise error


def _pattern(text: str) -> str:
    """A value with `*` in it, folded; several of them in a row say no more than one."""
    return _STARS.sub("*", fold(text))


_NO_POLICIES = "Nothing is promised: .tkt/sla.yaml has no policies."
_NEEDS = {
    "is": f"Allowed: {', '.join(STATES)}.",
    "has": "Name a field, as in has:due.",
    "no": "Name a field, as in no:due.",
    "changed": "Name a field, as in changed:status.",
    "child-of": "Name a ticket, as in child-of:TKT-2j7k3q9.",
    "team": "Name a team of people.yaml.",
    "view": "tkt views lists them.",
    "sort": "Name fields, as in sort:priority,-created.",
    "sla": f"Allowed: {', '.join(CLOCK_STATES)}.",
}


def need_value(name: str) -> UsageError:
    """The error for a condition that says nothing."""
    return UsageError(f"{name}: needs a value", _NEEDS.get(name, ""))

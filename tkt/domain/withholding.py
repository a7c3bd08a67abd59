"""What goes out to everybody: no internal notes, and no addresses of people who are not of the desk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tkt.domain.entry import Entry
from tkt.domain.fields import Field, FieldType, Nested, Tree, Value
from tkt.domain.settings import People
from tkt.domain.ticket import Ticket

REQUESTER, SOMEBODY = "requester", "somebody"
"""What stands for an address."""

_ADDRESS = re.compile(r"(?<![^\s<>()\[\],;:@|=])[^\s<>()\[\],;:@|=]+@[\w-]+(?:\.[\w-]+)*")
"""Anything that may be an address: rather one text too many than a customer's address."""
_PEOPLE = frozenset({"watchers"})


class Withholder:
    """Puts a word in the place of every address that `people.yaml` does not list.

    Args:
        people: of the settings.
        requester: of the ticket, who is called so; anybody else is somebody.
    """

    def __init__(self, people: People, requester: str) -> None:
        self._listed = {person.email.lower() for person in people.agents.values()}
        self._requester = requester.lower()

    def person(self, stored: str) -> str:
        """Whom a ticket names, whatever form the address has."""
        return self._word(stored) if "@" in stored else stored

    def text(self, text: str) -> str:
        """A text without such addresses."""
        return _ADDRESS.sub(lambda found: self._word(found[0]), text) if "@" in text else text

    def _word(self, address: str) -> str:
        plain = address.lower().strip("\"'`*_.")
        if plain in self._listed:
            return address
        return REQUESTER if self._requester in {plain, address.lower()} else SOMEBODY

    def value(self, value: Value, *, person: bool = False) -> Value:
        """A field's value without such addresses."""
        if isinstance(value, tuple):
            return tuple(sorted({self.person(each) if person else self.text(each) for each in value}))
        return self.person(value) if person else self.key(value)

    def key(self, value: str) -> str:
        """The value of a key that no settings know, without such addresses."""
        shown = self.text(value)
        return Nested(shown, self._tree(value.tree)) if isinstance(value, Nested) else shown

    def _tree(self, tree: Tree) -> Tree:
        if isinstance(tree, Mapping):
            return {key: self._tree(value) for key, value in tree.items()}
        return tuple(map(self._tree, tree)) if isinstance(tree, tuple) else self.text(tree)


def public_ticket(ticket: Ticket, people: People, known: Mapping[str, Field]) -> Ticket:
    """A ticket as those outside may read it."""
    hide = Withholder(people, ticket.text("requester"))
    fields = {
        name: value if _is_plain(value) else hide.value(value, person=_holds_people(name, known))
        for name, value in ticket.fields.items()
    }
    return Ticket(fields, hide.text(ticket.body))


def _is_plain(value: Value) -> bool:
    """Whether there is no address to look for: so it is with most of thousands of values."""
    return type(value) is str and "@" not in value


def public_thread(
    ticket: Ticket, thread: Iterable[Entry], people: People, known: Mapping[str, Field]
) -> Sequence[Entry]:
    """The entries of a ticket that those outside may read, as they may read them."""
    hide = Withholder(people, ticket.text("requester"))
    return [_public(entry, hide, known) for entry in thread if not entry.internal]


def _public(entry: Entry, hide: Withholder, known: Mapping[str, Field]) -> Entry:
    changes = []
    for each in entry.changes:
        person = _holds_people(each.field, known)
        changes.append(
            each._replace(old=hide.value(each.old, person=person), new=hide.value(each.new, person=person))
        )
    return entry._replace(
        by=hide.person(entry.by),
        channel=hide.text(entry.channel),
        changes=tuple(changes),
        attachments=tuple(each._replace(name=hide.text(each.name)) for each in entry.attachments),
        extra={name: hide.key(value) for name, value in entry.extra.items()},
        body=hide.text(entry.body),
    )


def _holds_people(name: str, known: Mapping[str, Field]) -> bool:
    return name in _PEOPLE or (name in known and known[name].type is FieldType.PERSON)

"""What goes out to everybody: no internal notes, and no addresses of people who are not of the desk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape

from tkt.domain.entry import Entry
from tkt.domain.fields import Field, FieldType, Nested, Tree, Value
from tkt.domain.settings import People
from tkt.domain.ticket import Ticket

REQUESTER, SOMEBODY = "requester", "somebody"
"""What stands for an address."""

_SIGN = re.compile(r"@|\uFF20|\uFE6B|%(?:25)*40|&(?:#0*64|#[xX]0*40|commat);")
_AT = f"(?:{_SIGN.pattern})"
_ENTITY = r"&(?:#\w{1,8}|period|lowbar|plus|shy);"
_NAME = rf"(?:[^\s<>()\[\],;:@\uFF20\uFE6B|=%&]++|(?!{_AT})(?:{_ENTITY}|[%&]))++"
_MARKS = r"[*~`\\\u00AD\u200B-\u200D\u2060\uFEFF]"
_HOST = rf"(?:\[[^\]\s]*\]?|(?:{_MARKS}*+\.?{_MARKS}*+(?:[\w-]|(?!{_AT}){_ENTITY}))+)"
_ADDRESS = re.compile(rf"{_NAME}((?:{_AT}{_HOST})+)?")
"""Anything that may be an address, with `@` as Markdown and links may spell it, and marks of Markdown inside:
rather one text too many than a customer's address. Words that are none are found too, without the group, so
that each is looked at once, however long it is."""
_UNMARKED = str.maketrans("", "", "*~`\\")
_BEFORE = "*~`\"'"
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
        return self._word(stored) if may_hold_address(stored) else stored

    def text(self, text: str) -> str:
        """A text without such addresses."""
        parts, end = [], 0
        for start, stop, word in self.places(text):
            parts += [text[end:start], word]
            end = stop
        return "".join((*parts, text[end:])) if parts else text

    def places(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where such addresses begin and end in a text, and the word for each."""
        if may_hold_address(text):
            for found in _ADDRESS.finditer(text):
                if found[1] and (word := self._word(found[0])) != found[0]:
                    yield found.end() - len(found[0].lstrip(_BEFORE)), found.end(), word

    def _word(self, address: str) -> str:
        spelt = unescape(_SIGN.sub("@", address)).lower()
        plain = spelt.translate(_UNMARKED).strip("\"'_.")
        if plain in self._listed:
            return address
        return REQUESTER if self._requester in {plain, spelt} else SOMEBODY

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


def may_hold_address(text: str) -> bool:
    """Whether there is any use in looking for addresses: so it is with few of thousands of values."""
    return _SIGN.search(text) is not None


def public_ticket(ticket: Ticket, people: People, known: Mapping[str, Field]) -> Ticket:
    """A ticket as those outside may read it."""
    hide = Withholder(people, ticket.text("requester"))
    fields = {
        name: value
        if type(value) is str and not may_hold_address(value)
        else hide.value(value, person=_holds_people(name, known))
        for name, value in ticket.fields.items()
    }
    return Ticket(fields, hide.text(ticket.body))


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

"""A ticket: its fields, its description, and the links that start at it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from tkt.domain.fields import Value, parse_time, unknown


class Link(NamedTuple):
    """One line of a ticket's `links`: what it does to which other ticket."""

    kind: str
    target: str

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class LinkKind(NamedTuple):
    """A relation between two tickets: its name on the side that stores it, and on the other."""

    name: str
    inverse: str
    title: str
    inverse_title: str


MERGED_INTO = "merged-into"
LINK_KINDS = (
    LinkKind("blocks", "blocked-by", "Blocks", "Blocked by"),
    LinkKind("relates", "relates", "Relates to", "Relates to"),
    LinkKind("duplicates", "duplicated-by", "Duplicates", "Duplicated by"),
    LinkKind(MERGED_INTO, "merges", "Merged into", "Merges"),
)
"""Stored on one side only, so that two people linking two tickets never touch the same file."""

LINKS = {kind.name: kind for kind in LINK_KINDS}
INVERSES = {kind.inverse: kind for kind in LINK_KINDS if kind.inverse != kind.name}
PARENT, CHILD = "parent", "child"
LINK_WORDS = (
    *(name for name in LINKS if name != MERGED_INTO),
    "blocked-by",
    "duplicated-by",
    PARENT,
    CHILD,
)
"""What a person may write between two tickets; merging has a command of its own."""


class Ticket(NamedTuple):
    """A ticket's state now.

    Args:
        fields: every field the file has, by name, as stored.
        body: the description, Markdown.
    """

    fields: Mapping[str, Value]
    body: str = ""

    def text(self, name: str) -> str:
        """A field that holds one value; "" when it is unset."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ", ".join(value)

    def items(self, name: str) -> tuple[str, ...]:
        """A field that holds a list; () when it is unset."""
        value = self.fields.get(name, ())
        return value if isinstance(value, tuple) else ((value,) if value else ())

    @property
    def id(self) -> str:
        """Such as `TKT-2j7k3q9`."""
        return self.text("id")

    @property
    def title(self) -> str:
        """One line."""
        return self.text("title")

    @property
    def type(self) -> str:
        """Such as `bug`."""
        return self.text("type")

    @property
    def status(self) -> str:
        """A status of the workflow."""
        return self.text("status")

    @property
    def priority(self) -> str:
        """A priority of the settings, the first of which is the most severe."""
        return self.text("priority")

    @property
    def assignee(self) -> str:
        """Whose work it is; "" when nobody's."""
        return self.text("assignee")

    @property
    def created(self) -> datetime:
        """When it was created, UTC."""
        return parse_time(self.text("created"))

    @property
    def links(self) -> tuple[Link, ...]:
        """The links stored in this ticket."""
        pairs = (each.partition(" ") for each in self.items("links"))
        return tuple(Link(kind, target.strip()) for kind, _, target in pairs)

    @property
    def merged_into(self) -> str:
        """The ticket that took this one over; "" when none did."""
        return next((link.target for link in self.links if link.kind == MERGED_INTO), "")

    def with_fields(self, changed: Mapping[str, Value]) -> Ticket:
        """The same ticket with other values in some fields."""
        return self._replace(fields={**self.fields, **changed})


def links_of(ticket: Ticket) -> list[tuple[str, str]]:
    """(kind, target) of every link that a ticket stores, its parent among them."""
    parent = [(PARENT, ticket.text(PARENT))] if ticket.text(PARENT) else []
    return [*parent, *((link.kind, link.target) for link in ticket.links)]


def link_between(first: str, word: str, second: str) -> tuple[str, Link]:
    """Which ticket stores a link that a person put as `first WORD second`, and the link.

    Raises:
        UsageError: no such relation exists.
    """
    if word in {PARENT, CHILD}:
        owner, target = (first, second) if word == PARENT else (second, first)
        return owner, Link(PARENT, target)
    if word in LINKS and word in LINK_WORDS:
        return first, Link(word, second)
    if word in INVERSES and word in LINK_WORDS:
        return second, Link(INVERSES[word].name, first)
    raise unknown("relation", word, LINK_WORDS)

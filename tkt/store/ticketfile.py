"""One ticket's file, as a ticket and back."""

from __future__ import annotations

from collections.abc import Iterable

from tkt.domain.fields import OPTIONAL, Field, FieldType, Nested, Value, parse_time
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.errors import InvalidStoreError, Problem
from tkt.store.codec import ENTRY_MARK, Document, field_lines, parse, readable
from tkt.store.nodes import tree_of
from tkt.store.scan import Item


def write_ticket(ticket: Ticket, settings: Settings) -> bytes:
    """A new ticket's file."""
    head: list[str] = []
    for name in dict.fromkeys((*settings.fields, *ticket.fields)):
        field = settings.fields.get(name, Field(name))
        value = ticket.fields.get(name, field.empty)
        if field.fixed:
            head += field_lines(name, value) if value or name not in OPTIONAL else []
        else:
            head += ["\n", *field_lines(name, value)]
    body = f"\n{ticket.body}" if ticket.body else ""
    return f"---\n{''.join(head)}---\n{body}".encode()


def read_ticket(data: bytes, path: str, settings: Settings) -> Ticket:
    """What a ticket's file says.

    Raises:
        InvalidStoreError: it cannot be understood.
    """
    return ticket_in(parse(data, path), settings)


def ticket_in(document: Document, settings: Settings) -> Ticket:
    """What a file that is taken apart says.

    Raises:
        InvalidStoreError: fields have the wrong shape, or are missing.
    """
    wrong: dict[str, str] = {}
    fields = {item.key: _typed(settings, item, wrong) for item in document.items}
    ticket = Ticket(fields, readable(description_of(document)))
    wrong = {**_missing(document.path, ticket), **wrong}
    if wrong:
        found = (Problem(document.path, document.line(key), text) for key, text in wrong.items())
        raise InvalidStoreError(tuple(sorted(found, key=lambda each: each.line)))
    return ticket


def with_texts(ticket: Ticket, items: Iterable[Item], settings: Settings) -> Ticket:
    """A ticket whose file has other texts on some lines.

    Args:
        ticket: as it was.
        items: on these lines; of text.
        settings: the fields they are of.
    """
    texts = {each.key: _typed(settings, each, {}) for each in items}
    return ticket._replace(fields={**ticket.fields, **texts})


def _typed(settings: Settings, item: Item, wrong: dict[str, str]) -> Value:
    field, value = settings.fields.get(item.key), item.value
    if field is None:
        return value if value is not None else Nested("(...)", tree_of(item.node) if item.node else "")
    if value is None or (isinstance(value, tuple) and field.type is not FieldType.LIST):
        wrong[item.key] = _shape_text(field)
        return field.empty
    if field.type is not FieldType.LIST:
        return value
    texts = value if isinstance(value, tuple) else (value,)
    return tuple(sorted({each for each in texts if each}))


def description_of(document: Document) -> str:
    """The body without a folded thread."""
    if ENTRY_MARK not in document.body:
        return document.body
    from tkt.store.folding import split_body  # start-up: few tickets are folded

    return split_body(document.body)[0]


def without_thread(data: bytes, path: str) -> bytes:
    """A ticket's file as it would be without a folded thread.

    Raises:
        InvalidStoreError: it cannot be understood.
    """
    if ENTRY_MARK.encode() not in data:
        return data
    from tkt.store import folding

    return folding.without_thread(data, path)


def _shape_text(field: Field) -> str:
    wanted = "a list of texts, one a line after a dash" if field.type is FieldType.LIST else "one value"
    return f"{field.name} holds {wanted}"


def _missing(path: str, ticket: Ticket) -> dict[str, str]:
    """What is wrong with the fields without which a file is no ticket."""
    wrong = {}
    if ticket.id != path.rpartition("/")[2].removesuffix(".md"):
        wrong["id"] = f"the id {ticket.id!r} does not match the file's name"
    if not ticket.title.strip():
        wrong["title"] = "a ticket needs a title"
    try:
        parse_time(ticket.text("created"))
    except ValueError:
        wrong["created"] = "created is a moment such as 2026-11-22T09:00:00Z"
    return wrong

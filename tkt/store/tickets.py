"""Tickets and threads out of the store's files, and back into them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from tkt.domain.fields import OPTIONAL, Field, FieldType, Value, parse_time, sentences, value_problem
from tkt.domain.ids import (
    ENTRY_ID,
    TICKETS,
    attachment_path,
    is_ticket_id,
    month_folder,
    no_ticket,
    thread_folder,
    ticket_path,
)
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.errors import ConflictError, InvalidStoreError, Problem
from tkt.store.codec import Document, field_lines, parse
from tkt.store.nodes import malformed
from tkt.usecases.workspace import Files, FileWrite

if TYPE_CHECKING:
    from tkt.domain.entry import Entry

_LIKE_A_TICKET = re.compile(r"[A-Za-z0-9]*-.*\.md")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])/?")


class TicketFiles:
    """The tickets of a store.

    Args:
        files: where its files are read.
        settings: the fields they have.
    """

    def __init__(self, files: Files, settings: Settings) -> None:
        self.files = files
        self.settings = settings

    def ids(self) -> list[str]:
        """Every ticket's id, sorted; `scan` tells of months that cannot be read."""
        found: list[str] = []
        for folder in self._months():
            with suppress(InvalidStoreError):
                found += self._ids_in(folder)
        return found

    def load(self, ticket_id: str) -> Ticket:
        """One ticket.

        Raises:
            NotFoundError: there is no such ticket.
            InvalidStoreError: its file cannot be understood.
        """
        return self._decode(self.whole(ticket_id), ticket_path(ticket_id))

    def whole(self, ticket_id: str) -> bytes:
        """A ticket's file as it is.

        Raises:
            NotFoundError: there is no such ticket.
        """
        try:
            return self.files.read(ticket_path(ticket_id))
        except FileNotFoundError:
            raise no_ticket(ticket_id) from None

    def scan(self, containing: str = "") -> Iterator[Ticket | Problem]:
        """Every ticket, sorted by id, and a problem for each file that cannot be understood."""
        needle = containing.encode()
        try:
            folders = self._months()
        except InvalidStoreError as error:
            yield from error.problems
            return
        for folder in folders:
            try:
                ids = self._ids_in(folder)
            except InvalidStoreError as error:
                yield from error.problems
                continue
            for each in ids:
                yield from self._one(each, needle)
            if not containing:
                yield from self._strays(folder)

    def _one(self, ticket_id: str, needle: bytes) -> Iterator[Ticket | Problem]:
        path = ticket_path(ticket_id)
        try:
            data = self.files.read(path)
            if needle in data:
                yield self._decode(data, path)
        except FileNotFoundError:
            return
        except InvalidStoreError as error:
            yield from error.problems

    def thread(self, ticket_id: str, containing: str = "") -> tuple[list[Entry], list[Problem]]:
        """A ticket's entries in order, and what is wrong with those that cannot be read."""
        from tkt.store.threads import decode_entry  # start-up: a list reads no thread

        needle = containing.encode()
        entries: list[Entry] = []
        problems: list[Problem] = []
        folder = thread_folder(ticket_id)
        try:
            names = self.files.names(folder)
        except InvalidStoreError as error:
            return [], list(error.problems)
        for name in names:
            if not (name.endswith(".md") and ENTRY_ID.fullmatch(name[:-3])):
                continue
            path = f"{folder}/{name}"
            try:
                data = self.files.read(path)
                if needle in data:
                    entries.append(decode_entry(data, path))
            except FileNotFoundError:
                continue
            except InvalidStoreError as error:
                problems += error.problems
        return sorted(entries, key=lambda entry: entry.order), problems

    def problems(self, ticket_id: str) -> list[Problem]:
        """Everything the settings object to in one ticket's file, with its lines."""
        path = ticket_path(ticket_id)
        try:
            document = parse(self.whole(ticket_id), path)
            ticket = self._ticket(document)
        except InvalidStoreError as error:
            return list(error.problems)
        found = []
        for name, field in self.settings.fields.items():
            trouble = value_problem(field, ticket.fields.get(name, field.empty))
            if trouble:
                found.append(Problem(path, document.line(name), sentences(trouble)))
        return found

    def encode_ticket(self, before: Ticket | None, after: Ticket) -> FileWrite:
        """The write that makes a ticket's file say something else, and nothing more than that.

        Raises:
            ConflictError: the file says something else than `before` about what is to change.
        """
        path = ticket_path(after.id)
        if before is None:
            return FileWrite(path, self._fresh(after))
        from tkt.store.editing import edit  # start-up: whoever only reads edits nothing

        base = self.whole(after.id)
        document = parse(base, path)
        changed = {k: v for k, v in after.fields.items() if before.fields.get(k) != v}
        body = after.body if after.body != before.body else None
        now = self._ticket(document)
        if any((now.fields.get(key) or "") != (before.fields.get(key) or "") for key in changed) or (
            body is not None and now.body != before.body
        ):
            raise ConflictError(f"{path} has changed meanwhile", "Run the command again.")
        if body:
            body = f"\n{body}".replace("\n", document.newline)
        return FileWrite(path, edit(document, changed, tuple(self.settings.fields), body), base)

    def encode_entry(self, ticket_id: str, entry: Entry) -> FileWrite:
        """The write of a new entry."""
        from tkt.store.threads import encode_entry

        return FileWrite(f"{thread_folder(ticket_id)}/{entry.id}.md", encode_entry(entry))

    def encode_attachment(self, ticket_id: str, name: str, data: bytes) -> FileWrite | None:
        """The write of an attachment's bytes; None when they are there already."""
        from tkt.domain.entry import attachment_file

        path = attachment_path(ticket_id, attachment_file(name, data))
        try:
            self.files.read(path)
        except FileNotFoundError:
            return FileWrite(path, data)
        return None

    def decode(self, ticket_id: str, data: bytes) -> Ticket:
        """What a ticket's file would say with that content.

        Raises:
            InvalidStoreError: it cannot be understood.
        """
        return self._decode(data, ticket_path(ticket_id))

    def _months(self) -> list[str]:
        # Without a slash it is no folder but perhaps a link: to read it then says so.
        found = (name for name in self.files.names(TICKETS) if _MONTH.fullmatch(name))
        return [f"{TICKETS}/{name.removesuffix('/')}" for name in found]

    def _strays(self, folder: str) -> Iterator[Problem]:
        """Files that look like tickets and are none, because of their name or place."""
        in_place = {f"{each}.md" for each in self._ids_in(folder)}
        for name in self.files.names(folder):
            if name in in_place or not _LIKE_A_TICKET.fullmatch(name):
                continue
            stem = name.removesuffix(".md")
            wanted = ticket_path(stem) if is_ticket_id(stem) else ""
            where = f"it belongs into {wanted}" if wanted else f"an id looks like {self.settings.key}-2j7k3q9"
            yield Problem(f"{folder}/{name}", 0, f"is in no list: {where}")

    def _ids_in(self, folder: str) -> list[str]:
        ids = (name[:-3] for name in self.files.names(folder) if name.endswith(".md"))
        month = folder.rpartition("/")[2]
        return [each for each in ids if is_ticket_id(each) and month_folder(each) == month]

    def _fresh(self, ticket: Ticket) -> bytes:
        head: list[str] = []
        for name in dict.fromkeys((*self.settings.fields, *ticket.fields)):
            field = self.settings.fields.get(name, Field(name))
            value = ticket.fields.get(name, field.empty)
            if field.fixed:
                head += field_lines(name, value) if value or name not in OPTIONAL else []
            else:
                head += ["\n", *field_lines(name, value)]
        body = f"\n{ticket.body}" if ticket.body else ""
        return f"---\n{''.join(head)}---\n{body}".encode()

    def _decode(self, data: bytes, path: str) -> Ticket:
        return self._ticket(parse(data, path))

    def _ticket(self, document: Document) -> Ticket:
        fields = {item.key: self._typed(document, item.key, item.value) for item in document.items}
        ticket = Ticket(fields, document.text)
        self._require(document, ticket)
        return ticket

    def _typed(self, document: Document, key: str, value: Value | None) -> Value:
        field = self.settings.fields.get(key)
        if field is None:
            return value if value is not None else "(...)"
        if value is None or (isinstance(value, tuple) and field.type is not FieldType.LIST):
            raise malformed(document.path, document.line(key), _shape_text(field))
        if field.type is not FieldType.LIST:
            return value
        texts = value if isinstance(value, tuple) else (value,)
        return tuple(sorted({each for each in texts if each}))

    def _require(self, document: Document, ticket: Ticket) -> None:
        path = document.path
        if ticket.id != path.rpartition("/")[2].removesuffix(".md"):
            raise malformed(path, document.line("id"), f"the id {ticket.id!r} does not match the file's name")
        if not ticket.title.strip():
            raise malformed(path, document.line("title"), "a ticket needs a title")
        try:
            parse_time(ticket.text("created"))
        except ValueError:
            raise malformed(
                path, document.line("created"), "created is a moment such as 2026-11-22T09:00:00Z"
            ) from None


def _shape_text(field: Field) -> str:
    wanted = "a list of texts, one a line after a dash" if field.type is FieldType.LIST else "one value"
    return f"{field.name} holds {wanted}"

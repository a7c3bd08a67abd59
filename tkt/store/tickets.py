"""Tickets and threads out of the store's files, and back into them.

What takes files apart is imported when a file is: whoever asks the index reads none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from tkt.domain.fields import sentences, value_problem
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
from tkt.errors import ConflictError, InvalidStoreError, Problem, UsageError
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
        for folder in self.months():
            with suppress(InvalidStoreError):
                found += self.ids_in(folder)
        return found

    def load(self, ticket_id: str) -> Ticket:
        """One ticket.

        Raises:
            NotFoundError: there is no such ticket.
            InvalidStoreError: its file cannot be understood.
        """
        return self.decode(ticket_id, self.whole(ticket_id))

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
            folders = self.months()
        except InvalidStoreError as error:
            yield from error.problems
            return
        for folder in folders:
            try:
                ids = self.ids_in(folder)
            except InvalidStoreError as error:
                yield from error.problems
                continue
            for each in ids:
                yield from self._one(each, needle)
            if not containing:
                yield from self.strays(folder)

    def _one(self, ticket_id: str, needle: bytes) -> Iterator[Ticket | Problem]:
        from tkt.store.ticketfile import read_ticket, without_thread

        path = ticket_path(ticket_id)
        try:
            data = self.files.read(path)
            if needle in data and needle in without_thread(data, path):
                yield read_ticket(data, path, self.settings)
        except FileNotFoundError:
            return
        except InvalidStoreError as error:
            yield from error.problems

    def thread(self, ticket_id: str, containing: str = "") -> tuple[list[Entry], list[Problem]]:
        """A ticket's entries in order, and what is wrong with those that cannot be read."""
        from tkt.store.threadfiles import entry_texts  # start-up: a list reads no thread
        from tkt.store.threads import read_entry

        needle = containing.encode()
        entries: list[Entry] = []
        texts, problems = entry_texts(self.files, ticket_id)
        for each in texts:
            try:
                if needle in each.data:
                    entries.append(read_entry(each))
            except InvalidStoreError as error:
                problems += error.problems
        return sorted(entries, key=lambda entry: entry.order), problems

    def problems(self, ticket_id: str) -> list[Problem]:
        """Everything the settings object to in one ticket's file, and what is misnamed in its thread."""
        from tkt.store.codec import parse
        from tkt.store.ticketfile import ticket_in

        path = ticket_path(ticket_id)
        found = list(self._no_entries(thread_folder(ticket_id)))
        try:
            document = parse(self.whole(ticket_id), path)
            ticket = ticket_in(document, self.settings)
        except InvalidStoreError as error:
            return [*error.problems, *found]
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
        from tkt.store.ticketfile import description_of, ticket_in, write_ticket

        path = ticket_path(after.id)
        if before is None:
            return FileWrite(path, write_ticket(after, self.settings))
        from tkt.store.codec import parse
        from tkt.store.editing import edit  # start-up: whoever only reads edits nothing

        base = self.whole(after.id)
        document = parse(base, path)
        changed = {k: v for k, v in after.fields.items() if before.fields.get(k) != v}
        body = after.body if after.body != before.body else None
        now = ticket_in(document, self.settings)
        if any((now.fields.get(key) or "") != (before.fields.get(key) or "") for key in changed) or (
            body is not None and now.body != before.body
        ):
            raise ConflictError(f"{path} has changed meanwhile", "Run the command again.")
        if body is not None:
            body = f"\n{body}".replace("\n", document.newline) if body else ""
            body += document.body.removeprefix(description_of(document))
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
        from tkt.store.ticketfile import read_ticket

        return read_ticket(data, ticket_path(ticket_id), self.settings)

    def unfolded(self, ticket_id: str) -> bytes:
        """A ticket's file without the thread that may be folded into it.

        Raises:
            NotFoundError: there is no such ticket.
            InvalidStoreError: its file cannot be understood.
        """
        from tkt.store.ticketfile import without_thread

        return without_thread(self.whole(ticket_id), ticket_path(ticket_id))

    def refolded(self, ticket_id: str, data: bytes) -> bytes:
        """Another content for a ticket's file, with the thread that is folded into it now.

        Raises:
            NotFoundError: there is no such ticket.
            InvalidStoreError: its file, or the content, cannot be understood.
            UsageError: the content has another thread.
        """
        from tkt.store.ticketfile import without_thread

        rest = without_thread(data, ticket_path(ticket_id))
        thread = self.whole(ticket_id).removeprefix(self.unfolded(ticket_id))
        if data not in {rest, rest + thread}:
            raise UsageError(
                f"the thread below the description of {ticket_id} has been edited",
                "Leave it as it is, or out; tkt comment adds to it.",
            )
        return rest + thread

    def fold(self, ticket_id: str) -> list[FileWrite]:
        """The writes that put a ticket's thread into its file; none when all of it is there.

        Raises:
            NotFoundError: there is no such ticket.
            InvalidStoreError: it cannot be done without loss; with what stands in the way.
        """
        from tkt.store.threadfiles import fold

        return fold(self.files, ticket_id, self.whole(ticket_id))

    def _no_entries(self, folder: str) -> Iterator[Problem]:
        """Markdown files in a thread's folder that are no entries, because of their names."""
        with suppress(InvalidStoreError):  # `thread` tells of a folder that cannot be read
            for name in self.files.names(folder):
                if name.endswith(".md") and name[0] != "." and not ENTRY_ID.fullmatch(name[:-3]):
                    text = "is in no thread: an entry is called by its id, such as 20261122T093000Z-x7k2.md"
                    yield Problem(f"{folder}/{name}", 0, f"{text}; rename it, or move it elsewhere", "path")

    def months(self) -> list[str]:
        """The folders with tickets, one for each month.

        Raises:
            InvalidStoreError: they cannot be listed.
        """
        # Without a slash it is no folder but perhaps a link: to read it then says so.
        found = (name for name in self.files.names(TICKETS) if _MONTH.fullmatch(name))
        return [f"{TICKETS}/{name.removesuffix('/')}" for name in found]

    def strays(self, folder: str) -> Iterator[Problem]:
        """Files that look like tickets and are none, because of their name or place."""
        in_place = {f"{each}.md" for each in self.ids_in(folder)}
        for name in self.files.names(folder):
            if name in in_place or not _LIKE_A_TICKET.fullmatch(name):
                continue
            stem = name.removesuffix(".md")
            wanted = ticket_path(stem) if is_ticket_id(stem) else ""
            where = f"it belongs into {wanted}" if wanted else f"an id looks like {self.settings.key}-2j7k3q9"
            yield Problem(f"{folder}/{name}", 0, f"is in no list: {where}", "path")

    def ids_in(self, folder: str) -> list[str]:
        """The ids of a month's tickets, sorted.

        Raises:
            InvalidStoreError: the folder cannot be listed.
        """
        ids = (name[:-3] for name in self.files.names(folder) if name.endswith(".md"))
        month = folder.rpartition("/")[2]
        return [each for each in ids if is_ticket_id(each) and month_folder(each) == month]

"""The folder that a site is in: pages that are there whole, and what is remembered of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from tkt.domain.ids import is_ticket_id
from tkt.errors import UsageError

_NOTES = "tkt-site.json"
_TICKETS = "tickets"
_VERSION = 2
"""Another one once the pages of the same tickets say something else within a release."""
_PAGE, _DRAFT = ".html", re.compile(r"(.+)\.[0-9]+\.part")
_OF_OTHERS = {".git", ".nojekyll", "CNAME"}
"""What a forge's Pages may need beside a site."""


class SiteFolder:
    """A folder with a site.

    Args:
        path: of the folder; it is made where it is not there.

    Raises:
        UsageError: it holds something else, or cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._names = {_NOTES}
        if os.path.islink(path) and not os.path.exists(path):
            raise UsageError(
                f"{path} is a link to {os.readlink(path)}, which is not there",
                "Make that folder, or name another one.",
            )
        try:
            os.makedirs(path, exist_ok=True)
            self._kept = self._read_notes()
            if not os.path.lexists(self._place(_NOTES)):
                self._note({})  # whoever is cut off leaves a folder that is known as a site's
            os.makedirs(os.path.join(path, _TICKETS), exist_ok=True)
        except OSError as error:
            raise _unwritable(error, path) from error

    def kept(self, digests: Mapping[str, str]) -> set[str]:
        """The tickets whose pages are there and say what these names stand for.

        All others are forgotten at once: whoever is cut off while pages are written leaves none behind that
        another build, perhaps for other readers, would take for what was there before.

        Raises:
            UsageError: that cannot be written.
        """
        try:
            pages = set(os.listdir(self._place(_TICKETS)))
            same = digests.items() & self._kept.items()
            kept = {ticket: digest for ticket, digest in same if f"{ticket}{_PAGE}" in pages}
            self._note(kept)
        except OSError as error:
            raise _unwritable(error, self.path) from error
        return set(kept)

    def read(self, name: str) -> str:
        """What any other page says; "" where it is not there, or cannot be read."""
        with suppress(OSError, ValueError), open(self._place(name), encoding="utf-8", newline="") as file:
            return file.read()
        return ""

    def write_ticket(self, ticket_id: str, text: str) -> None:
        """Put the page of a ticket in its place once it is whole.

        Raises:
            UsageError: it cannot be written.
        """
        self._put(_name(ticket_id), text)

    def write(self, name: str, text: str) -> None:
        """Put any other page in its place once it is whole, unless it says the same already.

        Raises:
            UsageError: it cannot be written.
        """
        self._names.add(name)
        if text != self.read(name):
            self._put(name, text)

    def _put(self, name: str, text: str) -> None:
        place = self._place(name)
        draft = f"{place}.{os.getpid()}.part"
        try:
            with open(draft, "x", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.write(text)
            os.replace(draft, place)
        except OSError as error:
            with suppress(OSError):
                os.unlink(draft)
            raise _unwritable(error, place) from error

    def finish(self, digests: Mapping[str, str]) -> int:
        """Take away the pages of tickets that are gone, and remember the others; how many went.

        Whatever was cut off leaves half a page, or a whole one that nobody remembers: they go, too.

        Args:
            digests: a name for what the page of each ticket says, "" where nobody knows.

        Raises:
            UsageError: something cannot be written.
        """
        try:
            gone = [_name(each) for each in self._pages() if each not in digests]
            for each in (*gone, *self._drafts()):
                with suppress(FileNotFoundError):
                    os.unlink(self._place(each))
            self._note(digests)
        except OSError as error:
            raise _unwritable(error, self.path) from error
        return len(gone)

    def _pages(self) -> Iterator[str]:
        """The tickets that have a page."""
        for name in os.listdir(self._place(_TICKETS)):
            if name.endswith(_PAGE) and is_ticket_id(name.removesuffix(_PAGE)):
                yield name.removesuffix(_PAGE)

    def _drafts(self) -> Iterator[str]:
        """Files that were not moved to their places, here and among the tickets."""
        for name in os.listdir(self.path):
            if (draft := _DRAFT.fullmatch(name)) and draft[1] in self._names:
                yield name
        for name in os.listdir(self._place(_TICKETS)):
            if (draft := _DRAFT.fullmatch(name)) and is_ticket_id(draft[1].removesuffix(_PAGE)):
                yield f"{_TICKETS}/{name}"

    def _place(self, name: str) -> str:
        return os.path.join(self.path, *name.split("/"))

    def _read_notes(self) -> dict[str, str]:
        """What was remembered.

        Raises:
            UsageError: this is no folder of a site.
        """
        try:
            with open(self._place(_NOTES), encoding="utf-8") as file:
                notes = json.load(file)
            if notes["tkt_site"] == _VERSION:
                return {ticket: str(digest) for ticket, digest in notes[_TICKETS].items()}
        except FileNotFoundError:
            if set(os.listdir(self.path)) - _OF_OTHERS:
                raise UsageError(
                    f"{self.path} has files that no site of tkt has", "Name an empty folder, or a new one."
                ) from None
        except (ValueError, LookupError, TypeError, AttributeError):
            pass  # all pages are written again
        return {}

    def _note(self, digests: Mapping[str, str]) -> None:
        draft = f"{self._place(_NOTES)}.{os.getpid()}.part"
        with open(draft, "w", encoding="utf-8") as file:
            notes = {"tkt_site": _VERSION, _TICKETS: digests}
            file.write(json.dumps(notes, sort_keys=True, separators=(",\n", ": ")))
        os.replace(draft, self._place(_NOTES))


def _name(ticket_id: str) -> str:
    return f"{_TICKETS}/{ticket_id}{_PAGE}"


def _unwritable(error: OSError, path: str) -> UsageError:
    return UsageError(f"{error.filename or path} cannot be written: {error.strerror}")

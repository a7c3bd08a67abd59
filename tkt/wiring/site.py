"""The folder that a site is in: pages that are there whole, and what is remembered of them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress

from tkt.errors import UsageError

_NOTES = "tkt-site.json"
_TICKETS = "tickets"
_VERSION = 2
"""Another one once the pages of the same tickets say something else within a release."""
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
        try:
            os.makedirs(path, exist_ok=True)
            self._kept = self._read_notes()
            os.makedirs(os.path.join(path, _TICKETS), exist_ok=True)
            self._note(self._kept)  # whoever is cut off leaves a folder that is known as a site's
        except OSError as error:
            raise _unwritable(error, path) from error

    def kept(self, digests: Mapping[str, str]) -> set[str]:
        """The tickets whose pages are there and say what these names stand for."""
        pages = set(os.listdir(self._place(_TICKETS)))
        same = digests.items() & self._kept.items()
        return {ticket for ticket, _ in same if f"{ticket}.html" in pages}

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

        Args:
            digests: a name for what the page of each ticket says, "" where nobody knows.

        Raises:
            UsageError: something cannot be written.
        """
        gone = self._kept.keys() - digests.keys()
        try:
            for each in gone:
                with suppress(FileNotFoundError):
                    os.unlink(self._place(_name(each)))
            self._note(digests)
        except OSError as error:
            raise _unwritable(error, self.path) from error
        return len(gone)

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
                return {ticket: digest for ticket, digest in notes[_TICKETS].items() if _is_name(ticket)}
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
    return f"{_TICKETS}/{ticket_id}.html"


def _is_name(ticket_id: object) -> bool:
    """Whether that can be a ticket's page: the notes are a file that anybody may have written."""
    return isinstance(ticket_id, str) and ticket_id.replace("-", "").isalnum()


def _unwritable(error: OSError, path: str) -> UsageError:
    return UsageError(f"{error.filename or path} cannot be written: {error.strerror}")

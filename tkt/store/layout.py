"""What is wrong with how a desk's files lie: with their places, their names and what they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol

from tkt.domain.ids import ENTRY_ID, TICKETS, is_ticket_id, month_folder, thread_folder, ticket_path
from tkt.domain.settings import Settings
from tkt.domain.violation import Violation
from tkt.errors import InvalidStoreError, Problem
from tkt.store.tickets import TicketFiles
from tkt.usecases.workspace import Files

_FILES = "files"
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_LIKE_A_TICKET = re.compile(r"[A-Za-z0-9]*-.*\.md")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_UNFIT = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$')
"""What Windows keeps no file by that name for."""


class AuditedFiles(Files, Protocol):
    """Files of which can be told what they are."""

    def odd(self, folder: str) -> dict[str, str]:
        """What in a folder is neither a file nor a folder, by name, and what it is instead."""


class Layout(NamedTuple):
    """How the files of tickets lie.

    Args:
        findings: what is wrong with that.
        tickets: the ids of the tickets that were looked at, all that are in their places or those named.
        attached: the names of the files in the `files/` of each ticket that has such a folder.
    """

    findings: tuple[Violation, ...]
    tickets: tuple[str, ...]
    attached: Mapping[str, frozenset[str]]


def as_violation(problem: Problem, ticket_id: str = "", rule: str = "schema") -> Violation:
    """A problem as a violation; its second sentence is the way out."""
    text, mark, hint = problem.text.partition("; ")
    hint = f"{hint[:1].upper()}{hint[1:]}." if mark else ""
    return Violation(problem.rule or rule, text, hint, problem.path, problem.line, ticket_id)


def lay_out(files: AuditedFiles, settings: Settings, only: Collection[str] | None = None) -> Layout:
    """How the files of tickets lie.

    Args:
        files: of the store.
        settings: in force.
        only: the tickets to look at; None for all of them, and whatever else there is.
    """
    walk = _Walk(files, TicketFiles(files, settings))
    if only is None:
        walk.everything()
        return Layout(tuple(walk.findings), tuple(sorted(walk.ids)), walk.attached)
    for each in only:
        walk.thread(each)
    return Layout(tuple(walk.findings), tuple(only), walk.attached)


class _Walk:
    """Goes from folder to folder.

    Args:
        files: of the store.
        reader: knows which names are those of tickets.
    """

    def __init__(self, files: AuditedFiles, reader: TicketFiles) -> None:
        self.files = files
        self.reader = reader
        self.findings: list[Violation] = []
        self.ids: list[str] = []
        self.attached: dict[str, frozenset[str]] = {}

    def names(self, folder: str, ticket_id: str = "") -> Sequence[str]:
        """What is in a folder; nothing, and a finding, where it cannot be listed."""
        try:
            return self.files.names(folder)
        except InvalidStoreError as error:
            self.findings += (as_violation(each, ticket_id) for each in error.problems)
            return ()

    def everything(self) -> None:
        """The whole folder of tickets."""
        names = [each for each in self.names(TICKETS) if not _is_hidden(each)]
        self.findings += _misnamed(TICKETS, names)
        for name in names:
            bare = name.removesuffix("/")
            if _MONTH.fullmatch(bare):
                self.month(f"{TICKETS}/{bare}")
            elif name != bare:
                text = "is no month, so no command finds what is in it"
                hint = "A month is called YYYY-MM. Move the tickets into those that their ids name."
                self.findings.append(Violation("path", text, hint, f"{TICKETS}/{bare}"))
            elif _LIKE_A_TICKET.fullmatch(name):
                self.findings.append(_misplaced(f"{TICKETS}/{name}", name.removesuffix(".md")))

    def month(self, folder: str) -> None:
        """A folder with tickets."""
        names = self.names(folder)
        with suppress(InvalidStoreError):
            ids = self.reader.ids_in(folder)
            self.ids += ids
            in_place = {f"{each}.md" for each in ids}
            others = [each for each in names if each not in in_place and not _is_hidden(each)]
            self.findings += map(as_violation, self.reader.strays(folder))
            self._beside(folder, names, others, set(ids))

    def _beside(self, folder: str, names: Sequence[str], others: Sequence[str], here: set[str]) -> None:
        """What a month holds besides tickets: their folders, and what does not belong there."""
        month = folder.rpartition("/")[2]
        strange = []
        for name in others:
            bare = name.removesuffix("/")
            if is_ticket_id(bare) and month_folder(bare) == month:
                self.thread(bare)
                if bare not in here:
                    text = "there is a thread, but no ticket"
                    hint = f"Put {bare}.md back; git log -- {folder}/{bare}.md tells where it went."
                    self.findings.append(Violation("path", text, hint, f"{folder}/{bare}", ticket=bare))
                continue
            strange.append(name)
            if is_ticket_id(bare):
                self.findings.append(_misplaced(f"{folder}/{bare}", bare))
        if strange:
            self.findings += _misnamed(folder, names)
            self._odd(folder)

    def thread(self, ticket_id: str) -> None:
        """The folder of a ticket."""
        folder = thread_folder(ticket_id)
        names = self.names(folder, ticket_id)
        strange = [each for each in names if not (each.endswith(".md") and ENTRY_ID.fullmatch(each[:-3]))]
        for name in strange:
            if name == f"{_FILES}/":
                self._attachments(ticket_id, f"{folder}/{_FILES}")
            elif name.endswith(".md") and not _is_hidden(name):
                text = "is in no thread"
                hint = "An entry is called by its id, such as 20261122T093000Z-x7k2.md. Rename or move it."
                self.findings.append(Violation("path", text, hint, f"{folder}/{name}", ticket=ticket_id))
        if strange != [f"{_FILES}/"] and strange:
            self.findings += _misnamed(folder, names, ticket_id)
            self._odd(folder, ticket_id)
        if ".git" in names or ".git/" in names:
            text = "is another repository"
            self.findings.append(Violation("mode", text, "Remove its .git.", folder, ticket=ticket_id))

    def _attachments(self, ticket_id: str, folder: str) -> None:
        names = self.names(folder, ticket_id)
        self.attached[ticket_id] = frozenset(each for each in names if not each.endswith("/"))
        self.findings += _misnamed(folder, names, ticket_id)
        self._odd(folder, ticket_id)

    def _odd(self, folder: str, ticket_id: str = "") -> None:
        for name, what in self.files.odd(folder).items():
            self.findings.append(as_violation(Problem(f"{folder}/{name}", 0, what), ticket_id, "mode"))


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def _misplaced(path: str, ticket_id: str) -> Violation:
    wanted = ticket_path(ticket_id) if is_ticket_id(ticket_id) else ""
    hint = f"It belongs into {wanted}." if wanted else "A ticket is called by its id."
    return Violation("path", "is in no list", hint, path)


def _misnamed(folder: str, names: Sequence[str], ticket_id: str = "") -> Iterator[Violation]:
    """Names that not every file system can hold, or tell from one another."""
    alike: dict[str, list[str]] = {}
    for each in names:
        name = each.removesuffix("/")
        alike.setdefault(_folded(name), []).append(name)
        what = _unfit(name)
        if what:
            hint = "Give it another name."
            yield Violation("name", f"its name {what}", hint, f"{folder}/{name}", ticket=ticket_id)
    for several in alike.values():
        for name in several[1:]:
            text = f"its name is that of {several[0]!a} on a file system that ignores case or accents"
            hint = "Keep one of them, or give it another name."
            yield Violation("name", text, hint, f"{folder}/{name}", ticket=ticket_id)


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _unfit(name: str) -> str:
    if not name.isascii() and any("\ud800" <= each <= "\udfff" for each in name):
        return "is not UTF-8"
    if _RESERVED.fullmatch(name):
        return "is reserved on Windows"
    return "cannot be kept on Windows" if _UNFIT.search(name) else ""

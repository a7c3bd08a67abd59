"""Looks tickets over: everything that is wrong with each of them, and with what they say of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, TypeVar

from tkt.domain.ids import attachment_path, thread_folder, ticket_path
from tkt.domain.settings import Settings
from tkt.domain.standing import DESCRIPTION, plainly_spelt, standing
from tkt.domain.succession import SKEW, Snapshot
from tkt.domain.ticket import LINKS, MERGED_INTO, PARENT, links_of
from tkt.domain.violation import Level, Violation
from tkt.errors import InvalidStoreError
from tkt.store.codec import Document, parse
from tkt.store.layout import AuditedFiles, Layout, as_violation, lay_out
from tkt.store.snapshots import Reading, take_snapshot
from tkt.store.tickets import TicketFiles
from tkt.usecases.check import Checked

_KINDS = frozenset({PARENT, *LINKS})
"""What a ticket can say of another; anything else is told by `standing`."""
Stored = Sequence[tuple[str, str]]
"""(kind, target) of links that a ticket stores, its parent among them."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Spread = Callable[[Callable[[str], "Verdict"], Sequence[str]], Iterable["Verdict"]]
"""Does something to many things, on all cores where there are many."""


class Verdict(NamedTuple):
    """What one ticket tells by itself, whatever the others are.

    Args:
        findings: what is wrong with it.
        links: (kind, target) of each link that it stores, its parent among them.
        attachments: of each that an entry names: the place of the entry, its line, the file.
        latest: the latest moment that it names, seconds since 1970; 0 for none.
        readable: whether all of it could be read.
    """

    findings: tuple[Violation, ...]
    links: tuple[tuple[str, str], ...] = ()
    attachments: tuple[tuple[str, int, str], ...] = ()
    latest: int = 0
    readable: bool = True


class FilesAuditor:
    """Looks over the tickets of a store, by reading their files.

    Args:
        files: of the store.
        settings: in force.
        now: the moment at which they are looked over, UTC.
        spread: how the work is shared out.
    """

    def __init__(
        self, files: AuditedFiles, settings: Settings, now: datetime, spread: Spread | None = None
    ) -> None:
        self.files = files
        self.settings = settings
        self.now = now
        self.spread: Spread = spread or map

    def audit(self, ids: Sequence[str] | None = None) -> Checked:
        """Everything that is wrong with some tickets.

        Args:
            ids: which; None for all of them, and how their files lie.
        """
        layout = lay_out(self.files, self.settings, ids)
        chosen = layout.tickets
        verdicts = dict(zip(chosen, self.spread(self.judge, chosen), strict=True))
        found = [*layout.findings, *(one for each in verdicts.values() for one in each.findings)]
        links = {ticket: each.links for ticket, each in verdicts.items() if each.links}
        links_from = self._links_from if ids is not None else lambda each: links.get(each, ())
        known = TicketFiles(self.files, self.settings).ids() if links and ids is not None else chosen
        found += self.placed(across(links, set(known), links_from))
        found += attachment_findings(layout, verdicts)
        return Checked(tuple(dict.fromkeys(found)), tuple(chosen))

    def judge(self, ticket_id: str) -> Verdict:
        """What one ticket tells by itself."""
        files = _Remembered(self.files)
        reading = take_snapshot(files, ticket_id, self.settings)
        found = [as_violation(each, ticket_id) for each in reading.problems]
        found += standing(reading.snapshot, self.settings, self.now + SKEW)
        found += _spelling(files, ticket_id)
        if found:
            found = place(files, found, reading)
        return _verdict(ticket_id, reading, found)

    def snapshot(self, ticket_id: str) -> Snapshot:
        """A ticket with its thread, as far as it can be understood."""
        return take_snapshot(self.files, ticket_id, self.settings).snapshot

    def placed(self, found: Sequence[Violation]) -> list[Violation]:
        """The same, each with the line that it is about."""
        placed: list[Violation] = []
        for ticket_id in dict.fromkeys(each.ticket for each in found):
            mine = [each for each in found if each.ticket == ticket_id]
            if ticket_id:
                mine = place(self.files, mine, take_snapshot(self.files, ticket_id, self.settings))
            placed += mine
        return placed

    def _links_from(self, ticket_id: str) -> Stored:
        ticket = self.snapshot(ticket_id).ticket
        return links_of(ticket) if ticket else ()


class _Remembered:
    """Files of which each is read once, for as long as one ticket is looked over."""

    def __init__(self, files: AuditedFiles) -> None:
        self.names = files.names
        self.odd = files.odd
        self._files = files
        self._contents: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        """A file's content."""
        found = self._contents.get(path)
        if found is None:
            found = self._contents[path] = self._files.read(path)
        return found


def _spelling(files: AuditedFiles, ticket_id: str) -> Iterator[Violation]:
    """What every reader accepts, and no writer should write."""
    path = ticket_path(ticket_id)
    with suppress(InvalidStoreError, FileNotFoundError):
        data = files.read(path)
        if data != plainly_spelt(data):
            text = "the file has a byte-order mark, or lines that end with CRLF"
            hint = f"tkt check --fix {ticket_id}"
            yield Violation("schema", text, hint, path, ticket=ticket_id, level=Level.WARNING)


def _verdict(ticket_id: str, reading: Reading, found: Iterable[Violation]) -> Verdict:
    ticket, entries = reading.snapshot.ticket, reading.snapshot.entries.values()
    moments = [entry.at for entry in entries]
    if ticket:
        moments.append(ticket.created)
    folder = thread_folder(ticket_id)
    places = {entry.id: reading.places.get(entry.id, (f"{folder}/{entry.id}.md", 0)) for entry in entries}
    return Verdict(
        tuple(found),
        tuple(links_of(ticket)) if ticket else (),
        tuple((*places[entry.id], each.file) for entry in entries for each in entry.attachments),
        int(max(moments).timestamp()) if moments else 0,
        readable=not reading.problems,
    )


def place(files: AuditedFiles, found: Iterable[Violation], reading: Reading) -> list[Violation]:
    """Findings about one ticket, each with the line that it is about."""
    documents: dict[str, Document | None] = {}
    return [_placed(files, each, reading, documents) for each in found]


def _placed(
    files: AuditedFiles, each: Violation, reading: Reading, documents: dict[str, Document | None]
) -> Violation:
    folder, _, name = each.path.rpartition("/")
    folded = reading.places.get(name.removesuffix(".md"))
    if folded and not each.line and each.ticket and folder == thread_folder(each.ticket):
        return each._replace(path=folded[0], line=folded[1])
    if not (each.field and each.ticket and each.path == ticket_path(each.ticket)):
        return each
    if each.path not in documents:
        documents[each.path] = _document(files, each.path)
    return each._replace(line=_line(documents[each.path], each))


def _document(files: AuditedFiles, path: str) -> Document | None:
    with suppress(InvalidStoreError, FileNotFoundError):
        return parse(files.read(path), path)
    return None


def _line(document: Document | None, each: Violation) -> int:
    if document is None:
        return each.line
    if each.field != DESCRIPTION:
        return each.line or document.line(each.field)
    return each.line + len(document.lines) + 2 + document.body.startswith(("\n", "\r\n"))


def across(
    links: Mapping[str, Stored], known: set[str], links_from: Callable[[str], Stored]
) -> list[Violation]:
    """What tickets say of others that is not so.

    Args:
        links: those that each of some tickets stores.
        known: the ids of all tickets.
        links_from: those that any ticket stores.
    """
    found = []
    for ticket, stored in links.items():
        for kind, target in stored:
            if target not in known and kind in _KINDS:
                found.append(dangling(ticket, kind, target))
            elif kind == PARENT and ticket in _beyond(target, kind, links_from):
                hint = f"tkt link {ticket} parent {target} --remove"
                found.append(_about(ticket, "it is its own ancestor", hint, PARENT))
            elif kind == MERGED_INTO and ticket in _beyond(target, kind, links_from):
                text = f"it is merged into {target}, and that into this one, so that neither goes on"
                hint = f"Take the link away from the one that is to go on: tkt edit {ticket}"
                found.append(_about(ticket, text, hint, "links"))
    return found


def dangling(ticket: str, kind: str, target: str) -> Violation:
    """What is wrong with a link to a ticket that is not there."""
    field = PARENT if kind == PARENT else "links"
    text = f"{kind} {target}, but there is no such ticket"
    hint = f"Put that ticket back, or take the link away: tkt edit {ticket}"
    return _about(ticket, text, hint, field)


def _about(ticket: str, text: str, hint: str, field: str) -> Violation:
    return Violation("reference", text, hint, ticket_path(ticket), ticket=ticket, field=field)


def _beyond(ticket: str, kind: str, links_from: Callable[[str], Stored]) -> set[str]:
    """A ticket and all that links of one kind lead to from there."""
    seen: set[str] = set()
    ahead = [ticket]
    while ahead:
        each = ahead.pop()
        if each not in seen:
            seen.add(each)
            ahead += [target for linked, target in links_from(each) if linked == kind]
    return seen


def attachment_findings(layout: Layout, verdicts: Mapping[str, Verdict]) -> Iterator[Violation]:
    """Attachments that are named and not there, and those that are there and nobody names."""
    for ticket, verdict in verdicts.items():
        there = layout.attached.get(ticket, frozenset())
        for path, line, file in verdict.attachments:
            if file not in there:
                text = f"the attachment {file} is not there"
                hint = f"Put it back: git log -- {attachment_path(ticket, file)}"
                yield Violation("reference", text, hint, path, line, ticket)
        named = {file for _, _, file in verdict.attachments}
        for file in sorted(there - named) if verdict.readable else ():
            text = "no entry names this attachment"
            hint = f"tkt comment {ticket} --attach FILE adds one; this one can be removed."
            path = attachment_path(ticket, file)
            yield Violation("reference", text, hint, path, ticket=ticket, level=Level.WARNING)

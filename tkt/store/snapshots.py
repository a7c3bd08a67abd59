"""A ticket with its whole thread, as rules look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from tkt.domain.entry import Entry
from tkt.domain.ids import ticket_path
from tkt.domain.settings import Settings
from tkt.domain.succession import Snapshot
from tkt.errors import InvalidStoreError, Problem
from tkt.store.threadfiles import entry_texts
from tkt.store.threads import EntryText, read_entry
from tkt.store.ticketfile import read_ticket
from tkt.usecases.workspace import Files


class Reading(NamedTuple):
    """What was found where a ticket should be.

    Args:
        snapshot: as much of it as can be understood.
        problems: what is wrong with the rest.
        places: the file and line where each entry begins that is folded into the ticket's file, by its id.
    """

    snapshot: Snapshot
    problems: tuple[Problem, ...]
    places: Mapping[str, tuple[str, int]] = MappingProxyType({})


def take_snapshot(
    files: Files, ticket_id: str, settings: Settings, read: Callable[[EntryText], Entry] = read_entry
) -> Reading:
    """A ticket and its thread as some files say.

    Args:
        files: of the store, at any moment.
        ticket_id: which ticket.
        settings: the fields it has.
        read: reads an entry; who takes many snapshots need not read the same one twice.
    """
    texts, problems = entry_texts(files, ticket_id)
    entries: dict[str, Entry] = {}
    for each in texts:
        entry = _entry(each, problems, read)
        if entry:
            entries[each.id] = entry
    ticket = None
    path = ticket_path(ticket_id)
    try:
        ticket = read_ticket(files.read(path), path, settings)
    except FileNotFoundError:
        if texts:
            problems.append(Problem(path, 0, "there is a thread, but no ticket; put its file back", "path"))
    except InvalidStoreError as error:
        problems += error.problems
    snapshot = Snapshot(ticket, entries, {each.id: each.data for each in texts})
    folded = {each.id: (each.path, each.line) for each in texts if each.path == path}
    return Reading(snapshot, tuple(problems), folded)


def _entry(text: EntryText, problems: list[Problem], read: Callable[[EntryText], Entry]) -> Entry | None:
    try:
        return read(text)
    except InvalidStoreError as error:
        problems += error.problems
        return None

"""Other trackers' data becomes tickets with their whole past; running it again adds only what is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tkt.domain.judging import not_permitted
from tkt.domain.roles import Permission, may
from tkt.domain.settings import Settings
from tkt.errors import NotAllowedError, Problem
from tkt.usecases.record import Outcome, Progress, Story, record_stories
from tkt.usecases.workspace import Note, Workspace


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of one kind of thing.

    Args:
        theirs: what the source calls it: `status hooked`.
        ours: what it is here: `status assigned`.
        count: how often.
    """

    theirs: str
    ours: str
    count: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What an importer made of a source.

    Args:
        stories: tickets with their threads; the same source gives the same ids every time.
        mapped: what was turned into what.
        problems: lines that could not be understood, and were left out.
    """

    stories: tuple[Story, ...]
    mapped: tuple[Mapped, ...]
    problems: tuple[Problem, ...] = ()


class Importer(Protocol):
    """Turns one tracker's export into tickets."""

    def __call__(self, data: bytes, name: str, settings: Settings) -> Imported:
        """Read an export.

        Args:
            data: the file's bytes.
            name: the file's name, for problems.
            settings: the fields, types and statuses to map to.
        """


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Args:
        outcome: the tickets that were added.
        imported: what the source held.
    """

    outcome: Outcome
    imported: Imported

    @property
    def known(self) -> int:
        """How many tickets were here already."""
        return len(self.imported.stories) - len(self.outcome.tickets)


def import_tickets(
    ws: Workspace, source: str, imported: Imported, progress: Progress | None = None
) -> ImportReport:
    """Add what an importer read, in one commit.

    Args:
        ws: the desk.
        source: the importer's name, for the commit.
        imported: what it read.
        progress: told how far it is.

    Raises:
        NotAllowedError: the actor's roles do not permit bringing in what others wrote.
    """
    _require_vouching(ws)

    def note(count: int) -> Note:
        return Note(f"Import {count:,} tickets from {source}", (("Import", source),))

    return ImportReport(record_stories(ws, imported.stories, note, progress), imported)


def _require_vouching(ws: Workspace) -> None:
    people = ws.settings.people
    if people.agents and not may(people, ws.actor.id, Permission.VOUCH):
        objection = not_permitted(ws.actor.id, Permission.VOUCH, ws.settings)
        raise NotAllowedError(objection.text, objection.hint)

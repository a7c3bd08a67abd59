"""A desk that lives in memory: the same Protocols as the real one, nothing on the disk."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.fakes import MemoryFiles
from tkt.domain.settings import CommitPolicy, Settings
from tkt.errors import ConflictError
from tkt.store.scanning import ScannedCatalogue
from tkt.store.settings import SettingsReader
from tkt.store.templates import TemplateFiles
from tkt.store.tickets import TicketFiles
from tkt.usecases.setup import setup_writes
from tkt.usecases.workspace import Actor, FileWrite, LastChange, Note, Receipt, Workspace

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ANA = Actor("ana@example.com", "Ana Silva", "ana@example.com")
BOB = Actor("bob@example.com", "Bob Stone", "bob@example.com")


@dataclass
class Commit:
    """What was recorded at once."""

    author: Actor
    note: Note
    before: dict[str, bytes]
    writes: tuple[FileWrite, ...]


@dataclass
class MemoryRepository:
    """Recorder and history over files in memory; pushed commits are counted, not sent."""

    files: MemoryFiles
    actor: Actor = ANA
    commits: list[Commit] = field(default_factory=list)
    pending: set[str] = field(default_factory=set)
    edited: set[str] = field(default_factory=set)
    pushed: int = 0
    checked_out: str = "main"

    def resume(self, key: str = "") -> None:
        """Nothing: nobody is cut off here."""

    def record(
        self,
        writes: Sequence[FileWrite],
        note: Note,
        policy: CommitPolicy,
        instead: LastChange | None = None,  # noqa: ARG002  only where changes are joined, which they are not here
    ) -> Receipt:
        for write in writes:
            if self.files.files.get(write.path) != (write.data if write.by_hand else write.base):
                raise ConflictError(f"{write.path} has changed meanwhile")
        before = dict(self.files.files)
        for write in writes:
            if write.data is None:
                del self.files.files[write.path]
            else:
                self.files.files[write.path] = write.data
        if policy in {CommitPolicy.STAGE, CommitPolicy.OFF}:
            self.pending |= {write.path for write in writes}
            return Receipt(policy)
        self.commits.append(Commit(self.actor, note, before, tuple(writes)))
        return Receipt(policy, str(len(self.commits)))

    def rewind(self, change: LastChange) -> Receipt:
        if change.commit != str(len(self.commits)):
            raise ConflictError("another commit was made meanwhile")
        last = self.commits.pop()
        self.files.files.clear()
        self.files.files.update(last.before)
        return Receipt(CommitPolicy.AUTO, str(len(self.commits)))

    def last_change(self, actor: Actor) -> LastChange | None:
        for number, commit in reversed(list(enumerate(self.commits, 1))):
            tickets = tuple(value for key, value in commit.note.trailers if key == "Ticket")
            if commit.author == actor and tickets:
                return LastChange(
                    commit=str(number),
                    subject=commit.note.subject,
                    tickets=tickets,
                    added=tuple(each.path for each in commit.writes if each.base is None),
                    changed=tuple(each.path for each in commit.writes if each.base is not None),
                    removed=tuple(each.path for each in commit.writes if each.data is None),
                    is_head=number == len(self.commits),
                    shared=number <= self.pushed,
                )
        return None

    def last_touched(self, actor: Actor) -> str:
        mine = (commit for commit in reversed(self.commits) if commit.author == actor)
        return next((write.path for commit in mine for write in commit.writes), "")

    def uncommitted(self) -> Sequence[str]:
        return sorted(path for path in self.pending | self.edited if path in self.files.files)

    def unstaged(self) -> Sequence[str]:
        return sorted(self.edited)

    def branch(self) -> str:
        return self.checked_out

    def unpushed(self) -> int | None:
        return len(self.commits) - self.pushed if self.pushed else None

    def blob_at_head(self, path: str) -> bytes | None:
        return None if path in self.pending else self.files.files.get(path)


@dataclass
class Named:
    """Somebody, or nobody, at the keyboard."""

    who: Actor | None = ANA

    def actor(self) -> Actor | None:
        return self.who


class CountedText:
    """The characters of ids, counted up, so that a test knows them beforehand."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def __call__(self, length: int) -> str:
        return f"{next(self._numbers):0{length}}"


def fresh_settings(files: MemoryFiles, actor: Actor = ANA) -> Settings:
    """The shipped settings, written into the files."""
    for write in setup_writes(files, "TKT", CommitPolicy.AUTO, actor):
        files.files[write.path] = write.data or b""
    return SettingsReader(files).load()


def memory_desk(actor: Actor = ANA, now: datetime = NOW, files: MemoryFiles | None = None) -> Workspace:
    """A desk in memory with the shipped settings, unless the files hold others."""
    files = files or MemoryFiles({})
    settings = SettingsReader(files).load() if ".tkt/project.yaml" in files.files else fresh_settings(files)
    repository = MemoryRepository(files, actor)
    tickets = TicketFiles(files, settings)
    return Workspace(
        settings=settings,
        tickets=tickets,
        catalogue=ScannedCatalogue(tickets),
        templates=TemplateFiles(files),
        files=files,
        recorder=repository,
        history=repository,
        identity=Named(actor),
        now=now,
        random_text=CountedText(),
    )

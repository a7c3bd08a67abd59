"""The desk as the use cases see it: a Workspace, and the Protocols that its parts satisfy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tkt.domain.ids import RandomText
from tkt.domain.settings import CommitPolicy, Settings
from tkt.domain.ticket import Ticket
from tkt.errors import Problem, UsageError

if TYPE_CHECKING:
    from tkt.domain.clocks import Judgement
    from tkt.domain.conditions import Condition
    from tkt.domain.entry import Entry

TRAILER = "Ticket"
"""The key of the lines that say in a commit which tickets it touches."""
UNDOING = "undo"
"""The key (`Note.key`) of an undoing: the last change is another one afterwards."""


class FileWrite(NamedTuple):
    """A file to be written or removed.

    Args:
        path: relative to the store, with forward slashes.
        data: its new content; None removes it.
        base: the content the change started from; None when the file must not exist yet.
        by_hand: whether a person has put the new content there already; `base` is the committed one then.
    """

    path: str
    data: bytes | None
    base: bytes | None = None
    by_hand: bool = False


class Actor(NamedTuple):
    """Who is at the keyboard.

    Args:
        id: how tickets name this person: an address, or a bare name.
        name: for Git's author line.
        email: for Git's author line.
    """

    id: str
    name: str
    email: str


class Note(NamedTuple):
    """What a commit says.

    Args:
        subject: one line.
        trailers: pairs such as ("Ticket", "TKT-2j7k3q9"); a block of their own at the end.
        items: of a list below the subject: what each of several changes did.
        key: the same for the same command typed again; "" for what may be done as often as it is asked for.
    """

    subject: str
    trailers: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    key: str = ""


class Receipt(NamedTuple):
    """What became of a write.

    Args:
        policy: how it was recorded.
        commit: the commit's id; "" where none was made.
        warning: what a person should know although the write is done.
    """

    policy: CommitPolicy
    commit: str = ""
    warning: str = ""


class LastChange(NamedTuple):
    """The newest commit that tkt made for somebody.

    Args:
        commit: its id.
        subject: its first line.
        tickets: the tickets its trailers name.
        added: paths it added, relative to the store.
        changed: paths it changed.
        is_head: nothing was committed after it.
        shared: it is on a remote, a tag or another branch.
        items: of the list in its message; () where there is none.
        removed: those of the changed paths that it removed.
    """

    commit: str
    subject: str
    tickets: tuple[str, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    is_head: bool
    shared: bool
    items: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class Template(NamedTuple):
    """What a new ticket's description starts with.

    Args:
        path: where the team's own would be.
        fields: typed values by field name, for those that nobody gave.
        text: Markdown, with placeholders.
        first_line: of the file, the one on which the text begins.
    """

    path: str
    fields: Mapping[str, str]
    text: str
    first_line: int = 1


class Files(Protocol):
    """The store's files as they are somewhere: in the working tree, at a commit, in memory."""

    def names(self, folder: str) -> Sequence[str]:
        """What is directly in a folder; folders end with a slash; nothing if it is not there.

        Raises:
            InvalidStoreError: the folder is a link, which is never followed.
        """

    def read(self, path: str) -> bytes:
        """A file's content.

        Raises:
            FileNotFoundError: there is no such file.
            InvalidStoreError: it is a link, or cannot be read.
        """


class Recorder(Protocol):
    """Writes files, and has Git record exactly them."""

    def resume(self, key: str = "") -> None:
        """Finish what a command that was cut off had begun, for whoever reads files before writing.

        Not for commands that are known again by what they come to: see `record`, which finishes it too.

        Args:
            key: of what is to be done, where that is known beforehand; "" for none.

        Raises:
            AlreadyDoneError: that was the same as what is to be done.
        """

    def record(
        self,
        writes: Sequence[FileWrite],
        note: Note,
        policy: CommitPolicy,
        instead: LastChange | None = None,
    ) -> Receipt:
        """Write all files or none.

        Args:
            writes: the files.
            note: what the commit says.
            policy: how they are recorded.
            instead: the newest commit, where the new one is to take its place.

        Raises:
            AlreadyDoneError: a command that was cut off has done the same, as `note.key` tells.
            ConflictError: a file is not what the change started from, `instead` is no longer the
                newest commit, or Git is in the middle of a merge, a rebase or the like.
        """

    def rewind(self, change: LastChange) -> Receipt:
        """Take the newest commit back as if it had never been made.

        Raises:
            AlreadyDoneError: a command that was cut off has taken one back.
            ConflictError: it is no longer the newest, or its files have been edited since.
        """


class History(Protocol):
    """What Git remembers of the store."""

    def last_change(self, actor: Actor) -> LastChange | None:
        """The newest commit that tkt made for somebody."""

    def last_touched(self, actor: Actor) -> str:
        """A path below the tickets' folder that somebody's newest commit touched; "" when none did.

        With `commit: stage` tickets travel in commits that people make themselves.
        """

    def uncommitted(self) -> Sequence[str]:
        """Paths below the tickets' folder that differ from the last commit."""

    def unstaged(self) -> Sequence[str]:
        """Those of them that differ from the index too, or are not in it."""

    def branch(self) -> str:
        """The branch that is checked out; "" when none is."""

    def unpushed(self) -> int | None:
        """How many commits the upstream branch lacks; None when there is no upstream."""

    def blob_at_head(self, path: str) -> bytes | None:
        """A file's content in the last commit; None when it is not there."""


class Tickets(Protocol):
    """Tickets and their threads, read from files and turned back into them."""

    def ids(self) -> Sequence[str]:
        """Every ticket's id, sorted."""

    def load(self, ticket_id: str) -> Ticket:
        """One ticket.

        Raises:
            NotFoundError: there is no such ticket.
            InvalidStoreError: its file cannot be understood.
        """

    def thread(self, ticket_id: str, containing: str = "") -> tuple[list[Entry], list[Problem]]:
        """A ticket's entries in order, and what is wrong with those that cannot be read.

        With `containing`, only entries whose file has that text somewhere.
        """

    def scan(self, containing: str = "") -> Iterator[Ticket | Problem]:
        """Every ticket, sorted by id, and a problem for each file that cannot be understood.

        With `containing`, only tickets whose file has that text somewhere.
        """

    def problems(self, ticket_id: str) -> list[Problem]:
        """Everything the settings object to in one ticket's file, with its lines."""

    def encode_ticket(self, before: Ticket | None, after: Ticket) -> FileWrite:
        """The write that makes a ticket's file say something else, and nothing more than that."""

    def encode_entry(self, ticket_id: str, entry: Entry) -> FileWrite:
        """The write of a new entry."""

    def encode_attachment(self, ticket_id: str, name: str, data: bytes) -> FileWrite | None:
        """The write of an attachment's bytes; None when they are there already."""

    def whole(self, ticket_id: str) -> bytes:
        """A ticket's file as it is.

        Raises:
            NotFoundError: there is no such ticket.
        """

    def unfolded(self, ticket_id: str) -> bytes:
        """A ticket's file without the thread that may be folded into it.

        Raises:
            NotFoundError: there is no such ticket.
            InvalidStoreError: its file cannot be understood.
        """

    def refolded(self, ticket_id: str, data: bytes) -> bytes:
        """Another content for a ticket's file, with the thread that is folded into it now.

        Raises:
            NotFoundError: there is no such ticket.
            InvalidStoreError: its file, or the content, cannot be understood.
            UsageError: the content has another thread.
        """

    def fold(self, ticket_id: str) -> Sequence[FileWrite]:
        """The writes that put a ticket's thread into its file; none when all of it is there.

        Raises:
            NotFoundError: there is no such ticket.
            InvalidStoreError: it cannot be done without loss; with what stands in the way.
        """

    def decode(self, ticket_id: str, data: bytes) -> Ticket:
        """What a ticket's file would say with that content.

        Raises:
            InvalidStoreError: it cannot be understood.
        """


class Selection(NamedTuple):
    """Tickets that were asked for.

    Args:
        tickets: sorted by id, with the fields that were asked for, derived ones among them.
        problems: files that could not be understood, and what made the answer slow.
        total: how many tickets meet the wider condition.
    """

    tickets: tuple[Ticket, ...]
    problems: tuple[Problem, ...] = ()
    total: int = 0


class Clocks(NamedTuple):
    """The clocks of tickets.

    Args:
        judgements: by the ticket's id; without those that are not there or cannot be understood.
        problems: entries that could not be understood.
    """

    judgements: Mapping[str, Judgement]
    problems: tuple[Problem, ...] = ()


class Hit(NamedTuple):
    """Where a text was found.

    Args:
        ticket: in which ticket.
        where: `title`, `description`, or the address of who said it.
        snippet: the words around it, on one line.
    """

    ticket: Ticket
    where: str
    snippet: str


class Catalogue(Protocol):
    """Answers questions about all tickets at once."""

    def select(
        self,
        condition: Condition,
        fields: Sequence[str] = (),
        among: Condition | None = None,
        newest: int = 0,
    ) -> Selection:
        """The tickets that meet a condition.

        Args:
            condition: which.
            fields: those that are needed, derived ones too; with `body` come those that no settings
                know; () for all of the file.
            among: a wider condition, of which only the number is wanted.
            newest: how many are wanted, those created last; 0 for all.
        """

    def count(self, condition: Condition) -> int:
        """How many tickets meet a condition."""

    def search(
        self, texts: Sequence[str], condition: Condition, limit: int = 0
    ) -> tuple[list[Hit], list[Problem]]:
        """The tickets that mention all of some words and "phrases", the best first.

        Args:
            texts: words, and phrases in quotes, whatever their accents and endings.
            condition: what the tickets must meet besides.
            limit: at most so many; 0 for all.
        """

    def clocks(self, ids: Sequence[str], at: datetime) -> Clocks:
        """The clocks of tickets; those that the last question found are not looked for again.

        Args:
            ids: of the tickets.
            at: the moment at which they are read, UTC; what is later has not happened.
        """

    def standings(self) -> Mapping[str, str]:
        """A name for what each ticket and its thread held at the last look, by id.

        Nothing where each would have to be read for it.
        """

    def alike(self, title: str) -> Sequence[Ticket]:
        """Tickets whose titles share words with a title; those of the last look will do."""


class NamedCommit(NamedTuple):
    """A commit of code that names tickets.

    Args:
        id: its whole id.
        subject: the first line of its message.
        name: of its author.
        email: of its author.
        at: when it was committed, UTC.
    """

    id: str
    subject: str
    name: str
    email: str
    at: datetime


class Named(NamedTuple):
    """How what commits name differs between two commits.

    Args:
        gone: the ids of those that only the first one follows.
        come: those that only the second one follows, each with the tickets it names.
    """

    gone: tuple[str, ...]
    come: tuple[tuple[NamedCommit, tuple[str, ...]], ...]


class Code(Protocol):
    """The commits of code beside the desk."""

    def naming(self, ticket_id: str) -> Sequence[NamedCommit]:
        """Those that name a ticket, the newest first."""


class Templates(Protocol):
    """Templates of descriptions and of pages."""

    def load(self, name: str) -> Template:
        """A template by its name.

        Raises:
            NotFoundError: there is none.
            InvalidStoreError: it cannot be understood.
        """

    def pages(self) -> Mapping[str, str]:
        """The team's templates of pages, by their path.

        Raises:
            InvalidStoreError: one of them cannot be read as a template.
        """


@dataclass(frozen=True)
class Workspace:
    """One desk, with everything a use case needs to work at it.

    Args:
        settings: in force.
        tickets: where they are read.
        catalogue: answers for all of them at once.
        templates: of descriptions.
        files: the store's files.
        recorder: where changes go.
        history: what Git remembers.
        identity: knows who is at work; asked only when needed, since it may be nobody.
        now: the moment of this command, UTC.
        random_text: for new ids.
        policy: what becomes of changes.
        dry_run: whether changes are only worked out.
        code: the commits of code; None where there is no repository.
    """

    settings: Settings
    tickets: Tickets
    catalogue: Catalogue
    templates: Templates
    files: Files
    recorder: Recorder
    history: History
    identity: IdentitySource
    now: datetime
    random_text: RandomText
    policy: CommitPolicy = CommitPolicy.AUTO
    dry_run: bool = False
    code: Code | None = None

    @property
    def actor(self) -> Actor:
        """Who is at work.

        Raises:
            UsageError: nobody has said who.
        """
        who = self.identity.actor()
        if who is None:
            raise nobody_known()
        return who


def nobody_known() -> UsageError:
    """The error where somebody must be named and nobody is known."""
    return UsageError(
        "tkt does not know who you are",
        "Set TKT_ACTOR, or git config --global user.email YOU@EXAMPLE.COM",
    )


class IdentitySource(Protocol):
    """Knows who is at the keyboard, if it is asked."""

    def actor(self) -> Actor | None:
        """Who, or None when nobody has said."""

"""What bringing branches and clones together needs: the branch, the other side, and patience."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from tkt.domain.ids import SETTINGS
from tkt.domain.merge import Answers, Bodies
from tkt.domain.settings import IntegratePolicy, Settings
from tkt.errors import ConflictError, InvalidStoreError, UsageError
from tkt.gitrepo.comparing import differing
from tkt.gitrepo.integrating import Authors, GitBranch
from tkt.gitrepo.merging import merge_text
from tkt.gitrepo.past import Place, commit_ids
from tkt.gitrepo.repository import Repository
from tkt.gitrepo.sources import GitSource
from tkt.gitrepo.worktrees import own_branch
from tkt.store.joining import join
from tkt.store.merging import Merger
from tkt.store.tickets import TicketFiles
from tkt.usecases.compare import Comparison, Sides, compare
from tkt.usecases.integrate import Fork, Join, Joined
from tkt.usecases.versions import Content
from tkt.usecases.workspace import nobody_known
from tkt.wiring.machine import Identity, now
from tkt.wiring.merging import teach_git
from tkt.wiring.places import desk_apart, past_settings, place_of, settings_reader

if TYPE_CHECKING:
    from tkt.gitrepo.commit_files import CommitFiles
    from tkt.gitrepo.exchange import GitRemote

Told = TypeVar("Told")

_TRIES = 20
_SECONDS = 60.0
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 3.0


class _DeskBranch(GitBranch):
    """The branch of a desk: it does not go where its settings could not be read, or would be gone.

    Args:
        place: where the desk lies.
        authors: who joins.
        other: what people call the commit that is brought in.
    """

    def __init__(self, place: Place, authors: Authors, other: str) -> None:
        super().__init__(place.git, place.repository, place.prefix, authors, other)
        self.place = place

    def require_way(self, ours: str, host: str, files: Mapping[str, Content] = MappingProxyType({})) -> None:
        """As that of any branch, and see that the settings can be read there.

        Raises:
            ConflictError: they cannot.
        """
        self._require_settings(ours, host)
        super().require_way(ours, host, files)

    def advance(self, ours: str, new: str, message: str) -> str:
        """As that of any branch, where the settings can be read there.

        Raises:
            ConflictError: they cannot; nothing has changed then.
        """
        self._require_settings(ours, new)
        return super().advance(ours, new, message)

    def _require_settings(self, ours: str, commit: str) -> None:
        changed = differing(self.git, ours, commit, SETTINGS)
        if not any(before for before, _ in changed.values()):
            return
        files = _settings_files(self.place, commit)
        try:
            if files.names(SETTINGS):
                past_settings(self.place, files)
                return
        except InvalidStoreError as error:
            raise ConflictError(
                f"with {self.other} brought in, the settings could not be read:\n{error.message}",
                "Nothing was changed. Settle it in that file of yours, or in theirs, commit, and run the "
                "command again.",
            ) from error
        raise ConflictError(
            f"{self.other} has no {self.prefix}{SETTINGS} any more, and this branch would lose its desk",
            "Nothing was changed. Where that is meant, git pull takes it away here too; else git revert of "
            "the commit that removed it brings it back.",
        )


@dataclass(frozen=True, slots=True)
class Sharing:
    """A desk that is brought together with others.

    Args:
        place: where it lies.
        settings: in force.
        authors: who makes a commit that joins two.
    """

    place: Place
    settings: Settings
    authors: Authors

    def branch(self, other: str) -> GitBranch:
        """The branch that is checked out.

        Args:
            other: what people call the commit that is brought in.
        """
        return _DeskBranch(self.place, self.authors, other)

    def remote(self, typed: str) -> GitRemote:
        """The other side.

        Raises:
            NotFoundError: there is none of that name.
            NotAllowedError: the repository names programs to reach it with.
            ConflictError: no branch is checked out, or Git is in the middle of something.
        """
        from tkt.gitrepo.exchange import GitRemote, other_end

        git = self.place.git
        if self.place.repository:
            self.place.repository.refuse_if_busy()
        name, branch = other_end(git, typed)
        remote = GitRemote(git, name, branch, hooks=self.settings.run_hooks, asks=sys.stderr.isatty())
        remote.require_trust()
        return remote

    @property
    def straight(self) -> bool:
        """Whether own commits are put on top of those of others."""
        return self.settings.integrate is IntegratePolicy.REBASE

    def joining(self, answers: Answers = MappingProxyType({})) -> Join:
        """Puts the tickets of two commits together.

        Args:
            answers: descriptions that a person has put together.
        """
        stamp = (self.authors.author.id, self.authors.when)
        merger = Merger(self.settings, merge_text(self.place.git), answers, stamp)
        source = GitSource(self.place.git, self.place.prefix)
        return lambda fork: join(fork, source, merger)

    def merged_body(self, bodies: Bodies, how: str, theirs: str = "") -> str:
        """A description of which both sides edited the same lines.

        Args:
            bodies: of both sides.
            how: `ours`, `theirs` or `union`; `diff3` marks them.
            theirs: what the marks call the other side.
        """
        merge = merge_text(self.place.git, labels=("yours", "before", theirs), how=how)
        return merge(*(each.encode() for each in bodies))[0].decode()

    def author(self, since: str, theirs: str, path: str) -> str:
        """Who changed a file last on the other side; "" where that is not known."""
        status, out, _ = self.place.git.attempt("log", "-1", "--format=%an", f"{since}..{theirs}", "--", path)
        return "" if status else out.decode("utf-8", "replace").strip()

    def commit(self, typed: str) -> str:
        """The id of a commit that somebody named.

        Raises:
            NotFoundError: there is none.
        """
        return commit_ids(self.place.git, [typed])[0]

    def base(self, one: str, other: str) -> str:
        """The commit that two come from; an empty tree where there is no other one."""
        git = self.place.git
        return self.branch("").relation(one, other).bases[0] if other else git.run("mktree").decode().strip()

    def count(self, before: str, after: str) -> int:
        """How many commits lead from one to another; to the other at all where the first is none."""
        out = self.place.git.attempt("rev-list", "--count", after, f"^{before}", "--")
        return int(self.place.git.text("rev-list", "--count", after, "--") if out[0] else out[1])

    def compared(self, before: str, after: str) -> Comparison:
        """What became of tickets from one commit, or tree, to another commit."""
        return self._compared(before, after, self._settings_at(after), {})

    def came(self, fork: Fork, joined: Joined) -> Comparison:
        """The same from the commit that two sides come from to theirs, of what joining them tells."""
        settings = self.settings if fork.ruled_alike else self._settings_at(fork.theirs)
        alike = (settings.fields, settings.workflow) == (self.settings.fields, self.settings.workflow)
        told = joined.came() if alike else {}
        changes = tuple(each for each in told.values() if each.says_something)
        if told.keys() == joined.changed:
            return Comparison(changes, ())
        found = self._compared(fork.base, fork.theirs, settings, told)
        return found._replace(changes=(*changes, *found.changes))

    def _settings_at(self, commit: str) -> Settings:
        return past_settings(self.place, _settings_files(self.place, commit))

    def _compared(self, before: str, after: str, settings: Settings, told: Container[str]) -> Comparison:
        """What became of tickets, but for some."""
        from tkt.gitrepo.commit_files import CommitFiles
        from tkt.gitrepo.comparing import changed_files

        old, new, ids = changed_files(CommitFiles(self.place.git, after, self.place.prefix), before)
        rest = tuple(each for each in ids if each not in told)
        return compare(Sides(settings, TicketFiles(old, settings), TicketFiles(new, settings), rest))

    def teach_git(self) -> bool:
        """Have this clone merge tickets field by field; whether that is new."""
        return self.place.repository is not None and teach_git(self.place.root)


def open_sharing(start: str = "") -> Sharing:
    """The desk of a folder, to be brought together with others.

    Raises:
        NotFoundError: there is no desk.
        UsageError: nobody is known who could commit.
    """
    place = place_of(start)
    repository = place.repository
    if repository is None and own_branch(place.root):
        raise UsageError(
            "in a bare repository only the branch of HEAD can be merged", "Work in a clone of it."
        )
    try:
        settings = settings_reader(start).load()
    except InvalidStoreError as error:
        raise InvalidStoreError(
            error.problems, f"{error.hint} Where others have mended them, {_pull()} brings that."
        ) from error
    author = Identity(repository or Repository(place.root), settings).actor()
    if author is None:
        raise nobody_known()
    committer = (repository.identity() if repository else None) or author
    return Sharing(place, settings, Authors(author, committer, now()))


def _settings_files(place: Place, commit: str) -> CommitFiles:
    """The settings at a commit, and nothing else."""
    from tkt.gitrepo.commit_files import CommitFiles

    return CommitFiles(place.git, commit, place.prefix, SETTINGS)


def _pull() -> str:
    """The command that brings what others have, whatever that is."""
    apart = desk_apart()
    return f"git -C {shlex.quote(apart)} pull" if apart else "git pull"


def meanwhile(work: Callable[[], Told]) -> Callable[[], Told]:
    """Have another process do what takes long, where there is one to be had.

    Args:
        work: writes nothing, and gives what can be told in Python's own marshal format.

    Returns:
        What waits for it and gives that.
    """
    from tkt.store.index.looks import Look

    try:
        look = Look(lambda _: work(), (None,))
    except OSError:
        return work
    return lambda: look.finish()[0] or work()


class Patience:
    """Waits before another attempt, longer each time and never as long as somebody else."""

    def __init__(self) -> None:
        self._until = 0.0

    def wait(self, tries: int) -> bool:
        """Wait before another attempt, after so many; False, at once, where there have been enough."""
        if tries == 1:
            self._until = time.monotonic() + _SECONDS
        if tries >= _TRIES or time.monotonic() > self._until:
            return False
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2**tries)
        time.sleep(longest * (0.5 + os.urandom(1)[0] / 512))
        return True

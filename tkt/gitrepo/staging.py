"""The next commit as the index has it, beside the commits that it will follow."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

from tkt.domain.ids import SETTINGS, TICKETS, thread_folder, ticket_of, ticket_path
from tkt.gitrepo.commit_files import CommitFiles
from tkt.gitrepo.environment import index_of_hook
from tkt.gitrepo.git import Git
from tkt.gitrepo.heads import head_of
from tkt.gitrepo.repository import Repository

_ABSENT = "000000"
_MERGE = "MERGE_HEAD"
_FEW = 500
"""So many tickets are looked up one by one; to list all of them takes longer for fewer than that."""

Listing = dict[str, tuple[str, str]]
"""The mode and the id of each file, by its path."""


class ListedFiles(CommitFiles):
    """The store's files of which a list is at hand.

    Args:
        git: of the repository.
        listing: the files.
        tickets: where these are not all: the tickets of which they are, beside the settings.
        rest: lists all of them, for whoever asks about others.
        beside: other files of the repository, which the same process reads.
    """

    def __init__(
        self,
        git: Git,
        listing: Listing,
        tickets: Collection[str] = (),
        rest: Callable[[], Listing] | None = None,
        beside: CommitFiles | None = None,
    ) -> None:
        super().__init__(git, "", "")
        if beside:
            self.readers = beside.readers  # whoever reads both asks one process
        self._listed = listing
        self._tickets = tickets
        self._rest = rest

    def listing(self) -> Listing:
        """The mode and the id of each file, by its path."""
        return self._listed

    def names(self, folder: str) -> Sequence[str]:
        """What is directly in a folder, sorted; folders end with a slash."""
        self._widen(folder)
        return super().names(folder)

    def read(self, path: str) -> bytes:
        """A file's content."""
        self._widen(path)
        return super().read(path)

    def _widen(self, path: str) -> None:
        """Have all files listed, where somebody asks about one that is not."""
        settings = not path or path == SETTINGS or path.startswith(f"{SETTINGS}/")
        if self._rest is None or settings or ticket_of(path) in self._tickets:
            return
        self._listed = self._rest()
        self._rest = self._folders = None


@dataclass(frozen=True, slots=True)
class NextCommit:
    """What Git is about to commit.

    Args:
        before: the store in the commits that it will follow; none for the first one.
        now: the store as it will be.
        changed: the paths that differ from one of those commits.
        unmerged: the paths that a merge has left in conflict.
    """

    before: tuple[ListedFiles, ...]
    now: ListedFiles
    changed: tuple[str, ...]
    unmerged: tuple[str, ...]


def next_commit(repository: Repository) -> NextCommit:
    """What Git is about to commit: what the index has that it made for that, not the working tree."""
    git, prefix = repository.git, repository.prefix
    env = index_of_hook()
    parents = [_differing(git, prefix, each, env) for each in _parents(repository)]
    changed = dict.fromkeys(path for each in parents for path in each)
    tickets = frozenset(map(ticket_of, changed)) - {""}
    few = bool(parents) and len(tickets) <= _FEW
    listing, unmerged = _indexed(git, prefix, env, tickets if few else None)

    @cache
    def everything() -> Listing:
        return _indexed(git, prefix, env, None)[0]

    def files(differing: Listing, beside: ListedFiles | None = None) -> ListedFiles:
        rest = (lambda: _taken_back(everything(), differing)) if few else None
        return ListedFiles(git, _taken_back(listing, differing), tickets, rest, beside)

    now = files({})
    before = tuple(files(each, now) for each in parents)
    return NextCommit(before, now, tuple(changed if parents else listing), unmerged)


def _parents(repository: Repository) -> list[str]:
    """The ids of the commits that the next one will follow."""
    head = head_of(repository.root)[1] or _asked_for(repository)
    if not head:
        return []
    try:
        with open(os.path.join(repository.layout.git_dir, _MERGE), encoding="ascii") as file:
            merged = file.read().split()
    except (FileNotFoundError, UnicodeDecodeError):
        merged = []
    return [head, *merged]


def _asked_for(repository: Repository) -> str:
    """The commit at HEAD as Git says, where its files leave doubt; "" before the first one."""
    status, out, _ = repository.git.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return "" if status else out.decode().strip()


def _indexed(
    git: Git, prefix: str, env: dict[str, str], tickets: Collection[str] | None
) -> tuple[Listing, tuple[str, ...]]:
    """The files of the store in the index, those of some tickets or all, and those in conflict."""
    folders = (
        [TICKETS] if tickets is None else [p for t in tickets for p in (ticket_path(t), thread_folder(t))]
    )
    out = git.run(
        "ls-files", "--stage", "-z", "--full-name", "--", SETTINGS, *folders,
        env={**env, "GIT_LITERAL_PATHSPECS": "1"},
    )  # fmt: skip
    listing: Listing = {}
    unmerged: dict[str, None] = {}
    for row in out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, _, path = row.partition("\t")
        mode, oid, stage = facts.split(" ")
        if stage == "0":
            listing[path.removeprefix(prefix)] = mode, oid
        else:
            unmerged[path.removeprefix(prefix)] = None
    return listing, tuple(unmerged)


def _differing(git: Git, prefix: str, parent: str, env: dict[str, str]) -> Listing:
    """The files of the store that are others in the index than in a commit, as they are in the commit."""
    out = git.run(
        "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative",
        parent, "--", TICKETS, SETTINGS, env=env,
    ).decode("utf-8", "surrogateescape")  # fmt: skip
    words = out.split("\0")
    found: Listing = {}
    for facts, path in zip(words[::2], words[1::2], strict=False):
        mode, _, oid = facts.removeprefix(":").split(" ")[:3]
        found[path.removeprefix(prefix)] = mode, oid
    return found


def _taken_back(now: Listing, differing: Listing) -> Listing:
    """The files as they were, where some were others."""
    kept = {path: each for path, each in now.items() if path not in differing}
    return kept | {path: each for path, each in differing.items() if each[0] != _ABSENT}

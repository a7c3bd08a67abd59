"""A desk with everything real in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tkt.domain.settings import CommitPolicy, Settings
from tkt.errors import UsageError
from tkt.store.files import DiskFiles
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles
from tkt.usecases.workspace import Catalogue, Code, Files, History, IdentitySource, Workspace
from tkt.wiring.ahead import INDEX, begun
from tkt.wiring.machine import Identity, now, random_text
from tkt.wiring.places import past_store, place_of, store_files

if TYPE_CHECKING:
    from tkt.gitrepo.codelog import GitNamingLog
    from tkt.gitrepo.commit_files import CommitFiles
    from tkt.gitrepo.git import Git
    from tkt.gitrepo.history import GitHistory
    from tkt.gitrepo.past import PastRecorder
    from tkt.gitrepo.recording import GitRecorder, OnceTold
    from tkt.gitrepo.repository import Repository
    from tkt.store.index.catalogue import IndexedCatalogue
    from tkt.store.index.keeping import Progress
    from tkt.store.templates import TemplateFiles
    from tkt.usecases.compare import Sides

Part = TypeVar("Part")


def open_workspace(  # noqa: PLR0913  each is a choice of its own
    start: str = "",
    *,
    policy: CommitPolicy | None = None,
    dry_run: bool = False,
    rev: str | None = None,
    settings: Settings | None = None,
    index: bool = True,
    progress: Callable[[str, int, int], None] | None = None,
    once_told: OnceTold | None = None,
) -> Workspace:
    """The desk that a folder belongs to, with everything real.

    Args:
        start: a folder in it; "" for the current one.
        policy: what becomes of changes; None for what the settings say.
        dry_run: whether changes are only worked out.
        rev: the commit at which it is read, and cannot be changed; None for the working tree.
        settings: those with which it is read; None for its own.
        index: whether the index may answer; without it all files are read.
        progress: told how far a long look at files is.
        once_told: takes what is to happen once whoever typed the command knows what it did.

    Raises:
        NotFoundError: there is no store, or no such commit.
        InvalidStoreError: its settings have mistakes.
    """
    files, root, cache = store_files(start) if rev is None else past_store(start, rev)
    settings = settings or SettingsReader(files, cache).load()
    repository = _later(lambda: repository_of(root))
    identity = Identity(repository, settings)
    moment = now()
    tickets = TicketFiles(files, settings)
    database = os.path.join(os.path.dirname(cache), INDEX) if index and cache else ""
    catalogue = _later(lambda: _catalogue(tickets, database, progress))
    return Workspace(
        settings=settings,
        tickets=tickets,
        catalogue=catalogue,
        templates=_later(lambda: _templates(files)),
        files=files,
        recorder=_later(
            lambda: (
                recorder_of(repository, identity, moment, run_hooks=settings.run_hooks, once_told=once_told)
                if rev is None
                else _past_recorder(rev)
            )
        ),
        history=_later(lambda: _past(files, root)),
        identity=identity,
        now=moment,
        random_text=random_text,
        policy=policy or settings.commit,
        dry_run=dry_run,
        code=_later(lambda: _code(files, root, settings.key, catalogue if database else None))
        if cache
        else None,
    )


def open_comparison(commits: str | None, start: str = "") -> tuple[Workspace, Sides]:
    """The two states of the desk that a person wants compared, and the desk in the second one.

    Args:
        commits: `A..B`, `A...B` or `A`; None for the last commit and the working tree.
        start: a folder of the desk.

    Raises:
        NotFoundError: there is no store, no such commit, or no desk in the second one.
        UsageError: there is no working tree.
    """
    from tkt.gitrepo.comparing import changed_files
    from tkt.gitrepo.past import commit_ids, merge_base
    from tkt.usecases.compare import Sides, split_range

    if commits is None:
        return _uncommitted_sides(start)
    first, second, from_base = split_range(commits)
    ws = open_workspace(start, rev=second)
    files = cast("CommitFiles", ws.files)
    (before,) = commit_ids(files.git, [first])
    if from_base:
        before = merge_base(files.git, before, files.revision)
    old, new, ids = changed_files(files, before)
    return ws, Sides(ws.settings, TicketFiles(old, ws.settings), TicketFiles(new, ws.settings), ids)


def _uncommitted_sides(start: str) -> tuple[Workspace, Sides]:
    from tkt.domain.ids import ticket_of
    from tkt.gitrepo.commit_files import CommitFiles
    from tkt.gitrepo.past import commit_ids
    from tkt.usecases.compare import Sides

    ws = open_workspace(start)
    if not isinstance(ws.files, DiskFiles):
        raise UsageError("in a bare repository nothing waits for a commit", "Name commits: tkt diff A..B")
    place = place_of(start)
    committed = CommitFiles(place.git, commit_ids(place.git, ["HEAD"])[0], place.prefix)
    ids = {ticket_of(path) for path in ws.history.uncommitted()} - {""}
    before = TicketFiles(committed, ws.settings)
    return ws, Sides(ws.settings, before, ws.tickets, tuple(sorted(ids)))


class _Later:
    """Stands in for a part until something is asked of it: whoever only reads files loads nothing of Git."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._made: object = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = self._make()
        return getattr(self._made, name)


def _later(make: Callable[[], Part]) -> Part:
    """A part of the desk that is made when it is first needed."""
    return cast("Part", _Later(make))


def _catalogue(tickets: TicketFiles, database: str, progress: Progress | None) -> Catalogue:
    """Who answers for all tickets at once: the index, or the files alone where there is none."""
    if not database:
        return _scanned(tickets)
    from tkt.store.index.catalogue import IndexedCatalogue, quiet
    from tkt.store.index.sources import CommitTree, Source, WorkingTree

    files = tickets.files
    source: Source = (
        WorkingTree(files, tickets, begun(files.root))
        if isinstance(files, DiskFiles)
        else CommitTree(cast("CommitFiles", files), tickets)
    )
    return IndexedCatalogue(database, tickets, source, lambda: _scanned(tickets), progress or quiet)


def _code(files: Files, root: str, key: str, catalogue: Catalogue | None) -> Code:
    """The commits of code: through the index where it may be asked, and the branch is known."""
    if not isinstance(files, DiskFiles):
        past = cast("CommitFiles", files)
        return _code_log(past.git, key, "HEAD" if _is_apart(past.git, root) else past.revision)
    code = code_of(root)
    log = _later(lambda: _code_log(repository_of(code).git, key))
    if catalogue is None:
        return log
    from tkt.gitrepo.heads import head_of

    ref, head = head_of(code)
    if not head:
        return log
    from tkt.store.index.naming import IndexedCode

    return IndexedCode(cast("IndexedCatalogue", catalogue), log, f"{key} {ref}", head)


def _code_log(git: Git, key: str, revision: str = "HEAD") -> GitNamingLog:
    from tkt.gitrepo.codelog import GitNamingLog

    return GitNamingLog(git, key, revision)


def _scanned(tickets: TicketFiles) -> Catalogue:
    from tkt.store.scanning import ScannedCatalogue

    return ScannedCatalogue(tickets)


def _templates(files: Files) -> TemplateFiles:
    from tkt.store.templates import TemplateFiles

    return TemplateFiles(files)


def repository_of(root: str) -> Repository:
    """The repository that a folder belongs to."""
    from tkt.gitrepo.repository import Repository

    return Repository(root)


def _is_apart(git: Git, root: str) -> bool:
    """Whether the desk of a bare repository has a branch of its own."""
    from tkt.gitrepo.worktrees import own_branch

    return git.bare and bool(own_branch(root))


def code_of(root: str) -> str:
    """The folder of the code that a desk is about: its own, unless it has a branch of its own."""
    if not os.path.isfile(os.path.join(root, ".git")):
        return root
    from tkt.gitrepo.worktrees import code_folder  # start-up: most desks do without

    return code_folder(root)


def _history(root: str) -> GitHistory:
    from tkt.gitrepo.history import GitHistory

    return GitHistory(repository_of(root), repository_of(code_of(root)))


def _past(files: Files, root: str) -> History:
    """What Git remembers, where there is a working tree to compare with."""
    if isinstance(files, DiskFiles):
        return _history(root)
    from tkt.gitrepo.bare import BareHistory
    from tkt.gitrepo.commit_files import CommitFiles

    bare = isinstance(files, CommitFiles) and files.git.bare
    return BareHistory() if bare else _history(root)


def recorder_of(
    repository: Repository,
    identity: IdentitySource,
    moment: datetime,
    *,
    run_hooks: bool = False,
    once_told: OnceTold | None = None,
) -> GitRecorder:
    """Writes files, and has Git record exactly them."""
    from tkt.gitrepo.history import GitHistory
    from tkt.gitrepo.recording import GitRecorder

    history = GitHistory(repository)
    return GitRecorder(repository, history, identity, moment, run_hooks=run_hooks, once_told=once_told)


def _past_recorder(rev: str) -> PastRecorder:
    from tkt.gitrepo.past import PastRecorder

    return PastRecorder(rev)


def commit_names() -> list[tuple[str, str]]:
    """What commits of the desk's repository can be called, each with a subject.

    Raises:
        NotFoundError: there is no repository.
    """
    from tkt.gitrepo.past import names_of_commits

    return names_of_commits(place_of("").git)


def configured_editor() -> str:
    """The editor that Git would open; "" when it knows none."""
    from tkt.gitrepo.git import Git

    git = Git(os.curdir)
    status, out, _ = git.attempt("var", "GIT_EDITOR")
    return "" if status else out.decode("utf-8", "surrogateescape").strip()

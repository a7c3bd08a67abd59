"""What looks a desk over: as it stands, as it was, and as the next commit will have it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from tkt.domain.ids import SETTINGS, ticket_of, ticket_path
from tkt.domain.settings import CommitPolicy, Settings
from tkt.domain.succession import SKEW, Bench
from tkt.errors import InvalidStoreError, NotAllowedError, NotFoundError, Problem, UsageError
from tkt.store.auditing import FilesAuditor
from tkt.store.files import DiskFiles
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles
from tkt.usecases.check import Auditor, Staged
from tkt.usecases.workspace import Files, Tickets, Workspace
from tkt.wiring.ahead import find_store
from tkt.wiring.desk import open_workspace, repository_of
from tkt.wiring.machine import Identity, now
from tkt.wiring.places import git_folder, place_of

if TYPE_CHECKING:
    from tkt.gitrepo.staging import NextCommit
    from tkt.store.index.catalogue import IndexedCatalogue
    from tkt.store.layout import AuditedFiles

_CACHE = os.path.join("tkt", "settings-committed")
"""Settings of the last commit; apart from those of the working tree, which may differ."""

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable with which GitHub names a file for what a job wants read."""


def open_audit(
    rev: str | None = None,
    *,
    index: bool = True,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Workspace, Auditor]:
    """The desk, and who looks it over.

    Args:
        rev: the commit at which it is looked over; None for the working tree.
        index: whether the index may remember what was found in files that have not changed.
        progress: told how far a long look at files is.

    Raises:
        NotFoundError: there is no store, or no such commit.
        InvalidStoreError: its settings have mistakes.
    """
    from tkt.store.index.spreading import spread

    ws = open_workspace(rev=rev, index=index, progress=progress)
    files = cast("AuditedFiles", ws.files)
    plain = FilesAuditor(files, ws.settings, ws.now, spread)
    if not hasattr(ws.catalogue, "ask"):  # there is no index
        return ws, plain
    from tkt.store.index.verdicts import IndexedAuditor

    return ws, IndexedAuditor(cast("IndexedCatalogue", ws.catalogue), plain)


def kept_out() -> int:
    """How many files of tickets a sparse checkout keeps out of the desk's working tree."""
    from tkt.gitrepo.inspection import kept_out

    try:
        return kept_out(find_store())
    except NotFoundError:  # a bare repository
        return 0


def open_staged() -> tuple[Staged, Bench]:
    """What Git is about to commit, and what it is held against.

    Raises:
        NotFoundError: there is no store, or no repository.
        InvalidStoreError: the settings have mistakes, before and after.
    """
    from tkt.gitrepo.staging import next_commit

    root = find_store()
    repository = repository_of(root)
    commit = next_commit(repository)
    committed = _settings_before(commit, root)
    problems = _settings_problems(commit)
    ahead = _load(commit.now) if problems == () else committed
    settings = committed or ahead
    if settings is None:
        raise InvalidStoreError(problems or (), "Mend them; tkt config check looks again.")
    moment = now()
    torn = {ticket_of(each) for each in commit.unmerged}
    ids = {ticket_of(path) for path in commit.changed} - torn - {""}
    staged = Staged(
        before=[FilesAuditor(each, settings, moment) for each in commit.before],
        now=FilesAuditor(commit.now, ahead or settings, moment),
        ids=tuple(sorted(ids)),
        misplaced=frozenset(path for path in commit.changed if not ticket_of(path)),
        settings=problems,
        unmerged=commit.unmerged,
        actor=_likely(Identity(repository, settings)) if problems is not None or _brings(commit, ids) else "",
    )
    return staged, Bench(settings, moment + SKEW, judges=committed is not None)


def _brings(commit: NextCommit, ids: Collection[str]) -> bool:
    """Whether there are tickets that were not there: they may have come from elsewhere, with their past."""
    return not all(ticket_path(each) in files.listing() for files in commit.before for each in ids)


def _likely(identity: Identity) -> str:
    """Who is likely to commit; "" when nobody is known."""
    try:
        actor = identity.actor()
    except UsageError:
        return ""
    return actor.id if actor else ""


def _settings_problems(commit: NextCommit) -> tuple[Problem, ...] | None:
    """What is wrong with the settings of the next commit; None when they are those of the last one."""
    if not any(path.startswith(f"{SETTINGS}/") for path in commit.changed):
        return None
    return tuple(SettingsReader(commit.now).problems())


def _settings_before(commit: NextCommit, root: str) -> Settings | None:
    """The settings of the last commit; None where there are none, or they have mistakes."""
    if not commit.before or f"{SETTINGS}/" not in commit.before[0].names(""):
        return None
    git_dir = git_folder(root)
    return _load(commit.before[0], os.path.join(git_dir, _CACHE) if git_dir else "")


def _load(files: Files, cache: str = "") -> Settings | None:
    try:
        return SettingsReader(files, cache).load()
    except InvalidStoreError:
        return None


def path_in_store(word: str) -> str | None:
    """A path of the current folder as the store has it: "" for the store itself; None for one outside it."""
    inside = os.path.relpath(os.path.realpath(word), os.path.realpath(find_store()))
    if inside == os.curdir:
        return ""
    return None if inside.split(os.sep)[0] == os.pardir else inside.replace(os.sep, "/")


def append_summary(text: str) -> None:
    """Put a text where GitHub shows it beside a job, where it has said where that is."""
    place = os.environ.get(SUMMARY)
    if not place:
        return
    try:
        with open(place, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise NotFoundError(f"{SUMMARY}={place} cannot be written: {error.strerror}") from error


def write_whole(path: str, text: str) -> None:
    """Write a file that a person has named: all of it, or nothing.

    Raises:
        NotAllowedError: it cannot be written, or something else than a file is there.
    """
    if os.path.lexists(path) and not os.path.isfile(path):
        raise NotAllowedError(f"{path} is no file", "Name a file.")
    draft = f"{path}.{os.getpid()}.tkt"
    try:
        with open(draft, "x", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(draft)
        way_out = "Name a file in a folder that is there and may be written to."
        raise NotAllowedError(f"{path} cannot be written: {error.strerror}", way_out) from error


def open_recording(*, policy: CommitPolicy | None = None, dry_run: bool = False) -> tuple[Workspace, Tickets]:
    """The desk of the working tree, and its tickets in the last commit.

    Args:
        policy: what becomes of changes; None for what the settings say.
        dry_run: whether changes are only worked out.

    Raises:
        NotFoundError: there is no store, or no repository.
        UsageError: there is no working tree.
    """
    from tkt.gitrepo.commit_files import CommitFiles
    from tkt.gitrepo.past import commit_ids
    from tkt.gitrepo.staging import ListedFiles

    ws = open_workspace(policy=policy, dry_run=dry_run)
    if not isinstance(ws.files, DiskFiles):
        raise UsageError("in a bare repository nobody edits files", "Work in a clone of it.")
    place = place_of("")
    try:
        files: Files = CommitFiles(place.git, commit_ids(place.git, ["HEAD"])[0], place.prefix)
    except NotFoundError:  # before the first commit
        files = ListedFiles(place.git, {})
    return ws, TicketFiles(files, ws.settings)

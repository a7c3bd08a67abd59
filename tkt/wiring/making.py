"""New desks, the sample desk, and a look at the machine they stand on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tkt.domain.ids import SETTINGS
from tkt.domain.settings import CommitPolicy
from tkt.errors import InvalidStoreError, NotFoundError, UsageError
from tkt.store.files import DiskFiles
from tkt.store.settings import SettingsReader
from tkt.usecases.workspace import FileWrite, Note, Workspace, nobody_known
from tkt.wiring.ahead import INDEX
from tkt.wiring.desk import code_of, open_workspace, recorder_of, repository_of
from tkt.wiring.machine import Identity, now
from tkt.wiring.places import store_files

if TYPE_CHECKING:
    from tkt.gitrepo.repository import Repository
    from tkt.usecases.doctor import Machine
    from tkt.usecases.setup import NewDesk

DEMO_IDENTITY = ("Ana Silva", "ana@example.com")
"""Who works at a sample desk where Git knows nobody."""


def new_desk(folder: str, *, key: str, commit: CommitPolicy | None, workflow: str = "default") -> NewDesk:
    """Make a desk in a repository, and the repository where there is none; what is there stays.

    Args:
        folder: in the working tree.
        key: the project key.
        commit: what becomes of changes; None for `auto` in a repository of its own, else `stage`.
        workflow: the one it begins with, by its name in `usecases/setup.py`.

    Raises:
        UsageError: the key cannot be one, or nobody is known who could commit.
        ConflictError: Git is in the middle of something, or `.gitattributes` has edits.
    """
    from tkt.gitrepo import inspection
    from tkt.usecases.setup import NewDesk, require_key, setup_writes

    require_key(key)
    near = existing(folder)
    # Nothing is made before it is known that all will go well.
    if not _in_repository(near):
        require_author(repository_of(near), commit or CommitPolicy.AUTO)
        near = folder
    root = inspection.start_repository(near)
    repository = repository_of(root)
    usual = CommitPolicy.STAGE if inspection.has_other_files(repository) else CommitPolicy.AUTO
    chosen = commit or _policy_in_force(root) or usual
    writes = setup_writes(DiskFiles(root), key, chosen, Identity(repository, None).actor(), workflow)
    if writes:
        require_author(repository, chosen)
        _write_desk(repository, writes, chosen)
    return NewDesk(root, tuple(write.path for write in writes), chosen)


def _policy_in_force(root: str) -> CommitPolicy | None:
    """What a desk that is here already does with changes; None where there is none."""
    files = DiskFiles(root)
    try:
        files.read(f"{SETTINGS}/project.yaml")
        return SettingsReader(files).load().commit
    except (FileNotFoundError, InvalidStoreError):
        return None


def existing(folder: str) -> str:
    """A folder, or the nearest one above it that is there."""
    place = os.path.abspath(folder)
    while not os.path.exists(place):
        place = os.path.dirname(place)
    return place


def _in_repository(folder: str) -> bool:
    """Whether a folder is in a repository with a working tree.

    Raises:
        TktError: it is in a bare one.
    """
    try:
        return bool(repository_of(folder).layout.top)
    except NotFoundError:
        return False


def require_author(repository: Repository, policy: CommitPolicy) -> None:
    """See that somebody is known who can make a commit, where one is to be made."""
    if policy in {CommitPolicy.AUTO, CommitPolicy.AMEND} and Identity(repository, None).actor() is None:
        raise nobody_known()


def demo_desk(folder: str) -> NewDesk:
    """Make the sample desk in a new folder; the same for the same TKT_NOW.

    Raises:
        UsageError: the folder is there and not empty.
    """
    from tkt.gitrepo import inspection
    from tkt.usecases.demo import DEMO_SETTINGS, demo_setting, demo_stories
    from tkt.usecases.record import record_stories
    from tkt.usecases.setup import NewDesk, setup_files, shipped_settings

    if os.path.isdir(folder) and os.listdir(folder):
        raise UsageError(f"{folder} is not empty", "Name a folder that does not exist yet.")
    root = inspection.start_repository(folder, own=True)
    repository = repository_of(root)
    if repository.identity() is None:
        inspection.set_identity(repository, *DEMO_IDENTITY)
    texts = shipped_settings() | {name: demo_setting(name, now()) for name in DEMO_SETTINGS}
    writes = setup_files(DiskFiles(root), texts)
    _write_desk(repository_of(root), writes, CommitPolicy.AUTO)
    ws = open_workspace(root, policy=CommitPolicy.AUTO)
    stories = demo_stories(ws.settings, ws.now)
    record_stories(ws, stories, lambda count: Note(f"Open {count} sample tickets", (("Import", "demo"),)))
    return NewDesk(root, tuple(write.path for write in writes), CommitPolicy.AUTO, len(stories))


def _write_desk(repository: Repository, writes: list[FileWrite], policy: CommitPolicy) -> None:
    identity = Identity(repository, None)
    recorder = recorder_of(repository, identity, now())
    recorder.record(writes, Note("Start a ticket desk", (("Setup", "tkt"),)), policy)


def examine_machine(start: str = "") -> tuple[Workspace, Machine]:
    """The desk, and what the machine and the repository look like."""
    import importlib.util

    from tkt.gitrepo import inspection
    from tkt.gitrepo.leftovers import leftovers
    from tkt.gitrepo.merging import has_driver
    from tkt.gitrepo.repository import bare_repository
    from tkt.store.index.database import examined
    from tkt.usecases.doctor import Machine
    from tkt.usecases.setup import ATTRIBUTES

    ws = open_workspace(start)
    _, root, cache = store_files(start)
    repository = repository_of(root)
    try:
        attributes = ws.files.read(ATTRIBUTES).decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        attributes = []
    extras = {name: importlib.util.find_spec(name) is not None for name in ("rich", "jsonschema", "tabulate")}
    version = inspection.git_version()
    writable = os.access(cache, os.R_OK | os.W_OK) if os.path.exists(cache) else None
    database = os.path.join(os.path.dirname(cache), INDEX)
    bare = root == bare_repository(root)
    return ws, Machine(
        git_version=version,
        busy="" if bare else inspection.busy_with(repository),
        attributes=[line.strip() for line in attributes],
        leftovers=[] if bare else leftovers(repository, now()),
        prune_now=repository.config.get("gc.pruneexpire", "") == "now" if not bare else False,
        cache=writable,
        index=examined(database) if cache and os.path.lexists(database) else None,
        caches=os.path.relpath(os.path.dirname(cache) or os.curdir),
        extras=extras,
        driver=None if bare else has_driver(repository),
        own_branch=None if bare else inspection.own_branch_of(root, code_of(root)),
        folder=os.path.relpath(root),
        kept_out=0 if bare else inspection.kept_out(root),
    )


def mend_machine(start: str = "") -> list[str]:
    """Clear away what commands that were cut off have left behind; what was done, in sentences."""
    import shutil

    from tkt.gitrepo.leftovers import clear
    from tkt.gitrepo.repository import bare_repository
    from tkt.store.index.database import examined

    _, root, cache = store_files(start)
    done = [] if root == bare_repository(root) else clear(repository_of(root), now())
    database = os.path.join(os.path.dirname(cache), INDEX)
    if cache and os.path.lexists(database) and examined(database)[1]:
        shutil.rmtree(os.path.dirname(cache), ignore_errors=True)
        done.append("the index is gone; the next list makes it anew")
    return done

"""The only place that plugs the real disk, Git, clock, ids and environment in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tkt.domain.fields import parse_time
from tkt.domain.ids import ALPHABET
from tkt.domain.settings import CommitPolicy, Settings
from tkt.errors import NotFoundError, UsageError
from tkt.gitrepo.git import Git
from tkt.gitrepo.history import CommitFiles, GitHistory
from tkt.gitrepo.recording import GitRecorder
from tkt.gitrepo.repository import Repository, bare_repository, git_folder
from tkt.store.files import DiskFiles
from tkt.store.settings import SettingsReader
from tkt.store.templates import TemplateFiles
from tkt.store.tickets import TicketFiles
from tkt.usecases.workspace import SETTINGS, Actor, Files, FileWrite, Note, Workspace

DEMO_IDENTITY = ("Ana Silva", "ana@example.com")
"""Who works at a sample desk where Git knows nobody."""

_CACHE = os.path.join("tkt", "settings.json")


def now() -> datetime:
    """The moment of this command, UTC, to the second; TKT_NOW overrides it.

    Raises:
        UsageError: TKT_NOW is not RFC 3339 with a zone.
    """
    said = os.environ.get("TKT_NOW")
    if not said:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return parse_time(said)
    except ValueError:
        raise UsageError(f"TKT_NOW={said!r} is not a moment", "Write it as 2026-11-22T09:00:00Z.") from None


def random_text(length: int) -> str:
    """That many random characters of an id."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in os.urandom(length))


class Identity:
    """Who is at the keyboard: TKT_ACTOR, else whom Git's configuration names.

    Args:
        repository: whose configuration is asked.
        settings: the people it may name; None before there are any.
    """

    def __init__(self, repository: Repository, settings: Settings | None) -> None:
        self.repository = repository
        self.settings = settings

    def actor(self) -> Actor | None:
        """Who, or None when nobody has said."""
        said = os.environ.get("TKT_ACTOR", "").strip()
        if not said:
            return self.repository.identity()
        name, _, rest = said.partition("<")
        email = rest.rstrip("> ") or said
        person = self.settings.people.find(email) if self.settings else None
        if person:
            return Actor(person.email, person.name, person.email)
        return Actor(email, name.strip() or email, email)


if TYPE_CHECKING:
    from tkt.usecases.doctor import Machine


@dataclass(frozen=True, slots=True)
class NewDesk:
    """What was made.

    Args:
        root: the top of the working tree.
        written: the files that were missing.
        commit: what becomes of changes.
        tickets: how many sample tickets there are.
    """

    root: str
    written: tuple[str, ...]
    commit: CommitPolicy
    tickets: int = 0


def find_store(start: str = "") -> str:
    """The folder with the store: TKT_DIR, or the nearest one upwards that has `.tkt/`.

    Raises:
        NotFoundError: there is none.
    """
    named = os.environ.get("TKT_DIR")
    if named:
        if not os.path.isdir(os.path.join(named, SETTINGS)):
            raise NotFoundError(
                f"TKT_DIR={named} has no {SETTINGS} folder", "tkt init makes one in a repository."
            )
        return os.path.abspath(named)
    folder = os.path.abspath(start or os.curdir)
    while not os.path.isdir(os.path.join(folder, SETTINGS)):
        parent = os.path.dirname(folder)
        if parent == folder:
            raise NotFoundError(
                "no ticket desk here or in any folder above",
                "tkt init makes one in a Git repository.",
            )
        folder = parent
    return folder


def store_files(start: str = "") -> tuple[Files, str, str]:
    """The files of the store that a folder belongs to, its root, and where its cache is.

    Raises:
        NotFoundError: there is no store.
    """
    try:
        root = find_store(start)
    except NotFoundError:
        bare = bare_repository(start or os.curdir)
        if not bare:
            raise
        files = CommitFiles(Git(bare, bare), "HEAD")
        if f"{SETTINGS}/" not in files.names(""):
            raise
        return files, bare, os.path.join(bare, _CACHE)
    git_dir = git_folder(root)
    return DiskFiles(root), root, os.path.join(git_dir, _CACHE) if git_dir else ""


def settings_reader(start: str = "") -> SettingsReader:
    """Reads the settings of the store that a folder belongs to."""
    files, _, cache = store_files(start)
    return SettingsReader(files, cache)


def open_workspace(
    start: str = "", *, policy: CommitPolicy | None = None, dry_run: bool = False
) -> Workspace:
    """The desk that a folder belongs to, with everything real.

    Args:
        start: a folder in it; "" for the current one.
        policy: what becomes of changes; None for what the settings say.
        dry_run: whether changes are only worked out.

    Raises:
        NotFoundError: there is no store.
        InvalidStoreError: its settings have mistakes.
    """
    files, root, cache = store_files(start)
    settings = SettingsReader(files, cache).load()
    repository = Repository(root)
    history = GitHistory(repository)
    identity = Identity(repository, settings)
    moment = now()
    return Workspace(
        settings=settings,
        tickets=TicketFiles(files, settings),
        templates=TemplateFiles(files),
        files=files,
        recorder=GitRecorder(repository, history, identity, moment, run_hooks=settings.run_hooks),
        history=history,
        identity=identity,
        now=moment,
        random_text=random_text,
        policy=policy or settings.commit,
        dry_run=dry_run,
    )


def configured_editor() -> str:
    """The editor that Git would open; "" when it knows none."""
    git = Git(os.curdir)
    status, out, _ = git.attempt("var", "GIT_EDITOR")
    return "" if status else out.decode("utf-8", "surrogateescape").strip()


def new_desk(folder: str, *, key: str, commit: CommitPolicy | None) -> NewDesk:
    """Make a desk in a repository, and the repository where there is none; what is there stays.

    Args:
        folder: in the working tree.
        key: the project key.
        commit: what becomes of changes; None for `auto` in a repository of its own, else `stage`.

    Raises:
        UsageError: the key cannot be one, or nobody is known who could commit.
        ConflictError: Git is in the middle of something, or `.gitattributes` has edits.
    """
    from tkt.gitrepo import inspection
    from tkt.usecases.setup import setup_writes

    root = inspection.start_repository(folder)
    repository = Repository(root)
    files = DiskFiles(root)
    chosen = commit or (CommitPolicy.STAGE if inspection.has_other_files(repository) else CommitPolicy.AUTO)
    actor = Identity(repository, None).actor()
    writes = setup_writes(files, key, chosen, actor)
    if writes:
        _write_desk(repository, writes, chosen)
    return NewDesk(root, tuple(write.path for write in writes), chosen)


def demo_desk(folder: str) -> NewDesk:
    """Make the sample desk in a new folder; the same for the same TKT_NOW.

    Raises:
        UsageError: the folder is there and not empty.
    """
    from tkt.gitrepo import inspection
    from tkt.usecases.demo import DEMO_SETTINGS, demo_setting, demo_stories
    from tkt.usecases.record import record_stories
    from tkt.usecases.setup import setup_files, shipped_settings

    if os.path.isdir(folder) and os.listdir(folder):
        raise UsageError(f"{folder} is not empty", "Name a folder that does not exist yet.")
    root = inspection.start_repository(folder, own=True)
    repository = Repository(root)
    if repository.identity() is None:
        inspection.set_identity(repository, *DEMO_IDENTITY)
    texts = shipped_settings() | {name: demo_setting(name, now()) for name in DEMO_SETTINGS}
    writes = setup_files(DiskFiles(root), texts)
    _write_desk(Repository(root), writes, CommitPolicy.AUTO)
    ws = open_workspace(root, policy=CommitPolicy.AUTO)
    stories = demo_stories(ws.settings, ws.now)
    record_stories(ws, stories, lambda count: Note(f"Open {count} sample tickets", (("Import", "demo"),)))
    return NewDesk(root, tuple(write.path for write in writes), CommitPolicy.AUTO, len(stories))


def _write_desk(repository: Repository, writes: list[FileWrite], policy: CommitPolicy) -> None:
    identity = Identity(repository, None)
    recorder = GitRecorder(repository, GitHistory(repository), identity, now())
    recorder.record(writes, Note("Start a ticket desk", (("Setup", "tkt"),)), policy)


def examine_machine(start: str = "") -> tuple[Workspace, Machine]:
    """The desk, and what the machine and the repository look like."""
    import importlib.util

    from tkt.gitrepo import inspection
    from tkt.usecases.doctor import Machine
    from tkt.usecases.setup import ATTRIBUTES

    ws = open_workspace(start)
    _, root, cache = store_files(start)
    repository = Repository(root)
    try:
        attributes = ws.files.read(ATTRIBUTES).decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        attributes = []
    extras = {name: importlib.util.find_spec(name) is not None for name in ("rich", "jsonschema", "tabulate")}
    version = inspection.git_version()
    writable = os.access(cache, os.R_OK | os.W_OK) if os.path.exists(cache) else None
    bare = root == bare_repository(root)
    return ws, Machine(
        git_version=version,
        busy="" if bare else inspection.busy_with(repository),
        attributes=[line.strip() for line in attributes],
        leftovers=[] if bare else inspection.leftovers(repository),
        prune_now=repository.config.get("gc.pruneexpire", "") == "now" if not bare else False,
        cache=writable,
        extras=extras,
    )


def settings_here() -> Settings | None:
    """The settings of the desk of the current folder; None outside one."""
    try:
        return settings_reader().load()
    except NotFoundError:
        return None

"""The only place that plugs the real disk, Git, clock, ids and environment in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tkt.domain.fields import clean_line, parse_time
from tkt.domain.ids import ALPHABET
from tkt.domain.settings import CommitPolicy, Settings
from tkt.errors import InvalidStoreError, NotFoundError, UsageError
from tkt.store.files import DiskFiles
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles
from tkt.usecases.workspace import SETTINGS, Actor, Files, FileWrite, History, Note, Workspace, nobody_known

if TYPE_CHECKING:
    from tkt.gitrepo.history import GitHistory
    from tkt.gitrepo.recording import GitRecorder
    from tkt.gitrepo.repository import Repository
    from tkt.store.templates import TemplateFiles
    from tkt.usecases.doctor import Machine
    from tkt.usecases.setup import NewDesk

Part = TypeVar("Part")

DEMO_IDENTITY = ("Ana Silva", "ana@example.com")
"""Who works at a sample desk where Git knows nobody."""

_ACTOR = re.compile(r"(?:(?P<name>[^<>]*)<)?(?P<email>[^<>]*[^<>\s][^<>]*)>?")
_LONGEST_NAME = 200
_CACHE = os.path.join("tkt", "settings")


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
        """Who, or None when nobody has said.

        Raises:
            UsageError: what was said cannot be somebody's name.
        """
        said = clean_line(os.environ.get("TKT_ACTOR", ""), "TKT_ACTOR", _LONGEST_NAME)
        if not said:
            return _presentable(self.repository.identity())
        match = _ACTOR.fullmatch(said)
        if match is None:
            raise UsageError(
                f"TKT_ACTOR={said!r} is nobody's name", "Write a handle, an address, or NAME <ADDRESS>."
            )
        email = match["email"].strip()
        person = self.settings.people.find(email) if self.settings else None
        if person:
            return Actor(person.email, person.name, person.email)
        return Actor(email, (match["name"] or "").strip() or email, email)


def _presentable(actor: Actor | None) -> Actor | None:
    """Whom Git names, when a terminal may show it: a repository's configuration may be a stranger's."""
    if actor:
        clean_line(actor.email, "Git's user.email", _LONGEST_NAME)
        clean_line(actor.name, "Git's user.name", _LONGEST_NAME)
    return actor


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
        from tkt.gitrepo.repository import bare_repository

        bare = bare_repository(start or os.environ.get("TKT_DIR") or os.curdir)
        if not bare:
            raise
        files = _files_at_head(bare)
        if not _has_desk(files):
            raise
        return files, bare, os.path.join(bare, _CACHE)
    git_dir = _git_folder(root)
    return DiskFiles(root), root, os.path.join(git_dir, _CACHE) if git_dir else ""


def _git_folder(root: str) -> str:
    """Where the cache may be; "" outside any repository."""
    beside = os.path.join(root, ".git")
    if os.path.isdir(beside):
        return beside
    from tkt.gitrepo.repository import git_folder  # a worktree, a submodule, a store deeper in the tree

    return git_folder(root)


def _files_at_head(bare: str) -> Files:
    from tkt.gitrepo.git import Git
    from tkt.gitrepo.history import CommitFiles

    return CommitFiles(Git(bare, bare), "HEAD")


def _has_desk(files: Files) -> bool:
    """Whether there is a desk in a commit; a repository may have no commit yet."""
    try:
        return f"{SETTINGS}/" in files.names("")
    except NotFoundError:
        return False


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
    repository = _later(lambda: _repository(root))
    identity = Identity(repository, settings)
    moment = now()
    return Workspace(
        settings=settings,
        tickets=TicketFiles(files, settings),
        templates=_later(lambda: _templates(files)),
        files=files,
        recorder=_later(lambda: _recorder(repository, identity, moment, run_hooks=settings.run_hooks)),
        history=_later(lambda: _past(files, repository)),
        identity=identity,
        now=moment,
        random_text=random_text,
        policy=policy or settings.commit,
        dry_run=dry_run,
    )


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


def _templates(files: Files) -> TemplateFiles:
    from tkt.store.templates import TemplateFiles

    return TemplateFiles(files)


def _repository(root: str) -> Repository:
    from tkt.gitrepo.repository import Repository

    return Repository(root)


def _history(repository: Repository) -> GitHistory:
    from tkt.gitrepo.history import GitHistory

    return GitHistory(repository)


def _past(files: Files, repository: Repository) -> History:
    """What Git remembers, where there is a working tree to compare with."""
    if isinstance(files, DiskFiles):
        return _history(repository)
    from tkt.gitrepo.bare import BareHistory

    return BareHistory()


def _recorder(
    repository: Repository, identity: Identity, moment: datetime, *, run_hooks: bool = False
) -> GitRecorder:
    from tkt.gitrepo.recording import GitRecorder

    return GitRecorder(repository, _history(repository), identity, moment, run_hooks=run_hooks)


def configured_editor() -> str:
    """The editor that Git would open; "" when it knows none."""
    from tkt.gitrepo.git import Git

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
    from tkt.usecases.setup import NewDesk, require_key, setup_writes

    require_key(key)
    near = _existing(folder)
    # Nothing is made before it is known that all will go well.
    if not _in_repository(near):
        _require_author(_repository(near), commit or CommitPolicy.AUTO)
        near = folder
    root = inspection.start_repository(near)
    repository = _repository(root)
    usual = CommitPolicy.STAGE if inspection.has_other_files(repository) else CommitPolicy.AUTO
    chosen = commit or _policy_in_force(root) or usual
    writes = setup_writes(DiskFiles(root), key, chosen, Identity(repository, None).actor())
    if writes:
        _require_author(repository, chosen)
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


def _existing(folder: str) -> str:
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
        return bool(_repository(folder).layout.top)
    except NotFoundError:
        return False


def _require_author(repository: Repository, policy: CommitPolicy) -> None:
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
    repository = _repository(root)
    if repository.identity() is None:
        inspection.set_identity(repository, *DEMO_IDENTITY)
    texts = shipped_settings() | {name: demo_setting(name, now()) for name in DEMO_SETTINGS}
    writes = setup_files(DiskFiles(root), texts)
    _write_desk(_repository(root), writes, CommitPolicy.AUTO)
    ws = open_workspace(root, policy=CommitPolicy.AUTO)
    stories = demo_stories(ws.settings, ws.now)
    record_stories(ws, stories, lambda count: Note(f"Open {count} sample tickets", (("Import", "demo"),)))
    return NewDesk(root, tuple(write.path for write in writes), CommitPolicy.AUTO, len(stories))


def _write_desk(repository: Repository, writes: list[FileWrite], policy: CommitPolicy) -> None:
    identity = Identity(repository, None)
    recorder = _recorder(repository, identity, now())
    recorder.record(writes, Note("Start a ticket desk", (("Setup", "tkt"),)), policy)


def examine_machine(start: str = "") -> tuple[Workspace, Machine]:
    """The desk, and what the machine and the repository look like."""
    import importlib.util

    from tkt.gitrepo import inspection
    from tkt.gitrepo.repository import bare_repository
    from tkt.usecases.doctor import Machine
    from tkt.usecases.setup import ATTRIBUTES

    ws = open_workspace(start)
    _, root, cache = store_files(start)
    repository = _repository(root)
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

"""A small desk in a real repository, and what tests ask of it."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tkt.domain.settings import CommitPolicy
from tkt.gitrepo.history import GitHistory
from tkt.gitrepo.recording import GitRecorder
from tkt.gitrepo.repository import Repository
from tkt.usecases.workspace import Actor, FileWrite, IdentitySource, LastChange, Note, Receipt

ANA = Actor("ana@example.com", "Ana Silva", "ana@example.com")
BOB = Actor("bob@example.com", "Bob Okafor", "bob@example.com")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TICKET = "tickets/2026-11/TKT-2j7k3q9.md"
ENTRY = "tickets/2026-11/TKT-2j7k3q9/20261122T090000Z-x7k2.md"
OTHER = "tickets/2026-11/TKT-2j7zzzz.md"
TEXT = b"---\nid: TKT-2j7k3q9\n\nstatus: new\n---\n"
DONE = TEXT.replace(b"new", b"done")
ATTRIBUTES = "tickets/** text eol=lf\ntickets/**/files/** -text\n"
TRAILER = ("Ticket", "TKT-2j7k3q9")


def run(folder: Path, *args: str, stdin: bytes = b"") -> str:
    """What a Git command prints, run as a person would."""
    done = subprocess.run(["git", *args], cwd=folder, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, (args, done.stderr.decode())
    return done.stdout.decode()


def fails(folder: Path, *args: str) -> str:
    """What Git complains of in a command that is to stop half-way."""
    done = subprocess.run(["git", *args], cwd=folder, capture_output=True, check=False)
    assert done.returncode != 0, args
    return done.stderr.decode()


@dataclass(frozen=True)
class Person:
    """Somebody at the keyboard."""

    who: Actor | None = ANA

    def actor(self) -> Actor | None:
        return self.who


class Desk:
    """A desk at `root`, in the repository that the folder belongs to."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *args: str, stdin: bytes = b"") -> str:
        return run(self.root, *args, stdin=stdin)

    def put(self, path: str, data: bytes | str) -> Path:
        """Write a file by hand."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data if isinstance(data, bytes) else data.encode())
        return target

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def commit(self, message: str = "by hand") -> str:
        """Commit everything by hand."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", message)
        return self.head

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    @property
    def status(self) -> list[str]:
        return self.git("status", "--porcelain", "--untracked-files=all").splitlines()

    @property
    def subjects(self) -> list[str]:
        """The first lines of all commits, newest first."""
        return self.git("log", "--format=%s").splitlines()

    def at_head(self, path: str) -> str:
        return self.git("show", f"HEAD:./{path}")

    @property
    def repository(self) -> Repository:
        return Repository(str(self.root))

    @property
    def history(self) -> GitHistory:
        return GitHistory(self.repository)

    def recorder(
        self, who: Actor | None = ANA, *, now: datetime = NOW, run_hooks: bool = False
    ) -> GitRecorder:
        return self.recorder_of(Person(who), now=now, run_hooks=run_hooks)

    def recorder_of(
        self, identity: IdentitySource, *, now: datetime = NOW, run_hooks: bool = False
    ) -> GitRecorder:
        history = self.history
        return GitRecorder(history.repository, history, identity, now, run_hooks=run_hooks)

    def write(self, path: str, data: bytes | None) -> FileWrite:
        """A write that starts from what is there."""
        target = self.root / path
        return FileWrite(path, data, target.read_bytes() if target.exists() else None)

    def record(
        self,
        *writes: FileWrite,
        subject: str = "TKT-2j7k3q9: status: new -> done",
        policy: CommitPolicy = CommitPolicy.AUTO,
        who: Actor = ANA,
        run_hooks: bool = False,
    ) -> Receipt:
        return self.recorder(who, run_hooks=run_hooks).record(writes, Note(subject, (TRAILER,)), policy)

    def finish(self, policy: CommitPolicy = CommitPolicy.AUTO, *, run_hooks: bool = False) -> Receipt:
        """Set the ticket to done, with an entry."""
        writes = self.write(ENTRY, b"entry\n"), self.write(TICKET, DONE)
        return self.record(*writes, policy=policy, run_hooks=run_hooks)

    def last(self, who: Actor = ANA) -> LastChange:
        last = self.history.last_change(who)
        assert last is not None
        return last

    def rewind(self) -> Receipt:
        return self.recorder().rewind(self.last())

    def hook(self, name: str, *lines: str) -> None:
        """Install a hook of the person's own."""
        path = Path(self.git("rev-parse", "--path-format=absolute", "--git-path", f"hooks/{name}").strip())
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(("#!/bin/sh", *lines, "")), encoding="utf-8")
        path.chmod(0o755)

    def git_dirs(self) -> Sequence[Path]:
        words = self.git("rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir")
        return [Path(line) for line in words.rstrip("\n").split("\n")]

    def leftovers(self) -> list[str]:
        """What a command should have cleaned up after itself."""
        names = {path.name for folder in self.git_dirs() for path in folder.iterdir()}
        found = [each for each in names if each.startswith(("index.", "fast_import"))]
        found += [path.name for path in self.root.rglob(".tkt-draft-*")]
        return found + self.git("for-each-ref", "refs/tkt/").splitlines()

    def assert_sound(self) -> None:
        """Git finds nothing wrong, and nothing lies about."""
        assert "error" not in self.git("fsck", "--strict")
        assert self.leftovers() == []


def make_desk(root: Path, *init: str) -> Desk:
    """A desk with one ticket and one file of code, committed."""
    root.mkdir(parents=True)
    desk = Desk(root)
    desk.git("init", "--quiet", *init)
    desk.git("config", "gc.auto", "0")  # nothing is to move in the background
    desk.put(".gitattributes", ATTRIBUTES)
    desk.put(".tkt/project.yaml", "key: TKT\n")
    desk.put("code.py", "one\n")
    desk.put(TICKET, TEXT)
    desk.commit("start")
    return desk

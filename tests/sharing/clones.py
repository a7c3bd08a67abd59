"""People with clones of one bare repository: real Git, over files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cli.desk import Said, git, type_tkt
from tests.conftest import GIT_CONFIG
from tkt.domain.replay import disagreements, replay
from tkt.gitrepo.commit_files import CommitFiles
from tkt.gitrepo.git import Git
from tkt.store.settings import SettingsReader
from tkt.store.snapshots import take_snapshot
from tkt.store.tickets import TicketFiles

NOW = "2026-11-22T09:00:00Z"
_MARKS = (b"<<<<<<<", b">>>>>>>")


@contextmanager
def being(root: Path, who: str, moment: str) -> Iterator[None]:
    """Sit in somebody's chair for a while."""
    before = Path.cwd()
    kept = {name: os.environ.get(name) for name in ("TKT_ACTOR", "TKT_NOW")}
    os.chdir(root)
    os.environ.update(TKT_ACTOR=who, TKT_NOW=moment)
    try:
        yield
    finally:
        os.chdir(before)
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def settle_in(folder: Path) -> None:
    """Have this process be on a machine where nobody has configured anything but who Ana is; for programs.

    Args:
        folder: the home.
    """
    for name in list(os.environ):
        if name.startswith(("GIT_", "TKT_", "XDG_")):
            del os.environ[name]
    (folder / ".gitconfig").write_text(GIT_CONFIG, encoding="utf-8")
    (folder / "tmp").mkdir()
    os.environ.update(HOME=str(folder), GIT_CONFIG_NOSYSTEM="1", TMPDIR=str(folder / "tmp"))


class Laptop:
    """Somebody's clone.

    Args:
        root: its working tree.
        who: how tkt knows them.
    """

    def __init__(self, root: Path, who: str = "ana@example.com") -> None:
        self.root = root
        self.who = who
        self.moment = NOW

    def tkt(self, *args: str, code: int = 0, stdin: str = "") -> Said:
        """Type a command; it must end with that code."""
        with being(self.root, self.who, self.moment):
            said = type_tkt(*args, stdin=stdin)
        assert said.code == code, said
        assert "Traceback" not in said.err, said
        return said

    def try_tkt(self, *args: str) -> None:
        """Type a command that the rules may refuse."""
        with being(self.root, self.who, self.moment):
            said = type_tkt(*args)
        assert said.code in {0, 1, 2, 3, 4}, said

    def sync(self, *args: str, code: int = 0) -> Said:
        """Exchange with the hub."""
        return self.tkt("sync", *args, code=code)

    def create(self, title: str = "Login page fails", *args: str) -> str:
        """Create a ticket; its id."""
        made: str = self.tkt("create", title, "--json", *args).data["id"]
        return made

    def show(self, ticket: str) -> Any:
        """A ticket as JSON."""
        return self.tkt("show", ticket, "--json").data

    def git(self, *args: str) -> str:
        """Run Git here."""
        return git(*args, cwd=self.root)

    def tries(self, *args: str) -> int:
        """Run Git here, which may fail; its exit code."""
        return subprocess.run(["git", *args], cwd=self.root, capture_output=True, check=False).returncode

    def path(self, ticket: str) -> Path:
        """Where a ticket's file is."""
        return next(self.root.glob(f"tickets/*/{ticket}.md"))

    def edit(self, ticket: str, old: str, new: str) -> None:
        """Change a ticket's file by hand."""
        text = self.path(ticket).read_text(encoding="utf-8")
        assert old in text
        self.path(ticket).write_text(text.replace(old, new, 1), encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def commit(self, path: str, text: str) -> None:
        """Write a file and commit it."""
        self.write(path, text)
        self.git("add", "--", path)
        self.git("commit", "--quiet", "--allow-empty", "-m", f"Write {path}", "--", path)

    def go_straight(self) -> None:
        """Have the desk put own commits on top of those of others."""
        settings = (self.root / ".tkt" / "project.yaml").read_text(encoding="utf-8")
        self.commit(".tkt/project.yaml", settings.replace("integrate: merge", "integrate: rebase"))

    @property
    def head(self) -> str:
        """The commit that is checked out."""
        return self.git("rev-parse", "HEAD")

    @property
    def status(self) -> str:
        """What is not committed."""
        return self.git("status", "--porcelain", "--untracked-files=all")

    @property
    def texts(self) -> str:
        """All that tickets and threads say here, after the names of their files."""
        paths = sorted(self.root.glob("tickets/**/*.md"))
        return "".join(f"{path.stem}\n{path.read_text(encoding='utf-8')}" for path in paths)

    def entries(self, ticket: str) -> list[Path]:
        """The files of a ticket's thread."""
        return sorted(self.root.glob(f"tickets/*/{ticket}/*.md"))

    def bodies(self, ticket: str) -> list[str]:
        """What was said in a ticket's thread, in order."""
        return [each["body"].strip() for each in self.show(ticket)["thread"] if each["body"].strip()]


class Hub:
    """A bare repository that everybody exchanges with.

    Args:
        folder: in which it and the clones are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "hub.git"
        git("init", "--quiet", "--bare", str(self.root), cwd=folder)

    def begin(self, name: str = "ana") -> Laptop:
        """The first clone, with a new desk that is sent."""
        laptop = self.clone(name)
        laptop.tkt("init")
        laptop.sync()
        return laptop

    def clone(self, name: str) -> Laptop:
        """Another clone."""
        laptop = self.laptop(name)
        subprocess.run(
            ["git", "clone", "--quiet", str(self.root), str(laptop.root)], capture_output=True, check=True
        )
        return laptop

    def laptop(self, name: str) -> Laptop:
        """Where somebody's clone is, or will be."""
        return Laptop(self.folder / name, f"{name}@example.com")

    @property
    def head(self) -> str:
        """The commit that its branch is at."""
        return git("rev-parse", "main", cwd=self.root)


def fork(desk: Laptop, ours: list[list[str]], theirs: list[list[str]]) -> None:
    """Two branches from here, and commands on each; theirs is called other, ours is checked out."""
    desk.git("switch", "--quiet", "--create", "other")
    for args in theirs:
        desk.tkt(*args)
    desk.git("switch", "--quiet", "main")
    for args in ours:
        desk.tkt(*args)


def unsound(root: Path, *, strict: bool = True) -> list[str]:
    """What a merge must never leave behind: marks, files that cannot be read, fields that nobody told of.

    Args:
        root: of the repository.
        strict: whether a field for which several values hold must have the one that loses least.
    """
    place = str(root)
    runner = Git(place, place if root.name.endswith(".git") else "")
    files = CommitFiles(runner, git("rev-parse", "HEAD", cwd=root))
    settings = SettingsReader(files).load()
    tickets = TicketFiles(files, settings)
    found = []
    for ticket_id in tickets.ids():
        reading = take_snapshot(files, ticket_id, settings)
        found += [str(each) for each in reading.problems]
        snapshot = reading.snapshot
        if snapshot.ticket is None:
            found.append(f"{ticket_id} cannot be read")
            continue
        thread = tuple(snapshot.entries.values())
        found += [
            f"{ticket_id}: {each.field} is not {each.said}"
            for each in disagreements(snapshot.ticket.fields, replay(thread, settings))
            if strict or each.certain
        ]
        whole = tickets.whole(ticket_id)
        found += [f"{ticket_id} has marks" for mark in _MARKS if mark in whole]
    return found

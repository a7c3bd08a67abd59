"""A server with a guard, clones of it, and people who push: real Git, over files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli.desk import Said, type_tkt

if TYPE_CHECKING:
    import pytest

ANA, BOB, CAROL, DAVE = (f"{name}@example.com" for name in ("ana", "bob", "carol", "dave"))
"""An admin, an agent, a lead, and somebody whom no settings name."""

PEOPLE = """\
agents:
  ana: {name: Ana Silva, email: ana@example.com, roles: [admin]}
  bob: {name: Bob Okafor, email: bob@example.com, roles: [agent]}
  carol: {name: Carol Diaz, email: carol@example.com, roles: [lead]}
others: requester
"""
MORNING = "2026-11-22T09:00:00Z"
_WIDEST = 80


@dataclass(frozen=True)
class Pushed:
    """What became of a push."""

    code: int
    said: str

    @property
    def rules(self) -> set[str]:
        """The rules that it broke."""
        return set(re.findall(r"^(?:commit [0-9a-f]{10} )?\[([a-z-]+)\]$", self.said, re.MULTILINE))

    @property
    def commits(self) -> set[str]:
        """The beginnings of the ids of the commits that broke them."""
        return set(re.findall(r"^commit ([0-9a-f]{10}) \[", self.said, re.MULTILINE))


def git(folder: Path, *args: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> str:
    """What a Git command prints."""
    done = subprocess.run(
        ["git", *args],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
    )
    assert done.returncode == 0, (args, done.stderr.decode())
    return done.stdout.decode().rstrip("\n")


class Clone:
    """Somebody's clone.

    Args:
        root: its working tree.
        who: their address, as the transport knows it.
        patch: sets the environment and the current folder.
    """

    def __init__(self, root: Path, who: str, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.who = who
        self.patch = patch

    def at(self, moment: str) -> Clone:
        """From now on it is that time of the day, or that moment."""
        whole = moment if "T" in moment else f"2026-11-22T{moment}:00Z"
        self.patch.setenv("TKT_NOW", whole)
        return self

    def tkt(self, *args: str, by: str = "", code: int = 0) -> Said:
        """Type a command in the clone."""
        self.patch.chdir(self.root)
        self.patch.setenv("TKT_ACTOR", by or self.who)
        said = type_tkt(*args)
        assert said.code == code, said
        return said

    def create(self, title: str = "Login page fails", *args: str, by: str = "") -> str:
        """Create a ticket; its id."""
        made: str = self.tkt("create", title, "--json", *args, by=by).out
        found = re.search(r'"id": "(TKT-[0-9a-z]{7})"', made)
        assert found, made
        return found[1]

    def git(self, *args: str, stdin: bytes = b"") -> str:
        """Run Git in the clone, as its owner."""
        name = self.who.partition("@")[0].capitalize()
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", self.who))
        }
        return git(self.root, *args, stdin=stdin, env=who)

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def path(self, ticket: str) -> Path:
        """A ticket's file."""
        return next(self.root.glob(f"tickets/*/{ticket}.md"))

    def entries(self, ticket: str) -> list[Path]:
        """The files of its thread."""
        return sorted(self.root.glob(f"tickets/*/{ticket}/*.md"))

    def put(self, path: str | Path, text: str) -> None:
        """Write a file by hand."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())

    def edit(self, path: Path, old: str, new: str) -> None:
        """Change a file by hand."""
        text = path.read_bytes().decode()
        assert old in text, text
        path.write_bytes(text.replace(old, new, 1).encode())

    def commit(self, message: str = "by hand", *args: str) -> str:
        """Commit everything there is, past all hooks."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--allow-empty", "-m", message, *args)
        return self.head

    def commit_tree(self, tree: str, *parents: str, message: str = "a tree") -> str:
        """A commit of a tree that nobody has checked out."""
        links = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", tree, *links, "-m", message)

    def push(self, *args: str, user: str | None = None, options: Sequence[str] = ()) -> Pushed:
        """Push, past the hooks of the clone; the main branch where nothing is named."""
        env = dict(os.environ)
        env.pop("TKT_ACTOR", None)
        env["TKT_USER"] = self.who if user is None else user
        words = [word for each in options for word in ("-o", each)]
        done = subprocess.run(
            ["git", "push", "--no-verify", *words, *(args or ("origin", "HEAD:main"))],
            cwd=self.root, env=env, capture_output=True, check=False,
        )  # fmt: skip
        said = done.stderr.decode()
        lines = [line for line in said.splitlines() if line.startswith("remote: ")]
        if "tkt: " in said:  # what Git itself says is as long as it likes
            assert all(len(line.rstrip()) <= _WIDEST for line in lines), said
        assert "Traceback" not in said, said
        assert "a bug in tkt" not in said, said
        return Pushed(
            done.returncode, "\n".join(line.removeprefix("remote: ").rstrip() for line in lines) or said
        )

    def taken(self, *args: str, user: str | None = None, options: Sequence[str] = ()) -> Pushed:
        """Push something honest."""
        pushed = self.push(*args, user=user, options=options)
        assert pushed.code == 0, pushed.said
        return pushed

    def refused(
        self,
        *args: str,
        rules: set[str],
        user: str | None = None,
        options: Sequence[str] = (),
        commit: str = "",
    ) -> str:
        """Push something that must not get in, for these reasons; what the server says."""
        before = self.git("ls-remote", "origin")
        pushed = self.push(*args, user=user, options=options)
        assert pushed.code != 0, pushed.said
        assert pushed.rules == rules, pushed.said
        assert self.git("ls-remote", "origin") == before
        if commit:
            assert commit[:10] in pushed.commits, pushed.said
        assert "nothing was taken" in pushed.said
        for each in pushed.said.split("\n\n")[1:]:
            assert "  -> " in each or each.startswith("To "), pushed.said
        return pushed.said

    def pull(self, *args: str) -> None:
        """Get what others have pushed."""
        self.git("pull", "--quiet", *(args or ("--ff-only",)))

    def step_by_hand(self, ticket: str, old: str, new: str, *, at: str, clock: int, by: str = "") -> str:
        """Take a step past tkt, with a file and an entry that look as they should; the commit."""
        entry = entry_text(at, by or self.who, clock, f"changes:\n  status: [{old}, {new}]\n")
        self.edit(self.path(ticket), f"\nstatus: {self.status(ticket)}\n", f"\nstatus: {new}\n")
        self.put(self.path(ticket).with_suffix("") / f"{entry_name(at)}.md", entry)
        return self.commit(f"{ticket}: status: {old} -> {new}")

    def status(self, ticket: str) -> str:
        """As the ticket's file has it."""
        found = re.search(r"^status: (.*)$", self.path(ticket).read_text(encoding="utf-8"), re.MULTILINE)
        assert found
        return found[1]


def entry_name(at: str, tail: str = "zzz1") -> str:
    """The id of an entry of a moment."""
    return f"{at.replace('-', '').replace(':', '')}-{tail}"


def entry_text(at: str, by: str, clock: int, more: str = "", body: str = "", tail: str = "zzz1") -> str:
    """An entry's file."""
    head = f"---\nid: {entry_name(at, tail)}\nat: {at}\nby: {by}\nclock: {clock}\n{more}---\n"
    return head + (f"\n{body}\n" if body else "")


class Hub:
    """A bare repository with a guard.

    Args:
        root: a folder for it and for the clones.
        patch: sets the environment and the current folder.
    """

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.patch = patch
        self.bare = root / "hub.git"
        patch.setenv("TKT_NOW", MORNING)

    def git(self, *args: str, stdin: bytes = b"") -> str:
        return git(self.bare, *args, stdin=stdin)

    def begin(self) -> None:
        """Make the repository, and the guard."""
        self.root.mkdir(exist_ok=True)
        git(self.root, "init", "--quiet", "--bare", "hub.git")
        self.install()

    def install(self, *args: str) -> Said:
        self.patch.chdir(self.root)
        said = type_tkt("hooks", "install", "--server", *args, str(self.bare))
        assert said.code == 0, said
        return said

    def clone(self, who: str = ANA, name: str = "") -> Clone:
        """A clone of somebody's."""
        root = self.root / (name or who.partition("@")[0])
        git(self.root, "clone", "--quiet", str(self.bare), str(root))
        git(root, "config", "user.name", who.partition("@")[0].capitalize())
        git(root, "config", "user.email", who)
        git(root, "config", "gc.auto", "0")
        return Clone(root, who, self.patch)

    @property
    def receipts(self) -> list[list[str]]:
        """The lines of the receipts, in columns."""
        text = (self.bare / "tkt" / "receipts").read_text(encoding="utf-8")
        return [line.split("\t") for line in text.splitlines()]


def make_hub(root: Path, patch: pytest.MonkeyPatch) -> Hub:
    """A hub with a desk and three people."""
    hub = Hub(root, patch)
    hub.begin()
    ana = hub.clone()
    ana.git("checkout", "--quiet", "-B", "main")
    ana.tkt("init")
    ana.put(".tkt/people.yaml", PEOPLE)
    ana.commit("People")
    ana.taken()
    shutil.rmtree(ana.root)
    return hub

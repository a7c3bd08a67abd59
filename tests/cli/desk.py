"""A desk in a repository of its own, and tkt typed at it: in this process, in another one, on a terminal."""

from __future__ import annotations

import io
import json
import os
import select
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tkt.cli.main import run

NOW = "2026-11-22T09:00:00Z"
"""The moment at which these tests happen, unless one says otherwise."""

_PATIENCE = 30.0


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Its answer as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """The lines of its answer."""
        return self.out.splitlines()


def type_tkt(*args: str, stdin: str | bytes = b"") -> Said:
    """Run tkt in this process, at the current folder, with pipes for a terminal."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    streams = io.BytesIO(given), io.BytesIO(), io.BytesIO()
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = (
        io.TextIOWrapper(each, encoding="utf-8", write_through=True) for each in streams
    )
    try:
        code = run(list(args))
        said = [each.getvalue().decode() for each in streams[1:]]
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
    return Said(code, *said)


class Desk:
    """A repository with a desk in it.

    Args:
        root: the top of its working tree; must be the current folder for `tkt`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def tkt(self, *args: str, stdin: str | bytes = b"", code: int | None = 0) -> Said:
        """Type a command; it must end with that code, None for any but a bug."""
        said = type_tkt(*args, stdin=stdin)
        assert said.code == code if code is not None else said.code != 70, said
        assert "Traceback" not in said.err, said
        return said

    def refused(self, code: int, *args: str, stdin: str | bytes = b"") -> str:
        """Type a command that must fail and change nothing; what it complained of."""
        before = self.state()
        said = self.tkt(*args, stdin=stdin, code=code)
        assert self.state() == before
        assert not said.out, said
        assert said.err.startswith(("tkt: ", ".tkt/", "tickets/")), said
        return said.err

    def create(self, title: str = "Login page fails", *args: str) -> str:
        """Create a ticket; its id."""
        made: str = self.tkt("create", title, "--json", *args).data["id"]
        return made

    def show(self, ticket: str) -> Any:
        """A ticket as JSON."""
        return self.tkt("show", ticket, "--json").data

    def path(self, ticket: str) -> Path:
        """Where a ticket's file is."""
        return next(self.root.glob(f"tickets/*/{ticket}.md"))

    def entries(self, ticket: str) -> list[Path]:
        """The files of a ticket's thread."""
        return sorted(self.root.glob(f"tickets/*/{ticket}/*.md"))

    def edit(self, ticket: str, old: str, new: str) -> None:
        """Change a ticket's file by hand."""
        text = self.path(ticket).read_text(encoding="utf-8")
        assert old in text
        self.path(ticket).write_text(text.replace(old, new, 1), encoding="utf-8")

    def settings(self, name: str, old: str, new: str) -> None:
        """Change a settings file, and commit it."""
        path = self.root / ".tkt" / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.git("commit", "--quiet", "--allow-empty", "-m", "Change the settings", "--", ".tkt")

    def git(self, *args: str, cwd: Path | None = None) -> str:
        """Run Git; what it printed, without the last line end."""
        return git(*args, cwd=cwd or self.root)

    def subjects(self) -> list[str]:
        """The first lines of all commits, the newest first."""
        return self.git("log", "--format=%s").splitlines()

    def state(self) -> object:
        """All that a command could have changed: commit, index, working tree."""
        head = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=self.root, capture_output=True, check=False
        ).stdout
        status = self.git("status", "--porcelain", "--untracked-files=all", "--ignored")
        staged = self.git("ls-files", "--stage")
        files = {
            str(path): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and ".git" not in path.relative_to(self.root).parts
        }
        return head, status, staged, files


def git(*args: str, cwd: Path) -> str:
    """Run Git; what it printed, without the last line end."""
    done = subprocess.run(["git", *args], cwd=cwd, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done
    return done.stdout.rstrip("\n")


def run_tkt(
    *args: str, cwd: Path, stdin: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run tkt in a process of its own, through pipes."""
    return subprocess.run(
        [sys.executable, "-m", "tkt", *args],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env={**os.environ, **(env or {})},
        check=False,
        timeout=_PATIENCE,
    )


@dataclass
class Terminal:
    """Tkt running on a terminal."""

    process: subprocess.Popen[bytes]
    handle: int
    seen: str = ""

    def answer(self, question: str, reply: str) -> None:
        """Wait until something is asked, and type a reply."""
        self.wait_for(question)
        self.type(reply)

    def type(self, keys: str) -> None:
        """Press keys, and give them a moment to arrive."""
        os.write(self.handle, keys.encode())
        select.select([self.handle], [], [], 0.2)

    def press_until(self, key: str, text: str) -> None:
        """Press a key until something is said: one that comes before a question is ready may be lost."""
        while text not in self.seen:
            self.type(key)
            while text not in self.seen and select.select([self.handle], [], [], 0.2)[0]:
                if not self._more():
                    pytest.fail(f"{text!r} never came: {self.seen!r}")

    def wait_for(self, text: str) -> None:
        """Wait until something is said that was not said before the last wait."""
        start = len(self.seen)
        rest = self.seen
        while text not in rest:
            if not self._more():
                pytest.fail(f"{text!r} never came: {self.seen!r}")
            rest = self.seen[start:] if start else self.seen

    def finish(self) -> tuple[int, str]:
        """Wait for the end: the exit code, and all that was on the screen."""
        while self._more():
            pass
        return self.process.wait(_PATIENCE), self.seen.replace("\r\n", "\n")

    def _more(self) -> bool:
        if not select.select([self.handle], [], [], _PATIENCE)[0]:
            pytest.fail(f"nothing more came: {self.seen!r}")
        try:
            data = os.read(self.handle, 65536)
        except OSError:  # the other end is closed
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)


@contextmanager
def terminal(
    *args: str, cwd: Path, columns: int = 80, lines: int = 200, env: dict[str, str] | None = None
) -> Iterator[Terminal]:
    """Run tkt on a terminal of that size."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "tkt", *args],
        cwd=cwd,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", **(env or {})},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  so that Ctrl-C arrives
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait(_PATIENCE)
        os.close(ours)


def on_terminal(
    *args: str, cwd: Path, columns: int = 80, lines: int = 200, env: dict[str, str] | None = None
) -> tuple[int, str]:
    """What a command without questions shows on a terminal of that size, and its exit code."""
    with terminal(*args, cwd=cwd, columns=columns, lines=lines, env=env) as screen:
        return screen.finish()


def script(path: Path, text: str) -> str:
    """A program for the shell, such as an editor; how to call it."""
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)

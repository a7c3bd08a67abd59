"""Real shells in which somebody presses TAB, and what they show and leave on the command line."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from tests.cli.desk import type_tkt

_PATIENCE = 60.0
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][AB0]|\x1b[=>]|\r|\x07")
_UPWARDS = re.compile(r"\x1b\[[0-9]*A")
_PROMPT = "ready>"
_REPORT, _EMPTY = "\x18p", "\x15"
_WIDTH = 250

Offers = dict[str, str]
"""What a shell offers, and the meanings that it shows."""


class Shell(Protocol):
    """Somebody's shell."""

    shows_meanings: bool

    @property
    def program(self) -> str:
        """What runs its commands."""

    def offers(self, line: str) -> Offers:
        """What the shell shows when it is asked to complete a line."""

    def completed(self, line: str) -> str:
        """The command line after TAB."""


@dataclass
class _Interactive:
    """A shell on a terminal of its own, with keys that list completions and that report the line."""

    command: Sequence[str]
    folder: Path
    env: Mapping[str, str]
    list_keys: str
    shows_meanings: bool = False
    screen: str = ""
    handle: int = -1
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def program(self) -> str:
        """What runs its commands."""
        return self.command[0]

    def start(self) -> None:
        """Start the shell, and wait until it listens."""
        import fcntl
        import termios

        self.handle, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 200, _WIDTH, 0, 0))
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env={**self.env, "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._wait_for(_PROMPT)

    def stop(self) -> None:
        """End the shell."""
        if self.process:
            self.process.kill()
            self.process.wait(_PATIENCE)
        os.close(self.handle)

    def _wait_for(self, text: str) -> str:
        while text not in self.screen:
            if not select.select([self.handle], [], [], _PATIENCE)[0]:
                pytest.fail(f"the shell never said {text!r}: {self.screen!r}")
            self.screen += os.read(self.handle, 65536).decode("utf-8", "replace")
        before, _, self.screen = self.screen.partition(text)
        return before

    def press(self, keys: str) -> tuple[str, str]:
        """Press keys, and report: what was shown meanwhile, and the line; then empty the line."""
        shown, line = self._report(keys)
        while self._report(_EMPTY)[1]:
            pass
        return shown, line

    def _report(self, keys: str) -> tuple[str, str]:
        os.write(self.handle, f"{keys}{_REPORT}".encode())
        # What follows a move upwards is the line once more, below the list.
        shown = _UPWARDS.split(self._wait_for("<<"), maxsplit=1)[0]
        return _ESCAPES.sub("", shown), _ESCAPES.sub("", self._wait_for(">>"))

    def completed(self, line: str) -> str:
        """The command line after TAB."""
        return self.press(f"{line}\t")[1]

    def offers(self, line: str) -> Offers:
        """What is listed, a line for each."""
        shown = self.press(f"{line}{self.list_keys}")[0]
        found: Offers = {}
        for row in filter(None, map(str.strip, shown.split("\n")[1:])):
            if row.startswith(_PROMPT):
                break
            value, dashes, meaning = row.partition("  -- ")
            # Zsh puts values without a meaning side by side.
            found |= {value.strip(): meaning} if dashes else dict.fromkeys(re.split(r"  +", row), "")
        return found


_BASHRC = r"""
PS1='ready> '
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
bind 'set page-completions off'
bind 'set completion-query-items 0'
bind 'set completion-display-width 0'
report() { printf '<<%s>>' "$READLINE_LINE"; }
bind -x '"\C-xp": report'
. ./script
cd "$DESK"
"""

_ZSHRC = r"""
PS1='ready> '
unsetopt prompt_cr prompt_sp beep
setopt list_rows_first
LISTMAX=0
autoload -Uz compinit
compinit -u -d ./dump
zstyle ':completion:*' list-grouped false
report() { zle -I; print -rn -- "<<$BUFFER>>" }
zle -N report
bindkey -e
bindkey '^Xp' report
bindkey '^Xl' list-choices
. ./script
cd "$DESK"
"""


@dataclass
class Fish:
    """Fish, asked for the completions that it would show."""

    folder: Path
    desk: Path
    env: Mapping[str, str]
    shows_meanings: bool = True
    program: str = "fish"

    def _asked(self, options: str, line: str) -> list[str]:
        told = f"source {self.folder}/script; complete {options} -C $LINE"
        done = subprocess.run(
            ["fish", "--no-config", "-c", told],
            cwd=self.desk,
            env={**self.env, "LINE": line},
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
        assert done.returncode == 0
        assert not done.stderr, done.stderr
        return done.stdout.decode().splitlines()

    def offers(self, line: str) -> Offers:
        """What it would show, with meanings."""
        rows = (row.partition("\t") for row in self._asked("", line))
        return {value: meaning for value, _, meaning in rows}

    def completed(self, line: str) -> str:
        """The line with its last word completed, where only one fits."""
        (row,) = self._asked("--escape", line)
        return line[: line.rindex(" ") + 1] + row.partition("\t")[0]


@dataclass
class PowerShell:
    """The environment in which PowerShell's script runs tkt, and what it makes of the lines."""

    desk: Path
    env: Mapping[str, str]
    shows_meanings: bool = True
    program: str = "pwsh"

    def offers(self, line: str) -> Offers:
        """What the script gets."""
        done = subprocess.run(
            ["tkt"],
            cwd=self.desk,
            env={
                **self.env,
                "_TKT_COMPLETE": "powershell_complete",
                "TKT_COMPLETE_LINE": line.strip(),
                "TKT_COMPLETE_WORD": line.rpartition(" ")[2],
            },
            capture_output=True,
            check=False,
        )
        assert not done.stderr, done.stderr
        rows = (row.partition("\t") for row in done.stdout.decode().splitlines() if row)
        return {value: meaning for value, _, meaning in rows}

    def completed(self, line: str) -> str:
        """The line with its last word replaced."""
        (value,) = self.offers(line)
        return line[: line.rindex(" ") + 1] + value


def shell_environment(folder: Path) -> dict[str, str]:
    """An environment in which `tkt` is what is tested, whether it is installed or not."""
    program = folder / "tkt"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tkt "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def interactive(name: str, folder: Path, desk: Path) -> _Interactive:
    """Bash or zsh, told to complete tkt, at a desk."""
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed")
    (folder / "script").write_text(type_tkt("completion", name).out, encoding="utf-8")
    env = {**shell_environment(folder), "DESK": str(desk)}
    if name == "bash":
        (folder / "bashrc").write_text(_BASHRC, encoding="utf-8")
        return _Interactive(["bash", "--noprofile", "--rcfile", "bashrc", "-i"], folder, env, "\x1b?")
    (folder / ".zshrc").write_text(_ZSHRC, encoding="utf-8")
    env["ZDOTDIR"] = str(folder)
    return _Interactive(["zsh", "-d", "-i"], folder, env, "\x18l", shows_meanings=True)


def fish(folder: Path, desk: Path) -> Fish:
    """Fish, told to complete tkt, at a desk."""
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    (folder / "script").write_text(type_tkt("completion", "fish").out, encoding="utf-8")
    return Fish(folder, desk, shell_environment(folder))

"""A machine of its own for a page: an empty home, real Git, a clock that the page sets, ids that repeat."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from tests.docs.pages import ROOT
from tkt.domain.fields import format_time, parse_time

START = "2026-11-23T09:00:00Z"
"""A Monday; every command comes a minute after the one before it."""

HOME = "/home/ana"
"""What the pages call the home folder."""

TEMPORARY = "/tmp"  # noqa: S108  as a reader sees it
DRAWN = "x7k2m9p4"
"""What the pages show for the part of a temporary file's name that is drawn by lot."""

_DRAWN_NAME = re.compile(rf"({TEMPORARY}/[\w-]+-)[a-z0-9_]{{8}}(?=\.)")
_PATIENCE = 60
_SCRIPT = """\
cd "$(cat "$STATE/folder")" && . "$STATE/environment" || exit 99
export TKT_NOW={now} GIT_AUTHOR_DATE={now} GIT_COMMITTER_DATE={now}
(exit "$(cat "$STATE/status")")
{command}
status=$?
pwd > "$STATE/folder"
export -p > "$STATE/environment"
exit $status
"""


class Session:
    """Runs a page's commands one after another, as one person would type them.

    Args:
        folder: empty; everything happens in it.
    """

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home" / "ana"
        self._state = folder / "state"
        self._temporary = folder / "tmp"
        programs = folder / "bin"
        for each in (self.home, self._state, self._temporary, programs):
            each.mkdir(parents=True)
        (self._state / "folder").write_text(str(self.home), encoding="utf-8")
        (self._state / "environment").touch()
        (self._state / "status").write_text("0", encoding="utf-8")
        launcher = programs / "tkt"
        launcher.write_text(
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m tests.docs.steady "$@"\n',
            encoding="utf-8",
        )
        launcher.chmod(0o755)
        self._path = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.now: datetime = parse_time(START)

    def run(self, command: str) -> tuple[int, list[str]]:
        """Run a command: its exit code, and the lines it printed, stderr among them."""
        script = _SCRIPT.replace("{now}", format_time(self.now)).replace("{command}", command)
        done = subprocess.run(
            ["/bin/sh", "-c", script],
            cwd=self.home,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE,
            check=False,
        )
        (self._state / "status").write_text(str(done.returncode), encoding="utf-8")
        self.now += timedelta(minutes=1)
        said = done.stdout.decode("utf-8", "replace")
        said = said.replace(str(self.home), HOME).replace(str(self._temporary), TEMPORARY)
        said = _DRAWN_NAME.sub(rf"\1{DRAWN}", said)
        return done.returncode, [line.rstrip() for line in said.rstrip("\n").split("\n")] if said else []

    def set_clock(self, moment: str) -> None:
        """Let the next command be at that moment."""
        self.now = parse_time(moment)

    def _environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "PATH": self._path,
            "PYTHONPATH": str(ROOT),
            "STATE": str(self._state),
            "TMPDIR": str(self._temporary),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "dumb",
            "GIT_CONFIG_NOSYSTEM": "1",
        }

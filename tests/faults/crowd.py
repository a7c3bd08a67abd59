"""Many at one clone at once, beside somebody who works there with plain Git."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.sharing.clones import Laptop

_PATIENCE = 900
_TRIES = 6000
_LOOP = (
    'n=0; while [ $n -lt "$2" ]; do "$0" -m tkt comment "$1" -m "$3-$n." >/dev/null || exit; n=$((n+1)); done'
)


class Crowd(NamedTuple):
    """What came of it.

    Args:
        said: what the writers said that should not have been said.
        missing: the comments that are not there.
        swept: what the user's commits did to tickets.
        commits: how many the user made.
        busy: how many of the user's commands Git refused, because something else was being written.
        mine: what the user's own files held in the end, and what was staged.
        seconds: from the first writer to the last.
    """

    said: list[str]
    missing: list[str]
    swept: list[str]
    commits: int
    busy: int
    mine: tuple[str, ...]
    seconds: float


def gather(desk: Laptop, writers: int, times: int, *, same: bool) -> Crowd:
    """Have so many processes comment so often, each command a process of its own.

    Args:
        desk: where; with a file code.py and a file notes.txt in it.
        writers: how many at once.
        times: how often each.
        same: whether all of them mean the same ticket.
    """
    tickets = [desk.create("Everybody's")] * writers if same else [desk.create() for _ in range(writers)]
    desk.write("notes.txt", "edited\n")
    desk.write("mine.txt", "new\n")
    started = time.monotonic()
    crowd = [_writer(desk, ticket, times, f"w{number}") for number, ticket in enumerate(tickets)]
    commits = busy = 0
    for number in itertools.count(1):
        if all(each.poll() is not None for each in crowd):
            break
        made, refused = _work(desk, number)
        commits += made
        busy += refused
    said = [each.communicate(timeout=_PATIENCE)[1] for each in crowd]
    seconds = time.monotonic() - started
    desk.git("checkout", "HEAD", "--", "tickets")  # for why, see tests/gitrepo/writer.py
    texts = _texts(desk)
    wanted = {f"w{writer}-{number}." for writer in range(writers) for number in range(times)}
    named = (desk.root / name for name in ("code.py", "notes.txt", "mine.txt"))
    mine = (*(path.read_text(encoding="utf-8") for path in named), desk.status)
    return Crowd(
        [each for each in said if each], sorted(wanted - texts), _swept(desk), commits, busy, mine, seconds
    )


def _writer(desk: Laptop, ticket: str, times: int, name: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TKT_ACTOR": f"{name}@example.com"}
    return subprocess.Popen(
        ["sh", "-c", _LOOP, sys.executable, ticket, str(times), name],
        cwd=desk.root, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _work(desk: Laptop, number: int) -> tuple[int, int]:
    """A change of code, committed; a stash there and back; now and then Git tidies up.

    Returns:
        How many commits it made, and how often Git refused because something else was being written.
    """
    desk.write("code.py", f"{number}\n")
    refused = _insist(desk, "add", "code.py") + _insist(
        desk, "commit", "--quiet", "-m", f"code {number}", "--", "code.py"
    )
    before = desk.git("stash", "list")
    failed = desk.tries("stash")
    if desk.git("stash", "list") != before:  # where it failed, it left the files as they were
        refused += _insist(desk, "stash", "drop" if failed else "pop")
    if number % 5 == 0:
        refused += bool(desk.tries("gc", "--quiet"))
    return 1, refused + bool(failed)


def _insist(desk: Laptop, *args: str) -> int:
    """Type a Git command until it is done, as people do; how often it was refused."""
    for refused in range(_TRIES):
        if not desk.tries(*args):
            return refused
        time.sleep(0.01)
    raise AssertionError(desk.git("status"))


def _texts(desk: Laptop) -> set[str]:
    """The lines of all entries at HEAD."""
    return set(desk.git("grep", "-h", "-E", "^w[0-9]+-[0-9]+", "HEAD", "--", "tickets").splitlines())


def _swept(desk: Laptop) -> list[str]:
    """The files below the tickets' folder that commits of code touch."""
    return desk.git("log", "--format=", "--name-status", "--grep=^code ", "--", "tickets").splitlines()

"""Faults put into the calls of a real process and of the Git that it starts, by `strace --inject`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.faults.scenes import Scene

CALLS = {
    "rename": "rename,renameat,renameat2",
    "link": "link,linkat",
    "unlink": "unlink,unlinkat",
    "fsync": "fsync,fdatasync",
    "write": "write,pwrite64",
    "openat": "openat",
    "mkdir": "mkdir,mkdirat",
}
"""The calls of the system by which anything on a disk changes, by the name of their kind."""
KILL = "KILL"
TROUBLES = {
    "rename": (KILL, "ENOSPC", "EACCES", "EIO", "EROFS"),
    "link": (KILL, "ENOSPC", "EACCES", "EROFS"),
    "unlink": (KILL, "EACCES", "EIO", "EROFS"),
    "fsync": (KILL, "EIO", "ENOSPC"),
    "write": (KILL, "ENOSPC", "EIO"),
    "openat": (KILL, "EACCES", "ENOSPC", "EROFS", "EIO", "EMFILE"),
    "mkdir": (KILL, "ENOSPC", "EACCES", "EROFS"),
}
"""What may come of each kind of call."""
_PATIENCE = 120
_CALL = re.compile(r"(\d+)\s+(\w+)\(")
_ELSEWHERE = re.compile(r'AT_FDCWD<[^>]*>, (?="/)')
"""Where a process is, of which a whole path tells nothing."""


class Fault(NamedTuple):
    """Something that goes wrong.

    Args:
        kind: of the call.
        trouble: the error, or KILL.
        number: which call of that name, counted in each process from 1.
    """

    kind: str
    trouble: str
    number: int

    def __str__(self) -> str:
        return f"{self.trouble} at {self.kind} {self.number}"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def killed(self) -> bool:
        """Whether it was killed."""
        return self.code < 0


@cache
def can_inject() -> bool:
    """Whether strace is here and may do that."""
    if shutil.which("strace") is None:
        return False
    command = ["strace", "-f", "-qq", "-o", os.devnull, "-e", "inject=mkdir:error=EIO:when=1", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def type_it(scene: Scene, *words: str, fault: Fault | None = None, args: tuple[str, ...] = ()) -> Ended:
    """Type a scene's command, or another one, in a process of its own.

    Args:
        scene: where.
        words: what to put before the command.
        fault: what is to go wrong.
        args: another command.
    """
    if fault:
        what = f"signal={fault.trouble}" if fault.trouble == KILL else f"error={fault.trouble}"
        calls = CALLS[fault.kind]
        words = (
            "strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={calls}",
            "-e", f"inject={calls}:{what}:when={fault.number}",
        )  # fmt: skip
    env = {
        **os.environ,
        "EDITOR": str(scene.folder / "editor"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONUNBUFFERED": "",  # as people have it: what could not be written is tried again at exit
        "TKT_ACTOR": scene.desk.who,
    }
    done = subprocess.run(
        [*words, sys.executable, "-m", "tkt", *(args or scene.args)],
        cwd=scene.desk.root, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        text=True, errors="replace", timeout=_PATIENCE,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


def faults(scene: Scene, spoiled: Path, about: str = "") -> Iterator[Fault]:
    """Every fault that can meet a scene's command: those of calls that have to do with its folder.

    Args:
        scene: the command.
        spoiled: a folder for a copy, in which the command is run once and its calls are counted.
        about: only of calls that name it.
    """
    copy = scene.copy(spoiled)
    log = copy.folder / "calls"
    all_calls = ",".join(CALLS.values())
    done = type_it(copy, "strace", "-f", "-y", "-qq", "-o", str(log), "-e", f"trace={all_calls}")
    assert done.code == 0, done
    kinds = {call: kind for kind, calls in CALLS.items() for call in calls.split(",")}
    counted: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, int], None] = {}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        match = _CALL.match(line)
        if match:
            counted[match.group(1), match.group(2)] += 1
            if str(copy.folder) in _ELSEWHERE.sub("", line) and about in line:
                found[kinds[match.group(2)], counted[match.group(1), match.group(2)]] = None
    for kind, number in sorted(found):
        for trouble in TROUBLES[kind]:
            yield Fault(kind, trouble, number)

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
_NAMED = re.compile(r'\((?:\d+<(/[^>]*)>|(?:AT_FDCWD<[^>]*>, )?"([^"]*)")')
"""The file that a call names by its handle, or by its path."""
_PASSING = re.compile(r"objects/|pending-|^$")
"""What has another name each time."""
_ELSEWHERE = re.compile(r'AT_FDCWD<[^>]*>, (?="/)')
"""Where a process is, of which a whole path tells nothing."""


class Fault(NamedTuple):
    """Something that goes wrong.

    Args:
        kind: of the call.
        trouble: the error, or KILL.
        number: which call of that name, counted in each process from 1.
        path: only calls that name this file count, by its path from the top; "" for all calls.
    """

    kind: str
    trouble: str
    number: int
    path: str = ""

    def __str__(self) -> str:
        return f"{self.trouble} at {self.kind} {self.number}{' of ' * bool(self.path)}{self.path}"


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
            *(f"--trace-path={each}" for each in _ways_to(scene, fault.path)),
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


def _ways_to(scene: Scene, path: str) -> tuple[str, ...]:
    """How Git and tkt name a file."""
    return (path, str(scene.desk.root / path)) if path else ()


def faults(scene: Scene, spoiled: Path, about: str = "", *, by_path: bool = False) -> Iterator[Fault]:
    """Every fault that can meet a scene's command: those of calls that have to do with its folder.

    Args:
        scene: the command.
        spoiled: a folder for a copy, in which the command is run once and its calls are counted.
        about: only of calls that name it.
        by_path: of each file one by one, so that nothing else goes wrong before; but for those that have
            another name each time.
    """
    copy = scene.copy(spoiled)
    log = copy.folder / "calls"
    all_calls = ",".join(CALLS.values())
    done = type_it(copy, "strace", "-f", "-y", "-qq", "-o", str(log), "-e", f"trace={all_calls}")
    assert done.code == 0, done
    kinds = {call: kind for kind, calls in CALLS.items() for call in calls.split(",")}
    counted: Counter[tuple[str, str, str]] = Counter()
    found: dict[tuple[str, int, str], None] = {}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        match = _CALL.match(line)
        if not match:
            continue
        process, call = match.groups()
        path = _path_in(line, copy) if by_path else ""
        counted[process, call, path] += 1
        told = bool(path) if by_path else str(copy.folder) in _ELSEWHERE.sub("", line)
        if told and about in line:
            found[kinds[call], counted[process, call, path], path] = None
    for kind, number, path in sorted(found):
        for trouble in TROUBLES[kind]:
            yield Fault(kind, trouble, number, path)


def _path_in(line: str, scene: Scene) -> str:
    """The file that a call names, from the top; "" for one elsewhere, or with another name each time."""
    match = _NAMED.search(line)
    place = next(filter(None, match.groups()), "") if match else ""
    path = place.removeprefix(f"{scene.desk.root}/")
    return "" if path.startswith("/") or _PASSING.search(path) else path

"""Whole processes under the clock, each beside `import click`, so that a slow minute hits both alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_SCRIPT = Path(sysconfig.get_path("scripts")) / "tkt"
TKT = (str(_SCRIPT),) if _SCRIPT.exists() else (sys.executable, "-m", "tkt")
"""How tkt is called: as people do, where it is installed."""

_GIT_CONFIG = """\
[user]
\tname = Ana Silva
\temail = ana@example.com
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
"""
_FOREIGN = ("GIT_", "TKT_", "PYTHON", "COVERAGE", "COV_", "XDG_")


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be timed.

    Args:
        name: in the table.
        command: what to run in a round, counted from 0.
        env: more environment.
    """

    name: str
    command: Callable[[int], Sequence[str]]
    env: Mapping[str, str] = field(default_factory=dict)


IMPORT_CLICK = Task("python -c 'import click'", lambda _: [sys.executable, "-c", "import click"])
"""What any program in Python with click pays before it does anything."""


def clean_environment(folder: Path, now: str) -> dict[str, str]:
    """A machine on which Ana works, with bytecode kept as after an installation, in a folder of its own.

    Args:
        folder: for the home and the bytecode.
        now: the moment, RFC 3339.
    """
    home = folder / "home"
    home.mkdir(parents=True)
    (home / ".gitconfig").write_text(_GIT_CONFIG, encoding="utf-8")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_FOREIGN) or name == "PYTHONPATH"  # another checkout may be measured
    }
    return {
        **kept,
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "TKT_NOW": now,
    }


def run(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> float:
    """Run a command with pipes for a terminal; the seconds it took.

    Raises:
        RuntimeError: it failed, so that its time says nothing.
    """
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {said}")
    return seconds


@dataclass(frozen=True, slots=True)
class Timed:
    """What a task took.

    Args:
        seconds: the median.
        ratio: the median of what it took for each second that `import click` took just before it.
    """

    seconds: float
    ratio: float


def medians(tasks: Sequence[Task], rounds: int, folder: Path, env: Mapping[str, str]) -> dict[str, Timed]:
    """What each task took, after one round that does not count."""
    pairs: dict[str, list[tuple[float, float]]] = {task.name: [] for task in tasks}
    for number in range(rounds + 1):
        for task in tasks:
            click = run(IMPORT_CLICK.command(number), folder, env)
            seconds = run(task.command(number), folder, {**env, **task.env})
            if number:
                pairs[task.name].append((seconds, seconds / click))
    return {name: _median(each) for name, each in pairs.items()}


def _median(pairs: Sequence[tuple[float, float]]) -> Timed:
    return Timed(*(statistics.median(each) for each in zip(*pairs, strict=True)))

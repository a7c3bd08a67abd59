"""Whole processes under the clock, each right after `import click`, so that a slow minute hits both alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Container, Mapping, Sequence
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
        before: what has to happen before it in a round, off the clock.
        fine: the exit codes of success.
        folder: where it runs; None for where all of them do.
    """

    name: str
    command: Callable[[int], Sequence[str]]
    env: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[int], object] | None = None
    fine: Container[int] = (0,)
    folder: Path | None = None


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


def run(command: Sequence[str], folder: Path, env: Mapping[str, str], fine: Container[int] = (0,)) -> float:
    """Run a command with pipes for a terminal; the seconds it took.

    Raises:
        RuntimeError: it failed, so that its time says nothing.
    """
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode not in fine:
        said = done.stderr.decode("utf-8", "replace")
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {said}")
    return seconds


@dataclass(frozen=True, slots=True)
class Times:
    """What tasks took, round by round; ratios are those within a round, and then their median.

    Args:
        seconds: of each task.
        clicks: the seconds that `import click` took just before it.
    """

    seconds: Mapping[str, list[float]]
    clicks: Mapping[str, list[float]]

    def __contains__(self, name: str) -> bool:
        return name in self.seconds

    def median(self, name: str) -> float:
        """Seconds."""
        return statistics.median(self.seconds[name])

    def to_click(self, name: str) -> float:
        """How many times what `import click` took."""
        return _ratio(self.seconds[name], self.clicks[name])

    def ratio(self, name: str, other: str) -> float:
        """How many times what another task took."""
        return _ratio(self.seconds[name], self.seconds[other])

    def over(self, name: str, other: str) -> float:
        """How many seconds more than another task."""
        both = zip(self.seconds[name], self.seconds[other], strict=True)
        return statistics.median(one - two for one, two in both)


def _ratio(ones: Sequence[float], others: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(ones, others, strict=True))


def take(tasks: Sequence[Task], rounds: int, folder: Path, env: Mapping[str, str]) -> Times:
    """What each task took, all of them once a round, after one that does not count; a single round does."""
    times = Times({task.name: [] for task in tasks}, {task.name: [] for task in tasks})
    for number in range(rounds + 1 if rounds > 1 else 1):
        for task in tasks:
            if task.before:
                task.before(number)
            click = run(IMPORT_CLICK.command(number), folder, env)
            seconds = run(task.command(number), task.folder or folder, {**env, **task.env}, task.fine)
            if number or rounds == 1:
                times.seconds[task.name].append(seconds)
                times.clicks[task.name].append(click)
    return times

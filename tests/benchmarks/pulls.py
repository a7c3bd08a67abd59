"""A pull that changed a hundred tickets, as often as there are rounds: each is a commit of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.stopwatch import TKT, run
from tests.benchmarks.stores import Sample

CHANGED = 100
"""So many tickets change with a pull."""


@dataclass(frozen=True, slots=True)
class Pulls:
    """Commits to go through.

    Args:
        start: the commit before them.
        commits: one after the other; the branch stands at the last.
    """

    start: str
    commits: tuple[str, ...]


def make_pulls(sample: Sample, count: int, env: Mapping[str, str]) -> Pulls:
    """Have tkt itself set a field of a hundred open tickets, again and again.

    Args:
        sample: the desk.
        count: how often.
        env: of the processes.
    """
    start = _head(sample, env)
    step = max(1, len(sample.open) // CHANGED)
    ids = [each.id for each in sample.open[::step][:CHANGED]]
    commits = []
    for number in range(count):
        due = f"due=2027-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        run([*TKT, "set", "--yes", *ids, due], sample.root, env)
        commits.append(_head(sample, env))
    return Pulls(start, tuple(commits))


def check_out(sample: Sample, commit: str, env: Mapping[str, str]) -> None:
    """Have the working tree as it was at a commit, or on a branch."""
    run(["git", "checkout", "--quiet", commit], sample.root, env)


def _head(sample: Sample, env: Mapping[str, str]) -> str:
    command = ["git", "rev-parse", "HEAD"]
    return subprocess.run(
        command, cwd=sample.root, env=env, capture_output=True, check=True, text=True
    ).stdout.strip()

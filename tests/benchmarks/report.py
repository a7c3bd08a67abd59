"""Figures as Markdown, with the machine they were taken on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.imports import Taken
from tests.benchmarks.stopwatch import Timed

_ROOT = Path(__file__).parents[2]


def circumstances(rounds: int) -> str:
    """Machine, Python, Git, commit, and how often everything ran."""
    return "\n".join(
        (
            f"* Machine: {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
            f"* Python {platform.python_version()}, {_said('git', '--version')}",
            f"* Commit: {_commit()}",
            f"* Medians of {rounds} rounds; in each, every command ran right after `import click`",
        )
    )


def commands_table(sizes: Mapping[int, Mapping[str, Timed]]) -> str:
    """A row for each command, two columns for each size of the store."""
    head = ["command"]
    for size in sizes:
        head += [f"ms, {size:,} tickets", "x import click"]
    names = next(iter(sizes.values()))
    return _table(head, ([name, *_figures(name, sizes.values())] for name in names))


def _figures(name: str, sizes: Iterable[Mapping[str, Timed]]) -> list[str]:
    cells = []
    for taken in sizes:
        cells += [f"{taken[name].seconds * 1000:.0f}", f"{taken[name].ratio:.2f}"]
    return cells


def imports_table(imports: Sequence[Taken]) -> str:
    """A row for each export."""
    head = ["export", "issues", "files", "tkt import, s", "git add and commit, s", "x git"]
    rows = (
        [
            each.name,
            f"{each.issues:,}",
            f"{each.files:,}",
            f"{each.tkt:.2f}",
            f"{each.git:.2f}",
            f"{each.tkt / each.git:.2f}",
        ]
        for each in imports
    )
    return _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or sys.platform)


def _commit() -> str:
    commit = _said("git", "rev-parse", "--short", "HEAD")
    changed = _said("git", "status", "--porcelain", "--", "tkt")
    return f"{commit or 'none yet'}{', with changes that are not committed' if changed else ''}"


def _said(*command: str) -> str:
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, check=False, text=True)
    return "" if done.returncode else done.stdout.strip()

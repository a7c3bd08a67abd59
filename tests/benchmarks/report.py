"""The machine on which figures were taken."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def circumstances(rounds: int) -> str:
    """Machine, Python, Git, commit, day, what else the machine did, and how often everything ran."""
    return "\n".join(
        (
            f"* Machine: {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
            f"* Python {platform.python_version()}, {_said('git', '--version')}, {_ripgrep()}",
            f"* Commit: {_commit()}; {datetime.now(UTC):%Y-%m-%d}",
            f"* Load before the first command: {os.getloadavg()[0]:.1f}",
            f"* Medians of {rounds} rounds; in each, every command ran right after `import click`",
        )
    )


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


def _ripgrep() -> str:
    return _said("rg", "--version").partition("\n")[0] or "no ripgrep"


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, check=False, text=True)
    except FileNotFoundError:
        return ""
    return "" if done.returncode else done.stdout.strip()

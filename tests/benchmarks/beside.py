"""What people would use if all they had were the files: ripgrep and `git grep`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from tests.benchmarks.commands import LIST, SEARCH
from tests.benchmarks.first import COLD_LIST, COLD_SEARCH
from tests.benchmarks.stopwatch import Task
from tests.benchmarks.wording import RARE

RG_STATUS = "rg -c '^status:', tickets' files"
RG_STATUS_ALL = "rg -c '^status:', threads too"
GIT_STATUS = "git grep -c '^status:', tickets' files"
RG_WORD = "rg -c WORD, threads too"
GIT_WORD = "git grep -c WORD, threads too"
RG_LINES = "rg -c ., tickets' files"
RG_LINES_ALL = "rg -c ., threads too"

PAIRS = (
    (LIST, RG_STATUS),
    (LIST, RG_STATUS_ALL),
    (LIST, GIT_STATUS),
    (SEARCH, RG_WORD),
    (SEARCH, GIT_WORD),
    (COLD_LIST, RG_LINES),
    (COLD_SEARCH, RG_LINES_ALL),
)
"""What is compared: a command of tkt, and a program that looks through the same files."""

_TICKETS = ("--max-depth", "2", "tickets")
"""`tickets/*/*.md` and nothing below; spares ripgrep a look at the threads, and the shell 100,000 names."""
_NOTHING_FOUND = 1


def over_warm_files() -> list[Task]:
    """What stands beside a list and a search."""
    return [
        *_rg(RG_STATUS, "^status:", *_TICKETS),
        *_rg(RG_STATUS_ALL, "^status:", "tickets"),
        _git(GIT_STATUS, "^status:", ":(glob)tickets/*/*.md"),
        *_rg(RG_WORD, RARE, "tickets"),
        _git(GIT_WORD, RARE, "tickets"),
    ]


def over_everything() -> list[Task]:
    """What stands beside a command that has to read every file."""
    return [*_rg(RG_LINES, ".", *_TICKETS), *_rg(RG_LINES_ALL, ".", "tickets")]


def missing(env: Mapping[str, str]) -> list[str]:
    """A note for each program that is not there."""
    return [] if shutil.which("rg", path=env.get("PATH")) else ["rg: not available here"]


def _rg(name: str, pattern: str, *where: str) -> list[Task]:
    if not shutil.which("rg"):
        return []
    return [Task(name, lambda _: ["rg", "-c", pattern, *where], fine=(0, _NOTHING_FOUND))]


def _git(name: str, pattern: str, where: str) -> Task:
    return Task(name, lambda _: ["git", "grep", "-c", pattern, "--", where], fine=(0, _NOTHING_FOUND))

"""The first command after a clone, and after a pull."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace

from tests.benchmarks.commands import list_task, search_task
from tests.benchmarks.pulls import Pulls, check_out
from tests.benchmarks.stopwatch import Task, Times, run, take
from tests.benchmarks.stores import Sample

COLD_LIST, COLD_SEARCH = "list, after a clone", "search WORD, after a clone"
PULLED = "list, after a pull that changed 100 tickets"
_BRANCH = "main"


def forget(sample: Sample) -> None:
    """Delete all that tkt remembers between commands, as a clone has nothing of it."""
    shutil.rmtree(sample.root / ".git" / "tkt", ignore_errors=True)


def cold(sample: Sample) -> list[Task]:
    """Commands that find nothing below `.git/tkt`."""
    return [
        replace(list_task(), name=COLD_LIST, before=lambda _: forget(sample)),
        replace(search_task(), name=COLD_SEARCH, before=lambda _: forget(sample)),
    ]


def time_pulls(sample: Sample, pulls: Pulls, rounds: int, env: Mapping[str, str]) -> Times:
    """A list after a pull, and once more when the index knows; the index has seen none of these commits."""
    forget(sample)
    check_out(sample, pulls.start, env)

    def pull(number: int) -> None:
        check_out(sample, pulls.commits[number], env)

    run(list_task().command(0), sample.root, env)
    tasks = [replace(list_task(), name=PULLED, before=pull), list_task()]
    times = take(tasks, rounds, sample.root, env)
    check_out(sample, _BRANCH, env)
    return times

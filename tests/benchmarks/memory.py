"""How much memory a command needs at its peak: the largest of its processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from tests.benchmarks.commands import list_task, search_task
from tests.benchmarks.first import cold
from tests.benchmarks.stopwatch import Task
from tests.benchmarks.stores import Sample

_SPY = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""A process of its own: Linux counts what the parent had at the fork as the child's."""
_UNIT = 1 if sys.platform == "darwin" else 1024


def peaks(sample: Sample, env: Mapping[str, str]) -> dict[str, int]:
    """Bytes, by the name of the task; the coldest first, so that the others find an index."""
    return {task.name: _peak(task, sample, env) for task in (*cold(sample), list_task(), search_task())}


def _peak(task: Task, sample: Sample, env: Mapping[str, str]) -> int:
    if task.before:
        task.before(0)
    command = [sys.executable, "-c", _SPY, *task.command(0)]
    done = subprocess.run(command, cwd=sample.root, env=env, capture_output=True, check=True, text=True)
    return int(done.stdout) * _UNIT

"""Takes everything at one store: reads, first commands, writes, memory, and what was asked for besides."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import beside, commands, first
from tests.benchmarks.memory import peaks
from tests.benchmarks.peers import Others, time_peers
from tests.benchmarks.pulls import make_pulls
from tests.benchmarks.stopwatch import TKT, Times, run, take
from tests.benchmarks.stores import Sample, make_sample

_SLOW = 5
"""A cold index takes seconds: so many rounds are enough."""
_SLOWER = 3
"""Other programs may take many."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be measured.

    Args:
        runs: how many rounds count.
        compact: whether once more after the threads of old closed tickets were folded.
        peers: whether other ticket systems as well.
    """

    runs: int
    compact: bool = False
    peers: bool = False


@dataclass(frozen=True, slots=True)
class Compacted:
    """The same store with fewer files.

    Args:
        seconds: what `tkt compact` took.
        files: how many there were below `tickets/`, and how many there are.
        warm: list and search.
        cold: after a clone.
    """

    seconds: float
    files: tuple[int, int]
    warm: Times
    cold: Times


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured at one store.

    Args:
        reads: warm, with what stands beside them.
        cold: the first command after a clone.
        pulled: the first one after a pull.
        writes: changes.
        memory: bytes at the peak.
        compacted: where it was asked for.
        others: likewise.
    """

    reads: Times
    cold: Times
    pulled: Times
    writes: Times
    memory: Mapping[str, int]
    compacted: Compacted | None
    others: Others | None


def measure(folder: Path, size: int, wishes: Wishes, env: Mapping[str, str]) -> Figures:
    """Make a store and measure there.

    Args:
        folder: where; made here.
        size: how many tickets.
        wishes: what is to be measured.
        env: of the processes.
    """

    def tell(what: str) -> None:
        print(f"{size:,} tickets: {what}", file=sys.stderr, flush=True)

    runs, slow = wishes.runs, min(wishes.runs, _SLOW)
    tell("making them")
    sample = make_sample(folder / "desk", size, env)
    root = sample.root
    pulls = make_pulls(sample, runs + 1, env)
    tell("reading")
    reads = take([*commands.reads(sample, pulls), *beside.over_warm_files()], runs, root, env)
    tell("after a clone, after a pull")
    cold = _cold(sample, slow, env)
    pulled = first.time_pulls(sample, pulls, runs, env)
    memory = peaks(sample, env)
    tell("writing")
    writes = take(commands.writes(sample), runs, root, env)
    if wishes.peers:
        tell("others")
    others = time_peers(sample, folder / "peers", min(runs, _SLOWER), env) if wishes.peers else None
    if wishes.compact:
        tell("compacting")
    compacted = _compact(sample, wishes.runs, env) if wishes.compact else None
    return Figures(reads, cold, pulled, writes, memory, compacted, others)


def _cold(sample: Sample, rounds: int, env: Mapping[str, str]) -> Times:
    return take([*first.cold(sample), *beside.over_everything()], rounds, sample.root, env)


def _compact(sample: Sample, rounds: int, env: Mapping[str, str]) -> Compacted:
    before = _files(sample)
    seconds = run([*TKT, "compact"], sample.root, env)
    tasks = [commands.list_task(), commands.search_task(), *beside.over_warm_files()]
    warm = take(tasks, rounds, sample.root, env)
    cold = _cold(sample, min(rounds, _SLOW), env)
    return Compacted(seconds, (before, _files(sample)), warm, cold)


def _files(sample: Sample) -> int:
    return sum(1 for path in sample.root.glob("tickets/**/*") if path.is_file())

"""A command of tkt beside Git's own for the same work: rounds of both, and the ratio of each round."""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.stopwatch import TKT, clean_environment, run

NOW = "2026-11-22T09:00:00Z"

Make = Callable[[Path, int, Mapping[str, str]], None]
"""Fills a desk with so many things, in an environment."""
Round = Callable[[Path, Mapping[str, str]], tuple[float, float]]
"""Seconds of Git, and of tkt."""


class Pair(NamedTuple):
    """What is compared.

    Args:
        module: in `tests.benchmarks`.
        about: the module's text.
        things: what there are so many of.
        many: how many, where nobody says so.
        names: of what Git does, and of what tkt does.
        limit: tkt may take so many times as long; None where nothing is promised.
    """

    module: str
    about: str | None
    things: str
    many: int
    names: tuple[str, str]
    limit: int | None


def compare(pair: Pair, make: Make, one: Round, arguments: Sequence[str] | None) -> None:
    """Make a desk, take the times, print them."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.benchmarks.{pair.module}", description=pair.about)
    parser.add_argument(f"--{pair.things}", type=int, default=pair.many, metavar="N", dest="many")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="how many rounds count")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tkt-benchmarks-") as name:
        folder = Path(name)
        env = clean_environment(folder, NOW)
        desk = folder / "desk"
        desk.mkdir()
        run(["git", "init", "--quiet"], desk, env)
        run([*TKT, "init"], desk, env)
        make(desk, chosen.many, env)
        rounds = [one(desk, env) for _ in range(chosen.runs + 1)][1:]
    times = (1000 * statistics.median(each) for each in zip(*rounds, strict=True))
    told = ", ".join(f"{name} {took:.0f} ms" for name, took in zip(pair.names, times, strict=True))
    ratio = statistics.median(tkt / git for git, tkt in rounds)
    limit = f"; at most {pair.limit} x" if pair.limit else ""
    print(f"{chosen.many:,} {pair.things}: {told}, {ratio:.1f} x{limit}")

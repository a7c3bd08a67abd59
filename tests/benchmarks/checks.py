"""What a check of a whole desk costs beside reading it: `python -m tests.benchmarks.checks [--tickets N]`.

Cold is the first check after a clone, warm the next one; beside both `rg -c .` reads the same files. The hook
is what `git commit` waits for where one ticket is staged, beside `import click`. The first time it must check
the settings too.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.stopwatch import IMPORT_CLICK, TKT, clean_environment, run
from tests.benchmarks.stores import NOW, make_sample
from tkt.domain.fields import format_time

_COLD, _WARM, _HOOK = 30, 5, 4


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a desk, take the times, print them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.checks", description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000, metavar="N", help="of the desk")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="how many rounds count")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tkt-benchmarks-") as name:
        folder = Path(name)
        env = clean_environment(folder, format_time(NOW))
        sample = make_sample(folder / "desk", chosen.tickets, env)
        desk = sample.root
        run(["git", "read-tree", "HEAD"], desk, env)  # as a clone's index, which knows the trees
        run([*TKT, "set", sample.tickets[-1].id, "title=Renamed", "--no-commit"], desk, env)
        rounds = [_round(desk, env) for _ in range(chosen.runs + 1)][1:]
    read, cold, warm, click, first, hook = (statistics.median(each) for each in zip(*rounds, strict=True))
    print(f"{chosen.tickets:,} tickets: rg -c . {1000 * read:.0f} ms")
    for name, took, unit, limit in (
        ("cold", cold, read, _COLD),
        ("warm", warm, read, _WARM),
        ("pre-commit, one ticket", hook, click, _HOOK),
        ("pre-commit, settings new to it", first, click, _HOOK),
    ):
        print(f"{name}: {1000 * took:.0f} ms, {took / unit:.1f} x; at most {limit} x")


def _round(desk: Path, env: Mapping[str, str]) -> tuple[float, ...]:
    """Seconds of ripgrep, of a check without and with what tkt remembers, of `import click`, of two hooks."""
    read = run(["rg", "-c", ".", "tickets"], desk, env)
    shutil.rmtree(desk / ".git/tkt", ignore_errors=True)
    cold, warm = (run([*TKT, "check"], desk, env) for _ in range(2))
    click = run(IMPORT_CLICK.command(0), desk, env)
    first, hook = (run([*TKT, "hook", "pre-commit"], desk, env) for _ in range(2))
    return read, cold, warm, click, first, hook


if __name__ == "__main__":
    main()

"""What reports and pages cost: `python -m tests.benchmarks.reports [--tickets N] [--runs N] [--sites N]`.

`tkt report summary` runs beside `import click` once the index knows everything. A site is built into a new
folder, built again with nothing changed, and once more after a comment; both beside the first build.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.stopwatch import TKT, Task, clean_environment, run, take
from tests.benchmarks.stores import NOW, Sample, make_sample
from tkt.domain.fields import format_time

_SUMMARY, _FIRST, _AFTER, _PAGE = 6, 60, 0.1, 1_000_000


class Built(NamedTuple):
    """Seconds that `site build` took the first time, with nothing changed, and after one change."""

    first: float
    nothing: float
    after: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a desk, take the times, print them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reports", description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000, metavar="N", help="of the desk")
    parser.add_argument("--runs", type=int, default=15, metavar="N", help="how many rounds of reports count")
    parser.add_argument("--sites", type=int, default=3, metavar="N", help="how many sites are built, if any")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tkt-benchmarks-") as name:
        folder = Path(name)
        env = clean_environment(folder, format_time(NOW))
        sample = make_sample(folder / "desk", chosen.tickets, env)
        print(f"{chosen.tickets:,} tickets")
        _reports(sample, chosen.runs, env)
        page = folder / "page.html"
        run([*TKT, "report", "--format", "html", "-o", str(page)], sample.root, env)
        print(f"page of all reports: {page.stat().st_size:,} bytes; at most {_PAGE:,}")
        if chosen.sites:
            _tell([_build(sample, folder / "site", env) for _ in range(chosen.sites)])


def _reports(sample: Sample, runs: int, env: Mapping[str, str]) -> None:
    name = "report summary"
    times = take([Task(name, lambda _: [*TKT, *name.split()])], runs, sample.root, env)
    took, ratio = 1000 * times.median(name), times.to_click(name)
    print(f"{name}: {took:.0f} ms, {ratio:.1f} x import click; at most {_SUMMARY} x")


def _build(sample: Sample, site: Path, env: Mapping[str, str]) -> Built:
    shutil.rmtree(site, ignore_errors=True)
    build = [*TKT, "site", "build", str(site)]
    first, nothing = (run(build, sample.root, env) for _ in range(2))
    run([*TKT, "comment", sample.open[-1].id, "-m", "Still looking"], sample.root, env)
    return Built(first, nothing, run(build, sample.root, env))


def _tell(rounds: Sequence[Built]) -> None:
    first, nothing, after = (statistics.median(each) for each in zip(*rounds, strict=True))
    shares = [
        statistics.median(each)
        for each in zip(*((b.nothing / b.first, b.after / b.first) for b in rounds), strict=True)
    ]
    print(f"site build: {first:.1f} s; at most {_FIRST} s")
    print(f"the same, nothing changed: {nothing:.2f} s, {shares[0]:.3f} x the first")
    print(f"the same, one ticket changed: {after:.2f} s, {shares[1]:.3f} x the first; at most {_AFTER} x")


if __name__ == "__main__":
    main()

"""How long people wait for tkt: `python -m tests.benchmarks [--sizes 100,1000] [--runs 15]`.

Whole processes at stores of real files in real repositories, every command once a round and right after
`python -c "import click"` of the same interpreter, which is what the ratios are to. Nothing is judged:
the figures are for docs/performance.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.commands import all_tasks
from tests.benchmarks.imports import time_imports
from tests.benchmarks.report import circumstances, commands_table, imports_table
from tests.benchmarks.stopwatch import clean_environment, medians
from tests.benchmarks.stores import NOW, make_sample
from tkt.domain.fields import format_time

_IMPORTS = 5
"""An import takes seconds: so many are enough."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the stores, take the times, print the tables."""
    chosen = _options().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tkt-benchmarks-") as name:
        folder = Path(name)
        env = clean_environment(folder, format_time(NOW))
        print(f"{circumstances(chosen.runs)}\n", flush=True)
        times = {}
        for size in chosen.sizes:
            sample = make_sample(folder / str(size), size, env)
            times[size] = medians(all_tasks(sample), chosen.runs, sample.root, env)
        print(f"{commands_table(times)}\n", flush=True)
        runs = min(chosen.runs, _IMPORTS)
        print(imports_table(time_imports(folder / "imports", chosen.issues, runs, env)), flush=True)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=[100, 1000], metavar="N,N", help="of the stores")
    parser.add_argument("--runs", type=int, default=15, metavar="N", help="how many rounds count")
    parser.add_argument("--issues", type=int, default=1000, metavar="N", help="of the generated export")
    return parser


def _sizes(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


if __name__ == "__main__":
    main()

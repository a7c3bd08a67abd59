"""How long people wait for tkt: `python -m tests.benchmarks [--sizes 100,1000,10000] [--runs 15]`.

Whole processes at stores of real files in real repositories, every command once a round and right after
`python -c "import click"` of the same interpreter, which is what the ratios are to. Nothing is judged by a
test: the figures are for docs/performance.md, where `--write docs/performance.md` puts them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.beside import missing
from tests.benchmarks.figures import Wishes, measure
from tests.benchmarks.imports import time_imports
from tests.benchmarks.page import with_blocks
from tests.benchmarks.report import circumstances
from tests.benchmarks.stopwatch import clean_environment
from tests.benchmarks.stores import NOW
from tests.benchmarks.tables import blocks, imports_table
from tkt.domain.fields import format_time

_IMPORTS = 5
"""An import takes seconds: so many are enough."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the stores, take the times, print the tables."""
    chosen = _options().parse_args(arguments)
    made = {"circumstances": circumstances(chosen.runs)}
    wishes = Wishes(chosen.runs, compact=chosen.compact, peers=chosen.peers)
    with tempfile.TemporaryDirectory(prefix="tkt-benchmarks-") as name:
        folder = Path(name)
        env = clean_environment(folder, format_time(NOW))
        figures = {size: measure(folder / str(size), size, wishes, env) for size in sorted(chosen.sizes)}
        made |= blocks(figures, missing(env))
        if chosen.issues:
            runs = min(chosen.runs, _IMPORTS)
            made["imports"] = imports_table(time_imports(folder / "imports", chosen.issues, runs, env))
    print("\n\n".join(f"## {name}\n\n{text}" for name, text in made.items()))
    if chosen.write:
        page = chosen.write.read_text(encoding="utf-8")
        chosen.write.write_text(with_blocks(page, made), encoding="utf-8")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=[100, 1000], metavar="N,N", help="of the stores")
    parser.add_argument("--runs", type=int, default=15, metavar="N", help="how many rounds count")
    parser.add_argument(
        "--issues", type=int, default=1000, metavar="N", help="of the export to import; 0 for none"
    )
    parser.add_argument(
        "--compact", action="store_true", help="once more after the threads of old closed tickets were folded"
    )
    parser.add_argument("--peers", action="store_true", help="other ticket systems too, those on the PATH")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables into its marked blocks")
    return parser


def _sizes(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


if __name__ == "__main__":
    main()

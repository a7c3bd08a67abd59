"""What merging costs beside Git's own merge: `python -m tests.benchmarks.merges`.

One side sets a field of every ticket, the other one another field, and each writes an entry to every thread.
Git alone is `git merge-tree --write-tree` of the same two commits without a driver, which touches no working
tree; tkt is `tkt merge-branch`, commit, index and working tree included.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.exports import beads_export
from tests.benchmarks.stopwatch import TKT, clean_environment, run

_LIMIT = 10
_NOW = "2026-11-22T09:00:00Z"


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a repository with two branches, take the times, print them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.merges", description=__doc__)
    parser.add_argument("--tickets", type=int, default=1000, metavar="N", help="changed on both sides")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="how many rounds count")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tkt-benchmarks-") as name:
        folder = Path(name)
        env = clean_environment(folder, _NOW)
        desk = folder / "desk"
        _make(desk, chosen.tickets, env)
        rounds = [_round(desk, env) for _ in range(chosen.runs + 1)][1:]
    git, tkt = (statistics.median(times) for times in zip(*rounds, strict=True))
    ratio = statistics.median(mine / theirs for theirs, mine in rounds)
    print(
        f"{chosen.tickets:,} tickets: git merge-tree {1000 * git:.0f} ms, "
        f"tkt merge-branch {1000 * tkt:.0f} ms, {ratio:.1f} x; at most {_LIMIT} x"
    )


def _round(desk: Path, env: Mapping[str, str]) -> tuple[float, float]:
    """Seconds of Git alone, and of tkt."""
    run(["git", "reset", "--quiet", "--hard", "ours"], desk, env)
    git = run(["git", "merge-tree", "--write-tree", "ours", "theirs"], desk, env, (0, 1))
    return git, run([*TKT, "merge-branch", "theirs"], desk, env)


def _make(desk: Path, tickets: int, env: Mapping[str, str]) -> None:
    desk.mkdir()
    run(["git", "init", "--quiet"], desk, env)
    run([*TKT, "init"], desk, env)
    export = desk.parent / "export.jsonl"
    export.write_text(beads_export(tickets), encoding="utf-8")
    run([*TKT, "import", "beads", str(export)], desk, env)
    listed = subprocess.run(
        [*TKT, "list", "--all", "--format", "csv", "--fields", "id"],
        cwd=desk, env=env, capture_output=True, check=True, text=True,
    )  # fmt: skip
    ids = [line.strip('"\r') for line in listed.stdout.splitlines()[1:]]
    for branch, words in {"ours": ["due=2027-01-01"], "theirs": ["assignee=bob@example.com"]}.items():
        run(["git", "switch", "--quiet", "--create", branch, "main"], desk, env)
        run([*TKT, "set", "--yes", *ids, *words], desk, env)
    run(["git", "switch", "--quiet", "--create", "joined", "ours"], desk, env)
    run(["git", "config", "--remove-section", "merge.tkt"], desk, env)
    run(["git", "repack", "-a", "-d", "--quiet"], desk, env)


if __name__ == "__main__":
    main()

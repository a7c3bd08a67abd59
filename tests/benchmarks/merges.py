"""What merging costs beside Git's own merge: `python -m tests.benchmarks.merges`.

One side sets a field of every ticket, the other one another field, and each writes an entry to every thread.
Git alone is `git merge-tree --write-tree` of the same two commits without a driver, which touches no working
tree; tkt is `tkt merge-branch`, commit, index and working tree included.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.exports import beads_export
from tests.benchmarks.pair import Pair, compare
from tests.benchmarks.stopwatch import TKT, run

_PAIR = Pair("merges", __doc__, "tickets", 1000, ("git merge-tree", "tkt merge-branch"), 10)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a repository with two branches, take the times, print them."""
    compare(_PAIR, _make, _round, arguments)


def _round(desk: Path, env: Mapping[str, str]) -> tuple[float, float]:
    """Seconds of Git alone, and of tkt."""
    run(["git", "reset", "--quiet", "--hard", "ours"], desk, env)
    git = run(["git", "merge-tree", "--write-tree", "ours", "theirs"], desk, env, (0, 1))
    return git, run([*TKT, "merge-branch", "theirs"], desk, env)


def _make(desk: Path, tickets: int, env: Mapping[str, str]) -> None:
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

"""Taking in another tracker's issues, beside what Git needs to commit the very same files."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.exports import beads_export
from tests.benchmarks.stopwatch import TKT, run

REAL_EXPORT = Path(__file__).parents[3] / "shared" / "data" / "beads-issues.jsonl"
"""Real issues, where they stand beside the project."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import took.

    Args:
        name: of the export.
        issues: how many there were.
        files: how many files they became.
        tkt: seconds of `tkt import`, the median.
        git: seconds of `git add -A && git commit` of the same files, the median.
    """

    name: str
    issues: int
    files: int
    tkt: float
    git: float


def time_imports(folder: Path, issues: int, runs: int, env: Mapping[str, str]) -> list[Taken]:
    """Import a made-up export, and the real one where there is one.

    Args:
        folder: where; made here.
        issues: how many the made-up one has.
        runs: how often.
        env: of the processes.
    """
    folder.mkdir(parents=True)
    generated = folder / "generated.jsonl"
    generated.write_text(beads_export(issues), encoding="utf-8")
    exports = {"generated": generated}
    if REAL_EXPORT.exists():
        exports["beads' own issues"] = REAL_EXPORT
    return [_time(name, path, folder / path.stem, runs, env) for name, path in exports.items()]


def _time(name: str, export: Path, folder: Path, runs: int, env: Mapping[str, str]) -> Taken:
    pairs = [_once(export, folder / str(number), env) for number in range(runs)]
    desk = folder / "0" / "tkt"
    return Taken(
        name,
        issues=len(export.read_text(encoding="utf-8").splitlines()),
        files=sum(1 for path in desk.glob("tickets/**/*") if path.is_file()),
        tkt=statistics.median(tkt for tkt, _ in pairs),
        git=statistics.median(git for _, git in pairs),
    )


def _once(export: Path, folder: Path, env: Mapping[str, str]) -> tuple[float, float]:
    """Import into a fresh desk, then let Git commit the files that came of it in a fresh repository."""
    ours, theirs = folder / "tkt", folder / "git"
    ours.mkdir(parents=True)
    theirs.mkdir()
    run([*TKT, "init"], ours, env)
    tkt = run([*TKT, "import", "beads", str(export)], ours, env)
    run(["git", "init", "--quiet"], theirs, env)
    shutil.copytree(ours / "tickets", theirs / "tickets")
    git = run(["git", "add", "-A"], theirs, env)
    return tkt, git + run(["git", "commit", "--quiet", "-m", "Add the files"], theirs, env)

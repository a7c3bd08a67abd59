"""What a commit of code pays for the hooks: `python -m tests.benchmarks.hooks [--runs 20]`.

Commits with and without hooks take turns in a new desk; neither touches a ticket.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.stopwatch import TKT, clean_environment, run
from tests.benchmarks.stores import NOW
from tkt.domain.fields import format_time

NONE = "/dev/null"


def main(arguments: Sequence[str] | None = None) -> None:
    """Take the times, and print them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.hooks", description=__doc__)
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="commits of each kind")
    runs = parser.parse_args(arguments).runs
    with tempfile.TemporaryDirectory(prefix="tkt-hooks-") as name:
        folder = Path(name)
        env = clean_environment(folder, format_time(NOW))
        run([*TKT, "init", str(folder / "desk")], folder, env)
        run([*TKT, "hooks", "install"], folder / "desk", env)
        for branch in ("main", _branch_of_a_ticket(folder / "desk", env)):
            run(["git", "switch", "--quiet", "--force-create", branch], folder / "desk", env)
            without, with_hooks = _medians(folder / "desk", env, runs)
            more = with_hooks - without
            print(f"on {branch}: {without:.1f} ms without, {with_hooks:.1f} with, {more:.1f} more")


def _branch_of_a_ticket(desk: Path, env: Mapping[str, str]) -> str:
    made = subprocess.run(
        [*TKT, "create", "Login fails"], cwd=desk, env=env, capture_output=True, text=True, check=True
    )
    return f"feature/{made.stdout.split()[0]}-login"


def _medians(desk: Path, env: Mapping[str, str], runs: int) -> tuple[float, float]:
    kinds = (NONE, ".git/hooks")
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(runs):
        for kind in kinds:
            (desk / "code.py").write_text(f"{kind} {number}\n", encoding="utf-8")
            run(["git", "add", "code.py"], desk, env)
            begun = time.perf_counter()
            run(["git", "-c", f"core.hooksPath={kind}", "commit", "--quiet", "-m", "Change code"], desk, env)
            times[kind].append(time.perf_counter() - begun)
    without, with_hooks = (1000 * statistics.median(times[kind]) for kind in kinds)
    return without, with_hooks


if __name__ == "__main__":
    main()

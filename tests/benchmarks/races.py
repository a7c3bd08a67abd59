"""What six clones take that push to one hub at once: `python -m tests.benchmarks.races`.

Each has a commit of its own: with tkt a comment on one and the same ticket, with Git a file of its own. tkt
does `tkt sync`; Git pushes, and where somebody was faster pulls and pushes again. In the end all must be in.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.pair import Pair, compare
from tests.benchmarks.stopwatch import TKT, run

_PAIR = Pair("races", __doc__, "clones", 6, ("git push", "tkt sync"), None)
_PUSH = ("sh", "-c", "until git push --quiet; do git pull --quiet --no-rebase --no-edit; done")


def main(arguments: Sequence[str] | None = None) -> None:
    """Make two hubs with clones, take the times, print them."""
    compare(_PAIR, _make, _round, arguments)


def _make(desk: Path, clones: int, env: Mapping[str, str]) -> None:
    run([*TKT, "create", "Printer on fire"], desk, env)
    for kind in ("git", "tkt"):
        hub = desk.parent / kind
        run(["git", "clone", "--quiet", "--bare", str(desk), str(hub)], desk, env)
        for number in range(clones):
            clone = _clones(desk, kind) / str(number)
            run(["git", "clone", "--quiet", str(hub), str(clone)], desk, env)
            run([*TKT, "sync"], clone, env)


def _clones(desk: Path, kind: str) -> Path:
    return desk.parent / f"{kind}-clones"


def _round(desk: Path, env: Mapping[str, str]) -> tuple[float, float]:
    """Seconds until all are in, with Git and with tkt."""
    for number, clone in enumerate(_clones(desk, "git").iterdir()):
        with (clone / f"{number}.txt").open("a", encoding="utf-8") as file:
            file.write("Said.\n")
        run(["git", "add", "--all"], clone, env)
        run(["git", "commit", "--quiet", "-m", "Say something"], clone, env)
    for clone in _clones(desk, "tkt").iterdir():
        run([*TKT, "comment", "-", "-m", "Said."], clone, env)
    return _race(desk, "git", _PUSH, env), _race(desk, "tkt", (*TKT, "sync"), env)


def _race(desk: Path, kind: str, command: Sequence[str], env: Mapping[str, str]) -> float:
    """Seconds until every clone is in.

    Raises:
        RuntimeError: a commit of one of them is not at the hub.
    """
    clones = list(_clones(desk, kind).iterdir())
    started = time.perf_counter()
    running = [
        subprocess.Popen(command, cwd=each, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for each in clones
    ]
    codes = [each.wait() for each in running]
    seconds = time.perf_counter() - started
    heads = [_said(["git", "rev-parse", "HEAD"], each, env).strip() for each in clones]
    missing = _said(["git", "rev-list", *heads, "--not", "HEAD"], desk.parent / kind, env)
    if any(codes) or missing:
        raise RuntimeError(f"{kind}: ended with {codes}; not at the hub: {missing.split()}")
    return seconds


def _said(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> str:
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, check=True, text=True).stdout


if __name__ == "__main__":
    main()

"""Everything that can go wrong on a disk, one thing at a time: `python -m tests.faults [--stride K]`.

For each command and each call of the system by which it or its Git changes or reads the desk: killed there,
or refused. `--crowd` has eight processes write 25 times each beside somebody who works with plain Git.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.faults.crowd import Crowd, gather
from tests.faults.injecting import CALLS, can_inject, faults
from tests.faults.oracle import Judge
from tests.faults.scenes import SCENES, make_scene
from tests.sharing.clones import Hub, settle_in


def main(arguments: Sequence[str] | None = None) -> int:
    """Try it all, print what was wrong and a line for each command; 1 where anything was."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--scenes", default=",".join(SCENES), metavar="A,B", help="only these commands")
    parser.add_argument("--kinds", default=",".join(CALLS), metavar="A,B", help="only these kinds of calls")
    parser.add_argument("--stride", type=int, default=1, metavar="K", help="only every K-th fault")
    parser.add_argument(
        "--first", type=int, default=0, metavar="I", help="begin with the I-th, counted from 0"
    )
    parser.add_argument("--paths", action="store_true", help="faults of single files, each by its path")
    parser.add_argument("--crowd", metavar="NxM", help="N processes that write M times each, and no faults")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tkt-faults-") as name:
        folder = Path(name)
        settle_in(folder)
        if chosen.crowd:
            writers, times = map(int, chosen.crowd.split("x"))
            return _crowd(folder, writers, times)
        if not can_inject():
            print("strace is not here, or may not inject faults")
            return 2
        kinds = chosen.kinds.split(",")
        part = slice(chosen.first, None, chosen.stride)
        sweep = partial(_sweep, kinds=kinds, part=part, by_path=chosen.paths)
        return max(sweep(folder / each, each) for each in chosen.scenes.split(","))


def _sweep(folder: Path, name: str, kinds: Sequence[str], part: slice, *, by_path: bool) -> int:
    started = time.monotonic()
    scene = make_scene(name, folder / "scene")
    judge = Judge(scene, folder)
    every = faults(scene, folder / "counted", by_path=by_path)
    chosen = [each for each in every if each.kind in kinds][part]
    wrong = [found for each in chosen for found in judge.judge(each)]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    counted = Counter(each.kind for each in chosen)
    calls = ", ".join(f"{kind} {count}" for kind, count in counted.items())
    seconds = time.monotonic() - started
    print(f"{name}: {len(chosen)} faults ({calls}), {len(wrong)} wrong, {seconds:.0f} s", flush=True)
    return int(bool(wrong))


def _crowd(folder: Path, writers: int, times: int) -> int:
    wrong = 0
    for same in (True, False):
        place = folder / ("same" if same else "own")
        place.mkdir()
        desk = Hub(place).begin()
        for name in ("code.py", "notes.txt"):
            desk.commit(name, "old\n")
        crowd = gather(desk, writers, times, same=same)
        wrong += bool(crowd.said or crowd.missing or crowd.swept)
        print(*crowd.said, *crowd.swept, sep="", end="")
        print(
            f"{'one ticket' if same else 'tickets of their own'}: {_told(crowd, writers * times)}", flush=True
        )
    return int(bool(wrong))


def _told(crowd: Crowd, wanted: int) -> str:
    return (
        f"{wanted - len(crowd.missing)} of {wanted} are there, {len(crowd.said)} writers complained, "
        f"{len(crowd.swept)} tickets touched by the user's {crowd.commits} commits, Git refused the user "
        f"{crowd.busy} times, {crowd.seconds:.0f} s"
    )


if __name__ == "__main__":
    sys.exit(main())

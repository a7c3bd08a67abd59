"""What judging commits costs beside listing what they change: `python -m tests.benchmarks.pushes`.

Each commit takes one step with one ticket of its own, as `tkt transition` does. Git alone is
`git rev-list A..B | git diff-tree --stdin -r -m` over the same commits; it reads no file.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.pair import Pair, compare
from tests.benchmarks.stopwatch import TKT, run
from tkt.domain.ids import ALPHABET

_PAIR = Pair("pushes", __doc__, "commits", 1000, ("git", "tkt check --range"), 10)
_MONTH = "tickets/2026-11"
_WHO = "ana@example.com"
_BEFORE = 3
"""Entries that a ticket has already."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a repository, take the times, print them."""
    compare(_PAIR, _make, _round, arguments)


def _round(desk: Path, env: Mapping[str, str]) -> tuple[float, float]:
    """Seconds of Git alone, and of tkt."""
    pipe = "git rev-list before..after | git diff-tree --stdin -r -m"
    return run(["sh", "-c", pipe], desk, env), run([*TKT, "check", "--range", "before..after"], desk, env)


def _make(desk: Path, commits: int, env: Mapping[str, str]) -> None:
    subprocess.run(["git", "fast-import", "--quiet"], cwd=desk, env=env, input=_history(commits), check=True)
    run(["git", "repack", "-a", "-d", "--quiet"], desk, env)


def _history(commits: int) -> bytes:
    """Tickets with a few entries, and then a step of each in a commit of its own."""
    rows = [*_commit("before", "from refs/heads/main^0\n")]
    for number in range(commits):
        rows.append(_file(f"{_name(number)}.md", _ticket(number, "new")))
        rows += [_entry(number, second, "\nSomething was said.\n") for second in range(_BEFORE)]
    rows.append("reset refs/heads/after\nfrom refs/heads/before\n\n")
    for number in range(commits):
        rows += _commit("after", "")
        rows.append(_file(f"{_name(number)}.md", _ticket(number, "in-progress")))
        rows.append(_entry(number, _BEFORE, "", "changes:\n  status: [new, in-progress]\n"))
    return "".join(rows).encode()


def _commit(branch: str, start: str) -> Sequence[str]:
    return f"commit refs/heads/{branch}\ncommitter Ana <{_WHO}> 1795337000 +0000\ndata 4\nStep\n", start


def _name(number: int) -> str:
    digits = "".join(ALPHABET[number >> shift & 31] for shift in (20, 15, 10, 5, 0))
    return f"TKT-2j{digits}"


def _ticket(number: int, status: str) -> str:
    fixed = f"id: {_name(number)}\ncreated: 2026-11-22T08:00:00Z\ncreated_by: {_WHO}\n"
    return f"---\n{fixed}\ntitle: Ticket {number}\n\ntype: task\n\nstatus: {status}\n\npriority: P3\n---\n"


def _entry(number: int, second: int, body: str, changes: str = "") -> str:
    name = f"20261122T08000{second}Z-0000"
    head = f"id: {name}\nat: 2026-11-22T08:00:0{second}Z\nby: {_WHO}\nclock: {second + 1}\n"
    return _file(f"{_name(number)}/{name}.md", f"---\n{head}{changes}---\n{body}")


def _file(path: str, text: str) -> str:
    return f"M 100644 inline {_MONTH}/{path}\ndata {len(text)}\n{text}\n"


if __name__ == "__main__":
    main()

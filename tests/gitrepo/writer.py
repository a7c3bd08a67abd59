"""Somebody at another keyboard: `python -m tests.gitrepo.writer DESK NAME TIMES same|own`.

Writes as fast as it can; what is refused is read again and retried, as a command would be.
"""

import subprocess
import sys
from pathlib import Path

from tests.gitrepo.desk import OTHER, TICKET, Desk
from tkt.errors import ConflictError


def _append(desk: Desk, path: str, line: bytes) -> None:
    while True:
        target = desk.root / path
        before = target.read_bytes() if target.exists() else b""
        try:
            desk.record(desk.write(path, before + line), subject=f"line {line.decode().strip()}")
        except ConflictError as error:
            _take_the_hint(desk, error)
            continue
        return


def _take_the_hint(desk: Desk, error: ConflictError) -> None:
    """Drop edits that are in the index only: `git commit` reads the index before it locks it (2.39).

    What is written in between is then missing from the index, though not from the commit and the file.
    """
    if "not committed" in error.message:
        path = error.message.split()[0]
        subprocess.run(
            ["git", "checkout", "HEAD", "--", path], cwd=desk.root, capture_output=True, check=False
        )


def main(folder: str, name: str, times: str, which: str) -> None:
    """Append so many lines, each in a commit of its own."""
    desk = Desk(Path(folder))
    path = TICKET if which == "same" else OTHER.replace("zzzz", f"zz{name}")
    for number in range(int(times)):
        _append(desk, path, f"{name}-{number}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])

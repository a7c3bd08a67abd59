"""Several at once on one clone: nothing is lost, and nobody's own work is in anybody's commit."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.gitrepo.desk import OTHER, TEXT, TICKET, Desk

_ROOT = Path(__file__).parent.parent.parent
_CROWDS = [
    pytest.param(3, 4, id="three"),
    pytest.param(8, 10, id="eight", marks=pytest.mark.slow),
]


def _start(desk: Desk, count: int, times: int, which: str) -> list[subprocess.Popen[str]]:
    """So many writers at once."""
    command = [sys.executable, "-m", "tests.gitrepo.writer", str(desk.root)]
    return [
        subprocess.Popen(
            [*command, f"w{number}", str(times), which], cwd=_ROOT, stderr=subprocess.PIPE, text=True
        )
        for number in range(count)
    ]


def _finish(writers: list[subprocess.Popen[str]]) -> None:
    for writer in writers:
        _, said = writer.communicate(timeout=120)
        assert writer.returncode == 0, said


def _expected(count: int, times: int) -> set[str]:
    return {f"w{number}-{line}" for number in range(count) for line in range(times)}


def _assert_linear(desk: Desk, commits: int) -> None:
    assert len(desk.git("rev-list", "HEAD").split()) == commits
    assert desk.git("rev-list", "--merges", "HEAD") == ""
    assert desk.status == []


@pytest.mark.parametrize(("count", "times"), _CROWDS)
def test_each_in_a_ticket_of_its_own(desk: Desk, count: int, times: int) -> None:
    _finish(_start(desk, count, times, "own"))

    files = (OTHER.replace("zzzz", f"zzw{number}") for number in range(count))
    lines = [line for path in files for line in desk.at_head(path).splitlines()]
    assert set(lines) == _expected(count, times)
    assert len(lines) == count * times
    _assert_linear(desk, 1 + count * times)


@pytest.mark.parametrize(("count", "times"), _CROWDS)
def test_all_in_the_same_ticket(desk: Desk, count: int, times: int) -> None:
    _finish(_start(desk, count, times, "same"))

    lines = desk.at_head(TICKET).removeprefix(TEXT.decode()).splitlines()
    assert set(lines) == _expected(count, times)
    assert len(lines) == count * times
    _assert_linear(desk, 1 + count * times)


@pytest.mark.parametrize(("count", "times"), _CROWDS)
def test_beside_somebody_who_commits_code(desk: Desk, count: int, times: int) -> None:
    writers = _start(desk, count, times, "same")
    made = 0
    while any(writer.poll() is None for writer in writers):
        desk.put("code.py", f"{made}\n")
        command = ["git", "commit", "--quiet", "-m", f"code {made}", "--", "code.py"]
        made += not subprocess.run(command, cwd=desk.root, capture_output=True, check=False).returncode
    _finish(writers)

    assert made
    assert set(desk.at_head(TICKET).removeprefix(TEXT.decode()).splitlines()) == _expected(count, times)
    for commit in desk.git("log", "--format=%H", "--grep=^code ").split():
        assert desk.git("show", "--format=", "--name-only", commit).split() == ["code.py"]
    desk.git("checkout", "HEAD", "--", ".")  # for why, see tests/gitrepo/writer.py
    _assert_linear(desk, 1 + count * times + made)

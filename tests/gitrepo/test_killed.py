"""kill -9 at any step: it is as before or as after, and the next command finds nothing in its way."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.gitrepo.desk import ANA, DONE, ENTRY, NOW, OTHER, TEXT, TICKET, Desk
from tests.gitrepo.killed import KILLED
from tkt.gitrepo.leftovers import clear

_ROOT = Path(__file__).parent.parent.parent
_STEPS = {"auto": 9, "amend": 14, "stage": 8, "undo": 16, "hooks": 10}


def _kill(desk: Desk, step: int, policy: str) -> bool:
    """Whether the command got so far as to be killed there."""
    command = [sys.executable, "-m", "tests.gitrepo.killed", str(desk.root), str(step), policy]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, KILLED}, done.stderr
    return bool(done.returncode)


def _prepare(desk: Desk, policy: str) -> None:
    """Work of the person's own, and before an undoing something to undo."""
    if policy == "undo":
        desk.finish()
    if policy == "amend":
        desk.record(desk.write("tickets/2026-11/TKT-2j7aaaa.md", b"x\n"))
    desk.put("code.py", "staged\n")
    desk.git("add", "code.py")
    desk.put("notes.txt", "mine\n")


def _every_step() -> list[object]:
    slow = {"amend": pytest.mark.slow, "stage": pytest.mark.slow, "hooks": pytest.mark.slow}
    return [
        pytest.param(policy, step, marks=slow.get(policy, ()))
        for policy, steps in _STEPS.items()
        for step in range(1, steps + 1)
    ]


@pytest.mark.parametrize(("policy", "step"), _every_step())
def test_a_killed_command_is_finished_or_never_was(desk: Desk, policy: str, step: int) -> None:
    _prepare(desk, policy)
    assert _kill(desk, step, policy)

    desk.record(desk.write(OTHER, b"next\n"))

    assert desk.read(TICKET) in {TEXT, DONE}
    assert (desk.root / ENTRY).exists() == (desk.read(TICKET) == DONE)
    staged = desk.git("show", f":{TICKET}").encode()
    assert staged == desk.read(TICKET)
    if policy != "stage":
        assert desk.at_head(TICKET).encode() == staged
        assert desk.status == ["M  code.py", "?? notes.txt"]
    desk.git("commit", "--quiet", "-m", "by hand")
    assert desk.at_head(TICKET).encode() == staged


@pytest.mark.parametrize(("policy", "steps"), _STEPS.items())
def test_every_step_has_been_tried(desk: Desk, policy: str, steps: int) -> None:
    _prepare(desk, policy)

    assert not _kill(desk, steps + 1, policy)


def test_what_was_edited_after_the_kill_is_not_overwritten(desk: Desk) -> None:
    step = next(step for step in range(1, 20) if _moves_the_branch(desk, step))
    desk.put(TICKET, b"by hand\n")

    desk.record(desk.write(OTHER, b"next\n"))

    assert step
    assert desk.read(TICKET) == b"by hand\n"
    assert desk.read(ENTRY) == b"entry\n"
    assert desk.status == [f" M {TICKET}"]
    assert desk.last(ANA).subject == "TKT-2j7k3q9: status: new -> done"


def _moves_the_branch(desk: Desk, step: int) -> bool:
    _kill(desk, step, "auto")
    return desk.subjects != ["start"]


def test_the_doctor_takes_back_what_was_staged_for_hooks(desk: Desk) -> None:
    _prepare(desk, "hooks")
    before = desk.status
    step = next(step for step in range(1, 20) if _kill(desk, step, "hooks") and desk.status != before)

    said = clear(desk.repository, NOW)

    assert step
    assert any("with what was staged for git commit taken back" in each for each in said)
    assert desk.status == before
    assert not clear(desk.repository, NOW)

"""commit: stage and off. Written, and recorded no further than the person asked for."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.gitrepo.desk import DONE, ENTRY, OTHER, TEXT, TICKET, Desk
from tkt.domain.settings import CommitPolicy
from tkt.errors import ConflictError, TktError
from tkt.usecases.workspace import FileWrite


def test_stage_writes_and_stages_and_commits_nothing(desk: Desk) -> None:
    receipt = desk.finish(CommitPolicy.STAGE)

    assert (receipt.policy, receipt.commit) == (CommitPolicy.STAGE, "")
    assert desk.status == [f"M  {TICKET}", f"A  {ENTRY}"]
    assert desk.subjects == ["start"]
    assert desk.read(TICKET) == DONE


def test_stage_goes_on_from_what_is_staged(desk: Desk) -> None:
    desk.finish(CommitPolicy.STAGE)

    desk.record(desk.write(TICKET, TEXT + b"more\n"), policy=CommitPolicy.STAGE)

    assert desk.git("show", f":{TICKET}").encode() == TEXT + b"more\n"
    assert desk.status == [f"M  {TICKET}", f"A  {ENTRY}"]


def test_stage_leaves_other_staged_and_unstaged_work_alone(desk: Desk) -> None:
    desk.put("code.py", "staged\n")
    desk.git("add", "code.py")
    desk.put("code.py", "and more\n")

    desk.finish(CommitPolicy.STAGE)

    assert "MM code.py" in desk.status
    assert desk.git("show", ":code.py") == "staged\n"


def test_stage_refuses_a_ticket_with_unstaged_edits(desk: Desk) -> None:
    desk.put(TICKET, TEXT + b"by hand\n")

    with pytest.raises(ConflictError, match="has edits that are not committed"):
        desk.record(desk.write(TICKET, DONE), policy=CommitPolicy.STAGE)

    assert desk.status == [f" M {TICKET}"]
    assert desk.read(TICKET) == TEXT + b"by hand\n"


def test_stage_removes_a_file(desk: Desk) -> None:
    desk.finish(CommitPolicy.STAGE)

    desk.record(desk.write(ENTRY, None), policy=CommitPolicy.STAGE)

    assert desk.status == [f"M  {TICKET}"]
    assert not (desk.root / ENTRY).parent.exists()


def test_stage_works_on_a_detached_head(desk: Desk) -> None:
    desk.git("checkout", "--quiet", "--detach")

    desk.finish(CommitPolicy.STAGE)

    assert desk.status == [f"M  {TICKET}", f"A  {ENTRY}"]


def test_off_writes_and_leaves_git_alone(desk: Desk) -> None:
    receipt = desk.finish(CommitPolicy.OFF)

    assert (receipt.policy, receipt.commit) == (CommitPolicy.OFF, "")
    assert desk.status == [f" M {TICKET}", f"?? {ENTRY}"]
    assert desk.subjects == ["start"]


def test_off_goes_on_from_its_own_edits(desk: Desk) -> None:
    desk.finish(CommitPolicy.OFF)
    desk.record(desk.write(TICKET, TEXT), policy=CommitPolicy.OFF)

    assert desk.status == [f"?? {ENTRY}"]


def test_off_still_refuses_a_file_that_changed_meanwhile(desk: Desk) -> None:
    with pytest.raises(ConflictError, match="changed meanwhile"):
        desk.record(FileWrite(TICKET, DONE, b"older\n"), policy=CommitPolicy.OFF)

    assert desk.status == []


@contextmanager
def _little_room(size: int) -> Iterator[None]:
    """No file can grow beyond a size, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("policy", list(CommitPolicy))
def test_a_full_disk_changes_nothing(desk: Desk, policy: CommitPolicy) -> None:
    big = "tickets/2026-11/TKT-2j7k3q9/files/big.bin"
    data = os.urandom(2 << 20)  # does not get smaller when it is packed
    writes = [desk.write(TICKET, DONE), desk.write(big, data), desk.write(OTHER, b"x\n")]

    with _little_room(1 << 20), pytest.raises(TktError) as caught:
        desk.record(*writes, policy=policy)

    assert caught.value.message
    assert desk.status == []
    assert desk.subjects == ["start"]
    assert desk.read(TICKET) == TEXT


def test_a_disk_that_fills_up_is_met_before_the_commit(desk: Desk) -> None:
    big = "tickets/2026-11/TKT-2j7k3q9/files/big.bin"

    with _little_room(1 << 20), pytest.raises(TktError, match="cannot write"):
        desk.record(desk.write(TICKET, DONE), desk.write(big, bytes(2 << 20)))

    assert desk.subjects == ["start"]
    assert desk.read(TICKET) == TEXT
    assert desk.status == []
    desk.assert_sound()

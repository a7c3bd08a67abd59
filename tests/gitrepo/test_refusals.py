"""What is refused, with everything as it was and a way out in the message."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gitrepo.desk import ANA, DONE, ENTRY, OTHER, TEXT, TICKET, Desk, Person, fails
from tkt.domain.settings import CommitPolicy
from tkt.errors import ConflictError, InvalidStoreError, TktError
from tkt.gitrepo import locks
from tkt.usecases.workspace import Actor, FileWrite, Note


def _diverge(desk: Desk) -> None:
    """Two branches that disagree about a file of code."""
    desk.git("switch", "--quiet", "-c", "side")
    desk.put("code.py", "side\n")
    desk.commit("side")
    desk.git("switch", "--quiet", "main")
    desk.put("code.py", "main\n")
    desk.commit("main")


def _merge(desk: Desk) -> None:
    _diverge(desk)
    fails(desk.root, "merge", "side")


def _rebase(desk: Desk) -> None:
    _diverge(desk)
    fails(desk.root, "rebase", "side")


def _rebase_by_mail(desk: Desk) -> None:
    _diverge(desk)
    fails(desk.root, "rebase", "--apply", "side")


def _cherry_pick(desk: Desk) -> None:
    _diverge(desk)
    fails(desk.root, "cherry-pick", "side")


def _revert(desk: Desk) -> None:
    desk.put("code.py", "two\n")
    desk.commit()
    desk.put("code.py", "three\n")
    desk.commit()
    fails(desk.root, "revert", "HEAD^")


def _bisect(desk: Desk) -> None:
    desk.git("bisect", "start")


_BUSY = [
    (_merge, "a merge", "merge --abort"),
    (_rebase, "a rebase", "rebase --abort"),
    (_rebase_by_mail, "a rebase", "rebase --abort"),
    (_cherry_pick, "a cherry-pick", "cherry-pick --abort"),
    (_revert, "a revert", "revert --abort"),
    (_bisect, "a bisect", "bisect reset"),
]


@pytest.mark.parametrize("policy", [CommitPolicy.AUTO, CommitPolicy.STAGE])
@pytest.mark.parametrize(("begin", "what", "way_out"), _BUSY)
def test_in_the_middle_of(
    desk: Desk, begin: Callable[[Desk], None], what: str, way_out: str, policy: CommitPolicy
) -> None:
    begin(desk)
    before = (desk.head, desk.status)

    with pytest.raises(ConflictError, match=f"{what} is under way") as caught:
        desk.finish(policy)

    assert f"git {way_out}" in caught.value.hint
    assert (desk.head, desk.status) == before
    assert desk.read(TICKET) == TEXT
    desk.git(*way_out.split())
    desk.finish(policy)


def test_a_merge_in_another_worktree_is_in_nobodys_way(desk: Desk) -> None:
    _merge(desk)
    linked = Desk(desk.root.parent / "linked")
    desk.git("worktree", "add", "--quiet", "-b", "third", str(linked.root))

    linked.finish()

    assert linked.status == []


@pytest.mark.parametrize("staged", [True, False])
def test_a_ticket_with_edits_that_are_not_committed(desk: Desk, staged: bool) -> None:
    desk.put(TICKET, TEXT + b"by hand\n")
    if staged:
        desk.git("add", TICKET)
    before = desk.status

    with pytest.raises(ConflictError, match=f"{TICKET} has edits that are not committed") as caught:
        desk.finish()

    assert f"git checkout HEAD -- {TICKET}" in caught.value.hint
    assert desk.status == before
    assert desk.read(TICKET) == TEXT + b"by hand\n"


def test_edits_that_are_staged_and_then_undone_in_the_file(desk: Desk) -> None:
    desk.put(TICKET, TEXT + b"by hand\n")
    desk.git("add", TICKET)
    desk.put(TICKET, TEXT)

    with pytest.raises(ConflictError, match="not committed"):
        desk.finish()

    assert desk.git("show", f":{TICKET}").encode() == TEXT + b"by hand\n"


def test_a_ticket_that_git_does_not_know_yet(desk: Desk) -> None:
    desk.put(OTHER, b"by hand\n")

    with pytest.raises(ConflictError, match="not committed"):
        desk.record(desk.write(OTHER, b"x\n"))

    assert desk.status == [f"?? {OTHER}"]


def test_a_new_ticket_where_one_was_deleted_by_hand(desk: Desk) -> None:
    (desk.root / TICKET).unlink()

    with pytest.raises(ConflictError, match="not committed"):
        desk.record(FileWrite(TICKET, DONE, None))

    assert desk.status == [f" D {TICKET}"]


def test_a_file_left_in_conflict_by_a_stash(desk: Desk) -> None:
    desk.put(TICKET, TEXT + b"stashed\n")
    desk.git("stash", "--quiet")
    desk.put(TICKET, TEXT + b"committed\n")
    desk.commit()
    fails(desk.root, "stash", "pop")

    with pytest.raises(ConflictError, match="not committed"):
        desk.record(desk.write(TICKET, DONE))

    assert desk.status == [f"UU {TICKET}"]
    desk.git("stash", "drop", "--quiet")


@pytest.mark.parametrize("base", [b"older\n", None])
def test_a_file_that_is_not_what_the_change_started_from(desk: Desk, base: bytes | None) -> None:
    with pytest.raises(ConflictError, match=f"{TICKET} has changed meanwhile"):
        desk.record(FileWrite(TICKET, DONE, base))

    assert desk.read(TICKET) == TEXT
    assert desk.subjects == ["start"]


def test_one_file_out_of_two_refused_is_both_refused(desk: Desk) -> None:
    with pytest.raises(ConflictError):
        desk.record(desk.write(ENTRY, b"entry\n"), FileWrite(TICKET, DONE, b"older\n"))

    assert desk.status == []


def _link(desk: Desk, path: str) -> Path:
    """Put what is at a path outside the desk, with a link to it in its place."""
    outside = desk.root.parent / "outside"
    (desk.root / path).rename(outside)
    (desk.root / path).symlink_to(outside)
    return outside


@pytest.mark.parametrize("path", [TICKET, "tickets/2026-11", "tickets"])
@pytest.mark.parametrize("policy", list(CommitPolicy))
def test_a_link_on_the_way(desk: Desk, path: str, policy: CommitPolicy) -> None:
    outside = _link(desk, path)
    desk.commit("link")

    with pytest.raises(InvalidStoreError, match=f"{path}: is a link"):
        desk.finish(policy)

    ticket = outside if outside.is_file() else next(outside.rglob("TKT-2j7k3q9.md"))
    assert ticket.read_bytes() == TEXT
    assert (desk.subjects[0], desk.status) == ("link", [])


def test_a_file_where_a_folder_should_be(desk: Desk) -> None:
    desk.put("tickets/2026-12", "x\n")
    desk.commit()

    with pytest.raises(InvalidStoreError, match="tickets/2026-12: is a file where a folder should be"):
        desk.record(desk.write("tickets/2026-12/TKT-2k00000.md", b"x\n"))


def test_something_else_where_a_file_should_be(desk: Desk) -> None:
    os.mkfifo(desk.root / OTHER)
    (desk.root / ENTRY).mkdir(parents=True)

    for path in (OTHER, ENTRY):
        with pytest.raises(InvalidStoreError, match=f"{path}: is not a file"):
            desk.record(FileWrite(path, b"x\n", None))


def test_an_index_that_another_git_command_holds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_PATIENCE", 0.1)
    lock = desk.root / ".git/index.lock"
    lock.touch()

    for policy in (CommitPolicy.AUTO, CommitPolicy.STAGE):
        with pytest.raises(ConflictError, match=r"another Git command holds .*index\.lock") as caught:
            desk.finish(policy)
        assert "tkt doctor --fix" in caught.value.hint

    assert lock.exists()
    lock.unlink()
    assert desk.status == []
    assert desk.subjects == ["start"]


def test_a_desk_that_another_command_of_tkt_holds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_DESK_PATIENCE", 0.1)

    with (
        locks.desk_lock(str(desk.root / ".git")),
        pytest.raises(ConflictError, match="another tkt command is writing"),
    ):
        desk.finish()

    assert desk.status == []


@pytest.mark.parametrize("name", ["tkt.lock", "index.tkt-draft"])
def test_what_cannot_be_written_is_named(desk: Desk, name: str) -> None:
    in_the_way = desk.root / ".git" / name
    in_the_way.mkdir()

    with pytest.raises(TktError, match=f"cannot write .*{name}"):
        desk.finish()

    in_the_way.rmdir()
    assert desk.status == []
    assert desk.subjects == ["start"]


def test_a_branch_that_another_git_command_holds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_PATIENCE", 0.1)
    lock = desk.root / ".git/refs/heads/main.lock"
    lock.touch()

    with pytest.raises(ConflictError, match=r"main\.lock"):
        desk.finish()

    lock.unlink()
    assert desk.status == []
    assert desk.subjects == ["start"]


class Meddler(Person):
    """Somebody who commits while they are asked who they are."""

    def __init__(self, desk: Desk, times: int) -> None:
        self.desk = desk
        self.times = times

    def actor(self) -> Actor | None:
        if self.times:
            self.times -= 1
            commit = self.desk.git("commit-tree", "-p", "HEAD", "-m", "meanwhile", "HEAD^{tree}").strip()
            self.desk.git("update-ref", "HEAD", commit)
        return ANA


def test_a_commit_made_in_the_middle_of_it_comes_before_it(desk: Desk) -> None:
    desk.recorder_of(Meddler(desk, 1)).record([desk.write(TICKET, DONE)], Note("s"), CommitPolicy.AUTO)

    assert desk.subjects == ["s", "meanwhile", "start"]
    assert desk.status == []
    desk.assert_sound()


def test_a_branch_that_never_stands_still(desk: Desk) -> None:
    with pytest.raises(ConflictError, match="the branch has moved meanwhile"):
        desk.recorder_of(Meddler(desk, 9)).record([desk.write(TICKET, DONE)], Note("s"), CommitPolicy.AUTO)

    assert set(desk.subjects) == {"meanwhile", "start"}
    assert desk.read(TICKET) == TEXT
    assert desk.status == []


def test_ctrl_c_waits_until_branch_index_and_files_agree() -> None:
    done: list[str] = []

    def interrupted() -> None:
        with locks.uninterrupted():
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            done.append("everything")

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert done

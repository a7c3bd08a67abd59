"""Taking the newest commit back, as if it had never been made."""

from pathlib import Path

import pytest

from tests.gitrepo.desk import ANA, BOB, DONE, ENTRY, OTHER, TEXT, TICKET, Desk
from tkt.domain.settings import CommitPolicy
from tkt.errors import ConflictError


def test_the_commit_is_gone_and_the_files_are_as_before(desk: Desk) -> None:
    start = desk.head
    desk.finish()

    receipt = desk.rewind()

    assert (receipt.commit, receipt.warning) == (start, "")
    assert desk.subjects == ["start"]
    assert desk.read(TICKET) == TEXT
    assert not (desk.root / ENTRY).parent.exists()
    assert desk.status == []
    assert desk.git("log", "-g", "-1", "--format=%gs").startswith("tkt: undo TKT-2j7k3q9")


def test_a_removed_file_comes_back(desk: Desk) -> None:
    desk.finish()
    desk.record(desk.write(ENTRY, None), subject="TKT-2j7k3q9: undo")

    desk.rewind()

    assert desk.read(ENTRY) == b"entry\n"
    assert desk.status == []


def test_work_of_the_persons_own_stays_as_it_was(desk: Desk) -> None:
    desk.finish()
    desk.put("code.py", "staged\n")
    desk.git("add", "code.py")
    desk.put("notes.txt", "mine\n")

    desk.rewind()

    assert desk.status == ["M  code.py", "?? notes.txt"]


def test_the_first_commit_ever_can_be_taken_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "new")
    desk.root.mkdir()
    desk.git("init", "--quiet")
    desk.put("notes.txt", "mine\n")
    desk.git("add", "notes.txt")
    desk.finish()

    receipt = desk.rewind()

    assert receipt.commit == ""
    assert desk.git("branch", "--show-current").strip() == "main"
    assert desk.git("rev-list", "--all") == ""
    assert desk.status == ["A  notes.txt"]
    desk.finish()
    assert desk.subjects == ["TKT-2j7k3q9: status: new -> done"]
    desk.assert_sound()


def test_a_thousand_files_are_taken_back_at_once(desk: Desk) -> None:
    desk.record(*(desk.write(f"tickets/2026-11/TKT-2j7{number:04}.md", b"x\n") for number in range(1000)))

    desk.rewind()

    assert len(list((desk.root / "tickets/2026-11").iterdir())) == 1
    assert desk.status == []


def test_with_a_newer_commit_on_top_nothing_is_taken_back(desk: Desk) -> None:
    desk.finish()
    last = desk.last()
    desk.put("code.py", "two\n")
    newer = desk.commit()

    with pytest.raises(ConflictError, match="another commit was made meanwhile"):
        desk.recorder().rewind(last)

    assert desk.head == newer
    assert desk.read(TICKET) == DONE


@pytest.mark.parametrize("staged", [True, False])
def test_edits_made_since_are_not_lost(desk: Desk, staged: bool) -> None:
    commit = desk.finish().commit
    desk.put(TICKET, DONE + b"by hand\n")
    if staged:
        desk.git("add", TICKET)

    with pytest.raises(ConflictError, match=f"{TICKET} has edits that are not committed"):
        desk.rewind()

    assert desk.head == commit
    assert desk.read(TICKET) == DONE + b"by hand\n"


def test_a_file_deleted_since_is_not_brought_back_unasked(desk: Desk) -> None:
    desk.finish()
    (desk.root / ENTRY).unlink()

    with pytest.raises(ConflictError, match="not committed"):
        desk.rewind()

    assert desk.status == [f" D {ENTRY}"]


def test_a_joined_commit_is_taken_back_as_a_whole(desk: Desk) -> None:
    desk.finish(CommitPolicy.AMEND)
    desk.record(desk.write(OTHER, b"one\n"), policy=CommitPolicy.AMEND)

    desk.rewind()

    assert desk.subjects == ["start"]
    assert desk.status == []


def test_line_ends_of_windows_come_back_as_git_has_them(desk: Desk) -> None:
    desk.put(TICKET, TEXT.replace(b"\n", b"\r\n"))
    desk.record(desk.write(TICKET, DONE.replace(b"\n", b"\r\n")))

    desk.rewind()

    assert desk.read(TICKET) == TEXT
    assert desk.status == []


def test_a_shared_or_foreign_change_says_so(desk: Desk) -> None:
    desk.finish()
    assert (desk.last().is_head, desk.last().shared) == (True, False)

    desk.git("tag", "v1")
    assert desk.last().shared

    desk.record(desk.write(OTHER, b"one\n"), who=BOB)
    assert not desk.last(ANA).is_head
    assert desk.last(BOB).is_head

"""A disk that says no, and a process that is killed, at a sample of the calls; all of them by hand.

`python -m tests.faults` tries every one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import git
from tests.faults.injecting import Fault, can_inject, faults, type_it
from tests.faults.oracle import Judge, locks
from tests.faults.scenes import Scene, make_scene

pytestmark = pytest.mark.skipif(not can_inject(), reason="strace is not here, or may not inject faults")

_SAMPLED = {
    "create": 67, "comment": 59, "edit": 61, "bulk": 61, "undo": 29, "compact": 53, "merge-branch": 61,
    "import": 61, "sync": 197,
}  # fmt: skip
"""Every so-manyth fault; primes, so that kinds and troubles take turns. Opening files is left to the
whole sweep: which are opened depends on the machine, so that the sample would be another one everywhere.
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", _SAMPLED)
def test_it_is_as_before_or_done_and_done_once(name: str, tmp_path: Path) -> None:
    scene = make_scene(name, tmp_path / "scene")
    judge = Judge(scene, tmp_path)
    every = [each for each in faults(scene, tmp_path / "counted") if each.kind != "openat"]
    chosen = every[:: _SAMPLED[name]]
    assert len(chosen) > 1
    assert [found for each in chosen for found in judge.judge(each)] == []


@pytest.mark.slow
def test_a_branch_that_git_cannot_read_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    scene = make_scene("undo", tmp_path / "scene")
    judge = Judge(scene, tmp_path)
    every = faults(scene, tmp_path / "counted", about='/refs/heads/main"')
    chosen = [each for each in every if (each.kind, each.trouble) == ("openat", "EIO")]
    assert chosen
    assert [found for each in chosen for found in judge.judge(each)] == []


@pytest.mark.parametrize("trouble", ["ENOSPC", "EMFILE"])
@pytest.mark.parametrize("folder", ["tickets", "tickets/2026-11"])
def test_a_folder_that_cannot_be_listed_is_not_taken_for_an_empty_one(
    folder: str, trouble: str, tmp_path: Path
) -> None:
    judge = Judge(make_scene("record", tmp_path / "scene"), tmp_path)
    assert judge.judge(Fault("openat", trouble, 1, folder)) == []


@pytest.fixture
def comment(tmp_path: Path) -> Judge:
    """Somebody comments."""
    return Judge(make_scene("comment", tmp_path / "scene"), tmp_path)


def test_killed_between_the_branch_and_the_files_it_is_done_once(comment: Judge) -> None:
    assert comment.judge(Fault("rename", "KILL", 1)) == []


def test_killed_before_it_could_say_so_it_is_done_once(comment: Judge, tmp_path: Path) -> None:
    all_faults = faults(comment.scene, tmp_path / "counted")
    last = max(each.number for each in all_faults if (each.kind, each.trouble) == ("write", "KILL"))
    assert comment.judge(Fault("write", "KILL", last + 1)) == []


@pytest.mark.parametrize(
    ("name", "number"), [("bulk", 5), ("import", 3), ("compact", 3), ("record", 2), ("resolve", 2)]
)
def test_killed_between_the_files_of_several_tickets_it_is_done_once(
    name: str, number: int, tmp_path: Path
) -> None:
    judge = Judge(make_scene(name, tmp_path / "scene"), tmp_path)
    assert judge.judge(Fault("rename", "KILL", number)) == []


@pytest.mark.parametrize("name", ["comment", "undo", "merge-branch"])
def test_git_is_killed_when_it_has_moved_the_branch(name: str, tmp_path: Path) -> None:
    """It removes this lock then; the command goes on where Git was."""
    judge = Judge(make_scene(name, tmp_path / "scene"), tmp_path)
    scene = judge.scene.copy(tmp_path / "spoiled")
    done = type_it(scene, fault=Fault("unlink", "KILL", 1, ".git/HEAD.lock"))
    assert done.code == 0
    assert list(judge.wrong(scene, done)) == []


@pytest.mark.parametrize(
    ("kind", "trouble", "path", "code"),
    [
        ("unlink", "KILL", "", 7),  # put back at once
        ("write", "KILL", "", 1),  # Git cannot put it back either
        ("openat", "ENOSPC", "", 0),  # the second attempt does it
        ("rename", "EROFS", ".git/index.tkt-draft", 0),  # all but the index
    ],
)
def test_files_are_not_left_on_the_way_to_another_commit(
    kind: str, trouble: str, path: str, code: int, tmp_path: Path
) -> None:
    judge = Judge(make_scene("merge-branch", tmp_path / "scene"), tmp_path)
    ticket = judge.scene.desk.git("diff", "--name-only", "--diff-filter=M", "main", "other", "tickets")
    scene = judge.scene.copy(tmp_path / "spoiled")
    done = type_it(scene, fault=Fault(kind, trouble, 1, path or ticket))
    assert done.code == code
    left = (kind, trouble) in {("write", "KILL"), ("rename", "EROFS")}
    assert ("the next command" in done.err.lower()) == left
    assert list(judge.wrong(scene, done)) == []


def test_what_somebody_wrote_while_files_were_on_the_way_stays(tmp_path: Path) -> None:
    judge = Judge(make_scene("merge-branch", tmp_path / "scene"), tmp_path)
    desk = judge.scene.desk
    (ticket,) = desk.git("diff", "--name-only", "--diff-filter=M", "main", "other", "tickets").split()
    assert type_it(judge.scene, fault=Fault("write", "KILL", 1, ticket)).code == 1
    desk.write(ticket, "mine\n")
    said = type_it(judge.scene)
    assert said.code == 7
    assert f"{ticket}: edits that are not committed are in the way" in said.err
    assert (desk.root / ticket).read_text(encoding="utf-8") == "mine\n"
    assert desk.git("diff", "--name-status", "HEAD", "tickets") == f"M\t{ticket}"
    assert not locks(judge.scene)


def test_git_is_killed_when_it_has_moved_the_branch_of_a_bare_repository(tmp_path: Path) -> None:
    scene = make_scene("merge-branch", tmp_path / "scene")
    bare = Scene("bare", tmp_path / "bare", scene.args)
    git("clone", "--quiet", "--bare", str(scene.desk.root), str(bare.desk.root), cwd=tmp_path)
    assert type_it(bare, fault=Fault("unlink", "KILL", 1, "HEAD.lock")).code == 0
    assert (bare.desk.root / "HEAD.lock").exists()
    assert bare.desk.git("log", "-1", "--format=%s") == "Merge other"

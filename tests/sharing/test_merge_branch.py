"""`tkt merge-branch`: path by path, in a working tree and in a bare repository, and nothing dropped."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli.desk import git, script
from tests.conftest import NIGHTLY
from tests.sharing.clones import Hub, Laptop, fork, unsound
from tkt.gitrepo.integrating import GitBranch
from tkt.usecases.integrate import Fork
from tkt.usecases.versions import Content

if TYPE_CHECKING:
    import pytest


def tree(desk: Laptop, revision: str = "HEAD") -> str:
    return desk.git("rev-parse", f"{revision}^{{tree}}")


def test_both_sides_are_in_it(desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [["label", ticket, "vip"]], [["transition", ticket, "closed"], ["create", "Another"]])
    assert desk.tkt("merge-branch", "other").out == "merged other: 1 created, 1 closed\n"
    shown = desk.show(ticket)
    assert (shown["status"], shown["labels"]) == ("closed", ["vip"])
    assert len(desk.git("log", "-1", "--format=%P").split()) == 2
    assert desk.status == ""
    assert unsound(desk.root) == []
    assert "in this branch already" in desk.tkt("merge-branch", "other").out


def test_what_came_is_told_all_the_same_where_another_process_finds_it_out(
    desk: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk.create()
    fork(desk, [["label", ticket, "vip"]], [["transition", ticket, "closed"], ["create", "Another"]])
    desk.git("switch", "--quiet", "other")
    desk.write("tickets/2026-11/TKT-2j00000.md", "no ticket\n")
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "By hand")
    desk.git("switch", "--quiet", "main")
    monkeypatch.setattr("tkt.cli.sharing._MANY", 0)
    said = desk.tkt("merge-branch", "other")
    assert said.out == "merged other: 1 created, 1 closed\n"
    assert "warning: tickets/2026-11/TKT-2j00000.md:1: no front matter" in said.err


def test_what_came_is_told_by_their_workflow(desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [["label", ticket, "vip"]], [["transition", ticket, "waiting"]])
    desk.git("switch", "--quiet", "other")
    workflow = (desk.root / ".tkt" / "workflow.yaml").read_text(encoding="utf-8")
    desk.write(
        ".tkt/workflow.yaml", workflow.replace("{category: waiting, pauses: true}", "{category: done}")
    )
    desk.git("commit", "--quiet", "--all", "-m", "Whoever waits is done")
    desk.git("switch", "--quiet", "main")
    assert desk.tkt("merge-branch", "other").out == "merged other: 1 closed\n"


def test_a_branch_without_a_desk(desk: Laptop) -> None:
    desk.git("switch", "--quiet", "--orphan", "start")
    desk.git("commit", "--quiet", "--allow-empty", "-m", "Before the desk")
    desk.git("branch", "code")
    desk.git("merge", "--quiet", "--allow-unrelated-histories", "--no-edit", "main")
    desk.git("switch", "--quiet", "code")
    desk.write("code.py", "one\n")
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "Code")
    desk.git("switch", "--quiet", "start")
    assert desk.tkt("merge-branch", "code").out == "merged code: 1 commit\n"
    assert desk.status == ""


def test_which_side_is_ours_makes_no_difference(desk: Laptop) -> None:
    ticket = desk.create("Login page fails", "One.\n\nTwo.\n\nThree.\n")
    fork(
        desk,
        [["set", ticket, "title=Ours"], ["label", ticket, "a"], ["transition", ticket, "closed"]],
        [["set", ticket, "title=Theirs"], ["label", ticket, "b"], ["transition", ticket, "assigned"]],
    )
    before = desk.head
    desk.tkt("merge-branch", "other")
    one = tree(desk)
    desk.git("switch", "--quiet", "other")
    desk.tkt("merge-branch", before)
    assert tree(desk) == one


def test_the_driver_comes_to_the_same(desk: Laptop) -> None:
    ticket = desk.create()
    fork(
        desk,
        [["set", ticket, "title=Ours"], ["label", ticket, "a"], ["comment", ticket, "-m", "one"]],
        [["set", ticket, "priority=P1", "-m", "now"], ["label", ticket, "b"]],
    )
    desk.git("branch", "copy")
    desk.tkt("merge-branch", "other")
    desk.git("switch", "--quiet", "copy")
    desk.git("config", "merge.tkt.driver", f"{sys.executable} -m tkt merge-file %O %A %B %L %P")
    desk.git("merge", "--quiet", "--no-edit", "other")
    assert tree(desk) == tree(desk, "main")


def test_dry_run_changes_nothing(desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [["label", ticket, "vip"]], [["transition", ticket, "closed"]])
    before = desk.head, desk.status, desk.git("for-each-ref")
    assert desk.tkt("merge-branch", "other", "--dry-run").out == "would merge other: 1 closed\n"
    assert (desk.head, desk.status, desk.git("for-each-ref")) == before


def test_a_bare_repository(hub: Hub, desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [["label", ticket, "vip"]], [["transition", ticket, "closed"], ["label", ticket, "apple"]])
    desk.git("push", "--quiet", "origin", "main", "other")
    bare = Laptop(hub.root)
    assert bare.tkt("merge-branch", "other").out == "merged other: 1 closed\n"
    shown = bare.show(ticket)
    assert (shown["status"], shown["labels"]) == ("closed", ["apple", "vip"])
    assert unsound(hub.root) == []


def test_a_desk_below_the_top(hub: Hub, tmp_path: Path) -> None:
    top = Laptop(hub.folder / "top")
    top.root.mkdir()
    top.git("init", "--quiet")
    top.commit("code.py", "1\n")
    desk = Laptop(top.root / "desk")
    desk.root.mkdir()
    shutil.copytree(_settings(tmp_path), desk.root / ".tkt")
    top.git("add", ".")
    top.git("commit", "--quiet", "-m", "A desk")
    ticket = desk.create()
    fork(desk, [["label", ticket, "a"]], [["label", ticket, "b"]])
    desk.tkt("merge-branch", "other")
    assert desk.show(ticket)["labels"] == ["a", "b"]
    assert top.status == ""


def _settings(folder: Path) -> Path:
    laptop = Laptop(folder / "settings")
    laptop.root.mkdir()
    laptop.tkt("init")
    return laptop.root / ".tkt"


def test_a_criss_cross_is_settled_by_the_thread(desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [["set", ticket, "title=One"]], [["set", ticket, "title=Two"], ["label", ticket, "b"]])
    ours = desk.head
    desk.tkt("merge-branch", "other")
    desk.git("switch", "--quiet", "other")
    desk.tkt("merge-branch", ours)
    desk.tkt("set", ticket, "title=Three")
    desk.git("switch", "--quiet", "main")
    desk.tkt("label", ticket, "a")
    assert len(desk.git("merge-base", "--all", "main", "other").split()) == 2
    said = desk.tkt("merge-branch", "other")
    assert "both sides set" not in said.out  # the third title was set on top of the first two
    assert desk.show(ticket)["title"] == "Three"
    assert desk.show(ticket)["labels"] == ["a", "b"]
    assert unsound(desk.root) == []


def test_a_hand_edit_without_an_entry_is_not_lost(desk: Laptop) -> None:
    ticket = desk.create()
    desk.tkt("set", ticket, "title=First")
    fork(desk, [["label", ticket, "a"]], [["comment", ticket, "-m", "Hello."]])
    desk.edit(ticket, "title: First", "title: By hand")
    desk.git("commit", "--quiet", "-am", "By hand")
    desk.tkt("merge-branch", "other")
    assert desk.show(ticket)["title"] == "By hand"


def test_a_merge_is_signed_where_commits_are(desk: Laptop, tmp_path: Path) -> None:
    ticket = desk.create()
    fork(desk, [["label", ticket, "a"]], [["label", ticket, "b"]])
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key)), ("commit.gpgSign", "true")):
        git("config", "--global", name, value, cwd=desk.root)
    desk.tkt("merge-branch", "other")
    assert "BEGIN SSH SIGNATURE" in desk.git("cat-file", "commit", "HEAD")


KILLED = """\
import os, sys
from itertools import count
from tkt.gitrepo.git import Git
from tkt.cli.main import main
steps, last = count(1), int(sys.argv.pop(1))
def counted(function):
    def step(*args, **options):
        if next(steps) == last:
            os._exit(9)
        return function(*args, **options)
    return step
Git.attempt = counted(Git.attempt)
os.replace = counted(os.replace)
main(["merge-branch", "other"])
"""


def test_whenever_it_is_killed_the_next_one_finishes(desk: Laptop, tmp_path: Path) -> None:
    stride = 1 if NIGHTLY else 4
    ticket = desk.create()
    fork(desk, [["label", ticket, "a"]], [["label", ticket, "b"], ["create", "B"]])
    desk.write("mine.txt", "mine\n")
    program = tmp_path / "killed.py"
    program.write_text(KILLED, encoding="utf-8")
    codes = []
    for last in range(1, 200, stride):
        root = tmp_path / f"at-{last}"
        shutil.copytree(desk.root, root)
        copy = Laptop(root)
        copy.git("update-index", "-q", "--refresh")
        done = subprocess.run(
            [sys.executable, str(program), str(last)],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            check=False,
        )
        codes.append(done.returncode)
        copy.tkt("merge-branch", "other")
        copy.tkt("label", ticket, "c")
        assert copy.show(ticket)["labels"] == ["a", "b", "c"], last
        assert copy.status == "?? mine.txt", last
        assert unsound(root) == [], last
        if done.returncode != 9:
            break
    assert codes[-1] == 0
    assert len(codes) > 16 // stride


def _disturbed(desk: Laptop, ticket: str, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the person commit at the worst moment: when the merge has been made, and the branch not moved."""
    join = GitBranch.commit
    priorities = iter([f"P{1 + number % 2}" for number in range(times)])

    def slowly(branch: GitBranch, fork: Fork, files: Mapping[str, Content], message: str) -> str:
        done = join(branch, fork, files, message)
        for priority in priorities:
            path = desk.path(ticket)
            path.write_text(
                re.sub(r"priority: .*", f"priority: {priority}", path.read_text(encoding="utf-8"))
            )
            desk.git("commit", "--quiet", "--all", "-m", f"Now it is {priority}")
            break
        return done

    monkeypatch.setattr(GitBranch, "commit", slowly)


def test_a_branch_that_moves_meanwhile_is_merged_as_it_is_then(
    desk: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk.create()
    fork(desk, [["label", ticket, "a"]], [["label", ticket, "b"], ["create", "B"]])
    _disturbed(desk, ticket, 2, monkeypatch)
    assert desk.tkt("merge-branch", "other").out == "merged other: 1 created, 1 changed\n"
    assert desk.git("log", "-2", "--first-parent", "--format=%s").splitlines() == [
        "Merge other",
        "Now it is P2",
    ]
    shown = desk.show(ticket)
    assert (shown["labels"], shown["priority"]) == (["a", "b"], "P2")
    assert desk.status == ""


def test_a_branch_that_moves_time_and_again_is_not_overwritten(
    desk: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk.create()
    fork(desk, [["label", ticket, "a"]], [["label", ticket, "b"], ["create", "B"]])
    _disturbed(desk, ticket, 100, monkeypatch)
    assert "the branch has moved meanwhile" in desk.tkt("merge-branch", "other", code=7).err
    assert desk.git("log", "-1", "--format=%s") == "Now it is P1"
    assert desk.show(ticket)["labels"] == ["a"]
    assert desk.status == ""


def test_the_users_own_hooks_are_left_out(desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [["label", ticket, "a"]], [["label", ticket, "b"]])
    for name in ("post-merge", "post-checkout", "pre-merge-commit", "reference-transaction"):
        script(desk.root / ".git" / "hooks" / name, f"touch {desk.root}/ran-{name}")
    desk.tkt("merge-branch", "other")
    assert not list(desk.root.glob("ran-*"))

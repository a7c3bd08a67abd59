"""What all changing commands have in common: trying first, leaving the commit to Git, and JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.desk import Desk, git, script

Command = Callable[[str, str], list[str]]

COMMANDS: dict[str, Command] = {
    "create": lambda _one, _two: ["create", "Another", "-t", "bug", "-l", "vip"],
    "create linked": lambda one, _two: ["create", "Another", "--link", "blocked-by", one],
    "set": lambda one, two: ["set", one, two, "queue=support"],
    "comment": lambda one, _two: ["comment", one, "A word.", "--attach", "../log.txt"],
    "assign": lambda one, _two: ["assign", one, "me"],
    "assign auto": lambda one, two: ["assign", one, two, "--auto"],
    "transition": lambda one, _two: ["transition", one, "closed", "--resolution", "fixed"],
    "label": lambda one, two: ["label", one, two, "--add", "vip"],
    "link": lambda one, two: ["link", one, "blocks", two],
    "split": lambda one, _two: ["split", one, "A part", "-m", "Of it."],
    "merge": lambda one, two: ["merge", one, two],
    "watch": lambda one, two: ["watch", one, two],
    "time add": lambda one, _two: ["time", "add", one, "5m"],
    "time start": lambda one, _two: ["time", "start", one],
    "time stop": lambda one, _two: ["time", "stop", one],
    "edit": lambda one, _two: ["edit", one],
}


@pytest.fixture(params=COMMANDS)
def change(request: pytest.FixtureRequest, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A command that changes a ticket or two."""
    (desk.root.parent / "log.txt").write_text("boom", encoding="utf-8")
    monkeypatch.setenv("GIT_EDITOR", script(desk.root.parent / "editor", 'echo more >> "$1"'))
    one, two = desk.create("First"), desk.create("Second")
    if request.param == "time stop":
        desk.tkt("time", "start", one)
    return COMMANDS[request.param](one, two)


def test_trying_first_shows_the_files_and_changes_nothing(desk: Desk, change: list[str]) -> None:
    before = desk.state()
    said = desk.tkt(*change, "--dry-run")
    assert "tickets/2026-11/TKT-2j" in said.out
    assert any(line.startswith("+") and not line.startswith("+++") for line in said.lines)
    assert desk.state() == before


def test_each_command_is_one_commit_that_leaves_everything_else_alone(desk: Desk, change: list[str]) -> None:
    staged, unstaged = desk.root / "staged.txt", desk.root / "unstaged.txt"
    for path in (staged, unstaged):
        path.write_text("one\n", encoding="utf-8")
    desk.git("add", ".")
    desk.git("commit", "--quiet", "-m", "Work")
    staged.write_text("two\n", encoding="utf-8")
    desk.git("add", "staged.txt")
    unstaged.write_text("two\n", encoding="utf-8")
    (desk.root / "untracked.txt").write_text("two\n", encoding="utf-8")
    head, status = desk.git("rev-parse", "HEAD"), desk.git("status", "--porcelain")
    desk.tkt(*change)
    assert desk.git("rev-parse", "HEAD^") == head
    assert desk.git("status", "--porcelain") == status
    touched = desk.git("show", "--name-only", "--format=").splitlines()
    assert all(path.startswith("tickets/2026-11/TKT-2j") for path in touched)
    assert desk.git("fsck", "--strict", "--no-dangling") == ""


def test_without_a_commit_it_is_staged(desk: Desk, change: list[str]) -> None:
    head = desk.git("rev-parse", "HEAD")
    desk.tkt(*change, "--no-commit")
    assert desk.git("rev-parse", "HEAD") == head
    assert desk.git("diff", "--cached", "--name-only")
    assert desk.git("diff", "--name-only") == ""
    assert desk.git("ls-files", "--others") == ""


def test_json_gives_the_tickets_as_they_are_afterwards(desk: Desk, change: list[str]) -> None:
    said = desk.tkt(*change, "--json")
    assert said.out.isascii()
    assert not said.err
    rows = said.data if isinstance(said.data, list) else [said.data]
    assert isinstance(said.data, list) == (len(rows) > 1)
    for row in rows:
        shown = desk.show(row["id"])
        assert {name: shown[name] for name in row} == row


def test_json_of_a_trial_is_json_too(desk: Desk, change: list[str]) -> None:
    before = desk.state()
    said = desk.tkt(*change, "--dry-run", "--json")
    assert json.loads(said.out)
    assert desk.state() == before


@pytest.mark.parametrize("policy", ["stage", "off"])
def test_without_commits_history_stays_as_it_is(desk: Desk, change: list[str], policy: str) -> None:
    desk.settings("project", "commit: auto", f"commit: {policy}")
    head = desk.git("rev-parse", "HEAD")
    desk.tkt(*change)
    desk.tkt("create", "And another")
    assert desk.git("rev-parse", "HEAD") == head
    staged = desk.git("diff", "--cached", "--name-only")
    assert bool(staged) == (policy == "stage")
    assert desk.tkt("doctor").lines[-1] == "All is well."


def test_amending_makes_one_commit_of_many(desk: Desk, change: list[str]) -> None:
    desk.settings("project", "commit: auto", "commit: amend")
    count = len(desk.subjects())
    desk.tkt(*change)
    desk.tkt("create", "And another")
    assert len(desk.subjects()) == count + 1
    assert desk.git("status", "--porcelain") == ""
    assert "And another" in desk.git("log", "-1", "--format=%b")


@pytest.mark.parametrize(
    ("marker", "way_out"),
    [
        ("MERGE_HEAD", "git merge --continue, or git merge --abort"),
        ("CHERRY_PICK_HEAD", "git cherry-pick --continue"),
        ("REVERT_HEAD", "git revert --continue"),
        ("rebase-merge", "git rebase --continue"),
        ("BISECT_LOG", "git bisect reset"),
    ],
)
def test_in_the_middle_of_something_nothing_is_written(desk: Desk, marker: str, way_out: str) -> None:
    ticket = desk.create()
    (desk.root / ".git" / marker).write_text(desk.git("rev-parse", "HEAD"), encoding="utf-8")
    for command in (["set", ticket, "queue=support"], ["create", "Another"], ["undo"]):
        complaint = desk.refused(7, *command)
        assert "is under way" in complaint
        assert way_out in complaint
    assert desk.tkt("list").lines[1:]
    assert "queue" in desk.tkt("set", ticket, "queue=support", "--dry-run").out


def test_a_real_rebase_that_stopped_is_respected(desk: Desk) -> None:
    (desk.root / "code.py").write_text("1\n", encoding="utf-8")
    desk.git("add", ".")
    desk.git("commit", "--quiet", "-m", "One")
    desk.git("switch", "--quiet", "-c", "side", "HEAD^")
    (desk.root / "code.py").write_text("2\n", encoding="utf-8")
    desk.git("add", ".")
    desk.git("commit", "--quiet", "-m", "Two")
    with pytest.raises(AssertionError):
        desk.git("rebase", "main")
    assert "a rebase is under way" in desk.refused(7, "create", "In between")
    desk.git("rebase", "--abort")
    desk.tkt("create", "Afterwards")


def test_a_hand_edit_is_seen_at_once_and_never_overwritten(desk: Desk) -> None:
    ticket = desk.create("Login fails", "-q", "support")
    desk.edit(ticket, "queue: support", "queue: operations")
    desk.edit(ticket, "labels:\n", "labels:\n- vip\n")
    assert desk.show(ticket)["queue"] == "operations"
    assert desk.tkt("list", "label:vip", "--json").data[0]["queue"] == "operations"
    complaint = desk.refused(7, "set", ticket, "category=access")
    path = desk.path(ticket).relative_to(desk.root)
    assert f"{path} has edits that are not committed" in complaint
    assert complaint.splitlines()[1].startswith(
        f"  tkt record {ticket} records them, git commit -m ... -- {path} "
    )
    git("commit", "--quiet", "-m", "By hand", "--", str(path), cwd=desk.root)
    desk.tkt("set", ticket, "category=access")
    assert desk.show(ticket)["labels"] == ["vip"]


def test_the_other_way_out_drops_the_hand_edit(desk: Desk) -> None:
    ticket = desk.create("Login fails", "-q", "support")
    desk.edit(ticket, "queue: support", "queue: operations")
    path = desk.path(ticket).relative_to(desk.root)
    assert f"git checkout HEAD -- {path}" in desk.refused(7, "set", ticket, "category=access")
    desk.git("checkout", "HEAD", "--", str(path))
    desk.tkt("set", ticket, "category=access")
    assert desk.show(ticket)["queue"] == "support"


def test_whoever_only_comments_need_not_commit_a_hand_edit(desk: Desk) -> None:
    ticket = desk.create("Login fails", "-q", "support")
    desk.edit(ticket, "queue: support", "queue: operations")
    desk.tkt("comment", ticket, "Meanwhile.")
    assert desk.git("diff", "--name-only").endswith(f"{ticket}.md")


def test_no_leftovers_after_a_day(desk: Desk, tmp_path: Path) -> None:
    ticket = desk.create()
    desk.tkt("comment", ticket, "A word.")
    desk.refused(2, "set", ticket, "queue=suport")
    found = {path.name for path in (desk.root / ".git").iterdir()}
    assert not {name for name in found if name.startswith("index.tkt") or name.endswith("index.lock")}
    assert desk.git("for-each-ref", "refs/tkt") == ""
    assert not list(desk.root.glob("**/.tkt-*")), tmp_path

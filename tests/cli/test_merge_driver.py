"""Tickets changed on two branches, merged by Git with tkt as its driver, and by a clone that lost its tkt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tkt.gitrepo.merging import install_driver
from tkt.gitrepo.repository import Repository

TKT = str(Path(sys.executable).with_name("tkt"))


@pytest.fixture
def branched(desk: Desk) -> Desk:
    """A desk whose clone merges tickets with tkt."""
    install_driver(Repository(str(desk.root)), TKT)
    return desk


def fork(desk: Desk, ours: list[str], theirs: list[str]) -> None:
    """Two branches from here, and a command on each; theirs is called other, ours is checked out."""
    desk.git("switch", "--quiet", "--create", "other")
    desk.tkt(*theirs)
    desk.git("switch", "--quiet", "main")
    desk.tkt(*ours)


def merge(desk: Desk, *how: str) -> int:
    """Merge the other branch; Git's exit code."""
    command = how or ("merge", "--quiet", "--no-edit", "other")
    return subprocess.run(["git", *command], cwd=desk.root, capture_output=True, check=False).returncode


WAYS = [
    ("merge", "--no-edit", "other"),
    ("rebase", "other"),
    ("cherry-pick", "other"),
    ("merge", "--squash", "other"),
]


@pytest.mark.parametrize("how", WAYS)
def test_both_sides_set_a_field_and_the_one_that_loses_least_holds(
    branched: Desk, how: tuple[str, ...]
) -> None:
    ticket = branched.create()
    fork(branched, ["transition", ticket, "closed"], ["transition", ticket, "in-progress"])
    assert merge(branched, *how) == 0
    assert branched.show(ticket)["status"] == "in-progress"
    assert len(branched.entries(ticket)) == 2


def test_each_side_is_the_first_to_add_a_label(branched: Desk) -> None:
    ticket = branched.create()
    fork(branched, ["label", ticket, "vip"], ["label", ticket, "mobile"])
    assert merge(branched) == 0
    assert branched.show(ticket)["labels"] == ["mobile", "vip"]


def test_a_clash_is_said_where_it_happens(branched: Desk) -> None:
    ticket = branched.create()
    fork(branched, ["set", ticket, "title=Ours"], ["set", ticket, "title=Theirs"])
    done = subprocess.run(
        ["git", "merge", "--no-edit", "other"], cwd=branched.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert f"{ticket}.md: both sides set title; " in done.stderr


def test_a_description_that_both_edited_is_for_a_person(branched: Desk) -> None:
    ticket = branched.create("Login page fails", "-m", "One line.\n")
    fork(branched, ["set", ticket, "priority=P1", "-m", "now"], ["label", ticket, "vip"])
    for branch, text in (("other", "Their line.\n"), ("main", "Our line.\n")):
        branched.git("switch", "--quiet", branch)
        branched.edit(ticket, "One line.\n", text)
        branched.git("commit", "--quiet", "--all", "-m", "Edit by hand")
    assert merge(branched) == 1
    text = branched.path(ticket).read_text(encoding="utf-8")
    head, _, body = text.partition("\n---\n")
    assert "priority: P1" in head
    assert "- vip" in head
    assert "<<<<<<<" not in head
    assert "Our line." in body
    assert "Their line." in body


@pytest.mark.parametrize("how", WAYS)
def test_a_clone_whose_tkt_is_gone_loses_neither_side(desk: Desk, how: tuple[str, ...]) -> None:
    install_driver(Repository(str(desk.root)), "/nowhere/tkt")
    ticket = desk.create()
    fork(desk, ["set", ticket, "priority=P1", "-m", "now"], ["assign", ticket, "ana@example.com"])
    assert merge(desk, *how) == 0
    shown = desk.show(ticket)
    assert (shown["priority"], shown["assignee"]) == ("P1", "ana@example.com")


def test_and_what_clashes_is_marked_in_it(desk: Desk) -> None:
    install_driver(Repository(str(desk.root)), "/nowhere/tkt")
    ticket = desk.create()
    fork(desk, ["set", ticket, "title=Ours"], ["set", ticket, "title=Theirs"])
    assert merge(desk) == 1
    text = desk.path(ticket).read_text(encoding="utf-8")
    assert "title: Ours" in text
    assert "title: Theirs" in text


def test_settings_that_cannot_be_read_leave_it_to_git(branched: Desk) -> None:
    ticket = branched.create()
    fork(branched, ["set", ticket, "priority=P1", "-m", "now"], ["assign", ticket, "ana@example.com"])
    (branched.root / ".tkt" / "workflow.yaml").write_text("statuses: [\n", encoding="utf-8")
    assert merge(branched) == 0
    branched.git("checkout", "--quiet", "--", ".tkt")
    shown = branched.show(ticket)
    assert (shown["priority"], shown["assignee"]) == ("P1", "ana@example.com")

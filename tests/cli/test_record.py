"""`tkt record` in a real repository: hand edits and their entries, in one commit."""

import pytest

from tests.cli.desk import Desk


def test_an_edit_and_its_entry_go_into_one_commit(desk: Desk) -> None:
    ticket = desk.create()
    desk.edit(ticket, "title: Login", "title: Big login")
    said = desk.tkt("record", "-m", "As we said.")
    assert said.out == f"{ticket}  title: Login page fails -> Big login page fails\n"
    assert desk.git("status", "--porcelain") == ""
    assert len(desk.git("show", "--name-only", "--format=", "HEAD").splitlines()) == 2
    assert desk.show(ticket)["thread"][0]["body"] == "As we said.\n"
    assert desk.tkt("record").out == "Nothing to record.\n"
    desk.tkt("check", "--strict")


@pytest.mark.parametrize("add", [False, True])
def test_it_makes_no_difference_whether_it_is_staged(desk: Desk, add: bool) -> None:
    ticket = desk.create()
    desk.edit(ticket, "queue:", "queue: support")
    if add:
        desk.git("add", "-A")
    desk.tkt("record", ticket)
    assert desk.git("status", "--porcelain") == ""
    assert desk.show(ticket)["thread"][0]["changes"] == [{"field": "queue", "old": None, "new": "support"}]


def test_nothing_is_written_where_it_is_only_tried_or_not_allowed(desk: Desk) -> None:
    ticket = desk.create()
    desk.edit(ticket, "queue:", "queue: support")
    before = desk.state()
    assert "+  queue: [" in desk.tkt("record", "--dry-run").out
    assert desk.state() == before
    desk.edit(ticket, "status: new", "status: reopened")
    assert "cannot go from new to reopened" in desk.refused(4, "record")


@pytest.mark.parametrize("how", [["record"], ["check", "--fix"]])
def test_what_a_commit_of_an_older_index_has_left_out_is_put_back(desk: Desk, how: list[str]) -> None:
    ticket = desk.create()
    desk.tkt("transition", ticket, "in-progress", "-m", "On it.")
    recorded = desk.git("rev-parse", "HEAD:tickets")
    # As `git commit` does that has read the index before tkt wrote to it.
    desk.git("read-tree", "HEAD~1")
    desk.git("commit", "--quiet", "--allow-empty", "-m", "By hand")
    assert desk.git("rev-parse", "HEAD:tickets") != recorded
    desk.tkt(*how)
    assert desk.git("rev-parse", "HEAD:tickets") == recorded
    assert desk.git("log", "-1", "--format=%s") == f"{ticket}: put back what a commit left out"
    assert desk.git("status", "--porcelain") == ""
    assert desk.tkt("record").out == "Nothing to record.\n"


def test_a_committed_edit_goes_back_by_hand(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("transition", ticket, "closed")
    # As a merge by plain Git leaves it, where somebody has kept the wrong one of two values.
    desk.edit(ticket, "status: closed", "status: new")
    desk.git("commit", "--quiet", "--all", "-m", "By hand")
    assert "write what the thread says, and tkt record." in desk.tkt("check", code=1).out
    assert "cannot go from closed to new" in desk.refused(4, "record", ticket)
    desk.edit(ticket, "status: new", "status: closed")
    desk.tkt("record")
    assert desk.git("status", "--porcelain") == ""
    assert len(desk.entries(ticket)) == 1
    desk.tkt("check", "--strict")


def test_a_line_that_is_no_field_needs_no_entry(desk: Desk) -> None:
    ticket = desk.create()
    desk.edit(ticket, "queue:", "# Whose is it?\nqueue:")
    desk.tkt("record")
    assert desk.subjects()[0] == f"{ticket}: edit the file"
    assert desk.git("status", "--porcelain") == ""
    assert desk.entries(ticket) == []


def test_lines_of_another_system_are_spelt_plainly_and_not_committed_as_they_are(desk: Desk) -> None:
    ticket = desk.create()
    plain = desk.path(ticket).read_bytes()
    desk.path(ticket).write_bytes(plain.replace(b"\n", b"\r\n"))
    desk.tkt("check", "--fix")
    assert desk.path(ticket).read_bytes() == plain
    assert desk.git("status", "--porcelain") == ""


def test_somebody_elses_work_in_the_index_stays(desk: Desk) -> None:
    ticket = desk.create()
    (desk.root / "code.py").write_text("x = 1\n", encoding="utf-8")
    desk.git("add", "code.py")
    desk.edit(ticket, "queue:", "queue: support")
    desk.tkt("record")
    assert desk.git("status", "--porcelain") == "A  code.py"


def test_an_edit_on_top_of_another_one_that_is_staged_is_left_to_its_author(desk: Desk) -> None:
    ticket = desk.create()
    desk.edit(ticket, "queue:", "queue: support")
    desk.git("add", "-A")
    desk.edit(ticket, "queue: support", "queue: development")
    assert "has edits that are not committed" in desk.refused(7, "record")


def test_it_can_be_left_to_the_next_commit(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("set", ticket, "queue=support", "--no-commit")
    desk.edit(ticket, "category:", "category: access")
    desk.tkt("record", "--no-commit")
    assert len(desk.entries(ticket)) == 2
    assert {line[:2] for line in desk.git("status", "--porcelain").splitlines()} == {"M ", "A "}
    desk.tkt("check", "--staged")
    assert desk.tkt("record", "--no-commit").out == "Nothing to record.\n"


def test_a_ticket_that_was_written_by_hand(desk: Desk) -> None:
    ticket = desk.create()
    text = desk.path(ticket).read_text(encoding="utf-8")
    other = f"{ticket[:-5]}00042"
    (desk.path(ticket).parent / f"{other}.md").write_text(text.replace(ticket, other), encoding="utf-8")
    desk.tkt("record")
    assert desk.git("status", "--porcelain") == ""
    assert desk.subjects()[0] == f"{other}: create: Login page fails"
    assert desk.tkt("record").out == "Nothing to record.\n"


def test_undo_takes_it_back(desk: Desk) -> None:
    ticket = desk.create()
    desk.edit(ticket, "queue:", "queue: support")
    desk.tkt("record")
    desk.tkt("undo")
    assert desk.show(ticket)["queue"] is None
    assert desk.git("status", "--porcelain") == ""


def test_a_hook_that_refuses_leaves_the_edit_as_it_was(desk: Desk) -> None:
    ticket = desk.create()
    desk.settings("project", "run_hooks: false", "run_hooks: true")
    hook = desk.root / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    desk.edit(ticket, "queue:", "queue: support")
    before = desk.state()
    desk.tkt("record", code=7)
    assert desk.state() == before

"""Branches that were merged into each other, so that both sides come from several commits at once."""

from __future__ import annotations

import pytest

from tests.sharing.clones import Laptop, unsound

BODY = "Line one.\n\nLine two.\n\nLine three."
CODE = "x: 1\n2\n3\n4\n5\ny: 1\n"


def reword(desk: Laptop, branch: str, ticket: str, old: str, new: str) -> str:
    """Edit a line of the description on a branch, and record it; the commit."""
    desk.git("switch", "--quiet", branch)
    desk.edit(ticket, old, new)
    desk.tkt("record")
    return desk.head


def recode(desk: Laptop, old: str, new: str) -> str:
    """Edit the code where one is; the commit."""
    text = (desk.root / "code.txt").read_text(encoding="utf-8")
    desk.commit("code.txt", text.replace(old, new))
    return desk.head


def crossed(desk: Laptop) -> str:
    """A ticket and code of which each side changed another line, merged into each other on both branches."""
    desk.commit("code.txt", CODE)
    ticket = desk.create("Login page fails", BODY)
    desk.git("branch", "other")
    reword(desk, "other", ticket, "Line three.", "Line three, bob.")
    theirs = recode(desk, "y: 1", "y: bob")
    reword(desk, "main", ticket, "Line one.", "Line one, ana.")
    ours = recode(desk, "x: 1", "x: ana")
    desk.tkt("merge-branch", theirs)
    desk.git("switch", "--quiet", "other")
    desk.tkt("merge-branch", ours)
    desk.git("switch", "--quiet", "main")
    assert len(desk.git("merge-base", "--all", "main", "other").split()) == 2
    return ticket


def body(desk: Laptop, ticket: str) -> str:
    """The description."""
    text: str = desk.show(ticket)["body"]
    return text.strip()


@pytest.mark.parametrize("merged_into", ["main", "other"])
def test_what_was_taken_back_since_is_not_put_back(desk: Laptop, merged_into: str) -> None:
    ticket = crossed(desk)
    reword(desk, "other", ticket, "Line one, ana.", "Line one.")
    recode(desk, "x: ana", "x: 1")
    reword(desk, "main", ticket, "Line three, bob.", "Line three.")
    recode(desk, "y: bob", "y: 1")
    desk.git("switch", "--quiet", merged_into)
    desk.tkt("merge-branch", "other" if merged_into == "main" else "main")
    assert body(desk, ticket) == BODY
    assert (desk.root / "code.txt").read_text(encoding="utf-8") == CODE
    assert unsound(desk.root) == []


def test_what_each_made_of_the_others_words_is_no_conflict(desk: Laptop) -> None:
    ticket = crossed(desk)
    reword(desk, "other", ticket, "Line one, ana.", "Line one, ana and bob.")
    reword(desk, "main", ticket, "Line three, bob.", "Line three, bob and ana.")
    desk.tkt("merge-branch", "other")
    assert body(desk, ticket) == "Line one, ana and bob.\n\nLine two.\n\nLine three, bob and ana."


def test_each_side_kept_its_own_words(desk: Laptop) -> None:
    ticket = desk.create("Login page fails", BODY)
    desk.git("branch", "other")
    theirs = reword(desk, "other", ticket, "Line two.", "Line two, bob.")
    ours = reword(desk, "main", ticket, "Line two.", "Line two, ana.")
    desk.tkt("merge-branch", theirs, "--ours")
    desk.git("switch", "--quiet", "other")
    desk.tkt("merge-branch", ours, "--ours")
    assert "both sides edited the same lines" in desk.tkt("merge-branch", "main", code=7).err
    desk.tkt("merge-branch", "main", "--union")
    assert {"Line two, ana.", "Line two, bob."} <= set(body(desk, ticket).splitlines())


@pytest.mark.parametrize("driver", [True, False])
def test_by_plain_git(desk: Laptop, driver: bool) -> None:
    ticket = crossed(desk)
    reword(desk, "other", ticket, "Line one, ana.", "Line one.")
    reword(desk, "main", ticket, "Line three, bob.", "Line three.")
    if not driver:
        desk.git("config", "--remove-section", "merge.tkt")
    desk.git("merge", "--quiet", "--no-edit", "other")
    assert body(desk, ticket) == BODY
    assert unsound(desk.root) == []


def test_a_merge_that_git_has_stopped_at(desk: Laptop) -> None:
    ticket = crossed(desk)
    reword(desk, "other", ticket, "Line one, ana.", "Line one.")
    desk.tkt("set", ticket, "title=Theirs")
    reword(desk, "main", ticket, "Line three, bob.", "Line three.")
    desk.tkt("set", ticket, "title=Ours")
    desk.git("config", "--remove-section", "merge.tkt")
    with pytest.raises(AssertionError, match="CONFLICT"):
        desk.git("merge", "--no-edit", "other")
    desk.tkt("resolve", ticket)
    assert body(desk, ticket) == BODY
    desk.git("commit", "--quiet", "--no-edit")
    assert unsound(desk.root) == []

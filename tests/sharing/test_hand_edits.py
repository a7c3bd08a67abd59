"""A field that somebody edited by hand and committed with plain Git, and somebody else set: both are kept."""

from __future__ import annotations

import pytest

from tests.sharing.clones import Hub, Laptop, fork, unsound


def by_hand(desk: Laptop, ticket: str, old: str, new: str) -> None:
    """Edit a ticket's file and commit it, as people do who have no tkt at hand."""
    desk.edit(ticket, old, new)
    desk.git("commit", "--quiet", "--all", "--message", "By hand")


def values(desk: Laptop, ticket: str, field: str) -> set[str]:
    """What the thread says was set."""
    changes = [change for each in desk.show(ticket)["thread"] for change in each["changes"]]
    return {each["new"] for each in changes if each["field"] == field}


@pytest.mark.parametrize("merged_into", ["main", "other"])
@pytest.mark.parametrize(
    ("field", "line", "edited", "command", "holds"),
    [
        ("title", "Login page fails", "By hand", ["set", "title=By tkt"], ""),
        ("priority", "P3", "P1", ["set", "priority=P5"], "P1"),
        ("status", "new", "waiting", ["transition", "closed"], "waiting"),
    ],
)
def test_beside_a_command(
    desk: Laptop, field: str, line: str, edited: str, command: list[str], holds: str, merged_into: str
) -> None:
    ticket = desk.create()
    verb, value = command
    fork(desk, [], [[verb, ticket, value]])
    typed = value.rpartition("=")[2]
    by_hand(desk, ticket, f"{field}: {line}", f"{field}: {edited}")
    desk.git("switch", "--quiet", merged_into)
    said = desk.tkt("merge-branch", "other" if merged_into == "main" else "main")
    kept = desk.show(ticket)[field]
    assert kept == holds or (not holds and kept in {edited, typed})
    lost = next(each for each in (edited, typed) if each != kept)
    assert f"{ticket}: both sides set {field}; {kept} holds, not {lost}" in said.lines
    assert any(f"{ticket}: {field} was edited by hand; the entry " in each for each in said.lines)
    assert values(desk, ticket, field) == {edited, typed}
    assert "nobody has settled it" in desk.tkt("check").out
    desk.tkt("resolve", ticket, f"{field}={kept}")
    assert desk.tkt("resolve").out == ""
    assert unsound(desk.root) == []


def test_on_both_sides(desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [], [])
    desk.git("switch", "--quiet", "other")
    by_hand(desk, ticket, "Login page fails", "Theirs")
    desk.git("switch", "--quiet", "main")
    by_hand(desk, ticket, "Login page fails", "Ours")
    desk.tkt("merge-branch", "other")
    assert values(desk, ticket, "title") == {"Ours", "Theirs"}
    assert f"tkt resolve {ticket} title=" in desk.tkt("resolve").out
    assert unsound(desk.root) == []


def test_after_an_entry_of_ones_own(desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [["set", ticket, "title=Older"]], [["set", ticket, "title=By tkt"]])
    by_hand(desk, ticket, "title: Older", "title: By hand")
    desk.tkt("merge-branch", "other")
    assert values(desk, ticket, "title") == {"Older", "By tkt", "By hand"}
    listed = desk.tkt("resolve").out
    assert all(each in listed for each in ("By tkt", "By hand"))
    assert "Older" not in listed
    assert unsound(desk.root) == []


def test_on_branches_that_were_merged_crosswise(desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [], [["set", ticket, "title=By tkt"]])
    theirs = desk.git("rev-parse", "other")
    by_hand(desk, ticket, "Login page fails", "By hand")
    ours = desk.head
    desk.tkt("merge-branch", theirs)
    desk.git("switch", "--quiet", "other")
    desk.moment = "2026-11-22T10:30:00Z"
    desk.tkt("merge-branch", ours)
    desk.tkt("comment", ticket, "-m", "Hello.")
    desk.git("switch", "--quiet", "main")
    desk.tkt("label", ticket, "vip")
    assert desk.tkt("merge-branch", "other").lines == ["merged other: 1 changed, 1 comment by 1 person"]
    assert values(desk, ticket, "title") == {"By tkt", "By hand"}
    assert unsound(desk.root) == []


def test_of_other_fields_nothing_is_said(desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [], [["set", ticket, "priority=P1"]])
    by_hand(desk, ticket, "Login page fails", "By hand")
    assert desk.tkt("merge-branch", "other").lines == ["merged other: 1 changed"]
    assert desk.show(ticket)["title"] == "By hand"
    assert values(desk, ticket, "title") == set()


def test_a_label_that_was_taken_away_by_hand_stays_away(desk: Laptop) -> None:
    ticket = desk.create("Login page fails", "--label", "old")
    fork(desk, [], [["label", ticket, "--remove", "old"], ["label", ticket, "old", "new"]])
    by_hand(desk, ticket, "\n- old", "")
    desk.tkt("merge-branch", "other")
    assert desk.show(ticket)["labels"] == ["new"]


class TestStraight:
    """With `integrate: rebase` the commit goes on top of theirs, and is not dropped for doing nothing."""

    @pytest.fixture
    def ana(self, hub: Hub) -> Laptop:
        """The first clone, whose desk wants a straight history."""
        laptop = hub.begin()
        laptop.go_straight()
        laptop.sync()
        return laptop

    def test_one_edit_after_the_other(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        bob = hub.clone("bob")
        ana.tkt("set", ticket, "title=By tkt")
        ana.sync()
        for old, new in (
            ("Login page fails", "One"),
            ("title: One", "title: Two"),
            ("title: Two", "title: Three"),
        ):
            by_hand(bob, ticket, old, new)
        bob.sync()
        assert values(bob, ticket, "title") == {"By tkt", "One", "Two", "Three"}
        listed = bob.tkt("resolve").out
        assert "Three" in listed
        assert "By tkt" in listed
        assert "One" not in listed
        assert "Two" not in listed
        assert bob.tkt("check", "--all").out.count("[") == 1  # that it is contested
        assert unsound(bob.root) == []

    def test_the_commit_stays(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create()
        ana.sync()
        bob = hub.clone("bob")
        ana.tkt("set", ticket, "title=By tkt")
        ana.sync()
        by_hand(bob, ticket, "Login page fails", "Carefully worded")
        said = bob.sync()
        assert "went to origin/main: 1 changed" in said.lines
        assert bob.git("log", "-1", "--format=%s") == "By hand"
        assert values(bob, ticket, "title") == {"By tkt", "Carefully worded"}
        assert bob.git("log", "--merges", "--format=%h") == ""
        ana.sync()
        assert ana.head == bob.head
        assert unsound(ana.root) == []

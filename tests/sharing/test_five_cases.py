"""Two people edit offline, and then come together: the five cases by which trackers in Git are compared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sharing.clones import Hub, Laptop, unsound

Deed = Callable[[Laptop, str], object]


def two_fields(mine: bool) -> Deed:
    change = ("assign", "ana@example.com") if mine else ("set", "priority=P1", "-m", "now")
    return lambda laptop, ticket: laptop.tkt(change[0], ticket, *change[1:])


def two_comments(mine: bool) -> Deed:
    return lambda laptop, ticket: laptop.tkt("comment", ticket, "-m", "mine" if mine else "theirs")


def two_labels(mine: bool) -> Deed:
    return lambda laptop, ticket: laptop.tkt("label", ticket, "apple" if mine else "vip")


def two_creates(mine: bool) -> Deed:
    return lambda laptop, _: laptop.create("Mine" if mine else "Theirs")


def one_field_twice(mine: bool) -> Deed:
    return lambda laptop, ticket: laptop.tkt("transition", ticket, "in-progress" if mine else "closed")


CASES = [two_fields, two_comments, two_labels, two_creates, one_field_twice]


def fork(ana: Laptop, bob: Laptop, case: Callable[[bool], Deed], *start: str) -> str:
    """Both do something to one ticket without knowing of each other."""
    ticket = ana.create("Login page fails", *start)
    ana.sync()
    bob.sync()
    case(True)(ana, ticket)
    case(False)(bob, ticket)
    return ticket


@pytest.mark.parametrize("case", CASES)
def test_sync_is_always_clean(hub: Hub, ana: Laptop, bob: Laptop, case: Callable[[bool], Deed]) -> None:
    ticket = fork(ana, bob, case)
    ana.sync()
    bob.sync()
    ana.sync()
    assert ana.head == bob.head == hub.head
    assert ana.status == bob.status == ""
    assert unsound(ana.root) == []
    shown = ana.show(ticket)
    found: dict[object, bool] = {
        two_fields: (shown["assignee"], shown["priority"]) == ("ana@example.com", "P1"),
        two_comments: set(ana.bodies(ticket)) == {"mine", "theirs"},
        two_labels: shown["labels"] == ["apple", "vip"],
        two_creates: {"Mine", "Theirs"} <= {each["title"] for each in ana.tkt("list", "--json").data},
        one_field_twice: shown["status"] == "in-progress",
    }
    assert found[case]


@pytest.mark.parametrize("case", CASES[:4])
def test_and_so_is_plain_git_without_a_driver(ana: Laptop, bob: Laptop, case: Callable[[bool], Deed]) -> None:
    fork(ana, bob, case, "--label", "middle")  # for a first label on both sides see below
    ana.git("push", "--quiet")
    bob.git("config", "--remove-section", "merge.tkt")
    assert bob.tries("pull", "--no-rebase", "--no-edit") == 0
    assert unsound(bob.root) == []


def test_one_field_twice_is_for_a_person_then(ana: Laptop, bob: Laptop) -> None:
    fork(ana, bob, one_field_twice)
    ana.git("push", "--quiet")
    bob.git("config", "--remove-section", "merge.tkt")
    assert bob.tries("pull", "--no-rebase", "--no-edit") != 0


def test_the_first_label_on_both_sides_needs_tkt(ana: Laptop, bob: Laptop) -> None:
    """Both put a line into the same gap, which Git never settles; the driver and sync put them together."""
    ticket = fork(ana, bob, two_labels)
    ana.git("push", "--quiet")
    assert bob.tries("pull", "--no-rebase", "--no-edit") == 0  # with the driver
    assert bob.show(ticket)["labels"] == ["apple", "vip"]

"""One case becomes two, or two become one."""

import pytest

from tests.cli.desk import Desk


@pytest.fixture
def case(desk: Desk) -> tuple[Desk, str, list[str]]:
    """A desk, a ticket, and the marks of its two comments."""
    ticket = desk.create("Login fails, and so does the app", "-q", "support", "-l", "vip", "-r", "Mrs Jones")
    desk.tkt("comment", ticket, "The page says E-401.")
    desk.tkt("comment", ticket, "The app crashes.\n\nEvery time.")
    return desk, ticket, [each["id"].rpartition("-")[2] for each in desk.show(ticket)["thread"]]


def test_a_part_becomes_a_child_with_its_entries_quoted(case: tuple[Desk, str, list[str]]) -> None:
    desk, ticket, marks = case
    said = desk.tkt("split", ticket, "The app crashes", "--entry", marks[1], "-m", "Version 4.1.")
    child = said.out.split()[0]
    assert said.out == f"{child}  The app crashes\n{ticket}  split into {child}\n"
    shown = desk.show(child)
    assert (shown["parent"], shown["queue"], shown["labels"], shown["requester"]) == (
        ticket, "support", ["vip"], "Mrs Jones",
    )  # fmt: skip
    assert shown["body"] == (
        f"Version 4.1.\n\nana@example.com wrote in {ticket} on 2026-11-22 09:00 UTC:\n\n"
        "> The app crashes.\n>\n> Every time.\n"
    )
    assert desk.tkt("log", ticket).lines[-1].split("  ")[2:] == [f"split: {child}"]
    assert f"  split: {child}\n" in desk.tkt("show", ticket).out
    assert desk.subjects()[0] == f"{child} and 1 more: split from {ticket}: The app crashes"


@pytest.mark.parametrize("mark", ["zzzz", "", "2026"])
def test_an_entry_that_is_none_or_many_is_refused(case: tuple[Desk, str, list[str]], mark: str) -> None:
    desk, ticket, marks = case
    complaint = desk.refused(3, "split", ticket, "The app", "--entry", mark)
    assert all(each in complaint for each in marks)


def test_a_closed_case_is_not_split(case: tuple[Desk, str, list[str]]) -> None:
    desk, ticket, _ = case
    desk.tkt("transition", ticket, "closed")
    assert "only an open case is split" in desk.refused(2, "split", ticket, "The app")


def test_a_child_needs_a_title_like_any(case: tuple[Desk, str, list[str]]) -> None:
    desk, ticket, _ = case
    assert "a title is one line" in desk.refused(2, "split", ticket, "a\nb")


def test_merged_tickets_show_all_threads_and_what_comes_later(case: tuple[Desk, str, list[str]]) -> None:
    desk, ticket, _ = case
    other = desk.create("Cannot log in", "-l", "login", "-m", "It says E-401.")
    desk.tkt("comment", other, "Since Monday.")
    said = desk.tkt("merge", ticket, other, "-m", "The same.")
    assert said.lines == [f"{ticket}  keeps all threads", f"{other}  merged into {ticket}"]
    assert desk.subjects()[0] == f"{ticket} and 1 more: merge {other}"
    desk.tkt("comment", other, "Written to the wrong one.")
    shown = desk.tkt("show", ticket).out
    for text in ("E-401.", "Since Monday.", "Written to the wrong one.", "The same."):
        assert text in shown
    assert f"(from {other})" in shown
    gone = desk.show(other)
    assert (gone["status"], gone["resolution"]) == ("closed", "duplicate")
    assert f"This ticket was merged into {ticket}." in desk.tkt("show", other).out
    assert desk.show(ticket)["labels"] == ["login", "vip"]
    assert desk.tkt("search", "Written to the wrong", "--json").data[0]["id"] == other


def test_merging_again_or_in_a_circle_is_refused(case: tuple[Desk, str, list[str]]) -> None:
    desk, ticket, _ = case
    other, third = desk.create("Cannot log in"), desk.create("Login")
    desk.tkt("merge", ticket, other)
    assert "merged into" in desk.refused(2, "merge", ticket, other)
    assert f"Merge into {ticket}." in desk.refused(2, "merge", other, third)
    assert "cannot be merged into itself" in desk.refused(2, "merge", ticket, ticket)
    assert "cannot be merged into itself" in desk.refused(2, "merge", ticket, third, ticket)
    assert "no ticket" in desk.refused(3, "merge", ticket, "2jzzzzz")


def test_a_child_is_merged_into_its_parent_and_back(desk: Desk) -> None:
    parent = desk.create("Parent")
    child = desk.create("Child", "--parent", parent)
    desk.tkt("merge", child, parent)
    assert desk.show(child)["parent"] is None
    assert desk.tkt("doctor").lines[-1] == "All is well."


def test_a_circle_made_by_hand_is_walked_once(desk: Desk) -> None:
    first, second = desk.create("First"), desk.create("Second")
    desk.edit(first, "links:\n", f"links:\n- merged-into {second}\n")
    desk.edit(second, "links:\n", f"links:\n- merged-into {first}\n")
    assert second in desk.tkt("show", first).out

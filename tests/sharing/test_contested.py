"""A field that two people set without knowing of each other: it is told of, and somebody settles it."""

from __future__ import annotations

import pytest

from tests.cli.desk import terminal
from tests.sharing.clones import NOW, Laptop, fork, unsound

P1, P5 = "priority=P1", "priority=P5"


@pytest.fixture
def ticket(desk: Laptop) -> str:
    """A ticket about whose priority and status people disagree; both sides are merged."""
    ticket = desk.create()
    fork(
        desk,
        [["set", ticket, P1, "-m", "now"], ["transition", ticket, "in-progress"]],
        [["set", ticket, P5, "-m", "later"], ["transition", ticket, "closed"]],
    )
    desk.tkt("merge-branch", "other")
    return ticket


def contested(desk: Laptop, ticket: str) -> list[str]:
    return [each["field"] for each in desk.show(ticket)["contested"]]


class TestItIsSaid:
    def test_by_resolve_a_line_each_with_the_command(self, desk: Laptop, ticket: str) -> None:
        who, command = "ana, 2026-11-22 09:00", f"tkt resolve {ticket}"
        assert desk.tkt("resolve").lines == [
            f"{ticket}  priority: P1 ({who}) or P5 ({who})  {command} priority=P1",
            f"{ticket}  status: in-progress ({who}) or closed ({who})  {command} status=in-progress",
        ]
        assert desk.tkt("resolve", ticket).lines == desk.tkt("resolve").lines

    def test_by_show(self, desk: Laptop, ticket: str) -> None:
        (line, _) = [each for each in desk.tkt("show", ticket).lines if each.startswith("Contested")]
        assert "P1 (ana" in line
        assert "P5 (ana" in line
        assert f"tkt resolve {ticket} priority=P1" in line
        (found, _) = desk.show(ticket)["contested"]
        assert [each["value"] for each in found["values"]] == ["P1", "P5"]
        assert {each["by"] for each in found["values"]} == {"ana@example.com"}

    def test_by_doctor_and_check(self, desk: Laptop, ticket: str) -> None:
        said = desk.tkt("doctor", code=1).out
        assert "2 fields are contested" in said
        assert "      tkt resolve\n" in said
        assert f"tkt resolve {ticket} settles it." in desk.tkt("check").out

    def test_for_machines(self, desk: Laptop, ticket: str) -> None:
        found = desk.tkt("resolve", "--json").data
        assert [(each["ticket"], each["field"]) for each in found] == [
            (ticket, "priority"),
            (ticket, "status"),
        ]

    def test_where_nothing_is_contested_it_is_silent(self, desk: Laptop) -> None:
        ticket = desk.create()
        desk.tkt("set", ticket, P1, "-m", "now")
        desk.tkt("set", ticket, P5, "-m", "later")
        assert desk.show(ticket)["contested"] == []
        assert "Contested" not in desk.tkt("show", ticket).out
        said = desk.tkt("resolve")
        assert (said.out, said.err) == ("", "There is nothing to resolve.\n")
        assert "contested" not in desk.tkt("doctor").out


class TestItIsSettled:
    @pytest.mark.parametrize("value", ["P1", "P5", "P3"])
    def test_by_either_value_or_a_third(self, desk: Laptop, ticket: str, value: str) -> None:
        desk.tkt("resolve", ticket, f"priority={value}")
        assert desk.show(ticket)["priority"] == value
        assert contested(desk, ticket) == ["status"]
        assert desk.status == ""
        assert unsound(desk.root) == []

    def test_the_value_that_stands_leaves_the_file_alone(self, desk: Laptop, ticket: str) -> None:
        before = desk.path(ticket).read_bytes()
        assert desk.tkt("resolve", ticket, P1).out == f"{ticket}  priority stays P1\n"
        assert desk.path(ticket).read_bytes() == before
        last = desk.show(ticket)["thread"][-1]
        assert last["settles"] == "priority"
        assert last["changes"] == [{"field": "priority", "old": "P1", "new": "P1"}]

    def test_several_at_once_and_a_status_with_its_resolution(self, desk: Laptop, ticket: str) -> None:
        desk.tkt("resolve", ticket, P5, "status=closed", "resolution=answered", "-m", "We agreed.")
        shown = desk.show(ticket)
        assert (shown["priority"], shown["status"], shown["resolution"]) == ("P5", "closed", "answered")
        assert shown["contested"] == []
        assert shown["thread"][-1]["body"].strip() == "We agreed."
        assert desk.tkt("check", "--all").code == 0

    def test_a_status_that_stays_takes_no_step(self, desk: Laptop, ticket: str) -> None:
        desk.tkt("resolve", ticket, "status=in-progress", P1)
        assert desk.show(ticket)["contested"] == []
        for args in (["--all"], ["--range", "HEAD~1..HEAD"]):
            assert "nothing to complain of" in desk.tkt("check", *args).err

    def test_by_answering_on_a_terminal(self, desk: Laptop, ticket: str) -> None:
        env = {"TKT_ACTOR": desk.who, "TKT_NOW": NOW}
        with terminal("resolve", ticket, cwd=desk.root, env=env) as screen:
            screen.answer("Which one holds?", "2\n")
            screen.answer("Which one holds?", "\n")
            code, _ = screen.finish()
        assert code == 0
        assert desk.show(ticket)["priority"] == "P5"
        assert contested(desk, ticket) == ["status"]

    def test_it_stays_settled_when_an_older_branch_comes_in(self, desk: Laptop, ticket: str) -> None:
        desk.tkt("resolve", ticket, P5)
        desk.git("switch", "--quiet", "other")
        desk.tkt("comment", ticket, "-m", "Hello.")
        desk.git("switch", "--quiet", "main")
        desk.tkt("merge-branch", "other")
        assert desk.show(ticket)["priority"] == "P5"
        assert contested(desk, ticket) == ["status"]

    def test_two_people_who_settle_it_differently_disagree_again(self, desk: Laptop, ticket: str) -> None:
        desk.git("branch", "--force", "other")
        desk.tkt("resolve", ticket, P5)
        desk.git("switch", "--quiet", "other")
        desk.tkt("resolve", ticket, P1)
        desk.git("switch", "--quiet", "main")
        desk.tkt("merge-branch", "other")
        (found, _) = desk.show(ticket)["contested"]
        assert {each["value"] for each in found["values"]} == {"P1", "P5"}
        desk.tkt("resolve", ticket, P1)
        assert contested(desk, ticket) == ["status"]
        assert unsound(desk.root) == []


class TestItIsRefused:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["queue=support"], "nobody disagrees about queue of TKT-"),
            (["priority=P9"], "priority"),
            (["prio=P1"], "priority"),
            (["status=nowhere"], "nowhere"),
        ],
    )
    def test_what_nobody_disagrees_about_or_cannot_be(
        self, desk: Laptop, ticket: str, words: list[str], said: str
    ) -> None:
        before = desk.head
        assert said in desk.tkt("resolve", ticket, *words, code=2).err
        assert desk.head == before

    def test_values_without_a_ticket(self, desk: Laptop) -> None:
        assert "say of which ticket" in desk.tkt("resolve", P1, code=2).err

    def test_values_with_several_tickets(self, desk: Laptop, ticket: str) -> None:
        said = desk.tkt("resolve", ticket, desk.create("Another"), P1, code=2).err
        assert "a field is settled of one ticket, and 2 are named" in said
        assert f"tkt resolve {ticket} {P1}" in said

    def test_options_for_descriptions_where_no_merge_is_under_way(self, desk: Laptop, ticket: str) -> None:
        assert "in conflict" in desk.tkt("resolve", ticket, "--union", code=2).err

"""What happens to tickets all day: fields, people, steps, labels, links, watchers."""

import pytest

from tests.cli.desk import Desk

PEOPLE = """\
agents:
  ana:
    name: Ana Silva
    email: ana@example.com
    skills: [access]
  bob:
    name: Bob Okafor
    email: bob@example.com
    skills: [software]
    capacity: 1

teams:
  front-desk:
    members: [ana, bob]
    queues: [support]
"""


@pytest.fixture
def staffed(desk: Desk) -> Desk:
    """A desk where two people and a team work."""
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    desk.git("commit", "--quiet", "-am", "Hire")
    return desk


def test_a_field_is_a_line_in_the_file_an_entry_and_a_commit(desk: Desk) -> None:
    ticket = desk.create()
    said = desk.tkt("set", ticket, "queue=support")
    assert said.out == f"{ticket}  queue: none -> support\n"
    assert desk.subjects()[0] == f"{ticket}: queue: none -> support"
    changed = desk.git("show", "--format=", "--numstat").splitlines()
    assert changed[0].split()[:2] == ["1", "1"]
    assert len(changed) == 2
    assert desk.git("show", "-s", "--format=%(trailers)").strip() == f"Ticket: {ticket}"


def test_several_fields_at_once_and_an_empty_value_unsets(desk: Desk) -> None:
    ticket = desk.create("Login fails", "-q", "support", "-l", "vip")
    desk.tkt("set", ticket, "queue=", "labels=", "due=2026-12-24", "title=Login page fails")
    shown = desk.show(ticket)
    assert (shown["queue"], shown["labels"], shown["due"]) == (None, [], "2026-12-24") or not shown["labels"]
    assert shown["title"] == "Login page fails"


def test_what_is_so_already_is_no_change(desk: Desk) -> None:
    ticket = desk.create("Login fails", "-q", "support")
    before = desk.state()
    said = desk.tkt("set", ticket, "queue=support")
    assert (said.out, said.err) == ("", f"{ticket} is so already\n")
    assert desk.state() == before


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (["queue=suport"], 2, "did you mean 'support'?"),
        (["quue=support"], 2, "did you mean 'queue'?"),
        (["status=closed"], 2, "tkt transition"),
        (["links=x"], 2, "tkt link"),
        (["id=TKT-2j00000"], 2, "stays"),
        (["created=2020-01-01"], 2, "stays"),
        (["title="], 2, "a title cannot be empty"),
        (["title=a\nb"], 2, "one line"),
        (["due=never"], 2, "is not a date"),
        (["due=2026-12-01T09:00:00"], 2, "is not a date"),
        (["due=2026-12-01T09:00:60Z"], 2, "is not a date"),
        (["assignee=nobody"], 3, "nobody is called 'nobody'"),
        (["parent=2jzzzzz"], 3, "no ticket"),
        (["queue"], 2, "nothing to set"),
        ([], 2, "nothing to set"),
    ],
)
def test_a_value_that_cannot_be_is_refused(desk: Desk, typed: list[str], code: int, said: str) -> None:
    ticket = desk.create()
    assert said in desk.refused(code, "set", ticket, *typed)


def test_only_fields_that_can_be_set_are_offered(desk: Desk) -> None:
    ticket = desk.create()
    allowed = desk.refused(2, "set", ticket, "xyzzy=1").splitlines()[1]
    assert "title, type, resolution" in allowed
    assert "created" not in allowed


def test_a_priority_against_the_matrix_needs_a_reason(desk: Desk) -> None:
    ticket = desk.create("Crash", "-t", "bug")
    assert "give P3, not P1" in desk.refused(2, "set", ticket, "priority=P1")
    desk.tkt("set", ticket, "priority=p1", "-m", "The boss is on the line.")
    shown = desk.show(ticket)
    assert shown["priority"] == "P1"
    assert shown["thread"][-1]["body"] == "The boss is on the line.\n"
    said = desk.tkt("set", ticket, "impact=low")
    assert "keeps priority P1" in said.err
    assert desk.tkt("set", ticket, "priority=").out == f"{ticket}  priority: P1 -> P4\n"


def test_the_priority_follows_impact_and_urgency(desk: Desk) -> None:
    ticket = desk.create("Crash", "-t", "bug")
    said = desk.tkt("set", ticket, "impact=high", "urgency=high")
    assert said.out == f"{ticket}  impact: medium -> high, urgency: medium -> high, priority: P3 -> P1\n"
    assert desk.subjects()[0].startswith(f"{ticket}: impact: medium -> high, urgency: ")


@pytest.mark.parametrize(
    ("who", "stored"),
    [
        ("me", "ana@example.com"),
        ("@me", "ana@example.com"),
        ("bob", "bob@example.com"),
        ("@Bob", "bob@example.com"),
        ("BOB@example.com", "bob@example.com"),
        ("Bob Okafor", "bob@example.com"),
        ("front-desk", "front-desk"),
        ("somebody@else.example", "somebody@else.example"),
    ],
)
def test_a_ticket_is_given_to(staffed: Desk, who: str, stored: str) -> None:
    ticket = staffed.create()
    staffed.tkt("assign", ticket, who)
    shown = staffed.show(ticket)
    assert (shown["assignee"], shown["status"]) == (stored, "assigned")


def test_people_are_called_by_their_handles_and_nothing_else_is(staffed: Desk) -> None:
    ticket = staffed.create("Bob Okafor cannot log in", "-l", "Bob")
    said = staffed.tkt("assign", ticket, "bob@example.com")
    assert said.out == f"{ticket}  assignee: none -> bob, status: new -> assigned\n"
    said = staffed.tkt("watch", ticket, "--who", "ana", "--who", "zoe@example.com")
    assert said.out == f"{ticket}  watchers: +ana +zoe@example.com\n"
    assert staffed.tkt("label", ticket, "--remove", "Bob").out == f"{ticket}  labels: -Bob\n"
    said = staffed.tkt("set", ticket, "title=bob okafor")
    assert said.out == f"{ticket}  title: Bob Okafor cannot log in -> bob okafor\n"


def test_setting_the_assignee_is_assigning(staffed: Desk) -> None:
    ticket = staffed.create()
    staffed.tkt("set", ticket, "assignee=bob")
    assert staffed.show(ticket)["status"] == "assigned"


def test_a_ticket_is_taken_from_whoever_has_it(staffed: Desk) -> None:
    ticket = staffed.create()
    staffed.tkt("assign", ticket, "me")
    assert staffed.tkt("assign", ticket, "--none").out == f"{ticket}  assignee: ana -> none\n"
    assert staffed.show(ticket)["assignee"] is None


def test_automatic_assignment_looks_for_skill_and_room(staffed: Desk) -> None:
    tickets = [staffed.create(f"Crash {n}", "-c", "software", "-q", "support") for n in (1, 2)]
    staffed.tkt("assign", *tickets, "--auto")
    assert [staffed.show(each)["assignee"] for each in tickets] == ["bob@example.com", "ana@example.com"]


def test_nobody_with_room_is_an_answer(desk: Desk) -> None:
    (desk.root / ".tkt" / "people.yaml").write_text("agents: {}\n", encoding="utf-8")
    ticket = desk.create()
    assert "nobody has room" in desk.refused(3, "assign", ticket, "--auto")


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (["bbo"], 3, "did you mean 'bob'?"),
        ([], 2, "name a ticket"),
        (["--auto", "--none"], 2, "exclude each other"),
        (["x\x1b@example.com"], 2, "cannot be seen"),
    ],
)
def test_nobody_of_that_name(staffed: Desk, typed: list[str], code: int, said: str) -> None:
    assert said in staffed.refused(code, "assign", staffed.create(), *typed)


def test_a_ticket_goes_its_way(desk: Desk) -> None:
    ticket = desk.create()
    assert desk.tkt("transition", ticket).lines == [
        "assigned",
        "in-progress",
        "waiting",
        "resolved",
        "closed",
    ]
    assert desk.tkt("move", ticket, "In-Progress").out == f"{ticket}  status: new -> in-progress\n"
    said = desk.tkt("transition", ticket, "resolved", "--resolution", "fixed", "-m", "Done.")
    assert said.out == f"{ticket}  status: in-progress -> resolved, resolution: none -> fixed\n"
    assert desk.tkt("transition", ticket, "reopened").out.endswith("resolution: fixed -> none\n")
    desk.tkt("transition", ticket, "closed", "--internal", "-m", "For us.")
    assert desk.show(ticket)["thread"][-1]["visibility"] == "internal"


def test_an_illegal_step_is_refused_with_the_legal_ones(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("transition", ticket, "closed")
    complaint = desk.refused(4, "transition", ticket, "in-progress")
    assert complaint == "tkt: a ticket cannot go from closed to in-progress\n  From closed: reopened.\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["inprogress"], "did you mean 'in-progress'?"),
        (["waiting", "--resolution", "fixed"], "does not end a ticket"),
        (["closed", "--resolution", "fxed"], "did you mean 'fixed'?"),
    ],
)
def test_a_wrong_step_gets_the_nearest(desk: Desk, typed: list[str], said: str) -> None:
    assert said in desk.refused(2, "transition", desk.create(), *typed)


def test_one_illegal_step_among_several_moves_none(desk: Desk) -> None:
    first, second = desk.create("First"), desk.create("Second")
    desk.tkt("transition", first, "closed")
    assert first in desk.refused(4, "transition", second, first, "waiting")


def test_a_workflow_of_one_s_own(desk: Desk) -> None:
    desk.settings("project", "fixes: resolved", "fixes: gone")
    (desk.root / ".tkt" / "workflow.yaml").write_text(
        "statuses: {todo: {category: new}, doing: {category: open}, gone: {category: done}}\n"
        "initial: todo\n"
        "transitions:\n- {from: todo, to: [doing]}\n- {from: doing, to: [gone]}\n",
        encoding="utf-8",
    )
    desk.tkt("config", "check")
    ticket = desk.create()
    assert "From todo: doing." in desk.refused(4, "transition", ticket, "gone")
    desk.tkt("transition", ticket, "doing")
    desk.tkt("transition", ticket, "gone")
    assert desk.tkt("list").out == ""
    assert "gone is the end." in desk.refused(4, "transition", ticket, "todo")


def test_labels_come_and_go(desk: Desk) -> None:
    ticket, other = desk.create("First"), desk.create("Second")
    assert desk.tkt("label", ticket, "vip", "mobile,login").out == f"{ticket}  labels: +login +mobile +vip\n"
    assert desk.tkt("label", ticket, "--remove", "mobile").out == f"{ticket}  labels: -mobile\n"
    said = desk.tkt("label", ticket, other, "--add", "urgent")
    assert said.lines == [f"{ticket}  labels: +urgent", f"{other}  labels: +urgent"]
    assert desk.show(ticket)["labels"] == ["login", "urgent", "vip"]
    assert "no label" in desk.refused(2, "label", ticket)
    assert "cannot be seen" in desk.refused(2, "label", ticket, "a\u202eb")


@pytest.mark.parametrize(
    ("word", "here", "there"),
    [
        ("blocks", "Blocks", "Blocked by"),
        ("blocked-by", "Blocked by", "Blocks"),
        ("relates", "Relates to", "Relates to"),
        ("duplicates", "Duplicates", "Duplicated by"),
        ("duplicated-by", "Duplicated by", "Duplicates"),
        ("parent", "Parent", "Child"),
        ("child", "Child", "Parent"),
    ],
)
def test_a_link_is_seen_from_both_sides_and_taken_away_from_both(
    desk: Desk, word: str, here: str, there: str
) -> None:
    first, second = desk.create("First"), desk.create("Second")
    desk.tkt("link", first, word, second)
    assert [each["relation"] for each in desk.show(first)["related"]] == [here]
    assert [each["relation"] for each in desk.show(second)["related"]] == [there]
    assert "is so already" in desk.tkt("link", first, word, second).err
    desk.tkt("link", first, word, second, "--remove")
    assert not desk.show(first)["related"]
    assert f"has no link '{word} {second}'" in desk.refused(3, "link", first, word, second, "--remove")


def test_a_link_both_ways_is_taken_away_from_either_end(desk: Desk) -> None:
    first, second = desk.create("First"), desk.create("Second")
    desk.tkt("link", first, "relates", second)
    assert "is so already" in desk.tkt("link", second, "relates", first).err
    desk.tkt("link", second, "relates", first, "--remove")
    assert not desk.show(first)["related"]


def test_impossible_links_are_refused(desk: Desk) -> None:
    first, second = desk.create("First"), desk.create("Second", "--parent", "-")
    assert "cannot be linked to itself" in desk.refused(2, "link", first, "blocks", first)
    assert "did you mean 'blocks'?" in desk.refused(2, "link", first, "block", second)
    assert "is not known" in desk.refused(2, "link", first, "merged-into", second)
    assert "its own ancestor" in desk.refused(2, "link", first, "parent", second)
    assert "its own ancestor" in desk.refused(2, "set", first, f"parent={second}")
    assert "no ticket" in desk.refused(3, "link", first, "blocks", second, "2jzzzzz")


def test_people_watch(desk: Desk) -> None:
    ticket = desk.create()
    assert desk.tkt("watch", ticket).out == f"{ticket}  watchers: +ana\n"
    desk.tkt("watch", ticket, "--who", "bob@example.com", "--who", "zoe@example.com")
    desk.tkt("watch", ticket, "--stop")
    assert desk.show(ticket)["watchers"] == ["bob@example.com", "zoe@example.com"]
    assert "nobody is called" in desk.refused(3, "watch", ticket, "--who", "zoe")

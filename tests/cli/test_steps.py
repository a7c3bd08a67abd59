"""Steps with conditions: who may take them, what they ask, what they fill in, and what roles permit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.desk import Desk, terminal, type_tkt

PEOPLE = """\
agents:
  ana: {name: Ana Silva, email: ana@example.com, roles: [lead]}
  bob: {name: Bob Okafor, email: bob@example.com}
  cyd: {name: Cyd Moor, email: cyd@example.com, roles: [guest]}
  dan: {name: Dan Roy, email: dan@example.com, roles: [guest]}
teams:
  movers: {members: [dan], roles: [agent]}
roles:
  lead: [settings, transitions, assignment, fields, notes, vouch, override]
  agent: [transitions, assignment, fields, notes]
  guest: []
others: guest
"""

WORKFLOW = """\
statuses:
  new: {category: new}
  doing: {category: open}
  review: {category: waiting}
  resolved: {category: done}
  dropped: {category: done}
initial: new
transitions:
- {from: new, to: doing, require: [assignee, due]}
- {from: new, to: dropped, who: [lead], comment: true, set: {resolution: wont-fix, labels: [dropped]}}
- {from: doing, to: review, when: "-label:blocked -has:parent"}
- {from: doing, to: dropped, who: [lead]}
- {from: doing, to: dropped, who: [assignee], require: [resolution]}
- {from: review, to: resolved, who: [assignee, lead], confirm: "Is it on the main branch?"}
- {from: review, to: doing}
- {from: resolved, to: doing, who: [requester], comment: true}
"""


@pytest.fixture
def ruled(desk: Desk) -> Desk:
    """A desk whose steps have conditions, and where people have roles."""
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (desk.root / ".tkt" / "workflow.yaml").write_text(WORKFLOW, encoding="utf-8")
    desk.git("commit", "--quiet", "-am", "Rules")
    desk.tkt("config", "check")
    return desk


def as_(monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    monkeypatch.setenv("TKT_ACTOR", who)


def begun(desk: Desk, *args: str) -> str:
    """A ticket of Bob's that is being worked on."""
    ticket = desk.create("Login page fails", *args)
    desk.tkt("assign", ticket, "bob")
    desk.tkt("set", ticket, "due=2026-12-24")
    desk.tkt("transition", ticket, "doing")
    return ticket


# --- conditions -------------------------------------------------------------


def test_a_field_that_a_step_requires(ruled: Desk) -> None:
    ticket = ruled.create()
    said = ruled.refused(4, "transition", ticket, "doing")
    assert said == (
        f"tkt: {ticket}: to go from new to doing, a ticket needs assignee; "
        f"to go from new to doing, a ticket needs due\n  tkt set {ticket} assignee=...\n"
    )
    assert ruled.refused(4, "transition", ticket, "doing", "--dry-run") == said
    ruled.tkt("assign", ticket, "bob")
    assert "needs due" in ruled.refused(4, "transition", ticket, "doing")
    ruled.tkt("set", ticket, "due=2026-12-24")
    ruled.tkt("transition", ticket, "doing")


def test_a_step_that_only_some_roles_may_take(ruled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = ruled.create()
    as_(monkeypatch, "bob")
    said = ruled.refused(4, "transition", ticket, "dropped", "-m", "No.")
    assert said == (
        f"tkt: {ticket}: only lead may move a ticket from new to dropped; bob@example.com is not\n"
        "  Roles stand in .tkt/people.yaml.\n"
    )
    as_(monkeypatch, "ana")
    ruled.tkt("transition", ticket, "dropped", "-m", "No.")


def test_the_assignee_and_the_requester_are_whom_the_ticket_names(
    ruled: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = begun(ruled, "--requester", "customer@example.org")
    ruled.tkt("transition", ticket, "review")
    as_(monkeypatch, "cyd")
    said = ruled.refused(4, "transition", ticket, "resolved")
    assert (
        "only the assignee or lead may move a ticket from review to resolved; cyd@example.com is not" in said
    )
    assert "The assignee is bob@example.com." in said
    as_(monkeypatch, "bob")
    ruled.tkt("transition", ticket, "resolved")
    said = ruled.refused(4, "transition", ticket, "doing", "-m", "Again.")
    assert "The requester is customer@example.org." in said
    as_(monkeypatch, "customer@example.org")
    ruled.tkt("transition", ticket, "doing", "-m", "Again.")


def test_a_step_that_needs_a_comment(ruled: Desk) -> None:
    ticket = ruled.create()
    said = ruled.refused(4, "transition", ticket, "dropped")
    assert said == (f'tkt: {ticket}: to go from new to dropped, something must be said\n  Say it: -m "..."\n')
    assert "something must be said" in ruled.refused(4, "transition", ticket, "dropped", "-m", "  ")


def test_a_step_that_is_open_only_when_a_query_is_met(ruled: Desk) -> None:
    ticket = begun(ruled, "-l", "blocked")
    said = ruled.refused(4, "transition", ticket, "review")
    assert "a ticket goes from doing to review only when: -label:blocked -has:parent" in said
    assert f"tkt show {ticket}" in said
    ruled.tkt("label", ticket, "--remove", "blocked")
    ruled.tkt("transition", ticket, "review")


def test_what_a_step_fills_in_unless_somebody_says_otherwise(ruled: Desk) -> None:
    one, other = ruled.create("One"), ruled.create("Other")
    said = ruled.tkt("transition", one, "dropped", "-m", "No.")
    assert said.out == f"{one}  labels: +dropped, status: new -> dropped, resolution: none -> wont-fix\n"
    ruled.tkt("transition", other, "dropped", "-m", "No.", "--resolution", "duplicate")
    assert [ruled.show(each)["resolution"] for each in (one, other)] == ["wont-fix", "duplicate"]


def test_of_two_ways_the_one_that_is_open_counts(ruled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket, other = begun(ruled), begun(ruled)
    as_(monkeypatch, "bob")
    assert "needs resolution" in ruled.refused(4, "transition", ticket, "dropped")
    ruled.tkt("transition", ticket, "dropped", "--resolution", "duplicate")
    as_(monkeypatch, "ana")
    ruled.tkt("transition", other, "dropped")


def test_many_at_once_all_or_none_and_the_one_in_the_way_is_named(ruled: Desk) -> None:
    begun(ruled)
    blocked = begun(ruled, "-l", "blocked")
    said = ruled.refused(4, "transition", "review", "--query", "status:doing")
    assert said.startswith(f"tkt: {blocked}: a ticket goes from doing to review only when")
    tried = ruled.tkt("transition", "review", "--query", "status:doing", "--dry-run", code=4)
    assert tried.err.endswith(said)


def test_being_given_a_ticket_takes_no_step_that_asks_for_something(ruled: Desk) -> None:
    ticket = ruled.create()
    assert ruled.tkt("assign", ticket, "bob").out == f"{ticket}  assignee: none -> bob\n"


# --- where a ticket may go --------------------------------------------------


def test_where_a_ticket_may_go_for_whom_and_under_which_conditions(
    ruled: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = ruled.create()
    assert ruled.tkt("transition", ticket).lines == [
        "doing    needs assignee and due",
        "dropped  by lead; needs a comment; sets resolution: wont-fix, labels: dropped",
    ]
    as_(monkeypatch, "bob")
    assert ruled.tkt("transition", ticket).lines == [
        "doing    needs assignee and due",
        "dropped  by lead; needs a comment; sets resolution: wont-fix, labels: dropped; not open to you",
    ]
    as_(monkeypatch, "cyd")
    assert ruled.tkt("transition", ticket).lines[0] == (
        "doing    needs assignee and due; not open to you: cyd@example.com may not move tickets"
    )


def test_several_ways_to_one_status_stand_on_its_line(ruled: Desk) -> None:
    ticket = begun(ruled, "-l", "blocked")
    assert ruled.tkt("transition", ticket).lines == [
        "review   when -label:blocked -has:parent; not open now",
        "dropped  by lead, or by the assignee; needs resolution; not open to you",
    ]


def test_where_a_ticket_may_go_for_machines(ruled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = ruled.create()
    as_(monkeypatch, "bob")
    doing, dropped = ruled.tkt("transition", ticket, "--json").data
    assert (doing["status"], doing["open"], doing["require"]) == ("doing", True, ["assignee", "due"])
    assert dropped == {
        "status": "dropped", "who": ["lead"], "when": None, "require": [], "comment": True,
        "set": {"resolution": "wont-fix", "labels": ["dropped"]}, "confirm": None, "open": False,
        "why": ["only lead may move a ticket from new to dropped; bob@example.com is not"],
    }  # fmt: skip


def test_without_conditions_there_are_only_names(desk: Desk) -> None:
    assert desk.tkt("transition", desk.create()).lines == [
        "assigned", "in-progress", "waiting", "resolved", "closed",
    ]  # fmt: skip


def completed(*words: str) -> list[str]:
    """What the shell offers for the last word."""
    from tkt.cli.change import transition_command
    from tkt.cli.complete import next_statuses

    with transition_command.make_context("transition", list(words), resilient_parsing=True) as ctx:
        ctx.params["words"] = words
        return [each.value for each in next_statuses(ctx, transition_command.params[0], "")]


def test_only_open_steps_are_offered(ruled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = ruled.create()
    assert completed(ticket) == ["doing", "dropped"]
    as_(monkeypatch, "bob")
    assert completed(ticket) == ["doing"]
    as_(monkeypatch, "cyd")
    assert completed(ticket) == []


# --- being asked ------------------------------------------------------------


def test_a_person_is_asked_first_and_may_say_no(ruled: Desk) -> None:
    ticket = begun(ruled)
    ruled.tkt("transition", ticket, "review")
    before = ruled.state()
    with terminal("transition", ticket, "resolved", cwd=ruled.root) as screen:
        screen.answer("Is it on the main branch?", "n\n")
        code, shown = screen.finish()
    assert (code, "Nothing was changed." in shown) == (1, True)
    assert ruled.state() == before
    with terminal("transition", ticket, "resolved", cwd=ruled.root) as screen:
        screen.answer("Is it on the main branch?", "y\n")
        assert screen.finish()[0] == 0


@pytest.mark.parametrize("words", [["-y"], ["--yes"], ["--dry-run"]])
def test_nobody_is_asked_who_does_not_want_to_be(ruled: Desk, words: list[str]) -> None:
    ticket = begun(ruled)
    ruled.tkt("transition", ticket, "review")
    with terminal("transition", ticket, "resolved", *words, cwd=ruled.root) as screen:
        code, shown = screen.finish()
    assert (code, "main branch" in shown) == (0, False)


def test_a_script_goes_on(ruled: Desk) -> None:
    ticket = begun(ruled)
    ruled.tkt("transition", ticket, "review")
    assert ruled.tkt("transition", ticket, "resolved").err == ""


# --- roles ------------------------------------------------------------------

REFUSED = [
    (["transition", "ID", "doing"], "cyd@example.com may not move tickets"),
    (["assign", "ID", "ana"], "cyd@example.com may not give tickets to somebody"),
    (["assign", "ID", "me"], "cyd@example.com may not give tickets to somebody"),
    (["set", "ID", "queue=support"], "cyd@example.com may not change fields of tickets"),
    (["set", "ID", "title=Another"], "cyd@example.com may not change fields of tickets"),
    (["label", "ID", "vip"], "cyd@example.com may not change fields of tickets"),
    (["link", "ID", "blocks", "OTHER"], "cyd@example.com may not change fields of tickets"),
    (["watch", "ID", "--who", "bob"], "cyd@example.com may not write internal notes"),
    (["comment", "ID", "--internal", "-m", "Psst."], "cyd@example.com may not write internal notes"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED)
def test_what_a_role_does_not_permit(
    ruled: Desk, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, other = ruled.create("One"), ruled.create("Other")
    ruled.tkt("assign", ticket, "bob")
    ruled.tkt("set", ticket, "due=2026-12-24")
    as_(monkeypatch, "cyd")
    typed = [{"ID": ticket, "OTHER": other}.get(word, word) for word in words]
    for more in ([], ["--dry-run"]):
        refusal = ruled.refused(4, *typed, *more)
        assert refusal.startswith(f"tkt: {ticket}: {said}\n  Roles that may: lead"), refusal
    as_(monkeypatch, "bob")
    ruled.tkt(*typed)


def test_what_everybody_may(ruled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    as_(monkeypatch, "cyd")
    ticket = ruled.create()
    ruled.tkt("comment", ticket, "-m", "It is urgent.")
    ruled.tkt("watch", ticket)
    ruled.tkt("set", ticket, "title=Login page fails at noon")


def test_a_team_has_roles_for_its_members(ruled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = ruled.create()
    as_(monkeypatch, "dan")
    ruled.tkt("set", ticket, "queue=support")


def test_who_is_not_listed_has_the_role_of_others(ruled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = ruled.create()
    as_(monkeypatch, "stranger@example.org")
    assert "may not change fields" in ruled.refused(4, "set", ticket, "queue=support")
    ruled.settings("people", "others: guest", "others: agent")
    ruled.tkt("set", ticket, "queue=support")


def test_an_import_brings_in_what_others_wrote(
    ruled: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "issues.jsonl"
    issue = {"id": "bd-1", "title": "Old", "status": "open", "created_at": "2025-11-02T21:58:07Z"}
    path.write_text(json.dumps(issue) + "\n", encoding="utf-8")
    as_(monkeypatch, "bob")
    for more in ([], ["--dry-run"]):
        said = ruled.refused(4, "import", "beads", str(path), *more)
        assert said.startswith(
            "tkt: bob@example.com may not bring in what others wrote\n  Roles that may: lead"
        )
    as_(monkeypatch, "ana")
    assert ruled.tkt("import", "beads", str(path)).lines[-1] == "1 ticket added."


def test_where_nobody_is_listed_everybody_may_everything(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.root / ".tkt" / "people.yaml").write_text("agents: {}\n", encoding="utf-8")
    desk.git("commit", "--quiet", "-am", "Nobody")
    path = tmp_path / "issues.jsonl"
    path.write_text(
        '{"id": "bd-1", "title": "Old", "status": "open", "created_at": "2025-11-02T21:58:07Z"}\n'
    )
    as_(monkeypatch, "whoever@example.org")
    desk.tkt("import", "beads", str(path))
    assert type_tkt("transition", desk.create(), "closed").code == 0

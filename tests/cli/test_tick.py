"""`tkt tick`: levels that clocks reach, what they do to tickets, and whom they tell."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.desk import Desk

CUSTOMER = "customer@example.org"
PEOPLE = """
agents:
  ana: {email: ana@example.com, roles: [lead, agent]}
  bob: {email: bob@example.com}
  robot: {email: robot@example.com, roles: [%s]}
teams:
  desk: {members: [ana, bob]}
roles:
  admin: [settings, transitions, assignment, fields, notes, vouch, override]
  lead: [settings, transitions, assignment, fields, notes, override]
  agent: [transitions, assignment, fields, notes]
  bot: [%s]
  requester: []
others: requester
"""
SLA = """
bot: robot@example.com
calendars:
  office:
    timezone: UTC
    hours:
      mon: ["08:00-12:00"]
      tue: ["08:00-12:00"]
policies:
- name: vip
  when: "label:vip"
  calendar: office
  targets: {default: {first_response: 30m}}
  escalation:
  - {at: 75%%}
- name: standard
  calendar: office
  on_reopen: restart
  targets:
    P1: {first_response: 1h, resolution: 2h}
    default: {first_response: 2h, next_response: 1h, resolution: 6h}
  escalation:
%s
"""


def promise(desk: Desk, *levels: str, roles: str = "bot", may: str = "fields, assignment") -> None:
    """Levels of the policy for everything."""
    rows = "".join(f"  - {each}\n" for each in levels)
    (desk.root / ".tkt" / "sla.yaml").write_text(SLA % rows, encoding="utf-8")
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE % (roles, may), encoding="utf-8")
    desk.git("add", ".tkt")
    desk.git("commit", "--quiet", "--allow-empty", "-m", "Promise something")


@pytest.fixture
def promised(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk at which Ana works, on a Monday at 8."""
    monkeypatch.setenv("TKT_NOW", "2026-11-23T08:00:00Z")
    monkeypatch.setenv("TKT_ACTOR", "ana@example.com")
    return desk


def asked(desk: Desk, *args: str) -> str:
    return desk.create("It does not work", "--requester", CUSTOMER, *args)


def ticked(desk: Desk, at: str, code: int = 0) -> list[tuple[str, str, str]]:
    """What time does until then: clock, level, and when it was reached."""
    rows = desk.tkt("tick", "--at", at, "--json", code=code).data
    return [(each["clock"], each["level"], each["reached_at"][8:-1]) for each in rows]


def outbox(desk: Desk) -> list[dict[str, Any]]:
    path = desk.root / ".git" / "tkt" / "outbox.jsonl"
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


def test_a_day_with_levels(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    promise(
        promised,
        "{at: 75%, tell: [assignee], clocks: [first_response]}",
        "{at: 100%, name: breach, tell: [lead], set: {labels: [late], assignee: desk}}",
        "{after: 1h, set: {priority: P1}, clocks: [first_response]}",
    )
    ticket = asked(promised, "--assignee", "bob", "--label", "mobile")
    assert ticked(promised, "2026-11-23T09:29:59Z") == []
    assert ticked(promised, "2026-11-23T09:30:00Z") == [("first_response", "75%", "23T09:30:00")]
    assert ticked(promised, "2026-11-23T10:00:00Z") == []
    assert ticked(promised, "2026-11-23T10:00:01Z") == [("first_response", "breach", "23T10:00:01")]
    shown = promised.show(ticket)
    assert (shown["labels"], shown["assignee"], shown["priority"]) == (["late", "mobile"], "desk", "P3")
    entry = shown["thread"][-1]
    assert (entry["by"], entry["at"], entry["rule"]) == ("robot@example.com", "2026-11-23T10:00:01Z", "sla")
    assert entry["level"] == "first_response/breach/2026-11-23T08:00:00Z"
    # The priority that a level raises moves the other clocks; each level still comes once.
    assert ticked(promised, "2026-11-23T11:30:00Z") == [
        ("first_response", "+1h", "23T11:00:00"),
        ("resolution", "breach", "23T11:00:00"),
    ]
    assert ticked(promised, "2026-11-24T12:00:00Z") == []
    assert [(each["level"], each["to"]) for each in outbox(promised)] == [
        ("75%", ["bob@example.com"]),
        ("breach", ["ana@example.com"]),
        ("breach", ["ana@example.com"]),
    ]
    assert promised.git("log", "-1", "--format=%an <%ae> %s") == (
        f"robot <robot@example.com> {ticket}: sla: resolution reached breach"
    )
    monkeypatch.setenv("TKT_NOW", "2026-11-24T12:00:00Z")
    promised.tkt("check", "--all")


def test_what_is_told(promised: Desk) -> None:
    promise(promised, "{at: 50%, tell: [assignee], clocks: [first_response]}")
    ticket = asked(promised, "--assignee", "bob")
    said = promised.tkt("tick", "--at", "2026-11-23T09:00:00Z")
    assert said.out == (f"{ticket}  first_response reached 50% 2026-11-23T09:00:00Z; tells bob@example.com\n")
    assert outbox(promised) == [
        {
            "key": f"{ticket}/first_response/50%/2026-11-23T08:00:00Z",
            "ticket": ticket,
            "clock": "first_response",
            "level": "50%",
            "to": ["bob@example.com"],
            "subject": f"{ticket} first_response, 50%: It does not work",
            "text": f"{ticket}: It does not work\n"
            "first_response: running, 1h of 2h, due 2026-11-23T10:00:00Z\n"
            "Policy standard, level 50%, reached 2026-11-23T09:00:00Z.\n"
            f"tkt sla explain {ticket}\n",
            "not_before": None,
        }
    ]
    words = "first_response reached 50%, running since 2026-11-23T08:00:00Z"
    assert f"\n  {words}\n" in promised.tkt("show", ticket).out
    assert promised.tkt("log", ticket).lines[-1].endswith(f"robot  {words}")


@pytest.mark.parametrize(
    ("names", "to"),
    [
        ("[assignee, requester]", ["bob@example.com", CUSTOMER]),
        ("[lead, agent]", ["ana@example.com", "bob@example.com"]),
        ('["team:desk", "@bob"]', ["ana@example.com", "bob@example.com"]),
        ("[watchers, boss@example.com]", ["boss@example.com", "eve@example.org"]),
    ],
)
def test_whom_a_level_tells(promised: Desk, names: str, to: list[str]) -> None:
    promise(promised, f"{{at: 50%, clocks: [first_response], tell: {names}}}")
    ticket = asked(promised, "--assignee", "bob")
    promised.tkt("watch", ticket, "--who", "eve@example.org")
    (row,) = promised.tkt("tick", "--at", "2026-11-23T09:00:00Z", "--json").data
    assert row["to"] == to


@pytest.mark.parametrize(("anytime", "waits"), [("false", "2026-11-24T08:00:00Z"), ("true", None)])
def test_outside_opening_hours_a_level_acts_at_once_and_tells_later(
    promised: Desk, anytime: str, waits: str | None
) -> None:
    promise(promised, f"{{at: 100%, set: {{labels: [late]}}, tell: [lead], anytime: {anytime}}}")
    ticket = asked(promised)
    (row,) = promised.tkt("tick", "--at", "2026-11-23T20:00:00Z", "--json").data
    assert (row["not_before"], row["reached_at"]) == (waits, "2026-11-23T10:00:01Z")
    assert promised.show(ticket)["labels"] == ["late"]
    assert [each["not_before"] for each in outbox(promised)] == [waits]


def test_only_tried_it_changes_nothing(promised: Desk) -> None:
    promise(
        promised,
        "{at: 75%, tell: [lead], set: {labels: [late]}}",
        "{at: 100%, tell: [lead], set: {priority: P1}}",
    )
    asked(promised)
    before = promised.state()
    tried = promised.tkt("tick", "--dry-run", "--at", "2026-11-23T10:30:00Z").out
    assert (promised.state(), outbox(promised)) == (before, [])
    assert promised.tkt("tick", "--at", "2026-11-23T10:30:00Z").out == tried
    assert tried.count("\n") == 4


def test_a_clock_that_was_met_meanwhile_reaches_nothing(
    promised: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(promised, "{at: 75%, tell: [lead]}")
    answered, closed = asked(promised), asked(promised)
    promised.tkt("assign", closed, "ana")
    monkeypatch.setenv("TKT_NOW", "2026-11-23T11:00:00Z")
    promised.tkt("comment", answered, "-m", "Looking at it.")
    promised.tkt("transition", closed, "resolved", "--resolution", "fixed")
    assert ticked(promised, "2026-11-23T11:30:00Z") == []


def test_every_run_of_a_clock_has_its_levels(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    promise(promised, "{at: 50%, clocks: [next_response]}")
    ticket = asked(promised)
    for hour in ("08", "10"):
        for minute, who in (("10", "ana@example.com"), ("20", CUSTOMER)):
            monkeypatch.setenv("TKT_ACTOR", who)
            monkeypatch.setenv("TKT_NOW", f"2026-11-23T{hour}:{minute}:00Z")
            promised.tkt("comment", ticket, "-m", "A word.")
        assert ticked(promised, f"2026-11-23T{hour}:55:00Z") == [("next_response", "50%", f"23T{hour}:50:00")]
        assert ticked(promised, f"2026-11-23T{hour}:56:00Z") == []
    monkeypatch.setenv("TKT_NOW", "2026-11-24T12:00:00Z")
    promised.tkt("check", "--all")


def test_a_level_of_another_policy_is_the_same_level(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    promise(promised, "{at: 75%, clocks: [first_response]}")
    ticket = asked(promised)
    assert ticked(promised, "2026-11-23T09:30:00Z") == [("first_response", "75%", "23T09:30:00")]
    monkeypatch.setenv("TKT_NOW", "2026-11-23T09:40:00Z")
    promised.tkt("label", ticket, "vip")
    assert ticked(promised, "2026-11-23T11:00:00Z") == []


def test_what_a_change_makes_late_is_late_from_then_on(
    promised: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(promised, "{at: 100%, clocks: [first_response]}")
    ticket = asked(promised)
    monkeypatch.setenv("TKT_NOW", "2026-11-23T09:20:00Z")
    promised.tkt("set", ticket, "priority=P1")
    assert ticked(promised, "2026-11-23T11:00:00Z") == [("first_response", "100%", "23T09:20:00")]


def test_a_level_never_lowers_a_priority(promised: Desk) -> None:
    promise(promised, "{at: 50%, set: {priority: P2}, clocks: [first_response]}")
    ticket = asked(promised, "--priority", "P1")
    assert ticked(promised, "2026-11-23T09:00:00Z") == [("first_response", "50%", "23T08:30:00")]
    assert promised.show(ticket)["priority"] == "P1"


def test_it_acts_as_the_bot_and_may_do_what_the_bot_may(promised: Desk) -> None:
    promise(promised, "{at: 50%, clocks: [first_response], set: {labels: [late]}, tell: [lead]}", may="notes")
    ticket = asked(promised)
    before = promised.state()
    refused = promised.tkt("tick", "--at", "2026-11-23T09:00:00Z", code=4)
    assert refused.err.startswith(f"warning: {ticket}  first_response reached 50% 2026-11-23T09:00:00Z: ")
    assert "robot@example.com may not change fields" in refused.err
    assert (promised.state(), outbox(promised), refused.out) == (before, [], "")


def test_somebody_who_may_nothing_can_run_it(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    promise(promised, "{at: 50%, clocks: [first_response], set: {labels: [late]}}")
    ticket = asked(promised)
    monkeypatch.setenv("TKT_ACTOR", "eve@example.org")
    assert len(ticked(promised, "2026-11-23T09:00:00Z")) == 1
    assert promised.show(ticket)["thread"][-1]["by"] == "robot@example.com"


def test_a_desk_without_levels(promised: Desk) -> None:
    said = promised.tkt("tick")
    assert said.err == "No policy in .tkt/sla.yaml has levels under escalation, so time does nothing\n"


def test_an_outbox_that_cannot_be_written_stops_it_before_anything_changes(promised: Desk) -> None:
    promise(promised, "{at: 50%, clocks: [first_response], tell: [lead]}")
    asked(promised)
    assert "- is no outbox" in promised.refused(2, "tick", "--at", "2026-11-23T09:00:00Z", "--outbox", "-")
    told = promised.refused(2, "tick", "--at", "2026-11-23T09:00:00Z", "--outbox", str(promised.root))
    assert told == f"tkt: {promised.root} cannot be written: Is a directory\n"


def test_a_broken_line_in_the_outbox_is_no_message(promised: Desk) -> None:
    promise(promised, "{at: 50%, clocks: [first_response], tell: [lead]}")
    asked(promised)
    path = promised.root / ".git" / "tkt" / "outbox.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text('[1]\n{"key": "TKT-', encoding="utf-8")
    assert len(ticked(promised, "2026-11-23T09:00:00Z")) == 1
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    assert json.loads(lines[2])["level"] == "50%"


def test_a_ticket_that_somebody_is_editing_does_not_hold_up_the_others(promised: Desk) -> None:
    promise(promised, "{at: 50%, clocks: [first_response], set: {labels: [late]}, tell: [lead]}")
    edited, other = asked(promised), asked(promised)
    promised.edit(edited, "title: It does not work", "title: It works no more")
    said = promised.tkt("tick", "--at", "2026-11-23T09:00:00Z", code=4)
    assert said.out.startswith(f"{other}  first_response reached 50%")
    assert said.err.startswith(f"warning: {edited}  first_response reached 50%")
    assert promised.show(other)["labels"] == ["late"]
    promised.tkt("record")
    assert len(ticked(promised, "2026-11-23T09:00:00Z")) == 1
    assert [each["ticket"] for each in outbox(promised)] == sorted([edited, other])


def test_what_cannot_be_read_is_told(promised: Desk) -> None:
    promise(promised, "{at: 50%, clocks: [first_response], set: {labels: [late]}}")
    broken, other = asked(promised), asked(promised)
    promised.edit(broken, "title:", "title")
    said = promised.tkt("tick", "--at", "2026-11-23T09:00:00Z")
    assert said.err.startswith(f"warning: tickets/2026-11/{broken}.md:")
    assert promised.show(other)["labels"] == ["late"]

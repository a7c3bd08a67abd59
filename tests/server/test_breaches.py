"""Clocks that have run out, at a server: which pushes they keep out, and that whatever mends them gets in."""

from __future__ import annotations

import pytest

from tests.server.hub import ANA, Clone, Hub

SLA = """\
policies:
- name: standard
  calendar: always
  targets:
    P1: {first_response: 1h, resolution: 8h}
    default: {first_response: 4h}
push:
- branch: "release/*"
  when: "label:known"
  do: ignore
- branch: [main, "release/*"]
  when: "priority:P1"
  do: refuse
- branch: "*"
  on: at-risk
  do: warn
"""


@pytest.fixture
def promised(ana: Clone) -> str:
    """A server with promises, and a ticket that a customer has waited for since 09:00; its id."""
    ana.at("09:00").put(".tkt/sla.yaml", SLA)
    ana.commit("Promise something")
    ticket = ana.create("It fails", "--requester", "customer@example.org", "--priority", "P1")
    ana.taken()
    return ticket


def code(clone: Clone, name: str = "code.py") -> None:
    """A commit of code."""
    clone.put(name, f"print({len(name)})\n")
    clone.commit("Change code")


def test_a_push_to_a_branch_that_clocks_keep_shut(ana: Clone, promised: str) -> None:
    code(ana.at("09:10"))
    ana.taken()
    code(ana.at("10:10"), "more.py")
    said = " ".join(ana.refused(rules={"sla-breached"}).split())
    assert f"{promised} first_response: 10m over 1h, due 2026-11-22T10:00:00Z (policy standard)." in said
    assert f"-> A push that answers or closes one of them is taken; tkt sla explain {promised}" in said


@pytest.mark.parametrize("way", ["answer", "close"])
def test_whatever_mends_it_gets_in(ana: Clone, promised: str, way: str) -> None:
    code(ana.at("10:10"))
    ana.refused(rules={"sla-breached"})
    if way == "answer":
        ana.tkt("comment", promised, "-m", "We are looking into it.")
    else:
        ana.tkt("transition", promised, "closed", "-m", "It was a mistake.")
    ana.taken()
    code(ana.at("10:20"), "more.py")
    ana.taken()


def test_one_of_two_is_mended_and_the_rest_is_told(ana: Clone, promised: str) -> None:
    other = ana.create("So does this", "--requester", "customer@example.org", "--priority", "P1")
    ana.taken()
    ana.at("10:10").tkt("comment", promised, "-m", "We are looking into it.")
    pushed = ana.taken()
    assert "[sla-breached] warning" in pushed.said
    assert other in pushed.said
    assert promised not in pushed.said
    code(ana)
    assert other in ana.refused(rules={"sla-breached"})


def test_mending_one_does_not_let_another_one_in(ana: Clone, promised: str) -> None:
    ana.at("10:10").tkt("comment", promised, "-m", "We are looking into it.")
    late = ana.at("09:01").create("Late", "--requester", "customer@example.org", "--priority", "P1")
    ana.at("10:10")
    assert late in ana.refused(rules={"sla-breached"})


def test_other_branches_and_other_tickets(ana: Clone, promised: str) -> None:
    code(ana.at("10:10"))
    pushed = ana.taken("origin", "HEAD:refs/heads/topic")
    assert "[sla-breached] warning" in pushed.said
    assert promised in pushed.said
    ana.refused("origin", "HEAD:refs/heads/release/1.0", rules={"sla-breached"})
    ana.taken("origin", f"{ana.head}:refs/heads/topic2")


def test_what_is_at_risk_is_told_where_a_rule_asks_for_it(ana: Clone, promised: str) -> None:
    code(ana.at("09:50"))
    pushed = ana.taken()
    assert "[sla-at-risk] warning" in pushed.said
    assert f"{promised} first_response: 10m left of 1h" in " ".join(pushed.said.split())


def test_the_first_rule_that_fits_holds(ana: Clone, promised: str) -> None:
    ana.tkt("label", promised, "known")
    ana.taken()
    code(ana.at("10:10"))
    pushed = ana.taken("origin", "HEAD:refs/heads/release/1.0")
    assert "sla-" not in pushed.said
    ana.refused(rules={"sla-breached"})


def test_past_the_rule_with_a_reason(hub: Hub, ana: Clone, promised: str) -> None:
    code(ana.at("10:10"))
    ana.refused(options=["tkt.override="], rules={"sla-breached", "role"})
    pushed = ana.taken(options=["tkt.override=the customer agreed"])
    assert "overridden" in pushed.said
    assert hub.receipts[-1][4] == "the customer agreed"
    assert promised in pushed.said


def test_past_the_rule_by_somebody_who_may_not(bob: Clone, promised: str) -> None:
    bob.pull()
    code(bob.at("10:10"))
    said = bob.refused(options=["tkt.override=please"], rules={"sla-breached", "role"})
    assert promised in said


def test_rules_and_promises_that_are_pushed_along_do_not_count(ana: Clone, promised: str) -> None:
    ana.at("10:10").put(".tkt/sla.yaml", SLA.replace("do: refuse", "do: ignore"))
    ana.commit("Allow it")
    ana.refused(rules={"sla-breached"})
    ana.put(".tkt/sla.yaml", SLA.replace("P1: {first_response: 1h", "P1: {first_response: 9h"))
    ana.commit("Promise less")
    assert promised in ana.refused(rules={"sla-breached"})


def test_a_server_without_rules_says_nothing(ana: Clone) -> None:
    ana.at("09:00").put(".tkt/sla.yaml", SLA.partition("push:")[0])
    ana.commit("Promise something")
    ana.create("It fails", "--requester", "customer@example.org", "--priority", "P1")
    ana.taken()
    code(ana.at("20:00"))
    assert "sla-" not in ana.taken().said


def test_the_time_is_the_servers(hub: Hub, ana: Clone, promised: str) -> None:
    ana.at("10:10").tkt("comment", promised, "-m", "Too late, but an answer.")
    ana.tkt("set", promised, "priority=P2")
    other = ana.create("Another", "--requester", "customer@example.org", "--priority", "P1")
    ana.taken()
    code(ana.at("11:09"))
    ana.taken()
    code(ana.at("11:11"), "more.py")
    assert other in ana.refused(rules={"sla-breached"})
    assert hub.receipts[-1][2] == ANA


def test_holidays_of_a_file_are_settings_like_any_others(ana: Clone, bob: Clone) -> None:
    office = "    hours: {mon: ['08:00-12:00']}\n    holidays: [{ical: .tkt/off.ics}]\n"
    ana.at("09:00").put(".tkt/sla.yaml", f"calendars:\n  office:\n    timezone: UTC\n{office}")
    ana.commit("Holidays, and no file of them")
    ana.refused(rules={"settings"})
    event = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261123\nEND:VEVENT\n"
    ana.put(".tkt/off.ics", f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n")
    ana.commit("The file of them", "--amend")
    ana.taken()
    bob.pull()
    bob.put(".tkt/off.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    bob.commit("No holidays")
    bob.refused(rules={"protected"})
    ana.put(".tkt/off.ics", "nothing of the kind\n")
    ana.commit("By mistake")
    ana.refused(rules={"settings"})

"""What the rule of service levels writes, and who may bring it; verdicts that cannot be."""

from __future__ import annotations

import pytest

from tests.server.hub import PEOPLE, Clone, Hub, entry_name, entry_text

BOT = "robot@example.com"
SLA = f"""
bot: {BOT}
policies:
- name: standard
  calendar: always
  targets: {{default: {{resolution: 1h}}}}
  escalation:
  - {{at: 75%, set: {{labels: [late]}}}}
"""


@pytest.fixture
def ticket(ana: Clone, bob: Clone) -> str:
    """A ticket that has little time left."""
    robot = f"  robot: {{email: {BOT}, roles: [agent]}}\n"
    ana.put(".tkt/people.yaml", PEOPLE.replace("others:", f"{robot}others:"))
    ana.put(".tkt/sla.yaml", SLA)
    ana.commit("Promise something")
    ana.taken()
    bob.pull()
    made = bob.create()
    bob.taken()
    return made


def test_an_agent_brings_what_the_bot_wrote(bob: Clone, ticket: str) -> None:
    assert ticket in bob.at("09:50").tkt("tick").out
    said = bob.refused(rules={"author"}, commit=bob.head)
    assert f"written by {BOT}" in " ".join(said.split())


def test_the_bot_brings_it_itself(hub: Hub, ticket: str) -> None:
    robot = hub.clone(BOT)
    assert ticket in robot.at("09:50").tkt("tick").out
    robot.taken()


def test_somebody_brings_it_who_may_vouch(ana: Clone, ticket: str) -> None:
    ana.pull()
    assert ticket in ana.at("09:50").tkt("tick").out
    ana.taken()


def test_a_level_in_ones_own_name(bob: Clone, ticket: str) -> None:
    at = "2026-11-22T09:45:00Z"
    level = "rule: sla\nlevel: resolution/75%/2026-11-22T09:00:00Z\n"
    bob.put(bob.path(ticket).with_suffix("") / f"{entry_name(at)}.md", entry_text(at, bob.who, 1, level))
    bob.at("09:50").commit()
    assert f"reached by {BOT}" in " ".join(bob.refused(rules={"author"}, commit=bob.head).split())


def test_a_verdict_that_cannot_be(bob: Clone, ticket: str) -> None:
    bob.at("09:10").tkt("assign", ticket, bob.who)
    bob.at("10:20").tkt("transition", ticket, "resolved", "--resolution", "fixed")
    entry = next(each for each in bob.entries(ticket) if "\nsla:\n" in each.read_text(encoding="utf-8"))
    bob.edit(entry, "state: breached", "state: met")
    bob.git("commit", "--quiet", "--amend", "--no-edit", "--all")
    said = bob.refused(rules={"verdict"}, commit=bob.head)
    assert "resolution is met with 4800 of 3600 seconds" in " ".join(said.split())


def test_a_verdict_that_is_so(bob: Clone, ticket: str) -> None:
    bob.at("09:10").tkt("assign", ticket, bob.who)
    bob.at("10:20").tkt("transition", ticket, "resolved", "--resolution", "fixed")
    bob.taken()

"""Two clones at which time passes at once: what levels do is done once, and nothing stands in the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sharing.clones import Hub, Laptop

LEVELS = """
bot: sla@example.com
policies:
- name: standard
  calendar: always
  targets:
    P1: {resolution: 1h}
    default: {first_response: 1h, resolution: 4h}
  escalation:
  - {at: 75%, tell: [assignee]}
  - {at: 100%, clocks: [first_response], set: {labels: [late]}, tell: ["@ana"]}
  - {after: 1h, clocks: [first_response], set: {priority: P1}, tell: ["team:desk"]}
"""
PEOPLE = """
agents:
  ana: {email: ana@example.com, roles: [lead]}
  bob: {email: bob@example.com}
teams:
  desk: {members: [ana, bob]}
"""
LATER = "2026-11-22T11:30:00Z"


@pytest.fixture
def both(hub: Hub) -> tuple[Laptop, Laptop, str]:
    """Two clones with one ticket that a customer waits for."""
    ana = hub.begin()
    ana.commit(".tkt/people.yaml", PEOPLE)
    ana.commit(".tkt/sla.yaml", LEVELS)
    ticket = ana.create("It does not work", "--requester", "customer@example.org", "--assignee", "bob")
    ana.sync()
    bob = hub.clone("bob")
    for each in (ana, bob):
        each.moment = LATER
    return ana, bob, ticket


def outbox(*laptops: Laptop) -> list[str]:
    """The keys of all messages that wait in some clones."""
    files = (each.root / ".git" / "tkt" / "outbox.jsonl" for each in laptops)
    return [
        json.loads(line)["key"] for each in files if each.exists() for line in each.read_text().splitlines()
    ]


def levels(desk: Laptop, ticket: str) -> list[str]:
    thread: list[dict[str, Any]] = desk.show(ticket)["thread"]
    return [each["level"] for each in thread if "level" in each]


def contents(desk: Laptop, ticket: str) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in [desk.path(ticket), *desk.entries(ticket)]}


KEYS = [
    f"{each}/2026-11-22T09:00:00Z"
    for each in ("first_response/75%", "first_response/100%", "first_response/+1h", "resolution/75%")
]


def test_two_clones_write_the_same_bytes(both: tuple[Laptop, Laptop, str]) -> None:
    ana, bob, ticket = both
    ana.tkt("tick")
    bob.moment = "2026-11-22T11:59:00Z"
    bob.tkt("tick")
    assert contents(ana, ticket) == contents(bob, ticket)
    assert levels(ana, ticket) == KEYS
    assert ana.show(ticket)["priority"] == "P1"
    assert ana.head != bob.head
    ana.sync()
    bob.sync()
    ana.sync()
    assert contents(ana, ticket) == contents(bob, ticket)
    assert levels(bob, ticket) == KEYS
    told = set(outbox(ana))
    assert set(outbox(bob)) == told
    assert len(outbox(ana)) == len(told) == 4
    for each in (ana, bob):
        assert each.tkt("tick", "--json").data == []
        each.tkt("check")
    assert len(outbox(ana)) == len(outbox(bob)) == 4


def test_plain_git_merges_what_two_clones_did(both: tuple[Laptop, Laptop, str]) -> None:
    ana, bob, ticket = both
    assert bob.tries("config", "merge.tkt.driver") == 1
    ana.tkt("tick")
    bob.tkt("tick")
    ana.git("push", "--quiet")
    bob.git("fetch", "--quiet")
    bob.git("merge", "--quiet", "--no-edit", "origin/main")
    assert levels(bob, ticket) == KEYS
    assert bob.status == ""
    bob.tkt("check")
    assert bob.tkt("tick", "--json").data == []


def test_what_only_one_of_them_knows_of_makes_no_conflict(both: tuple[Laptop, Laptop, str]) -> None:
    ana, bob, ticket = both
    bob.moment = "2026-11-22T09:30:00Z"
    bob.tkt("comment", ticket, "--internal", "-m", "Nobody knows of this yet.")
    bob.tkt("comment", ticket, "--internal", "-m", "Nor of this.")
    bob.moment = LATER
    ana.tkt("tick")
    bob.tkt("tick")
    ana.git("push", "--quiet")
    bob.git("fetch", "--quiet")
    bob.git("merge", "--quiet", "--no-edit", "origin/main")
    assert levels(bob, ticket) == KEYS
    said = [each.get("level", each["body"].strip()) for each in bob.show(ticket)["thread"]]
    assert said[:2] == ["Nobody knows of this yet.", "Nor of this."]
    bob.tkt("check")


def test_clones_that_know_of_other_changes_write_two_entries_and_no_conflict(
    both: tuple[Laptop, Laptop, str],
) -> None:
    ana, bob, ticket = both
    bob.moment = "2026-11-22T09:10:00Z"
    bob.tkt("label", ticket, "mobile")
    bob.moment = LATER
    ana.tkt("tick")
    bob.tkt("tick")
    ana.sync()
    bob.sync()
    assert set(levels(bob, ticket)) == set(KEYS)
    shown = bob.show(ticket)
    assert (shown["priority"], shown["labels"]) == ("P1", ["late", "mobile"])
    assert set(outbox(ana)) == set(outbox(bob))
    bob.tkt("check")
    assert bob.tkt("tick", "--json").data == []


def test_one_outbox_for_two_clones_has_every_message_once(
    both: tuple[Laptop, Laptop, str], tmp_path: Path
) -> None:
    ana, bob, _ = both
    shared = tmp_path / "box.jsonl"
    ana.tkt("tick", "--outbox", str(shared))
    bob.tkt("tick", "--outbox", str(shared))
    keys = [json.loads(line)["key"] for line in shared.read_text(encoding="utf-8").splitlines()]
    assert len(keys) == len(set(keys)) == 4


def test_the_branch_of_a_bare_repository_ticks_too(both: tuple[Laptop, Laptop, str], hub: Hub) -> None:
    ana, _, ticket = both
    server = Laptop(hub.root)
    server.moment = LATER
    done = server.tkt("tick", "--json").data
    assert [each["level"] for each in done] == ["75%", "100%", "+1h", "75%"]
    assert len((hub.root / "tkt" / "outbox.jsonl").read_text(encoding="utf-8").splitlines()) == 4
    ana.tkt("tick")
    ana.sync()
    assert levels(ana, ticket) == KEYS
    assert server.tkt("tick", "--json").data == []

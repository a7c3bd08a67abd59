"""The clocks of tickets that were merged into others, and of those that were split off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.desk import Desk

SLA = """
policies:
- name: standard
  calendar: always
  targets: {default: {first_response: 2h, next_response: 1h, resolution: 8h}}
"""
ANA, KIM, LEE = "ana@example.com", "kim@example.org", "lee@example.org"


class Day:
    """A day at a desk at which Ana works, and Kim and Lee ask."""

    def __init__(self, desk: Desk, patch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.patch = patch
        (desk.root / ".tkt" / "sla.yaml").write_text(SLA, encoding="utf-8")
        people = f"agents:\n  ana: {{email: {ANA}}}\nothers: requester\n"
        (desk.root / ".tkt" / "people.yaml").write_text(people, encoding="utf-8")
        desk.git("add", ".tkt")
        desk.git("commit", "--quiet", "-m", "Promise something")

    def at(self, time: str, who: str, *args: str) -> None:
        """Somebody types a command."""
        self.patch.setenv("TKT_NOW", f"2026-11-22T{time}:00Z")
        self.patch.setenv("TKT_ACTOR", who)
        self.desk.tkt(*args)

    def opens(self, time: str, who: str) -> str:
        """A ticket that somebody opens."""
        self.patch.setenv("TKT_NOW", f"2026-11-22T{time}:00Z")
        self.patch.setenv("TKT_ACTOR", who)
        return self.desk.create(f"The trouble of {who}", "--requester", who)

    def clocks(self, ticket: str, at: str) -> dict[str, tuple[str, str]]:
        """The clocks of a ticket: how each stands, and since when."""
        (found,) = self.desk.tkt("sla", "status", ticket, "--at", f"2026-11-22T{at}:00Z", "--json").data
        return {
            each["clock"]: (each["state"], (each["started_at"] or "")[11:16])
            for each in found["clocks"]
            if each["state"] != "none"
        }


@pytest.fixture
def day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Day:
    return Day(desk, monkeypatch)


def test_what_was_merged_has_no_clocks_and_the_survivor_has_its_messages(day: Day) -> None:
    kim, lee = day.opens("09:00", KIM), day.opens("09:30", LEE)
    day.at("10:00", ANA, "comment", kim, "-m", "Looking at it.")
    assert day.clocks(lee, "10:10") == {
        "first_response": ("running", "09:30"),
        "resolution": ("running", "09:30"),
    }
    day.at("10:15", ANA, "merge", kim, lee)
    assert day.clocks(lee, "10:20") == {}
    shown = day.desk.tkt("sla", "explain", lee, "--at", "2026-11-22T10:20:00Z")
    assert shown.err == f"It was merged into {kim}, whose clocks count.\n"
    assert "sla" not in day.desk.show(lee)["thread"][-1]
    # Lee's question came before the answer that Kim got.
    assert "next_response" not in day.clocks(kim, "10:20")
    day.at("11:00", LEE, "comment", lee, "-m", "And what about me?")
    assert day.clocks(kim, "11:30")["next_response"] == ("running", "11:00")
    assert day.clocks(kim, "12:01")["next_response"] == ("breached", "11:00")
    # As of a moment before they were merged, both count for themselves.
    assert day.clocks(lee, "10:10")["first_response"] == ("running", "09:30")
    day.at("12:30", ANA, "comment", kim, "-m", "You too.")
    assert day.clocks(kim, "12:31")["next_response"][0] == "breached"
    day.at("12:40", ANA, "assign", kim, "ana")
    day.at("12:50", ANA, "transition", kim, "resolved", "--resolution", "fixed")
    (closing,) = [each for each in day.desk.show(kim)["thread"] if "sla" in each]
    assert [each["clock"] for each in closing["sla"]["clocks"]] == [
        "first_response",
        "next_response",
        "resolution",
    ]
    day.desk.tkt("check", "--all")


def test_an_answer_to_what_was_merged_is_an_answer(day: Day) -> None:
    kim, lee = day.opens("09:00", KIM), day.opens("09:30", LEE)
    day.at("10:15", ANA, "merge", kim, lee)
    assert day.clocks(kim, "10:20")["first_response"] == ("running", "09:00")
    day.at("10:30", ANA, "comment", lee, "-m", "Looking at it.")
    assert day.clocks(kim, "10:40")["first_response"] == ("met", "09:00")


def test_what_was_closed_before_it_was_merged_keeps_its_verdict(day: Day) -> None:
    kim, lee = day.opens("09:00", KIM), day.opens("09:30", LEE)
    day.at("09:40", ANA, "assign", lee, "ana")
    day.at("09:50", ANA, "transition", lee, "resolved", "--resolution", "duplicate")
    before: Any = day.clocks(lee, "09:55")
    day.at("10:15", ANA, "merge", kim, lee)
    assert day.clocks(lee, "10:20") == before


def test_tickets_that_were_merged_by_hand_into_each_other_end_the_walk(day: Day) -> None:
    kim, lee = day.opens("09:00", KIM), day.opens("09:30", LEE)
    day.at("10:15", ANA, "merge", kim, lee)
    entry = day.desk.entries(kim)[-1]
    text = entry.read_text(encoding="utf-8")
    entry.write_text(text.replace(f"merges: {lee}", f"merges: {lee}, {kim}, nobody"), encoding="utf-8")
    assert day.clocks(kim, "10:20")["first_response"] == ("running", "09:00")


def test_what_was_split_off_counts_from_then_on(day: Day) -> None:
    kim = day.opens("09:00", KIM)
    day.at("10:30", ANA, "split", kim, "Another trouble")
    child = next(each["id"] for each in day.desk.tkt("list", "--json").data if each["id"] != kim)
    assert day.clocks(child, "11:00") == {
        "first_response": ("running", "10:30"),
        "resolution": ("running", "10:30"),
    }
    assert day.clocks(kim, "11:00")["first_response"] == ("at-risk", "09:00")

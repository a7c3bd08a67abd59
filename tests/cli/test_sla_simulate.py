"""A draft of promises, tried on what has happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk
from tests.cli.test_sla import PEOPLE

SLA = """
policies:
- name: standard
  calendar: always
  targets:
    P1: {first_response: 1h, next_response: 1h, resolution: 4h}
    default: {first_response: 2h, next_response: 1h, resolution: 8h}
"""
DRAFT = """
policies:
- name: vip
  when: "label:vip"
  calendar: always
  targets:
    default: {first_response: 15m}
- name: standard
  calendar: always
  targets:
    default: {first_response: 1h, next_response: 2h, update: 12h, resolution: 8h}
"""


@pytest.fixture
def past(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk at which a day has gone by: two tickets were answered, and one of them solved."""
    (desk.root / ".tkt" / "sla.yaml").write_text(SLA, encoding="utf-8")
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (desk.root.parent / "draft.yaml").write_text(DRAFT, encoding="utf-8")
    asks = ("--requester", "customer@example.org")

    def at(time: str, *command: str, who: str = "ana@example.com") -> None:
        monkeypatch.setenv("TKT_NOW", f"2026-11-22T{time}:00Z")
        monkeypatch.setenv("TKT_ACTOR", who)
        desk.tkt(*command)

    at("09:00", "create", "Solved", "-p", "P1", *asks)
    solved = desk.tkt("list", "--json").data[0]["id"]
    at("09:30", "comment", solved, "-m", "Looking.")
    at("10:00", "comment", solved, "-m", "And?", who="customer@example.org")
    at("11:30", "comment", solved, "-m", "Soon.")
    at("12:00", "comment", solved, "-m", "When?", who="customer@example.org")
    at("12:10", "comment", solved, "-m", "Now.")
    at("14:00", "transition", solved, "closed")
    at("15:00", "create", "Answered late", "-p", "P3", *asks)
    at("16:30", "comment", "-", "-m", "Sorry.")
    at("16:40", "create", "For a guest", "-p", "P3", "-l", "vip", *asks)
    at("18:00", "create", "Young", "-p", "P3", *asks)
    at("18:30", "sla", "status")
    return desk


def rows(told: Any) -> dict[tuple[str, str, str], tuple[tuple[int, int] | None, ...]]:
    """How many clocks were met in time, and how many ended: now, and by the draft."""
    return {
        (each["policy"], each["priority"], each["clock"]): tuple(
            (side["met"], side["ended"]) if side else None for side in (each["present"], each["draft"])
        )
        for each in told["clocks"]
    }


def changes(desk: Desk, told: Any) -> set[tuple[str, str, str, str]]:
    titles = {each["id"]: each["title"] for each in desk.tkt("list", "--all", "--json").data}
    return {
        (titles[each["ticket"]], each["clock"], each["present"], each["draft"]) for each in told["changes"]
    }


def test_every_run_of_every_clock_counts(past: Desk) -> None:
    told = past.tkt("sla", "simulate", "../draft.yaml", "--json").data
    assert (told["since"], told["until"], told["tickets"]) == (None, "2026-11-22T18:30:00Z", 4)
    assert rows(told) == {
        ("vip", "P3", "first_response"): (None, (0, 1)),
        ("standard", "P1", "first_response"): ((1, 1), (1, 1)),
        ("standard", "P1", "next_response"): ((1, 2), (2, 2)),
        ("standard", "P1", "update"): (None, (3, 3)),
        ("standard", "P1", "resolution"): ((0, 1), (1, 1)),
        ("standard", "P3", "first_response"): ((1, 1), (0, 1)),
        ("standard", "P3", "update"): (None, (1, 1)),
    }
    verdicts = changes(past, told)
    assert {each for each in verdicts if each[1] != "update"} == {
        ("Solved", "next_response", "missed", "met"),
        ("Solved", "resolution", "missed", "met"),
        ("Answered late", "first_response", "met", "missed"),
        ("For a guest", "first_response", "waits", "missed"),
    }
    assert {each[2:] for each in verdicts if each[1] == "update"} == {("none", "met")}


def test_a_period_and_a_query(past: Desk) -> None:
    draft = ("sla", "simulate", "../draft.yaml")
    evening = past.tkt(*draft, "--since", "2026-11-22T16:00:00Z", "--json").data
    assert rows(evening) == {
        ("vip", "P3", "first_response"): (None, (0, 1)),
        ("standard", "P3", "first_response"): ((1, 1), (0, 1)),
        ("standard", "P3", "update"): (None, (1, 1)),
    }
    morning = past.tkt(*draft, "priority:P1", "--until", "2026-11-22T12:00:00Z", "--json").data
    assert rows(morning)["standard", "P1", "next_response"] == ((0, 1), (1, 1))
    assert ("standard", "P1", "resolution") not in rows(morning)
    assert past.tkt(*draft, "label:vip", "--json").data["tickets"] == 1
    assert "did you mean" in past.refused(2, *draft, "lable:vip")
    assert "the period has not begun" in past.refused(2, *draft, "--since", "2026-12-01")
    assert "names no time" in past.refused(2, *draft, "--until", "soon")


def test_a_period_is_the_one_of_the_report(past: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TKT_NOW", "2026-11-24T09:00:00Z")
    draft = ("sla", "simulate", ".tkt/sla.yaml", "--since", "2026-11-22")
    day = ("--until", "2026-11-22")
    told = past.tkt(*draft, *day, "--json").data
    assert (told["since"], told["until"]) == ("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z")
    report = past.tkt("report", "sla", "--since", "2026-11-22", *day, "--json").data
    reported = {each["measure"]: each["of"] for each in report if not each["by"]}
    ended = [(each["clock"], each["present"]["ended"]) for each in told["clocks"]]
    for clock in ("first_response", "next_response", "resolution"):
        assert sum(number for name, number in ended if name == clock) == reported[f"sla_{clock}"]
    assert past.tkt(*draft, "--until", "2026-11-21", code=2).err.startswith("tkt: the period ends before")
    assert "3 of 8, 38 %" in past.tkt(*draft, *day).out


def test_what_people_see(past: Desk) -> None:
    said = past.tkt("sla", "simulate", "../draft.yaml", "-n", "2")
    cells = [line.split("  ") for line in said.lines]
    assert [each.strip() for each in cells[0] if each.strip()] == [
        *("POLICY", "PRIO", "CLOCK", "IN TIME NOW", "IN TIME BY THE DRAFT")
    ]
    shown = [" ".join(line.split()) for line in said.lines]
    assert "standard P1 next_response 1 of 2, 50 % 2 of 2, 100 %" in shown
    assert "vip P3 first_response - 0 of 1, 0 %" in shown
    assert "all 3 of 5, 60 % 8 of 10, 80 %" in shown
    assert said.lines[-1].endswith("more: --json has all")
    assert said.err == "8 verdicts would be another one.\n"
    assert "ID" not in past.tkt("sla", "simulate", "../draft.yaml", "-n", "0").out


def test_the_promises_in_force_change_nothing(past: Desk) -> None:
    said = past.tkt("sla", "simulate", ".tkt/sla.yaml")
    assert said.err == "0 verdicts would be another one.\n"
    assert past.git("status", "--porcelain", "tickets") == ""
    nothing = past.tkt("sla", "simulate", ".tkt/sla.yaml", "--until", "2026-11-22T09:10:00Z")
    assert nothing.lines == ["No clock ended in that time, 4 tickets looked at."]


def test_a_draft_with_mistakes(past: Desk, tmp_path: Path) -> None:
    for wrong, said in (
        (
            DRAFT.replace("15m", "15x"),
            ":7: policies.targets.default.first_response: '15x' is no target; write 8h",
        ),
        (DRAFT.replace("label:vip", "lable:vip"), ":4: policies.when: field 'lable' is not known"),
        (DRAFT.replace("label:vip", "sla:missed"), ":4: policies.when: clocks cannot be asked about here"),
        ("policies: [\n", "draft.yaml:"),
    ):
        (past.root.parent / "draft.yaml").write_text(wrong, encoding="utf-8")
        refused = past.tkt("sla", "simulate", "../draft.yaml", code=1)
        assert (refused.out, said in refused.err) == ("", True), refused
    assert "cannot be read" in past.refused(2, "sla", "simulate", str(tmp_path / "none.yaml"))

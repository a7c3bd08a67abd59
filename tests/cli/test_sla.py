"""`tkt sla` on a desk in a repository of its own: clocks, checks, reasons and calendars."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.cli.desk import Desk, type_tkt

SLA = """
calendars:
  office:
    timezone: Europe/Berlin
    hours:
      mon: ["08:00-12:00", "13:00-18:00"]
      tue: ["08:00-18:00"]
      sun: ["00:00-24:00"]
    holidays: [2026-11-24, 12-25]
    special:
    - {day: 2026-12-01, hours: ["09:00-10:00"]}
policies:
- name: vip
  when: "label:vip"
  calendar: always
  targets:
    default: {first_response: 15m, resolution: 4h}
- name: standard
  when: "-label:free"
  calendar: always
  targets:
    P1: {first_response: 1h, resolution: 2h}
    default: {first_response: 3h, resolution: 8h}
"""
PEOPLE = """
agents:
  ana: {email: ana@example.com, roles: [admin, agent]}
roles:
  admin: [settings, transitions, assignment, fields, notes, vouch, override]
  agent: [transitions, assignment, fields, notes]
  requester: []
others: agent
"""


@pytest.fixture
def promised(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with promises, at which Ana works."""
    (desk.root / ".tkt" / "sla.yaml").write_text(SLA, encoding="utf-8")
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    desk.git("add", ".tkt")
    desk.git("commit", "--quiet", "-m", "Promise something")
    monkeypatch.setenv("TKT_ACTOR", "ana@example.com")
    return desk


def asked(desk: Desk, title: str = "It does not work", *args: str) -> str:
    """A ticket that a customer waits for, made at 09:00."""
    return desk.create(title, "--requester", "customer@example.org", *args)


def clocks(desk: Desk, ticket: str, *args: str) -> dict[str, Any]:
    """The clocks of a ticket by name."""
    (found,) = desk.tkt("sla", "status", ticket, "--json", *args).data
    assert found["ticket"] == ticket
    return {each["clock"]: each for each in found["clocks"]}


def test_the_status_of_one_ticket_as_json(promised: Desk) -> None:
    ticket = asked(promised)
    (found,) = promised.tkt("sla", "status", ticket, "--at", "2026-11-22T10:30:00Z", "--json").data
    assert list(found) == ["ticket", "policy", "clocks"]
    assert found["policy"] == "standard"
    assert found["clocks"][0] == {
        "clock": "first_response",
        "state": "running",
        "started_at": "2026-11-22T09:00:00Z",
        "due_at": "2026-11-22T12:00:00Z",
        "met_at": None,
        "target_seconds": 10_800,
        "elapsed_seconds": 5400,
        "remaining_seconds": 5400,
        "paused": False,
    }
    assert [each["clock"] for each in found["clocks"]] == [
        *("first_response", "next_response", "update", "resolution")
    ]
    assert found["clocks"][1]["state"] == "none"
    assert found["clocks"][1]["started_at"] is None


def test_a_day_of_a_ticket(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = asked(promised)
    monkeypatch.setenv("TKT_NOW", "2026-11-22T10:00:00Z")
    promised.tkt("comment", ticket, "-m", "Looking at it.")
    assert clocks(promised, ticket)["first_response"]["met_at"] == "2026-11-22T10:00:00Z"
    promised.tkt("assign", ticket, "ana")
    promised.tkt("transition", ticket, "in-progress")
    promised.tkt("transition", ticket, "waiting")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T20:00:00Z")
    waits = clocks(promised, ticket)["resolution"]
    assert (waits["state"], waits["paused"], waits["due_at"]) == ("paused", True, None)
    assert waits["remaining_seconds"] == 7 * 3600
    promised.tkt("transition", ticket, "in-progress")
    assert clocks(promised, ticket)["resolution"]["due_at"] == "2026-11-23T03:00:00Z"
    monkeypatch.setenv("TKT_NOW", "2026-11-23T03:00:01Z")
    promised.tkt("sla", "check", code=5)
    promised.tkt("transition", ticket, "resolved", "--resolution", "fixed")
    late = clocks(promised, ticket)["resolution"]
    assert (late["state"], late["met_at"]) == ("breached", "2026-11-23T03:00:01Z")
    assert promised.tkt("sla", "check").err == "0 tickets looked at, no clock ran out.\n"
    assert promised.tkt("sla", "check", ticket).err == "1 ticket looked at, no clock ran out.\n"


def test_the_status_of_many(promised: Desk) -> None:
    first, second = asked(promised), asked(promised, "Another", "--priority", "P1")
    free = asked(promised, "For nothing", "--label", "free")
    said = promised.tkt("sla", "status", "--at", "2026-11-22T10:00:00Z")
    rows = [line.split()[:4] for line in said.lines[1:]]
    assert sorted(rows) == sorted(
        [
            [first, "first_response", "running", "2h"],
            [first, "resolution", "running", "7h"],
            [second, "first_response", "at-risk", "0s"],
            [second, "resolution", "running", "1h"],
        ]
    )
    only = promised.tkt("sla", "status", "priority:P1", "--json").data
    assert [each["ticket"] for each in only] == [second]
    assert [each["ticket"] for each in promised.tkt("sla", "status", "-label:free", "--json").data] == sorted(
        [first, second]
    )
    (unpromised,) = promised.tkt("sla", "status", free, "--json").data
    assert (unpromised["policy"], {each["state"] for each in unpromised["clocks"]}) == (None, {"none"})
    assert promised.tkt("sla", "status", free).err == "No clock runs.\n"
    assert promised.tkt("sla", "status", "label:nothing").err == "No tickets\n"
    assert "no ticket" in promised.tkt("sla", "status", "TKT-2j00000", code=3).err


def test_a_desk_that_promises_nothing(desk: Desk) -> None:
    desk.create()
    assert desk.tkt("sla", "status").err == "Nothing is promised: .tkt/sla.yaml has no policies.\n"
    desk.tkt("sla", "check")
    (desk.root / ".tkt" / "sla.yaml").unlink()
    assert desk.tkt("sla", "status").err == "Nothing is promised: .tkt/sla.yaml has no policies.\n"
    assert desk.tkt("sla", "calendar", "office").lines[-1].endswith("UTC")


def test_the_past_is_told_as_it_was(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = asked(promised)
    monkeypatch.setenv("TKT_NOW", "2026-11-22T11:00:00Z")
    promised.tkt("set", ticket, "priority=P1")
    promised.tkt("transition", ticket, "closed")
    assert promised.tkt("sla", "status", "--json").data == []
    (then,) = promised.tkt("sla", "status", "--at", "2026-11-22T10:00:00Z", "--json").data
    assert then["clocks"][3]["target_seconds"] == 8 * 3600
    assert promised.tkt("sla", "status", "--at", "2026-11-22T08:00:00Z", "--json").data == []
    assert promised.tkt("sla", "status", "is:open", "--json").data == []
    assert "is not a date" in promised.refused(2, "sla", "status", "--at", "soon")


def test_a_check_fails_where_a_clock_ran_out(promised: Desk) -> None:
    first, second = asked(promised), asked(promised, "Another", "--priority", "P1")
    assert promised.tkt("sla", "check").out == ""
    risky = promised.tkt("sla", "check", "--at", "2026-11-22T09:45:00Z", code=6)
    path = promised.path(second).relative_to(promised.root)
    said = f"{second} first_response: 15m left of 1h, due 2026-11-22T10:00:00Z (policy standard)"
    assert risky.lines == [f"{path}: warning: {said} [sla-at-risk]", f"    tkt sla explain {second}"]
    assert risky.err == "2 tickets looked at; clocks: 1 at risk.\n"
    promised.tkt("sla", "check", "--at", "2026-11-22T09:45:00Z", "--fail-on", "breached")
    both = promised.tkt("sla", "check", "--at", "2026-11-22T12:10:00Z", code=5)
    assert [line.split()[2] for line in both.lines[::2]] == [second, second, first]
    worst = f"{second} first_response: 2h 10m over 1h, due 2026-11-22T10:00:00Z (policy standard)"
    assert both.lines[0] == f"{path}: error: {worst} [sla-breached]"
    assert both.err == "2 tickets looked at; clocks: 3 breached.\n"
    promised.tkt("sla", "check", "--at", "2026-11-22T12:10:00Z", "--fail-on", "at-risk")
    assert "did you mean 'breached'?" in promised.refused(2, "sla", "check", "--fail-on", "breach")


def test_a_check_for_machines(promised: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = asked(promised, "Another", "--priority", "P1")
    late = ("sla", "check", "--at", "2026-11-22T10:30:00Z", "--fail-on", "breached")
    (found,) = promised.tkt(*late, "--json", code=5).data
    assert (found["rule"], found["level"], found["ticket"], found["field"]) == (
        *("sla-breached", "error", ticket, "first_response"),
    )
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert promised.tkt(*late, "--format", "github", code=5).out.startswith("::error file=tickets/2026-11/")
    assert f"tkt sla explain {ticket}" in summary.read_text(encoding="utf-8")
    assert (
        json.loads(promised.tkt(*late, "--format", "gitlab", code=5).out)[0]["check_name"] == "sla-breached"
    )
    suite = ET.fromstring(promised.tkt(*late, "--format", "junit", code=5).out)  # noqa: S314  our own
    assert suite[0].attrib["failures"] == "1"
    sarif = promised.tkt(*late, "--format", "sarif", code=5).data
    assert sarif["runs"][0]["results"][0]["ruleId"] == "sla-breached"


def test_an_explanation(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    promised.settings("sla", '"-label:free"\n  calendar: always', '"-label:free"\n  calendar: office')
    ticket = asked(promised)
    monkeypatch.setenv("TKT_NOW", "2026-11-23T09:00:00Z")
    said = promised.tkt("sla", "explain", ticket)
    assert said.lines == [
        f"{ticket}  It does not work",
        "",
        "does not hold: vip (label:vip)",
        "holds: standard (-label:free)",
        "Times are those of the calendar office, Europe/Berlin.",
        "",
        "first_response: breached, 16h of 3h, due Sun 2026-11-22 13:00:00",
        "  + Sun 2026-11-22 10:00:00  to  Mon 2026-11-23 00:00:00  14h",
        "  - Mon 2026-11-23 00:00:00  to  Mon 2026-11-23 08:00:00  outside opening hours",
        "  + Mon 2026-11-23 08:00:00  to  Mon 2026-11-23 10:00:00  2h",
        "",
        "next_response: none",
        "",
        "update: none",
        "",
        "resolution: breached, 16h of 8h, due Sun 2026-11-22 18:00:00",
        *said.lines[7:10],
    ]
    found = promised.tkt("sla", "explain", ticket, "--json").data
    assert (found["policy"], found["calendar"]) == ("standard", "office")
    assert found["tried"][0] == {"policy": "vip", "when": "label:vip", "holds": False}
    assert found["clocks"][0]["intervals"][1] == {
        "start": "2026-11-22T23:00:00Z",
        "end": "2026-11-23T07:00:00Z",
        "counts": False,
        "reason": "outside opening hours",
    }
    free = asked(promised, "For nothing", "--label", "free")
    assert promised.tkt("sla", "explain", free).lines[-1] == "No policy holds, so that no clock runs."
    assert promised.tkt("sla", "explain", free, "--json").data["calendar"] is None


CALC = ("sla", "calc", "--calendar", "office", "--start", "2026-11-23T08:00")


@pytest.mark.parametrize(
    ("args", "deadline", "seconds"),
    [
        (("--target", "4h"), "2026-11-23T11:00:00Z", 14_400),
        (("--target", "4h1s"), "2026-11-23T12:00:01Z", 14_401),
        (("--target", "10h"), "2026-11-29T00:00:00Z", 36_000),
        (("--end", "2026-11-23T14:00:00+01:00"), "2026-11-23T13:00:00Z", 18_000),
        (("--target", "1h", "--pause", "2026-11-23T08:30/2026-11-23T09:30"), "2026-11-23T09:00:00Z", 3600),
        (("--target", "1h", "--pause", "2026-11-23T07:30Z/2026-11-23T08:00Z"), "2026-11-23T08:30:00Z", 3600),
    ],
)
def test_calculations(promised: Desk, args: tuple[str, ...], deadline: str, seconds: int) -> None:
    assert promised.tkt(*CALC, *args, "--json").data == {
        "calendar": "office",
        "start": "2026-11-23T07:00:00Z",
        "deadline": deadline,
        "business_seconds": seconds,
    }


def test_a_calculation_in_words(promised: Desk) -> None:
    assert promised.tkt(*CALC, "--target", "5h").lines == [
        "start     Mon 2026-11-23 08:00:00  2026-11-23T07:00:00Z",
        "deadline  Mon 2026-11-23 14:00:00  2026-11-23T13:00:00Z",
        "counts    5h, calendar office, Europe/Berlin",
    ]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "calc needs either --target or --end"),
        (("--target", "1h", "--end", "2026-11-24T08:00"), "calc needs either --target or --end"),
        (("--target", "8"), "'8' is not a duration"),
        (("--target", "0h"), "'0h' is not a duration"),
        (
            ("--start", "2199-12-30T00:00", "--target", "100h"),
            "the calendar office does not open for so long",
        ),
        (("--end", "tomorrow"), "'tomorrow' is not a time"),
        (("--end", "9999-12-31T23:00-12:00"), "is not a time"),
        (("--end", "2500-01-01"), "is not in the years 1970 to 2199"),
        (("--target", "1h", "--pause", "2026-11-23T08:00"), "a pause has two ends"),
        (
            ("--target", "1h", "--pause", "2026-11-23T08:00/2026-11-23T07:00"),
            "the pause ends before it begins",
        ),
        (("--target", "1h", "--calendar", "ofice"), "did you mean 'office'?"),
    ],
)
def test_a_calculation_that_cannot_be_meant(promised: Desk, args: tuple[str, ...], said: str) -> None:
    assert said in promised.refused(2, *CALC, *args)


def test_a_month_as_it_counts(promised: Desk) -> None:
    said = promised.tkt("sla", "calendar", "office", "2026-12")
    assert said.lines[1] == "2026-12-01  Tue  1h      09:00-10:00               special hours"
    assert said.lines[6] == "2026-12-06  Sun  24h     00:00-24:00"
    assert said.lines[7] == "2026-12-07  Mon  9h      08:00-12:00, 13:00-18:00"
    assert said.lines[25] == "2026-12-25  Fri  -                                 holiday"
    assert said.lines[-1] == "173h on 13 days, Europe/Berlin"
    rows = promised.tkt("sla", "calendar", "office", "--json").data
    assert (len(rows), sum(each["seconds"] for each in rows)) == (30, (5 * 24 + 5 * 9 + 3 * 10) * 3600)
    assert rows[23] == {"day": "2026-11-24", "seconds": 0, "open": [], "note": "holiday"}
    october = promised.tkt("sla", "calendar", "office", "2026-10").lines
    assert october[25] == "2026-10-25  Sun  25h     00:00-24:00               the day has 25 hours"
    for month in ("2026-13", "26-12", "0000-01", "2300-01", "December"):
        assert "is not a month" in promised.refused(2, "sla", "calendar", "office", month)
    assert "did you mean 'office'?" in promised.refused(2, "sla", "calendar", "offic")


def test_settings_with_a_mistake(promised: Desk) -> None:
    promised.settings("sla", "mon:", "Montag:")
    said = promised.refused(1, "sla", "status")
    assert said.startswith(
        ".tkt/sla.yaml:6: calendars.office.hours.Montag: weekday 'Montag' is not known; write mon."
    )


def test_at_a_commit_in_a_shallow_clone_and_in_a_bare_repository(
    promised: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = asked(promised, "Another", "--priority", "P1")
    promised.tkt("transition", ticket, "closed")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T10:30:00Z")
    promised.tkt("sla", "check")
    promised.tkt("sla", "check", "--rev", "HEAD~1", code=5)
    promised.git("reset", "--quiet", "--hard", "HEAD~1")
    promised.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    promised.git("clone", "--quiet", "--depth=1", f"file://{promised.root}", str(tmp_path / "shallow"))
    for folder in ("bare.git", "shallow"):
        monkeypatch.chdir(tmp_path / folder)
        assert type_tkt("sla", "check").code == 5
        assert type_tkt("sla", "check", "--no-index").code == 5
        assert json.loads(type_tkt("sla", "status", "--json").out)[0]["ticket"] == ticket
        assert "breached" in type_tkt("sla", "explain", ticket).out
        assert type_tkt("sla", "calendar", "office").code == 0


def test_a_damaged_thread_is_told_and_hides_nothing(promised: Desk) -> None:
    ticket = asked(promised)
    promised.tkt("comment", ticket, "-m", "Looking at it.")
    promised.entries(ticket)[0].write_text("no entry\n", encoding="utf-8")
    said = promised.tkt("sla", "status", ticket)
    assert "running" in said.out
    assert said.err.startswith("warning: tickets/2026-11/")

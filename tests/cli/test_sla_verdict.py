"""The verdict on a ticket's clocks, recorded when it is closed: what it says, and what it survives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk

SLA = """
calendars:
  office:
    timezone: UTC
    hours:
      mon: ["08:00-18:00"]
      tue: ["08:00-18:00"]
policies:
- name: standard
  calendar: office
  on_reopen: %s
  targets:
    P1: {first_response: 1h, resolution: 2h}
    default: {first_response: 3h, resolution: 8h}
"""
DONE = "2026-11-23T11:00:00Z"
CUSTOMER = "customer@example.org"


def promise(desk: Desk, text: str = SLA % "resume") -> None:
    """Promise something else from now on."""
    (desk.root / ".tkt" / "sla.yaml").write_text(text, encoding="utf-8")
    desk.git("add", ".tkt")
    desk.git("commit", "--quiet", "--allow-empty", "-m", "Promise something")


@pytest.fixture
def promised(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with promises, on a Monday at 8; whoever types is an agent."""
    monkeypatch.setenv("TKT_NOW", "2026-11-23T08:00:00Z")
    promise(desk)
    return desk


@pytest.fixture
def closed(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ticket that was answered after 4 hours of 3, and closed in time at once."""
    ticket = promised.create("It does not work", "--requester", CUSTOMER)
    monkeypatch.setenv("TKT_NOW", "2026-11-23T12:00:00Z")
    promised.tkt("comment", ticket, "-m", "Looking at it.")
    promised.tkt("assign", ticket, "ana@example.com")
    promised.tkt("transition", ticket, "in-progress")
    promised.tkt("transition", ticket, "resolved", "--resolution", "fixed")
    return ticket


def clocks(desk: Desk, ticket: str, *args: str) -> dict[str, Any]:
    (found,) = desk.tkt("sla", "status", ticket, "--json", *args).data
    return {each["clock"]: each for each in found["clocks"]}


def last(desk: Desk, ticket: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.show(ticket)["thread"][-1]
    return found


def judging(desk: Desk, ticket: str) -> Path:
    """The file of the entry that has a verdict."""
    return next(each for each in desk.entries(ticket) if "\nsla:\n" in each.read_text(encoding="utf-8"))


def test_the_entry_that_closes_a_ticket_says_how_its_clocks_stood(promised: Desk, closed: str) -> None:
    text = judging(promised, closed).read_text(encoding="utf-8")
    assert "  status: [in-progress, resolved]\n" in text
    said = text.partition("\nsla:\n")[2].splitlines()
    assert said[0] == "  policy: standard"
    assert said[2] == (
        "  first_response: {state: breached, target: 10800, elapsed: 14400, start: 2026-11-23T08:00:00Z, "
        "due: 2026-11-23T11:00:00Z, met: 2026-11-23T12:00:00Z}"
    )
    assert said[3].startswith("  resolution: {state: met, target: 28800, elapsed: 14400,")
    row = last(promised, closed)["sla"]
    assert (row["policy"], [each["state"] for each in row["clocks"]]) == ("standard", ["breached", "met"])
    assert "sla: first_response breached, 4h of 3h, resolution met, 4h of 8h (standard)" in (
        promised.tkt("log", closed).out
    )
    promised.tkt("check")


@pytest.mark.parametrize(
    "text",
    [
        SLA.replace("resolution: 8h", "resolution: 1h") % "resume",
        SLA.replace('mon: ["08:00-18:00"]', 'mon: ["08:00-09:00"]') % "resume",
        SLA.replace("name: standard", "name: other") % "restart",
        "policies: []\n",
    ],
)
def test_what_changes_later_judges_nobody_again(promised: Desk, closed: str, text: str) -> None:
    before = clocks(promised, closed)
    promise(promised, text)
    assert clocks(promised, closed) == before
    explained = promised.tkt("sla", "explain", closed)
    assert "held: standard (recorded when it was closed, 2026-11-23T12:00:00Z, in 20261123T120000Z-" in (
        explained.out
    )
    assert "have changed since" in explained.out
    assert "first_response: breached, 4h of 3h" in explained.out
    assert clocks(promised, closed, "--at", "2026-11-24T12:00:00Z") == before
    found = promised.tkt("sla", "explain", closed, "--json").data
    assert (found["recorded"], found["clocks"][0]["intervals"]) == (last(promised, closed)["id"], [])
    promised.tkt("check")


def test_before_its_closing_a_ticket_is_judged_by_what_is_promised_now(promised: Desk, closed: str) -> None:
    promise(promised, SLA.replace("resolution: 8h", "resolution: 1h") % "resume")
    assert clocks(promised, closed, "--at", DONE)["resolution"]["state"] == "breached"
    assert clocks(promised, closed)["resolution"]["state"] == "met"


def test_where_nothing_has_changed_the_intervals_are_explained(promised: Desk, closed: str) -> None:
    shown = promised.tkt("sla", "explain", closed).out
    assert "Times are those of the calendar office, UTC." in shown
    assert "  + Mon 2026-11-23 08:00:00  to  Mon 2026-11-23 12:00:00  4h" in shown


@pytest.mark.parametrize(
    ("reopen", "elapsed"), [("resume", 5 * 3600), ("restart", 3600), ("ignore", 4 * 3600)]
)
def test_a_ticket_that_is_reopened_counts_on_and_is_judged_anew(
    promised: Desk, closed: str, monkeypatch: pytest.MonkeyPatch, reopen: str, elapsed: int
) -> None:
    promise(promised, SLA % reopen)
    monkeypatch.setenv("TKT_NOW", "2026-11-23T14:00:00Z")
    promised.tkt("transition", closed, "reopened", "-m", "Not yet.")
    monkeypatch.setenv("TKT_NOW", "2026-11-23T15:00:00Z")
    assert clocks(promised, closed)["resolution"]["elapsed_seconds"] == elapsed
    promised.tkt("transition", closed, "resolved", "--resolution", "fixed")
    again = last(promised, closed)["sla"]["clocks"][1]
    assert (again["clock"], again["elapsed_seconds"]) == ("resolution", elapsed)
    promise(promised, "policies: []\n")
    assert clocks(promised, closed)["resolution"]["elapsed_seconds"] == elapsed
    promised.tkt("check")


def test_an_answer_after_the_end_still_counts(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = promised.create("It does not work", "--requester", CUSTOMER)
    promised.tkt("assign", ticket, "ana@example.com")
    promised.tkt("transition", ticket, "resolved", "--resolution", "wont-fix")
    assert clocks(promised, ticket)["first_response"]["state"] == "paused"
    monkeypatch.setenv("TKT_NOW", "2026-11-24T12:00:00Z")
    promised.tkt("comment", ticket, "-m", "We will not do that.")
    answered = clocks(promised, ticket)["first_response"]
    assert (answered["state"], answered["met_at"]) == ("met", "2026-11-24T12:00:00Z")
    assert answered["elapsed_seconds"] == 0


def test_a_ticket_that_was_closed_without_a_verdict_is_counted_as_ever(
    promised: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(promised, "policies: []\n")
    ticket = promised.create("It does not work", "--requester", CUSTOMER)
    promised.tkt("assign", ticket, "ana@example.com")
    monkeypatch.setenv("TKT_NOW", DONE)
    promised.tkt("transition", ticket, "resolved", "--resolution", "fixed")
    assert "sla" not in last(promised, ticket)
    promise(promised)
    assert clocks(promised, ticket)["resolution"]["elapsed_seconds"] == 3 * 3600


def test_every_way_of_closing_records_a_verdict(promised: Desk) -> None:
    by_hand, many, fixed = (promised.create(f"Trouble {each}", "--requester", CUSTOMER) for each in range(3))
    promised.tkt("set", many, by_hand, fixed, "assignee=ana@example.com", "status=in-progress", code=2)
    promised.tkt("assign", many, by_hand, fixed, "ana@example.com")
    promised.edit(by_hand, "status: assigned", "status: resolved")
    promised.edit(by_hand, "resolution:", "resolution: fixed")
    promised.tkt("record")
    promised.tkt("transition", many, "resolved", "--resolution", "fixed")
    promised.git("commit", "--quiet", "--allow-empty", "-m", f"Fixes {fixed}")
    promised.tkt("fixes")
    for each in (by_hand, many, fixed):
        closing = [entry for entry in promised.show(each)["thread"] if "sla" in entry]
        assert [entry["sla"]["policy"] for entry in closing] == ["standard"], each
    promised.tkt("check")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("state: met", "state: good", "resolution: expected a clock such as"),
        ("target: 28800", "target: -1", "resolution: expected a clock such as"),
        ("  resolution:", "  solution:", "solution: expected a clock such as"),
        ("start: 2026-11-23T08:00:00Z", "start: yesterday", "expected a clock such as"),
        ("policy: standard", "policies: standard", "sla holds a policy"),
        ("state: met", "state: breached", "resolution is breached with 14400 of 28800 seconds"),
        ("state: met", "state: paused", "resolution is paused, and was met"),
        (", met: 2026-11-23T12:00:00Z}", "}", "resolution is met, and nobody knows when"),
        ("met: 2026-11-23T12:00:00Z", "met: 2026-11-25T12:00:00Z", "is judged by what came after"),
        ("elapsed: 14400, start: 2026-11-23T08", "elapsed: 10800, start: 2026-11-23T09", "its verdict on"),
    ],
)
def test_a_verdict_with_nonsense_in_it_is_found(
    promised: Desk, closed: str, old: str, new: str, said: str
) -> None:
    path = judging(promised, closed)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = promised.tkt("check", code=None).out
    assert said in found, found


def test_a_verdict_on_a_ticket_that_was_not_closed_is_found(promised: Desk, closed: str) -> None:
    path = judging(promised, closed)
    verdict = "sla:\n" + path.read_text(encoding="utf-8").partition("\nsla:\n")[2]
    texts = {each: each.read_text(encoding="utf-8") for each in promised.entries(closed)}
    other, text = next(pair for pair in texts.items() if "[assigned, in-progress]" in pair[1])
    other.write_text(text.removesuffix("---\n") + verdict, encoding="utf-8")
    assert "it judges clocks, and closes no ticket" in promised.tkt("check").out


def test_what_lets_a_clock_run_out_is_told(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = promised.create("It does not work", "--requester", CUSTOMER)
    monkeypatch.setenv("TKT_NOW", DONE)
    raised = promised.tkt("set", ticket, "priority=P1")
    assert raised.err.splitlines() == [
        f"{ticket}: first_response is breached by this, 2h over 1h: tkt sla explain {ticket}",
        f"{ticket}: resolution is breached by this, 1h over 2h: tkt sla explain {ticket}",
    ]
    assert not promised.tkt("label", ticket, "vip").err
    promised.tkt("assign", ticket, "ana@example.com")
    assert not promised.tkt("transition", ticket, "resolved", "--resolution", "fixed").err
    monkeypatch.setenv("TKT_NOW", "2026-11-23T12:00:00Z")
    reopened = promised.tkt("transition", ticket, "reopened", "-m", "Again.")
    assert f"{ticket}: resolution is breached by this, 1h over 2h" in reopened.err


def test_a_ticket_that_begins_in_the_past_may_be_late_at_once(promised: Desk) -> None:
    ticket = promised.create("It does not work", "--requester", CUSTOMER)
    whole = promised.path(ticket).read_text(encoding="utf-8")
    other = ticket[:-1] + ("0" if ticket[-1] != "0" else "1")
    late = whole.replace(ticket, other).replace("created: 2026-11-23T08", "created: 2026-11-16T08")
    promised.path(ticket).with_name(f"{other}.md").write_text(late, encoding="utf-8")
    said = promised.tkt("record")
    assert f"{other}: first_response is breached by this, 17h over 3h" in said.err


def test_what_is_imported_is_judged_and_what_is_late_is_told(promised: Desk, tmp_path: Path) -> None:
    closed = {"status": "closed", "closed_at": "2026-11-16T11:00:00Z", "updated_at": "2026-11-16T11:00:00Z"}
    rows = [
        {"id": f"bd-{number}", "title": "It does not work", "created_at": "2026-11-16T10:00:00Z", **more}
        for number, more in enumerate([closed, {"status": "open"}])
    ]
    path = tmp_path / "issues.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in rows), encoding="utf-8")
    said = promised.tkt("import", "beads", str(path))
    assert "warning: clocks of 1 of them have run out already: tkt sla check" in said.err
    (verdict,) = (each["sla"] for each in promised.show("bd-0")["thread"] if "sla" in each)
    assert [each["elapsed_seconds"] for each in verdict["clocks"]][-1] == 3600
    promised.tkt("check")

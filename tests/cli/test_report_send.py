"""`tkt report send`: what is due goes into the outbox, once, in a form that a mailer takes."""

from __future__ import annotations

import json
import os
import re
import shutil
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk

PEOPLE = """
agents:
  ana: {email: ana@example.com}
  bob: {email: bob@example.com}
teams:
  desk: {members: [bob]}
"""
WEEKLY = (
    'weekly: {report: summary, every: week, on: monday, at: "08:00", to: [lead@example.org, "team:desk"]}'
)


@pytest.fixture
def lead(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with a ticket of last week, on Monday, November 23, at 9."""
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    monkeypatch.setenv("TKT_ACTOR", "ana@example.com")
    monkeypatch.setenv("TKT_NOW", "2026-11-18T10:00:00Z")
    desk.create("Überall Ärger", "--queue", "support")
    monkeypatch.setenv("TKT_NOW", "2026-11-23T09:00:00Z")
    plan(desk, WEEKLY)
    return desk


def plan(desk: Desk, *mailings: str, zone: str = "UTC") -> None:
    """What is to be sent."""
    project = desk.root / ".tkt" / "project.yaml"
    rows = "".join(f"    {each}\n" for each in mailings)
    head, _, tail = project.read_text(encoding="utf-8").partition("reporting:\n")
    rest = tail[tail.index("reports:") :]
    project.write_text(
        f"{head}reporting:\n  timezone: {zone}\n  send:\n{rows}  week_start: monday\n{rest}", encoding="utf-8"
    )


def outbox(desk: Desk) -> list[dict[str, Any]]:
    path = desk.root / ".git" / "tkt" / "outbox.jsonl"
    return (
        [json.loads(each) for each in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


def mail(text: str) -> EmailMessage:
    found = message_from_bytes(text.encode("ascii"), policy=default)
    assert isinstance(found, EmailMessage)
    assert found.defects == []
    return found


def test_what_is_due_goes_out_once(lead: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "would tell" in lead.tkt("report", "send", "--dry-run").out
    assert outbox(lead) == []
    said = lead.tkt("report", "send")
    assert said.out == "weekly, 2026-11-16 to 2026-11-22: tells lead@example.org, bob@example.com\n"
    again = lead.tkt("report", "send", "weekly")
    assert (again.out, again.err) == ("", "weekly, 2026-11-16 to 2026-11-22 is in the outbox already\n")
    monkeypatch.setenv("TKT_NOW", "2026-11-30T07:59:59Z")
    assert lead.tkt("report", "send").out == ""
    monkeypatch.setenv("TKT_NOW", "2026-11-30T08:00:00Z")
    lead.tkt("report", "send")
    assert [(each["key"], each["report"], each["since"], each["until"]) for each in outbox(lead)] == [
        ("report/weekly/week/2026-11-16", "weekly", "2026-11-16", "2026-11-22"),
        ("report/weekly/week/2026-11-23", "weekly", "2026-11-23", "2026-11-29"),
    ]


def test_a_message_as_a_mailer_takes_it(lead: Desk) -> None:
    lead.tkt("report", "send")
    (posted,) = outbox(lead)
    assert lead.tkt("report", "send", "--stdout").out == posted["mail"], "known or not"
    found = mail(posted["mail"])
    assert found["From"].addresses[0].addr_spec == "ana@example.com"
    assert found["To"] == "lead@example.org, bob@example.com"
    assert found["Subject"] == posted["subject"]
    assert found["Subject"].endswith(" weekly, 2026-11-16 to 2026-11-22: How the desk is doing, on one page")
    assert found["Date"] == "Mon, 23 Nov 2026 09:00:00 +0000"
    assert found["Message-ID"] == "<report.weekly.week.2026-11-16.TKT@tkt.invalid>"
    body = found.get_body(("plain",))
    assert body is not None
    assert body.get_content() == posted["text"]
    assert "Created              1" in posted["text"]
    page = found.get_body(("html",))
    assert page is not None
    assert re.search(r"<td [^>]*>Created</td>\s*<td [^>]*text-align:right[^>]*>1</td>", page.get_content())
    assert "<title>TKT weekly, 2026-11-16 to 2026-11-22" in page.get_content()
    assert ">1 to 7 days</td>" in page.get_content()
    assert not re.search(r"<t[dh]>", page.get_content()), "mail programs take styles of elements"
    assert "nowrap" not in page.get_content()
    (table,) = found.iter_attachments()
    assert (table.get_content_type(), table.get_filename()) == ("text/csv", "weekly-2026-11-16.csv")
    report = lead.tkt(
        "report", "summary", "--since", "2026-11-16", "--until", "2026-11-22", "--format", "csv"
    )
    assert table.get_content().splitlines() == report.lines


def test_two_clones_make_the_same_message(
    lead: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead.git("add", ".tkt")
    lead.git("commit", "--quiet", "-m", "Send something")
    lead.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    lead.tkt("report", "send")
    (one,) = outbox(lead)
    shared = tmp_path / "shared.jsonl"
    shutil.copy(lead.root / ".git" / "tkt" / "outbox.jsonl", shared)
    monkeypatch.chdir(tmp_path / "clone")
    assert lead.tkt("report", "send", "--outbox", str(shared)).out == ""
    assert lead.tkt("report", "send", "--stdout").out == one["mail"]


PERIODS = [
    ("every: day", "2026-11-23T00:00:00Z", ("2026-11-22", "2026-11-22")),
    ('every: day, at: "09:30"', "2026-11-23T09:29:00Z", ("2026-11-21", "2026-11-21")),
    ("every: week", "2026-11-23T00:00:00Z", ("2026-11-16", "2026-11-22")),
    ("every: week, on: wednesday", "2026-11-24T23:59:59Z", ("2026-11-09", "2026-11-15")),
    ("every: month", "2026-11-30T23:59:59Z", ("2026-10-01", "2026-10-31")),
    ("every: month, on: 3", "2026-12-03T00:00:00Z", ("2026-11-01", "2026-11-30")),
    ("every: month, on: 28", "2027-01-27T12:00:00Z", ("2026-11-01", "2026-11-30")),
]


@pytest.mark.parametrize(("schedule", "now", "days"), PERIODS, ids=[each[0] for each in PERIODS])
def test_which_period_is_due(
    lead: Desk, monkeypatch: pytest.MonkeyPatch, schedule: str, now: str, days: tuple[str, str]
) -> None:
    plan(lead, f"it: {{report: flow, to: [a@example.org], {schedule}}}")
    monkeypatch.setenv("TKT_NOW", now)
    assert lead.tkt("report", "send").out == f"it, {days[0]} to {days[1]}: tells a@example.org\n"


def test_days_are_those_of_the_zone(lead: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(lead, "it: {report: flow, every: day, to: [a@example.org]}", zone="Pacific/Auckland")
    monkeypatch.setenv("TKT_NOW", "2026-11-23T10:59:59Z")
    assert "2026-11-22 to 2026-11-22" in lead.tkt("report", "send").out
    monkeypatch.setenv("TKT_NOW", "2026-11-23T11:00:00Z")
    assert "2026-11-23 to 2026-11-23" in lead.tkt("report", "send").out


def test_nobody_but_who_is_listed_is_named_in_public(lead: Desk) -> None:
    lead.create("Help", "--requester", "canary@example.org")
    plan(lead, "it: {report: flow, by: requester, every: day, to: [a@example.org], public: true}")
    lead.tkt("report", "send", "--at", "2026-11-19")
    assert "canary" not in json.dumps(outbox(lead))


def test_nothing_is_half_written(lead: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for args, code, text in (
        (("wekly",), 3, "no report is sent under the name 'wekly'; did you mean 'weekly'?"),
        (("--at", "2027-01-01"), 2, "has not come yet"),
        (("--outbox", str(lead.root)), 2, "cannot be read"),
        (("--outbox", "-"), 2, "- is no outbox"),
        (("--outbox", "no/box.jsonl"), 2, "there is no folder no for the outbox\n  Make it"),
        (("--outbox", "no/box.jsonl", "--dry-run"), 2, "there is no folder no"),
    ):
        said = lead.tkt("report", "send", *args, code=code)
        assert text in said.err
        assert said.out == ""
    assert not {"-", "no"} & set(os.listdir())
    assert lead.tkt("report", "send", "--outbox", "box.jsonl", "--dry-run").err == ""
    plan(lead, WEEKLY, "daily: {report: flow, every: day, to: [requester]}")
    assert "Name one of them: weekly, daily." in lead.tkt("report", "send", "--stdout", code=2).err
    assert "would go to nobody: requester" in lead.tkt("report", "send", "daily", code=2).err
    assert lead.tkt("report", "send", "daily", "--stdout", code=2).out == ""
    assert outbox(lead) == []
    plan(lead, WEEKLY)
    monkeypatch.setenv("TKT_ACTOR", "robot")
    assert "a message is from an address" in lead.tkt("report", "send", code=2).err
    assert outbox(lead) == []
    plan(lead)
    assert "No report is to be sent" in lead.tkt("report", "send").err


def test_one_that_cannot_be_made_does_not_stop_the_others(lead: Desk) -> None:
    plan(lead, "it: {report: flow, every: day, to: [requester]}", WEEKLY)
    for _ in range(2):
        said = lead.tkt("report", "send", code=2)
        assert said.err.splitlines()[:2] == [
            "tkt: it, 2026-11-22 to 2026-11-22: report it would go to nobody: requester",
            "  Name somebody in .tkt/project.yaml, under reporting.send.",
        ]
        assert [each["report"] for each in outbox(lead)] == ["weekly"]
    plan(lead, "it: {report: flow, every: day, to: [lead@example.org]}", WEEKLY)
    assert lead.tkt("report", "send").out == "it, 2026-11-22 to 2026-11-22: tells lead@example.org\n"
    assert [each["report"] for each in outbox(lead)] == ["weekly", "it"]


def test_what_is_compared_stands_in_one_table(lead: Desk) -> None:
    plan(lead, "it: {report: summary, every: week, compare: true, to: [a@example.org]}")
    body = mail(lead.tkt("report", "send", "--stdout").out).get_body(("html",))
    assert body is not None
    found = re.findall(r"<h2[^>]*>(\w+)|<thead>(.*?)</thead>", body.get_content(), flags=re.DOTALL)
    heads = [title or re.findall(r"<th[^>]*>([^<]+)</th>", head) for title, head in found]
    assert heads[2:6] == [
        "TIMES",
        ["MEAN", "MEDIAN", "P90", "OF", "MEDIAN BEFORE", "CHANGE"],
        "PROMISES",
        ["NUMBER", "BEFORE", "CHANGE"],
    ]


@pytest.mark.parametrize(
    ("every", "before"),
    [
        ("week", "before: 2026-11-09 00:00 to 2026-11-16 00:00"),
        ("month", "before: 2026-09-01 00:00 to 2026-10-01 00:00"),
    ],
)
def test_a_week_goes_out_beside_a_week_and_a_month_beside_a_month(
    lead: Desk, every: str, before: str
) -> None:
    plan(lead, f"own: {{report: summary, every: {every}, compare: true, to: [lead@example.org]}}")
    lead.tkt("report", "send")
    (posted,) = outbox(lead)
    assert before in posted["text"]

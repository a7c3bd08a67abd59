"""What an agent says or attaches while writing a ticket down answers nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.cli.test_report import CUSTOMER, numbers
from tests.cli.test_sla import PEOPLE, SLA, clocks

LEVELS = ("--impact", "high", "--urgency", "high", "--priority", "P2")


@pytest.fixture
def promised(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with promises, at which Ana works."""
    (desk.root / ".tkt" / "sla.yaml").write_text(SLA, encoding="utf-8")
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    monkeypatch.setenv("TKT_ACTOR", "ana@example.com")
    return desk


@pytest.fixture
def phoned(promised: Desk, tmp_path: Path) -> str:
    """A ticket that an agent writes down for somebody on the phone, with a reason and a file."""
    (tmp_path / "log.txt").write_text("No connection\n", encoding="utf-8")
    given = ("--reason", "They can wait.", "--attach", str(tmp_path / "log.txt"), "--channel", "phone")
    return promised.create("No mail", "--requester", CUSTOMER, *LEVELS, *given)


def test_the_clock_waits_for_an_answer(promised: Desk, phoned: str) -> None:
    assert clocks(promised, phoned)["first_response"]["state"] == "running"
    later = clocks(promised, phoned, "--at", "2026-11-22T13:00:00Z")["first_response"]
    assert (later["state"], later["met_at"]) == ("breached", None)
    assert "first_response: running, 0s of 3h" in promised.tkt("sla", "explain", phoned).out
    assert numbers(promised, "summary")["first_response.median"] is None


def test_a_comment_in_the_same_second_is_one(promised: Desk, phoned: str) -> None:
    promised.tkt("comment", phoned, "We look into it.")
    found = clocks(promised, phoned)["first_response"]
    assert (found["state"], found["met_at"]) == ("met", "2026-11-22T09:00:00Z")
    assert numbers(promised, "summary")["first_response.median"] == 0


def test_everybody_may_read_what_came_with_it(promised: Desk, phoned: str) -> None:
    (entry,) = promised.show(phoned)["thread"]
    assert (entry["visibility"], entry["body"]) == (None, "They can wait.\n")
    assert [each["name"] for each in entry["attachments"]] == ["log.txt"]
    assert "log.txt" in promised.tkt("export", phoned, "--single", "--public").out
    promised.tkt("check")

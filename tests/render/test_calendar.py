"""Calendars: any text comes back from its lines, and no line is longer than the standard allows."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.memory import memory_desk
from tkt.domain.ticket import Ticket
from tkt.render.calendar import calendar_lines
from tkt.render.text import clean

_SETTINGS = memory_desk().settings


def _ticket(**fields: str) -> Ticket:
    said = {"created": "2026-11-22T09:00:00Z", "updated": "2026-11-23T09:00:00Z", "due": "2026-11-30"}
    return Ticket({"id": "TKT-2j7k3q9", "title": "Login fails", "status": "new", **said, **fields})


def _lines(*tickets: Ticket) -> list[str]:
    text = "".join(calendar_lines(tickets, _SETTINGS, "1.0"))
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def _read(line: str) -> str:
    """A text as a calendar program reads it."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], line)


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(["a", "ü", "日", "👍"]),
    st.integers(0, 90),
)
def test_any_title_comes_back(title: str, letter: str, count: int) -> None:
    (line,) = (line for line in _lines(_ticket(title=letter * count + title)) if line.startswith("SUMMARY:"))
    assert _read(line.removeprefix("SUMMARY:")) == f"TKT-2j7k3q9 {clean(letter * count + title)}"


@pytest.mark.parametrize("due", ["", "soon", "2026-02-30", "2026-11-30T09:00:00", "日" * 10])
def test_what_is_due_at_no_time_is_no_event(due: str) -> None:
    assert not [line for line in _lines(_ticket(due=due)) if line.startswith(("BEGIN:VEVENT", "DTSTART"))]


def test_what_is_closed_is_no_event() -> None:
    assert _lines(_ticket(status="closed")) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//tkt//1.0//EN",
        "END:VCALENDAR",
    ]


def test_an_event_has_what_the_standard_asks_for() -> None:
    names = [re.split("[:;]", line)[0] for line in _lines(_ticket(priority="P1"))]
    assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "LAST-MODIFIED", "STATUS", "PRIORITY"} <= set(names)
    assert names.count("UID") == 1

"""Levels that clocks reach: whatever happened, and whoever looks when, the same entries come of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tkt.domain.entry import Change, Entry
from tkt.domain.escalation import Step, steps
from tkt.domain.replay import replay
from tkt.domain.settings import Settings
from tkt.domain.sla import Judge
from tkt.domain.story import LEVEL
from tkt.domain.ticket import Ticket
from tkt.store.settings import SettingsReader
from tkt.store.threads import encode_entry

CUSTOMER, ANA = "customer@example.org", "ana@example.com"
SLA = """
calendars:
  office: {timezone: UTC, hours: {mon: ["08:00-12:00", "13:00-17:00"], tue: ["08:00-17:00"]}}
policies:
- name: vip
  when: "label:vip"
  calendar: always
  targets: {default: {first_response: 1h, update: 2h, resolution: 3h}}
  escalation:
  - {at: 50%}
  - {at: 100%, set: {priority: P2}}
- name: standard
  calendar: office
  on_reopen: restart
  targets:
    P1: {first_response: 1h, next_response: 30m, resolution: 2h}
    P2: {first_response: 2h, next_response: 1h, resolution: 4h}
    default: {first_response: 4h, next_response: 2h, resolution: 8h}
  escalation:
  - {at: 75%, set: {labels: [warned]}}
  - {at: 100%, set: {priority: P2, labels: [late]}}
  - {after: 1h, set: {priority: P1}}
"""


def _settings() -> Settings:
    files = {".tkt/sla.yaml": SLA.encode(), ".tkt/people.yaml": f"agents: {{ana: {{email: {ANA}}}}}".encode()}
    return SettingsReader(MemoryFiles(files)).load()


SETTINGS = _settings()
START = datetime.fromisoformat("2026-11-23T08:00:00Z")

_DEEDS = st.sampled_from(
    ["answer", "question", "note", "waiting", "in-progress", "resolved", "P1", "P2", "P4", "vip", "mobile"]
)
_PAST = st.lists(st.tuples(st.integers(1, 300), _DEEDS), max_size=12)


def told(past: list[tuple[int, str]]) -> tuple[Ticket, list[Entry], datetime]:
    """A ticket and what happened to it, so many minutes after what came before; and the last moment."""
    fields: dict[str, Any] = {"id": "TKT-2j00001", "created": "2026-11-23T08:00:00Z", "created_by": CUSTOMER}
    ticket = Ticket({**fields, "status": "assigned", "priority": "P3", "type": "task", "labels": ()})
    thread: list[Entry] = []
    at = START
    for number, (minutes, deed) in enumerate(past, 1):
        at += timedelta(minutes=minutes)
        entry = Entry(f"{at:%Y%m%dT%H%M%SZ}-{number:04}", at, ANA, number)
        if deed in {"answer", "question", "note"}:
            by = CUSTOMER if deed == "question" else ANA
            visibility = "internal" if deed == "note" else "public"
            entry = entry._replace(by=by, visibility=visibility, body="A word.\n")
        else:
            change = _change(ticket, deed)
            ticket = ticket.with_fields({change.field: change.apply(ticket.fields[change.field])})
            entry = entry._replace(changes=(change,) if change.old != change.new else ())
        thread.append(entry)
    return ticket, thread, at


def _change(ticket: Ticket, deed: str) -> Change:
    if deed in {"vip", "mobile"}:
        there = deed in ticket.items("labels")
        return Change("labels", (deed,) if there else (), () if there else (deed,))
    field = "priority" if deed.startswith("P") else "status"
    return Change(field, ticket.text(field), deed)


def ticked(ticket: Ticket, thread: list[Entry], at: datetime) -> list[Step]:
    return steps(Judge(SETTINGS, at), ticket, thread)


def files(found: list[Step]) -> dict[str, bytes]:
    return {each.entry.id: encode_entry(each.entry) for each in found}


@given(_PAST, st.integers(0, 3000), st.integers(0, 3000))
def test_whoever_looks_later_writes_the_same_and_perhaps_more(
    past: list[tuple[int, str]], wait: int, more: int
) -> None:
    ticket, thread, last = told(past)
    soon = last + timedelta(minutes=wait)
    first = ticked(ticket, thread, soon)
    second = ticked(ticket, thread, soon + timedelta(minutes=more))
    assert files(first).items() <= files(second).items()
    known = [each.entry for each in first]
    again = ticked(first[-1].after if first else ticket, [*thread, *known], soon + timedelta(minutes=more))
    assert files(first) | files(again) == files(second)


@given(_PAST, st.integers(0, 3000))
def test_every_level_comes_once_and_in_time(past: list[tuple[int, str]], wait: int) -> None:
    ticket, thread, last = told(past)
    now = last + timedelta(minutes=wait)
    found = ticked(ticket, thread, now)
    keys = [each.entry.extra[LEVEL] for each in found]
    assert len(keys) == len(set(keys)) <= 12
    assert all(START <= each.entry.at <= now for each in found)
    after = found[-1].after if found else ticket
    entries = [each.entry for each in found]
    assert ticked(after, [*thread, *entries], now) == []
    for (field, item), outcome in replay([*thread, *entries], SETTINGS).items():
        there = item in after.items(field) if item else after.text(field)
        assert there == (bool(outcome.value) if item else outcome.value)
        assert not outcome.contested


@given(_PAST, st.integers(0, 3000), st.lists(st.integers(1, 200), max_size=5))
def test_notes_that_others_do_not_know_of_change_nothing(
    past: list[tuple[int, str]], wait: int, notes: list[int]
) -> None:
    ticket, thread, last = told(past)
    now = last + timedelta(minutes=wait)
    clock = len(thread)
    added = [
        Entry(f"20261123T080000Z-n{number:03}", START + timedelta(minutes=minutes), ANA, clock + number)
        for number, minutes in enumerate(notes, 1)
    ]
    assert files(ticked(ticket, [*thread, *added], now)) == files(ticked(ticket, thread, now))

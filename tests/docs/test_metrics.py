"""docs/metrics.md: its table is that of the code, and its example comes out as it was worked out by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache

import pytest

from tests.docs.pages import ROOT
from tests.fakes import MemoryFiles
from tests.memory import memory_desk
from tkt.domain.entry import PUBLIC, Change, Entry, next_clock
from tkt.domain.fields import Value
from tkt.domain.ids import new_entry_id
from tkt.domain.metrics.glossary import COLUMNS, METRICS
from tkt.domain.ticket import Ticket
from tkt.store.courses import FilesCourses
from tkt.store.tickets import TicketFiles
from tkt.usecases.report import Asked, Told, almanac_of, told
from tkt.usecases.workspace import Workspace

_TEXT = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_PEOPLE = "agents:\n  ana: {email: ana@example.com}\n  bob: {email: bob@example.com}\n"
_PROMISES = """
calendars:
  office:
    timezone: UTC
    hours:
      mon: ["09:00-17:00"]
      tue: ["09:00-17:00"]
      wed: ["09:00-17:00"]
      thu: ["09:00-17:00"]
      fri: ["09:00-17:00"]
policies:
- name: standard
  calendar: office
  targets:
    P1: {first_response: 1h, next_response: 4h, resolution: 8h}
    default: {first_response: 2h, next_response: 4h, resolution: 16h}
"""
_AGENTS = {"ana", "bob"}


def rows_below(comment: str) -> list[list[str]]:
    """The cells of the table below a comment of the page, without its head."""
    table = _TEXT.partition(f"<!-- {comment} -->\n\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def glossary_rows() -> list[list[str]]:
    return [[each.title, f"`{each.name}`", each.meaning] for each in METRICS]


def test_the_page_defines_what_the_code_defines() -> None:
    assert rows_below("metrics") == glossary_rows()


def test_no_number_is_defined_twice() -> None:
    names = [each.name for each in METRICS]
    meanings = [each.meaning for each in METRICS]
    assert len(set(names)) == len(names)
    assert len(set(meanings)) == len(meanings)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}:00+00:00")


def _address(who: str) -> str:
    return f"{who}@example.{'com' if who in _AGENTS else 'org'}" if who else ""


def _ticket_id(number: str) -> str:
    return f"TKT-2j{int(number):05}"


def _happens(ticket: Ticket, entries: list[Entry], event: str) -> Ticket:
    """One event of the page, as an entry; the ticket after it."""
    match = re.fullmatch(r"(\d\d-\d\d \d\d:\d\d) (\w+) (\w+) ?(\S*)", event)
    assert match, event
    at, who, verb, what = _moment(match[1]), _address(match[2]), match[3], match[4]
    changes: dict[str, tuple[str, Value]] = {
        "to": ("status", what),
        "takes": ("assignee", who),
        "gives": ("assignee", _address(what)),
        "moves": ("queue", what),
        "merges": ("links", (f"merged-into TKT-2j{what:0>5}",)),
    }
    change: tuple[Change, ...] = ()
    if verb in changes:
        field, value = changes[verb]
        old = ticket.fields.get(field, "") if isinstance(value, str) else ()
        change = (Change(field, old, value),)
        ticket = ticket.with_fields({field: value})
    else:
        assert verb in {"replies", "writes", "spends"}, event
    said = verb in {"replies", "writes"}
    entries.append(
        Entry(
            new_entry_id(at, lambda length: f"{len(entries):0{length}}"),
            at,
            who,
            next_clock(entries),
            visibility=PUBLIC if said else "",
            changes=change,
            minutes=int(what) if verb == "spends" else None,
            body="A message.\n" if said else "",
        )
    )
    return ticket


@cache
def desk() -> Workspace:
    """The desk of the page."""
    files = MemoryFiles({".tkt/people.yaml": _PEOPLE.encode(), ".tkt/sla.yaml": _PROMISES.encode()})
    measures = ", ".join(column for column in COLUMNS)
    files.files[".tkt/project.yaml"] = f"reports: {{all: {{measures: [{measures}]}}}}\n".encode()
    ws = memory_desk(now=_NOW, files=files)
    for number, created, requester, fields, events in rows_below("desk"):
        channel, category, *priority = fields.split()
        ticket = Ticket(
            {
                "id": _ticket_id(number),
                "created": f"2026-{created.replace(' ', 'T')}:00Z",
                "created_by": _address(requester or "ana"),
                "channel": channel,
                "title": f"Number {number}",
                "type": "task",
                "status": "new",
                "priority": priority[0] if priority else "P3",
                "queue": "support",
                "category": category,
                "requester": _address(requester),
                "links": (),
            }
        )
        entries: list[Entry] = []
        for event in filter(None, events.split("; ")):
            ticket = _happens(ticket, entries, event)
        for write in (
            ws.tickets.encode_ticket(None, ticket),
            *(ws.tickets.encode_entry(ticket.id, each) for each in entries),
        ):
            files.files[write.path] = write.data or b""
    return ws


@cache
def asked(name: str) -> Told:
    """A report of the page's week at its desk."""
    ws = desk()
    courses = FilesCourses(TicketFiles(ws.files, ws.settings), map)
    return told(ws, courses, Asked(name, since="2026-11-16", until="2026-11-22"), almanac_of(ws, UTC))


def _seconds(text: str) -> Fraction:
    match = re.fullmatch(r"(\d+)(m|h)", text)
    assert match, text
    return Fraction(int(match[1]) * {"m": 60, "h": 3600}[match[2]])


def _by_hand(text: str) -> Fraction | None:
    """A value of the page: a number, minutes or hours, a part and a whole, or n/a."""
    if text == "n/a":
        return None
    part, _, whole = text.partition(" / ")
    number = _seconds(part) if part[-1] in "mh" else Fraction(part)
    return number / Fraction(whole) if whole else number


_WORKED_OUT = [(row[0].strip("`"), row[1]) for row in rows_below("by hand")]


@pytest.mark.parametrize(("column", "value"), _WORKED_OUT, ids=[column for column, _ in _WORKED_OUT])
def test_numbers_are_those_worked_out_by_hand(column: str, value: str) -> None:
    (table,) = asked("all").tables
    found = dict(zip(table.columns, table.rows[0].figures, strict=True))[column]
    expected = _by_hand(value)
    if expected is None:
        assert found.value is None
    else:
        assert found.value == pytest.approx(float(expected), rel=1e-12)
        assert not value.count(" / ") or found.of == int(value.partition(" / ")[2])

"""The numbers of reports, beside a second way to find them that is slow and obvious: hour by hour."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tkt.domain.entry import PUBLIC, Change, Entry
from tkt.domain.metrics.course import Course
from tkt.domain.metrics.figures import Figure, Number, mean, quantile, share
from tkt.domain.metrics.glossary import COLUMNS
from tkt.domain.metrics.periods import Almanac, Period
from tkt.domain.metrics.population import Population
from tkt.domain.metrics.reading import course_of
from tkt.domain.sla import Judge
from tkt.domain.ticket import Ticket
from tkt.errors import UsageError
from tkt.store.settings import SettingsReader

ANA, BOB, CUSTOMER = "ana@example.com", "bob@example.com", "customer@example.org"
SPELLED = {"Ana@Example.com": ANA, "@BOB": BOB, "CUSTOMER@example.ORG": CUSTOMER}
"""The same people, as imports and hands write them."""

START = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday, when time begins here; everything happens on the hour."""

HOURS = 21 * 24
END = START + timedelta(hours=HOURS)
_OPEN = range(9, 17)
_TARGETS = {"first_response": 2, "next_response": 4, "resolution": 16}
_DONE, _PAUSED = {"done", "closed"}, {"waiting"}
_FILES = {
    "people.yaml": "agents:\n  ana: {email: ana@example.com}\n  bob: {email: bob@example.com}\n",
    "workflow.yaml": """
statuses:
  new: {category: new}
  open: {category: open}
  waiting: {category: waiting, pauses: true}
  done: {category: done}
  closed: {category: done}
initial: new
transitions:
- {from: [new, open, waiting, done, closed], to: [new, open, waiting, done, closed]}
""",
    "sla.yaml": """
calendars:
  office:
    timezone: UTC
    hours: {mon: ["09-17"], tue: ["09-17"], wed: ["09-17"], thu: ["09-17"], fri: ["09-17"]}
policies:
- name: standard
  calendar: office
  targets:
    default: {first_response: 2h, next_response: 4h, resolution: 16h}
""".replace("09-17", "09:00-17:00"),
}
SETTINGS = SettingsReader(MemoryFiles({f".tkt/{n}": text.encode() for n, text in _FILES.items()})).load()


@dataclass(frozen=True)
class Event:
    """What happens to a ticket at an hour: somebody writes, it gets a status, or somebody else gets it."""

    hour: int
    what: str
    value: str


@dataclass(frozen=True)
class Tale:
    """A ticket's life: when it begins, and what happens in the order of time."""

    hour: int
    events: tuple[Event, ...]

    def at(self, hour: int) -> list[Event]:
        """What happens then, with everybody under one name."""
        events = (each for each in self.events if each.hour == hour)
        return [replace(each, value=SPELLED.get(each.value, each.value)) for each in events]


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def seconds(hour: int) -> int:
    return int(at(hour).timestamp())


def course(tale: Tale, now: datetime = END) -> Course:
    """The course of a ticket, by the code that is tested."""
    fields = {"id": "TKT-2j00001", "created": at(tale.hour).isoformat(), "created_by": CUSTOMER}
    ticket = Ticket({**fields, "status": "new", "priority": "P3", "assignee": "", "requester": CUSTOMER})
    thread = []
    for number, each in enumerate(tale.events, 1):
        changes: tuple[Change, ...] = ()
        if each.what in {"status", "assignee"}:
            changes = (Change(each.what, ticket.text(each.what), each.value),)
            ticket = ticket.with_fields({each.what: each.value})
        said = each.what == "message"
        author = each.value if said else ANA
        entry = Entry(f"e{number:03}", at(each.hour), author, number, changes=changes)
        thread.append(entry._replace(visibility=PUBLIC, body="A message.\n") if said else entry)
    return course_of(ticket, thread, Judge(SETTINGS, now))


@st.composite
def tales(draw: st.DrawFn) -> Tale:
    hour = draw(st.integers(0, HOURS - 1))
    gaps = draw(st.lists(st.integers(0, 40), max_size=9))
    events, status = [], "new"
    for gap in gaps:
        hour += gap
        if hour >= HOURS:
            break
        what = draw(st.sampled_from(["message", "status", "status", "assignee"]))
        values = {
            "message": [ANA, BOB, CUSTOMER, *SPELLED],
            "status": [each for each in ("new", "open", "waiting", "done", "closed") if each != status],
            "assignee": [ANA, BOB, "", *SPELLED],
        }
        value = draw(st.sampled_from(values[what]))
        status = value if what == "status" else status
        events.append(Event(hour, what, value))
    first = hour if not events else events[0].hour - gaps[0]
    return Tale(first, tuple(events))


class Slow:
    """The same numbers, found by looking at every hour of every ticket's life.

    Args:
        tales: of the tickets.
        first: the first hour of the period.
        last: the first hour after it.
    """

    def __init__(self, tales: list[Tale], first: int, last: int) -> None:
        self.first, self.last = first, last
        self.count = dict.fromkeys(
            ("created", "first_resolved", "resolved", "reopened", "backlog", "transfers", "replies"), 0
        )
        self.many: dict[str, list[int]] = {name: [] for name in ("first_response", "resolution", "waiting")}
        self.many |= {f"{name}_business": [] for name in tuple(self.many)}
        self.many |= {"resolution_active": [], "age": []}
        self.kept: dict[str, list[bool]] = {f"sla_{name}": [] for name in _TARGETS}
        self.contact: list[bool] = []
        for each in tales:
            self._live(each)

    def _inside(self, hour: int) -> bool:
        return self.first <= hour < self.last

    def _live(self, tale: Tale) -> None:  # noqa: C901, PLR0912, PLR0915  one walk, from hour to hour
        status, who, was_done = "new", "", False
        asked: int | None = tale.hour
        wall = business = active = wait = wait_business = answers = 0
        answers_before, reopened, solved, last = 0, False, -1, None
        self.count["created"] += self._inside(tale.hour)
        for hour in range(tale.hour, self.last):  # noqa: PLR1702  the same
            for event in tale.at(hour):
                if event.what == "status":
                    done = event.value in _DONE
                    if done and status not in _DONE:
                        self.count["resolved"] += self._inside(hour)
                        self.count["first_resolved"] += self._inside(hour) and not was_done
                        if not was_done:
                            answers_before, solved = answers, hour
                        was_done = True
                        last = (wall, business, active) if self._inside(hour) else None
                    if not done and status in _DONE:
                        self.count["reopened"] += self._inside(hour)
                        reopened = True
                    status = event.value
                elif event.what == "assignee":
                    self.count["transfers"] += (
                        self._inside(hour) and bool(who and event.value) and who != event.value
                    )
                    who = event.value
                elif event.value == CUSTOMER:
                    if asked is None:
                        asked, wait, wait_business = hour, 0, 0
                else:
                    self.count["replies"] += self._inside(hour)
                    if asked is not None and self._inside(hour):
                        self.many["waiting"].append(wait)
                        self.many["waiting_business"].append(wait_business)
                        if not answers:
                            self.many["first_response"].append(wait)
                            self.many["first_response_business"].append(wait_business)
                    asked = None
                    answers += 1
                    if solved == hour:  # said in the same hour, still by then
                        answers_before = answers
            works = at(hour).weekday() < 5 and at(hour).hour in _OPEN
            wall, wait = wall + 1, wait + 1
            business, wait_business = business + works, wait_business + works
            active += status not in _DONE | _PAUSED
        if last:
            for name, value in zip(
                ("resolution", "resolution_business", "resolution_active"), last, strict=True
            ):
                self.many[name].append(value)
        if tale.hour < self.last and status not in _DONE:
            self.count["backlog"] += 1
            self.many["age"].append(self.last - tale.hour)
        if was_done and self._inside(solved) and answers_before:
            self.contact.append(answers_before == 1 and not reopened)


def _near(found: Figure, expected: Number | None) -> bool:
    return found.value == (None if expected is None else pytest.approx(expected, rel=1e-12))


@given(
    st.lists(tales(), max_size=6),
    st.integers(0, HOURS - 1),
    st.integers(1, HOURS),
)
def test_numbers_are_those_that_are_found_hour_by_hour(stories: list[Tale], first: int, length: int) -> None:
    last = min(first + length, HOURS)
    slow = Slow(stories, first, last)
    period = Period(seconds(first), seconds(last))
    population = Population([course(each) for each in stories])
    for name, count in slow.count.items():
        assert population.figure(name, period) == Figure(count), name
    flow = slow.count["created"] + slow.count["reopened"] - slow.count["resolved"]
    assert population.figure("net_flow", period) == Figure(flow)
    for name, hours in slow.many.items():
        values = [each * 3600 for each in hours]
        assert _near(
            population.figure(f"{name}.mean", period), statistics.fmean(values) if values else None
        ), name
        assert _near(
            population.figure(f"{name}.median", period), statistics.median(values) if values else None
        )
        assert population.figure(f"{name}.p90", period).of == len(values)
    assert population.figure("first_contact", period) == share(sum(slow.contact), len(slow.contact))


def slow_runs(tale: Tale) -> list[tuple[str, int, bool]]:  # noqa: C901, PLR0912  one walk again
    """The runs of clocks that ended: which, in which hour, whether in time."""
    found = []
    status, answered, asked = "new", False, True
    spent = {"first_response": 0, "next_response": 0, "resolution": 0}
    late: dict[str, int] = {}
    closed_at: int | None = None
    for hour in range(tale.hour, HOURS):  # noqa: PLR1702  the same
        for event in tale.at(hour):
            if event.what == "status":
                if event.value in _DONE and status not in _DONE:
                    closed_at = hour
                status = event.value
            elif event.what == "message" and event.value == CUSTOMER:
                if answered and not asked:
                    asked, spent["next_response"] = True, 0
                    late.pop("next_response", None)
            elif event.what == "message":
                if asked:
                    clock = "next_response" if answered else "first_response"
                    found.append((clock, late.get(clock, hour), clock not in late))
                asked, answered = False, True
        works = at(hour).weekday() < 5 and at(hour).hour in _OPEN and status not in _DONE | _PAUSED
        running = {"resolution": True, "first_response": not answered, "next_response": answered and asked}
        for clock, runs in running.items():
            if works and runs:
                if spent[clock] == _TARGETS[clock]:
                    late.setdefault(clock, hour)
                spent[clock] += 1
    if "resolution" in late:
        found.append(("resolution", late["resolution"], False))
    elif status in _DONE and closed_at is not None:
        found.append(("resolution", closed_at, True))
    waits = "next_response" if answered else "first_response"
    if asked and waits in late:
        found.append((waits, late[waits], False))
    return sorted(found)


@given(tales())
def test_clocks_end_when_they_are_met_or_used_up_hour_by_hour(tale: Tale) -> None:
    found = course(tale, END - timedelta(seconds=1)).runs
    ended = [
        (clock, (moment - seconds(0)) // 3600, kept)
        for clock, moment, kept in found
        if moment < seconds(HOURS)
    ]
    assert sorted(ended) == slow_runs(tale)


@given(tales(), st.integers(0, HOURS))
def test_as_of_a_moment_nothing_has_happened_since(tale: Tale, hour: int) -> None:
    now = at(hour) + timedelta(minutes=1)
    if tale.hour > hour:
        return
    known = Tale(tale.hour, tuple(each for each in tale.events if each.hour <= hour))
    assert course(tale, now) == course(known, now)


@given(tales())
def test_everybody_has_one_name(tale: Tale) -> None:
    found = course(tale)
    names = [who for _, who in found.assignees] + [each[1] for each in (*found.closings, *found.touches)]
    assert set(names) <= {ANA, BOB, ""}
    written = [
        event.value if event.what == "message" else ANA
        for hour in range(HOURS)
        for event in tale.at(hour)
        if event.value != CUSTOMER
    ]
    assert sorted(each[1] for each in found.touches) == sorted(written)


@given(st.lists(tales(), max_size=5), st.integers(0, HOURS - 1), st.integers(1, HOURS))
def test_tickets_that_were_over_add_nothing(stories: list[Tale], first: int, length: int) -> None:
    period = Period(seconds(first), seconds(min(first + length, HOURS)))
    courses = [course(each) for each in stories]
    rest = [each for each in courses if each.over is None or each.over >= period.start]
    few, every = Population(rest), Population(courses)
    assert few.figures(COLUMNS, period) == every.figures(COLUMNS, period)


@given(st.lists(tales(), max_size=5), st.integers(1, HOURS))
def test_the_parts_make_the_whole(stories: list[Tale], hours: int) -> None:
    """Of a period that is divided, counts add up; of a backlog, the ages do."""
    population = Population([course(each) for each in stories])
    period = Period(seconds(0), seconds(hours))
    almanac = Almanac(END, ZoneInfo("America/New_York"), 6)
    parts = almanac.buckets(period)
    for name in ("created", "first_resolved", "resolved", "reopened", "net_flow", "touches", "transfers"):
        values = [population.figure(name, each.period).value or 0 for each in parts]
        assert sum(values) == population.figure(name, period).value, name
    ages = [each for each in COLUMNS if each.startswith("open_")]
    assert sum(each.value or 0 for each in population.figures(ages, period)) == (
        population.figure("backlog", period).value
    )


@given(st.lists(st.integers(-(10**12), 10**12), min_size=2, max_size=30))
def test_quantiles_are_those_of_the_standard_library(values: list[int]) -> None:
    ordered = sorted(values)
    tenths = statistics.quantiles(ordered, n=10, method="inclusive")
    assert quantile(ordered, 90).value == pytest.approx(tenths[8], rel=1e-12, abs=1e-3)
    assert quantile(ordered, 50).value == pytest.approx(statistics.median(ordered), rel=1e-12, abs=1e-3)
    assert mean(ordered).value == pytest.approx(statistics.fmean(ordered), rel=1e-9, abs=1e-3)


def test_nothing_is_neither_all_nor_none() -> None:
    assert share(0, 0) == quantile([], 90) == mean([]) == Figure(None, 0)
    assert share(0, 3) == Figure(0.0, 3)
    assert quantile([7], 90) == Figure(7, 1)
    nobody = Population([])
    period = Period(0, 1)
    shares = [each for each in COLUMNS if each.startswith("sla_") or "." in each or each == "first_contact"]
    assert {each.value for each in nobody.figures(shares, period)} == {None}


BERLIN = Almanac(datetime(2026, 11, 23, 8, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
"""A Monday, 9 o'clock."""

PERIODS = [
    ("today", "", "2026-11-23 00:00 to 2026-11-23 09:00"),
    ("yesterday", "yesterday", "2026-11-22 00:00 to 2026-11-23 00:00"),
    ("7d", "", "2026-11-17 00:00 to 2026-11-23 09:00"),
    ("last-week", "last-week", "2026-11-16 00:00 to 2026-11-23 00:00"),
    ("this-week", "", "2026-11-23 00:00 to 2026-11-23 09:00"),
    ("2w", "", "2026-11-16 00:00 to 2026-11-23 09:00"),
    ("2026-W44", "2026-w44", "2026-10-26 00:00 to 2026-11-02 00:00"),
    ("2026-10", "2026-10", "2026-10-01 00:00 to 2026-11-01 00:00"),
    ("last-month", "last-month", "2026-10-01 00:00 to 2026-11-01 00:00"),
    ("2mo", "", "2026-10-01 00:00 to 2026-11-23 09:00"),
    ("last-year", "last-year", "2025-01-01 00:00 to 2026-01-01 00:00"),
    ("2y", "1y", "2025-01-01 00:00 to 2026-11-23 09:00"),
    ("24h", "", "2026-11-22 09:00 to 2026-11-23 09:00"),
    ("2026-11-20", "2026-12-24", "2026-11-20 00:00 to 2026-11-23 09:00"),
    ("2026-11-20T09:30", "2026-11-20T11:00Z", "2026-11-20 09:30 to 2026-11-20 12:00"),
    ("1970", "", "1970-01-01 00:00 to 2026-11-23 09:00"),
]


@pytest.mark.parametrize(("since", "until", "expected"), PERIODS)
def test_periods_are_named(since: str, until: str, expected: str) -> None:
    period = BERLIN.between(since, until)
    assert BERLIN.span(period) == expected


USUAL = [
    ("", "7d", "2026-11-17 00:00 to 2026-11-23 09:00"),
    ("2026-01-10", "7d", "2026-01-04 00:00 to 2026-01-11 00:00"),
    ("2026-01-10", "2w", "2025-12-29 00:00 to 2026-01-11 00:00"),
    ("last-month", "7d", "2026-10-25 00:00 to 2026-11-01 00:00"),
    ("2026-01-10T09:30", "7d", "2026-01-04 00:00 to 2026-01-10 09:30"),
    ("2027", "7d", "2026-11-17 00:00 to 2026-11-23 09:00"),
]


@pytest.mark.parametrize(("until", "usual", "expected"), USUAL, ids=[" ".join(each[:2]) for each in USUAL])
def test_a_period_that_has_only_an_end_is_as_long_as_usual(until: str, usual: str, expected: str) -> None:
    assert BERLIN.span(BERLIN.between("", until, usual)) == expected


NO_PERIODS = [
    ("tomorow", "", "names no time"),
    ("2026-13", "", "names no time"),
    ("2026-W54", "", "names no time"),
    ("0d", "", "names no time"),
    ("", "", "names no time"),
    ("99999y", "", "names no time"),
    ("1969", "", "is not in the years"),
    ("2500", "", "is not in the years"),
    ("2026-11-24", "", "has not begun"),
    ("2026-12", "2026-12", "has not begun"),
    ("2026-11-10", "2026-11-09", "ends before it begins"),
]


@pytest.mark.parametrize(("since", "until", "expected"), NO_PERIODS)
def test_what_is_no_period_is_refused(since: str, until: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        BERLIN.between(since, until)


def test_weeks_begin_when_the_desk_says_so() -> None:
    sundays = Almanac(BERLIN.now, BERLIN.zone, 6)
    names = [each.name for each in sundays.buckets(sundays.between("3w", ""), "week")]
    assert names == ["2026-11-08", "2026-11-15", "2026-11-22"]
    assert [each.name for each in BERLIN.buckets(BERLIN.between("2w", ""), "week")] == [
        "2026-11-16",
        "2026-11-23",
    ]


def test_days_are_as_long_as_the_clocks_make_them() -> None:
    period = BERLIN.between("2026-10-24", "2026-10-26")
    lengths = [(each.period.end - each.period.start) // 3600 for each in BERLIN.buckets(period)]
    assert lengths == [24, 25, 24]
    before = BERLIN.before(period)
    assert (before.end - before.start) // 3600 == 72
    assert before.end == period.start


def test_the_period_before_has_the_same_hours_of_the_day() -> None:
    before = BERLIN.before(BERLIN.between("7d", ""))
    assert BERLIN.span(before) == "2026-11-10 00:00 to 2026-11-16 09:00"
    hours = BERLIN.before(BERLIN.between("5h", ""))
    assert BERLIN.span(hours) == "2026-11-22 22:59:59 to 2026-11-23 04:00"


BEFORE = [
    ("2026-10", "2026-10", "2026-09-01 00:00 to 2026-10-01 00:00"),
    ("2026-08", "2026-10", "2026-05-01 00:00 to 2026-08-01 00:00"),
    ("2024", "2024", "2023-01-01 00:00 to 2024-01-01 00:00"),
    ("last-week", "last-week", "2026-11-09 00:00 to 2026-11-16 00:00"),
    ("this-week", "", "2026-11-16 00:00 to 2026-11-16 09:00"),
    ("4w", "", "2026-10-05 00:00 to 2026-10-26 09:00"),
    ("this-month", "", "2026-10-01 00:00 to 2026-10-23 09:00"),
    ("2mo", "", "2026-08-01 00:00 to 2026-09-23 09:00"),
    ("this-year", "", "2025-01-01 00:00 to 2025-11-23 09:00"),
    ("2026-03", "2026-03-30", "2026-02-01 00:00 to 2026-03-01 00:00"),
    ("2026-03", "2026-03-29T14:30", "2026-02-01 00:00 to 2026-03-01 00:00"),
    ("2026-03", "2026-03-28T14:30", "2026-02-01 00:00 to 2026-02-28 14:30"),
    ("2024", "2024-02-29T14:30", "2023-01-01 00:00 to 2023-03-01 00:00"),
    ("2026-W44", "2026-10-26T09:00", "2026-10-19 00:00 to 2026-10-19 09:00"),
    ("7d", "", "2026-11-10 00:00 to 2026-11-16 09:00"),
    ("2026-10-25", "2026-10-25", "2026-10-24 00:00 to 2026-10-25 00:00"),
    ("2026-11-16T09:00", "2026-11-16T15:00", "2026-11-16 03:00 to 2026-11-16 09:00"),
]
"""What each period is held against, at 9 o'clock of a Monday; clocks were put back on October 25."""


@pytest.mark.parametrize(("since", "until", "expected"), BEFORE, ids=[" ".join(each[:2]) for each in BEFORE])
def test_a_period_is_held_against_one_of_its_kind(since: str, until: str, expected: str) -> None:
    assert BERLIN.span(BERLIN.before(BERLIN.between(since, until))) == expected


def test_a_month_is_held_against_the_month_before_where_that_is_shorter() -> None:
    march = Almanac(datetime(2027, 3, 10, 9, 0, tzinfo=UTC))
    period = march.between("last-month", "last-month")
    assert march.span(period) == "2027-02-01 00:00 to 2027-03-01 00:00"
    assert march.span(march.before(period)) == "2027-01-01 00:00 to 2027-02-01 00:00"


ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Havana", "America/Sao_Paulo", "Africa/Cairo")
"""With clocks that never move, that move at night, and that move at midnight."""

UNITS = {"week": "2017-W{:02}", "month": "2017-{:02}", "year": "20{:02}"}


@given(st.sampled_from(ZONES), st.integers(0, 6), st.sampled_from(list(UNITS)), st.integers(1, 12), st.data())
def test_whole_weeks_months_and_years_are_held_against_whole_ones(
    zone: str, weekday: int, unit: str, first: int, data: st.DataObject
) -> None:
    almanac = Almanac(END, ZoneInfo(zone), weekday)
    last = data.draw(st.integers(first, 12))
    period = almanac.between(UNITS[unit].format(first), UNITS[unit].format(last))
    for _ in range(3):
        before = almanac.before(period)
        assert before.end == period.start
        parts = almanac.buckets(before, unit)
        assert len(parts) == last - first + 1
        begins = [datetime.fromtimestamp(each.period.start, almanac.zone) for each in (*parts, parts[0])]
        ends = [datetime.fromtimestamp(each.period.end, almanac.zone) for each in parts]
        for each in (*begins, *ends):
            assert almanac.midnight(each.date()) == each.timestamp()
            assert unit != "week" or each.weekday() == weekday
            assert unit == "week" or each.day == 1
            assert unit != "year" or each.month == 1
        period = before


@given(
    st.sampled_from(ZONES),
    st.sampled_from(["7d", "this-week", "4w", "this-month", "2mo", "this-year"]),
    st.integers(seconds(0) - 10 * 365 * 86_400, seconds(0)),
)
def test_a_period_until_now_ends_at_the_same_hour_before(zone: str, since: str, now: int) -> None:
    almanac = Almanac(datetime.fromtimestamp(now, UTC), ZoneInfo(zone))
    period = almanac.between(since, "")
    before = almanac.before(period)
    assert before.start < before.end <= period.start
    then, ends = (datetime.fromtimestamp(each.end, almanac.zone) for each in (before, period))
    if since in {"7d", "this-week", "4w"}:
        assert then.weekday() == ends.weekday()
    elif then.day != ends.day:
        assert (then.day, then.time()) == (1, time()), "all of a month that has no such day"
        assert datetime.fromtimestamp(before.end - 1, almanac.zone).day < ends.day
    if then.day == ends.day and then.utcoffset() == ends.utcoffset():
        assert then.time() == ends.time()

"""What the clocks of a ticket say: each row a day at a desk, with the figures that a person works out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tkt.domain.clocks import ClockState, State
from tkt.domain.entry import Attachment, Change, Entry
from tkt.domain.levels import Clock, parse_target, show_seconds
from tkt.domain.settings import Settings
from tkt.domain.sla import Judge
from tkt.domain.story import is_agent
from tkt.domain.ticket import Ticket
from tkt.domain.worktime import add, between
from tkt.store.settings import SettingsReader

ANA, BOB, ROBOT, CUSTOMER = "ana@example.com", "bob@example.com", "robot@example.com", "customer@example.org"
HOUR = 3600

PEOPLE = """
agents:
  ana: {email: ana@example.com, roles: [lead, agent]}
  bob: {email: bob@example.com}
  robot: {email: robot@example.com, roles: [bot]}
  eve: {email: eve@example.org, roles: [requester]}
teams:
  buyers: {members: [eve]}
"""
WORKFLOW = """
statuses:
  new: {category: new}
  open: {category: open}
  waiting: {category: waiting, pauses: true}
  hold: {category: waiting}
  done: {category: done}
  closed: {category: done}
initial: new
transitions:
- {from: [new, open, waiting, hold, done, closed], to: [new, open, waiting, hold, done, closed]}
"""
CALENDARS = """
calendars:
  office:
    timezone: Europe/Berlin
    hours:
      mon: ["08:00-12:00", "13:00-18:00"]
      tue: ["08:00-12:00", "13:00-18:00"]
      wed: ["08:00-12:00", "13:00-18:00"]
      thu: ["08:00-12:00", "13:00-18:00"]
      fri: ["08:00-12:00", "13:00-18:00"]
    holidays: [2026-12-25, 05-01]
"""
TARGETS = """
  targets:
    P1: {first_response: 1h, next_response: 1h, update: 1h, resolution: 4h}
    P2: {first_response: 2h, next_response: 2h, update: 2h, resolution: 8h}
    default: {first_response: 3h, next_response: 3h, update: 3h, resolution: 16h}
"""


def desk(policies: str = "", people: str = PEOPLE) -> Settings:
    """Settings with policies; by default one for everything in office hours."""
    usual = f"policies:\n- name: standard\n  calendar: office{TARGETS}"
    files = {
        "people.yaml": people,
        "workflow.yaml": WORKFLOW,
        "sla.yaml": CALENDARS + (policies or usual),
    }
    return SettingsReader(MemoryFiles({f".tkt/{name}": text.encode() for name, text in files.items()})).load()


OFFICE = desk()
ALWAYS = desk(f"policies:\n- name: always\n  calendar: always{TARGETS}")


def moment(text: str) -> datetime:
    """A moment from `23 09:30`, a day of November 2026, UTC; Berlin is an hour ahead."""
    day, time = text.split(" ")
    return datetime.fromisoformat(f"2026-11-{day}T{time}+00:00")


class Story:
    """A ticket and what happens to it; the first moment is its creation."""

    def __init__(self, created: str, settings: Settings = OFFICE, **fields: str | tuple[str, ...]) -> None:
        self.settings = settings
        self.thread: list[Entry] = []
        known = {
            "id": "TKT-2j00001",
            "created_by": CUSTOMER,
            "status": "new",
            "priority": "P2",
            "type": "task",
        }
        at = created if "T" in created else f"2026-11-{created.replace(' ', 'T')}Z"
        self.ticket = Ticket({**known, "created": at, "requester": CUSTOMER, "labels": (), **fields})

    def entry(self, at: str, by: str, body: str = "", *changes: Change, **more: Any) -> Story:
        """One entry of its thread; what it changes is changed."""
        number = len(self.thread) + 1
        said = {"visibility": "public" if body else "", **more}
        self.thread.append(Entry(f"e{number:03}", moment(at), by, number, body=body, changes=changes, **said))
        for each in changes:
            self.ticket = self.ticket.with_fields({each.field: each.apply(self.ticket.text(each.field))})
        return self

    def says(self, at: str, by: str, **more: Any) -> Story:
        """Somebody writes in public."""
        return self.entry(at, by, "A message.\n", **more)

    def becomes(self, at: str, status: str, by: str = ANA) -> Story:
        """The ticket takes another status."""
        return self.entry(at, by, "", Change("status", self.ticket.status, status))

    def priority(self, at: str, priority: str) -> Story:
        """The ticket takes another priority."""
        return self.entry(at, ANA, "", Change("priority", self.ticket.priority, priority))

    def clock(self, clock: str, at: str) -> ClockState:
        """How a clock stands at a moment."""
        judged = Judge(self.settings, moment(at)).judge(self.ticket, self.thread)
        return next(each for each in judged.clocks if each.clock == clock)

    def line(self, clock: str, at: str) -> str:
        """A clock in one line: its state, what elapsed, when it is due and was met."""
        found = self.clock(clock, at)
        if found.state is State.NONE:
            return "none"
        due = f"{found.due_at:%d %H:%M:%S}" if found.due_at else "-"
        met = f" met {found.met_at:%d %H:%M:%S}" if found.met_at else ""
        return f"{found.state} {show_seconds(found.elapsed_seconds or 0)} due {due}{met}"


FIRST, NEXT, UPDATE, SOLVED = "first_response", "next_response", "update", "resolution"
fresh = Story

CASES: dict[str, tuple[Story, str, str, str]] = {
    # 23 November 2026 is a Monday; the office is open 07:00-11:00 and 12:00-17:00 UTC.
    "nobody has answered": (fresh("23 08:00"), FIRST, "23 08:30", "running 30m due 23 10:00:00"),
    "three quarters are used up": (fresh("23 08:00"), FIRST, "23 09:30", "at-risk 1h 30m due 23 10:00:00"),
    "a second before that": (fresh("23 08:00"), FIRST, "23 09:29:59", "running 1h 29m 59s due 23 10:00:00"),
    "the last second": (fresh("23 08:00"), FIRST, "23 10:00", "at-risk 2h due 23 10:00:00"),
    "a second too late": (fresh("23 08:00"), FIRST, "23 10:00:01", "breached 2h 1s due 23 10:00:00"),
    "over lunch": (fresh("23 10:00"), FIRST, "23 11:30", "running 1h due 23 13:00:00"),
    "created at night": (fresh("23 02:00"), FIRST, "23 07:30", "running 30m due 23 09:00:00"),
    "created on a weekend": (fresh("21 12:00"), FIRST, "22 12:00", "running 0s due 23 09:00:00"),
    "over a weekend": (fresh("20 16:00"), FIRST, "22 12:00", "running 1h due 23 08:00:00"),
    "answered": (
        fresh("23 08:00").says("23 09:00", ANA),
        FIRST,
        "24 09:00",
        "met 1h due 23 10:00:00 met 23 09:00:00",
    ),
    "answered in the last second": (
        fresh("23 08:00").says("23 10:00", ANA),
        FIRST,
        "24 09:00",
        "met 2h due 23 10:00:00 met 23 10:00:00",
    ),
    "answered a second too late": (
        fresh("23 08:00").says("23 10:00:01", ANA),
        FIRST,
        "24 09:00",
        "breached 2h 1s due 23 10:00:00 met 23 10:00:01",
    ),
    "due at closing time": (fresh("23 15:00"), FIRST, "23 20:00", "at-risk 2h due 23 17:00:00"),
    "answered before it opens again": (
        fresh("23 15:00").says("24 06:59:59", ANA),
        FIRST,
        "24 09:00",
        "met 2h due 23 17:00:00 met 24 06:59:59",
    ),
    "answered a second after it opens": (
        fresh("23 15:00").says("24 07:00:01", ANA),
        FIRST,
        "24 09:00",
        "breached 2h 1s due 23 17:00:00 met 24 07:00:01",
    ),
    "a note is no answer": (
        fresh("23 08:00").says("23 08:10", ANA, visibility="internal"),
        FIRST,
        "23 09:00",
        "running 1h due 23 10:00:00",
    ),
    "a rule is nobody": (
        fresh("23 08:00").says("23 08:10", ANA, extra={"rule": "greeting"}),
        FIRST,
        "23 09:00",
        "running 1h due 23 10:00:00",
    ),
    "a robot is nobody": (
        fresh("23 08:00").says("23 08:10", ROBOT),
        FIRST,
        "23 09:00",
        "running 1h due 23 10:00:00",
    ),
    "a stranger is no agent": (
        fresh("23 08:00").says("23 08:10", "other@example.org"),
        FIRST,
        "23 09:00",
        "running 1h due 23 10:00:00",
    ),
    "a step without words is no answer": (
        fresh("23 08:00").becomes("23 08:10", "open"),
        FIRST,
        "23 09:00",
        "running 1h due 23 10:00:00",
    ),
    "a file alone is an answer": (
        fresh("23 08:00").entry(
            "23 09:00", ANA, visibility="public", attachments=(Attachment("a.png", "a.png", 1),)
        ),
        FIRST,
        "23 12:00",
        "met 1h due 23 10:00:00 met 23 09:00:00",
    ),
    "the customer writes again before the answer": (
        fresh("23 08:00").says("23 08:30", CUSTOMER),
        FIRST,
        "23 09:00",
        "running 1h due 23 10:00:00",
    ),
    "and that starts no other clock": (
        fresh("23 08:00").says("23 08:30", CUSTOMER),
        NEXT,
        "23 09:00",
        "none",
    ),
    "an agent opened it for nobody": (
        fresh("23 08:00", created_by=ANA, requester=""),
        FIRST,
        "23 09:00",
        "none",
    ),
    "an agent opened it for the customer": (
        fresh("23 08:00", created_by=ANA),
        FIRST,
        "23 09:00",
        "running 1h due 23 10:00:00",
    ),
    "who opened it waits, where nobody else is named": (
        fresh("23 08:00", requester="").says("23 08:30", BOB).says("23 08:40", CUSTOMER),
        NEXT,
        "23 09:00",
        "running 20m due 23 10:40:00",
    ),
    "the requester is an agent too": (
        fresh("23 08:00", requester=BOB).says("23 08:30", BOB),
        FIRST,
        "23 09:00",
        "running 1h due 23 10:00:00",
    ),
    "the requester is a team": (
        fresh("23 08:00", requester="buyers").says("23 08:30", ANA).says("23 08:40", "eve@example.org"),
        NEXT,
        "23 09:00",
        "running 20m due 23 10:40:00",
    ),
    "an answer is owed since the oldest message": (
        fresh("23 07:00").says("23 07:30", ANA).says("23 08:00", CUSTOMER).says("23 09:00", CUSTOMER),
        NEXT,
        "23 09:30",
        "at-risk 1h 30m due 23 10:00:00",
    ),
    "and given": (
        fresh("23 07:00").says("23 07:30", ANA).says("23 08:00", CUSTOMER).says("23 09:00", BOB),
        NEXT,
        "23 12:00",
        "met 1h due 23 10:00:00 met 23 09:00:00",
    ),
    "and owed again": (
        fresh("23 07:00")
        .says("23 07:30", ANA)
        .says("23 08:00", CUSTOMER)
        .says("23 09:00", BOB)
        .says("23 12:00", CUSTOMER),
        NEXT,
        "23 12:30",
        "running 30m due 23 14:00:00",
    ),
    "news since the beginning": (fresh("23 08:00"), UPDATE, "23 09:00", "running 1h due 23 10:00:00"),
    "news since the last words": (
        fresh("23 08:00").says("23 09:00", ANA).says("23 09:10", CUSTOMER),
        UPDATE,
        "23 09:30",
        "running 30m due 23 11:00:00",
    ),
    "news that never came": (
        fresh("23 08:00").says("23 09:00", ANA),
        UPDATE,
        "23 12:01",
        "breached 2h 1m due 23 11:00:00",
    ),
    "solved": (
        fresh("23 07:00").becomes("23 10:00", "done"),
        SOLVED,
        "25 10:00",
        "met 3h due 23 16:00:00 met 23 10:00:00",
    ),
    "solved too late": (
        fresh("23 07:00").becomes("24 08:00", "done"),
        SOLVED,
        "25 10:00",
        "breached 10h due 23 16:00:00 met 24 08:00:00",
    ),
    "from one end to another is one end": (
        fresh("23 07:00").becomes("23 10:00", "done").becomes("24 10:00", "closed"),
        SOLVED,
        "25 10:00",
        "met 3h due 23 16:00:00 met 23 10:00:00",
    ),
    "waiting for the customer": (
        fresh("23 07:00").becomes("23 08:00", "waiting"),
        SOLVED,
        "23 10:00",
        "paused 1h due -",
    ),
    "waiting in a status that does not pause": (
        fresh("23 07:00").becomes("23 08:00", "hold"),
        SOLVED,
        "23 10:00",
        "running 3h due 23 16:00:00",
    ),
    "waited over lunch": (
        fresh("23 07:00").becomes("23 10:00", "waiting").becomes("23 13:00", "open"),
        SOLVED,
        "23 14:00",
        "running 4h due 24 08:00:00",
    ),
    "waited over a weekend": (
        fresh("20 15:00").becomes("20 16:00", "waiting").becomes("23 08:00", "open"),
        SOLVED,
        "23 09:00",
        "running 2h due 23 16:00:00",
    ),
    "waited outside of hours": (
        fresh("23 16:00").becomes("23 18:00", "waiting").becomes("24 06:00", "open"),
        SOLVED,
        "24 08:00",
        "running 2h due 24 15:00:00",
    ),
    "solved while waiting": (
        fresh("23 07:00").becomes("23 08:00", "waiting").becomes("24 08:00", "done"),
        SOLVED,
        "25 08:00",
        "met 1h due 24 16:00:00 met 24 08:00:00",
    ),
    "breached before it waits": (
        fresh("23 07:00").becomes("24 08:00", "waiting"),
        SOLVED,
        "25 08:00",
        "breached 10h due 23 16:00:00",
    ),
    "used up to the second when it begins to wait": (
        fresh("23 07:00").becomes("23 16:00", "waiting"),
        SOLVED,
        "25 08:00",
        "paused 8h due 23 16:00:00",
    ),
    "an answer while waiting": (
        fresh("23 07:00").becomes("23 08:00", "waiting").says("23 12:00", ANA),
        FIRST,
        "25 08:00",
        "met 1h due 23 13:00:00 met 23 12:00:00",
    ),
    "a message to a ticket that waits": (
        fresh("23 07:00").says("23 07:30", ANA).becomes("23 08:00", "waiting").says("23 09:00", CUSTOMER),
        NEXT,
        "23 10:00",
        "paused 0s due -",
    ),
    "closed without an answer": (
        fresh("23 07:00").becomes("23 08:00", "done"),
        FIRST,
        "25 08:00",
        "paused 1h due -",
    ),
    "raised": (
        fresh("23 07:00", priority="P3").priority("23 08:00", "P1"),
        FIRST,
        "23 07:59",
        "running 59m due 23 10:00:00",
    ),
    "raised, a minute later": (
        fresh("23 07:00", priority="P3").priority("23 07:30", "P1"),
        FIRST,
        "23 07:31",
        "running 31m due 23 08:00:00",
    ),
    "raised above what has elapsed": (
        fresh("23 07:00", priority="P3").priority("23 09:00", "P1"),
        FIRST,
        "23 09:01",
        "breached 2h 1m due 23 08:00:00",
    ),
    "lowered": (
        fresh("23 07:00", priority="P1").priority("23 08:30", "P3"),
        FIRST,
        "23 08:31",
        "running 1h 31m due 23 10:00:00",
    ),
    "a pause survives another priority": (
        fresh("23 07:00", priority="P3")
        .becomes("23 08:00", "waiting")
        .becomes("23 09:00", "open")
        .priority("23 10:00", "P2"),
        SOLVED,
        "23 12:00",
        "running 3h due 23 17:00:00",
    ),
    "before it was there": (fresh("24 07:00"), FIRST, "23 07:00", "none"),
    "what happens later has not happened": (
        fresh("23 07:00").says("23 08:00", ANA).becomes("23 09:00", "done"),
        FIRST,
        "23 07:30",
        "running 30m due 23 09:00:00",
    ),
    "edited by hand to another status": (
        fresh("23 07:00", status="done"),
        SOLVED,
        "23 09:00",
        "met 0s due 23 16:00:00 met 23 07:00:00",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    story, clock, at, line = CASES[name]
    assert story.line(clock, at) == line


def test_medium_three_hours_raised_to_high_two_hours() -> None:
    story = Story("23 10:00", ALWAYS, priority="P3").priority("23 11:00", "P2")
    assert story.line(FIRST, "23 10:59") == "running 59m due 23 13:00:00"
    assert story.line(FIRST, "23 11:00") == "running 1h due 23 12:00:00"


REOPENED = {
    "resume": "running 4h due 24 14:00:00",
    "restart": "running 1h due 24 17:00:00",
    "ignore": "met 3h due 23 16:00:00 met 23 10:00:00",
}


@pytest.mark.parametrize("setting", REOPENED)
def test_reopening(setting: str) -> None:
    settings = desk(f"policies:\n- name: a\n  calendar: office\n  on_reopen: {setting}{TARGETS}")
    story = Story("23 07:00", settings).becomes("23 10:00", "done").becomes("24 08:00", "open")
    assert story.line(SOLVED, "24 09:00") == REOPENED[setting]


def test_solved_again() -> None:
    for setting, line in {
        "resume": "met 4h due 24 14:00:00 met 24 09:00:00",
        "restart": "met 1h due 24 17:00:00 met 24 09:00:00",
        "ignore": "met 3h due 23 16:00:00 met 23 10:00:00",
    }.items():
        settings = desk(f"policies:\n- name: a\n  calendar: office\n  on_reopen: {setting}{TARGETS}")
        story = Story("23 07:00", settings).becomes("23 10:00", "done").becomes("24 08:00", "open")
        assert story.becomes("24 09:00", "closed").line(SOLVED, "25 09:00") == line


def test_daylight_saving() -> None:
    winter = Story("2026-10-23T15:00:00Z")  # Friday, 17:00 in Berlin
    found = Judge(OFFICE, datetime(2026, 10, 26, 8, tzinfo=UTC)).judge(winter.ticket, ())
    assert found.clocks[0].due_at == datetime(2026, 10, 26, 8, tzinfo=UTC)  # Monday, 09:00 in Berlin
    assert found.clocks[0].elapsed_seconds == 2 * HOUR


def test_the_first_policy_that_matches_holds() -> None:
    settings = desk(
        f"policies:\n- name: vip\n  when: 'label:vip'\n  calendar: always{TARGETS}"
        f"- name: standard\n  calendar: office{TARGETS}"
    )
    judge = Judge(settings, moment("23 09:00"))
    plain = Story("23 07:00", settings)
    explained = judge.explain(plain.ticket, plain.thread)
    assert [(each.policy.name, each.holds) for each in explained.choices] == [
        ("vip", False),
        ("standard", True),
    ]
    vip = plain.ticket.with_fields({"labels": ("vip",)})
    assert judge.judge(vip, ()).policy == "vip"
    label = Change("labels", (), ("vip",))
    plain.entry("23 08:00", ANA, "", label)
    assert Judge(settings, moment("23 07:30")).judge(plain.ticket, plain.thread).policy == "standard"


def test_no_policy_and_no_target() -> None:
    head = "policies:\n- name: vip\n  when: 'label:vip'\n  calendar: always\n"
    settings = desk(f"{head}  targets:\n    P1: {{resolution: 4h}}\n")
    story = Story("23 07:00", settings)
    judged = Judge(settings, moment("23 09:00")).judge(story.ticket, ())
    assert (judged.policy, {each.state for each in judged.clocks}) == ("", {State.NONE})
    assert Judge(settings, moment("23 09:00")).explain(story.ticket, ()).calendar is None
    vip = Story("23 07:00", settings, labels=("vip",))
    assert vip.line(SOLVED, "23 09:00") == "none"
    urgent = Story("23 07:00", settings, labels=("vip",), priority="P1")
    assert [urgent.line(each, "23 09:00") for each in Clock][:3] == ["none"] * 3
    assert urgent.line(SOLVED, "23 09:00") == "running 2h due 23 11:00:00"


def test_where_no_agents_are_listed_everybody_but_the_requester_is_one() -> None:
    settings = desk(people="agents: {}\n")
    assert is_agent(settings.people, "whoever@example.com")
    story = Story("23 08:00", settings).says("23 08:30", CUSTOMER).says("23 09:00", "whoever@example.com")
    assert story.line(FIRST, "23 12:00") == "met 1h due 23 10:00:00 met 23 09:00:00"


def test_a_skew_of_two_seconds_is_nothing() -> None:
    story = Story("23 07:00").becomes("23 08:00:02", "waiting").becomes("23 08:00:00", "open")
    assert story.line(SOLVED, "23 09:00") == "running 2h due 23 16:00:00"
    late = Story("23 07:00").says("23 09:00:02", ANA)
    assert late.line(FIRST, "23 09:00") == "met 2h due 23 09:00:00 met 23 09:00:00"
    assert late.line(FIRST, "23 08:59:59") == "at-risk 1h 59m 59s due 23 09:00:00"
    early = Story("23 07:00").says("23 06:59:59", ANA)
    assert early.line(FIRST, "23 09:00") == "met 0s due 23 09:00:00 met 23 07:00:00"


def test_entries_of_two_branches_stand_in_the_order_of_time() -> None:
    story = Story("23 07:00").says("23 10:00", CUSTOMER).says("23 08:00", ANA)
    assert story.line(FIRST, "23 12:00") == "met 1h due 23 09:00:00 met 23 08:00:00"
    assert story.line(NEXT, "23 10:30") == "running 30m due 23 13:00:00"


def test_an_explanation_accounts_for_all_time() -> None:
    story = Story("20 15:30").becomes("20 16:00", "waiting").becomes("23 08:00", "open")
    explained = Judge(OFFICE, moment("23 09:30")).explain(story.ticket, story.thread)
    told = [
        (f"{each.start:%d %H:%M}", f"{each.end:%d %H:%M}", each.reason)
        for each in explained.stretches[Clock.RESOLUTION]
    ]
    assert told == [
        ("20 15:30", "20 16:00", ""),
        ("20 16:00", "23 08:00", "waiting"),
        ("23 08:00", "23 09:30", ""),
    ]
    lunch = Judge(OFFICE, moment("23 14:00")).explain(Story("23 10:00").ticket, ())
    reasons = [each.reason for each in lunch.stretches[Clock.FIRST_RESPONSE]]
    assert reasons == ["", "outside opening hours", ""]


@st.composite
def histories(draw: st.DrawFn) -> Story:
    """Anything that may happen to a ticket in ten days."""
    story = Story("16 06:00", priority=draw(st.sampled_from(["P1", "P2", "P3"])))
    minutes = sorted(draw(st.lists(st.integers(1, 14_000), max_size=8)))
    for each in minutes:
        at = f"{moment('16 06:00') + timedelta(minutes=each):%d %H:%M}"
        what = draw(st.sampled_from(["new", "open", "waiting", "hold", "done", ANA, CUSTOMER, "P1", "P3"]))
        if "@" in what:
            story.says(at, what)
        elif what.startswith("P"):
            story.priority(at, what)
        elif what != story.ticket.status:
            story.becomes(at, what)
    return story


@given(histories(), st.integers(0, 15_000))
def test_clocks_agree_with_working_time_and_with_their_explanation(story: Story, minutes: int) -> None:
    now = moment("16 06:00") + timedelta(minutes=minutes)
    explained = Judge(OFFICE, now).explain(story.ticket, story.thread)
    office = OFFICE.sla.calendar("office")
    for clock in explained.judgement.clocks:
        if clock.started_at is None or clock.target_seconds is None:
            assert clock == ClockState(clock.clock)
            continue
        parts = explained.stretches[clock.clock]
        counted = sum(int((each.end - each.start).total_seconds()) for each in parts if each.counts)
        assert clock.elapsed_seconds == counted
        assert clock.remaining_seconds == clock.target_seconds - counted
        end = clock.met_at or now
        assert [each.start for each in parts][1:] == [each.end for each in parts][:-1]
        assert not parts or (parts[0].start, parts[-1].end) == (clock.started_at, end)
        stops = [(each.start, each.end) for each in parts if each.reason in {"waiting", "done"}]
        assert between(office, clock.started_at, end, stops) == counted
        assert (clock.state is State.BREACHED) == (counted > clock.target_seconds)
        assert (clock.due_at is None) == (clock.paused and counted < clock.target_seconds)
        if clock.due_at is not None:
            assert clock.due_at == add(office, clock.started_at, clock.target_seconds, stops)
            assert clock.due_at >= end or counted >= clock.target_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90m", 5400),
        ("1h30m", 5400),
        ("2d", 48 * HOUR),
        ("45s", 45),
        ("1D2H3M4S", 93_784),
        ("0h", 0),
        ("3650d", 3650 * 24 * HOUR),
        ("3651d", None),
        ("", None),
        ("h", None),
        ("8", None),
        ("1m1h", None),
        ("-1h", None),
        ("1.5h", None),
        ("\N{ARABIC-INDIC DIGIT ONE}h", None),
    ],
)
def test_targets(text: str, seconds: int | None) -> None:
    assert parse_target(text) == seconds


def test_durations_are_shown_in_hours() -> None:
    assert [show_seconds(each) for each in (0, 59, 60, 3661, 90_000, -20)] == [
        *("0s", "59s", "1m", "1h 1m 1s", "25h", "-20s")
    ]

"""The clocks of tickets, held against an oracle that goes through their time second by second.

The oracle knows nothing of intervals: a second counts where the calendar has a window over it and no status
stops the clocks. Calendars, zones, holidays, histories and the moment of the look are any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import compress, islice

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domain.test_sla import ANA, BOB, CUSTOMER, ROBOT, desk
from tests.domain.test_worktime import cases, opening
from tkt.domain.clocks import ClockState, State
from tkt.domain.entry import Change, Entry
from tkt.domain.fields import format_time
from tkt.domain.levels import Clock
from tkt.domain.settings import Settings
from tkt.domain.sla import Judge
from tkt.domain.ticket import Ticket
from tkt.domain.worktime import DAY, Calendar

HORIZON = 12 * DAY
"""So far the oracle looks ahead of the creation; a deadline beyond that is only known to be beyond."""

TARGETS = {
    "P1": {"first_response": 3600, "next_response": 1800, "update": 7200, "resolution": 4 * 3600},
    "P2": {"first_response": 7201, "next_response": 3600, "update": 14_400, "resolution": 16 * 3600},
    "P3": {"first_response": 1, "next_response": 5400, "resolution": 40 * 3600},
}
_BEYOND = -1
WARN_AT = 60
_SKEW = 2

STATUSES = ("new", "open", "hold", "waiting", "done", "closed")
STOPPING, DONE = {"waiting", "done", "closed"}, {"done", "closed"}
VOICES = {
    "agent": (ANA, "public", {}),
    "colleague": (BOB, "public", {}),
    "customer": (CUSTOMER, "public", {}),
    "note": (ANA, "internal", {}),
    "bot": (ROBOT, "public", {}),
    "rule": (ANA, "public", {"rule": "greeting"}),
    "stranger": ("other@example.net", "public", {}),
}

Happening = tuple[int, str]
"""Seconds since the creation, and what happens: a voice, a status or a priority."""


def policies(on_reopen: str) -> Settings:
    rows = "".join(
        f"    {priority}: {{{', '.join(f'{clock}: {amount}s' for clock, amount in row.items())}}}\n"
        for priority, row in TARGETS.items()
    )
    return desk(
        f"policies:\n- name: any\n  calendar: office\n  on_reopen: {on_reopen}\n  warn_at: {WARN_AT}%\n"
        f"  targets:\n{rows}"
    )


SETTINGS = {each: policies(each) for each in ("resume", "restart", "ignore")}


def ticket_of(created: datetime, happenings: list[Happening], *, asked: bool) -> tuple[Ticket, list[Entry]]:
    """A ticket to which all of that has happened, and its thread."""
    fields: dict[str, str | tuple[str, ...]] = {
        "id": "TKT-2j00001", "created": format_time(created), "created_by": CUSTOMER if asked else ANA,
        "requester": CUSTOMER if asked else "", "status": "new", "priority": "P2", "type": "task",
        "labels": (),
    }  # fmt: skip
    thread = []
    for number, (second, what) in enumerate(happenings, 1):
        at, name = created + timedelta(seconds=second), f"e{number:03}"
        if what in VOICES:
            by, visibility, extra = VOICES[what]
            thread.append(Entry(name, at, by, number, visibility=visibility, body="Words.\n", extra=extra))
            continue
        key = "status" if what in STATUSES else "priority"
        thread.append(Entry(name, at, ANA, number, changes=(Change(key, str(fields[key]), what),)))
        fields[key] = what
    return Ticket(fields), thread


@dataclass
class Oracle:
    """A ticket that lives through its seconds."""

    asked: bool
    on_reopen: str
    status: str = "new"
    priority: str = "P2"
    runs: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    stopped: list[tuple[int, str]] = field(default_factory=lambda: [(0, "new")])

    def live(self, happenings: list[Happening], now: int) -> None:
        """See what has happened until a moment, as the people at the desk saw it."""
        self.runs = {"update": (0, None), "resolution": (0, None)}
        if self.asked:
            self.runs["first_response"] = (0, None)
        for second, what in happenings:
            if second <= now + _SKEW:
                self.see(min(second, now), what)

    def see(self, second: int, what: str) -> None:
        if what in {"agent", "colleague"}:
            self.answered(second)
        elif what == "customer" and self.asked:
            answered = self.runs["first_response"][1] is not None
            if answered and self.runs.get("next_response", (0, 0))[1] is not None:
                self.runs["next_response"] = (second, None)
        elif what in STATUSES:
            self.moved(second, what)
        elif what in TARGETS:
            self.priority = what

    def answered(self, second: int) -> None:
        self.runs["update"] = (second, None)
        for each in ("first_response", "next_response"):
            if each in self.runs and self.runs[each][1] is None:
                self.runs[each] = (self.runs[each][0], second)

    def moved(self, second: int, status: str) -> None:
        start, met = self.runs["resolution"]
        if status in DONE and self.status not in DONE:
            again = met is not None and self.on_reopen == "ignore"
            self.runs["resolution"] = (start, met if again else second)
        elif self.status in DONE and status not in DONE and self.on_reopen != "ignore":
            self.runs["resolution"] = (second if self.on_reopen == "restart" else start, None)
        self.status = status
        self.stopped.append((second, status))

    def states(self, open_seconds: bytes, now: int) -> Iterator[tuple[str, tuple[State, int, int | None]]]:
        """Each clock that runs: how it stands, what elapsed, and the second at which it is due.

        That is `_BEYOND` where it lies beyond the horizon, and None where the clock stands still before it.
        """
        for name, (start, met) in self.runs.items():
            target = TARGETS[self.priority].get(name)
            if target is None:
                continue
            end = now if met is None else met
            counting = bytearray(open_seconds)
            for first, last in self.stops(end):
                counting[first:last] = bytes(last - first)
            elapsed = counting[start:end].count(1)
            paused = met is None and self.status in STOPPING
            due = next(islice(compress(range(start, HORIZON), counting[start:]), target - 1, None), None)
            ends = None if paused and elapsed < target else _BEYOND if due is None else due + 1
            yield name, (self.state(elapsed, target, met=met is not None, paused=paused), elapsed, ends)

    def stops(self, end: int) -> Iterator[tuple[int, int]]:
        """The seconds until a moment in which the status stops the clocks."""
        ends = [*(second for second, _ in self.stopped[1:]), end]
        for (first, status), last in zip(self.stopped, ends, strict=True):
            if status in STOPPING and first < min(last, end):
                yield first, min(last, end)

    @staticmethod
    def state(elapsed: int, target: int, *, met: bool, paused: bool) -> State:
        if elapsed > target:
            return State.BREACHED
        if met or paused:
            return State.MET if met else State.PAUSED
        return State.AT_RISK if elapsed >= target * WARN_AT / 100 else State.RUNNING


def seconds_of(calendar: Calendar, created: datetime) -> bytes:
    """A byte for every second from the creation to the horizon: whether the calendar is open."""
    start = int(created.timestamp())
    line = bytearray(HORIZON)
    for opens, closes in opening(calendar, created, created + timedelta(seconds=HORIZON)):
        first, last = max(opens - start, 0), min(closes - start, HORIZON)
        if first < last:
            line[first:last] = b"\1" * (last - first)
    return bytes(line)


_HAPPENINGS = (
    *VOICES,
    *STATUSES,
    *TARGETS,
    "agent",
    "customer",
    "customer",
    "waiting",
    "open",
    "done",
    "closed",
)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Calendar, datetime, list[Happening], list[int]]:
    """A calendar, a creation about a day on which its zone's clocks change, a history, and some looks."""
    calendar, created, _, _ = draw(cases())
    chance = draw(st.randoms(use_true_random=True))  # histories of all kinds, rather than simple ones

    def some_second() -> int:
        return chance.choice((chance.randrange(6 * DAY), chance.randrange(96) * 3600))

    status, priority, told = "new", "P2", []
    for second in sorted(some_second() for _ in range(chance.randrange(24))):
        each = chance.choice(_HAPPENINGS)
        if each not in {status, priority}:  # nobody can record a change that is none
            told.append((second, each))
            status, priority = (each if each in STATUSES else status), (each if each in TARGETS else priority)
    return calendar, created, told, [some_second(), some_second(), some_second(), 6 * DAY]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(lives(), st.sampled_from(sorted(SETTINGS)), st.sampled_from((True, True, False)))
def test_every_clock_is_what_the_oracle_counts(
    life: tuple[Calendar, datetime, list[Happening], list[int]], on_reopen: str, asked: bool
) -> None:
    calendar, created, happenings, looks = life
    ticket, thread = ticket_of(created, happenings, asked=asked)
    known = SETTINGS[on_reopen]
    any_calendar: Callable[[str], Calendar] = lambda _: calendar  # noqa: E731  a calendar for every name
    here = replace(known, sla=known.sla._replace(calendar=any_calendar))
    open_seconds = seconds_of(calendar, created)
    for now in looks:
        oracle = Oracle(asked, on_reopen)
        oracle.live(happenings, now)
        judged = Judge(here, created + timedelta(seconds=now)).judge(ticket, thread)
        assert [each.clock for each in judged.clocks] == list(Clock)
        expected = dict(oracle.states(open_seconds, now))
        for clock in judged.clocks:
            if clock.clock in expected:
                compare(clock, oracle.runs[clock.clock], expected[clock.clock], created)
            else:
                assert clock == ClockState(clock.clock)


def compare(
    clock: ClockState, run: tuple[int, int | None], expected: tuple[State, int, int | None], created: datetime
) -> None:
    """See that a clock says what the oracle says."""
    (start, met), (state, elapsed, due) = run, expected
    assert (clock.state, clock.elapsed_seconds) == (state, elapsed)
    assert clock.started_at == created + timedelta(seconds=start)
    assert clock.met_at == (None if met is None else created + timedelta(seconds=met))
    if due is None or clock.due_at is None:
        assert due in {None, _BEYOND}
        assert clock.due_at is None
    elif due == _BEYOND:
        assert clock.due_at > created + timedelta(seconds=HORIZON)
    else:
        assert clock.due_at == datetime.fromtimestamp(created.timestamp() + due, UTC)

"""Reads the course of a ticket from its thread; a report that knows all courses does without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from tkt.domain.clocks import ClockState, State
from tkt.domain.entry import PUBLIC, Entry
from tkt.domain.levels import Clock, ServicePolicy
from tkt.domain.metrics.course import Course
from tkt.domain.settings import People, Settings
from tkt.domain.sla import Judge
from tkt.domain.story import RULE, Story, is_agent, known_at
from tkt.domain.ticket import Ticket
from tkt.domain.worktime import Calendar, Pause, add, between, seconds


def course_of(ticket: Ticket, thread: Sequence[Entry], judge: Judge) -> Course:
    """The course of a ticket until the moment of a judge.

    Args:
        ticket: as its file is now; created by then.
        thread: its own entries.
        judge: knows the settings, what is promised, and what was said in tickets that were merged into it.
    """
    settings = judge.settings
    was, known = known_at(ticket, thread, judge.now)
    story = judge.story(ticket, thread)
    judged = judge.judge(ticket, thread)
    policy = next((each for each in settings.sla.policies if each.name == judged.policy), None)
    calendar = settings.sla.calendar(policy.calendar) if policy else None
    exchanges = list(_exchanges(story))
    replies = [seconds(each.at) for each in story.messages if each.by_agent]
    assignees = list(_assignees(was, known, story.created, settings.people))
    closings, reopenings = _turns(story)
    runs = _Runs(was, story, policy, calendar, judge.now) if policy and calendar else None
    return Course(
        created=seconds(story.created),
        asked=story.asked,
        waits=[(seconds(end), _wall(start, end), _open(calendar, start, end)) for start, end in exchanges],
        closings=[
            (
                seconds(at),
                next((who for since, who in reversed(assignees) if since <= seconds(at)), ""),
                _wall(story.created, at),
                _open(calendar, story.created, at),
                _wall(story.created, at) - _stopped(story, at),
            )
            for at in closings
        ],
        reopenings=[seconds(each) for each in reopenings],
        runs=runs.found(judged.clocks, exchanges) if runs else (),
        replies=replies,
        assignees=assignees,
        statuses=[(seconds(each.at), each.status) for each in story.standings],
        queues=list(_transfers(known, "queue")),
        touches=list(_touches(known, settings)),
    )


def _wall(start: datetime, end: datetime) -> int:
    return max(seconds(end) - seconds(start), 0)


def _open(calendar: Calendar | None, start: datetime, end: datetime) -> int | None:
    return between(calendar, start, end) if calendar else None


def _stopped(story: Story, end: datetime) -> int:
    """For how long statuses stopped the clocks, until a moment."""
    return sum(_wall(each.start, min(each.end or end, end)) for each in story.stops)


def _exchanges(story: Story) -> Iterator[tuple[datetime, datetime]]:
    """From when the requester waited, and until an agent answered; the first from the creation."""
    since: datetime | None = story.created if story.asked else None
    for each in story.messages:
        if each.by_agent and since is not None:
            yield since, each.at
            since = None
        elif not each.by_agent and since is None:
            since = each.at


def _turns(story: Story) -> tuple[list[datetime], list[datetime]]:
    """When work on the ticket was over, and when it went on."""
    closings = [story.created] if story.standings[0].done else []
    reopenings = []
    for before, after in pairwise(story.standings):
        if after.done and not before.done:
            closings.append(after.at)
        elif before.done and not after.done:
            reopenings.append(after.at)
    return closings, reopenings


def _assignees(
    ticket: Ticket, thread: Iterable[Entry], created: datetime, people: People
) -> Iterator[tuple[int, str]]:
    """Who had the ticket, and from when; what its file says holds at the end."""
    moves = [(seconds(entry.at), change) for entry in thread for change in entry.changes]
    moves = [(at, change) for at, change in moves if change.field == "assignee"]
    course = [(seconds(created), str(moves[0][1].old) if moves else ticket.assignee)]
    course += [(at, str(change.new)) for at, change in moves]
    if course[-1][1] != ticket.assignee:
        course.append((course[-1][0], ticket.assignee))
    last = None
    for at, name in sorted(course, key=lambda each: each[0]):
        who = people.one(name)
        if who != last:
            yield at, who
        last = who


def _transfers(thread: Iterable[Entry], field: str) -> Iterator[int]:
    """When a field that was set got another value."""
    for entry in thread:
        for change in entry.changes:
            if change.field == field and change.old and change.new:
                yield seconds(entry.at)


def _touches(thread: Iterable[Entry], settings: Settings) -> Iterator[tuple[int, str, int, bool]]:
    for entry in thread:
        if RULE not in entry.extra and is_agent(settings.people, entry.by):
            said = entry.visibility == PUBLIC and bool(entry.body.strip() or entry.attachments)
            yield seconds(entry.at), settings.people.one(entry.by), entry.minutes or 0, said


class _Runs:
    """The runs of a ticket's clocks."""

    def __init__(
        self, ticket: Ticket, story: Story, policy: ServicePolicy, calendar: Calendar, now: datetime
    ) -> None:
        self.priority = ticket.priority
        self.story = story
        self.policy = policy
        self.calendar = calendar
        self.now = now

    def found(
        self, clocks: Iterable[ClockState], exchanges: Sequence[tuple[datetime, datetime]]
    ) -> list[tuple[str, int, bool]]:
        """Every run that ended: the last of each clock as it was judged, the ones before it by what holds."""
        found = [self._judged(each) for each in clocks]
        later = [pair for pair in exchanges[1:] if pair[1] != _met(clocks, Clock.NEXT_RESPONSE)]
        found += [self._measured(Clock.NEXT_RESPONSE, *pair) for pair in later]
        told = [self.story.created, *(each.at for each in self.story.messages if each.by_agent)]
        found += [self._measured(Clock.UPDATE, *pair) for pair in pairwise(told)]
        return [(each[0].value, seconds(each[1]), each[2]) for each in found if each]

    def _judged(self, state: ClockState) -> tuple[Clock, datetime, bool] | None:
        if state.target_seconds is None or state.started_at is None or state.state is State.PAUSED:
            return None
        if state.state is State.MET and state.met_at is not None:
            return state.clock, state.met_at, True
        late = self._late(state.started_at, state.target_seconds)
        met = state.met_at
        end = min(late, met) if late and met else late or met
        return (state.clock, end, False) if end else None

    def _measured(self, clock: Clock, start: datetime, met: datetime) -> tuple[Clock, datetime, bool] | None:
        target = self.policy.target(self.priority, clock)
        if target is None:
            return None
        if between(self.calendar, start, met, self._pauses(start)) <= target:
            return clock, met, True
        return clock, self._late(start, target) or met, False

    def _late(self, start: datetime, target: int) -> datetime | None:
        """The first moment at which more than the target is used up."""
        return add(self.calendar, start, target + 1, self._pauses(start))

    def _pauses(self, start: datetime) -> Iterator[Pause]:
        for each in self.story.stops:
            end = each.end or self.now
            if end > start:
                yield max(each.start, start), end


def _met(clocks: Iterable[ClockState], clock: Clock) -> datetime | None:
    return next(each.met_at for each in clocks if each.clock is clock)

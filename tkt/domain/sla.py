"""How much time the promises of a team have left: the clocks of a ticket, from its thread and nothing else.

A clock runs from its start until what it waits for happens. Time counts while the ticket's calendar is open
and its status lets it: a status that pauses stops every clock, and so does one that ends the ticket. Whatever
has changed meanwhile, priority or policy, the whole time is measured by what holds now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from tkt.domain.clocks import ClockState, Judgement, State, state_of
from tkt.domain.closing import closing_entry
from tkt.domain.conditions import Condition
from tkt.domain.entry import Entry
from tkt.domain.levels import Clock, OnReopen, ServicePolicy
from tkt.domain.matching import Matcher, Relations, Subject
from tkt.domain.policies import policy_conditions
from tkt.domain.settings import Settings
from tkt.domain.story import MERGES, SKEW, Cycle, Stop, Story, joined_by, known_at, story_of
from tkt.domain.stretch import Stretch, stretches_of
from tkt.domain.ticket import Ticket
from tkt.domain.verdict import ClockVerdict, Verdict, fingerprint
from tkt.domain.worktime import Calendar, Pause, add, between


class Choice(NamedTuple):
    """A policy that was tried for a ticket, and whether it holds."""

    policy: ServicePolicy
    holds: bool


class Explanation(NamedTuple):
    """Why the clocks of a ticket stand as they do.

    Args:
        judgement: how they stand.
        choices: the policies that were tried, until one held.
        calendar: the one that counts; None where no policy holds.
        stretches: what each clock has seen, in the order of time.
        recorded: the entry that closed the ticket and says how its clocks stood; None where none does.
    """

    judgement: Judgement
    choices: tuple[Choice, ...]
    calendar: Calendar | None
    stretches: dict[Clock, tuple[Stretch, ...]]
    recorded: Entry | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A ticket as it was at a moment, and what had happened until then."""

    ticket: Ticket
    thread: Sequence[Entry]
    story: Story
    stops: tuple[Stop, ...]


ReadTicket = Callable[[str], tuple[Ticket, Sequence[Entry]] | None]
"""Reads a ticket, with its own entries, by its id; None where that cannot be done."""


def none_there(_ticket_id: str) -> None:
    """Reads no ticket: of one alone, what others say does not matter."""


class Judge:
    """Reads the clocks of tickets.

    Args:
        settings: what is promised, who is an agent, which statuses pause.
        now: the moment at which the clocks are read, UTC; what is later has not happened.
        read: reads the tickets that were merged into others.
    """

    def __init__(self, settings: Settings, now: datetime, read: ReadTicket = none_there) -> None:
        self.settings = settings
        self.now = now
        self.read = read
        self._matcher = Matcher(settings, lambda: Relations({}, {}))

    def at(self, moment: datetime) -> Judge:
        """The same at another moment."""
        return Judge(self.settings, moment, self.read)

    @cached_property
    def _rules(self) -> tuple[tuple[ServicePolicy, Condition], ...]:
        return tuple(zip(self.settings.sla.policies, policy_conditions(self.settings, self.now), strict=True))

    @property
    def timeless(self) -> bool:
        """Whether which policy holds for a ticket cannot change while nothing happens to it."""
        later = policy_conditions(self.settings, self.now + timedelta(days=1))
        return tuple(condition for _, condition in self._rules) == later

    def judge(self, ticket: Ticket, thread: Sequence[Entry]) -> Judgement:
        """How the clocks of a ticket stand.

        Args:
            ticket: as its file is now.
            thread: its own entries.
        """
        seen = self._seen(ticket, thread)
        closing = self._closing(seen)
        if closing and closing.verdict:
            return Judgement(ticket.id, closing.verdict.policy, _as_recorded(seen.story, closing), open=False)
        policy = self._policy(seen)
        if policy is None:
            clocks = tuple(map(ClockState, Clock))
        else:
            clocks = tuple(self._state(seen, policy, each) for each in Clock)
        return Judgement(ticket.id, policy.name if policy else "", clocks, self._is_open(seen))

    def runs(self, ticket: Ticket, thread: Sequence[Entry]) -> Judgement:
        """Every run that the clocks of a ticket had, all of them measured by what is promised now."""
        seen = self._seen(ticket, thread)
        policy = self._policy(seen)
        runs = (each for clock in Clock for each in self._runs(seen, policy, clock)) if policy else ()
        return Judgement(ticket.id, policy.name if policy else "", tuple(runs), self._is_open(seen))

    def _runs(self, seen: _Seen, policy: ServicePolicy, clock: Clock) -> Iterable[ClockState]:
        if policy.target(seen.ticket.priority, clock) is not None:
            for each in seen.story.cycles(clock, policy.on_reopen):
                yield self._run_of(seen, policy, clock, each)

    def verdict(self, ticket: Ticket, thread: Sequence[Entry]) -> Verdict | None:
        """What is to be recorded of a ticket that has just been closed; None where no clock ran.

        Args:
            ticket: as it is after that.
            thread: its own entries, of which the last one closed it and has no verdict yet.
        """
        judged = self.judge(ticket, thread)
        policy = next((each for each in self.settings.sla.policies if each.name == judged.policy), None)
        clocks = tuple(each for each in map(_final, judged.clocks) if each)
        if policy is None or not clocks:
            return None
        return Verdict(policy.name, self._fingerprint(policy), clocks)

    def recount(self, ticket: Ticket, thread: Sequence[Entry], verdict: Verdict) -> Verdict | None:
        """A verdict as its own settings count the times that it names; None where those have changed since.

        Args:
            ticket: as its file is now.
            thread: its own entries.
            verdict: of the entry that closed it at the moment of this judge.
        """
        seen, policy = self._seen(ticket, thread), self._unchanged(verdict)
        if policy is None:
            return None
        states = (
            self._run_of(seen, policy, each.clock, Cycle(each.start, each.met)) for each in verdict.clocks
        )
        return verdict._replace(clocks=tuple(each for each in map(_final, states) if each))

    def used_up(self, ticket: Ticket, thread: Sequence[Entry], clock: Clock, amount: int) -> datetime | None:
        """When a clock had run for some seconds of working time, UTC; None where it has not."""
        seen = self._seen(ticket, thread)
        policy = self._policy(seen)
        cycle = self._cycle(seen, policy, clock) if policy else None
        if policy is None or cycle is None:
            return None
        pauses = list(_pauses(seen.stops, cycle.start, self.now))
        return add(self.settings.sla.calendar(policy.calendar), cycle.start, amount, pauses)

    def _unchanged(self, verdict: Verdict) -> ServicePolicy | None:
        """The policy that a verdict names, where it still counts as it did then."""
        named = (each for each in self.settings.sla.policies if each.name == verdict.policy)
        return next((each for each in named if self._fingerprint(each) == verdict.settings), None)

    def _fingerprint(self, policy: ServicePolicy) -> str:
        statuses = self.settings.workflow.statuses.values()
        return fingerprint(policy, self.settings.sla.calendar(policy.calendar), statuses)

    def _closing(self, seen: _Seen) -> Entry | None:
        """The entry that closed a ticket, as long as it is closed."""
        workflow = self.settings.workflow
        return closing_entry(seen.thread, workflow) if workflow.is_done(seen.ticket.status) else None

    def _policy(self, seen: _Seen) -> ServicePolicy | None:
        choices = self._choices(seen)
        return choices[-1].policy if choices and choices[-1].holds else None

    def _is_open(self, seen: _Seen) -> bool:
        return seen.ticket.created <= self.now and not self.settings.workflow.is_done(seen.ticket.status)

    def explain(self, ticket: Ticket, thread: Sequence[Entry]) -> Explanation:
        """Why the clocks of a ticket stand as they do."""
        seen = self._seen(ticket, thread)
        judged = self.judge(ticket, thread)
        closing = self._closing(seen)
        if closing and closing.verdict:
            known = (each for each in self.settings.sla.policies if each.name == judged.policy)
            policy = next(
                (each for each in known if self._fingerprint(each) == closing.verdict.settings), None
            )
            return self._explained(seen, judged, policy)._replace(recorded=closing)
        choices = tuple(self._choices(seen))
        policy = choices[-1].policy if judged.policy else None
        return self._explained(seen, judged, policy)._replace(choices=choices)

    def _explained(self, seen: _Seen, judged: Judgement, policy: ServicePolicy | None) -> Explanation:
        """What each clock has seen, as a policy counts it; None where none holds, or it has changed."""
        if policy is None:
            return Explanation(judged, (), None, {})
        calendar = self.settings.sla.calendar(policy.calendar)
        stretches = {}
        for each in judged.clocks:
            if each.started_at:
                end = each.met_at or self.now
                stretches[each.clock] = tuple(stretches_of(calendar, each.started_at, end, seen.stops))
        return Explanation(judged, (), calendar, stretches)

    def story(self, ticket: Ticket, thread: Sequence[Entry]) -> Story:
        """What happened to a ticket, with what was said in those that were merged into it."""
        return self._seen(ticket, thread).story

    def _seen(self, ticket: Ticket, thread: Sequence[Entry]) -> _Seen:
        was, known = known_at(ticket, thread, self.now)
        story = self._case(ticket.id, story_of(was, known, self.settings, self.now), known, {ticket.id})
        return _Seen(was, known, story, story.stops)

    def _case(self, ticket_id: str, story: Story, thread: Sequence[Entry], seen: set[str]) -> Story:
        """A story with those of the tickets that a thread says were merged, as long as they are."""
        named = (each.extra[MERGES].split(", ") for each in thread if MERGES in each.extra)
        for other in (one for ids in named for one in ids if one not in seen):
            seen.add(other)
            ticket, said = self.read(other) or (Ticket({}), ())
            if ticket.merged_into == ticket_id:
                known = [each for each in said if each.at <= self.now + SKEW]
                story = joined_by(story, ticket, known, self.settings, self.now)
                story = self._case(other, story, known, seen)
        return story

    def _choices(self, seen: _Seen) -> list[Choice]:
        """The policies that are tried, up to the first that holds.

        None is before there is a ticket, nor once it was merged into another one, whose clocks count.
        """
        found: list[Choice] = []
        over = seen.ticket.merged_into and self.settings.workflow.is_done(seen.ticket.status)
        if over or seen.ticket.created > self.now + SKEW:
            return found
        subject = Subject(seen.ticket, lambda: seen.thread, self.settings)
        for policy, condition in self._rules:
            found.append(Choice(policy, self._matcher.meets(subject, condition)))
            if found[-1].holds:
                break
        return found

    def _cycle(self, seen: _Seen, policy: ServicePolicy, clock: Clock) -> Cycle | None:
        return seen.story.cycle(clock, policy.on_reopen)

    def _state(self, seen: _Seen, policy: ServicePolicy, clock: Clock) -> ClockState:
        return self._run_of(seen, policy, clock, self._cycle(seen, policy, clock))

    def _run_of(self, seen: _Seen, policy: ServicePolicy, clock: Clock, cycle: Cycle | None) -> ClockState:
        target = policy.target(seen.ticket.priority, clock)
        if target is None or cycle is None:
            return ClockState(clock)
        calendar = self.settings.sla.calendar(policy.calendar)
        return _measured(clock, cycle, target, policy.warn_at, calendar, seen.stops, self.now)


def _final(each: ClockState) -> ClockVerdict | None:
    """How a clock of a ticket that was just closed is recorded; None where it does not run."""
    if each.started_at is None or each.target_seconds is None or each.elapsed_seconds is None:
        return None
    amounts = each.target_seconds, each.elapsed_seconds
    return ClockVerdict(each.clock, each.state, *amounts, each.started_at, each.due_at, each.met_at)


def _as_recorded(story: Story, closing: Entry) -> tuple[ClockState, ...]:
    """The clocks of a closed ticket: as they were recorded, but for answers that came afterwards."""
    said = {each.clock: each for each in closing.verdict.clocks} if closing.verdict else {}
    return tuple(_kept(said[each], story) if each in said else ClockState(each) for each in Clock)


def _kept(was: ClockVerdict, story: Story) -> ClockState:
    met, state = was.met, State(was.state)
    if met is None:
        cycle = story.cycle(was.clock, OnReopen.RESUME)
        met = cycle.met if cycle and cycle.start == was.start else None
        state = State.MET if met and state is State.PAUSED else state
    return ClockState(
        was.clock,
        state,
        started_at=was.start,
        due_at=was.due,
        met_at=met,
        target_seconds=was.target,
        elapsed_seconds=was.elapsed,
        remaining_seconds=was.target - was.elapsed,
        paused=met is None,
    )


def _measured(  # noqa: PLR0913, PLR0917  a clock has that many sides
    clock: Clock,
    cycle: Cycle,
    target: int,
    warn_at: int,
    calendar: Calendar,
    stops: Sequence[Stop],
    now: datetime,
) -> ClockState:
    end = cycle.met or now
    pauses = list(_pauses(stops, cycle.start, end))
    elapsed = between(calendar, cycle.start, end, pauses)
    paused = cycle.met is None and bool(stops) and stops[-1].end is None
    stands = paused and elapsed < target
    return ClockState(
        clock,
        state_of(elapsed, target, warn_at, met=cycle.met is not None, paused=paused),
        started_at=cycle.start,
        due_at=None if stands else add(calendar, cycle.start, target, pauses),
        met_at=cycle.met,
        target_seconds=target,
        elapsed_seconds=elapsed,
        remaining_seconds=target - elapsed,
        paused=paused,
    )


def _pauses(stops: Iterable[Stop], start: datetime, end: datetime) -> Iterable[Pause]:
    """The stops as far as they lie between two moments."""
    for each in stops:
        first, last = max(each.start, start), min(each.end or end, end)
        if first < last:
            yield first, last

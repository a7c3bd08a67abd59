"""What the clocks of a ticket say to lists and queries: how it stands, and which clock comes first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tkt.domain.clocks import ClockState, Judgement, State, state_of
from tkt.domain.conditions import Clocked, OfClocks
from tkt.domain.fields import format_time
from tkt.domain.settings import Settings

MISSED = "missed"
"""A clock ran out, and either still waits or was met too late."""

_WORST_FIRST = (State.BREACHED, State.AT_RISK, State.RUNNING, State.PAUSED, MISSED, State.MET)


def most_urgent(judged: Judgement) -> ClockState | None:
    """The clock that waits and has the least time left; None where none waits."""
    waiting = [each for each in judged.clocks if each.waiting]
    return min(waiting, key=lambda each: each.remaining_seconds or 0, default=None)


def standing(judged: Judgement) -> str:
    """One word for all of it: the worst state of a clock that waits, or how they were met.

    "" where no clock has run.
    """
    words = _words(judged)
    return next((each for each in _WORST_FIRST if each in words), "")


def clock_fields(judged: Judgement) -> dict[str, str]:
    """The fields of TIMED as they are stored; "" for none."""
    first = most_urgent(judged)
    return {
        "sla": standing(judged),
        "left": str(first.remaining_seconds) if first else "",
        "sla_due": format_time(first.due_at) if first and first.due_at else "",
    }


def meets(judged: Judgement, asked: OfClocks) -> bool:
    """Whether the clocks of a ticket are as a condition has it."""
    if isinstance(asked, Clocked):
        return not _words(judged).isdisjoint(asked.states)
    first = most_urgent(judged)
    if first is None or first.due_at is None:
        return False
    due = first.due_at.timestamp()
    return (asked.low is None or asked.low <= due) and (asked.high is None or due < asked.high)


def _words(judged: Judgement) -> set[str]:
    """All that is true of a ticket's clocks; `breached` only while somebody can still meet the clock."""
    found: set[str] = set()
    for each in judged.clocks:
        if each.state is State.BREACHED:
            found.add(MISSED)
        if each.waiting or each.state is State.MET:
            found.add(each.state)
    return found or {State.NONE}


class Later:
    """Tells how clocks stand later than they were read, where nothing has happened since.

    Args:
        settings: what is promised.
        now: the moment that is meant, UTC.
        between: the seconds of working time between two moments, by the name of a calendar.
    """

    def __init__(
        self, settings: Settings, now: datetime, between: Callable[[str, datetime, datetime], int]
    ) -> None:
        self.now = now
        self._between = between
        self._policies = {each.name: each for each in settings.sla.policies}
        self._passed: dict[tuple[str, datetime], int] = {}

    def judgement(self, read: Judgement, then: datetime) -> Judgement:
        """The same clocks now.

        Args:
            read: how they stood.
            then: when that was, UTC; not later than now.
        """
        if not read.open or not read.policy:
            return read
        policy, passed = self._policies[read.policy], self._since(read.policy, then)
        return read._replace(clocks=tuple([_gone_on(each, passed, policy.warn_at) for each in read.clocks]))

    def _since(self, policy: str, then: datetime) -> int:
        """The working time that has passed by the calendar of a policy."""
        key = self._policies[policy].calendar, then
        if key not in self._passed:
            self._passed[key] = self._between(key[0], then, self.now)
        return self._passed[key]


def _gone_on(clock: ClockState, passed: int, warn_at: int) -> ClockState:
    """A clock after so many seconds more of working time."""
    if clock.paused or not clock.waiting or clock.elapsed_seconds is None or clock.target_seconds is None:
        return clock
    elapsed, target = clock.elapsed_seconds + passed, clock.target_seconds
    state = state_of(elapsed, target, warn_at, met=False, paused=False)
    return ClockState(
        clock.clock, state, clock.started_at, clock.due_at, None, target, elapsed, target - elapsed
    )

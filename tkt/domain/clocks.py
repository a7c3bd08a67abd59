"""How clocks stand, for whoever shows them or asks; `sla.py` reads them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tkt.domain.levels import Clock


class State(StrEnum):
    """How a clock stands."""

    MET = "met"
    RUNNING = "running"
    AT_RISK = "at-risk"
    PAUSED = "paused"
    BREACHED = "breached"
    NONE = "none"


class ClockState(NamedTuple):
    """One clock of one ticket.

    Args:
        clock: which.
        state: how it stands.
        started_at: since when it counts, UTC; None where it does not run.
        due_at: when its target is used up, UTC; None where it stands still before that.
        met_at: when it was met, in time or late, UTC; None while it waits.
        target_seconds: of working time; None where nothing is promised.
        elapsed_seconds: of working time.
        remaining_seconds: less than 0 when it is breached.
        paused: whether it stands still now.
    """

    clock: Clock
    state: State = State.NONE
    started_at: datetime | None = None
    due_at: datetime | None = None
    met_at: datetime | None = None
    target_seconds: int | None = None
    elapsed_seconds: int | None = None
    remaining_seconds: int | None = None
    paused: bool = False

    @property
    def waiting(self) -> bool:
        """Whether somebody can still do what it waits for."""
        return self.state is not State.NONE and self.met_at is None


class Judgement(NamedTuple):
    """The clocks of one ticket.

    Args:
        ticket: its id.
        policy: the name of the one that holds for it; "" where none does.
        clocks: all four, in their order.
        open: whether work on it was not over at that moment.
    """

    ticket: str
    policy: str
    clocks: tuple[ClockState, ...]
    open: bool


def state_of(elapsed: int, target: int, warn_at: int, *, met: bool, paused: bool) -> State:
    """How a clock stands that has run for so many seconds."""
    if elapsed > target:
        return State.BREACHED
    if met:
        return State.MET
    if paused:
        return State.PAUSED
    return State.AT_RISK if elapsed * 100 >= target * warn_at else State.RUNNING

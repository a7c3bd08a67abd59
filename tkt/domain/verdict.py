"""How a ticket's clocks stood when it was closed, as the entry that closed it says for good."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from tkt.domain.levels import Clock, ServicePolicy

if TYPE_CHECKING:
    from tkt.domain.workflow import Status
    from tkt.domain.worktime import Calendar

MET, BREACHED, PAUSED = "met", "breached", "paused"
FINAL_STATES = (MET, BREACHED, PAUSED)
"""How a clock of a closed ticket can stand: paused, where nobody has met it and time was left."""


class ClockVerdict(NamedTuple):
    """How one clock stood.

    Args:
        clock: which.
        state: one of FINAL_STATES.
        target: seconds of working time.
        elapsed: seconds of working time.
        start: since when it counted, UTC.
        due: when its target was used up, UTC; None where it stood still before that.
        met: when it was met, UTC; None where it was not.
    """

    clock: Clock
    state: str
    target: int
    elapsed: int
    start: datetime
    due: datetime | None = None
    met: datetime | None = None


class Verdict(NamedTuple):
    """How the clocks of a ticket stood when it was closed; those that did not run are left out.

    Args:
        policy: the name of the one that held for it.
        settings: the fingerprint of that policy, of its calendar, and of what statuses mean.
        clocks: in their order.
    """

    policy: str
    settings: str
    clocks: tuple[ClockVerdict, ...]


def fingerprint(policy: ServicePolicy, calendar: Calendar, statuses: Iterable[Status]) -> str:
    """What changes when a policy counts otherwise: 12 hexadecimal digits."""
    import hashlib  # start-up: few commands close a ticket
    import json

    targets = {priority: dict(row) for priority, row in policy.targets.items()}
    stops = sorted((each.name, each.category, each.pauses) for each in statuses)
    counted = [policy.name, policy.when, policy.on_reopen, targets, calendar.name, calendar.source, stops]
    return hashlib.sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()[:12]

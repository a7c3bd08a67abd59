"""What a team has promised: which clock may run how long for which tickets, and when a team works."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tkt.domain.fields import Value
    from tkt.domain.worktime import Calendar

ALWAYS = "always"
"""The calendar that is built in: around the clock, UTC."""

DEFAULT = "default"
"""Stands for every priority without targets of its own."""


WARN_AT = 75
"""From which share of a target a clock is at risk where a policy does not say, in percent."""


class Clock(StrEnum):
    """What is timed."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    UPDATE = "update"
    RESOLUTION = "resolution"


class OnReopen(StrEnum):
    """What becomes of the resolution clock when a ticket is reopened."""

    RESUME = "resume"
    RESTART = "restart"
    IGNORE = "ignore"


WHOLE = 100
"""The share of a target that is all of it, in percent."""


class EscalationLevel(NamedTuple):
    """What happens when a clock has run for so long.

    Args:
        name: by which it is known in threads.
        clocks: those that can reach it.
        share: of the target, in percent.
        after: seconds of working time behind the target; 0 where the share counts.
        tell: names as the settings have them: of people, teams and roles.
        sets: fields that it changes; items are added to a list.
        anytime: whether people are told outside opening hours too.
    """

    name: str
    clocks: tuple[Clock, ...]
    share: int = WHOLE
    after: int = 0
    tell: tuple[str, ...] = ()
    sets: tuple[tuple[str, Value], ...] = ()
    anytime: bool = False

    def needs(self, target: int) -> int:
        """The seconds of working time after which it is reached; a target used up exactly is still met."""
        if self.after:
            return target + self.after
        share = -(-target * self.share // WHOLE)
        return max(share, target + 1) if self.share >= WHOLE else share


class ServicePolicy(NamedTuple):
    """What is promised for some tickets.

    Args:
        name: for people.
        when: the query that a ticket must meet; "" for every ticket.
        calendar: the name of the calendar that counts.
        targets: seconds of working time, by priority or `default`, then by clock.
        on_reopen: what becomes of the resolution clock when a ticket is reopened.
        warn_at: from which share of a target a clock is at risk, in percent.
        escalation: what happens when clocks have run for long.
    """

    name: str
    when: str
    calendar: str
    targets: Mapping[str, Mapping[str, int]]
    on_reopen: OnReopen = OnReopen.RESUME
    warn_at: int = WARN_AT
    escalation: tuple[EscalationLevel, ...] = ()

    def target(self, priority: str, clock: Clock) -> int | None:
        """The seconds that a clock may run; None where nothing is promised.

        A priority with targets of its own has only those; what `default` says is for the others.
        """
        mine = self.targets.get(priority, self.targets.get(DEFAULT, {}))
        return mine.get(clock)


class Deed(StrEnum):
    """What becomes of a push while clocks have run out."""

    REFUSE = "refuse"
    WARN = "warn"
    IGNORE = "ignore"


class PushRule(NamedTuple):
    """What becomes of pushes to some branches while clocks of some tickets have run out.

    Args:
        branches: their names; `*` stands for anything.
        when: the query that a ticket must meet; "" for every ticket.
        deed: what becomes of them.
        early: whether clocks that are at risk count too.
    """

    branches: tuple[str, ...]
    when: str
    deed: Deed
    early: bool = False

    def covers(self, branch: str) -> bool:
        """Whether it is about a branch."""
        from fnmatch import fnmatchcase  # start-up: only a push asks

        return any(fnmatchcase(branch, each) for each in self.branches)


class ServiceLevels(NamedTuple):
    """Everything that is promised.

    Args:
        policies: in their order; the first that a ticket meets holds for it.
        names: of all calendars, the one that is built in among them.
        calendar: a calendar by its name.
        push: in their order; the first that is about a branch and that a ticket meets holds for both.
        bot: who writes what levels do: an address, or a name.
    """

    policies: tuple[ServicePolicy, ...]
    names: tuple[str, ...]
    calendar: Callable[[str], Calendar]
    push: tuple[PushRule, ...] = ()
    bot: str = ""


_TARGET = r"(?:([0-9]{1,4})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})s)?"
_UNITS = (86_400, 3600, 60, 1)
_MOST = 3650 * _UNITS[0]


def parse_target(text: str) -> int | None:
    """Seconds from `90m`, `1h30m`, `45s` or `2d`, which is 48 h; None where it is none of these.

    A target of more than ten years is none either.
    """
    match = re.fullmatch(_TARGET, text.strip().lower())
    if match is None or not any(match.groups()):
        return None
    amount = sum(int(each or 0) * unit for each, unit in zip(match.groups(), _UNITS, strict=True))
    return amount if amount <= _MOST else None


def show_seconds(amount: int) -> str:
    """Such as `1h 30m`, `-20s` or `0s`; hours count on beyond a day, as targets of working time do."""
    sign, rest = ("-", -amount) if amount < 0 else ("", amount)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = f"{f' {hours}h' if hours else ''}{f' {minutes}m' if minutes else ''}{f' {left}s' if left else ''}"
    return sign + (parts[1:] or "0s")

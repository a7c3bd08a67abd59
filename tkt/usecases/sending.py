"""Reports that go out by themselves: which are due, about which period, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tkt.domain.escalation import listed
from tkt.domain.fields import did_you_mean
from tkt.domain.metrics.periods import Almanac, Period
from tkt.domain.settings import Mailing, Settings
from tkt.errors import NotFoundError, UsageError
from tkt.usecases.report import Asked, Courses, Told, told
from tkt.usecases.workspace import Workspace


class Posted(NamedTuple):
    """A report on its way.

    Args:
        key: the same for the same report and period, wherever it is made.
        report: the name under which it is sent.
        since: the first day that it is about.
        until: the last one.
        to: addresses.
        subject: one line.
        text: plain, with line ends.
        mail: all of it as a mailer takes it, RFC 5322.
    """

    key: str
    report: str
    since: str
    until: str
    to: tuple[str, ...]
    subject: str
    text: str
    mail: str


class Due(NamedTuple):
    """A report that is due.

    Args:
        mailing: which.
        period: it is about.
        days: the first and the last day of that.
        at: since when it is due, UTC.
    """

    mailing: Mailing
    period: Period
    days: tuple[str, str]
    at: datetime

    @property
    def key(self) -> str:
        """The same wherever it is made: `report/weekly/week/2026-11-16`."""
        return f"report/{self.mailing.name}/{self.mailing.every}/{self.days[0]}"


def chosen(settings: Settings, names: Sequence[str]) -> list[Mailing]:
    """The reports of those names that go out by themselves; all of them for none.

    Raises:
        NotFoundError: there is none of such a name.
    """
    known = settings.reporting.send
    for name in names:
        if name not in known:
            near = did_you_mean(name, list(known))
            raise NotFoundError(
                f"no report is sent under the name {name!r}" + (f"; {near}" if near else ""),
                f".tkt/project.yaml has under reporting.send: {', '.join(known) or 'nothing'}.",
            )
    return [known[each] for each in dict.fromkeys(names)] if names else list(known.values())


def due(mailing: Mailing, almanac: Almanac) -> Due:
    """The latest period about which a report is due."""
    period, since = almanac.over(mailing.every, mailing.days, mailing.seconds)
    return Due(mailing, period, almanac.days(period), datetime.fromtimestamp(since, UTC))


def told_when_due(ws: Workspace, courses: Courses, each: Due, almanac: Almanac) -> Told:
    """A report that is due."""
    said = each.mailing
    (whole,) = almanac.buckets(each.period, said.every)
    asked = Asked(
        said.report, said.query, whole.name, each.days[1], said.by, compare=said.compare, public=said.public
    )
    return told(ws, courses, asked, almanac)


def addressed(mailing: Mailing, settings: Settings) -> tuple[str, ...]:
    """To whom a report goes: addresses, each once.

    Raises:
        UsageError: to nobody, as things stand.
    """
    found = tuple(dict.fromkeys(one for name in mailing.to for one in listed(name, settings.people)))
    if not found:
        raise UsageError(
            f"report {mailing.name} would go to nobody: {', '.join(mailing.to)}",
            "Name somebody in .tkt/project.yaml, under reporting.send.",
        )
    return found

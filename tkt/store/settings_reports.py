"""What the settings of reports say that does not fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tkt.domain.fields import sentences, shortened
from tkt.domain.metrics.glossary import require_columns
from tkt.domain.metrics.reports import SHIPPED, require_sense
from tkt.domain.settings import WEEKDAYS, Mailing, Settings
from tkt.errors import UsageError
from tkt.store.settings_check import Finding, Place
from tkt.store.settings_levels import told_findings
from tkt.store.settings_sense import asked, known_name
from tkt.store.settings_sla import zone_findings
from tkt.usecases.report import SEND, grouping, reports_of

_ADDRESS = re.compile(r"[!-~]+@[!-~]+")
_NO_ADDRESS = re.compile(r"[\s,;:<>()\[\]\"\\\\]")


def reporting_findings(project: dict[str, Any]) -> Iterator[Finding]:
    """What is said of the times of reports."""
    yield from zone_findings(("reporting", "timezone"), project["reporting"]["timezone"])
    for name, said in (project["reporting"]["send"] or {}).items():
        place: Place = ("reporting", "send", name)
        yield from _day(place, said)


def _day(place: Place, said: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether a day is named as goes with what a report is about."""
    day, every = said.get("on"), said["every"]
    if day is None:
        return
    if every == "day":
        yield (*place, "on"), "a report of each day needs no day"
    elif (day in WEEKDAYS) != (every == "week"):
        right = "a weekday, such as monday" if every == "week" else "a day of the month, from 1 to 28"
        yield (*place, "on"), f"a report of each {every} needs {right}"


def report_findings(settings: Settings) -> Iterator[Finding]:
    """What the reports of a team ask that cannot be asked, and what is to be sent that cannot be."""
    unmade: list[Finding] = []
    for name, report in settings.reporting.reports.items():
        place: Place = ("reports", name)
        if name in SHIPPED:
            yield place, f"{name!r} ships with tkt; choose another name"
        if name == SEND:
            yield place, f"tkt report {SEND} sends reports; choose another name"
        _, wrong = asked(settings, report.query)
        if wrong:
            yield (*place, "query"), wrong
        unmade += [*_measures(place, report.measures), *_grouped((*place, "by"), settings, report.by)]
    yield from unmade
    for mailing in settings.reporting.send.values() if not unmade else ():
        yield from _sent(settings, mailing)


def _measures(place: Place, measures: tuple[str, ...]) -> Iterator[Finding]:
    for position, measure in enumerate(measures):
        try:
            require_columns((measure,))
        except UsageError as error:
            yield (*place, "measures", position), sentences((error.message, error.hint))


def _grouped(place: Place, settings: Settings, by: str, *, public: bool = False) -> Iterator[Finding]:
    """Whether tickets can be grouped so, and where everybody may see them, too."""
    try:
        grouping(settings, by, public=public)
    except UsageError as error:
        yield place, sentences((error.message, error.hint))


def _sent(settings: Settings, mailing: Mailing) -> Iterator[Finding]:
    """What is wrong with a report that is to be sent."""
    place: Place = ("reporting", "send", mailing.name)
    reports = {each.name: each for each in reports_of(settings)}
    yield from known_name((*place, "report"), mailing.report, reports, "report")
    _, wrong = asked(settings, mailing.query)
    if wrong:
        yield (*place, "query"), wrong
    if mailing.by:
        yield from _grouped((*place, "by"), settings, mailing.by, public=mailing.public)
    if mailing.report in reports:
        if not mailing.by and mailing.public:
            yield from _grouped((*place, "report"), settings, reports[mailing.report].usual_by, public=True)
        try:
            require_sense(reports[mailing.report], mailing.by, compare=mailing.compare)
        except UsageError as error:
            yield place, error.message
    people = {
        "agents": settings.people.agents,
        "teams": settings.people.teams,
        "roles": settings.people.roles,
    }
    for position, name in enumerate(mailing.to):
        here: Place = (*place, "to", position)
        yield from told_findings(here, name, people)
        is_address = "@" in name[1:] and not name.startswith("team:")
        if is_address and (not _ADDRESS.fullmatch(name) or _NO_ADDRESS.search(name)):
            yield here, f"{shortened(name)} is no e-mail address"

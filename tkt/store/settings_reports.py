"""What the settings of reports say that does not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tkt.domain.fields import sentences
from tkt.domain.metrics.glossary import require_columns
from tkt.domain.metrics.reports import SHIPPED
from tkt.domain.settings import Settings
from tkt.errors import UsageError
from tkt.store.settings_check import Finding, Place
from tkt.store.settings_sense import asked, known_name
from tkt.store.settings_sla import zone_findings
from tkt.usecases.report import groupings


def reporting_findings(project: dict[str, Any]) -> Iterator[Finding]:
    """What is said of the times of reports."""
    yield from zone_findings(("reporting", "timezone"), project["reporting"]["timezone"])


def report_findings(settings: Settings) -> Iterator[Finding]:
    """What the reports of a team ask that cannot be asked."""
    for name, report in settings.reporting.reports.items():
        place: Place = ("reports", name)
        if name in SHIPPED:
            yield place, f"{name!r} ships with tkt; choose another name"
        _, wrong = asked(settings, report.query)
        if wrong:
            yield (*place, "query"), wrong
        for position, measure in enumerate(report.measures):
            try:
                require_columns((measure,))
            except UsageError as error:
                yield (*place, "measures", position), sentences((error.message, error.hint))
        if report.by:
            yield from known_name((*place, "by"), report.by, groupings(settings), "grouping")

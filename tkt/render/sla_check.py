"""What a check of clocks found, where a CI system wants it otherwise than what is found in files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from tkt.domain.clocks import ClockState, State
from tkt.domain.fields import format_time
from tkt.domain.levels import show_seconds
from tkt.domain.violation import Violation
from tkt.render import findings
from tkt.usecases.check import Checked
from tkt.usecases.sla import Timed, complaints, summary

_MOST_ROWS = 1000
"""So many fit into what GitHub takes of a summary, 1 MiB."""


def github(_tickets: Sequence[Timed], checked: Checked) -> str:
    """Annotations: ten of all, the worst first; the last of them says how many more there are."""
    return "\n".join(findings.worst_ten(checked.findings))


def junit(tickets: Sequence[Timed], checked: Checked) -> str:
    """A test suite: a case for each clock of each ticket, so that those that are well count as passed."""
    cases: dict[tuple[str, str], list[Violation]] = {
        (each.ticket.id, clock.clock.value): []
        for each in tickets
        for clock in each.judgement.clocks
        if clock.state is not State.NONE
    }
    for each in checked.findings:
        cases[each.ticket, each.field].append(each)
    return findings.junit_suite("tkt sla check", {" ".join(name): found for name, found in cases.items()})


def summary_page(tickets: Sequence[Timed], checked: Checked, states: Collection[State]) -> str:
    """A page with every clock that is complained of, in Markdown; the worst first."""
    from tkt.render.machine import to_markdown

    found = complaints(tickets, states)
    parts = [f"### Service levels\n\n{summary(checked)}"]
    if found:
        parts.append(to_markdown([_row(*each) for each in found[:_MOST_ROWS]]))
    if len(found) > _MOST_ROWS:
        parts.append(f"And {len(found) - _MOST_ROWS:,} more: `tkt sla check`")
    if found:
        parts.append(f"Why: `{checked.findings[0].hint}`")
    return "\n\n".join(parts) + "\n"


def _row(each: Timed, clock: ClockState) -> dict[str, str]:
    return {
        "Ticket": each.ticket.id,
        "Clock": clock.clock,
        "State": clock.state,
        "Left": show_seconds(clock.remaining_seconds or 0),
        "Due (UTC)": format_time(clock.due_at) if clock.due_at else "",
        "Policy": each.judgement.policy,
        "Title": each.ticket.title,
    }


FORMATS: dict[str, Callable[[Sequence[Timed], Checked], str]] = {"github": github, "junit": junit}
"""The formats that look otherwise here; the rest is as for any check."""

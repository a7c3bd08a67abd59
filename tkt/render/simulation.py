"""What a draft of promises would have come to, for people and machines."""

from __future__ import annotations

from typing import Any

from tkt.domain.fields import format_time
from tkt.render.report_words import percent
from tkt.render.text import Cell, Style, clean_line, plural, table
from tkt.usecases.simulate import MET, MISSED, Period, Score, Simulation

_COLORS = {MET: ("green",), MISSED: ("red",)}


def simulation_row(found: Simulation, period: Period) -> dict[str, Any]:
    """A simulation as an object."""
    names = ("policy", "priority", "clock")
    return {
        "since": format_time(period.since) if period.since else None,
        "until": format_time(period.until),
        "tickets": found.tickets,
        "clocks": [
            {
                **{name: value or None for name, value in zip(names, row.key, strict=True)},
                "present": row.present._asdict() if row.present else None,
                "draft": row.draft._asdict() if row.draft else None,
            }
            for row in found.rows
        ],
        "changes": [
            {
                "ticket": each.ticket.id,
                "clock": each.clock.value,
                "started_at": format_time(each.started_at),
                "present": each.present,
                "draft": each.draft,
            }
            for each in found.turns
        ],
    }


def simulation_text(found: Simulation, style: Style, limit: int) -> str:
    """A line for each policy, priority and clock, and the verdicts that would be others.

    Args:
        found: what came of it.
        style: of the terminal or pipe.
        limit: so many verdicts are named.
    """
    if not found.rows:
        return f"No clock ended in that time, {plural(found.tickets, 'ticket')} looked at."
    rows = [
        [*(Cell(clean_line(each)) for each in row.key), Cell(_share(row.present)), Cell(_share(row.draft))]
        for row in found.rows
    ]
    present, draft = found.total
    rows.append([Cell("all", ("bold",)), Cell(""), Cell(""), Cell(_share(present)), Cell(_share(draft))])
    parts = [table(("POLICY", "PRIO", "CLOCK", "IN TIME NOW", "IN TIME BY THE DRAFT"), rows, style)]
    if found.turns and limit:
        parts.append(_turns(found, style, limit))
    return "\n\n".join(parts)


def _share(score: Score | None) -> str:
    """Such as `34 of 40, 85 %`; "-" where no clock ended."""
    if score is None or not score.ended:
        return "-"
    return f"{score.met:,} of {score.ended:,}, {percent(score.met / score.ended)}"


def _turns(found: Simulation, style: Style, limit: int) -> str:
    rows = [
        [
            Cell(each.ticket.id),
            Cell(each.clock),
            *(Cell(verdict, _COLORS.get(verdict, ("dim",))) for verdict in (each.present, each.draft)),
            Cell(clean_line(each.ticket.title)),
        ]
        for each in found.turns[:limit]
    ]
    shown = table(("ID", "CLOCK", "NOW", "BY THE DRAFT", "TITLE"), rows, style)
    rest = len(found.turns) - limit
    more = f"\n{style.paint(f'{rest:,} more: --json has all', 'dim')}" if rest > 0 else ""
    return f"{shown}{more}"

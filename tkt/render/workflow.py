"""The workflow drawn: as a table, a diagram of Mermaid, an object; and what a draft of it would refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tkt.domain.fields import format_time
from tkt.domain.workflow import Status, Step, Workflow
from tkt.render.lists import CATEGORY_COLORS
from tkt.render.steps import conditions, step_row
from tkt.render.text import Cell, Style, clean_line, plural, table

if TYPE_CHECKING:
    from tkt.domain.settings import People
    from tkt.usecases.rehearse import Refused, Rehearsal, Stranded


def workflow_table(workflow: Workflow, ticket_type: str, style: Style) -> str:
    """A workflow as a table: each status, what it means, and where it leads under which conditions."""
    rows = [row for status in workflow.statuses.values() for row in _rows(workflow, ticket_type, status)]
    return "\n".join(
        [table(["STATUS", "CATEGORY", "TO", "CONDITIONS"], rows, style), "", *_remarks(workflow, ticket_type)]
    )


def _rows(workflow: Workflow, ticket_type: str, status: Status) -> Iterator[list[Cell]]:
    """A row for all steps with the same conditions; the first one names the status."""
    kinds: dict[str, list[str]] = {}
    for step in workflow.steps(ticket_type, status.name):
        kinds.setdefault(conditions(step), []).append(step.target)
    pauses = ", pauses" if status.pauses else ""
    lead = [
        Cell(status.name, CATEGORY_COLORS[status.category]),
        Cell(f"{status.category}{pauses}", ("dim",)),
    ]
    for asked, targets in (kinds or {"": ["(nowhere)"]}).items():
        yield [*lead, Cell(", ".join(dict.fromkeys(targets))), Cell(asked)]
        lead = [Cell(""), Cell("")]


def _remarks(workflow: Workflow, ticket_type: str) -> list[str]:
    own = [name for name in workflow.by_type if name != ticket_type]
    remarks = [f"Tickets start as {workflow.flow(ticket_type).initial}."]
    if workflow.on_assign:
        remarks.append(f"A new one that somebody gets becomes {workflow.on_assign}.")
    if own and ticket_type not in workflow.by_type:
        remarks.append(f"Steps of their own: {', '.join(own)} (tkt workflow show {own[0]}).")
    return remarks


def workflow_row(workflow: Workflow, ticket_type: str) -> dict[str, Any]:
    """A workflow as an object."""
    return {
        "type": ticket_type or None,
        "initial": workflow.flow(ticket_type).initial,
        "on_assign": workflow.on_assign or None,
        "statuses": [
            {
                "name": each.name,
                "category": str(each.category),
                "pauses": each.pauses,
                "to": [step_row(step) for step in workflow.steps(ticket_type, each.name)],
            }
            for each in workflow.statuses.values()
        ],
    }


def workflow_mermaid(workflow: Workflow, ticket_type: str) -> str:
    """A workflow as a state diagram of Mermaid, which forges draw in Markdown."""
    names = {name: f"s{number}" for number, name in enumerate(workflow.statuses, 1)}
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_escaped(name)}" as {short}' for name, short in names.items()]
    lines.append(f"    [*] --> {names[workflow.flow(ticket_type).initial]}")
    for name, short in names.items():
        for step in workflow.steps(ticket_type, name):
            lines.append(f"    {short} --> {names[step.target]}{_label(step)}")
        if workflow.is_done(name):
            lines.append(f"    {short} --> [*]")
    return "\n".join(lines)


def _label(step: Step) -> str:
    asked = conditions(step)
    return f": {_escaped(asked)}" if asked else ""


def _escaped(text: str) -> str:
    """A text in which Mermaid sees nothing but text: what could be a sign of its own becomes a number."""
    plain = "".join(each if each.isalnum() or each in " ,.-_()" else f"#{ord(each)};" for each in text)
    return plain.replace("--", "#45;#45;")


def rehearsal_text(rehearsal: Rehearsal, people: People, style: Style) -> str:
    """What came of trying a draft."""
    tried = f"{plural(rehearsal.tickets, 'ticket')}, {plural(rehearsal.steps, 'step')} tried"
    if not rehearsal.refused:
        parts = [f"{tried}: all would have been allowed."]
    else:
        count = sum(each.times for each in rehearsal.refused)
        parts = [f"{tried}: {count:,} would have been refused.", _refused_table(rehearsal, people, style)]
    if rehearsal.stranded:
        parts.append(stranded_text(rehearsal.stranded))
    return "\n\n".join(parts)


def _refused_table(rehearsal: Rehearsal, people: People, style: Style) -> str:
    rows = []
    for each in rehearsal.refused:
        by = ", ".join(f"{people.display(who)} {count:,}" for who, count in each.by[:3])
        more = f", {len(each.by) - 3:,} more" if len(each.by) > 3 else ""  # noqa: PLR2004  the same three
        cells = (
            f"{each.times:,}",
            f"{each.already:,}",
            f"{each.start or '(new)'} -> {each.target}",
            each.rule,
            f"{by}{more}",
            " ".join(one.ticket for one in each.examples),
            each.text,
        )
        rows.append([Cell(clean_line(cell)) for cell in cells])
    return table(["COUNT", "NOW TOO", "STEP", "RULE", "BY", "SUCH AS", "WHY"], rows, style)


def stranded_text(stranded: tuple[Stranded, ...]) -> str:
    """Tickets whose status no workflow has, and the commands that move them."""
    lines = ["Tickets with a status that the workflow does not have:"]
    for each in stranded:
        lines.append(f"  {plural(len(each.tickets), 'ticket')} in {clean_line(each.status)}")
        lines.append(f"    {clean_line(each.command)}")
    return "\n".join(lines)


def rehearsal_row(rehearsal: Rehearsal) -> dict[str, Any]:
    """The same as an object."""
    return {
        "tickets": rehearsal.tickets,
        "steps": rehearsal.steps,
        "refused": [_refused_row(each) for each in rehearsal.refused],
        "stranded": [
            {"status": each.status, "to": each.target, "tickets": list(each.tickets), "command": each.command}
            for each in rehearsal.stranded
        ],
    }


def _refused_row(refused: Refused) -> dict[str, Any]:
    return {
        "from": refused.start or None,
        "to": refused.target,
        "rule": refused.rule,
        "field": refused.field or None,
        "why": refused.text,
        "count": refused.times,
        "already": refused.already,
        "by": dict(refused.by),
        "examples": [
            {"ticket": one.ticket, "entry": one.entry or None, "by": one.by, "at": format_time(one.at)}
            for one in refused.examples
        ],
    }

"""The workflow in words: the conditions of steps, and where a ticket may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tkt.domain.roles import ASSIGNEE, REQUESTER
from tkt.domain.workflow import Step
from tkt.render.text import Style, clean_line, width

if TYPE_CHECKING:
    from tkt.domain.fields import Value
    from tkt.usecases.stepping import Way


def conditions(step: Step) -> str:
    """What a step asks and does, on one line: `by the assignee; needs due; sets resolution: fixed`."""
    who = [f"the {each}" if each in {ASSIGNEE, REQUESTER} else each for each in step.who]
    parts = [
        f"by {_listed(who, 'or')}" if who else "",
        f"when {step.when}" if step.when else "",
        f"needs {_listed(_needs(step), 'and')}" if _needs(step) else "",
        f"sets {', '.join(_setting(name, value) for name, value in step.sets)}" if step.sets else "",
        "asks first" if step.confirm else "",
    ]
    return clean_line("; ".join(filter(None, parts)))


def _needs(step: Step) -> list[str]:
    return [*step.require, *(["a comment"] if step.comment else [])]


def _setting(name: str, value: Value) -> str:
    said = ", ".join(value) if isinstance(value, tuple) else value
    return f"{name}: {said or 'nothing'}"


def _listed(names: Sequence[str], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def step_row(step: Step) -> dict[str, Any]:
    """A step as an object."""
    return {
        "status": step.target,
        "who": list(step.who),
        "when": step.when or None,
        "require": list(step.require),
        "comment": step.comment,
        "set": {name: list(value) if isinstance(value, tuple) else value for name, value in step.sets},
        "confirm": step.confirm or None,
    }


def ways_text(ways: Mapping[str, Sequence[Way]], style: Style) -> str:
    """Where a ticket may go, a line for each status: its name first, so that scripts can cut it out."""
    longest = max(map(width, ways), default=0)
    lines = []
    for status, each in ways.items():
        closed = all(way.objections for way in each)
        text = _ways_of(each)
        gap = " " * (longest - width(status))
        line = style.paint(clean_line(status), "dim") if closed else clean_line(status)
        lines.append(f"{line}{gap}  {style.paint(text, 'dim')}" if text else line)
    return "\n".join(lines)


def _ways_of(ways: Sequence[Way]) -> str:
    return ", or ".join(filter(None, map(_way, ways)))


def _way(way: Way) -> str:
    """The conditions of one way, with what stands against it."""
    text = conditions(way.step)
    if not way.objections:
        return text or ""
    told = {"role": bool(way.step.who), "transition": bool(way.step.when)}
    said = [clean_line(each.text) for each in way.objections if not told.get(each.rule)]
    mark = "not open to you" if any(each.rule == "role" for each in way.objections) else "not open now"
    why = f"{mark}: {'; '.join(said)}" if said else mark
    return f"{text}; {why}" if text else why


def way_rows(ways: Mapping[str, Sequence[Way]]) -> list[dict[str, Any]]:
    """The same for machines: an object for each way."""
    return [
        {**step_row(way.step), "open": not way.objections, "why": [one.text for one in way.objections]}
        for each in ways.values()
        for way in each
    ]

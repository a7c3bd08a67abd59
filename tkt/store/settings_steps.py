"""What `workflow.yaml` says of steps that does not fit together, or cannot be asked of one ticket alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from tkt.domain.conditions import All, Below, Blocked, Condition, Either, Linked, Not, Query
from tkt.domain.fields import Field, FieldType
from tkt.domain.roles import ASSIGNEE, REQUESTER
from tkt.domain.settings import Settings
from tkt.store.settings_build import listed
from tkt.store.settings_check import Finding, Place
from tkt.store.settings_sense import all_fields, asked, known_name, stored_value


def workflow_findings(data: dict[str, Any], types: Sequence[str]) -> Iterator[Finding]:
    """What `workflow.yaml` says that does not fit together."""
    statuses = data["statuses"]
    yield from known_name(("initial",), data["initial"], statuses, "status")
    if data["on_assign"]:
        yield from known_name(("on_assign",), data["on_assign"], statuses, "status")
    if not any(each["category"] == "done" for each in statuses.values()):
        yield ("statuses",), "no status has the category done, so no ticket could ever be closed"
    for name, flow in (data["types"] or {}).items():
        yield from known_name(("types", name), name, types, "type")
        if "initial" in flow:
            yield from known_name(("types", name, "initial"), flow["initial"], statuses, "status")
    for place, steps in _flows(data):
        yield from _steps(place, steps, statuses)


def _flows(data: dict[str, Any]) -> Iterator[tuple[Place, list[dict[str, Any]]]]:
    """Each list of steps, and where it stands."""
    yield ("transitions",), data["transitions"]
    for name, flow in (data["types"] or {}).items():
        yield ("types", name, "transitions"), flow.get("transitions", [])


def _steps(place: Place, steps: list[dict[str, Any]], statuses: dict[str, Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, step in enumerate(steps):
        for side in ("from", "to"):
            for number, name in enumerate(listed(step[side])):
                inner: Place = (number,) if isinstance(step[side], list) else ()
                yield from known_name((*place, position, side, *inner), name, statuses, "status")
        conditions = sorted((key, each) for key, each in step.items() if key not in {"from", "to"})
        for start, target in product(listed(step["from"]), listed(step["to"])):
            way = repr((start, target, conditions))
            if way in seen:
                yield (*place, position), f"the step from {start} to {target} stands here twice; keep one"
            seen.add(way)


def step_findings(data: dict[str, Any], project: dict[str, Any], people: dict[str, Any]) -> Iterator[Finding]:
    """What the conditions of steps name that nobody defined."""
    roles = list(dict.fromkeys((*(people["roles"] or {}), ASSIGNEE, REQUESTER)))
    fields = all_fields(project)
    for place, steps in _flows(data):
        for position, step in enumerate(steps):
            here: Place = (*place, position)
            for number, role in enumerate(step.get("who", ())):
                yield from known_name((*here, "who", number), role, roles, "role")
            for number, name in enumerate(step.get("require", ())):
                yield from changeable((*here, "require", number), name, fields)
            for name, value in step.get("set", {}).items():
                yield from changeable((*here, "set", name), name, fields)
                yield from filled_in(project, people, (*here, "set", name), fields.get(name), value)


def changeable(
    place: Place, name: str, fields: dict[str, Field], what: str = "a step", status: str = "the step changes"
) -> Iterator[Finding]:
    """Whether a step, or something else, can change a field, or ask for it."""
    if name == "status":
        yield place, f"'status' is what {status}; leave it out"
    elif name in fields and fields[name].fixed:
        yield place, f"{name!r} is set when a ticket is created, and stays; {what} cannot change it"
    else:
        yield from known_name(
            place, name, [each for each, field in fields.items() if not field.fixed], "field"
        )


def filled_in(
    project: dict[str, Any], people: dict[str, Any], place: Place, field: Field | None, value: Any
) -> Iterator[Finding]:
    """Whether a field can have the value that is filled in."""
    if field is None or field.fixed or field.name == "status":
        return
    yield from stored_value(project, place, field, value)
    if field.type is not FieldType.PERSON or not isinstance(value, str) or not value or "@" in value:
        return
    agent, teams = (people["agents"] or {}).get(value), people["teams"] or {}
    if agent and "email" in agent:
        yield place, f"tickets name people by their address; write {agent['email']}"
    elif value not in teams:
        yield from known_name(place, value, teams, "team")


def condition_findings(settings: Settings, workflow: dict[str, Any]) -> Iterator[Finding]:
    """What steps ask of tickets that cannot be asked, or not of one ticket alone."""
    for place, steps in _flows(workflow):
        for position, step in enumerate(steps):
            wrong = _when_trouble(settings, step["when"]) if "when" in step else ""
            if wrong:
                yield (*place, position, "when"), wrong


def _when_trouble(settings: Settings, text: str) -> str:
    query, wrong = asked(settings, text)
    return condition_trouble(query, "a step") if query else wrong


def condition_trouble(query: Query, what: str) -> str:
    """Why a query cannot be asked of one ticket alone; "" where it can."""
    if query.condition == All():
        return "asks nothing of a ticket; leave it out"
    if query.sort and (query.view is None or query.sort != query.view.sort):
        return "has an order, which means nothing to one ticket; leave sort: out"
    if _asks_others(query.condition):
        return f"{what} can only ask about the ticket itself, not about others that are linked to it"
    return ""


def _asks_others(condition: Condition) -> bool:
    """Whether more than the ticket's own files is needed for the answer."""
    if isinstance(condition, All | Either):
        return any(map(_asks_others, condition.parts))
    if isinstance(condition, Not):
        return _asks_others(condition.part)
    return isinstance(condition, Below | Blocked) or (isinstance(condition, Linked) and condition.inverse)

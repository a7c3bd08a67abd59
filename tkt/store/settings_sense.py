"""What the settings say that does not fit together: names that nobody defined, days that do not exist.

Each finding has its place, the allowed values and the nearest real name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from tkt.domain.fields import BUILT_IN, Field, did_you_mean, sentences, shortened, value_problem
from tkt.domain.settings import RESERVED, Settings
from tkt.errors import TktError
from tkt.store.settings_build import declared_field, listed
from tkt.store.settings_check import Finding, Place

_TKT_SETS = frozenset({"id", "created", "created_by"})


def project_findings(data: dict[str, Any]) -> Iterator[Finding]:
    """What `project.yaml` says that does not fit together."""
    types = data["types"]
    yield from _known(("default_type",), data["default_type"], types, "type")
    yield from _matrix(data["priority"])
    for name, declared in (data["fields"] or {}).items():
        yield from _field(name, declared, tuple(types))
    fields = {**BUILT_IN, **{n: declared_field(n, d) for n, d in (data["fields"] or {}).items()}}
    for name, form in types.items():
        place: Place = ("types", name)
        for position, asked in enumerate((form or {}).get("ask", ())):
            yield from _settable((*place, "ask", position), asked, fields)
        for asked, value in (form or {}).get("defaults", {}).items():
            yield from _settable((*place, "defaults", asked), asked, fields)
            yield from _default(data, (*place, "defaults", asked), fields.get(asked), value)


def _settable(place: Place, name: str, fields: dict[str, Field]) -> Iterator[Finding]:
    if name in _TKT_SETS:
        yield place, f"{name!r} is set by tkt itself"
    yield from _known(place, name, fields, "field")


def _default(data: dict[str, Any], place: Place, field: Field | None, value: Any) -> Iterator[Finding]:
    choices = {
        "type": data["types"],
        "priority": data["priority"]["names"],
        "impact": data["priority"]["impacts"],
        "urgency": data["priority"]["urgencies"],
        "queue": data["queues"],
        "category": data["categories"],
        "channel": data["channels"],
        "resolution": data["resolutions"],
    }
    if field is None:
        return
    trouble = value_problem(field, tuple(value) if isinstance(value, list) else value)
    if trouble:
        yield place, sentences(trouble)
    elif value and choices.get(field.name):
        yield from _known(place, value, choices[field.name], field.name)


def _field(name: str, declared: dict[str, Any], types: tuple[str, ...]) -> Iterator[Finding]:
    place: Place = ("fields", name)
    if name in RESERVED:
        yield place, f"{name!r} is a field that tkt has already; choose another name"
        return
    if declared["type"] == "choice" and not declared.get("choices"):
        yield place, "a choice needs 'choices'"
    if declared["type"] not in {"choice", "list"} and declared.get("choices"):
        yield (*place, "choices"), "only a choice or a list has 'choices'"
    for position, each in enumerate(declared.get("required_for", ())):
        yield from _known((*place, "required_for", position), each, (*types, "*"), "type")
    field = declared_field(name, declared)
    trouble = value_problem(field, field.default)
    if trouble:
        yield (*place, "default"), sentences(trouble)


def _matrix(priority: dict[str, Any]) -> Iterator[Finding]:
    names, matrix = priority["names"], priority["matrix"]
    yield from _known(("priority", "default"), priority["default"], names, "priority")
    for impact in priority["impacts"]:
        row = matrix.get(impact, {})
        missing = [each for each in priority["urgencies"] if each not in row]
        if missing:
            yield (
                ("priority", "matrix", impact),
                f"the matrix has no priority for impact {impact} and urgency {', '.join(missing)}",
            )
    for impact, row in matrix.items():
        yield from _known(("priority", "matrix", impact), impact, priority["impacts"], "impact")
        for urgency, name in row.items():
            place = ("priority", "matrix", impact, urgency)
            yield from _known(place, urgency, priority["urgencies"], "urgency")
            yield from _known(place, name, names, "priority")


def workflow_findings(data: dict[str, Any], types: Sequence[str]) -> Iterator[Finding]:
    """What `workflow.yaml` says that does not fit together."""
    statuses = data["statuses"]
    yield from _known(("initial",), data["initial"], statuses, "status")
    if data["on_assign"]:
        yield from _known(("on_assign",), data["on_assign"], statuses, "status")
    yield from _steps(("transitions",), data["transitions"], statuses)
    if not any(each["category"] == "done" for each in statuses.values()):
        yield ("statuses",), "no status has the category done, so no ticket could ever be closed"
    for name, flow in (data["types"] or {}).items():
        yield from _known(("types", name), name, types, "type")
        if "initial" in flow:
            yield from _known(("types", name, "initial"), flow["initial"], statuses, "status")
        yield from _steps(("types", name, "transitions"), flow.get("transitions", []), statuses)


def _steps(place: Place, steps: list[dict[str, Any]], statuses: dict[str, Any]) -> Iterator[Finding]:
    for position, step in enumerate(steps):
        for side in ("from", "to"):
            for number, name in enumerate(listed(step[side])):
                inner: Place = (number,) if isinstance(step[side], list) else ()
                yield from _known((*place, position, side, *inner), name, statuses, "status")


def people_findings(data: dict[str, Any], queues: Sequence[str]) -> Iterator[Finding]:
    """What `people.yaml` says that does not fit together."""
    agents = data["agents"] or {}
    yield from _agents(agents)
    for name, team in (data["teams"] or {}).items():
        if name in agents:
            yield ("teams", name), f"{name!r} is the handle of an agent; a team needs another name"
        for position, member in enumerate(team.get("members", ())):
            yield from _known(("teams", name, "members", position), member, agents, "agent")
        for position, queue in enumerate(team.get("queues", ())):
            if queues:
                yield from _known(("teams", name, "queues", position), queue, queues, "queue")


def _agents(agents: dict[str, Any]) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for handle, person in agents.items():
        email = person.get("email", handle).lower()  # without one it is a stand-in
        if email in owners:
            yield ("agents", handle, "email"), f"{email} is the address of {owners[email]!r} too"
        owners[email] = handle
        for position, absence in enumerate(person.get("away", ())):
            yield from _absence(("agents", handle, "away", position), absence)


def _absence(place: Place, absence: dict[str, str]) -> Iterator[Finding]:
    try:
        first, last = (date.fromisoformat(absence[side]) for side in ("from", "to"))
    except ValueError:
        yield place, f"no such day: {absence['from']} to {absence['to']}"
        return
    if last < first:
        yield place, f"the absence ends ({last}) before it begins ({first})"


def view_findings(settings: Settings) -> Iterator[Finding]:
    """What the saved queries ask that cannot be asked."""
    from tkt.domain.query import parse_query  # start-up: only changed settings are checked
    from tkt.domain.vocabulary import Vocabulary

    columns = settings.columns
    for name, view in settings.views.items():
        place: Place = ("views", name)
        words = Vocabulary(
            settings, datetime(2026, 1, 1, tzinfo=UTC), me=lambda: "me", ticket=lambda word: word
        )
        for part, text in (("query", view.query), ("sort", f"sort:{view.sort}" if view.sort else "")):
            try:
                parse_query(text, words)
            except TktError as error:
                yield (*place, part), error.message.partition("\n")[0]
        for position, column in enumerate(view.columns):
            yield from _known((*place, "columns", position), column, columns, "column")
        if view.by:
            yield from _known((*place, "by"), view.by, settings.groupings, "field")


def _known(place: Place, word: str, known: Any, kind: str) -> Iterator[Finding]:
    names = list(known)
    if word not in names:
        near = did_you_mean(word, names)
        allowed = f"Allowed: {', '.join(names)}." if names else f"There is no {kind} yet."
        yield place, f"{kind} {shortened(word)} is not known{f'; {near}' if near else '.'} {allowed}"

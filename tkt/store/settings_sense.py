"""What the settings say that does not fit together: names that nobody defined, days that do not exist.

Each finding has its place, the allowed values and the nearest real name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from tkt.domain.fields import BUILT_IN, Field, did_you_mean, sentences, shortened, value_problem
from tkt.domain.roles import ASSIGNEE
from tkt.domain.settings import RESERVED, Settings
from tkt.errors import TktError
from tkt.store.settings_build import USUAL_ROLE, declared_field
from tkt.store.settings_check import Finding, Place

if TYPE_CHECKING:
    from tkt.domain.conditions import Query

_TKT_SETS = frozenset({"id", "created", "created_by"})
_BRANCH_TRAPS = ("..", "//", "@{", ".lock/", "/.", "./")
"""What Git allows in no name of a branch, as far as the schema lets it pass."""


def project_findings(data: dict[str, Any]) -> Iterator[Finding]:
    """What `project.yaml` says that does not fit together."""
    types = data["types"]
    yield from known_name(("default_type",), data["default_type"], types, "type")
    yield from _matrix(data["priority"])
    for name, declared in (data["fields"] or {}).items():
        yield from _field(name, declared, tuple(types))
    fields = all_fields(data)
    yield from _branches(data["policy"])
    for name, form in types.items():
        place: Place = ("types", name)
        for position, asked in enumerate((form or {}).get("ask", ())):
            yield from _settable((*place, "ask", position), asked, fields)
        for asked, value in (form or {}).get("defaults", {}).items():
            yield from _settable((*place, "defaults", asked), asked, fields)
            yield from stored_value(data, (*place, "defaults", asked), fields.get(asked), value)


def all_fields(project: dict[str, Any]) -> dict[str, Field]:
    """Every field that tickets have, by what `project.yaml` says."""
    return {**BUILT_IN, **{n: declared_field(n, d) for n, d in (project["fields"] or {}).items()}}


def _branches(policy: dict[str, Any]) -> Iterator[Finding]:
    named: list[tuple[Place, str]] = [(("policy", "main"), policy["main"])]
    named += [(("policy", "protected", number), name) for number, name in enumerate(policy["protected"])]
    for place, name in named:
        if name.startswith("refs/"):
            yield place, f"{shortened(name)} is a whole reference; write {name.removeprefix('refs/heads/')}"
        elif any(trap in f"/{name}/" for trap in _BRANCH_TRAPS):
            yield place, f"{shortened(name)} cannot be the name of a branch; write one such as main"


def fixes_findings(policy: dict[str, Any], statuses: dict[str, Any]) -> Iterator[Finding]:
    """Whether what a commit fixes ends up in a status that ends a ticket."""
    place, name = ("policy", "fixes"), policy["fixes"]
    done = [each for each, status in statuses.items() if status["category"] == "done"]
    if name and name in statuses and name not in done:
        yield place, f"status {shortened(name)} does not end a ticket. Allowed: {', '.join(done)}."
    elif name:
        yield from known_name(place, name, done, "status")


def _settable(place: Place, name: str, fields: dict[str, Field]) -> Iterator[Finding]:
    if name in _TKT_SETS:
        yield place, f"{name!r} is set by tkt itself"
    yield from known_name(place, name, fields, "field")


def stored_value(data: dict[str, Any], place: Place, field: Field | None, value: Any) -> Iterator[Finding]:
    """Whether a field can have a value; `data` is what `project.yaml` says."""
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
        yield from known_name(place, value, choices[field.name], field.name)


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
        yield from known_name((*place, "required_for", position), each, (*types, "*"), "type")
    field = declared_field(name, declared)
    trouble = value_problem(field, field.default)
    if trouble:
        yield (*place, "default"), sentences(trouble)


def _matrix(priority: dict[str, Any]) -> Iterator[Finding]:
    names, matrix = priority["names"], priority["matrix"]
    yield from known_name(("priority", "default"), priority["default"], names, "priority")
    for impact in priority["impacts"]:
        row = matrix.get(impact, {})
        missing = [each for each in priority["urgencies"] if each not in row]
        if missing:
            yield (
                ("priority", "matrix", impact),
                f"the matrix has no priority for impact {impact} and urgency {', '.join(missing)}",
            )
    for impact, row in matrix.items():
        yield from known_name(("priority", "matrix", impact), impact, priority["impacts"], "impact")
        for urgency, name in row.items():
            place = ("priority", "matrix", impact, urgency)
            yield from known_name(place, urgency, priority["urgencies"], "urgency")
            yield from known_name(place, name, names, "priority")


def people_findings(data: dict[str, Any], queues: Sequence[str]) -> Iterator[Finding]:
    """What `people.yaml` says that does not fit together."""
    agents = data["agents"] or {}
    yield from _agents(agents)
    yield from _roles(data)
    for name, team in (data["teams"] or {}).items():
        if name in agents:
            yield ("teams", name), f"{name!r} is the handle of an agent; a team needs another name"
        for position, member in enumerate(team.get("members", ())):
            yield from known_name(("teams", name, "members", position), member, agents, "agent")
        for position, queue in enumerate(team.get("queues", ())):
            if queues:
                yield from known_name(("teams", name, "queues", position), queue, queues, "queue")


def _roles(data: dict[str, Any]) -> Iterator[Finding]:
    roles = data["roles"] or {}
    if ASSIGNEE in roles:
        yield ("roles", ASSIGNEE), f"{ASSIGNEE!r} is whom a ticket names; choose another name"
    yield from known_name(("others",), data["others"], roles, "role")
    for section in ("agents", "teams"):
        for name, each in (data[section] or {}).items():
            for position, role in enumerate((each or {}).get("roles", ())):
                yield from known_name((section, name, "roles", position), role, roles, "role")
    for handle, person in (data["agents"] or {}).items():
        if "roles" not in person and USUAL_ROLE not in roles:
            text = f"has no roles, and there is no role {USUAL_ROLE!r}, which goes without saying"
            yield ("agents", handle), text


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
    columns = settings.columns
    for name, view in settings.views.items():
        place: Place = ("views", name)
        for part, text in (("query", view.query), ("sort", f"sort:{view.sort}" if view.sort else "")):
            _, wrong = asked(settings, text, timed=True)
            if wrong:
                yield (*place, part), wrong
        for position, column in enumerate(view.columns):
            yield from known_name((*place, "columns", position), column, columns, "column")
        if view.by:
            yield from known_name((*place, "by"), view.by, settings.groupings, "field")


def asked(settings: Settings, text: str, *, timed: bool = False) -> tuple[Query | None, str]:
    """A query as it is understood, or what is wrong with it.

    Args:
        settings: the desk's.
        text: the query.
        timed: whether it may ask about clocks.
    """
    from tkt.domain.query import parse_query  # start-up: only changed settings are checked
    from tkt.domain.vocabulary import Vocabulary

    moment = datetime(2026, 1, 1, tzinfo=UTC)
    words = Vocabulary(settings, moment, me=lambda: "me", ticket=lambda word: word, timed=timed)
    try:
        return parse_query(text, words), ""
    except TktError as error:
        return None, error.message.partition("\n")[0]


def known_name(place: Place, word: str, known: Any, kind: str) -> Iterator[Finding]:
    """Whether a name is one of those that there are."""
    names = list(known)
    if word not in names:
        near = did_you_mean(word, names)
        allowed = f"Allowed: {', '.join(names)}." if names else f"There is no {kind} yet."
        yield place, f"{kind} {shortened(word)} is not known{f'; {near}' if near else '.'} {allowed}"

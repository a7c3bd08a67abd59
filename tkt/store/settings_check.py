"""Every mistake in the settings, each with its place, the allowed values and the nearest real name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from tkt.assets import read_asset
from tkt.domain.fields import (
    BUILT_IN,
    Field,
    FieldType,
    did_you_mean,
    hidden_characters,
    shortened,
    value_problem,
)
from tkt.domain.settings import RESERVED
from tkt.store.nodes import Mapping, Node
from tkt.store.nodes import Sequence as NodeList

FILES = ("project.yaml", "workflow.yaml", "people.yaml")

Place = tuple[str | int, ...]
"""Keys and positions from the top of a settings file."""

Finding = tuple[Place, str]


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema, draft-07, of a settings file."""
    loaded: dict[str, Any] = json.loads(read_asset(f"schema/{name.removesuffix('.yaml')}.json"))
    return loaded


def shape_findings(name: str, data: dict[str, Any]) -> list[Finding]:
    """What one file says that its schema does not allow."""
    import jsonschema  # start-up: only changed settings are checked

    validator = jsonschema.Draft7Validator(schema(name))
    found = [finding for error in validator.iter_errors(data) for finding in _findings(error)]
    places = {place for place, _ in found}
    return [*found, *(each for each in _hidden(data, ()) if each[0] not in places)]


def _hidden(value: Any, place: Place) -> Iterator[Finding]:
    """Texts that hold what nobody can see; a pattern's $ lets a final line end pass."""
    if isinstance(value, str) and hidden_characters(value):
        code = ord(hidden_characters(value)[0])
        yield place, f"{_dotted(place)}: has a character that cannot be seen: U+{code:04X}"
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _hidden(each, (*place, key))
    elif isinstance(value, list):
        for position, each in enumerate(value):
            yield from _hidden(each, (*place, position))


def without(data: dict[str, Any], places: Iterable[Place]) -> dict[str, Any]:
    """The same data less the entries that hold some places, so that the rest can still be checked."""
    kept = dict(data)
    for place in places:
        top = place[0] if place else ""
        section = kept.get(str(top))
        if len(place) > 1 and isinstance(section, dict):
            kept[str(top)] = {key: value for key, value in section.items() if key != place[1]}
        else:
            kept.pop(str(top), None)
    return kept


def line_of(root: Node, place: Place) -> int:
    """The line of the file on which a place is, or the nearest place above it that exists."""
    node, line = root, max(root.line, 1)
    for step in place:
        if isinstance(node, Mapping):
            found = next(((key, value) for key, value in node.pairs if key.text == step), None)
            if found is None:
                return line
            line, node = found[0].line, found[1]
        elif isinstance(node, NodeList) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            line = node.line
        else:
            return line
    return line


def _dotted(place: Place) -> str:
    return ".".join(step for step in place if isinstance(step, str))


def _findings(error: Any) -> Iterator[Finding]:
    place = tuple(error.absolute_path)
    name = _dotted(place) or "the file"
    describe = _WORDS.get(error.validator)
    if describe is None:
        yield place, f"{name}: {error.message}"
    else:
        yield from ((where, f"{name}: {text}") for where, text in describe(error, place))


def _additional(error: Any, place: Place) -> Iterator[Finding]:
    known = sorted(error.schema.get("properties", {}))
    for key in error.instance:
        if key not in known:
            near = did_you_mean(key, known)
            text = f"unknown key {key!r}" + (f"; {near}" if near else "")
            yield (*place, key), f"{text}{'' if near else '.'} Allowed: {', '.join(known)}."


def _enum(error: Any, place: Place) -> Iterator[Finding]:
    allowed = [str(each) for each in error.validator_value]
    near = did_you_mean(str(error.instance), allowed)
    text = f"{_shown(error.instance)} is not allowed" + (f"; {near}" if near else ".")
    yield place, f"{text} Allowed: {', '.join(allowed)}."


_TYPE_WORDS = {
    "object": "lines of the form 'key: value'",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def _type(error: Any, place: Place) -> Iterator[Finding]:
    wanted = error.validator_value
    kinds = wanted if isinstance(wanted, list) else [wanted]
    yield place, _expected(kinds, error.instance)


def _expected(kinds: Iterable[str], value: Any) -> str:
    words = " or ".join(_TYPE_WORDS[kind] for kind in kinds)
    text = f"expected {words}, not {_shown(value)}"
    scalar = isinstance(value, (bool, int, float))
    return f"{text}; put it in quotes" if "string" in kinds and scalar else text


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return shortened(value)
    return "nothing" if value is None else json.dumps(value)


def _required(error: Any, place: Place) -> Iterator[Finding]:
    missing = [key for key in error.validator_value if key not in error.instance]
    yield place, f"{', '.join(map(repr, missing))} is missing"


def _pattern(error: Any, place: Place) -> Iterator[Finding]:
    wanted = _PATTERN_WORDS.get(error.validator_value, f"the form {error.validator_value}")
    yield place, f"{_shown(error.instance)} is not {wanted}"


_PATTERN_WORDS = {
    "^[A-Z][A-Z0-9]{1,9}$": "2 to 10 capital letters or digits, a letter first, such as TKT",
    "^[A-Za-z0-9][A-Za-z0-9 _.+-]{0,59}$": "a name: letters, digits, spaces and _ . + -, at most 60",
    "^[a-z][a-z0-9_]{0,39}$": "a field name: small letters, digits and _, a letter first",
    "^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$": "a handle: letters, digits and _ . -",
    "^[^\\s@]+@[^\\s@]+$": "an e-mail address",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "a day such as 2026-12-24",
}


def _any_of(error: Any, place: Place) -> Iterator[Finding]:
    # The branch that went wrong deepest is the one that was meant.
    best = max(error.context, key=lambda each: len(each.absolute_path))
    if best.validator == "type":
        kinds = [each.validator_value for each in error.context if each.validator == "type"]
        yield place, _expected(kinds, error.instance)
    else:
        inner = _WORDS.get(best.validator)
        yield from inner(best, tuple(best.absolute_path)) if inner else ((place, best.message),)


def _unique(error: Any, place: Place) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, item in enumerate(error.instance):
        if str(item) in seen:
            yield (*place, position), f"{item!r} stands here twice; keep one"
        seen.add(str(item))


def _few(_error: Any, place: Place) -> Iterator[Finding]:
    yield place, "needs at least one"


def _bounds(error: Any, place: Place) -> Iterator[Finding]:
    word = "at least" if error.validator == "minimum" else "at most"
    yield place, f"{error.instance} is out of range; {word} {error.validator_value:,}"


_WORDS = {
    "additionalProperties": _additional,
    "anyOf": _any_of,
    "enum": _enum,
    "maximum": _bounds,
    "minItems": _few,
    "minProperties": _few,
    "minimum": _bounds,
    "pattern": _pattern,
    "required": _required,
    "type": _type,
    "uniqueItems": _unique,
}


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
            yield from _known((*place, "ask", position), asked, fields, "field")
        for asked in (form or {}).get("defaults", {}):
            yield from _known((*place, "defaults", asked), asked, fields, "field")
        yield from _defaults(data, place, (form or {}).get("defaults", {}))


def declared_field(name: str, declared: dict[str, Any]) -> Field:
    """A field as the settings declare it."""
    kind = FieldType(declared["type"])
    default = declared.get("default", () if kind is FieldType.LIST else "")
    return Field(
        name=name,
        type=kind,
        choices=tuple(declared.get("choices", ())),
        default=tuple(sorted(default)) if isinstance(default, list) else default,
        required_for=tuple(declared.get("required_for", ())),
        title=declared.get("title", ""),
    )


def _defaults(data: dict[str, Any], place: Place, defaults: dict[str, Any]) -> Iterator[Finding]:
    choices = {
        "priority": data["priority"]["names"],
        "impact": data["priority"]["impacts"],
        "urgency": data["priority"]["urgencies"],
        "queue": data["queues"],
        "category": data["categories"],
        "channel": data["channels"],
    }
    for name, value in defaults.items():
        if choices.get(name) and isinstance(value, str):
            yield from _known((*place, "defaults", name), value, choices[name], name)


def _field(name: str, declared: dict[str, Any], types: tuple[str, ...]) -> Iterator[Finding]:
    place: Place = ("fields", name)
    if name in RESERVED:
        yield place, f"{name!r} is a field that tkt has already; choose another name"
        return
    if declared["type"] == "choice" and not declared.get("choices"):
        yield place, "a choice needs 'choices'"
    for position, each in enumerate(declared.get("required_for", ())):
        yield from _known((*place, "required_for", position), each, (*types, "*"), "type")
    field = declared_field(name, declared)
    trouble = value_problem(field, field.default)
    if trouble:
        yield (*place, "default"), ". ".join(filter(None, trouble))


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
            for name in listed(step[side]):
                yield from _known((*place, position, side), name, statuses, "status")


def listed(value: str | list[str]) -> list[str]:
    """One or more names as a list."""
    return [value] if isinstance(value, str) else value


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
        email = person["email"].lower()
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


def _known(place: Place, word: str, known: Any, kind: str) -> Iterator[Finding]:
    names = list(known)
    if word not in names:
        near = did_you_mean(word, names)
        text = f"{kind} {word!r} is not known" + (f"; {near}" if near else ".")
        yield place, f"{text} Allowed: {', '.join(names)}."

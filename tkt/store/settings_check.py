"""What a settings file says that its schema does not allow, in words a person can act on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tkt.assets import read_asset
from tkt.domain.fields import (
    did_you_mean,
    hidden_characters,
    shortened,
)
from tkt.store.nodes import Mapping, Node
from tkt.store.nodes import Sequence as NodeList

Place = tuple[str | int, ...]
"""Keys and positions from the top of a settings file."""

Finding = tuple[Place, str]


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema, draft-07, of a settings file."""
    import json  # start-up: only changed settings are checked

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


_STAND_INS: dict[str, Any] = {
    "agents": {},
    "calendars": {"timezone": "UTC", "hours": {"mon": ["00:00-24:00"]}},
    "fields": {"type": "text"},
    "roles": [],
    "statuses": {"category": "done"},
    "teams": {},
    "types": {},
}
"""What stands for an entry that has mistakes: its name exists all the same."""

_OFFERED = {
    "project.yaml": {
        "types": {"type"},
        "fields": {"field"},
        "queues": {"queue"},
        "categories": {"category"},
        "channels": {"channel"},
        "resolutions": {"resolution"},
        "priority": {"priority", "impact", "urgency"},
    },
    "workflow.yaml": {"statuses": {"status"}},
    "people.yaml": {"agents": {"agent"}, "roles": {"role"}, "teams": {"team"}},
    "sla.yaml": {"calendars": {"calendar"}},
}
"""The kinds of names that a section defines for the rest of the settings."""


def part_of(place: Place) -> Place:
    """The part of a file that is looked at no further when something is wrong at a place."""
    return place[:2] if place and place[0] in _STAND_INS else place[:1]


def without(data: dict[str, Any], parts: Iterable[Place]) -> dict[str, Any]:
    """The same data less some parts, so that the rest can still be checked."""
    kept = dict(data)
    for top, *inner in sorted(parts, key=len, reverse=True):
        if inner and isinstance(kept[str(top)], dict):
            kept[str(top)] = {**kept[str(top)], inner[0]: _STAND_INS[str(top)]}
        elif not inner:
            kept.pop(str(top), None)
    return kept


def undefined(name: str, part: Place) -> set[str]:
    """The kinds of names of which nobody knows what there is while a part of a file is wrong."""
    offered = _OFFERED[name]
    if not part:
        return set().union(*offered.values())
    return offered.get(str(part[0]), set()) if len(part) == 1 else set()


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
    name = _dotted(place)
    if "propertyNames" in error.absolute_schema_path:
        place = (*place, error.instance)
    describe = _WORDS.get(error.validator)
    if describe is None:
        yield place, _said(name, error.message)
    else:
        yield from ((where, _said(name, text)) for where, text in describe(error, place))


def _said(name: str, text: str) -> str:
    return f"{name}: {text}" if name else text


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
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _required(error: Any, place: Place) -> Iterator[Finding]:
    # A key that was misspelt is not missing as well.
    others = [key for key in error.instance if key not in error.schema["properties"]]
    missing = [
        key
        for key in error.validator_value
        if key not in error.instance and not any(did_you_mean(other, [key]) for other in others)
    ]
    if missing:
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
    "^[^\\s~^:?*\\[\\\\-][^\\s~^:?*\\[\\\\]{0,199}$": "the name of a branch, such as main",
    "^[^\\s~^:?\\[\\\\-][^\\s~^:?\\[\\\\]{0,199}$": "the name of branches, such as main or release/*",
    "^([01][0-9]|2[0-3]):[0-5][0-9]$": "a time of day such as 08:00, up to 23:59",
    "^[0-9]{1,4}(d|w|mo|y)$": "an age such as 30d, 26w, 6mo or 1y",
    "^[1-9][0-9]?%$": "a share from 1% to 99%",
    "^[1-9][0-9]{0,2}%$": "a share such as 75% or 100%, at most 999%",
    "^[A-Za-z0-9][A-Za-z0-9_.+-]{0,39}$": "the name of a level: letters, digits and _ . + -, at most 40",
    "^[^\\s](.{0,198}[^\\s])?$": "an address, or a name without spaces around it",
    "^[a-z0-9][a-z0-9_-]{0,39}$": "the name of a view or report: small letters, digits, _ and -, at most 40",
}


def _any_of(error: Any, place: Place) -> Iterator[Finding]:
    # The branch that went wrong deepest, and not with its type, is the one that was meant.
    best = max(error.context, key=lambda each: (len(each.absolute_path), each.validator != "type"))
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


def _empty(_error: Any, place: Place) -> Iterator[Finding]:
    yield place, "is empty; leave the key out, or say something"


def _bounds(error: Any, place: Place) -> Iterator[Finding]:
    word = "at least" if error.validator == "minimum" else "at most"
    yield place, f"{_shown(error.instance)} is out of range; {word} {error.validator_value:,}"


_WORDS = {
    "additionalProperties": _additional,
    "anyOf": _any_of,
    "enum": _enum,
    "maximum": _bounds,
    "minItems": _few,
    "minLength": _empty,
    "minProperties": _few,
    "minimum": _bounds,
    "pattern": _pattern,
    "required": _required,
    "type": _type,
    "uniqueItems": _unique,
}

"""What a person typed for a field, as a ticket stores it: with the desk's people and tickets looked up."""

from __future__ import annotations

from collections.abc import Sequence

from tkt.domain.fields import FieldType, Value, parse_value, unknown
from tkt.errors import UsageError
from tkt.usecases.find import find_ticket
from tkt.usecases.workspace import Workspace

_ELSEWHERE = {
    "status": "tkt transition ID STATUS moves a ticket.",
    "links": "tkt link ID blocks OTHER links two tickets.",
}
_ONCE = frozenset({"channel", "external_id"})
"""Fixed fields that whoever creates a ticket may choose."""


def typed_value(ws: Workspace, name: str, text: str, *, creating: bool = False) -> Value:
    """A field's value from what a person typed.

    Raises:
        UsageError: there is no such field, it is not set this way, or cannot hold that.
        NotFoundError: nobody is called that, or there is no such ticket.
    """
    settings = ws.settings
    if name not in settings.fields:
        raise unknown("field", name, _settable(ws, creating=creating))
    declared = settings.fields[name]
    if declared.fixed and not (creating and name in _ONCE):
        raise UsageError(f"{name} is set when a ticket is created, and stays")
    if name in _ELSEWHERE:
        raise UsageError(f"{name} is not set like this", _ELSEWHERE[name])
    value = parse_value(declared, as_listed(text, declared.choices), ws.now)
    if isinstance(value, tuple):
        return (
            tuple(sorted({person_value(ws, name, each) for each in value})) if name == "watchers" else value
        )
    if value and declared.type is FieldType.TICKET:
        return find_ticket(ws, value)
    return person_value(ws, name, value)


def _settable(ws: Workspace, *, creating: bool) -> tuple[str, ...]:
    """The fields that a person may name here."""
    return tuple(
        name
        for name, field in ws.settings.fields.items()
        if name not in _ELSEWHERE and (not field.fixed or (creating and name in _ONCE))
    )


def as_listed(text: str, choices: Sequence[str]) -> str:
    """A choice as the settings spell it, in whatever case it was typed; anything else as it is."""
    typed = text.strip().casefold()
    return next((each for each in choices if each.casefold() == typed), text)


def person_value(ws: Workspace, name: str, value: str) -> str:
    """A person as a ticket names them; any value of a field that holds no person stays as it is.

    Raises:
        NotFoundError: nobody is called that.
    """
    field = ws.settings.fields[name]
    if not value or not (field.type is FieldType.PERSON or name == "watchers"):
        return value
    if value in {"me", "@me"}:
        return ws.actor.id
    if name == "requester" and not ws.settings.people.find(value):
        return value  # Anybody may ask for something: a customer's address, a name from a phone call.
    return ws.settings.people.resolve(value)

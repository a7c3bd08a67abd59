"""What `sla.yaml` says of levels that does not fit together: whom they tell, what they change, when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tkt.domain.escalation import NAMES, TEAM
from tkt.domain.fields import shortened
from tkt.domain.levels import Clock, parse_target
from tkt.store.settings_build import level_name
from tkt.store.settings_check import Finding, Place
from tkt.store.settings_sense import all_fields, known_name
from tkt.store.settings_sla import TARGET_FORM
from tkt.store.settings_steps import changeable, filled_in

_WHOM = ("a role", "team:NAME", "@HANDLE", "an address")


def level_findings(
    data: Mapping[str, Any], project: dict[str, Any], people: dict[str, Any]
) -> Iterator[Finding]:
    """What the levels of policies say that does not fit together."""
    if data["bot"] in (people["agents"] or {}) and "email" in people["agents"][data["bot"]]:
        yield (
            ("bot",),
            f"tickets name people by their address; write {people['agents'][data['bot']]['email']}",
        )
    for number, policy in enumerate(data["policies"] or ()):
        place: Place = ("policies", number, "escalation")
        promised = {clock for row in policy["targets"].values() for clock in row}
        names: set[tuple[str, str]] = set()
        for position, level in enumerate(policy.get("escalation") or ()):
            here: Place = (*place, position)
            moment = list(_moment(here, level))
            yield from moment
            yield from _clocks(here, level, promised)
            if not moment:
                yield from _twice(here, level, names)
            for one, name in enumerate(level.get("tell", ())):
                yield from told_findings((*here, "tell", one), name, people, NAMES)
            yield from _changes((*here, "set"), level.get("set", {}), project, people)


def _moment(place: Place, level: Mapping[str, Any]) -> Iterator[Finding]:
    if ("at" in level) == ("after" in level):
        yield place, "needs either at: 75%, a share of the target, or after: 2h, working time behind it"
    elif "after" in level and not parse_target(level["after"]):
        yield (*place, "after"), f"{shortened(level['after'])} is no working time; {TARGET_FORM}"


def _clocks(place: Place, level: Mapping[str, Any], promised: set[str]) -> Iterator[Finding]:
    for position, clock in enumerate(level.get("clocks", ())):
        if clock not in promised:
            there = ", ".join(each for each in Clock if each in promised)
            text = f"the policy has no target for {clock}, so that it never gets there. Targets: {there}."
            yield (*place, "clocks", position), text


def _twice(place: Place, level: Mapping[str, Any], names: set[tuple[str, str]]) -> Iterator[Finding]:
    """Levels that a thread could not tell from each other."""
    mine = {(level_name(level), clock) for clock in level.get("clocks", tuple(Clock))}
    if mine & names:
        text = f"{shortened(level_name(level))} stands here twice for the same clock; give one of them a name"
        yield place, text
    names |= mine


def told_findings(
    place: Place, name: str, people: Mapping[str, Any], of_ticket: Sequence[str] = ()
) -> Iterator[Finding]:
    """Whether a name is one of somebody who can be told something.

    Args:
        place: where it stands.
        name: which.
        people: whom people.yaml lists.
        of_ticket: words for those whom a ticket names.
    """
    agents, teams, roles = (people[each] or {} for each in ("agents", "teams", "roles"))
    if name.startswith(TEAM):
        yield from known_name(place, name.removeprefix(TEAM), teams, "team")
    elif name.startswith("@"):
        yield from known_name(place, name.removeprefix("@"), agents, "agent")
    elif "@" not in name and name not in {*of_ticket, *roles}:
        *words, last = (*_WHOM, *of_ticket)
        near = f"{TEAM}{name}" if name in teams else f"@{name}" if name in agents else ""
        right = near or f"{', '.join(words)} or {last}"
        yield place, f"{shortened(name)} names nobody; write {right}"


def _changes(
    place: Place, sets: Mapping[str, Any], project: dict[str, Any], people: dict[str, Any]
) -> Iterator[Finding]:
    fields = all_fields(project)
    for name, value in sets.items():
        yield from changeable((*place, name), name, fields, "a level", "steps of the workflow change")
        yield from filled_in(project, people, (*place, name), fields.get(name), value)

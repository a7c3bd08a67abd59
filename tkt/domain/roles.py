"""Who may do what: the roles of people, and what each role permits."""

from __future__ import annotations

from enum import StrEnum

from tkt.domain.settings import People
from tkt.domain.ticket import Ticket

ASSIGNEE, REQUESTER = "assignee", "requester"
"""Roles that somebody has at one ticket only, because it names them."""


class Permission(StrEnum):
    """What a role may permit, besides writing tickets and commenting, which everybody may."""

    SETTINGS = "settings"
    TRANSITIONS = "transitions"
    ASSIGNMENT = "assignment"
    FIELDS = "fields"
    NOTES = "notes"
    VOUCH = "vouch"
    OVERRIDE = "override"


DEEDS = {
    Permission.SETTINGS: "change the settings",
    Permission.TRANSITIONS: "move tickets",
    Permission.ASSIGNMENT: "give tickets to somebody",
    Permission.FIELDS: "change fields of tickets",
    Permission.NOTES: "write internal notes",
    Permission.VOUCH: "bring in what others wrote",
    Permission.OVERRIDE: "push past a rule",
}
"""What a person does with each, for sentences."""


def roles_of(people: People, who: str) -> tuple[str, ...]:
    """The roles of a person: their own, those of their teams, or that of whoever is not listed.

    Args:
        people: everybody the settings name.
        who: an address or a handle.
    """
    person = people.find(who) if who else None
    if person is None:
        return (people.others,)
    teams = (team for team in people.teams.values() if person.handle in team.members)
    return tuple(dict.fromkeys((*person.roles, *(role for team in teams for role in team.roles))))


def may(people: People, who: str, permission: Permission) -> bool:
    """Whether somebody may do something.

    Where nobody is listed there are no roles, and everybody may do everything. Settings that nobody listed
    may change are open to everybody too: a desk cannot lock itself in.
    """
    if not people.agents or any(permission in people.roles.get(role, ()) for role in roles_of(people, who)):
        return True
    return permission is Permission.SETTINGS and not may_any(people, permission)


def may_any(people: People, permission: Permission) -> bool:
    """Whether anybody who is listed may do something."""
    return any(
        permission in people.roles.get(role, ())
        for person in people.agents.values()
        for role in roles_of(people, person.email)
    )


def holders(people: People, permission: Permission) -> tuple[str, ...]:
    """The roles that permit something."""
    return tuple(name for name, permits in people.roles.items() if permission in permits)


def roles_at(people: People, who: str, ticket: Ticket) -> frozenset[str]:
    """The roles that a person has at one ticket."""
    held = set(roles_of(people, who)) - {ASSIGNEE, REQUESTER}
    if is_one(people, who, ticket.assignee):
        held.add(ASSIGNEE)
    if is_one(people, who, ticket.text("requester") or ticket.text("created_by")):
        held.add(REQUESTER)
    return frozenset(held)


def is_one(people: People, who: str, name: str) -> bool:
    """Whether a name in a ticket means a person, or a team of theirs."""
    if not name:
        return False
    person = people.find(who)
    team = people.teams.get(name)
    if person and team and person.handle in team.members:
        return True
    return people.one(who) == people.one(name)

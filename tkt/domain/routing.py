"""Who gets a ticket when nobody says: skill first, then the lightest load."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tkt.domain.settings import People, Person
from tkt.domain.ticket import Ticket


def choose_agent(ticket: Ticket, people: People, load: Mapping[str, int], now: datetime) -> Person | None:
    """The agent for a ticket; None when nobody is there with room for one more.

    Of the team that works on the ticket's queue, or of everybody where no team does, whoever is
    not away and has room: the one with the most skills the ticket asks for, then with the smallest
    share of capacity in use, then by handle.

    Args:
        ticket: to be assigned.
        people: agents and teams.
        load: open tickets by address.
        now: for absences, UTC.
    """
    queue = ticket.text("queue")
    members = {
        each for team in people.teams.values() if queue and queue in team.queues for each in team.members
    }
    wanted = {queue, ticket.text("category"), *ticket.items("labels")} - {""}
    day = now.strftime("%Y-%m-%d")
    free = [
        person
        for person in people.agents.values()
        if (not members or person.handle in members)
        and load.get(person.email, 0) < person.capacity
        and not any(first <= day <= last for first, last in person.away)
    ]
    return min(
        free,
        key=lambda person: (
            -len(wanted & set(person.skills)),
            load.get(person.email, 0) / person.capacity,
            person.handle,
        ),
        default=None,
    )

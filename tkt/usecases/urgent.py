"""Tickets with what their clocks say: how they stand, how much time is left, and what must be done first."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tkt.domain.activity import TIMED
from tkt.domain.clocks import State
from tkt.domain.conditions import magnitude
from tkt.domain.ticket import Ticket
from tkt.domain.urgency import clock_fields
from tkt.errors import Problem
from tkt.usecases.workspace import Workspace

PRESSING = (State.BREACHED, State.AT_RISK)
"""What comes before everything else."""


def with_clocks(ws: Workspace, tickets: Sequence[Ticket]) -> tuple[list[Ticket], tuple[Problem, ...]]:
    """Tickets with the fields of TIMED, and what of their threads could not be understood."""
    found = ws.catalogue.clocks([each.id for each in tickets], ws.now)
    judged = found.judgements
    return [
        each.with_fields(clock_fields(judged[each.id])) if each.id in judged else each for each in tickets
    ], found.problems


def most_urgent_first(ws: Workspace, tickets: Sequence[Ticket]) -> list[Ticket]:
    """Tickets with clocks: what has run out or is about to, then by priority, then by what is due first.

    Args:
        ws: the desk.
        tickets: those that tie stay in their order.
    """
    rank, due, now = ws.settings.matrix.rank, ws.settings.fields["due"], ws.now.timestamp()

    def order(ticket: Ticket) -> tuple[bool, int, float]:
        moments = magnitude(due, ticket.text("due")), magnitude(TIMED["sla_due"], ticket.text("sla_due"))
        first = min((each for each in moments if each is not None), default=math.inf)
        pressing = ticket.text("sla") in PRESSING or (moments[0] or math.inf) < now
        return not pressing, rank(ticket.priority), first

    return sorted(tickets, key=order)

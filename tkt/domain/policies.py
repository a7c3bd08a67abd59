"""What the policies of promises ask of tickets."""

from __future__ import annotations

from datetime import datetime

from tkt.domain.conditions import Condition
from tkt.domain.query import parse_query
from tkt.domain.settings import Settings
from tkt.domain.vocabulary import Vocabulary


def policy_conditions(settings: Settings, now: datetime) -> tuple[Condition, ...]:
    """What each policy asks of a ticket at a moment, UTC, with every date resolved; in their order."""
    words = Vocabulary(settings, now, me=lambda: "", ticket=lambda word: word)
    return tuple(parse_query(each.when, words).condition for each in settings.sla.policies)

"""What people disagree about, in words: every value that holds, who set it and when, and what settles it."""

from __future__ import annotations

import shlex

from tkt.domain.disputes import Dispute, Voice
from tkt.domain.fields import Value
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.render.text import clean_line, spoken

_MOST = 60
"""So many characters of a value are shown: a title may be long."""


def dispute_text(dispute: Dispute, settings: Settings) -> str:
    """Such as `priority: P1 (ana, 2026-11-22 09:00) or P3 (bob, 2026-11-22 09:30)`."""
    said = " or ".join(voice_text(dispute, each, settings) for each in dispute.voices)
    return f"{clean_line(dispute.field)}: {said}"


def voice_text(dispute: Dispute, voice: Voice, settings: Settings) -> str:
    """A value, and who set it and when."""
    value = clean_line(spoken(settings, dispute.field, dispute.shown(voice)))
    shown = value if len(value) <= _MOST else f"{value[: _MOST - 3]}..."
    who = clean_line(settings.people.display(voice.entry.by))
    return f"{shown} ({who}, {voice.entry.at:%Y-%m-%d %H:%M})"


def settling_command(ticket: Ticket, dispute: Dispute) -> str:
    """What somebody types to leave a field as it is, and settle that."""
    value = ticket.fields.get(dispute.field, "")
    return f"tkt resolve {ticket.id} {clean_line(shlex.quote(f'{dispute.field}={_typed(value)}'))}"


def _typed(value: Value) -> str:
    return ",".join(value) if isinstance(value, tuple) else value

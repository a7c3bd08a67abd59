"""What a ticket must be before it is saved."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tkt.domain.fields import sentences, value_problem
from tkt.domain.ids import ENTRY_ID
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket

BODY_LIMIT = 1_000_000
MARKERS = re.compile(r"^<{7} .*$(?=[\s\S]*^={7}$[\s\S]*^>{7} .*$)", re.MULTILINE)
"""All three of them: a line of `=` alone is a heading."""

ENTRY_LINE = rf"<!-- entry ({ENTRY_ID.pattern}): ([1-9][0-9]{{0,6}}) lines(, no final newline)? -->\r?"
"""What stands above an entry that is folded into its ticket's file."""

FOLDED = re.compile(rf"^## Thread\r?\n\r?\n{ENTRY_LINE}$", re.MULTILINE)
"""How a thread begins that is folded into its ticket's file."""


def save_problems(ticket: Ticket, changed: Iterable[str], settings: Settings) -> list[str]:
    """Why a ticket cannot be saved; only what a command changed is held against it.

    Args:
        ticket: as it would be.
        changed: the fields that the command set; every field for a new ticket.
        settings: in force.
    """
    found = []
    for name in changed:
        field = settings.fields.get(name)
        trouble = value_problem(field, ticket.fields.get(name, field.empty)) if field else None
        if trouble:
            found.append(sentences(trouble))
    found += body_problems(ticket.body)
    marker = MARKERS.search(ticket.body)
    if marker:
        line = ticket.body.count("\n", 0, marker.start()) + 1
        found.append(f"line {line} of the description is a mark of an unresolved merge; keep one side")
    return found


def body_problems(body: str) -> list[str]:
    """Why a description cannot be saved, whoever put it together; marks in it may be meant."""
    found = []
    if len(body.encode()) > BODY_LIMIT:
        found.append(f"the description has more than {BODY_LIMIT:,} bytes; attach it as a file")
    thread = FOLDED.search(body)
    if thread:
        line = body.count("\n", 0, thread.start()) + 1
        found.append(f"line {line} of the description would begin a folded thread; put a space before ##")
    return found


def missing_fields(ticket: Ticket, settings: Settings) -> list[str]:
    """The fields that a ticket of its type must have and does not."""
    return [
        field.name
        for field in settings.custom
        if field.required(ticket.type) and not ticket.fields.get(field.name)
    ]

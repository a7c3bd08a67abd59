"""Which ticket a person means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tkt.domain.conditions import Among
from tkt.domain.ids import find_id, is_ticket_id, normalise_prefix, resolve
from tkt.errors import NotFoundError, UsageError
from tkt.usecases.workspace import Workspace

_FOREIGN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.#/-]{1,79}")


def find_ticket(ws: Workspace, text: str) -> str:
    """The id of the ticket that a person means.

    Args:
        ws: the desk.
        text: an id, the beginning of one, the name it had in another tracker, `-` for the ticket
            one changed last, or `.` for the ticket of the current branch.

    Raises:
        UsageError: it cannot be an id.
        NotFoundError: no ticket, or more than one, answers to it.
    """
    if text == "-":
        return _last(ws)
    if text == ".":
        return _of_branch(ws)
    prefix = normalise_prefix(text, ws.settings.key)
    if prefix and is_ticket_id(prefix):
        ws.tickets.whole(prefix)
        return prefix
    try:
        return resolve(text, ws.settings.key, ws.tickets.ids())
    except (UsageError, NotFoundError):
        foreign = _by_foreign_name(ws, text)
        if foreign:
            return foreign
        raise


def find_tickets(ws: Workspace, texts: Sequence[str]) -> list[str]:
    """The ids of several tickets, each once, in the order typed."""
    return list(dict.fromkeys(find_ticket(ws, text) for text in texts))


def _last(ws: Workspace) -> str:
    # start-up: most people type an id
    from tkt.usecases.pending import is_joined, newest_change, uncommitted_change

    pending = uncommitted_change(ws, ws.history.uncommitted())
    if pending:
        return pending.tickets[0]
    last = ws.history.last_change(ws.actor)
    if last is None:
        touched = find_id(ws.history.last_touched(ws.actor), ws.settings.key)
        if touched:
            return touched
        raise NotFoundError("you have not changed a ticket here yet", "Type an id; tkt list shows them.")
    joined = newest_change(ws, last.added) if is_joined(last) else None
    return (joined or last).tickets[0]


def _of_branch(ws: Workspace) -> str:
    branch = ws.history.branch()
    found = find_id(branch, ws.settings.key)
    if found is None:
        raise NotFoundError(
            f"the branch {branch!r} names no ticket" if branch else "no branch is checked out",
            f"Name it after one: git switch -c {ws.settings.key}-2j7k3q9-fix",
        )
    ws.tickets.whole(found)
    return found


def _by_foreign_name(ws: Workspace, text: str) -> str | None:
    if not _FOREIGN.fullmatch(text):
        return None
    found = ws.catalogue.select(Among("external_id", (text,), exact=True), ("external_id",)).tickets
    if len(found) > 1:
        raise NotFoundError(
            f"{text} is the name of {len(found)} tickets elsewhere",
            f"Type an id: {', '.join(each.id for each in found[:5])}",
        )
    return found[0].id if found else None

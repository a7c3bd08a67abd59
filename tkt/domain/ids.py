"""Names of tickets and entries: how they are made, read and ordered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from tkt.errors import NotFoundError, UsageError

SETTINGS = ".tkt"
"""The folder of the store that holds the settings, and makes it one."""

TICKETS = "tickets"
"""The folder of the store that holds all tickets, by month."""

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, lower case: no i, l, o or u to misread."""

_EPOCH_YEAR = 2020
_MONTH_CHARS = 2
_RANDOM_CHARS = 5
_BODY = f"[{ALPHABET}]{{{_MONTH_CHARS + _RANDOM_CHARS}}}"
_KEY = "[A-Z][A-Z0-9]{1,9}"
TICKET_ID = re.compile(rf"({_KEY})-({_BODY})")
ENTRY_ID = re.compile(rf"[0-9]{{8}}T[0-9]{{6}}Z-[{ALPHABET}]{{4}}")
_PREFIX = re.compile(rf"(?:({_KEY})-)?([{ALPHABET}]{{1,{_MONTH_CHARS + _RANDOM_CHARS}}})")
_SHOWN = 5
_MISREAD = str.maketrans("ilo", "110")

RandomText = Callable[[int], str]
"""Gives that many characters of ALPHABET, each time others."""


def month_code(moment: datetime) -> str:
    """The two characters for a month: months since January 2020, UTC, in base 32."""
    utc = moment.astimezone(UTC)
    months = (utc.year - _EPOCH_YEAR) * 12 + utc.month - 1
    if not 0 <= months < len(ALPHABET) ** _MONTH_CHARS:
        raise UsageError(f"no ticket can be created in {utc:%Y-%m}", "Look at the clock.")
    return ALPHABET[months // len(ALPHABET)] + ALPHABET[months % len(ALPHABET)]


@lru_cache(maxsize=1024)
def month_folder(ticket_id: str) -> str:
    """The folder `YYYY-MM` that an id's first two characters name."""
    body = ticket_id.rpartition("-")[2]
    months = ALPHABET.index(body[0]) * len(ALPHABET) + ALPHABET.index(body[1])
    return f"{_EPOCH_YEAR + months // 12}-{months % 12 + 1:02}"


@lru_cache(maxsize=1024)
def thread_folder(ticket_id: str) -> str:
    """Where a ticket's entries are, relative to the store: the id says it.

    Raises:
        NotFoundError: it is not an id, but a path or an option.
    """
    if not is_ticket_id(ticket_id):
        raise no_ticket(ticket_id)
    return f"{TICKETS}/{month_folder(ticket_id)}/{ticket_id}"


def ticket_path(ticket_id: str) -> str:
    """Where a ticket's file is, relative to the store."""
    return f"{thread_folder(ticket_id)}.md"


def attachment_path(ticket_id: str, file: str) -> str:
    """Where an attachment's bytes are, relative to the store."""
    return f"{thread_folder(ticket_id)}/files/{file}"


def ticket_of(path: str) -> str:
    """The id of the ticket that a path relative to the store belongs to; "" where it is no ticket's."""
    folder, month, name = (*path.split("/", 3), "", "")[:3]
    found = name if path.count("/") > 2 else name.removesuffix(".md")  # noqa: PLR2004  below a ticket's folder
    mine = folder == TICKETS and is_ticket_id(found) and month_folder(found) == month
    return found if mine else ""


def is_entry(path: str) -> bool:
    """Whether a file below a ticket's folder is an entry of its thread."""
    folder, _, name = path.rpartition("/")
    return not folder.endswith("/files") and bool(ENTRY_ID.fullmatch(name.removesuffix(".md")))


def no_ticket(ticket_id: str) -> NotFoundError:
    """The error for a ticket that is not there."""
    return NotFoundError(f"no ticket {ticket_id}", "tkt list --all shows what there is.")


def new_ticket_id(key: str, moment: datetime, random_text: RandomText) -> str:
    """A fresh id such as `TKT-2j7k3q9`, made without asking anybody."""
    return f"{key}-{month_code(moment)}{random_text(_RANDOM_CHARS)}"


def derived_ticket_id(key: str, moment: datetime, digest: bytes) -> str:
    """The id that always follows from the same foreign name, so that an import can be repeated."""
    number = int.from_bytes(digest[:8], "big")
    body = ""
    for _ in range(_RANDOM_CHARS):
        number, rest = divmod(number, len(ALPHABET))
        body += ALPHABET[rest]
    return f"{key}-{month_code(moment)}{body}"


def new_entry_id(moment: datetime, random_text: RandomText) -> str:
    """A fresh id such as `20261122T093000Z-x7k2`; the time is UTC."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}-{random_text(4)}"


def entry_time(entry_id: str) -> datetime:
    """The second, UTC, that an entry's id names.

    Raises:
        ValueError: there is no such moment.
    """
    return datetime.fromisoformat(entry_id[:16])


def is_ticket_id(text: str) -> bool:
    """Whether the text is a whole, well-formed ticket id."""
    return TICKET_ID.fullmatch(text) is not None


def find_id(text: str, key: str) -> str | None:
    """The first whole ticket id of this project in a text, in any case: a branch, a message."""
    match = re.search(rf"(?<![A-Za-z0-9]){key}-({_BODY})(?![A-Za-z0-9])", text, re.IGNORECASE)
    return f"{key}-{match.group(1).lower()}" if match else None


def normalise_prefix(text: str, key: str) -> str | None:
    """What a person typed as the beginning of a whole id, or None if it cannot be one.

    Case does not matter, the key may be missing, and i, l and o are read as 1, 1 and 0.
    """
    head, dash, tail = text.strip().rpartition("-")
    typed_key = head.upper() if dash else key
    body = tail.lower().translate(_MISREAD)
    if typed_key != key or not _PREFIX.fullmatch(body):
        return None
    return f"{key}-{body}"


def resolve(text: str, key: str, known: Iterable[str]) -> str:
    """The one known id that starts with what a person typed.

    Raises:
        UsageError: it cannot be an id.
        NotFoundError: no ticket, or more than one, answers to it.
    """
    prefix = normalise_prefix(text, key)
    if prefix is None:
        raise UsageError(
            f"{text!r} is not a ticket id", f"An id looks like {key}-2j7k3q9, or the start of one."
        )
    found = [each for each in known if each.startswith(prefix)]
    if len(found) == 1:
        return found[0]
    if prefix in found:
        return prefix
    if not found:
        raise no_ticket(prefix)
    raise NotFoundError(f"{prefix} is the start of {len(found)} ids", _some(found))


def _some(ids: Sequence[str]) -> str:
    shown = ", ".join(sorted(ids)[:_SHOWN])
    return f"Type more of it: {shown}{', ...' if len(ids) > _SHOWN else ''}"


def unique_prefix_lengths(ids: Iterable[str]) -> dict[str, int]:
    """How many characters of each id are enough to name it."""
    ordered = sorted(ids)
    lengths: dict[str, int] = {}
    for position, each in enumerate(ordered):
        neighbours = ordered[max(position - 1, 0) : position] + ordered[position + 1 : position + 2]
        shared = max((_shared(each, other) for other in neighbours), default=0)
        lengths[each] = max(shared + 1, each.index("-") + 2)
    return lengths


def _shared(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count

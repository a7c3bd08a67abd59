"""The machine: its clock, its chance, and who is at its keyboard."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tkt.domain.fields import clean_line, parse_time
from tkt.domain.ids import ALPHABET
from tkt.domain.settings import Settings
from tkt.errors import UsageError
from tkt.usecases.workspace import Actor

if TYPE_CHECKING:
    from tkt.gitrepo.repository import Repository

_ACTOR = re.compile(r"(?:(?P<name>[^<>]*)<)?(?P<email>[^<>]*[^<>\s][^<>]*)>?")
_LONGEST_NAME = 200


def now() -> datetime:
    """The moment of this command, UTC, to the second; TKT_NOW overrides it.

    Raises:
        UsageError: TKT_NOW is not RFC 3339 with a zone.
    """
    said = os.environ.get("TKT_NOW")
    if not said:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return parse_time(said)
    except ValueError:
        raise UsageError(f"TKT_NOW={said!r} is not a moment", "Write it as 2026-11-22T09:00:00Z.") from None


def random_text(length: int) -> str:
    """That many random characters of an id."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in os.urandom(length))


class Identity:
    """Who is at the keyboard: TKT_ACTOR, else whom Git's configuration names.

    Args:
        repository: whose configuration is asked.
        settings: the people it may name; None before there are any.
    """

    def __init__(self, repository: Repository, settings: Settings | None) -> None:
        self.repository = repository
        self.settings = settings

    def actor(self) -> Actor | None:
        """Who, or None when nobody has said.

        Raises:
            UsageError: what was said cannot be somebody's name.
        """
        said = clean_line(os.environ.get("TKT_ACTOR", ""), "TKT_ACTOR", _LONGEST_NAME)
        if not said:
            return _presentable(self.repository.identity())
        match = _ACTOR.fullmatch(said)
        if match is None:
            raise UsageError(
                f"TKT_ACTOR={said!r} is nobody's name", "Write a handle, an address, or NAME <ADDRESS>."
            )
        email = match["email"].strip()
        person = self.settings.people.find(email) if self.settings else None
        if person:
            return Actor(person.email, person.name, person.email)
        return Actor(email, (match["name"] or "").strip() or email, email)


def _presentable(actor: Actor | None) -> Actor | None:
    """Whom Git names, when a terminal may show it: a repository's configuration may be a stranger's."""
    if actor:
        clean_line(actor.email, "Git's user.email", _LONGEST_NAME)
        clean_line(actor.name, "Git's user.name", _LONGEST_NAME)
    return actor

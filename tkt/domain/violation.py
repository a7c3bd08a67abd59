"""What breaks a rule, which rules there are, and how much each of them weighs."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"


class Rule(NamedTuple):
    """A rule of `tkt check`.

    Args:
        name: as it is shown, and as machines know it.
        title: what holds, in one sentence.
        overridable: whether somebody with that permission may push past it on a server.
    """

    name: str
    title: str
    overridable: bool = False


_ALL = (
    Rule("schema", "Files can be read, and their fields hold what the settings allow."),
    Rule("settings", "The files in .tkt/ are valid and fit together."),
    Rule("path", "Tickets and entries stand where their ids say."),
    Rule("mode", "Files are plain files: no links, no repositories within the repository."),
    Rule(
        "name", "No two names are the same on a file system that ignores case or spells accents its own way."
    ),
    Rule("marker", "No mark of an unresolved merge is left."),
    Rule("reference", "Parents, links and attachments that are named are there."),
    Rule("state", "A ticket's fields are what its thread says, and every change has its entry."),
    Rule("stranded", "Every ticket is in a status that the workflow has."),
    Rule("entry-changed", "An entry is never changed."),
    Rule("entry-removed", "An entry is never removed."),
    Rule("ticket-removed", "A ticket is never removed, renamed or moved."),
    Rule("transition", "A ticket takes only steps that the workflow has.", overridable=True),
    Rule("required-field", "A ticket has the fields that its type or the step requires.", overridable=True),
    Rule("required-comment", "Something is said with a step that requires it.", overridable=True),
    Rule("role", "Everybody does only what their roles permit.", overridable=True),
    Rule("time-future", "Nothing happens in the future."),
    Rule("time-order", "Nothing happens before its ticket, or before what it follows.", overridable=True),
    Rule("time-backdated", "Nothing is dated back further than the policy allows.", overridable=True),
    Rule("author", "Whoever is named as the author of an entry wrote it."),
    Rule("signature", "Commits are signed by whom they name.", overridable=True),
    Rule("verdict", "What an entry says of clocks follows from the thread."),
    Rule("protected", "Settings are changed by those who may."),
    Rule("ref", "Branches that are protected only grow, and no other references are made."),
    Rule("message", "A commit names a ticket that is open to work.", overridable=True),
    Rule("sla-breached", "No clock of an open ticket has run out.", overridable=True),
    Rule("sla-at-risk", "No clock of an open ticket is about to run out.", overridable=True),
)
RULES = {rule.name: rule for rule in _ALL}


class Violation(NamedTuple):
    """Something that breaks a rule, at a place a person can go to.

    Args:
        rule: the rule's name.
        text: what is wrong, in one sentence without a full stop.
        hint: the way out.
        path: the file, relative to the store; "" where none is meant.
        line: counted from 1; 0 when the whole file is meant.
        ticket: its id; "" where none is meant.
        commit: the id of the commit that brought it; "" for what is not committed yet.
        level: how much it weighs.
        field: the field it is about; "" for none.
    """

    rule: str
    text: str
    hint: str = ""
    path: str = ""
    line: int = 0
    ticket: str = ""
    commit: str = ""
    level: Level = Level.ERROR
    field: str = ""

    @property
    def place(self) -> str:
        """Such as `tickets/2026-11/TKT-2j7k3q9.md:12`."""
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def order(self) -> tuple[bool, str, int, str]:
        """Errors first, then by place."""
        return self.level is not Level.ERROR, self.path, self.line, self.rule

"""Whether a file may lie where it lies, under the name that it has there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tkt.domain.ids import ENTRY_ID, SETTINGS, TICKET_ID, TICKETS, is_ticket_id, ticket_of, ticket_path

LINK, REPOSITORY = "120000", "160000"
_WHAT = {
    LINK: ("is a link; tkt never follows links", "Put the file itself there."),
    REPOSITORY: ("is a repository within the repository", "Take it out; tickets are plain files."),
}
_LIKE_A_TICKET = re.compile(r"[a-z][a-z0-9]{1,9}-[0-9a-z]{7}(\.md)?")
_IN_PLACE = re.compile(rf"{TICKETS}/[0-9-]{{7}}/{TICKET_ID.pattern}(/{ENTRY_ID.pattern})?\.md")
"""How most paths look; with them nothing can be wrong but the month."""
_FILE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_KEPT = ".gitkeep"
_FILES = "files"
_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class Misplaced(NamedTuple):
    """What is wrong with a file's place.

    Args:
        rule: the name of the rule.
        text: in one sentence without a full stop.
        hint: the way out.
    """

    rule: str
    text: str
    hint: str


def misplaced(path: str, mode: str) -> Iterator[Misplaced]:
    """What is wrong with a path of the store, whoever put a file there.

    Args:
        path: relative to the store.
        mode: as Git has it, such as 100644.
    """
    if mode in _WHAT:
        yield Misplaced("mode", *_WHAT[mode])
        return
    if _IN_PLACE.fullmatch(path) and ticket_of(path):
        return
    steps = path.split("/")
    for step in steps:
        yield from _misnamed(step)
    for wanted in (TICKETS, SETTINGS):
        if steps[0] != wanted and _twin(steps[0]) == wanted:
            text = f"where case does not count, {steps[0]} is {wanted}"
            yield Misplaced("name", text, f"Call it {wanted}, or something else.")
    if steps[0] == TICKETS:
        yield from _misplaced_in_tickets(path, steps)


def _misnamed(name: str) -> Iterator[Misplaced]:
    """Names that mean something to Git or to a file system."""
    plain = _twin(name)
    hidden = any(unicodedata.category(each) in _HIDDEN for each in name)
    bare = "".join(each for each in plain if unicodedata.category(each) not in _HIDDEN)
    if name in {"", ".", ".."} or "\\" in name or ":" in name or hidden:
        yield Misplaced("name", "no file may be called so", "Rename it.")
    elif (bare.startswith(".git") and bare not in {_KEPT, ".gitattributes"}) or bare.startswith("git~"):
        yield Misplaced("name", f"{name} means something to Git", "Take it out.")
    elif _RESERVED.fullmatch(plain):
        yield Misplaced("name", f"{name} is reserved on Windows", "Rename it.")
    elif unicodedata.normalize("NFC", name) != name:
        yield Misplaced("name", "the name is not in Unicode's normal form C", "Rename it.")


def _misplaced_in_tickets(path: str, steps: list[str]) -> Iterator[Misplaced]:
    if _twin(steps[-1]) == ".gitattributes":
        yield Misplaced("name", ".gitattributes means something to Git", "Take it out; the store has one.")
    owner = next((place for place, each in enumerate(steps) if _LIKE_A_TICKET.fullmatch(_twin(each))), None)
    if owner is None:
        return
    ticket_id = steps[owner].removesuffix(".md")
    wanted = ticket_path(ticket_id) if is_ticket_id(ticket_id) else ""
    here = "/".join(steps[: owner + 1])
    if here.removesuffix(".md") != wanted.removesuffix(".md"):
        hint = f"It belongs into {wanted}." if wanted else "An id looks like TKT-2j7k3q9."
        yield Misplaced("path", "looks like a ticket's and is none, because of its name or place", hint)
    elif path != wanted:
        yield from _misplaced_in_thread(steps[owner + 1 :])


def _misplaced_in_thread(steps: list[str]) -> Iterator[Misplaced]:
    """What lies beside a ticket's entries."""
    is_entry = len(steps) == 1 and steps[0].endswith(".md") and ENTRY_ID.fullmatch(steps[0][:-3])
    is_file = len(steps) == 2 and steps[0] == _FILES and _FILE.fullmatch(steps[1])  # noqa: PLR2004  files/NAME
    if not (is_entry or is_file or steps[-1:] == [_KEPT]):
        text = "is neither an entry nor an attachment, and lies where only those may"
        yield Misplaced("path", text, "An entry is called by its id; attachments lie in files/.")


def _twin(name: str) -> str:
    """The same for names that a file system may take for one another."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def twins(names: Iterable[str]) -> list[tuple[str, str]]:
    """Names that a file system may take for one another."""
    seen: dict[str, str] = {}
    found = []
    for name in names:
        other = seen.setdefault(_twin(name), name)
        if other != name:
            found.append((other, name))
    return found


def is_attachment(path: str) -> bool:
    """Whether a path is that of an attachment."""
    steps = path.split("/")
    return len(steps) == 5 and steps[0] == TICKETS and steps[3] == _FILES  # noqa: PLR2004  tickets/M/ID/files/NAME

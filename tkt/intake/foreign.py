"""What other trackers wrote, made fit for a ticket: lines, texts, times, and ids that repeat."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import count

from tkt.domain.checks import BODY_LIMIT, save_problems
from tkt.domain.fields import (
    TEXT_LIMIT,
    TITLE_LIMIT,
    Value,
    clean_text,
    hidden_characters,
    parse_time,
)
from tkt.domain.ids import ALPHABET, derived_ticket_id, new_entry_id
from tkt.domain.settings import Settings
from tkt.usecases.record import Story

_HEAD_LIMIT = 48 * 1024
"""Characters of front matter: three quarters of what a file may have, to leave room for edits."""
_ITEM_LIMIT = 1000
"""Items of lists in front matter; a file may have twice as many nodes."""
_FIRST_YEAR = 1970
"""Earlier times are a program's zero, such as Go's 0001-01-01."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_MERGE_MARK = re.compile(r"^(?=(?:<{7} .*|={7}|>{7} .*)$)", re.MULTILINE)
_NOT_OF_KEYS = re.compile(r"[^A-Za-z0-9_]+")
_KEY_LIMIT = 60


def foreign_line(text: str, limit: int = TEXT_LIMIT) -> str:
    """One line of a text as it can be stored: what cannot be seen is dropped, the rest cut."""
    if not (text.isascii() and text.isprintable()):
        composed = unicodedata.normalize("NFC", text)
        hidden = set(hidden_characters(composed))
        spaced = (" " if each in hidden and each.isspace() else each for each in composed)
        text = unicodedata.normalize("NFC", "".join(each for each in spaced if each not in hidden))
    return text.strip()[:limit].strip()


def same_line(text: str, line: str) -> bool:
    """Whether a text became that line without losing more than the space around it."""
    return unicodedata.normalize("NFC", text).strip() == line


def foreign_title(text: str) -> str:
    """A text as a title; one that is too long ends in three dots."""
    line = foreign_line(text, len(text) * 4)
    return line if len(line) <= TITLE_LIMIT else f"{line[: TITLE_LIMIT - 3].rstrip()}..."


def foreign_text(text: str) -> str:
    """A text of several lines without what steers a terminal.

    A line that looks like the mark of an unresolved merge, such as a heading underlined with seven
    equals signs, gets a space before it: it shows the same, and the ticket can be saved again.
    """
    return _MERGE_MARK.sub(" ", clean_text(_CONTROL.sub("", text)))


def foreign_time(said: object) -> datetime:
    """A moment, UTC, to the second.

    Raises:
        ValueError: it is no RFC 3339 text with a zone, or before 1970.
    """
    moment = parse_time(said if isinstance(said, str) else "")
    if moment.year < _FIRST_YEAR:
        raise ValueError(said)
    return moment


def compact(said: object) -> str:
    """Any JSON value as JSON text on one line, ASCII only, so that nothing of it is lost."""
    return json.dumps(said, separators=(",", ":"))


def extra_value(said: object) -> Value:
    """A JSON value as front matter holds it: a line, a list of lines, else JSON text."""
    if isinstance(said, list) and said and all(map(is_line, said)):
        return tuple(said)
    line = foreign_line(said) if isinstance(said, str) else ""
    return line if isinstance(said, str) and same_line(said, line) else compact(said)


def is_line(said: object) -> bool:
    """Whether a JSON value is a line that can be stored as it is."""
    return isinstance(said, str) and said != "" and foreign_line(said) == said


def extra_key(source: str, key: str, taken: Container[str]) -> str:
    """The key under which a ticket keeps what no field takes: `beads_owner`."""
    name = f"{source}_{_NOT_OF_KEYS.sub('_', key)[:_KEY_LIMIT]}"
    while name in taken:
        name += "_"
    return name


def with_section(body: str, title: str, text: str) -> str:
    """A description with a section added at its end."""
    start = f"{body}\n" if body else ""
    return f"{start}## {title}\n\n{text}"


def derived_ids(source: str, key: str, things: Sequence[tuple[str, datetime]]) -> dict[str, str]:
    """A ticket id for each thing of a source, the same ones every time.

    Where two come out alike, the later one is tried again with a number behind its name. Older
    things choose first, so that a longer export of the same source leaves their ids alone.

    Args:
        source: the tracker's name.
        key: the project key.
        things: their names, and when they were made.
    """
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for name, created in sorted(things, key=lambda thing: (thing[1], thing[0])):
        digests = map(_digest, _seeds(f"{source}:{name}"))
        tried = map(partial(derived_ticket_id, key, created), digests)
        ids[name] = next(each for each in tried if each not in taken)
        taken.add(ids[name])
    return ids


def derived_entry_id(moment: datetime, seed: str, taken: Container[str]) -> str:
    """An entry id that always follows from the same seed, and is not one of those taken."""
    tried = (new_entry_id(moment, partial(_letters, each)) for each in _seeds(seed))
    return next(each for each in tried if each not in taken)


def _seeds(seed: str) -> Iterator[str]:
    yield seed
    yield from (f"{seed}:{attempt}" for attempt in count(1))


def _digest(seed: str) -> bytes:
    return hashlib.sha256(seed.encode()).digest()


def _letters(seed: str, length: int) -> str:
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in _digest(seed)[:length])


def story_trouble(story: Story, settings: Settings) -> str:
    """Why a ticket or an entry of a story could not be saved or read again; "" when it could."""
    fields = story.ticket.fields
    if _head_size(fields) > _HEAD_LIMIT or _item_count(fields) > _ITEM_LIMIT:
        return "it has more labels, links or keys than a ticket can hold"
    if any(len(entry.body.encode()) > BODY_LIMIT for entry in story.entries):
        return f"a comment has more than {BODY_LIMIT:,} bytes"
    return "; ".join(save_problems(story.ticket, fields, settings))


def _head_size(fields: Mapping[str, Value]) -> int:
    return sum(len(name) + len(compact(value)) + 4 for name, value in fields.items())


def _item_count(fields: Mapping[str, Value]) -> int:
    return sum(len(value) if isinstance(value, tuple) else 1 for value in fields.values())

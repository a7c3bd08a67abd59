"""What a ticket's fields are called, what they hold, and how a typed value becomes a stored one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self, TypeAlias

from tkt.errors import UsageError

Value = str | tuple[str, ...]
"""A field's value as stored: text, or a sorted list of texts. "" and () are unset."""

Tree: TypeAlias = "str | tuple[Tree, ...] | Mapping[str, Tree]"
"""What stands at a key that no settings know: texts, at any depth."""

KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.@ /+-]{0,99}(?<! )")
"""What a key of front matter may be."""

HEAD_LIMIT = 64 * 1024
NODE_LIMIT = 2000
DEPTH_LIMIT = 6
"""How many characters, keys and values, and levels front matter may have."""

TITLE_LIMIT = 250
TEXT_LIMIT = 1000
_SHOWN = 60


class Nested(str):
    """A value that no settings know and that is more than a text: it reads as what is shown of it.

    Args:
        shown: for people.
        tree: all of it, for whoever writes it elsewhere.
    """

    __slots__ = ("tree",)
    tree: Tree

    def __new__(cls, shown: str, tree: Tree = "") -> Self:
        """Such a value."""
        made = super().__new__(cls, shown)
        made.tree = tree
        return made


class FieldType(StrEnum):
    """What kind of value a field holds."""

    TEXT = "text"
    CHOICE = "choice"
    LIST = "list"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    PERSON = "person"
    TICKET = "ticket"


class Field(NamedTuple):
    """A field as the settings declare it, or as tkt itself does.

    Args:
        name: its key in the file.
        type: what it holds.
        choices: the allowed values of a choice or a list; empty allows any.
        default: the value of a new ticket.
        required_for: the ticket types that must have it, `*` for all.
        fixed: set at creation and never changed.
        title: its name for people.
    """

    name: str
    type: FieldType = FieldType.TEXT
    choices: tuple[str, ...] = ()
    default: Value = ""
    required_for: tuple[str, ...] = ()
    fixed: bool = False
    title: str = ""

    @property
    def empty(self) -> Value:
        """What the field holds when it is unset."""
        return () if self.type is FieldType.LIST else ""

    @property
    def label(self) -> str:
        """Its name for people."""
        return self.title or self.name.replace("_", " ").capitalize()

    def required(self, ticket_type: str) -> bool:
        """Whether a ticket of that type must have it."""
        return "*" in self.required_for or ticket_type in self.required_for


FIXED = (
    Field("id", fixed=True),
    Field("created", FieldType.DATETIME, fixed=True),
    Field("created_by", FieldType.PERSON, fixed=True),
    Field("channel", FieldType.CHOICE, fixed=True),
    Field("external_id", fixed=True),
)
"""Set at creation; they stand together at the top of the file."""

MUTABLE = (
    Field("title"),
    Field("type", FieldType.CHOICE),
    Field("status", FieldType.CHOICE),
    Field("resolution", FieldType.CHOICE),
    Field("priority", FieldType.CHOICE),
    Field("impact", FieldType.CHOICE),
    Field("urgency", FieldType.CHOICE),
    Field("queue", FieldType.CHOICE),
    Field("category", FieldType.CHOICE),
    Field("assignee", FieldType.PERSON),
    Field("requester", FieldType.PERSON),
    Field("watchers", FieldType.LIST),
    Field("labels", FieldType.LIST),
    Field("due", FieldType.DATETIME),
    Field("parent", FieldType.TICKET),
    Field("links", FieldType.LIST),
)
"""Always present in the file, a blank line between them, so that setting one is one line."""

BUILT_IN = {field.name: field for field in (*FIXED, *MUTABLE)}
OPTIONAL = frozenset({"external_id"})
"""Written only when they have a value."""


def did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    """`did you mean X?`, or nothing when no known name is near."""
    from difflib import get_close_matches  # start-up: most commands make no suggestion

    letters = sorted(word.lower())
    swapped = [each for each in known if sorted(each) == letters]  # lsit is list rather than site
    near = swapped or get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else ""


def unknown(kind: str, word: str, known: list[str] | tuple[str, ...]) -> UsageError:
    """The error for a name that is not one of a known few: allowed values, nearest name."""
    hint = f"Allowed: {', '.join(known)}." if known else ""
    near = did_you_mean(word, known)
    return UsageError(f"{kind} {shortened(word)} is not known" + (f"; {near}" if near else ""), hint=hint)


def shortened(text: str) -> str:
    """What somebody wrote, in quotes as a message shows it: nothing hidden, not a whole page."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def sentences(trouble: tuple[str, str]) -> str:
    """What is wrong and what to do about it, one after the other."""
    text, hint = trouble
    return f"{text}{'' if text.endswith('?') else '.'} {hint}" if hint else text


_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co"}
_JOINERS = "\u200c\u200d"
"""Zero-width joiners are how some scripts and emoji are spelt."""


def hidden_characters(text: str, allowed: str = "") -> list[str]:
    """The characters of a text that a reader cannot see, or that steer a terminal."""
    if text.isprintable():
        return []
    return [
        each
        for each in text
        if unicodedata.category(each) in _HIDDEN and each not in allowed and each not in _JOINERS
    ]


def _hidden_problem(what: str, char: str) -> tuple[str, str]:
    return (
        f"{what} has a character that cannot be seen: U+{ord(char):04X}",
        "Type it again without that character.",
    )


def clean_line(text: str, what: str, limit: int = TEXT_LIMIT) -> str:
    """One line of text as it is stored: NFC, no space around it.

    Raises:
        UsageError: it has more than one line, hidden characters, or too many characters.
    """
    line = unicodedata.normalize("NFC", text).strip()
    if "\n" in line or "\r" in line:
        raise UsageError(f"{what} is one line", "Put the rest into the description.")
    hidden = hidden_characters(line)
    if hidden:
        raise UsageError(*_hidden_problem(what, hidden[0]))
    if len(line) > limit:
        raise UsageError(f"{what} has {len(line):,} characters; {limit} are allowed")
    return line


def clean_title(text: str) -> str:
    """A ticket's title as it is stored.

    Raises:
        UsageError: it is empty, too long, has several lines or hidden characters.
    """
    line = clean_line(text, "a title", TITLE_LIMIT)
    if not line:
        raise UsageError("a title cannot be empty")
    return line


def clean_text(text: str) -> str:
    """A description or comment as it is stored: NFC, LF, one final newline, or nothing at all.

    Raises:
        UsageError: it holds characters that steer a terminal or that cannot be stored.
    """
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    seen = lines.replace("\n", "").replace("\t", "")
    bad = [] if seen.isprintable() else [each for each in seen if unicodedata.category(each) in {"Cc", "Cs"}]
    if bad:
        raise UsageError(
            f"the text has a control character: U+{ord(bad[0]):04X}",
            "Save it as plain UTF-8 text and try again.",
        )
    stripped = lines.strip("\n")
    return f"{stripped}\n" if stripped.strip() else ""


_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AHEAD = re.compile(r"([0-9]{1,4})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def parse_moment(text: str, now: datetime, what: str) -> str:
    """A date or moment as stored: `YYYY-MM-DD`, or RFC 3339 in UTC.

    Accepts those two, `today`, `tomorrow`, and `3d`, `2w`, `4h` from now.

    Raises:
        UsageError: it is none of these, or no such day exists.
    """
    word = text.strip().lower()
    if word in {"today", "tomorrow"}:
        return (now + timedelta(days=word == "tomorrow")).date().isoformat()
    ahead = _AHEAD.fullmatch(word)
    if ahead:
        moment = now + int(ahead.group(1)) * _UNITS[ahead.group(2)]
        return format_time(moment) if ahead.group(2) == "h" else moment.date().isoformat()
    try:
        if _DATE.fullmatch(word):
            return date.fromisoformat(word).isoformat()
        return format_time(parse_time(text.strip()))
    except ValueError as error:
        raise UsageError(
            f"{what}: {shortened(text)} is not a date",
            "Write 2026-12-01, 2026-12-01T09:00:00Z, tomorrow or 3d.",
        ) from error


def parse_time(text: str) -> datetime:
    """An RFC 3339 moment with its zone, as UTC to the second.

    Raises:
        ValueError: it is not one, or names no zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or len(text) < len("2026-01-01T00:00Z"):
        raise ValueError(text)
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:  # in the first or the last hours that there are
        raise ValueError(text) from error


def format_time(moment: datetime) -> str:
    """RFC 3339, UTC, to the second: `2026-11-22T09:30:00Z`."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def parse_value(field: Field, text: str, now: datetime) -> Value:
    """What a person typed for a field, as it is stored.

    Raises:
        UsageError: the field cannot hold it.
    """
    what = field.label.lower()
    if field.type is FieldType.LIST:
        items = (clean_line(each, what) for each in text.split(","))
        return _checked(field, tuple(sorted({each for each in items if each})))
    line = clean_title(text) if field.name == "title" else clean_line(text, what)
    if not line:
        return ""
    if field.type in {FieldType.DATE, FieldType.DATETIME}:
        moment = parse_moment(line, now, what)
        line = moment[:10] if field.type is FieldType.DATE else moment
    if field.type is FieldType.BOOLEAN:
        line = _boolean(line, what)
    return _checked(field, line)


def _boolean(line: str, what: str) -> str:
    word = line.lower()
    if word in {"yes", "true"}:
        return "true"
    if word in {"no", "false"}:
        return "false"
    raise unknown(what, line, ("true", "false"))


def _checked(field: Field, value: Value) -> Value:
    trouble = value_problem(field, value)
    if trouble:
        raise UsageError(trouble[0], trouble[1])
    return value


def value_problem(field: Field, value: Value) -> tuple[str, str] | None:
    """Why a field cannot hold a value, and what it can hold; None when it can."""
    what = field.label.lower()
    if field.type is FieldType.LIST and not isinstance(value, tuple):
        return f"{what} is a list", "Write one item a line, each after a dash."
    if field.type is not FieldType.LIST and isinstance(value, tuple):
        return f"{what} holds one value, not a list", ""
    items = value if isinstance(value, tuple) else (value,)
    found = (_item_problem(field, what, item) for item in items if item)
    return next(filter(None, found), None)


def _item_problem(field: Field, what: str, item: str) -> tuple[str, str] | None:
    hidden = [] if item.isprintable() else hidden_characters(item)
    if hidden:
        return _hidden_problem(what, hidden[0])
    if field.choices and item not in field.choices:
        error = unknown(what, item, field.choices)
        return error.message, error.hint
    if field.type is FieldType.NUMBER and not _NUMBER.fullmatch(item):
        return f"{what}: {shortened(item)} is not a number", "Write digits, such as 3 or 1.5."
    if field.type is FieldType.BOOLEAN and item not in {"true", "false"}:
        return f"{what}: {shortened(item)} is neither true nor false", ""
    if field.type in {FieldType.DATE, FieldType.DATETIME}:
        return _moment_problem(what, item)
    return None


def _moment_problem(what: str, value: str) -> tuple[str, str] | None:
    try:
        if _DATE.fullmatch(value):
            date.fromisoformat(value)
        else:
            parse_time(value)
    except ValueError:
        return f"{what}: {shortened(value)} is not a date", "Write 2026-12-01 or 2026-12-01T09:00:00Z."
    return None

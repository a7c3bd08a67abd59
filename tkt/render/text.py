"""Values as text for people: nothing hidden reaches a terminal, and everything lines up."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from tkt.domain.fields import FieldType

if TYPE_CHECKING:
    from tkt.domain.entry import Change
    from tkt.domain.settings import Settings

_KEPT = "\n\t"
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co"}
_JOINERS = "\u200c\u200d"


def clean(text: str) -> str:
    """A text with everything that steers a terminal or hides from a reader shown as an escape."""
    if text.replace("\n", "").replace("\t", "").isprintable():  # which nothing hidden is
        return text
    return "".join(each if _is_seen(each) else _escaped(each) for each in text)


def _is_seen(char: str) -> bool:
    return char in _KEPT or char in _JOINERS or unicodedata.category(char) not in _HIDDEN


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def clean_line(text: str) -> str:
    """The same on one line."""
    if text.isprintable():
        return text
    return clean(text).replace("\n", "\\n").replace("\t", " ")


def first_line(text: str) -> str:
    """The first line of a text, with an ellipsis where there are more."""
    first, more, _ = text.strip().partition("\n")
    return f"{first.rstrip()} …" if more else first


def width(text: str) -> int:
    """How many columns a text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(_columns(each) for each in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char) or char in _JOINERS or unicodedata.category(char) == "Mn":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, columns: int) -> str:
    """A text cut to so many columns, with an ellipsis where something is missing."""
    if width(text) <= columns:
        return text
    kept, taken = "", 0
    for each in text:
        taken += _columns(each)
        if taken > columns - 1:
            break
        kept += each
    return f"{kept.rstrip()}…"


@dataclass(frozen=True, slots=True)
class Style:
    """How text is to look.

    Args:
        color: whether colours are used.
        width: columns of the terminal; 0 for a pipe, where nothing is cut.
    """

    color: bool = False
    width: int = 0

    def paint(self, text: str, *codes: str) -> str:
        """A text in a colour or weight, such as `bold`, `dim`, `red`."""
        if not self.color or not text or not codes:
            return text
        return f"\x1b[{';'.join(_CODES[code] for code in codes)}m{text}\x1b[0m"


_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


class Cell(NamedTuple):
    """A table's cell: what it says, and how it looks."""

    text: str
    codes: tuple[str, ...] = ()
    lead: int = 0
    """So many characters at its start are bold: the part of an id that is enough to type."""


def table(header: Sequence[str], rows: Sequence[Sequence[Cell]], style: Style) -> str:
    """Rows in aligned columns, the last of which takes what is left of the terminal's width."""
    lengths = [
        max(width(title), *(width(row[number].text) for row in rows)) if rows else width(title)
        for number, title in enumerate(header)
    ]
    if style.width:
        whole = [place for place, title in enumerate(header) if title in _NEVER_CUT]
        _shrink(lengths, style.width - 2 * (len(lengths) - 1), whole)
    lines = [_line([Cell(title, ("dim",)) for title in header], lengths, style)]
    lines += [_line(row, lengths, style) for row in rows]
    return "\n".join(lines)


def aligned(header: Sequence[str], columns: Sequence[Sequence[str]]) -> str:
    """Columns of plain text side by side, as `table` has them in a pipe; for thousands of rows."""
    sides = [_padded([title, *texts]) for title, texts in zip(header[:-1], columns[:-1], strict=True)]
    lines = zip(*sides, [header[-1], *columns[-1]], strict=True)
    return "\n".join([line.rstrip() for line in map("  ".join, lines)])


def _padded(texts: list[str]) -> list[str]:
    """Texts of one width."""
    if "".join(texts).isascii():
        length = max(map(len, texts))
        return [text.ljust(length) for text in texts]
    widths = list(map(width, texts))
    length = max(widths)
    return [text + " " * (length - taken) for text, taken in zip(texts, widths, strict=True)]


_LAST_WIDTH, _LEAST_WIDTH = 20, 8
_NEVER_CUT = frozenset({"ID", "WHEN (UTC)"})
"""Columns that say nothing any more when a part of them is missing."""


def _shrink(lengths: list[int], room: int, whole: Sequence[int]) -> None:
    """Make columns narrower until they fit: the last one first, then the widest that may be cut."""
    last = len(lengths) - 1
    if last not in whole:
        lengths[last] = min(lengths[last], max(room - sum(lengths[:last]), _LAST_WIDTH))
    while sum(lengths) > room:
        cut = [each for each in range(len(lengths)) if each not in whole and lengths[each] > _LEAST_WIDTH]
        if not cut:
            return
        lengths[max(cut, key=lambda place: lengths[place])] -= 1


def _line(row: Sequence[Cell], lengths: Sequence[int], style: Style) -> str:
    parts = []
    for number, (cell, length) in enumerate(zip(row, lengths, strict=True)):
        text = fit(cell.text, length) if style.width else cell.text
        padding = "" if number == len(row) - 1 else " " * (length - width(text))
        parts.append(_painted(text, cell, style) + padding)
    return "  ".join(parts).rstrip()


def _painted(text: str, cell: Cell, style: Style) -> str:
    if cell.lead:
        return style.paint(text[: cell.lead], "bold", *cell.codes) + style.paint(text[cell.lead :], "dim")
    return style.paint(text, *cell.codes) if cell.codes else text


_TWO_WEEKS = 14
_YEAR = 365.25


def age(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that says enough: `5 min`, `3 h`, `2 d`, `6 w`."""
    passed = now - moment
    days, seconds = passed.days, passed.seconds
    if days < 0:
        return f"in {age(now, moment)}"
    if days < 1:
        if seconds < 60:  # noqa: PLR2004  a minute
            return "now"
        return f"{seconds // 3600} h" if seconds >= 3600 else f"{seconds // 60} min"  # noqa: PLR2004  an hour
    if days < _TWO_WEEKS:
        return f"{days} d"
    years = int((days + seconds / 86_400) // _YEAR)
    return f"{years} y" if years else f"{days // 7} w"


def time_left(seconds: int) -> str:
    """How much working time is left, in what matters of it: `45s`, `32m`, `2h 5m`, `13h`; `-5m` is over."""
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, minutes = rest // 3600, rest // 60 % 60
    if rest < 60:  # noqa: PLR2004  a minute
        return f"{sign}{rest}s"
    if hours >= 10 or not minutes:  # noqa: PLR2004  minutes no longer matter
        return f"{sign}{hours}h"
    return f"{sign}{hours}h {minutes}m" if hours else f"{sign}{minutes}m"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 ticket`, `12 tickets`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def indent(text: str, by: str = "  ") -> str:
    """Every line moved to the right."""
    return "\n".join(f"{by}{line}" if line else "" for line in text.split("\n"))


def field_label(settings: Settings, name: str) -> str:
    """A field's name for people."""
    field = settings.fields.get(name)
    return field.label if field else name


def spoken(settings: Settings, name: str, value: str) -> str:
    """A field's value as people say it: a person by the handle."""
    field = settings.fields.get(name)
    is_person = name == "watchers" or (field is not None and field.type is FieldType.PERSON)
    return settings.people.display(value) if is_person else value


def change_text(settings: Settings, change: Change) -> str:
    """One change: `status: new -> assigned`, `labels: +vip -mobile`."""
    name = field_label(settings, change.field).lower()
    if change.is_list:
        items = [("-", each) for each in change.old] + [("+", each) for each in change.new]
        signs = (sign + spoken(settings, change.field, each) for sign, each in items)
        return f"{name}: {clean_line(' '.join(signs))}"
    values = (spoken(settings, change.field, str(each)) for each in (change.old, change.new))
    old, new = (clean_line(each) or "none" for each in values)
    return f"{name} stays {new}" if change.is_kept else f"{name}: {old} -> {new}"

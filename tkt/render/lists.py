"""Many tickets as a person reads them in a terminal: tables, groups, what was found, the board."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from tkt.domain.activity import DERIVED, TIMED
from tkt.domain.duration import show_minutes
from tkt.domain.fields import FieldType
from tkt.domain.ids import unique_prefix_lengths
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.domain.workflow import Category
from tkt.render.text import Cell, Style, age, aligned, clean_line, fit, spoken, table, time_left, width

if TYPE_CHECKING:
    from tkt.domain.settings import View as SavedView
    from tkt.usecases.look import Group
    from tkt.usecases.workspace import Hit

COLUMNS = ("id", "priority", "status", "type", "assignee", "age", "title")
PROMISED_COLUMNS = ("id", "priority", "left", "status", "type", "assignee", "age", "title")
"""Those of a desk that promises something."""

_DISPENSABLE = ("age", "type", "assignee", "status")
"""Columns that a narrow terminal goes without, the first to go first."""

_MOMENT = re.compile(r"[0-9-]{10}T[0-9:]{8}Z")
_TITLE_WIDTH = 20
_CARD_WIDTH = 22
_CARDS = 12
CATEGORY_COLORS = {
    Category.NEW: ("cyan",),
    Category.OPEN: ("green",),
    Category.WAITING: ("yellow",),
    Category.DONE: ("dim",),
}
CLOCK_COLORS: Mapping[str, tuple[str, ...]] = {
    "breached": ("red",),
    "missed": ("red",),
    "at-risk": ("yellow",),
    "paused": ("blue",),
    "met": ("green",),
}
_PRIORITY_COLORS = (("red", "bold"), ("red",), ("yellow",))


class Lists:
    """Puts tickets into words.

    Args:
        settings: names of people, statuses and priorities.
        style: of the terminal or pipe.
        now: for ages, UTC.
        ids: gives every id there is, so that what is enough to type of one can stand out.
    """

    def __init__(
        self, settings: Settings, style: Style, now: datetime, ids: Callable[[], Sequence[str]] = tuple
    ) -> None:
        self.settings = settings
        self.style = style
        self.now = now
        self._leads = unique_prefix_lengths(ids()) if style.color else {}

    def tickets(self, tickets: Sequence[Ticket], columns: Sequence[str] = COLUMNS) -> str:
        """A table of tickets; the part of each id that is enough to type stands out."""
        texts = [self._texts(name, tickets) for name in columns]
        if self.style == Style():
            return aligned([self._heading(name) for name in columns], texts)
        places = self._fitting(columns, texts)
        rows = [
            [self._cell(each, columns[place], texts[place][number]) for place in places]
            for number, each in enumerate(tickets)
        ]
        return table([self._heading(columns[place]) for place in places], rows, self.style)

    def groups(self, groups: Sequence[Group], by: str, columns: Sequence[str] = COLUMNS) -> str:
        """Groups of tickets, each below its name; the columns of all are aligned."""
        header, *lines = self.tickets([each for group in groups for each in group.tickets], columns).split(
            "\n"
        )
        rows = iter(lines)
        parts = [[self._group_heading(each, by), header, *islice(rows, len(each.tickets))] for each in groups]
        return "\n\n".join("\n".join(part) for part in parts)

    def _group_heading(self, group: Group, by: str) -> str:
        return self.style.paint(self._group_name(group, by), "bold", *self._group_color(group, by))

    def _group_name(self, group: Group, by: str) -> str:
        name = clean_line(spoken(self.settings, by, group.value)) or "none"
        return f"{name} ({len(group.tickets):,})"

    def _group_color(self, group: Group, by: str) -> tuple[str, ...]:
        return CATEGORY_COLORS[self.settings.workflow.category(group.value)] if by == "status" else ()

    def counts(self, by: str, groups: Sequence[Group]) -> str:
        """How many tickets each group has."""
        counts = [f"{len(each.tickets):,}" for each in groups]
        longest = max(map(len, ["COUNT", *counts]))
        rows = [
            [Cell(count.rjust(longest)), Cell(clean_line(spoken(self.settings, by, each.value)) or "none")]
            for count, each in zip(counts, groups, strict=True)
        ]
        return table(["COUNT", self._heading(by)], rows, self.style)

    def views(self, views: Sequence[SavedView]) -> str:
        """The saved queries."""
        rows = [
            [Cell(each.name, ("bold",)), Cell(clean_line(each.query)), Cell(clean_line(each.title))]
            for each in views
        ]
        return table(["VIEW", "QUERY", "TITLE"], rows, self.style)

    def _texts(self, name: str, tickets: Sequence[Ticket]) -> list[str]:
        """What a column says, row by row; what occurs again and again is worked out once."""
        if name in {"age", "waiting"}:
            source = "created" if name == "age" else "updated"
            return [age(datetime.fromisoformat(each.text(source)), self.now) for each in tickets]
        if name == "left":
            return [_left(each) for each in tickets]
        if name in {"id", "title"}:
            return [clean_line(each.text(name)) for each in tickets]
        known: dict[object, str] = {}
        found = []
        for each in tickets:
            value = each.fields.get(name, "")
            text = known.get(value)
            if text is None:
                text = known[value] = self._short(name, self.value(each, name))
            found.append(text)
        return found

    def _short(self, name: str, text: str) -> str:
        """A value as a table has it: a moment without its seconds, minutes as hours."""
        if name == "spent":
            return show_minutes(int(text)) if text else ""
        declared = self.settings.fields.get(name) or DERIVED.get(name) or TIMED.get(name)
        if declared and declared.type is FieldType.DATETIME and _MOMENT.fullmatch(text):
            return f"{text[:10]} {text[11:16]}"
        return text

    def _fitting(self, columns: Sequence[str], texts: Sequence[Sequence[str]]) -> list[int]:
        """The places of the columns that a narrow terminal has room for; all that somebody asked for."""
        places = list(range(len(columns)))
        if tuple(columns) not in {COLUMNS, PROMISED_COLUMNS} or not self.style.width:
            return places
        lengths = [max(len(name), *map(width, texts[place])) for place, name in enumerate(columns)]
        for name in _DISPENSABLE:
            taken = sum(lengths[place] + 2 for place in places[:-1])
            if self.style.width - taken >= min(lengths[-1], _TITLE_WIDTH):
                break
            places.remove(columns.index(name))
        return places

    def _heading(self, name: str) -> str:
        return "PRIO" if name == "priority" else name.upper().replace("_", " ")

    def _cell(self, ticket: Ticket, name: str, text: str) -> Cell:
        if not self.style.color:
            return Cell(text)
        if name == "id":
            lead = self._leads.get(ticket.id, 0)
            return Cell(text, ("bold",) if not lead else (), lead)
        if name == "status":
            return Cell(text, CATEGORY_COLORS[self.settings.workflow.category(ticket.status)])
        if name in TIMED:
            return Cell(text, CLOCK_COLORS.get(ticket.text("sla"), ()))
        if name == "priority":
            return Cell(text, self.priority_color(ticket.priority))
        return Cell(text)

    def priority_color(self, priority: str) -> tuple[str, ...]:
        """How a priority stands out."""
        rank = self.settings.matrix.rank(priority)
        return _PRIORITY_COLORS[rank] if rank < len(_PRIORITY_COLORS) else ()

    def value(self, ticket: Ticket, name: str) -> str:
        """A field on one line."""
        return clean_line(", ".join(spoken(self.settings, name, each) for each in ticket.items(name)))

    def hits(self, hits: Sequence[Hit]) -> str:
        """Where a text was found: two lines a ticket."""
        paint = self.style.paint
        lines = []
        longest = max((width(clean_line(hit.ticket.status)) for hit in hits), default=0)
        for hit in hits:
            shown = clean_line(hit.ticket.status)
            color = CATEGORY_COLORS[self.settings.workflow.category(hit.ticket.status)]
            status = paint(shown, *color) + " " * (longest - width(shown))
            title = clean_line(hit.ticket.title)
            if self.style.width:
                title = fit(title, self.style.width - len(hit.ticket.id) - longest - 4)
            lines.append(f"{paint(hit.ticket.id, 'bold')}  {status}  {title}")
            if hit.where != "title":
                text = f"{self._where(hit)}: {clean_line(hit.snippet)}"
                lines.append(
                    paint(f"  {fit(text, self.style.width - 2) if self.style.width else text}", "dim")
                )
        return "\n".join(lines)

    def _where(self, hit: Hit) -> str:
        return (
            hit.where if hit.where == "description" else clean_line(self.settings.people.display(hit.where))
        )

    def board(self, groups: Sequence[Group], by: str, limit: int = 0) -> str:
        """Cards in columns side by side, or a line for each card where the terminal has no room for that."""
        most = limit or (_CARDS if self.style.width else max(len(each.tickets) for each in groups))
        room = (self.style.width + 2) // len(groups) - 2
        if room < _CARD_WIDTH:
            return self._stacked(groups, by, most)
        columns = [self._column(each, by, most, room) for each in groups]
        lines = zip_longest(*columns, fillvalue=" " * room)
        return "\n".join("  ".join(line).rstrip() for line in lines)

    def _stacked(self, groups: Sequence[Group], by: str, most: int) -> str:
        shown = [ticket for each in groups for ticket in each.tickets[:most]]
        names = ("id", "priority", "left", "assignee", "title")
        unused = {by} if any(map(pressing, shown)) else {by, "left"}
        columns = [name for name in names if name not in unused]
        shown = [each if pressing(each) else each.with_fields({"left": "", "sla": ""}) for each in shown]
        rows = iter(self.tickets(shown, columns).split("\n")[1:])
        parts = [
            [
                self._group_heading(each, by),
                *islice(rows, len(each.tickets[:most])),
                *(self.style.paint(rest, "dim") for rest in rest_of(each, most)),
            ]
            for each in groups
        ]
        return "\n\n".join("\n".join(part) for part in parts)

    def _column(self, group: Group, by: str, most: int, room: int) -> list[str]:
        """The lines of a column, each as wide as the room there is."""
        lines = [self._padded(self._group_name(group, by), room, "bold", *self._group_color(group, by))]
        for each in group.tickets[:most]:
            shown = [clean_line(each.priority)] if by != "priority" else []
            late = pressing(each)
            shown += late
            shown += [self.value(each, "assignee")] if each.assignee and by != "assignee" else []
            urgent = CLOCK_COLORS[each.text("sla")] if late else self.priority_color(each.priority)
            colors = urgent or ("dim",)
            lines.append(self._padded("  ".join((each.id, *shown)), room, *colors))
            lines.append(self._padded(f"  {clean_line(each.title)}", room))
        return [*lines, *(self._padded(each, room, "dim") for each in rest_of(group, most))]

    def _padded(self, text: str, room: int, *codes: str) -> str:
        cut = fit(text, room)
        return self.style.paint(cut, *codes) + " " * (room - width(cut))


def _left(ticket: Ticket) -> str:
    """How much time the most urgent clock has left; "" where none waits."""
    left = ticket.text("left")
    if ticket.text("sla") == "paused":
        return "paused"
    return time_left(int(left)) if left else ""


def pressing(ticket: Ticket) -> list[str]:
    """What a card says of a clock that ran out or is about to."""
    return [_left(ticket)] if ticket.text("sla") in {"breached", "at-risk"} else []


def rest_of(group: Group, most: int) -> list[str]:
    """The line that stands for the tickets of a column that are not shown."""
    rest = len(group.tickets) - most
    return [f"{rest:,} more"] if rest > 0 else []

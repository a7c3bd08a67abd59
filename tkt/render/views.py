"""Tickets as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tkt.domain.duration import show_minutes
from tkt.domain.fields import MUTABLE
from tkt.domain.ids import attachment_path, unique_prefix_lengths
from tkt.domain.query import is_past
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.domain.workflow import Category
from tkt.render.markdown import show_markdown
from tkt.render.text import Cell, Style, age, clean_line, fit, indent, plural, table, width

if TYPE_CHECKING:
    from tkt.domain.entry import Change, Entry
    from tkt.usecases.look import Hit, Home, View

COLUMNS = ("id", "priority", "status", "type", "assignee", "age", "title")
_DISPENSABLE = ("age", "type", "assignee", "status")
"""Columns that a narrow terminal goes without, the first to go first."""

_TITLE_WIDTH = 20
_CATEGORY_COLORS = {
    Category.NEW: ("cyan",),
    Category.OPEN: ("green",),
    Category.WAITING: ("yellow",),
    Category.DONE: ("dim",),
}
_PRIORITY_COLORS = (("red", "bold"), ("red",), ("yellow",))
_HIDDEN_IN_HEAD = {"title", "type", "status", "priority", "parent", "links"}


class TextView:
    """Puts tickets into words.

    Args:
        settings: names of people, statuses and priorities.
        style: of the terminal or pipe.
        now: for ages, UTC.
        ids: of every ticket there is, so that what is enough to type of one can stand out.
    """

    def __init__(self, settings: Settings, style: Style, now: datetime, ids: Sequence[str] = ()) -> None:
        self.settings = settings
        self.style = style
        self.now = now
        self._leads = unique_prefix_lengths(ids) if style.color else {}

    def tickets(self, tickets: Sequence[Ticket], columns: Sequence[str] = COLUMNS) -> str:
        """A table of tickets; the part of each id that is enough to type stands out."""
        rows = [[self._cell(each, name) for name in columns] for each in tickets]
        fitting = self._fitting(columns, rows)
        kept = [[row[place] for place in fitting] for row in rows]
        return table([self._heading(columns[place]) for place in fitting], kept, self.style)

    def _fitting(self, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
        """The places of the columns that a narrow terminal has room for; all that somebody asked for."""
        places = list(range(len(columns)))
        if tuple(columns) != COLUMNS or not self.style.width:
            return places
        lengths = [
            max(len(name), *(width(row[place].text) for row in rows)) for place, name in enumerate(columns)
        ]
        for name in _DISPENSABLE:
            taken = sum(lengths[place] + 2 for place in places[:-1])
            if self.style.width - taken >= min(lengths[-1], _TITLE_WIDTH):
                break
            places.remove(columns.index(name))
        return places

    def _heading(self, name: str) -> str:
        return "PRIO" if name == "priority" else name.upper().replace("_", " ")

    def _cell(self, ticket: Ticket, name: str) -> Cell:
        if name == "id":
            lead = self._leads.get(ticket.id, 0)
            return Cell(ticket.id, ("bold",) if not lead else (), lead)
        if name == "age":
            return Cell(age(ticket.created, self.now))
        if name == "status":
            return Cell(
                clean_line(ticket.status),
                _CATEGORY_COLORS[self.settings.workflow.category(ticket.status)],
            )
        if name == "priority":
            return Cell(clean_line(ticket.priority), self._priority_color(ticket.priority))
        return Cell(self._value(ticket, name))

    def _priority_color(self, priority: str) -> tuple[str, ...]:
        rank = self.settings.matrix.rank(priority)
        return _PRIORITY_COLORS[rank] if rank < len(_PRIORITY_COLORS) else ()

    def _value(self, ticket: Ticket, name: str) -> str:
        if name in {"assignee", "requester", "created_by"}:
            return clean_line(self.settings.people.display(ticket.text(name)))
        if name == "watchers":
            return clean_line(", ".join(map(self.settings.people.display, ticket.items(name))))
        return clean_line(ticket.text(name))

    def ticket(self, view: View, *, internal: bool = True) -> str:
        """A ticket with its thread and what may happen next."""
        parts = [self._head(view), self._facts(view)]
        if view.related:
            parts.append(self._related(view))
        parts.append(
            self._text(view.ticket.body)
            if view.ticket.body.strip()
            else self.style.paint("No description.", "dim")
        )
        entries = [each for each in view.thread if internal or not each[1].internal]
        parts += [self._entry(entry, each, merged=each != view.ticket.id) for each, entry in entries]
        parts.append(self._next(view))
        return "\n\n".join(parts)

    def _head(self, view: View) -> str:
        ticket, paint = view.ticket, self.style.paint
        status = paint(
            clean_line(ticket.status),
            *_CATEGORY_COLORS[self.settings.workflow.category(ticket.status)],
        )
        priority = paint(clean_line(ticket.priority), *self._priority_color(ticket.priority))
        kind = clean_line(ticket.type)
        line = "  ".join(filter(None, (paint(ticket.id, "bold"), kind, status, priority)))
        return f"{line}\n{paint(clean_line(ticket.title), 'bold')}"

    def _facts(self, view: View) -> str:
        ticket = view.ticket
        origin = f" by {self._value(ticket, 'created_by')}"
        if ticket.text("channel"):
            origin += f" through {clean_line(ticket.text('channel'))}"
        rows = [("Created", self._moment(ticket.created) + origin)]
        if view.updated != ticket.created:
            rows.append(("Updated", self._moment(view.updated)))
        rows += [(self._label(name), self._fact(ticket, name)) for name in self._shown_fields(ticket)]
        if view.minutes:
            rows.append(("Time spent", show_minutes(view.minutes)))
        length = max(width(label) for label, _ in rows)
        return "\n".join(
            f"{self.style.paint(label + ' ' * (length - width(label)), 'dim')}  {text}"
            for label, text in rows
        )

    def _moment(self, moment: datetime) -> str:
        ago = age(moment, self.now)
        return (
            f"{moment:%Y-%m-%d %H:%M} UTC ({ago if ago == 'now' or ago.startswith('in ') else f'{ago} ago'})"
        )

    def _shown_fields(self, ticket: Ticket) -> list[str]:
        built_in = [field.name for field in MUTABLE if field.name not in _HIDDEN_IN_HEAD]
        fixed = ("id", "created", "created_by", "channel")
        others = [
            name
            for name in ticket.fields
            if name not in built_in and name not in _HIDDEN_IN_HEAD and name not in fixed
        ]
        return [name for name in (*built_in, *others) if ticket.fields.get(name)]

    def _label(self, name: str) -> str:
        known = self.settings.fields.get(name)
        return known.label if known else name

    def _fact(self, ticket: Ticket, name: str) -> str:
        text = self._value(ticket, name)
        overdue = (
            name == "due" and not self.settings.workflow.is_done(ticket.status) and is_past(text, self.now)
        )
        return self.style.paint(f"{text} (overdue)", "red") if overdue else text

    def _related(self, view: View) -> str:
        rows = []
        for each in view.related:
            other = each.ticket
            rows.append(
                [
                    Cell(clean_line(each.relation), ("dim",)),
                    Cell(clean_line(each.id)),
                    Cell(
                        clean_line(other.status) if other else "",
                        _CATEGORY_COLORS[self.settings.workflow.category(other.status)] if other else (),
                    ),
                    Cell(clean_line(other.title) if other else "not here"),
                ]
            )
        return table(["RELATED", "ID", "STATUS", "TITLE"], rows, self.style)

    def _text(self, body: str, indent: int = 0) -> str:
        return show_markdown(body, self.style, indent).rstrip("\n")

    def _entry(self, entry: Entry, ticket_id: str, *, merged: bool) -> str:
        paint = self.style.paint
        who = paint(clean_line(self.settings.people.display(entry.by)), "bold")
        marks = [f"from {ticket_id}"] if merged else []
        if entry.internal:
            marks.append("internal")
        if entry.channel:
            marks.append(f"through {clean_line(entry.channel)}")
        note = paint(f" ({', '.join(marks)})", "yellow" if entry.internal else "dim") if marks else ""
        when = paint(f"{entry.at:%Y-%m-%d %H:%M}", "dim")
        tag = paint(f"  {entry.id.rpartition('-')[2]}", "dim") if entry.id and entry.body else ""
        lines = [
            f"{when}  {who}{note}{tag}",
            *(f"  {paint(line, 'dim')}" for line in self.entry_facts(entry, ticket_id)),
        ]
        if entry.body.strip():
            lines.append(indent(self._text(entry.body, indent=2)))
        return "\n".join(lines)

    def entry_facts(self, entry: Entry, ticket_id: str) -> list[str]:
        """What an entry of a ticket did, a line for each thing."""
        lines = [self.change(each) for each in entry.changes]
        if entry.minutes is not None:
            lines.append(f"time spent: {show_minutes(entry.minutes)}")
        elif entry.timer:
            lines.append(f"timer {entry.timer}")
        lines += [
            f"attached {clean_line(each.name)} ({each.size:,} bytes): "
            f"{clean_line(attachment_path(ticket_id, each.file))}"
            for each in entry.attachments
        ]
        lines += [f"{clean_line(key)}: {clean_line(value)}" for key, value in entry.extra.items()]
        return lines

    def change(self, change: Change) -> str:
        """One change: `status: new -> assigned`, `labels: +vip -mobile`."""
        name = self._label(change.field).lower()
        if change.is_list:
            signs = [*(f"-{each}" for each in change.old), *(f"+{each}" for each in change.new)]
            return f"{name}: {clean_line(' '.join(signs))}"
        display = self.settings.people.display
        old, new = (clean_line(display(str(each))) or "none" for each in (change.old, change.new))
        return f"{name}: {old} -> {new}"

    def _next(self, view: View) -> str:
        ticket = view.ticket
        if view.ticket.merged_into:
            survivor = clean_line(view.ticket.merged_into)
            return self.style.paint(f"This ticket was merged into {survivor}.", "dim")
        steps = ", ".join(view.next_statuses) or "nothing; this is its end"
        how = self.style.paint(f"      tkt transition {ticket.id} STATUS", "dim")
        return f"{self.style.paint('Next:', 'dim')} {steps}\n{how}"

    def log(self, view: View) -> str:
        """A ticket's history, a line for each change."""
        created = view.ticket
        rows = [
            (
                created.created,
                self._value(created, "created_by"),
                f"created: {clean_line(created.title)}",
            )
        ]
        for ticket_id, entry in view.thread:
            facts = self.entry_facts(entry, ticket_id)
            if entry.body.strip():
                kind = "note" if entry.internal else "comment"
                facts.append(f"{kind}: {clean_line(entry.body.strip().partition(chr(10))[0])}")
            rows += [(entry.at, clean_line(self.settings.people.display(entry.by)), fact) for fact in facts]
        cells = [
            [Cell(f"{at:%Y-%m-%d %H:%M}", ("dim",)), Cell(who, ("bold",)), Cell(what)]
            for at, who, what in rows
        ]
        return table(["WHEN (UTC)", "WHO", "WHAT"], cells, self.style)

    def hits(self, hits: Sequence[Hit]) -> str:
        """Where a text was found: two lines a ticket."""
        paint = self.style.paint
        lines = []
        longest = max((width(clean_line(hit.ticket.status)) for hit in hits), default=0)
        for hit in hits:
            shown = clean_line(hit.ticket.status)
            color = _CATEGORY_COLORS[self.settings.workflow.category(hit.ticket.status)]
            status = paint(shown, *color) + " " * (longest - width(shown))
            title = clean_line(hit.ticket.title)
            if self.style.width:
                title = fit(title, self.style.width - len(hit.ticket.id) - longest - 4)
            lines.append(f"{paint(hit.ticket.id, 'bold')}  {status}  {title}")
            if hit.where != "title":
                text = f"{clean_line(hit.where)}: {clean_line(hit.snippet)}"
                lines.append(
                    paint(f"  {fit(text, self.style.width - 2) if self.style.width else text}", "dim")
                )
        return "\n".join(lines)

    def home(self, home: Home, limit: int = 5) -> str:
        """The home screen: mine, nobody's, overdue, what is not shared yet, and what to type next."""
        parts = []
        if home.mine is not None:
            parts.append(self._section("Mine", home.mine, "tkt list assignee:me", limit))
        if home.overdue:
            parts.append(self._section("Overdue", home.overdue, "tkt list is:overdue", limit))
        if home.unassigned:
            parts.append(self._section("Nobody's", home.unassigned, "tkt list assignee:", limit))
        counts = ", ".join(f"{count:,} {name}" for name, count in home.counts) or "none"
        facts = [f"Open: {counts}."]
        if home.mine is None:
            facts.append("Nobody knows who you are: git config --global user.email YOU@EXAMPLE.COM")
        if home.timers:
            facts.append(f"Your timer runs on {', '.join(home.timers)}: tkt time stop")
        if home.uncommitted:
            facts.append(f"{plural(home.uncommitted, 'ticket file')} not committed: git status tickets")
        if home.unpushed:
            facts.append(f"{plural(home.unpushed, 'commit')} not pushed: git push")
        return "\n\n".join([*parts, "\n".join(facts)])

    def _section(self, title: str, tickets: Sequence[Ticket], more: str, limit: int) -> str:
        heading = self.style.paint(f"{title} ({len(tickets):,})", "bold")
        if not tickets:
            return f"{heading}\nNothing. tkt list shows what is open."
        rest = (
            f"\n{self.style.paint(f'{len(tickets) - limit:,} more: {more}', 'dim')}"
            if len(tickets) > limit
            else ""
        )
        return f"{heading}\n{self.tickets(tickets[:limit])}{rest}"

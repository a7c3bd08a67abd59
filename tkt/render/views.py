"""Tickets as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tkt.domain.conditions import is_past
from tkt.domain.duration import show_minutes
from tkt.domain.fields import MUTABLE
from tkt.domain.ids import attachment_path
from tkt.domain.levels import show_seconds
from tkt.domain.story import LEVEL, RULE
from tkt.domain.ticket import Ticket
from tkt.render.lists import CATEGORY_COLORS, CLOCK_COLORS, COLUMNS, PROMISED_COLUMNS, Lists
from tkt.render.markdown import show_markdown
from tkt.render.text import (
    Cell,
    age,
    change_text,
    clean_line,
    field_label,
    first_line,
    indent,
    plural,
    table,
    time_left,
    width,
)

if TYPE_CHECKING:
    from tkt.domain.entry import Entry
    from tkt.domain.verdict import Verdict
    from tkt.usecases.look import Home, View

_SHORT_ID, _MOST_COMMITS = 10, 20

_HIDDEN_IN_HEAD = {"title", "type", "status", "priority", "parent", "links"}


class TextView(Lists):
    """Puts one ticket, its history and the home screen into words."""

    def ticket(self, view: View) -> str:
        """A ticket with its thread and what may happen next."""
        parts = [self.head(view.ticket), self._facts(view)]
        if view.related:
            parts.append(self._related(view))
        if view.commits:
            parts.append(self._commits(view))
        parts.append(
            self._text(view.ticket.body)
            if view.ticket.body.strip()
            else self.style.paint("No description.", "dim")
        )
        parts += [self._entry(entry, each, merged=each != view.ticket.id) for each, entry in view.thread]
        parts.append(self._next(view))
        return "\n\n".join(parts)

    def head(self, ticket: Ticket) -> str:
        """The two lines that begin what there is to say of a ticket: what it is, and its title."""
        paint = self.style.paint
        status = paint(
            clean_line(ticket.status),
            *CATEGORY_COLORS[self.settings.workflow.category(ticket.status)],
        )
        priority = paint(clean_line(ticket.priority), *self.priority_color(ticket.priority))
        kind = clean_line(ticket.type)
        line = "  ".join(filter(None, (paint(ticket.id, "bold"), kind, status, priority)))
        return f"{line}\n{paint(clean_line(ticket.title), 'bold')}"

    def _facts(self, view: View) -> str:
        ticket = view.ticket
        origin = f" by {self.value(ticket, 'created_by')}"
        if ticket.text("channel"):
            origin += f" through {clean_line(ticket.text('channel'))}"
        rows = [("Created", self._moment(ticket.created) + origin)]
        if view.updated != ticket.created:
            rows.append(("Updated", self._moment(view.updated)))
        rows += self._waiting(view)
        rows += [
            (field_label(self.settings, name), self._fact(ticket, name))
            for name in self._shown_fields(ticket)
        ]
        rows += [("Contested", each) for each in self._contested(view)]
        if view.minutes:
            rows.append(("Time spent", show_minutes(view.minutes)))
        length = max(width(label) for label, _ in rows)
        return "\n".join(
            f"{self.style.paint(label + ' ' * (length - width(label)), 'dim')}  {text}"
            for label, text in rows
        )

    def _waiting(self, view: View) -> list[tuple[str, str]]:
        """The clocks that somebody can still meet, and how much time they have."""
        found = []
        for each in view.clocks.clocks if view.clocks else ():
            if not each.waiting or each.remaining_seconds is None:
                continue
            left = time_left(abs(each.remaining_seconds))
            over = "over" if each.remaining_seconds < 0 else "left"
            text = f"{each.clock.replace('_', ' ')}: {each.state}, {left} {over}"
            text += f", due {each.due_at:%Y-%m-%d %H:%M} UTC" if each.due_at else ""
            painted = self.style.paint(text, *CLOCK_COLORS.get(each.state, ()))
            found.append(("SLA", painted))
        return found

    def _contested(self, view: View) -> list[str]:
        if not view.disputes:
            return []
        from tkt.render.disputes import dispute_text, settling_command  # start-up: people rarely disagree

        return [
            f"{self.style.paint(dispute_text(each, self.settings), 'yellow')}  "
            f"{self.style.paint(settling_command(view.ticket, each), 'dim')}"
            for each in view.disputes
        ]

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

    def _fact(self, ticket: Ticket, name: str) -> str:
        text = self.value(ticket, name)
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
                        CATEGORY_COLORS[self.settings.workflow.category(other.status)] if other else (),
                    ),
                    Cell(clean_line(other.title) if other else "not here"),
                ]
            )
        return table(["RELATED", "ID", "STATUS", "TITLE"], rows, self.style)

    def _commits(self, view: View) -> str:
        people = self.settings.people
        rows = [
            [
                Cell(each.id[:_SHORT_ID], ("dim",)),
                Cell(f"{each.at:%Y-%m-%d}", ("dim",)),
                Cell(clean_line(people.display(each.email) if people.find(each.email) else each.name)),
                Cell(clean_line(each.subject)),
            ]
            for each in view.commits[:_MOST_COMMITS]
        ]
        more = len(view.commits) - _MOST_COMMITS
        shown = table(["COMMIT", "DATE", "AUTHOR", "SUBJECT"], rows, self.style)
        return f"{shown}\n{self.style.paint(f'and {more:,} earlier ones', 'dim')}" if more > 0 else shown

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

    def entry_facts(self, entry: Entry, ticket_id: str = "") -> list[str]:
        """What an entry did, a line for each thing; where its files lie, if the ticket is named."""
        lines = [change_text(self.settings, each) for each in entry.changes]
        if entry.minutes is not None:
            lines.append(f"time spent: {show_minutes(entry.minutes)}")
        elif entry.timer:
            lines.append(f"timer {entry.timer}")
        lines += [
            f"attached {clean_line(each.name)} ({each.size:,} bytes)"
            + (f": {clean_line(attachment_path(ticket_id, each.file))}" if ticket_id else "")
            for each in entry.attachments
        ]
        if entry.verdict:
            lines.append(_verdict_text(entry.verdict))
        return lines + [clean_line(each) for each in _further(entry.extra)]

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
        # Without its title: that may have been changed by hand since, and then nothing here says what it was.
        rows = [(view.ticket.created, self.value(view.ticket, "created_by"), "created")]
        for ticket_id, entry in view.thread:
            facts = self.entry_facts(entry, ticket_id)
            if entry.body.strip():
                kind = "note" if entry.internal else "comment"
                facts.append(f"{kind}: {clean_line(first_line(entry.body))}")
            rows += [(entry.at, clean_line(self.settings.people.display(entry.by)), fact) for fact in facts]
        cells = [
            [Cell(f"{at:%Y-%m-%d %H:%M}", ("dim",)), Cell(who, ("bold",)), Cell(what)]
            for at, who, what in rows
        ]
        return table(["WHEN (UTC)", "WHO", "WHAT"], cells, self.style)

    def home(self, home: Home, folder: str, limit: int = 5) -> str:
        """The home screen: mine, nobody's, overdue, what is not shared yet, and what to type next.

        Args:
            home: what is on it.
            folder: the desk's, as a person would type it; "." for the current one.
            limit: of tickets in each part.
        """
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
        facts += _pressing(home)
        if home.timers:
            facts.append(f"Your timer runs on {', '.join(home.timers)}: tkt time stop")
        if home.uncommitted:
            from shlex import quote  # start-up: most of the time everything is committed

            git = "git" if folder == "." else f"git -C {quote(clean_line(folder))}"
            facts.append(f"{plural(home.uncommitted, 'ticket file')} not committed: {git} status tickets")
        if home.unpushed:
            facts.append(f"{plural(home.unpushed, 'commit')} not shared: tkt sync")
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
        columns = PROMISED_COLUMNS if self.settings.sla.policies else COLUMNS
        return f"{heading}\n{self.tickets(tickets[:limit], columns)}{rest}"


def _pressing(home: Home) -> list[str]:
    """The line about tickets with a clock that ran out, or is about to."""
    words = zip(home.pressing, ("breached", "at risk"), strict=True)
    said = ", ".join(f"{count:,} {word}" for count, word in words if count)
    return [f"SLA: {said}: tkt list sla:breached,at-risk"] if said else []


def _verdict_text(verdict: Verdict) -> str:
    """How the clocks stood, on one line: `sla: first_response met, 1h of 2h (standard)`."""
    stood = ", ".join(
        f"{each.clock} {each.state}, {show_seconds(each.elapsed)} of {show_seconds(each.target)}"
        for each in verdict.clocks
    )
    return f"sla: {stood} ({clean_line(verdict.policy)})"


def _further(extra: Mapping[str, str]) -> Iterator[str]:
    """What the other keys of an entry say, a line for each; a level that was reached in words."""
    clock, _, level = extra.get(LEVEL, "").partition("/")
    name, _, since = level.partition("/")
    if since:
        yield f"{clock} reached {name}, running since {since}"
    for key, value in extra.items():
        if not (since and key in {RULE, LEVEL}):
            yield f"{key}: {value}"

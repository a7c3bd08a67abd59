"""Issues of beads (`bd export`, one JSON object a line) as tickets with their whole past.

An issue comes in whole or not at all: one that was left out can be mended in the export and
imported again, while one that came in halved would count as known from then on. What no field of
ours takes is kept: a line as an extra key `beads_...`, a longer text as a section at the end of the
description.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tkt.domain.entry import PUBLIC, Entry, differences
from tkt.domain.fields import (
    TEXT_LIMIT,
    FieldType,
    Value,
    format_time,
    parse_value,
    value_problem,
)
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.domain.workflow import Category
from tkt.errors import Problem, UsageError
from tkt.intake.beads_export import NAME_LIMIT, Comment, Issue, Relations, read_export
from tkt.intake.foreign import (
    compact,
    derived_entry_id,
    derived_ids,
    extra_key,
    extra_value,
    foreign_line,
    foreign_text,
    foreign_time,
    is_line,
    same_line,
    story_trouble,
    with_section,
)
from tkt.usecases.importing import Imported, Mapped
from tkt.usecases.record import Story

SOURCE = "beads"
UNKNOWN = "unknown"
"""Who did what the source names nobody for."""

_NOTHING: tuple[object, ...] = (None, "", [], {})
_TYPES = {"chore": "task"}
_STATUSES = {
    "in_progress": ("in-progress", Category.OPEN),
    "hooked": ("assigned", Category.OPEN),
    "blocked": ("waiting", Category.WAITING),
    "deferred": ("waiting", Category.WAITING),
    "closed": ("closed", Category.DONE),
    "tombstone": ("closed", Category.DONE),
}
"""What theirs are called here, and what they mean where nothing is called that."""
_SECTIONS = ("design", "acceptance_criteria", "notes")
"""Texts that have a section of their own however short they are."""
_FIELDS = {"due_at": "due"}
_TOLD = frozenset(
    {
        "title",
        "issue_type",
        "status",
        "priority",
        "dependencies",
        "labels",
        "assignee",
        "created_by",
    }
)
"""What has rows of its own in the summary, and is kept besides only where those lose something."""
_RESOLUTIONS = (
    (r"(already )?fixed\b(?!-)", "fixed"),
    (r"(already )?implemented\b|implementation complete\b|done\b(?!-)", "done"),
    (r"duplicate of\b", "duplicate"),
    (r"won['\u2019]?t[ -]?fix\b", "wont-fix"),
    (r"(cannot|can['\u2019]t|unable to) reproduce\b", "cannot-reproduce"),
)
"""How a close reason must begin to say no less than a resolution; any other says none."""
_ORDER = ("type", "status", "priority", "dependency", "comment", "closed_at", "close_reason")
"""The kinds of thing that a person asks about first."""


def read_beads(data: bytes, name: str, settings: Settings) -> Imported:
    """Read an export of beads (usecases.importing.Importer).

    Args:
        data: the file's bytes.
        name: the file's name, for problems.
        settings: the fields, types and statuses to map to.
    """
    issues, problems = read_export(data, name)
    while True:
        translation = _Translation(issues, settings)
        stories = tuple(map(translation.story, issues))
        refused = {}
        for issue, story in zip(issues, stories, strict=True):
            if trouble := story_trouble(story, settings):
                refused[issue.id] = Problem(name, issue.line, f"{issue.id}: {trouble}")
        if not refused:
            break
        # Others may name those as parents or blockers: they are translated again without them.
        problems += refused.values()
        issues = [issue for issue in issues if issue.id not in refused]
    problems.sort(key=lambda problem: problem.line)
    return Imported(stories, translation.mapped(), tuple(problems))


class _Translation:
    """Turns the issues of one export into tickets, and counts what became of what.

    Args:
        issues: every one that comes in.
        settings: the fields, types and statuses to map to.
    """

    def __init__(self, issues: Sequence[Issue], settings: Settings) -> None:
        self.settings = settings
        self.ids = derived_ids(SOURCE, settings.key, [(each.id, each.created) for each in issues])
        self.relations = Relations(issues, self.ids)
        self.counts = Counter(self.relations.counts)
        self._declared = {
            field.name: field
            for field in (*settings.custom, settings.fields["due"])
            if field.type is not FieldType.TICKET  # their ids are not ours
        }

    def mapped(self) -> tuple[Mapped, ...]:
        """What became of what, in the order in which a person would ask."""
        rows = sorted(self.counts.items(), key=lambda row: (_rank(row[0][0]), row[0]))
        return tuple(Mapped(theirs, ours, count) for (theirs, ours), count in rows)

    def story(self, issue: Issue) -> Story:
        """The ticket of an issue, and its thread."""
        said = dict(issue.rest)
        fields: dict[str, Value] = {
            name: field.default or field.empty for name, field in self.settings.fields.items()
        }
        fields.update(self._origin(issue, said))
        fields.update(self._standing(said))
        fields.update(self._surroundings(issue, said))
        drafts = [self._said(comment) for comment in issue.comments]
        if self.settings.workflow.is_done(str(fields["status"])) and issue.closed:
            closing = self._closing(issue.closed, said, fields)
            fields.update({change.field: change.new for change in closing.changes})
            drafts.append(closing)
        entries = _thread(issue.id, drafts)
        self._drop_known_update(said, {issue.created, *(entry.at for entry in entries)})
        body = self._body(said)
        body = self._keep_rest(issue, said, fields, body)
        return Story(Ticket(fields, body), entries)

    def _count(self, theirs: str, ours: str) -> None:
        self.counts[theirs, ours] += 1

    def _origin(self, issue: Issue, said: dict[str, Any]) -> dict[str, Value]:
        channels = self.settings.channels
        author = _taken_line(said, "created_by")
        if not author:
            self._count("created_by (none)", f"created_by {UNKNOWN}")
        return {
            "id": self.ids[issue.id],
            "created": format_time(issue.created),
            "created_by": self._person(author) or UNKNOWN,
            "channel": "api" if "api" in channels or not channels else channels[0],
            "external_id": issue.id,
            "title": issue.title,
        }

    def _person(self, name: str) -> str:
        """How tickets name somebody: the address, where the settings know the name."""
        known = self.settings.people.find(name) if name else None
        if known is None or known.email == name:
            return name
        self._count(f"person {name}", f"person {known.email}")
        return known.email

    def _standing(self, said: dict[str, Any]) -> dict[str, Value]:
        """Type, status and priority; what loses something on the way stays in `said`."""
        ticket_type = self._type(said)
        return {
            "type": ticket_type,
            "status": self._status(said, ticket_type),
            "priority": self._priority(said),
        }

    def _type(self, said: dict[str, Any]) -> str:
        theirs = _taken_line(said, "issue_type")
        candidates = (theirs, _TYPES.get(theirs, ""))
        ours = next((name for name in candidates if name in self.settings.types), self.settings.default_type)
        if theirs and theirs != ours:
            said.setdefault("issue_type", theirs)
        self._count(f"type {theirs[:NAME_LIMIT] or '(none)'}", f"type {ours}")
        return ours

    def _status(self, said: dict[str, Any], ticket_type: str) -> str:
        theirs = _taken_line(said, "status")
        ours = self._our_status(theirs, ticket_type)
        if theirs not in {"", "open"} and theirs.replace("_", "-") != ours:
            said.setdefault("status", theirs)
        self._count(f"status {theirs[:NAME_LIMIT] or '(none)'}", f"status {ours}")
        return ours

    def _our_status(self, theirs: str, ticket_type: str) -> str:
        workflow = self.settings.workflow
        initial = workflow.flow(ticket_type).initial
        if theirs in {"", "open"}:
            return initial
        ours, category = _STATUSES.get(theirs, (theirs, Category.OPEN))
        if ours in workflow.statuses:
            return ours
        alike = (each.name for each in workflow.statuses.values() if each.category is category)
        return next(alike, initial)

    def _priority(self, said: dict[str, Any]) -> str:
        theirs, matrix = said.get("priority"), self.settings.matrix
        if not isinstance(theirs, int) or isinstance(theirs, bool):
            self._count("priority (none)", f"priority {matrix.default}")
            return matrix.default
        rank = min(max(theirs, 0), len(matrix.priorities) - 1)
        ours = matrix.priorities[rank]
        if rank == theirs:
            del said["priority"]
        self._count(f"priority {str(theirs)[:NAME_LIMIT]}", f"priority {ours}")
        return ours

    def _surroundings(self, issue: Issue, said: dict[str, Any]) -> dict[str, Value]:
        """Assignee, labels, and the tickets around this one."""
        ours = self.ids[issue.id]
        odd = said.get("dependencies")
        if isinstance(odd, list):
            said["dependencies"] = sorted([*self.relations.kept[ours], *map(compact, odd)])
        assignee = self._person(_taken_line(said, "assignee"))
        if assignee:
            self._count("assignee", "assignee")
        return {
            "assignee": assignee,
            "labels": self._labels(said),
            "parent": self.relations.parents.get(ours, ""),
            "links": tuple(sorted(self.relations.links[ours])),
        }

    def _labels(self, said: dict[str, Any]) -> Value:
        theirs = said.get("labels")
        if not isinstance(theirs, list):
            return ()
        labels = {foreign_line(each) for each in theirs if isinstance(each, str)}
        if all(map(is_line, theirs)):
            del said["labels"]
        labels.discard("")
        self.counts["label", "label"] += len(labels)
        return tuple(sorted(labels))

    def _said(self, comment: Comment) -> Entry:
        self._count("comment", "entry")
        return _draft(comment.at, self._person(comment.by), comment.text)

    def _closing(self, at: datetime, said: dict[str, Any], fields: Mapping[str, Value]) -> Entry:
        """The entry that closes a ticket; the source has no other word on who did it and why."""
        del said["closed_at"]
        self._count("closed_at", "entry that closes the ticket")
        reason = _taken_text(said, "close_reason")
        resolution = self._resolution(reason)
        if reason:
            self._count("close_reason", "text of that entry")
        start = {
            "status": self.settings.workflow.flow(str(fields["type"])).initial,
            "resolution": "",
        }
        end = {"status": fields["status"], "resolution": resolution}
        author = self._person(_taken_line(said, "closed_by"))
        return _draft(at, author, reason)._replace(changes=differences(start, end))

    def _resolution(self, reason: str) -> str:
        known = self.settings.resolutions
        for beginning, resolution in _RESOLUTIONS:
            if not re.match(beginning, reason, re.IGNORECASE):
                continue
            if not known or resolution in known:
                self._count(f"close_reason that says {resolution}", f"resolution {resolution}")
                return resolution
        return ""

    def _body(self, said: dict[str, Any]) -> str:
        body = _taken_text(said, "description")
        for key in _SECTIONS:
            text = _taken_text(said, key)
            if text:
                body = self._with_section(body, key, text)
        return body

    def _with_section(self, body: str, key: str, text: str) -> str:
        title = foreign_line(key.replace("_", " "), NAME_LIMIT).capitalize() or "More"
        self._count(foreign_line(key, NAME_LIMIT), f"section {title} of the description")
        return with_section(body, title, text)

    def _keep_rest(self, issue: Issue, said: Mapping[str, Any], fields: dict[str, Value], body: str) -> str:
        """Put everything that is left into the fields; what is too long for that, into the body."""
        for key in sorted(said):
            value = "" if said[key] in _NOTHING else extra_value(said[key])
            name, own = self._own_field(key, value, issue)
            if own:
                fields[name] = own
                self._count(key, name)
            elif _is_long(said[key], value):
                body = self._with_section(body, key, _section_text(said[key]))
            elif value:
                name = extra_key(SOURCE, key, fields)
                fields[name] = value
                shown = foreign_line(key, NAME_LIMIT)
                self._count(f"original {shown}" if key in _TOLD else shown, f"extra key {name}")
        return body

    def _own_field(self, key: str, value: Value, issue: Issue) -> tuple[str, Value]:
        """The declared field that is called what they call it, and its value there."""
        name = _FIELDS.get(key, key)
        field = self._declared.get(name)
        if field is None or not value:
            return "", ""
        if isinstance(value, tuple):
            items = tuple(sorted(set(value)))
            return (name, "") if value_problem(field, items) else (name, items)
        try:
            return name, parse_value(field, value, issue.created)
        except UsageError:
            return name, ""

    def _drop_known_update(self, said: dict[str, Any], moments: Container[datetime]) -> None:
        """Leave out when an issue was last touched where that is to be seen anyway."""
        try:
            known = foreign_time(said.get("updated_at")) in moments
        except ValueError:
            return
        if known:
            del said["updated_at"]
            self._count("updated_at", "time of the creation or an entry")


def _rank(theirs: str) -> int:
    kind = theirs.partition(" ")[0]
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _taken_line(said: dict[str, Any], key: str) -> str:
    """A value as one line; it also stays where it was if the line does not say it all."""
    value = said.get(key)
    if not isinstance(value, str):
        return ""
    line = foreign_line(value)
    if same_line(value, line):
        del said[key]
    return line


def _taken_text(said: dict[str, Any], key: str) -> str:
    return foreign_text(said.pop(key)) if isinstance(said.get(key), str) else ""


def _draft(at: datetime, author: str, text: str) -> Entry:
    """An entry that does not know its place in the thread yet."""
    return Entry("", at, author or UNKNOWN, 0, visibility=PUBLIC if text else "", body=text)


def _thread(issue_id: str, drafts: Iterable[Entry]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    taken: set[str] = set()
    for clock, draft in enumerate(sorted(drafts, key=lambda each: each.at), 1):
        entry_id = derived_entry_id(draft.at, f"{SOURCE}:{issue_id}:{draft.body}", taken)
        taken.add(entry_id)
        entries.append(draft._replace(id=entry_id, clock=clock))
    return tuple(entries)


def _is_long(said: object, value: Value) -> bool:
    lines = foreign_text(said).count("\n") if isinstance(said, str) else 0
    return lines > 1 or len(compact(value)) > TEXT_LIMIT


def _section_text(said: object) -> str:
    text = foreign_text(said) if isinstance(said, str) else ""
    return text or f"```json\n{compact(said)}\n```\n"

"""The sample desk: five weeks of tickets of a company that does not exist, told from now backwards.

The tickets are data, `templates/demo/tickets.json`. What they say of time:

* `-12d 09:14`, the twelfth working day before today, at that time, UTC; a working day is Monday
  to Friday, so that weekends are quiet whatever day it is today
* `-2sat 10:22`, `-1sun 06:41`, the second Saturday and the last Sunday before today
* `-35m`, `-4h`, so long ago
* in a thread, counted from the step before: `+7m`, `+2h`, `+1d 08:20` (the next working day)
* of a date such as `due`, counted from today: `-6d`, `+4d`

A ticket that began n working days ago takes fewer than n in its thread; so all of it is past.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NotRequired, TypedDict

from tkt.assets import read_asset
from tkt.domain.entry import INTERNAL, PUBLIC, Attachment, Entry, attachment_file, differences
from tkt.domain.fields import OPTIONAL, Field, FieldType, Value, clean_text, format_time
from tkt.domain.ids import ALPHABET, derived_ticket_id, new_entry_id
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.usecases.record import NewFile, Story

DEMO_SETTINGS = ("project.yaml", "people.yaml", "sla.yaml")
"""The settings files of the sample desk; the others are those that ship with tkt."""

_WHEN = re.compile(r"([+-]\d+)(m|h|d|sat|sun)(?: (\d\d):(\d\d))?")
_MARK = re.compile(r"<<([^<>\n]+)>>")
_SPANS = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}
_DAYS = {"d": range(5), "sat": (5,), "sun": (6,)}

Said = str | list[str]
"""A field's value in the data: names for people and tickets, a time told from today."""


class _Step(TypedDict):
    """One entry of a thread, as the data tell it."""

    at: str
    by: str
    via: NotRequired[str]
    set: NotRequired[dict[str, Said]]
    text: NotRequired[list[str]]
    internal: NotRequired[bool]
    minutes: NotRequired[int]
    files: NotRequired[dict[str, list[str]]]


class _Tale(TypedDict):
    """A ticket and its thread, as the data tell them; the requester began it where no `by` is."""

    name: str
    at: str
    channel: str
    fields: dict[str, Said]
    text: list[str]
    by: NotRequired[str]
    requester: NotRequired[str]
    files: NotRequired[dict[str, list[str]]]
    then: NotRequired[list[_Step]]


class _Data(TypedDict):
    people: dict[str, str]
    tickets: list[_Tale]


def demo_setting(name: str, now: datetime) -> str:
    """The text of a settings file of the sample desk, its absences counted from now.

    Args:
        name: one of DEMO_SETTINGS.
        now: the moment of this command.
    """
    return _filled(read_asset(f"demo/{name}"), {}, _minute(now))


def demo_stories(settings: Settings, now: datetime) -> tuple[Story, ...]:
    """The tickets of the sample desk, the oldest first; the same for the same settings and moment.

    Args:
        settings: the sample desk's.
        now: the moment of this command; all that the tickets tell has happened by then.
    """
    data: _Data = json.loads(read_asset("demo/tickets.json"))
    today = _minute(now)
    ids = {tale["name"]: _ticket_id(settings.key, tale, today) for tale in data["tickets"]}
    teller = _Teller(settings, today, data["people"], ids)
    stories = [teller.story(tale) for tale in data["tickets"]]
    return tuple(sorted(stories, key=lambda story: (story.ticket.created, story.ticket.id)))


@dataclass(frozen=True, slots=True)
class _Teller:
    """Turns what the data tell into tickets.

    Args:
        settings: the fields, the priorities and the first status.
        now: the moment that times are told from, to the minute, UTC.
        people: addresses by the names of the data.
        ids: tickets' ids by the names of the data.
    """

    settings: Settings
    now: datetime
    people: Mapping[str, str]
    ids: Mapping[str, str]

    def story(self, tale: _Tale) -> Story:
        """A ticket with its whole past."""
        minute = _when(tale["at"], self.now)
        moment = minute + _seconds(tale["name"], 0)
        ticket = self._created(tale, moment)
        told: list[tuple[Entry, tuple[NewFile, ...]]] = []
        for clock, step in enumerate(_steps(tale), 1):
            minute = _when(step["at"], minute)
            moment = max(moment, minute + _seconds(tale["name"], clock))
            after = self._changed(ticket, step)
            told.append(self._told(step, moment, clock, (ticket, after)))
            ticket = after
        entries = tuple(entry for entry, _ in told)
        return Story(ticket, entries, tuple(file for _, files in told for file in files))

    def _created(self, tale: _Tale, moment: datetime) -> Ticket:
        """The ticket as it was before anybody touched it."""
        requester = tale.get("requester", "")
        said: dict[str, Said] = {
            "id": self.ids[tale["name"]],
            "created": format_time(moment),
            "created_by": tale.get("by", requester),
            "channel": tale["channel"],
            "status": self.settings.workflow.flow(str(tale["fields"]["type"])).initial,
            "requester": requester,
            **tale["fields"],
        }
        fields = {
            name: self._value(field, said.get(name, ""))
            for name, field in self.settings.fields.items()
            if name in said or name not in OPTIONAL
        }
        matrix = self.settings.matrix
        by_matrix = matrix.priority(str(fields["impact"]), str(fields["urgency"]))
        fields["priority"] = by_matrix or matrix.default
        return Ticket(fields, self._text(tale["text"], moment))

    def _changed(self, ticket: Ticket, step: _Step) -> Ticket:
        """The ticket after a step; its priority follows the matrix unless the step sets one."""
        said = step.get("set", {})
        after = ticket.with_fields(
            {name: self._value(self.settings.fields[name], value) for name, value in said.items()}
        )
        if "priority" in said:
            return after
        was = (ticket.text("impact"), ticket.text("urgency"))
        priority = self.settings.matrix.follow(
            after.text("impact"), after.text("urgency"), ticket.priority, was
        )
        return after.with_fields({"priority": priority})

    def _told(
        self, step: _Step, moment: datetime, clock: int, states: tuple[Ticket, Ticket]
    ) -> tuple[Entry, tuple[NewFile, ...]]:
        """The entry of a step from one state to another, and the files that came with it."""
        before, after = states
        digest = _digest(before.id, clock)
        by = self.people[step["by"]]
        body = self._text(step.get("text", []), moment)
        files = self._files(step, moment)
        said = bool(body or files)
        heard = "" if self.settings.people.find(by) else before.text("channel")
        entry = Entry(
            id=new_entry_id(moment, lambda length: _id_text(digest, length)),
            at=moment,
            by=by,
            clock=clock,
            visibility=(INTERNAL if step.get("internal") else PUBLIC) if said else "",
            channel=step.get("via", heard) if said else "",
            changes=differences(before.fields, after.fields),
            minutes=step.get("minutes"),
            attachments=tuple(map(_attachment, files)),
            body=body,
        )
        return entry, files

    def _files(self, step: _Step, moment: datetime) -> tuple[NewFile, ...]:
        return tuple(
            NewFile(name, self._text(lines, moment).encode()) for name, lines in step.get("files", {}).items()
        )

    def _text(self, lines: list[str], moment: datetime) -> str:
        return clean_text(_filled("\n".join(lines), self.ids, self.now, moment))

    def _value(self, field: Field, said: Said) -> Value:
        if isinstance(said, list):
            return tuple(sorted(self._item(field, each) for each in said))
        return self._item(field, said) if said else field.empty

    def _item(self, field: Field, said: str) -> str:
        if field.type is FieldType.PERSON or field.name == "watchers":
            return self.people[said]
        if field.type is FieldType.TICKET:
            return self.ids[said]
        if field.name == "links":
            kind, _, target = said.partition(" ")
            return f"{kind} {self.ids[target]}"
        if field.type in {FieldType.DATE, FieldType.DATETIME} and _WHEN.fullmatch(said):
            return f"{_when(said, self.now):%Y-%m-%d}"
        return said


def _minute(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def _when(said: str, since: datetime) -> datetime:
    """The moment that is so far from another one; UTC, midnight where no time of day is said."""
    match = _WHEN.fullmatch(said)
    if match is None:
        raise ValueError(said)
    count, unit = int(match[1]), match[2]
    if unit in _SPANS:
        return since + count * _SPANS[unit]
    clock = time(int(match[3] or 0), int(match[4] or 0), tzinfo=UTC)
    return datetime.combine(_day(since.date(), count, _DAYS[unit]), clock)


def _day(since: date, count: int, weekdays: Container[int]) -> date:
    """The day that is so many days of some weekdays after another one, or before it."""
    day, step = since, timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= day.weekday() in weekdays
    return day


def _steps(tale: _Tale) -> list[_Step]:
    """The thread; files that came with the ticket itself are its first entry, as in `record`."""
    steps = tale.get("then", [])
    if "files" not in tale:
        return steps
    by = tale.get("by") or tale.get("requester", "")
    return [{"at": "+0m", "by": by, "files": tale["files"]}, *steps]


def _filled(text: str, ids: Mapping[str, str], now: datetime, moment: datetime | None = None) -> str:
    """A text with its marks replaced.

    `<<day>>` is the day on which it was said, `<<+4d>>` a working day counted from today,
    and any other mark the name of a ticket.
    """

    def meant(match: re.Match[str]) -> str:
        mark = match[1]
        if mark == "day" and moment:
            return f"{moment:%Y-%m-%d}"
        return f"{_when(mark, now):%Y-%m-%d}" if _WHEN.fullmatch(mark) else ids[mark]

    return _MARK.sub(meant, text)


def _attachment(file: NewFile) -> Attachment:
    return Attachment(attachment_file(file.name, file.data), file.name, len(file.data))


def _ticket_id(key: str, tale: _Tale, now: datetime) -> str:
    return derived_ticket_id(key, _when(tale["at"], now), _digest(tale["name"]))


def _digest(*parts: object) -> bytes:
    """What stands in for chance: always the same for the same name."""
    return hashlib.sha256("/".join(["tkt demo", *map(str, parts)]).encode()).digest()


def _id_text(digest: bytes, length: int) -> str:
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:length])


def _seconds(name: str, clock: int) -> timedelta:
    """The second of a minute at which something was said: nobody comments on the full minute."""
    return timedelta(seconds=_digest(name, clock)[0] % 60)

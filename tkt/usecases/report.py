"""What a report tells: which tickets it is about, in which period, and its tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from tkt.domain.conditions import All, Condition, Linked, Not
from tkt.domain.fields import Field, FieldType, did_you_mean, unknown
from tkt.domain.metrics.glossary import require_columns
from tkt.domain.metrics.periods import Almanac, Period
from tkt.domain.metrics.reports import REPORTS, Report, own_report, require_sense
from tkt.domain.metrics.tables import Cases, Desk, Table
from tkt.domain.settings import WEEKDAYS, Settings
from tkt.domain.ticket import MERGED_INTO
from tkt.domain.withholding import Withholder
from tkt.errors import NotFoundError, Problem, UsageError
from tkt.usecases.look import read_query
from tkt.usecases.workspace import Workspace

SEND = "send"
"""What no report is called, since `tkt report send` is a command."""

UNLISTED = "not listed"
"""What everybody sees of a person whom people.yaml does not list."""

_GROUPINGS = {FieldType.CHOICE, FieldType.LIST, FieldType.PERSON, FieldType.BOOLEAN, FieldType.TICKET}
_CUSTOM = _GROUPINGS | {FieldType.TEXT, FieldType.NUMBER}
_PEOPLE = frozenset({"assignee", "requester", "created_by", "watchers"})
_OTHER_NAMES = {"agent": "assignee", "customer": "requester"}


Made = TypeVar("Made")


class Answer(NamedTuple, Generic[Made]):
    """What was made of tickets with their courses.

    Args:
        made: of those that count.
        total: how many there are, with those to which nothing happened any more.
        problems: files that could not be understood.
    """

    made: Made
    total: int
    problems: Sequence[Problem]


class Wanted(NamedTuple):
    """What is needed of tickets.

    Args:
        fields: by their names.
        since: a moment, in seconds since 1970, UTC; tickets that were over by then do not count.
        detailed: whether the details of courses are needed; where not, they may be left out.
    """

    fields: Collection[str]
    since: int
    detailed: bool


class Courses(Protocol):
    """Reads the courses of many tickets."""

    def select(
        self, condition: Condition, at: datetime, wanted: Wanted, make: Callable[[Cases], Made]
    ) -> Answer[Made]:
        """What is made of the tickets that meet a condition at a moment, with their courses until then.

        Args:
            condition: which.
            at: the moment.
            wanted: what is needed of them.
            make: makes it, and may be asked to do so again, if tickets turn out to have changed meanwhile.
        """


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know.

    Args:
        name: of the report.
        query: which tickets it is about, besides what the report itself says.
        since: from when, as typed; "" for what is usual.
        until: until when, as typed; "" for now.
        by: the field to group by; "" for the report's own.
        compare: whether the period before stands beside it.
        public: whether everybody may see it.
        usual: how long before its end it begins where nobody says; "" for the report's own.
    """

    name: str
    query: str = ""
    since: str = ""
    until: str = ""
    by: str = ""
    compare: bool = False
    public: bool = False
    usual: str = ""


class Told(NamedTuple):
    """A report.

    Args:
        report: which.
        query: which tickets it is about, its own and what was typed besides; "" for all.
        almanac: with the zone in which its times are read.
        period: it is about.
        before: the period beside it; None where there is none.
        tickets: how many it is about: those that were created before the end of its period.
        tables: its numbers.
        desk: what they were made of.
        doubts: what may explain that there are no tickets.
        problems: files that could not be understood.
    """

    report: Report
    query: str
    almanac: Almanac
    period: Period
    before: Period | None
    tickets: int
    tables: tuple[Table, ...]
    desk: Desk
    doubts: tuple[str, ...]
    problems: tuple[Problem, ...]


def reports_of(settings: Settings) -> list[Report]:
    """The reports that ship with tkt, and the team's own."""
    return [
        *REPORTS,
        *(
            own_report(
                each.name, each.title or each.name, each.query, require_columns(each.measures), each.by
            )
            for each in settings.reporting.reports.values()
        ),
    ]


def find_report(settings: Settings, name: str) -> Report:
    """The report of that name.

    Raises:
        NotFoundError: there is none.
    """
    known = {each.name: each for each in reports_of(settings)}
    if name not in known:
        near = did_you_mean(name, list(known))
        raise NotFoundError(
            f"there is no report {name!r}" + (f"; {near}" if near else ""), f"There are: {', '.join(known)}."
        )
    return known[name]


def almanac_of(ws: Workspace, zone: tzinfo, at: str = "", week_start: str | None = None) -> Almanac:
    """Reads the times of a report.

    Args:
        ws: the desk.
        zone: in which days begin and end.
        at: the moment as of which it is read, as typed; "" for that of the desk.
        week_start: with which weekday weeks begin; None for what the settings say.

    Raises:
        UsageError: that names no moment, or one that has not come, or no weekday.
    """
    if week_start is not None and week_start.lower() not in WEEKDAYS:
        raise unknown("weekday", week_start, WEEKDAYS)
    first = WEEKDAYS.index(week_start.lower()) if week_start else ws.settings.reporting.first
    almanac = Almanac(ws.now, zone, first)
    return replace(almanac, now=almanac.moment(at)) if at else almanac


def told(ws: Workspace, courses: Courses, asked: Asked, almanac: Almanac) -> Told:
    """A report as of the moment of its almanac.

    Raises:
        NotFoundError: there is no such report.
        UsageError: the query, the period or the grouping cannot be read.
    """
    report = find_report(ws.settings, asked.name)
    require_sense(report, asked.by, compare=asked.compare)
    by = grouping(ws.settings, asked.by or report.usual_by, public=asked.public)
    period = almanac.between(asked.since, asked.until, asked.usual or report.since)
    before = almanac.before(period) if asked.compare else None
    then = replace(ws, now=almanac.now)
    queries = [read_query(then, each) for each in (report.query, asked.query)]
    merged = Not(Linked((MERGED_INTO,)))
    condition = All((*(each.condition for each in queries if each.condition != All()), merged))
    needed = {"id", *report.needs, by}
    wanted = Wanted(needed & set(ws.settings.fields), (before or period).start, report.detailed)

    def tables(cases: Cases) -> tuple[Desk, tuple[Table, ...]]:
        desk = Desk(
            cases=cases.found,
            settled=cases.settled,
            almanac=almanac,
            period=period,
            before=before,
            choices=lambda field: _choices(ws.settings, field),
            same=_same(ws.settings),
            public=_masked(ws.settings) if asked.public else lambda _field, value: value,
        )
        return desk, tuple(report.tables(desk, by or (report.by if report.by in ws.settings.fields else "")))

    answer = courses.select(condition, almanac.now, wanted, tables)
    doubts = tuple(doubt for each in queries for doubt in each.doubts)
    desk, made = answer.made
    query = _joined(report.query, asked.query)
    if asked.public:
        hide = Withholder(ws.settings.people, "").text
        report, query = report._replace(title=hide(report.title)), hide(query)
    number = answer.total - sum(each.course.created >= period.end for each in desk.cases)
    problems = tuple(answer.problems)
    return Told(report, query, almanac, period, before, number, made, desk, doubts, problems)


def _joined(*queries: str) -> str:
    """Queries as one that asks for all of them."""
    said = [each.strip() for each in queries if each.strip()]
    return said[0] if len(said) == 1 else " ".join(f"({each})" if " OR " in each else each for each in said)


def _groups(settings: Settings, field: Field) -> bool:
    if field in settings.custom:
        return field.type in _CUSTOM
    return field.type in _GROUPINGS and field.name != "links"


def grouping(settings: Settings, typed: str, *, public: bool = False) -> str:
    """The field that somebody wants to group by; "" for none.

    Args:
        settings: of the desk.
        typed: its name, or another word for it.
        public: whether everybody may see the report.

    Raises:
        UsageError: a report cannot be grouped by it.
    """
    if not typed:
        return ""
    from tkt.domain.vocabulary import ALIASES  # start-up: most reports have their own groups, or none

    known = [each.name for each in settings.fields.values() if _groups(settings, each)]
    other_names = {**ALIASES, **_OTHER_NAMES}
    name = typed if typed in known else other_names.get(typed.lower(), typed.lower())
    if name not in known:
        raise unknown("grouping", typed, known)
    if public and _holds_any_text(settings, settings.fields[name]):
        raise UsageError(
            f"{name} can hold any text, which is not for everybody", "Group by a field that has choices."
        )
    return name


def _holds_any_text(settings: Settings, field: Field) -> bool:
    """Whether people write into a field what they like; labels, which all read, are tkt's own."""
    is_list = field.type is FieldType.LIST and field in settings.custom and not field.choices
    return field.type is FieldType.TEXT or is_list


def _choices(settings: Settings, field: str) -> Sequence[str]:
    known = settings.fields.get(field)
    return known.choices if known else ()


def _same(settings: Settings) -> Callable[[str, str], str]:
    """The one form of a value: people are the same, however their addresses are written."""

    @cache  # the same few people and values come again with each ticket
    def same(field: str, value: str) -> str:
        return settings.people.one(value) if _is_person(settings, field) else value

    return same


def _is_person(settings: Settings, field: str) -> bool:
    declared = settings.fields.get(field)
    return field in _PEOPLE or (declared is not None and declared.type is FieldType.PERSON)


def _masked(settings: Settings) -> Callable[[str, str], str]:
    """What everybody may see of a value: of people the handle, and of those who are not listed nothing."""

    @cache  # the same few people and values come again with each ticket
    def masked(field: str, value: str) -> str:
        if not value or not (_is_person(settings, field) or "@" in value):
            return value
        person = settings.people.find(value)
        if person:
            return person.handle
        return value if value in settings.people.teams else UNLISTED

    return masked

"""What a team has decided: the settings in force, and where each was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from tkt.domain.fields import BUILT_IN, FIXED, MUTABLE, Field, Value, did_you_mean
from tkt.domain.levels import ServiceLevels
from tkt.domain.priority import Matrix
from tkt.domain.workflow import Workflow
from tkt.errors import NotFoundError


class CommitPolicy(StrEnum):
    """What becomes of a change once its files are written."""

    AUTO = "auto"
    STAGE = "stage"
    AMEND = "amend"
    OFF = "off"


class IntegratePolicy(StrEnum):
    """How `tkt sync` brings commits of both sides together."""

    MERGE = "merge"
    REBASE = "rebase"


class ReferencePolicy(StrEnum):
    """Whether a commit of code must name a ticket."""

    OFF = "off"
    WARN = "warn"
    REQUIRE = "require"


class Policy(NamedTuple):
    """Rules about commits.

    Args:
        reference: whether a commit that touches no ticket must name one.
        main: the branch on which a commit's `Fixes TKT-...` counts.
        fixes: the status to which such a commit moves the ticket; "" for none.
        protected: branches that nobody may delete or rewind on a server; `*` stands for anything.
        backdate: how old an entry may be when a server first sees it.
    """

    reference: ReferencePolicy
    main: str
    fixes: str
    protected: tuple[str, ...]
    backdate: timedelta


class TicketType(NamedTuple):
    """A type of ticket, and what its form asks.

    Args:
        name: as stored.
        title: for people.
        template: the name of its description template; "" for none.
        ask: fields that `create` asks for on a terminal.
        defaults: field values of a new ticket of this type.
    """

    name: str
    title: str
    template: str
    ask: tuple[str, ...]
    defaults: Mapping[str, Value]


class Person(NamedTuple):
    """Somebody who works on tickets.

    Args:
        handle: a short name to type.
        name: for people.
        email: how tickets name this person.
        roles: such as `agent` or `lead`.
        skills: labels, categories and queues this person is good at.
        capacity: open tickets this person can carry; 0 takes none automatically.
        away: pairs of dates (first, last), inclusive, `YYYY-MM-DD`.
    """

    handle: str
    name: str
    email: str
    roles: tuple[str, ...]
    skills: tuple[str, ...]
    capacity: int
    away: tuple[tuple[str, str], ...]


class Team(NamedTuple):
    """People who share queues, and roles."""

    name: str
    members: tuple[str, ...]
    queues: tuple[str, ...]
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class People:
    """Everybody the settings name, and what each role permits (`domain/roles.py`).

    Args:
        agents: by handle.
        teams: by name.
        roles: the permissions of each role, by its name.
        others: the role of everybody who is not listed.
    """

    agents: Mapping[str, Person]
    teams: Mapping[str, Team]
    roles: Mapping[str, frozenset[str]]
    others: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every handle and team, as completion offers them."""
        return (*self.agents, *self.teams)

    def find(self, word: str) -> Person | None:
        """The person of that handle, name or address, in any case."""
        return self._called.get(word.removeprefix("@").lower())

    @cached_property
    def _called(self) -> Mapping[str, Person]:
        """Everybody by whatever each is called; of two with one name, the first."""
        return {
            word.lower(): person
            for person in reversed(tuple(self.agents.values()))
            for word in (person.handle, person.email, person.name)
        }

    def resolve(self, word: str) -> str:
        """How a ticket names somebody: a person's address, or a team's name.

        An address that nobody has is taken as it is: the desk's customers are not listed.

        Raises:
            NotFoundError: nobody is called that, and it is not an address.
        """
        person = self.find(word)
        if person:
            return person.email
        if word in self.teams or "@" in word.strip("@"):
            return word
        near = did_you_mean(word.removeprefix("@"), self.names)
        raise NotFoundError(
            f"nobody is called {word!r}" + (f"; {near}" if near else ""),
            "Type a whole e-mail address, or add the person to .tkt/people.yaml.",
        )

    def one(self, name: str) -> str:
        """One name for each person and team, however they are written: an address, or a team's name.

        Whoever is not listed has the address in lower case.
        """
        person = self.find(name) if name else None
        return person.email if person else self._teams_called.get(name.lower(), name.lower())

    @cached_property
    def _teams_called(self) -> Mapping[str, str]:
        """The teams by their names in lower case."""
        return {each.lower(): each for each in self.teams}

    def display(self, stored: str) -> str:
        """The short name of whom a ticket names: a handle where there is one."""
        person = self.find(stored) if stored else None
        return person.handle if person else stored


class View(NamedTuple):
    """A saved query, and how what it finds is shown.

    Args:
        name: to type: `view:mine`.
        query: which tickets.
        title: for people.
        sort: `field,-field`; "" for the usual order.
        columns: of the table; () for the usual ones.
        by: the field that groups the tickets; "" for none.
    """

    name: str
    query: str
    title: str = ""
    sort: str = ""
    columns: tuple[str, ...] = ()
    by: str = ""


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""What a week may begin with."""


class OwnReport(NamedTuple):
    """A report that a team has put together.

    Args:
        name: to type.
        title: for people.
        query: which tickets it is about; "" for all of them.
        measures: what it shows, such as `created` or `first_response.median`.
        by: the field that groups the tickets; "" for none.
    """

    name: str
    title: str
    query: str
    measures: tuple[str, ...]
    by: str


class Mailing(NamedTuple):
    """A report that goes out by itself, about each day, week or month that is over.

    Args:
        name: by which the outbox knows it.
        report: which one, of those that ship with tkt or the team's own.
        query: which tickets it is about, besides what the report itself says; "" for all of them.
        by: the field to group by; "" for the report's own.
        every: `day`, `week` or `month`.
        days: so many days after the end of that it is due.
        seconds: and so many after the beginning of that day, by the clock on the wall.
        to: addresses, roles, `team:NAME` and `@HANDLE`.
        compare: whether the period before stands beside it.
        public: whether everybody may see it.
    """

    name: str
    report: str
    query: str
    by: str
    every: str
    days: int
    seconds: int
    to: tuple[str, ...]
    compare: bool
    public: bool


class Reporting(NamedTuple):
    """How reports are made.

    Args:
        timezone: in which days begin and end, of the IANA database.
        first: with which weekday weeks begin, 0 for Monday.
        reports: the team's own, by name.
        send: those that go out by themselves, by name.
    """

    timezone: str
    first: int
    reports: Mapping[str, OwnReport]
    send: Mapping[str, Mailing]


@dataclass(frozen=True)
class Settings:
    """All settings in force.

    Args:
        key: the project key, such as `TKT`.
        commit: what becomes of a change.
        run_hooks: whether a commit runs the user's own Git hooks.
        integrate: how `tkt sync` brings commits of both sides together.
        types: ticket types by name.
        channels: how tickets arrive.
        queues: empty allows any.
        categories: empty allows any.
        resolutions: how tickets end; empty allows any.
        matrix: priorities.
        custom: declared fields, in order.
        workflow: statuses and steps.
        people: agents and teams.
        views: saved queries by name.
        reporting: how reports are made.
        policy: rules about commits.
        sla: what is promised, and when a team works.
        attachment_limit: bytes of one attachment.
        fingerprint: a name for the texts that say all this, and for this release of tkt.
    """

    key: str
    commit: CommitPolicy
    run_hooks: bool
    integrate: IntegratePolicy
    types: Mapping[str, TicketType]
    default_type: str
    channels: tuple[str, ...]
    queues: tuple[str, ...]
    categories: tuple[str, ...]
    resolutions: tuple[str, ...]
    matrix: Matrix
    custom: tuple[Field, ...]
    workflow: Workflow
    people: People
    views: Mapping[str, View]
    reporting: Reporting
    policy: Policy
    sla: ServiceLevels
    attachment_limit: int
    fingerprint: str = field(compare=False)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field a ticket of this project has, in the order of the file."""
        choices = {
            "type": tuple(self.types),
            "status": tuple(self.workflow.statuses),
            "channel": self.channels,
            "queue": self.queues,
            "category": self.categories,
            "resolution": self.resolutions,
            "priority": self.matrix.priorities,
            "impact": self.matrix.impacts,
            "urgency": self.matrix.urgencies,
        }
        built_in = (
            Field(each.name, each.type, choices.get(each.name, ()), fixed=each.fixed)
            for each in (*FIXED, *MUTABLE)
        )
        return {field.name: field for field in (*built_in, *self.custom)}

    @property
    def columns(self) -> tuple[str, ...]:
        """What a table of tickets can show: every field, what follows from the thread, and two ages."""
        return (*self.groupings, "left", "sla_due", "age", "waiting")

    @cached_property
    def groupings(self) -> tuple[str, ...]:
        """What tickets can be grouped by."""
        from tkt.domain.activity import DERIVED  # start-up, and activity.py needs what stands above

        return (*self.fields, *DERIVED, "sla")


_IN_QUERIES = (
    *("updated", "closed", "comments", "attachments", "spent", "time", "label", "watcher", "link", "comment"),
    *("attachment", "description", "is", "has", "no", "changed", "team", "view", "sort", "blocks", "relates"),
    *("duplicates", "merges", "age", "child", "sla", "left", "sla_due"),
)
"""Words that mean something in a query (`domain/vocabulary.py`), as far as a field could be called that."""

RESERVED = frozenset({*BUILT_IN, "body", "thread", "text", *_IN_QUERIES})
"""Names that a custom field cannot have."""

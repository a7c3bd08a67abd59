"""Settings as values, made of what the checked files say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tkt.domain.duration import parse_age
from tkt.domain.fields import Field, FieldType, Value
from tkt.domain.levels import (
    ALWAYS,
    WARN_AT,
    WHOLE,
    Clock,
    Deed,
    EscalationLevel,
    OnReopen,
    PushRule,
    ServiceLevels,
    ServicePolicy,
    parse_target,
)
from tkt.domain.priority import Matrix
from tkt.domain.settings import (
    WEEKDAYS,
    CommitPolicy,
    IntegratePolicy,
    Mailing,
    OwnReport,
    People,
    Person,
    Policy,
    ReferencePolicy,
    Reporting,
    Settings,
    Team,
    TicketType,
    View,
)
from tkt.domain.workflow import Category, Flow, Status, Step, Workflow

if TYPE_CHECKING:
    from tkt.domain.worktime import Calendar

USUAL_ROLE = "agent"
"""The role of people of whom the settings say none."""

FILES = ("project.yaml", "workflow.yaml", "people.yaml", "sla.yaml")

NAMED = "holidays"
"""Where data has the holidays of files that settings name, by their paths."""

Data = dict[str, dict[str, Any]]
"""What each settings file says, defaults filled in."""


def build(data: Data, fingerprint: str = "") -> Settings:
    """Settings out of checked data, and their name where one is needed."""
    project, workflow, people, sla = (data[name] for name in FILES)
    return Settings(
        key=project["key"],
        commit=CommitPolicy(project["commit"]),
        run_hooks=project["run_hooks"],
        integrate=IntegratePolicy(project["integrate"]),
        types={name: _type(name, form or {}) for name, form in project["types"].items()},
        default_type=project["default_type"],
        channels=tuple(project["channels"]),
        queues=tuple(project["queues"]),
        categories=tuple(project["categories"]),
        resolutions=tuple(project["resolutions"]),
        matrix=_matrix(project["priority"]),
        custom=tuple(declared_field(n, d) for n, d in (project["fields"] or {}).items()),
        workflow=_workflow(workflow),
        people=_people(people),
        reporting=_reporting(project),
        views={name: _view(name, each) for name, each in (project["views"] or {}).items()},
        policy=_policy(project["policy"]),
        sla=_service_levels(sla, data[NAMED]),
        attachment_limit=int(project["attachment_limit"]),  # 1e6 is a whole number too
        fingerprint=fingerprint,
    )


def _type(name: str, form: Mapping[str, Any]) -> TicketType:
    defaults = {key: _stored(value) for key, value in form.get("defaults", {}).items()}
    return TicketType(
        name,
        form.get("title", name.capitalize()),
        form.get("template", ""),
        tuple(form.get("ask", ())),
        defaults,
    )


def _reporting(project: Mapping[str, Any]) -> Reporting:
    said = project["reporting"]
    reports = {
        name: OwnReport(
            name=name,
            title=each.get("title", ""),
            query=each.get("query", ""),
            measures=tuple(each["measures"]),
            by=each.get("by", ""),
        )
        for name, each in (project["reports"] or {}).items()
    }
    first = WEEKDAYS.index(said["week_start"])
    send = {name: _mailing(name, each, first) for name, each in (said["send"] or {}).items()}
    return Reporting(said["timezone"], first, reports, send)


def _mailing(name: str, said: Mapping[str, Any], first: int) -> Mailing:
    hours, minutes = map(int, said.get("at", "00:00").split(":"))
    day = said.get("on", 1)
    return Mailing(
        name=name,
        report=said["report"],
        query=said.get("query", ""),
        by=said.get("by", ""),
        every=said["every"],
        days=day - 1 if isinstance(day, int) else (WEEKDAYS.index(day) - first) % len(WEEKDAYS),
        seconds=(hours * 60 + minutes) * 60,
        to=tuple(said["to"]),
        compare=said.get("compare", False),
        public=said.get("public", False),
    )


def _view(name: str, view: Mapping[str, Any]) -> View:
    return View(
        name=name,
        query=view["query"],
        title=view.get("title", ""),
        sort=view.get("sort", ""),
        columns=tuple(view.get("columns", ())),
        by=view.get("by", ""),
    )


def _policy(policy: Mapping[str, Any]) -> Policy:
    return Policy(
        reference=ReferencePolicy(policy["reference"]),
        main=policy["main"],
        fixes=policy["fixes"] or "",
        protected=tuple(policy["protected"]),
        backdate=parse_age(policy["backdate"]),
    )


def _service_levels(data: Mapping[str, Any], named: Mapping[str, Any]) -> ServiceLevels:
    forms: Mapping[str, Any] = data["calendars"] or {}
    policies = tuple(_service_policy(each) for each in data["policies"] or ())
    push = tuple(_push_rule(each) for each in data["push"] or ())
    return ServiceLevels(policies, (*forms, ALWAYS), Calendars(forms, named), push, data["bot"])


class Calendars:
    """Makes calendars when somebody asks for them, each of them once.

    Args:
        forms: what the settings say of each.
        named: the holidays of the files that they name, by path.
    """

    def __init__(self, forms: Mapping[str, Any], named: Mapping[str, Any]) -> None:
        self.forms = forms
        self.named = named
        self._made: dict[str, Calendar] = {}

    def __call__(self, name: str) -> Calendar:
        """The calendar of that name."""
        if name not in self._made:
            from tkt.store.calendars import calendar_of  # start-up: most commands ask no clock

            self._made[name] = calendar_of(name, None if name == ALWAYS else self.forms[name], self.named)
        return self._made[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendars) and (self.forms, self.named) == (other.forms, other.named)

    __hash__ = None  # type: ignore[assignment]  # it holds what can change


def _service_policy(data: Mapping[str, Any]) -> ServicePolicy:
    return ServicePolicy(
        name=data["name"],
        when=data.get("when", ""),
        calendar=data["calendar"],
        targets={
            priority: {clock: parse_target(text) or 0 for clock, text in row.items()}
            for priority, row in data["targets"].items()
        },
        on_reopen=OnReopen(data.get("on_reopen", OnReopen.RESUME)),
        warn_at=int(data["warn_at"].removesuffix("%")) if "warn_at" in data else WARN_AT,
        escalation=tuple(map(_level, data.get("escalation") or ())),
    )


def _push_rule(data: Mapping[str, Any]) -> PushRule:
    return PushRule(
        branches=tuple(listed(data["branch"])),
        when=data.get("when", ""),
        deed=Deed(data["do"]),
        early=data.get("on") == "at-risk",
    )


def _level(data: Mapping[str, Any]) -> EscalationLevel:
    return EscalationLevel(
        name=level_name(data),
        clocks=tuple(Clock(each) for each in data.get("clocks", tuple(Clock))),
        share=int(data["at"].removesuffix("%")) if "at" in data else WHOLE,
        after=parse_target(data["after"]) or 0 if "after" in data else 0,
        tell=tuple(data.get("tell", ())),
        sets=tuple((name, _stored(value)) for name, value in data.get("set", {}).items()),
        anytime=data.get("anytime", False),
    )


def level_name(data: Mapping[str, Any]) -> str:
    """What threads call a level: the name that it was given, else such as `75%` or `+2h`."""
    name: str = data.get("name") or data.get("at") or f"+{data['after'].replace(' ', '')}"
    return name


def _matrix(priority: Mapping[str, Any]) -> Matrix:
    cells = {
        (impact, urgency): name for impact, row in priority["matrix"].items() for urgency, name in row.items()
    }
    return Matrix(
        tuple(priority["names"]),
        priority["default"],
        tuple(priority["impacts"]),
        tuple(priority["urgencies"]),
        cells,
    )


def _workflow(data: Mapping[str, Any]) -> Workflow:
    statuses = {
        name: Status(name, Category(each["category"]), each.get("pauses", False))
        for name, each in data["statuses"].items()
    }
    default = Flow(data["initial"], _steps(data["transitions"]))
    by_type = {
        name: Flow(
            flow.get("initial", default.initial),
            _steps(flow["transitions"]) if "transitions" in flow else default.steps,
        )
        for name, flow in (data["types"] or {}).items()
    }
    return Workflow(statuses, default, by_type, data["on_assign"] or "")


def _steps(transitions: list[Mapping[str, Any]]) -> dict[str, tuple[Step, ...]]:
    steps: dict[str, tuple[Step, ...]] = {}
    for each in transitions:
        ways = tuple(_step(target, each) for target in listed(each["to"]))
        for start in listed(each["from"]):
            steps[start] = tuple(dict.fromkeys((*steps.get(start, ()), *ways)))
    return steps


def _step(target: str, data: Mapping[str, Any]) -> Step:
    return Step(
        target,
        who=tuple(data.get("who", ())),
        when=data.get("when", ""),
        require=tuple(data.get("require", ())),
        comment=data.get("comment", False),
        sets=tuple((name, _stored(value)) for name, value in data.get("set", {}).items()),
        confirm=data.get("confirm", ""),
    )


def _stored(value: Any) -> Value:
    return tuple(sorted(value)) if isinstance(value, list) else value


def _people(data: Mapping[str, Any]) -> People:
    agents = {handle: _person(handle, each) for handle, each in (data["agents"] or {}).items()}
    teams = {
        name: Team(name, *(tuple((each or {}).get(key, ())) for key in ("members", "queues", "roles")))
        for name, each in (data["teams"] or {}).items()
    }
    roles = {name: frozenset(may or ()) for name, may in (data["roles"] or {}).items()}
    return People(agents, teams, roles, data["others"])


def _person(handle: str, data: Mapping[str, Any]) -> Person:
    return Person(
        handle=handle,
        name=data.get("name", handle),
        email=data["email"],
        roles=tuple(data.get("roles", (USUAL_ROLE,))),
        skills=tuple(data.get("skills", ())),
        capacity=int(data.get("capacity", 20)),
        away=tuple((each["from"], each["to"]) for each in data.get("away", ())),
    )


def declared_field(name: str, declared: dict[str, Any]) -> Field:
    """A field as the settings declare it."""
    kind = FieldType(declared["type"])
    default = declared.get("default", () if kind is FieldType.LIST else "")
    return Field(
        name=name,
        type=kind,
        choices=tuple(declared.get("choices", ())),
        default=_stored(default),
        required_for=tuple(declared.get("required_for", ())),
        title=declared.get("title", ""),
    )


def listed(value: str | list[str]) -> list[str]:
    """One or more names as a list."""
    return [value] if isinstance(value, str) else value

"""Settings as values, made of what the checked files say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tkt.domain.fields import Field, FieldType
from tkt.domain.priority import Matrix
from tkt.domain.settings import CommitPolicy, People, Person, Settings, Team, TicketType, View
from tkt.domain.workflow import Category, Flow, Status, Workflow

FILES = ("project.yaml", "workflow.yaml", "people.yaml")

Data = dict[str, dict[str, Any]]
"""What each settings file says, defaults filled in."""


def build(data: Data) -> Settings:
    """Settings out of checked data."""
    project, workflow, people = (data[name] for name in FILES)
    return Settings(
        key=project["key"],
        commit=CommitPolicy(project["commit"]),
        run_hooks=project["run_hooks"],
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
        views={name: _view(name, each) for name, each in (project["views"] or {}).items()},
        attachment_limit=int(project["attachment_limit"]),  # 1e6 is a whole number too
    )


def _type(name: str, form: Mapping[str, Any]) -> TicketType:
    defaults = {
        key: tuple(sorted(value)) if isinstance(value, list) else value
        for key, value in form.get("defaults", {}).items()
    }
    return TicketType(
        name,
        form.get("title", name.capitalize()),
        form.get("template", ""),
        tuple(form.get("ask", ())),
        defaults,
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


def _steps(transitions: list[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    steps: dict[str, tuple[str, ...]] = {}
    for each in transitions:
        for start in listed(each["from"]):
            steps[start] = tuple(dict.fromkeys((*steps.get(start, ()), *listed(each["to"]))))
    return steps


def _people(data: Mapping[str, Any]) -> People:
    agents = {handle: _person(handle, each) for handle, each in (data["agents"] or {}).items()}
    teams = {
        name: Team(name, tuple((each or {}).get("members", ())), tuple((each or {}).get("queues", ())))
        for name, each in (data["teams"] or {}).items()
    }
    return People(agents, teams)


def _person(handle: str, data: Mapping[str, Any]) -> Person:
    return Person(
        handle=handle,
        name=data.get("name", handle),
        email=data["email"],
        roles=tuple(data.get("roles", ("agent",))),
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
        default=tuple(sorted(default)) if isinstance(default, list) else default,
        required_for=tuple(declared.get("required_for", ())),
        title=declared.get("title", ""),
    )


def listed(value: str | list[str]) -> list[str]:
    """One or more names as a list."""
    return [value] if isinstance(value, str) else value

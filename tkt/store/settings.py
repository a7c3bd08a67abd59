"""The settings in force: the team's files over the ones that ship with tkt."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tkt import __version__
from tkt.assets import read_asset
from tkt.domain.priority import Matrix
from tkt.domain.settings import CommitPolicy, People, Person, Settings, Team, TicketType
from tkt.domain.workflow import Category, Flow, Status, Workflow
from tkt.errors import InvalidStoreError, Problem
from tkt.store import settings_check, settings_sense
from tkt.store.codec import decode
from tkt.store.nodes import Limits, compose, plain_data
from tkt.store.nodes import Mapping as Node
from tkt.store.settings_check import FILES, Place, line_of
from tkt.store.settings_sense import declared_field, listed
from tkt.usecases.workspace import SETTINGS, Files

_LIMITS = Limits(nodes=50_000, depth=10)
_SIZE_LIMIT = 1024 * 1024
_DEEP = ("priority",)

_DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    MemoryError,
)

Data = dict[str, dict[str, Any]]
"""What each settings file says, defaults filled in."""


@dataclass(frozen=True, slots=True)
class Source:
    """One value in force.

    Args:
        name: such as `priority.default`.
        value: as JSON text.
        place: `file:line`, or `default`.
    """

    name: str
    value: str
    place: str


@dataclass(frozen=True, slots=True)
class SettingsReader:
    """Reads the settings of a store.

    Args:
        files: where they are.
        cache: a file in which checked settings are kept, so that the next command need neither
            parse nor check them; "" for none. It may be deleted at any time.
    """

    files: Files
    cache: str = ""

    def load(self) -> Settings:
        """The settings in force.

        Raises:
            InvalidStoreError: all mistakes in them.
        """
        texts = self._texts()
        kept = self._cached(texts)
        if kept is not None:
            return kept
        data, problems, _ = _read(texts)
        if problems:
            raise InvalidStoreError(tuple(problems), "Mend them; tkt config check looks again.")
        self._keep(texts, data)
        return build(data)

    def problems(self) -> list[Problem]:
        """Every mistake in the settings."""
        try:
            return _read(self._texts())[1]
        except InvalidStoreError as error:
            return list(error.problems)

    def sources(self) -> list[Source]:
        """Every value in force, and where it was said.

        Raises:
            InvalidStoreError: all mistakes in them.
        """
        data, problems, roots = _read(self._texts())
        if problems:
            raise InvalidStoreError(tuple(problems), "Mend them; tkt config check looks again.")
        return [each for name in FILES for each in _sources(name, data[name], roots[name])]

    def _texts(self) -> dict[str, str]:
        texts = {}
        problems: list[Problem] = []
        for name in FILES:
            path = f"{SETTINGS}/{name}"
            try:
                raw = self.files.read(path)
                if len(raw) > _SIZE_LIMIT:
                    problems.append(Problem(path, 0, f"{len(raw):,} bytes; {_SIZE_LIMIT:,} are allowed"))
                    continue
                texts[name] = decode(raw, path).removeprefix("\ufeff").replace("\r\n", "\n")
            except FileNotFoundError:
                texts[name] = ""
            except InvalidStoreError as error:
                problems += error.problems
        if problems:
            raise InvalidStoreError(tuple(problems))
        return texts

    def _cached(self, texts: Mapping[str, str]) -> Settings | None:
        """The settings that were kept of these very texts; None when there are none, or damaged."""
        # Python's own notation, read as data only: json would cost more to load than all else here.
        from ast import literal_eval

        origin = _origin(texts)
        try:
            with open(self.cache, encoding="utf-8", newline="") as file:
                kept = file.read()
            return build(literal_eval(kept[len(origin) :])) if kept.startswith(origin) else None
        except _DAMAGED:
            return None

    def _keep(self, texts: Mapping[str, str], data: Data) -> None:
        if not self.cache:
            return
        draft = f"{self.cache}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(self.cache), exist_ok=True)
            with open(draft, "w", encoding="utf-8", newline="") as file:
                file.write(_origin(texts) + repr(data))
            os.replace(draft, self.cache)
        except OSError:
            # A cache that cannot be written costs time only.
            with suppress(OSError):
                os.unlink(draft)


def _origin(texts: Mapping[str, str]) -> str:
    """What kept settings were made from and by: the same head, the same settings."""
    return "\0".join((f"tkt {__version__}", *texts.values(), ""))


def _read(texts: Mapping[str, str]) -> tuple[Data, list[Problem], dict[str, Node]]:
    problems: list[Problem] = []
    data: Data = {}
    roots: dict[str, Node] = {}
    broken: list[tuple[str, Place]] = []
    for name in FILES:
        try:
            roots[name] = compose(texts[name], f"{SETTINGS}/{name}", limits=_LIMITS)
        except InvalidStoreError as error:
            problems += error.problems
            roots[name] = Node((), 1, (0, 0))
            broken.append((name, ()))
        said = plain_data(roots[name])
        wrong = settings_check.shape_findings(name, said)
        problems += [_problem(name, roots[name], place, text) for place, text in wrong]
        parts = [settings_check.part_of(place) for place, _ in wrong]
        broken += [(name, part) for part in parts]
        data[name] = _over_defaults(name, settings_check.without(said, parts))
    for name, place, text in _findings(data):
        if not _follows(broken, name, place, text):
            problems.append(_sense_problem(name, roots[name], place, text))
    once = dict.fromkeys(problems)
    return data, sorted(once, key=lambda each: (each.path, each.line)), roots


def _follows(broken: list[tuple[str, Place]], name: str, place: Place, text: str) -> bool:
    """Whether a finding only follows from a mistake that is told already."""
    kind = text.partition(" ")[0]
    return any(
        (name == file and place[: len(part)] == part) or kind in settings_check.undefined(file, part)
        for file, part in broken
    )


def _sense_problem(name: str, root: Node, place: Place, text: str) -> Problem:
    """A finding; what ships with tkt is not taken to task item by item when it fits no longer."""
    whole = place[:2] if place[0] in _DEEP else place[:1]
    node: object = root
    for key in whole:
        node = node.get(str(key)) if isinstance(node, Node) else None
    if node is None and len(place) > len(whole):
        place, text = whole, "what ships with tkt does not fit the rest of this file; write your own"
    return _problem(name, root, place, f"{_dotted(place)}: {text}")


def _problem(name: str, root: Node, place: Place, text: str) -> Problem:
    return Problem(f"{SETTINGS}/{name}", line_of(root, place), text)


def _dotted(place: Place) -> str:
    return ".".join(str(step) for step in place if isinstance(step, str))


def _over_defaults(name: str, said: dict[str, Any]) -> dict[str, Any]:
    defaults = plain_data(compose(read_asset(f"settings/{name}"), name))
    merged = {**defaults, **said}
    for key in _DEEP:
        if isinstance(said.get(key), dict):
            merged[key] = {**defaults[key], **said[key]}
    if "statuses" in said:
        # A team's own statuses come with its own steps; the shipped ones would not fit them.
        merged["on_assign"] = said.get("on_assign")
    return merged


def _findings(data: Data) -> Iterator[tuple[str, Place, str]]:
    project, workflow, people = (data[name] for name in FILES)
    yield from (("project.yaml", *each) for each in settings_sense.project_findings(project))
    types = list(project["types"])
    yield from (("workflow.yaml", *each) for each in settings_sense.workflow_findings(workflow, types))
    queues = project["queues"]
    yield from (("people.yaml", *each) for each in settings_sense.people_findings(people, queues))


def _sources(name: str, data: dict[str, Any], root: Node) -> Iterator[Source]:
    for key, value in data.items():
        said = root.get(key)
        inner = value if isinstance(value, dict) and value else None
        for deeper, each in (inner or {"": value}).items():
            place: Place = (key, deeper) if deeper else (key,)
            shown = f"{SETTINGS}/{name}:{line_of(root, place)}" if said is not None else "default"
            if isinstance(said, Node) and deeper and said.get(deeper) is None:
                shown = "default"
            yield Source(".".join(map(str, place)), _as_json(each), shown)


def _as_json(value: object) -> str:
    import json  # start-up: only `config show` needs it

    return json.dumps(value, ensure_ascii=False)


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

"""What the settings files say: parsed, checked, and laid over what ships with tkt."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tkt.assets import read_asset
from tkt.domain.ids import SETTINGS
from tkt.errors import InvalidStoreError, Problem
from tkt.store import (
    settings_check,
    settings_levels,
    settings_push,
    settings_reports,
    settings_sense,
    settings_sla,
    settings_steps,
)
from tkt.store.ical import read_holidays
from tkt.store.nodes import Limits, compose, plain_data
from tkt.store.nodes import Mapping as Node
from tkt.store.settings_build import FILES, NAMED, Data, build
from tkt.store.settings_check import Place, line_of

_LIMITS = Limits(nodes=50_000, depth=10)
_DEEP = ("policy", "priority", "reporting")


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


def read_settings(
    texts: Mapping[str, str], unread: Sequence[Problem]
) -> tuple[Data, list[Problem], dict[str, Node]]:
    """What the files say, defaults filled in; every mistake; and where each thing stands.

    Args:
        texts: by the files' names, without those that could not be read.
        unread: what is wrong with these.
    """
    problems = list(unread)
    data: Data = {}
    roots: dict[str, Node] = {}
    broken: list[tuple[str, Place]] = []
    for name in FILES:
        try:
            if name not in texts:
                broken.append((name, ()))
            roots[name] = compose(texts.get(name, ""), f"{SETTINGS}/{name}", limits=_LIMITS)
        except InvalidStoreError as error:
            problems += error.problems
            roots[name] = Node((), 1, (0, 0))
            broken.append((name, ()))
        said = plain_data(roots[name])
        wrong = settings_check.shape_findings(name, said)
        # The library that finds them has no order of its own.
        problems += sorted(_problem(name, roots[name], place, text) for place, text in wrong)
        parts = [settings_check.part_of(place) for place, _ in wrong]
        broken += [(name, part) for part in parts]
        data[name] = _over_defaults(name, settings_check.without(said, parts))
    problems += _named_holidays(data, texts, {each.path for each in unread})
    _fit_fixes(data, roots["project.yaml"])
    for name, place, text in _findings(data):
        if not _follows(broken, name, place, text):
            problems.append(_sense_problem(name, roots[name], place, text))
    with suppress(KeyError):  # a person who has mistakes has no address; queries can be checked after that
        for name, place, text in _query_findings(data):
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


def _fit_fixes(data: Data, project: Node) -> None:
    """Where nobody says to which status commits move what they fix, it is one of the team's own."""
    policy, statuses = data["project.yaml"]["policy"], data["workflow.yaml"]["statuses"]
    said = project.get("policy")
    if (isinstance(said, Node) and said.get("fixes") is not None) or policy["fixes"] in statuses:
        return
    done = [name for name, each in statuses.items() if each["category"] == "done"]
    data["project.yaml"]["policy"] = {**policy, "fixes": done[0] if done else None}


def _named_holidays(data: Data, texts: Mapping[str, str], unread: Collection[str]) -> list[Problem]:
    """Put the holidays of the files that calendars name beside what the settings say; what is wrong there.

    Of those that could not be read it is told already.
    """
    problems: list[Problem] = []
    data[NAMED] = {path: [] for path in unread}
    forms = (data["sla.yaml"]["calendars"] or {}).values()
    days = [each for form in forms for each in form.get("holidays") or () if isinstance(each, dict)]
    named = {each["ical"] for each in days if "ical" in each}
    for path in sorted(named & texts.keys()):
        found, wrong = read_holidays(texts[path], path)
        problems += wrong
        data[NAMED][path] = [tuple(each) for each in found]
    return problems


def _findings(data: Data) -> Iterator[tuple[str, Place, str]]:
    project, workflow, people, sla = (data[name] for name in FILES)
    yield from (("project.yaml", *each) for each in settings_sense.project_findings(project))
    yield from (("project.yaml", *each) for each in settings_reports.reporting_findings(project))
    types = list(project["types"])
    yield from (("workflow.yaml", *each) for each in settings_steps.workflow_findings(workflow, types))
    fixes = settings_sense.fixes_findings(project["policy"], workflow["statuses"])
    yield from (("project.yaml", *each) for each in fixes)
    steps = settings_steps.step_findings(workflow, project, people)
    yield from (("workflow.yaml", *each) for each in steps)
    queues = project["queues"]
    yield from (("people.yaml", *each) for each in settings_sense.people_findings(people, queues))
    promises = settings_sla.sla_findings(sla, project["priority"]["names"], data[NAMED])
    yield from (("sla.yaml", *each) for each in promises)
    levels = settings_levels.level_findings(sla, project, people)
    yield from (("sla.yaml", *each) for each in levels)


def _query_findings(data: Data) -> Iterator[tuple[str, Place, str]]:
    settings = build(data)
    yield from (("project.yaml", *each) for each in settings_sense.view_findings(settings))
    yield from (("project.yaml", *each) for each in settings_reports.report_findings(settings))
    conditions = settings_steps.condition_findings(settings, data["workflow.yaml"])
    yield from (("workflow.yaml", *each) for each in conditions)
    yield from (("sla.yaml", *each) for each in settings_sla.policy_findings(settings))
    yield from (("sla.yaml", *each) for each in settings_push.push_findings(settings))


def sources_in(name: str, data: dict[str, Any], root: Node) -> Iterator[Source]:
    """Every value in force of one file, and where it was said."""
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

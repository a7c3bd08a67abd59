"""An export of beads line by line: its issues, how they hang together, and lines that are none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tkt.domain.fields import clean_line
from tkt.domain.ids import month_code
from tkt.errors import Problem, UsageError
from tkt.intake.foreign import (
    compact,
    foreign_line,
    foreign_text,
    foreign_time,
    foreign_title,
    is_line,
    same_line,
)
from tkt.intake.jsonlines import filled_lines, json_object

NAME_LIMIT = 60
"""Characters of a type, a status or a key, where a summary names it."""

_LINE_LIMIT = 1_000_000
_GENERATIONS = 100
_KEPT = "extra key beads_dependencies"


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about an issue, and when (UTC)."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Dependency:
    """What an issue depends on, and how."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of which enough is understood to take it in.

    Args:
        line: of the file, counted from 1.
        closed: when it was last closed, UTC; None when it is not, or nobody knows.
        rest: everything else it says, as it says it.
    """

    line: int
    id: str
    title: str
    created: datetime
    closed: datetime | None
    comments: tuple[Comment, ...]
    dependencies: tuple[Dependency, ...]
    rest: Mapping[str, Any]


def read_export(data: bytes, name: str) -> tuple[list[Issue], list[Problem]]:
    """The issues of an export, and a problem for each line that is none.

    Args:
        data: the file's bytes.
        name: the file's name, for problems.
    """
    found: dict[str, Issue] = {}
    problems = []
    for number, raw in filled_lines(data):
        try:
            issue = _issue(json_object(raw, _LINE_LIMIT), number)
        except UsageError as error:
            problems.append(Problem(name, number, error.message))
            continue
        first = found.setdefault(issue.id, issue)
        if first is not issue:
            text = f"id {issue.id!r} stands on line {first.line} already; give one of them another"
            problems.append(Problem(name, number, text))
    return list(found.values()), problems


def _issue(said: dict[str, Any], line: int) -> Issue:
    """What a line says, the understood parts taken out of it.

    Raises:
        UsageError: it has no id, title or creation, or a time that is none.
    """
    issue_id = clean_line(_required(said, "id"), "an id")
    original = _required(said, "title")
    title = foreign_title(original)
    if not same_line(original, title):
        said["title"] = original
    created = _time(_required(said, "created_at"), "created_at")
    month_code(created)
    closed = _time(said["closed_at"], "closed_at") if said.get("closed_at") else None
    comments = tuple(map(_comment, _fitting(said, "comments", _is_comment)))
    dependencies = tuple(
        Dependency(each["type"], each["depends_on_id"])
        for each in _fitting(said, "dependencies", lambda each: _is_dependency(each, issue_id))
    )
    return Issue(line, issue_id, title, created, closed, comments, dependencies, said)


def _required(said: dict[str, Any], key: str) -> str:
    value = said.pop(key, None)
    if not isinstance(value, str) or not foreign_line(value):
        raise UsageError(f"an issue needs {key}")
    return value


def _time(said: object, what: str) -> datetime:
    try:
        return foreign_time(said)
    except ValueError as error:
        shown = compact(said)[:NAME_LIMIT]
        raise UsageError(f"{what}: {shown} is not a moment such as 2026-11-22T09:00:00Z") from error


def _fitting(said: dict[str, Any], key: str, fits: Callable[[object], bool]) -> list[dict[str, Any]]:
    """Take the members of a list that have the right shape; the others stay where they are."""
    listed = said.get(key)
    if not isinstance(listed, list):
        return []
    said[key] = [each for each in listed if not fits(each)]
    return [each for each in listed if fits(each)]


def _is_comment(said: object) -> bool:
    text = said.get("text") if isinstance(said, dict) else None
    return isinstance(text, str) and foreign_text(text) != ""


def _comment(said: dict[str, Any]) -> Comment:
    author = said.get("author")
    return Comment(
        _time(said.get("created_at"), "created_at of a comment"),
        foreign_line(author) if isinstance(author, str) else "",
        foreign_text(said["text"]),
    )


def _is_dependency(said: object, issue_id: str) -> bool:
    return (
        isinstance(said, dict)
        and all(is_line(said.get(key)) for key in ("type", "depends_on_id"))
        and said.get("issue_id", issue_id) == issue_id
    )


class Relations:
    """Parents and links between the tickets of an export, and what could become neither.

    Args:
        issues: of the export.
        ids: the ticket id of each.
    """

    def __init__(self, issues: Sequence[Issue], ids: Mapping[str, str]) -> None:
        self.parents: dict[str, str] = {}
        self.links: defaultdict[str, set[str]] = defaultdict(set)
        self.kept: defaultdict[str, list[str]] = defaultdict(list)
        self.counts: Counter[tuple[str, str]] = Counter()
        for issue in issues:
            for dependency in issue.dependencies:
                self._add(ids[issue.id], dependency, ids.get(dependency.target))

    def _add(self, ours: str, dependency: Dependency, theirs: str | None) -> None:
        said, became = f"dependency {dependency.kind[:NAME_LIMIT]}", _KEPT
        if theirs is None or theirs == ours:
            said += " on itself" if theirs else " on an issue not in the file"
        elif dependency.kind == "blocks":
            self.links[theirs].add(f"blocks {ours}")
            became = "link blocks"
        elif dependency.kind == "parent-child" and self._may_be_parent(ours, theirs):
            self.parents[ours] = theirs
            became = "parent"
        else:
            self._relate(ours, theirs)
            became = "link relates" if dependency.kind == "related" else f"link relates, {_KEPT}"
        if _KEPT in became:
            self.kept[ours].append(f"{dependency.kind} {dependency.target}")
        self.counts[said, became] += 1

    def _may_be_parent(self, child: str, parent: str) -> bool:
        """Whether a child has no parent yet, and would not become its own forefather."""
        step = parent
        for _ in range(_GENERATIONS):
            if child in self.parents or step == child:
                return False
            if step not in self.parents:
                return True
            step = self.parents[step]
        return False

    def _relate(self, ours: str, theirs: str) -> None:
        if f"relates {ours}" not in self.links[theirs]:
            self.links[ours].add(f"relates {theirs}")

"""Whether what somebody did to a ticket was allowed: the workflow, its conditions, and roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tkt.domain.checks import missing_fields
from tkt.domain.entry import Change, Entry
from tkt.domain.roles import ASSIGNEE, DEEDS, REQUESTER, Permission, holders, is_one, may, roles_at
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.domain.workflow import Category, Step


class Objection(NamedTuple):
    """Why something was not allowed.

    Args:
        rule: the name of the rule (`domain/violation.py`).
        text: what is wrong, in one sentence without a full stop.
        hint: the way out.
        field: the field it is about; "" for none.
    """

    rule: str
    text: str
    hint: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to a ticket.

    Args:
        by: who.
        at: when, UTC.
        before: the ticket before it; None for a new one.
        after: the ticket after it.
        changes: what it did to the fields.
        text: what was said with it.
        internal: whether that is for the desk only.
        described: whether the description was edited.
        undoes: the id of the entry that it takes back; "" for none.
        thread: reads the entries before it.
    """

    by: str
    at: datetime
    before: Ticket | None
    after: Ticket
    changes: tuple[Change, ...] = ()
    text: str = ""
    internal: bool = False
    described: bool = False
    undoes: str = ""
    thread: Callable[[], Sequence[Entry]] = tuple

    def change(self, field: str) -> Change | None:
        """What it did to a field; None for nothing."""
        return next((each for each in self.changes if each.field == field), None)


def deed_of(
    entry: Entry, before: Ticket, after: Ticket, thread: Callable[[], Sequence[Entry]] = tuple
) -> Deed:
    """What an entry did."""
    return Deed(
        by=entry.by,
        at=entry.at,
        before=before,
        after=after,
        changes=entry.changes,
        text=entry.body,
        internal=entry.internal,
        described="description" in entry.extra.get("edited", ""),
        undoes=entry.extra.get("undoes", ""),
        thread=thread,
    )


def objections(deed: Deed, settings: Settings) -> list[Objection]:
    """Everything that speaks against a deed; nothing when it was allowed."""
    if deed.before is None:
        return list(_to_creation(deed, settings))
    return [*_to_step(deed, deed.before, settings), *_to_role(deed, deed.before, settings)]


TO_GIVE = frozenset({"required-field", "required-comment"})
"""Rules that a person can meet in the command that takes the step."""


def distance(found: Sequence[Objection]) -> tuple[int, int]:
    """How far a way is from being free: first by what nobody can give, then by how much stands against it."""
    return sum(each.rule not in TO_GIVE for each in found), len(found)


def _to_creation(deed: Deed, settings: Settings) -> Iterator[Objection]:
    yield from _to_start(deed, settings)
    yield from _lacking(missing_fields(deed.after, settings), f"a {deed.after.type}")


def _to_start(deed: Deed, settings: Settings) -> Iterator[Objection]:
    ticket, workflow = deed.after, settings.workflow
    initial = workflow.flow(ticket.type).initial
    allowed = {initial, workflow.on_assign} if ticket.assignee and workflow.on_assign else {initial}
    if ticket.status not in allowed:
        text = f"a new {ticket.type or 'ticket'} starts as {initial}, not as {ticket.status or 'nothing'}"
        yield Objection(
            "transition", text, f"Start it as {initial}, and move it with tkt transition.", "status"
        )


def _lacking(names: Iterable[str], what: str) -> Iterator[Objection]:
    for name in names:
        yield Objection("required-field", f"{what} needs {name}", f"tkt set ID {name}=...", name)


def to_course(deed: Deed, settings: Settings) -> list[Objection]:
    """What the workflow alone says to a deed: where the ticket starts, or the step it takes."""
    if deed.before is None:
        return list(_to_start(deed, settings))
    return list(_to_move(deed, deed.before, settings))


def _to_step(deed: Deed, before: Ticket, settings: Settings) -> Iterator[Objection]:
    missing = missing_fields(deed.after, settings)
    if any(each.field in {"type", *missing} for each in deed.changes):
        yield from _lacking(missing, f"a {deed.after.type}")
    yield from _to_move(deed, before, settings)


def _to_move(deed: Deed, before: Ticket, settings: Settings) -> Iterator[Objection]:
    moved = deed.change("status")
    if moved is None or _takes_back(deed, moved) or (moved.is_kept and moved.new == before.status):
        return
    workflow, kind = settings.workflow, deed.after.type
    start, target = str(moved.old), str(moved.new)
    ways = [step for step in workflow.steps(kind, start) if step.target == target]
    if target not in workflow.statuses:
        yield Objection(
            "transition",
            f"there is no status {target!r}",
            f"There are: {_listed(workflow.statuses)}.",
            "status",
        )
    elif not ways:
        yield Objection("transition", *workflow.no_step(kind, start, target), "status")
    elif not _taken_up(deed, start, target, settings):
        tried = [to_way(deed, before, way, settings) for way in ways]
        if all(tried):  # none of the ways is free
            yield from min(tried, key=distance)


def _takes_back(deed: Deed, moved: Change) -> bool:
    """Whether somebody takes back the last step, which was their own."""
    if not deed.undoes:
        return False
    steps = [(entry, each) for entry in deed.thread() for each in entry.changes if each.field == "status"]
    if not steps:
        return False
    entry, step = max(steps, key=lambda pair: pair[0].order)
    return entry.id == deed.undoes and entry.by == deed.by and step.inverted() == moved


def _taken_up(deed: Deed, start: str, target: str, settings: Settings) -> bool:
    """Whether the step is the one that follows from giving a new ticket to somebody."""
    workflow = settings.workflow
    is_new = workflow.category(start) is Category.NEW
    return is_new and target == workflow.on_assign and deed.change("assignee") is not None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def to_way(deed: Deed, before: Ticket, way: Step, settings: Settings) -> list[Objection]:
    """What speaks against one way of taking a step; nothing when it is free."""
    return list(_to_conditions(deed, before, way, settings))


def _to_conditions(deed: Deed, before: Ticket, way: Step, settings: Settings) -> Iterator[Objection]:
    moved = deed.change("status")
    step = f"from {moved.old if moved else before.status} to {way.target}"
    yield from _to_taker(deed, before, step, way, settings)
    if way.when and not meets(deed, way.when, settings):
        yield Objection(
            "transition", f"a ticket goes {step} only when: {way.when}", f"tkt show {before.id}", "status"
        )
    lacking = [name for name in way.require if not deed.after.fields.get(name)]
    for name in lacking:
        yield Objection(
            "required-field", f"to go {step}, a ticket needs {name}", f"tkt set {before.id} {name}=...", name
        )
    if way.comment and not deed.text.strip():
        yield Objection(
            "required-comment", f"to go {step}, something must be said", 'Say it: -m "..."', "status"
        )


def _to_taker(deed: Deed, before: Ticket, step: str, way: Step, settings: Settings) -> Iterator[Objection]:
    people = settings.people
    if not way.who:
        if not may(people, deed.by, Permission.TRANSITIONS) and not _own(deed, before, settings):
            yield not_permitted(deed.by, Permission.TRANSITIONS, settings, "status")
        return
    if not roles_at(people, deed.by, before) & set(way.who):
        text = f"only {_either(way.who)} may move a ticket {step}; {deed.by} is not"
        yield Objection("role", text, _who_that_is(before, way.who), "status")


def _own(deed: Deed, before: Ticket, settings: Settings) -> bool:
    """Whether somebody works on a ticket of their own."""
    return is_one(settings.people, deed.by, before.assignee)


def _either(names: Sequence[str]) -> str:
    words = [f"the {each}" if each in {ASSIGNEE, REQUESTER} else each for each in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _who_that_is(ticket: Ticket, who: Sequence[str]) -> str:
    named = {
        ASSIGNEE: ticket.assignee or "nobody",
        REQUESTER: ticket.text("requester") or ticket.text("created_by"),
    }
    said = [f"The {each} is {named[each]}." for each in (ASSIGNEE, REQUESTER) if each in who]
    return " ".join([*said, "Roles stand in .tkt/people.yaml."])


def meets(deed: Deed, query: str, settings: Settings) -> bool:
    """Whether a ticket met a query when somebody set out to do something to it.

    What the same command sets counts, but for the status.
    """
    from tkt.domain.matching import Matcher, Relations, Subject  # start-up: few workflows ask for it
    from tkt.domain.query import parse_query
    from tkt.domain.vocabulary import Vocabulary

    before = deed.before or deed.after
    ticket = deed.after.with_fields({"status": before.status})
    words = Vocabulary(settings, deed.at, me=lambda: deed.by, ticket=lambda word: word)
    condition = parse_query(query, words).condition
    subject = Subject(ticket, deed.thread, settings)
    return Matcher(settings, lambda: Relations({}, {})).meets(subject, condition)


_RIGHTS: Mapping[str, Permission] = {
    "status": Permission.TRANSITIONS,
    "resolution": Permission.TRANSITIONS,
    "assignee": Permission.ASSIGNMENT,
    "watchers": Permission.NOTES,
}
"""What it takes to change a field; `fields` for all others. Watching oneself takes nothing."""


def _to_role(deed: Deed, before: Ticket, settings: Settings) -> Iterator[Objection]:
    people = settings.people
    needed = {
        _RIGHTS.get(each.field, Permission.FIELDS): each.field
        for each in deed.changes
        if (each.is_kept or each.field not in {"status", "resolution"})
        and not _harmless(deed, each, before, settings)
    }
    if deed.described and not _wrote(deed, before, settings):
        needed.setdefault(Permission.FIELDS, "")
    if deed.internal:
        needed.setdefault(Permission.NOTES, "")
    for permission, field in needed.items():
        if not may(people, deed.by, permission):
            yield not_permitted(deed.by, permission, settings, field)


def _harmless(deed: Deed, change: Change, before: Ticket, settings: Settings) -> bool:
    """Whether anybody may do it: watch a ticket, or mend the title of their own."""
    if change.field == "watchers":
        return {*change.old, *change.new} <= {deed.by}
    return change.field == "title" and _wrote(deed, before, settings)


def _wrote(deed: Deed, before: Ticket, settings: Settings) -> bool:
    return is_one(settings.people, deed.by, before.text("created_by"))


def not_permitted(who: str, permission: Permission, settings: Settings, field: str = "") -> Objection:
    """That somebody's roles do not permit something."""
    held = holders(settings.people, permission)
    allowed = f"Roles that may: {_listed(held)}." if held else "No role may."
    return Objection(
        "role", f"{who} may not {DEEDS[permission]}", f"{allowed} Roles stand in .tkt/people.yaml.", field
    )

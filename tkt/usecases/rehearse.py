"""A draft of the workflow, tried on all that the desk remembers; and statuses that none has any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tkt.domain.conditions import All, Among, Not, Present
from tkt.domain.rehearsal import Refusal, nearest_status, tried
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.errors import Problem

if TYPE_CHECKING:
    from tkt.usecases.workspace import Workspace


class Stranded(NamedTuple):
    """Tickets whose status a workflow does not have.

    Args:
        status: theirs.
        target: the status that would take its place.
        tickets: their ids.
    """

    status: str
    target: str
    tickets: tuple[str, ...]

    @property
    def command(self) -> str:
        """What moves them, once the workflow is in force."""
        import shlex  # start-up: only when a workflow changes

        query = 'status:"{}"'.format(self.status.replace("\\", "\\\\").replace('"', '\\"'))
        return f"tkt transition --query {shlex.quote(query)} {shlex.quote(self.target)}"


class Refused(NamedTuple):
    """What would have been refused for the same reason.

    Args:
        start: the status that the tickets had; "" for new ones.
        target: the status that they got.
        rule: the name of the rule.
        field: the field it is about.
        text: what the workflow says, of the last one.
        times: how often.
        already: how often the workflow in force would refuse it too.
        by: who did it, and how often.
        examples: the last ones.
    """

    start: str
    target: str
    rule: str
    field: str
    text: str
    times: int
    already: int
    by: tuple[tuple[str, int], ...]
    examples: tuple[Refusal, ...]


class Rehearsal(NamedTuple):
    """What came of trying a draft.

    Args:
        tickets: how many were tried.
        steps: how many things they did: beginnings and steps.
        refused: the most frequent first.
        stranded: tickets whose status the draft does not have.
        problems: files that could not be understood.
    """

    tickets: int
    steps: int
    refused: tuple[Refused, ...]
    stranded: tuple[Stranded, ...]
    problems: tuple[Problem, ...]


def rehearse(
    ws: Workspace, draft: Settings, *, examples: int = 3, progress: Callable[[int, int], None] | None = None
) -> Rehearsal:
    """Try a draft of the workflow on every thread.

    Args:
        ws: the desk.
        draft: the settings with the draft in the place of the workflow.
        examples: so many are named of each kind.
        progress: told after each ticket how many are done, of how many.
    """
    renamed = _renaming(ws.settings, draft)
    problems: list[Problem] = []
    refusals: list[Refusal] = []
    tickets: list[Ticket] = []
    steps, total = 0, len(ws.tickets.ids())
    for done, ticket in enumerate(ws.tickets.scan(), 1):
        if isinstance(ticket, Problem):
            problems.append(ticket)
            continue
        thread, wrong = ws.tickets.thread(ticket.id)
        problems += wrong
        tickets.append(ticket)
        for found in tried(ticket, thread, draft, ws.settings, renamed):
            steps += 1
            refusals += found
        if progress:
            progress(done, total)
    known = draft.workflow.statuses
    lost = [each for each in tickets if each.status and each.status not in known]
    return Rehearsal(
        len(tickets), steps, _summed(refusals, examples), _by_status(lost, renamed), tuple(problems)
    )


def _renaming(force: Settings, draft: Settings) -> Callable[[str], str]:
    """What a draft calls a status: the same, or the nearest to it."""

    @cache
    def renamed(name: str) -> str:
        if not name or name in draft.workflow.statuses:
            return name
        known = force.workflow.statuses.get(name)
        return nearest_status(name, known.category if known else None, draft.workflow)

    return renamed


def _summed(refusals: Sequence[Refusal], examples: int) -> tuple[Refused, ...]:
    kinds: dict[tuple[str, str, str, str], list[Refusal]] = {}
    for each in sorted(refusals, key=lambda one: one.at, reverse=True):
        kinds.setdefault((each.start, each.target, each.rule, each.field), []).append(each)
    found = (
        Refused(
            *kind,
            text=each[0].text,
            times=len(each),
            already=sum(one.already for one in each),
            by=tuple(Counter(one.by for one in each).most_common()),
            examples=tuple(each[:examples]),
        )
        for kind, each in kinds.items()
    )
    return tuple(sorted(found, key=lambda each: (-each.times, *each[:4])))


def _by_status(tickets: Sequence[Ticket], renamed: Callable[[str], str]) -> tuple[Stranded, ...]:
    found: dict[str, list[str]] = {}
    for each in tickets:
        found.setdefault(each.status, []).append(each.id)
    return tuple(Stranded(name, renamed(name), tuple(ids)) for name, ids in sorted(found.items()))


def stranded(ws: Workspace) -> tuple[Stranded, ...]:
    """Tickets whose status the workflow in force does not have."""
    known = Among("status", tuple(ws.settings.workflow.statuses), exact=True)
    lost = ws.catalogue.select(All((Present("status"), Not(known))), ("id", "status")).tickets
    return _by_status(lost, _renaming(ws.settings, ws.settings))

"""Where a ticket stands, and where it may go from there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from tkt.domain.fields import Value, unknown
from tkt.errors import NotAllowedError


class Category(StrEnum):
    """What a status means, whatever a team calls it."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"


class Status(NamedTuple):
    """A status of the workflow.

    Args:
        name: as stored.
        category: what it means.
        pauses: whether the service clocks stand still in it.
    """

    name: str
    category: Category
    pauses: bool = False


class Step(NamedTuple):
    """A way from one status to another.

    Args:
        target: where it leads.
        who: roles that may take it, `assignee` and `requester` among them; () for everybody who may
            take steps at all.
        when: the query that a ticket must meet before it; "" for none.
        require: fields that must be set after it.
        comment: whether something must be said with it.
        sets: fields that it fills in, where nobody says otherwise.
        confirm: what a person is asked first; "" for nothing.
    """

    target: str
    who: tuple[str, ...] = ()
    when: str = ""
    require: tuple[str, ...] = ()
    comment: bool = False
    sets: tuple[tuple[str, Value], ...] = ()
    confirm: str = ""


class Flow(NamedTuple):
    """Where tickets of one type start, and which steps they may take, by the status they leave."""

    initial: str
    steps: Mapping[str, tuple[Step, ...]]


class Workflow(NamedTuple):
    """Statuses, and the steps between them for each type of ticket.

    Args:
        statuses: by name, in the order of the settings.
        default: the flow of every type without one of its own.
        by_type: flows of their own.
        on_assign: the status that a new ticket takes when somebody gets it; "" for none.
    """

    statuses: Mapping[str, Status]
    default: Flow
    by_type: Mapping[str, Flow]
    on_assign: str = ""

    def flow(self, ticket_type: str) -> Flow:
        """The flow for a type of ticket."""
        return self.by_type.get(ticket_type, self.default)

    def steps(self, ticket_type: str, status: str) -> tuple[Step, ...]:
        """The steps from a status; anywhere from one the workflow does not know."""
        if status not in self.statuses:
            return tuple(map(Step, self.statuses))
        return self.flow(ticket_type).steps.get(status, ())

    def next(self, ticket_type: str, status: str) -> tuple[str, ...]:
        """Where a ticket may go from a status."""
        return tuple(dict.fromkeys(step.target for step in self.steps(ticket_type, status)))

    def category(self, status: str) -> Category:
        """What a status means; an unknown one is open, so that nothing drops out of sight."""
        known = self.statuses.get(status)
        return known.category if known else Category.OPEN

    @property
    def done(self) -> tuple[str, ...]:
        """The statuses in which work on a ticket is over."""
        return tuple(name for name in self.statuses if self.is_done(name))

    def is_done(self, status: str) -> bool:
        """Whether work on a ticket in that status is over."""
        return self.category(status) is Category.DONE

    def finality(self, status: str) -> tuple[int, int]:
        """How near a status is to the end: by what it means, then by its place in the settings."""
        names = list(self.statuses)
        place = names.index(status) if status in self.statuses else -1
        return list(Category).index(self.category(status)), place

    def require_step(self, ticket_type: str, status: str, target: str) -> tuple[Step, ...]:
        """The ways that lead a ticket there in one step.

        Raises:
            UsageError: there is no such status.
            NotAllowedError: it exists, but not from here.
        """
        if target not in self.statuses:
            raise unknown("status", target, tuple(self.statuses))
        ways = tuple(step for step in self.steps(ticket_type, status) if step.target == target)
        if not ways:
            raise NotAllowedError(*self.no_step(ticket_type, status, target))
        return ways

    def no_step(self, ticket_type: str, status: str, target: str) -> tuple[str, str]:
        """What to say where there is no such step, and what can be done instead."""
        allowed = self.next(ticket_type, status)
        return (
            f"a ticket cannot go from {status} to {target}",
            f"From {status}: {', '.join(allowed)}." if allowed else f"{status} is the end.",
        )

    def closing_status(self, ticket_type: str, status: str) -> str:
        """The status that ends a ticket: the last done one it may go to, else the last there is."""
        done = [name for name, each in self.statuses.items() if each.category is Category.DONE]
        allowed = [name for name in done if name in self.next(ticket_type, status)]
        return (allowed or done)[-1]

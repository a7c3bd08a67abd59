"""Commits of code and the tickets they are about: what Git's hooks ask about a message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from tkt.domain.fields import did_you_mean
from tkt.domain.ids import is_ticket_id, normalise_prefix
from tkt.domain.messages import (
    branch_candidates,
    fixed_in,
    named_in,
    repeats_another,
    says_nothing_else,
    spoken,
    trailer_values,
    with_reference,
)
from tkt.domain.settings import ReferencePolicy, Settings
from tkt.domain.workflow import Category
from tkt.errors import InvalidStoreError, NotFoundError, TktError
from tkt.usecases.workspace import TRAILER, Tickets


class RefusedError(TktError):
    """The team's rules do not let a commit pass."""


class Commit(Protocol):
    """The commit that Git is making, or has just made."""

    def branch(self) -> str:
        """The branch that is checked out; "" when none is."""

    def is_repeat(self) -> bool:
        """Whether Git joins or copies commits: a merge, a revert, a cherry-pick, a rebase."""

    def touches_tickets(self) -> bool:
        """Whether it changes anything of the desk."""


@dataclass(frozen=True, slots=True)
class Hooked:
    """A desk as a hook sees it.

    Args:
        settings: in force in the commit.
        tickets: those of the commit.
        commit: the one at hand.
        comment: what Git's own lines in a message begin with.
    """

    settings: Settings
    tickets: Tickets
    commit: Commit
    comment: str = "#"

    @property
    def key(self) -> str:
        """The project key."""
        return self.settings.key

    def exists(self, ticket_id: str) -> bool:
        """Whether the commit has that ticket."""
        if not is_ticket_id(ticket_id):
            return False
        try:
            self.tickets.whole(ticket_id)
        except NotFoundError:
            return False
        return True

    def is_done(self, ticket_id: str) -> bool:
        """Whether there is no work left; a ticket that cannot be read is somebody else's business."""
        try:
            status = self.settings.workflow.statuses.get(self.tickets.load(ticket_id).status)
        except InvalidStoreError:
            return False
        return status is not None and status.category is Category.DONE


def referenced(desk: Hooked, text: str) -> str:
    """A new message with the ticket that the branch is named after; the same text where there is none."""
    said = spoken(text, desk.comment)
    if repeats_another(said) or named_in(said, desk.key) or desk.commit.is_repeat():
        return text
    found = [each for each in branch_candidates(desk.commit.branch(), desk.key) if desk.exists(each)]
    return with_reference(text, found[0], desk.comment) if len(found) == 1 else text


def judge_message(desk: Hooked, text: str, kept: str) -> list[str]:
    """Look at the message of a commit.

    Args:
        desk: what the commit has.
        text: the message file's.
        kept: where a message that is refused can be found again.

    Returns:
        Warnings.

    Raises:
        RefusedError: the commit is.
    """
    said = spoken(text, desk.comment)
    if says_nothing_else(said):
        raise RefusedError(
            "the message has nothing but its reference", "Say what the commit does, and commit again."
        )
    named = named_in(said, desk.key)
    there = [each for each in named if desk.exists(each)]
    doubts = [_missing(desk, each) for each in named if each not in there]
    doubts = [each for each in doubts if each]
    policy = desk.settings.policy.reference
    if policy is ReferencePolicy.OFF or _is_exempt(desk, said):
        return doubts
    wrong = doubts or _unfit(desk, there)
    if wrong and policy is ReferencePolicy.REQUIRE:
        raise RefusedError("\n".join(wrong), f"Your message is kept: git commit -e -F {kept}")
    return wrong


def _is_exempt(desk: Hooked, said: str) -> bool:
    """Whether a commit needs no reference: it is tkt's, repeats others, or its tickets are in it."""
    if repeats_another(said) or any(True for _ in trailer_values(said, TRAILER)):
        return True
    return desk.commit.is_repeat() or desk.commit.touches_tickets()


def _unfit(desk: Hooked, there: list[str]) -> list[str]:
    """Why the tickets that a message names are not enough."""
    if not there:
        return [f"the message names no ticket; write one such as {desk.key}-2j7k3q9 into it"]
    if all(desk.is_done(each) for each in there):
        which = f"{there[0]} is" if len(there) == 1 else f"{', '.join(there)} are"
        return [f"{which} done already; name an open ticket, or reopen it (tkt transition {there[0]})"]
    return []


def _missing(desk: Hooked, typed: str) -> str:
    """What is wrong with an id that no ticket has; "" for a word that only looks like one."""
    meant = normalise_prefix(typed, desk.key) or ""
    if not is_ticket_id(typed):
        # With letters that no id has it may be a misread id, or the word of a sentence.
        return f"there is no ticket {typed}; did you mean {meant}?" if desk.exists(meant) else ""
    near = did_you_mean(typed.rpartition("-")[2], [each.rpartition("-")[2] for each in desk.tickets.ids()])
    return f"there is no ticket {typed}" + (f"; {near}" if near else "; tkt list --all shows what there is")


def said_to_be_done(desk: Hooked, messages: Iterable[str]) -> list[str]:
    """The tickets that commits on the main branch say are done, and are not yet."""
    if desk.commit.branch() != desk.settings.policy.main:
        return []
    named = dict.fromkeys(each for text in messages for each in fixed_in(text, desk.key))
    return [each for each in named if desk.exists(each) and not desk.is_done(each)]

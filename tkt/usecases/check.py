"""Everything that is wrong with a desk: all of it, some tickets, or what is about to be committed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tkt.domain.ids import SETTINGS, ticket_of, ticket_path
from tkt.domain.roles import Permission, may
from tkt.domain.violation import Level, Violation
from tkt.errors import Problem

if TYPE_CHECKING:
    from tkt.domain.settings import Settings
    from tkt.domain.succession import Bench, Snapshot

_JUDGED = frozenset({"transition", "time-future", "time-order"})
"""Rules for what is new, which is judged by itself; of old entries they say what nobody can change."""


class Checked(NamedTuple):
    """What was looked over, and what was found.

    Args:
        findings: what is wrong.
        tickets: the ids of those that were looked over.
        sound: whether nothing kept tkt from looking further.
    """

    findings: tuple[Violation, ...]
    tickets: tuple[str, ...] = ()
    sound: bool = True

    @property
    def errors(self) -> int:
        """How many of the findings are errors."""
        return sum(each.level is Level.ERROR for each in self.findings)

    @property
    def warnings(self) -> int:
        """How many of them are warnings."""
        return len(self.findings) - self.errors

    def in_order(self) -> Checked:
        """The same, each finding once, errors first."""
        once: dict[tuple[str, str, str, int], Violation] = {}
        for each in sorted(self.findings, key=lambda each: each.level is not Level.ERROR):
            once.setdefault((each.rule, each.path, each.text, each.line), each)
        return self._replace(findings=tuple(sorted(once.values(), key=lambda each: (*each.order, each.text))))


class Auditor(Protocol):
    """Looks over the tickets of a desk as they are somewhere."""

    def audit(self, ids: Sequence[str] | None = None) -> Checked:
        """Everything that is wrong with some tickets; with all of them and how their files lie, for None."""

    def snapshot(self, ticket_id: str) -> Snapshot:
        """A ticket with its thread, as far as it can be understood."""

    def placed(self, found: Sequence[Violation]) -> list[Violation]:
        """The same findings, each with the line that it is about."""


def check_tree(auditor: Auditor, ids: Sequence[str] | None = None) -> Checked:
    """Everything that is wrong with a desk as it stands.

    Args:
        auditor: of the files.
        ids: the tickets that are meant; None for the whole desk.
    """
    return auditor.audit(ids).in_order()


def settings_findings(problems: Iterable[Problem]) -> tuple[Violation, ...]:
    """What is wrong with the settings."""
    hint = "Mend it; tkt config check looks again."
    return tuple(Violation("settings", each.text, hint, each.path, each.line) for each in problems)


@dataclass(frozen=True, slots=True)
class Staged:
    """What is about to be committed.

    Args:
        before: the desk in the last commit, and in those that are being merged into it.
        now: the desk as it would be.
        ids: the tickets of which a file differs.
        misplaced: what differs below the tickets' folder and belongs to no ticket.
        settings: what is wrong with the settings as they would be; None when they stay as they are.
        unmerged: files that a merge has left in conflict.
        actor: who is likely to commit it; "" when nobody is known.
    """

    before: Sequence[Auditor]
    now: Auditor
    ids: tuple[str, ...]
    misplaced: Collection[str] = ()
    settings: tuple[Problem, ...] | None = None
    unmerged: Sequence[str] = ()
    actor: str = ""


def check_staged(staged: Staged, bench: Bench) -> Checked:
    """What speaks against the next commit; what was wrong before it is not held against it.

    Args:
        staged: what is about to be committed.
        bench: what it is held against, the settings of the last commit among it.
    """
    from tkt.domain.succession import violations  # start-up: what checks clocks looks at no commit

    found = [*settings_findings(staged.settings or ()), *_unmerged(staged.unmerged)]
    found += _protected(staged, bench.settings)
    for ticket_id in staged.ids:
        parents = [each.snapshot(ticket_id) for each in staged.before]
        now = staged.now.snapshot(ticket_id)
        brought = _is_brought(now) and all(each.ticket is None for each in parents)
        mine = bench._replace(responsible=staged.actor) if brought and _vouches(staged, bench) else bench
        said = violations(ticket_id, parents, now, mine)
        if mine.vouched:  # what was said elsewhere has the times that it had there
            said = [each for each in said if each.rule != "time-order"]
        found += staged.now.placed(said)
    told = {(each.rule, each.path, each.field) for each in found}
    found += [each for each in _new_by_itself(staged) if (each.rule, each.path, each.field) not in told]
    return Checked(tuple(found), staged.ids).in_order()


def _is_brought(now: Snapshot) -> bool:
    """Whether a ticket has a past elsewhere."""
    from tkt.domain.standing import FOREIGN

    return now.ticket is not None and bool(now.ticket.text(FOREIGN))


def _vouches(staged: Staged, bench: Bench) -> bool:
    return bool(staged.actor) and may(bench.settings.people, staged.actor, Permission.VOUCH)


def _unmerged(paths: Sequence[str]) -> Iterable[Violation]:
    hint = "tkt resolve puts a ticket in order; of other files keep one side, then git add them."
    return (Violation("marker", "a merge has left it in conflict", hint, each) for each in paths)


def _protected(staged: Staged, settings: Settings) -> Iterable[Violation]:
    if staged.settings is None or not staged.actor:
        return
    if not may(settings.people, staged.actor, Permission.SETTINGS):
        text = f"{staged.actor} may not change the settings"
        yield Violation("protected", text, "Roles stand in .tkt/people.yaml.", SETTINGS)


def _new_by_itself(staged: Staged) -> Iterable[Violation]:
    """What is wrong with the tickets as they would be, and was not before."""
    before = {
        (each.rule, each.path, each.text)
        for auditor in staged.before
        for each in auditor.audit(staged.ids).findings
    }
    found = staged.now.audit(staged.ids).findings
    if staged.misplaced:
        whole = staged.now.audit().findings
        found = (*found, *(each for each in whole if each.path in staged.misplaced))
    new = (each for each in found if (each.rule, each.path, each.text) not in before)
    return (each for each in new if each.rule not in _JUDGED)


def tickets_in(path: str, known: Iterable[str]) -> list[str]:
    """The tickets that a path means: one of their files, or a folder with tickets; none where there are none.

    Args:
        path: relative to the store; "" for all of it.
        known: the ids of all tickets.
    """
    mine = ticket_of(path)
    if mine:
        return [mine]
    return [each for each in known if not path or ticket_path(each).startswith(f"{path}/")]

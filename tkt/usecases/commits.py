"""Whether commits keep to the rules: every one of them, held against each of its parents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from tkt.domain.checks import save_problems
from tkt.domain.ids import SETTINGS, is_ticket_id, ticket_of, ticket_path
from tkt.domain.messages import named_in, repeats_another
from tkt.domain.placing import is_attachment, misplaced, twins
from tkt.domain.roles import DEEDS, Permission, holders, may
from tkt.domain.settings import ReferencePolicy, Settings
from tkt.domain.succession import Bench, Snapshot, violations
from tkt.domain.violation import Violation
from tkt.errors import Problem
from tkt.usecases.arrivals import Commit, CommitChange, Commits, Reader, Row, State, TicketChange
from tkt.usecases.check import Checked

ATTRIBUTES = ".gitattributes"


class Unknown(NamedTuple):
    """What names an author who is not the one who answers for it.

    Args:
        violation: as it was found.
        named: whom it names.
        at: when that is said to have been; None where it is not said.
        oid: the id of the file's content.
        bench: what it was held against.
    """

    violation: Violation
    named: str
    at: datetime | None
    oid: str
    bench: Bench


Excuse = Callable[[Sequence[Unknown]], Iterable[Violation]]
"""Those of them that are known from elsewhere, and were answered for there."""

_Taken = dict[tuple[str, tuple[str, str], int], tuple[Snapshot, tuple[Problem, ...]]]


def nobody_excused(found: Sequence[Unknown]) -> Iterable[Violation]:  # noqa: ARG001  as Excuse
    """None of them."""
    return ()


class Court:
    """Judges commits.

    Args:
        commits: of the repository.
        reader: understands files.
        benches: what a commit is held against; where there are several, one that it keeps to will do.
        excuse: which entries were answered for before.
        believed: whether a commit is believed about its author, where nobody answers for it.
        desk: the commit with the tickets that commits of code name; "" where they have them themselves.
    """

    def __init__(
        self,
        commits: Commits,
        reader: Reader,
        benches: Callable[[CommitChange], Sequence[Bench]],
        excuse: Excuse = nobody_excused,
        believed: Callable[[Commit], bool] = lambda _: True,
        desk: str = "",
    ) -> None:
        self.commits = commits
        self.reader = reader
        self.benches = benches
        self.excuse = excuse
        self.believed = believed
        self.desk = desk
        self._taken: _Taken = {}
        self._doubtful: list[Unknown] = []

    def judged(
        self, oids: Sequence[str], without: Sequence[str]
    ) -> Iterator[tuple[CommitChange, list[Violation]]]:
        """What speaks against each commit of a range, parents first.

        Args:
            oids: the newest ones.
            without: those that are left out, and all that they come from.
        """
        for chunk in self.commits.changes(self.commits.listed(oids, without)):
            self._taken, self._doubtful = {}, []
            judged = [(change, self._violations(change)) for change in chunk]
            excused = set(self.excuse(self._doubtful)) if self._doubtful else set()
            for change, found in judged:
                yield change, [each for each in found if each not in excused]

    def _violations(self, change: CommitChange) -> list[Violation]:
        if not any(change.rows):
            return [each._replace(commit=change.commit.oid) for each in self._unreferenced(change)]
        found = list(self._misplaced(change))
        found += _lost_attachments(change)
        found += self._mistaken(change)
        found += self._mildest(change)
        return [each._replace(commit=change.commit.oid) for each in dict.fromkeys(found)]

    def _mildest(self, change: CommitChange) -> list[Violation]:
        """What the bench that objects to least objects to."""
        mildest: list[Violation] | None = None
        for bench in self.benches(change):
            found = self._held_against(change, bench)
            if mildest is None or len(found) < len(mildest):
                mildest = found
            if not mildest:
                break
        return mildest or []

    def _held_against(self, change: CommitChange, bench: Bench) -> list[Violation]:
        found = list(self._unsettled(change, bench))
        for ticket in change.tickets:
            found += self._ticket(change, ticket, bench)
        return found

    # --- commits of code ---

    def _unreferenced(self, change: CommitChange) -> Iterator[Violation]:
        """A commit of code that names no ticket where it must."""
        commit = change.commit
        if len(commit.parents) > 1 or repeats_another(commit.message):
            return
        for bench in self.benches(change)[:1]:
            settings = bench.settings
            if not bench.judges or settings.policy.reference is not ReferencePolicy.REQUIRE:
                return
            named = [each for each in named_in(commit.message, settings.key) if is_ticket_id(each)]
            if not any(self._has(commit.oid, each) for each in named):
                text = f"there is no ticket {named[0]}" if named else "the message names no ticket"
                hint = (
                    f"Write one such as {settings.key}-2j7k3q9 into it: git commit --amend, or git rebase -i."
                )
                yield Violation("message", text, hint)

    def _has(self, oid: str, ticket_id: str) -> bool:
        """Whether a commit of code has a ticket, or the desk beside it."""
        folder, _, name = ticket_path(ticket_id).rpartition("/")
        return name in self.commits.siblings(self.desk or oid, folder)

    # --- where files lie ---

    def _misplaced(self, change: CommitChange) -> Iterator[Violation]:
        strays = []
        for path, row in _came(change).items():
            wrong = list(misplaced(path, row.mode))
            for each in wrong:
                yield Violation(*each, path, ticket=ticket_of(path))
            if not wrong and not ticket_of(path):
                strays.append(path)
        yield from self._twins(change, strays)

    def _twins(self, change: CommitChange, strays: Sequence[str]) -> Iterator[Violation]:
        """Names beside each other that are the same elsewhere; those of tickets are in one form only."""
        folders = {
            "/".join(path.split("/")[:depth]) for path in strays for depth in range(1, path.count("/") + 1)
        }
        for folder in sorted(folders):
            names = self.commits.siblings(change.commit.oid, folder)
            if not names:
                yield Violation("name", "a name has a slash in it", "Rename it.", folder)
            for one, other in twins(names):
                text = f"where case does not count, {one} and {other} are the same"
                yield Violation("name", text, "Rename one of them.", f"{folder}/{other}")

    # --- settings ---

    def _mistaken(self, change: CommitChange) -> Iterator[Violation]:
        """Settings that are not valid any more."""
        if not any(path.startswith(f"{SETTINGS}/") for side in change.rows for path in side):
            return
        for each in self.reader.mistakes(self.commits.files(change.commit.oid)):
            yield Violation(
                "settings", each.text, "tkt config check shows all of them.", each.path, each.line
            )

    def _unsettled(self, change: CommitChange, bench: Bench) -> Iterator[Violation]:
        """Settings that were changed by somebody who may not."""
        people = bench.settings.people
        who = bench.responsible or (change.commit.author if self.believed(change.commit) else "")
        if not bench.judges or may(people, who, Permission.SETTINGS):
            return
        roles = ", ".join(holders(people, Permission.SETTINGS))
        for path in self._settled_anew(change):
            text = f"{who or 'somebody unknown'} may not {DEEDS[Permission.SETTINGS]}"
            yield Violation("protected", text, f"Ask somebody who is: {roles}.", path)

    def _settled_anew(self, change: CommitChange) -> Iterator[str]:
        """The settings that a commit itself changes: not those that a merge brings in from one side."""
        paths = {path for side in change.rows for path in side if _is_setting(path)}
        for path in sorted(paths):
            rows = [side.get(path) for side in change.rows]
            if all(rows) or not self._follows(change, path, rows):
                yield path

    def _follows(self, change: CommitChange, path: str, rows: Sequence[Row | None]) -> bool:
        """Whether only sides that had left a file alone gave way to a side that had changed it."""
        parents = change.commit.parents
        kept = parents[next(place for place, row in enumerate(rows) if row is None)]
        return all(
            self.commits.ancestral(parent, kept, path) == {row.old}
            for parent, row in zip(parents, rows, strict=True)
            if row
        )

    # --- tickets ---

    def _ticket(self, change: CommitChange, ticket: TicketChange, bench: Bench) -> list[Violation]:
        ticket_id = ticket.ticket_id
        now, problems = self._taken_at(ticket.now, ticket_id, bench.settings)
        before = [self._taken_at(each, ticket_id, bench.settings) for each in ticket.parents]
        known = {problem for _, each in before for problem in each}
        new = [each for each in problems if each not in known]
        parents = [snapshot for snapshot, _ in before]
        found = [
            Violation(
                "schema", each.text, "tkt check says what a file must hold.", each.path, each.line, ticket_id
            )
            for each in new
        ]
        found += violations(ticket_id, parents, now, bench)
        if now.ticket is None and any(each.path == ticket_path(ticket_id) for each in problems):
            found = [each for each in found if each.rule != "ticket-removed"]
        if bench.judges:
            found += _ill_valued(ticket_id, parents, now, bench.settings)
        self._doubt(change, now, bench, found)
        return found

    def _taken_at(
        self, state: State, ticket_id: str, settings: Settings
    ) -> tuple[Snapshot, tuple[Problem, ...]]:
        key = ticket_id, state.key, id(settings)
        if key not in self._taken:
            self._taken[key] = self.reader.snapshot(state, ticket_id, settings)
        return self._taken[key]

    def _doubt(self, change: CommitChange, now: Snapshot, bench: Bench, found: Sequence[Violation]) -> None:
        """Remember what somebody else may have answered for, or at another time, when it came."""
        doubtful = [each for each in found if each.rule in {"author", "time-backdated"}]
        rows = _came(change) if doubtful else {}
        for each in doubtful:
            if each.path in rows:
                there = each._replace(commit=change.commit.oid)
                self._doubtful.append(Unknown(there, *_said(each, now), rows[each.path].new, bench))


def _said(violation: Violation, now: Snapshot) -> tuple[str, datetime | None]:
    """Who an entry or a ticket says has made it, and when."""
    entry = now.entries.get(violation.path.rpartition("/")[2].removesuffix(".md"))
    if entry:
        return entry.by, entry.at
    return (now.ticket.text("created_by"), now.ticket.created) if now.ticket else ("", None)


def _came(change: CommitChange) -> dict[str, Row]:
    """What came or changed, compared with every parent: what one of them had comes from there."""
    first, *others = change.rows
    return {path: row for path, row in first.items() if row.new and all(path in side for side in others)}


def _is_setting(path: str) -> bool:
    return path in {SETTINGS, ATTRIBUTES} or path.startswith(f"{SETTINGS}/")


def _lost_attachments(change: CommitChange) -> Iterator[Violation]:
    """Attachments that were changed or removed: they are called by their content, and stay."""
    for side in change.rows:
        for path, row in side.items():
            if row.old and row.old != row.new and is_attachment(path):
                rule, what = ("entry-changed", "changed") if row.new else ("entry-removed", "removed")
                yield Violation(
                    rule, f"the attachment has been {what}", "Put it back.", path, ticket=ticket_of(path)
                )


def _ill_valued(
    ticket_id: str, parents: Sequence[Snapshot], now: Snapshot, settings: Settings
) -> Iterator[Violation]:
    """New values that the settings do not allow."""
    ticket = now.ticket
    if ticket is None:
        return
    were = [parent.ticket for parent in parents]
    known = [each for each in were if each]
    changed = [
        name for name, value in ticket.fields.items() if all(value != each.fields.get(name) for each in known)
    ]
    if any(ticket.body == each.body for each in known):
        ticket = ticket._replace(body="")
    for text in save_problems(ticket, changed, settings):
        rule = "marker" if "unresolved merge" in text else "schema"
        yield Violation(
            rule, text, "tkt set and tkt edit say what is allowed.", ticket_path(ticket_id), ticket=ticket_id
        )


def check_range(court: Court, tip: str, without: str) -> Checked:
    """Everything that is wrong with the commits between two commits.

    Args:
        court: where they are judged.
        tip: the newest one.
        without: the one that is left out, with all that it comes from; "" for none.
    """
    found: list[Violation] = []
    tickets: set[str] = set()
    for change, wrong in court.judged([tip], [without] if without else []):
        found += wrong
        tickets.update(each.ticket_id for each in change.tickets)
    return Checked(tuple(found), tuple(sorted(tickets)))

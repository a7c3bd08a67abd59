"""The commits that an update of a reference brings: what they are held against, and who answers for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tkt.domain.ids import ENTRY_ID, entry_time, ticket_of
from tkt.domain.roles import Permission, is_one, may
from tkt.domain.settings import Settings
from tkt.domain.succession import SKEW, Bench
from tkt.domain.violation import Level, Violation
from tkt.usecases.arrivals import Commit, CommitChange
from tkt.usecases.commits import Court, Unknown
from tkt.usecases.gate import BRANCHES, Arrival, Gate, Signature, Trunk, Update
from tkt.usecases.references import is_protected


@dataclass
class Span:
    """The commits that an update brings, and what they are held against.

    Args:
        gate: what the push is judged with.
        trunk: the branches that the rules come from.
        tip: the newest of them.
        ref: the whole name of the reference that is to have it.
        begun: the commit with the first of the settings; "" on the first day of a desk.
        without: what was there before.
        laws: the settings; where there are several, a commit that keeps to one will do.
        judges: whether steps and roles count.
        arrivals: those of them, and of what they follow, that were received before.
        inherited: those that were here when the guard came.
    """

    gate: Gate
    trunk: Trunk
    tip: str
    ref: str
    begun: str
    without: Sequence[str]
    laws: Sequence[Settings]
    judges: bool
    arrivals: Mapping[str, Arrival]
    inherited: frozenset[str]
    newest: dict[str, Arrival] = field(default_factory=dict)
    signers: dict[str, Signature] = field(default_factory=dict)

    def court(self) -> Court:
        """Where they are judged."""
        return Court(
            self.gate.commits,
            self.gate.reader,
            self._benches,
            self._excused,
            lambda each: each.oid in self.inherited,
            "" if self.trunk.is_one else self.trunk.tip,
        )

    def is_new(self, commit: Commit) -> bool:
        """Whether a commit is received only now."""
        return commit.oid not in self.arrivals and commit.oid not in self.inherited

    def answers(self, commit: Commit) -> str:
        """Who answers for a commit; "" where nobody is known for certain."""
        arrival = self.arrivals.get(commit.oid)
        if arrival:
            return arrival.user
        if commit.oid in self.inherited:
            return ""
        return self._signature(commit).signer if self.gate.signed else self.gate.user

    def _signature(self, commit: Commit) -> Signature:
        if commit.oid not in self.signers:
            self.signers[commit.oid] = self.gate.server.signature(commit.oid, self.gate.now)
        return self.signers[commit.oid]

    def _benches(self, change: CommitChange) -> Sequence[Bench]:
        commit = change.commit
        arrival = self.arrivals.get(commit.oid)
        came = arrival.at if arrival else self.gate.now
        old = commit.oid in self.inherited or not self.judges
        return [
            Bench(
                settings=each,
                latest=came + SKEW,
                earliest=None if old else came - each.policy.backdate,
                responsible=self.answers(commit) if self.judges else "",
                judges=self.judges,
            )
            for each in self.laws
        ]

    def _excused(self, found: Sequence[Unknown]) -> Iterable[Violation]:
        """What had come before in another commit, and was answered for then: a rebase, a cherry-pick."""
        seen = self.gate.server.first_seen({(each.violation.path, each.oid) for each in found})
        commits = {oid for each in seen.values() for oid in each}
        arrivals = self.gate.ledger.arrivals(commits)
        old = already_here(self.gate, commits - arrivals.keys())
        for each in found:
            for oid in seen.get((each.violation.path, each.oid), ()):
                arrival = arrivals.get(oid)
                if oid in old or (arrival and _vouched(each, arrival)):
                    yield each.violation
                    break

    def unknown(self, change: CommitChange) -> Iterator[Violation]:
        """What is wrong with who brings a commit."""
        commit = change.commit
        if not any(change.rows) or not self.is_new(commit):
            return
        if self.gate.signed:
            yield from self._unsigned(commit)
        elif not self.gate.user and not self.gate.anonymous:
            text = "it touches tickets, and nobody is known who pushes it"
            yield Violation(
                "author", text, "Push over a connection that says who you are.", commit=commit.oid
            )

    def _unsigned(self, commit: Commit) -> Iterator[Violation]:
        signer, fault = self._signature(commit)
        hint = "git commit -S --amend signs it; the server knows whose keys count."
        if not signer:
            yield Violation("signature", fault, hint, commit=commit.oid)
        elif not _vouches_for_commit(self.laws[0], signer, commit.author):
            text = f"{signer} has signed it, and {commit.author} is its author"
            yield Violation("signature", text, "Whoever makes a commit signs it.", commit=commit.oid)

    def late(self, change: CommitChange) -> Iterator[Violation]:
        """Entries older than what somebody else had pushed below them: written without a connection."""
        commit = change.commit
        known = [each for each in map(self._arrived, commit.parents) if each]
        newest = max(known, key=lambda each: each.at, default=None)
        if newest:
            self.newest[commit.oid] = newest
        who = self.answers(commit) if newest and any(change.rows) and self.is_new(commit) else ""
        if newest is None or not who or newest.user == who:
            return
        for path, row in change.rows[0].items():
            moment = _moment(path) if not row.old else None
            if moment and moment < newest.at - SKEW:
                text = f"it was written before {newest.oid[:10]} came, on which its commit stands"
                yield Violation("time-backdated", text, "", path, commit=commit.oid, level=Level.WARNING)

    def breaches(self) -> list[Violation]:
        """The clocks that speak against what the branch would have at its end."""
        settings = self.laws[0]
        named = self.begun and self.ref.startswith(BRANCHES) and self.gate.server.has_desk(self.tip)
        if not named or not settings.sla.push:
            return []
        from tkt.usecases.breaches import breaches  # start-up: most desks have no such rules

        after = self.gate.desk(self.tip, settings)
        branch = self.ref.removeprefix(BRANCHES)
        return breaches(settings.sla.push, branch, after, lambda: self.gate.desk(self.begun, settings))

    def _arrived(self, oid: str) -> Arrival | None:
        return self.arrivals.get(oid) or self.newest.get(oid)


def _moment(path: str) -> datetime | None:
    """When the entry of a path was written; None for other files."""
    name = path.rpartition("/")[2].removesuffix(".md")
    return entry_time(name) if ticket_of(path) and ENTRY_ID.fullmatch(name) else None


def _vouched(what: Unknown, arrival: Arrival) -> bool:
    """Whether somebody answered for a file when it came, and it was not too old then."""
    people, policy = what.bench.settings.people, what.bench.settings.policy
    if what.at is None or what.at < arrival.at - policy.backdate:
        return may(people, arrival.user, Permission.VOUCH)
    user = arrival.user
    return not user or is_one(people, user, what.named) or may(people, user, Permission.VOUCH)


def _vouches_for_commit(settings: Settings, signer: str, author: str) -> bool:
    people = settings.people
    return is_one(people, signer, author) or (bool(people.agents) and may(people, signer, Permission.VOUCH))


def span_of(gate: Gate, update: Update, trunk: Trunk) -> Span | None:
    """What an update brings that is to be judged; None for nothing."""
    new = gate.server.commit_of(update.new) if update.new else ""
    if not new:
        return None
    begun = _laws(gate, update, trunk)
    laws = [gate.settings(each) for each in begun]
    without = before(update, trunk)
    listed = gate.commits.listed([new], without)
    oids = {each.oid for each in listed}
    arrivals = gate.ledger.arrivals(oids | {parent for each in listed for parent in each.parents})
    inherited = already_here(gate, oids - arrivals.keys())
    return Span(
        gate=gate,
        trunk=trunk,
        tip=new,
        ref=update.ref,
        begun=begun[0] if begun else "",
        without=without,
        laws=laws or [gate.settings(new)],
        judges=bool(laws),
        arrivals=arrivals,
        inherited=inherited,
    )


def before(update: Update, trunk: Trunk) -> list[str]:
    """What was judged when it came: all of the branch, and of the main branch."""
    old = [update.old] if update.old and update.ref.startswith(BRANCHES) else []
    if update.ref == trunk.desk:
        return old
    code = "" if update.ref == trunk.head else trunk.code
    return [*old, *(each for each in (trunk.tip, code) if each)]


def _laws(gate: Gate, update: Update, trunk: Trunk) -> list[str]:
    """The commits whose settings are in force; none on the first day of a desk."""
    tip = trunk.tip
    main = gate.settings(tip) if tip else None
    asked = [update.old if update.ref.startswith(BRANCHES) else ""]
    if not (asked[0] and is_protected(update.ref, trunk, main)):
        asked.append(tip)
    with_desk = [each for each in dict.fromkeys(asked) if each and gate.server.has_desk(each)]
    if not with_desk and tip and gate.server.has_desk(tip):
        return [tip]
    return with_desk


def already_here(gate: Gate, oids: Collection[str]) -> frozenset[str]:
    """Those of some commits that were here when the guard came; none of them has a receipt."""
    tips = gate.ledger.inherited()
    if not oids or not tips:
        return frozenset()
    since = {each.oid for each in gate.commits.listed(oids, tips)}
    return frozenset(oid for oid in oids if oid not in since)

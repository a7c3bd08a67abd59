"""What a server takes: every commit of a push is judged, and who answers for it is written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tkt.domain.roles import DEEDS, Permission, may
from tkt.domain.settings import Settings
from tkt.domain.violation import RULES, Level, Violation
from tkt.usecases.gate import Arrival, Gate, Update
from tkt.usecases.references import reference_violations
from tkt.usecases.updates import already_here, before, span_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a push.

    Args:
        refused: why it is not taken; empty where it is.
        overridden: what it was let past.
        remarks: what people should know all the same.
    """

    refused: list[Violation] = field(default_factory=list)
    overridden: list[Violation] = field(default_factory=list)
    remarks: list[Violation] = field(default_factory=list)


def judge_push(gate: Gate, updates: Sequence[Update]) -> Verdict:
    """Judge a push as a whole: all of it is taken, or nothing.

    Args:
        gate: what it is judged with.
        updates: what it wants.
    """
    trunk = gate.trunk()
    main = gate.settings(trunk.tip) if trunk.tip else None
    found = [each for update in updates for each in reference_violations(gate, update, trunk, main)]
    remarks: list[Violation] = []
    for update in updates if not found else ():
        span = span_of(gate, update, trunk)
        if span:
            for change, wrong in span.court().judged([span.tip], span.without):
                found += [*wrong, *span.unknown(change)]
                remarks += span.late(change)
            clocks = span.breaches()
            found += [each for each in clocks if each.level is Level.ERROR]
            remarks += [each for each in clocks if each.level is not Level.ERROR]
    found = list(dict.fromkeys(found))
    found += _to_override(gate, main)
    if gate.override and not any(each.rule == "role" and not each.commit for each in found):
        passed = [each for each in found if RULES[each.rule].overridable]
        return Verdict([each for each in found if each not in passed], passed, remarks)
    return Verdict(found, [], remarks)


def _to_override(gate: Gate, main: Settings | None) -> Iterator[Violation]:
    if gate.override is None:
        return
    if not gate.override:
        yield Violation("role", "to push past a rule takes a reason", "git push -o tkt.override='why'")
    elif not gate.user or (main and not may(main.people, gate.user, Permission.OVERRIDE)):
        text = f"{gate.user or 'somebody unknown'} may not {DEEDS[Permission.OVERRIDE]}"
        yield Violation("role", text, "Push without tkt.override, or ask somebody who may.")


def remember(gate: Gate, updates: Sequence[Update]) -> list[Arrival]:
    """Write down which commits a push has brought; those that were not known."""
    trunk = gate.trunk()
    reason = " ".join((gate.override or "").split())
    brought: dict[str, Arrival] = {}
    for update in updates:
        new = gate.server.commit_of(update.new) if update.new else ""
        for commit in gate.commits.listed([new], before(update, trunk)) if new else ():
            arrival = Arrival(commit.oid, gate.now, gate.user, update.ref, reason)
            brought.setdefault(commit.oid, arrival)
    known = gate.ledger.arrivals(brought.keys())
    inherited = already_here(gate, brought.keys() - known.keys())
    fresh = [each for oid, each in brought.items() if oid not in known and oid not in inherited]
    if fresh:
        gate.ledger.add(fresh)
    return fresh

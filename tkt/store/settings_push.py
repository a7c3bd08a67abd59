"""What `sla.yaml` says of pushes that does not fit together: queries nobody can ask, rules never reached."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from tkt.domain.conditions import All, Condition
from tkt.domain.fields import shortened
from tkt.domain.levels import PushRule
from tkt.domain.settings import Settings
from tkt.store.settings_check import Finding, Place
from tkt.store.settings_sla import asked, covers

_WHOLE = "refs/"
"""How the whole name of a branch begins, which no rule has."""


def push_findings(settings: Settings) -> Iterator[Finding]:
    """What rules for pushes ask that cannot be asked, or that a rule above has answered already."""
    above: list[tuple[PushRule, Condition]] = []
    for position, rule in enumerate(settings.sla.push):
        place: Place = ("push", position)
        if not settings.sla.policies:
            yield place, "asks for clocks, and nothing is promised; write policies, or leave it out"
        for each in rule.branches:
            if each.startswith(_WHOLE):
                short = each.removeprefix("refs/heads/")
                way_out = f"write {shortened(short)}" if short != each else "write the names of branches"
                yield (*place, "branch"), f"{shortened(each)} is the whole name of a reference; {way_out}"
        condition, wrong = _condition(settings, rule)
        if wrong:
            yield (*place, "when"), wrong
        if condition is None or wrong:
            continue
        if any(_hides(*each, rule, condition) for each in above):
            yield place, "is never reached: a rule above takes the same branches and tickets; put it first"
        above.append((rule, condition))


def _condition(settings: Settings, rule: PushRule) -> tuple[Condition | None, str]:
    if not rule.when:
        return All(), ""
    if not rule.when.strip():
        return None, "is blank; leave it out where every ticket is meant"
    query, wrong = asked(settings, rule.when, "a rule for pushes")
    return query.condition if query else None, wrong


def _hides(wide: PushRule, its: Condition, narrow: PushRule, condition: Condition) -> bool:
    """Whether a rule takes everything that a later one asks for; one for more clocks leaves it the others."""
    if narrow.early and not wide.early:
        return False
    branches = all(any(fnmatchcase(each, pattern) for pattern in wide.branches) for each in narrow.branches)
    return branches and covers(its, condition)

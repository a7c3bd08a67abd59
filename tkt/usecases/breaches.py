"""Which pushes are warned of, or kept out, while clocks have run out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from tkt.domain.clocks import ClockState, State
from tkt.domain.entry import Entry
from tkt.domain.levels import Deed, PushRule
from tkt.domain.matching import Matcher, Relations, Subject
from tkt.domain.violation import Level, Violation
from tkt.usecases.look import read_query
from tkt.usecases.sla import SEVERITY, clocks_by_query, complaints, violation_of
from tkt.usecases.workspace import Workspace

ANY = PushRule(("*",), "", Deed.WARN)
"""What a clone does where no rule says otherwise."""

_HINT = "A push that answers or closes one of them is taken; tkt sla explain {} says more."


def breaches(
    rules: Sequence[PushRule], branch: str, after: Workspace, before: Callable[[], Workspace | None]
) -> list[Violation]:
    """The clocks that speak against a push to a branch, the worst first: as errors where they refuse it.

    What counts is how things stand after the push. While several clocks have run out, one that mends some of
    them and lets no other run out is taken, or nobody could ever mend them one by one.

    Args:
        rules: in their order.
        branch: its short name.
        after: the desk as it is pushed, and the moment.
        before: gives the desk as it was, at the same moment; None where there was none.
    """
    held = [each for each in rules if each.covers(branch)]
    if all(each.deed is Deed.IGNORE for each in held):
        return []
    found = list(_against(held, after))
    refusing = _refusing(found)
    if refusing:
        earlier = before()
        if earlier and refusing < _refusing(_against(held, earlier)):
            return [each._replace(level=Level.WARNING) for each in found]
    return found


def _refusing(found: Iterable[Violation]) -> set[tuple[str, str]]:
    return {(each.ticket, each.field) for each in found if each.level is Level.ERROR}


def _against(rules: Sequence[PushRule], desk: Workspace) -> Iterator[Violation]:
    """What some rules say of the clocks of a desk."""
    asked = [(each, read_query(desk, each.when).condition) for each in rules]
    matcher = Matcher(desk.settings, lambda: Relations({}, {}))
    for timed, clock in complaints(clocks_by_query(desk, "", desk.now).tickets, SEVERITY):
        thread = partial(_thread, desk, timed.ticket.id)
        subject = Subject(desk.tickets.load(timed.ticket.id), thread, desk.settings)
        deeds = (rule.deed for rule, when in asked if _counts(rule, clock) and matcher.meets(subject, when))
        deed = next(deeds, Deed.IGNORE)
        if deed is not Deed.IGNORE:
            level = Level.ERROR if deed is Deed.REFUSE else Level.WARNING
            yield violation_of(timed, clock)._replace(level=level, hint=_HINT.format(timed.ticket.id))


def _thread(desk: Workspace, ticket_id: str) -> Iterable[Entry]:
    return desk.tickets.thread(ticket_id)[0]


def _counts(rule: PushRule, clock: ClockState) -> bool:
    return rule.early or clock.state is State.BREACHED

"""What became of a ticket: the net effect, who had a part in it, and what nobody said."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.memory import fresh_settings
from tkt.domain.comparison import Kind, State, TicketChange, changed, created
from tkt.domain.entry import INTERNAL, Change, Entry, differences
from tkt.domain.fields import Value
from tkt.domain.ticket import Ticket
from tkt.domain.totals import totals

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FLOW = fresh_settings(MemoryFiles()).workflow
BASE: dict[str, Value] = {"id": "TKT-2j7k3q9", "title": "x", "status": "new", "assignee": "", "labels": ()}
STATES = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["new", "assigned", "closed"]),
        "assignee": st.sampled_from(["", "ana", "bob"]),
        "labels": st.lists(st.sampled_from("abc"), unique=True).map(lambda items: tuple(sorted(items))),
    }
)


def ticket(body: str = "", /, **fields: Value) -> Ticket:
    return Ticket({**BASE, **fields}, body)


def entry(clock: int, by: str = "ana", **more: object) -> Entry:
    return Entry(f"20261122T093000Z-{clock:04}", AT, by, clock, **more)  # type: ignore[arg-type]


def status(clock: int, old: str, new: str, by: str = "ana") -> Entry:
    return entry(clock, by, changes=(Change("status", old, new),))


def between(before: Ticket, after: Ticket, *thread: Entry) -> TicketChange:
    return changed(State(before), after, thread, FLOW)


@given(st.lists(STATES, min_size=1))
def test_what_entries_say_is_never_taken_for_a_hand_edit(states: list[dict[str, Value]]) -> None:
    tickets = [ticket(**each) for each in states]
    pairs = enumerate(pairwise(tickets), 1)
    thread = [entry(clock, changes=differences(a.fields, b.fields)) for clock, (a, b) in pairs]

    change = between(tickets[0], tickets[-1], *thread)

    assert not any(move.by_hand for move in change.moves)
    told = {move.change.field for move in change.moves if not move.came_back}
    assert told == {each.field for each in differences(tickets[0].fields, tickets[-1].fields)}


@given(STATES, STATES)
def test_without_entries_everything_was_done_by_hand(
    before: Mapping[str, Value], after: Mapping[str, Value]
) -> None:
    change = between(ticket(**before), ticket(**after))

    assert all(move.by_hand and not move.by for move in change.moves)
    assert change.says_something == (before != after)


def test_everybody_on_the_way_is_named_once() -> None:
    thread = [status(1, "new", "assigned"), status(2, "assigned", "new", "bob"), status(3, "new", "closed")]

    (move,) = between(ticket(), ticket(status="closed"), *thread).moves

    assert (move.change, move.by, move.by_hand) == (Change("status", "new", "closed"), ("ana", "bob"), False)


def test_the_file_holds_where_it_differs_from_the_entries() -> None:
    (move,) = between(ticket(), ticket(status="closed"), status(1, "new", "assigned")).moves

    assert (move.change.new, move.by, move.by_hand) == ("closed", ("ana",), True)


def test_a_line_that_was_taken_out_is_a_value_that_went() -> None:
    before = ticket(queue="support", watchers=("ana",))

    changes = [move.change for move in between(before, ticket()).moves]

    assert changes == [Change("queue", "support", ""), Change("watchers", ("ana",), ())]


def test_entries_of_before_are_not_new_wherever_they_stand() -> None:
    old = status(1, "new", "closed")
    folded = entry(1, changes=old.changes, body="\n")

    same = changed(State(ticket(), (old,)), ticket(), [folded, entry(2)], FLOW)
    other = changed(State(ticket(), (old,)), ticket(), [entry(1, body="x")], FLOW)
    gone = changed(State(ticket(), (old,)), ticket(), [], FLOW)

    assert (same.altered, [each.clock for each in same.entries], same.lost) == ((), [2], 0)
    assert (other.altered, other.entries) == ((old.id,), ())
    assert (gone.lost, gone.says_something) == (1, True)


def test_where_entries_are_gone_nothing_is_called_a_hand_edit() -> None:
    change = changed(State(ticket(status="closed"), (status(1, "new", "closed"),)), ticket(), [], FLOW)

    assert [move.by_hand for move in change.moves] == [False]
    assert change.reopened


@pytest.mark.parametrize(
    ("body", "thread", "edited"),
    [
        ("one\n\n", [], None),
        ("two", [], ()),
        ("two", [entry(1, extra={"edited": "description"}), entry(2, "bob")], ("ana",)),
    ],
)
def test_the_description(body: str, thread: list[Entry], edited: tuple[str, ...] | None) -> None:
    assert between(ticket("one\n"), ticket(body), *thread).edited == edited


def test_what_could_not_be_read_before_is_not_compared() -> None:
    change = changed(State(None), ticket(status="closed"), [entry(1, body="x")], FLOW)

    assert (change.kind, change.moves, change.edited, change.closed) == (Kind.CHANGED, (), None, False)
    assert change.comments


def test_a_timer_that_was_started_is_nothing_yet() -> None:
    assert not between(ticket(), ticket(), entry(1, timer="started")).says_something
    assert between(ticket(), ticket(), entry(1, timer="stopped", minutes=0)).says_something


def test_a_merger_is_told_once() -> None:
    merged = ticket(links=("merged-into TKT-2j00000",))

    assert between(ticket(), merged).merged_into == "TKT-2j00000"
    assert not between(merged, merged).merged_into
    assert created(merged, (), FLOW).merged_into == "TKT-2j00000"


def test_totals() -> None:
    closed = between(ticket(), ticket(status="closed"), entry(1, body="x"), entry(2, "bob", minutes=30))
    said = between(ticket(), ticket(), entry(1, "bob", body="x", visibility=INTERNAL), entry(2, body="y"))
    new = created(ticket(status="closed"), (), FLOW)
    back = between(ticket(status="closed"), ticket())
    gone = TicketChange(Kind.VANISHED, ticket())

    found = totals([closed, said, new, back, gone])

    assert (found.created, found.closed, found.reopened, found.changed, found.vanished) == (1, 2, 1, 1, 1)
    assert (found.comments, found.people, found.minutes) == (3, 2, 30)

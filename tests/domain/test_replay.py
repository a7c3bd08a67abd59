"""What a thread comes to, and that every change has its entry, whatever people do at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.memory import fresh_settings
from tkt.domain.entry import Change, Entry, went_apart
from tkt.domain.fields import Value
from tkt.domain.replay import SETTLES, disagreements, replay, unsettled
from tkt.domain.tracing import Side, untold

SETTINGS = fresh_settings(MemoryFiles())
START = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS: dict[str, list[str]] = {
    "title": ["one", "two", "three"],
    "status": ["new", "assigned", "in-progress", "closed"],
    "priority": ["P3", "P1", "P5"],
    "due": ["", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"],
}
Thread = tuple[Entry, ...]
State = tuple[str, Thread]


def entry(number: int, clock: int, *changes: Change) -> Entry:
    """An entry, the newer the higher its number."""
    at = START + timedelta(seconds=number)
    return Entry(f"{at:%Y%m%dT%H%M%SZ}-aaaa", at, "ana@example.com", clock, changes=changes)


class Desk:
    """People who set one field, as commands do."""

    def __init__(self, field: str) -> None:
        self.field = field
        self.count = 0

    def set(self, state: State, value: str) -> State:
        """The field set by somebody who knows that state; where people disagree, that it stays is settled."""
        was, thread = state
        if was == value and not self.contested(thread):
            return state
        self.count += 1
        clock = max((each.clock for each in thread), default=0) + 1
        new = entry(self.count, clock, Change(self.field, was, value))
        settled = unsettled(thread, [self.field], SETTINGS)
        return value, (*thread, new._replace(extra={SETTLES: ", ".join(settled)} if settled else {}))

    def contested(self, thread: Thread) -> bool:
        """Whether people disagree; who asks only where somebody went apart finds out too."""
        found = any(each.contested for each in replay(thread, SETTINGS).values())
        assert went_apart(thread) or not found
        return found

    def work(self, state: State, values: Sequence[str]) -> State:
        """The field set several times, each of them a commit that nobody can object to."""
        for value in values:
            after = self.set(state, value)
            assert self.objects([state], after) == []
            state = after
        return state

    def merge(self, base: State, one: State, other: State) -> State:
        """What Git makes of two branches; where it conflicts, what the thread says of them."""
        thread = tuple({each.id: each for each in (*one[1], *other[1])}.values())
        values = [side[0] for side in (one, other) if side[0] != base[0]] or [base[0]]
        if len(set(values)) > 1:
            values = [replay(thread, SETTINGS)[self.field, ""].value]
        return values[0], thread

    def objects(self, parents: Sequence[State], now: State) -> list[str]:
        """The fields that changed and no entry says so."""
        sides = [Side({self.field: value}, frozenset(e.id for e in thread)) for value, thread in parents]
        return [each.key[0] for each in untold(sides, {self.field: now[0]}, now[1], SETTINGS)]


rounds = st.lists(
    st.tuples(st.lists(st.integers(0, 3), max_size=3), st.lists(st.integers(0, 3), max_size=3)),
    min_size=1,
    max_size=4,
)


@given(st.sampled_from(sorted(FIELDS)), rounds)
def test_nobody_objects_to_people_who_work_at_the_same_time(
    field: str, work: list[tuple[list[int], list[int]]]
) -> None:
    values, desk = FIELDS[field], Desk(field)
    state: State = values[0], ()
    for left, right in work:
        one = desk.work(state, [values[each % len(values)] for each in left])
        other = desk.work(state, [values[each % len(values)] for each in right])
        merged = desk.merge(state, one, other)
        assert desk.objects([one, other], merged) == []
        assert desk.objects([other, one], merged) == []
        assert disagreements({field: merged[0]}, replay(merged[1], SETTINGS)) == []
        state = merged
        if desk.contested(state[1]):
            settled = desk.work(state, [state[0]])
            assert settled[0] == state[0]
            assert not desk.contested(settled[1])


@given(st.sampled_from(sorted(FIELDS)), rounds, st.integers(0, 3))
def test_a_value_that_no_entry_tells_of_is_found(
    field: str, work: list[tuple[list[int], list[int]]], forged: int
) -> None:
    values, desk = FIELDS[field], Desk(field)
    state: State = values[0], ()
    for left, right in work:
        one = desk.work(state, [values[each % len(values)] for each in left])
        other = desk.work(state, [values[each % len(values)] for each in right])
        state = desk.merge(state, one, other)
    value = values[forged % len(values)]
    assert (desk.objects([state], (value, state[1])) == []) == (value == state[0])


@given(st.sampled_from(sorted(FIELDS)), rounds, st.randoms())
def test_the_order_in_which_entries_arrive_makes_no_difference(
    field: str, work: list[tuple[list[int], list[int]]], chance: object
) -> None:
    values, desk = FIELDS[field], Desk(field)
    state: State = values[0], ()
    for left, right in work:
        sides = [desk.work(state, [values[each % len(values)] for each in side]) for side in (left, right)]
        state = desk.merge(state, *sides)
    shuffled = list(state[1])
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert replay(shuffled, SETTINGS) == replay(state[1], SETTINGS)


def said(*changes: tuple[int, str, str], field: str = "status") -> str:
    """What a field comes to: each change with its clock."""
    thread = [entry(at, clock, Change(field, old, new)) for at, (clock, old, new) in enumerate(changes)]
    return replay(thread, SETTINGS)[field, ""].value


class TestTwoWhoDidNotKnowOfEachOther:
    def test_the_less_final_status_holds(self) -> None:
        assert said((1, "new", "closed"), (1, "new", "in-progress")) == "in-progress"
        assert said((1, "new", "in-progress"), (1, "new", "closed")) == "in-progress"

    def test_the_more_severe_priority_holds(self) -> None:
        assert said((1, "P3", "P1"), (1, "P3", "P4"), field="priority") == "P1"

    def test_the_earlier_due_date_holds_and_any_before_none(self) -> None:
        early, late = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
        assert said((1, "", late), (1, "", early), field="due") == early
        assert said((1, late, ""), (1, late, early), field="due") == early

    def test_the_later_of_anything_else_holds(self) -> None:
        assert said((1, "a", "b"), (1, "a", "c"), field="title") == "c"

    def test_who_only_came_back_wanted_nothing(self) -> None:
        assert said((1, "a", "b"), (2, "b", "a"), (1, "a", "c"), field="title") == "c"

    def test_whoever_comes_after_both_settles_it(self) -> None:
        one, other = (
            entry(at, 1, Change("status", "new", to)) for at, to in enumerate(("closed", "waiting"))
        )
        assert replay([one, other], SETTINGS)["status", ""].contested
        assert unsettled([one, other], ["status", "title"], SETTINGS) == ["status"]
        after = entry(3, 2, Change("status", "waiting", "closed"))._replace(extra={SETTLES: "status"})
        assert not replay([one, other, after], SETTINGS)["status", ""].contested
        assert replay([one, other, after], SETTINGS)["status", ""].value == "closed"


def test_an_entry_that_begins_with_what_never_was_is_unfounded() -> None:
    thread = [
        entry(1, 1, Change("status", "new", "assigned")),
        entry(2, 2, Change("status", "resolved", "closed")),
    ]
    assert replay(thread, SETTINGS)["status", ""].unfounded == (thread[1].id,)


class TestLists:
    @staticmethod
    def objects(before: Value, after: Value, *fresh: Entry) -> list[tuple[str, str]]:
        side = Side({"labels": before}, frozenset())
        return [each.key for each in untold([side], {"labels": after}, fresh, SETTINGS)]

    def test_each_item_needs_its_entry(self) -> None:
        added = entry(1, 1, Change("labels", (), ("vip",)))
        assert self.objects(("a",), ("a", "vip"), added) == []
        assert self.objects(("a",), ("a", "b", "vip"), added) == [("labels", "b")]
        assert self.objects(("a",), ("vip",), added) == [("labels", "a")]
        assert self.objects(("a",), ("a",), added) == [("labels", "vip")]

    def test_two_who_add_different_items_have_both(self) -> None:
        one, other = (entry(at, 1, Change("labels", (), (name,))) for at, name in ((1, "a"), (2, "b")))
        sides = [
            Side({"labels": ("a",)}, frozenset({one.id})),
            Side({"labels": ("b",)}, frozenset({other.id})),
        ]
        assert list(untold(sides, {"labels": ("a", "b")}, [one, other], SETTINGS)) == []
        assert [each.key for each in untold(sides, {"labels": ("a",)}, [one, other], SETTINGS)] == [
            ("labels", "b")
        ]


class TestClaims:
    """Somebody who says that they did not know of what is there already."""

    thread = (
        entry(1, 1, Change("status", "new", "assigned")),
        entry(2, 2, Change("status", "assigned", "in-progress")),
    )
    side = Side({"status": "in-progress"}, frozenset(each.id for each in thread))

    def objects(self, status: str, claim: Entry) -> bool:
        return bool(list(untold([self.side], {"status": status}, (*self.thread, claim), SETTINGS)))

    def test_they_gain_nothing(self) -> None:
        claim = entry(3, 1, Change("status", "new", "closed"))
        assert self.objects("closed", claim)
        assert not self.objects("in-progress", claim)

    def test_nor_by_a_value_that_never_was(self) -> None:
        claim = entry(3, 3, Change("status", "resolved", "closed"))
        assert self.objects("closed", claim)

    def test_what_follows_what_is_there_is_no_claim(self) -> None:
        assert not self.objects("closed", entry(3, 3, Change("status", "in-progress", "closed")))
        assert self.objects("in-progress", entry(3, 3, Change("status", "in-progress", "closed")))

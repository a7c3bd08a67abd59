"""After a merge every field is what the whole thread says, unless somebody edited it by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.fakes import MemoryFiles
from tests.memory import fresh_settings
from tkt.domain.entry import ABSENT, PRESENT, Change, Entry
from tkt.domain.healing import Fields, Side, edited_by_hand, healed, strays, to_record, unrecorded

SETTINGS = fresh_settings(MemoryFiles())
START = datetime(2026, 1, 1, tzinfo=UTC)


def entry(number: int, clock: int, *changes: Change) -> Entry:
    """An entry, the newer the higher its number."""
    return Entry(f"20260101T00000{number}Z-aaaa", START, "ana@example.com", clock, changes=changes)


ONE = entry(1, 1, Change("title", "A", "B"), Change("labels", (), ("x",)))
TWO = entry(2, 1, Change("title", "A", "C"), Change("labels", (), ("y",)))


BEFORE: Fields = {"title": "A", "labels": ()}


def test_a_field_takes_the_value_of_the_thread() -> None:
    sides = [Side({"title": "B", "labels": ("x",)}, [ONE]), Side({"title": "C", "labels": ("y",)}, [TWO])]
    assert edited_by_hand(BEFORE, sides, SETTINGS) == set()
    assert healed({"title": "B", "labels": ("x",)}, [ONE, TWO], (), SETTINGS) == {
        "title": "C",
        "labels": ("x", "y"),
    }


def test_what_a_thread_does_not_tell_of_stays() -> None:
    assert healed({"queue": "support", "title": "C"}, [TWO], (), SETTINGS) == {"labels": ("y",)}


def test_an_edit_by_hand_stays() -> None:
    sides = [Side({"title": "By hand", "labels": ("x",)}, [ONE]), Side(BEFORE, [])]
    by_hand = edited_by_hand(BEFORE, sides, SETTINGS)
    assert by_hand == {("title", "")}
    assert healed({"title": "By hand", "labels": ("x",)}, [ONE], by_hand, SETTINGS) == {}


class TestWithoutAnEntry:
    """What no entry of a side speaks of, and the side changed all the same."""

    def test_a_field(self) -> None:
        assert unrecorded(BEFORE, Side({"title": "H", "labels": ()}, []), SETTINGS) == {("title", ""): "A"}

    def test_a_field_that_an_entry_had_changed_before(self) -> None:
        side = Side({"title": "H", "labels": ("x",)}, [ONE])
        assert unrecorded(BEFORE, side, SETTINGS) == {("title", ""): "B"}

    def test_an_item_of_a_list(self) -> None:
        before: Fields = {"title": "A", "labels": ("old",)}
        side = Side({"title": "A", "labels": ("new",)}, [])
        assert unrecorded(before, side, SETTINGS) == {("labels", "new"): ABSENT, ("labels", "old"): PRESENT}

    def test_nothing(self) -> None:
        assert unrecorded(BEFORE, Side({"title": "B", "labels": ("x",)}, [ONE]), SETTINGS) == {}

    def test_is_recorded_where_the_other_side_set_it_too(self) -> None:
        side, other = Side({"title": "H", "labels": ()}, []), Side({"title": "C", "labels": ("y",)}, [TWO])
        assert to_record(BEFORE, side, other, SETTINGS) == (Change("title", "A", "H"),)

    def test_is_recorded_where_the_other_side_set_it_and_came_back(self) -> None:
        back = entry(3, 2, Change("title", "C", "A"))
        side, other = (
            Side({"title": "H", "labels": ()}, []),
            Side({"title": "A", "labels": ("y",)}, [TWO, back]),
        )
        assert to_record(BEFORE, side, other, SETTINGS) == (Change("title", "A", "H"),)

    def test_is_recorded_on_both_sides_where_both_did_it_by_hand(self) -> None:
        side, other = Side({"title": "H"}, []), Side({"title": "I"}, [])
        assert to_record(BEFORE, side, other, SETTINGS) == (Change("title", "A", "H"),)
        assert to_record(BEFORE, other, side, SETTINGS) == (Change("title", "A", "I"),)

    def test_is_not_recorded_of_a_field_that_the_settings_do_not_know(self) -> None:
        side, other = Side({"title": "A", "foo": "one"}, []), Side({"title": "A", "foo": "two"}, [])
        assert to_record(BEFORE, side, other, SETTINGS) == ()

    @pytest.mark.parametrize("theirs", ["A", "H"])
    def test_stays_as_it_is_where_nobody_says_otherwise(self, theirs: str) -> None:
        side, other = Side({"title": "H"}, []), Side({"title": theirs}, [])
        assert to_record(BEFORE, side, other, SETTINGS) == ()


def test_the_whole_is_in_accord() -> None:
    assert strays({"title": "C", "labels": ("x", "y")}, [ONE, TWO], SETTINGS) == {}

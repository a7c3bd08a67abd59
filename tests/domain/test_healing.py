"""After a merge every field is what the whole thread says, unless somebody edited it by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.fakes import MemoryFiles
from tests.memory import fresh_settings
from tkt.domain.entry import Change, Entry
from tkt.domain.fields import Value
from tkt.domain.healing import healed, strays

SETTINGS = fresh_settings(MemoryFiles())
START = datetime(2026, 1, 1, tzinfo=UTC)


def entry(number: int, clock: int, *changes: Change) -> Entry:
    """An entry, the newer the higher its number."""
    return Entry(f"20260101T00000{number}Z-aaaa", START, "ana@example.com", clock, changes=changes)


ONE = entry(1, 1, Change("title", "A", "B"), Change("labels", (), ("x",)))
TWO = entry(2, 1, Change("title", "A", "C"), Change("labels", (), ("y",)))


Sides = list[tuple[dict[str, Value], list[Entry]]]


def test_a_field_takes_the_value_of_the_thread() -> None:
    sides: Sides = [({"title": "B", "labels": ("x",)}, [ONE]), ({"title": "C", "labels": ("y",)}, [TWO])]
    assert healed({"title": "B", "labels": ("x",)}, [ONE, TWO], sides, SETTINGS) == {
        "title": "C",
        "labels": ("x", "y"),
    }


def test_what_a_thread_does_not_tell_of_stays() -> None:
    assert healed({"queue": "support", "title": "C"}, [TWO], [], SETTINGS) == {"labels": ("y",)}


def test_an_edit_by_hand_stays() -> None:
    sides: Sides = [({"title": "By hand", "labels": ("x",)}, [ONE]), ({"title": "A", "labels": ()}, [])]
    assert healed({"title": "By hand", "labels": ("x",)}, [ONE], sides, SETTINGS) == {}


def test_the_whole_is_in_accord() -> None:
    assert strays({"title": "C", "labels": ("x", "y")}, [ONE, TWO], SETTINGS) == {}

"""What one command did to a ticket, and what follows from several of them."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkt.domain.activity import activity
from tkt.domain.entry import CLOCK_LIMIT, Change, Entry, attachment_file, differences, next_clock
from tkt.domain.fields import Value

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LISTS = st.lists(st.sampled_from(["a", "ab", "b", "c"]), unique=True).map(lambda items: tuple(sorted(items)))
VALUES = st.one_of(st.sampled_from(["", "a", "ab", "b"]), LISTS)
FIELDS = st.fixed_dictionaries({"x": VALUES, "y": VALUES})


def entry(clock: int, name: str = "x7k2") -> Entry:
    return Entry(f"20261122T093000Z-{name}", AT, "ana", clock)


def test_a_status_that_somebody_settled_is_none_that_the_ticket_was_moved_to() -> None:
    closed = entry(1)._replace(changes=(Change("status", "new", "closed"),))
    settled = entry(2)._replace(at=AT + timedelta(hours=1), changes=(Change("status", "closed", "closed"),))
    assert activity([closed, settled]).moves == (("closed", AT),)
    assert str(settled.changes[0]) == "status stays closed"


@given(FIELDS, FIELDS)
def test_a_field_that_became_a_list_or_ceased_to_be_one_is_told_truly(
    before: dict[str, Value], after: dict[str, Value]
) -> None:
    # Only in a field that nobody declared: a person may write what they like there.
    state = dict(before)
    for change in differences(before, after):
        state[change.field] = change.apply(state[change.field])
        assert isinstance(change.old, tuple) == isinstance(change.new, tuple)
    assert {name: items(value) for name, value in state.items()} == {k: items(v) for k, v in after.items()}


def items(value: Value) -> tuple[str, ...]:
    """A value as a list: one text and a list of just that text say the same."""
    return value if isinstance(value, tuple) else tuple(filter(None, [value]))


@given(FIELDS)
def test_nothing_changed_is_no_change(fields: dict[str, Value]) -> None:
    assert differences(fields, fields) == ()


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (("b", "a"), ("a", "b"), ()),
        ("", (), ()),
        ("", "x", (Change("f", "", "x"),)),
        ("x", "", (Change("f", "x", ""),)),
        ("ab", ("a", "ab"), (Change("f", (), ("a",)),)),
        ("ab", ("a", "b"), (Change("f", ("ab",), ("a", "b")),)),
        (("a", "b"), "c", (Change("f", "a, b", "c"),)),
        (("a", "b"), ("b", "c"), (Change("f", ("a",), ("c",)),)),
    ],
)
def test_a_change_names_what_went_and_what_came(old: Value, new: Value, changes: tuple[Change, ...]) -> None:
    assert differences({"f": old}, {"f": new}) == changes


def test_a_new_field_had_no_value() -> None:
    assert differences({}, {"f": "x", "g": ("a",)}) == (Change("f", "", "x"), Change("g", (), ("a",)))


def test_the_clock_is_one_more_than_the_highest_of_the_thread() -> None:
    assert next_clock([]) == 1
    assert next_clock([entry(3), entry(17), entry(4)]) == 18


def test_a_forged_clock_does_not_make_later_entries_unreadable() -> None:
    assert next_clock([entry(CLOCK_LIMIT)]) == CLOCK_LIMIT


def test_entries_stand_by_clock_whatever_their_names_say() -> None:
    entries = [entry(2, "aaaa"), entry(10, "aaaa"), entry(2, "zzzz"), entry(1, "zzzz")]
    found = sorted(entries, key=lambda each: each.order)
    assert [(each.clock, each.id[-4:]) for each in found] == [
        (1, "zzzz"),
        (2, "aaaa"),
        (2, "zzzz"),
        (10, "aaaa"),
    ]


@given(st.text(), st.binary(max_size=20))
def test_whatever_a_file_is_called_it_is_kept_under_a_harmless_name(name: str, data: bytes) -> None:
    file = attachment_file(name, data)
    digest, dot, suffix = file.partition(".")
    assert digest == hashlib.sha256(data).hexdigest()[:32]
    assert (
        suffix.isascii() and suffix.isalnum() and suffix == suffix.lower() and len(suffix) <= 8
    ) or not dot
    assert len(file) <= 41

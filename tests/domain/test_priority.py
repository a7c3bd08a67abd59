"""Priority follows from impact and urgency until somebody decides otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkt.domain.priority import Matrix

NAMES = ("P1", "P2", "P3")
LEVELS = ("high", "low")
MATRIX = Matrix(
    NAMES,
    "P3",
    LEVELS,
    LEVELS,
    {("high", "high"): "P1", ("high", "low"): "P2", ("low", "high"): "P2", ("low", "low"): "P3"},
)
PAIRS = st.tuples(st.sampled_from(["", *LEVELS, "unheard-of"]), st.sampled_from(["", *LEVELS]))


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        ("high", "high", "P1"),
        ("low", "high", "P2"),
        ("low", "low", "P3"),
        ("", "high", ""),
        ("high", "", ""),
        ("unheard-of", "high", ""),
    ],
)
def test_every_pair_has_its_priority(impact: str, urgency: str, priority: str) -> None:
    assert MATRIX.priority(impact, urgency) == priority


@given(PAIRS, PAIRS)
def test_a_priority_that_followed_the_matrix_goes_on_following_it(
    was: tuple[str, str], now: tuple[str, str]
) -> None:
    current = MATRIX.priority(*was) or MATRIX.default
    assert MATRIX.follow(*now, current, was) == (MATRIX.priority(*now) or current)


@given(PAIRS, PAIRS, st.sampled_from(NAMES))
def test_a_priority_that_somebody_decided_stays(
    was: tuple[str, str], now: tuple[str, str], decided: str
) -> None:
    if decided != (MATRIX.priority(*was) or MATRIX.default):
        assert MATRIX.follow(*now, decided, was) == decided


@given(PAIRS, st.sampled_from(["", *NAMES]))
def test_a_ticket_always_has_a_priority_and_nothing_changed_changes_nothing(
    pair: tuple[str, str], current: str
) -> None:
    priority = MATRIX.follow(*pair, current, pair)
    assert priority in NAMES
    assert MATRIX.follow(*pair, priority, pair) == priority


def test_the_most_severe_ranks_first_and_the_unknown_last() -> None:
    assert sorted(["", "P2", "P9", "P1"], key=MATRIX.rank)[:2] == ["P1", "P2"]

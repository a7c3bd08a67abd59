"""Where a ticket may go, and what its status means whatever a team calls it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkt.domain.workflow import Category, Flow, Status, Step, Workflow
from tkt.errors import NotAllowedError, UsageError

STATUSES = {
    "todo": Status("todo", Category.NEW),
    "doing": Status("doing", Category.OPEN),
    "asked": Status("asked", Category.WAITING, pauses=True),
    "fixed": Status("fixed", Category.DONE),
    "over": Status("over", Category.DONE),
}
WORKFLOW = Workflow(
    STATUSES,
    Flow(
        "todo",
        {
            "todo": (Step("doing"), Step("fixed")),
            "doing": (Step("asked"), Step("fixed"), Step("over")),
            "fixed": (Step("doing"),),
        },
    ),
    {"change": Flow("doing", {"doing": (Step("fixed"),)})},
)
NAMES = st.sampled_from(list(STATUSES))
TYPES = st.sampled_from(["bug", "change"])


@given(TYPES, NAMES, NAMES)
def test_a_step_is_allowed_exactly_when_it_is_offered(kind: str, status: str, target: str) -> None:
    try:
        WORKFLOW.require_step(kind, status, target)
        allowed = True
    except NotAllowedError:
        allowed = False
    assert allowed is (target in WORKFLOW.next(kind, status))


def test_a_refusal_says_where_one_can_go_instead() -> None:
    with pytest.raises(NotAllowedError) as caught:
        WORKFLOW.require_step("bug", "todo", "over")
    assert caught.value.message == "a ticket cannot go from todo to over"
    assert caught.value.hint == "From todo: doing, fixed."


def test_an_end_is_called_one() -> None:
    with pytest.raises(NotAllowedError) as caught:
        WORKFLOW.require_step("bug", "over", "todo")
    assert caught.value.hint == "over is the end."


def test_a_status_that_does_not_exist_is_met_with_the_nearest_that_does() -> None:
    with pytest.raises(UsageError) as caught:
        WORKFLOW.require_step("bug", "todo", "fxied")
    assert caught.value.message == "status 'fxied' is not known; did you mean 'fixed'?"
    assert caught.value.hint == "Allowed: todo, doing, asked, fixed, over."


def test_a_type_may_have_its_own_steps() -> None:
    assert WORKFLOW.next("change", "doing") == ("fixed",)
    assert WORKFLOW.next("change", "todo") == ()
    assert WORKFLOW.next("bug", "doing") == ("asked", "fixed", "over")


@given(TYPES, st.text())
def test_from_a_status_that_is_no_more_one_may_go_anywhere(kind: str, status: str) -> None:
    if status not in STATUSES:
        assert WORKFLOW.next(kind, status) == tuple(STATUSES)
        assert not WORKFLOW.is_done(status)


@pytest.mark.parametrize(
    ("kind", "status", "closing"),
    [
        ("bug", "doing", "over"),
        ("bug", "todo", "fixed"),
        ("change", "doing", "fixed"),
        ("bug", "asked", "over"),
        ("bug", "gone", "over"),
    ],
)
def test_a_ticket_is_closed_by_the_last_end_it_may_reach(kind: str, status: str, closing: str) -> None:
    assert WORKFLOW.closing_status(kind, status) == closing
    assert WORKFLOW.is_done(closing)

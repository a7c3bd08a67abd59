"""Which status takes the place of one that a workflow does not have."""

import pytest

from tkt.domain.rehearsal import nearest_status
from tkt.domain.workflow import Category, Flow, Status, Workflow


def workflow(**categories: str) -> Workflow:
    statuses = {name: Status(name, Category(category)) for name, category in categories.items()}
    return Workflow(statuses, Flow(next(iter(statuses)), {}), {})


LEAN = workflow(todo="new", doing="open", hold="waiting", review="waiting", done="done", dropped="done")


@pytest.mark.parametrize(
    ("name", "meant", "place"),
    [
        ("new", "new", "todo"),
        ("on-hold", "waiting", "hold"),
        ("in-review", "waiting", "review"),
        ("waiting", "waiting", "hold"),
        ("drop", "done", "dropped"),
        ("closed", "done", "done"),
        ("to-do", None, "todo"),
        ("closed", None, "done"),
        ("In-Progress", None, "doing"),
        ("reviw", None, "review"),
        ("limbo", None, "doing"),
    ],
)
def test_the_nearest_of_the_same_meaning(name: str, meant: str | None, place: str) -> None:
    assert nearest_status(name, Category(meant) if meant else None, LEAN) == place


def test_there_is_always_one() -> None:
    small = workflow(begun="new", ended="done")
    assert nearest_status("waiting", Category.WAITING, small) == "begun"
    assert nearest_status("limbo", None, small) == "begun"

"""Priority, workflow, routing, changes: what the settings decide."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.memory import fresh_settings
from tkt.domain.entry import Change, differences
from tkt.domain.routing import choose_agent
from tkt.domain.settings import People, Person, Team
from tkt.domain.similar import similar
from tkt.domain.ticket import Link, Ticket, link_between
from tkt.domain.workflow import Category
from tkt.errors import NotAllowedError, UsageError

SETTINGS = fresh_settings(MemoryFiles())
MATRIX, WORKFLOW = SETTINGS.matrix, SETTINGS.workflow
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LISTS = st.lists(st.text(max_size=3), unique=True, max_size=4).map(lambda items: tuple(sorted(items)))
TEXTS = st.text(max_size=5)
STATES = st.fixed_dictionaries({"status": TEXTS, "queue": TEXTS, "labels": LISTS, "links": LISTS})
State = dict[str, str | tuple[str, ...]]


@given(STATES, STATES)
def test_changes_lead_from_one_state_to_the_other_and_back(before: State, after: State) -> None:
    changes = differences(before, after)
    state = dict(before)
    for change in changes:
        state[change.field] = change.apply(state[change.field])
    assert state == after
    for change in reversed(changes):
        state[change.field] = change.inverted().apply(state[change.field])
    assert state == before


def test_a_change_in_words() -> None:
    assert str(Change("status", "new", "closed")) == "status: new -> closed"
    assert str(Change("queue", "", "support")) == "queue: none -> support"
    assert str(Change("labels", ("a",), ("b", "c"))) == "labels: -a +b +c"


@pytest.mark.parametrize(
    ("current", "was", "expected"),
    [
        ("P5", ("low", "low"), "P1"),  # followed the matrix, so it follows on
        ("P2", ("low", "low"), "P2"),  # somebody decided
        ("P3", ("", ""), "P1"),  # the default
        ("P2", ("", ""), "P2"),  # somebody decided before there was an impact
        ("", ("low", "low"), "P1"),
    ],
)
def test_priority_follows_unless_somebody_decided(current: str, was: tuple[str, str], expected: str) -> None:
    assert MATRIX.follow("high", "high", current, was) == expected


def test_without_impact_the_default_holds() -> None:
    assert MATRIX.follow("", "high", "", ("", "")) == "P3"
    assert [MATRIX.rank(each) for each in ("P1", "P5", "other")] == [0, 4, 5]


def test_steps_of_the_workflow() -> None:
    WORKFLOW.require_step("bug", "new", "assigned")
    with pytest.raises(NotAllowedError) as caught:
        WORKFLOW.require_step("bug", "closed", "new")
    assert caught.value.message == "a ticket cannot go from closed to new"
    assert caught.value.hint == "From closed: reopened."
    with pytest.raises(UsageError, match="did you mean 'closed'"):
        WORKFLOW.require_step("bug", "new", "cloesd")


def test_an_unknown_status_is_open_and_may_go_anywhere() -> None:
    assert WORKFLOW.category("gone") is Category.OPEN
    assert WORKFLOW.next("bug", "gone") == tuple(WORKFLOW.statuses)


@pytest.mark.parametrize(
    ("word", "owner", "link"),
    [
        ("blocks", "A", Link("blocks", "B")),
        ("blocked-by", "B", Link("blocks", "A")),
        ("relates", "A", Link("relates", "B")),
        ("duplicated-by", "B", Link("duplicates", "A")),
        ("parent", "A", Link("parent", "B")),
        ("child", "B", Link("parent", "A")),
    ],
)
def test_a_link_is_stored_on_one_side(word: str, owner: str, link: Link) -> None:
    assert link_between("A", word, "B") == (owner, link)


@pytest.mark.parametrize("word", ["merged-into", "merges", "bloks", ""])
def test_other_relations_do_not_exist(word: str) -> None:
    with pytest.raises(UsageError, match="relation"):
        link_between("A", word, "B")


def person(
    handle: str, *, skills: tuple[str, ...] = (), capacity: int = 10, away: tuple[tuple[str, str], ...] = ()
) -> Person:
    return Person(handle, handle, f"{handle}@example.com", ("agent",), skills, capacity, away)


def chosen(*agents: Person, teams: tuple[Team, ...] = (), **load: int) -> str | None:
    people = People({each.handle: each for each in agents}, {each.name: each for each in teams}, {}, "agent")
    ticket = Ticket({"id": "TKT-2j00001", "queue": "support", "category": "network", "labels": ("vip",)})
    found = choose_agent(ticket, people, {f"{name}@example.com": count for name, count in load.items()}, NOW)
    return found.handle if found else None


def test_skill_goes_before_load_and_load_before_name() -> None:
    assert chosen(person("ann"), person("bob", skills=("network",)), bob=9) == "bob"
    assert chosen(person("ann"), person("bob"), ann=3, bob=2) == "bob"
    assert chosen(person("ann", capacity=20), person("bob"), ann=3, bob=2) == "ann"
    assert chosen(person("bob"), person("ann")) == "ann"


def test_nobody_who_is_away_or_full_or_in_another_team() -> None:
    away = person("ann", away=(("2026-11-20", "2026-11-22"),))
    assert chosen(away) is None
    assert chosen(person("ann", capacity=2), ann=2) is None
    assert chosen(person("ann", capacity=0)) is None
    team = Team("desk", ("bob",), ("support",))
    assert chosen(person("ann"), person("bob"), teams=(team,), bob=9) == "bob"


def test_similar_titles_share_their_words() -> None:
    tickets = [
        Ticket({"id": f"TKT-2j0000{n}", "title": title})
        for n, title in enumerate(
            ["Printers print blank pages", "Printer prints blank page", "Coffee is out"]
        )
    ]
    assert [each.id for each in similar("printing blank pages", tickets)] == ["TKT-2j00000", "TKT-2j00001"]
    assert similar("the", tickets) == []

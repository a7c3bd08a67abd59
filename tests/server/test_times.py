"""When something happened: no later than now, no earlier than it can have been."""

from __future__ import annotations

import pytest

from tests.server.hub import BOB, Clone, Hub, entry_name, entry_text


@pytest.fixture
def ticket(bob: Clone) -> str:
    made = bob.create()
    bob.taken()
    return made


def say_at(clone: Clone, ticket: str, at: str, clock: int, by: str = BOB) -> str:
    """A comment of a moment, committed by hand."""
    text = entry_text(at, by, clock, "visibility: public\n", "Said then.")
    clone.put(clone.path(ticket).with_suffix("") / f"{entry_name(at)}.md", text)
    return clone.commit()


def test_the_future(bob: Clone, ticket: str) -> None:
    bob.refused(rules={"time-future"}, commit=say_at(bob, ticket, "2026-11-22T09:06:00Z", 1))


@pytest.mark.parametrize("at", ["2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2020-01-01T00:00:00Z"])
def test_other_centuries(bob: Clone, ticket: str, at: str) -> None:
    say_at(bob, ticket, at, 1)
    assert bob.push().rules & {"time-future", "time-order", "time-backdated"}


def test_a_clock_that_is_a_little_fast(bob: Clone, ticket: str) -> None:
    say_at(bob, ticket, "2026-11-22T09:04:00Z", 1)
    bob.taken()


def test_before_the_ticket(bob: Clone, ticket: str) -> None:
    bob.refused(rules={"time-order"}, commit=say_at(bob, ticket, "2026-11-22T08:00:00Z", 1))


def test_before_what_it_follows(bob: Clone, ticket: str) -> None:
    bob.at("12:00").tkt("comment", ticket, "-m", "At noon.")
    bob.taken()
    bob.refused(rules={"time-order"}, commit=say_at(bob, ticket, "2026-11-22T10:00:00Z", 2))


def test_older_than_the_policy_allows(bob: Clone, ticket: str) -> None:
    bob.at("2027-01-10T09:00:00Z")
    bob.refused(rules={"time-backdated"}, commit=say_at(bob, ticket, "2026-11-23T09:00:00Z", 1))


def test_old_entries_through_a_branch_with_other_rules(ana: Clone, bob: Clone, ticket: str) -> None:
    """Under the rules of an old commit anything may be dated back; on main it may not."""
    path = ana.root / ".tkt/project.yaml"
    ana.pull()
    ana.edit(path, "  backdate: 30d", "  backdate: 50y")
    lax = ana.commit("Anything goes")
    ana.edit(path, "  backdate: 50y", "  backdate: 30d")
    ana.commit("No longer")
    ana.taken()
    bob.git("fetch", "--quiet")
    bob.git("checkout", "--quiet", "-b", "old", lax)
    bob.taken("origin", "old")
    bob.at("2027-01-10T09:00:00Z")
    old = say_at(bob, ticket, "2026-11-23T09:00:00Z", 1)
    bob.taken("origin", "old")
    bob.git("merge", "--quiet", "-m", "Merge", "origin/main")
    bob.refused("origin", "HEAD:main", rules={"time-backdated"}, commit=old)


def test_a_ticket_older_than_the_policy_allows(bob: Clone) -> None:
    bob.create()
    bob.at("2027-01-10T09:00:00Z")
    bob.refused(rules={"time-backdated"}, commit=bob.head)


def test_an_id_from_another_time(bob: Clone, ticket: str) -> None:
    text = entry_text("2026-11-22T09:00:00Z", BOB, 1, "visibility: public\n", "x")
    name = entry_name("2026-11-22T08:00:00Z")
    bob.put(
        bob.path(ticket).with_suffix("") / f"{name}.md",
        text.replace(entry_name("2026-11-22T09:00:00Z"), name),
    )
    bob.refused(rules={"time-order"}, commit=bob.commit())


@pytest.mark.parametrize("at", ["2026-11-22T09:00:00", "2026-11-22T09:00:61Z", "yesterday"])
def test_moments_that_are_none(bob: Clone, ticket: str, at: str) -> None:
    text = entry_text("2026-11-22T09:00:00Z", BOB, 1).replace("at: 2026-11-22T09:00:00Z", f"at: {at}")
    bob.put(bob.path(ticket).with_suffix("") / f"{entry_name('2026-11-22T09:00:00Z')}.md", text)
    bob.refused(rules={"schema"}, commit=bob.commit())


def test_git_s_own_dates_do_not_count(bob: Clone, ticket: str) -> None:
    bob.at("09:10").tkt("comment", ticket, "-m", "Now.")
    bob.patch.setenv("GIT_COMMITTER_DATE", "2020-01-01T00:00:00Z")
    bob.git("commit", "--amend", "--no-edit", "--quiet", "--date=2099-01-01T00:00:00Z")
    bob.taken()


def test_without_a_connection(hub: Hub, bob: Clone, carol: Clone, ticket: str) -> None:
    """What was written on a train is taken, and shown: it cannot be told from a lie."""
    carol.pull()
    carol.at("10:00").tkt("comment", ticket, "-m", "On the train.")
    carol.create("Written on the train")
    bob.at("11:00").create("Meanwhile")
    bob.taken()
    carol.at("12:00").pull("--rebase")
    pushed = carol.taken()
    assert "[time-backdated] warning" in pushed.said
    assert hub.receipts[-1][1] == "2026-11-22T12:00:00Z"


def test_whoever_pushes_in_pieces(bob: Clone, ticket: str) -> None:
    """The second half is older than the first one's receipt."""
    bob.at("10:00").tkt("comment", ticket, "-m", "One.")
    bob.at("10:10").tkt("comment", ticket, "-m", "Two.")
    bob.at("12:00").taken("origin", "HEAD~1:main")
    pushed = bob.at("13:00").taken()
    assert "warning" not in pushed.said


def test_two_who_did_not_know_of_each_other(bob: Clone, carol: Clone, ticket: str) -> None:
    """Carol's second entry has a higher clock than Bob's first, which she did not know, and is older."""
    carol.pull()
    for minute in ("10", "11", "12"):
        carol.at(f"09:{minute}").tkt("comment", ticket, "-m", f"At {minute}.")
    bob.at("11:00").tkt("comment", ticket, "-m", "At eleven.")
    bob.taken()
    carol.at("11:30").pull("--rebase")
    carol.taken()

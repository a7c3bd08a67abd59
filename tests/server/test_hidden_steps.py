"""What is done in the middle of a push, beside it, or only in its merges, and would not show at the end."""

from __future__ import annotations

import pytest

from tests.server.hub import ANA, BOB, PEOPLE, Clone, Hub, entry_name, entry_text

EARLY, LATER = "2026-11-22T09:00:00Z", "2026-11-22T09:01:00Z"


@pytest.fixture
def ticket(bob: Clone) -> str:
    """A ticket that is closed, and there for everybody."""
    made = bob.create()
    bob.tkt("transition", made, "closed")
    bob.taken()
    return made


def test_an_illegal_step_behind_a_clean_tip(bob: Clone) -> None:
    ticket = bob.create()
    bob.tkt("transition", ticket, "closed")
    illegal = bob.step_by_hand(ticket, "closed", "waiting", at=EARLY, clock=2)
    bob.tkt("transition", ticket, "closed")
    said = bob.refused(rules={"transition"}, commit=illegal)
    assert "a ticket cannot go from closed to waiting" in said
    assert "From closed: reopened." in said


def test_a_status_that_no_workflow_has(bob: Clone) -> None:
    ticket = bob.create()
    illegal = bob.step_by_hand(ticket, "new", "gone", at=EARLY, clock=1)
    bob.refused(rules={"transition", "schema"}, commit=illegal)


def test_commits_that_another_branch_brought_first(hub: Hub, bob: Clone, ticket: str) -> None:
    """The guard was not there yet when they came: what was not judged then is judged now."""
    bob.at("09:05").step_by_hand(ticket, "closed", "waiting", at=LATER, clock=2)
    hook = hub.bare / "hooks" / "pre-receive"
    kept = hook.read_bytes()
    hook.unlink()
    bob.taken("origin", "HEAD:refs/heads/side")
    hook.write_bytes(kept)
    hook.chmod(0o755)
    bob.refused("origin", "HEAD:main", rules={"transition"}, commit=bob.head)
    hub.install()
    bob.refused("origin", "HEAD:main", rules={"transition"}, commit=bob.head)


def test_another_branch_is_judged_too(bob: Clone, ticket: str) -> None:
    illegal = bob.at("09:05").step_by_hand(ticket, "closed", "waiting", at=LATER, clock=2)
    bob.refused("origin", "HEAD:refs/heads/side", rules={"transition"}, commit=illegal)
    bob.refused("origin", "HEAD:refs/tags/v1", rules={"transition"}, commit=illegal)


def test_a_branch_from_before_the_rules(ana: Clone, bob: Clone) -> None:
    """Where nobody was listed yet everybody might do everything: that counts there, and not on main."""
    ana.put(".tkt/people.yaml", "agents: {}\n")
    lax = ana.commit("Everybody may do everything")
    ana.put(".tkt/people.yaml", PEOPLE)
    ana.commit("No longer")
    ana.taken()
    bob.git("fetch", "--quiet")
    bob.git("checkout", "--quiet", "-b", "old", lax)
    bob.taken("origin", "old")
    bob.put(".tkt/people.yaml", "agents:\n  bob: {email: bob@example.com, roles: [admin]}\n")
    changed = bob.commit("I am the admin now")
    bob.taken("origin", "old")
    bob.git("checkout", "--quiet", "-B", "main", "origin/main")
    bob.git("merge", "--quiet", "-s", "ours", "-m", "Merge", "old")
    bob.refused(rules={"protected"}, commit=changed)


def merged(clone: Clone, ticket: str) -> str:
    """Two branches that meet in a merge nobody has committed yet; the other branch's tip."""
    clone.at("09:05").git("checkout", "--quiet", "-b", "side")
    clone.create("Another ticket")
    side = clone.head
    clone.git("checkout", "--quiet", "main")
    clone.tkt("comment", ticket, "-m", "Here too.")
    clone.git("merge", "--quiet", "--no-commit", "--no-ff", "side")
    return side


def test_an_honest_merge(bob: Clone, ticket: str) -> None:
    merged(bob, ticket)
    bob.commit("Merge")
    bob.taken()


def test_a_status_changed_in_a_merge_only(bob: Clone, ticket: str) -> None:
    merged(bob, ticket)
    bob.edit(bob.path(ticket), "status: closed", "status: new")
    bob.refused(rules={"state"}, commit=bob.commit("Merge"))


def test_a_field_changed_in_a_merge_only(bob: Clone, ticket: str) -> None:
    merged(bob, ticket)
    bob.edit(bob.path(ticket), "assignee:\n", "assignee: bob@example.com\n")
    bob.refused(rules={"state"}, commit=bob.commit("Merge"))


def test_a_description_changed_in_a_merge_only(bob: Clone, ticket: str) -> None:
    merged(bob, ticket)
    bob.put(bob.path(ticket), bob.path(ticket).read_text(encoding="utf-8") + "\nSlipped in.\n")
    said = bob.refused(rules={"state"}, commit=bob.commit("Merge"))
    assert "description" in said


def test_an_illegal_step_with_its_entry_in_a_merge_only(bob: Clone, ticket: str) -> None:
    merged(bob, ticket)
    bob.edit(bob.path(ticket), "status: closed", "status: waiting")
    at = "2026-11-22T09:05:00Z"
    text = entry_text(at, BOB, 4, "changes:\n  status: [closed, waiting]\n")
    bob.put(bob.path(ticket).with_suffix("") / f"{entry_name(at)}.md", text)
    bob.refused(rules={"transition"}, commit=bob.commit("Merge"))


def test_an_entry_lost_in_a_merge(bob: Clone, ticket: str) -> None:
    merged(bob, ticket)
    bob.entries(ticket)[-1].unlink()
    bob.refused(rules={"entry-removed"}, commit=bob.commit("Merge"))


def test_an_entry_changed_in_a_merge(bob: Clone, ticket: str) -> None:
    merged(bob, ticket)
    bob.edit(bob.entries(ticket)[-1], "Here too.", "Not here.")
    bob.refused(rules={"entry-changed"}, commit=bob.commit("Merge"))


@pytest.mark.usefixtures("ticket")
def test_a_ticket_lost_in_a_merge(bob: Clone) -> None:
    """`-s ours` throws away what the other side says, and no diff of the merge shows it."""
    bob.at("09:05").git("checkout", "--quiet", "-b", "side", "HEAD~2")
    bob.create("Another ticket")
    bob.git("merge", "--quiet", "-s", "ours", "-m", "Merge", "main")
    bob.refused("origin", "side:main", rules={"ticket-removed"}, commit=bob.head)


def test_settings_changed_in_a_merge_only(bob: Clone, ticket: str) -> None:
    merged(bob, ticket)
    bob.edit(bob.root / ".tkt/people.yaml", "roles: [agent]", "roles: [admin]")
    bob.refused(rules={"protected"}, commit=bob.commit("Merge"))


def test_settings_taken_back_in_a_merge(ana: Clone, bob: Clone) -> None:
    """The merge has the settings of one of its parents, and takes back what the other had decided."""
    bob.git("checkout", "--quiet", "-b", "side")
    bob.create()
    ana.edit(ana.root / ".tkt/people.yaml", "others: requester", "others: agent")
    ana.commit("Everybody may")
    ana.taken()
    bob.git("fetch", "--quiet")
    bob.git("checkout", "--quiet", "-B", "main", "origin/main")
    bob.git("merge", "--quiet", "--no-commit", "--no-ff", "side")
    bob.git("checkout", "side", "--", ".tkt")
    bob.refused(rules={"protected"}, commit=bob.commit("Merge"))


@pytest.mark.usefixtures("ticket")
def test_settings_of_another_history(bob: Clone) -> None:
    bob.edit(bob.root / ".tkt/people.yaml", "roles: [agent]", "roles: [admin]")
    bob.git("add", "--all")
    orphan = bob.commit_tree(bob.git("write-tree"))
    bob.git("reset", "--quiet", "--hard")
    merge = bob.commit_tree(f"{orphan}^{{tree}}", bob.head, orphan)
    bob.refused("origin", f"{merge}:main", rules={"protected"}, commit=merge)


def test_a_revert_of_an_entry(bob: Clone, ticket: str) -> None:
    """`git revert` takes out what was said; tkt undo says that it no longer holds."""
    bob.at("09:05").tkt("comment", ticket, "-m", "Wrong.")
    bob.taken()
    bob.git("revert", "--no-edit", "HEAD")
    bob.refused(rules={"entry-removed"}, commit=bob.head)


def test_a_cherry_pick_of_an_illegal_step(bob: Clone, ticket: str) -> None:
    bob.at("09:05").git("checkout", "--quiet", "-b", "side")
    illegal = bob.step_by_hand(ticket, "closed", "waiting", at=LATER, clock=2)
    bob.git("checkout", "--quiet", "main")
    bob.git("cherry-pick", illegal)
    bob.refused(rules={"transition"}, commit=bob.head)


def test_a_rebase_of_an_illegal_step(ana: Clone, bob: Clone, ticket: str) -> None:
    bob.at("09:05").step_by_hand(ticket, "closed", "waiting", at=LATER, clock=2)
    ana.pull()
    ana.create("Meanwhile")
    ana.taken()
    bob.pull("--rebase")
    bob.refused(rules={"transition"}, commit=bob.head)


def test_an_old_value_that_was_never_there(bob: Clone, ticket: str) -> None:
    """From `waiting` the step would be allowed, but the ticket was not there."""
    bob.at("09:05")
    bob.edit(bob.path(ticket), "status: closed", "status: in-progress")
    text = entry_text(LATER, BOB, 2, "changes:\n  status: [waiting, in-progress]\n")
    bob.put(bob.path(ticket).with_suffix("") / f"{entry_name(LATER)}.md", text)
    bob.commit("a lie")
    assert "state" in bob.push().rules


@pytest.mark.parametrize("clock", [1, 2])
def test_a_step_that_claims_not_to_know_of_the_last_one(bob: Clone, ticket: str, clock: int) -> None:
    """It was `new` once, and from there the step is allowed; but this commit stands on one that closed it."""
    bob.at("09:05")
    bob.edit(bob.path(ticket), "status: closed", "status: in-progress")
    text = entry_text(LATER, BOB, clock, "changes:\n  status: [new, in-progress]\n")
    bob.put(bob.path(ticket).with_suffix("") / f"{entry_name(LATER)}.md", text)
    bob.commit("a lie")
    assert bob.push().rules & {"transition", "state"}


def test_an_entry_put_before_all_others(bob: Clone, ticket: str) -> None:
    """With the first clock it would tell what the ticket was in the beginning."""
    bob.at("09:05")
    bob.edit(bob.path(ticket), "status: closed", "status: waiting")
    at = "2026-11-22T08:59:00Z"
    text = entry_text(at, BOB, 1, "changes:\n  status: [reopened, waiting]\n", tail="0000")
    bob.put(bob.path(ticket).with_suffix("") / f"{entry_name(at, '0000')}.md", text)
    bob.commit("a lie")
    assert bob.push().rules & {"transition", "state"}


def test_a_change_without_an_entry(bob: Clone, ticket: str) -> None:
    bob.edit(bob.path(ticket), "title: Login page fails", "title: Nothing fails")
    bob.refused(rules={"state"}, commit=bob.commit())


def test_a_created_ticket_in_another_status(bob: Clone) -> None:
    ticket = bob.create()
    bob.edit(bob.path(ticket), "status: new", "status: closed")
    bob.refused(rules={"transition"}, commit=bob.commit("Amended", "--amend"))


def test_an_admin_is_held_to_the_workflow_as_well(ana: Clone, ticket: str) -> None:
    ana.pull()
    ana.at("09:05").step_by_hand(ticket, "closed", "waiting", at=LATER, clock=2, by=ANA)
    ana.refused(rules={"transition"}, commit=ana.head)

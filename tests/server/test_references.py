"""References that nobody may push, move or remove, and those that anybody may."""

from __future__ import annotations

import pytest

from tests.server.hub import BOB, MORNING, Clone, Hub, git


def test_a_reference_that_would_stand_in_for_another_object(hub: Hub, bob: Clone) -> None:
    """refs/replace makes Git show one commit in the place of another."""
    good = bob.head
    bob.edit(bob.root / ".tkt/people.yaml", "roles: [agent]", "roles: [admin]")
    fake = bob.commit("fake")
    bob.refused("origin", f"{fake}:refs/replace/{good}", rules={"ref"})
    assert "refs/replace" not in hub.git("for-each-ref")


def test_a_replacement_on_the_server_is_not_looked_at(hub: Hub, bob: Clone) -> None:
    ticket = bob.create()
    bob.tkt("transition", ticket, "closed")
    bob.taken()
    good = bob.head
    bob.at("09:05").step_by_hand(ticket, "closed", "waiting", at="2026-11-22T09:05:00Z", clock=2)
    bob.taken("origin", f"{good}:refs/heads/side")
    hub.git("fetch", "--quiet", str(bob.root), "HEAD")
    hub.git("replace", bob.head, good)
    bob.refused(rules={"transition"}, commit=bob.head)


@pytest.mark.parametrize(
    "ref", ["refs/tkt/x", "refs/pull/1/head", "refs/stash", "refs/heads/-x", "refs/heads/a~1"]
)
def test_names_that_are_no_branches(hub: Hub, bob: Clone, ref: str) -> None:
    """`git update-ref` makes a branch called -x, which `git push` sends as it is."""
    if "~" in ref:
        return  # Git itself has no such names
    before = hub.git("for-each-ref")
    bob.refused("origin", f"{bob.head}:{ref}", rules={"ref"})
    assert hub.git("for-each-ref") == before


def test_a_branch_that_looks_like_an_option(hub: Hub, bob: Clone) -> None:
    bob.git("update-ref", "refs/heads/--upload-pack=x", bob.head)
    bob.refused("origin", "refs/heads/--upload-pack=x", rules={"ref"})
    assert "upload-pack" not in hub.git("for-each-ref")


def test_force(bob: Clone) -> None:
    bob.create()
    bob.taken()
    bob.git("reset", "--quiet", "--hard", "HEAD~1")
    bob.create("Another one")
    bob.refused("--force", "origin", "HEAD:main", rules={"ref"})


def test_removal(bob: Clone) -> None:
    bob.taken("origin", "HEAD:refs/heads/release/1.0")
    bob.refused("origin", ":main", rules={"ref"})
    bob.refused("origin", ":release/1.0", rules={"ref"})


def test_the_main_branch_is_protected_whatever_the_settings_say(ana: Clone) -> None:
    ana.edit(ana.root / ".tkt/project.yaml", '  protected: [main, "release/*"]', "  protected: []")
    ana.commit("Nothing is protected")
    ana.taken()
    ana.git("reset", "--quiet", "--hard", "HEAD~1")
    ana.refused("--force", "origin", "HEAD:main", rules={"ref"})


def test_a_policy_that_is_pushed_along_does_not_count(ana: Clone) -> None:
    ana.taken("origin", "HEAD:refs/heads/release/1.0")
    ana.edit(ana.root / ".tkt/project.yaml", '  protected: [main, "release/*"]', "  protected: []")
    ana.commit("Nothing is protected")
    ana.refused("--atomic", "origin", "HEAD:main", ":release/1.0", rules={"ref"})


def test_tags_stay_where_they_are(bob: Clone) -> None:
    bob.git("tag", "v1")
    bob.git("tag", "-a", "v2", "-m", "Two")
    bob.taken("origin", "v1", "v2")
    bob.create()
    bob.taken()
    bob.git("tag", "--force", "v1")
    bob.refused("--force", "origin", "v1", rules={"ref"})
    bob.refused("origin", ":refs/tags/v1", rules={"ref"})


def test_feature_branches_are_rebased_and_removed(bob: Clone) -> None:
    bob.git("checkout", "--quiet", "-b", "feature")
    ticket = bob.create()
    bob.at("09:10").tkt("comment", ticket, "-m", "One.")
    bob.taken("origin", "feature")
    bob.git("reset", "--quiet", "--hard", "HEAD~1")
    bob.tkt("comment", ticket, "-m", "Two.")
    bob.taken("--force", "origin", "feature")
    bob.taken("origin", ":feature")


def test_notes_are_taken(bob: Clone) -> None:
    bob.git("notes", "add", "-m", "seen")
    bob.taken("origin", "refs/notes/commits")
    bob.git("notes", "add", "--force", "-m", "seen again")
    bob.taken("origin", "refs/notes/commits")


def test_tickets_that_come_as_notes(bob: Clone) -> None:
    ticket = bob.create()
    bob.tkt("transition", ticket, "closed")
    bob.step_by_hand(ticket, "closed", "waiting", at=MORNING, clock=2)
    bob.refused("origin", "HEAD:refs/notes/hidden", rules={"transition"}, commit=bob.head)


def test_one_wrong_reference_keeps_all_out(hub: Hub, bob: Clone) -> None:
    bob.create()
    before = hub.git("for-each-ref")
    bob.refused("origin", "HEAD:main", "HEAD:refs/heads/good", "HEAD:refs/tkt/bad", rules={"ref"})
    assert hub.git("for-each-ref") == before


def test_without_a_main_branch_no_other_one_is_taken(hub: Hub, bob: Clone) -> None:
    """There would be nothing to judge it by."""
    hub.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    bob.create()
    bob.refused("origin", "HEAD:refs/heads/side", rules={"ref"})


def test_what_git_itself_refuses(hub: Hub, bob: Clone) -> None:
    hub.git("config", "receive.maxInputSize", "1000")
    bob.put("large", "".join(f"{number * 7919 % 10007}\n" for number in range(10000)))
    bob.commit()
    pushed = bob.push()
    assert pushed.code != 0
    assert not pushed.rules


def test_without_tkt_nothing_is_taken(hub: Hub, bob: Clone) -> None:
    hook = hub.bare / "hooks" / "pre-receive"
    lines = hook.read_text(encoding="utf-8").splitlines(keepends=True)
    hook.write_text(
        "".join("tkt=/nowhere/tkt\n" if line.startswith("tkt=") else line for line in lines), encoding="utf-8"
    )
    bob.create()
    pushed = bob.push()
    assert pushed.code != 0
    assert "nothing can be pushed" in pushed.said


def test_the_first_push_into_an_empty_repository(hub: Hub, bob: Clone) -> None:
    git(hub.root, "init", "--quiet", "--bare", "other.git")
    hub.bare = hub.root / "other.git"
    hub.install()
    bob.create()
    bob.git("remote", "set-url", "origin", str(hub.bare))
    bob.taken()
    assert {row[2] for row in hub.receipts} == {BOB}

"""Who answers for a commit: whoever the transport knows, never what the commit says of itself."""

from __future__ import annotations

import pytest

from tests.server.hub import ANA, BOB, CAROL, DAVE, Clone, Hub, entry_name, entry_text, git


@pytest.fixture
def ticket(bob: Clone) -> str:
    made = bob.create()
    bob.taken()
    return made


def test_an_entry_in_another_name(bob: Clone, ticket: str) -> None:
    bob.at("09:05").tkt("comment", ticket, "-m", "I allow it.", by=CAROL)
    said = bob.refused(rules={"author"}, commit=bob.head)
    assert "bob@example.com answers for it" in " ".join(said.split())


def test_a_ticket_in_another_name(bob: Clone) -> None:
    bob.create(by=CAROL)
    bob.refused(rules={"author"}, commit=bob.head)


def test_the_commit_may_name_anybody(bob: Clone, ticket: str) -> None:
    """Git's own author is free text; the entry counts, and the transport."""
    bob.at("09:05").tkt("comment", ticket, "-m", "On it.")
    bob.git("commit", "--amend", "--no-edit", "--quiet", f"--author=Carol <{CAROL}>")
    bob.taken()


def test_a_name_in_a_push_option_does_not_count(bob: Clone, ticket: str) -> None:
    bob.at("09:05").tkt("comment", ticket, "-m", "On it.", by=CAROL)
    bob.refused(rules={"author"}, options=[f"TKT_USER={CAROL}", f"tkt.user={CAROL}"])


def test_nobody(bob: Clone, ticket: str) -> None:
    bob.at("09:05").tkt("comment", ticket, "-m", "On it.")
    bob.refused(rules={"author"}, user="", commit=bob.head)


def test_nobody_may_push_code(bob: Clone) -> None:
    bob.put("code.py", "print()\n")
    bob.commit()
    bob.taken(user="")


def test_nobody_where_anybody_may(hub: Hub, bob: Clone, ticket: str) -> None:
    hub.install("--anonymous")
    bob.at("09:05").tkt("comment", ticket, "-m", "On it.")
    bob.taken(user="")
    assert hub.receipts[-1][2] == "-"


def test_settings_by_nobody(hub: Hub, bob: Clone) -> None:
    """Nobody is believed to be an admin because a commit says so."""
    hub.install("--anonymous")
    bob.edit(bob.root / ".tkt/people.yaml", "roles: [agent]", "roles: [admin]")
    changed = bob.commit("Me too", f"--author=Ana <{ANA}>")
    bob.refused(rules={"protected"}, user="", commit=changed)


def test_whoever_may_vouch(ana: Clone, ticket: str) -> None:
    """An admin brings in what others wrote: an import, a patch."""
    ana.pull()
    ana.at("09:05").tkt("comment", ticket, "-m", "By mail.", by="customer@example.org")
    ana.taken()


def test_the_web_server_says_who(bob: Clone, ticket: str) -> None:
    bob.patch.setenv("REMOTE_USER", BOB)
    bob.at("09:05").tkt("comment", ticket, "-m", "On it.")
    bob.taken(user="")
    bob.tkt("comment", ticket, "-m", "On it.", by=CAROL)
    bob.refused(rules={"author"}, user="")


def test_a_colleague_brings_what_was_received(hub: Hub, bob: Clone, carol: Clone, ticket: str) -> None:
    bob.git("checkout", "--quiet", "-b", "feature")
    bob.at("09:05").tkt("comment", ticket, "-m", "On it.")
    bob.taken("origin", "feature")
    carol.git("fetch", "--quiet")
    carol.git("merge", "--quiet", "--no-ff", "-m", "Merge", "origin/feature")
    carol.at("09:20").taken()
    assert [row[2] for row in hub.receipts[-2:]] == [BOB, CAROL]


def test_a_colleague_rebases_what_was_received(bob: Clone, carol: Clone, ticket: str) -> None:
    bob.git("checkout", "--quiet", "-b", "feature")
    bob.at("09:05").tkt("comment", ticket, "-m", "On it.")
    made = bob.create("Another")
    bob.tkt("transition", made, "in-progress")
    bob.taken("origin", "feature")
    carol.pull()
    carol.create("Meanwhile")
    carol.taken()
    carol.git("checkout", "--quiet", "feature")
    carol.git("rebase", "--quiet", "main")
    carol.at("09:30").taken("origin", "HEAD:main")


def test_a_colleague_picks_what_was_received(bob: Clone, carol: Clone, ticket: str) -> None:
    bob.git("checkout", "--quiet", "-b", "feature")
    bob.at("09:05").tkt("comment", ticket, "-m", "On it.")
    bob.taken("origin", "feature")
    carol.pull()
    carol.at("09:06").create("Meanwhile")
    carol.git("cherry-pick", "origin/feature")
    carol.taken()


def test_a_colleague_picks_what_nobody_received(bob: Clone, carol: Clone, ticket: str) -> None:
    bob.at("09:05").tkt("comment", ticket, "-m", "On it.")
    carol.git("pull", "--quiet", str(bob.root), "main")
    carol.refused(rules={"author"}, commit=bob.head)


def test_a_forged_entry_that_came_as_something_else(bob: Clone, ticket: str) -> None:
    """The same bytes came before, in a file of code: nobody answered for them as an entry."""
    at = "2026-11-22T09:05:00Z"
    text = entry_text(at, CAROL, 1, "visibility: public\n", "I allow it.")
    bob.at("09:05").put("code.txt", text)
    bob.commit()
    bob.taken()
    bob.put(bob.path(ticket).with_suffix("") / f"{entry_name(at)}.md", text)
    bob.refused(rules={"author"}, commit=bob.commit())


def test_what_was_there_before_the_guard(hub: Hub, bob: Clone, carol: Clone) -> None:
    git(hub.root, "init", "--quiet", "--bare", "old.git")
    hub.bare = hub.root / "old.git"
    bob.git("remote", "set-url", "origin", str(hub.bare))
    bob.taken()
    bob.git("checkout", "--quiet", "-b", "old")
    bob.create()
    bob.taken("origin", "old")
    hub.install()
    carol.git("remote", "set-url", "origin", str(hub.bare))
    carol.git("fetch", "--quiet")
    carol.git("merge", "--quiet", "--no-ff", "-m", "Merge", "origin/old")
    carol.taken()
    carol.create(by=BOB)
    carol.refused(rules={"author"})


def test_commits_without_a_receipt_are_the_pushers(hub: Hub, bob: Clone, carol: Clone, ticket: str) -> None:
    """Whoever cuts the line before the receipt is written has won nothing."""
    carol.pull()
    carol.git("checkout", "--quiet", "-b", "side")
    carol.at("09:05").tkt("comment", ticket, "-m", "Carol's own.")
    carol.taken("origin", "side")
    path = hub.bare / "tkt" / "receipts"
    kept = [
        line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if carol.head not in line
    ]
    path.write_text("".join(kept), encoding="utf-8")
    bob.git("fetch", "--quiet")
    bob.git("merge", "--quiet", "--ff-only", "origin/side")
    bob.at("09:40")
    bob.edit(bob.path(ticket), "title: Login", "title: Log in")
    bob.git("checkout", "--quiet", "--", ".")
    bob.refused(rules={"author"}, commit=carol.head)
    hub.install()  # whoever runs the server takes what is there
    bob.taken()


def test_roles(hub: Hub, ticket: str) -> None:
    dave = hub.clone(DAVE)
    dave.at("09:05").tkt("comment", ticket, "-m", "Me too.")
    dave.taken()
    forbidden = dave.step_by_hand(ticket, "new", "closed", at="2026-11-22T09:05:00Z", clock=2)
    said = dave.refused(rules={"role"}, commit=forbidden)
    assert "may not move tickets" in said


def test_an_override(hub: Hub, carol: Clone, ticket: str) -> None:
    carol.pull()
    carol.at("09:05").tkt("transition", ticket, "closed")
    illegal = carol.step_by_hand(ticket, "closed", "waiting", at="2026-11-22T09:05:00Z", clock=2)
    carol.refused(rules={"transition"}, commit=illegal)
    pushed = carol.taken(options=["tkt.override=The customer called,  twice"])
    assert "overridden" in pushed.said
    assert "[transition]" in pushed.said
    assert [row[4] for row in hub.receipts[-2:]] == ["The customer called, twice"] * 2


@pytest.mark.parametrize("option", ["tkt.override=", "tkt.override", "tkt.override=   "])
def test_an_override_without_a_reason(carol: Clone, ticket: str, option: str) -> None:
    carol.pull()
    carol.at("09:05").tkt("transition", ticket, "closed")
    carol.step_by_hand(ticket, "closed", "waiting", at="2026-11-22T09:05:00Z", clock=2)
    carol.refused(rules={"transition", "role"}, options=[option])


def test_an_override_by_somebody_who_may_not(bob: Clone, ticket: str) -> None:
    bob.at("09:05").tkt("transition", ticket, "closed")
    bob.step_by_hand(ticket, "closed", "waiting", at="2026-11-22T09:05:00Z", clock=2)
    bob.refused(rules={"transition", "role"}, options=["tkt.override=I want to"])


def test_an_override_of_what_nobody_may_override(carol: Clone, ticket: str) -> None:
    carol.pull()
    carol.at("09:05").tkt("comment", ticket, "-m", "Mine.")
    carol.taken()
    carol.edit(carol.entries(ticket)[0], "Mine.", "Yours.")
    carol.refused(rules={"entry-changed"}, commit=carol.commit(), options=["tkt.override=why not"])


def test_an_override_by_a_right_that_is_pushed_along(bob: Clone, ticket: str) -> None:
    bob.edit(bob.root / ".tkt/people.yaml", "roles: [agent]", "roles: [admin]")
    bob.commit()
    bob.at("09:05").tkt("transition", ticket, "closed")
    bob.step_by_hand(ticket, "closed", "waiting", at="2026-11-22T09:05:00Z", clock=2)
    bob.refused(rules={"protected", "transition", "role"}, options=["tkt.override=I may, from now on"])


def test_settings_by_an_admin(ana: Clone) -> None:
    ana.edit(ana.root / ".tkt/people.yaml", "others: requester", "others: agent")
    ana.commit()
    ana.taken()


@pytest.mark.parametrize(
    "path", [".tkt/people.yaml", ".tkt/templates/bug.md", ".gitattributes", ".tkt/other"]
)
def test_settings_by_somebody_else(bob: Clone, path: str) -> None:
    bob.put(path, "x: 1\n" if path == ".tkt/other" else "# nothing\n")
    changed = bob.commit()
    pushed = bob.push()
    assert "protected" in pushed.rules, pushed.said
    assert changed[:10] in pushed.commits


def test_a_policy_pushed_together_with_what_it_would_allow(ana: Clone, ticket: str) -> None:
    ana.pull()
    ana.at("09:05").tkt("transition", ticket, "closed")
    path = ana.root / ".tkt/workflow.yaml"
    ana.edit(path, "- {from: closed, to: [reopened]}", "- {from: closed, to: [reopened, waiting]}")
    ana.commit("Everything goes")
    ana.tkt("transition", ticket, "waiting")
    ana.refused(rules={"transition"}, commit=ana.head)
    ana.taken("origin", "HEAD~1:main")
    ana.taken()  # the rule first, then what it allows


def test_settings_that_are_not_valid(ana: Clone) -> None:
    ana.edit(ana.root / ".tkt/people.yaml", "others: requester", "others: nobody-knows")
    said = ana.refused(rules={"settings"}, commit=ana.commit())
    assert ".tkt/people.yaml:5" in said


def test_a_moment_on_the_server(hub: Hub, bob: Clone) -> None:
    bob.create()
    bob.at("10:00").taken()
    assert hub.receipts[-1][1] == "2026-11-22T10:00:00Z"
    assert {row[2] for row in hub.receipts} == {ANA, BOB}

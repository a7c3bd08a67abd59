"""`tkt sync` against a server with a guard: what it joins is taken, and a refusal is shown."""

from __future__ import annotations

import json

import pytest

from tests.server.hub import BOB, CAROL, Clone, Hub, entry_name, entry_text


def _sync(clone: Clone, code: int = 0) -> str:
    """Exchange, as the transport knows whoever pushes."""
    clone.patch.setenv("TKT_USER", clone.who)
    said = clone.tkt("sync", code=code)
    return said.out + said.err


def test_what_two_people_did_offline_is_taken(hub: Hub, bob: Clone, carol: Clone) -> None:
    ticket = bob.create("Login page fails", "One line.\n")
    other = bob.create("Another")
    bob.taken()
    carol.pull()
    bob.at("09:10").tkt("transition", ticket, "closed")
    bob.tkt("label", ticket, "apple")
    bob.tkt("set", ticket, "title=His")
    bob.tkt("comment", other, "-m", "His.")
    carol.tkt("transition", ticket, "in-progress")
    carol.tkt("label", ticket, "vip")
    carol.tkt("set", ticket, "title=Hers", "priority=P1", "-m", "now")
    carol.tkt("comment", other, "-m", "Hers.")
    _sync(bob)
    assert "both sides set status" in _sync(carol)
    _sync(bob)
    assert bob.head == carol.head
    assert hub.receipts[-1][2] == CAROL


def test_a_refusal_is_shown_and_keeps_what_is_here(hub: Hub, bob: Clone) -> None:
    ticket = bob.create()
    bob.taken()
    before = hub.receipts[-1]
    bob.edit(bob.path(ticket), "Login page", "Page")
    bob.commit()
    head = bob.head
    said = _sync(bob, code=8)
    assert "origin/main refuses:" in said
    assert "[state]" in said
    assert bob.head == head
    assert hub.receipts[-1] == before
    assert before[2] == BOB


@pytest.mark.parametrize("status", ["in-progress", "closed"])
def test_what_settles_a_disagreement_is_taken(hub: Hub, bob: Clone, carol: Clone, status: str) -> None:
    ticket = bob.create()
    bob.taken()
    carol.pull()
    bob.at("09:10").tkt("transition", ticket, "closed")
    carol.tkt("transition", ticket, "in-progress")
    _sync(bob)
    _sync(carol)
    carol.at("09:20").tkt("resolve", ticket, f"status={status}")
    _sync(carol)
    _sync(bob)
    assert json.loads(bob.tkt("show", ticket, "--json").out)["contested"] == []
    assert hub.receipts[-1][2] == CAROL


def test_a_step_cannot_pass_for_settling_a_disagreement(bob: Clone) -> None:
    ticket = bob.create()
    bob.taken()
    bob.at("09:10").tkt("transition", ticket, "in-progress")
    bob.at("09:15").tkt("transition", ticket, "waiting")
    bob.taken()
    entry = entry_text("2026-11-22T09:20:00Z", BOB, 3, "changes:\n  status: [new, new]\nsettles: status\n")
    bob.at("09:20").edit(bob.path(ticket), "\nstatus: waiting\n", "\nstatus: new\n")
    bob.put(bob.path(ticket).with_suffix("") / f"{entry_name('2026-11-22T09:20:00Z')}.md", entry)
    bob.commit()
    bob.refused(rules={"transition"})


def test_two_tickets_of_one_id_are_taken(hub: Hub, bob: Clone, carol: Clone) -> None:
    ids = {}
    for each in (bob, carol):
        each.pull()
        ids[each.who] = each.create(f"By {each.who}")
    theirs, mine = ids[BOB], ids[CAROL]
    carol.tkt("comment", mine, "-m", f"About {mine}.")
    _rename(carol, mine, theirs)
    carol.tkt("comment", theirs, "-m", "Later.")
    _sync(bob)
    said = _sync(carol)
    assert f"{theirs}: that is another ticket elsewhere; the one from here is " in said
    titles = {each["id"]: each["title"] for each in json.loads(carol.tkt("list", "--json").out)}
    assert titles.pop(theirs) == f"By {BOB}"
    ((new, title),) = titles.items()
    assert title == f"By {CAROL}"
    thread = json.loads(carol.tkt("show", new, "--json").out)["thread"]
    assert [each["body"].strip() for each in thread] == [f"About {new}.", "Later."]
    _sync(bob)
    assert bob.head == carol.head
    assert hub.receipts[-1][2] == CAROL


def test_own_commits_on_top_of_others_are_taken(hub: Hub, ana: Clone, bob: Clone, carol: Clone) -> None:
    ana.edit(ana.root / ".tkt" / "project.yaml", "integrate: merge", "integrate: rebase")
    ana.commit()
    ana.taken()
    bob.pull()
    ticket = bob.create("Login page fails", "One line.\n")
    bob.taken()
    carol.pull()
    bob.at("09:10").tkt("transition", ticket, "in-progress")
    bob.tkt("set", ticket, "title=His", "priority=P2", "-m", "so")
    carol.tkt("set", ticket, "title=Hers", "priority=P1", "-m", "now")
    carol.tkt("comment", ticket, "-m", "Hers.")
    carol.edit(carol.path(ticket), "One line.", "Another line.")
    carol.tkt("record", ticket)
    _sync(bob)
    assert "both sides set priority; P1 holds, not P2" in _sync(carol)
    assert carol.git("rev-list", "--merges", "HEAD") == ""
    _sync(bob)
    assert bob.head == carol.head
    assert hub.receipts[-1][2] == CAROL


def _rename(clone: Clone, old: str, new: str) -> None:
    """Give the tickets of a clone's commits another id, as if chance had given it that one."""
    base = clone.git("rev-parse", "origin/main")
    script = (
        f'for f in $(find tickets -name "*.md"); do sed -i "s/{old}/{new}/g" "$f"; done; '
        f'for f in $(find tickets -depth -name "{old}*"); do mv "$f" "$(echo $f | sed s/{old}/{new}/)"; done'
    )
    clone.git(
        "filter-branch", "--force", "--tree-filter", script, "--msg-filter", f"sed s/{old}/{new}/g",
        f"{base}..HEAD",
    )  # fmt: skip

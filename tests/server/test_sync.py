"""`tkt sync` against a server with a guard: what it joins is taken, and a refusal is shown."""

from __future__ import annotations

from tests.server.hub import BOB, CAROL, Clone, Hub


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

"""An honest day's work: nothing of it is refused."""

from __future__ import annotations

from tests.server.hub import BOB, Clone, Hub


def test_a_ticket_and_a_comment(bob: Clone) -> None:
    ticket = bob.create()
    bob.at("09:10").tkt("comment", ticket, "-m", "On it.")
    bob.tkt("transition", ticket, "in-progress")
    bob.taken()


def test_who_pushed_is_written_down(hub: Hub, bob: Clone) -> None:
    bob.create()
    bob.taken()
    assert hub.receipts[-1][:4] == [bob.head, "2026-11-22T09:00:00Z", BOB, "refs/heads/main"]

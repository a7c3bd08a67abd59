"""Two laptops offline with the same ten tickets, edited in every way there is, and then one exchange each."""

from __future__ import annotations

from tests.sharing.clones import Hub, Laptop, unsound

BODY = "One line.\n\nTwo lines.\n\nThree lines.\n"


def _work(laptop: Laptop, tickets: list[str], *, first: bool) -> None:
    """Everything that commands can do to a ticket, and an edit by hand."""
    name = laptop.who.partition("@")[0]
    status = ("in-progress", "waiting", "closed") if first else ("closed", "in-progress", "assigned")
    for number, ticket in enumerate(tickets):
        laptop.tkt("comment", ticket, "-m", f"Comment of {name} on {number}.")
        laptop.tkt("label", ticket, name)
        laptop.tkt("transition", ticket, status[number % 3])
        laptop.tkt("set", ticket, f"title=Title {number} of {name}")
        laptop.tkt("set", ticket, f"priority={'P1' if first else 'P5'}", "-m", f"As {name} says.")
        laptop.tkt("assign", ticket, laptop.who)
        laptop.tkt("set", ticket, f"due=2026-12-0{1 + first}T00:00:00Z")
        laptop.tkt("time", "add", ticket, "5m" if first else "7m")
        laptop.tkt("watch", ticket)
        laptop.tkt("link", ticket, "relates", tickets[number - (1 if first else 2)])
        laptop.edit(ticket, *(("One line.", "One line, mended.") if first else ("Three", "Four")))
        laptop.edit(ticket, "category:\n", f"category: {'access' if first else 'network'}\n")
    laptop.tkt("record", "-m", f"By hand, by {name}.")


def test_nothing_of_it_is_lost(hub: Hub, ana: Laptop, bob: Laptop) -> None:
    tickets = [ana.create(f"Title {number}", BODY, "--label", "both") for number in range(10)]
    ana.sync()
    bob.sync()
    for laptop in (ana, bob):
        _work(laptop, tickets, first=laptop is ana)
    entries = {
        (ticket, path.name) for laptop in (ana, bob) for ticket in tickets for path in laptop.entries(ticket)
    }
    ana.sync()
    said = bob.sync()
    ana.sync()

    assert ana.head == bob.head == hub.head
    assert ana.status == bob.status == ""
    assert unsound(ana.root) == []
    assert {(ticket, path.name) for ticket in tickets for path in ana.entries(ticket)} == entries
    for number, ticket in enumerate(tickets):
        shown = ana.show(ticket)
        assert shown["labels"] == ["ana", "bob", "both"]
        assert shown["status"] == ("in-progress", "in-progress", "assigned")[number % 3]
        assert shown["priority"] == "P1"
        assert shown["due"] == "2026-12-01T00:00:00Z"
        assert shown["watchers"] == ["ana@example.com", "bob@example.com"]
        assert shown["minutes"] == 12
        assert set(shown["links"]) == {f"relates {tickets[number - 1]}", f"relates {tickets[number - 2]}"}
        assert "One line, mended." in shown["body"]
        assert "Four lines." in shown["body"]
        assert shown["category"] in {"access", "network"}
        assert f"{ticket}: both sides set status" in said.out

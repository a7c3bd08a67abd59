"""Commits of code: that they name a ticket where they must, and that they move what they fix."""

from __future__ import annotations

from tests.server.hub import ANA, BOB, Clone, Hub


def policy(ana: Clone, old: str, new: str) -> None:
    """Change what the policy says, as somebody who may."""
    ana.pull()
    ana.edit(ana.root / ".tkt/project.yaml", old, new)
    ana.commit("Change the policy")
    ana.taken()


def code(who: Clone, message: str) -> str:
    """A commit of code."""
    who.put("code.py", f"# {message}\n")
    return who.commit(message)


class TestReferences:
    def test_code_that_names_no_ticket(self, ana: Clone, bob: Clone) -> None:
        policy(ana, 'reference: "off"', "reference: require")
        bob.pull()
        ticket = bob.create()
        first = code(bob, "Take the cache out")
        code(bob, f"Take it out for good, see {ticket}")
        said = bob.refused(rules={"message"}, commit=first)
        assert "the message names no ticket" in said

    def test_a_ticket_that_is_not_there(self, ana: Clone, bob: Clone) -> None:
        policy(ana, 'reference: "off"', "reference: require")
        bob.pull()
        code(bob, "See TKT-2j00000")
        assert "there is no ticket TKT-2j00000" in bob.refused(rules={"message"})

    def test_honest_ones(self, ana: Clone, bob: Clone) -> None:
        code(bob, "Nobody wants a reference yet")
        bob.taken()
        policy(ana, 'reference: "off"', "reference: require")
        bob.pull()
        ticket = bob.create()
        code(bob, f"Take the cache out\n\nRefs: {ticket}")
        bob.git("switch", "--quiet", "--create", "side")
        code(bob, f"fixup! Take the cache out ({ticket})")
        bob.git("switch", "--quiet", "main")
        bob.git("merge", "--quiet", "--no-ff", "--no-edit", "side")
        bob.taken()


class TestFixes:
    def test_they_move_their_tickets_when_they_reach_the_main_branch(self, bob: Clone) -> None:
        ticket = bob.create()
        bob.taken()
        bob.git("switch", "--quiet", "--create", "fix")
        code(bob, f"Take the cache out\n\nFixes {ticket}")
        bob.taken("origin", "fix")
        bob.pull("origin", "main")
        assert bob.status(ticket) == "new"

        bob.git("switch", "--quiet", "main")
        bob.git("merge", "--quiet", "--ff-only", "fix")
        said = bob.taken().said
        assert f"{ticket}  status: new -> resolved" in said
        bob.pull()
        assert bob.status(ticket) == "resolved"

    def test_by_whoever_pushes_and_not_by_whom_the_commit_names(self, hub: Hub, bob: Clone) -> None:
        ticket = bob.create()
        bob.put("code.py", "mine\n")
        bob.git("add", "--all")
        bob.git("commit", "--quiet", "--no-verify", "--author", f"Ana <{ANA}>", "-m", f"Closes {ticket}")
        bob.taken()
        bob.pull()
        assert f"by: {BOB}" in bob.entries(ticket)[-1].read_text(encoding="utf-8")
        assert hub.receipts[-1][0] == bob.head
        assert hub.receipts[-1][2] == BOB

    def test_once_however_often_it_comes(self, bob: Clone) -> None:
        ticket = bob.create()
        code(bob, f"Fixes {ticket}")
        bob.taken()
        bob.pull()
        bob.at("09:10").tkt("transition", ticket, "reopened")
        code(bob, "Go on")
        assert "resolved" not in bob.taken().said
        bob.pull()
        assert bob.status(ticket) == "reopened"

    def test_as_far_as_the_workflow_lets_them(self, ana: Clone, bob: Clone) -> None:
        ana.pull()
        path = ana.root / ".tkt/workflow.yaml"
        ana.edit(
            path,
            "- {from: new, to: [assigned, in-progress, waiting, resolved, closed]}",
            "- {from: new, to: [assigned]}",
        )
        ana.commit("Nothing is resolved that nobody has looked at")
        ana.taken()
        bob.pull()
        ticket = bob.create()
        code(bob, f"Fixes {ticket}")
        assert "cannot go from new to resolved" in " ".join(bob.taken().said.split())
        bob.pull()
        assert bob.status(ticket) == "new"

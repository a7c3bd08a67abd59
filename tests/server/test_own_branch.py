"""A server whose desk has a branch of its own: it is guarded there, and code passes beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.desk import type_tkt
from tests.server.hub import ANA, BOB, PEOPLE, Clone, Hub, git

DESK = ".tkt-desk"


@pytest.fixture(scope="session")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server that every test gets a copy of is kept once it is made."""
    return tmp_path_factory.mktemp("apart") / "hub"


@pytest.fixture
def hub(apart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A guarded server with code, and a desk on the branch tickets; nobody's clone."""
    if not apart.exists():
        _begin(Hub(apart, monkeypatch))
    shutil.copytree(apart, tmp_path / "hub")
    return Hub(tmp_path / "hub", monkeypatch)


def _begin(hub: Hub) -> None:
    hub.root.mkdir()
    git(hub.root, "init", "--quiet", "--bare", "hub.git")
    hub.install("--branch", "tickets")
    first = hub.clone(ANA, "first")
    first.git("checkout", "--quiet", "-B", "main")
    first.put("app.py", "1\n")
    first.commit("Begin")
    first.taken("origin", "main")
    first.tkt("init", "--branch", "tickets")
    first.put(f"{DESK}/.tkt/people.yaml", PEOPLE)
    first.git("-C", DESK, "commit", "--quiet", "--all", "-m", "People")
    first.taken("origin", "tickets")
    hub.patch.chdir(hub.root)
    shutil.rmtree(first.root)


def at_desk(hub: Hub, who: str) -> Clone:
    """A clone, and the same person at its desk's folder."""
    clone = hub.clone(who)
    clone.tkt("status")
    return Clone(clone.root / DESK, who, clone.patch)


def test_steps_are_judged_on_the_branch_of_the_desk(hub: Hub) -> None:
    bob = at_desk(hub, BOB)
    ticket = bob.create()
    bob.taken("origin", "tickets")
    bob.tkt("transition", ticket, "closed")
    bob.taken("origin", "tickets")
    bob.at("10:00").step_by_hand(ticket, "closed", "waiting", at="2026-11-22T10:00:00Z", clock=3)
    bob.refused("origin", "tickets", rules={"transition"})


def test_settings_are_protected_there(hub: Hub) -> None:
    bob = at_desk(hub, BOB)
    bob.edit(bob.root / ".tkt/project.yaml", "fixes: resolved", "fixes: closed")
    bob.commit("Other rules")
    bob.refused("origin", "tickets", rules={"protected"})
    bob.refused("origin", "HEAD:refs/heads/proposal", rules={"protected"})


def test_the_branch_only_grows(hub: Hub) -> None:
    bob = at_desk(hub, BOB)
    bob.create()
    bob.taken("origin", "tickets")
    bob.refused("origin", "+HEAD~1:tickets", rules={"ref"})
    bob.refused("origin", ":tickets", rules={"ref"})
    bob.refused("origin", "+main:tickets", rules={"ref"})


def test_code_passes(hub: Hub) -> None:
    bob = hub.clone(BOB)
    bob.put("app.py", "2\n")
    bob.commit("Two")
    bob.taken("origin", "main")
    bob.taken("origin", "HEAD:refs/heads/topic")
    bob.taken("origin", ":topic")
    bob.refused("origin", "+HEAD~1:main", rules={"ref"})


def test_code_passes_before_there_is_a_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub(tmp_path / "hub", monkeypatch)
    hub.root.mkdir()
    git(hub.root, "init", "--quiet", "--bare", "hub.git")
    hub.install("--branch", "tickets")
    ana = hub.clone()
    ana.git("checkout", "--quiet", "-B", "main")
    ana.put("app.py", "1\n")
    ana.commit("Begin")
    ana.taken("origin", "main")
    ana.taken("origin", "HEAD:refs/heads/topic")
    ana.tkt("init", "--branch", "tickets")
    ana.refused("origin", "tickets:refs/heads/other", rules={"ref"})
    ana.refused("origin", "+tickets:refs/heads/topic", rules={"ref"})
    ana.taken("origin", "tickets")


def test_tickets_among_the_code_are_judged_by_the_desk(hub: Hub) -> None:
    bob = hub.clone(BOB)
    bob.put(".tkt/people.yaml", PEOPLE.replace("roles: [agent]", "roles: [admin]"))
    bob.commit("A desk of my own")
    bob.refused("origin", "HEAD:main", rules={"protected"})


def test_a_required_reference_is_looked_up_at_the_desk(hub: Hub) -> None:
    ana = at_desk(hub, ANA)
    ticket = ana.create()
    ana.edit(ana.root / ".tkt/project.yaml", 'reference: "off"', "reference: require")
    ana.commit("References")
    ana.taken("origin", "tickets")
    bob = hub.clone(BOB)
    bob.put("app.py", "2\n")
    bob.commit("Two")
    bob.refused("origin", "main", rules={"message"})
    bob.commit(f"See {ticket}", "--amend")
    bob.taken("origin", "main")


def test_a_push_of_code_moves_what_it_fixes(hub: Hub) -> None:
    bob = at_desk(hub, BOB)
    ticket = bob.create()
    bob.taken("origin", "tickets")
    code = Clone(bob.root.parent, BOB, bob.patch)
    code.put("app.py", "2\n")
    code.commit(f"Mend it\n\nFixes {ticket}")
    said = code.taken("origin", "main").said
    assert f"{ticket}  status: new -> resolved" in said
    code.tkt("sync")
    assert bob.status(ticket) == "resolved"
    assert {line[2] for line in hub.receipts if line[3] == "refs/heads/tickets"} == {ANA, BOB}
    assert hub.git("rev-parse", "main") == code.head


def test_the_bare_repository_can_be_read(hub: Hub) -> None:
    bob = at_desk(hub, BOB)
    ticket = bob.create()
    bob.taken("origin", "tickets")
    code = Clone(bob.root.parent, BOB, bob.patch)
    code.put("app.py", "2\n")
    code.commit(f"See {ticket}")
    code.taken("origin", "main")
    hub.patch.chdir(hub.bare)
    assert ticket in type_tkt("list").out
    assert f"See {ticket}" in type_tkt("show", ticket).out
    assert type_tkt("merge-branch", "main").code == 2


def test_the_branch_stays_known(hub: Hub) -> None:
    hub.install()
    hub.patch.chdir(hub.bare)
    said = type_tkt("hooks", "status", "--server")
    assert said.code == 0
    assert "the desk                     tickets" in said.out
    wrong = type_tkt("hooks", "install", "--server", "--branch", "a b", str(hub.bare))
    assert wrong.code == 2
    assert "cannot be the name" in wrong.err

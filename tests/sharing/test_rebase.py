"""`integrate: rebase`: own commits on top of theirs, merged ticket by ticket, and nothing of them lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import script
from tests.sharing.clones import Hub, Laptop, unsound


@pytest.fixture
def straight(ana: Laptop) -> Laptop:
    """The first clone, whose desk wants a straight history."""
    ana.go_straight()
    ana.sync()
    return ana


@pytest.fixture
def ticket(straight: Laptop, bob: Laptop) -> str:
    """A ticket that both have."""
    ticket = straight.create("Login page fails", "First.\n\nOne line.\n\nLast.\n")
    straight.sync()
    bob.sync()
    return ticket


def merges(laptop: Laptop) -> str:
    return laptop.git("rev-list", "--merges", "HEAD")


def test_history_is_straight_and_commits_keep_who_when_and_why(
    hub: Hub, ana: Laptop, bob: Laptop, ticket: str
) -> None:
    ana.tkt("label", ticket, "apple")
    ana.tkt("set", ticket, "title=Hers", "priority=P1", "-m", "now")
    ana.sync()
    bob.moment = "2026-11-22T10:30:00Z"
    bob.tkt("label", ticket, "vip")
    bob.tkt("set", ticket, "priority=P5", "-m", "later")
    bob.tkt("label", ticket, "--remove", "vip")
    bob.tkt("label", ticket, "berry")
    other = bob.create("Another")
    bob.commit("code.py", "1\n")
    form = "--format=%an %ae %at %B"
    before = bob.git("log", form, "origin/main..")
    said = bob.sync()
    assert f"{ticket}: both sides set priority; P1 holds, not P5" in said.lines
    assert merges(bob) == ""
    assert bob.git("log", form, "-6") == before
    assert bob.head == hub.head
    assert bob.status == ""
    shown = bob.show(ticket)
    assert (shown["labels"], shown["title"], shown["priority"]) == (["apple", "berry"], "Hers", "P1")
    assert bob.show(other)["title"] == "Another"
    assert unsound(bob.root) == []
    assert f"Ticket: {ticket}" in bob.git("log", "--format=%(trailers)", "-5")
    ana.sync()
    assert ana.head == bob.head
    assert bob.tkt("check", "--range", "HEAD~6..HEAD").code == 0


def test_what_one_commit_added_and_a_later_one_took_away_stays_away(
    bob: Laptop, ana: Laptop, ticket: str
) -> None:
    ana.tkt("label", ticket, "apple")
    ana.commit("hers.py", "1\n")
    ana.sync()
    bob.commit("code.py", "1\n2\n3\n")
    bob.commit("code.py", "1\n3\n")
    bob.sync()
    assert (bob.root / "code.py").read_text(encoding="utf-8") == "1\n3\n"
    assert merges(bob) == ""


@pytest.mark.usefixtures("ticket")
def test_a_commit_that_is_only_a_message_stays_and_one_that_they_have_done_goes(
    bob: Laptop, ana: Laptop
) -> None:
    ana.commit("same.py", "1\n")
    ana.sync()
    bob.git("commit", "--quiet", "--allow-empty", "-m", "Release 1.0 is decided")
    bob.commit("same.py", "1\n")
    bob.sync()
    assert bob.git("log", "-1", "--format=%s") == "Release 1.0 is decided"
    assert merges(bob) == ""


def test_a_status_that_both_moved_is_joined_by_a_merge(
    hub: Hub, ana: Laptop, bob: Laptop, ticket: str
) -> None:
    ana.tkt("transition", ticket, "closed")
    ana.sync()
    bob.tkt("transition", ticket, "in-progress")
    bob.tkt("label", ticket, "vip")
    assert f"{ticket}: both sides set status; in-progress holds, not closed" in bob.sync().lines
    assert len(merges(bob).split()) == 1
    assert bob.show(ticket)["status"] == "in-progress"
    assert bob.head == hub.head
    assert unsound(bob.root) == []


def test_commits_that_others_may_have_are_not_made_again(
    hub: Hub, ana: Laptop, bob: Laptop, ticket: str, tmp_path: Path
) -> None:
    bob.git("init", "--quiet", "--bare", str(tmp_path / "fork.git"))
    bob.git("remote", "add", "fork", str(tmp_path / "fork.git"))
    bob.tkt("label", ticket, "berry")
    bob.git("push", "--quiet", "fork", "main")
    mine = bob.head
    ana.tkt("label", ticket, "apple")
    ana.sync()
    bob.sync()
    assert mine in bob.git("rev-list", "HEAD").split()
    assert bob.head == hub.head


def test_own_commits_with_a_merge_are_refused_and_the_way_out_works(
    hub: Hub, ana: Laptop, bob: Laptop, ticket: str
) -> None:
    ana.tkt("label", ticket, "apple")
    ana.sync()
    bob.git("switch", "--quiet", "--create", "side")
    bob.tkt("label", ticket, "berry")
    bob.git("switch", "--quiet", "main")
    bob.tkt("label", ticket, "citron")
    bob.tkt("merge-branch", "side")
    before = bob.head, bob.status
    said = bob.sync(code=7).err
    assert "is a merge, which cannot be put on top of origin/main" in said
    assert (bob.head, bob.status) == before
    bob.tkt("merge-branch", "origin/main")
    bob.sync()
    assert bob.show(ticket)["labels"] == ["apple", "berry", "citron"]
    assert bob.head == hub.head


def test_descriptions_are_put_together_as_in_a_merge(
    ana: Laptop, bob: Laptop, ticket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for laptop, text in ((ana, "Hers."), (bob, "His.")):
        laptop.edit(ticket, "One line.", text)
        laptop.tkt("record", ticket)
    ana.sync()
    assert "--edit" in bob.sync(code=7).err
    seen = tmp_path / "seen.md"
    editor = script(tmp_path / "editor", f'cat "$1" > {seen}; printf "Both.\\n" > "$1"')
    monkeypatch.setenv("GIT_EDITOR", editor)
    bob.sync("--edit")
    assert "<<<<<<< yours\nHis.\n" in seen.read_text(encoding="utf-8")
    assert "\nHers.\n>>>>>>> theirs: ana@example.com, origin/main\n" in seen.read_text(encoding="utf-8")
    assert bob.show(ticket)["body"].strip() == "Both."
    assert merges(bob) == ""


def test_two_tickets_of_one_id(hub: Hub, ana: Laptop, bob: Laptop, ticket: str) -> None:
    mine = bob.create("Mine")
    bob.tkt("link", ticket, "relates", mine)
    path = bob.path(mine).relative_to(bob.root)
    text = bob.path(mine).read_text(encoding="utf-8")
    ana.write(str(path), text.replace("title: Mine", "title: Hers").replace("bob@example.com", ana.who))
    ana.git("add", "tickets")
    ana.git("commit", "--quiet", "-m", "The same id")
    ana.sync()
    said = bob.sync()
    new = said.lines[-1].split()[-2]
    assert said.lines[-1].startswith(f"{mine}: that is another ticket elsewhere; the one from here is {new}")
    assert (bob.show(mine)["title"], bob.show(new)["title"]) == ("Hers", "Mine")
    assert bob.show(ticket)["links"] == [f"relates {new}"]
    assert merges(bob) == ""
    assert mine not in bob.git("log", "--format=%B", "-2")
    assert bob.head == hub.head


def test_a_dry_run_changes_nothing(hub: Hub, ana: Laptop, bob: Laptop, ticket: str) -> None:
    ana.tkt("label", ticket, "apple")
    ana.sync()
    bob.tkt("label", ticket, "berry")
    before = bob.head, bob.status, bob.git("for-each-ref"), hub.head
    assert bob.sync("--dry-run").lines[-1] == "would go to origin/main: 1 changed"
    assert (bob.head, bob.status, bob.git("for-each-ref"), hub.head) == before

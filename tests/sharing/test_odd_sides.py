"""What others may do to a history or to files: the right answer, or one clear error and nothing lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import git
from tests.sharing.clones import Hub, Laptop, fork, unsound
from tkt.gitrepo.exchange import GitRemote
from tkt.gitrepo.merging import install_driver
from tkt.gitrepo.repository import Repository

MARKED = "<<<<<<< HEAD\ntitle: Ours\n=======\ntitle: Theirs\n>>>>>>> other\n"


def by_hand(desk: Laptop, ticket: str, data: bytes) -> None:
    """Commit a ticket's file with these bytes, as they are."""
    path = str(desk.path(ticket).relative_to(desk.root))
    done = subprocess.run(
        ["git", "hash-object", "-w", "--no-filters", "--stdin"],
        cwd=desk.root,
        input=data,
        capture_output=True,
        check=True,
    )
    desk.git("update-index", "--cacheinfo", f"100644,{done.stdout.decode().strip()},{path}")
    desk.git("commit", "--quiet", "--no-verify", "-m", "By hand")
    desk.path(ticket).write_bytes(data)


class TestFilesThatCannotBeUnderstood:
    def test_what_both_come_from(self, desk: Laptop) -> None:
        ticket = desk.create("Login page fails", "One.\n\nTwo.\n\nThree.\n")
        good = desk.path(ticket).read_bytes()
        by_hand(desk, ticket, good.replace(b"title: Login page fails\n", MARKED.encode()))
        desk.git("branch", "other")
        by_hand(desk, ticket, good.replace(b"Login page fails", b"Page fails"))
        desk.git("switch", "--quiet", "other")
        by_hand(desk, ticket, good.replace(b"priority: P3", b"priority: P1"))
        desk.git("switch", "--quiet", "main")
        desk.tkt("merge-branch", "other")
        shown = desk.show(ticket)
        assert (shown["title"], shown["priority"]) == ("Page fails", "P1")

    @pytest.mark.parametrize("ours", [True, False])
    def test_marks_that_a_plain_merge_left_in_the_front_matter(self, desk: Laptop, ours: bool) -> None:
        ticket = desk.create()
        fork(desk, [["label", ticket, "a"]], [["comment", ticket, "-m", "Hello."], ["label", ticket, "b"]])
        desk.git("switch", "--quiet", "main" if ours else "other")
        data = desk.path(ticket).read_bytes().replace(b"title: Login page fails\n", MARKED.encode())
        by_hand(desk, ticket, data)
        desk.git("switch", "--quiet", "main")
        before = desk.head, desk.status
        said = desk.tkt("merge-branch", "other", code=7).err
        assert f"{ticket}.md" in said
        assert (desk.head, desk.status) == before

    def test_and_they_are_not_sent(self, hub: Hub, ana: Laptop) -> None:
        ticket = ana.create()
        data = ana.path(ticket).read_bytes().replace(b"title: Login page fails\n", MARKED.encode())
        by_hand(ana, ticket, data)
        before = hub.head
        assert f"{ticket}.md" in ana.sync(code=7).err
        assert hub.head == before


def both_changed(desk: Laptop, data: bytes) -> str:
    """A ticket that was changed here, and on the other branch has these bytes at its end, or alone."""
    ticket = desk.create("Login page fails", "One.\n")
    fork(desk, [["set", ticket, "priority=P1"]], [])
    desk.git("switch", "--quiet", "other")
    before, after = data.split(b"->") if b"->" in data else (b"\nOne.\n", b"\nOne.\n" + data)
    by_hand(desk, ticket, desk.path(ticket).read_bytes().replace(before, after) if data else b"")
    desk.git("switch", "--quiet", "--force", "main")
    return ticket


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"title: Login->title: One\ntitle: Login", "key 'title' stands here and on line 7"),
        (b"title: Login->title: &a Login", "anchor"),
        (b"One->\0\0\xff", "not UTF-8"),
        (b"Caf\xe9\n", "not UTF-8"),
        (b"\nid: TKT-->\nid: OTHER-", "its id is not TKT-"),
        (b"", "no front matter"),
        (b"title: Login page fails\n->" + MARKED.encode(), "unresolved merge"),
    ],
)
def test_a_file_that_one_side_alone_broke(desk: Laptop, data: bytes, said: str) -> None:
    ticket = both_changed(desk, data)
    path = desk.path(ticket).relative_to(desk.root)
    install_driver(Repository(str(desk.root)), str(Path(sys.executable).with_name("tkt")))
    for how in ([], ["--ours"]):
        told = desk.tkt("merge-branch", "other", *how, code=7).err
        assert f"tkt: on other: {path}:" in told
        assert said in told
        assert f"git checkout HEAD -- {path} or git checkout other -- {path}" in told
        assert "same lines" not in told
    stopped = subprocess.run(
        ["git", "merge", "--no-commit", "other"], cwd=desk.root, capture_output=True, check=False
    )
    assert stopped.returncode == 1
    assert f"tkt: on the other side: {path}:" in stopped.stderr.decode()
    assert said in stopped.stderr.decode()
    told = desk.tkt("resolve", ticket, code=7).err
    assert f"tkt: on other: {path}:" in told
    assert said in told
    assert f"git checkout --ours {path}" in told
    desk.git("checkout", "--quiet", "HEAD", "--", str(path))
    desk.git("commit", "--quiet", "--no-edit")
    assert desk.show(ticket)["priority"] == "P1"
    assert unsound(desk.root) == []


def test_an_attachment_that_both_sides_changed(desk: Laptop) -> None:
    ticket = desk.create()
    desk.write("shot.png", "a picture\n")
    desk.tkt("comment", ticket, "-m", "See.", "--attach", "shot.png")
    (shot,) = desk.root.glob(f"tickets/*/{ticket}/files/*.png")
    path = str(shot.relative_to(desk.root))
    desk.git("branch", "other")
    for branch in ("other", "main"):
        desk.git("switch", "--quiet", branch)
        desk.write(path, f"{branch}\n")
        desk.git("commit", "--quiet", "--no-verify", "-am", "Another picture")
    told = desk.tkt("merge-branch", "other", code=7).err
    assert f"tkt: both sides changed {path}, which is not merged line by line" in told
    assert f"git checkout HEAD -- {path}" in told
    assert desk.tries("merge", "--no-commit", "other") == 1
    told = desk.tkt("resolve", ticket, code=7).err
    assert f"tkt: both sides changed {path}" in told
    desk.git("checkout", "--quiet", "other", "--", path)
    desk.git("commit", "--quiet", "--no-verify", "--no-edit")
    assert shot.read_text(encoding="utf-8") == "other\n"


class TestOddNamesAndLines:
    @pytest.mark.parametrize("ours", [True, False])
    def test_a_side_with_crlf(self, desk: Laptop, ours: bool) -> None:
        ticket = desk.create("Login page fails", "One.\n\nTwo.\n\nThree.\n")
        fork(desk, [["label", ticket, "a"]], [["set", ticket, "priority=P1", "-m", "now"]])
        desk.git("switch", "--quiet", "main" if ours else "other")
        by_hand(desk, ticket, desk.path(ticket).read_bytes().replace(b"\n", b"\r\n"))
        desk.git("reset", "--quiet", "--hard")
        desk.git("switch", "--quiet", "--force", "main")
        if ours:  # by its own attributes, Git takes such a file for one with edits
            assert (
                "edits that are not committed are in the way" in desk.tkt("merge-branch", "other", code=7).err
            )
            desk.git("commit", "--quiet", "-am", "LF")
        desk.tkt("merge-branch", "other")
        shown = desk.show(ticket)
        assert (shown["labels"], shown["priority"]) == (["a"], "P1")
        assert shown["body"].split() == ["One.", "Two.", "Three."]
        assert unsound(desk.root) == []

    def test_names_that_another_system_decomposed(self, hub: Hub, ana: Laptop, bob: Laptop) -> None:
        name = "notes-e\u0301.md"
        ana.commit(name, "Hers.\n")
        ana.write("shot-e\u0301.png", "a picture\n")
        ticket = ana.create()
        ana.tkt("comment", ticket, "-m", "See.", "--attach", "shot-e\u0301.png")
        bob.create("Another")
        ana.sync()
        bob.sync()
        assert (bob.root / name).read_text(encoding="utf-8") == "Hers.\n"
        assert bob.head == hub.head
        assert len(bob.show(ticket)["thread"][0]["attachments"]) == 1

    def test_a_ticket_that_one_side_renamed(self, desk: Laptop) -> None:
        ticket = desk.create()
        fork(desk, [["label", ticket, "a"]], [["comment", ticket, "-m", "Still here."]])
        desk.git("switch", "--quiet", "other")
        path = desk.path(ticket).relative_to(desk.root)
        desk.git("mv", str(path), str(path.with_name("login-page.md")))
        desk.git("commit", "--quiet", "-m", "A better name")
        desk.git("switch", "--quiet", "main")
        assert f"{ticket}: one side removed the ticket; it stays" in desk.tkt("merge-branch", "other").out
        assert (desk.show(ticket)["labels"], desk.bodies(ticket)) == (["a"], ["Still here."])
        assert "login-page.md" in desk.tkt("check", "--all", code=1).out  # and whose name is wrong is told


class TestOddHistories:
    def test_a_hub_that_was_rewritten(self, hub: Hub, ana: Laptop, bob: Laptop) -> None:
        first = ana.create("First")
        ana.sync()
        bob.sync()
        mine = bob.create("Mine")
        ana.git("reset", "--quiet", "--hard", "HEAD~1")
        second = ana.create("Second")
        ana.git("push", "--quiet", "--force")
        bob.sync()
        assert bob.head == hub.head
        assert {each["id"] for each in bob.tkt("list", "--json").data} == {first, second, mine}

    def test_a_hub_that_was_made_anew(self, hub: Hub, ana: Laptop, bob: Laptop) -> None:
        ana.git("commit", "--quiet", "--amend", "-m", "Another beginning", "--date", "2020-01-01T00:00:00Z")
        ana.git("push", "--quiet", "--force")
        bob.create()
        before = bob.head, bob.status, hub.head
        assert "no commit in common" in bob.sync(code=7).err
        assert (bob.head, bob.status, hub.head) == before

    def test_a_remote_that_vanishes_after_it_was_fetched(
        self, hub: Hub, ana: Laptop, bob: Laptop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        theirs = ana.create("Theirs")
        ana.sync()
        mine = bob.create("Mine")
        fetch = GitRemote.fetch
        gone = hub.root.with_name("gone")

        def once(remote: GitRemote, *, leave_no_trace: bool = False) -> str:
            found = fetch(remote, leave_no_trace=leave_no_trace)
            hub.root.rename(gone)
            return found

        with monkeypatch.context() as patch:
            patch.setattr(GitRemote, "fetch", once)
            said = bob.sync(code=8).err
        assert "origin cannot be reached" in said
        assert "waiting" in said
        assert {each["id"] for each in bob.tkt("list", "--json").data} == {theirs, mine}
        gone.rename(hub.root)
        bob.sync()
        assert bob.head == hub.head
        assert bob.status == ""

    def test_a_clone_without_the_contents_of_files(self, hub: Hub, ana: Laptop) -> None:
        git("config", "uploadpack.allowFilter", "true", cwd=hub.root)
        ticket = ana.create("Login page fails", "One.\n\nTwo.\n")
        ana.sync()
        ana.tkt("comment", ticket, "-m", "Hello.")
        ana.sync()
        root = hub.folder / "partial"
        git("clone", "--quiet", "--filter=blob:none", f"file://{hub.root}", str(root), cwd=hub.folder)
        partial = Laptop(root, "bob@example.com")
        ana.tkt("label", ticket, "vip")
        ana.sync()
        partial.tkt("label", ticket, "apple")
        partial.sync()
        assert partial.show(ticket)["labels"] == ["apple", "vip"]
        assert partial.head == hub.head
        assert Path(partial.path(ticket)).exists()


def test_an_object_that_is_not_here(desk: Laptop) -> None:
    ticket = desk.create()
    fork(desk, [["label", ticket, "a"]], [["label", ticket, "b"]])
    path = desk.git("diff", "--name-only", "--diff-filter=A", "main...other")
    oid = desk.git("rev-parse", f"other:{path}")
    (desk.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    before = desk.head, desk.status
    assert f"the object {oid} is not here" in desk.tkt("merge-branch", "other", code=3).err
    assert (desk.head, desk.status) == before

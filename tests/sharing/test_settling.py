"""Descriptions of which both sides edited the same lines: put together in the editor, or by an option."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.desk import script
from tests.faults.injecting import Fault, can_inject, type_it
from tests.faults.scenes import Scene
from tests.sharing.clones import Hub, Laptop, fork, unsound
from tkt.gitrepo.merging import install_driver, uninstall_driver
from tkt.gitrepo.repository import Repository

TKT = str(Path(sys.executable).with_name("tkt"))
BODY = "First.\n\nOne line.\n\nLast.\n"
FOLDED = r"Both.\n## Thread\n\n<!-- entry 20261122T093000Z-x7k2: 9 lines -->\n"
BOTH = "sed -i -e '/^|||||||/,/^=======/d' -e '/^<<<<<<< yours/d' -e '/^>>>>>>> theirs/d' \"$1\""


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that keeps the lines of both sides, and remembers what it was given."""
    seen = tmp_path / "seen.md"
    monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", f'cat "$1" >> {seen}\n{BOTH}'))
    return seen


@pytest.fixture
def ticket(ana: Laptop, bob: Laptop) -> str:
    """A ticket of which Ana and Bob edited the same line; hers is at the hub."""
    ticket = ana.create("Login page fails", BODY)
    ana.sync()
    bob.sync()
    for laptop, text in ((ana, "Hers."), (bob, "His.")):
        laptop.edit(ticket, "One line.", text)
        laptop.tkt("record", ticket)
    ana.edit(ticket, "First.", "The first.")
    ana.tkt("record", ticket)
    ana.tkt("set", ticket, "title=Her title")
    ana.sync()
    bob.tkt("set", ticket, "title=His title")
    bob.tkt("label", ticket, "vip")
    bob.git("fetch", "--quiet")
    return ticket


def body(laptop: Laptop, ticket: str) -> str:
    text: str = laptop.show(ticket)["body"]
    return text.strip("\n")


class TestWhileBringingTogether:
    @pytest.mark.parametrize("command", [["sync"], ["merge-branch", "origin/main"]])
    def test_the_editor_has_both_sides_named_and_the_merge_goes_on(
        self, bob: Laptop, ticket: str, editor: Path, command: list[str]
    ) -> None:
        bob.tkt(*command, "--edit")
        assert editor.read_text(encoding="utf-8").strip("\n") == (
            "The first.\n\n<<<<<<< yours\nHis.\n||||||| before\nOne line.\n=======\nHers.\n"
            ">>>>>>> theirs: ana@example.com, origin/main\n\nLast."
        )
        assert body(bob, ticket) == "The first.\n\nHis.\nHers.\n\nLast."
        assert bob.show(ticket)["labels"] == ["vip"]
        assert len(bob.git("log", "-1", "--format=%P").split()) == 2
        assert bob.status == ""
        assert unsound(bob.root) == []
        assert "the description" not in bob.tkt("check", "--range", "HEAD~1..HEAD").out

    @pytest.mark.parametrize(
        ("how", "line"), [("ours", "His."), ("theirs", "Hers."), ("union", "His.\nHers.")]
    )
    def test_without_anybody_to_ask(self, hub: Hub, bob: Laptop, ticket: str, how: str, line: str) -> None:
        bob.sync(f"--{how}")
        assert body(bob, ticket) == f"The first.\n\n{line}\n\nLast."
        assert bob.head == hub.head

    def test_without_any_of_it_nothing_happens(self, bob: Laptop, ticket: str) -> None:
        before = bob.head, bob.status
        said = bob.sync(code=7)
        assert f"{ticket}.md" in said.err
        assert "--edit" in said.err
        assert (bob.head, bob.status) == before

    @pytest.mark.parametrize(
        ("does", "code", "said"),
        [("true", 7, "was left as it is"), ('sed -i s/His/My/ "$1"', 2, "marks of the conflict are left")],
    )
    def test_marks_that_are_left_stop_it_and_the_text_is_kept(
        self,
        bob: Laptop,
        ticket: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        does: str,
        code: int,
        said: str,
    ) -> None:
        monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", does))
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        before = bob.head, bob.status
        assert said in bob.sync("--edit", code=code).err
        assert (bob.head, bob.status) == before
        kept = [each.read_text(encoding="utf-8") for each in tmp_path.glob(f"{ticket}-*.md")]
        assert all("My" in each for each in kept)
        assert len(kept) == (code == 2)

    def test_an_emptied_editor_stops_it(
        self, bob: Laptop, ticket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", ': > "$1"'))
        before = bob.head, bob.status
        for command in (["sync"], ["merge-branch", "origin/main"]):
            said = bob.tkt(*command, "--edit", code=7).err
            assert f"the description of {ticket} came back empty" in said
        assert (bob.head, bob.status) == before

    def test_what_no_other_command_would_save_is_refused(
        self, bob: Laptop, ticket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", f'printf "{FOLDED}" > "$1"'))
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        before = bob.head, bob.status
        said = bob.sync("--edit", code=2).err
        assert "line 2 of the description would begin a folded thread; put a space before ##" in said
        assert f"Your text is kept in {tmp_path / ticket}-" in said
        assert (bob.head, bob.status) == before

    def test_whoever_pushes_meanwhile_is_not_lost(
        self, hub: Hub, ana: Laptop, bob: Laptop, ticket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ana.edit(ticket, "Hers.", "Hers again.")
        ana.tkt("record", ticket)
        once = tmp_path / "once"
        push = f"test -e {once} || git -C {ana.root} push --quiet; touch {once}; {BOTH}"
        monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", push))
        bob.sync("--edit")
        assert body(bob, ticket) == "The first.\n\nHis.\nHers again.\n\nLast."
        assert bob.head == hub.head


@pytest.mark.parametrize("how", ["--edit", "--union"])
def test_front_matter_that_only_a_person_can_put_together_is_named(desk: Laptop, how: str) -> None:
    ticket = desk.create("Login page fails", "One line.\n")
    desk.git("branch", "other")
    for branch in ("other", "main"):
        desk.git("switch", "--quiet", branch)
        desk.edit(ticket, "One line.", f"From {branch}.")
        desk.edit(ticket, "links:\n", f"links:\n\nparts: {{on: {branch}}}\n")
        desk.git("commit", "--quiet", "-am", "By hand")
    before = desk.head, desk.status
    assert f"{ticket}.md" in desk.tkt("merge-branch", "other", how, code=7).err
    assert (desk.head, desk.status) == before


def stop(laptop: Laptop, *command: str, driver: bool) -> None:
    """Have plain Git stop at a conflict, with the driver or without."""
    (
        install_driver(Repository(str(laptop.root)), TKT)
        if driver
        else uninstall_driver(Repository(str(laptop.root)))
    )
    assert laptop.tries(*command) == 1


@pytest.mark.parametrize("driver", [True, False])
class TestWhereGitHasStopped:
    @pytest.mark.parametrize(
        ("command", "way_on"),
        [
            (["merge", "--no-edit", "origin/main"], ["commit", "--quiet", "--no-edit"]),
            (["rebase", "origin/main"], ["rebase", "--continue"]),
        ],
    )
    def test_a_ticket_is_put_in_order(
        self, bob: Laptop, ticket: str, editor: Path, monkeypatch: pytest.MonkeyPatch,
        driver: bool, command: list[str], way_on: list[str],
    ) -> None:  # fmt: skip
        stop(bob, *command, driver=driver)
        assert bob.tkt("resolve").lines[0].startswith(f"{ticket}  in conflict: ")
        said = bob.tkt("resolve", ticket, "--edit")
        assert said.lines[0] == f"{ticket}  put in order"
        assert f"git {way_on[0]}" in said.err
        assert "<<<<<<< yours\nHis." in editor.read_text(encoding="utf-8")
        assert bob.git("diff", "--name-only", "--diff-filter=U") == ""
        monkeypatch.setenv("GIT_EDITOR", "true")
        while bob.tries(*way_on):  # a rebase stops at every commit that clashes
            bob.tkt("resolve", "--union")
        assert unsound(bob.root, strict=False) == []
        assert "His." in body(bob, ticket)
        assert "Hers." in body(bob, ticket)
        assert {each["value"] for each in bob.show(ticket)["contested"][0]["values"]} == {
            "His title",
            "Her title",
        }

    def test_the_description_comes_from_a_file(self, bob: Laptop, ticket: str, driver: bool) -> None:
        stop(bob, "merge", "origin/main", driver=driver)
        bob.tkt("resolve", ticket, "-F", "-")
        bob.git("commit", "--quiet", "--no-edit")
        assert body(bob, ticket) == ""

    def test_a_file_is_held_to_the_same(self, bob: Laptop, ticket: str, driver: bool) -> None:
        stop(bob, "merge", "origin/main", driver=driver)
        text = FOLDED.replace("\\n", "\n")
        said = bob.tkt("resolve", ticket, "-F", "-", stdin=text, code=2).err
        assert "line 2 of the description would begin a folded thread" in said
        assert ticket in bob.git("diff", "--name-only", "--diff-filter=U")

    def test_there_must_be_somebody_to_ask(self, bob: Laptop, ticket: str, driver: bool) -> None:
        stop(bob, "merge", "origin/main", driver=driver)
        before = bob.path(ticket).read_bytes()
        assert "--union" in bob.tkt("resolve", ticket, code=7).err
        assert (
            bob.tkt("resolve", ticket, "--union", "--dry-run").lines[0] == f"{ticket}  would be put in order"
        )
        assert bob.path(ticket).read_bytes() == before

    def test_what_somebody_put_in_order_by_hand_stays(self, bob: Laptop, ticket: str, driver: bool) -> None:
        stop(bob, "merge", "origin/main", driver=driver)
        text = bob.git("show", f"HEAD:{bob.path(ticket).relative_to(bob.root)}").replace("His.", "Ours.")
        bob.path(ticket).write_text(f"{text}\n", encoding="utf-8")
        assert "git add" in bob.tkt("resolve", ticket, "--theirs", code=7).err
        assert "Ours." in bob.path(ticket).read_text(encoding="utf-8")


def test_what_somebody_has_begun_to_put_in_order_is_what_the_editor_has(
    bob: Laptop, ticket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(bob, "merge", "origin/main", driver=True)
    bob.edit(ticket, "Last.", "The last.")
    editor = script(tmp_path / "editor", "sed -i '/^<<<<<<< /d;/^=======$/d;/^>>>>>>> /d' \"$1\"")
    monkeypatch.setenv("GIT_EDITOR", editor)
    bob.tkt("resolve", ticket, "--edit")
    assert body(bob, ticket).endswith("The last.")


def test_a_ticket_that_one_side_removed_is_put_back(desk: Laptop) -> None:
    ticket = desk.create()
    desk.git("switch", "--quiet", "--create", "other")
    desk.git("rm", "--quiet", f"tickets/2026-11/{ticket}.md")
    desk.git("commit", "--quiet", "-m", "Remove it")
    desk.git("switch", "--quiet", "main")
    desk.tkt("label", ticket, "vip")
    assert desk.tries("merge", "other") == 1
    said = desk.tkt("resolve", ticket)
    assert f"{ticket}: one side removed the ticket; it stays" in said.lines
    desk.git("commit", "--quiet", "--no-edit")
    assert desk.show(ticket)["labels"] == ["vip"]


def test_a_stash_that_clashes_is_left_to_git(desk: Laptop) -> None:
    ticket = desk.create("Login page fails", "One line.\n")
    desk.edit(ticket, "One line.", "Put aside.")
    desk.git("stash", "--quiet")
    desk.edit(ticket, "One line.", "Another line.")
    desk.tkt("record", ticket)
    assert desk.tries("stash", "pop") == 1
    before = desk.path(ticket).read_bytes()
    assert f"{ticket}.md is in conflict" in desk.tkt("resolve", ticket, "--union", code=7).err
    assert desk.path(ticket).read_bytes() == before


def test_code_in_conflict_is_left_to_git(ana: Laptop, bob: Laptop, ticket: str) -> None:
    ana.commit("code.py", "1\n")
    ana.sync()
    bob.commit("code.py", "2\n")
    bob.git("fetch", "--quiet")
    stop(bob, "merge", "origin/main", driver=True)
    assert "1 file still in conflict: git status" in bob.tkt("resolve", ticket, "--ours").err
    assert bob.git("diff", "--name-only", "--diff-filter=U") == "code.py"


@pytest.mark.skipif(not can_inject(), reason="strace is not here, or may not inject faults")
@pytest.mark.parametrize(
    "fault", [Fault("unlink", "KILL", 1, ""), Fault("rename", "KILL", 1, ".git/index.tkt-draft")]
)
def test_what_is_cut_off_is_still_in_conflict_and_done_again(ana: Laptop, fault: Fault) -> None:
    ticket = ana.create()
    fork(ana, [["label", ticket, "a"]], [["label", ticket, "b"]])
    stop(ana, "merge", "other", driver=False)
    scene = Scene("resolve", ana.root.parent, ("resolve", ticket))
    path = str(ana.path(ticket).relative_to(ana.root))
    assert type_it(scene, fault=fault._replace(path=fault.path or path)).code
    assert ana.git("diff", "--name-only", "--diff-filter=U") == path
    assert type_it(scene).out.startswith(f"{ticket}  put in order")
    ana.git("commit", "--quiet", "--no-edit")
    assert ana.show(ticket)["labels"] == ["a", "b"]
    assert ana.status == ""

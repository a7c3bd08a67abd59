"""What one side removed, and two things of one name: a merge drops nothing of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.sharing.clones import Laptop, fork, unsound
from tkt.gitrepo.merging import install_driver
from tkt.gitrepo.repository import Repository


class TestWhatIsGone:
    @pytest.mark.parametrize("ours", [True, False])
    def test_a_ticket_that_one_side_removed_stays(self, desk: Laptop, ours: bool) -> None:
        ticket = desk.create()
        desk.tkt("comment", ticket, "-m", "Still here.")
        fork(desk, [["create", "A"]], [["create", "B"]])
        desk.git("switch", "--quiet", "main" if ours else "other")
        desk.git("rm", "-r", "--quiet", f"tickets/2026-11/{ticket}", f"tickets/2026-11/{ticket}.md")
        desk.git("commit", "--quiet", "-m", "Remove it")
        desk.git("switch", "--quiet", "main")
        assert f"{ticket}: one side removed the ticket; it stays" in desk.tkt("merge-branch", "other").out
        assert desk.bodies(ticket) == ["Still here."]
        assert desk.status == ""

    def test_an_entry_that_one_side_removed_stays(self, desk: Laptop) -> None:
        ticket = desk.create()
        desk.tkt("comment", ticket, "-m", "Unwelcome.")
        (entry,) = desk.entries(ticket)
        fork(desk, [["label", ticket, "a"]], [["create", "B"]])
        desk.git("switch", "--quiet", "other")
        desk.git("rm", "--quiet", str(entry))
        desk.git("commit", "--quiet", "-m", "Remove it")
        desk.git("switch", "--quiet", "main")
        assert f"one side removed {entry.name}; it stays" in desk.tkt("merge-branch", "other").out
        assert desk.bodies(ticket) == ["Unwelcome."]

    def test_a_thread_that_one_side_folded_is_folded(self, desk: Laptop) -> None:
        ticket = desk.create()
        desk.tkt("comment", ticket, "-m", "First.")
        desk.tkt("transition", ticket, "closed")
        fork(desk, [["compact", ticket]], [["comment", ticket, "-m", "Second."], ["label", ticket, "a"]])
        said = desk.tkt("merge-branch", "other")
        assert "stays" not in said.out
        assert desk.bodies(ticket) == ["First.", "Second."]
        assert len(desk.entries(ticket)) == 2
        assert desk.show(ticket)["labels"] == ["a"]
        assert unsound(desk.root) == []

    def test_a_thread_that_both_sides_folded(self, desk: Laptop) -> None:
        ticket = desk.create()
        desk.tkt("comment", ticket, "-m", "First.")
        desk.tkt("transition", ticket, "closed")
        fork(
            desk,
            [["comment", ticket, "-m", "Ours."], ["compact", ticket]],
            [["comment", ticket, "-m", "Theirs."], ["compact", ticket]],
        )
        assert "stays" not in desk.tkt("merge-branch", "other").out
        assert sorted(desk.bodies(ticket)) == ["First.", "Ours.", "Theirs."]
        assert desk.entries(ticket) == []
        assert unsound(desk.root) == []

    def test_an_attachment_that_one_side_removed_stays(self, desk: Laptop) -> None:
        ticket = desk.create()
        desk.write("shot.png", "a picture\n")
        desk.tkt("comment", ticket, "-m", "See.", "--attach", "shot.png")
        fork(desk, [["label", ticket, "a"]], [["create", "B"]])
        desk.git("switch", "--quiet", "other")
        desk.git("rm", "-r", "--quiet", f"tickets/2026-11/{ticket}/files")
        desk.git("commit", "--quiet", "-m", "Remove it")
        desk.git("switch", "--quiet", "main")
        desk.tkt("merge-branch", "other")
        assert len(list(desk.root.glob(f"tickets/*/{ticket}/files/*.png"))) == 1


class TestOneNameForTwo:
    def test_a_ticket_of_the_same_id(self, desk: Laptop) -> None:
        other = desk.create("Not this one")
        fork(desk, [["create", "Ours"]], [["create", "Theirs"], ["label", other, "b"]])
        theirs = "TKT-2j00001"
        for branch, title in (("other", "Theirs"), ("main", "Ours")):
            desk.git("switch", "--quiet", branch)
            old = desk.tkt("list", "--json", title).data[0]["id"]
            desk.tkt("comment", old, "-m", f"About {old}.")
            if branch == "main":
                desk.tkt("link", other, "relates", old)
            _rename(desk, old, theirs, "bob@example.com" if branch == "other" else "")
        said = desk.tkt("merge-branch", "other")
        new = said.lines[-1].split()[-2]
        assert said.lines[-1] == f"{theirs}: that is another ticket elsewhere; the one from here is {new} now"
        assert (desk.show(theirs)["title"], desk.show(new)["title"]) == ("Theirs", "Ours")
        assert desk.bodies(theirs) == [f"About {theirs}."]
        assert desk.bodies(new) == [f"About {new}."]
        assert desk.show(other)["links"] == [f"relates {new}"]
        assert desk.show(other)["labels"] == ["b"]
        assert unsound(desk.root) == []

    def test_unless_others_may_have_it_already(self, desk: Laptop) -> None:
        fork(desk, [["create", "Ours"]], [["create", "Theirs"]])
        for branch, title in (("other", "Theirs"), ("main", "Ours")):
            desk.git("switch", "--quiet", branch)
            old = desk.tkt("list", "--json", title).data[0]["id"]
            _rename(desk, old, "TKT-2j00001", f"{branch}@example.com")
        desk.git("push", "--quiet", "origin", "main")
        before = desk.head
        assert "TKT-2j00001.md" in desk.tkt("merge-branch", "other", code=7).err
        assert desk.head == before

    def test_an_entry_of_the_same_id(self, desk: Laptop) -> None:
        ticket = desk.create()
        fork(desk, [["comment", ticket, "-m", "Ours."]], [["comment", ticket, "-m", "Theirs."]])
        name = "20261122T090000Z-zzzz"
        for branch in ("other", "main"):
            desk.git("switch", "--quiet", branch)
            (entry,) = desk.entries(ticket)
            text = entry.read_text(encoding="utf-8").replace(entry.stem, name)
            desk.git("mv", str(entry), str(entry.with_name(f"{name}.md")))
            entry.with_name(f"{name}.md").write_text(text, encoding="utf-8")
            desk.git("commit", "--quiet", "-am", "Another id")
        said = desk.tkt("merge-branch", "other").out
        assert f"{ticket}: the entry {name} is another one elsewhere; the one from here is " in said
        assert sorted(desk.bodies(ticket)) == ["Ours.", "Theirs."]
        assert "Theirs." in next(desk.root.glob(f"tickets/*/{ticket}/{name}.md")).read_text(encoding="utf-8")
        assert unsound(desk.root) == []

    @pytest.mark.parametrize("folded", [["main", "other"], ["main"], ["other"]])
    def test_an_entry_of_the_same_id_that_is_folded(self, desk: Laptop, folded: list[str]) -> None:
        ticket, name = _closed_with(desk, {"main": "Ours.", "other": "Theirs."}, folded)
        said = desk.tkt("merge-branch", "other").out
        assert f"{ticket}: the entry {name} is another one elsewhere; the one from here is " in said
        thread = {each["body"].strip(): each["id"] for each in desk.show(ticket)["thread"]}
        assert thread["Theirs."] == name
        assert thread["Ours."] not in (name, "")
        assert unsound(desk.root) == []
        assert desk.status == ""

    def test_git_itself_keeps_both_of_two_folded_entries(self, desk: Laptop) -> None:
        ticket, _ = _closed_with(desk, {"main": "Ours.", "other": "Theirs."}, ["main", "other"])
        install_driver(Repository(str(desk.root)), str(Path(sys.executable).with_name("tkt")))
        desk.git("merge", "--quiet", "--no-edit", "other")
        assert sorted(desk.bodies(ticket)) == ["Ours.", "Theirs."]
        assert unsound(desk.root) == []

    @pytest.mark.parametrize("folded", ["main", "other"])
    def test_an_entry_that_one_side_corrected_and_the_other_folded(self, desk: Laptop, folded: str) -> None:
        ticket = desk.create()
        desk.tkt("comment", ticket, "-m", "Frist.")
        (entry,) = desk.entries(ticket)
        desk.tkt("transition", ticket, "closed")
        desk.git("branch", "other")
        for branch in ("other", "main"):
            desk.git("switch", "--quiet", branch)
            if branch == folded:
                desk.tkt("compact", ticket)
            else:
                entry.write_text(
                    entry.read_text(encoding="utf-8").replace("Frist.", "First."), encoding="utf-8"
                )
                desk.git("commit", "--quiet", "--no-verify", "-am", "Correct it")
        assert "stays" not in desk.tkt("merge-branch", "other").out
        assert desk.bodies(ticket) == ["First."]
        assert desk.entries(ticket) == []
        assert unsound(desk.root) == []


def test_of_an_entry_that_lies_there_twice_the_check_names_both_places(desk: Laptop) -> None:
    ticket, name = _closed_with(desk, {"main": "Ours."}, ["main"])
    folder = desk.path(ticket).with_suffix("")
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.md").write_text(_ENTRY.format(name, "Another."), encoding="utf-8")
    said = desk.tkt("check", ticket, code=1).out
    assert f"{ticket}/{name}.md:1: " in said
    assert f"is another entry than tickets/2026-11/{ticket}.md:" in said


_ENTRY = (
    "---\nid: {}\nat: 2026-11-22T09:00:00Z\nby: ana@example.com\nclock: 9\nvisibility: public\n---\n\n{}\n"
)


def _closed_with(desk: Laptop, words: Mapping[str, str], folded: Sequence[str]) -> tuple[str, str]:
    """A closed ticket, on branches on which an entry of one id says other words, folded on some."""
    ticket, name = desk.create(), "20261122T090000Z-zzzz"
    desk.tkt("transition", ticket, "closed")
    desk.git("branch", "other")
    for branch, text in words.items():
        desk.git("switch", "--quiet", branch)
        desk.commit(f"tickets/2026-11/{ticket}/{name}.md", _ENTRY.format(name, text))
        if branch in folded:
            desk.tkt("compact", ticket)
    desk.git("switch", "--quiet", "main")
    return ticket, name


def _rename(desk: Laptop, old: str, new: str, by: str) -> None:
    """Give a ticket another id, as if chance had given it that one."""
    folder = desk.root / "tickets" / "2026-11"
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8").replace(old, new)
        if by and path.name == f"{old}.md":
            text = text.replace("created_by: ana@example.com", f"created_by: {by}")
        path.write_text(text, encoding="utf-8")
    (folder / f"{old}.md").rename(folder / f"{new}.md")
    if (folder / old).exists():
        (folder / old).rename(folder / new)
    desk.git("add", "--all", "tickets")
    desk.git("commit", "--quiet", "-m", "Another id")

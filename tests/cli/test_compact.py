"""The threads of closed tickets go into their files, and nobody sees a difference."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import NOW, Desk, on_terminal, script
from tkt.domain.duration import parse_age
from tkt.errors import UsageError

LONG_AGO = "2026-01-05T10:0{}:00Z"


def at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setenv("TKT_NOW", moment)


def closed(desk: Desk, monkeypatch: pytest.MonkeyPatch, title: str = "Login page fails") -> str:
    """A ticket that was closed in January, with four entries; its id."""
    at(monkeypatch, LONG_AGO.format(0))
    ticket = desk.create(title, "--queue", "support", "-m", "It broke.")
    steps = [
        ("comment", ticket, "Looking at it now."),
        ("comment", ticket, "It is the key.", "--internal", "--attach", __file__),
        ("time", "add", ticket, "25m"),
        ("transition", ticket, "closed"),
    ]
    for minute, step in enumerate(steps, 1):
        at(monkeypatch, LONG_AGO.format(minute))
        desk.tkt(*step)
    at(monkeypatch, NOW)
    return ticket


def answers(desk: Desk, ticket: str) -> object:
    """What the commands say of a ticket."""
    asked = [
        ("show", ticket),
        ("show", ticket, "--public"),
        ("show", ticket, "--json"),
        ("log", ticket),
        ("export", ticket),
        ("export", ticket, "--public"),
        ("search", "Looking"),
        ("list", "--all", "--json"),
        ("doctor",),
    ]
    return [desk.tkt(*words, code=None) for words in asked]


def shared(desk: Desk) -> None:
    """Push everything."""
    desk.git("init", "--quiet", "--bare", "../origin.git")
    desk.git("push", "--quiet", "../origin.git", "main")
    desk.git("fetch", "--quiet", "../origin.git", "main:refs/remotes/origin/main")


def test_all_that_have_been_closed_for_long_in_one_commit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [closed(desk, monkeypatch, title) for title in ("One", "Two")]
    fresh = desk.create("Three")
    desk.tkt("transition", fresh, "closed")
    still_open = desk.create("Four")
    desk.tkt("comment", still_open, "Hm.")
    before = [answers(desk, each) for each in tickets]
    commits = len(desk.subjects())

    said = desk.tkt("compact")
    assert said.out == "Folded 8 entries of 2 tickets into their files: 10 files are 2 now.\n"
    assert said.err == ""
    assert [answers(desk, each) for each in tickets] == before
    assert [desk.entries(each) for each in tickets] == [[], []]
    assert len(desk.entries(fresh)) == len(desk.entries(still_open)) == 1
    assert all(list(desk.root.glob(f"tickets/*/{each}/files/*")) for each in tickets)
    assert len(desk.subjects()) == commits + 1
    trailers = "".join(f"\nTicket: {each}" for each in sorted(tickets))
    assert desk.git("log", "-1", "--format=%B").strip() == f"Compact 2 tickets\n{trailers}"
    assert desk.git("status", "--porcelain") == ""
    assert desk.git("fsck", "--strict", "--no-dangling") == ""

    assert desk.tkt("compact").out == "Nothing to fold.\n"
    assert len(desk.subjects()) == commits + 1


def test_what_is_for_the_desk_only_stays_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = closed(desk, monkeypatch)
    desk.tkt("compact")
    for words in (("show", ticket, "--public"), ("export", ticket, "--public")):
        assert "It is the key." not in desk.tkt(*words).out
    assert desk.tkt("export", ticket).out.count("It is the key.") == 1
    assert "<!-- entry" not in desk.tkt("export", ticket).out


@pytest.mark.parametrize(("age", "count"), [("180d", 1), ("1y", 0), ("26w", 1), ("10mo", 1), ("11mo", 0)])
def test_how_long_ago(desk: Desk, monkeypatch: pytest.MonkeyPatch, age: str, count: int) -> None:
    ticket = closed(desk, monkeypatch)
    desk.tkt("compact", "--older-than", age)
    assert len(desk.entries(ticket)) == (0 if count else 4)


@pytest.mark.parametrize("text", ["", "180", "5h", "-3d", "1.5y", "d", "99999d", "9999y", "1m"])
def test_what_is_no_age(text: str) -> None:
    with pytest.raises(UsageError, match="is not an age"):
        parse_age(text)


def test_a_single_ticket_by_its_id_however_young(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("transition", ticket, "closed")
    said = desk.tkt("compact", ticket[:8])
    assert said.out == "Folded 1 entry of 1 ticket into its file: 2 files are 1 now.\n"
    assert desk.subjects()[0] == f"{ticket}: compact"


def test_what_is_not_closed_is_refused_and_nothing_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    done = closed(desk, monkeypatch)
    first, second = desk.create("One"), desk.create("Two")
    desk.tkt("comment", first, "Hm.")
    said = desk.refused(4, "compact", done, first, second)
    assert f"{first} is new, {second} is new" in said


def test_ids_and_an_age_do_not_go_together(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = closed(desk, monkeypatch)
    assert "leave one of them out" in desk.refused(2, "compact", ticket, "--older-than", "1y").lower()
    assert "is not an age" in desk.refused(2, "compact", "--older-than", "soon")
    assert "no ticket" in desk.refused(3, "compact", "zzz")


def test_trying_first_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = closed(desk, monkeypatch)
    size = sum(each.stat().st_size for each in desk.entries(ticket))
    before = desk.state()
    said = desk.tkt("compact", "--dry-run")
    assert (
        said.out == f"Would fold 4 entries of 1 ticket ({size:,} bytes) into its file: 5 files would be 1.\n"
    )
    assert desk.state() == before


class TestAfterwards:
    def test_it_can_be_reopened_and_closed_and_folded_again(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticket = closed(desk, monkeypatch)
        desk.tkt("compact")
        desk.tkt("transition", ticket, "reopened", "-m", "It is back.")
        desk.tkt("set", ticket, "title=Login page fails again")
        desk.tkt("transition", ticket, "closed")
        assert [each["clock"] for each in desk.show(ticket)["thread"]] == [1, 2, 3, 4, 5, 6, 7]
        before = answers(desk, ticket)
        desk.tkt("compact", ticket)
        assert desk.entries(ticket) == []
        assert answers(desk, ticket) == before

    def test_an_editor_sees_no_thread_and_takes_none_away(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        ticket = closed(desk, monkeypatch)
        desk.tkt("compact")
        seen = tmp_path / "seen"
        editor = script(tmp_path / "editor", f'cp "$1" {seen}; sed -i "s/It broke/It broke at noon/" "$1"')
        monkeypatch.setenv("GIT_EDITOR", editor)
        desk.tkt("edit", ticket)
        assert "<!-- entry" not in seen.read_text(encoding="utf-8")
        shown = desk.show(ticket)
        assert shown["body"] == "It broke at noon.\n"
        assert len(shown["thread"]) == 5

    def test_what_others_said_is_not_edited(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        ticket = closed(desk, monkeypatch)
        desk.tkt("compact")
        whole = desk.path(ticket).read_bytes()
        forged = whole.replace(b"Looking at it now", b"I will not look")
        assert "has been edited" in desk.refused(2, "edit", ticket, "-F", "-", stdin=forged)
        desk.tkt("edit", ticket, "-F", "-", stdin=whole.replace(b"It broke.", b"It is broken."))
        assert desk.show(ticket)["body"] == "It is broken.\n"

    def test_a_description_cannot_forge_a_thread(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        ticket = closed(desk, monkeypatch)
        desk.tkt("compact")
        body = desk.path(ticket).read_text(encoding="utf-8").partition("It broke.\n")[2]
        assert "would begin a folded thread" in desk.refused(2, "create", "Mine", "-F", "-", stdin=body)

    def test_two_people_fold_the_same_bytes(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        ticket = closed(desk, monkeypatch)
        desk.git("branch", "other")
        desk.tkt("compact")
        desk.git("switch", "--quiet", "other")
        at(monkeypatch, "2026-12-01T00:00:00Z")
        desk.tkt("compact")
        desk.tkt("comment", ticket, "Thank you.")
        before = answers(desk, ticket)
        desk.git("merge", "--quiet", "--no-edit", "main")
        assert answers(desk, ticket) == before

    def test_a_comment_made_on_another_branch_joins_the_thread(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticket = closed(desk, monkeypatch)
        desk.git("switch", "--quiet", "-c", "other")
        desk.tkt("comment", ticket, "Thank you.")
        desk.git("switch", "--quiet", "main")
        desk.tkt("compact")
        desk.git("merge", "--quiet", "--no-edit", "other")
        assert [each["clock"] for each in desk.show(ticket)["thread"]] == [1, 2, 3, 4, 5]
        assert len(desk.entries(ticket)) == 1


class TestLeftAsItIs:
    def test_a_ticket_with_changes_that_are_not_committed(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, two = closed(desk, monkeypatch, "One"), closed(desk, monkeypatch, "Two")
        desk.edit(one, "title: One", "title: Another")
        said = desk.tkt("compact", code=1)
        assert said.out == "Folded 4 entries of 1 ticket into its file: 5 files are 1 now.\n"
        assert f"{one}.md: has changes that are not committed" in said.err
        assert (len(desk.entries(one)), len(desk.entries(two))) == (4, 0)

    def test_a_ticket_whose_thread_cannot_be_read(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        ticket = closed(desk, monkeypatch)
        entry = desk.entries(ticket)[1]
        entry.write_text(
            entry.read_text(encoding="utf-8").replace("clock: 2", "clock: two"), encoding="utf-8"
        )
        desk.git("commit", "--quiet", "-am", "Break it")
        before = desk.state()
        said = desk.tkt("compact", code=1)
        assert said.out == "Nothing to fold.\n"
        assert said.err.startswith(f"left as it is: tickets/2026-01/{ticket}/{entry.name}:5: clock")
        assert desk.state() == before


class TestUndo:
    def test_a_commit_that_nobody_else_has_goes(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        closed(desk, monkeypatch, "One")
        closed(desk, monkeypatch, "Two")
        before = desk.state()
        desk.tkt("compact")
        assert desk.tkt("undo").out == "Undone: Compact 2 tickets\n"
        assert desk.state() == before

    def test_one_that_others_may_have_stays(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        ticket = closed(desk, monkeypatch)
        before = answers(desk, ticket)
        desk.tkt("compact")
        shared(desk)
        commit = desk.git("rev-parse", "HEAD")[:10]
        assert f"git revert {commit}" in desk.refused(4, "undo")
        desk.git("revert", "--no-edit", "HEAD")
        assert len(desk.entries(ticket)) == 4
        assert answers(desk, ticket) == before

    @pytest.mark.parametrize("name", ["stage", "off"])
    def test_what_is_not_committed_is_refused_with_a_way_out(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        ticket = closed(desk, monkeypatch)
        before = answers(desk, ticket)
        desk.settings("project", "commit: auto", f"commit: {name}")
        clean = desk.state()
        desk.tkt("compact")
        assert answers(desk, ticket)[:-1] == before[:-1]  # type: ignore[index]
        assert "git checkout HEAD -- tickets" in desk.refused(4, "undo")
        desk.git("checkout", "--quiet", "HEAD", "--", "tickets")
        assert desk.state() == clean

    def test_no_change_is_joined_to_it(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        ticket = closed(desk, monkeypatch)
        desk.settings("project", "commit: auto", "commit: amend")
        desk.tkt("comment", ticket, "One.")
        at(monkeypatch, "2026-11-22T09:01:00Z")
        states = [desk.state()]
        desk.tkt("compact", ticket)
        states.append(desk.state())
        at(monkeypatch, "2026-11-22T09:02:00Z")
        desk.tkt("comment", ticket, "Two.")
        assert desk.subjects()[:3] == [
            f"{ticket}: comment: Two.",
            f"{ticket}: compact",
            f"{ticket}: comment: One.",
        ]
        for state in reversed(states):
            desk.tkt("undo")
            assert desk.state() == state

    def test_a_change_before_it_is_taken_back_in_its_thread(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticket = closed(desk, monkeypatch)
        monkeypatch.setenv("TKT_ACTOR", "Bob <bob@example.com>")
        desk.tkt("compact")
        monkeypatch.delenv("TKT_ACTOR")
        assert "Others may have it" in desk.tkt("undo").err
        assert desk.show(ticket)["status"] == "new"


def test_a_terminal_gets_a_progress_bar(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    closed(desk, monkeypatch)
    assert "Folding" not in desk.tkt("compact", "--dry-run").err
    code, shown = on_terminal("compact", cwd=desk.root)
    assert code == 0
    assert "Folding" in shown
    assert "100%" in shown

"""The commits of code that name a ticket: found, remembered, and found again where branches move."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Desk, git, type_tkt
from tests.cli.test_fixes import commit


def subjects(desk: Desk, ticket: str, *options: str) -> list[str]:
    """The commits that are shown of a ticket; the same with and without the index."""
    found = [each["subject"] for each in desk.tkt("show", ticket, "--json", *options).data["commits"]]
    plain = desk.tkt("show", ticket, "--json", "--no-index", *options).data["commits"]
    assert sorted(each["subject"] for each in plain) == sorted(found)
    return sorted(found)


def test_commits_of_code_that_name_a_ticket(desk: Desk) -> None:
    ticket, other = desk.create("One"), desk.create("Other")
    oid = commit(desk, f"Mend the login ({ticket.lower()})\n\nIt was the cache.")
    commit(desk, f"Say more\n\nRefs: {ticket}, {other}", "Ana Silva <ana@example.com>")
    desk.tkt("comment", ticket, "-m", "Look at it.")
    shown = desk.tkt("show", ticket).out
    assert "COMMIT      DATE        AUTHOR      SUBJECT" in shown
    assert f"{oid[:10]}  " in shown
    assert f"Bob Okafor  Mend the login ({ticket.lower()})" in shown
    assert "ana         Say more" in shown
    assert subjects(desk, ticket) == [f"Mend the login ({ticket.lower()})", "Say more"]
    assert subjects(desk, other) == ["Say more"]
    rows = {each["id"]: each for each in desk.show(ticket)["commits"]}
    assert (rows[oid]["author"], rows[oid]["email"]) == ("Bob Okafor", "bob@example.com")


def test_a_ticket_that_no_commit_names_has_none(desk: Desk) -> None:
    ticket = desk.create()
    commit(desk, f"Something about X{ticket} and {ticket}9")
    assert subjects(desk, ticket) == []
    assert "COMMIT" not in desk.tkt("show", ticket).out


def test_what_branches_have(desk: Desk) -> None:
    ticket = desk.create()
    commit(desk, f"One {ticket}")
    assert subjects(desk, ticket) == [f"One {ticket}"]
    desk.git("switch", "--quiet", "-c", "topic")
    commit(desk, f"Two {ticket}")
    assert subjects(desk, ticket) == [f"One {ticket}", f"Two {ticket}"]
    desk.git("switch", "--quiet", "main")
    assert subjects(desk, ticket) == [f"One {ticket}"]
    desk.git("merge", "--quiet", "--no-ff", "-m", "Merge", "topic")
    assert subjects(desk, ticket) == [f"One {ticket}", f"Two {ticket}"]
    assert subjects(desk, ticket, "--rev", "HEAD~1") == [f"One {ticket}"]


def test_what_was_taken_back_is_gone(desk: Desk) -> None:
    ticket = desk.create()
    commit(desk, f"One {ticket}")
    commit(desk, f"Two {ticket}")
    assert len(subjects(desk, ticket)) == 2
    desk.git("commit", "--quiet", "--amend", "-m", f"Three {ticket}")
    assert subjects(desk, ticket) == [f"One {ticket}", f"Three {ticket}"]
    desk.git("reset", "--quiet", "--hard", "HEAD~2")
    desk.git("reflog", "expire", "--expire=now", "--all")
    desk.git("gc", "--quiet", "--prune=now")
    commit(desk, f"Four {ticket}")
    assert subjects(desk, ticket) == [f"Four {ticket}"]


def test_who_takes_back_what_tkt_committed_has_written_no_code(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("label", ticket, "vip")
    desk.git("revert", "--no-edit", "HEAD")
    assert subjects(desk, ticket) == []
    commit(desk, f"{ticket}: mend it")
    desk.git("revert", "--no-edit", "HEAD")
    assert subjects(desk, ticket) == [f'Revert "{ticket}: mend it"', f"{ticket}: mend it"]


@pytest.mark.parametrize("state", ["packed", "detached", "worktree"])
def test_wherever_the_branch_stands(
    desk: Desk, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk.create()
    commit(desk, f"One {ticket}")
    if state == "packed":
        desk.git("pack-refs", "--all")
    elif state == "detached":
        desk.git("checkout", "--quiet", "--detach")
    else:
        desk.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "there"))
        monkeypatch.chdir(tmp_path / "there")
        monkeypatch.setattr(desk, "root", tmp_path / "there")
    assert subjects(desk, ticket) == [f"One {ticket}"]
    commit(desk, f"Two {ticket}")
    assert subjects(desk, ticket) == [f"One {ticket}", f"Two {ticket}"]


def test_git_is_not_asked_where_nothing_has_moved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create()
    commit(desk, f"One {ticket}")
    desk.tkt("show", ticket)

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("Git was asked")

    monkeypatch.setattr("subprocess.Popen", refuse)
    assert f"One {ticket}" in desk.tkt("show", ticket).out


def test_in_a_bare_repository(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create()
    commit(desk, f"One {ticket}")
    git("clone", "--quiet", "--bare", str(desk.root), str(tmp_path / "server.git"), cwd=tmp_path)
    monkeypatch.chdir(tmp_path / "server.git")
    assert [each["subject"] for each in type_tkt("show", ticket, "--json").data["commits"]] == [
        f"One {ticket}"
    ]


def test_before_the_first_commit_there_are_none(empty: Path) -> None:
    git("init", "--quiet", cwd=empty)
    assert type_tkt("init", "--commit", "off").code == 0
    desk = Desk(empty)
    assert subjects(desk, desk.create()) == []


def test_whatever_a_commit_says_cannot_steer_a_terminal(desk: Desk) -> None:
    ticket = desk.create()
    commit(desk, f"One {ticket} \x1b[2J\x01\x01", "E\x01\x1b[2Jve <e\u202eve@example.org>")
    assert "\x1b" not in desk.tkt("show", ticket).out
    assert len(subjects(desk, ticket)) == 1


def test_many_commits_are_cut_for_people_only(desk: Desk) -> None:
    ticket = desk.create()
    for number in range(22):
        commit(desk, f"Commit {number} {ticket}")
    assert "and 2 earlier ones" in desk.tkt("show", ticket).out
    assert len(subjects(desk, ticket)) == 22


def test_a_merge_is_no_commit_of_code(desk: Desk) -> None:
    ticket = desk.create()
    desk.git("switch", "--quiet", "--create", "side")
    desk.git("commit", "--quiet", "--allow-empty", "-m", f"Take the cache out, see {ticket}")
    desk.git("switch", "--quiet", "main")
    desk.git("merge", "--quiet", "--no-ff", "-m", f"Bring {ticket} in", "side")
    assert [each["subject"] for each in desk.show(ticket)["commits"]] == [f"Take the cache out, see {ticket}"]

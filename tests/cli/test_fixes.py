"""Commits of code that say that tickets are done move them, once, by whoever wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import NOW, Desk, git, run_tkt, type_tkt


def commit(desk: Desk, message: str, who: str = "Bob Okafor <bob@example.com>", at: str = NOW) -> str:
    """A commit of code; its id."""
    path = desk.root / "code.py"
    path.write_text(f"{message!r}\n", encoding="utf-8")
    desk.git("add", "code.py")
    dated = f"--date={at}"
    desk.git(
        "-c", "user.name=C", "commit", "--quiet", "-m", message, f"--author={who}", dated, "--", "code.py"
    )
    return desk.git("rev-parse", "HEAD")


def test_a_commit_moves_its_ticket_by_its_author(desk: Desk) -> None:
    ticket, other = desk.create("One"), desk.create("Other")
    oid = commit(desk, f"Mend the login\n\nfixes: {ticket.lower()}\nSee {other}.")
    said = desk.tkt("fixes")
    assert said.out == (
        f"{ticket}  status: new -> resolved  ({oid[:10]} by bob@example.com: Mend the login)\n"
    )
    shown = desk.show(ticket)
    assert (shown["status"], desk.show(other)["status"]) == ("resolved", "new")
    assert (shown["thread"][-1]["by"], shown["thread"][-1]["commit"]) == ("bob@example.com", oid)
    assert desk.git("show", "-s", "--format=%an %ae|%cn") == "Bob Okafor bob@example.com|Ana Silva"
    assert desk.git("show", "-s", "--format=%(trailers)").strip() == f"Ticket: {ticket}"
    assert desk.git("status", "--porcelain") == ""


def test_it_does_so_once(desk: Desk) -> None:
    ticket = desk.create()
    commit(desk, f"Closes {ticket}")
    desk.tkt("fixes")
    before = desk.state()
    assert desk.tkt("fixes").out == ""
    desk.tkt("transition", ticket, "reopened")
    assert desk.tkt("fixes").out == ""
    assert desk.show(ticket)["status"] == "reopened"
    oid = commit(desk, f"Closes {ticket} again")
    assert oid[:10] in desk.tkt("fixes").out
    assert desk.state() != before


def test_what_was_reopened_after_a_commit_is_not_closed_by_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk.create()
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-22T09:00:00Z")
    commit(desk, f"Closes {ticket}")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    desk.tkt("transition", ticket, "closed")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T10:00:00Z")
    desk.tkt("transition", ticket, "reopened")
    assert desk.tkt("fixes").out == ""


def test_several_tickets_in_several_words(desk: Desk) -> None:
    tickets = [desk.create(each) for each in ("One", "Two", "Three", "Four")]
    one, two, three, four = tickets
    commit(desk, f"Mend it (FIXES {one}, {two} and {three})\n\nResolves {four}\n")
    assert [line.split()[0] for line in desk.tkt("fixes").lines] == tickets


@pytest.mark.parametrize(
    "message",
    ["Mend {0}", 'Revert "Fixes {0}"', "fixup! Fixes {0}", "Refs {0}: it fixes nothing", "prefixes {0}",
     "Fixes {0}\n\nTicket: {0}"],
)  # fmt: skip
def test_what_says_no_such_thing(desk: Desk, message: str) -> None:
    ticket = desk.create()
    commit(desk, message.format(ticket))
    assert desk.tkt("fixes").out == ""


def test_the_same_without_changing_anything(desk: Desk) -> None:
    ticket = desk.create()
    commit(desk, f"Fixes {ticket}")
    commit(desk, f"Fixes {ticket}, really")
    before = desk.state()
    (row,) = desk.tkt("fixes", "--dry-run", "--json").data
    assert desk.state() == before
    assert (row["ticket"], row["state"], row["was"], row["status"]) == (ticket, "moved", "new", "resolved")


def test_what_the_workflow_refuses_is_told_and_not_forced(desk: Desk) -> None:
    desk.settings("workflow", "- {from: new, to: [assigned, in-progress, waiting, resolved, closed]}",
                  "- {from: new, to: [assigned, in-progress]}\n"
                  "- {from: in-progress, to: resolved, when: '-label:blocked', comment: true}")  # fmt: skip
    desk.settings("workflow", "- {from: in-progress, to: [waiting, resolved, closed, assigned]}\n", "")
    one, two, three = (desk.create(each) for each in ("One", "Two", "Three"))
    desk.tkt("transition", two, three, "in-progress")
    desk.tkt("label", three, "blocked")
    commit(desk, f"Fixes {one} {two} {three}")
    said = desk.tkt("fixes")
    assert [line.split()[0] for line in said.lines] == [two]
    assert "warning: a ticket cannot go from new to resolved: " in said.err
    assert f"{three}: a ticket goes from in-progress to resolved only when: -label:blocked: " in said.err
    assert desk.show(two)["thread"][-1]["body"].startswith(f"Fixes {one}")


def test_whose_role_does_not_permit_it(desk: Desk) -> None:
    desk.settings("people", "others: agent", "others: requester")
    ticket = desk.create()
    commit(desk, f"Fixes {ticket}", "Eve <eve@example.org>")
    assert "eve@example.org may not move tickets" in desk.tkt("fixes").err
    commit(desk, f"Fixes {ticket}, as said", "Ana <ana@example.com>")
    assert ticket in desk.tkt("fixes").out


def test_a_ticket_that_is_not_there_is_told(desk: Desk) -> None:
    desk.create()
    commit(desk, "Fixes TKT-2j7k3q9")
    said = desk.tkt("fixes")
    assert (said.out, "there is no ticket TKT-2j7k3q9" in said.err) == ("", True)


def test_only_the_main_branch_counts_unless_commits_are_named(desk: Desk) -> None:
    ticket = desk.create()
    desk.git("switch", "--quiet", "-c", "topic")
    commit(desk, f"Fixes {ticket}")
    said = desk.refused(2, "fixes")
    assert said == (
        "tkt: commits count on the branch main, and this is topic\n"
        "  git switch main, or name the commits: tkt fixes A..B\n"
    )
    desk.git("switch", "--quiet", "main")
    assert desk.tkt("fixes").out == ""
    assert desk.tkt("fixes", "main..topic", "--dry-run").out
    desk.git("merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic")
    assert ticket in desk.tkt("fixes").out
    assert "no commit is called 'nowhere'" in desk.refused(3, "fixes", "nowhere..main")


def test_one_commit_by_its_name(desk: Desk) -> None:
    one, two = desk.create("One"), desk.create("Two")
    commit(desk, f"Fixes {one}")
    oid = commit(desk, f"Fixes {two}")
    assert [line.split()[0] for line in desk.tkt("fixes", oid[:12]).lines] == [two]


def test_where_commits_move_nothing(desk: Desk) -> None:
    desk.settings("project", "fixes: resolved", "fixes:")
    ticket = desk.create()
    commit(desk, f"Fixes {ticket}")
    said = desk.tkt("fixes")
    assert (said.out, said.err) == (
        "", "policy.fixes in .tkt/project.yaml names no status, so commits move nothing\n",
    )  # fmt: skip


def test_commits_are_made_where_they_are_wanted(desk: Desk) -> None:
    desk.settings("project", "commit: auto", "commit: stage")
    ticket = desk.create()
    desk.git("commit", "--quiet", "-m", "Open a ticket")
    commit(desk, f"Fixes {ticket}")
    desk.tkt("fixes")
    assert desk.git("diff", "--cached", "--name-only")
    desk.git("reset", "--quiet", "--hard")
    desk.tkt("fixes", "--commit")
    assert desk.subjects()[0].startswith(ticket)
    assert "exclude each other" in desk.refused(2, "fixes", "--commit", "--no-commit")


def test_whoever_a_commit_names_cannot_steer_a_terminal(desk: Desk) -> None:
    ticket = desk.create()
    commit(desk, f"Fixes {ticket} \x1b[2J", "E\x1b[2Jve <e\u202eve@example.org>")
    said = desk.tkt("fixes")
    assert "\x1b" not in said.out + said.err
    assert desk.show(ticket)["thread"][-1]["by"] == "eve@example.org"


# --- a bare repository ------------------------------------------------------


@pytest.fixture
def bare(desk: Desk, tmp_path: Path) -> tuple[Desk, Path, str, str]:
    """A bare repository that has a desk with two tickets, and commits that say they are done."""
    one, two = desk.create("One"), desk.create("Two")
    commit(desk, f"Fixes {one}")
    commit(desk, f"Fixes {two}", "Cyd <cyd@example.com>")
    path = tmp_path / "server.git"
    git("clone", "--quiet", "--bare", str(desk.root), str(path), cwd=tmp_path)
    return desk, path, one, two


def test_in_a_bare_repository_only_commits_are_made(
    bare: tuple[Desk, Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, path, one, two = bare
    monkeypatch.chdir(path)
    assert [line.split()[0] for line in type_tkt("fixes", "--dry-run").lines] == [one, two]
    said = type_tkt("fixes")
    assert said.code == 0, said
    assert [line.split()[0] for line in said.lines] == [one, two]
    assert git("log", "-2", "--format=%ae", cwd=path).split() == ["cyd@example.com", "bob@example.com"]
    assert type_tkt("fixes").out == ""
    assert git("for-each-ref", "refs/tkt", cwd=path) == ""
    desk.git("pull", "--quiet", str(path), "main")
    monkeypatch.chdir(desk.root)
    assert [desk.show(each)["status"] for each in (one, two)] == ["resolved", "resolved"]
    assert desk.git("status", "--porcelain") == ""


def test_a_hook_of_a_server_can_call_it(bare: tuple[Desk, Path, str, str]) -> None:
    _, path, one, two = bare
    done = run_tkt("fixes", cwd=path, env={"GIT_DIR": ".", "GIT_CONFIG_GLOBAL": "/dev/null"})
    assert done.returncode == 0, done
    assert [line.split()[0].decode() for line in done.stdout.splitlines()] == [one, two]


def test_a_branch_that_moves_meanwhile_is_left_alone(
    bare: tuple[Desk, Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tkt.errors import ConflictError
    from tkt.usecases.stepping import Move, transition
    from tkt.usecases.workspace import Actor
    from tkt.wiring.committed import open_deskside
    from tkt.wiring.desk import open_workspace

    _, path, one, _ = bare
    monkeypatch.chdir(path)
    ws = open_deskside(open_workspace()).desk(Actor("ana@example.com", "Ana", "ana@example.com"))
    assert type_tkt("fixes").code == 0
    head = git("rev-parse", "main", cwd=path)
    with pytest.raises(ConflictError, match="the branch has moved meanwhile"):
        transition(ws, [one], Move("closed"))
    assert git("rev-parse", "main", cwd=path) == head
    assert git("for-each-ref", "refs/tkt", cwd=path) == ""

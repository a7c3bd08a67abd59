"""Repositories in every state, and the variables that override them."""

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.desk import Desk, git, run_tkt, type_tkt


@pytest.mark.parametrize(
    "command",
    [["list"], ["show", "2j"], ["create", "x"], ["status"], ["doctor"], ["config", "check"], ["undo"]],
)
def test_outside_a_desk_every_command_says_how_to_begin(empty: Path, command: list[str]) -> None:
    said = type_tkt(*command)
    assert said.code == 3, empty
    assert said.err == (
        "tkt: no ticket desk here or in any folder above\n  tkt init makes one in a Git repository.\n"
    )


def test_any_folder_below_is_the_desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.root / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(desk.root / "a" / "b")
    ticket = desk.create()
    assert desk.show(ticket)["title"] == "Login page fails"
    assert desk.path(ticket).exists()


def test_a_desk_below_the_top_of_a_repository(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "--quiet", cwd=empty)
    assert type_tkt("init").code == 0
    (empty / "desk").mkdir()
    shutil.move(empty / ".tkt", empty / "desk" / ".tkt")
    git("add", "--all", cwd=empty)
    git("commit", "--quiet", "-m", "Move", cwd=empty)
    monkeypatch.chdir(empty / "desk")
    desk = Desk(empty / "desk")
    ticket = desk.create()
    desk.tkt("set", ticket, "queue=support")
    desk.tkt("undo")
    assert desk.git("ls-files", "--full-name", "tickets") == f"desk/tickets/2026-11/{ticket}.md"
    assert desk.git("status", "--porcelain") == ""


def test_a_bare_repository_is_read_and_not_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create("Login fails", "-t", "bug")
    desk.tkt("comment", ticket, "A word.")
    table, shown = desk.tkt("list").out, desk.tkt("show", ticket).out
    git("clone", "--quiet", "--bare", ".", "../bare.git", cwd=desk.root)
    bare = Desk(desk.root.parent / "bare.git")
    monkeypatch.chdir(bare.root)
    assert bare.tkt("list").out == table
    assert bare.tkt("show", ticket).out == shown
    assert "Login fails" in bare.tkt("status").out
    assert "A word." in bare.tkt("search", "a word").out
    assert bare.tkt("config", "check").code == 0
    for command in (["create", "x"], ["set", ticket, "queue=support"], ["comment", ticket, "x"], ["init"]):
        said = bare.tkt(*command, code=1)
        assert said.err.startswith("tkt: this repository is bare: its tickets can be read, not changed\n")
    assert "nothing of yours to undo" in bare.tkt("undo", code=3).err
    monkeypatch.chdir(desk.root.parent)
    monkeypatch.setenv("TKT_DIR", str(bare.root))
    assert bare.tkt("list").out == table


def test_an_empty_bare_repository_is_no_desk(empty: Path) -> None:
    git("init", "--quiet", "--bare", cwd=empty)
    said = type_tkt("list")
    assert (said.code, said.err.splitlines()[0]) == (3, "tkt: no ticket desk here or in any folder above")


def test_without_a_branch_nothing_is_committed_but_staged(desk: Desk) -> None:
    ticket = desk.create()
    desk.git("switch", "--quiet", "--detach")
    complaint = desk.refused(7, "set", ticket, "queue=support")
    assert "no branch is checked out" in complaint
    assert "git switch" in complaint
    assert desk.tkt("list").lines[1:]
    desk.tkt("set", ticket, "queue=support", "--no-commit")
    assert desk.git("diff", "--cached", "--name-only")


def test_a_worktree_is_a_desk_of_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create()
    desk.git("worktree", "add", "--quiet", "-b", "side", "../side")
    side = Desk(desk.root.parent / "side")
    monkeypatch.chdir(side.root)
    side.tkt("set", ticket, "queue=support")
    assert side.subjects()[0] == f"{ticket}: queue: none -> support"
    assert side.git("status", "--porcelain") == ""
    monkeypatch.chdir(desk.root)
    assert desk.show(ticket)["queue"] is None
    assert desk.git("status", "--porcelain") == ""


def test_an_unborn_branch(empty: Path) -> None:
    git("init", "--quiet", cwd=empty)
    assert type_tkt("init", "--commit", "off").code == 0
    desk = Desk(empty)
    text = (empty / ".tkt" / "project.yaml").read_text(encoding="utf-8")
    (empty / ".tkt" / "project.yaml").write_text(
        text.replace("commit: off", "commit: auto"), encoding="utf-8"
    )
    ticket = desk.create()
    assert desk.subjects() == [f"{ticket}: create: Login page fails"]
    desk.tkt("undo")
    assert desk.git("status", "--porcelain", "--", "tickets") == ""


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_either_kind_of_repository(empty: Path, object_format: str) -> None:
    git("init", "--quiet", f"--object-format={object_format}", cwd=empty)
    assert type_tkt("init").code == 0
    desk = Desk(empty)
    ticket = desk.create()
    desk.tkt("comment", ticket, "A word.")
    desk.tkt("undo")
    assert len(desk.git("rev-parse", "HEAD")) == (64 if object_format == "sha256" else 40)
    assert desk.git("fsck", "--strict", "--no-dangling") == ""


def test_a_shallow_clone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create()
    desk.tkt("comment", ticket, "A word.")
    git("clone", "--quiet", "--depth", "1", f"file://{desk.root}", "../shallow", cwd=desk.root)
    shallow = Desk(desk.root.parent / "shallow")
    monkeypatch.chdir(shallow.root)
    assert "A word." in shallow.tkt("show", ticket).out
    shallow.tkt("set", ticket, "queue=support")
    shallow.tkt("undo")
    shallow.tkt("comment", ticket, "Another.")
    assert shallow.git("status", "--porcelain") == ""


def test_a_named_store(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TKT_DIR", "desk")
    assert desk.show(ticket)["id"] == ticket
    desk.tkt("set", ticket, "queue=support")
    assert desk.subjects()[0] == f"{ticket}: queue: none -> support"
    monkeypatch.setenv("TKT_DIR", "nowhere")
    assert "TKT_DIR=nowhere has no .tkt folder" in desk.refused(3, "list")
    monkeypatch.setenv("TKT_DIR", "\x1b[31m")
    assert "\x1b" not in desk.refused(3, "list")


@pytest.mark.parametrize(
    "said",
    [
        "yesterday",
        "2026-11-22",
        "2026-11-22T09:00:00",
        "2026-11-22T25:00:00Z",
        "2026-11-22T09:00:60Z",
        "\x1b",
    ],
)
def test_a_moment_that_is_none_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("TKT_NOW", said)
    complaint = desk.refused(2, "create", "x")
    assert "is not a moment" in complaint
    assert "\x1b" not in complaint


@pytest.mark.parametrize(
    ("now", "stored"),
    [
        ("2026-11-22T10:30:00+01:00", "2026-11-22T09:30:00Z"),
        ("2026-11-22T09:30:00.9Z", "2026-11-22T09:30:00Z"),
    ],
)
def test_the_clock_can_be_set(desk: Desk, monkeypatch: pytest.MonkeyPatch, now: str, stored: str) -> None:
    monkeypatch.setenv("TKT_NOW", now)
    ticket = desk.create()
    assert desk.show(ticket)["created"] == stored
    dates = desk.git("log", "-1", "--format=%ad %cd", "--date=format-local:%H:%M")
    assert dates.split()[0] == dates.split()[1]


def test_a_year_that_no_id_can_name_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TKT_NOW", "1970-01-01T00:00:00Z")
    assert "no ticket can be created in 1970-01" in desk.refused(2, "create", "x")


@pytest.mark.parametrize(
    ("actor", "by", "author"),
    [
        ("ana", "ana@example.com", "Ana Silva <ana@example.com>"),
        ("Ana Silva", "ana@example.com", "Ana Silva <ana@example.com>"),
        ("zoe", "zoe", "zoe <zoe>"),
        ("zoe@example.org", "zoe@example.org", "zoe@example.org <zoe@example.org>"),
        ("Zoë Ørsted <zoe@example.org>", "zoe@example.org", "Zoë Ørsted <zoe@example.org>"),
    ],
)
def test_somebody_else_may_act(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, actor: str, by: str, author: str
) -> None:
    monkeypatch.setenv("TKT_ACTOR", actor)
    ticket = desk.create()
    assert desk.show(ticket)["created_by"] == by
    assert desk.git("log", "-1", "--format=%an <%ae>") == author
    assert desk.git("log", "-1", "--format=%cn <%ce>") == "Ana Silva <ana@example.com>"


@pytest.mark.parametrize("actor", ["<>", "a<b<c>", "\x1b[31mx", "x\u202ey", "a\nb", "x" * 300, "<\x9b@x>"])
def test_somebody_who_cannot_be_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch, actor: str) -> None:
    monkeypatch.setenv("TKT_ACTOR", actor)
    complaint = desk.refused(2, "create", "x")
    assert "TKT_ACTOR" in complaint
    assert complaint.replace("\n", "").isprintable()


@pytest.mark.parametrize("key", ["user.name", "user.email"])
def test_a_repository_cannot_smuggle_escapes_into_the_author(desk: Desk, key: str) -> None:
    desk.git("config", key, "\x1b[31mEvil")
    assert f"Git's {key} has a character that cannot be seen" in desk.refused(2, "create", "x")


def test_nobody_known_is_told_how_to_be(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for command in (["create", "x"], ["set", ticket, "queue=support"], ["list", "assignee:me"]):
        assert "git config --global user.email" in desk.refused(2, *command)
    assert "Nobody knows who you are: git config" in desk.tkt("status").out
    assert desk.tkt("list").lines[1:]
    assert desk.tkt("show", ticket).out


def test_the_cache_may_go_at_any_time(desk: Desk) -> None:
    ticket = desk.create("Login fails", "-t", "bug")
    desk.tkt("comment", ticket, "A word.")
    commands = [
        ["list"],
        ["show", ticket],
        ["log", ticket],
        ["search", "word"],
        ["status"],
        ["config", "show"],
    ]
    before = [desk.tkt(*each).out for each in commands]
    for spoil in (shutil.rmtree, _fill_with_rubbish, _make_a_file):
        spoil(desk.root / ".git" / "tkt")
        assert [desk.tkt(*each).out for each in commands] == before


def _fill_with_rubbish(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for path in [*folder.rglob("*"), folder / "settings", folder / "settings.json"]:
        path.write_bytes(b"\xff\x00{}")


def _make_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("in the way", encoding="utf-8")


def test_settings_are_read_afresh_when_they_change(desk: Desk) -> None:
    desk.tkt("list")
    desk.settings("project", "queues: [support, development, operations]", "queues: [front, back]")
    desk.create("Login fails", "-q", "front")
    assert "Allowed: front, back." in desk.refused(2, "create", "x", "-q", "support")


def test_one_damaged_file_is_loud_and_local(desk: Desk) -> None:
    good, bad = desk.create("Good"), desk.create("Bad")
    desk.path(bad).write_text("nothing of the kind\n", encoding="utf-8")
    path = desk.path(bad).relative_to(desk.root)
    for command in (["list"], ["list", "--json"], ["search", "good"], ["status"]):
        said = desk.tkt(*command)
        assert "Good" in said.out
        assert f"warning: {path}:1: no front matter" in said.err
    assert desk.tkt("show", bad, code=1).err.startswith(f"{path}:1: no front matter")
    desk.tkt("set", good, "queue=support")
    desk.tkt("create", "Another")
    assert "no front matter" in desk.tkt("set", bad, "queue=support", code=1).err


def test_one_damaged_entry_is_loud_and_local(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("comment", ticket, "First.")
    desk.tkt("comment", ticket, "Second.")
    broken = desk.entries(ticket)[0]
    broken.write_text("---\nid: x\n", encoding="utf-8")
    said = desk.tkt("show", ticket)
    assert said.out.count(".\n") >= 1
    assert f"warning: {broken.relative_to(desk.root)}:1: the front matter is not closed" in said.err
    desk.tkt("comment", ticket, "Third.")


def test_many_damaged_files_are_counted(desk: Desk) -> None:
    for number in range(15):
        ticket = desk.create(f"Number {number}")
        desk.path(ticket).write_text("nothing\n", encoding="utf-8")
    said = desk.tkt("list")
    assert said.err.count("warning: ") == 11
    assert "5 more; tkt doctor lists them" in said.err


def test_eight_at_once_lose_nothing(desk: Desk) -> None:
    from concurrent.futures import ThreadPoolExecutor

    ticket = desk.create()

    def comment(number: int) -> int:
        return run_tkt("comment", ticket, f"Number {number}", cwd=desk.root).returncode

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(comment, range(8))) == [0] * 8
    assert len(desk.show(ticket)["thread"]) == 8
    assert desk.git("status", "--porcelain") == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_repository_is_one_clear_line(desk: Desk) -> None:
    (desk.root / ".git").chmod(0o555)
    try:
        assert desk.tkt("create", "x", code=1).err.count("\n") == 1
    finally:
        (desk.root / ".git").chmod(0o755)

"""The index behind the commands, in real repositories: never seen, but for how quick the answers are."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.desk import Desk, Said, git, run_tkt, type_tkt
from tkt.store.index import database

_LOOKS = (
    ("list",),
    ("list", "--all", "--json"),
    ("list", "is:closed"),
    ("list", "--columns", "id,updated,closed,comments,attachments,spent,title", "--all"),
    ("list", "updated:<7d", "--sort", "-updated,title"),
    ("list", "label:vip,*in OR priority:>=P2", "--by", "status"),
    ("list", "is:blocked"),
    ("list", "blocked-by:*"),
    ("list", "commented-by:ana*", "--count"),
    ("list", "changed:status -is:open", "--format", "csv"),
    ("list", "no:assignee login", "--format", "md"),
    ("list", "spent:>=1h"),
    ("list", "stauts:new"),
    ("list", "type:epic"),
    ("search", "login"),
    ("search", "login", "--json"),
    ("search", "passwords label:vip"),
    ("search", '"all of them"'),
    ("search", "nothing-like-it"),
    ("next",),
    ("next", "--json"),
    ("board",),
    ("board", "--by", "assignee", "-n", "1"),
    ("status",),
    ("views",),
)


def looks(*more: str) -> list[tuple[tuple[str, ...], Said]]:
    """What some commands say that only look."""
    return [(each, type_tkt(*each, *more)) for each in _LOOKS[::3]]


def all_looks(*more: str, tickets: tuple[str, ...]) -> list[tuple[tuple[str, ...], Said]]:
    """What every such command says."""
    commands = (*_LOOKS, *(("show", each) for each in tickets), *(("log", each) for each in tickets))
    return [(each, type_tkt(*each, *more)) for each in commands]


def past_looks(rev: str, *more: str) -> list[tuple[tuple[str, ...], Said]]:
    """Likewise at a commit."""
    able = [each for each in _LOOKS[::2] if each[0] in {"list", "search", "board"}]
    return [(each, type_tkt(*each, "--rev", rev, *more)) for each in able]


def forget() -> None:
    """Delete what tkt keeps, as anybody may at any time."""
    common = git("rev-parse", "--path-format=absolute", "--git-common-dir", cwd=Path.cwd())
    shutil.rmtree(Path(common) / "tkt", ignore_errors=True)


def spoil(index: Path) -> None:
    """Write over the index, and over what the last command has not brought into it yet."""
    gc.collect()
    for each in index.parent.glob("index-*"):
        each.write_bytes(b"no database\n" * 500)


def never_seen() -> None:
    """See that the index says what the files say, and what a new index says."""
    kept = looks()
    assert kept == looks("--no-index")
    forget()
    assert looks() == kept
    for each, said in kept:
        assert said.code in {0, 1, 2}, each
        assert "Traceback" not in said.err
        assert "cannot be used" not in said.err


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk on which something has happened."""
    login = desk.create("Login page fails", "-t", "incident", "--label", "vip", "--label", "login")
    crash = desk.create("Crash at start", "It crashes at login, all of them.", "-t", "bug")
    wish = desk.create("日本語のメニュー", "-t", "feature")
    desk.create("Reset password mail", "-t", "task", "-a", "me")
    desk.tkt("comment", login, "Reset the passwords, please.")
    desk.tkt("link", login, "blocks", crash)
    desk.tkt("link", wish, "parent", crash)
    desk.tkt("transition", crash, "in-progress")
    desk.tkt("time", "add", wish, "90m")
    desk.tkt("transition", login, "resolved", "--resolution", "fixed", "-m", "Done.")
    return desk


def ids(desk: Desk) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in desk.root.glob("tickets/*/*.md")))


def test_it_is_there_and_says_what_the_files_say(busy: Desk) -> None:
    index = busy.root / ".git" / "tkt" / "index-1.db"
    forget()
    busy.tkt("list", "--no-index")
    busy.tkt("search", "login", "--no-index")
    assert not index.exists()
    busy.tkt("list")
    assert index.exists()
    assert busy.git("status", "--porcelain") == ""
    never_seen()
    assert all_looks(tickets=ids(busy)) == all_looks("--no-index", tickets=ids(busy))
    assert not Path(":memory:").exists()


@pytest.mark.parametrize("words", ["list l", "list label:", "list id:2", "show ", "label 2", "list status:n"])
def test_completion_says_the_same_with_a_new_index(busy: Desk, words: str) -> None:
    def complete() -> bytes:
        parts = ["tkt", *words.split(" ")]
        env = {
            "_TKT_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(parts),
            "COMP_CWORD": str(len(parts) - 1),
        }
        return run_tkt(cwd=busy.root, env=env).stdout

    first = complete()
    assert first
    forget()
    assert complete() == first


def test_another_branch_and_back(busy: Desk) -> None:
    first = looks()
    busy.git("switch", "--quiet", "-c", "side", "HEAD~4")
    never_seen()
    busy.create("Only on the side")
    never_seen()
    busy.git("switch", "--quiet", "main")
    assert looks() == first
    never_seen()
    busy.git("switch", "--quiet", "--orphan", "empty")
    busy.git("checkout", "--quiet", "main", "--", ".tkt")
    assert busy.tkt("list", "--all", "--json").data == []
    busy.git("reset", "--quiet", "--hard")
    busy.git("switch", "--quiet", "main")
    assert looks() == first


def test_a_pull_a_merge_and_a_rebase(busy: Desk) -> None:
    git("clone", "--quiet", str(busy.root), str(busy.root.parent / "other"), cwd=busy.root)
    other = Desk(busy.root.parent / "other")
    ticket = ids(busy)[0]
    os.chdir(other.root)
    other.tkt("comment", ticket, "From the other desk.")
    other.create("Made elsewhere")
    never_seen()
    os.chdir(busy.root)
    busy.create("Made here")
    never_seen()
    busy.git("pull", "--quiet", "--no-rebase", "--no-edit", str(other.root), "main")
    assert "Made elsewhere" in busy.tkt("list").out
    never_seen()
    os.chdir(other.root)
    other.create("Made elsewhere later")
    other.git("pull", "--quiet", "--rebase", str(busy.root), "main")
    assert "Made here" in other.tkt("list").out
    never_seen()


def test_a_stash_and_hand_edits(busy: Desk) -> None:
    before = looks()
    ticket = ids(busy)[1]
    for title in ("Edited by hand", "Edited at once"):
        old = busy.show(ticket)["title"]
        busy.edit(ticket, f"title: {old}", f"title: {title}")
        assert title in busy.tkt("list", "--all").out
    never_seen()
    busy.git("stash", "--quiet")
    assert looks() == before
    busy.git("stash", "pop", "--quiet")
    assert "Edited at once" in busy.tkt("list", "--all").out
    busy.git("checkout", "--quiet", "--", ".")
    assert looks() == before
    busy.path(ticket).unlink()
    assert ticket not in busy.tkt("list", "--all").out
    never_seen()


def test_worktrees_share_one_index(busy: Desk) -> None:
    first = looks()
    busy.git("worktree", "add", "--quiet", "-b", "side", "../side", "HEAD~3")
    side = Desk(busy.root.parent / "side")
    os.chdir(side.root)
    side.create("Only in the worktree")
    assert "Only in the worktree" in side.tkt("list").out
    never_seen()
    assert not (side.root / ".git").is_dir()
    os.chdir(busy.root)
    assert looks() == first
    assert list(busy.root.glob(".git/**/index-1.db")) == [busy.root / ".git" / "tkt" / "index-1.db"]
    never_seen()


@pytest.mark.usefixtures("busy")
def test_several_commits() -> None:
    for rev in ("HEAD", "HEAD~5"):
        assert past_looks(rev) == past_looks(rev, "--no-index")
    kept = past_looks("HEAD~2")
    assert kept == past_looks("HEAD~2", "--no-index")
    forget()
    assert past_looks("HEAD~2") == kept
    never_seen()


def test_a_bare_clone_and_what_is_pushed_to_it(busy: Desk) -> None:
    git("clone", "--quiet", "--bare", ".", "../bare.git", cwd=busy.root)
    bare = busy.root.parent / "bare.git"
    os.chdir(bare)
    never_seen()
    os.chdir(busy.root)
    busy.create("Pushed later")
    busy.git("push", "--quiet", str(bare), "main")
    os.chdir(bare)
    assert "Pushed later" in type_tkt("list").out
    never_seen()


def test_a_shallow_clone(busy: Desk) -> None:
    expected = looks()
    git("clone", "--quiet", "--depth", "1", f"file://{busy.root}", "../shallow", cwd=busy.root)
    os.chdir(busy.root.parent / "shallow")
    assert [said.out for _, said in looks() if _[0] != "status"] == [
        said.out for _, said in expected if _[0] != "status"
    ]
    never_seen()


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_either_kind_of_repository_and_many_tickets(
    empty: Path, monkeypatch: pytest.MonkeyPatch, object_format: str
) -> None:
    """Of many tickets two processes read half each, at a commit as well."""
    monkeypatch.setattr("tkt.store.index.spreading._MANY", 5)
    monkeypatch.setattr("tkt.store.index.keeping._CHUNK", 3)
    monkeypatch.setattr("tkt.store.index.spreading._CHUNK", 3)
    git("init", "--quiet", f"--object-format={object_format}", cwd=empty)
    assert type_tkt("init").code == 0
    desk = Desk(empty)
    first = desk.create("The first login")
    text = desk.path(first).read_text(encoding="utf-8")
    for number in range(60):
        ticket = f"TKT-2j{number:05}"
        (desk.path(first).parent / f"{ticket}.md").write_text(
            text.replace(first, ticket).replace("The first", f"Number {number}"), encoding="utf-8"
        )
    git("add", "--all", cwd=empty)
    git("commit", "--quiet", "-m", "Many", cwd=empty)
    assert len(desk.tkt("list", "--json").data) == 61
    never_seen()
    forget()
    kept = past_looks("HEAD")
    assert kept == past_looks("HEAD", "--no-index")
    assert len(desk.tkt("list", "--json", "--rev", "HEAD").data) == 61


def test_a_desk_in_a_subfolder(empty: Path) -> None:
    git("init", "--quiet", cwd=empty)
    assert type_tkt("init").code == 0
    (empty / "help desk").mkdir()
    shutil.move(empty / ".tkt", empty / "help desk" / ".tkt")
    git("add", "--all", cwd=empty)
    git("commit", "--quiet", "-m", "Move", cwd=empty)
    os.chdir(empty / "help desk")
    desk = Desk(empty / "help desk")
    desk.create("Below the top")
    never_seen()
    assert past_looks("HEAD") == past_looks("HEAD", "--no-index")
    assert (empty / ".git" / "tkt" / "index-1.db").exists()


def test_other_settings_read_other_fields(busy: Desk) -> None:
    ticket = ids(busy)[0]
    busy.edit(ticket, "\n---\n", "\nversion: 1.1\nparts: [door, wheel]\n---\n")
    never_seen()
    busy.settings("project", "fields: {}", "fields:\n  version: {type: number}\n  parts: {type: list}")
    assert busy.tkt("list", "version:>1", "--all", "--json").data[0]["id"] == ticket
    assert busy.tkt("list", "parts:wheel", "--all", "--count").out == "1\n"
    never_seen()
    busy.settings("project", "parts: {type: list}", "parts: {type: text}")
    assert f"{ticket}.md" in busy.tkt("list", "--all").err
    never_seen()


def test_broken_files_are_named_and_the_others_shown(busy: Desk) -> None:
    folder = busy.path(ids(busy)[0]).parent
    for number in range(15):
        (folder / f"TKT-2j{number:05}.md").write_bytes(b"nothing of the kind\n")
    (folder / "TKT-nonsense.md").write_bytes(b"")
    (folder / os.fsdecode(b"odd-\xe9.md")).write_bytes(b"")
    said = busy.tkt("list")
    assert said.err.count("warning: ") == 11
    assert "tkt doctor lists them" in said.err
    never_seen()


def test_what_is_typed_need_not_be_text(busy: Desk) -> None:
    for word in ("\udce9", "label:\udce9", "assignee:\udce9*", "id:\udce9"):
        for command in ("list", "search"):
            first = busy.tkt(command, word, code=None)
            assert first == busy.tkt(command, word, "--no-index", code=None)
            assert "cannot be used" not in first.err


@pytest.mark.parametrize("harm", ["noise", "folder", "locked"])
def test_a_useless_index_is_mended_or_done_without(
    busy: Desk, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    expected = [(each, said.code, said.out) for each, said in looks()]
    index = busy.root / ".git" / "tkt" / "index-1.db"
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    forget()
    index.parent.mkdir()
    if harm == "noise":
        index.write_bytes(b"no database\n" * 500)
    elif harm == "folder":
        index.mkdir()
    with closing(sqlite3.connect(index if harm == "locked" else ":memory:", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answers = looks()
    assert [(each, said.code, said.out) for each, said in answers] == expected
    warned = [each for each, said in answers if "the index cannot be used" in said.err]
    assert bool(warned) is (harm != "noise")
    assert all("tkt doctor says more" in said.err for each, said in answers if each in warned)


def test_doctor_finds_it_sound_and_says_how_to_mend_it(busy: Desk) -> None:
    forget()
    assert "no index yet" in busy.tkt("doctor").out
    busy.tkt("list")
    said = busy.tkt("doctor")
    assert "agrees with the files" in said.out
    assert said.lines[-1] == "All is well."
    index = busy.root / ".git" / "tkt" / "index-1.db"
    spoil(index)
    said = busy.tkt("doctor", code=1)
    assert "the index cannot be used: file is not a database" in said.out
    assert "rm -r .git/tkt" in said.out
    forget()
    busy.tkt("list")
    with closing(sqlite3.connect(index)) as connection:
        connection.execute("UPDATE content SET title = 'Made up'")
        connection.commit()
    assert "says something else than the files" in busy.tkt("doctor", code=1).out
    forget()
    assert busy.tkt("doctor").lines[-1] == "All is well."


def test_doctor_names_the_folder_of_a_worktree(busy: Desk) -> None:
    busy.git("worktree", "add", "--quiet", "-b", "side", "../side")
    busy.tkt("list")
    spoil(busy.root / ".git" / "tkt" / "index-1.db")
    os.chdir(busy.root.parent / "side")
    said = type_tkt("doctor").out
    (command,) = {line.strip() for line in said.splitlines() if "rm -r" in line}
    subprocess.run(command, shell=True, check=True)  # noqa: S602  as a person would
    assert not (busy.root / ".git" / "tkt").exists()
    assert type_tkt("doctor").out.splitlines()[-1] == "All is well."


def test_many_commands_at_once(busy: Desk) -> None:
    """Eight processes look while others write; nobody fails, and in the end all agree."""
    forget()
    tickets = ids(busy)
    jobs = [
        *(["list", "--all", "--json"], ["search", "login", "--json"], ["list", "comments:>0", "--count"]) * 2,
        *(["status"], ["list", "updated:<7d", "--json"]),
    ]
    comments = [["comment", each, "Words about login."] for each in tickets]
    with ThreadPoolExecutor(9) as pool:
        looking = [pool.submit(_in_turn, busy.root, [each] * 4) for each in jobs]
        writing = pool.submit(_in_turn, busy.root, comments)
    done = [each for one in (*looking, writing) for each in one.result()]
    assert len(done) == 4 * 8 + len(tickets)
    for each in done:
        assert each.returncode == 0, each
        assert b"Traceback" not in each.stderr
        assert b"cannot be used" not in each.stderr
    assert busy.tkt("list", "comments:>0", "--all", "--count").out == f"{len(tickets)}\n"
    never_seen()


def _in_turn(root: Path, commands: list[list[str]]) -> list[subprocess.CompletedProcess[bytes]]:
    return [run_tkt(*each, cwd=root) for each in commands]

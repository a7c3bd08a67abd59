"""The desk at any commit: `--rev` in every kind of repository."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.desk import Desk, git, type_tkt
from tkt.domain.settings import CommitPolicy
from tkt.errors import TktError
from tkt.usecases.workspace import FileWrite, LastChange, Note
from tkt.wiring.desk import open_workspace

_LATER = "2026-11-22T10:00:00Z"


@pytest.fixture
def ticket(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ticket that was new at v1, and has moved since."""
    return _moved(desk, monkeypatch)


def _moved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    ticket = desk.create("Login fails", "-t", "bug")
    desk.git("tag", "-a", "-m", "one", "v1")
    monkeypatch.setenv("TKT_NOW", _LATER)
    desk.tkt("comment", ticket, "A word.")
    desk.tkt("transition", ticket, "in-progress")
    return ticket


def _is_as_it_was(desk: Desk, ticket: str, rev: str = "v1") -> None:
    """See that a commit shows the ticket without what came after."""
    then = desk.tkt("show", ticket, "--json", "--rev", rev).data
    assert (then["status"], then["thread"]) == ("new", [])
    assert desk.tkt("log", ticket, "--json", "--rev", rev).data == []
    document = desk.tkt("export", ticket, "--rev", rev).out
    assert "status: new" in document
    assert "A word." not in document
    assert "A word." in desk.tkt("show", ticket).out


@pytest.mark.parametrize(
    "rev", ["v1", "HEAD~2", "main~2", "refs/tags/v1", "@~2", "HEAD^{/create}", "tags/v1"]
)
def test_a_ticket_as_it_was(desk: Desk, ticket: str, rev: str) -> None:
    _is_as_it_was(desk, ticket, rev)


def test_the_beginning_of_an_id(desk: Desk, ticket: str) -> None:
    _is_as_it_was(desk, ticket, desk.git("rev-parse", "--short", "v1^{commit}"))


def test_what_is_not_committed_is_not_there(desk: Desk, ticket: str) -> None:
    desk.edit(ticket, "queue:", "queue: support")
    assert desk.show(ticket)["queue"] == "support"
    assert desk.tkt("show", ticket, "--json", "--rev", "HEAD").data["queue"] is None


def test_a_ticket_that_was_not_there_yet(desk: Desk, ticket: str) -> None:
    assert f"no ticket {ticket}" in desk.refused(3, "show", ticket, "--rev", "v1~1")


def test_the_ticket_changed_last_and_that_of_the_branch(desk: Desk, ticket: str) -> None:
    desk.git("switch", "--quiet", "-c", f"{ticket}-fix")
    for word in ("-", "."):
        assert desk.tkt("show", word, "--rev", "v1", "--json").data["status"] == "new"


def test_a_worktree(desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.git("worktree", "add", "--quiet", "-b", "side", "../side")
    side = Desk(desk.root.parent / "side")
    monkeypatch.chdir(side.root)
    _is_as_it_was(side, ticket)
    assert side.git("status", "--porcelain") == ""


def test_a_bare_repository(desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    git("clone", "--quiet", "--bare", ".", "../bare.git", cwd=desk.root)
    bare = Desk(desk.root.parent / "bare.git")
    monkeypatch.chdir(bare.root)
    _is_as_it_was(bare, ticket)
    monkeypatch.chdir(desk.root.parent)
    monkeypatch.setenv("TKT_DIR", "bare.git")
    _is_as_it_was(bare, ticket)


def test_a_bare_repository_with_another_branch_at_head(
    desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("clone", "--quiet", "--bare", ".", "../bare.git", cwd=desk.root)
    bare = desk.root.parent / "bare.git"
    git("symbolic-ref", "HEAD", "refs/heads/unborn", cwd=bare)
    monkeypatch.chdir(bare)
    assert type_tkt("show", ticket, "--json", "--rev", "v1").data["status"] == "new"


def test_a_shallow_clone(desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    git("clone", "--quiet", "--depth", "2", f"file://{desk.root}", "../shallow", cwd=desk.root)
    shallow = Desk(desk.root.parent / "shallow")
    monkeypatch.chdir(shallow.root)
    assert shallow.tkt("show", ticket, "--json", "--rev", "HEAD~1").data["status"] == "new"
    complaint = shallow.refused(3, "show", ticket, "--rev", "HEAD~2")
    assert "git fetch --unshallow" in complaint


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_either_kind_of_repository(empty: Path, monkeypatch: pytest.MonkeyPatch, object_format: str) -> None:
    git("init", "--quiet", f"--object-format={object_format}", cwd=empty)
    assert type_tkt("init").code == 0
    desk = Desk(empty)
    ticket = _moved(desk, monkeypatch)
    _is_as_it_was(desk, ticket, desk.git("rev-parse", "v1"))


def test_from_a_subfolder_and_by_name(desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.root / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(desk.root / "a" / "b")
    _is_as_it_was(desk, ticket)
    monkeypatch.chdir(desk.root.parent)
    monkeypatch.setenv("TKT_DIR", "desk")
    _is_as_it_was(desk, ticket)


@pytest.fixture
def below(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk in a subfolder of its repository; the current folder."""
    git("init", "--quiet", cwd=empty)
    assert type_tkt("init").code == 0
    (empty / "help desk").mkdir()
    shutil.move(empty / ".tkt", empty / "help desk" / ".tkt")
    git("add", "--all", cwd=empty)
    git("commit", "--quiet", "-m", "Move", cwd=empty)
    monkeypatch.chdir(empty / "help desk")
    return Desk(empty / "help desk")


def test_a_desk_below_the_top_of_a_repository(below: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = _moved(below, monkeypatch)
    _is_as_it_was(below, ticket)
    complaint = below.refused(3, "show", ticket, "--rev", "HEAD~4")
    assert "That commit has no help desk/.tkt folder." in complaint


def test_a_commit_without_a_desk(desk: Desk, ticket: str) -> None:
    empty = desk.git("hash-object", "-w", "-t", "tree", "/dev/null")
    commit = desk.git("commit-tree", "-m", "nothing", empty)
    assert f"there is no ticket desk at '{commit}'" in desk.refused(3, "show", ticket, "--rev", commit)


def test_a_desk_that_the_working_tree_does_not_hold(
    desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.git("switch", "--quiet", "--orphan", "code")
    (desk.root / "src").mkdir()
    monkeypatch.chdir(desk.root / "src")
    assert "no ticket desk here" in type_tkt("show", ticket).err
    assert desk.tkt("show", ticket, "--json", "--rev", "main").data["status"] == "in-progress"


def test_outside_a_repository(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = type_tkt("show", "2j", "--rev", "HEAD")
    assert (said.code, said.err.splitlines()[0]) == (3, "tkt: no ticket desk here or in any folder above")
    (empty / ".tkt").mkdir()
    assert "is in no Git repository" in type_tkt("show", "2j", "--rev", "HEAD").err
    monkeypatch.setenv("TKT_DIR", "nowhere")
    assert "TKT_DIR=nowhere has no .tkt folder" in type_tkt("show", "2j", "--rev", "HEAD").err


def test_settings_are_those_of_the_commit(desk: Desk, ticket: str) -> None:
    desk.settings("workflow", "  new: ", "  fresh: {category: new}\n  new: ")
    cache = desk.root / ".git" / "tkt" / "settings"
    desk.tkt("show", ticket)
    kept = cache.read_bytes()
    ws = open_workspace(rev="v1")
    assert "fresh" not in ws.settings.workflow.statuses
    assert "fresh" in open_workspace().settings.workflow.statuses
    assert cache.read_bytes() == kept


_NO_COMMITS = (
    "v9",
    "",
    "-",
    "^HEAD",
    "HEAD..v1",
    "0" * 40,
    "HEAD:.tkt",
    "HEAD^{tree}",
    "@{9999}",
    "v1\nHEAD",
)
_NASTY = ("--all", "--output=x", "-h", "HEAD --", "$(id)", "\x1b[31m", "\udcff")


@pytest.mark.parametrize("rev", [*_NO_COMMITS, *_NASTY])
def test_a_name_of_no_commit(desk: Desk, ticket: str, rev: str) -> None:
    complaint = desk.refused(3, "show", ticket, f"--rev={rev}")
    assert complaint.startswith("tkt: no commit is called ")
    assert "\x1b" not in complaint


def test_a_name_of_several_commits(desk: Desk, ticket: str) -> None:
    names: dict[str, str] = {}
    for number in range(300):
        commit = desk.git("commit-tree", "-m", str(number), "HEAD^{tree}")
        if commit[:4] in names and names[commit[:4]] != commit:
            assert "is the start of several ids" in desk.refused(3, "show", ticket, "--rev", commit[:4])
            return
        names[commit[:4]] = commit


def test_a_branch_with_the_name_of_an_option(desk: Desk, ticket: str) -> None:
    desk.git("update-ref", "refs/heads/--all", "v1^{commit}")
    _is_as_it_was(desk, ticket, "--all")


def test_nothing_can_be_changed_there(desk: Desk, ticket: str) -> None:
    before = desk.state()
    recorder = open_workspace(rev="v1").recorder
    write = FileWrite("tickets/x.md", b"x")
    with pytest.raises(TktError, match="the desk at 'v1' can be read, not changed"):
        recorder.record([write], Note("x"), CommitPolicy.AUTO)
    change = LastChange("x", "x", (ticket,), (), (), is_head=True, shared=False)
    with pytest.raises(TktError, match="can be read, not changed"):
        recorder.rewind(change)
    assert desk.state() == before

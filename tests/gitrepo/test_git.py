"""How Git is run: in the right repository, whatever the environment says."""

from pathlib import Path
from typing import Any

import pytest

from tests.gitrepo.desk import DONE, TEXT, TICKET, Desk, make_desk
from tkt.errors import TktError
from tkt.gitrepo.git import Git, GitError, read_config
from tkt.gitrepo.worktrees import git_folder


@pytest.fixture
def other(tmp_path: Path) -> Desk:
    """Another desk, which the environment points at."""
    return make_desk(tmp_path / "other")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIT_DIR", ".git"),
        ("GIT_INDEX_FILE", ".git/index"),
        ("GIT_WORK_TREE", ""),
        ("GIT_COMMON_DIR", ".git"),
        ("GIT_OBJECT_DIRECTORY", ".git/objects"),
        ("GIT_NAMESPACE", "elsewhere"),
    ],
)
def test_variables_that_lead_elsewhere_are_not_followed(
    desk: Desk, other: Desk, name: str, value: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, str(other.root / value) if value != "elsewhere" else value)
        desk.finish()
        assert desk.last().changed == (TICKET,)
        assert desk.history.uncommitted() == []

    assert desk.at_head(TICKET).encode() == DONE
    assert (desk.status, other.status) == ([], [])
    assert other.subjects == ["start"]
    assert other.read(TICKET) == TEXT


def test_the_environment_of_a_hook_of_git(desk: Desk, other: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(other.root)
    for name, value in (("GIT_DIR", ".git"), ("GIT_INDEX_FILE", ".git/index"), ("GIT_PREFIX", "")):
        monkeypatch.setenv(name, value)

    desk.finish()
    desk.rewind()

    monkeypatch.undo()
    assert (desk.status, other.status) == ([], [])
    assert (desk.subjects, other.subjects) == (["start"], ["start"])


def test_configuration_in_the_environment_still_counts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("COUNT", "1"), ("KEY_0", "user.email"), ("VALUE_0", "eve@example.com")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)

    identity = desk.repository.identity()

    assert identity is not None
    assert identity.email == "eve@example.com"


def test_who_is_named_by_the_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "bot@example.com")

    identity = desk.repository.identity()

    assert identity is not None
    assert (identity.id, identity.name) == ("bot@example.com", "Ana Silva")


def test_nobody_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")

    assert desk.repository.identity() is None


def test_configuration_is_read_as_git_means_it(desk: Desk) -> None:
    with (desk.root / ".git/config").open("a", encoding="utf-8") as file:
        file.write('[commit]\n\tgpgSign\n[x "A.b"]\n\tValue = "two\\nlines"\n\tvalue = last\n')

    config = read_config(desk.repository.git)

    assert config["commit.gpgsign"] == "true"
    assert config["x.a.b.value"] == "last"


def test_what_git_complains_of_is_the_error(desk: Desk) -> None:
    with pytest.raises(GitError, match="git rev-parse failed: fatal: Needed a single revision"):
        desk.repository.git.run("rev-parse", "--verify", "nowhere")


@pytest.mark.parametrize(
    ("command", "size"),
    [("rev-parse", 0), ("rev-parse", 60), ("cat-file", 0), ("cat-file", 50), ("fast-import", 0)],
)
def test_an_answer_that_is_cut_short_is_not_taken_for_the_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str, size: int
) -> None:
    before, attempt = desk.head, Git.attempt

    def cut(git: Git, *args: str, **options: Any) -> tuple[int, bytes, bytes]:
        status, out, err = attempt(git, *args, **options)
        return status, out[:size] if args[0] == command else out, err

    monkeypatch.setattr(Git, "attempt", cut)
    with pytest.raises(GitError, match=f"git {command} has not said all") as raised:
        desk.finish()
    assert "git fsck" in raised.value.hint
    assert (desk.head, desk.status, desk.read(TICKET)) == (before, [], TEXT)


def test_contents_that_are_cut_short_are_not_taken_for_the_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Git, "run", lambda *_, **__: b"0" * 40 + b" blob 9\nshort")
    with pytest.raises(GitError, match="git cat-file has not said all"):
        desk.history.blob_at_head(TICKET)


def test_a_machine_without_git(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(desk.root))
        with pytest.raises(TktError, match="git is not installed"):
            Git(str(desk.root)).run("version")


def test_the_git_folder_is_found_without_git(desk: Desk, tmp_path: Path) -> None:
    assert git_folder(str(desk.root / "tickets/2026-11")) == str(desk.root / ".git")
    assert git_folder(str(tmp_path)) == ""

    (tmp_path / ".git").write_text("gitdir: nowhere\n", encoding="utf-8")
    assert git_folder(str(tmp_path)) == str(tmp_path / "nowhere")
    (tmp_path / ".git").unlink()

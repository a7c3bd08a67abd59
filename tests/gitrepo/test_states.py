"""Whatever state a repository is in: it works, or the reason is one clear sentence."""

from pathlib import Path

import pytest

from tests.gitrepo.desk import DONE, ENTRY, OTHER, TEXT, TICKET, Desk, make_desk, run
from tkt.domain.settings import CommitPolicy
from tkt.errors import ConflictError, InvalidStoreError, NotFoundError, TktError
from tkt.gitrepo.commit_files import CommitFiles
from tkt.gitrepo.git import Git
from tkt.gitrepo.repository import Repository, bare_repository
from tkt.gitrepo.worktrees import git_folder


def _finishes(desk: Desk) -> None:
    """A change, its undoing and a change again, and nothing else is touched."""
    before = desk.status
    desk.finish()
    assert desk.at_head(TICKET).encode() == DONE
    assert desk.status == before
    desk.rewind()
    assert desk.status == before
    desk.finish()
    desk.record(desk.write(ENTRY, None))
    assert desk.status == before
    desk.assert_sound()


def test_before_the_first_commit(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.git("init", "--quiet", "-b", "trunk")
    desk.put("notes.txt", "mine\n")

    _finishes(desk)

    assert len(desk.subjects) == 2
    assert desk.git("branch", "--show-current").strip() == "trunk"


def test_a_linked_worktree(desk: Desk) -> None:
    linked = Desk(desk.root.parent / "linked")
    desk.git("worktree", "add", "--quiet", "-b", "side", str(linked.root))

    _finishes(linked)

    assert desk.status == []
    assert desk.subjects == ["start"]
    assert git_folder(str(linked.root)) == str(desk.root / ".git")
    assert (desk.root / ".git/tkt.lock").exists()


def test_a_bare_repository_can_be_read(desk: Desk) -> None:
    desk.finish()
    bare = desk.root.parent / "bare.git"
    run(desk.root, "clone", "--quiet", "--bare", ".", str(bare))

    files = CommitFiles(Git(str(bare), str(bare)), "HEAD")

    assert files.read(TICKET) == DONE
    assert files.names("tickets/2026-11") == ["TKT-2j7k3q9.md", "TKT-2j7k3q9/"]
    assert bare_repository(str(bare)) == str(bare)


def test_a_bare_repository_cannot_be_written(desk: Desk) -> None:
    bare = Desk(desk.root.parent / "bare.git")
    run(desk.root, "clone", "--quiet", "--bare", ".", str(bare.root))

    with pytest.raises(TktError, match="this repository is bare") as caught:
        bare.finish()

    assert caught.value.hint == "Work in a clone of it."


def test_no_repository_at_all(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="is in no Git repository"):
        Desk(tmp_path).finish()


def test_a_shallow_clone(desk: Desk) -> None:
    desk.finish()
    shallow = Desk(desk.root.parent / "shallow")
    run(desk.root, "clone", "--quiet", "--depth=1", desk.root.as_uri(), str(shallow.root))

    shallow.record(shallow.write(OTHER, b"x\n"))
    shallow.git("push", "--quiet", "origin", "HEAD:refs/heads/pushed")

    assert shallow.status == []
    assert desk.git("show", f"pushed:{OTHER}") == "x\n"
    shallow.assert_sound()


def test_a_submodule(desk: Desk, tmp_path: Path) -> None:
    outer = make_desk(tmp_path / "outer")
    outer.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(desk.root), "support"
    )  # fmt: skip
    outer.commit()

    inner = Desk(outer.root / "support")
    _finishes(inner)

    assert outer.status == [" M support"]
    assert git_folder(str(inner.root)) == str(outer.root / ".git/modules/support")


def test_a_folder_of_tickets_that_is_a_repository_of_its_own_is_refused(desk: Desk) -> None:
    inner = make_desk(desk.root / "tickets/2026-12")

    with pytest.raises(InvalidStoreError, match="tickets/2026-12: is another repository"):
        desk.record(desk.write("tickets/2026-12/TKT-2k00000.md", b"x\n"))

    assert inner.status == []
    assert desk.subjects == ["start"]


def test_sha_256(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "desk", "--object-format=sha256")

    _finishes(desk)

    assert len(desk.head) == 64


@pytest.mark.parametrize("index", ["--no-sparse-index", "--sparse-index"])
def test_a_sparse_checkout_without_the_tickets(desk: Desk, index: str) -> None:
    desk.put("src/code.py", "x\n")
    desk.commit()
    desk.git("sparse-checkout", "set", "--cone", index, "src")
    assert not (desk.root / "tickets").exists()

    desk.record(desk.write(OTHER, b"x\n"))
    desk.record(desk.write(OTHER, b"y\n"))

    assert desk.at_head(OTHER) == "y\n"
    assert desk.at_head(TICKET).encode() == TEXT
    assert desk.status == []


@pytest.mark.parametrize("autocrlf", ["true", "input", "false"])
def test_line_ends_of_windows_in_the_working_tree(desk: Desk, autocrlf: str) -> None:
    desk.git("config", "core.autocrlf", autocrlf)
    desk.put(TICKET, TEXT.replace(b"\n", b"\r\n"))
    desk.git("add", "--renormalize", ".")
    assert desk.git("diff", "--stat", "HEAD") == ""

    desk.record(desk.write(TICKET, DONE.replace(b"\n", b"\r\n")), desk.write(ENTRY, b"x\r\n"))

    assert desk.git("cat-file", "blob", f"HEAD:{TICKET}").encode() == DONE
    assert desk.read(TICKET) == DONE.replace(b"\n", b"\r\n")
    assert desk.status == []


def test_line_ends_of_windows_when_staged(desk: Desk) -> None:
    desk.put(TICKET, TEXT.replace(b"\n", b"\r\n"))
    desk.record(desk.write(TICKET, DONE.replace(b"\n", b"\r\n")), policy=CommitPolicy.STAGE)
    desk.record(desk.write(TICKET, DONE + b"more\r\n"), policy=CommitPolicy.STAGE)

    assert desk.git("cat-file", "blob", f":{TICKET}").encode() == DONE + b"more\n"
    assert desk.status == [f"M  {TICKET}"]


def test_a_detached_head_is_refused(desk: Desk) -> None:
    desk.git("checkout", "--quiet", "--detach")

    with pytest.raises(ConflictError, match="no branch is checked out"):
        desk.finish()

    assert desk.status == []
    assert desk.read(TICKET) == TEXT


def test_a_store_in_a_subfolder(tmp_path: Path) -> None:
    top = make_desk(tmp_path / "product")
    desk = Desk(top.root / "help desk/ünit")
    desk.put(TICKET, TEXT)
    desk.commit("start the desk")

    _finishes(desk)
    desk.put(TICKET, DONE + b"x\n")

    assert top.at_head(TICKET).encode() == TEXT
    assert desk.history.uncommitted() == [TICKET]
    assert desk.last().changed == (ENTRY,)
    desk.git("checkout", "--", TICKET)
    files = CommitFiles(desk.repository.git, "HEAD", desk.repository.prefix)
    assert files.read(TICKET) == DONE


@pytest.mark.parametrize("name", ["with spaces", "grüße-日本", "new\u2028line", "-x", 'quo"te', "$(id)"])
def test_a_repository_at_any_path(tmp_path: Path, name: str) -> None:
    _finishes(make_desk(tmp_path / name))


def test_a_store_that_is_reached_through_a_link(desk: Desk) -> None:
    link = desk.root.parent / "link"
    link.symlink_to(desk.root)

    _finishes(Desk(link))


def _index_version(desk: Desk) -> int:
    return int.from_bytes((desk.root / ".git/index").read_bytes()[4:8], "big")


def test_the_index_keeps_its_version(desk: Desk) -> None:
    desk.git("update-index", "--index-version", "4")

    _finishes(desk)

    assert _index_version(desk) == 4


@pytest.mark.parametrize("option", ["--split-index", "--untracked-cache", "--assume-unchanged=code.py"])
def test_what_is_special_about_the_index_stays(desk: Desk, option: str) -> None:
    desk.git("update-index", *option.split("="))

    _finishes(desk)


def test_names_are_not_quoted_whatever_is_configured(desk: Desk) -> None:
    desk.git("config", "core.quotePath", "true")
    path = "tickets/2026-11/TKT-2j7k3q9/files/grüße.txt"
    desk.record(desk.write(path, b"x\n"))
    desk.put(path, b"y\n")

    assert desk.last().added == (path,)
    assert desk.history.uncommitted() == [path]


def test_tickets_that_git_ignores_are_recorded_all_the_same(desk: Desk) -> None:
    desk.put(".gitignore", "tickets/\n")
    desk.commit()

    desk.record(desk.write(OTHER, b"x\n"))

    assert desk.at_head(OTHER) == "x\n"


def test_a_working_tree_that_is_configured_to_be_elsewhere_is_refused(desk: Desk, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    desk.git("config", "core.worktree", str(elsewhere))

    with pytest.raises(TktError, match="keeps its working tree elsewhere"):
        Repository(str(desk.root)).layout  # noqa: B018

    desk.git("config", "--unset", "core.worktree")

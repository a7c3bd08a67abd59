"""Commits by the names people give them, and the files that differ between two."""

import os
from pathlib import Path

import pytest

from tests.gitrepo.desk import DONE, ENTRY, OTHER, TEXT, TICKET, Desk, make_desk, run
from tkt.errors import InvalidStoreError, NotFoundError
from tkt.gitrepo.commit_files import CommitFiles
from tkt.gitrepo.comparing import SomeFiles, changed_files
from tkt.gitrepo.git import Git
from tkt.gitrepo.past import at_the_top, commit_ids, in_worktree, merge_base, names_of_commits


def _changed(desk: Desk, before: str, prefix: str = "") -> tuple[SomeFiles, SomeFiles, tuple[str, ...]]:
    git = desk.repository.git
    return changed_files(CommitFiles(git, desk.head, prefix), commit_ids(git, [before])[0])


def test_several_names_at_once(desk: Desk) -> None:
    desk.git("tag", "-a", "-m", "one", "v1")
    first = desk.head
    desk.finish()

    assert commit_ids(desk.repository.git, ["v1", "HEAD", "v1"]) == [first, desk.head, first]
    with pytest.raises(NotFoundError, match="no commit is called 'v2'"):
        commit_ids(desk.repository.git, ["v1", "v2", "v3"])


def test_what_commits_can_be_called(desk: Desk) -> None:
    desk.git("tag", "-a", "-m", "The first one", "v1")
    desk.git("tag", "main")
    desk.finish()
    new, old = desk.git("log", "--format=%h").split()

    assert names_of_commits(desk.repository.git) == [
        ("heads/main", "TKT-2j7k3q9: status: new -> done"),
        ("tags/main", "start"),
        ("v1", "The first one"),
        (new, "TKT-2j7k3q9: status: new -> done"),
        (old, "start"),
    ]
    assert (old, "start") not in names_of_commits(desk.repository.git, 1)


def test_before_the_first_commit_none_can_be_called_anything(tmp_path: Path) -> None:
    run(tmp_path, "init", "--quiet")
    assert names_of_commits(in_worktree(str(tmp_path)).git) == []


def test_where_two_branches_parted(desk: Desk) -> None:
    start = desk.head
    desk.git("switch", "--quiet", "-c", "side")
    side = desk.finish().commit
    desk.git("switch", "--quiet", "main")
    desk.put("code.py", "two\n")
    main = desk.commit()
    orphan = desk.git("commit-tree", "-m", "other", "HEAD^{tree}").strip()

    assert merge_base(desk.repository.git, main, side) == start
    with pytest.raises(NotFoundError, match="no commit in common"):
        merge_base(desk.repository.git, main, orphan)


def test_where_a_store_lies(desk: Desk) -> None:
    inner = Desk(desk.root / "help desk")
    inner.put(TICKET, DONE)

    assert in_worktree(str(inner.root)).prefix == "help desk/"
    assert at_the_top(str(inner.root)).root == str(desk.root)
    with pytest.raises(NotFoundError):
        in_worktree(str(desk.root.parent))


def test_what_differs_on_both_sides(desk: Desk) -> None:
    start = desk.head
    desk.put(OTHER, TEXT)
    desk.put("code.py", "two\n")
    desk.commit()
    desk.finish()

    old, new, ids = _changed(desk, start)

    assert ids == ("TKT-2j7k3q9", "TKT-2j7zzzz")
    assert old.names("tickets/2026-11") == ["TKT-2j7k3q9.md"]
    assert new.names("tickets/2026-11") == ["TKT-2j7k3q9.md", "TKT-2j7k3q9/", "TKT-2j7zzzz.md"]
    assert (old.read(TICKET), new.read(TICKET), new.read(ENTRY)) == (TEXT, DONE, b"entry\n")
    assert new.names("") == ["tickets/"]


def test_the_file_of_a_ticket_whose_thread_alone_differs(desk: Desk) -> None:
    desk.put(ENTRY, "entry\n")
    desk.commit()

    old, new, ids = _changed(desk, "HEAD^")

    assert ids == ("TKT-2j7k3q9",)
    assert old.read(TICKET) == new.read(TICKET) == TEXT


def test_a_store_in_a_subfolder(desk: Desk) -> None:
    inner = Desk(desk.root / "help desk")
    inner.put(TICKET, TEXT)
    inner.commit()
    inner.put(TICKET, DONE)
    desk.put(OTHER, DONE)
    inner.commit()

    old, new, ids = _changed(inner, "HEAD^", "help desk/")

    assert (old.read(TICKET), new.read(TICKET), ids) == (TEXT, DONE, ("TKT-2j7k3q9",))


def test_a_link_is_never_followed(desk: Desk) -> None:
    os.unlink(desk.root / TICKET)
    os.symlink("/etc/passwd", desk.root / TICKET)
    desk.commit()

    old, new, _ = _changed(desk, "HEAD^")

    assert old.read(TICKET) == TEXT
    with pytest.raises(InvalidStoreError, match="is a link"):
        new.read(TICKET)


def test_what_is_no_ticket_is_not_looked_at(desk: Desk) -> None:
    make_desk(desk.root / "tickets/2026-12")
    desk.put("tickets/2026-11/TKT-2j7k3q9/files/a.md", b"x" * 1000)
    desk.put("tickets/2025-01/TKT-2j7k3q9.md", DONE)
    desk.put("tickets/notes.md", "x\n")
    desk.put("tickets/2026-11/new\nline.md", "x\n")
    desk.git("-c", "advice.addEmbeddedRepo=false", "add", "tickets")
    desk.commit()

    _, new, ids = _changed(desk, "HEAD^")

    assert ids == ("TKT-2j7k3q9",)
    assert new.read(TICKET) == TEXT


@pytest.mark.parametrize("key", ["diff.renames", "diff.relative", "diff.noprefix", "diff.mnemonicPrefix"])
def test_what_somebody_configured_for_diffs_makes_no_difference(desk: Desk, key: str) -> None:
    desk.git("config", key, "true")
    desk.git("mv", TICKET, OTHER)
    desk.commit()

    old, new, ids = _changed(desk, "HEAD^")

    assert (old.read(TICKET), new.read(OTHER), len(ids)) == (TEXT, TEXT, 2)


def test_a_partial_clone_out_of_reach_of_its_remote(desk: Desk) -> None:
    desk.finish()
    desk.git("config", "uploadpack.allowFilter", "true")
    bare = desk.root.parent / "partial.git"
    run(desk.root, "clone", "--quiet", "--bare", "--filter=blob:none", desk.root.as_uri(), str(bare))
    run(bare, "config", "remote.origin.url", str(desk.root.parent / "gone"))
    git = Git(str(bare), str(bare))
    before, after = commit_ids(git, ["HEAD^", "HEAD"])

    with pytest.raises(NotFoundError, match="is not here"):
        changed_files(CommitFiles(git, after), before)

"""The store's files at a commit, read without a working tree."""

import os

import pytest

from tests.gitrepo.desk import DONE, ENTRY, TEXT, TICKET, Desk, make_desk, run
from tkt.errors import InvalidStoreError, NotFoundError
from tkt.gitrepo.commit_files import CommitFiles
from tkt.gitrepo.git import Git


def _files(desk: Desk, revision: str = "HEAD", prefix: str = "") -> CommitFiles:
    return CommitFiles(desk.repository.git, revision, prefix)


def test_what_is_in_a_folder(desk: Desk) -> None:
    desk.finish()
    files = _files(desk)

    assert files.names("") == [".gitattributes", ".tkt/", "code.py", "tickets/"]
    assert files.names("tickets") == ["2026-11/"]
    assert files.names("tickets/2026-11") == ["TKT-2j7k3q9.md", "TKT-2j7k3q9/"]
    assert files.names("tickets/2025-01") == []
    assert files.names(TICKET) == []


def test_files_as_they_were(desk: Desk) -> None:
    desk.finish()

    assert _files(desk).read(TICKET) == DONE
    assert _files(desk, "HEAD^").read(TICKET) == TEXT
    with pytest.raises(FileNotFoundError):
        _files(desk, "HEAD^").read(ENTRY)
    with pytest.raises(FileNotFoundError):
        _files(desk).read("tickets")


def test_what_is_in_the_working_tree_makes_no_difference(desk: Desk) -> None:
    desk.put(TICKET, DONE)

    assert _files(desk).read(TICKET) == TEXT


@pytest.mark.parametrize("revision", ["v1", "main", "main~0", "refs/heads/main", ":/start"])
def test_any_name_of_a_commit(desk: Desk, revision: str) -> None:
    desk.git("tag", "-a", "-m", "one", "v1")

    assert _files(desk, revision).read(TICKET) == TEXT


@pytest.mark.parametrize("revision", ["v9", "", "HEAD:code.py", "--all", "HEAD..main", "main\nHEAD"])
def test_a_name_of_no_commit(desk: Desk, revision: str) -> None:
    with pytest.raises(NotFoundError, match="no commit"):
        _files(desk, revision).names("")


def test_only_the_store_is_seen_where_it_is_in_a_subfolder(desk: Desk) -> None:
    inner = Desk(desk.root / "help desk")
    inner.put(TICKET, DONE)
    inner.commit()

    files = _files(inner, prefix="help desk/")

    assert files.names("") == ["tickets/"]
    assert files.read(TICKET) == DONE


@pytest.mark.parametrize("name", ["a b.md", "grüße 日本.md", 'quo"te\\.md', "tab\there.md", "new\nline.md"])
def test_any_file_name(desk: Desk, name: str) -> None:
    desk.put(f"tickets/2026-12/{name}", b"x\n")
    desk.commit()

    assert _files(desk).names("tickets/2026-12") == [name]
    assert _files(desk).read(f"tickets/2026-12/{name}") == b"x\n"


def test_a_name_that_is_not_utf_8(desk: Desk) -> None:
    folder = os.fsencode(desk.root / "tickets/2026-11")
    with open(folder + b"/\xff.md", "wb") as file:
        file.write(b"x\n")
    desk.commit()

    assert _files(desk).read("tickets/2026-11/\udcff.md") == b"x\n"


def test_bytes_come_as_they_are(desk: Desk) -> None:
    data = bytes(range(256)) + b"\r\n missing\n"
    desk.put("tickets/2026-11/files/x", data)
    desk.commit()

    assert _files(desk).read("tickets/2026-11/files/x") == data


def test_many_files_are_read_by_one_process(desk: Desk) -> None:
    for number in range(200):
        desk.put(f"tickets/2026-11/TKT-2j7{number:04}.md", f"{number}\n" * number)
    desk.commit()
    files = _files(desk)

    names = files.names("tickets/2026-11")

    assert [len(files.read(f"tickets/2026-11/{name}")) > 0 for name in names].count(True) == 200


@pytest.mark.parametrize("path", [TICKET, "tickets/2026-11", "tickets"])
def test_a_link_is_never_followed(desk: Desk, path: str) -> None:
    outside = desk.root.parent / "outside"
    (desk.root / path).rename(outside)
    (desk.root / path).symlink_to(outside)
    desk.commit()
    files = _files(desk)

    with pytest.raises(InvalidStoreError, match=f"{path}: is a link"):
        files.read(TICKET)
    if path != TICKET:
        with pytest.raises(InvalidStoreError, match=f"{path}: is a link"):
            files.names("tickets/2026-11")


def test_another_repository_is_never_looked_into(desk: Desk) -> None:
    make_desk(desk.root / "tickets/2026-12")
    desk.git("-c", "advice.addEmbeddedRepo=false", "add", "tickets")
    desk.commit()
    files = _files(desk)

    for look in (files.names, files.read):
        with pytest.raises(InvalidStoreError, match="tickets/2026-12: is another repository"):
            look("tickets/2026-12")


def test_a_partial_clone_out_of_reach_of_its_remote_says_so_each_time(desk: Desk) -> None:
    desk.git("config", "uploadpack.allowFilter", "true")
    bare = desk.root.parent / "partial.git"
    run(desk.root, "clone", "--quiet", "--bare", "--filter=blob:none", desk.root.as_uri(), str(bare))
    run(bare, "config", "remote.origin.url", str(desk.root.parent / "gone"))
    files = CommitFiles(Git(str(bare), str(bare)), "HEAD")

    assert files.names("tickets/2026-11") == ["TKT-2j7k3q9.md"]
    for _ in range(2):
        with pytest.raises(NotFoundError, match="is not here") as caught:
            files.read(TICKET)
        assert "its remote out of reach" in caught.value.hint

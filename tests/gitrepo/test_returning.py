"""The branch does not move after all: the files are as they were, and what somebody did meanwhile stays."""

import threading
from collections.abc import Callable

import pytest

from tests.gitrepo.desk import Desk
from tkt.errors import ConflictError, TktError
from tkt.gitrepo.following import follow
from tkt.gitrepo.locks import index_lock

_LONG = "".join(f"line {number}\n" for number in range(20))
_OLD = {
    "changed": "old\n",
    "crlf.txt": _LONG,
    "grows": "one\n",
    "gone/a": "a\n",
    "place": "file\n",
    "folder/b": "b\n",
}
_NEW = {
    "changed": _LONG, "crlf.txt": f"{_LONG}more\n", "grows": "one\ntwo\n", "new/deep/c": "c\n",
    "place/d": "d\n", "folder": "file now\n",
}  # fmt: skip


class _StoppedError(Exception):
    """It goes no further."""


@pytest.fixture
def way(desk: Desk) -> tuple[str, str]:
    """Two commits with every kind of difference, the first one checked out."""
    desk.put(".gitattributes", "*.txt text eol=crlf\n")
    for path, text in _OLD.items():
        desk.put(path, text)
    (desk.root / "link").symlink_to("grows")
    before = desk.commit("before")
    desk.git("rm", "-r", "--quiet", "gone", "place", "folder", "link")
    for path, text in _NEW.items():
        desk.put(path, text)
    (desk.root / "link").symlink_to("changed")
    (desk.root / "grows").chmod(0o755)
    after = desk.commit("after")
    desk.git("checkout", "--quiet", "-f", "-B", "main", before)
    return before, after


def _stopped(desk: Desk, way: tuple[str, str], meanwhile: Callable[[], object] = lambda: None) -> None:
    """All files are as they are to be, something happens to them, and the branch stays."""

    def move() -> None:
        assert (desk.root / "folder").is_file()
        meanwhile()
        raise _StoppedError

    with pytest.raises(_StoppedError):
        follow(desk.repository, *way, dict, move)


def test_every_kind_of_file_is_as_it_was(desk: Desk, way: tuple[str, str]) -> None:
    _stopped(desk, way)
    assert desk.status == []
    assert desk.read("crlf.txt") == _LONG.replace("\n", "\r\n").encode()
    assert not (desk.root / "new").exists()


@pytest.mark.parametrize("size", [0, 1, 15, 27])
def test_a_file_that_was_cut_off_while_it_was_written(desk: Desk, way: tuple[str, str], size: int) -> None:
    def cut() -> None:
        for path in ("changed", "crlf.txt", "new/deep/c"):
            (desk.root / path).write_bytes(desk.read(path)[:size])
        (desk.root / "grows").unlink()

    _stopped(desk, way, cut)
    assert desk.status == []


def test_what_somebody_did_meanwhile_stays(desk: Desk, way: tuple[str, str]) -> None:
    def work() -> None:
        desk.put("changed", "mine\n")
        desk.put("new/mine", "mine\n")
        (desk.root / "grows").unlink()
        (desk.root / "grows").symlink_to("elsewhere")

    _stopped(desk, way, work)
    assert desk.read("changed") == b"mine\n"
    assert desk.read("new/mine") == b"mine\n"
    assert (desk.root / "grows").readlink().name == "elsewhere"
    assert desk.status == [" M changed", " T grows", "?? new/mine"]


def test_what_was_as_it_is_to_be_beforehand_is_somebodys_own(desk: Desk, way: tuple[str, str]) -> None:
    desk.put("changed", _NEW["changed"])
    (desk.root / "gone" / "a").unlink()
    status = desk.status
    with pytest.raises(ConflictError, match="changed: edits that are not committed are in the way"):
        follow(desk.repository, *way, lambda: {"changed": None}, lambda: None)
    assert desk.status == status


def test_a_link_in_the_place_of_a_folder_is_not_followed(desk: Desk, way: tuple[str, str]) -> None:
    outside = desk.root.parent / "outside"

    def lead_astray() -> None:
        (desk.root / "new" / "deep").rename(outside)
        (desk.root / "new" / "deep").symlink_to(outside)

    _stopped(desk, way, lead_astray)
    assert (outside / "c").read_text(encoding="utf-8") == "c\n"


def test_where_it_cannot_be_put_back_the_next_command_does(desk: Desk, way: tuple[str, str]) -> None:
    objects = desk.root / ".git" / "objects"

    def lose() -> None:
        objects.rename(desk.root / ".git" / "away")
        raise _StoppedError

    with pytest.raises(TktError, match="can be neither finished nor taken back") as raised:
        follow(desk.repository, *way, dict, lose)
    assert "tkt doctor --fix" in raised.value.hint
    assert desk.read("changed") == _LONG.encode()
    (desk.root / ".git" / "away").rename(objects)
    desk.recorder().resume()
    assert desk.status == []


def test_a_git_that_goes_on_after_a_kill_is_waited_for(desk: Desk, way: tuple[str, str]) -> None:
    lock = desk.root / ".git" / "index.tkt-draft.lock"

    def go_on() -> None:
        desk.put("changed", _NEW["changed"])
        lock.unlink()

    with index_lock(desk.repository.layout.index) as held:
        held.announce(*reversed(way))
        held.kept = True
    lock.touch()
    git = threading.Timer(0.3, go_on)
    git.start()
    desk.recorder().resume()
    git.join()
    assert desk.status == []

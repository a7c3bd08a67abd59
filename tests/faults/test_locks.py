"""Locks that somebody holds, for a moment or for ever: waited for, named, and cleared away when asked for."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tkt.gitrepo import locks
from tkt.store.index import database
from tkt.wiring.ahead import INDEX

_LOCKS = ("index.lock", "HEAD.lock", "refs/heads/main.lock", "packed-refs.lock")
_LONG_AGO = 1_700_000_000


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with one ticket; the current folder."""
    root = tmp_path / "desk"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_EDITOR", "false")
    desk = Desk(root)
    desk.git("init", "--quiet")
    desk.tkt("init")
    desk.create()
    return desk


@pytest.mark.parametrize("name", _LOCKS)
def test_a_lock_that_is_held_for_a_moment_is_waited_for(desk: Desk, name: str) -> None:
    lock = desk.root / ".git" / name
    lock.touch()
    threading.Timer(0.5, lock.unlink).start()
    desk.create("Another")
    assert len(desk.tkt("list", "--json").data) == 2


@pytest.mark.parametrize("name", [*_LOCKS, "shallow.lock"])
def test_a_lock_that_nobody_holds_is_named_and_goes_when_asked(
    desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_PATIENCE", 0.1)
    lock = desk.root / ".git" / name
    lock.touch()
    if name != "shallow.lock":  # only a fetch wants that
        said = desk.refused(7, "create", "Another")
        assert f"another Git command holds {lock}" in said
        assert "tkt doctor --fix" in said
    assert str(lock) not in desk.tkt("doctor", "--fix", code=None).err
    assert lock.exists()  # it is too young: a Git may be about to finish

    os.utime(lock, (_LONG_AGO, _LONG_AGO))
    found = desk.tkt("doctor", code=1)
    assert f"{lock} was left behind" in found.out
    assert f"mended: {lock} is gone" in desk.tkt("doctor", "--fix").err
    assert not lock.exists()
    desk.create("Another")


def test_a_lock_stays_where_git_is_at_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = desk.root / ".git" / "index.lock"
    waits = f"touch {desk.root}/open; while [ -e {desk.root}/open ]; do sleep 0.05; done; false"
    monkeypatch.setenv("GIT_EDITOR", waits)
    (desk.root / "code.py").write_text("1\n", encoding="utf-8")
    desk.git("add", "code.py")
    with subprocess.Popen(["git", "commit", "--all"], cwd=desk.root, stderr=subprocess.PIPE):
        while not (desk.root / "open").exists():
            time.sleep(0.01)
        try:
            os.utime(lock, (_LONG_AGO, _LONG_AGO))
            desk.tkt("doctor", "--fix")
            assert lock.exists()
        finally:
            (desk.root / "open").unlink()
    desk.create("Another")


def test_the_desks_own_lock_is_nobodys_when_its_holder_is_dead(desk: Desk) -> None:
    (desk.root / ".git" / "tkt.lock").write_text("left by a dead one", encoding="utf-8")
    desk.create("Another")


@pytest.mark.parametrize("damage", ["locked", "torn", "no file"])
def test_an_index_in_sqlite_that_cannot_be_used_changes_nothing(
    desk: Desk, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    desk.tkt("list")
    file = desk.root / ".git" / "tkt" / INDEX
    if damage == "torn":
        file.write_bytes(file.read_bytes()[:5000] + b"torn" * 500)
    if damage == "no file":
        file.unlink()
        file.mkdir()
    with contextlib.closing(sqlite3.connect(file if damage == "locked" else ":memory:")) as held:
        held.execute("BEGIN EXCLUSIVE")
        desk.create("Another")
        assert len(desk.tkt("list", "--json").data) == 2
    desk.tkt("doctor", "--fix", code=None)
    assert desk.tkt("doctor").lines[-1] == "All is well."
    shutil.rmtree(desk.root / ".git" / "tkt")

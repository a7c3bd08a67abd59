"""Fixtures of the command line's tests: a desk to type at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.desk import NOW, Desk, git, type_tkt


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test happens at the same moment, and whoever opens an editor without leave finds none."""
    monkeypatch.setenv("TKT_NOW", NOW)
    monkeypatch.setenv("GIT_EDITOR", "false")


@pytest.fixture(scope="session")
def fresh_desk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where the desk that every test gets a copy of is kept once it is made."""
    return {"folder": tmp_path_factory.mktemp("fresh")}


@pytest.fixture
def desk(fresh_desk: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A new desk in a repository of its own, with one commit; the current folder."""
    kept = fresh_desk["folder"] / "desk"
    if not kept.exists():
        kept.mkdir()
        monkeypatch.chdir(kept)
        assert type_tkt("init").code == 0
        assert type_tkt("workflow", "show").code == 0  # the settings are checked once for all tests
    root = tmp_path / "desk"
    shutil.copytree(kept, root)
    monkeypatch.chdir(root)
    git("update-index", "--refresh", cwd=root)
    return Desk(root)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder outside any repository; the current one."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder

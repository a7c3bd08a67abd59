"""Fixtures of the tests with several clones."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.sharing.clones import Hub, Laptop


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A bare repository, still empty."""
    return Hub(tmp_path)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the hub and the clone that most tests get a copy of are kept once they are made."""
    return tmp_path_factory.mktemp("begun") / "ana"


@pytest.fixture
def ana(hub: Hub, begun: Path) -> Laptop:
    """The first clone, with a desk that the hub has too."""
    if not begun.exists():
        begun.parent.mkdir(exist_ok=True)
        Hub(begun.parent).begin(begun.name)
    shutil.copytree(begun.parent, hub.folder, dirs_exist_ok=True)
    laptop = hub.laptop(begun.name)
    laptop.git("remote", "set-url", "origin", str(hub.root))
    laptop.git("update-index", "-q", "--refresh")
    return laptop


@pytest.fixture
def bob(hub: Hub, ana: Laptop) -> Laptop:  # noqa: ARG001  hers comes first
    """The second clone."""
    return hub.clone("bob")


@pytest.fixture
def desk(hub: Hub) -> Laptop:
    """A desk that nobody else has."""
    laptop = hub.clone("ana")
    laptop.tkt("init")
    return laptop

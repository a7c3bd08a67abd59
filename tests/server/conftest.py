"""Fixtures of the server's tests: a server with a guard, and clones of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.server.hub import ANA, BOB, CAROL, Clone, Hub, make_hub


@pytest.fixture(scope="session")
def fresh_hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server that every test gets a copy of is kept once it is made."""
    return tmp_path_factory.mktemp("fresh") / "hub"


@pytest.fixture
def hub(fresh_hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A server with a guard and a desk, and nobody's clone."""
    if not fresh_hub.exists():
        make_hub(fresh_hub, monkeypatch)
    shutil.copytree(fresh_hub, tmp_path / "hub")
    return Hub(tmp_path / "hub", monkeypatch)


@pytest.fixture
def ana(hub: Hub) -> Clone:
    """The clone of an admin."""
    return hub.clone(ANA)


@pytest.fixture
def bob(hub: Hub) -> Clone:
    """The clone of an agent."""
    return hub.clone(BOB)


@pytest.fixture
def carol(hub: Hub) -> Clone:
    """The clone of a lead."""
    return hub.clone(CAROL)

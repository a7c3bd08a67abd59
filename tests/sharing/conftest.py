"""Fixtures of the tests with several clones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sharing.clones import Hub, Laptop


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A bare repository, still empty."""
    return Hub(tmp_path)


@pytest.fixture
def ana(hub: Hub) -> Laptop:
    """The first clone, with a desk that the hub has too."""
    return hub.begin()


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

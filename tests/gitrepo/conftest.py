"""Desks to try things on; each is examined when its test is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gitrepo.desk import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with one ticket; Git must find nothing wrong with it afterwards."""
    desk = make_desk(tmp_path / "desk")
    yield desk
    desk.assert_sound()

"""Several processes write at once, beside somebody who works there with plain Git.

A larger crowd comes by hand: `python -m tests.faults --crowd 8x25`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.crowd import gather
from tests.sharing.clones import Hub


@pytest.mark.slow
@pytest.mark.parametrize("same", [True, False])
def test_everything_lands_and_nothing_of_the_users_is_swept_up(tmp_path: Path, same: bool) -> None:
    desk = Hub(tmp_path).begin()
    for name in ("code.py", "notes.txt"):
        desk.commit(name, "old\n")
    crowd = gather(desk, 4, 4, same=same)
    assert crowd.said == []
    assert crowd.missing == []
    assert crowd.swept == []
    assert crowd.commits
    assert crowd.mine[1:3] == ("edited\n", "new\n")
    assert "tickets" not in crowd.mine[3]

"""Many push to one hub at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

import tkt.wiring.sharing
from tests.cli.desk import script
from tests.sharing.clones import Hub, Laptop, unsound


def all_sync(laptops: Sequence[Laptop]) -> None:
    """Have everybody exchange at once; all must get in."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tkt", "sync"],
            cwd=laptop.root,
            env={**os.environ, "TKT_ACTOR": laptop.who},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for laptop in laptops
    ]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said


def test_six_push_at_once_and_all_get_in(hub: Hub, ana: Laptop) -> None:
    ticket = ana.create()
    ana.sync()
    crowd = [hub.clone(f"p{number}") for number in range(6)]
    for laptop in crowd:
        laptop.tkt("comment", ticket, "-m", f"from {laptop.who}")
        laptop.tkt("label", ticket, laptop.who.partition("@")[0])
    all_sync(crowd)
    ana.sync()
    assert ana.head == hub.head
    assert set(ana.bodies(ticket)) == {f"from {laptop.who}" for laptop in crowd}
    assert ana.show(ticket)["labels"] == [f"p{number}" for number in range(6)]
    assert unsound(ana.root) == []


def test_several_at_once_in_one_clone_all_get_in(hub: Hub, ana: Laptop, bob: Laptop) -> None:
    ticket = ana.create()
    ana.sync()
    for text in ("one", "two"):  # Git keeps what it knows of the hub in one place for all of them
        bob.sync()
        bob.tkt("comment", ticket, "-m", f"from Bob, {text}")
        bob.sync()
        ana.tkt("comment", ticket, "-m", f"from Ana, {text}")
        all_sync([ana] * 4)
        assert ana.head == hub.head
    assert len(ana.bodies(ticket)) == 4


class TestSomebodyWhoIsAlwaysFaster:
    @pytest.fixture
    def laptop(self, hub: Hub, ana: Laptop) -> Laptop:
        """Hers, of a hub whose branch gets another commit while a push is looked at; five times."""
        ana.create()
        ana.sync()
        script(
            hub.root / "hooks" / "update",
            """
            [ "$(git rev-list --count --grep Faster main)" -lt 5 ] || exit 0
            new=$(git commit-tree -m Faster -p main main^{tree})
            git update-ref refs/heads/main "$new"
            """,
        )
        ana.create("Another")
        return ana

    def test_is_waited_for(self, hub: Hub, laptop: Laptop) -> None:
        assert laptop.sync().lines == ["came from origin/main: 5 commits", "went to origin/main: 1 created"]
        assert laptop.head == hub.head
        assert laptop.git("log", "--format=%s").count("Faster") == 5

    @pytest.mark.parametrize(
        ("limit", "value", "times"), [("_TRIES", 3, "3 times"), ("_SECONDS", 0.04, "2 times")]
    )
    def test_is_not_waited_for_without_end(
        self, hub: Hub, laptop: Laptop, limit: str, value: float, times: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tkt.wiring.sharing, limit, value)
        said = laptop.sync(code=8)
        assert f"somebody else was faster {times} in a row at origin/main" in said.err
        assert "run the command again" in said.err
        assert laptop.head != hub.head
        monkeypatch.undo()
        laptop.sync()
        assert laptop.head == hub.head

"""Many push to one hub at once."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.sharing.clones import Hub, Laptop, unsound


def test_six_push_at_once_and_all_get_in(hub: Hub, ana: Laptop) -> None:
    ticket = ana.create()
    ana.sync()
    crowd = [hub.clone(f"p{number}") for number in range(6)]
    for laptop in crowd:
        laptop.tkt("comment", ticket, "-m", f"from {laptop.who}")
        laptop.tkt("label", ticket, laptop.who.partition("@")[0])
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tkt", "sync"],
            cwd=laptop.root,
            env={**os.environ, "TKT_ACTOR": laptop.who},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for laptop in crowd
    ]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    ana.sync()
    assert ana.head == hub.head
    assert set(ana.bodies(ticket)) == {f"from {laptop.who}" for laptop in crowd}
    assert ana.show(ticket)["labels"] == [f"p{number}" for number in range(6)]
    assert unsound(ana.root) == []

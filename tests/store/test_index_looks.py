"""Looks that two processes share, and that begin before anybody asks: they see all there is to see."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.cabinets import NOW, SETTINGS, Cabinet
from tests.store.test_index_damage import text
from tkt.domain.clocks import Judgement
from tkt.domain.conditions import All, Present
from tkt.domain.fields import format_time
from tkt.store.files import DiskFiles
from tkt.store.index.catalogue import IndexedCatalogue
from tkt.store.index.looks import Ahead, Look, looked_at
from tkt.store.index.sources import WorkingTree
from tkt.store.tickets import TicketFiles
from tkt.usecases.workspace import Catalogue

_COUNT = 12
_SPOKEN = NOW + timedelta(hours=1)
_LATER = NOW + timedelta(hours=2)


def _double(number: int) -> int:
    if number == 3:
        raise OSError(number, "gone")
    return number * 2


def test_each_thing_is_seen_once_and_in_order() -> None:
    expected = [None if number == 3 else number * 2 for number in range(50)]
    assert looked_at(_double, range(50), many=True) == expected
    assert looked_at(_double, range(50), many=False) == expected
    assert looked_at(_double, (), many=True) == []


def test_what_a_killed_helper_took_is_seen_all_the_same() -> None:
    me = os.getpid()

    def look(number: int) -> int:
        if os.getpid() != me:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    begun = Look(look, range(5))
    assert begun.finish() == [0, 1, 2, 3, 4]


def test_a_helper_whom_nobody_asks_ends() -> None:
    """It would keep whoever reads the output waiting."""
    told = "from tkt.store.index.looks import Look; Look(lambda size: b'x' * size, [1_000_000])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True, timeout=60)
    assert not done.stderr


@pytest.fixture
def store(tmp_path: Path) -> Cabinet:
    """A store of a few tickets, and its index."""
    cabinet = Cabinet(tmp_path / "desk", tmp_path / "index-1.db")
    for number in range(_COUNT):
        cabinet.put(cabinet.path(f"TKT-2j{number:05}"), text(number))
    for ticket in ("TKT-2j00001", "TKT-2j00002"):
        _say(cabinet, ticket)
    assert len(cabinet.indexed().select(All()).tickets) == _COUNT
    assert len(cabinet.indexed().select(Present("comments")).tickets) == 2
    assert len(_clocks(cabinet.indexed())) == _COUNT
    return cabinet


def _edit(store: Cabinet) -> None:
    store.path("TKT-2j00007").write_bytes(text(7, "Other"))


def _remove(store: Cabinet) -> None:
    store.path("TKT-2j00004").unlink()


def _add(store: Cabinet) -> None:
    store.put(store.path("TKT-2j00099"), text(99))


def _add_month(store: Cabinet) -> None:
    shutil.copytree(store.path("TKT-2j00004").parent, store.root / "tickets" / "2019-01")


def _misplace(store: Cabinet) -> None:
    store.path("TKT-2j00004").rename(store.path("TKT-2j00004").with_name("TKT-2h00004.md"))


def _put_folder(store: Cabinet) -> None:
    store.path("TKT-2j00004").unlink()
    store.path("TKT-2j00004").mkdir()


def _put_link(store: Cabinet) -> None:
    store.path("TKT-2j00004").unlink()
    store.path("TKT-2j00004").symlink_to(store.path("TKT-2j00005"))


def _say(store: Cabinet, ticket: str = "TKT-2j00003", words: str = "More") -> None:
    name = f"{_SPOKEN:%Y%m%dT%H%M%SZ}-{ticket[-4:]}"
    folder = store.path(ticket).with_suffix("")
    told = f"id: {name}\nat: {format_time(_SPOKEN)}\nby: ana@example.com\nclock: 1\nvisibility: public"
    store.put(folder / f"{name}.md", f"---\n{told}\n---\n\n{words}\n".encode())


def _say_otherwise(store: Cabinet) -> None:
    _say(store, "TKT-2j00001", "")


def _take_back(store: Cabinet) -> None:
    shutil.rmtree(store.path("TKT-2j00002").with_suffix(""))


def _misplace_folder(store: Cabinet) -> None:
    (store.path("TKT-2j00001").parent / "notes").mkdir()
    _say(store, "TKT-2j00001", "Other")


def _nothing(_store: Cabinet) -> None:
    pass


def _clocks(catalogue: Catalogue) -> Mapping[str, Judgement]:
    found = catalogue.select(All(), ("title",))
    return catalogue.clocks([each.id for each in found.tickets], _LATER).judgements


def _said(catalogue: Catalogue) -> list[str]:
    return [each.id for each in catalogue.select(Present("comments")).tickets]


def _found(catalogue: Catalogue) -> tuple[list[tuple[str, str]], list[str]]:
    found = catalogue.select(All(), ("title",))
    return [(each.id, each.title) for each in found.tickets], sorted(map(str, found.problems))


_ASKED: Mapping[str, Callable[[Catalogue], object]] = {"tickets": _found, "threads": _said, "clocks": _clocks}
"""What a look ahead is for; what has been seen serves the first question only."""


_HAPPENINGS = (
    _nothing,
    _edit,
    _remove,
    _add,
    _add_month,
    _misplace,
    _put_folder,
    _put_link,
    _say,
    _say_otherwise,
    _take_back,
    _misplace_folder,
)


@pytest.mark.parametrize("happen", _HAPPENINGS)
@pytest.mark.parametrize("index", ["there", "damaged", "missing"])
@pytest.mark.parametrize("at", _ASKED)
def test_a_look_ahead_sees_what_happened_before_it(
    store: Cabinet, happen: Callable[[Cabinet], None], index: str, at: str
) -> None:
    happen(store)
    if index == "damaged":
        store.index.write_bytes(b"no index" * 1000)
    elif index == "missing":
        store.index.unlink()
    root = str(store.root)
    files = DiskFiles(root)
    tickets = TicketFiles(files, SETTINGS)
    ahead = Ahead(root, str(store.index), threads=at == "threads", clocks=at == "clocks")
    source = WorkingTree(files, tickets, ahead)
    catalogue = IndexedCatalogue(str(store.index), tickets, source, lambda: pytest.fail("gave up"))
    assert _ASKED[at](catalogue) == _ASKED[at](store.scanned())
    store.path("TKT-2j00008").write_bytes(text(8, "Later"))
    _say(store, "TKT-2j00009")
    for each in _ASKED.values():
        assert each(catalogue) == each(store.scanned()) == each(store.indexed())

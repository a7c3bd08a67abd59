"""The index and the files alone give the same answers, whatever the files hold and whatever is done there."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.cabinets import (
    CONDITIONS,
    IDS,
    MONTHS,
    NOW,
    QUERIES,
    SETTINGS,
    Cabinet,
    asked,
    entry_files,
    fill,
    ticket_files,
)
from tkt.domain.activity import DERIVED
from tkt.domain.conditions import All, Condition, Present
from tkt.domain.ordering import ordered
from tkt.errors import place_of
from tkt.store.index import catalogue
from tkt.usecases.workspace import Catalogue

_A_TICK = 0.03
"""After so many seconds a file's stamp proves that it has not changed."""

_SHOWN = st.lists(st.sampled_from((*SETTINGS.fields, *DERIVED, "body")), max_size=4, unique=True).map(tuple)
_CONDITIONS = st.one_of(CONDITIONS, QUERIES.map(asked))
_TEXTS = st.lists(
    st.sampled_from(
        ("login", "log", "password reset", "straße", "a", '"', "NEAR(", "x OR y", "日本語", "q*", "")
    ),
    min_size=1,
    max_size=2,
)


@contextmanager
def cabinet() -> Iterator[Cabinet]:
    """A store of its own for each example."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "desk"
        root.mkdir()
        yield Cabinet(root, Path(folder) / "tkt" / "index-1.db")


def selected(each: Catalogue, condition: Condition, fields: Sequence[str], among: Condition | None) -> object:
    """An answer, as far as it was asked for."""
    found = each.select(condition, fields, among)
    all_shown = not fields or "body" in fields
    names = (*fields, *(("unknown", "x-own") if all_shown else ()), *(() if fields else SETTINGS.fields))
    rows = [
        (one.id, one.created, one.status, [(name, one.text(name), one.items(name)) for name in names])
        for one in found.tickets
    ]
    bodies = [one.body for one in found.tickets] if all_shown else []
    return rows, bodies, found.problems, found.total


def timed(each: Catalogue, at: datetime) -> object:
    """The clocks of everything, and what of the threads could not be understood."""
    found = each.clocks(IDS, at)
    return dict(found.judgements), sorted(found.problems, key=place_of)


def same(one: Catalogue, other: Catalogue, data: st.DataObject) -> None:
    """See that two catalogues say the same."""
    condition, fields, among = data.draw(_CONDITIONS), data.draw(_SHOWN), data.draw(st.none() | _CONDITIONS)
    assert selected(one, condition, fields, among) == selected(other, condition, fields, among)
    assert one.count(condition) == other.count(condition)
    at = data.draw(st.sampled_from((NOW, NOW, NOW - timedelta(days=9), NOW + timedelta(hours=5))))
    assert timed(one, at) == timed(other, at)
    texts = data.draw(_TEXTS)
    limit = data.draw(st.integers(0, 2))
    assert one.search(texts, condition, limit) == other.search(texts, condition, limit)


@given(st.data())
def test_the_same_answers(data: st.DataObject) -> None:
    with cabinet() as store:
        fill(data.draw, store)
        for _ in range(2):
            same(store.indexed(), store.scanned(), data)


@given(st.data())
def test_the_same_derived_fields_of_many_as_of_few(data: st.DataObject) -> None:
    with cabinet() as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "_FEW", 0)
        fill(data.draw, store)
        condition, fields = data.draw(_CONDITIONS), tuple(DERIVED)
        expected = selected(store.scanned(), condition, fields, None)
        assert selected(store.indexed(), condition, fields, None) == expected


@given(st.data())
def test_the_same_order(data: st.DataObject) -> None:
    with cabinet() as store:
        fill(data.draw, store)
        names = data.draw(st.lists(st.sampled_from((*SETTINGS.fields, *DERIVED)), min_size=1, max_size=2))
        sort = ",".join(data.draw(st.sampled_from(("", "-"))) + each for each in names)
        found = [
            [one.id for one in ordered(each.select(All(), names).tickets, sort, SETTINGS)]
            for each in (store.indexed(), store.scanned())
        ]
        assert found[0] == found[1]


# What may happen to a store between two looks.


def edited(store: Cabinet, data: st.DataObject) -> None:
    ticket = data.draw(st.sampled_from(IDS))
    store.put(store.path(ticket), data.draw(ticket_files(ticket)))


def edited_as_if_long_ago(store: Cabinet, data: st.DataObject) -> None:
    """Another content of the same size, with the old times."""
    for path in store.root.glob("tickets/*/*.md"):
        if path.is_file() and not path.is_symlink() and data.draw(st.booleans()):
            before = path.stat()
            path.write_bytes(path.read_bytes().replace(b"login", b"logon").replace(b"P1", b"P2"))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def touched(store: Cabinet, data: st.DataObject) -> None:
    for path in sorted(store.root.glob("tickets/**/*.md")):
        if not path.is_symlink() and data.draw(st.booleans()):
            os.utime(path, (10**9, 10**9))


def removed(store: Cabinet, data: st.DataObject) -> None:
    for path in sorted(store.root.glob("tickets/*/*")):
        if data.draw(st.integers(0, 3)) == 0:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def renamed(store: Cabinet, data: st.DataObject) -> None:
    one, other = (store.path(data.draw(st.sampled_from(IDS))) for _ in range(2))
    if one.is_file() and other.parent.is_dir() and not other.is_dir():
        one.rename(other)


def linked(store: Cabinet, data: st.DataObject) -> None:
    """A ticket is moved away, and a link put in its place."""
    path = store.path(data.draw(st.sampled_from(IDS)))
    if path.is_file() and not path.is_symlink():
        elsewhere = store.root / f"{path.name}.aside"
        path.rename(elsewhere)
        path.symlink_to(elsewhere)


def thread_linked(store: Cabinet, data: st.DataObject) -> None:
    """Likewise a thread."""
    path = store.path(data.draw(st.sampled_from(IDS))).with_suffix("")
    elsewhere = store.root / f"{path.name}.aside-thread"
    if path.is_dir() and not path.is_symlink() and not elsewhere.exists():
        path.rename(elsewhere)
        path.symlink_to(elsewhere)


def said(store: Cabinet, data: st.DataObject) -> None:
    """An entry comes, or is written over."""
    path = store.path(data.draw(st.sampled_from(IDS)))
    name, content = data.draw(entry_files())
    if path.parent.is_dir() and not path.with_suffix("").is_symlink():
        store.put(path.with_suffix("") / name, content)


def entry_edited(store: Cabinet, data: st.DataObject) -> None:
    for path in sorted(store.root.glob("tickets/*/*/*.md")):
        if data.draw(st.booleans()):
            path.write_bytes(
                path.read_bytes().replace(b"minutes: 5", b"minutes: 7").replace(b"login", b"logon")
            )


def month_removed(store: Cabinet, data: st.DataObject) -> None:
    month = store.root / "tickets" / data.draw(st.sampled_from(MONTHS))
    if month.is_dir() and not month.is_symlink():
        shutil.rmtree(month)


def month_linked(store: Cabinet, data: st.DataObject) -> None:
    month = store.root / "tickets" / data.draw(st.sampled_from(MONTHS))
    elsewhere = store.root / f"{month.name}.aside"
    if month.is_dir() and not month.is_symlink() and not elsewhere.exists():
        month.rename(elsewhere)
        month.symlink_to(elsewhere)


def month_turned_into_a_file(store: Cabinet, data: st.DataObject) -> None:
    month_removed(store, data)
    month = store.root / "tickets" / data.draw(st.sampled_from(MONTHS))
    if not month.exists() and month.parent.is_dir() and not month.is_symlink():
        month.write_bytes(b"no folder\n")


def all_linked(store: Cabinet, data: st.DataObject) -> None:  # noqa: ARG001  all have the same form
    tickets = store.root / "tickets"
    if tickets.is_dir() and not tickets.is_symlink():
        tickets.rename(store.root / "tickets.aside")
        tickets.symlink_to(store.root / "tickets.aside")


def turned_into_a_folder(store: Cabinet, data: st.DataObject) -> None:
    path = store.path(data.draw(st.sampled_from(IDS)))
    if path.is_file() and not path.is_symlink():
        path.unlink()
        path.mkdir()


def waited(store: Cabinet, data: st.DataObject) -> None:  # noqa: ARG001  all have the same form
    time.sleep(_A_TICK)


_CHANGES = (
    edited,
    edited_as_if_long_ago,
    touched,
    removed,
    renamed,
    linked,
    thread_linked,
    said,
    entry_edited,
    month_removed,
    month_linked,
    month_turned_into_a_file,
    all_linked,
    turned_into_a_folder,
    waited,
    waited,
)
_FOLDERS = (removed, thread_linked, month_removed, month_linked, month_turned_into_a_file, all_linked)
"""After these only a new command sees it all: each looks once at what kind of thing a folder is."""


@given(st.data())
def test_the_same_answers_after_changes(data: st.DataObject) -> None:
    with cabinet() as store:
        fill(data.draw, store)
        index = store.indexed()
        same(index, store.scanned(), data)
        for change in data.draw(st.lists(st.sampled_from(_CHANGES), min_size=1, max_size=5)):
            if data.draw(st.booleans()):
                waited(store, data)
                same(store.indexed(), store.scanned(), data)
            try:
                change(store, data)
            except (NotADirectoryError, FileExistsError, IsADirectoryError):
                continue  # what an earlier change made stands in the way
            if change in _FOLDERS or data.draw(st.booleans()):
                index = store.indexed()
            same(index, store.scanned(), data)


@given(st.data())
def test_two_commands_that_share_an_index(data: st.DataObject) -> None:
    with cabinet() as store:
        fill(data.draw, store)
        indexes = [store.indexed(), store.indexed()]
        for _ in range(3):
            data.draw(st.sampled_from((edited, said, entry_edited, waited)))(store, data)
            for each in data.draw(st.permutations(indexes)):
                same(each, store.scanned(), data)


def test_a_change_at_once_that_leaves_size_and_time_as_they_were(tmp_path: Path) -> None:
    store = Cabinet(tmp_path, tmp_path / "index.db")
    path = store.path(IDS[0])
    text = f"---\nid: {IDS[0]}\ncreated: 2026-11-22T09:00:00Z\n\ntitle: Number %d\n---\n"
    index = store.indexed()
    for number in range(9):
        store.put(path, (text % number).encode())
        for each in (index, store.indexed()):
            assert [one.title for one in each.select(Present("title")).tickets] == [f"Number {number}"]

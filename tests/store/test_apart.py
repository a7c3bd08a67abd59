"""Tickets of which two sides changed different fields: merged the short way as the long one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.store.test_merging import BODY, MERGER, PATH, SETTINGS, ticket
from tkt.domain.comparison import TicketChange
from tkt.store.apart import merged_apart, needed
from tkt.store.ticketfile import write_ticket
from tkt.store.tickets import TicketFiles
from tkt.store.uniting import OneTicket
from tkt.usecases.compare import Sides, compare
from tkt.usecases.versions import Content, Triple, Version

_ID = "TKT-2j00001"
_FOLDER = PATH.removesuffix(".md")


class Side(NamedTuple):
    """A version of a ticket: its file, and entries by their paths."""

    data: bytes
    entries: Mapping[str, bytes]


def entry(number: int, clock: int, changes: str = "", body: str = "") -> tuple[str, bytes]:
    """An entry with its path."""
    name = f"20261122T09{number:04}Z-0000"
    told = f"changes:\n{changes}" if changes else ""
    head = f"id: {name}\nat: 2026-11-22T09:00:00Z\nby: ana@example.com\nclock: {clock}\n{told}"
    return f"{_FOLDER}/{name}.md", f"---\n{head}---\n{body}".encode()


def version(data: bytes) -> Version:
    """A content as Git knows it."""
    return Version("100644", hashlib.sha1(data, usedforsecurity=False).hexdigest())


def both(base: Side, ours: Side, theirs: Side) -> tuple[dict[str, Content] | None, dict[str, Content]]:
    """What becomes of the files by the short way, if it can be told so, and by the long one."""
    trees = [{PATH: each.data, **each.entries} for each in (base, ours, theirs)]
    known = {version(data).oid: data for tree in trees for data in tree.values()}
    sides = [{path: version(data) for path, data in tree.items()} for tree in trees]
    rows = {
        path: Triple(*(side.get(path) for side in sides))
        for path in {**sides[0], **sides[1], **sides[2]}
        if len({side.get(path) for side in sides}) > 1
    }
    united = OneTicket(_ID, rows, sides, known, MERGER).united()
    short = merged_apart(PATH, rows, known, SETTINGS) if list(needed(PATH, rows)) else None
    if short is None:
        return None, _told(united.files, known)
    assert not (united.clashes)
    assert not (united.notes)
    assert not (united.unresolved)
    change = short.came()
    if change:
        came = (change,) if change.says_something else ()
        assert came == _compared(trees[0], trees[2])
    return _told(short.files, known), _told(united.files, known)


def _compared(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[TicketChange, ...]:
    """What became of a ticket, found out from all of its files."""
    was, now = (TicketFiles(MemoryFiles(dict(each)), SETTINGS) for each in (before, after))
    found = compare(Sides(SETTINGS, was, now, (_ID,)))
    assert not found.problems
    return found.changes


def _told(files: Mapping[str, Content], known: Mapping[str, bytes]) -> dict[str, Content]:
    """Files with their contents, whether they are new or not."""
    return {path: known[each.oid] if isinstance(each, Version) else each for path, each in files.items()}


_TEXTS = {
    "title": ["A title", "B", "'c'"],
    "status": ["new", "closed", "waiting", '"new"'],
    "priority": ["", "P1", "P3", "[]"],
    "due": ["", "2026-12-01", "2026-12-02", "a # b"],
    "labels": ["", "a", "[]"],
    "component": ["", "x: y", "no"],
}
_texts = [(name, text) for name, texts in _TEXTS.items() for text in texts]
_steps = [(name, (old, new)) for name, texts in _TEXTS.items() for old in texts for new in texts]
edits = st.lists(st.sampled_from(_texts), max_size=2).map(dict)
threads = st.lists(st.lists(st.sampled_from(_steps), max_size=1).map(dict), max_size=2)


def _edited(data: bytes, values: Mapping[str, str]) -> bytes:
    """A file with other texts behind some keys, as an editor leaves them."""
    lines = data.decode().split("\n")
    for key, value in values.items():
        rows = [row for row, line in enumerate(lines) if line.startswith(f"{key}:")]
        if rows:
            lines[rows[0]] = f"{key}: {value}".rstrip()
    return "\n".join(lines).encode()


def _entries(first: int, steps: Sequence[Mapping[str, tuple[str, str]]]) -> dict[str, bytes]:
    found = {}
    for number, step in enumerate(steps):
        lines = (
            f'  {key}: ["{old.strip(chr(34))}", "{new.strip(chr(34))}"]\n' for key, (old, new) in step.items()
        )
        path, data = entry(first + number, number + 1, "".join(lines), "\nSaid.\n" if number else "")
        found[path] = data
    return found


_START = write_ticket(ticket(component="x"), SETTINGS)


@given(edits, edits, edits, st.tuples(threads, threads, threads))
@example({}, {"status": "closed"}, {"status": "waiting"}, ([], [], []))
@example({}, {"priority": "P1"}, {}, ([], [{"due": ("", "2026-12-01")}], [{"due": ("", "2026-12-02")}]))
def test_the_short_way_and_the_long_one_come_to_the_same(
    start: Mapping[str, str],
    one: Mapping[str, str],
    other: Mapping[str, str],
    steps: Sequence[Sequence[Mapping[str, tuple[str, str]]]],
) -> None:
    data = _edited(_START, start)
    before, mine, others = (_entries(100 * number, each) for number, each in enumerate(steps))
    short, whole = both(
        Side(data, before),
        Side(_edited(data, one), {**before, **mine}),
        Side(_edited(data, other), {**before, **others}),
    )
    assert short in (None, whole)


class TestWhatGoesTheShortWay:
    """So that the comparison above is one of something."""

    base = Side(_START, dict([entry(1, 1, "  status: [assigned, new]\n")]))

    def test_two_fields_with_their_entries(self) -> None:
        ours = Side(
            _edited(_START, {"due": "2026-12-01"}),
            {**self.base.entries, **dict([entry(2, 2, '  due: ["", 2026-12-01]\n')])},
        )
        theirs = Side(
            _edited(_START, {"status": "closed"}),
            {**self.base.entries, **dict([entry(3, 2, "  status: [new, closed]\n")])},
        )
        short, whole = both(self.base, ours, theirs)
        assert short == whole
        assert short is not None
        data = short[PATH]
        assert isinstance(data, bytes)
        assert b"\nstatus: closed\n" in data
        assert b"\ndue: 2026-12-01\n" in data

    def test_what_came_is_told_as_well(self) -> None:
        versions = (_START, _edited(_START, {"due": "2026-12-01"}), _edited(_START, {"status": "closed"}))
        path, said = entry(2, 1, "  status: [new, closed]\n", "\nDone.\n")
        rows = {PATH: Triple(*map(version, versions)), path: Triple(None, None, version(said))}
        known = {version(data).oid: data for data in (*versions, said)}
        apart = merged_apart(PATH, rows, known, SETTINGS)
        assert apart
        came = apart.came()
        assert came
        assert came.closed
        assert [each.body for each in came.comments] == ["Done.\n"]
        assert [each.change.field for each in came.moves] == ["status"]

    def test_comments_on_both_sides(self) -> None:
        sides = (
            self.base._replace(entries={**self.base.entries, **dict([entry(number, 2, body="\nSaid.\n")])})
            for number in (2, 3)
        )
        short, whole = both(self.base, *sides)
        assert short == whole
        assert short is not None
        assert len(short) == 2


class TestWhatDoesNot:
    def test_an_entry_that_names_its_fields_in_another_form(self) -> None:
        base = Side(_START, {})
        odd = entry(2, 1)[1].replace(b"clock: 1\n", b'clock: 1\nchanges:\n  "due": [a, b]\n')
        ours = Side(_edited(_START, {"status": "closed"}), {entry(2, 1)[0]: odd})
        short, _ = both(base, ours, Side(_edited(_START, {"priority": "P1"}), {}))
        assert short is None

    def test_an_edited_description(self) -> None:
        base = Side(_START, {})
        ours = Side(_edited(_START, {"status": "closed"}), {})
        theirs = Side(_START.replace(BODY.encode(), b"Other.\n"), {})
        short, whole = both(base, ours, theirs)
        assert short is None
        assert PATH in whole

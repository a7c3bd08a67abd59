"""Two versions of a ticket's file merged into one: the same whichever is called ours, and nothing lost."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.memory import fresh_settings
from tkt.domain.ticket import Ticket
from tkt.store.codec import parse
from tkt.store.folding import fold_entries, folded_entries
from tkt.store.merging import Merged, Merger
from tkt.store.threads import EntryText, read_entry
from tkt.store.ticketfile import read_ticket, write_ticket

SETTINGS = fresh_settings(MemoryFiles())
PATH = "tickets/2026-11/TKT-2j00001.md"
BODY = "One line.\n\nTwo lines.\n\nThree lines.\n"


def merge_text(base: bytes, one: bytes, other: bytes) -> tuple[bytes, bool]:
    """What Git makes of three texts."""
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder, name) for name in ("one", "base", "other")]
        for name, data in zip(names, (one, base, other), strict=True):
            name.write_bytes(data)
        done = subprocess.run(
            ["git", "merge-file", "-p", "-q", "-L", "one", "-L", "base", "-L", "other", *map(str, names)],
            capture_output=True,
            check=False,
        )
        if done.returncode > 127:  # it takes one of them for no text
            return one + other, False
        return done.stdout, done.returncode == 0


MERGER = Merger(SETTINGS, merge_text)


def ticket(body: str = BODY, **fields: str | tuple[str, ...]) -> Ticket:
    """A ticket with all its fields."""
    known = {name: field.empty for name, field in SETTINGS.fields.items() if name != "external_id"}
    start = {"id": "TKT-2j00001", "created": "2026-11-22T09:00:00Z", "created_by": "ana@example.com"}
    return Ticket({**known, **start, "title": "A title", "status": "new", **fields}, body)


def file(body: str = BODY, **fields: str | tuple[str, ...]) -> bytes:
    """Its file."""
    return write_ticket(ticket(body, **fields), SETTINGS)


def merged(base: bytes, ours: bytes, theirs: bytes) -> Merged:
    """What comes of two versions, the same either way."""
    found = MERGER.merge(PATH, base, ours, theirs)
    assert MERGER.merge(PATH, base, theirs, ours) == found
    return found


def values(data: bytes) -> Ticket:
    """What a file says."""
    return read_ticket(data, PATH, SETTINGS)


texts = st.sampled_from(["", "a", "no", "1.10", "x: y", "- z", "é"])
changes = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["A title", "B", "C: d", "#e"]),
        "status": st.sampled_from(["new", "assigned", "closed", "waiting"]),
        "priority": st.sampled_from(["", "P1", "P3"]),
        "assignee": st.sampled_from(["", "ana@example.com", "bob@example.com"]),
        "labels": st.sets(st.sampled_from(["a", "b", "c", "vip"])).map(lambda each: tuple(sorted(each))),
        "due": st.sampled_from(["", "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"]),
        "component": texts,  # a key that tkt does not know
    },
)
bodies = st.sampled_from(
    [
        "",
        BODY,
        BODY.replace("One", "Eins"),
        BODY.replace("Three", "Drei"),
        f"{BODY}\nMore.\n",
        "---\n<<<<<<<\n",
    ]
)
files = st.builds(lambda fields, body: file(body, **fields), changes, bodies)


@given(files, files, files)
def test_what_is_merged_can_be_read_and_no_value_is_lost(base: bytes, ours: bytes, theirs: bytes) -> None:
    found = merged(base, ours, theirs)
    after = values(found.data)
    clashed = {each.field: {each.kept, each.lost} for each in found.clashes}
    for side in (values(ours), values(theirs)):
        for name, value in side.fields.items():
            was = values(base).fields.get(name, "")
            if isinstance(value, tuple):
                added = set(value) - set(was or ())
                assert added <= set(after.items(name))
            elif value != was and name in after.fields:
                assert after.text(name) == value or value in clashed[name]


@given(files, files)
def test_one_side_alone_is_what_it_is(base: bytes, side: bytes) -> None:
    assert merged(base, side, base) == Merged(side)
    assert merged(base, side, side) == Merged(side)
    assert merged(base, base, base) == Merged(base)


@given(files, changes, bodies, changes, bodies)
def test_where_git_has_no_conflict_it_says_the_same(
    base: bytes,
    ours: dict[str, str | tuple[str, ...]],
    body: str,
    theirs: dict[str, str | tuple[str, ...]],
    other: str,
) -> None:
    start = values(base)
    one, two = (
        write_ticket(Ticket({**start.fields, **fields}, text), SETTINGS)
        for fields, text in ((ours, body), (theirs, other))
    )
    data, clean = merge_text(base, one, two)
    if clean:
        found = merged(base, one, two)
        assert values(found.data) == values(data)
        assert not found.clashes
        assert not found.marked


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=200))
@example(b"", b"", b"x")
@example(b"---\n", b"---\nid: a\n---\n", b"---\nid: b\n---\n")
def test_any_bytes_can_be_merged(base: bytes, ours: bytes, theirs: bytes) -> None:
    found = merged(base, ours, theirs)
    if not found.marked:
        assert found.data in (ours, theirs) or parse(found.data, PATH).items is not None


class TestFields:
    def test_two_fields_of_one_ticket(self) -> None:
        found = merged(file(), file(status="closed"), file(assignee="bob@example.com"))
        assert (values(found.data).status, values(found.data).assignee) == ("closed", "bob@example.com")
        assert found.clashes == ()

    def test_each_side_adds_a_label_and_one_takes_one_out(self) -> None:
        found = merged(file(labels=("a", "b")), file(labels=("a", "b", "c")), file(labels=("b", "d")))
        assert values(found.data).items("labels") == ("b", "c", "d")

    @pytest.mark.parametrize(
        ("field", "one", "other", "kept"),
        [
            ("status", "closed", "in-progress", "in-progress"),
            ("priority", "P4", "P1", "P1"),
            ("due", "2026-12-02T00:00:00Z", "2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ],
    )
    def test_a_field_that_both_set_loses_least(self, field: str, one: str, other: str, kept: str) -> None:
        found = merged(file(), file(**{field: one}), file(**{field: other}))
        assert values(found.data).text(field) == kept
        assert [(each.field, each.kept) for each in found.clashes] == [(field, kept)]

    def test_comments_and_quotes_of_one_side_stay(self) -> None:
        theirs = file().replace(b"status: new\n", b'status: "new" # looked at\n')
        found = merged(file(), file(priority="P1"), theirs)
        assert b'status: "new" # looked at\n' in found.data
        assert values(found.data).priority == "P1"

    def test_comments_of_both_sides_stay(self) -> None:
        ours = file().replace(b"status: new\n", b"status: new # ours\n")
        theirs = file().replace(b"title: A title\n", b"title: A title # theirs\n")
        found = merged(file(), ours, theirs)
        assert b"# ours" in found.data
        assert b"# theirs" in found.data

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            (b"labels: [zeta, alpha] # ours\n", b"labels:\n# theirs\n- beta\n"),
            (b"labels: [zeta, alpha] # ours\n", b"labels: [beta] # theirs\n"),
            (b"labels: # ours\n- alpha # more\n- zeta\n", b"labels: ['beta'] # theirs\n"),
        ],
    )
    @pytest.mark.parametrize("base", [file(), file(labels=("gone",))])
    def test_comments_beside_a_list_that_both_sides_changed_stay(
        self, base: bytes, ours: bytes, theirs: bytes
    ) -> None:
        found = merged(base, *(file().replace(b"labels:\n", each) for each in (ours, theirs)))
        assert values(found.data).items("labels") == ("alpha", "beta", "zeta")
        wanted = [b"# ours", b"# theirs", *([b"# more"] if b"# more" in ours else [])]
        assert all(found.data.count(each) == 1 for each in wanted), found.data
        again = MERGER.merge(PATH, base, found.data, file().replace(b"labels:\n", ours)).data
        assert all(again.count(each) == 1 for each in wanted), again


class TestBodies:
    def test_edits_of_different_paragraphs(self) -> None:
        found = merged(file(), file(BODY.replace("One", "Eins")), file(BODY.replace("Three", "Drei")))
        assert values(found.data).body == BODY.replace("One", "Eins").replace("Three", "Drei")
        assert not found.marked

    def test_edits_of_the_same_line_leave_marks_in_the_body_only(self) -> None:
        found = merged(
            file(), file(BODY.replace("One", "Eins"), status="closed"), file(BODY.replace("One", "Un"))
        )
        assert found.marked
        assert values(found.data).status == "closed"
        assert "Eins" in values(found.data).body
        assert "Un" in values(found.data).body


def entry(name: str, text: str) -> EntryText:
    """An entry of a thread."""
    entry_id = f"20261122T090000Z-{name}"
    head = f"id: {entry_id}\nat: 2026-11-22T09:00:00Z\nby: ana@example.com\nclock: 1\nvisibility: public\n"
    return EntryText(entry_id, f"---\n{head}---\n\n{text}\n".encode(), PATH)


def folded(words: dict[str, str]) -> bytes:
    """A ticket's file with entries folded into it, by the ends of their ids."""
    section = fold_entries([entry(name, text) for name, text in sorted(words.items())])
    return file() + (section.encode() if words else b"")


def said(data: bytes) -> dict[str, str]:
    """What the entries in a file say."""
    found = {}
    for each in folded_entries(data, PATH):
        assert isinstance(each, EntryText), each
        found[each.id[-4:]] = read_entry(each).body.strip()
    return found


threads = st.dictionaries(st.sampled_from(["aaaa", "bbbb", "cccc"]), st.sampled_from(["x", "y", "z"]))


class TestFoldedThreads:
    @given(threads, threads, threads)
    def test_no_words_are_dropped(
        self, base: dict[str, str], one: dict[str, str], other: dict[str, str]
    ) -> None:
        one, other = {**base, **one}, {**base, **other}
        after = said(merged(*map(folded, (base, one, other))).data)
        for name in one | other:
            sides = {each[name] for each in (one, other) if name in each}
            news = sides - {base.get(name)} or sides
            assert after[name] in news
            assert news <= set(after.values())
        assert merged(folded(one), folded(after), folded(one)).data == folded(after)

    def test_one_of_two_entries_of_one_id_gets_another_and_the_same_again(self) -> None:
        one, other = folded({"aaaa": "x"}), folded({"aaaa": "y"})
        both = merged(folded({}), one, other).data
        assert sorted(said(both).values()) == ["x", "y"]
        assert merged(folded({}), both, one).data == both
        assert merged(folded({}), both, other).data == both

    def test_a_thread_of_which_a_part_cannot_be_read_is_left_to_a_person(self) -> None:
        torn = folded({"aaaa": "x", "bbbb": "y"}).replace(b"bbbb: 9 lines", b"bbbb: 8 lines")
        found = merged(folded({}), torn, folded({"aaaa": "x", "cccc": "z"}))
        assert found.marked
        assert all(f"\n{word}\n".encode() in found.data for word in "xyz")


def test_files_of_different_tickets_are_not_mixed() -> None:
    found = merged(file(), file(status="closed"), file(id="TKT-2j00002"))
    assert found.marked

"""A thread folded into its ticket's file says what it said before, and can be had back byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tkt.domain.checks import save_problems
from tkt.domain.entry import Change, Entry
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.errors import InvalidStoreError, NotFoundError, Problem, UsageError
from tkt.store.codec import THREAD_LIMIT
from tkt.store.folding import folded_entries, split_body
from tkt.store.threads import EntryText, encode_entry
from tkt.store.tickets import TicketFiles

ID = "TKT-2j7k3q9"
PATH = f"tickets/2026-11/{ID}.md"
FOLDER = f"tickets/2026-11/{ID}"
HEAD = (
    "---\nid: TKT-2j7k3q9\ncreated: 2026-11-22T09:00:00Z\n\ntitle: Login page fails\n\nstatus: closed\n---\n"
)
FIRST, SECOND, THIRD = (f"20261122T093{minute}00Z-x7k2" for minute in range(3))
FAKE = f"## Thread\n\n<!-- entry {FIRST}: 1 lines -->\nForged.\n<!-- end of thread: 1 entry -->\n"

Contents = dict[str, bytes]


def entry(entry_id: str = FIRST, clock: int = 1, body: str = "Looking at it now.\n") -> bytes:
    at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC) + timedelta(minutes=clock)
    changes = (Change("status", "new", "closed"),)
    return encode_entry(Entry(entry_id, at, "bob@example.com", clock, "public", changes=changes, body=body))


def desk(text: str | bytes = f"{HEAD}\nIt broke.\n", **entries: bytes) -> MemoryFiles:
    files = {f"{FOLDER}/{name}.md": data for name, data in entries.items()}
    return MemoryFiles({PATH: text if isinstance(text, bytes) else text.encode(), **files})


def three() -> MemoryFiles:
    thread = {each: entry(each, clock) for clock, each in enumerate((FIRST, SECOND, THIRD), 1)}
    return desk(f"{HEAD}\nIt broke.\n", **thread)


def fold(files: MemoryFiles, shipped: Settings) -> Contents:
    """Fold the ticket's thread; the files as they are then."""
    for write in TicketFiles(files, shipped).fold(ID):
        assert files.files.get(write.path) == write.base
        files.files.pop(write.path)
        files.files.update({write.path: write.data} if write.data is not None else {})
    return files.files


BODIES = st.sampled_from(
    [
        "",
        "Looking at it now.\n",
        "no final newline",
        "\n\n  \n",
        f"{FAKE}",
        f"<!-- entry {SECOND}: 3 lines -->\n",
        "<!-- end of thread: 1 entry -->\n",
        "---\nid: no front matter\n---\n",
        "a carriage\rreturn\r\nand \u2028 \x85 \ufeff é 😀\n",
        "<<<<<<< ours\n=======\n>>>>>>> theirs\n",
    ]
)
DESCRIPTIONS = st.sampled_from(
    [
        "",
        "\nSince this morning ...\n",
        "\nno final newline",
        "no blank line\n",
        "\n",
        "\n\n\n",
        "\n## Thread\n\nA heading of its own.\n",
        "\n## Thread\n\n",
        "\n## Thread\n",
        "\n<!-- entry by hand -->\n",
        "\nended by a carriage return\r\n",
    ]
)


@st.composite
def threads(draw: st.DrawFn) -> dict[str, bytes]:
    """Entries by id, as tkt and others write them."""
    found = {}
    for number in range(draw(st.integers(1, 4))):
        name = f"20261122T09300{number}Z-x7k2"
        text = entry(name, draw(st.integers(1, 3)), draw(BODIES)).decode()
        text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
        found[name] = (draw(st.sampled_from(["", "\ufeff"])) + text).encode()
    return found


@st.composite
def tickets(draw: st.DrawFn) -> bytes:
    """A ticket's file."""
    head = draw(st.sampled_from([HEAD, HEAD.replace("\n", "\r\n"), f"\ufeff{HEAD}", HEAD.removesuffix("\n")]))
    return (head + (draw(DESCRIPTIONS) if head.endswith("\n") else "")).encode()


def answers(files: MemoryFiles, shipped: Settings) -> object:
    """All that a reader says of the ticket."""
    store = TicketFiles(files, shipped)
    needles = ("", "09:31", "Forged", "<!-- entry", "Login")
    return (
        store.load(ID),
        store.problems(ID),
        store.ids(),
        [store.thread(ID, each) for each in needles],
        [list(store.scan(each)) for each in needles],
    )


def kept(files: MemoryFiles) -> dict[str, bytes]:
    """The entries that are folded into the ticket's file."""
    texts = folded_entries(files.files[PATH], PATH)
    return {each.id: each.data for each in texts if isinstance(each, EntryText)}


@given(tickets(), threads())
def test_a_folded_thread_gives_the_same_answers(shipped: Settings, text: bytes, thread: Contents) -> None:
    files = desk(text, **thread)
    before = answers(files, shipped)
    fold(files, shipped)
    assert list(files.files) == [PATH]
    assert answers(files, shipped) == before
    assert kept(files) == thread
    assert TicketFiles(files, shipped).unfolded(ID).removesuffix(b"\n") == text.removesuffix(b"\n")
    assert TicketFiles(files, shipped).fold(ID) == []


PIECES = st.sampled_from(
    [
        *(
            "## Thread\n",
            "\n",
            "\r",
            "\r\n",
            "x",
            " ",
            "---\n",
            "\ufeff",
            f"<!-- entry {FIRST}: 2 lines -->\n",
        ),
        *(f"<!-- entry {SECOND}: 1 lines, no final newline -->", "<!-- end of thread: 1 entry -->", FAKE),
    ]
)
ANYTHING = st.lists(PIECES, max_size=8).map("".join)


@given(ANYTHING, st.lists(ANYTHING, max_size=3))
def test_whatever_is_said_is_kept_or_left_alone(shipped: Settings, text: str, bodies: list[str]) -> None:
    thread = {f"20261122T09300{number}Z-x7k2": body for number, body in enumerate(bodies)}
    written = {name: entry(name, 1, body) for name, body in thread.items()}
    files = desk(f"{HEAD}{text}", **written)
    before = answers(files, shipped)
    own = dict(files.files)
    try:
        fold(files, shipped)
    except InvalidStoreError:
        assert files.files == own
    else:
        assert answers(files, shipped) == before
        assert kept(files).items() >= written.items()


@given(tickets(), threads(), st.data())
def test_in_one_go_or_in_two_the_bytes_are_the_same(
    shipped: Settings, text: bytes, thread: Contents, data: st.DataObject
) -> None:
    at_once = fold(desk(text, **thread), shipped)
    early = data.draw(st.sets(st.sampled_from(sorted(thread))))
    files = desk(text, **{name: thread[name] for name in early})
    fold(files, shipped)
    files.files |= {f"{FOLDER}/{name}.md": thread[name] for name in thread if name not in early}
    again = answers(files, shipped)
    assert fold(files, shipped) == at_once
    assert answers(files, shipped) == again


@given(tickets(), threads(), st.sampled_from(["", "Another.\n", "Two\nlines"]))
def test_a_save_keeps_the_folded_thread(shipped: Settings, text: bytes, thread: Contents, body: str) -> None:
    files = desk(text, **thread)
    fold(files, shipped)
    store = TicketFiles(files, shipped)
    before = store.load(ID)
    after = Ticket({**before.fields, "status": "reopened"}, body)
    write = store.encode_ticket(before, after)
    said = store.thread(ID)
    files.files[PATH] = write.data or b""
    assert store.load(ID) == after
    assert store.thread(ID) == said
    assert kept(files) == thread


def test_a_folded_thread_looks_like_this(shipped: Settings) -> None:
    files = desk(**{SECOND: entry(SECOND, 2, "no final newline"), FIRST: entry()})
    assert fold(files, shipped)[PATH].decode() == (
        f"{HEAD}\nIt broke.\n\n## Thread\n\n"
        f"<!-- entry {FIRST}: 11 lines -->\n{entry().decode()}"
        f"<!-- entry {SECOND}: 11 lines, no final newline -->\n"
        f"{entry(SECOND, 2, 'no final newline').decode()}\n"
        "<!-- end of thread: 2 entries -->\n"
    )


def test_there_may_be_nothing_to_fold(shipped: Settings) -> None:
    assert TicketFiles(desk(), shipped).fold(ID) == []
    with pytest.raises(NotFoundError):
        TicketFiles(MemoryFiles({}), shipped).fold(ID)


def test_an_editor_may_turn_all_line_ends_over(shipped: Settings) -> None:
    files = three()
    before = answers(files, shipped)
    fold(files, shipped)
    files.files[PATH] = files.files[PATH].replace(b"\n", b"\r\n")
    assert answers(files, shipped) == before


def test_a_thread_goes_on_in_files_of_its_own(shipped: Settings) -> None:
    files = three()
    fold(files, shipped)
    name = "20261123T080000Z-0000"
    files.files[f"{FOLDER}/{name}.md"] = entry(name, 4, "Again.\n")
    entries, problems = TicketFiles(files, shipped).thread(ID)
    assert [each.clock for each in entries] == [1, 2, 3, 4]
    assert problems == []


class TestBothForms:
    def test_the_same_entry_twice_counts_once(self, shipped: Settings) -> None:
        files = three()
        own = dict(files.files)
        before = answers(files, shipped)
        folded = fold(files, shipped)[PATH]
        files.files |= own | {PATH: folded}
        assert answers(files, shipped) == before
        assert fold(files, shipped) == {PATH: folded}

    def test_two_entries_by_one_id_are_a_problem_at_both_places(self, shipped: Settings) -> None:
        files = three()
        fold(files, shipped)
        other = f"{FOLDER}/{SECOND}.md"
        files.files[other] = entry(SECOND, 2, "Something else.\n")
        store = TicketFiles(files, shipped)
        entries, problems = store.thread(ID)
        assert [each.id for each in entries] == [FIRST, SECOND, THIRD]
        text = f"is another entry than {PATH}:27, by the same id; keep one of them"
        assert problems == [Problem(other, 1, text)]
        with pytest.raises(InvalidStoreError):
            store.fold(ID)


DAMAGES = [
    (f"{FIRST}: 11 lines", f"{FIRST}: 10 lines", 14, "the 10 lines below are not the whole entry", 0),
    (f"{SECOND}: 11 lines", f"{SECOND}: 12 lines", 26, "the 12 lines below are not the whole entry", 1),
    (
        f"{THIRD}: 11 lines",
        f"{THIRD}: 9999999 lines",
        38,
        "the 9999999 lines below are not the whole entry",
        2,
    ),
    (f"<!-- entry {SECOND}: 11 lines", f"<!-- entry {SECOND}:", 26, "neither an entry nor the end", 1),
    ("thread: 3 entries", "thread: 4 entries", 50, "the thread has 3 entries, and should have 4", 3),
    ("3 entries -->\n", "3 entries -->\n\nBy hand.\n", 52, "stands below the end of the thread", 3),
    ("<!-- end of thread: 3 entries -->\n", "", 38, "the 11 lines below are not the whole entry", 2),
    ("clock: 2", "clock: two", 31, "clock: 'two' has not the right form", 2),
    ("id: 20261122T09310", "id: 20261122T09350", 28, "does not match the file's name", 2),
    ("<!-- entry 20261122T09310", "<!-- entry 20261122T09350", 28, "does not match the file's name", 2),
]


class TestDamage:
    @pytest.mark.parametrize(("old", "new", "line", "said", "count"), DAMAGES)
    def test_damage_is_told_with_its_line_and_hurts_nothing_else(
        self, shipped: Settings, old: str, new: str, line: int, said: str, count: int
    ) -> None:
        files = three()
        fold(files, shipped)
        text = files.files[PATH].decode()
        assert text.count(old) == 1
        files.files[PATH] = damaged = text.replace(old, new).encode()
        store = TicketFiles(files, shipped)
        entries, (problem,) = store.thread(ID)
        assert (problem.path, problem.line) == (PATH, line)
        assert said in problem.text
        assert len(entries) == count

        before = store.load(ID)
        assert before.body == "It broke.\n"
        assert store.problems(ID) == []
        assert list(store.scan()) == [before]
        write = store.encode_ticket(before, before.with_fields({"status": "reopened"}))
        assert write.data == damaged.replace(b"status: closed", b"status: reopened")
        files.files[f"{FOLDER}/20261123T080000Z-0000.md"] = entry("20261123T080000Z-0000", 4)
        with pytest.raises(InvalidStoreError):
            store.fold(ID)

    def test_front_matter_that_cannot_be_read_does_not_hide_the_thread(self, shipped: Settings) -> None:
        files = three()
        before = TicketFiles(files, shipped).thread(ID)
        fold(files, shipped)
        files.files[PATH] = files.files[PATH].replace(b"status: closed", b"status: *all")
        assert TicketFiles(files, shipped).thread(ID) == before


class TestWhatIsNone:
    @pytest.mark.parametrize(
        "text",
        [
            "## Thread\n\nSomething.\n",
            f"<!-- entry {FIRST}: 1 lines -->\nSomething.\n<!-- end of thread: 1 entry -->\n",
            f"## Thread\n<!-- entry {FIRST}: 1 lines -->\nSomething.\n<!-- end of thread: 1 entry -->\n",
            f"### Thread\n\n<!-- entry {FIRST}: 1 lines -->\nx\n<!-- end of thread: 1 entry -->\n",
            f" ## Thread\n\n<!-- entry {FIRST}: 1 lines -->\nx\n<!-- end of thread: 1 entry -->\n",
            "## Thread\n\n<!-- entry by hand: 1 lines -->\nx\n<!-- end of thread: 1 entry -->\n",
            f"Such as\n\n## Thread\n\n<!-- entry {FIRST}: 14 lines -->\n---\n...\n---\n\nand so on.\n",
        ],
    )
    def test_a_description_that_looks_like_it_is_a_description(self, shipped: Settings, text: str) -> None:
        store = TicketFiles(desk(f"{HEAD}\n{text}"), shipped)
        assert store.load(ID).body == text
        assert store.thread(ID) == ([], [])
        assert split_body(text) == (text, "")

    def test_what_an_entry_says_forges_nothing(self, shipped: Settings) -> None:
        files = desk(**{FIRST: entry(body=f"Hello.\n\n{FAKE}"), SECOND: entry(SECOND, 2)})
        fold(files, shipped)
        store = TicketFiles(files, shipped)
        assert [each.id for each in store.thread(ID)[0]] == [FIRST, SECOND]
        assert store.load(ID).body == "It broke.\n"

    def test_a_description_that_would_forge_a_thread_is_not_saved(self, shipped: Settings) -> None:
        ticket = TicketFiles(desk(), shipped).load(ID)
        (said,) = save_problems(Ticket(ticket.fields, f"Hello.\n\n{FAKE}"), [], shipped)
        assert said == "line 3 of the description would begin a folded thread; put a space before ##"
        assert save_problems(Ticket(ticket.fields, f"Hello.\n\n {FAKE}"), [], shipped) == []


class TestWhatIsLeftAlone:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (f"{HEAD}\n<!-- entry {FIRST}: 1 lines -->\n", f"{PATH}:10: looks like the line above"),
            (f"{HEAD}\n\n<!-- end of thread: 1 entry -->\n", f"{PATH}:11: looks like the line above"),
            (f"{HEAD}\nno line end\r", f"{PATH}: its thread cannot be folded and had back byte for byte"),
            ("no front matter", f"{PATH}:1: no front matter"),
        ],
    )
    def test_a_ticket_in_whose_file_it_would_be_misread(
        self, shipped: Settings, text: str, said: str
    ) -> None:
        with pytest.raises(InvalidStoreError, match=f"^{said}"):
            TicketFiles(desk(text, **{FIRST: entry()}), shipped).fold(ID)

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "no front matter"),
            (b"\xff", "not UTF-8"),
            (entry(SECOND), "does not match the file's name"),
            (entry(body="no line end\r"), "cannot be folded and had back byte for byte"),
            (entry(body="x" * 1_200_000), "bytes; a file may have"),
        ],
    )
    def test_a_thread_with_an_entry_that_would_be_lost(
        self, shipped: Settings, data: bytes, said: str
    ) -> None:
        with pytest.raises(InvalidStoreError, match=said):
            TicketFiles(desk(**{FIRST: data, THIRD: entry(THIRD, 3)}), shipped).fold(ID)

    def test_a_thread_that_is_too_long(self, shipped: Settings) -> None:
        long = {each: entry(each, 1, "x" * 1_000_000) for each in (FIRST, SECOND, THIRD)}
        with pytest.raises(InvalidStoreError, match=f"{THREAD_LIMIT:,} can be folded"):
            TicketFiles(desk(**long), shipped).fold(ID)

    def test_the_longest_that_fits_leaves_room_for_a_description(self, shipped: Settings) -> None:
        long = {each: entry(each, 1, "x" * 1_000_000) for each in (FIRST, SECOND)}
        files = desk(f"{HEAD}\n{'x' * 1_000_000}\n", **long)
        before = answers(files, shipped)
        fold(files, shipped)
        assert answers(files, shipped) == before


class TestEditing:
    def test_the_file_without_its_thread_and_with_it_again(self, shipped: Settings) -> None:
        files = three()
        before = files.files[PATH]
        folded = fold(files, shipped)[PATH]
        store = TicketFiles(files, shipped)
        assert store.unfolded(ID) == before
        assert store.refolded(ID, before) == folded
        assert store.refolded(ID, folded) == folded

    def test_nobody_edits_what_others_said(self, shipped: Settings) -> None:
        files = three()
        before = files.files[PATH]
        folded = fold(files, shipped)[PATH]
        store = TicketFiles(files, shipped)
        with pytest.raises(UsageError, match="has been edited"):
            store.refolded(ID, folded.replace(b"Looking", b"Not looking"))
        files.files[PATH] = before
        with pytest.raises(UsageError, match="has been edited"):
            store.refolded(ID, folded)

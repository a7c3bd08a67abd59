"""Tickets and threads are read from files and written back into them."""

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.store.readers import TEXTS
from tkt.domain.fields import Value
from tkt.domain.ids import is_ticket_id
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.errors import ConflictError, InvalidStoreError, NotFoundError, Problem
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles

ID = "TKT-2j7k3q9"
PATH = f"tickets/2026-11/{ID}.md"

# format.md shows this file; `watchers` came later.
GOLDEN = """\
---
id: TKT-2j7k3q9
created: 2026-11-22T09:00:00Z
created_by: ana@example.com
channel: email

title: Login page fails after a password reset

type: incident

status: in-progress

resolution:

priority: P2

impact: high

urgency: medium

queue: support

category: access

assignee: ana@example.com

requester: customer@example.org

watchers:

labels:
- login
- mobile

due:

parent:

links:
- blocks TKT-2j0a9zr
---

Since this morning ...
"""

FIELDS: dict[str, Value] = {
    "id": ID,
    "created": "2026-11-22T09:00:00Z",
    "created_by": "ana@example.com",
    "channel": "email",
    "title": "Login page fails after a password reset",
    "type": "incident",
    "status": "in-progress",
    "resolution": "",
    "priority": "P2",
    "impact": "high",
    "urgency": "medium",
    "queue": "support",
    "category": "access",
    "assignee": "ana@example.com",
    "requester": "customer@example.org",
    "watchers": (),
    "labels": ("login", "mobile"),
    "due": "",
    "parent": "",
    "links": ("blocks TKT-2j0a9zr",),
}
TICKET = Ticket(FIELDS, "Since this morning ...\n")

STATUSES = "new, assigned, in-progress, waiting, resolved, closed, reopened"
SMALL = "---\nid: {id}\ncreated: 2026-11-22T09:00:00Z\n\ntitle: {id}\n---\n"


def small(*ids: str) -> dict[str, bytes]:
    return {f"tickets/2026-11/{each}.md": SMALL.format(id=each).encode() for each in ids}


def refusal(store: TicketFiles, text: str) -> str:
    with pytest.raises(InvalidStoreError) as caught:
        store.decode(ID, text.encode())
    (problem,) = caught.value.problems
    return str(problem).removeprefix(f"{PATH}:")


def written(store: TicketFiles, before: Ticket | None, after: Ticket) -> str:
    return (store.encode_ticket(before, after).data or b"").decode()


class TestLayout:
    def test_a_new_ticket_looks_like_this(self, store: TicketFiles) -> None:
        write = store.encode_ticket(None, TICKET)
        assert (write.path, write.base) == (PATH, None)
        assert written(store, None, TICKET) == GOLDEN
        assert store.decode(ID, GOLDEN.encode()) == TICKET

    def test_every_known_key_is_there_in_its_order_whatever_the_ticket_has(self, store: TicketFiles) -> None:
        given_fields = {name: FIELDS[name] for name in reversed(FIELDS) if FIELDS[name]}
        assert written(store, None, Ticket(given_fields, TICKET.body)) == GOLDEN

    def test_a_foreign_name_stands_with_the_fixed_keys(self, store: TicketFiles) -> None:
        ticket = TICKET.with_fields({"external_id": "JIRA-12"})
        assert "channel: email\nexternal_id: JIRA-12\n\ntitle:" in written(store, None, ticket)

    def test_without_a_description_the_file_ends_with_its_front_matter(self, store: TicketFiles) -> None:
        assert written(store, None, Ticket(FIELDS)).endswith("- blocks TKT-2j0a9zr\n---\n")

    def test_own_fields_follow_and_unknown_ones_come_last(self, files: MemoryFiles) -> None:
        files.files[".tkt/project.yaml"] = (
            b"fields:\n  version: {type: text}\n  sites: {type: list}\n  urgent: {type: boolean}\n"
        )
        store = TicketFiles(files, SettingsReader(files).load())
        ticket = TICKET.with_fields({"x-jira": "no", "version": "1.10", "sites": ("a", "b")})
        end = (
            'version: "1.10"\n\nsites:\n- a\n- b\n\nurgent:\n\nx-jira: "no"\n---\n\nSince this morning ...\n'
        )
        assert written(store, None, ticket) == GOLDEN.replace("---\n\nSince this morning ...\n", f"\n{end}")

    @given(st.dictionaries(st.sampled_from(["title", "queue", "x-own"]), TEXTS), TEXTS)
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_every_ticket_is_read_back_as_it_was_written(
        self, store: TicketFiles, texts: dict[str, Value], body: str
    ) -> None:
        ticket = Ticket({**FIELDS, **texts, "title": f"x{texts.get('title', '')}"}, body)
        if "\r\n" not in body and "\x00" not in body:
            assert store.decode(ID, written(store, None, ticket).encode()) == ticket


class TestReading:
    def test_ids_are_found_in_their_months_and_sorted(self, store: TicketFiles, files: MemoryFiles) -> None:
        files.files |= small("TKT-2j7k3q9", "TKT-2j00000")
        files.files["tickets/2020-01/TKT-00zzzzz.md"] = b""
        assert store.ids() == ["TKT-00zzzzz", "TKT-2j00000", "TKT-2j7k3q9"]
        assert all(map(is_ticket_id, store.ids()))

    @pytest.mark.parametrize(
        "path",
        [
            "tickets/2026-13/TKT-2j7k3q9.md",
            "tickets/TKT-2j7k3q9.md",
            "tickets/2026-11/TKT-2j7k3q9.txt",
            "tickets/2026-11/.TKT-2j7k3q9.md",
            "tickets/2026-11/x/TKT-2j7k3q9.md",
            "tickets/README.md",
        ],
    )
    def test_other_files_are_no_tickets(self, store: TicketFiles, files: MemoryFiles, path: str) -> None:
        files.files[path] = SMALL.format(id=ID).encode()
        assert store.ids() == []
        assert list(store.scan()) == []

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ("tickets/2026-12/TKT-2j7k3q9.md", f"it belongs into {PATH}"),
            ("tickets/2026-11/tkt-2j7k3q9.md", "an id looks like TKT-2j7k3q9"),
            ("tickets/2026-11/TKT-2j7k3q.md", "an id looks like TKT-2j7k3q9"),
            ("tickets/2026-11/TKT-2j7k3qu.md", "an id looks like TKT-2j7k3q9"),
            ("tickets/2026-11/TKT-2j7k3q9 (copy).md", "an id looks like TKT-2j7k3q9"),
            ("tickets/2026-11/-rf.md", "an id looks like TKT-2j7k3q9"),
        ],
    )
    def test_a_file_that_looks_like_a_ticket_and_is_none_is_told(
        self, store: TicketFiles, files: MemoryFiles, path: str, said: str
    ) -> None:
        files.files |= small("TKT-2j00000") | {path: SMALL.format(id=ID).encode()}
        assert store.ids() == ["TKT-2j00000"]
        assert [each for each in store.scan() if isinstance(each, Problem)] == [
            Problem(path, 0, f"is in no list: {said}", "path")
        ]

    def test_a_store_without_tickets_is_empty(self, store: TicketFiles) -> None:
        assert store.ids() == []
        assert list(store.scan()) == []

    def test_a_ticket_that_is_not_there_is_not_found(self, store: TicketFiles) -> None:
        with pytest.raises(NotFoundError, match="no ticket TKT-2j7k3q9"):
            store.load(ID)

    @pytest.mark.parametrize(
        "text",
        [
            "../../etc/passwd",
            "/etc/passwd",
            "a/b",
            "..",
            ".",
            "",
            "-rf",
            "--output=x",
            "TKT-",
            "TKT-../x",
            "\x00",
        ],
    )
    def test_what_is_no_id_reaches_no_file(self, store: TicketFiles, text: str) -> None:
        for look in (store.load, store.whole, store.thread, store.problems):
            with pytest.raises(NotFoundError):
                look(text)

    @pytest.mark.parametrize(
        ("line", "value"),
        [
            ("assignee: no", "no"),
            ("assignee: 22:22", "22:22"),
            ("assignee: 1.10", "1.10"),
            ("assignee: 012", "012"),
            ("assignee: '  a '", "  a "),
            ("assignee: ~", ""),
        ],
    )
    def test_a_value_stays_as_it_stands(self, store: TicketFiles, line: str, value: str) -> None:
        ticket = store.decode(ID, GOLDEN.replace("assignee: ana@example.com", line).encode())
        assert ticket.assignee == value

    @pytest.mark.parametrize(
        ("lines", "labels"),
        [
            ("labels: vip", ("vip",)),
            ("labels:", ()),
            ("labels: []", ()),
            ("labels: [b, a]", ("a", "b")),
            ("labels:\n- b\n- a\n- b\n- ''", ("a", "b")),
        ],
    )
    def test_a_list_is_sorted_however_it_is_written(
        self, store: TicketFiles, lines: str, labels: tuple[str, ...]
    ) -> None:
        ticket = store.decode(ID, GOLDEN.replace("labels:\n- login\n- mobile", lines).encode())
        assert ticket.items("labels") == labels

    def test_crlf_does_not_reach_the_description(self, store: TicketFiles) -> None:
        assert store.decode(ID, GOLDEN.replace("\n", "\r\n").encode()) == TICKET

    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            ("id: TKT-2j7k3q9", "id: TKT-2j00000", "2: the id 'TKT-2j00000' does not match the file's name"),
            ("id: TKT-2j7k3q9\n", "", "1: the id '' does not match the file's name"),
            ("id: TKT-2j7k3q9", "id: [TKT-2j7k3q9]", "2: id holds one value"),
            ("created: 2026-11-22T09:00:00Z", "created: soon", "3: created is a moment such as"),
            ("created: 2026-11-22T09:00:00Z\n", "", "1: created is a moment such as"),
            ("created: 2026-11-22T09:00:00Z", "created: 0001-01-01T00:00:00+10:00", "3: created is a moment"),
            ("title: Login page fails after a password reset", "title:", "7: a ticket needs a title"),
            ("title: Login page fails after a password reset", "title: '  '", "7: a ticket needs a title"),
            ("title: Login page fails after a password reset\n\n", "", "1: a ticket needs a title"),
            ("status: in-progress", "status: [a, b]", "11: status holds one value"),
            ("status: in-progress", "status: {a: b}", "11: status holds one value"),
            (
                "labels:\n- login",
                "labels:\n- a: b",
                "31: labels holds a list of texts, one a line after a dash",
            ),
            ("labels:\n- login\n- mobile", "labels: {a: b}", "31: labels holds a list of texts, one a line"),
            (
                "title: Login",
                "title: Login: page",
                "7: not valid YAML: a value has a colon and a space inside",
            ),
        ],
    )
    def test_a_ticket_that_cannot_be_understood_is_refused_at_its_line(
        self, store: TicketFiles, before: str, after: str, said: str
    ) -> None:
        assert before in GOLDEN
        assert refusal(store, GOLDEN.replace(before, after)).startswith(said)

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            (
                "due: 0000-99-99",
                "35: due: '0000-99-99' is not a date. Write 2026-12-01 or 2026-12-01T09:00:00Z.",
            ),
            (f"due: {'1' * 5000}", f"35: due: '{'1' * 60}...' is not a date"),
            ("due: 1e999999999", "35: due: '1e999999999' is not a date"),
            ("due: .inf", "35: due: '.inf' is not a date"),
            ("due: 2026-12-01T09:00:00", "35: due: '2026-12-01T09:00:00' is not a date"),
            ('due: "\\e[2J"', "35: due has a character that cannot be seen: U+001B"),
        ],
    )
    def test_a_value_that_its_field_cannot_hold_is_a_problem_at_its_line(
        self, store: TicketFiles, files: MemoryFiles, line: str, said: str
    ) -> None:
        files.files[PATH] = GOLDEN.replace("due:", line).encode()
        (problem,) = store.problems(ID)
        assert str(problem).startswith(f"{PATH}:{said}")

    def test_all_problems_of_a_ticket_are_found_at_once(self, store: TicketFiles, files: MemoryFiles) -> None:
        text = GOLDEN.replace("in-progress", "in-progres").replace("impact: high", "impact: huge")
        files.files[PATH] = (
            text.replace("Login page", '"Login\\u202e page').replace("reset\n", 'reset"\n').encode()
        )
        assert [str(each).removeprefix(PATH) for each in store.problems(ID)] == [
            ":7: title has a character that cannot be seen: U+202E. Type it again without that character.",
            f":11: status 'in-progres' is not known; did you mean 'in-progress'? Allowed: {STATUSES}.",
            ":17: impact 'huge' is not known; did you mean 'high'? Allowed: high, medium, low.",
        ]

    def test_all_that_keeps_a_file_from_being_a_ticket_is_told_at_once(self, store: TicketFiles) -> None:
        text = GOLDEN.replace(f"id: {ID}", "id: x").replace("status: in-progress", "status: [a, b]")
        with pytest.raises(InvalidStoreError) as caught:
            store.decode(
                ID, text.replace("title: Login page fails after a password reset", "title:").encode()
            )
        assert [(each.line, each.text) for each in caught.value.problems] == [
            (2, "the id 'x' does not match the file's name"),
            (7, "a ticket needs a title"),
            (11, "status holds one value"),
        ]

    def test_a_misnamed_entry_is_a_problem(self, store: TicketFiles, files: MemoryFiles) -> None:
        folder = PATH.removesuffix(".md")
        names = ("20261122t093000z-x7k2.md", "notes.md", ".notes.md.swp", ".notes.md", "files/a.md", "README")
        files.files |= {f"{folder}/{name}": b"x" for name in names} | {PATH: GOLDEN.encode()}
        text = "is in no thread: an entry is called by its id, such as 20261122T093000Z-x7k2.md"
        assert store.problems(ID) == [
            Problem(f"{folder}/{name}", 0, f"{text}; rename it, or move it elsewhere", "path")
            for name in names[:2]
        ]

    def test_a_sound_ticket_has_no_problems(self, store: TicketFiles, files: MemoryFiles) -> None:
        files.files[PATH] = GOLDEN.encode()
        assert store.problems(ID) == []

    def test_a_broken_ticket_is_one_problem(self, store: TicketFiles, files: MemoryFiles) -> None:
        files.files[PATH] = b"nothing"
        assert store.problems(ID) == [Problem(PATH, 1, "no front matter; the first line must be ---")]


class TestScan:
    @pytest.mark.parametrize(
        ("data", "line"),
        [
            (b"", 1),
            (b"---\nid: x", 1),
            (b"---\nid: TKT-2j7k3q9\ntitle: a: b\n---\n", 3),
            (b"---\n\xff\n---\n", 2),
            (b"---\nx: " + b"[" * 300 + b"\n---\n", 2),
            (SMALL.format(id="TKT-2j00000").encode(), 2),
            (b"x" * 2_000_000, 0),
        ],
    )
    def test_a_malformed_file_never_stops_the_rest(
        self, store: TicketFiles, files: MemoryFiles, data: bytes, line: int
    ) -> None:
        files.files |= {**small("TKT-2j00000", "TKT-2jzzzzz"), PATH: data}
        first, problem, last = store.scan()
        assert isinstance(first, Ticket)
        assert first.id == "TKT-2j00000"
        assert isinstance(problem, Problem)
        assert (problem.path, problem.line) == (PATH, line)
        assert isinstance(last, Ticket)
        assert last.id == "TKT-2jzzzzz"

    def test_only_files_that_have_a_text_are_looked_at(self, store: TicketFiles, files: MemoryFiles) -> None:
        files.files |= {
            **small("TKT-2j00000"),
            PATH: b"broken",
            "tickets/2026-11/TKT-2jzzzzz.md": b"VPN broken",
        }
        assert [isinstance(each, Problem) for each in store.scan("VPN")] == [True]
        assert [each.id for each in store.scan("2j00000") if isinstance(each, Ticket)] == ["TKT-2j00000"]

    def test_a_ticket_removed_meanwhile_is_left_out(self, store: TicketFiles, files: MemoryFiles) -> None:
        files.files |= small("TKT-2j00000", "TKT-2jzzzzz")
        scan = store.scan()
        next(scan)
        files.files.clear()
        assert list(scan) == []


class TestThread:
    FOLDER = f"tickets/2026-11/{ID}"

    def add(self, files: MemoryFiles, entry_id: str, clock: object) -> None:
        text = f"---\nid: {entry_id}\nat: 2026-11-22T09:30:00Z\nby: ana\nclock: {clock}\n---\n"
        files.files[f"{self.FOLDER}/{entry_id}.md"] = text.encode()

    def test_entries_stand_by_clock_and_then_by_id(self, store: TicketFiles, files: MemoryFiles) -> None:
        for entry_id, clock in (
            ("20261122T093000Z-zzzz", 1),
            ("20261122T093001Z-bbbb", 2),
            ("20261122T093001Z-aaaa", 2),
            ("20250101T000000Z-aaaa", 10),
        ):
            self.add(files, entry_id, clock)
        entries, problems = store.thread(ID)
        assert not problems
        assert [(each.clock, each.id[-4:]) for each in entries] == [
            (1, "zzzz"),
            (2, "aaaa"),
            (2, "bbbb"),
            (10, "aaaa"),
        ]

    def test_a_malformed_entry_never_stops_the_rest(self, store: TicketFiles, files: MemoryFiles) -> None:
        self.add(files, "20261122T093000Z-aaaa", 1)
        self.add(files, "20261122T093000Z-bbbb", "soon")
        self.add(files, "20261122T093000Z-cccc", 3)
        entries, problems = store.thread(ID)
        assert [each.clock for each in entries] == [1, 3]
        assert [str(each) for each in problems] == [
            f"{self.FOLDER}/20261122T093000Z-bbbb.md:5: clock: 'soon' has not the right form"
        ]

    def test_an_entry_removed_meanwhile_is_left_out(self, shipped: Settings) -> None:
        class Vanishing(MemoryFiles):
            def read(self, path: str) -> bytes:
                if path.endswith("bbbb.md"):
                    raise FileNotFoundError(path)
                return super().read(path)

        files = Vanishing()
        self.add(files, "20261122T093000Z-aaaa", 1)
        self.add(files, "20261122T093000Z-bbbb", 2)
        entries, problems = TicketFiles(files, shipped).thread(ID)
        assert ([each.clock for each in entries], problems) == ([1], [])

    def test_only_entries_that_have_a_text_are_looked_at(
        self, store: TicketFiles, files: MemoryFiles
    ) -> None:
        self.add(files, "20261122T093000Z-aaaa", 1)
        self.add(files, "20261122T093000Z-bbbb", "soon")
        assert [each.clock for each in store.thread(ID, "clock: 1")[0]] == [1]
        assert store.thread(ID, "clock: 1")[1] == []

    def test_other_files_are_no_entries(self, store: TicketFiles, files: MemoryFiles) -> None:
        files.files |= {
            f"{self.FOLDER}/{name}": b"x" for name in ("files/a.md", "notes.md", ".x.md", "README")
        }
        assert store.thread(ID) == ([], [])

    def test_a_ticket_without_entries_has_an_empty_thread(self, store: TicketFiles) -> None:
        assert store.thread(ID) == ([], [])


class TestSaving:
    @pytest.fixture
    def store(self, files: MemoryFiles, shipped: Settings) -> TicketFiles:
        files.files[PATH] = GOLDEN.encode()
        return TicketFiles(files, shipped)

    def test_a_save_changes_one_line_and_names_what_it_started_from(self, store: TicketFiles) -> None:
        after = TICKET.with_fields({"status": "resolved"})
        write = store.encode_ticket(TICKET, after)
        assert (write.path, write.base) == (PATH, GOLDEN.encode())
        assert write.data == GOLDEN.replace("status: in-progress", "status: resolved").encode()

    def test_a_new_description_keeps_its_blank_line(self, store: TicketFiles) -> None:
        text = written(store, TICKET, Ticket(FIELDS, "Solved.\n"))
        assert text == GOLDEN.replace("Since this morning ...", "Solved.")
        assert written(store, TICKET, Ticket(FIELDS)) == GOLDEN.replace("\nSince this morning ...\n", "")

    def test_a_description_gets_the_line_ends_of_its_file(
        self, store: TicketFiles, files: MemoryFiles
    ) -> None:
        files.files[PATH] = GOLDEN.replace("\n", "\r\n").encode()
        text = written(store, TICKET, Ticket({**FIELDS, "due": "2026-12-01"}, "One.\nTwo.\n"))
        plain = GOLDEN.replace("Since this morning ...", "One.\nTwo.").replace("due:", "due: 2026-12-01")
        assert text == plain.replace("\n", "\r\n")

    def test_unknown_keys_and_comments_stay(self, store: TicketFiles, files: MemoryFiles) -> None:
        own = "x-jira:\n  deep: [&, 'a']\n".replace("&", "1.10")
        files.files[PATH] = GOLDEN.replace("due:", f"# when?\ndue:   # soon\n{own}").encode()
        before = store.load(ID)
        text = written(store, before, before.with_fields({"due": "2026-12-01"}))
        assert text == GOLDEN.replace("due:", f"# when?\ndue: 2026-12-01   # soon\n{own}")

    def test_a_list_in_another_order_is_no_change(self, store: TicketFiles, files: MemoryFiles) -> None:
        files.files[PATH] = GOLDEN.replace("- login\n- mobile", "- mobile\n- login").encode()
        before = store.load(ID)
        assert before == TICKET
        text = written(store, before, before.with_fields({"labels": ("login", "mobile", "vip")}))
        assert text == GOLDEN.replace("- login\n- mobile", "- mobile\n- login\n- vip")

    @pytest.mark.parametrize(
        ("before", "after"),
        [("in-progress", "closed"), ("Since this morning", "Since noon"), ("- mobile\n", "")],
    )
    def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
        self, store: TicketFiles, files: MemoryFiles, before: str, after: str
    ) -> None:
        files.files[PATH] = GOLDEN.replace(before, after).encode()
        mine = Ticket({**FIELDS, "status": "waiting", "labels": ("vip",)}, "Mine.\n")
        with pytest.raises(ConflictError, match="has changed meanwhile"):
            store.encode_ticket(TICKET, mine)

    def test_what_somebody_else_changed_elsewhere_stays(self, store: TicketFiles, files: MemoryFiles) -> None:
        files.files[PATH] = GOLDEN.replace("due:", "due: 2026-12-01").encode()
        text = written(store, TICKET, TICKET.with_fields({"status": "closed"}))
        assert text == GOLDEN.replace("due:", "due: 2026-12-01").replace("in-progress", "closed")

    def test_a_ticket_that_has_gone_is_not_found(self, store: TicketFiles, files: MemoryFiles) -> None:
        files.files.clear()
        with pytest.raises(NotFoundError):
            store.encode_ticket(TICKET, TICKET.with_fields({"status": "closed"}))


class TestAttachments:
    HASH = hashlib.sha256(b"data").hexdigest()[:32]

    @pytest.mark.parametrize(
        ("name", "suffix"),
        [
            ("screen.png", ".png"),
            ("Screen.PNG", ".png"),
            ("archive.tar.gz", ".gz"),
            ("no suffix", ""),
            (".git/hooks/x", ""),
            ("../../.git/hooks/pre-commit", ""),
            (".gitattributes", ""),
            ("GIT~1", ""),
            ("CON", ""),
            ("a::$DATA", ""),
            ("a.txt::$DATA", ""),
            ("a.p\x00ng", ""),
            ("a.p\nng", ""),
            ("a.png\n", ""),
            ("a." + "x" * 300, ""),
            ("x" * 300 + ".pdf", ".pdf"),
            ("gpj.\u202eexe", ""),
            ("a.é", ""),
            ("a.", ""),
            ("", ""),
            ("-rf.sh", ".sh"),
        ],
    )
    def test_a_name_from_outside_never_names_a_file(self, store: TicketFiles, name: str, suffix: str) -> None:
        write = store.encode_attachment(ID, name, b"data")
        assert write is not None
        assert write.path == f"tickets/2026-11/{ID}/files/{self.HASH}{suffix}"
        assert (write.data, write.base) == (b"data", None)

    def test_the_same_file_is_kept_once(self, store: TicketFiles, files: MemoryFiles) -> None:
        write = store.encode_attachment(ID, "a.png", b"data")
        assert write is not None
        files.files[write.path] = b"data"
        assert store.encode_attachment(ID, "b.png", b"data") is None
        assert store.encode_attachment(ID, "a.png", b"other") is not None

"""Hand edits recorded: the entry they lack, by whoever records them, under the rules of any command."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes import MemoryFiles
from tests.memory import ANA, BOB, MemoryRepository, memory_desk
from tkt.domain.entry import Change
from tkt.domain.ids import SETTINGS, thread_folder, ticket_path
from tkt.domain.settings import CommitPolicy
from tkt.errors import InvalidStoreError, NotAllowedError, UsageError
from tkt.store.auditing import FilesAuditor
from tkt.store.tickets import TicketFiles
from tkt.usecases import change
from tkt.usecases.check import check_tree
from tkt.usecases.converse import comment
from tkt.usecases.create import NewTicket, create
from tkt.usecases.record import Outcome
from tkt.usecases.recording import hand_edits, mend, record_by_hand, waiting
from tkt.usecases.workspace import Workspace


class Handmade:
    """A desk in memory of which the last commit is remembered while somebody edits its files."""

    def __init__(self) -> None:
        self.files = MemoryFiles({})
        self.ws = memory_desk(files=self.files)
        (made,) = create(self.ws, NewTicket("Printer on fire", "It burns.\n", {})).tickets
        self.id = made.id
        self.path = ticket_path(made.id)
        self.commit()

    def commit(self) -> None:
        """Remember the files as they are."""
        self.head = MemoryFiles(dict(self.files.files))

    @property
    def repository(self) -> MemoryRepository:
        assert isinstance(self.ws.recorder, MemoryRepository)
        return self.ws.recorder

    def edit(self, old: str, new: str) -> None:
        """Change the ticket's file by hand."""
        text = self.files.files[self.path].decode()
        assert old in text
        self.put(self.path, text.replace(old, new, 1).encode())

    def put(self, path: str, data: bytes) -> None:
        """Write a file by hand."""
        self.files.files[path] = data
        self.repository.edited.add(path)

    def record(self, *ids: str, text: str = "", ws: Workspace | None = None) -> Outcome:
        """Record it, and take what was recorded for the last commit."""
        outcome = record_by_hand(_at_head(ws or self.ws, self.head), self.committed, ids, text)
        self.repository.edited.clear()
        self.commit()
        return outcome

    @property
    def committed(self) -> TicketFiles:
        return TicketFiles(self.head, self.ws.settings)


def _at_head(ws: Workspace, head: MemoryFiles) -> Workspace:
    """The desk with a history that knows what the last commit has."""

    class Remembering:
        def __getattr__(self, name: str) -> object:
            return getattr(ws.history, name)

        def blob_at_head(self, path: str) -> bytes | None:
            return head.files.get(path)

    return replace(ws, history=Remembering())  # type: ignore[arg-type]


@pytest.fixture
def desk() -> Handmade:
    return Handmade()


def test_an_edit_gets_its_entry_by_whoever_records_it(desk: Handmade) -> None:
    desk.edit("title: Printer", "title: Big printer")
    desk.edit("labels:", "labels:\n- vip")
    (entry,) = desk.record(text="As we said.").entries
    assert entry
    assert (entry.by, entry.body) == (ANA.id, "As we said.\n")
    assert set(entry.changes) == {
        Change("title", "Printer on fire", "Big printer on fire"),
        Change("labels", (), ("vip",)),
    }
    assert check_tree(FilesAuditor(desk.files, desk.ws.settings, desk.ws.now)).findings == ()


def test_what_is_recorded_once_is_not_recorded_again(desk: Handmade) -> None:
    desk.edit("title: Printer", "title: Big printer")
    desk.record()
    before = dict(desk.files.files)
    assert desk.record().entries == ()
    assert desk.record(desk.id).notices == (f"{desk.id} has nothing to record",)
    assert desk.files.files == before


def test_bytes_that_a_person_wrote_stay(desk: Handmade) -> None:
    desk.edit("title: Printer", "# By hand\ntitle:   'Printer'  # x\n# was")
    written = desk.files.files[desk.path]
    desk.record()
    assert desk.files.files[desk.path] == written


def test_a_description_that_was_edited_is_told(desk: Handmade) -> None:
    desk.edit("It burns.", "It burns, and it smells.")
    (entry,) = desk.record().entries
    assert entry
    assert entry.extra["edited"] == "description"


def test_a_line_that_was_taken_out_is_a_field_that_was_unset(desk: Handmade) -> None:
    change.set_fields(desk.ws, [desk.id], {"queue": "support"})
    desk.commit()
    desk.edit("queue: support\n", "")
    (entry,) = desk.record().entries
    assert entry
    assert entry.changes == (Change("queue", "support", ""),)


def test_a_change_that_waits_for_its_commit_needs_no_second_entry(desk: Handmade) -> None:
    staging = replace(desk.ws, policy=CommitPolicy.STAGE)
    change.set_fields(staging, [desk.id], {"queue": "support"})
    assert desk.record(ws=staging).entries == ()
    change.set_fields(
        replace(staging, now=staging.now + timedelta(minutes=1)), [desk.id], {"queue": "development"}
    )
    desk.edit("category:", "category: access")
    (entry,) = desk.record(ws=replace(staging, now=staging.now + timedelta(minutes=2))).entries
    assert entry
    assert entry.changes == (Change("category", "", "access"),)


def test_an_edit_that_was_committed_without_its_entry_can_be_recorded_by_name(desk: Handmade) -> None:
    change.assign(desk.ws, [desk.id], BOB.id)
    desk.edit("assignee: bob@", "assignee: eve@")
    desk.repository.edited.clear()
    desk.commit()
    assert desk.record().entries == ()
    (entry,) = desk.record(desk.id).entries
    assert entry
    assert entry.changes == (Change("assignee", BOB.id, "eve@example.com"),)


@pytest.mark.parametrize(
    ("old", "new", "error", "said"),
    [
        ("status: new", "status: reopened", NotAllowedError, "cannot go from new to reopened"),
        ("priority: P3", "priority: P9", UsageError, "priority 'P9' is not known"),
        ("created_by: ana", "created_by: eve", UsageError, "created_by is set when a ticket is created"),
        ("parent:", "parent: TKT-2j7k3q9", Exception, "TKT-2j7k3q9"),
        ("title: Printer", "<<<<<<< HEAD\ntitle: Printer", InvalidStoreError, "unresolved merge"),
    ],
)
def test_what_no_command_may_do_is_not_recorded(
    desk: Handmade, old: str, new: str, error: type[Exception], said: str
) -> None:
    desk.edit(old, new)
    before = dict(desk.files.files)
    with pytest.raises(error, match=said):
        desk.record()
    assert desk.files.files == before


def test_a_role_that_does_not_permit_it_is_no_way_around(desk: Handmade) -> None:
    people = (
        b"agents:\n  ana: {email: ana@example.com, roles: [requester]}\n"
        b"  bob: {email: bob@example.com, roles: [agent]}\n"
    )
    desk.files.files[f"{SETTINGS}/people.yaml"] = people
    ws = memory_desk(files=desk.files)
    desk.edit("priority: P3", "priority: P1")
    with pytest.raises(NotAllowedError, match="may not change fields"):
        record_by_hand(_at_head(replace(ws, history=desk.ws.history), desk.head), desk.committed)


def test_a_thread_that_was_edited_is_not_recorded(desk: Handmade) -> None:
    comment(desk.ws, [desk.id], "Said.")
    desk.commit()
    (path,) = [each for each in desk.files.files if each.startswith(f"{thread_folder(desk.id)}/")]
    desk.put(path, desk.files.files[path] + b"And more.\n")
    with pytest.raises(NotAllowedError, match="the entry has been changed"):
        desk.record()


def test_a_ticket_that_was_written_by_hand(desk: Handmade) -> None:
    other = "TKT-2j00042"
    text = desk.files.files[desk.path].replace(desk.id.encode(), other.encode())
    desk.put(ticket_path(other), text)
    outcome = desk.record()
    assert [each.id for each in outcome.tickets] == [other]
    assert outcome.entries == (None,)
    assert desk.record().tickets == ()


def test_a_ticket_that_begins_where_none_may_is_not_recorded(desk: Handmade) -> None:
    text = desk.files.files[desk.path].replace(desk.id.encode(), b"TKT-2j00042")
    desk.put(ticket_path("TKT-2j00042"), text.replace(b"status: new", b"status: closed"))
    with pytest.raises(NotAllowedError, match="starts as new, not as closed"):
        desk.record()


def test_what_can_be_mended_is_and_the_rest_is_told(desk: Handmade) -> None:
    (other,) = create(desk.ws, NewTicket("Router down", "", {})).tickets
    (third,) = create(desk.ws, NewTicket("Cable cut", "", {})).tickets
    spelt = desk.files.files[ticket_path(third.id)]
    desk.files.files[ticket_path(third.id)] = b"\xef\xbb\xbf" + spelt.replace(b"\n", b"\r\n")
    desk.commit()
    desk.edit("priority: P3", "priority: P1")
    desk.put(ticket_path(other.id), desk.files.files[ticket_path(other.id)].replace(b": new", b": reopened"))
    ws = _at_head(desk.ws, desk.head)
    checked = check_tree(FilesAuditor(desk.files, ws.settings, ws.now))
    done = mend(ws, desk.committed, waiting(ws, checked), checked.tickets)
    assert {each.id for each in done.tickets} == {desk.id, third.id}
    assert desk.files.files[ticket_path(third.id)] == spelt
    (said,) = done.notices
    assert said.startswith("not mended: ")
    assert "reopened" in said
    assert [
        each for each in hand_edits(ws, desk.committed, [desk.id]).edits if each.before != each.after
    ] == []

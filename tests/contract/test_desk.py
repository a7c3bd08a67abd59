"""What every desk does, in memory as on a real disk with real Git."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.memory import NOW, CountedText, memory_desk
from tkt.domain.ids import ticket_path
from tkt.domain.settings import CommitPolicy
from tkt.errors import ConflictError, NotFoundError
from tkt.usecases import change, converse, stepping
from tkt.usecases.create import NewTicket, create
from tkt.usecases.record import NewFile
from tkt.usecases.undo import undo
from tkt.usecases.workspace import FileWrite, Note, Workspace
from tkt.wiring.desk import open_workspace
from tkt.wiring.making import new_desk

Desk = Callable[[], Workspace]


def git_desk(folder: Path) -> Workspace:
    new_desk(str(folder), key="TKT", commit=CommitPolicy.AUTO)
    return dataclasses.replace(open_workspace(str(folder)), now=NOW, random_text=CountedText())


@pytest.fixture(params=["memory", "git"])
def ws(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    return memory_desk() if request.param == "memory" else git_desk(tmp_path)


def new(ws: Workspace, title: str = "Printer on fire", **fields: str) -> str:
    return create(ws, NewTicket(title, "It burns.", fields)).tickets[0].id


def test_a_new_ticket_can_be_loaded_and_listed(ws: Workspace) -> None:
    ticket_id = new(ws)
    assert ticket_id == "TKT-2j00001"
    assert ws.tickets.ids() == [ticket_id]
    assert ws.tickets.load(ticket_id).title == "Printer on fire"
    assert ws.tickets.load(ticket_id).body == "It burns.\n"


def test_an_unknown_ticket_is_not_found(ws: Workspace) -> None:
    with pytest.raises(NotFoundError, match="TKT-2jzzzzz"):
        ws.tickets.load("TKT-2jzzzzz")


def test_a_change_is_an_entry_and_a_new_state(ws: Workspace) -> None:
    ticket_id = new(ws)
    stepping.transition(ws, [ticket_id], stepping.Move("in-progress", text="Looking."))
    thread, problems = ws.tickets.thread(ticket_id)
    assert not problems
    assert [(each.clock, str(each.changes[0]), each.body) for each in thread] == [
        (1, "status: new -> in-progress", "Looking.\n")
    ]
    assert ws.tickets.load(ticket_id).status == "in-progress"


def test_entries_are_counted_up(ws: Workspace) -> None:
    ticket_id = new(ws)
    for text in ("one", "two", "three"):
        converse.comment(ws, [ticket_id], text)
    assert [(each.clock, each.body) for each in ws.tickets.thread(ticket_id)[0]] == [
        (1, "one\n"),
        (2, "two\n"),
        (3, "three\n"),
    ]


def test_a_write_that_started_from_other_content_is_refused(ws: Workspace) -> None:
    ticket_id = new(ws)
    path = ticket_path(ticket_id)
    whole = ws.tickets.whole(ticket_id)
    writes = [FileWrite("tickets/2026-11/x.md", b"x\n"), FileWrite(path, b"y\n", b"something else\n")]
    with pytest.raises(ConflictError, match=path):
        ws.recorder.record(writes, Note("no"), CommitPolicy.AUTO)
    assert ws.tickets.whole(ticket_id) == whole
    with pytest.raises(FileNotFoundError):
        ws.files.read("tickets/2026-11/x.md")


def test_a_file_that_is_there_is_not_written_over(ws: Workspace) -> None:
    ticket_id = new(ws)
    with pytest.raises(ConflictError):
        ws.recorder.record([FileWrite(ticket_path(ticket_id), b"z\n")], Note("no"), CommitPolicy.AUTO)


def test_an_attachment_keeps_its_bytes_and_is_stored_once(ws: Workspace) -> None:
    ticket_id = new(ws)
    data = bytes(range(256))
    for _ in range(2):
        converse.comment(ws, [ticket_id], "see", files=[NewFile("a.bin", data)])
    folder = f"{ticket_path(ticket_id).removesuffix('.md')}/files"
    names = ws.files.names(folder)
    assert len(names) == 1
    assert ws.files.read(f"{folder}/{names[0]}") == data


def test_the_newest_change_is_known_and_can_be_taken_back(ws: Workspace) -> None:
    ticket_id = new(ws)
    before = ws.tickets.whole(ticket_id)
    change.set_fields(ws, [ticket_id], {"queue": "support"})
    last = ws.history.last_change(ws.actor)
    assert last is not None
    assert last.tickets == (ticket_id,)
    assert last.is_head
    assert not last.shared
    undo(ws)
    assert ws.tickets.whole(ticket_id) == before
    assert ws.tickets.thread(ticket_id) == ([], [])


def test_a_staged_change_is_pending_and_can_be_taken_back(ws: Workspace) -> None:
    ticket_id = new(ws)
    staging = dataclasses.replace(ws, policy=CommitPolicy.STAGE)
    change.change_labels(staging, [ticket_id], ["vip"], [])
    assert staging.tickets.load(ticket_id).items("labels") == ("vip",)
    assert any(path.endswith(f"{ticket_id}.md") for path in staging.history.uncommitted())
    undo(staging)
    assert staging.tickets.load(ticket_id).items("labels") == ()
    assert staging.tickets.thread(ticket_id)[0] == []


def test_a_dry_run_writes_nothing(ws: Workspace) -> None:
    ticket_id = new(ws)
    whole = ws.tickets.whole(ticket_id)
    outcome = change.set_fields(dataclasses.replace(ws, dry_run=True), [ticket_id], {"queue": "support"})
    assert outcome.receipt is None
    assert len(outcome.writes) == 2
    assert ws.tickets.whole(ticket_id) == whole
    assert ws.tickets.thread(ticket_id) == ([], [])


def test_names_of_a_folder_tell_files_from_folders(ws: Workspace) -> None:
    ticket_id = new(ws)
    converse.comment(ws, [ticket_id], "hello")
    assert ws.files.names("tickets") == ["2026-11/"]
    assert list(ws.files.names("tickets/2026-11")) == [f"{ticket_id}.md", f"{ticket_id}/"]
    assert list(ws.files.names("tickets/1999-01")) == []

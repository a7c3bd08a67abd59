"""What Git remembers: what is uncommitted, unpushed, and who changed what last."""

from pathlib import Path

import pytest

from tests.gitrepo.desk import ANA, BOB, DONE, ENTRY, OTHER, TEXT, TICKET, TRAILER, Desk, run
from tkt.domain.settings import CommitPolicy
from tkt.errors import TktError
from tkt.usecases.workspace import Note


def test_the_last_change_is_that_persons_newest(desk: Desk) -> None:
    commit = desk.finish().commit
    desk.record(desk.write(OTHER, b"x\n"), subject="TKT-2j7zzzz: new", who=BOB)

    last = desk.last(ANA)

    assert (last.commit, last.subject) == (commit, "TKT-2j7k3q9: status: new -> done")
    assert (last.tickets, last.added, last.changed) == (("TKT-2j7k3q9",), (ENTRY,), (TICKET,))
    assert not last.is_head
    assert desk.last(BOB).is_head


def test_nobody_has_changed_anything_yet(desk: Desk, tmp_path: Path) -> None:
    assert desk.history.last_change(ANA) is None

    empty = Desk(tmp_path / "empty")
    empty.root.mkdir()
    empty.git("init", "--quiet")
    assert empty.history.last_change(ANA) is None


def test_several_tickets_of_one_change(desk: Desk) -> None:
    note = Note("2 tickets: closed", (TRAILER, ("Ticket", "TKT-2j7zzzz")))

    desk.recorder().record([desk.write(TICKET, DONE)], note, CommitPolicy.AUTO)

    assert desk.last().tickets == ("TKT-2j7k3q9", "TKT-2j7zzzz")


def test_a_change_with_code_in_it_is_not_one_to_take_back(desk: Desk) -> None:
    desk.put("code.py", "two\n")
    desk.put(TICKET, DONE)
    desk.commit("Mend the login page\n\nTicket: TKT-2j7k3q9")

    assert not desk.last().is_head
    assert desk.last().changed == ("code.py", TICKET)


def test_a_stash_or_a_remote_branch_shares_a_commit(desk: Desk) -> None:
    desk.finish()
    desk.git("update-ref", "refs/remotes/origin/topic", "HEAD")

    assert desk.last().shared


def test_what_is_not_committed(desk: Desk) -> None:
    assert desk.history.uncommitted() == []

    desk.put(TICKET, DONE)
    desk.put(ENTRY, b"x\n")
    desk.put("tickets/2026-11/ü *.md", b"x\n")
    desk.git("add", ENTRY)
    desk.put("code.py", "two\n")

    assert sorted(desk.history.uncommitted()) == sorted([TICKET, ENTRY, "tickets/2026-11/ü *.md"])


def test_a_ticket_in_conflict_is_not_committed(desk: Desk) -> None:
    desk.put(TICKET, TEXT + b"stashed\n")
    desk.git("stash", "--quiet")
    desk.put(TICKET, TEXT + b"committed\n")
    desk.commit()
    with pytest.raises(AssertionError):
        desk.git("stash", "pop")

    assert desk.history.uncommitted() == [TICKET]


def test_a_deleted_ticket_is_not_committed(desk: Desk) -> None:
    (desk.root / TICKET).unlink()
    assert desk.history.uncommitted() == [TICKET]

    desk.git("rm", "--quiet", "--cached", TICKET)
    assert desk.history.uncommitted() == [TICKET]


def test_how_many_commits_are_not_pushed(desk: Desk) -> None:
    assert desk.history.unpushed() is None

    hub = desk.root.parent / "hub.git"
    run(desk.root, "clone", "--quiet", "--bare", ".", str(hub))
    desk.git("remote", "add", "origin", str(hub))
    desk.git("fetch", "--quiet", "origin")
    desk.git("branch", "--quiet", "--set-upstream-to=origin/main")
    assert desk.history.unpushed() == 0

    desk.finish()
    desk.record(desk.write(OTHER, b"x\n"))
    assert desk.history.unpushed() == 2


def test_the_branch(desk: Desk) -> None:
    assert desk.history.branch() == "main"
    assert desk.history.on_branch()

    desk.git("switch", "--quiet", "-c", "feature/ünicode")
    assert desk.history.branch() == "feature/ünicode"

    desk.git("checkout", "--quiet", "--detach")
    assert desk.history.branch() == ""
    assert not desk.history.on_branch()


def test_a_head_that_is_kept_another_way(desk: Desk) -> None:
    head = desk.root / ".git/HEAD"
    head.unlink()
    head.symlink_to("refs/heads/main")

    assert desk.history.on_branch()
    desk.finish()

    assert desk.at_head(TICKET).encode() == DONE


def test_a_file_at_a_commit(desk: Desk) -> None:
    desk.finish()

    assert desk.history.blob("HEAD^", TICKET) == TEXT
    assert desk.history.blob_at_head(TICKET) == DONE
    assert desk.history.blob("HEAD^", ENTRY) is None
    assert desk.history.blob("nowhere", TICKET) is None
    assert desk.history.blob_at_head("tickets") is None


def test_several_files_at_a_commit(desk: Desk) -> None:
    desk.record(desk.write(ENTRY, b""), desk.write(OTHER, b"a\n\nb missing\n"))

    found = desk.history.blobs("HEAD", [OTHER, "none here", ENTRY, "tickets", TICKET])

    assert [blob.data if blob else None for blob in found] == [b"a\n\nb missing\n", None, b"", None, TEXT]


def test_what_git_has_of_files(desk: Desk) -> None:
    desk.put(TICKET, DONE)
    desk.git("add", TICKET)
    blobs = [desk.git("rev-parse", f"{place}:{TICKET}").strip() for place in ("HEAD", "")]

    head, found = desk.history.recorded([TICKET, OTHER])

    assert head == desk.head
    assert [(each.committed, each.staged) for each in found] == [(blobs[0], blobs[1]), ("", "")]


def test_a_partial_clone_out_of_reach_of_its_remote_says_so(desk: Desk) -> None:
    desk.git("config", "uploadpack.allowFilter", "true")
    partial = Desk(desk.root.parent / "partial")
    source, target = desk.root.as_uri(), str(partial.root)
    run(desk.root, "clone", "--quiet", "--no-checkout", "--filter=blob:none", source, target)
    partial.git("config", "remote.origin.url", str(desk.root.parent / "gone"))

    with pytest.raises(TktError, match="does not appear to be a git repository"):
        partial.history.blob_at_head(TICKET)

    partial.record(partial.write(OTHER, b"x\n"))
    assert partial.last().added == (OTHER,)


def test_a_partial_clone_gets_what_it_lacks(desk: Desk) -> None:
    desk.git("config", "uploadpack.allowFilter", "true")
    partial = Desk(desk.root.parent / "partial")
    source, target = desk.root.as_uri(), str(partial.root)
    run(desk.root, "clone", "--quiet", "--no-checkout", "--filter=blob:none", source, target)

    assert partial.history.blob_at_head(TICKET) == TEXT

"""commit: auto. One command, one commit, and nothing else of the person's touched."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import git
import pytest

from tests.gitrepo.desk import (
    BOB,
    DONE,
    ENTRY,
    OTHER,
    TEXT,
    TICKET,
    TRAILER,
    Desk,
    Person,
)
from tkt.domain.settings import CommitPolicy
from tkt.errors import ConflictError, TktError
from tkt.usecases.workspace import Actor, FileWrite, Note


def test_the_commit_holds_exactly_the_given_files(desk: Desk) -> None:
    receipt = desk.finish()

    with git.Repo(desk.root) as repo:
        commit = repo.head.commit
        assert commit.hexsha == receipt.commit
        assert set(commit.stats.files) == {ENTRY, TICKET}
        assert (commit.tree / TICKET).data_stream.read() == DONE
        assert [parent.hexsha for parent in commit.parents] == [desk.git("rev-parse", "HEAD^").strip()]
    assert desk.status == []
    assert receipt.warning == ""


def test_the_commit_says_who_and_when_and_why(desk: Desk) -> None:
    when = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)
    note = Note("TKT-2j7k3q9: status: new -> done", (TRAILER, ("Rule", "close-stale")))

    desk.recorder(BOB, now=when).record([desk.write(TICKET, DONE)], note, CommitPolicy.AUTO)

    with git.Repo(desk.root) as repo:
        commit = repo.head.commit
        assert (commit.author.name, commit.author.email) == ("Bob Okafor", "bob@example.com")
        assert (commit.committer.name, commit.committer.email) == ("Ana Silva", "ana@example.com")
        assert commit.authored_datetime == commit.committed_datetime == when
        assert commit.message == (
            "TKT-2j7k3q9: status: new -> done\n\nTicket: TKT-2j7k3q9\nRule: close-stale\n"
        )
    trailers = desk.git("log", "-1", "--format=%(trailers:only,unfold)")
    assert trailers.split("\n")[:2] == ["Ticket: TKT-2j7k3q9", "Rule: close-stale"]


def test_a_name_cannot_forge_a_line_of_the_commit(desk: Desk) -> None:
    eve = Actor("eve", "Eve> 0 +0000\nparent <x", "eve\n@example.com>")

    desk.record(desk.write(TICKET, DONE), who=eve)

    assert desk.git("log", "-1", "--format=%an|%ae").strip() == "Eve 0 +0000parent x|eve@example.com"


def test_a_subject_with_any_letters_arrives_whole_whatever_the_configured_encoding(desk: Desk) -> None:
    desk.git("config", "i18n.commitEncoding", "ISO-8859-1")
    desk.git("config", "i18n.logOutputEncoding", "ISO-8859-1")

    desk.record(desk.write(TICKET, DONE), subject="TKT-2j7k3q9: Größe, 大きさ, 📦")

    assert desk.last().subject == "TKT-2j7k3q9: Größe, 大きさ, 📦"
    raw = desk.git("cat-file", "commit", "HEAD")
    assert "📦" in raw
    assert "encoding" not in raw


def test_a_file_as_young_as_the_index_is_still_compared_byte_by_byte(desk: Desk) -> None:
    desk.git("config", "core.trustctime", "false")  # within one tick that would be the same, too
    code, index, tick = desk.root / "code.py", desk.root / ".git" / "index", (10**9, 10**9)
    os.utime(code, tick)
    desk.git("update-index", "--refresh")
    desk.put("code.py", "two\n")
    os.utime(code, tick)
    os.utime(index, tick)

    desk.finish()

    assert desk.status == [" M code.py"]


def test_work_of_the_persons_own_stays_as_it_was(desk: Desk) -> None:
    desk.put("code.py", "staged\n")
    desk.git("add", "code.py")
    desk.put(".tkt/project.yaml", "key: MOD\n")
    desk.put("notes.txt", "mine\n")
    before = desk.status

    desk.finish()

    assert before == [" M .tkt/project.yaml", "M  code.py", "?? notes.txt"]
    assert desk.status == before


def test_the_next_commit_by_hand_does_not_revert_the_ticket(desk: Desk) -> None:
    desk.put("code.py", "two\n")
    desk.git("add", "code.py")

    desk.finish()
    desk.git("commit", "--quiet", "-m", "by hand")

    assert desk.at_head(TICKET).encode() == DONE
    assert desk.git("show", "--format=", "--name-only").split() == ["code.py"]


def test_the_reflog_tells_that_it_was_tkt(desk: Desk) -> None:
    desk.finish()

    assert desk.git("log", "-g", "-1", "--format=%gs", "HEAD").startswith("tkt: TKT-2j7k3q9: status")
    assert desk.git("log", "-g", "-1", "--format=%gs", "main").startswith("tkt: TKT-2j7k3q9: status")


def test_a_removed_file_is_gone_and_so_is_its_empty_folder(desk: Desk) -> None:
    desk.finish()

    desk.record(desk.write(ENTRY, None), subject="TKT-2j7k3q9: undo")

    assert desk.git("show", "--format=", "--name-status").split() == ["D", ENTRY]
    assert not (desk.root / ENTRY).parent.exists()
    assert desk.git("ls-tree", "--name-only", "HEAD", "tickets/2026-11/").split() == [TICKET]
    assert desk.status == []


def test_an_attachment_keeps_its_bytes(desk: Desk) -> None:
    path = "tickets/2026-11/TKT-2j7k3q9/files/0a1b.txt"
    data = b"one\r\ntwo\x00\r\n\xff"

    desk.record(desk.write(path, data))

    with git.Repo(desk.root) as repo:
        assert (repo.head.commit.tree / path).data_stream.read() == data
    assert desk.read(path) == data
    assert desk.status == []


@pytest.mark.parametrize("name", ["a b.md", "grüße.md", 'quo"te.md', "back\\slash.md", "[x]*?.md", "-x.md"])
def test_any_file_name_is_taken_literally(desk: Desk, name: str) -> None:
    path = f"tickets/2026-11/{name}"

    desk.record(desk.write(path, b"one\n"))
    desk.record(desk.write(path, b"two\n"))
    desk.record(desk.write(TICKET, DONE))

    assert desk.git("show", "HEAD~1:" + path) == "two\n"
    assert desk.status == []
    desk.record(desk.write(path, None))
    assert path not in desk.git("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")


@pytest.mark.parametrize("count", [300, 1200])
def test_many_files_go_into_one_commit(desk: Desk, count: int) -> None:
    writes = [desk.write(f"tickets/2026-11/TKT-2j7{number:04}.md", b"x\n") for number in range(count)]

    desk.record(*writes)
    desk.record(*(FileWrite(write.path, b"y\n", b"x\n") for write in writes))

    assert desk.git("show", "--format=", "--shortstat").split()[:3] == [str(count), "files", "changed,"]
    assert desk.status == []


@pytest.mark.parametrize("staged", [True, False])
def test_one_edit_by_hand_among_many_files_is_found(desk: Desk, staged: bool) -> None:
    writes = [desk.write(f"tickets/2026-11/TKT-2j7{number:04}.md", b"x\n") for number in range(1200)]
    desk.record(*writes)
    desk.put(writes[7].path, "by hand\n")
    if staged:
        desk.git("add", writes[7].path)

    with pytest.raises(ConflictError, match=f"{writes[7].path} has edits that are not committed"):
        desk.record(*(desk.write(write.path, b"y\n") for write in writes))


def test_many_files_in_a_first_commit_in_a_subfolder(tmp_path: Path) -> None:
    top = Desk(tmp_path)
    top.git("init", "--quiet")
    desk = Desk(tmp_path / "help desk")
    desk.root.mkdir()

    desk.record(*(desk.write(f"tickets/2026-11/TKT-2j7{number:04}.md", b"x\n") for number in range(1200)))

    assert desk.status == []
    desk.assert_sound()


def test_a_folder_that_cannot_be_written_is_met_before_the_commit(desk: Desk) -> None:
    folder = desk.root / "tickets/2026-11"

    class Meddler(Person):
        def actor(self) -> Actor | None:
            folder.rename(desk.root / "away")
            folder.write_bytes(b"in the way\n")
            return super().actor()

    with pytest.raises(TktError, match="cannot write"):
        desk.recorder_of(Meddler()).record([desk.write(TICKET, DONE)], Note("s"), CommitPolicy.AUTO)

    assert desk.subjects == ["start"]
    folder.unlink()
    (desk.root / "away").rename(folder)
    assert desk.status == []
    desk.assert_sound()


def test_a_file_that_cannot_be_put_in_place_after_the_commit_is_finished_by_the_next_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = os.replace

    def refuse(source: str, target: str) -> None:
        if target.endswith(".md"):
            raise OSError(errno.EIO, "Input/output error", target)
        put(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    receipt = desk.finish()
    assert receipt.commit == desk.head
    assert "the next command tries again" in receipt.warning
    assert desk.read(TICKET) == TEXT
    monkeypatch.undo()

    desk.record(desk.write(OTHER, b"next\n"))

    assert desk.read(TICKET) == DONE
    assert desk.status == []
    desk.assert_sound()


def test_without_anybody_to_name_nothing_is_committed(desk: Desk) -> None:
    with pytest.raises(TktError, match="needs an author"):
        desk.recorder(None).record([desk.write(TICKET, DONE)], Note("s"), CommitPolicy.AUTO)

    assert desk.subjects == ["start"]
    assert desk.read(TICKET) == TEXT


def test_what_a_killed_command_left_behind_is_swept_away(desk: Desk) -> None:
    git_dir = desk.root / ".git"
    desk.git("update-ref", "refs/tkt/pending-1", "HEAD")
    (git_dir / "refs/tkt/pending-2.lock").write_bytes(b"")
    (git_dir / "index.tkt-draft").write_bytes(b"half an ind")
    (git_dir / "index.tkt-draft.lock").write_bytes(b"")
    desk.put("tickets/2026-11/.tkt-draft-0", "half a tick")

    desk.finish()

    assert desk.leftovers() == []
    assert desk.at_head(TICKET).encode() == DONE


def test_what_git_packed_away_in_the_middle_of_it_is_in_nobodys_way(desk: Desk) -> None:
    desk.git("update-ref", f"refs/tkt/pending-{os.getpid()}", "HEAD")
    desk.git("pack-refs", "--all")
    desk.git("commit", "--quiet", "--amend", "-m", "start again")

    desk.finish()

    assert desk.subjects == ["TKT-2j7k3q9: status: new -> done", "start again"]


def test_a_new_ticket_beside_others_leaves_them_alone(desk: Desk) -> None:
    desk.record(desk.write(OTHER, b"other\n"))

    assert desk.git("show", "--format=", "--name-status").split() == ["A", OTHER]
    assert desk.at_head(TICKET).encode() == TEXT

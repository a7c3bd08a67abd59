"""commit: amend. One person's unpushed changes in a row are one commit; nobody else's ever join it."""

from collections.abc import Callable
from pathlib import Path

import git
import pytest

from tests.gitrepo.desk import ANA, BOB, DONE, ENTRY, OTHER, TEXT, TICKET, TRAILER, Desk, run
from tkt.domain.settings import CommitPolicy
from tkt.usecases.workspace import Actor, Note

_AMEND = CommitPolicy.AMEND


def _change(desk: Desk, data: bytes, who: Actor = ANA) -> None:
    subject = f"TKT-2j7k3q9: {data.decode().strip()}"
    desk.record(desk.write(OTHER, data), subject=subject, policy=_AMEND, who=who)


def test_changes_in_a_row_become_one_commit(desk: Desk) -> None:
    desk.finish(_AMEND)
    _change(desk, b"one\n")
    _change(desk, b"two\n")

    assert desk.subjects == ["TKT-2j7k3q9: 3 changes", "start"]
    with git.Repo(desk.root) as repo:
        assert set(repo.head.commit.stats.files) == {ENTRY, OTHER, TICKET}
        assert repo.head.commit.message == (
            "TKT-2j7k3q9: 3 changes\n\n"
            "- TKT-2j7k3q9: status: new -> done\n- TKT-2j7k3q9: one\n- TKT-2j7k3q9: two\n\n"
            "Ticket: TKT-2j7k3q9\n"
        )
    assert desk.at_head(OTHER) == "two\n"
    assert desk.status == []


def test_a_file_added_and_removed_again_is_in_no_commit(desk: Desk) -> None:
    desk.finish(_AMEND)
    desk.record(desk.write(ENTRY, None), desk.write(TICKET, TEXT), policy=_AMEND)

    assert desk.git("diff", "--name-only", "HEAD^", "HEAD") == ""
    assert desk.status == []


def test_the_first_commit_ever_can_be_amended(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.git("init", "--quiet")

    _change(desk, b"one\n")
    _change(desk, b"two\n")

    assert desk.subjects == ["TKT-2j7k3q9: 2 changes"]
    desk.assert_sound()


def test_another_persons_commit_is_left_alone(desk: Desk) -> None:
    _change(desk, b"one\n", BOB)
    _change(desk, b"two\n")
    _change(desk, b"three\n", BOB)

    assert desk.subjects[:3] == ["TKT-2j7k3q9: three", "TKT-2j7k3q9: two", "TKT-2j7k3q9: one"]


def test_a_commit_by_hand_in_between_is_left_alone(desk: Desk) -> None:
    _change(desk, b"one\n")
    desk.put("code.py", "two\n")
    desk.commit("by hand")
    _change(desk, b"two\n")

    assert desk.subjects[:3] == ["TKT-2j7k3q9: two", "by hand", "TKT-2j7k3q9: one"]


def _push(desk: Desk) -> None:
    hub = desk.root.parent / "hub.git"
    run(desk.root.parent, "init", "--quiet", "--bare", str(hub))
    desk.git("push", "--quiet", "-u", str(hub), "main:main")
    desk.git("remote", "add", "origin", str(hub))
    desk.git("fetch", "--quiet", "origin")


def _tag(desk: Desk) -> None:
    desk.git("tag", "v1")


def _branch(desk: Desk) -> None:
    desk.git("branch", "kept")


@pytest.mark.parametrize("hold", [_push, _tag, _branch])
def test_a_commit_that_somebody_may_have_is_left_alone(desk: Desk, hold: Callable[[Desk], None]) -> None:
    _change(desk, b"one\n")
    held = desk.head
    hold(desk)
    _change(desk, b"two\n")
    _change(desk, b"three\n")

    assert desk.git("rev-parse", "HEAD^").strip() == held
    assert desk.subjects[:2] == ["TKT-2j7k3q9: 2 changes", "TKT-2j7k3q9: one"]


def test_a_merge_on_top_is_never_lost(desk: Desk) -> None:
    desk.git("switch", "--quiet", "-c", "side")
    desk.put("side.py", "side\n")
    desk.commit("side")
    desk.git("switch", "--quiet", "main")
    _change(desk, b"one\n")
    desk.git("merge", "--quiet", "-m", "merged", "side")
    merge = desk.head

    _change(desk, b"two\n")

    assert desk.git("rev-parse", "HEAD^").strip() == merge
    assert (desk.root / "side.py").exists()


def test_a_commit_of_code_that_names_a_ticket_is_never_rewritten(desk: Desk) -> None:
    desk.put("code.py", "two\n")
    mine = desk.commit("Mend the login page\n\nTicket: TKT-2j7k3q9")

    _change(desk, b"two\n")

    assert desk.git("rev-parse", "HEAD^").strip() == mine


def test_amending_with_the_persons_own_hooks_joins_as_well(desk: Desk) -> None:
    _change(desk, b"one\n")
    desk.hook("pre-commit", "exit 0")
    recorder = desk.recorder(run_hooks=True)
    note = Note("TKT-2j7k3q9: status: new -> done", (TRAILER,))

    recorder.record([desk.write(TICKET, DONE)], note, _AMEND)

    assert desk.subjects == ["TKT-2j7k3q9: 2 changes", "start"]
    assert desk.at_head(TICKET).encode() == DONE
    assert desk.status == []

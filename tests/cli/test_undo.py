"""Taking back one's last change, whatever became of it."""

import pytest

from tests.cli.desk import Desk, script


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk in a repository with a commit of code."""
    (desk.root / "code.py").write_text("print(1)\n", encoding="utf-8")
    desk.git("add", "code.py")
    desk.git("commit", "--quiet", "-m", "Code")
    return desk


def shared(desk: Desk) -> None:
    """Push everything."""
    desk.git("init", "--quiet", "--bare", "../origin.git")
    desk.git("push", "--quiet", "../origin.git", "main")
    desk.git("fetch", "--quiet", "../origin.git", "main:refs/remotes/origin/main")


def policy(desk: Desk, name: str) -> None:
    desk.settings("project", "commit: auto", f"commit: {name}")


def test_an_unshared_commit_goes_as_if_it_had_never_been(desk: Desk) -> None:
    ticket = desk.create()
    before = desk.state()
    desk.tkt("set", ticket, "queue=support")
    said = desk.tkt("undo")
    assert said.out == f"Undone: {ticket}: queue: none -> support\n"
    assert "nobody else has it" in said.err
    assert desk.state() == before


@pytest.mark.parametrize("name", ["auto", "stage", "amend", "off"])
def test_one_change_after_the_other_is_taken_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    policy(desk, name)
    (desk.root / "log.txt").write_text("boom", encoding="utf-8")
    files = [sorted(p for p in desk.root.rglob("*") if ".git/" not in f"{p}/")]
    states = [None]
    ticket = desk.create()
    steps = [["set", ticket, "queue=support"], ["comment", ticket, "See.", "--attach", "log.txt"]]
    steps += [["split", ticket, "A part"], ["label", ticket, "vip"], ["time", "start", ticket]]
    for minute, step in enumerate(steps, 1):
        files.append(sorted(p for p in desk.root.rglob("*") if ".git/" not in f"{p}/"))
        states.append(desk.show(ticket))
        monkeypatch.setenv("TKT_NOW", f"2026-11-22T09:{minute:02}:00Z")
        desk.tkt(*step)
    for paths, state in zip(reversed(files), reversed(states), strict=True):
        desk.tkt("undo")
        assert sorted(p for p in desk.root.rglob("*") if ".git/" not in f"{p}/") == paths
        assert state is None or desk.show(ticket) == state
    assert desk.git("status", "--porcelain") == "?? log.txt"
    assert desk.git("fsck", "--strict", "--no-dangling") == ""


def test_what_was_undone_is_named_when_there_is_no_commit(desk: Desk) -> None:
    policy(desk, "stage")
    ticket = desk.create("Printer on fire")
    assert desk.tkt("undo").out == f"Undone: {ticket}: create: Printer on fire\n"


def test_of_two_created_in_one_commit_only_the_last_goes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    policy(desk, "amend")
    first = desk.create("First")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:01:00Z")
    second = desk.create("Second")
    assert second in desk.tkt("undo").out
    assert desk.show(first)["title"] == "First"
    assert "no ticket" in desk.refused(3, "show", second)


@pytest.mark.parametrize("hooks", ["false", "true"])
def test_a_joined_commit_says_nothing_of_what_was_undone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, hooks: str
) -> None:
    policy(desk, "amend")
    desk.settings("project", "run_hooks: false", f"run_hooks: {hooks}")
    start = desk.subjects()
    first = desk.create("First")
    messages = [desk.git("log", "-1", "--format=%B")]
    steps = [["label", first, "vip"], ["create", "Second"], ["label", "-", first, "--add", "ui"]]
    steps += [["split", first, "A part"], ["comment", first, "Seen."]]
    for minute, step in enumerate(steps, 1):
        monkeypatch.setenv("TKT_NOW", f"2026-11-22T09:{minute:02}:00Z")
        desk.tkt(*step)
        messages.append(desk.git("log", "-1", "--format=%B"))
    assert messages[0] == f"{first}: create: First\n\nTicket: {first}"
    assert messages[1] == (
        f"{first}: 2 changes\n\n- {first}: create: First\n- {first}: labels: +vip\n\nTicket: {first}"
    )
    assert messages[-1].startswith("3 tickets: 6 changes\n")
    for message in reversed(messages):
        assert desk.git("log", "-1", "--format=%B") == message
        desk.tkt("undo")
    assert desk.subjects() == start


def test_of_two_changes_in_one_second_the_undone_one_leaves_the_message(desk: Desk) -> None:
    policy(desk, "amend")
    first, second = desk.create("First"), desk.create("Second")
    desk.tkt("label", first, "vip")
    desk.tkt("label", second, "ui")
    undone = desk.tkt("undo").out.removeprefix("Undone: ").strip()
    left = {f"- {first}: labels: +vip", f"- {second}: labels: +ui"} - {f"- {undone}"}
    (line,) = left
    assert desk.git("log", "-1", "--format=%b").splitlines()[2:] == [
        line,
        "",
        f"Ticket: {first}",
        f"Ticket: {second}",
    ]
    assert desk.subjects()[0] == "2 tickets: 3 changes"


def test_a_shared_change_of_fields_is_set_back_by_a_new_entry(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("set", ticket, "queue=support")
    desk.tkt("label", ticket, "vip")
    shared(desk)
    said = desk.tkt("undo")
    assert said.out == f"Undone: {ticket}: labels: +vip\n"
    assert "a new entry sets the fields back" in said.err
    assert len(desk.show(ticket)["thread"]) == 3
    assert not desk.show(ticket)["labels"]
    assert desk.subjects()[0] == f"{ticket}: undo labels: +vip"


def test_a_shared_comment_stays(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("comment", ticket, "Said is said.")
    shared(desk)
    assert "a thread only grows" in desk.refused(4, "undo")


def test_a_shared_change_that_somebody_built_on_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create()
    desk.tkt("set", ticket, "queue=support")
    monkeypatch.setenv("TKT_ACTOR", "bob@example.com")
    desk.tkt("set", ticket, "queue=operations")
    monkeypatch.delenv("TKT_ACTOR")
    complaint = desk.refused(4, "undo")
    assert "queue of" in complaint
    assert "has changed since" in complaint


def test_only_one_s_own_changes_are_taken_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.create()
    monkeypatch.setenv("TKT_ACTOR", "bob@example.com")
    assert "nothing of yours to undo" in desk.refused(3, "undo")


def test_trying_first_changes_nothing(desk: Desk) -> None:
    ticket = desk.create()
    before = desk.state()
    assert desk.tkt("undo", "--dry-run").out == f"Would undo: {ticket}: create: Login page fails\n"
    assert desk.state() == before


@pytest.mark.parametrize("share", [True, False])
def test_trying_first_changes_nothing_of_what_is_shared(desk: Desk, share: bool) -> None:
    ticket = desk.create()
    desk.tkt("set", ticket, "queue=support")
    if share:
        shared(desk)
    before = desk.state()
    desk.tkt("undo", "--dry-run")
    assert desk.state() == before


def test_an_undone_edit_by_hand_is_not_lost(desk: Desk) -> None:
    ticket = desk.create()
    desk.tkt("set", ticket, "queue=support")
    desk.edit(ticket, "category:\n", "category: access\n")
    assert "edits that are not committed" in desk.refused(7, "undo")


def test_a_value_that_was_set_by_hand_since_stays(desk: Desk) -> None:
    policy(desk, "off")
    ticket = desk.create()
    desk.tkt("set", ticket, "queue=support")
    desk.edit(ticket, "queue: support\n", "queue: operations\n")
    assert "queue of" in desk.refused(4, "undo")
    assert desk.show(ticket)["queue"] == "operations"


@pytest.mark.parametrize("name", ["stage", "amend", "off"])
def test_an_attachment_stays_with_the_other_comment_that_has_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    policy(desk, name)
    (desk.root / "log.txt").write_text("boom", encoding="utf-8")
    ticket = desk.create()
    for minute, said in enumerate(("First.", "Second."), 1):
        monkeypatch.setenv("TKT_NOW", f"2026-11-22T09:0{minute}:00Z")
        desk.tkt("comment", ticket, said, "--attach", "log.txt")
    attachments = desk.root / "tickets" / "2026-11" / ticket / "files"
    desk.tkt("undo")
    assert [each.read_text(encoding="utf-8") for each in attachments.iterdir()] == ["boom"]
    desk.tkt("undo")
    assert not attachments.exists()


def test_a_merge_and_a_split_go_as_a_whole(desk: Desk) -> None:
    first, second = desk.create("First"), desk.create("Second")
    before = desk.state()
    desk.tkt("merge", first, second)
    desk.tkt("undo")
    assert desk.state() == before
    desk.tkt("split", first, "A part")
    desk.tkt("undo")
    assert desk.state() == before


def test_a_staged_edit_of_a_description_is_refused_with_a_way_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk.create()
    policy(desk, "stage")
    monkeypatch.setenv("GIT_EDITOR", script(desk.root.parent / "editor", 'echo more >> "$1"'))
    desk.tkt("edit", ticket)
    assert "git checkout" in desk.refused(4, "undo")


def test_there_must_be_something_to_undo(desk: Desk) -> None:
    assert "nothing of yours to undo" in desk.refused(3, "undo")

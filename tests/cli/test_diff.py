"""What changed between two commits, in the words of tickets."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk, Said, git, on_terminal, script, type_tkt
from tkt.render import changes
from tkt.render.changes import CHANGE_FIELDS

As = Callable[..., Said]


@pytest.fixture
def as_bob(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> As:
    """Type a command as Bob."""

    def run(*args: str) -> Said:
        with monkeypatch.context() as patch:
            patch.setenv("TKT_ACTOR", "Bob <bob@example.com>")
            return desk.tkt(*args)

    return run


def _start(desk: Desk, *args: str) -> str:
    """A ticket that is there at v1."""
    ticket = desk.create("Login fails", "-t", "bug", *args)
    desk.git("tag", "-f", "v1")
    return ticket


def _rows(desk: Desk, *args: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.tkt("diff", *(args or ("v1..HEAD",)), "--json").data
    return found


def _move(row: dict[str, Any], field: str) -> dict[str, Any]:
    """What became of one field."""
    (found,) = (each for each in row["changes"] if each["field"] == field)
    return dict(found)


def test_nothing(desk: Desk) -> None:
    _start(desk)
    assert desk.tkt("diff", "v1").out == "No ticket has changed.\n"
    assert desk.tkt("diff", "v1", "--format", "md").out == "### No ticket has changed\n"
    assert _rows(desk) == []
    assert desk.tkt("diff", "v1", "--format", "csv").out == f"{','.join(CHANGE_FIELDS)}\n"


def test_a_new_ticket(desk: Desk, as_bob: As) -> None:
    _start(desk)
    ticket = desk.create("Toner is out", "-t", "task", "--assignee", "bob@example.com")
    as_bob("comment", ticket, "On my way.")
    assert desk.tkt("diff", "v1").lines == [
        "Created (1)",
        "",
        f"{ticket}  task  new  P3",
        "Toner is out",
        "  by ana",
        "  assignee: bob@example.com",
        "  comment by bob@example.com: On my way.",
        "",
        "1 created, 1 comment by 1 person.",
    ]
    (row,) = _rows(desk)
    assert list(row) == list(CHANGE_FIELDS)
    assert (row["id"], row["kind"], row["closed"]) == (ticket, "created", False)
    assert row["created"] == "2026-11-22T09:00:00Z"
    assert row["entries"][0]["at"] == "2026-11-22T09:00:00Z"
    assert row["changes"] == []


def test_the_net_effect_and_all_who_had_a_part_in_it(desk: Desk, as_bob: As) -> None:
    ticket = _start(desk)
    desk.tkt("transition", ticket, "in-progress")
    as_bob("transition", ticket, "resolved", "--resolution", "fixed")
    desk.tkt("transition", ticket, "closed")
    assert desk.tkt("diff", "v1").lines[2:] == [
        f"{ticket}  bug  closed  P3",
        "Login fails",
        "  status: new -> closed (by ana, bob@example.com)",
        "  resolution: none -> fixed (by bob@example.com)",
        "",
        "1 closed.",
    ]
    (row,) = _rows(desk)
    assert row["changes"][0] == {
        "field": "status",
        "old": "new",
        "new": "closed",
        "by": ["ana@example.com", "bob@example.com"],
        "by_hand": False,
    }
    assert (row["closed"], row["reopened"]) == (True, False)
    (row,) = _rows(desk, "HEAD..v1")
    assert (row["closed"], row["reopened"], row["entries_lost"]) == (False, True, 3)
    assert not any(each["by_hand"] for each in row["changes"])


def test_what_came_back_to_what_it_was(desk: Desk, as_bob: As) -> None:
    ticket = _start(desk, "-l", "vip")
    desk.tkt("set", ticket, "queue=support")
    as_bob("set", ticket, "queue=")
    desk.tkt("label", ticket, "--remove", "vip")
    desk.tkt("label", ticket, "vip")
    said = desk.tkt("diff", "v1").out
    assert "  queue: as before (by ana, bob@example.com)\n" in said
    assert "  labels: as before (by ana)\n" in said
    assert said.endswith("\n1 changed.\n")


def test_fields_labels_links_and_the_description(
    desk: Desk, as_bob: As, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, other = _start(desk, "-l", "mobile"), desk.create("Other")
    desk.git("tag", "-f", "v1")
    as_bob("assign", ticket, "bob@example.com")
    desk.tkt("set", ticket, "queue=support", "due=2026-12-01")
    desk.tkt("label", ticket, "vip", "--remove", "mobile")
    desk.tkt("link", ticket, "blocks", other)
    monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", 'echo "Since Monday." >> "$1"'))
    desk.tkt("edit", ticket)
    assert set(desk.tkt("diff", "v1").lines[4:-2]) == {
        "  assignee: none -> bob@example.com (by bob@example.com)",
        "  status: new -> assigned (by bob@example.com)",
        "  queue: none -> support (by ana)",
        "  due: none -> 2026-12-01 (by ana)",
        "  labels: -mobile +vip (by ana)",
        f"  links: +blocks {other} (by ana)",
        "  description edited (by ana)",
    }
    (row,) = _rows(desk)
    assert row["description_edited"] == {"by": ["ana@example.com"], "by_hand": False}
    assert {"field": "labels", "removed": ["mobile"], "added": ["vip"]}.items() <= _move(
        row, "labels"
    ).items()


def test_what_was_said_spent_and_attached(desk: Desk, as_bob: As, tmp_path: Path) -> None:
    ticket = _start(desk)
    (tmp_path / "log.txt").write_text("x\n", encoding="utf-8")
    desk.tkt("comment", ticket, "First line.\nSecond line.", "--attach", str(tmp_path / "log.txt"))
    as_bob("comment", ticket, "--internal", "A secret.")
    as_bob("time", "add", ticket, "45m")
    desk.tkt("time", "add", ticket, "15m")
    assert desk.tkt("diff", "v1").lines[4:] == [
        "  comment by ana: First line. …",
        "  attached by ana: log.txt (2 bytes)",
        "  internal note by bob@example.com: A secret.",
        "  time spent: 1h (by bob@example.com, ana)",
        "",
        "1 changed, 2 comments by 2 people, 1h spent.",
    ]
    assert _rows(desk)[0]["minutes"] == 60


def test_the_public_sees_no_internal_note(desk: Desk, as_bob: As) -> None:
    ticket, other = _start(desk), desk.create("Other")
    desk.git("tag", "-f", "v1")
    desk.tkt("comment", ticket, "For everybody.")
    as_bob("comment", ticket, other, "--internal", "A secret.")
    desk.tkt("merge", ticket, other)
    for form in ("table", "md", "json", "jsonl", "csv"):
        said = desk.tkt("diff", "v1", "--public", "--format", form).out
        assert "For everybody." in said
        assert "A secret." not in said
        assert "internal" not in said
        assert "A secret." in desk.tkt("diff", "v1", "--format", form).out
    desk.git("tag", "-f", "v1")
    desk.tkt("comment", ticket, "--internal", "A secret.")
    assert desk.tkt("diff", "v1", "--public").out == "No ticket has changed.\n"


def test_a_merged_ticket(desk: Desk) -> None:
    ticket, other = _start(desk), desk.create("Other")
    desk.git("tag", "-f", "v1")
    desk.tkt("merge", ticket, other)
    said = desk.tkt("diff", "v1").out
    assert f"  merged into {ticket} (by ana)\n" in said
    assert "merged-into" not in said
    rows = {row["id"]: row["merged_into"] for row in _rows(desk)}
    assert rows == {ticket: None, other: ticket}


def test_what_was_done_by_hand(desk: Desk) -> None:
    ticket = _start(desk)
    desk.tkt("set", ticket, "queue=support")
    desk.edit(ticket, "queue: support", "queue: development")
    desk.edit(ticket, "labels:", "labels: [vip]")
    path = desk.path(ticket)
    path.write_text(path.read_text(encoding="utf-8") + "\nBy hand.\n", encoding="utf-8")
    desk.git("commit", "--quiet", "-am", "By hand")
    assert desk.tkt("diff", "v1").lines[4:-2] == [
        "  queue: none -> development (by ana and by hand, without an entry)",
        "  labels: +vip (by hand, without an entry)",
        "  description edited (by hand, without an entry)",
    ]


def test_what_only_looks_otherwise_is_no_change(desk: Desk) -> None:
    ticket = _start(desk)
    desk.edit(ticket, "queue:\n", "queue: ''   # none yet\n")
    desk.edit(ticket, "category:\n\n", "")
    desk.git("commit", "--quiet", "-am", "By hand")
    assert _rows(desk) == []


def test_an_entry_that_was_changed_or_taken_out(desk: Desk) -> None:
    ticket = _start(desk)
    desk.tkt("comment", ticket, "One.")
    desk.tkt("comment", ticket, "Two.")
    desk.git("tag", "-f", "v1")
    first, second = desk.entries(ticket)
    first.write_text(first.read_text(encoding="utf-8") + "More.\n", encoding="utf-8")
    second.unlink()
    desk.git("commit", "--quiet", "-am", "By hand")
    assert desk.tkt("diff", "v1").lines[4:-2] == [
        "  1 entry no longer in its thread",
        f"  entry {first.stem} changed by hand",
    ]


def test_a_ticket_that_has_vanished(desk: Desk) -> None:
    ticket = _start(desk)
    desk.tkt("comment", ticket, "One.")
    desk.git("rm", "--quiet", "-r", "tickets")
    desk.git("commit", "--quiet", "-m", "Away")
    said = desk.tkt("diff", "HEAD~1")
    assert said.lines[0] == "No longer there (1)"
    assert said.lines[-3:] == ["  its file is gone", "", "1 removed."]
    assert not said.err


def test_files_that_cannot_be_read_are_warnings(desk: Desk) -> None:
    good, bad = _start(desk), desk.create("Bad")
    desk.git("tag", "-f", "v1")
    desk.tkt("comment", bad, "A word.")
    desk.tkt("comment", good, "A word.")
    desk.path(bad).write_text("nothing\n", encoding="utf-8")
    desk.entries(good)[0].write_text("nothing\n", encoding="utf-8")
    desk.tkt("set", good, "queue=support")
    desk.git("commit", "--quiet", "-am", "Damage")
    said = desk.tkt("diff", "v1")
    assert [row["id"] for row in _rows(desk)] == [good]
    assert said.err.count("no front matter") == 2
    assert "queue: none -> support" in said.out
    desk.git("checkout", "--quiet", "v1", "--", "tickets")
    desk.git("commit", "--quiet", "-am", "Mend")
    assert "before: no front matter" in desk.tkt("diff", "HEAD~1").err


def test_links_in_the_tree_are_not_followed(desk: Desk, tmp_path: Path) -> None:
    ticket, other = _start(desk), desk.create("Other")
    outside = tmp_path / "outside.md"
    shutil.move(desk.path(ticket), outside)
    (desk.root / "tickets" / "2026-11" / f"{ticket}.md").symlink_to(outside)
    (desk.root / "tickets" / "2026-11" / other).symlink_to(tmp_path)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "Links")
    said = desk.tkt("diff", "HEAD~1")
    assert said.out == "No ticket has changed.\n"
    assert said.err.count("is a link; tkt never follows links") == 2


def test_the_new_ones_first_then_the_most_urgent(desk: Desk) -> None:
    low, high = _start(desk), desk.create("High")
    desk.edit(low, "priority: P3", "priority: P4")
    desk.edit(high, "priority: P3", "priority: P1")
    desk.git("commit", "--quiet", "-am", "By hand")
    desk.git("tag", "-f", "v1")
    desk.tkt("comment", low, "A word.")
    desk.tkt("comment", high, "A word.")
    new = desk.create("New")
    assert [row["id"] for row in _rows(desk)] == [new, high, low]


def test_a_folded_thread_is_not_new(desk: Desk) -> None:
    ticket = desk.create("Old")
    for word in ("One.", "Two."):
        desk.tkt("comment", ticket, word)
    desk.tkt("transition", ticket, "closed")
    start = desk.git("rev-parse", "HEAD")
    desk.tkt("compact", ticket)
    assert not desk.entries(ticket)
    assert _rows(desk, start) == []
    desk.tkt("comment", ticket, "Three.")
    (row,) = _rows(desk, start)
    assert [each["body"] for each in row["entries"]] == ["Three.\n"]
    assert (row["entries_lost"], row["entries_altered"]) == (0, [])
    (row,) = _rows(desk, f"HEAD..{start}")
    assert (row["entries_lost"], row["entries"]) == (1, [])


def test_ranges(desk: Desk) -> None:
    ticket = _start(desk)
    desk.git("switch", "--quiet", "-c", "side")
    desk.tkt("comment", ticket, "On the side.")
    desk.git("switch", "--quiet", "main")
    desk.tkt("set", ticket, "queue=support")
    told = {
        "v1": {"queue"},
        "v1..": {"queue"},
        "v1..side": {"comment"},
        "main..side": {"queue", "comment"},
        "main...side": {"comment"},
        "..side": {"queue", "comment"},
        "HEAD..main": set(),
        "..": set(),
    }
    for commits, expected in told.items():
        rows = _rows(desk, commits)
        found = {each["field"] for row in rows for each in row["changes"]}
        found |= {"comment" for row in rows if row["entries"] and row["entries"][0]["body"]}
        assert found == expected, commits


@pytest.mark.parametrize(
    "commits", ["v9", "v1..v9", "v9..v1", "v1...v9", "--output=x", "v1..--all", "^v1", "v1\n"]
)
def test_a_name_of_no_commit(desk: Desk, commits: str) -> None:
    _start(desk)
    assert desk.refused(3, "diff", "--", commits).startswith("tkt: no commit is called ")


def test_what_cannot_be_meant(desk: Desk) -> None:
    _start(desk)
    assert "that names no commits" in desk.refused(2, "diff", "")
    assert "--fields goes with" in desk.refused(2, "diff", "v1", "--fields", "id")
    assert "--fields goes with" in desk.refused(2, "diff", "v1", "--format", "md", "--fields", "id")
    orphan = desk.git("commit-tree", "-m", "other", "HEAD^{tree}")
    assert "no commit in common" in desk.refused(3, "diff", f"v1...{orphan}")


def test_what_is_not_committed_yet(desk: Desk) -> None:
    ticket = _start(desk)
    assert desk.tkt("diff").out == "No ticket has changed.\n"
    desk.tkt("comment", ticket, "Written, not committed.", "--no-commit")
    desk.edit(ticket, "queue:", "queue: support")
    new = desk.create("New", "--no-commit")
    rows = {row["id"]: row for row in desk.tkt("diff", "--json").data}
    assert rows[new]["kind"] == "created"
    assert [each["body"] for each in rows[ticket]["entries"]] == ["Written, not committed.\n"]
    assert rows[ticket]["changes"][0]["by_hand"]


def test_before_there_was_a_desk(desk: Desk) -> None:
    _start(desk)
    empty_tree = desk.git("hash-object", "-w", "-t", "tree", "/dev/null")
    before = desk.git("commit-tree", "-m", "nothing", empty_tree)
    assert [row["kind"] for row in _rows(desk, f"{before}..v1")] == ["created"]
    assert "there is no ticket desk at" in desk.refused(3, "diff", f"v1..{before}")


def test_a_bare_repository(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = _start(desk)
    desk.tkt("comment", ticket, "A word.")
    expected = desk.tkt("diff", "v1").out
    git("clone", "--quiet", "--bare", ".", "../bare.git", cwd=desk.root)
    monkeypatch.chdir(desk.root.parent / "bare.git")
    assert type_tkt("diff", "v1").out == expected
    said = type_tkt("diff")
    assert (said.code, said.err.splitlines()[1]) == (2, "  Name commits: tkt diff A..B")


def test_worktrees_subfolders_and_sha256(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "--quiet", "--object-format=sha256", cwd=empty)
    (empty / "help desk").mkdir()
    assert type_tkt("init").code == 0
    shutil.move(empty / ".tkt", empty / "help desk" / ".tkt")
    git("add", "--all", cwd=empty)
    git("commit", "--quiet", "-m", "Move", cwd=empty)
    monkeypatch.chdir(empty / "help desk")
    desk = Desk(empty / "help desk")
    ticket = _start(desk)
    desk.tkt("comment", ticket, "A word.")
    expected = desk.tkt("diff", "v1").out
    assert "A word." in expected
    desk.git("worktree", "add", "--quiet", "-b", "side", str(empty.parent / "side"))
    (empty.parent / "side" / "help desk" / "a").mkdir()
    monkeypatch.chdir(empty.parent / "side" / "help desk" / "a")
    assert type_tkt("diff", "v1").out == expected
    monkeypatch.chdir(empty)
    monkeypatch.setenv("TKT_DIR", "help desk")
    assert type_tkt("diff", "v1").out == expected


_NASTY = "@ana see #12, a@b.example GH-3 | <b>x</b> `code` *hi* [x](http://x) ![x](y) &amp; \\ ~~z~~ _i_ $1$"


def test_markdown_quotes_what_tickets_say(desk: Desk) -> None:
    ticket = _start(desk)
    desk.tkt("comment", ticket, f"{_NASTY}\n# Heading")
    new = desk.create(_NASTY, "-l", "@team")
    lines = desk.tkt("diff", "v1", "--format", "md").lines
    quoted = (
        r"@&zwnj;ana see #&zwnj;12, a@b.example GH-&zwnj;3 \| &lt;b>x&lt;/b> \`code\` \*hi\* \[x\](http://x)"
        r" !\[x\](y) &amp;amp; \\ \~\~z\~\~ \_i\_ \$1\$"
    )
    assert lines == [
        "### 1 created, 1 changed, 1 comment by 1 person",
        "",
        "**Created**",
        "",
        f"- **`{new}`** P3 task new: **{quoted}**",
        "  - by ana",
        "",
        "**Changed**",
        "",
        f"- **`{ticket}`** P3 bug new: **Login fails**",
        f"  - comment by ana: {quoted} …",
    ]


def test_no_control_character_reaches_a_terminal(desk: Desk) -> None:
    ticket = _start(desk)
    desk.edit(ticket, "queue:", 'queue: "\\u001b[31m\\n- x"')
    desk.git("commit", "--quiet", "-am", "By hand")
    for form in ("table", "md", "json", "jsonl", "csv"):
        assert "\x1b" not in desk.tkt("diff", "v1", "--format", form).out
    assert "queue: none -> \\x1b[31m\\n- x" in desk.tkt("diff", "v1").out


def test_machines_get_rows(desk: Desk) -> None:
    ticket = _start(desk)
    desk.tkt("comment", ticket, "A word.")
    assert desk.tkt("diff", "v1", "--format", "csv", "--fields", "id,kind,minutes").lines == [
        "id,kind,minutes",
        f"{ticket},changed,0",
    ]
    assert len(desk.tkt("diff", "v1", "--format", "jsonl").lines) == 1


def test_on_a_terminal_it_is_coloured_and_fits(desk: Desk) -> None:
    ticket = _start(desk)
    desk.tkt("comment", ticket, "word " * 50)
    code, screen = on_terminal("diff", "v1", cwd=desk.root, columns=60)
    assert code == 0
    assert "\x1b[1mChanged (1)\x1b[0m" in screen
    assert f"\x1b[1m{ticket}\x1b[0m" in screen
    assert "…" in screen


def test_a_long_answer_is_paged(desk: Desk) -> None:
    _start(desk)
    for number in range(5):
        desk.create(f"Number {number}")
    pager = script(desk.root.parent / "pager", "echo paged\ncat")
    _, screen = on_terminal("diff", "v1", cwd=desk.root, lines=10, env={"PAGER": pager})
    assert screen.startswith("paged")


def test_markdown_is_no_longer_than_a_comment_may_be(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "_COMMENT", 150)
    _start(desk)
    for number in range(3):
        desk.create(f"Number {number}")
    said = desk.tkt("diff", "v1", "--format", "md").out
    assert said.count("- **`TKT-") == 2
    assert said.endswith("\n\nAnd 1 more.\n")

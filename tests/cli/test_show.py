"""Looking at one ticket: what a person reads, and what a program does."""

import csv
import io
import json
import re

import pytest

from tests.cli.desk import Desk

WHOLE_CASE = """\
TKT-0000000  incident  assigned  P3
Login fails

Created     2026-11-22 09:00 UTC (2 h ago) by ana through cli
Updated     2026-11-22 09:04 UTC (2 h ago)
Queue       support
Assignee    ana
Requester   Mrs Jones
Labels      vip
Due         2026-11-20 (overdue)
Time spent  1h 30m

RELATED  ID           STATUS  TITLE
Blocks   TKT-0000000  new     Reset mails are late

Since *this* morning.

2026-11-22 09:01  ana
  assignee: none -> ana
  status: new -> assigned

2026-11-22 09:02  ana  MARK
  Looking at it.

2026-11-22 09:03  ana (internal)  MARK
  The key is under the mat.

2026-11-22 09:04  ana
  time spent: 1h 30m

Next: in-progress, waiting, resolved, closed, new
      tkt transition TKT-0000000 STATUS
"""


@pytest.fixture
def told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, str]:
    """A desk, and one of its tickets that has a bit of everything."""
    other = desk.create("Reset mails are late")
    described = ["-r", "Mrs Jones", "--due", "2026-11-20", "-l", "vip", "-m", "Since *this* morning."]
    ticket = desk.create(
        "Login fails", "-t", "incident", "-q", "support", "--link", "blocks", other, *described
    )
    steps = [
        ["assign", ticket, "me"],
        ["comment", ticket, "Looking at it."],
        ["comment", ticket, "--internal", "The key is under the mat."],
        ["time", "add", ticket, "1h30m"],
    ]
    for minute, step in enumerate(steps, 1):
        monkeypatch.setenv("TKT_NOW", f"2026-11-22T09:0{minute}:00Z")
        desk.tkt(*step)
    monkeypatch.setenv("TKT_NOW", "2026-11-22T11:04:00Z")
    return desk, ticket


def test_a_person_reads_the_whole_case(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    shown = re.sub(r"TKT-\w{7}", "TKT-0000000", desk.tkt("show", ticket).out)
    assert re.sub(r"  [0-9a-z]{4}$", "  MARK", shown, flags=re.MULTILINE) == WHOLE_CASE


def test_the_other_side_of_a_link_is_shown(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    (blocker,) = (each["id"] for each in desk.show(ticket)["related"])
    assert "Blocked by  " in desk.tkt("show", blocker).out


@pytest.mark.parametrize("command", [["show"], ["export", "--single"], ["show", "--json"]])
def test_what_is_for_the_desk_only_can_be_left_out(told: tuple[Desk, str], command: list[str]) -> None:
    desk, ticket = told
    assert "under the mat" in desk.tkt(*command, ticket).out
    public = desk.tkt(*command, ticket, "--public").out
    assert "under the mat" not in public
    assert "Looking at it." in public


def test_json_says_all_there_is_and_is_ascii(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    desk.tkt("comment", ticket, "Größe \u2028 日本 👍")
    said = desk.tkt("show", ticket, "--json")
    assert said.out.isascii()
    shown = said.data
    assert shown["updated"] == "2026-11-22T11:04:00Z"
    assert shown["minutes"] == 90
    assert shown["next_statuses"] == ["in-progress", "waiting", "resolved", "closed", "new"]
    assert shown["resolution"] is None
    assert shown["labels"] == ["vip"]
    assert shown["thread"][0]["changes"][1] == {"field": "status", "old": "new", "new": "assigned"}
    assert shown["thread"][3]["minutes"] == 90
    assert shown["thread"][-1]["body"] == "Größe \u2028 日本 👍\n"


def test_json_has_the_same_keys_whatever_the_file_lacks(desk: Desk) -> None:
    imported = desk.create("Imported", "--field", "external_id=gh-12")
    bare = desk.create("Bare")
    for line in ("watchers:\n\n", "due:\n\n"):
        desk.edit(bare, line, "")
    shown = desk.show(bare)
    assert (shown["external_id"], shown["due"], shown["watchers"]) == (None, None, [])
    assert list(shown) == list(desk.show(imported))
    rows = desk.tkt("list", "--json").data
    assert list(rows[0]) == list(rows[1])


def test_fields_are_picked_in_their_order(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    assert list(desk.tkt("show", ticket, "--json", "--fields", "title, id").data) == ["title", "id"]
    assert desk.tkt("show", ticket, "--format", "csv", "--fields", "title,status").out == (
        "title,status\nLogin fails,assigned\n"
    )


@pytest.mark.parametrize("command", ["show", "list", "log", "search"])
def test_an_unknown_field_gets_the_nearest(told: tuple[Desk, str], command: str) -> None:
    desk, ticket = told
    typed = {"show": ticket, "log": ticket, "search": "login"}.get(command)
    wrong = {"show": "titel", "list": "titel", "log": "bdy", "search": "titel"}[command]
    near = "body" if command == "log" else "title"
    complaint = desk.refused(2, command, *([typed] if typed else []), "--json", "--fields", wrong)
    assert f"did you mean '{near}'?" in complaint


def test_the_log_has_a_line_for_each_change(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    assert (
        desk.tkt("log", ticket).out
        == """\
WHEN (UTC)        WHO  WHAT
2026-11-22 09:00  ana  created
2026-11-22 09:01  ana  assignee: none -> ana
2026-11-22 09:01  ana  status: new -> assigned
2026-11-22 09:02  ana  comment: Looking at it.
2026-11-22 09:03  ana  note: The key is under the mat.
2026-11-22 09:04  ana  time spent: 1h 30m
"""
    )


def test_the_log_for_machines(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    rows = desk.tkt("log", ticket, "--json").data
    assert [each["by"] for each in rows] == ["ana@example.com"] * 4
    assert [json.loads(line) for line in desk.tkt("log", ticket, "--format", "jsonl").lines] == rows
    table = list(csv.DictReader(io.StringIO(desk.tkt("log", ticket, "--format", "csv").out)))
    assert [each["body"] for each in table] == [each["body"] for each in rows]
    assert len(desk.tkt("log", ticket, "--format", "md").lines) == 6


def test_picking_fields_of_what_people_read_is_refused(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    assert "--json --fields id" in desk.refused(2, "show", ticket, "--fields", "id")


def test_one_document_holds_the_whole_case(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    text = desk.tkt("export", ticket, "--single").out
    assert text.startswith(desk.path(ticket).read_text(encoding="utf-8").rstrip("\n"))
    assert "\n## Thread\n\n### 2026-11-22 09:01 UTC, ana@example.com\n\n- assignee: none -> ana\n" in text
    assert text.endswith("- time spent: 1h 30m\n")


def test_a_document_goes_to_a_new_file_only(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    target = desk.root.parent / "case.md"
    assert desk.tkt("export", ticket, "--single", "-o", str(target)).out == ""
    assert target.read_text(encoding="utf-8") == desk.tkt("export", ticket, "--single").out
    assert "is there already" in desk.refused(2, "export", ticket, "--single", "-o", str(target))
    assert "cannot be written" in desk.refused(2, "export", ticket, "--single", "-o", "/nowhere/x")


def test_one_document_is_what_export_writes_anyway(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    assert desk.tkt("export", ticket).out == desk.tkt("export", ticket, "--single").out


def test_the_home_screen(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    desk.tkt("time", "start", ticket)
    shown = re.sub(r"TKT-\w{7}", "TKT-0000000", desk.tkt("status").out)
    assert (
        shown
        == """\
Mine (1)
ID           PRIO  STATUS    TYPE      ASSIGNEE  AGE  TITLE
TKT-0000000  P3    assigned  incident  ana       2 h  Login fails

Overdue (1)
ID           PRIO  STATUS    TYPE      ASSIGNEE  AGE  TITLE
TKT-0000000  P3    assigned  incident  ana       2 h  Login fails

Nobody's (1)
ID           PRIO  STATUS  TYPE  ASSIGNEE  AGE  TITLE
TKT-0000000  P3    new     task            2 h  Reset mails are late

Open: 1 new, 1 assigned.
Your timer runs on TKT-0000000: tkt time stop
"""
    )


def test_the_home_screen_of_an_empty_desk(desk: Desk) -> None:
    assert desk.tkt("status").out == "Mine (0)\nNothing. tkt list shows what is open.\n\nOpen: none.\n"


def test_the_home_screen_says_what_is_not_shared(desk: Desk) -> None:
    desk.git("clone", "--quiet", "--bare", ".", "../origin.git")
    desk.git("remote", "add", "origin", "../origin.git")
    desk.git("fetch", "--quiet", "origin")
    desk.git("branch", "--quiet", "--set-upstream-to", "origin/main")
    ticket = desk.create("Mine alone")
    desk.tkt("comment", ticket, "Staged.", "--no-commit")
    said = desk.tkt("status").out
    assert "1 commit not shared: tkt sync" in said
    assert "1 ticket file not committed: git status tickets" in said

"""Another tracker's tickets come in, once, in one commit."""

import json
from pathlib import Path

import pytest

from tests.cli.desk import Desk, on_terminal

ISSUES = [
    {
        "id": "bd-1", "title": "The first", "description": "It broke.", "status": "closed", "priority": 1,
        "issue_type": "bug", "created_at": "2025-11-02T21:58:07-08:00", "close_reason": "Fixed it.",
        "closed_at": "2025-11-03T20:56:22-08:00", "updated_at": "2025-11-03T20:56:22-08:00",
        "labels": ["cli"],
    },
    {
        "id": "bd-2", "title": "The second \u001b[2J", "status": "open", "priority": 2, "issue_type": "task",
        "created_at": "2025-11-04T10:00:00Z", "updated_at": "2025-11-04T10:00:00Z",
        "dependencies": [{"issue_id": "bd-2", "depends_on_id": "bd-1", "type": "blocks"}],
        "comments": [{"author": "steve", "text": "Me too.", "created_at": "2025-11-05T10:00:00Z"}],
    },
]  # fmt: skip


@pytest.fixture
def export(tmp_path: Path) -> str:
    path = tmp_path / "issues.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in ISSUES), encoding="utf-8")
    return str(path)


def test_what_required_fields_they_lack_is_said(desk: Desk, export: str) -> None:
    declared = "{version: {type: text, required_for: [bug]}, plan: {type: text, required_for: ['*']}}"
    desk.settings("project", "fields: {}", f"fields: {declared}")
    said = desk.tkt("import", "beads", export)
    assert said.lines[-1] == "2 tickets added."
    assert said.err.splitlines()[-2:] == [
        "warning: version, which their types need, is missing from 1 of them: tkt list --all no:version",
        "warning: plan, which their types need, is missing from 2 of them: tkt list --all no:plan",
    ]
    assert len(desk.tkt("list", "--all", "no:plan", "--json").data) == 2


def test_tickets_arrive_with_their_past_in_one_commit(desk: Desk, export: str) -> None:
    said = desk.tkt("import", "beads", export)
    assert said.lines[0].split() == ["THERE", "HERE", "COUNT"]
    assert said.lines[-1] == "2 tickets added."
    assert desk.subjects() == ["Import 2 tickets from beads", "Start a ticket desk"]
    first = desk.show("bd-1")
    assert (first["created"], first["priority"], first["type"]) == ("2025-11-03T05:58:07Z", "P2", "bug")
    assert (first["status"], first["labels"]) == ("closed", ["cli"])
    assert any(entry["at"] == "2025-11-04T04:56:22Z" for entry in first["thread"])
    second = desk.show("bd-2")
    assert [each["relation"] for each in second["related"]] == ["Blocked by"]
    assert second["thread"][0]["by"] == "steve"
    assert desk.git("status", "--porcelain") == ""
    assert desk.tkt("doctor").lines[-1] == "All is well."


def test_a_second_time_changes_nothing(desk: Desk, export: str) -> None:
    desk.tkt("import", "beads", export)
    before = desk.state()
    said = desk.tkt("import", "beads", export)
    assert said.lines[-1] == "Nothing new: 2 tickets of this file are here already."
    assert desk.state() == before


def test_trying_first_changes_nothing(desk: Desk, export: str) -> None:
    before = desk.state()
    assert desk.tkt("import", "beads", export, "--dry-run").lines[-1] == "2 tickets would be added."
    assert desk.state() == before


def test_stdin_will_do(desk: Desk, export: str) -> None:
    desk.tkt("import", "beads", "-", stdin=Path(export).read_bytes())
    assert desk.show("bd-1")["title"] == "The first"


def test_what_came_in_can_be_worked_on(desk: Desk, export: str) -> None:
    desk.tkt("import", "beads", export)
    desk.tkt("comment", "bd-2", "Looking.")
    desk.tkt("assign", "bd-2", "me")
    desk.tkt("split", "bd-2", "A part")
    desk.tkt("transition", "bd-2", "closed")
    desk.tkt("transition", "bd-1", "reopened")
    desk.tkt("merge", "bd-1", "bd-2")
    assert desk.git("fsck", "--strict", "--no-dangling") == ""


def test_a_line_that_is_none_is_named_and_the_others_come_in(desk: Desk, export: str) -> None:
    with open(export, "a", encoding="utf-8") as file:
        file.write("{nonsense\n")
    said = desk.tkt("import", "beads", export, code=1)
    assert said.lines[-1] == "2 tickets added."
    assert "issues.jsonl:3: " in said.err
    assert "1 line left out" in said.err


@pytest.mark.parametrize("text", ["", "\n\n", "[]", "nonsense", "\x00", "{}", "1\n" * 30])
def test_a_file_without_tickets_is_an_answer(desk: Desk, text: str) -> None:
    before = desk.state()
    said = desk.tkt("import", "beads", "-", stdin=text, code=None)
    assert said.out == "Nothing to add: there is no ticket in this file.\n"
    assert said.err.count("\n") <= 12
    assert desk.state() == before


def test_a_file_that_is_not_there_is_named(desk: Desk) -> None:
    assert "/nowhere cannot be read" in desk.refused(2, "import", "beads", "/nowhere")
    assert "did you mean 'beads'?" in desk.refused(2, "import", "bead", "/nowhere")


def test_a_terminal_gets_a_progress_bar_and_a_pipe_none(desk: Desk, export: str) -> None:
    said = desk.tkt("import", "beads", export, "--dry-run")
    assert "Importing" not in said.out + said.err
    code, shown = on_terminal("import", "beads", export, cwd=desk.root)
    assert code == 0
    assert "Importing" in shown
    assert "100%" in shown

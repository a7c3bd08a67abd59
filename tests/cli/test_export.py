"""Tickets for other programs: each format as those programs read it, and what is never half written."""

import csv
import io
import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk, on_terminal, type_tkt
from tests.workbooks import formulas_and_links, read_workbook

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "+1+2",
    "-2+3",
    "<script>alert(1)</script>",
    "https://example.com/x",
    "\u202egnp.exe \u200b",
    "esc \x1b]0;owned\x07\x1b[2J end",
    "comma, \"quote\"; 'tick' \\ back",
    "日本 Größe 👍",
)
FORMATS = ("jsonl", "csv", "ics", "xlsx", "sqlite")
BINARY = ("xlsx", "sqlite")


@pytest.fixture
def told(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Desk, str]:
    """A desk with an open ticket that has a bit of everything, and a closed one."""
    declared = "{seats: {type: number}, vip: {type: boolean}, order: {type: text}, sites: {type: list}}"
    desk.settings("project", "fields: {}", f"fields: {declared}")
    other = desk.create("Reset mails are late")
    values = [f"--field={each}" for each in ("seats=3", "vip=yes", "order=A-1", "sites=b,a")]
    ticket = desk.create("Login fails", "-q", "support", "-l", "vip", "--due", "2026-11-30", *values)
    file = tmp_path / "log.txt"
    file.write_bytes(b"one\ntwo\n")
    steps = [
        ["link", ticket, "blocks", other],
        ["comment", ticket, "Looking at it.", "--attach", str(file)],
        ["comment", ticket, "--internal", "The key is under the mat."],
        ["time", "add", ticket, "1h30m"],
        ["transition", other, "closed", "--resolution", "fixed"],
    ]
    for minute, step in enumerate(steps, 1):
        monkeypatch.setenv("TKT_NOW", f"2026-11-22T09:0{minute}:00Z")
        desk.tkt(*step)
    desk.edit(ticket, "\n---\n", "\nx-monitor: {check: login}\n---\n")
    return desk, ticket


def _database(desk: Desk, path: Path, *args: str) -> sqlite3.Connection:
    desk.tkt("export", "--format", "sqlite", "-o", str(path), *args)
    return sqlite3.connect(path)


# --- what each format says ----------------------------------------------------


def test_everything_goes_out_and_comes_in_again(told: tuple[Desk, str], tmp_path: Path) -> None:
    desk, ticket = told
    (closed,) = desk.tkt("list", "is:closed", "--json").data
    desk.tkt("compact", closed["id"])
    assert not desk.entries(closed["id"])
    text = desk.tkt("export", "--format", "jsonl").out
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == 2
    (whole,) = (line for line in lines if line["id"] == ticket)
    assert whole["x-monitor"] == {"check": "login"}
    assert whole["thread"][1]["attachments"][0]["content"] == "b25lCnR3bwo="
    _copy(desk, tmp_path / "copy")
    again = type_tkt("import", "jsonl", "-", stdin=text)
    assert again.code == 0, again
    assert type_tkt("export", "--format", "jsonl").out == text
    assert type_tkt("check", "--all").code == 0
    assert type_tkt("import", "jsonl", "-", stdin=text).out.endswith("of this file are here already.\n")


def _copy(desk: Desk, root: Path) -> None:
    """An empty desk with the same settings; the current folder from then on."""
    root.mkdir()
    os.chdir(root)
    assert type_tkt("init").code == 0
    for path in (desk.root / ".tkt").glob("*.yaml"):
        (root / ".tkt" / path.name).write_bytes(path.read_bytes())


def test_a_table_is_the_list_that_tkt_list_has(told: tuple[Desk, str]) -> None:
    desk, _ = told
    mine = ["--fields", "id,title,updated,comments,seats"]
    said = desk.tkt("export", "--format", "csv", *mine).out
    assert "\n" not in said.replace("\r\n", "")
    listed = desk.tkt("list", "--all", "--sort", "created", "--format", "csv", *mine).out
    assert said.replace("\r\n", "\n") == listed
    table = list(csv.DictReader(io.StringIO(desk.tkt("export", "--format", "csv").out, newline="")))
    assert [row["x-monitor"] for row in table if row["x-monitor"]] == ["(...)"]
    assert desk.tkt("export", "--format", "csv", "is:open", "--fields", "title").lines == [
        "title",
        "Login fails",
    ]


def test_how_clocks_stand_goes_out(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = "{name: all, calendar: always, targets: {default: {first_response: 2h, resolution: 4h}}}"
    (desk.root / ".tkt" / "sla.yaml").write_text(f"policies:\n- {policy}\n", encoding="utf-8")
    people = "agents:\n  ana: {email: ana@example.com}\n"
    (desk.root / ".tkt" / "people.yaml").write_text(people, encoding="utf-8")
    monkeypatch.setenv("TKT_ACTOR", "ana@example.com")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:00:00Z")
    ticket = desk.create("Login fails", "--requester", "kim@example.org")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T10:00:00Z")
    desk.tkt("comment", ticket, "Looking at it.")
    desk.tkt("comment", ticket, "--internal", "The key is under the mat.")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T13:30:00Z")
    start = (ticket, "all", "2026-11-22T09:00:00Z")
    with closing(_database(desk, tmp_path / "desk.db", "--public")) as database:
        asked = (
            "SELECT ticket, policy, started_at, clock, state, due_at, met_at, target_seconds, elapsed_seconds"
        )
        assert list(database.execute(f"{asked} FROM clocks")) == [
            (*start, "first_response", "met", "2026-11-22T11:00:00Z", "2026-11-22T10:00:00Z", 7200, 3600),
            (*start, "resolution", "breached", "2026-11-22T13:00:00Z", None, 14400, 16200),
        ]
    fields = ("--format", "csv", "--fields", "sla,left,sla_due")
    table = ["sla,left,sla_due", "breached,-1800,2026-11-22T13:00:00Z"]
    assert desk.tkt("export", *fields).lines == table
    assert desk.tkt("export", *fields, "--public").lines == table
    desk.tkt("export", "--format", "xlsx", "-o", str(tmp_path / "x.xlsx"))
    (row,) = read_workbook(tmp_path / "x.xlsx")["tickets"]
    assert (row["sla"], row["left"]) == ("breached", "-1800")
    assert row["sla_due"]


def test_a_database_is_of_plain_tables(told: tuple[Desk, str], tmp_path: Path) -> None:
    desk, ticket = told
    with closing(_database(desk, tmp_path / "desk.db")) as database:
        kinds = set(database.execute("SELECT type FROM sqlite_master"))
        assert kinds == {("table",), ("index",)}
        assert not list(database.execute("PRAGMA foreign_key_check"))
        assert list(database.execute("PRAGMA integrity_check")) == [("ok",)]
        row = database.execute(
            'SELECT title, due, seats, vip, "order", sites, updated, spent, comments '
            "FROM tickets WHERE title = 'Login fails'"
        ).fetchone()
        assert row[:6] == ("Login fails", "2026-11-30", 3.0, 1, "A-1", '["a", "b"]')
        assert row[6:] == ("2026-11-22T09:04:00Z", 90, 2)
        asked = (
            "SELECT t.title, c.old, c.new, e.author FROM changes c JOIN entries e ON e.ticket = c.ticket "
            "AND e.id = c.entry JOIN tickets t ON t.id = c.ticket WHERE c.field = 'status'"
        )
        assert list(database.execute(asked)) == [("Reset mails are late", "new", "closed", "ana@example.com")]
        assert list(database.execute("SELECT name, size FROM attachments")) == [("log.txt", 8)]
        assert list(database.execute("SELECT label FROM labels")) == [("vip",)]
        assert list(database.execute("SELECT kind FROM links")) == [("blocks",)]
        assert list(database.execute("SELECT * FROM other_keys")) == [
            (ticket, None, "x-monitor", '{"check": "login"}')
        ]
        closed = (
            "SELECT count(*) FROM tickets t JOIN statuses s ON t.status = s.name WHERE s.category = 'done'"
        )
        assert list(database.execute(closed)) == [(1,)]


def test_what_was_written_by_hand_and_is_no_number_stays_a_text(
    told: tuple[Desk, str], tmp_path: Path
) -> None:
    desk, ticket = told
    for name, old, new in (
        ("seats", "3", "12345678901234567890"),
        ("vip", "true", "maybe"),
        ("due", "2026-11-30", "soon"),
    ):
        text = desk.path(ticket).read_text(encoding="utf-8")
        desk.path(ticket).write_text(re.sub(rf"(?m)^{name}: .*", f'{name}: "{new}"', text), encoding="utf-8")
        assert old in text
    with closing(_database(desk, tmp_path / "desk.db")) as database:
        asked = "SELECT typeof(seats), vip, due FROM tickets WHERE title = 'Login fails'"
        assert list(database.execute(asked)) == [("real", "maybe", "soon")]
    desk.tkt("export", "--format", "xlsx", "-o", str(tmp_path / "x.xlsx"))
    (row,) = (row for row in read_workbook(tmp_path / "x.xlsx")["tickets"] if row["id"] == ticket)
    assert (row["seats"], row["vip"], row["due"]) == ("12345678901234567890", "maybe", "soon")
    assert "DTSTART" not in desk.tkt("export", "--format", "ics").out


def test_a_workbook_has_dates_and_numbers(told: tuple[Desk, str], tmp_path: Path) -> None:
    desk, ticket = told
    desk.tkt("export", "--format", "xlsx", "-o", str(tmp_path / "desk.xlsx"))
    sheets = read_workbook(tmp_path / "desk.xlsx")
    assert list(sheets) == ["tickets", "entries"]
    (row,) = (row for row in sheets["tickets"] if row["id"] == ticket)
    assert (row["due"], row["seats"], row["vip"], row["spent"]) == ("46356", "3", "1", "90")
    assert row["created"] == "46348.375"
    assert "resolution" not in row
    entries = [row for row in sheets["entries"] if row["ticket"] == ticket]
    assert [row.get("body") for row in entries][1:3] == ["Looking at it.\n", "The key is under the mat.\n"]
    assert entries[1]["attachments"] == "log.txt"
    assert entries[0]["changes"].startswith("links: +blocks TKT-")


def test_a_calendar_has_what_is_open_and_due(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    desk.create("At nine, sharp; or not", "--due", "2026-12-01T09:00:00+02:00")
    text = desk.tkt("export", "--format", "ics").out
    events = _unfolded(text).split("BEGIN:VEVENT\r\n")[1:]
    assert len(events) == 2
    assert f"UID:{ticket}-20261122T090000Z@tkt\r\n" in events[0]
    assert "DTSTART;VALUE=DATE:20261130\r\n" in events[0]
    assert "DTSTAMP:20261122T090400Z\r\n" in events[0]
    assert "LAST-MODIFIED:20261122T090400Z\r\n" in events[0]
    assert "STATUS:CONFIRMED\r\n" in events[0]
    assert "DTSTART:20261201T070000Z\r\n" in events[1]
    assert " At nine\\, sharp\\; or not\r\n" in events[1]
    assert desk.tkt("export", "--format", "ics").out == text


def _unfolded(text: str) -> str:
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "")


@pytest.mark.parametrize("form", FORMATS)
def test_nobody_s_text_is_run_shown_or_lost(desk: Desk, form: str, tmp_path: Path) -> None:
    ticket = desk.create("Plain")
    quoted = [json.dumps(each, ensure_ascii=False) for each in HOSTILE]
    desk.edit(ticket, "\nlabels:\n", "\nlabels:\n" + "".join(f"- {each}\n" for each in quoted))
    desk.edit(ticket, "\ncategory:\n", f"\ncategory: {quoted[0]}\n")
    desk.edit(ticket, "\ndue:\n", "\ndue: 2026-11-30\n")
    desk.edit(ticket, "title: Plain", f"title: {quoted[7]}")
    path = tmp_path / "export"
    desk.tkt("export", "--format", form, "-o", str(path), code=0)
    data = path.read_bytes()
    if form == "jsonl":
        assert sorted(json.loads(data)["labels"]) == sorted(HOSTILE)
        assert data.isascii()
    elif form == "sqlite":
        with closing(sqlite3.connect(path)) as database:
            assert {row[0] for row in database.execute("SELECT label FROM labels")} == set(HOSTILE)
    elif form == "xlsx":
        (row,) = read_workbook(path)["tickets"]
        assert row["category"] == HOSTILE[0]
        assert row["title"] == "esc \\x1b]0;owned\\x07\\x1b[2J end"
        assert not formulas_and_links(path)
    else:
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data)
        assert "\u202e" not in data.decode()
    if form == "csv":
        (row,) = csv.DictReader(io.StringIO(data.decode(), newline=""))
        assert row["category"] == f"'{HOSTILE[0]}"
        raw = desk.tkt("export", "--format", "csv", "--raw", "--fields", "category").out
        assert raw == f"category\r\n{HOSTILE[0]}\r\n"


def test_a_text_too_long_for_a_cell_is_cut_there(desk: Desk, tmp_path: Path) -> None:
    desk.create("Long", "-m", "👍" * 100_000)
    desk.tkt("export", "--format", "xlsx", "-o", str(tmp_path / "x.xlsx"))
    (row,) = read_workbook(tmp_path / "x.xlsx")["tickets"]
    assert len(row["body"].encode("utf-16-le")) // 2 in range(32_700, 32_768)
    assert row["body"].endswith("👍 [cut]")
    (line,) = desk.tkt("export", "--format", "jsonl").lines
    assert len(json.loads(line)["body"]) == 100_001


# --- what is left out, and what is refused ------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_desk_gives_an_empty_export(desk: Desk, form: str, tmp_path: Path) -> None:
    said = desk.tkt("export", "--format", form, "-o", str(tmp_path / "x"))
    assert (said.out, said.err) == ("", "No tickets\n")
    assert (tmp_path / "x").exists()


@pytest.mark.parametrize("form", FORMATS)
def test_what_cannot_be_read_is_told_and_the_rest_goes_out(desk: Desk, form: str, tmp_path: Path) -> None:
    desk.create("Good", "--due", "2026-11-30")
    large = desk.create("Large")
    desk.path(large).write_bytes(desk.path(large).read_bytes() + b"x" * 5_000_000)
    said = desk.tkt("export", "--format", form, "-o", str(tmp_path / "x"), code=1)
    assert f"{large}.md: 5,000," in said.err
    assert (tmp_path / "x").stat().st_size > 100


def test_a_missing_attachment_is_told(told: tuple[Desk, str]) -> None:
    desk, ticket = told
    (file,) = desk.root.glob(f"tickets/*/{ticket}/files/*")
    file.unlink()
    said = desk.tkt("export", "--format", "jsonl", code=1)
    assert f"{file.name}: is missing" in said.err
    thread = next(json.loads(line)["thread"] for line in said.lines if ticket in line[:30])
    assert thread[1]["attachments"][0]["content"] is None


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ([], "a Markdown document has one ticket"),
        (["is:open"], "a Markdown document has one ticket"),
        (["--format", "jsonl", "--fields", "id"], "--fields goes with --format csv"),
        (["--format", "xlsx", "--raw"], "--raw goes with --format csv"),
        (["--format", "csv", "--fields", "titel"], "did you mean 'title'?"),
        (["--format", "sqlite", "stauts:new"], "did you mean 'status'?"),
        (["--format", "yaml"], "'yaml' is not one of"),
        (["--format", "csv", "-o", "/nowhere/x"], "/nowhere/x cannot be written: No such file"),
        (["--format", "sqlite", "-o", "/nowhere/x"], "/nowhere/x cannot be written: No such file"),
        (["--format", "xlsx", "-o", "/nowhere/x"], "/nowhere/x cannot be written: No such file"),
        (["--format", "jsonl", "-o", "."], ". is there already"),
        (["--format", "jsonl", "-o", ".", "--force"], ". is no file"),
        (["--format", "jsonl", "-o", "/dev/null", "--force"], "/dev/null is no file"),
    ],
)
def test_what_cannot_be_had_is_refused(desk: Desk, args: Sequence[str], text: str) -> None:
    desk.create()
    assert text in desk.refused(2, "export", *args)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_written_over_on_request_only(desk: Desk, form: str, tmp_path: Path) -> None:
    desk.create("Login page fails", "--due", "2026-11-30")
    path = tmp_path / "x"
    args = ["export", "--format", form, "-o", str(path)]
    desk.tkt(*args)
    first = path.read_bytes()
    desk.create("Another", "--due", "2026-12-01")
    assert "is there already" in desk.refused(2, *args)
    assert path.read_bytes() == first
    desk.tkt(*args, "--force")
    assert path.read_bytes() != first
    assert sorted(os.listdir(tmp_path)) == ["desk", "x"]


@pytest.mark.parametrize("form", BINARY)
def test_no_other_kind_of_file_is_written_over(desk: Desk, form: str, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ana", encoding="utf-8")
    assert "is another kind of file" in desk.refused(
        2, "export", "--format", form, "-o", str(path), "--force"
    )
    assert path.read_text(encoding="utf-8") == "Dear Ana"


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_leaves_nothing_behind(desk: Desk, form: str, tmp_path: Path) -> None:
    for number in range(20):
        desk.create(f"Ticket {number}", "--due", "2026-11-30", "-m", "text " * 2000)
    target = tmp_path / "out"
    target.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tkt", "export", "--format", form, "-o", str(target / "x")],
        capture_output=True,
        check=False,
        text=True,
        preexec_fn=_little_room,
    )
    assert done.returncode == 2, done
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(target.iterdir())


def _little_room() -> None:
    """No file may have more than so many bytes: what a full disk is to a program."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


@pytest.mark.parametrize("form", BINARY)
def test_what_is_no_text_goes_to_a_pipe_but_to_no_terminal(desk: Desk, form: str, tmp_path: Path) -> None:
    desk.create()
    code, shown = on_terminal("export", "--format", form, cwd=desk.root)
    assert code == 2
    assert f"{form} is nothing for a terminal" in shown
    done = subprocess.run(
        [sys.executable, "-m", "tkt", "export", "--format", form], capture_output=True, check=True
    )
    desk.tkt("export", "--format", form, "-o", str(tmp_path / "x"))
    assert len(done.stdout) == (tmp_path / "x").stat().st_size


def test_without_its_library_a_workbook_says_what_to_install(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tkt.render.spreadsheet.find_spec", lambda _name: None)
    desk.create()
    assert "pip install 'tkt[xlsx]'" in desk.refused(1, "export", "--format", "xlsx", "-o", "x.xlsx")


def test_an_earlier_commit_goes_out_as_it_was(told: tuple[Desk, str]) -> None:
    desk, _ = told
    desk.git("tag", "before")
    desk.create("Later")
    rows: list[Any] = [
        json.loads(line) for line in desk.tkt("export", "--format", "jsonl", "--rev", "before").lines
    ]
    assert {row["title"] for row in rows} == {"Reset mails are late", "Login fails"}

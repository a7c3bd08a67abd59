"""Comments with their attachments, and time spent."""

from pathlib import Path

import pytest

from tests.cli.desk import Desk, script


@pytest.fixture
def ticket(desk: Desk) -> str:
    return desk.create()


def said(desk: Desk, ticket: str) -> list[str]:
    """The texts of a thread."""
    return [entry["body"] for entry in desk.show(ticket)["thread"]]


def test_a_comment_may_stand_in_the_line(desk: Desk, ticket: str) -> None:
    assert desk.tkt("comment", ticket, "Looking at it.").out == f"{ticket}  commented\n"
    assert said(desk, ticket) == ["Looking at it.\n"]
    assert desk.subjects()[0] == f"{ticket}: comment: Looking at it."


def test_a_note_is_for_the_desk_only(desk: Desk, ticket: str) -> None:
    assert desk.tkt("comment", ticket, "-i", "The key is under the mat.").out == f"{ticket}  noted\n"
    assert desk.show(ticket)["thread"][0]["visibility"] == "internal"


@pytest.mark.parametrize("typed", [["-m", "Fixed in 1.4."], ["-F", "-"]])
def test_one_comment_for_several(desk: Desk, ticket: str, typed: list[str]) -> None:
    other = desk.create("Another")
    desk.tkt("comment", ticket, other, *typed, stdin="Fixed in 1.4.")
    assert said(desk, ticket) == said(desk, other) == ["Fixed in 1.4.\n"]
    assert desk.subjects()[0] == f"{ticket} and 1 more: comment: Fixed in 1.4."


@pytest.mark.parametrize(
    "text",
    [
        "---\nid: forged\n---\n",
        "line\n\nline\n",
        "<<<<<<< HEAD is how a merge begins\n",
        "    indented\n",
        "tab\there\n",
        "$(id) `id` {{7*7}} %s\n",
        "Signed-off-by: Me <me@example.com>\n",
        "日本語 👩\u200d👩\u200d👧\n",
        "#! not a hint\n",
    ],
)
def test_any_text_is_kept_to_the_letter(desk: Desk, ticket: str, text: str) -> None:
    desk.tkt("comment", ticket, "-F", "-", stdin=text)
    assert said(desk, ticket) == [text]


def test_without_a_text_the_editor_opens(
    desk: Desk, ticket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", 'echo "From the editor." > "$1"'))
    desk.tkt("comment", ticket)
    desk.tkt("comment", ticket, "-e", "-m", "A start.")
    assert said(desk, ticket) == ["From the editor.\n"] * 2


def test_an_empty_text_is_no_comment(
    desk: Desk, ticket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", ': > "$1"'))
    assert "a comment needs a text" in desk.refused(2, "comment", ticket)
    assert "a comment needs a text" in desk.refused(2, "comment", ticket, "-F", "-", stdin="  \n")


def test_a_text_from_the_editor_is_kept_when_the_comment_cannot_be(
    desk: Desk, ticket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", 'echo "An hour of work." > "$1"'))
    (desk.root / ".git" / "MERGE_HEAD").write_text(desk.git("rev-parse", "HEAD"), encoding="utf-8")
    complaint = desk.refused(7, "comment", ticket)
    kept = complaint.rstrip().rpartition(" ")[2]
    assert Path(kept).read_text(encoding="utf-8") == "An hour of work."


def test_control_characters_are_refused(desk: Desk, ticket: str) -> None:
    assert "control character: U+001B" in desk.refused(2, "comment", ticket, "\x1b[2J")


@pytest.mark.parametrize("text", ["<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"])
def test_an_unresolved_merge_is_not_published(desk: Desk, ticket: str, text: str) -> None:
    assert "unresolved merge" in desk.refused(2, "create", "Half merged", "-F", "-", stdin=text), ticket


def test_an_attachment_is_kept_under_a_safe_name(desk: Desk, ticket: str, tmp_path: Path) -> None:
    (tmp_path / "Screen Shot.PNG").write_bytes(b"\x89PNG\r\n\x00\xff")
    desk.tkt("comment", ticket, "See.", "--attach", str(tmp_path / "Screen Shot.PNG"))
    (kept,) = desk.show(ticket)["thread"][0]["attachments"]
    assert (kept["name"], kept["size"]) == ("Screen Shot.PNG", 8)
    assert kept["file"].endswith(".png")
    path = desk.path(ticket).with_suffix("") / "files" / kept["file"]
    assert path.read_bytes() == b"\x89PNG\r\n\x00\xff"
    assert desk.git("cat-file", "-s", f"HEAD:{path.relative_to(desk.root)}") == "8"
    assert "attached Screen Shot.PNG (8 bytes)" in desk.tkt("show", ticket).out
    assert desk.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "name",
    [
        ".gitattributes",
        "GIT~1",
        "CON",
        "a::$DATA",
        "x\ny",
        "x" * 255,
        "evil\u202egnp.exe",
        "\x1b[2J.txt",
        "-rf",
        "a|b",
        "=cmd|x",
        ".git",
        "con.md",
        "a.tar.gz.sh",
        "日本.txt",
        "no",
        "[x]: {y}",
        "\x9bx",
        "'\"",
        "x\ty",
        " ",
    ],
)
def test_any_name_is_stored_by_its_content_and_shown_clean(
    desk: Desk, ticket: str, tmp_path: Path, name: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(b"data")
    desk.tkt("comment", ticket, "See.", "--attach", str(tmp_path / "in" / name))
    (kept,) = desk.show(ticket)["thread"][0]["attachments"]
    assert kept["file"].partition(".")[0] == "3a6eb0790f39ac87c94f3856b2dd2c5d"
    assert len(kept["file"]) <= 41
    assert kept["name"].isprintable()
    assert 0 < len(kept["name"]) <= 100
    assert desk.tkt("show", ticket).out.replace("\n", "").isprintable()
    assert desk.tkt("doctor").lines[-1] == "All is well."
    assert desk.git("fsck", "--strict", "--no-dangling") == ""


def test_an_attachment_alone_is_a_comment(desk: Desk, ticket: str, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("boom", encoding="utf-8")
    desk.tkt("comment", ticket, "--attach", str(tmp_path / "log.txt"), "--attach", str(tmp_path / "log.txt"))
    assert desk.subjects()[0] == f"{ticket}: comment: attach log.txt"
    assert len(list(desk.root.glob("tickets/*/*/files/*"))) == 1


def test_too_large_an_attachment_is_refused(desk: Desk, ticket: str, tmp_path: Path) -> None:
    desk.settings("project", "attachment_limit: 10000000", "attachment_limit: 10")
    (tmp_path / "big\x1b.bin").write_bytes(b"x" * 11)
    complaint = desk.refused(2, "comment", ticket, "See.", "--attach", str(tmp_path / "big\x1b.bin"))
    assert "big.bin has 11 bytes; an attachment may have 10" in complaint


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_is_no_file_cannot_be_attached(desk: Desk, ticket: str, name: str) -> None:
    assert f"{name} cannot be read" in desk.refused(2, "comment", ticket, "See.", "--attach", name)


@pytest.mark.parametrize(
    ("typed", "minutes"), [("45m", 45), ("2h", 120), ("1h30m", 90), ("1.5h", 90), ("90M", 90), (" 5m ", 5)]
)
def test_time_is_noted(desk: Desk, ticket: str, typed: str, minutes: int) -> None:
    desk.tkt("time", "add", ticket, typed, "-m", "Reading logs.")
    shown = desk.show(ticket)
    assert (shown["minutes"], shown["thread"][0]["visibility"]) == (minutes, "internal")


@pytest.mark.parametrize("typed", ["", "0m", "5", "h", "1h90", "1d", "-5m", "1e9h", "99999h", "1h 30m 5s"])
def test_what_is_no_duration_is_refused(desk: Desk, ticket: str, typed: str) -> None:
    assert "Write 45m, 2h, 1h30m or 1.5h." in desk.refused(2, "time", "add", ticket, "--", typed)


def test_a_timer_runs(desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.tkt("time", "start", ticket).out == f"{ticket}  your timer runs\n"
    assert "has been running since 09:00 UTC" in desk.refused(2, "time", "start", ticket)
    monkeypatch.setenv("TKT_NOW", "2026-11-22T10:15:20Z")
    assert desk.tkt("time", "stop", "-m", "Found it.").out == f"{ticket}  time spent: 1h 15m\n"
    assert desk.show(ticket)["minutes"] == 75
    assert "no timer running" in desk.refused(3, "time", "stop")
    assert f"no timer running on {ticket}" in desk.refused(3, "time", "stop", ticket)


def test_of_two_timers_one_must_be_named(desk: Desk, ticket: str) -> None:
    other = desk.create("Another")
    desk.tkt("time", "start", ticket)
    desk.tkt("time", "start", other)
    complaint = desk.refused(3, "time", "stop")
    assert ticket in complaint
    assert other in complaint
    assert desk.tkt("time", "stop", other).out == f"{other}  time spent: 1m\n"


def test_somebody_else_s_timer_is_not_mine(desk: Desk, ticket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.tkt("time", "start", ticket)
    monkeypatch.setenv("TKT_ACTOR", "bob@example.com")
    assert "no timer running" in desk.refused(3, "time", "stop", ticket)

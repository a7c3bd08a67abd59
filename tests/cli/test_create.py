"""Creating tickets: every option, every source of the text, and what is refused."""

from pathlib import Path

import pytest

from tests.cli.desk import Desk, script

CUSTOM = """\
fields:
  version:
    type: choice
    choices: ["4.0", "1.10", "no"]
    required_for: [bug]
  users:
    type: number
  regression:
    type: boolean
  tags:
    type: list
    choices: [red, green]
  found:
    type: date
  owner:
    type: person
  cause:
    type: ticket
"""


@pytest.fixture
def custom(desk: Desk) -> Desk:
    """A desk with fields of its own."""
    desk.settings("project", "fields: {}\n", CUSTOM)
    return desk


def test_a_title_is_enough(desk: Desk) -> None:
    said = desk.tkt("create", "Printer on fire")
    ticket = said.out.split()[0]
    assert said.out == f"{ticket}  Printer on fire\n"
    assert not said.err
    shown = desk.show(ticket)
    assert (shown["status"], shown["type"], shown["priority"]) == ("new", "task", "P3")
    assert (shown["created"], shown["created_by"]) == ("2026-11-22T09:00:00Z", "ana@example.com")
    assert desk.subjects()[0] == f"{ticket}: create: Printer on fire"
    assert desk.git("status", "--porcelain") == ""


def test_new_is_another_word_for_create(desk: Desk) -> None:
    assert desk.tkt("new", "Printer on fire").out.endswith("  Printer on fire\n")


def test_every_option_is_stored(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("boom\n", encoding="utf-8")
    first = desk.create("First")
    ticket = desk.create(
        "Second", "--type", "incident", "--impact", "high", "--urgency", "low", "--queue", "support",
        "--category", "access", "--assignee", "me", "--requester", "Mrs Jones", "--channel", "phone",
        "--label", "vip", "--label", "login,mobile", "--due", "3d", "--parent", first[4:], "--link", "blocks",
        first, "--attach", str(tmp_path / "log.txt"), "-m", "Since this morning.",
    )  # fmt: skip
    shown = desk.show(ticket)
    expected = {
        "type": "incident", "impact": "high", "urgency": "low", "priority": "P3", "queue": "support",
        "category": "access", "assignee": "ana@example.com", "requester": "Mrs Jones", "channel": "phone",
        "labels": ["login", "mobile", "vip"], "due": "2026-11-25", "parent": first,
        "links": [f"blocks {first}"], "body": "Since this morning.\n",
    }  # fmt: skip
    assert {name: shown[name] for name in expected} == expected
    assert shown["thread"][0]["attachments"][0]["name"] == "log.txt"
    assert len(desk.subjects()) == 3


def test_defaults_come_with_the_type(desk: Desk) -> None:
    shown = desk.show(desk.create("Crash", "-t", "bug"))
    assert (shown["impact"], shown["urgency"], shown["priority"]) == ("medium", "medium", "P3")


def test_choices_are_taken_in_any_case(desk: Desk) -> None:
    shown = desk.show(desk.create("Crash", "-t", "BUG", "--impact", "High", "--urgency", "HIGH", "-p", "p1"))
    assert (shown["type"], shown["impact"], shown["priority"]) == ("bug", "high", "P1")


def test_the_body_may_be_an_argument(desk: Desk) -> None:
    assert desk.show(desk.create("Title", "The body."))["body"] == "The body.\n"


@pytest.mark.parametrize("text", ["One line", "Two\nlines\n", "---\nfences\n---\n", "CRLF\r\nhere\r\n"])
def test_the_body_may_be_a_file_or_stdin(desk: Desk, tmp_path: Path, text: str) -> None:
    (tmp_path / "body.md").write_bytes(text.encode())
    expected = text.replace("\r\n", "\n").rstrip("\n") + "\n"
    assert desk.show(desk.create("From a file", "-F", str(tmp_path / "body.md")))["body"] == expected
    said = desk.tkt("create", "From stdin", "-F", "-", "--json", stdin=text)
    assert said.data["body"] == expected


def test_the_body_may_come_from_the_editor(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", 'echo "Written here." >> "$1"'))
    body = desk.show(desk.create("Crash", "-t", "bug", "-e"))["body"]
    assert body.startswith("## What happens")
    assert body.endswith("Written here.\n")


def test_a_text_from_the_editor_is_kept_when_the_ticket_cannot_be(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", script(tmp_path / "editor", 'echo "An hour of work." > "$1"'))
    complaint = desk.refused(2, "create", "Crash", "-e", "--queue", "suport")
    kept = complaint.rstrip().rpartition(" ")[2]
    assert Path(kept).read_text(encoding="utf-8") == "An hour of work."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["Title", "Body", "-m", "Text"], "given twice, as BODY and by -m"),
        (["Title", "Body", "-F", "-"], "given twice, as BODY and by -F"),
        (["Title", "-m", "Text", "-F", "-"], "given twice, by -m and by -F"),
    ],
)
def test_two_texts_are_one_too_many(desk: Desk, typed: list[str], said: str) -> None:
    assert said in desk.refused(2, "create", *typed)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("", "a ticket needs a title"),
        ("   ", "a title cannot be empty"),
        ("two\nlines", "a title is one line"),
        ("x\ry", "a title is one line"),
        ("x" * 10_000, "a title has 10,000 characters; 250 are allowed"),
        ("\x1b[2Jx", "cannot be seen: U+001B"),
        ("x\u202ey", "cannot be seen: U+202E"),
        ("x\x9by", "cannot be seen: U+009B"),
        ("x\u2028y", "cannot be seen: U+2028"),
    ],
)
def test_a_title_that_cannot_be_one_gets_a_clear_answer(desk: Desk, title: str, said: str) -> None:
    complaint = desk.refused(2, "create", title)
    assert said in complaint
    assert "\x1b" not in complaint


@pytest.mark.parametrize(
    "title",
    [
        "x" * 250,
        "日本語のタイトル",
        "key: value",
        "# hash",
        "[x]",
        "no",
        "null",
        "0123",
        "'\"",
        "{{ 7*7 }}",
        "$(id)",
        "`id`",
        "%s %d",
        "{0.__class__}",
        "👩\u200d👩\u200d👧 family",
        "=cmd|' /C calc'!A0",
        "é́",
    ],
)
def test_any_other_title_is_kept_to_the_letter(desk: Desk, title: str) -> None:
    import unicodedata

    ticket = desk.create(title)
    assert desk.show(ticket)["title"] == unicodedata.normalize("NFC", title)
    assert desk.tkt("doctor").lines[-1] == "All is well."


def test_a_title_may_begin_with_a_dash_after_two(desk: Desk) -> None:
    ticket = desk.tkt("create", "--json", "--", "- dash").data["id"]
    assert desk.show(ticket)["title"] == "- dash"


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--type", "bgu"], 2, "did you mean 'bug'?"),
        (["--priority", "P9"], 2, "Allowed: P1, P2, P3, P4, P5."),
        (["--impact", "hgh"], 2, "did you mean 'high'?"),
        (["--queue", "suport"], 2, "did you mean 'support'?"),
        (["--category", "acces"], 2, "did you mean 'access'?"),
        (["--channel", "mail"], 2, "did you mean 'email'?"),
        (["--assignee", "anna"], 3, "did you mean 'ana'?"),
        (["--due", "someday"], 2, "tomorrow or 3d"),
        (["--due", "2026-02-30"], 2, "is not a date"),
        (["--parent", "2zzzz"], 3, "no ticket TKT-2zzzz"),
        (["--link", "blocks", "2zzzz"], 3, "no ticket TKT-2zzzz"),
        (["--link", "block", "2zzzz"], 3, "no ticket"),
        (["--field", "foo=bar"], 2, "field 'foo' is not known"),
        (["--field", "labls=bar"], 2, "did you mean 'labels'?"),
        (["--field", "foo"], 2, "is not NAME=VALUE"),
        (["--field", "id=TKT-2j00000"], 2, "id is set when a ticket is created"),
        (["--field", "status=closed"], 2, "tkt transition"),
        (["--field", "links=blocks x"], 2, "tkt link"),
        (["--attach", "/nowhere"], 2, "/nowhere cannot be read"),
        (["-F", "/nowhere"], 2, "/nowhere cannot be read"),
        (["-F", "/"], 2, "/ cannot be read"),
        (["-m", "a\x1b[2Jb"], 2, "control character: U+001B"),
        (["--label", "a\x1bb"], 2, "cannot be seen"),
        (["--requester", "x\u202ey"], 2, "cannot be seen"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(
    desk: Desk, options: list[str], code: int, said: str
) -> None:
    assert said in desk.refused(code, "create", "Printer on fire", *options)


def test_the_matrix_gives_the_priority(desk: Desk) -> None:
    assert desk.show(desk.create("Crash", "--impact", "high", "--urgency", "high"))["priority"] == "P1"


def test_another_priority_needs_a_reason(desk: Desk) -> None:
    levels = ["--impact", "high", "--urgency", "high"]
    complaint = desk.refused(2, "create", "Crash", *levels, "-p", "P4")
    assert "give P1, not P4" in complaint
    assert "--reason" in complaint
    shown = desk.show(desk.create("Crash", *levels, "-p", "P4", "--reason", "Nobody is there."))
    assert shown["priority"] == "P4"
    assert shown["thread"][0]["body"] == "Nobody is there.\n"


def test_a_required_field_is_asked_for_by_name(custom: Desk) -> None:
    assert "a bug needs version: --field version=..." in custom.refused(2, "create", "Crash", "-t", "bug")
    assert custom.show(custom.create("Wish"))["version"] is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("version=1.10", "1.10"),
        ("version=NO", "no"),
        ("users=007", "007"),
        ("regression=yes", "true"),
        ("tags=red, green,red", ["green", "red"]),
        ("found=tomorrow", "2026-11-23"),
        ("owner=ana", "ana@example.com"),
    ],
)
def test_custom_fields_are_stored_by_their_type(custom: Desk, typed: str, stored: object) -> None:
    shown = custom.show(custom.create("Wish", "--field", typed))
    assert shown[typed.partition("=")[0]] == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("version=9", 2),
        ("users=many", 2),
        ("regression=maybe", 2),
        ("tags=blue", 2),
        ("found=0000-99-99", 2),
        ("owner=nobody", 3),
        ("cause=2zzz", 3),
        ("users=" + "9" * 5000, 2),
    ],
)
def test_custom_fields_refuse_what_they_cannot_hold(custom: Desk, typed: str, code: int) -> None:
    complaint = custom.refused(code, "create", "Wish", "--field", typed)
    assert len(complaint) < 6000


def test_links_from_the_other_side_and_several_to_one_ticket(desk: Desk) -> None:
    first = desk.create("First")
    links = ["--link", "blocked-by", first, "--link", "duplicated-by", first]
    made = desk.tkt("create", "Second", *links, "--json").data
    second = made[0]["id"]
    assert [each["id"] for each in made] == [second, first]
    assert desk.show(first)["links"] == [f"blocks {second}", f"duplicates {second}"]
    relations = {each["relation"] for each in desk.show(second)["related"]}
    assert relations == {"Blocked by", "Duplicated by"}
    assert desk.git("show", "--stat", "--format=%s", "HEAD").startswith(
        f"{second} and 1 more: create: Second"
    )


def test_a_new_ticket_cannot_close_a_circle_of_parents(desk: Desk) -> None:
    top = desk.create("Top")
    below = desk.create("Below", "--parent", top)
    complaint = desk.refused(2, "create", "Between", "--parent", below, "--link", "child", top)
    assert "cannot be its own ancestor" in complaint


def test_similar_tickets_are_shown(desk: Desk) -> None:
    first = desk.create("Login page fails after a password reset")
    said = desk.tkt("create", "Login page fails after reset")
    assert said.err == f"Similar:\n  {first}  new  Login page fails after a password reset\n"
    assert not desk.tkt("create", "Printer on fire").err


def test_the_same_foreign_name_twice_is_ambiguous_not_unknown(desk: Desk) -> None:
    ids = [desk.create(f"Import {n}", "--field", "external_id=gh-12") for n in (1, 2)]
    complaint = desk.refused(3, "show", "gh-12")
    assert all(each in complaint for each in ids)

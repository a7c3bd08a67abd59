"""Lists and searches: what is in them, in what order, and in what form."""

import csv
import io
import json
import re

import pytest

from tests.cli.desk import Desk, on_terminal
from tests.cli.test_terminal import PAINT

TICKETS = {
    "crash": [
        "Crash at start",
        "-t",
        "bug",
        "-p",
        "P1",
        "--reason",
        "All of them.",
        "-l",
        "vip",
        "-q",
        "support",
    ],
    "login": ["Login page fails", "-t", "incident", "-l", "vip", "-l", "blocked", "-p", "P2"],
    "wish": ["日本語のメニュー", "-t", "feature", "--due", "2026-11-20", "-m", "For reset password, please."],
    "done": ["Reset password mail", "-t", "task", "-p", "P4"],
}


@pytest.fixture
def many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with four tickets, one of them closed."""
    for hour, options in enumerate(TICKETS.values(), 1):
        monkeypatch.setenv("TKT_NOW", f"2026-11-22T0{hour}:00:00Z")
        desk.create(*options)
    desk.tkt("transition", "-", "closed")
    desk.tkt("assign", desk.tkt("search", "login page", "--json").data[0]["id"], "me")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:00:00Z")
    return desk


def names(desk: Desk, *args: str) -> list[str]:
    """Which tickets a list holds, by the names above."""
    titles = {options[0]: name for name, options in TICKETS.items()}
    rows = desk.tkt("list", "--json", "--fields", "title", *args).data
    return [titles[row["title"]] for row in rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ([], "crash login wish"),
        (["--all"], "crash login wish done"),
        (["is:closed"], "done"),
        (["status:closed"], "done"),
        (["-s", "closed"], "done"),
        (["status:new"], "crash wish"),
        (["status:NEW,assigned"], "crash login wish"),
        (["type:bug"], "crash"),
        (["-t", "bug"], "crash"),
        (["-type:bug"], "login wish"),
        (["priority:P1,P2"], "crash login"),
        (["-p", "P2"], "login"),
        (["assignee:me"], "login"),
        (["assignee:ana"], "login"),
        (["-a", "ana@example.com"], "login"),
        (["assignee:"], "crash wish"),
        (["assignee:*"], "login"),
        (["-assignee:me"], "crash wish"),
        (["label:vip"], "crash login"),
        (["-l", "vip"], "crash login"),
        (["label:vip", "-label:blocked"], "crash"),
        (["label:vip -label:blocked type:bug"], "crash"),
        (["is:overdue"], "wish"),
        (["has:due"], "wish"),
        (["no:due"], "crash login"),
        (["reset password"], "wish"),
        (["is:closed", "reset password"], "done"),
        (["--all", '"reset password"'], "wish done"),
        (["--all", "password", "reset"], "wish done"),
        (["メニュー"], "wish"),
        (["created:2026-11-22T01:00:00Z"], "crash"),
        (["queue:support", "is:open"], "crash"),
        (["nothing-like-it"], ""),
        (["--", "-login"], "crash wish"),
        (["type:bug", "OR", "type:feature", "label:vip"], "crash"),
        (["type:bug OR type:incident", "-label:blocked"], "crash"),
        (["-s", "new", "type:bug OR type:incident"], "crash"),
        (["-l", "vip", "type:bug OR type:feature", "-p", "P1"], "crash"),
    ],
)
def test_a_query_finds(many: Desk, query: list[str], expected: str) -> None:
    assert names(many, *query) == expected.split()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("created", "crash login wish"),
        ("-created", "wish login crash"),
        ("priority", "crash login wish"),
        ("-priority,created", "wish login crash"),
        ("type", "login crash wish"),
        ("title", "crash login wish"),
        ("due,-created", "wish login crash"),
        ("assignee,created", "login crash wish"),
        ("label,created", "login crash wish"),
    ],
)
def test_a_list_is_sorted(many: Desk, sort: str, expected: str) -> None:
    assert names(many, "--sort", sort) == expected.split()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["assigne:me"], "did you mean 'assignee'?"),
        (["status:nwe"], "did you mean 'new'?"),
        (["-s", "nwe"], "did you mean 'new'?"),
        (["-status:nwe"], "did you mean 'new'?"),
        (["is:opn"], "did you mean 'open'?"),
        (["has:labl"], "did you mean 'labels'?"),
        (["--sort", "titel"], "did you mean 'title'?"),
        (["--columns", "titel"], "did you mean 'title'?"),
        (["--fields", "titel", "--json"], "did you mean 'title'?"),
        (['"open'], "a quote that is not closed"),
        (["--limit", "0"], "--limit"),
        (["--format", "xml"], "'xml' is not one of"),
        (["--colour", "never"], "--color"),
    ],
)
def test_a_wrong_word_gets_the_nearest(many: Desk, typed: list[str], said: str) -> None:
    assert said in many.refused(2, "list", *typed)


def test_a_person_reads_a_table(many: Desk) -> None:
    said = many.tkt("list")
    rows = [line.split(None, 1)[1] for line in said.lines]
    assert rows == [
        "PRIO  STATUS    TYPE      ASSIGNEE  AGE  TITLE",
        "P1    new       bug                 8 h  Crash at start",
        "P2    assigned  incident  ana       7 h  Login page fails",
        "P3    new       feature             6 h  日本語のメニュー",
    ]
    assert said.err == "3 tickets, 1 closed (--all)\n"


def test_the_count_says_what_the_limit_hides(many: Desk) -> None:
    said = many.tkt("list", "--limit", "2")
    assert len(said.lines) == 3
    assert said.err == "2 of 3 tickets, 1 closed (--all)\n"


def test_an_empty_list_says_so(many: Desk) -> None:
    said = many.tkt("list", "type:epic")
    assert (said.out, said.err) == ("", "No tickets\n")
    assert many.tkt("list", "priority:P4").err == "No tickets, 1 closed (--all)\n"


def test_columns_are_chosen(many: Desk) -> None:
    said = many.tkt("list", "--columns", "title,due,labels")
    assert [line.rstrip() for line in said.lines] == [
        "TITLE             DUE         LABELS",
        "Crash at start                vip",
        "Login page fails              blocked, vip",
        "日本語のメニュー  2026-11-20",
    ]
    assert many.tkt("list", "--fields", "title,due,labels").out == said.out


def test_columns_that_follow_from_the_thread(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TKT_NOW", "2026-11-01T09:00:30Z")
    ticket = desk.create("Label printer", "--due", "2026-12-01T09:00:00Z")
    (desk.root / "note.txt").write_text("A note.", encoding="utf-8")
    desk.tkt("comment", ticket, "-m", "One.", "--attach", "note.txt")
    desk.tkt("time", "add", ticket, "90m")
    monkeypatch.setenv("TKT_NOW", "2026-11-20T09:00:30Z")
    desk.tkt("transition", ticket, "closed")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:00:00Z")
    columns = "created,updated,closed,due,comments,attachments,spent,age,waiting"
    cells = [re.split(r" {2,}", each) for each in desk.tkt("list", "--all", "--columns", columns).lines]
    assert dict(zip(*cells, strict=True)) == {
        "CREATED": "2026-11-01 09:00",
        "UPDATED": "2026-11-20 09:00",
        "CLOSED": "2026-11-20 09:00",
        "DUE": "2026-12-01 09:00",
        "COMMENTS": "1",
        "ATTACHMENTS": "1",
        "SPENT": "1h 30m",
        "AGE": "2 w",
        "WAITING": "1 d",
    }
    row = desk.tkt("list", "--all", "--json", "--columns", "updated,closed,spent,comments").data[0]
    assert row == {
        "updated": "2026-11-20T09:00:30Z",
        "closed": "2026-11-20T09:00:30Z",
        "spent": 90,
        "comments": 1,
    }
    assert desk.tkt("list", "--format", "csv", "--all", "--fields", "spent").lines == ["spent", "90"]
    assert "field 'age' is not known" in desk.refused(2, "list", "--json", "--fields", "age")


def test_lists_are_sorted_by_what_follows_from_the_thread(many: Desk) -> None:
    crash = many.tkt("list", "type:bug", "--json").data[0]["id"]
    many.tkt("comment", crash, "A word.")
    assert names(many, "--sort", "-comments,created") == ["crash", "login", "wish"]
    assert names(many, "sort:-updated")[0] == "crash"
    assert names(many, "sort:-created", "--sort", "created") == ["crash", "login", "wish"]


def test_groups_are_aligned_and_in_the_order_of_the_settings(many: Desk) -> None:
    said = many.tkt("list", "--by", "priority", "--columns", "title,type")
    assert said.lines == [
        "P1 (1)",
        "TITLE             TYPE",
        "Crash at start    bug",
        "",
        "P2 (1)",
        "TITLE             TYPE",
        "Login page fails  incident",
        "",
        "P3 (1)",
        "TITLE             TYPE",
        "日本語のメニュー  feature",
    ]
    assert said.err == "3 tickets, 1 closed (--all)\n"
    by_person = many.tkt("list", "--by", "assignee").lines
    assert [each for each in by_person if each.endswith(")")] == ["ana (1)", "none (2)"]
    by_label = many.tkt("list", "--by", "labels").lines
    assert [each for each in by_label if each.endswith(")")] == ["blocked (1)", "vip (2)", "none (1)"]
    assert many.tkt("list", "type:epic", "--by", "labels").out == ""


def test_groups_fit_their_terminal(many: Desk) -> None:
    _, screen = on_terminal("list", "--by", "status", cwd=many.root)
    assert "\x1b[1;36mnew (2)\x1b[0m" in screen
    headers = [each for each in PAINT.sub("", screen).splitlines() if each.startswith("ID ")]
    assert len(headers) == 2
    assert len(set(headers)) == 1


def test_counts(many: Desk) -> None:
    assert many.tkt("list", "--count").out == "3\n"
    assert many.tkt("list", "--count", "--all", "-n", "1").out == "4\n"
    assert many.tkt("list", "--count", "type:epic").out == "0\n"
    assert many.tkt("list", "--count", "--json").data == [{"count": 3}]
    said = many.tkt("list", "--count", "--by", "labels")
    assert said.lines == ["COUNT  LABELS", "    1  blocked", "    2  vip", "    1  none"]
    assert said.err == ""
    assert many.tkt("list", "--count", "--by", "assignee").lines[1:] == ["    1  ana", "    2  none"]
    assert many.tkt("list", "--count", "--by", "priority", "--format", "csv").lines == [
        "priority,count",
        "P1,1",
        "P2,1",
        "P3,1",
    ]
    assert many.tkt("list", "--count", "--by", "queue", "--json").data[-1] == {"queue": None, "count": 2}
    assert "did you mean 'queue'?" in many.refused(2, "list", "--count", "--by", "quue")


def test_json_is_ascii_and_says_everything(many: Desk) -> None:
    said = many.tkt("list", "--all", "--json")
    assert said.out.isascii()
    wish = said.data[2]
    assert wish["title"] == "日本語のメニュー"
    assert (wish["due"], wish["labels"], wish["assignee"]) == ("2026-11-20", [], None) or wish[
        "labels"
    ] is None


def test_all_forms_say_the_same(many: Desk) -> None:
    rows = many.tkt("list", "--json").data
    assert [json.loads(line) for line in many.tkt("list", "--format", "jsonl").lines] == rows
    table = list(csv.DictReader(io.StringIO(many.tkt("list", "--format", "csv").out)))
    assert [each["title"] for each in table] == [each["title"] for each in rows]
    assert table[1]["labels"] == "blocked, vip"
    lines = many.tkt("list", "--format", "md", "--fields", "title,labels").lines
    assert lines[3] == "| Login page fails | blocked, vip |"
    assert len({len(line) for line in lines[:4]}) == 1


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("json", "[]\n"),
        ("jsonl", "\n"),
        ("csv", "id,title\n"),
        ("md", "| id   | title   |\n|------|---------|\n"),
    ],
)
def test_nothing_found_is_still_the_form(many: Desk, form: str, expected: str) -> None:
    assert many.tkt("list", "type:epic", "--format", form, "--fields", "id,title").out == expected


def test_formulas_and_table_marks_are_harmless(desk: Desk) -> None:
    for title in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "a|b <script> `x` \\"):
        desk.tkt("create", "--", title)
    cells = [
        row[0]
        for row in csv.reader(
            io.StringIO(desk.tkt("list", "--format", "csv", "--fields", "title", "--sort", "title").out)
        )
    ]
    assert sorted(cells[1:]) == ["'=cmd|' /C calc'!A0", "'@SUM(A1)", "+1", "-1", "a|b <script> `x` \\"]
    for line in desk.tkt("list", "--format", "md", "--fields", "title,status").lines[2:]:
        bare = line.replace("\\\\", "").replace("\\|", "")
        assert bare.count("|") == 3
        assert "<" not in bare
        assert "`" not in bare.replace("\\`", "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["login"], ["Login page fails"]),
        (["RESET", "PASSWORD"], ["Reset password mail", "日本語のメニュー"]),
        (["all of them"], ["Crash at start"]),
    ],
)
def test_a_search_looks_everywhere_titles_first(many: Desk, words: list[str], expected: list[str]) -> None:
    assert [each["title"] for each in many.tkt("search", *words, "--json").data] == expected


def test_a_person_reads_where_it_was_found(many: Desk) -> None:
    lines = [line.split(None, 1)[1] for line in many.tkt("search", "reset password").lines]
    assert lines == [
        "closed  Reset password mail",
        "new     日本語のメニュー",
        "For reset password, please.",
    ]


def test_nothing_found_ends_as_grep_does(many: Desk) -> None:
    said = many.tkt("search", "nothing-like-it", code=1)
    assert (said.out, said.err) == ("", "Nothing found.\n")
    assert "nothing to search for" in many.refused(2, "search", " ")
    assert many.tkt("search", "password", "--limit", "1").out.count("TKT-") == 1


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_table_fits_its_terminal(many: Desk, columns: int) -> None:
    from tkt.render.text import width

    many.create("A very long title that goes on " * 7)
    code, screen = on_terminal("list", "--color", "never", cwd=many.root, columns=columns)
    rows = screen.splitlines()[:-1]
    assert code == 0
    assert len(rows) == 5
    assert all(width(row) <= columns for row in rows)
    assert rows[0].startswith("ID ")
    assert rows[0].endswith("TITLE")
    start = rows[0].index("TITLE")
    assert rows[-1][start:].startswith("A very long title"[: columns - start - 1])
    assert all(row[start - 2 : start] == "  " for row in rows)


def test_a_pipe_gets_no_colour_and_a_terminal_does(many: Desk) -> None:
    assert "\x1b" not in many.tkt("list").out
    assert "\x1b[" in many.tkt("list", "--color", "always").out
    _, screen = on_terminal("list", cwd=many.root)
    assert "\x1b[31;1mP1\x1b[0m" in screen
    for options, env in ([["--color", "never"], {}], [[], {"NO_COLOR": "1"}]):
        assert "\x1b" not in on_terminal("list", *options, cwd=many.root, env=env)[1]  # type: ignore[arg-type]


def test_what_is_enough_to_type_stands_out_and_is_enough(many: Desk) -> None:
    screen = many.tkt("list", "--color", "always").out
    for line in screen.splitlines()[1:]:
        lead = line.split("\x1b[1m")[1].split("\x1b[0m")[0]
        assert many.show(lead)["id"].startswith(lead)

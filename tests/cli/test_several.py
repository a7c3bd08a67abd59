"""Many tickets changed at once: found by a query, or piped in."""

import re

import pytest

from tests.cli.desk import Desk, terminal
from tests.cli.test_change import PEOPLE

CHANGES = {
    "set": (["set", "queue=support"], "queue: none -> support"),
    "comment": (["comment", "-m", "We know."], "commented"),
    "assign": (["assign", "bob"], "assignee: none -> bob, status: new -> assigned"),
    "transition": (["transition", "Closed"], "status: new -> closed"),
    "label": (["label", "--add", "seen"], "labels: +seen"),
    "watch": (["watch"], "watchers: +ana"),
    "time": (["time", "add", "90m"], "time spent: 1h 30m"),
}


@pytest.fixture
def full(desk: Desk) -> Desk:
    """A desk with three bugs and a task."""
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    desk.git("commit", "--quiet", "-am", "Hire")
    for title in ("One", "Two", "Three"):
        desk.create(title, "-t", "bug")
    desk.create("Other", "-t", "task")
    return desk


def ids(desk: Desk, query: str = "type:bug") -> list[str]:
    """What a query finds, whatever its status, in the order of a list."""
    return [each["id"] for each in desk.tkt("list", "--all", "--json", *query.split()).data]


@pytest.mark.parametrize("name", CHANGES)
def test_all_that_a_query_finds_in_one_commit(full: Desk, name: str) -> None:
    words, became = CHANGES[name]
    bugs, before = ids(full), len(full.subjects())
    said = full.tkt(*words, "--query", "type:bug")
    assert said.lines == [f"{each}  {became}" for each in bugs]
    assert said.err == ""
    assert len(full.subjects()) == before + 1
    assert full.subjects()[0].startswith(f"{bugs[0]} and 2 more: ")
    trailers = full.git("show", "-s", "--format=%(trailers)").split("\n")
    assert [each for each in trailers if each] == [f"Ticket: {each}" for each in bugs]
    full.tkt("undo")
    assert len(full.subjects()) == before


@pytest.mark.parametrize("name", CHANGES)
def test_all_that_stand_on_stdin_in_one_commit(full: Desk, name: str) -> None:
    words, became = CHANGES[name]
    piped = full.tkt("list", "type:bug").out
    before = len(full.subjects())
    said = full.tkt(*words, stdin=piped)
    assert said.lines == [f"{each}  {became}" for each in ids(full)]
    assert len(full.subjects()) == before + 1


@pytest.mark.parametrize(
    "listing",
    [
        ["list", "type:bug"],
        ["list", "type:bug", "--color", "always"],
        ["list", "type:bug", "--by", "status"],
        ["list", "type:bug", "--format", "csv", "--fields", "id,title"],
        ["list", "type:bug", "--format", "md", "--fields", "id,title"],
        ["board", "type:bug"],
        ["board", "type:bug", "--color", "always"],
        ["next", "type:bug"],
        ["search", "burns", "type:bug"],
    ],
    ids=" ".join,
)
def test_whatever_lists_tickets_can_be_piped_in(full: Desk, listing: list[str]) -> None:
    other = ids(full, "type:task")[0]
    full.tkt("assign", "me", "--query", "type:bug,task")
    full.tkt("comment", "--query", "type:bug", "-m", f"{other} burns as well.")
    piped = full.tkt(*listing).out
    full.tkt("label", "--add", "seen", stdin=piped)
    assert sorted(ids(full, "label:seen")) == sorted(ids(full))


def test_ids_as_people_write_them(full: Desk) -> None:
    one, two, three = ids(full)
    full.tkt("label", "--add", "seen", stdin=f"{one.lower()}\n\n  {two}  and words\n{one}\n{three[4:]}")
    assert sorted(ids(full, "label:seen")) == sorted([one, two, three])


@pytest.mark.parametrize("stdin", ["", "\n\n", "ID  PRIO  TITLE\n", "  of something else\n"])
def test_nothing_on_stdin(full: Desk, stdin: str) -> None:
    for words, _ in CHANGES.values():
        complaint = full.refused(2, *words, stdin=stdin)
        assert complaint.startswith("tkt: name a ticket\n  Usage: tkt ")


@pytest.mark.parametrize(
    ("stdin", "code", "said"),
    [
        ("{one}\nnonsense!\n", 2, "line 2 of stdin: 'nonsense!' is not a ticket id"),
        ("{one}\nTKT-2jzzzzz\n", 3, "line 2 of stdin: no ticket TKT-2jzzzzz"),
        ("4 more\n", 3, "line 1 of stdin: "),
        ('[\n  {{"id": "x"}}\n]\n', 2, "line 1 of stdin: "),
    ],
)
def test_a_line_that_names_no_ticket_changes_nothing(full: Desk, stdin: str, code: int, said: str) -> None:
    assert said in full.refused(code, "label", "--add", "seen", stdin=stdin.format(one=ids(full)[0]))


def test_one_that_refuses_keeps_the_others(full: Desk) -> None:
    two = ids(full)[1]
    full.tkt("transition", two, "closed")
    complaint = full.refused(4, "transition", "waiting", "--query", "type:bug is:open,closed")
    assert complaint.startswith(f"tkt: {two}: a ticket cannot go from closed to waiting\n")
    complaint = full.refused(2, "set", "priority=P1", "--query", "type:bug")
    assert complaint.startswith(f"tkt: {ids(full)[0]}: impact medium and urgency medium give P3, not P1\n")


def test_those_that_are_so_already_stay_as_they_are(full: Desk) -> None:
    bugs = ids(full)
    full.tkt("set", bugs[0], "queue=support")
    said = full.tkt("set", "queue=support", "--query", "type:bug")
    assert [each.split()[0] for each in said.lines] == bugs[1:]
    assert said.err == f"{bugs[0]} is so already\n"
    before = full.subjects()
    again = full.tkt("set", "queue=support", "--query", "type:bug")
    assert (again.out, full.subjects()) == ("", before)


def test_two_ways_to_name_them_are_one_too_many(full: Desk) -> None:
    for words in (["set", "queue=support"], ["watch"], ["time", "add"]):
        last = ["5m"] if words[0] == "time" else []
        complaint = full.refused(2, *words, ids(full)[0], *last, "--query", "type:bug")
        assert "both by id and by --query" in complaint


@pytest.mark.parametrize("query", ["", "  ", "sort:created"])
def test_a_query_that_says_nothing_changes_nothing(full: Desk, query: str) -> None:
    complaint = full.refused(2, "set", "queue=support", "--query", query)
    assert complaint == "tkt: --query says nothing of the tickets\n  is:open means all that are open.\n"


def test_a_query_that_finds_nothing(full: Desk) -> None:
    assert full.refused(3, "set", "queue=support", "--query", "label:x") == "tkt: no ticket meets 'label:x'\n"
    full.tkt("transition", "closed", "--query", "type:task")
    complaint = full.refused(3, "set", "queue=support", "--query", "type:task")
    assert complaint == "tkt: no ticket meets 'type:task'\n  Closed ones do (1): add is:open,closed.\n"
    complaint = full.refused(3, "set", "queue=support", "--query", "assignee:bbo")
    assert "Nobody in people.yaml is called 'bbo'; did you mean 'bob'?" in complaint
    assert "  sttus:x\n  ^^^^^\n" in full.refused(2, "set", "queue=support", "--query", "sttus:x")


def test_trying_first(full: Desk) -> None:
    before = full.state()
    said = full.tkt("set", "queue=support", "--query", "type:bug", "--dry-run")
    assert said.out.count("+queue: support\n") == 3
    assert [each.split()[0] for each in said.err.splitlines()] == ["ID", *ids(full), "3"]
    assert full.state() == before


@pytest.mark.parametrize(
    "words",
    [["transition"], ["transition", "nowhere"], ["assign"], ["label"], ["set"], ["comment"], ["time", "add"]],
    ids=" ".join,
)
def test_what_to_do_has_to_be_said(full: Desk, words: list[str]) -> None:
    full.refused(2, *words, "--query", "type:bug")


def test_links_and_merges(full: Desk) -> None:
    other = ids(full, "type:task")[0]
    bugs = ids(full)
    full.tkt("link", other, "blocks", "--query", "type:bug")
    assert ids(full, f"blocked-by:{other}") == bugs
    said = full.tkt("merge", bugs[0], "--query", "type:bug")
    assert said.lines == [
        f"{bugs[0]}  keeps all threads",
        *(f"{each}  merged into {bugs[0]}" for each in bugs[1:]),
    ]


def test_texts_and_labels_may_be_words(full: Desk) -> None:
    full.tkt("comment", "We know.", "--query", "type:bug")
    full.tkt("label", "seen", "known", "--query", "type:bug", "--remove", "lost")
    for each in ids(full):
        shown = full.show(each)
        assert (shown["thread"][0]["body"].strip(), shown["labels"]) == ("We know.", ["known", "seen"])


def test_the_tickets_as_json(full: Desk) -> None:
    rows = full.tkt("set", "queue=support", "--query", "type:bug", "--json").data
    assert [each["id"] for each in rows] == ids(full)
    assert {each["queue"] for each in rows} == {"support"}


@pytest.mark.parametrize(("key", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1)])
def test_somebody_who_can_answer_is_asked(full: Desk, key: str, code: int) -> None:
    before = full.state()
    with terminal("set", "queue=support", "--query", "type:bug", cwd=full.root) as screen:
        screen.answer("Change these 3 tickets? [y/N]: ", key)
        ended, shown = screen.finish()
    assert ended == code
    assert [each for each in ids(full) if each in shown] == ids(full)
    assert ("Nothing was changed." in shown) is bool(code)
    assert (full.state() == before) is bool(code)


def test_whoever_leaves_the_question_changes_nothing(full: Desk) -> None:
    before = full.state()
    with terminal("set", "queue=support", "--query", "type:bug", cwd=full.root) as screen:
        screen.wait_for("[y/N]")
        screen.press_until("\x03", "interrupted")
        assert screen.finish()[0] == 130
    assert full.state() == before


@pytest.mark.parametrize(
    "options", [["--query", "type:bug", "--yes"], ["--query", "type:task"]], ids=["yes", "one"]
)
def test_nobody_is_asked_without_need(full: Desk, options: list[str]) -> None:
    with terminal("set", "queue=support", *options, cwd=full.root) as screen:
        code, shown = screen.finish()
    assert code == 0
    assert "[y/N]" not in shown
    assert "queue: none -> support" in shown


def test_only_the_first_of_many_are_shown(full: Desk) -> None:
    row = '{{"id":"bd-{0}","title":"Number {0}","status":"open","created_at":"2026-11-01T09:00:00Z"}}\n'
    full.settings("people", "skills: [access]", "roles: [admin, agent]")
    path = full.root.parent / "old.jsonl"
    path.write_text("".join(map(row.format, range(25))), encoding="utf-8")
    full.tkt("import", "beads", str(path))
    many = len(full.tkt("list", "--json").data)
    assert many == 29
    with terminal("label", "seen", "--query", "is:open", cwd=full.root) as screen:
        screen.answer(f"and {many - 20} more", "")
        screen.answer(f"Change these {many} tickets?", "y\n")
        code, shown = screen.finish()
    assert code == 0
    assert len(re.findall(r"labels: \+seen", shown)) == many

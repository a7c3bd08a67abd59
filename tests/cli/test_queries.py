"""What people ask of a list: every word of a query once, and what they hear when they get it wrong."""

import shutil
from pathlib import Path

import pytest

from tests.cli.desk import NOW, Desk, git, type_tkt

PEOPLE = """\
agents:
  ana: {name: Ana Silva, email: ana@example.com}
  bob: {name: Bob Okafor, email: bob@example.com}
  mei: {name: Mei Tanaka, email: mei@example.com}
teams:
  warehouse: {members: [bob, mei]}
"""
FIELDS = "fields: {users: {type: number}, urgent: {type: boolean}, site: {type: text}}"
VIEWS = """\
views:
  phones: {query: "label:phone", sort: -created}
  both: {query: "view:phones OR is:overdue"}
  mine: {query: "assignee:me is:open"}
"""

STEPS = """\
2026-10-01T09:00:00Z create Epic|-t|epic|-p|P2|-m|Everything about the depot in Zürich.
2026-11-01T09:00:00Z create Scanner|-t|bug|-p|P1|--reason|It burns.\
|-l|phone|-l|vip|--parent|Epic|-a|bob|--due|2026-11-20
2026-11-10T09:00:00Z create Labels|-t|task|-p|P3|-q|support|--parent|Scanner|-a|ana\
|--field|users=40|--field|site=on site
2026-11-15T09:00:00Z create Phone|-t|request|-p|P4|-l|phone|--requester|kim@example.org\
|--due|2026-11-24|--field|urgent=true
2026-11-20T09:00:00Z create Café|-t|request|-p|P5|-a|warehouse|-m|Closed before: reset "password", please.
2026-11-21T09:00:00Z comment Phone|We look into it.
2026-11-21T10:00:00Z comment Phone|-m|Here it is.|--attach|note.txt
2026-11-21T11:00:00Z time|add Scanner|2h
2026-11-21T12:00:00Z link Scanner|blocks|Labels
2026-11-21T13:00:00Z link Phone|relates|Labels
2026-11-21T14:00:00Z watch Phone|--who|bob
2026-11-21T15:00:00Z transition Café|closed
"""
"""A moment, a command, and its words with the first ones of titles in the place of ids."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where the desk that these tests ask is kept once it is made."""
    return {"folder": tmp_path_factory.mktemp("asked")}


@pytest.fixture
def asked(kept: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk that is only asked: five tickets, all made by Ana. The current folder."""
    root = kept["folder"] / "desk"
    if not root.exists():
        root.mkdir()
        monkeypatch.chdir(root)
        _make(Desk(root), monkeypatch)
    monkeypatch.chdir(root)
    monkeypatch.setenv("TKT_NOW", NOW)
    return Desk(root)


def _make(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.tkt("init")
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (desk.root / "note.txt").write_text("A note.", encoding="utf-8")
    project = desk.root / ".tkt" / "project.yaml"
    text = project.read_text(encoding="utf-8").replace("fields: {}", FIELDS)
    head, _, rest = text.partition("\nviews:\n")
    project.write_text(f"{head}\n{VIEWS}{rest[rest.index(chr(10) + '#') :]}", encoding="utf-8")
    desk.git("commit", "--quiet", "-am", "Settings")
    ids: dict[str, str] = {}
    for step in STEPS.splitlines():
        moment, command, rest = step.split(" ", 2)
        words = rest.split("|")
        monkeypatch.setenv("TKT_NOW", moment)
        if command == "create":
            made = desk.tkt("create", words[0], *(ids.get(each, each) for each in words[1:]), "--json")
            ids[words[0]] = made.data["id"]
        else:
            desk.tkt(*command.split("|"), *(ids.get(each, each) for each in words))


def found(desk: Desk, *query: str) -> list[str]:
    """The titles of what a query finds."""
    return [each["title"] for each in desk.tkt("list", "--json", "--fields", "title", *query).data]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type:bug OR type:task", "Scanner Labels"),
        ("(type:bug OR type:task) -label:vip", "Labels"),
        ("-(type:bug OR type:task) is:open", "Epic Phone"),
        ("type:bug (label:phone (label:vip OR queue:support))", "Scanner"),
        ("TYPE:Bug,TASK", "Scanner Labels"),
        ("zurich", "Epic"),
        ('is:closed "RESET \\"password"', "Café"),
        ("cafe is:closed", "Café"),
        ("title:phone", "Phone"),
        ("body:depot", "Epic"),
        ("description:depot", "Epic"),
        ("priority:>=P3", "Scanner Epic Labels"),
        ("priority:<P3", "Phone"),
        ("priority:P2..P3", "Epic Labels"),
        ("status:new..in-progress type:bug,task", "Scanner Labels"),
        ("assignee:me", "Labels"),
        ("assignee:@me,bob", "Scanner Labels"),
        ("assignee:*@example.com", "Scanner Labels"),
        ("requester:kim@example.org", "Phone"),
        ("watcher:bob", "Phone"),
        ("team:warehouse", "Scanner"),
        ("team:warehouse is:closed", "Café"),
        ("label:ph*", "Scanner Phone"),
        ("created:<2w", "Labels Phone"),
        ("created:>6d", "Scanner Epic Labels Phone"),
        ("created:2026-11", "Scanner Labels Phone"),
        ("created:2026-11-10", "Labels"),
        ("created:2026-11-01..2026-11-10", "Scanner Labels"),
        ("created:>=2026-11-10 created:<2026-11-15", "Labels"),
        ("created:..2026-10-31", "Epic"),
        ("created:2w..6d", "Labels Phone"),
        ("is:closed created:2d", "Café"),
        ("updated:yesterday", "Scanner Phone"),
        ("updated:>2w", "Epic"),
        ("closed:yesterday", "Café"),
        ("closed:<24h", "Café"),
        ("due:<3d", "Scanner Phone"),
        ("due:3d", "Phone"),
        ("due:2026-11-20", "Scanner"),
        ("is:overdue", "Scanner"),
        ("is:open -has:assignee", "Epic Phone"),
        ("is:waiting", ""),
        ("is:new", "Scanner Epic Labels Phone"),
        ("is:done", "Café"),
        ("is:assigned is:open", "Scanner Labels"),
        ("is:blocked", "Labels"),
        ("is:open,closed type:request", "Phone Café"),
        ("comments:2", "Phone"),
        ("comments:>0", "Scanner Phone"),
        ("has:attachment", "Phone"),
        ("spent:>=2h", "Scanner"),
        ("spent:120", "Scanner"),
        ("time:<3h has:spent", "Scanner"),
        ("users:>39", "Labels"),
        ("users:10..50", "Labels"),
        ("urgent:yes", "Phone"),
        ('site:"on site"', "Labels"),
        ("no:due,assignee", "Epic"),
        ("has:parent", "Scanner Labels"),
        ("has:children", "Scanner Epic"),
        ("parent:Epic", "Scanner"),
        ("child-of:Epic", "Scanner Labels"),
        ("blocks:Labels", "Scanner"),
        ("blocked-by:Scanner", "Labels"),
        ("relates:Labels", "Phone"),
        ("relates:Phone", "Labels"),
        ("link:*", "Scanner Phone"),
        ("commented-by:me -type:bug", "Phone"),
        ("commented-by:bob", ""),
        ("changed:watchers", "Phone"),
        ("changed:status is:closed", "Café"),
        ("view:phones", "Phone Scanner"),
        ("view:phones sort:created", "Scanner Phone"),
        ("view:both", "Phone Scanner"),
        ("view:mine,phones", "Phone Labels Scanner"),
        ("-view:phones is:open", "Epic Labels"),
        ("is:open sort:-due,title", "Phone Scanner Epic Labels"),
        ("sort:-title (label:vip OR type:task)", "Scanner Labels"),
        ("(type:bug OR view:phones) sort:title", "Phone Scanner"),
        ("https://example.com", ""),
    ],
)
@pytest.mark.parametrize("index", [[], ["--no-index"]], ids=["index", "files"])
def test_a_word_of_a_query(asked: Desk, query: str, expected: str, index: list[str]) -> None:
    ids = {each["title"]: each["id"] for each in asked.tkt("list", "--all", "--json").data}
    name, colon, value = query.rpartition(":")
    typed = f"{name}:{ids[value]}" if colon and value in ids else query
    assert found(asked, typed, *index) == expected.split()


@pytest.mark.parametrize(
    ("query", "place", "said"),
    [
        ("sttus:new", "sttus", "did you mean 'status'?"),
        ("foo:new", "foo", "Text with a colon goes in quotes. Allowed: id, "),
        ("is:open type:bgu,task", "bgu", "did you mean 'bug'?"),
        ("status:open", "open", "is:open asks for it"),
        ("priority:>=P9", ">=P9", "Allowed: P1, P2, P3, P4, P5."),
        ("created:<7x", "<7x", "'7x' is not a date"),
        ("due:2026-02-30", "2026-02-30", "is not a date"),
        ("due:..", "..", "is not a date"),
        ("comments:>some", ">some", "Write 3, >3, <=5 or 3..5."),
        ("urgent:maybe", "maybe", "Allowed: true, false."),
        ("is:", "is:", "is: needs a value"),
        ("is:opne", "opne", "did you mean 'open'?"),
        ("has:titel", "titel", "did you mean 'title'?"),
        ("changed:created", "created", "Allowed: title, "),
        ("team:wearhouse", "wearhouse", "did you mean 'warehouse'?"),
        ("view:phone", "phone", "did you mean 'phones'?"),
        ("x -sort:created", "-sort:created", "Write sort:-created."),
        ("type:bug sort:prio", "prio", "field 'prio' is not known"),
        ("type:bug OR sort:due", "sort:due", "sort: stands by itself, in no parentheses and beside no OR"),
        ("sort:-due type:bug OR type:task", "sort:-due", "(label:vip OR is:overdue) sort:due"),
        ("type:bug (label:vip sort:due)", "sort:due", "sort: stands by itself"),
        ("x -(sort:due)", "sort:due", "sort: stands by itself"),
        ("(type:bug", "(", "a ( without its )"),
        ("type:bug)", ")", "a ) without its ("),
        ('label:vip "reset', '"', "a quote that is not closed"),
        ("日本語 lable:x", "lable", "did you mean 'labels'?"),
    ],
)
def test_a_mistake_is_pointed_at(asked: Desk, query: str, place: str, said: str) -> None:
    complaint = asked.refused(2, "list", query)
    assert said in complaint
    lines = complaint.splitlines()
    start = query.index(place) + (3 if query.startswith("日") else 0)
    assert lines[1:3] == [f"  {query}", "  " + " " * start + "^" * len(place)]


@pytest.mark.parametrize("query", ["type:bug OR", "OR type:bug", "()", "type:bug OR OR type:task"])
def test_something_is_missing(asked: Desk, query: str) -> None:
    assert "something is missing here" in asked.refused(2, "list", query)


@pytest.mark.parametrize("query", ["parent:zzz", "child-of:zzz", "blocks:zzz", "id:zzz"])
def test_a_ticket_that_is_not_there(asked: Desk, query: str) -> None:
    complaint = asked.refused(3, "list", query)
    assert complaint.startswith("tkt: no ticket TKT-zzz\n")
    assert complaint.splitlines()[2] == "  " + " " * query.index("zzz") + "^^^"


def test_a_long_query_is_shown_around_the_mistake(asked: Desk) -> None:
    complaint = asked.refused(2, "list", "label:x " * 40 + "sttus:new " + "label:y " * 40)
    shown, marks = complaint.splitlines()[1:3]
    assert shown.startswith("  ...")
    assert shown.endswith("...")
    assert shown[marks.index("^") : len(marks)] == "sttus"


def test_nobody_of_that_name_explains_an_empty_list(asked: Desk) -> None:
    said = asked.tkt("list", "assignee:bbo")
    assert said.out == ""
    assert said.err == "No tickets\nNobody in people.yaml is called 'bbo'; did you mean 'bob'?\n"
    assert "Nobody" not in asked.tkt("list", "assignee:kim@example.org").err


def test_me_has_to_be_somebody(asked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    assert "git config --global user.email" in asked.refused(2, "list", "assignee:me")
    assert asked.tkt("list", "assignee:bob").lines[1:]


def test_all_at_once_is_refused_before_it_is_slow(asked: Desk) -> None:
    assert "more than 500 conditions" in asked.refused(2, "list", *["x"] * 501)
    assert "more than 30 parentheses" in asked.refused(2, "list", "(" * 40 + "x" + ")" * 40)


def test_an_index_that_is_not_wanted_is_not_made(asked: Desk, tmp_path: Path) -> None:
    shutil.copytree(asked.root, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / ".git" / "tkt")
    git("update-index", "--refresh", cwd=tmp_path / "copy")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "copy")
        patch.setenv("TKT_NOW", NOW)
        assert type_tkt("list", "type:bug", "--no-index").out
        assert not list((tmp_path / "copy" / ".git" / "tkt").glob("index*"))
        assert type_tkt("list", "type:bug").out
        assert list((tmp_path / "copy" / ".git" / "tkt").glob("index*"))

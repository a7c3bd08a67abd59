"""Saved queries: what ships, what one adds, and mistakes in them."""

import pytest

from tests.cli.desk import Desk, on_terminal

HEAD = "views:\n"


def with_view(desk: Desk, line: str) -> Desk:
    desk.settings("project", HEAD, f"{HEAD}  {line}\n")
    return desk


def test_the_views_of_a_new_desk(desk: Desk) -> None:
    assert [each.split()[0] for each in desk.tkt("views").lines] == ["VIEW", "mine", "triage", "stale"]
    row = desk.tkt("views", "--json").data[2]
    assert (row["name"], row["sort"], row["columns"][-1]) == ("stale", "updated", "title")
    assert desk.tkt("views", "--format", "csv", "--fields", "name").lines == [
        "name",
        "mine",
        "triage",
        "stale",
    ]
    assert on_terminal("views", cwd=desk.root)[0] == 0
    for name in ("mine", "triage", "stale"):
        desk.tkt("list", f"view:{name}")


def test_a_view_brings_its_columns_order_and_groups(desk: Desk) -> None:
    with_view(desk, "desk: {query: 'type:bug', columns: [title, queue], sort: -title, by: queue}")
    for title, queue in (("One", "support"), ("Two", "support"), ("Three", "development")):
        desk.create(title, "-t", "bug", "-q", queue)
    desk.create("Other", "-t", "task")
    assert desk.tkt("list", "view:desk").out == (
        "support (2)\n"
        "TITLE  QUEUE\n"
        "Two    support\n"
        "One    support\n"
        "\n"
        "development (1)\n"
        "TITLE  QUEUE\n"
        "Three  development\n"
    )
    count = desk.tkt("list", "view:desk", "--count")
    assert count.lines == ["COUNT  QUEUE", "    2  support", "    1  development"]
    own = desk.tkt("list", "view:desk", "--columns", "title", "--sort", "title", "--by", "type")
    assert own.lines == ["bug (3)", "TITLE", "One", "Three", "Two"]


def test_a_view_is_a_part_of_any_query(desk: Desk) -> None:
    with_view(desk, "bugs: {query: 'type:bug OR type:incident'}")
    desk.create("One", "-t", "bug", "-l", "vip")
    desk.create("Two", "-t", "bug")
    desk.create("Three", "-t", "task", "-l", "vip")

    def found(*query: str) -> list[str]:
        return sorted(each["title"] for each in desk.tkt("list", "--json", *query).data)

    assert found("view:bugs", "label:vip") == ["One"]
    assert found("label:vip", "-view:bugs") == ["Three"]
    assert found("view:bugs,triage") == ["One", "Three", "Two"]
    assert desk.tkt("board", "view:bugs").lines[0] == "new (2)"
    assert len(desk.tkt("search", "view:bugs", "one", "--json").data) == 1
    desk.tkt("label", "--query", "view:bugs", "seen")
    assert found("label:seen") == ["One", "Two"]


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("x: {query: 'sttus:new'}", "views.x.query: field 'sttus' is not known; did you mean 'status'?"),
        ("x: {query: '(is:open'}", "views.x.query: a ( without its )"),
        ("x: {query: 'is:open', columns: [id, titel]}", "views.x.columns: column 'titel' is not known"),
        ("x: {query: 'is:open', sort: priorty}", "views.x.sort: field 'priorty' is not known"),
        ("x: {query: 'is:open', by: age}", "views.x.by: field 'age' is not known"),
        ("x: {query: 'view:x'}", "views.x.query: the view x is a part of itself"),
        ("x: {query: 'view:y'}", "views.x.query: view 'y' is not known"),
        ("x: {qury: 'is:open'}", "unknown key 'qury'; did you mean 'query'?"),
    ],
)
def test_a_mistake_in_a_view_is_named_with_its_line(desk: Desk, view: str, said: str) -> None:
    with_view(desk, view)
    check = desk.tkt("config", "check", code=1)
    text = check.out + check.err
    assert said in text
    line = (desk.root / ".tkt" / "project.yaml").read_text(encoding="utf-8").partition(view)[0].count(
        "\n"
    ) + 1
    assert f".tkt/project.yaml:{line}: " in text
    assert said in desk.refused(1, "list")


def test_a_desk_without_views(desk: Desk) -> None:
    path = desk.root / ".tkt" / "project.yaml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("\nviews:"), text.index("\n\n", text.index("\nviews:"))
    path.write_text(f"{text[:start]}\nviews: {{}}{text[end:]}", encoding="utf-8")
    said = desk.tkt("views")
    assert (said.out, said.err) == ("", "No views. They stand in .tkt/project.yaml under views.\n")
    assert desk.tkt("views", "--json").data == []
    assert "view 'mine' is not known" in desk.refused(2, "list", "view:mine")

"""The board: cards in columns where there is room, lines where there is none."""

import re

import pytest

from tests.cli.desk import Desk, on_terminal
from tests.cli.test_terminal import bare
from tkt.render.text import width


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk with three open tickets and a closed one."""
    desk.create("Login page fails on every phone that we have here", "-p", "P1", "--reason", "All.")
    desk.tkt("transition", "-", "in-progress")
    desk.create("Buy toner", "-p", "P4", "-a", "me", "-l", "printer", "-l", "paper")
    desk.create("日本語のメニュー", "-p", "P2")
    desk.create("Old", "-p", "P5")
    desk.tkt("transition", "-", "closed")
    return desk


def test_a_pipe_gets_a_line_for_each_card(busy: Desk) -> None:
    said = busy.tkt("board")
    assert [re.sub("^TKT-.{7}", "ID", each) for each in said.lines] == [
        "new (2)",
        "ID  P2              日本語のメニュー",
        "ID  P4    ana       Buy toner",
        "",
        "assigned (0)",
        "",
        "in-progress (1)",
        "ID  P1              Login page fails on every phone that we have here",
        "",
        "waiting (0)",
        "",
        "reopened (0)",
    ]
    assert said.err == "3 tickets, 1 closed (add is:open,closed)\n"


def test_a_terminal_has_columns_side_by_side(busy: Desk) -> None:
    code, screen = on_terminal("board", cwd=busy.root, columns=140)
    rows = bare(screen).splitlines()
    assert code == 0
    assert rows[0].split("  ")[0] == "new (2)"
    assert [each.strip() for each in rows[0].split("  ") if each.strip()] == [
        "new (2)",
        "assigned (0)",
        "in-progress (1)",
        "waiting (0)",
        "reopened (0)",
    ]
    place = rows[0].index("in-progress")
    assert rows[1][place:].startswith("TKT-")
    assert "…" in rows[2]
    assert all(width(row) <= 140 and row == row.rstrip() for row in rows)


@pytest.mark.parametrize("columns", [30, 80])
def test_a_narrow_terminal_has_them_one_below_the_other(busy: Desk, columns: int) -> None:
    _, screen = on_terminal("board", cwd=busy.root, columns=columns)
    rows = bare(screen).splitlines()[:-1]
    assert [each for each in rows if each.endswith(")")] == [
        "new (2)",
        "assigned (0)",
        "in-progress (1)",
        "waiting (0)",
        "reopened (0)",
    ]
    assert columns < 80 or all(width(row) <= columns for row in rows)


def test_colours_tell_the_columns_apart(busy: Desk) -> None:
    _, screen = on_terminal("board", cwd=busy.root, columns=140)
    assert "\x1b[1;36mnew (2)\x1b[0m" in screen
    assert "\x1b" not in on_terminal("board", "--color", "never", cwd=busy.root, columns=140)[1]


def test_a_query_about_the_status_leaves_out_empty_columns(busy: Desk) -> None:
    said = busy.tkt("board", "status:new,waiting")
    assert [each for each in said.lines if each.endswith(")")] == ["new (2)"]
    closed = busy.tkt("board", "is:open,closed")
    assert "closed (1)" in closed.lines


def test_other_columns(busy: Desk) -> None:
    said = busy.tkt("board", "--by", "assignee")
    assert [each for each in said.lines if each.endswith(")")] == ["ana (1)", "none (2)"]
    assert "ana  " not in said.out.replace("ana (1)", "")
    by_label = busy.tkt("board", "--by", "labels").lines
    assert [each for each in by_label if each.endswith(")")] == ["paper (1)", "printer (1)", "none (2)"]
    by_priority = busy.tkt("board", "--by", "priority").lines
    assert [each for each in by_priority if each.endswith(")")] == ["P1 (1)", "P2 (1)", "P4 (1)"]


def test_a_long_column_is_cut(busy: Desk) -> None:
    rows = busy.tkt("board", "-n", "1").lines
    assert rows[2] == "1 more"
    for number in range(13):
        busy.create(f"Number {number}")
    _, screen = on_terminal("board", cwd=busy.root, columns=140)
    assert "3 more" in screen
    assert "more" not in busy.tkt("board").out


def test_nothing_on_the_board(desk: Desk) -> None:
    assert (desk.tkt("board").out, desk.tkt("board").err) == ("", "No tickets\n")
    assert desk.tkt("board", "--json").data == []


def test_machines_get_the_tickets(busy: Desk) -> None:
    titles = [each["title"] for each in busy.tkt("board", "--json", "--fields", "title").data]
    assert titles[:2] == ["日本語のメニュー", "Buy toner"]
    assert titles[2].startswith("Login")


def test_what_is_no_column(busy: Desk) -> None:
    assert "field 'age' is not known" in busy.refused(2, "board", "--by", "age")
    assert "did you mean 'queue'?" in busy.refused(2, "board", "--by", "quue")

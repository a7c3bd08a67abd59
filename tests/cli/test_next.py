"""What to work on next."""

import pytest

from tests.cli.desk import Desk, on_terminal

COMMON = ("-a", "me")


def titles(desk: Desk, *args: str) -> list[str]:
    return [each["title"] for each in desk.tkt("next", "--json", *args).data]


def test_the_most_urgent_comes_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for hour, (title, *options) in enumerate(
        [
            ("Later", "-p", "P3", *COMMON),
            ("Due soon", "-p", "P2", "--due", "2026-11-24", *COMMON),
            ("Due first", "-p", "P2", "--due", "2026-11-23", *COMMON),
            ("Longest quiet", "-p", "P2", *COMMON),
            ("Quiet", "-p", "P2", *COMMON),
            ("Now", "-p", "P1", "--reason", "It burns.", *COMMON),
            ("Nobody's", "-p", "P1", "--reason", "It burns."),
        ],
        1,
    ):
        monkeypatch.setenv("TKT_NOW", f"2026-11-22T0{hour}:00:00Z")
        desk.create(title, *options)
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:00:00Z")
    every = ["Now", "Due first", "Due soon", "Longest quiet", "Quiet", "Later"]
    assert titles(desk) == every
    assert titles(desk, "-n", "2") == every[:2]
    assert titles(desk, "priority:P2", "no:due") == ["Longest quiet", "Quiet"]
    assert titles(desk, "sort:created")[0] == "Later"
    said = desk.tkt("next", "-n", "1")
    assert said.lines[0].split() == ["ID", "PRIO", "DUE", "WAITING", "STATUS", "TITLE"]
    assert said.lines[1].split()[1:3] == ["P1", "3"]
    assert said.err == "1 of 6 tickets\n"


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 of yours waits for somebody else: "), (2, "2 of yours wait for somebody else: ")],
)
def test_what_waits_is_left_out_and_counted(desk: Desk, count: int, said: str) -> None:
    for number in range(count):
        desk.create(f"Number {number}", *COMMON)
        desk.tkt("transition", "-", "waiting")
    shown = desk.tkt("next")
    assert shown.out == ""
    assert shown.err == f"Nothing is waiting for you.\n{said}tkt list assignee:me is:waiting\n"
    assert len(desk.tkt("list", "assignee:me", "is:waiting", "--json").data) == count


@pytest.mark.parametrize(("count", "said"), [(1, "1 is nobody's: "), (2, "2 are nobody's: ")])
def test_with_nothing_left_it_names_what_is_nobodys(desk: Desk, count: int, said: str) -> None:
    for number in range(count):
        desk.create(f"Number {number}")
    assert desk.tkt("next").err.splitlines()[1] == f"{said}tkt list assignee:, tkt assign ID me"
    assert len(desk.tkt("list", "assignee:", "--json").data) == count


def test_nothing_at_all(desk: Desk) -> None:
    assert (desk.tkt("next").out, desk.tkt("next").err) == ("", "Nothing is waiting for you.\n")
    assert desk.tkt("next", "--json").data == []
    desk.create("Mine", *COMMON)
    desk.tkt("transition", "-", "closed")
    assert desk.tkt("next", "--json").data == []
    assert "did you mean 'labels'?" in desk.refused(2, "next", "lable:x")


def test_somebody_has_to_be_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    assert "git config --global user.email" in desk.refused(2, "next")


def test_it_fits_its_terminal(desk: Desk) -> None:
    desk.create("A very long title that goes on " * 5, *COMMON)
    _, screen = on_terminal("next", "--color", "never", cwd=desk.root)
    assert all(len(row) <= 80 for row in screen.splitlines())

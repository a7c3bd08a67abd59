"""Finding words: titles first, whatever their accents and endings."""

import pytest

from tests.cli.desk import Desk, on_terminal
from tests.cli.test_terminal import bare

SAID = {
    "Password reset fails": "They get no mail.",
    "Café menu": "The printer prints it every morning, and resets itself.",
    "Printers": "All of them.",
    "日本語のメニュー": "Straße, naïve.",
    "Old printer": "Gone.",
}
INDEX = pytest.mark.parametrize("index", [[], ["--no-index"]], ids=["index", "files"])


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A desk where some things were said; the newest ticket is closed."""
    for title, body in SAID.items():
        desk.create(title, "-m", body, "-l", "vip" if "Café" in title else "other")
    desk.tkt("transition", "-", "closed")
    first = desk.tkt("list", "title:reset", "--json").data[0]["id"]
    desk.tkt("comment", first, "The printer is not the reason.")
    return desk


def found(desk: Desk, *words: str) -> list[str]:
    return [each["title"] for each in desk.tkt("search", "--json", *words, code=None).data]


@INDEX
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["cafe"], ["Café menu"]),
        (["CAFÉ"], ["Café menu"]),
        (["resetting"], ["Password reset fails", "Café menu"]),
        (["reset", "password"], ["Password reset fails"]),
        (["reset password"], []),
        (["password reset"], ["Password reset fails"]),
        (['"password reset" mail'], ["Password reset fails"]),
        (["naive"], ["日本語のメニュー"]),
        (["menu", "label:vip"], ["Café menu"]),
        (["printer", "-label:vip", "is:open"], ["Printers", "Password reset fails"]),
        (["gone", "is:closed"], ["Old printer"]),
        (["nothing-like-it"], []),
    ],
)
def test_what_a_search_finds(told: Desk, words: list[str], expected: list[str], index: list[str]) -> None:
    assert found(told, *words, *index) == expected


@INDEX
def test_titles_come_first_closed_ones_too(told: Desk, index: list[str]) -> None:
    every = found(told, "printer", *index)
    assert set(every[:2]) == {"Printers", "Old printer"}
    assert set(every[2:]) == {"Café menu", "Password reset fails"}


def test_where_it_was_found(told: Desk) -> None:
    rows = {each["title"]: each for each in told.tkt("search", "printer", "--json").data}
    assert rows["Printers"]["where"] == "title"
    assert rows["Café menu"]["where"] == "description"
    assert rows["Password reset fails"]["where"] == "ana@example.com"
    shown = told.tkt("search", "printer").out
    assert "  ana: The printer is not the reason.\n" in shown
    assert "  description: The printer prints it every morning" in shown


def test_nothing_found_is_exit_code_1(told: Desk) -> None:
    said = told.tkt("search", "nothing-like-it", code=1)
    assert (said.out, said.err) == ("", "Nothing found.\n")
    assert told.tkt("search", "nothing-like-it", "--json", code=1).data == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["label:vip"], "nothing to search for"),
        (["--", "-printer"], "a search cannot leave a word out"),
        (["printer OR vpn"], "a search finds what has all of its words"),
        (["(printer OR status:new) is:open"], "a search finds what has all of its words"),
        (["printer", "lable:x"], "did you mean 'labels'?"),
        (['"printer'], "a quote that is not closed"),
    ],
)
def test_what_is_no_search(told: Desk, words: list[str], said: str) -> None:
    assert said in told.refused(2, "search", *words)


def test_a_search_fits_its_terminal(told: Desk) -> None:
    code, screen = on_terminal("search", "printer", cwd=told.root, columns=50)
    assert code == 0
    assert all(len(row) <= 50 for row in bare(screen).splitlines())

"""On a terminal: questions, colours, widths, the pager, and nothing that steers it."""

import re
from pathlib import Path

import pytest

from tests.cli.desk import Desk, on_terminal, script, terminal
from tests.cli.test_bad_input import smuggle
from tkt.render.text import width

PAINT = re.compile(r"\x1b\[[0-9;]*m")


def bare(screen: str) -> str:
    """What is left without colours."""
    return PAINT.sub("", screen)


def test_what_is_missing_is_asked_for(desk: Desk) -> None:
    with terminal("create", "-t", "incident", cwd=desk.root) as screen:
        screen.answer("Title:", "Printer on fire\n")
        screen.answer("Impact (high, medium, low):", "huge\n")
        screen.answer("did you mean 'high'? Allowed: high, medium, low.", "")
        screen.answer("Impact (high, medium, low):", "HIGH\n")
        screen.answer("Urgency (high, medium, low):", "\n")
        code, shown = screen.finish()
    assert code == 0, shown
    ticket = desk.tkt("list", "--json").data[0]
    assert (ticket["title"], ticket["impact"], ticket["urgency"]) == ("Printer on fire", "high", None)


def test_what_was_given_is_not_asked_for(desk: Desk) -> None:
    code, shown = on_terminal(
        "create", "Crash", "-t", "incident", "--impact", "low", "--urgency", "low", cwd=desk.root
    )
    assert (code, "Impact" in shown) == (0, False)


def test_a_required_field_is_asked_for_until_it_is_answered(desk: Desk) -> None:
    desk.settings(
        "project", "fields: {}", "fields: {version: {type: choice, choices: ['1', '2'], required_for: [bug]}}"
    )
    with terminal("create", "Crash", "-t", "bug", cwd=desk.root) as screen:
        screen.answer("Version (1, 2):", "\n")
        screen.answer("Version (1, 2):", "2\n")
        code, shown = screen.finish()
    assert code == 0, shown
    assert desk.tkt("list", "--json").data[0]["version"] == "2"


@pytest.mark.parametrize("key", ["\x04", "\x03"])
def test_whoever_leaves_a_question_creates_nothing(desk: Desk, key: str) -> None:
    before = desk.state()
    with terminal("create", cwd=desk.root) as screen:
        screen.wait_for("Title:")
        screen.press_until(key, "interrupted")
        code, _ = screen.finish()
    assert code == 130
    assert desk.state() == before


def test_what_became_of_it_is_said_quietly(desk: Desk) -> None:
    code, shown = on_terminal("create", "Crash", cwd=desk.root)
    assert code == 0
    assert re.fullmatch(
        r"TKT-\w{7}  Crash\n\x1b\[2mcommitted as \w{8}; tkt undo takes it back\x1b\[0m\n", shown
    )
    _, shown = on_terminal("create", "Other", "--no-commit", cwd=desk.root, env={"NO_COLOR": "1"})
    assert shown.endswith("  Other\nstaged for your next commit; tkt undo takes it back\n")


def test_similar_tickets_come_with_what_to_do(desk: Desk) -> None:
    desk.create("Login page fails after a reset")
    _, shown = on_terminal("create", "Login page fails after reset", cwd=desk.root)
    assert "Similar:" in shown
    assert "tkt merge" in shown


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("command", ["show", "log", "list", "search", "status"])
def test_everything_fits_its_terminal(desk: Desk, command: str, columns: int) -> None:
    text = "Words and more words. " * 30
    other = desk.create("日本語" * 30)
    ticket = desk.create("A long title " * 15, "--link", "duplicates", other, "-m", text)
    desk.tkt("comment", ticket, f"{text}\n\n```\ncode\n```\n\n* a list\n* {text}")
    typed = {"show": [ticket], "log": [ticket], "search": ["words"]}.get(command, [])
    code, shown = on_terminal(command, *typed, cwd=desk.root, columns=columns)
    assert code == 0
    lines = bare(shown).splitlines()
    # A title that stands alone is never cut: the terminal breaks it.
    whole = ("A long title", "Created", "Next:") if command == "show" else ()
    assert not [line for line in lines if width(line) > columns and not line.startswith(whole)]
    assert command == "show" or not [line for line in lines if line != line.rstrip()]


def test_markdown_is_rendered(desk: Desk) -> None:
    ticket = desk.create("Rendered", "-m", "Some **bold** words, `code`, and\n\n* a list\n")
    _, shown = on_terminal("show", ticket, cwd=desk.root)
    assert "\x1b[1mbold\x1b[0m" in shown
    assert "**bold**" not in shown
    assert " • a list" in bare(shown)
    _, plain = on_terminal("show", ticket, "--color", "never", cwd=desk.root)
    assert "Some **bold** words" in plain
    assert "\x1b" not in plain


def test_a_long_answer_goes_through_the_pager(desk: Desk, tmp_path: Path) -> None:
    for number in range(12):
        desk.create(f"Number {number}")
    pager = script(tmp_path / "pager", "echo PAGED; cat")
    _, shown = on_terminal("list", cwd=desk.root, lines=10, env={"PAGER": pager})
    assert "PAGED" in shown
    assert "Number 11" in shown
    for options, lines in ([["--limit", "3"], 10], [[], 50]):
        _, shown = on_terminal("list", *options, cwd=desk.root, lines=lines, env={"PAGER": pager})  # type: ignore[misc, arg-type]
        assert "PAGED" not in shown


def test_whoever_leaves_the_pager_sees_no_error(desk: Desk, tmp_path: Path) -> None:
    ticket = desk.create("Long", "-m", "Words.\n\n" * 20_000)
    pager = script(tmp_path / "pager", "head -c 100 >/dev/null")
    code, shown = on_terminal("show", ticket, cwd=desk.root, lines=10, env={"PAGER": pager})
    assert code == 0
    assert "Traceback" not in shown
    assert "bug" not in shown


@pytest.mark.parametrize(
    "command", [["show"], ["list"], ["log"], ["status"], ["search", "owned"], ["doctor"]], ids=" ".join
)
def test_nothing_steers_the_terminal(desk: Desk, command: list[str]) -> None:
    ticket = desk.create("Login fails", "-m", "Since this morning.")
    smuggle(desk, ticket)
    typed = [ticket] if command[0] in {"show", "log"} else []
    _, shown = on_terminal(*command, *typed, cwd=desk.root)
    left = bare(shown).replace("\n", "")
    assert left.isprintable()


def test_wide_characters_line_up(desk: Desk) -> None:
    for title in ("ASCII only", "日本語のタイトル", "e\u0301\u0323 combined", "👩 emoji"):
        desk.create(title)
    lines = desk.tkt("list", "--columns", "title,status").lines
    assert len({width(line.rpartition("new")[0]) for line in lines[1:]}) == 1


def test_asking_never_happens_in_a_pipe(desk: Desk) -> None:
    assert "a ticket needs a title" in desk.refused(2, "create", "-t", "incident")
    shown = desk.tkt("create", "Crash", "-t", "incident", stdin="high\nhigh\n")
    assert "Impact" not in shown.out + shown.err


def test_trying_first_is_coloured(desk: Desk) -> None:
    ticket = desk.create()
    _, shown = on_terminal("set", ticket, "queue=support", "--dry-run", cwd=desk.root)
    assert "\x1b[32m+queue: support\x1b[0m" in shown
    assert "\x1b[31m-queue:\x1b[0m" in shown

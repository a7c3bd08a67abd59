"""Nothing hidden reaches a terminal, and everything lines up."""

import csv
import io
import json
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkt.render import machine
from tkt.render.text import Cell, Style, age, clean, clean_line, first_line, fit, plural, table, width

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ANY = st.text() | st.text(st.sampled_from("a\x1b\x9b\u202e\u2066\x07\r\n\t\x7f日e\u0301😀"))


@given(ANY)
def test_what_is_cleaned_steers_no_terminal(text: str) -> None:
    kinds = {unicodedata.category(each) for each in clean(text) if each not in "\n\t\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp", "Co"}
    assert "\n" not in clean_line(text)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("\x1b[2J", "\\x1b[2J"), ("\x9b", "\\x9b"), ("a\u202eb", "a\\u202eb"), ("\r", "\\r"), ("日本", "日本")],
)
def test_what_was_hidden_is_shown(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@pytest.mark.parametrize(
    ("text", "first"),
    [("One.", "One."), ("\n One. \n", "One."), ("One.\nTwo.", "One. …"), ("One.\r\n\r\nTwo.", "One. …")],
)
def test_a_text_cut_to_its_first_line_says_so(text: str, first: str) -> None:
    assert first_line(text) == first


@given(ANY.map(clean_line), st.integers(min_value=1, max_value=40))
def test_what_is_cut_fits(text: str, columns: int) -> None:
    assert width(fit(text, columns)) <= columns


@given(st.lists(st.tuples(ANY.map(clean_line), ANY.map(clean_line)), min_size=1, max_size=5))
def test_columns_line_up(rows: list[tuple[str, str]]) -> None:
    lines = table(["A", "B"], [[Cell(one), Cell(f"|{two}")] for one, two in rows], Style()).split("\n")
    longest = max(1, *(width(one) for one, _ in rows))
    for line, (one, _) in zip(lines[1:], rows, strict=True):
        assert line.startswith(one)
        assert width(line[: line.index("|", len(one))]) == longest + 2


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=13), "13 d"),
        (timedelta(days=14), "2 w"),
        (timedelta(days=400), "1 y"),
        (timedelta(hours=-2), "in 2 h"),
    ],
)
def test_ages(ago: timedelta, words: str) -> None:
    assert age(NOW - ago, NOW) == words


def test_counts() -> None:
    assert [plural(n, "ticket") for n in (0, 1, 1_234)] == ["0 tickets", "1 ticket", "1,234 tickets"]


@given(st.dictionaries(st.text("abc", min_size=1), ANY | st.none() | st.lists(ANY), max_size=3))
def test_json_is_read_back_and_is_ascii(row: dict[str, object]) -> None:
    assert json.loads(machine.to_json([row])) == [row]
    assert machine.to_json([row]).isascii()
    assert json.loads(machine.to_jsonl([row])) == row


@pytest.mark.parametrize("start", "=+-@\t")
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(start: str) -> None:
    cell = next(csv.DictReader(io.StringIO(machine.to_csv([{"title": f"{start}cmd|' /C calc'!A0"}]))))[
        "title"
    ]
    assert cell == f"'{start}cmd|' /C calc'!A0"


@given(ANY)
def test_a_cell_cannot_break_a_markdown_table(text: str) -> None:
    lines = machine.to_markdown([{"a": text, "b": "x"}]).split("\n")
    assert len(lines) == 3
    bars = lines[2].replace("\\\\", "").replace("\\|", "").count("|")
    assert bars == 3

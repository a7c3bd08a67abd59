"""A written value means the same to every reader of YAML."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.store.readers import READERS, TEXTS, Reader
from tkt.store.codec import field_lines, parse
from tkt.store.scalars import quote, unquote, write_scalar

TREACHEROUS = (
    *("no", "Yes", "on", "OFF", "y", "N", "true", "False", "null", "Null", "~"),
    *("012", "0o7", "0x1F", "1e5", "1.10", "12:30", "190:20:30", "1_000", "+1", "-", ".inf", ".nan"),
    *("2026-11-22", "2026-02-30", "0000-99-99", "2026-11-22T09:30:00Z", "2026-11-22T25:00:00Z"),
    *("- x", "a: b", "a :b", "a:b", "a:", ": a", "x #y", "x#y", "#", "? a", "a?", "a?b"),
    *("'", '"', "''", '""', "it's", "'a'", '"a"', "a'b\"c", "\\", "a\\nb", "\\u0041"),
    *("---", "...", "--- a", "<<", "=", "key: |", "|", ">", "@x", "`x`", "%x", "!x", "&a", "*a"),
    *("[", "]", "{", "}", "[a]", "{a: b}", "a, b", ",", "a]", "a}"),
    *(" a", "a ", "a  b", "\t", "a\tb", "a\t#b", "a\n", "\na", "a\r\nb", "a\n\n  b"),
    *("\x00", "\x07", "\x1b[2J", "\x7f", "a\x85b", "a\u2028b", "a\u2029b", "\ufeffa", "a\ufeff"),
    *("\u202eabc", "\u00a0a", "a\u3000b", "\ufffe", "\uffff", "\U0001fffe", "\U000e0001"),
    *("😀", "é", "👩\u200d💻", "日本語", "Ω: ω", "ß"),
    *("plain words", "TKT-2j7k3q9", "ana@example.com", "https://example.org:80/a?b=c#d", "P1"),
)


@pytest.mark.parametrize("read", READERS)
@given(text=TEXTS)
def test_a_value_is_read_back_by_every_reader(read: Reader, text: str) -> None:
    assert read(f"a: {write_scalar(text)}\nb: c\n")["a"] in ({text} if text else {"", None})


@pytest.mark.parametrize("read", READERS)
@given(text=TEXTS)
def test_a_value_in_brackets_is_read_back_by_every_reader(read: Reader, text: str) -> None:
    assert read(f"a: [{write_scalar(text, flow=True)}, b]\n")["a"] == [text, "b"]
    assert read(f"a: {{b: {write_scalar(text, flow=True)}}}\n")["a"] == {"b": text}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("text", TREACHEROUS)
def test_a_treacherous_value_is_read_back_by_every_reader(read: Reader, text: str) -> None:
    assert read(f"a: {write_scalar(text)}\nb: c\n") == {"a": text, "b": "c"}
    assert read(f"a: [{write_scalar(text, flow=True)}, b]\n") == {"a": [text, "b"]}


@given(TEXTS)
@example("a\x85status: closed")
@example("a\u2028status: closed")
@example("a\nstatus: closed")
@example("a\r\nstatus: closed")
def test_a_value_stays_on_its_line_and_adds_no_key(text: str) -> None:
    (line,) = field_lines("title", text)
    assert line.count("\n") == 1
    assert len(line.splitlines()) == 1
    assert parse(f"---\n{line}---\n".encode(), "a.md").values() == {"title": text}


@given(st.lists(TEXTS.filter(bool), max_size=4))
def test_a_list_of_any_texts_is_read_back(texts: list[str]) -> None:
    lines = field_lines("labels", tuple(texts))
    document = parse(f"---\n{''.join(lines)}---\n".encode(), "a.md")
    assert document.values() == {"labels": tuple(texts) or ""}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Login page fails", "Login page fails"),
        ("no", '"no"'),
        ("1.10", '"1.10"'),
        ("2026-11-22", "2026-11-22"),
        ("2026-02-30", '"2026-02-30"'),
        ("a: b", '"a: b"'),
        ('say "hi"', 'say "hi"'),
        ('"hi"', '"\\"hi\\""'),
        ("a\nb", '"a\\nb"'),
        ("\x1b[2J", '"\\u001b[2J"'),
        ("\U000e0001", '"\\U000e0001"'),
        ("Fußgänger 日本 😀", "Fußgänger 日本 😀"),
        ("a\u00a0b", '"a\\u00a0b"'),
        ("", ""),
    ],
)
def test_a_value_is_plain_where_all_agree_and_else_in_quotes(text: str, written: str) -> None:
    assert write_scalar(text) == written


@pytest.mark.parametrize(("text", "written"), [("", '""'), ("a, b", '"a, b"'), ("why?", '"why?"')])
def test_in_brackets_more_is_in_quotes(text: str, written: str) -> None:
    assert write_scalar(text, flow=True) == written


@given(TEXTS)
def test_quotes_come_off_again(text: str) -> None:
    assert unquote(quote(text)) == text


@pytest.mark.parametrize("text", ['"\\q"', '"\\ud800"', '"\\ud83d\\ude00"', '"\\U00110000"', '"\\x41"'])
def test_quotes_that_take_a_yaml_parser_are_left_to_it(text: str) -> None:
    assert unquote(text) is None

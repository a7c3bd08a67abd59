"""A file is taken apart and put together again, byte for byte."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.documents import anything, by_hand, canonical
from tests.store.readers import strings_only
from tkt.errors import InvalidStoreError
from tkt.store.codec import Document, dump, parse
from tkt.store.nodes import Node, Scalar, Sequence
from tkt.store.scan import Item

FILES = st.one_of(canonical(), by_hand(), anything())


def parsed(text: str) -> Document | None:
    try:
        return parse(text.encode(), "a.md")
    except InvalidStoreError:
        return None


@given(FILES)
def test_a_file_is_written_as_it_was_read(text: str) -> None:
    document = parsed(text)
    assert document is None or dump(document) == text.encode()


@given(st.one_of(canonical(), by_hand()))
def test_files_in_good_form_are_understood(text: str) -> None:
    assert dump(parse(text.encode(), "a.md")) == text.encode()


@given(FILES)
def test_what_is_read_is_what_every_yaml_reader_reads(text: str) -> None:
    document = parsed(text)
    if document is None:
        return
    said = strings_only("".join(document.lines).replace("\r\n", "\n")) or {}
    assert list(said) == [item.key for item in document.items]
    for item in document.items:
        assert_same(item, said[item.key])


def assert_same(item: Item, said: object) -> None:
    if isinstance(said, str):
        assert item.value in ({"", said} if said in {"~", "null"} else {said})
    elif isinstance(said, list) and all(isinstance(each, str) for each in said):
        assert item.value == tuple("" if each in {"~", "null"} else each for each in said)
    else:
        assert item.value is None


@given(FILES)
def test_the_quick_way_and_the_yaml_parser_agree(text: str) -> None:
    # A tab in a comment means nothing, but it makes the quick way give up.
    quick = parsed(text)
    slow = parsed(re.sub(r"\A(\ufeff?---[ \t]*\r?\n)", "\\1#\t\n", text))
    assert (quick is None) == (slow is None)
    if quick and slow:
        assert [read(item, 0) for item in quick.items] == [read(item, 1) for item in slow.items]


def read(item: Item, lower: int) -> tuple[object, ...]:
    """What an item says and where, that many lines higher up."""
    rows = tuple(row - lower for row in item.rows)
    deeper = shape(item.node, lower) if item.value is None and item.node else None
    return item.key, item.value or (), item.first - lower, item.last - lower, rows, deeper


def shape(node: Node, lower: int) -> tuple[object, ...]:
    line = node.line - lower
    if isinstance(node, Scalar):
        return line, node.value, node.plain
    if isinstance(node, Sequence):
        return line, *(shape(each, lower) for each in node.items)
    return line, *((shape(key, lower), shape(value, lower)) for key, value in node.pairs)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\nid: x\n---\n", ""),
        ("---\nid: x\n---", ""),
        ("---\nid: x\n---\nbody", "body"),
        ("---\nid: x\n---\n\nbody\n", "\nbody\n"),
        ("---\nid: x\n---\n---\n", "---\n"),
        ("---\nid: x\n---\n\na\n---\nb: c\n---\n", "\na\n---\nb: c\n---\n"),
        ("---\nid: x\n---\n<<<<<<< HEAD\n", "<<<<<<< HEAD\n"),
        ("\ufeff---\r\nid: x\r\n---\r\n\r\nbody\r\n", "\r\nbody\r\n"),
        ("---  \nid: x\n---\t\n", ""),
        ("---\nid: x\ntext: |\n  ---\n---\nbody", "body"),
        ("---\nid: x\n----: y\n", None),
    ],
)
def test_the_body_begins_after_the_first_line_that_is_a_fence(text: str, body: str | None) -> None:
    document = parsed(text)
    assert (document.body if document else None) == body


def test_an_empty_front_matter_says_nothing() -> None:
    assert parse(b"---\n---\n", "a.md").values() == {}
    assert parse(b"---\n# only a comment\n\n---\n", "a.md").values() == {}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("\nHello\n", "Hello\n"),
        ("Hello\n", "Hello\n"),
        ("\n\nHello\n", "\nHello\n"),
        ("\r\nHello\r\nyou\r\n", "Hello\nyou\n"),
        ("", ""),
    ],
)
def test_the_text_of_a_body_is_without_the_blank_line_above_it(body: str, text: str) -> None:
    assert parse(f"---\nid: x\n---\n{body}".encode(), "a.md").text == text


@pytest.mark.parametrize("value", ["no", "012", "1e5", "1.10", "12:30", "22:22", "yes", "0x1F", "2026-11-22"])
def test_a_value_is_not_guessed_at(value: str) -> None:
    assert parse(f"---\nassignee: {value}\n---\n".encode(), "a.md").values() == {"assignee": value}


@pytest.mark.parametrize("value", ["", "~", "null", "NULL", '""', "''", "# nothing"])
def test_an_unset_value_is_empty_however_it_is_written(value: str) -> None:
    assert parse(f"---\ndue: {value}\n---\n".encode(), "a.md").values() == {"due": ""}


def test_a_quoted_null_is_a_word() -> None:
    assert parse(b"---\ntitle: 'null'\n---\n", "a.md").values() == {"title": "null"}


@pytest.mark.parametrize("extra", ["", "# comment\n", "x: [{a: b}]\n"])
def test_a_key_knows_its_line(extra: str) -> None:
    document = parse(f"---\n{extra}title: x\n\ndue:\n---\n".encode(), "a.md")
    first = 2 + bool(extra)
    assert [document.line(key) for key in ("title", "due", "absent")] == [first, first + 2, 1]

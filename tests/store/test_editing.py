"""A save changes the lines it must, and no other byte."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.documents import KEYS, LABELS, ORDER, VALUES, by_hand, canonical
from tests.store.readers import TEXTS, strings_only
from tkt.domain.fields import Value
from tkt.errors import InvalidStoreError
from tkt.store.codec import Document, comments, parse
from tkt.store.editing import edit

TICKET = """\
---
id: TKT-2j7k3q9
created: 2026-11-22T09:00:00Z

title: Login page fails

status: new

labels:
- login
- mobile

due:

x-own: 1.10
---

Since this morning ...
"""


def edited(text: str, changed: dict[str, Value], body: str | None = None) -> str:
    order = ("id", "created", "title", "status", "priority", "labels", "due", "links")
    return edit(parse(text.encode(), "a.md"), changed, order, body).decode()


def difference(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"status": "assigned"}, ["-status: new", "+status: assigned"]),
        ({"title": "a: b"}, ["-title: Login page fails", '+title: "a: b"']),
        ({"due": "2026-12-01"}, ["-due:", "+due: 2026-12-01"]),
        ({"x-own": ""}, ["-x-own: 1.10", "+x-own:"]),
        ({"labels": ("login", "mobile", "vip")}, ["+- vip"]),
        ({"labels": ("a", "login", "mobile")}, ["+- a"]),
        ({"labels": ("login", "m", "mobile")}, ["+- m"]),
        ({"labels": ("mobile",)}, ["-- login"]),
        ({"labels": ("login",)}, ["-- mobile"]),
        ({"labels": ()}, ["-- login", "-- mobile"]),
        ({"priority": "P1"}, ["+", "+priority: P1"]),
        ({"links": ("blocks TKT-2j0a9zr",)}, ["+links:", "+- blocks TKT-2j0a9zr", "+"]),
        ({}, []),
    ],
)
def test_a_change_is_a_small_diff(changed: dict[str, Value], expected: list[str]) -> None:
    assert difference(TICKET, edited(TICKET, changed)) == expected


@given(canonical(), st.sampled_from(KEYS), TEXTS)
def test_one_value_is_one_line(text: str, key: str, value: str) -> None:
    document = parse(text.encode(), "a.md")
    item = document.get(key)
    if item is None or item.rows:
        return
    after = edit(document, {key: value}, ORDER).decode()
    changed = [line for line, other in zip(text.split("\n"), after.split("\n"), strict=True) if line != other]
    assert len(changed) == (item.value != value)


@given(LABELS.filter(bool), st.data())
def test_one_list_item_is_one_line(labels: list[str], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(labels))
    lines = [f"- {label}\n".replace("m: n", '"m: n"') for label in sorted(set(labels) - {one})]
    text = f"---\ntitle: x\n\nlabels:\n{''.join(lines)}\ndue:\n---\n"
    more = edited(text, {"labels": tuple(sorted(labels))})
    assert len(difference(text, more)) == 1
    assert edited(more, {"labels": tuple(sorted(set(labels) - {one}))}) == text


@given(st.one_of(canonical(), by_hand()), st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3))
def test_only_the_named_fields_differ(text: str, changed: dict[str, Value]) -> None:
    before = parse(text.encode(), "a.md")
    after = parse(edit(before, changed, ORDER), "a.md")
    assert said(after) == {**said(before), **{key: sorted(value) or "" for key, value in changed.items()}}
    assert after.body == before.body


def said(document: Document) -> dict[str, object]:
    """What PyYAML reads, with the items of lists (and the letters of texts) in order."""
    read = strings_only("".join(document.lines).replace("\r\n", "\n"))
    return {
        key: value if isinstance(value, dict) else sorted(value, key=str) or "" for key, value in read.items()
    }


@given(st.one_of(canonical(), by_hand()), st.sampled_from(KEYS), VALUES)
def test_every_other_byte_is_as_it_was(text: str, key: str, value: Value) -> None:
    before = parse(text.encode(), "a.md")
    item = before.get(key)
    remarks = [row for row, _ in comments(before.lines) if item and item.first <= row < item.last]
    if remarks and not (value and isinstance(value, tuple)):
        value = ("a",)  # else they would stay outside the field
    after = parse(edit(before, {key: value}, ORDER), "a.md")
    assert (after.opening, after.closing, after.body) == (before.opening, before.closing, before.body)
    assert rest(after, key, new=key not in before.values()) == rest(before, key)


def rest(document: Document, key: str, *, new: bool = False) -> list[str]:
    """The lines of the other fields; a new field comes with a blank line."""
    lines = list(document.lines)
    item = document.get(key)
    if item:
        blank = slice(item.first - 1, item.last) if item.first else slice(0, item.last + 1)
        del lines[blank if new else slice(item.first, item.last)]
    return lines


def head(*lines: str) -> str:
    return "\n".join(("---", *lines, "---", ""))


@pytest.mark.parametrize(
    ("before", "changed", "after"),
    [
        (["due: 2026-12-01  # the fair"], {"due": "2026-12-02"}, ["due: 2026-12-02  # the fair"]),
        (["due: 2026-12-01  # the fair"], {"due": ""}, ["due:  # the fair"]),
        (["due:  # not yet"], {"due": "2026-12-02"}, ["due: 2026-12-02  # not yet"]),
        (["title: 'a # b' # c"], {"title": "# d"}, ['title: "# d" # c']),
        (["labels: [a, b] # ours"], {"labels": ("a", "c")}, ["labels: # ours", "- a", "- c"]),
        (["labels: [] # ours"], {"labels": ("a",)}, ["labels: # ours", "- a"]),
        (["labels: # ours"], {"labels": ("a",)}, ["labels: # ours", "- a"]),
        (
            ["labels: # ours", "- a # first", "# between", "- c"],
            {"labels": ("a", "b", "c")},
            ["labels: # ours", "- a # first", "# between", "- b", "- c"],
        ),
        (
            ["labels:", "  - a", "  # why b", "  - b"],
            {"labels": ("b", "c")},
            ["labels:", "  # why b", "  - b", "  - c"],
        ),
        (
            ["labels: [a, # one", "  'x # y', # two", "  b]", "due:"],
            {"labels": ("a", "b")},
            ["labels:", "# one", "# two", "- a", "- b", "due:"],
        ),
        (["labels: [Don't, # it's", "  b]"], {"labels": ("b",)}, ["labels:", "# it's", "- b"]),
        (["labels:", '- "a', '  b" # ab', "- c"], {"labels": ("c",)}, ["labels:", "# ab", "- c"]),
        (["labels:", "- | # one", "  a", "  # b", "- c"], {"labels": ("c",)}, ["labels:", "# one", "- c"]),
        (["labels:", "  - a", "  - b # why"], {"labels": ("a",)}, ["labels:", "  - a", "  # why"]),
        (['title: "one', '  two" # why'], {"title": "one"}, ["title: one", "# why"]),
        (["title: | # long", "  one", "  two"], {"title": "one"}, ["title: one # long"]),
        (["title: |", "  one", "", "# next", "due:"], {"title": "one"}, ["title: one", "", "# next", "due:"]),
        (
            ["labels:", "- a", "  # the end", "due: # soon"],
            {"labels": (), "due": "2026-12-01"},
            ["labels:", "  # the end", "due: 2026-12-01 # soon"],
        ),
    ],
)
def test_comments_stay(before: list[str], changed: dict[str, Value], after: list[str]) -> None:
    assert edited(head(*before), changed) == head(*after)


def test_a_list_that_somebody_wrote_in_another_order_keeps_it() -> None:
    text = head("labels:", "- zebra", "- apple", "- zebra", "x: 1")
    assert edited(text, {"labels": ("apple", "mango", "zebra")}) == head(
        "labels:", "- mango", "- zebra", "- apple", "- zebra", "x: 1"
    )
    assert edited(text, {"labels": ("apple",)}) == head("labels:", "- apple", "x: 1")


def test_an_absent_key_stands_where_the_order_says() -> None:
    text = head("x-own: 1", "", "due:", "", "title: x")
    assert edited(text, {"status": "new"}) == head("x-own: 1", "", "due:", "", "title: x", "", "status: new")
    text = head("id: x", "title: y", "due:", "x-own: 1")
    assert edited(text, {"status": "new"}) == head("id: x", "title: y", "", "status: new", "due:", "x-own: 1")
    assert edited(text, {"unheard-of": "new"}) == head(
        "id: x", "title: y", "due:", "", "unheard-of: new", "x-own: 1"
    )
    assert edited(head("x-own: 1"), {"id": "x"}) == head("id: x", "", "x-own: 1")
    assert edited(head(), {"id": "x"}) == head("id: x", "")


def test_several_fields_change_at_once() -> None:
    after = edited(TICKET, {"status": "closed", "labels": (), "priority": "P1", "title": "Fixed"})
    assert parse(after.encode(), "a.md").values() == {
        "id": "TKT-2j7k3q9",
        "created": "2026-11-22T09:00:00Z",
        "title": "Fixed",
        "status": "closed",
        "priority": "P1",
        "labels": "",
        "due": "",
        "x-own": "1.10",
    }


def test_the_line_ends_of_the_file_are_used() -> None:
    text = TICKET.replace("\n", "\r\n")
    after = edited(text, {"status": "closed", "labels": ("a",), "priority": "P1"})
    assert after.replace("\r\n", "").count("\n") == 0
    assert after == edited(TICKET, {"status": "closed", "labels": ("a",), "priority": "P1"}).replace(
        "\n", "\r\n"
    )


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        ("---\nid: x\n---\n\nold\n", "\nnew\n", "---\nid: x\n---\n\nnew\n"),
        ("---\nid: x\n---\n\nold\n", "", "---\nid: x\n---\n"),
        ("---\nid: x\n---", "\nnew\n", "---\nid: x\n---\n\nnew\n"),
        ("---\r\nid: x\r\n---", "\r\nnew\r\n", "---\r\nid: x\r\n---\r\n\r\nnew\r\n"),
        ("\ufeff---\nid: x\n---\n", "---\nid: y\n---\n", "\ufeff---\nid: x\n---\n---\nid: y\n---\n"),
    ],
)
def test_the_body_is_replaced(before: str, body: str, after: str) -> None:
    assert edited(before, {}, body) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["{id: x, status: new, n: 012}"], ["{id: x, status: closed, n: 012}"]),
        (["{id: x,", "status: new, n: 1.10}"], ["{id: x, status: closed, n: 1.10}"]),
        (["  id: x", "  # why", "  status: new"], ["id: x", "  # why", "status: closed"]),
    ],
)
def test_front_matter_in_brackets_is_edited_all_the_same(before: list[str], after: list[str]) -> None:
    assert edited(head(*before), {"status": "closed"}) == head(*after)


@pytest.mark.parametrize("line", ["{id: x, n: 1e5, s: '1', v: \"é\", w: 12:30}", "  id: x"])
def test_keys_are_added_to_front_matter_in_brackets(line: str) -> None:
    text = head(line)
    after = edited(text, {"labels": ("a", "b: c"), "status": "no"})
    assert values(after) == {**values(text), "labels": ("a", "b: c"), "status": "no"}


def values(text: str) -> dict[str, Value | None]:
    return parse(text.encode(), "a.md").values()


@pytest.mark.parametrize(
    "lines",
    [
        ["{id: x, status: new, n: +07}"],  # ruamel would write 07
        ["{id: x, status: new, # why", "n: 1}"],  # ruamel would leave the comment out
    ],
)
def test_front_matter_that_cannot_be_edited_safely_is_left_alone(lines: list[str]) -> None:
    with pytest.raises(InvalidStoreError, match=r"a\.md:1: this front matter cannot be edited safely"):
        edited(head(*lines), {"labels": ("a",)})

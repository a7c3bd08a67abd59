"""What is dangerous or broken is refused at its line, at once, and in words a person can act on."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.documents import anything
from tkt.errors import InvalidStoreError
from tkt.store.codec import dump, parse

PATH = "tickets/2026-11/TKT-2j7k3q9.md"


def refusal(data: bytes) -> str:
    """The one problem of a file, found in less than a second."""
    started = time.perf_counter()
    with pytest.raises(InvalidStoreError) as caught:
        parse(data, PATH)
    assert time.perf_counter() - started < 1
    (problem,) = caught.value.problems
    assert problem.path == PATH
    return str(problem).removeprefix(f"{PATH}:").removeprefix(" ")


def refused_head(head: str) -> str:
    return refusal(f"---\n{head}\n---\n".encode())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "1: no front matter; the first line must be ---"),
        (b"id: x\n", "1: no front matter; the first line must be ---"),
        (b"\n---\nid: x\n---\n", "1: no front matter; the first line must be ---"),
        (b"----\nid: x\n----\n", "1: no front matter; the first line must be ---"),
        (b" ---\nid: x\n---\n", "1: no front matter; the first line must be ---"),
        (b"\xef\xbb\xbf\xef\xbb\xbf---\n---\n", "1: no front matter; the first line must be ---"),
        (b"---", "1: the front matter is not closed; it ends with a line ---"),
        (b"---\nid: x\n", "1: the front matter is not closed; it ends with a line ---"),
        (b"---\nid: x\n----\n", "1: the front matter is not closed; it ends with a line ---"),
        (b"---\nid: x\n ---\n", "1: the front matter is not closed; it ends with a line ---"),
        (
            b"---\nid: x\n\nHeading\n=======\n",
            "1: the front matter is not closed; it ends with a line ---",
        ),
    ],
)
def test_front_matter_has_two_fences(data: bytes, said: str) -> None:
    assert refusal(data) == said


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_crlf_are_accepted(start: str, end: str) -> None:
    data = (start + end.join(["---", "id: x", "labels:", "- a", "---", "", "body"])).encode()
    document = parse(data, PATH)
    assert document.values() == {"id": "x", "labels": ("a",)}
    assert document.text == "body"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("id: x\ntitle: a\ndue:\ntitle: b", "5: key 'title' stands here and on line 3; keep one"),
        ("x:\n  a: 1\n\n  a: 2", "5: key 'a' stands here and on line 3; keep one"),
        ("x:\n  f: [a, b]\n  f: [b, c]", "4: key 'f' stands here and on line 3; keep one"),
        ("x: {a: 1, a: 2}", "2: key 'a' stands here and on line 2; keep one"),
        ("x:\n  f: {add: [a], add: [b]}", "3: key 'add' stands here and on line 3; keep one"),
        ("title: a\n'title': b", "3: key 'title' stands here and on line 2; keep one"),
    ],
)
def test_a_key_that_stands_twice_is_named_with_both_lines(head: str, said: str) -> None:
    assert refused_head(head) == said


LAUGHS = "\n".join(
    ["a0: &a0 [lol]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
)
MERGES = "\n".join(f"k{n}: &k{n}\n  <<: *k{n - 1}\n  x{n}: 1" for n in range(1, 1000))
OR_QUOTES = "write the value out, or put it in quotes"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("id: x\ntitle: &a b", f"3: anchors (&a) are not allowed; {OR_QUOTES}"),
        ("id: x\n\ntitle: *a", f"4: aliases (*a) are not allowed; {OR_QUOTES}"),
        ("labels:\n- a\n- &b c", f"4: anchors (&b) are not allowed; {OR_QUOTES}"),
        ("x:\n  f: [*a, b]", f"3: aliases (*a) are not allowed; {OR_QUOTES}"),
        ("x:\n  <<: {a: 1}", "3: merge keys (<<) are not allowed; write the values out"),
        (LAUGHS, f"2: anchors (&a0) are not allowed; {OR_QUOTES}"),
        (MERGES, f"2: anchors (&k1) are not allowed; {OR_QUOTES}"),
    ],
)
def test_nothing_is_referred_to_and_so_nothing_can_grow(head: str, said: str) -> None:
    assert refused_head(head) == said


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("!!python/object/apply:os.system [x]", "tag:yaml.org,2002:python/object/apply:os.system"),
        ("!x y", "!x"),
        ("!!binary aGk=", "tag:yaml.org,2002:binary"),
        ("!!str 1", "tag:yaml.org,2002:str"),
        ("! x", "!"),
    ],
)
def test_tags_are_refused(tag: str, name: str) -> None:
    assert refused_head(f"id: x\ntitle: {tag}") == f"3: tags ({name}) are not allowed; {OR_QUOTES}"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("x: " + "[" * 200_000, "1: the front matter has more than 65,536 characters"),
        ("x: " + "[" * 60_000, "2: nested deeper than 6 levels"),
        ("x: " + "{a: " * 15_000, "2: nested deeper than 6 levels"),
        ("x:\n" + "- " * 20_000 + "a", "3: nested deeper than 6 levels"),
        ("x:\n" + "\n".join(f"{' ' * n}k:" for n in range(1, 300)), "7: nested deeper than 6 levels"),
        ("x: [[[[[[]]]]]]", "2: nested deeper than 6 levels"),
        ("\n".join(f"k{n}: x" for n in range(1000)), "1001: too many keys and values"),
        ("x:\n" + "\n".join(f"- {n}" for n in range(2000)), "2000: too many keys and values"),
        ("x: [" + "a, " * 2000 + "]", "2: too many keys and values"),
        ("x: " * 20_000, "2: not valid YAML: a value has a colon and a space inside"),
    ],
)
def test_depth_and_size_are_limited_before_anything_is_built(head: str, said: str) -> None:
    assert refused_head(head).startswith(said)


def test_the_limits_themselves_are_allowed() -> None:
    deepest = parse(b"---\nx: [[[[[]]]]]\n---\n", PATH)
    assert deepest.get("x") is not None
    most = parse(("---\n" + "".join(f"k{n}: x\n" for n in range(999)) + "---\n").encode(), PATH)
    assert len(most.values()) == 999
    longest = parse(f"---\nx: {'a' * 65_532}\n---\n".encode(), PATH)
    assert longest.values() == {"x": "a" * 65_532}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"---\n" + b"a: b\n" * 200_000 + b"---\n", "1: the front matter has more than 65,536 characters"),
        (b"---\nx: " + b"a" * 65_534 + b"\n---\n", "1: the front matter has more than 65,536 characters"),
        (b"---\nx: " + b"a" * 1_000_000, "1: the front matter has more than 65,536 characters"),
        (b"---\nid: x\n---\n" + b"a" * 10_000_000, "10,000,014 bytes; a file may have 1,114,112"),
    ],
)
def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(data: bytes, said: str) -> None:
    assert refusal(data) == said


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("~", "3: a key must be a plain word"),
        ("null", "3: a key must be a plain word"),
        ("'null'", "3: a key must be a plain word"),
        ("''", "3: a key must be a plain word"),
        ("? [a]\n", "3: a key must be a plain word"),
        ("[a]", "3: a key must be a plain word"),
        ("1", "3: a key must be a plain word, not '1'"),
        ("__class__", "3: a key must be a plain word, not '__class__'"),
        ("-rf", "3: a key must be a plain word, not '-rf'"),
        ('"a\\nb"', "3: a key must be a plain word, not 'a\\nb'"),
        ('"\\e[2J"', "3: a key must be a plain word, not '\\x1b[2J'"),
        ("'a '", "3: a key must be a plain word, not 'a '"),
        ("k" * 101, f"3: a key must be a plain word, not {'k' * 40!r}"),
    ],
)
def test_a_key_is_a_plain_word(key: str, said: str) -> None:
    assert refused_head(f"id: x\n{key}: v") == said


@pytest.mark.parametrize("key", ["x-jira", "Some.Key", "due date", "a/b", "a+b", "k" * 100])
def test_other_tools_may_have_their_own_kind_of_keys(key: str) -> None:
    assert parse(f"---\n{key}: v\n---\n".encode(), PATH).values() == {key: "v"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"---\nid: x\ntitle: \xff\n---\n", "3: not UTF-8 (byte 17)"),
        (b"---\nid: x\n---\n\nbody\n\xc3", "6: not UTF-8 (byte 20)"),
        ("---\nid: x\n---\n".encode("utf-16"), "1: not UTF-8 (byte 0)"),
        ("---\nid: x\n---\n".encode("utf-16-le"), "1: a NUL character (byte 1)"),
        (b"---\nid: x\ntitle: \xed\xa0\x80\n---\n", "3: not UTF-8 (byte 17)"),
        (b"---\nid: x\n---\n\na\x00b\n", "5: a NUL character (byte 16)"),
        (b"---\nid: x\ntitle: a\x07\n---\n", '3: character U+0007 is not allowed here; write "\\u0007"'),
        (
            "---\nid: x\ntitle: a\x85b: c\n---\n".encode(),
            '3: character U+0085 is not allowed here; write "\\u0085"',
        ),
        (
            "---\nid: x\n# \u2028b: c\n---\n".encode(),
            '3: character U+2028 is not allowed here; write "\\u2028"',
        ),
        (b"---\nid: x\ra: b\n---\n", '2: character U+000D is not allowed here; write "\\u000d"'),
        (b'---\nid: x\ntitle: "\\ud800"\n---\n', "3: not valid YAML: no such escape"),
    ],
)
def test_what_is_not_text_is_refused_with_its_place(data: bytes, said: str) -> None:
    assert refusal(data).startswith(said)


UNMERGED = "unresolved merge; keep one side, remove the markers, then git add the file"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"---\nid: x\n<<<<<<< HEAD\nstatus: a\n=======\nstatus: b\n>>>>>>> b\n---\n", 3),
        (b"---\r\nid: x\r\n<<<<<<< HEAD\r\na: b\r\n=======\r\n>>>>>>> b\r\n---\r\n", 3),
        (b"---\nid: x\n||||||| base\nstatus: a\n---\n", 3),
        (b"---\nid: x\n\n=======\n---\n", 4),
        (b"---\nid: x\n>>>>>>> b\n---\n", 3),
        (b"<<<<<<< HEAD\n---\nid: x\n---\n", 1),
        (b"---\nid: x\n<<<<<<< HEAD\nstatus: a\n---\nbody\n=======\n---\nbody\n>>>>>>> b\n", 3),
        (b"---\nid: x\n<<<<<<< HEAD\nstatus: a\n", 3),
    ],
)
def test_an_unresolved_merge_is_called_that(data: bytes, line: int) -> None:
    assert refusal(data) == f"{line}: {UNMERGED}"


def test_both_sides_of_an_unresolved_merge_in_the_body_can_be_read() -> None:
    body = "\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> b\n"
    assert parse(f"---\nid: x\n---\n{body}".encode(), PATH).body == body


@pytest.mark.parametrize(
    ("head", "line", "advice"),
    [
        ("title: a: b", 2, "a value has a colon and a space inside; put the value in quotes"),
        ("labels:\n- a: b: c", 3, "a value has a colon and a space inside; put the value in quotes"),
        ("title: - b", 2, "a value cannot begin with '- '; put the value in quotes"),
        ("title: ? b", 2, "a value cannot begin with '? '; put the value in quotes"),
        ("title: @ana", 2, "a value cannot begin with @; put the value in quotes"),
        ("title: `x`", 2, "a value cannot begin with `; put the value in quotes"),
        ("title: %x", 2, "a value cannot begin with %; put the value in quotes"),
        ("title: ] x", 2, "a value cannot begin with ]; put the value in quotes"),
        ("title: , x", 2, "a value cannot begin with ,; put the value in quotes"),
        ("title: & x", 2, "a value cannot begin with & or *; put the value in quotes"),
        ("title: * x", 2, "a value cannot begin with & or *; put the value in quotes"),
        ("title: !<x", 2, "a value cannot begin with !; put the value in quotes"),
        ("title: 'a' b", 2, "the value goes on after its end; put the value in quotes"),
        ("title: [a] b", 2, "the value goes on after its end; put the value in quotes"),
        ("title: |a", 2, "the text after | or > begins on the next line; else put the value in quotes"),
        ("id: x\ntitle: 'a\ndue:", 3, "a quote begins here that is not closed"),
        ('id: x\ntitle: "a\ndue:', 3, "a quote begins here that is not closed"),
        ("id: x\nlabels: [a, b\ndue: x", 3, "a bracket begins here that is not closed"),
        ("id: x\nlabels: {a: b\ndue: x", 3, "a bracket begins here that is not closed"),
        ("id: x\nlabels: [", 3, "a bracket is not closed"),
        ('title: "a\\q"', 2, "no such escape in \"...\"; write \\\\ for a backslash, or use '...'"),
        ('title: "\\xZZ"', 2, "no such escape in \"...\"; write \\\\ for a backslash, or use '...'"),
        ("id: x\n\ttitle: a", 3, "indent with spaces, not with a tab"),
        ("id: x\nlabels:\n\t- a", 4, "indent with spaces, not with a tab"),
        ("id: x\n title: a", 3, "this line does not fit the one before it; look at the indentation"),
        ("id:x\ntitle: a", 3, "this line does not fit the one before it; look at the indentation"),
        ("labels:\n  - a\n - b", 4, "this line does not fit the one before it; look at the indentation"),
        ("id: x\ntitle\ndue: y", 3, "expected 'key: value'; the colon is missing"),
        ("%x: y", 2, "a line cannot begin with %"),
        ("%YAML 3.0\nx: y", 2, "not YAML 1.2; take the line with % out"),
    ],
)
def test_a_slip_in_yaml_is_met_with_advice(head: str, line: int, advice: str) -> None:
    assert refused_head(head) == f"{line}: not valid YAML: {advice}"


@pytest.mark.parametrize("head", ["just words", "- a\n- b", "[a, b]", "'quoted'", '""', "|\n  text"])
def test_front_matter_is_keys_and_values(head: str) -> None:
    assert refused_head(head) == "2: expected lines of the form 'key: value'"


def test_front_matter_is_one_document() -> None:
    assert refused_head("id: x\n--- # again\nid: y") == "3: a second document begins here; a file has one"
    assert refused_head("id: x\n...\nid: y") == "4: not valid YAML: the text goes on after its end (...)"


@given(
    st.one_of(
        st.binary(), st.binary().map(lambda data: b"---\n" + data + b"\n---\n"), anything().map(str.encode)
    )
)
def test_whatever_is_in_a_file_it_is_understood_or_refused_at_a_line_that_exists(data: bytes) -> None:
    try:
        assert dump(parse(data, PATH)) == data
    except InvalidStoreError as error:
        (problem,) = error.problems
        assert 1 <= problem.line <= data.count(b"\n") + 1
        assert problem.text

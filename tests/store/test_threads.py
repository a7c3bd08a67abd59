"""An entry of a thread is written once and read back the same."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.readers import TEXTS, strings_only
from tkt.domain.entry import CLOCK_LIMIT, Attachment, Change, Entry
from tkt.domain.levels import Clock
from tkt.domain.verdict import FINAL_STATES, ClockVerdict, Verdict
from tkt.errors import InvalidStoreError
from tkt.store.codec import parse
from tkt.store.threads import decode_entry, encode_entry

NAME = "20261122T093000Z-x7k2"
PATH = f"tickets/2026-11/TKT-2j7k3q9/{NAME}.md"
PLAIN = Entry(NAME, datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "bob@example.com", 17)

WHOLE = PLAIN._replace(
    visibility="public",
    channel="email",
    changes=(
        Change("status", "assigned", "in-progress"),
        Change("due", "", "2026-12-01"),
        Change("labels", ("mobile",), ("no", "vip: yes")),
    ),
    minutes=25,
    timer="stopped",
    attachments=(Attachment("0123456789abcdef.png", "screen, shot.png", 12345),),
    extra={"rule": "escalate", "undoes": NAME},
    body="Looking at it now.\n",
)
TEXT = f"""\
---
id: {NAME}
at: 2026-11-22T09:30:00Z
by: bob@example.com
clock: 17
visibility: public
channel: email
timer: stopped
minutes: 25
changes:
  status: [assigned, in-progress]
  due: ["", 2026-12-01]
  labels: {{remove: [mobile], add: ["no", "vip: yes"]}}
attachments:
- {{file: "0123456789abcdef.png", name: "screen, shot.png", size: 12345}}
rule: escalate
undoes: {NAME}
---

Looking at it now.
"""

KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,20}", fullmatch=True).filter(
    lambda key: key.lower() != "null"
)
LISTS = st.lists(TEXTS.filter(bool), max_size=3, unique=True).map(tuple)
SCALARS = st.builds(Change, KEYS, TEXTS, TEXTS)
CHANGES = st.one_of(SCALARS, st.builds(Change, KEYS, LISTS, LISTS))
MOMENTS = st.integers(0, 2**32).map(lambda s: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
CLOCKS = st.builds(
    ClockVerdict,
    clock=st.sampled_from(Clock),
    state=st.sampled_from(FINAL_STATES),
    target=st.integers(1, 10**9),
    elapsed=st.integers(0, 10**9),
    start=MOMENTS,
    due=st.none() | MOMENTS,
    met=st.none() | MOMENTS,
)
VERDICTS = st.builds(
    Verdict,
    policy=TEXTS.filter(bool),
    settings=st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    clocks=st.lists(CLOCKS, max_size=4, unique_by=lambda each: each.clock).map(
        lambda found: tuple(sorted(found, key=lambda each: list(Clock).index(each.clock)))
    ),
)
ENTRIES = st.builds(
    Entry,
    id=st.just(NAME),
    at=MOMENTS,
    by=TEXTS.filter(bool),
    clock=st.integers(1, CLOCK_LIMIT),
    visibility=st.sampled_from(["", "public", "internal"]),
    channel=TEXTS,
    changes=st.lists(CHANGES, max_size=4, unique_by=lambda change: change.field).map(tuple),
    minutes=st.none() | st.integers(-9_999_999, 9_999_999),
    timer=st.sampled_from(["", "started", "stopped"]),
    attachments=st.lists(
        st.builds(
            Attachment,
            file=st.from_regex(r"[0-9a-f]{32}(\.[a-z0-9]{1,8})?", fullmatch=True),
            name=TEXTS,
            size=st.integers(0, 10**15 - 1),
        ),
        max_size=2,
    ).map(tuple),
    verdict=st.none() | VERDICTS,
    extra=st.dictionaries(KEYS.map("x-{}".format), TEXTS, max_size=2),
    body=TEXTS.filter(lambda text: "\r" not in text and "\x00" not in text),
)


def refusal(data: bytes | str) -> str:
    with pytest.raises(InvalidStoreError) as caught:
        decode_entry(data if isinstance(data, bytes) else data.encode(), PATH)
    (problem,) = caught.value.problems
    return str(problem).removeprefix(f"{PATH}:")


def test_an_entry_looks_like_this() -> None:
    assert encode_entry(WHOLE).decode() == TEXT
    assert decode_entry(TEXT.encode(), PATH) == WHOLE


def test_an_entry_without_anything_is_four_lines() -> None:
    data = encode_entry(PLAIN)
    assert (
        data.decode() == f"---\nid: {NAME}\nat: 2026-11-22T09:30:00Z\nby: bob@example.com\nclock: 17\n---\n"
    )
    assert decode_entry(data, PATH) == PLAIN


@given(ENTRIES)
def test_every_entry_is_read_back_as_it_was_written(entry: Entry) -> None:
    assert decode_entry(encode_entry(entry), PATH) == entry


@given(ENTRIES)
def test_an_entry_is_what_every_yaml_reader_reads(entry: Entry) -> None:
    said = strings_only("".join(parse(encode_entry(entry), PATH).lines))
    assert {key: value for key, value in said.items() if key.startswith("x-")} == entry.extra
    expected = {each.field: changed(each) for each in entry.changes}
    assert said.get("changes", {}) == expected


def changed(change: Change) -> object:
    sides = {"remove": list(change.old), "add": list(change.new)}
    if change.is_list:
        return {side: items for side, items in sides.items() if items}
    return [change.old, change.new]


@given(ENTRIES)
def test_the_quick_way_and_the_yaml_parser_read_the_same_entry(entry: Entry) -> None:
    data = encode_entry(entry)
    # A tab in a comment means nothing, but it makes the quick way give up.
    assert decode_entry(data.replace(b"---\n", b"---\n#\t\n", 1), PATH) == decode_entry(data, PATH)
    assert decode_entry(data.replace(b"\n", b"\r\n"), PATH) == entry


FORMS = st.sampled_from(
    [
        *("[a, b]", "[a,b]", "[ a, b ]", "['a', \"b\"]", "[a, b] # c", "[a, b, c]", "[a]", "[]", "{}", "a"),
        *("[~, null]", "['', \"\"]", "[a, [b]]", "[a, {b: c}]", "[a, b:c]", "[a b, c]", "[a, ]", "[, a]"),
        *(
            "{add: [a]}",
            "{remove: [a], add: [b]}",
            "{add: a}",
            "{add: []}",
            "{add: [a], add: [b]}",
            "{drop: [a]}",
        ),
        *("{add: [a], }", "{add: [[a]]}", "{ add: [a] }", "{add: ['it''s', \"\\x41\"]}", "{'add': [a]}"),
        *(
            '["\\u00e9", "\\q"]',
            '["\\ud800", a]',
            "[2026-11-22T09:30:00Z, 12:30]",
            "[*a, b]",
            "[a, b",
            "[a] b",
        ),
    ]
)


@given(st.lists(FORMS, min_size=1, max_size=2), st.booleans())
def test_whatever_a_change_looks_like_both_ways_agree_on_it(forms: list[str], indented: bool) -> None:
    space = "  " if indented else "   "
    lines = "".join(f"{space}f{number}: {form}\n" for number, form in enumerate(forms))
    data = TEXT.replace(TEXT[TEXT.index("  status") : TEXT.index("attachments")], lines)
    assert understood(data) == understood(data.replace("---\n", "---\n#\t\n", 1))


def understood(data: str) -> Entry | None:
    try:
        return decode_entry(data.encode(), PATH)
    except InvalidStoreError:
        return None


def test_reading_what_tkt_writes_takes_no_yaml_parser() -> None:
    program = (
        "import sys; from tkt.store.threads import decode_entry; "
        f"decode_entry(sys.stdin.buffer.read(), {PATH!r}); "
        "print(sorted({'yaml', 'ruamel', 'json'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=encode_entry(WHOLE), capture_output=True, check=True
    )
    assert done.stdout.decode() == "[]\n"


@pytest.mark.parametrize("minutes", ["0", "-25", "480"])
def test_time_spent_is_whole_minutes(minutes: str) -> None:
    entry = decode_entry(TEXT.replace("minutes: 25", f"minutes: {minutes}").encode(), PATH)
    assert entry.minutes == int(minutes)


@pytest.mark.parametrize("line", ["x-jira: [a, b]", "x-jira:\n- a\n- b", "x-jira: a, b"])
def test_an_unknown_key_is_kept_as_text(line: str) -> None:
    entry = decode_entry(TEXT.replace("rule: escalate", line).encode(), PATH)
    assert entry.extra == {"x-jira": "a, b", "undoes": NAME}


def test_an_unset_key_says_nothing() -> None:
    text = (
        encode_entry(PLAIN)
        .decode()
        .replace("clock: 17\n", "clock: 17\nchanges:\nattachments: []\nminutes:\n")
    )
    assert decode_entry(text.encode(), PATH) == PLAIN


A_CHANGE = "expected [old, new] or {remove: [...], add: [...]}"


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        (f"id: {NAME}", "id:", "2: an entry needs id"),
        (f"id: {NAME}\n", "", "1: an entry needs id"),
        (f"id: {NAME}", "id: ../../x", "2: id: '../../x' has not the right form"),
        (f"id: {NAME}", "id: [a]", "2: id holds one value"),
        (
            f"id: {NAME}",
            "id: 20261122T093000Z-zzzz",
            "2: the id 20261122T093000Z-zzzz does not match the file's name",
        ),
        (
            "at: 2026-11-22T09:30:00Z",
            "at: yesterday",
            "3: at: 'yesterday' is not a moment such as 2026-11-22T09:00:00Z",
        ),
        (
            "at: 2026-11-22T09:30:00Z",
            "at: 2026-11-22",
            "3: at: '2026-11-22' is not a moment such as 2026-11-22T09:00:00Z",
        ),
        (
            "at: 2026-11-22T09:30:00Z",
            "at: 0001-01-01T00:00:00+23:59",
            "3: at: '0001-01-01T00:00:00+23:59' is not a moment",
        ),
        ("by: bob@example.com", "by:", "4: an entry needs by"),
        ("clock: 17", "clock: 0", "5: clock: '0' has not the right form"),
        ("clock: 17", "clock: -1", "5: clock: '-1' has not the right form"),
        ("clock: 17", f"clock: {'1' * 5000}", f"5: clock: {'1' * 40!r} has not the right form"),
        ("clock: 17", "clock: 1e999999999", "5: clock: '1e999999999' has not the right form"),
        ("clock: 17", "clock: ١٧", "5: clock: '١٧' has not the right form"),
        ("visibility: public", "visibility: secret", "6: visibility is public or internal, not 'secret'"),
        ("timer: stopped", "timer: paused", "8: timer is started or stopped, not 'paused'"),
        ("minutes: 25", "minutes: 2.5", "9: minutes: '2.5' is not a whole number"),
        ("minutes: 25", "minutes: .inf", "9: minutes: '.inf' is not a whole number"),
        ("minutes: 25", "minutes: [a, b]", "9: minutes holds one value"),
        ("[assigned, in-progress]", "assigned", f"11: status: {A_CHANGE}"),
        ("[assigned, in-progress]", "[assigned]", f"11: status: {A_CHANGE}"),
        ("[assigned, in-progress]", "[a, b, c]", f"11: status: {A_CHANGE}"),
        ("[assigned, in-progress]", "[a, [b]]", f"11: status: {A_CHANGE}"),
        ("{remove: [mobile],", "{drop: [mobile],", f"13: labels: {A_CHANGE}"),
        ("{remove: [mobile],", "{remove: mobile,", f"13: labels: {A_CHANGE}"),
        ("{remove: [mobile],", "{remove: [{a: b}],", f"13: labels: {A_CHANGE}"),
        ("{file: ", "{fill: ", "15: an attachment has a file, a name and a size"),
        ("size: 12345", "size: big", "15: an attachment has a file, a name and a size"),
        ("size: 12345", f"size: {'1' * 5000}", "15: an attachment has a file, a name and a size"),
        ('"0123456789abcdef.png"', "../x", "15: an attachment has a file, a name and a size"),
        ('"0123456789abcdef.png"', "a/b", "15: an attachment has a file, a name and a size"),
        ('"0123456789abcdef.png"', ".git", "15: an attachment has a file, a name and a size"),
        ('"0123456789abcdef.png"', '"a\\0"', "15: an attachment has a file, a name and a size"),
        ("rule: escalate", "rule: &a x", "16: anchors (&a) are not allowed"),
        ("rule: escalate", "rule: a: b", "16: not valid YAML: a value has a colon and a space inside"),
    ],
)
def test_a_malformed_entry_is_refused_at_its_line(written: str, instead: str, said: str) -> None:
    assert written in TEXT
    assert refusal(TEXT.replace(written, instead)).startswith(said)


@pytest.mark.parametrize("value", ["some words", "[a, b]", "\n- a\n- b", "\n- [a, b]"])
def test_changes_are_lines_of_fields(value: str) -> None:
    plain = encode_entry(PLAIN).decode()
    text = plain.replace("clock: 17\n", f"clock: 17\nchanges: {value}\n")
    assert refusal(text) == "6: changes holds lines of the form 'field: [old, new]'"


@pytest.mark.parametrize("value", ["some words", "{a: b}", "\n  a: b", "\n  f: [a, b]"])
def test_attachments_are_a_list(value: str) -> None:
    plain = encode_entry(PLAIN).decode()
    text = plain.replace("clock: 17\n", f"clock: 17\nattachments: {value}\n")
    assert refusal(text) == "6: attachments is a list"


@pytest.mark.parametrize("value", ["[a, b]", "\n- a\n- b", "\n- a # c"])
def test_an_attachment_is_more_than_a_name(value: str) -> None:
    plain = encode_entry(PLAIN).decode()
    text = plain.replace("clock: 17\n", f"clock: 17\nattachments: {value}\n")
    assert refusal(text) == "6: an attachment has a file, a name and a size"


def test_an_id_that_names_no_moment_is_refused() -> None:
    name = "20269922T093000Z-x7k2"
    with pytest.raises(InvalidStoreError, match="the id 20269922T093000Z-x7k2 names no moment"):
        decode_entry(TEXT.replace(NAME, name).encode(), PATH.replace(NAME, name))

"""What a person types for a field, and what is stored."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkt.domain import fields
from tkt.domain.fields import Field, FieldType
from tkt.errors import UsageError

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("", "empty"),
        ("   \t ", "empty"),
        ("two\nlines", "one line"),
        ("a\rb", "one line"),
        ("\x1b[2Jboo", r"U\+001B"),
        ("\x9b2J", r"U\+009B"),
        ("abc\u202edef", r"U\+202E"),
        ("a\u2028b", r"U\+2028"),
        ("a\u0085b", r"U\+0085"),
        ("x\x00y", r"U\+0000"),
        ("x" * 10_000, "10,000 characters"),
    ],
)
def test_a_title_that_cannot_be_shown_is_refused(title: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        fields.clean_title(title)


@pytest.mark.parametrize(
    "title", ["Café brûlé", "ラベル", "a: b # c", "=1+1", "$(id)", "{{7*7}}", "👩‍💻 works", "no"]
)
def test_a_title_may_be_any_line_of_text(title: str) -> None:
    assert fields.clean_title(f"  {title} ") == title


def test_a_title_is_stored_composed() -> None:
    assert fields.clean_title("Cafe\u0301") == "Caf\u00e9"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("today", "2026-11-22"),
        ("Tomorrow", "2026-11-23"),
        ("3d", "2026-11-25"),
        ("2w", "2026-12-06"),
        ("4h", "2026-11-22T13:30:00Z"),
        ("2026-12-01", "2026-12-01"),
        ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z"),
        ("2026-12-01T09:00:00+02:00", "2026-12-01T07:00:00Z"),
    ],
)
def test_moments(typed: str, stored: str) -> None:
    assert fields.parse_moment(typed, NOW, "due") == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "2026-02-30",
        "0000-99-99",
        "2026-12-01T09:00:00",
        "2026-12-01T23:59:60Z",
        "99:99",
        "1e9",
        "9999d9",
    ],
)
def test_what_is_no_moment(typed: str) -> None:
    with pytest.raises(UsageError, match="not a date"):
        fields.parse_moment(typed, NOW, "due")


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        (Field("labels", FieldType.LIST), "b, a,b,", ("a", "b")),
        (Field("labels", FieldType.LIST), "", ()),
        (Field("n", FieldType.NUMBER), "1.50", "1.50"),
        (Field("ok", FieldType.BOOLEAN), "Yes", "true"),
        (Field("ok", FieldType.BOOLEAN), "no", "false"),
        (Field("day", FieldType.DATE), "4h", "2026-11-22"),
        (Field("os", FieldType.CHOICE, ("linux", "mac")), "mac", "mac"),
        (Field("os", FieldType.CHOICE), "anything", "anything"),
        (Field("version"), "1.10", "1.10"),
        (Field("version"), "", ""),
    ],
)
def test_values_by_type(field: Field, typed: str, stored: fields.Value) -> None:
    assert fields.parse_value(field, typed, NOW) == stored


@pytest.mark.parametrize(
    ("field", "typed", "what"),
    [
        (Field("os", FieldType.CHOICE, ("linux", "mac")), "linus", "did you mean 'linux'"),
        (Field("parts", FieldType.LIST, ("api", "web")), "api,wob", "did you mean 'web'"),
        (Field("n", FieldType.NUMBER), "1e999999999", "not a number"),
        (Field("n", FieldType.NUMBER), "9" * 500, "not a number"),
        (Field("n", FieldType.NUMBER), ".inf", "not a number"),
        (Field("ok", FieldType.BOOLEAN), "maybe", "Ok 'maybe'|ok 'maybe'"),
        (Field("version"), "a\nb", "one line"),
        (Field("version"), "x" * 1_001, "1,001 characters"),
    ],
)
def test_values_that_a_field_cannot_hold(field: Field, typed: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        fields.parse_value(field, typed, NOW)


def test_texts_end_with_one_line_end_or_are_nothing() -> None:
    assert fields.clean_text("a\r\nb\r\n\r\n") == "a\nb\n"
    assert fields.clean_text(" \n\t\n") == ""
    with pytest.raises(UsageError, match=r"U\+001B"):
        fields.clean_text("a\x1b[31m")


@given(st.text())
def test_a_text_cleaned_twice_is_as_cleaned_once(text: str) -> None:
    try:
        once = fields.clean_text(text)
    except UsageError:
        return
    assert fields.clean_text(once) == once


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))  # noqa: DTZ001  the zone is added
def test_a_moment_is_read_back_to_the_second(moment: datetime) -> None:
    utc = moment.replace(tzinfo=UTC, microsecond=0)
    assert fields.parse_time(fields.format_time(utc)) == utc


FIELDS = st.one_of(
    st.builds(Field, st.sampled_from(["title", "size"]), st.sampled_from(FieldType)),
    st.builds(
        Field, st.just("size"), st.sampled_from([FieldType.CHOICE, FieldType.LIST]), st.just(("a", "b c"))
    ),
)
TYPED = st.one_of(
    st.text(),
    st.sampled_from(
        ["a", "b c", "a,b c", "yes", "3d", "2026-12-01", "1.5", "2026-12-01T09:00:00+02:00", "0001-01-01"]
    ),
)


@given(FIELDS, TYPED)
def test_what_is_stored_can_be_held_and_typed_again(field: Field, typed: str) -> None:
    try:
        stored = fields.parse_value(field, typed, NOW)
    except UsageError:
        return
    assert fields.value_problem(field, stored) is None
    if stored:
        again = ",".join(stored) if isinstance(stored, tuple) else stored
        assert fields.parse_value(field, again, NOW) == stored


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        (Field("size"), "a\x1b[2J", "size has a character that cannot be seen: U+001B"),
        (Field("size"), "a\nb", "size has a character that cannot be seen: U+000A"),
        (Field("size"), "a\u202eb", "size has a character that cannot be seen: U+202E"),
        (Field("tags", FieldType.LIST), ("a", "b\u2028"), "tags has a character that cannot be seen: U+2028"),
        (Field("tags", FieldType.LIST), "a", "tags is a list"),
        (Field("size"), ("a",), "size holds one value, not a list"),
        (Field("size", FieldType.NUMBER), "9" * 5000, f"size: '{'9' * 60}...' is not a number"),
        (Field("size", FieldType.NUMBER), "٣", "size: '٣' is not a number"),
        (Field("size", FieldType.BOOLEAN), "yes", "size: 'yes' is neither true nor false"),
        (Field("size", FieldType.DATE), "2026-02-30", "size: '2026-02-30' is not a date"),
        (
            Field("size", FieldType.DATETIME),
            "0001-01-01T00:00:00+23:59",
            "size: '0001-01-01T00:00:00+23:59' is not a date",
        ),
        (Field("size", FieldType.CHOICE, ("a", "b")), "x" * 5000, f"size '{'x' * 60}...' is not known"),
    ],
)
def test_what_somebody_wrote_into_a_file_may_be_wrong(
    field: Field, value: fields.Value, problem: str
) -> None:
    found = fields.value_problem(field, value)
    assert found
    assert found[0] == problem


@pytest.mark.parametrize("value", ["", "👩\u200d💻", "naïve café", "日本\u3000語", "a\u00a0b"])
def test_what_can_be_seen_can_be_held(value: str) -> None:
    assert fields.value_problem(Field("size"), value) is None


def test_a_problem_and_its_remedy_are_sentences() -> None:
    assert fields.sentences(("a is wrong", "Write b.")) == "a is wrong. Write b."
    assert fields.sentences(("a is wrong; did you mean 'b'?", "Allowed: b.")) == (
        "a is wrong; did you mean 'b'? Allowed: b."
    )
    assert fields.sentences(("a is wrong", "")) == "a is wrong"

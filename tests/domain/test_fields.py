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

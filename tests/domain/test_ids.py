"""How tickets and entries are named, and what a person may type for a name."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkt.domain import ids
from tkt.errors import NotFoundError, TktError, UsageError

BODIES = st.text(ids.ALPHABET, min_size=7, max_size=7)
KNOWN = ("TKT-2j7k3q9", "TKT-2j7kzzz", "TKT-2h00000", "TKT-2j11111")


@pytest.mark.parametrize(
    ("moment", "code", "folder"),
    [
        (datetime(2020, 1, 1, tzinfo=UTC), "00", "2020-01"),
        (datetime(2022, 9, 1, tzinfo=UTC), "10", "2022-09"),
        (datetime(2026, 11, 22, tzinfo=UTC), "2j", "2026-11"),
        (datetime(2105, 4, 30, tzinfo=UTC), "zz", "2105-04"),
    ],
)
def test_an_id_begins_with_its_month(moment: datetime, code: str, folder: str) -> None:
    assert ids.month_code(moment) == code
    ticket_id = ids.new_ticket_id("TKT", moment, lambda length: "0" * length)
    assert ticket_id == f"TKT-{code}00000"
    assert ids.ticket_path(ticket_id) == f"tickets/{folder}/{ticket_id}.md"


@pytest.mark.parametrize("year", [1970, 2019, 2106])
def test_no_ticket_outside_the_months_that_two_characters_name(year: int) -> None:
    with pytest.raises(UsageError, match=str(year)):
        ids.month_code(datetime(year, 6, 1, tzinfo=UTC))


def test_ids_of_later_months_sort_later() -> None:
    months = [datetime(2020 + n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in range(1024)]
    codes = [ids.month_code(each) for each in months]
    assert codes == sorted(codes)
    assert [ids.month_folder(f"TKT-{code}00000") for code in codes] == [f"{m:%Y-%m}" for m in months]


@pytest.mark.parametrize(
    "typed",
    ["TKT-2j7k3q9", "tkt-2j7k3q9", "2j7k3q9", "2J7K3Q9", "2j7k3", "TKT-2j7k3", " 2j7k3q9 "],
)
def test_any_beginning_that_names_one_ticket_is_enough(typed: str) -> None:
    assert ids.resolve(typed, "TKT", KNOWN) == "TKT-2j7k3q9"


@pytest.mark.parametrize("typed", ["2jl1ill", "2jiiiii", "2J11L1I"])
def test_misread_characters_are_read_as_what_they_look_like(typed: str) -> None:
    assert ids.resolve(typed, "TKT", KNOWN) == "TKT-2j11111"


def test_the_start_of_several_ids_lists_them() -> None:
    with pytest.raises(NotFoundError, match="start of 2 ids") as caught:
        ids.resolve("2j7k", "TKT", KNOWN)
    assert "TKT-2j7k3q9, TKT-2j7kzzz" in caught.value.hint


def test_an_id_that_nobody_has_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="no ticket TKT-2jzzzzz"):
        ids.resolve("2jzzzzz", "TKT", KNOWN)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "..",
        "../../etc/passwd",
        "/abs",
        "a/b",
        "-rf",
        "--output=x",
        "TKT-",
        "OTHER-2j7",
        "2j7k3q9x",
        "2j7\nx",
        "2j\x00",
        "2j\x1b[2J",
        "$(id)",
        "`id`",
        "{{7*7}}",
        "%s",
        "２ｊ７",
        "2j7k3q9/../x",
    ],
)
def test_what_is_no_id_is_refused(typed: str) -> None:
    with pytest.raises(TktError):
        ids.resolve(typed, "TKT", KNOWN)


@pytest.mark.parametrize("name", ["../../etc/passwd", "TKT-2j7", "", "TKT-2j7k3q9/..", "-rf"])
def test_a_path_follows_from_whole_ids_only(name: str) -> None:
    with pytest.raises(NotFoundError):
        ids.ticket_path(name)


@given(st.lists(BODIES, min_size=1, unique=True))
def test_the_highlighted_part_of_an_id_names_it_and_nothing_shorter_does(bodies: list[str]) -> None:
    known = [f"TKT-{body}" for body in bodies]
    for each, length in ids.unique_prefix_lengths(known).items():
        assert ids.resolve(each[:length], "TKT", known) == each
        if length > len("TKT-") + 1:
            assert sum(other.startswith(each[: length - 1]) for other in known) > 1


@given(st.binary(min_size=32, max_size=32))
def test_a_foreign_name_gives_the_same_id_every_time(digest: bytes) -> None:
    moment = datetime(2025, 3, 1, tzinfo=UTC)
    first = ids.derived_ticket_id("TKT", moment, digest)
    assert ids.is_ticket_id(first)
    assert first == ids.derived_ticket_id("TKT", moment, digest)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TKT-2j7k3q9-login", "TKT-2j7k3q9"),
        ("feature/tkt-2j7k3q9", "TKT-2j7k3q9"),
        ("Fixes TKT-2j7k3q9.", "TKT-2j7k3q9"),
        ("XTKT-2j7k3q9", None),
        ("TKT-2j7k3q99", None),
        ("main", None),
    ],
)
def test_a_branch_or_message_may_name_a_ticket(text: str, found: str | None) -> None:
    assert ids.find_id(text, "TKT") == found


def test_an_entry_is_named_by_its_second() -> None:
    moment = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    entry_id = ids.new_entry_id(moment, lambda length: "x" * length)
    assert entry_id == "20261122T093000Z-xxxx"
    assert ids.ENTRY_ID.fullmatch(entry_id)
    assert ids.entry_time(entry_id) == moment

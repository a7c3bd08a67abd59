"""Whatever people type as a query: it is understood, or refused with a finger on the place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.store.cabinets import NOW, QUERIES, SETTINGS, vocabulary
from tkt.domain.conditions import (
    All,
    Among,
    Condition,
    Either,
    Mentions,
    Not,
    Present,
    SaidBy,
    Within,
    fits,
    magnitude,
)
from tkt.domain.fields import Field, FieldType, format_time
from tkt.domain.matching import Matcher, Subject, relations
from tkt.domain.query import parse_query
from tkt.domain.settings import View
from tkt.domain.ticket import Ticket
from tkt.errors import NotFoundError, TktError, UsageError
from tkt.render.text import width
from tkt.store.index import catalogue
from tkt.store.index.catalogue import IndexedCatalogue
from tkt.store.index.database import MEMORY
from tkt.store.index.sources import Everything
from tkt.store.scanning import ScannedCatalogue
from tkt.store.tickets import TicketFiles
from tkt.usecases.workspace import Hit

_LONG = 50_000
_PIECES = st.sampled_from(
    (
        *(
            "(",
            ")",
            "-",
            '"',
            ",",
            ":",
            "OR",
            " ",
            "\t",
            "\n",
            "*",
            "..",
            ">=",
            "<",
            "\\",
            "=",
            "AND",
            "NOT",
            "or",
        ),
        *(
            "status:",
            "priority:",
            "label:",
            "created:",
            "due:",
            "size:",
            "vip:",
            "is:",
            "has:",
            "no:",
            "sort:",
        ),
        *(
            "view:",
            "id:",
            "child-of:",
            "blocks:",
            "team:",
            "commented-by:",
            "changed:",
            "title:",
            "spent:",
            "nope:",
        ),
        *(
            "new",
            "P2",
            "me",
            "7d",
            "2026-11",
            "today",
            "3",
            "mine",
            "hot",
            "a",
            "ü",
            "日本",
            "\u0301",
            "\u200b",
            "\ud800",
        ),
        *(
            "99999y",
            "-99999y",
            "9999",
            "0000",
            "9999-12-31",
            "2026-13",
            "2026-02-30",
            "1e999",
            "nan",
            "\u3000",
            "\0",
        ),
    )
)
_TEXTS = st.one_of(st.lists(_PIECES, max_size=12).map("".join), st.text(max_size=30), QUERIES)


def views(**queries: str) -> Mapping[str, View]:
    return {name: View(name=name, query=query) for name, query in queries.items()}


def read(text: str, **queries: str) -> Condition:
    desk = replace(SETTINGS, views={**SETTINGS.views, **views(**queries)})
    return parse_query(text, vocabulary(desk)).condition


@given(_TEXTS, st.booleans())
def test_any_text_is_understood_or_pointed_at(text: str, apart: bool) -> None:
    try:
        parse_query(text, vocabulary(), apart=apart)
    except (UsageError, NotFoundError) as error:
        _, *shown = error.message.split("\n")
        assert len(shown) == 2
        query, marks = shown
        assert query.isprintable()
        assert set(marks) == {" ", "^"}
        assert width(marks) - marks.count("^") <= width(query)
        assert query.startswith("  ")


@given(_TEXTS)
def test_a_query_within_a_view_or_parentheses_means_the_same(text: str) -> None:
    try:
        alone = read(text)
    except TktError:
        with pytest.raises(TktError):
            read("view:v", v=text)
        return
    desk = replace(SETTINGS, views=views(v=text, w="view:v"))
    found = parse_query("view:w", vocabulary(desk))
    assert found.condition == alone
    assert found.sort == parse_query(text, vocabulary()).sort
    if text.strip() and not found.sort:
        assert read(f"({text} )") == alone  # a value may have parentheses of its own


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("status:new stauts:x", "stauts"),
        ("status:new,nwe", "nwe"),
        ('a (b "c', '"'),
        ("a (b OR )", ")"),
        ("a ) b", ")"),
        ("日本 stauts:x", "stauts"),
        ("e\u0301 stauts:x", "stauts"),
        ("\u3000a\u200b stauts:x", "stauts"),
        ("x" * 300 + " stauts:x", "stauts"),
        ("created:2026-13", "2026-13"),
        ("created:<0000-12-31", "<0000-12-31"),
        ("created:9999-13", "9999-13"),
        ("created:9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59-01:00"),
        ("size:many", "many"),
        ("child-of:nobody", "nobody"),
        ("sort:priority,nope", "priority,nope"),
        ("view:nope", "nope"),
    ],
)
def test_the_mark_stands_below_the_mistake(text: str, place: str) -> None:
    with pytest.raises((UsageError, NotFoundError)) as caught:
        read(text)
    _, query, marks = caught.value.message.split("\n")
    start = width(marks) - marks.count("^")
    at = next(each for each in range(len(query) + 1) if width(query[:each]) == start)
    assert query[at:].startswith(place)
    assert marks.count("^") == len(place)


def _day(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


_N = NOW.timestamp()
_D = 86_400.0
_END = _day("9999-12-31") + _D


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("created:2026-11-20", _day("2026-11-20"), _day("2026-11-21")),
        ("created:2026-11", _day("2026-11-01"), _day("2026-12-01")),
        ("created:2026-12", _day("2026-12-01"), _day("2027-01-01")),
        ("created:2026", _day("2026-01-01"), _day("2027-01-01")),
        ("created:>=2026-11", _day("2026-11-01"), None),
        ("created:>2026-11", _day("2026-12-01"), None),
        ("created:<2026-11", None, _day("2026-11-01")),
        ("created:<=2026-11", None, _day("2026-12-01")),
        ("created:..2026-10", None, _day("2026-11-01")),
        ("created:2026-10..", _day("2026-10-01"), None),
        ("created:2026-10..2026-11-05", _day("2026-10-01"), _day("2026-11-06")),
        ("created:today", _day("2026-11-22"), _day("2026-11-23")),
        ("created:Yesterday", _day("2026-11-21"), _day("2026-11-22")),
        ("due:tomorrow", _day("2026-11-23"), _day("2026-11-24")),
        ("created:<7d", _N - 7 * _D, None),
        ("created:>7d", None, _N - 7 * _D),
        ("created:7d", _N - 7 * _D, _N + 1),
        ("due:<4h", None, _N + 4 * 3600),
        ("due:>2w", _N + 14 * _D, None),
        ("due:7d", _N, _N + 7 * _D + 1),
        ("due:7d..14d", _N + 7 * _D, _N + 14 * _D),
        ("created:14d..7d", _N - 14 * _D, _N - 7 * _D),
        ("due:-7d..+2d", _N - 7 * _D, _N + 2 * _D + 1),
        ("due:>+2d", _N + 2 * _D + 1, None),
        ("created:<-7d", None, _N - 7 * _D),
        ("created:2026-11-22T09:00:00Z", _N - 1800, _N - 1799),
        ("created:2026-11-22t10:00:00+01:00", _N - 1800, _N - 1799),
        ("created:<9999-12-31", None, _day("9999-12-31")),
        ("created:<=9999-12-31", None, _END),
        ("created:9999-12-31", _day("9999-12-31"), _END),
        ("created:>9999-12-30", _day("9999-12-31"), None),
        ("created:9999-12", _day("9999-12-01"), _END),
        ("created:9999", _day("9999-01-01"), _END),
        ("created:9999-12-31T23:59:59Z", _END - 1, _END),
        ("created:0001-01-01..9999-12-31", _day("0001-01-01"), _END),
        ("created:0001", _day("0001-01-01"), _day("0002-01-01")),
        ("created:0001-01", _day("0001-01-01"), _day("0001-02-01")),
        ("due:<-99999y", None, _N - 99_999 * 365 * _D),
        ("due:<=+99999y", None, _N + 99_999 * 365 * _D + 1),
        ("size:>=3.5", 3.5, None),
        ("size:..5", None, pytest.approx(5.0)),
        ("spent:>1h", pytest.approx(60.0), None),
    ],
)
def test_spans(text: str, low: float | None, high: float | None) -> None:
    asked = read(text)
    assert isinstance(asked, Within)
    assert (asked.low, asked.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("priority:>=P2", {"P1", "P2"}),
        ("priority:>P2", {"P1"}),
        ("priority:<P4", {"P5"}),
        ("priority:<=p4", {"P4", "P5"}),
        ("priority:P2..P4", {"P2", "P3", "P4"}),
        ("priority:P4..P2", {"P2", "P3", "P4"}),
        ("priority:..P2", {"P1", "P2"}),
        ("priority:P4..", {"P4", "P5"}),
        ("version:>=1.1", {"1.1", "2.0"}),
        ("version:1.0,2.0", {"1.0", "2.0"}),
    ],
)
def test_choices(text: str, chosen: set[str]) -> None:
    asked = read(text)
    assert isinstance(asked, Among)
    assert (set(asked.values), asked.exact) == (chosen, True)


def test_in_quotes_nothing_is_a_sign() -> None:
    for text in ('priority:">=P2"', 'priority:"P1..P2"', 'version:"*"'):
        with pytest.raises(UsageError, match="not known"):
            read(text)
    assert read('label:"a*"') == Among("labels", ("a*",))
    assert read('status:"in limbo"') == Among("status", ("in limbo",), exact=True)
    assert read('assignee:"me"') == Among("assignee", ("me",))


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("a OR b c", "a OR (b c)"),
        ("(a OR b) c", "(b OR a) c"),
        ("-(a OR b)", "-a -b"),
        ("-(a b)", "-a OR -b"),
        ("label:a,b", "label:a OR label:b"),
        ("-label:a,b", "-label:a -label:b"),
        ("no:due,assignee", "-has:due -has:assignee"),
        ("due:", "no:due"),
        ("due:*", "has:due"),
        ("label:**a**", "label:*a*"),
        ("((((a))))", "a"),
        ("sort:priority a", "a sort:due"),
    ],
)
def test_two_ways_to_ask_the_same(text: str, same_as: str) -> None:
    tickets = [
        Ticket({"id": f"TKT-2j0000{n}", "title": title, "labels": labels, "due": due, "status": "new"})
        for n, (title, labels, due) in enumerate(
            (t, label, due)
            for t in ("a", "b", "a b", "c", "b c", "x")
            for label in ((), ("a",), ("b", "xay"))
            for due in ("", "2026-11-30")
        )
    ]
    matcher = Matcher(SETTINGS, lambda: relations(tickets))
    found = [
        [each.id for each in tickets if matcher.meets(Subject(each, tuple, SETTINGS), read(query))]
        for query in (text, same_as)
    ]
    assert found[0] == found[1]


def test_who_commented_may_be_a_pattern() -> None:
    assert read("commented-by:*") == read("has:comments") == Present("comments")
    assert read("commented-by:*@example.com") == SaidBy((), ("*@example.com",))
    assert read("commented-by:") == Not(Present("comments"))


@pytest.mark.parametrize(
    "text",
    [
        "' OR 1=1 --",
        "'; DROP TABLE content; --",
        '"x\' UNION SELECT * FROM member --"',
        "NEAR( x",
        '"a NEAR b"',
        '"\\"*"',
        "^a",
        "a*",
        '"title:a"',
        "{a b}",
        "a AND b",
        "[a-z]+$",
        "%_%",
        ":p0",
        "?7x",
        "a+b",
    ],
)
def test_other_languages_are_text(text: str) -> None:
    catalogues = _catalogues(40)
    asked = parse_query(text, vocabulary()).condition
    found = [[each.id for each in one.select(asked).tickets] for one in catalogues]
    assert found[0] == found[1]
    assert not found[0]
    for one in catalogues:
        assert one.search([text], All()) == ([], [])


def test_views_that_name_one_another_end() -> None:
    for queries in ({"v": "view:v"}, {"v": "view:w", "w": "(view:v)"}, {"v": "-view:v"}):
        with pytest.raises(UsageError, match="is a part of itself"):
            read("view:v", **queries)
    many = {f"v{n}": f"view:v{n + 1}" for n in range(2000)}
    with pytest.raises(UsageError, match="name one another"):
        read("view:v0", **many, v2000="a")
    bomb = {f"v{n}": " ".join([f"view:v{n + 1}"] * 20) for n in range(20)}
    with pytest.raises(UsageError, match="more than 500 conditions"):
        read("view:v0", **bomb, v20="")


_LONG_QUERIES = {
    "a word": "x" * _LONG,
    "words": "word " * (_LONG // 5),
    "negated words": "-word " * (_LONG // 6),
    "values": "label:" + ",".join(f"v{n}" for n in range(8_000)),
    "patterns": "label:" + ",".join(f"v{n}*" for n in range(7_000)),
    "statuses": "status:" + ",".join(["new"] * 12_000),
    "people": "assignee:" + ",".join(f"p{n}" for n in range(8_000)),
    "titles": "title:" + ",".join(["ab"] * 16_000),
    "days": "created:" + ",".join(["2026-11-22"] * 4_500),
    "speakers": "commented-by:" + ",".join([f"a{n}*" for n in range(8_000)]),
    "states": "is:" + ",".join(["open"] * 10_000),
    "teams": "team:" + ",".join(["support"] * 6_000),
    "ids": "id:" + ",".join(["2j00001"] * 6_000),
    "no": "no:" + ",".join(["due"] * 12_000),
    "ors": "a OR " * (_LONG // 5) + "a",
    "parentheses": "(" * (_LONG // 2) + "a" + ")" * (_LONG // 2),
    "negated parentheses": "-(" * (_LONG // 3) + "a" + ")" * (_LONG // 3),
    "minuses": "-" * _LONG,
    "stars": "label:" + "*" * _LONG,
    "stars and letters": "label:" + "a*" * (_LONG // 2),
    "quotes": '"' * _LONG,
    "a quote": '"' + "a" * _LONG,
    "backslashes": '"' + "\\" * _LONG,
    "commas": "label:" + "," * _LONG,
    "colons": ":" * _LONG,
    "a name": "n" * _LONG + ":x",
    "spaces": " " * _LONG,
    "views": "view:mine " * (_LONG // 10),
    "sorts": "sort:due " * (_LONG // 9),
    "a sort": "sort:" + ",".join(["due"] * 12_000),
    "digits": "size:" + "9" * _LONG,
    "a date": "created:" + "2026-11-22.." * 4_000,
    "groups": "(a)" * (_LONG // 3),
    "deep and wide": ("(a OR " * 29 + "b" + ")" * 29 + " ") * 16,
    "wide and mixed": " ".join(f"(label:v{n}* OR title:x{n} OR has:due)" for n in range(160)),
}


@pytest.mark.parametrize("shape", _LONG_QUERIES)
@pytest.mark.parametrize("apart", [False, True])
def test_a_long_query_is_answered_or_refused(shape: str, apart: bool) -> None:
    refusal = _answered(_LONG_QUERIES[shape], apart=apart)
    assert len(refusal) < 2_000


def _answered(text: str, *, apart: bool) -> str:
    """Ask the index and the files; what a query is refused with."""
    try:
        query = parse_query(text, vocabulary(), apart=apart)
    except (UsageError, NotFoundError) as error:
        return f"{error.message}\n{error.hint}"
    assert len(query.doubts) < 10
    index, scan = _catalogues(200)
    found = [[each.id for each in one.select(query.condition).tickets] for one in (index, scan)]
    assert found[0] == found[1]
    if query.texts:
        index.search(query.texts, query.condition)
    return ""


def test_hundreds_of_words_are_still_a_search() -> None:
    index, _ = _catalogues(20)
    texts = [f"word{n}" for n in range(490)]
    assert index.search([*texts, "number"], All()) == ([], [])
    assert len(index.search(["number"] * 490, All())[0]) == 20


def test_of_what_a_search_finds_only_what_is_wanted_is_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    index, _ = _catalogues(20)
    every = index.search(["number"], All())[0]
    made: list[str] = []

    def noted(ticket: Ticket, where: str, snippet: str) -> Hit:
        made.append(ticket.id)
        return Hit(ticket, where, snippet)

    monkeypatch.setattr(catalogue, "Hit", noted)
    assert index.search(["number"], All(), 3)[0] == every[:3]
    assert made == [each.ticket.id for each in every[:3]]


def _catalogues(count: int) -> tuple[IndexedCatalogue, ScannedCatalogue]:
    """Some tickets, by an index that must answer itself, and by the files."""
    files = {}
    for number in range(count):
        ticket_id = f"TKT-2j{number:05}"
        created = format_time(NOW - timedelta(hours=number))
        text = f"---\nid: {ticket_id}\ncreated: {created}\ntitle: Number {number}\n"
        labels = f"labels:\n- v{number}\n- odd\n" if number % 2 else ""
        files[f"tickets/2026-11/{ticket_id}.md"] = f"{text}{labels}status: new\n---\n\nSome text.\n".encode()
    tickets = TicketFiles(MemoryFiles(files), SETTINGS)
    return IndexedCatalogue(MEMORY, tickets, Everything(tickets), _nobody), ScannedCatalogue(tickets)


def _nobody() -> ScannedCatalogue:
    raise AssertionError("the index gave up")


@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_a_pattern_fits_as_a_regular_expression_would(pattern: str, text: str) -> None:
    import re

    pattern = f"{pattern}*"
    assert fits(pattern, text) is bool(re.fullmatch(pattern.replace("*", ".*"), text))


@given(st.one_of(st.text("0123456789-:TZ +.enaif_", max_size=24), st.datetimes().map(str)))
def test_a_magnitude_is_a_number_or_none(text: str) -> None:
    for kind in (FieldType.NUMBER, FieldType.DATE, FieldType.DATETIME):
        found = magnitude(Field("due", kind), text)
        assert found is None or abs(found) < float("inf")


def test_bytes_that_are_no_text_are_looked_for_and_not_found() -> None:
    asked = read("caf\udce9\0")
    assert asked == Mentions("caf\ufffd\ufffd", ("title", "body", "id"))
    index, _ = _catalogues(3)
    assert index.select(Either((asked, read("label:\udce9*,\udcff")))).tickets == ()

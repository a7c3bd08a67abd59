"""Which tickets a query means."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.memory import NOW, fresh_settings
from tkt.domain.conditions import Query
from tkt.domain.entry import Entry
from tkt.domain.matching import Matcher, Subject, relations
from tkt.domain.ordering import ordered
from tkt.domain.query import parse_query
from tkt.domain.ticket import Ticket
from tkt.domain.vocabulary import Vocabulary
from tkt.errors import UsageError

SETTINGS = fresh_settings(MemoryFiles())


def ticket(**said: str | tuple[str, ...]) -> Ticket:
    fields: dict[str, str | tuple[str, ...]] = {
        "id": "TKT-2j00001",
        "title": "Cannot reset password",
        "type": "bug",
        "status": "in-progress",
        "priority": "P2",
        "assignee": "ana@example.com",
        "labels": ("login", "vip"),
    }
    return Ticket({**fields, **said}, "Since this morning.\n")


def read(query: str) -> Query:
    return parse_query(query, Vocabulary(SETTINGS, NOW, lambda: "ana@example.com", str.upper))


def holds(query: str, one: Ticket, *others: Ticket, thread: Sequence[Entry] = ()) -> bool:
    matcher = Matcher(SETTINGS, lambda: relations((one, *others)))
    return matcher.meets(Subject(one, lambda: thread, SETTINGS), read(query).condition)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "status:in-progress",
        "status:new,in-progress",
        "Status:IN-PROGRESS",
        "-status:new",
        "priority:P1,P2",
        "label:vip",
        "labels:vip -label:blocked",
        "assignee:me",
        "assignee:ana",
        "assignee:ANA@example.com",
        "assignee:*",
        "queue:",
        "due:",
        "no:due",
        "has:labels",
        "is:open",
        "-is:closed",
        "is:assigned",
        '"reset password"',
        "reset password",
        "morning",
        "2j00001",
        "type:bug priority:P2 label:login,other -quux",
    ],
)
def test_what_holds(query: str) -> None:
    assert holds(query, ticket())


@pytest.mark.parametrize(
    "query",
    [
        "status:new",
        "-status:in-progress",
        "label:blocked",
        "assignee:",
        "assignee:kim@example.org",
        "queue:*",
        "has:due",
        "is:closed",
        "is:waiting",
        "is:overdue",
        '"password reset"',
    ],
)
def test_what_does_not_hold(query: str) -> None:
    assert not holds(query, ticket())


@pytest.mark.parametrize(
    ("due", "late"),
    [
        ("2026-11-21", True),
        ("2026-11-22", False),
        ("2026-11-22T09:29:59Z", True),
        ("2026-11-22T09:30:00Z", False),
        ("", False),
    ],
)
def test_a_day_is_over_when_it_ends(due: str, *, late: bool) -> None:
    assert holds("is:overdue", ticket(due=due)) is late
    assert not holds("is:overdue", ticket(due=due, status="closed"))


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("stauts:new", "did you mean 'status'"),
        ("status:clsed", "did you mean 'closed'"),
        ("is:opne", "did you mean 'open'"),
        ("has:lables", "did you mean 'label"),
        ('"open', "not closed"),
    ],
)
def test_mistakes_name_what_was_meant(query: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        read(query)


def test_order_follows_the_settings_and_unset_comes_last() -> None:
    tickets = [ticket(id=f"TKT-2j0000{n}", priority=p) for n, p in enumerate(["P3", "", "P1", "P2"])]
    assert [each.priority for each in ordered(tickets, "priority", SETTINGS)] == ["P1", "P2", "P3", ""]
    with pytest.raises(UsageError, match="did you mean 'priority'"):
        ordered(tickets, "prioritty", SETTINGS)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("a,b", "What a,b means"),
        ('"a, b"', "What a, b means"),
        ("12:30", "Train at 12:30"),
        ("#7", "Bug #7"),
        ('say" hi"', "They say hi"),
        ("STRASSE", "Große Straße"),
    ],
)
def test_a_text_is_looked_for_as_it_was_typed(query: str, title: str) -> None:
    assert holds(query, ticket(title=title))
    assert not holds(query, ticket(title="Something else"))
    assert holds(f"-{query}", ticket(title="Something else"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('label:"a, b"', True),
        ('label:"a, b",c', True),
        ("label:a", False),
        ("label:*,c", True),
        ('label:""', False),
        ("-label:", True),
        ("label:,c,", False),
        ("no:due,queue", True),
        ("-has:due", True),
        ("has:due,labels", True),
        ("no:due,labels", False),
        ("IS:Open", True),
        ("is:closed,open", True),
        ("created_by:me", False),
        ("status:in-progress status:new", False),
    ],
)
def test_values_in_quotes_sets_and_negations(query: str, expected: bool) -> None:
    assert holds(query, ticket(labels=("a, b",))) is expected


@pytest.mark.parametrize("query", ["is:", "has:", "no:", "-is:"])
def test_a_question_about_nothing_is_refused(query: str) -> None:
    with pytest.raises(UsageError, match="needs a") as caught:
        read(query)
    assert caught.value.hint.startswith(("Allowed: ", "Name a field"))


@pytest.mark.parametrize("query", ["-", '""', 'open -""', "- open"])
def test_an_empty_term_is_refused(query: str) -> None:
    with pytest.raises(UsageError, match="nothing in it"):
        read(query)


@given(st.text(st.sampled_from('ab: ,-"*\n\t:éis()<>.OR7d') | st.characters(), max_size=20))
def test_any_query_is_understood_or_refused_with_a_reason(text: str) -> None:
    try:
        query = read(text)
    except UsageError:
        return
    matcher = Matcher(SETTINGS, lambda: relations((ticket(),)))
    assert matcher.meets(Subject(ticket(), tuple, SETTINGS), query.condition) in {True, False}

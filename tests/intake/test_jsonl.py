"""JSON lines: what goes out comes in again as it was, and what is no ticket of ours stays out."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.intake.test_beads import _REAL
from tests.memory import memory_desk
from tkt.domain.conditions import All, Query
from tkt.domain.entry import Attachment, Change, Entry, attachment_file
from tkt.domain.fields import Nested, Value
from tkt.domain.ids import ticket_path
from tkt.domain.ticket import Ticket
from tkt.intake.beads import read_beads
from tkt.intake.jsonl import read_jsonl
from tkt.render.machine import to_jsonl
from tkt.render.portable import portable_row
from tkt.usecases.exporting import attached, cases, chosen
from tkt.usecases.importing import Imported, import_tickets
from tkt.usecases.record import NewFile, Story
from tkt.usecases.workspace import Workspace

# --- what a desk may hold -----------------------------------------------------

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_NAMES = _TEXT.filter(bool)
_KEYS = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_.@ /+-]{0,8}[a-z0-9]\Z").filter(
    lambda key: key.lower() != "null"
) | st.sampled_from(["body", "thread", "extra", "no", "x-monitor"])
_TREES = st.recursive(
    _TEXT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=5
)


def _frozen(said: Any) -> Any:
    if isinstance(said, dict):
        return {key: _frozen(each) for key, each in said.items()}
    return tuple(map(_frozen, said)) if isinstance(said, list) else said


def _as_value(said: Any) -> Value:
    """A tree as the value of a key that no settings know."""
    tree = _frozen(said)
    texts = isinstance(tree, tuple) and all(isinstance(each, str) for each in tree)
    return tree if isinstance(tree, str) or texts else Nested("(...)", tree)


def _as_extra(said: Any) -> str:
    value = _as_value(said)
    return Nested(", ".join(value), value) if isinstance(value, tuple) else value


_BODIES = _TEXT.map(lambda text: text.replace("\0", "").replace("\r\n", "\n"))
_MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
_ATTACHMENTS = st.tuples(_NAMES, st.binary(max_size=8))
_CHANGES = st.builds(Change, _KEYS, _TEXT, _TEXT) | st.builds(
    Change, _KEYS, st.lists(_TEXT, max_size=2).map(tuple), st.lists(_TEXT, max_size=2).map(tuple)
)
_EXTRAS = st.dictionaries(
    _KEYS.filter(lambda key: key not in Entry._fields or key == "body"), _TREES.map(_as_extra), max_size=2
)


@st.composite
def _entries(draw: st.DrawFn) -> tuple[Entry, list[NewFile]]:
    at = draw(_MOMENTS)
    given_files = draw(st.lists(_ATTACHMENTS, max_size=2))
    files = [NewFile(attachment_file(name, data), data) for name, data in given_files]
    changes = {each.field: each for each in draw(st.lists(_CHANGES, max_size=2))}
    entry = Entry(
        id=f"{at:%Y%m%dT%H%M%SZ}-{draw(st.integers(1000, 9999))}",
        at=at,
        by=draw(_NAMES),
        clock=draw(st.integers(1, 999_999_999)),
        visibility=draw(st.sampled_from(["", "public", "internal"])),
        channel=draw(_TEXT),
        changes=tuple(changes.values()),
        minutes=draw(st.none() | st.integers(-99, 99)),
        timer=draw(st.sampled_from(["", "started", "stopped"])),
        attachments=tuple(
            Attachment(file.name, name, len(file.data))
            for file, (name, _) in zip(files, given_files, strict=True)
        ),
        extra=draw(_EXTRAS),
        body=draw(_BODIES),
    )
    return entry, files


@st.composite
def _stories(draw: st.DrawFn) -> Story:
    number = draw(st.integers(10_000, 99_999))
    others = draw(
        st.dictionaries(_KEYS.filter(lambda key: key not in _KNOWN), _TREES.map(_as_value), max_size=3)
    )
    fields: dict[str, Value] = {name: field.empty for name, field in _KNOWN.items()}
    for name in ("status", "requester", "due", "category"):
        fields[name] = draw(_TEXT)
    fields["labels"] = tuple(sorted(draw(st.sets(_NAMES, max_size=3))))
    fields["links"] = tuple(sorted(draw(st.sets(_NAMES, max_size=2))))
    fields |= {"id": f"TKT-2j{number}", "created": "2026-11-22T10:00:00+01:00", "title": draw(_NAMES) + "x"}
    drawn = draw(st.lists(_entries(), max_size=3, unique_by=lambda pair: pair[0].id))
    files = {file.name: file for _, came in drawn for file in came}
    entries = sorted((entry for entry, _ in drawn), key=lambda entry: entry.order)
    return Story(Ticket({**fields, **others}, draw(_BODIES)), tuple(entries), tuple(files.values()))


# --- there and back -----------------------------------------------------------

_SETTINGS = memory_desk().settings
_KNOWN = _SETTINGS.fields


def _exported(ws: Workspace) -> str:
    tickets = chosen(ws, Query(All())).tickets
    return "".join(
        f"{to_jsonl([portable_row(each, _KNOWN, attached(ws, each)[0])])}\n" for each in cases(ws, tickets)
    )


def _read(*lines: Any) -> Imported:
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
    return read_jsonl(text.encode(), "desk.jsonl", _SETTINGS)


def _desk_of(imported: Imported) -> Workspace:
    ws = memory_desk()
    import_tickets(ws, "jsonl", imported)
    return ws


def _trees(values: Mapping[str, Value]) -> dict[str, object]:
    """Values with all that is in them; nothing where none is set."""
    found = {key: each.tree if isinstance(each, Nested) else each for key, each in values.items()}
    return {key: each for key, each in found.items() if each or isinstance(each, dict)}


def _all_of(ws: Workspace) -> dict[str, object]:
    """Everything a desk's tickets say."""
    found: dict[str, object] = {}
    for ticket_id in ws.tickets.ids():
        ticket = ws.tickets.load(ticket_id)
        thread, problems = ws.tickets.thread(ticket_id)
        assert not problems
        entries = [(entry._replace(extra={}), _trees(entry.extra)) for entry in thread]
        found[ticket_id] = (_trees(ticket.fields), ticket.body, entries)
    return found


def _attached_files(ws: Workspace) -> dict[str, bytes]:
    assert isinstance(ws.files, MemoryFiles)
    return {path: data for path, data in ws.files.files.items() if "/files/" in path}


@given(st.lists(_stories(), max_size=3, unique_by=lambda story: story.ticket.id))
def test_whatever_a_desk_holds_comes_back(stories: list[Story]) -> None:
    first = _desk_of(Imported(tuple(stories), ()))
    text = _exported(first)
    imported = read_jsonl(text.encode(), "desk.jsonl", _SETTINGS)
    assert not imported.problems
    second = _desk_of(imported)
    assert _all_of(second) == _all_of(first)
    assert len(_all_of(second)) == len(stories)
    assert _attached_files(second) == _attached_files(first)
    assert _exported(second) == text


def test_real_issues_come_back() -> None:
    if not _REAL.exists():
        pytest.skip("the real export is not beside the repository (../shared/data)")
    lines = _REAL.read_bytes().splitlines()[::4]
    first = _desk_of(read_beads(b"\n".join(lines), _REAL.name, _SETTINGS))
    imported = read_jsonl(_exported(first).encode(), "desk.jsonl", _SETTINGS)
    assert not imported.problems
    second = _desk_of(imported)
    assert len(second.tickets.ids()) == len(lines)
    assert isinstance(first.files, MemoryFiles)
    assert isinstance(second.files, MemoryFiles)
    assert second.files.files == first.files.files


def test_a_folded_thread_comes_back_as_a_thread() -> None:
    ws = _desk_of(_read(_LINE))
    assert isinstance(ws.files, MemoryFiles)
    before = _all_of(ws)
    for write in ws.tickets.fold(_ID):
        if write.data is None:
            del ws.files.files[write.path]
        else:
            ws.files.files[write.path] = write.data
    assert b"<!-- entry" in ws.tickets.whole(_ID)
    assert _all_of(_desk_of(_read(_exported(ws)))) == before == _all_of(ws)


@pytest.mark.parametrize(
    "head",
    [
        "x-monitor:\n  check: login\n  tries: [3, 10]\n  off: ~\n",
        "body: of another tool\nthread: [a, b]\n",
        "x-list:\n- {a: b}\n- [c, 'no', \"1.10\"]\n- ''\n",
        "x-empty: {}\nx-none: []\nx-nothing:\n",
        "x-text: |\n  two\n  lines\n",
    ],
)
def test_what_other_tools_keep_in_a_ticket_comes_back(head: str) -> None:
    ws = _desk_of(_read(_LINE))
    assert isinstance(ws.files, MemoryFiles)
    path = ticket_path(_ID)
    ws.files.files[path] = ws.files.files[path].replace(b"\n---\n", f"\n{head}---\n".encode(), 1)
    known = _all_of(ws)
    assert list(ws.tickets.load(_ID).fields)[-1].startswith(("x-", "thread"))
    assert _all_of(_desk_of(_read(_exported(ws)))) == known


def test_what_these_settings_do_not_allow_comes_in_as_it_was() -> None:
    imported = _read({**_LINE, "status": "on-hold", "x-score": {"a": ["1"]}})
    assert {(row.theirs, row.ours, row.count) for row in imported.mapped} >= {
        ("ticket", "ticket", 1),
        ("entry", "entry", 2),
        ("status that is not allowed here", "status as it was: tkt check", 1),
    }
    assert _desk_of(imported).tickets.load(_ID).status == "on-hold"


# --- what stays out -----------------------------------------------------------

_ID = "TKT-2j7k3q9"
_ENTRY = {"id": "20261122T093000Z-x7k2", "at": "2026-11-22T09:30:00Z", "by": "bob@example.com", "clock": 1}
_LINE: dict[str, Any] = {
    "id": _ID,
    "created": "2026-11-22T09:00:00Z",
    "title": "Login page fails",
    "status": "new",
    "body": "Since this morning.\n",
    "thread": [
        {**_ENTRY, "visibility": "public", "body": "Looking at it.\n"},
        {
            **_ENTRY,
            "id": "20261122T100000Z-4m0c",
            "clock": 2,
            "changes": [{"field": "due", "new": "2026-12-01"}],
        },
    ],
}


def _entry(**said: Any) -> dict[str, Any]:
    return {**_LINE, "thread": [{**_ENTRY, **said}]}


def _file(**said: Any) -> dict[str, Any]:
    return _entry(attachments=[{"file": attachment_file("a.txt", b"a"), "name": "a.txt", "size": 1, **said}])


_VERDICT = {"policy": "vip", "settings": "0123456789ab"}
_REFUSED: list[tuple[Any, str]] = [
    ("{", "not JSON"),
    ("[1]", "not a JSON object"),
    ('{"a":' * 200 + "1" + "}" * 200, "nested deeper"),
    ({**_LINE, "id": "../../etc/passwd"}, "a ticket needs an id such as TKT-2j7k3q9"),
    ({**_LINE, "id": "ABC-2j7k3q9"}, "tkt init --key ABC"),
    ({**_LINE, "id": None}, "a ticket needs an id"),
    ({**_LINE, "title": " "}, "a ticket needs a title"),
    ({**_LINE, "created": "yesterday"}, "created is a moment"),
    ({**_LINE, "created": "2026-10-22T09:00:00Z"}, "does not begin with the month of its creation, 2h"),
    ({**_LINE, "queue": 3}, "queue holds a text or null"),
    ({**_LINE, "labels": "vip"}, "labels holds a list of texts or null"),
    ({**_LINE, "title": "\ud800"}, "title holds half a character"),
    ({**_LINE, "x": {"y": 1}}, "x holds texts, and lists and objects of them"),
    ({**_LINE, "<<": "x"}, "'<<' cannot be a key"),
    ({**_LINE, "null": "x"}, "'null' cannot be a key"),
    ({**_LINE, "__class__": "x"}, "'__class__' cannot be a key"),
    ({**_LINE, "x": {"a": {"b": {"c": {"d": {"e": "f"}}}}}}, "nested deeper than 6 levels"),
    ({**_LINE, "labels": [str(each) for each in range(2000)]}, "more than 2,000 keys and values"),
    ({**_LINE, "x": "y" * 70_000}, "more than 65,536 characters"),
    ({**_LINE, "body": "a\0b"}, "body holds a NUL"),
    ({**_LINE, "body": "x" * 5_000_000}, "the description has more than 1,000,000 bytes"),
    ({**_LINE, "body": "<<<<<<< a\n=======\n>>>>>>> b\n"}, "a mark of an unresolved merge"),
    ({**_LINE, "body": "## Thread\n\n<!-- entry 20261122T093000Z-x7k2: 9 lines -->\n"}, "a folded thread"),
    ({**_LINE, "thread": {}}, "thread holds a list of objects"),
    ({**_LINE, "thread": [_ENTRY, _ENTRY]}, "two entries of its thread have the same id"),
    (_entry(id="../x"), "an entry's id looks like"),
    (_entry(id="20261322T093000Z-x7k2"), "an entry's id looks like"),
    (_entry(at="soon"), "at is a moment"),
    (_entry(by=""), "an entry needs by"),
    (_entry(clock=None), "an entry needs clock"),
    (_entry(clock=0), "clock holds a whole number from 1 to 999,999,999"),
    (_entry(clock=True), "clock holds a whole number"),
    (_entry(visibility="secret"), "visibility is public or internal"),
    (_entry(body="x" * 1_000_001), "has more than 1,000,000 bytes"),
    (_entry(changes=[{"field": "due"}, {"field": "due"}]), "changes a field twice"),
    (_entry(changes=[{"field": "a: b"}]), "'a: b' cannot be a key"),
    (_file(file="../../.git/hooks/pre-commit"), "an attachment has a file, named after its content"),
    (_entry(sla=[]), "sla holds an object"),
    (_entry(sla={"policy": "vip"}), "sla holds a policy, the fingerprint of the settings"),
    (_entry(sla={**_VERDICT, "clocks": [{"clock": "lunch"}]}), "the name of a clock"),
    (_entry(sla={**_VERDICT, "clocks": [{"clock": "resolution"}]}), "a clock of sla has a state"),
    (_file(size=-1), "size holds a whole number"),
    (_file(content="%"), "is not in base64"),
    (_file(content="Yg=="), "is not that from which its name was made"),
]


@pytest.mark.parametrize(
    ("line", "text"), _REFUSED, ids=[f"{number} {text}" for number, (_, text) in enumerate(_REFUSED)]
)
def test_what_is_no_ticket_of_ours_stays_out(line: Any, text: str) -> None:
    good = {**_LINE, "id": "TKT-2j00000"}
    imported = _read("", line, good)
    (problem,) = imported.problems
    assert (problem.path, problem.line) == ("desk.jsonl", 2)
    assert text in problem.text
    assert [story.ticket.id for story in imported.stories] == ["TKT-2j00000"]


def test_the_second_ticket_of_an_id_stays_out() -> None:
    imported = _read(_LINE, {**_LINE, "title": "Another"})
    assert [str(each) for each in imported.problems] == [
        "desk.jsonl:2: TKT-2j7k3q9 stands above already; give one of them another id"
    ]
    assert imported.stories[0].ticket.title == "Login page fails"


def test_a_file_larger_than_allowed_stays_out() -> None:
    from dataclasses import replace

    line = json.dumps(_file(content="YQ==")).encode()
    assert not read_jsonl(line, "x", _SETTINGS).problems
    (problem,) = read_jsonl(line, "x", replace(_SETTINGS, attachment_limit=0)).problems
    assert "an attachment may have 0" in problem.text


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


def _spoilt(base: Mapping[str, Any], spoil: Callable[[], Any]) -> st.SearchStrategy[dict[str, Any]]:
    keys = st.sampled_from([*base, "labels", "changes", "attachments", "minutes", "x"])
    return st.dictionaries(keys, spoil(), max_size=2).map(lambda said: {**base, **said})


@given(_spoilt(_LINE, lambda: _JSON | st.lists(_spoilt(_ENTRY, lambda: _JSON), max_size=2)) | _JSON)
def test_any_json_comes_in_whole_or_as_a_problem(said: Any) -> None:
    imported = _read(json.dumps(said))
    assert len(imported.stories) + len(imported.problems) == 1
    for story in imported.stories:
        ws = _desk_of(imported)
        ticket = ws.tickets.load(story.ticket.id)
        thread, problems = ws.tickets.thread(story.ticket.id)
        assert not problems
        assert (_trees(ticket.fields), ticket.body) == (_trees(story.ticket.fields), story.ticket.body)
        assert [entry.id for entry in thread] == [entry.id for entry in story.entries]

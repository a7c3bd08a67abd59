"""Beads: every rule on a few lines made by hand, bad input, any JSON at all, and a real export."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkt.domain.checks import save_problems
from tkt.domain.entry import Change
from tkt.domain.fields import BUILT_IN, hidden_characters
from tkt.domain.settings import Settings
from tkt.domain.ticket import Ticket
from tkt.intake import IMPORTERS
from tkt.intake.beads import read_beads
from tkt.intake.foreign import derived_ids, foreign_text, foreign_time
from tkt.store.settings import SettingsReader
from tkt.store.threads import decode_entry
from tkt.store.tickets import TicketFiles
from tkt.usecases.importing import Imported
from tkt.usecases.record import Story

_REAL = Path(__file__).parents[3] / "shared" / "data" / "beads-issues.jsonl"


class _Texts:
    """The files of a store that has settings and nothing else."""

    def __init__(self, **texts: str) -> None:
        self.texts = {f".tkt/{name}.yaml": text for name, text in texts.items()}

    def names(self, folder: str) -> Sequence[str]:
        return tuple(path for path in self.texts if path.startswith(f"{folder}/"))

    def read(self, path: str) -> bytes:
        if path not in self.texts:
            raise FileNotFoundError(path)
        return self.texts[path].encode()


def _settings(**texts: str) -> Settings:
    return SettingsReader(_Texts(**texts)).load()


_DEFAULT = _settings()
_FILES = TicketFiles(_Texts(), _DEFAULT)


def _line(**said: Any) -> dict[str, Any]:
    return {
        "id": "bd-1",
        "title": "Login fails",
        "status": "open",
        "priority": 2,
        "issue_type": "bug",
        "created_at": "2025-11-02T21:58:07.295058-08:00",
        **said,
    }


def _read(*lines: Any, settings: Settings = _DEFAULT) -> Imported:
    data = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
    return read_beads(data.encode(), "issues.jsonl", settings)


def _story(*, settings: Settings = _DEFAULT, **said: Any) -> Story:
    (story,) = _read(_line(**said), settings=settings).stories
    assert not save_problems(story.ticket, story.ticket.fields, settings)
    return story


def _ticket(**said: Any) -> Ticket:
    return _story(**said).ticket


def _trouble(*lines: Any) -> list[str]:
    return list(map(str, _read(*lines).problems))


def _rows(imported: Imported) -> dict[tuple[str, str], int]:
    return {(row.theirs, row.ours): row.count for row in imported.mapped}


def _needs(issue: str, kind: str, target: str) -> dict[str, str]:
    return {"issue_id": issue, "depends_on_id": target, "type": kind}


def _come_back(story: Story, files: TicketFiles = _FILES) -> None:
    """A story's files say the same when they are read again."""
    write = files.encode_ticket(None, story.ticket)
    assert write.data is not None
    again = files.decode(story.ticket.id, write.data)
    assert again == story.ticket
    assert list(again.fields) == [
        name for name, value in story.ticket.fields.items() if value or name != "external_id"
    ]
    for entry in story.entries:
        written = files.encode_entry(story.ticket.id, entry)
        assert written.data is not None
        assert decode_entry(written.data, written.path) == entry


# --- who, what and when ------------------------------------------------------


def test_the_table_of_importers_names_it() -> None:
    assert IMPORTERS["beads"] == f"{read_beads.__module__}:{read_beads.__name__}"


def test_origin() -> None:
    ticket = _ticket(created_by="mayor")
    assert ticket.id.startswith("TKT-26")
    assert ticket.text("external_id") == "bd-1"
    assert ticket.text("created") == "2025-11-03T05:58:07Z"
    assert ticket.text("created_by") == "mayor"
    assert ticket.text("channel") == "api"


def test_nobody_is_invented() -> None:
    ticket = _ticket()
    assert ticket.text("created_by") == "unknown"
    assert (ticket.assignee, ticket.text("requester"), ticket.text("impact")) == ("", "", "")


def test_every_field_of_ours_is_there_in_order_and_then_theirs() -> None:
    names = list(_ticket(owner="steve@example.com").fields)
    assert names == [*BUILT_IN, "beads_owner"]


def test_the_first_channel_where_there_is_no_api() -> None:
    settings = _settings(project="channels: [desk, mail]\n")
    assert _story(settings=settings).ticket.text("channel") == "desk"


def test_a_name_that_had_to_be_cleaned_is_kept_beside() -> None:
    ticket = _ticket(assignee="b\u202eob", created_by=7)
    assert (ticket.assignee, ticket.text("beads_assignee")) == ("bob", '"b\\u202eob"')
    assert (ticket.text("created_by"), ticket.text("beads_created_by")) == ("unknown", "7")


def test_people_the_settings_know() -> None:
    settings = _settings(people="agents:\n  dave: {email: dave@example.com}\n")
    story = _story(
        settings=settings,
        assignee="dave",
        created_by="Dave",
        comments=[{"author": "dave", "text": "Hm", "created_at": "2025-12-01T00:00:00Z"}],
    )
    assert story.ticket.assignee == story.ticket.text("created_by") == "dave@example.com"
    assert story.entries[0].by == "dave@example.com"


@pytest.mark.parametrize(
    ("theirs", "ours"), [("bug", "bug"), ("epic", "epic"), ("chore", "task"), ("molecule", "task")]
)
def test_type(theirs: str, ours: str) -> None:
    ticket = _ticket(issue_type=theirs)
    assert ticket.type == ours
    assert ticket.text("beads_issue_type") == ("" if theirs == ours else theirs)


def test_type_without_a_task() -> None:
    settings = _settings(project="types: {bug: {}, wish: {}}\ndefault_type: wish\n")
    assert _story(settings=settings, issue_type="chore").ticket.type == "wish"
    assert _story(settings=settings, issue_type="bug").ticket.type == "bug"


@pytest.mark.parametrize(
    ("theirs", "ours", "kept"),
    [
        ("open", "new", ""),
        ("in_progress", "in-progress", ""),
        ("hooked", "assigned", "hooked"),
        ("blocked", "waiting", "blocked"),
        ("deferred", "waiting", "deferred"),
        ("closed", "closed", ""),
        ("tombstone", "closed", "tombstone"),
        ("resolved", "resolved", ""),
        ("in_review", "assigned", "in_review"),
    ],
)
def test_status(theirs: str, ours: str, kept: str) -> None:
    story = _story(status=theirs)
    assert story.ticket.status == ours
    assert story.ticket.text("beads_status") == kept
    assert story.entries == ()


_WORKFLOW = """\
statuses:
  triage: {category: new}
  doing: {category: open}
  parked: {category: waiting}
  done: {category: done}
initial: triage
on_assign: doing
transitions:
- {from: triage, to: [doing, parked, done]}
"""


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("open", "triage"), ("hooked", "doing"), ("blocked", "parked"), ("closed", "done")],
)
def test_status_by_its_meaning(theirs: str, ours: str) -> None:
    assert _story(settings=_settings(workflow=_WORKFLOW), status=theirs).ticket.status == ours


@pytest.mark.parametrize(
    ("theirs", "ours", "kept"),
    [(0, "P1", ""), (4, "P5", ""), (7, "P5", "7"), (-1, "P1", "-1"), ("high", "P3", "high")],
)
def test_priority(theirs: object, ours: str, kept: str) -> None:
    ticket = _ticket(priority=theirs)
    assert ticket.priority == ours
    assert ticket.text("beads_priority") == kept


def test_missing_type_status_and_priority_take_the_defaults() -> None:
    line = {key: _line()[key] for key in ("id", "title", "created_at")}
    (story,) = _read(line).stories
    assert (story.ticket.type, story.ticket.status) == ("task", "new")
    assert story.ticket.priority == "P3"


def test_labels_are_sorted_and_cleaned() -> None:
    assert _ticket(labels=["urgent", "backend", "urgent"]).items("labels") == ("backend", "urgent")
    ticket = _ticket(labels=["a\u202eb", 7, ""])
    assert ticket.items("labels") == ("ab",)
    assert json.loads(ticket.text("beads_labels")) == ["a\u202eb", 7, ""]


# --- texts -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "ours", "kept"),
    [
        (" plain\n", "plain", ""),
        ("bell\u0007 and\u2028line", "bell and line", '"bell\\u0007 and\\u2028line"'),
        ("x" * 251, "x" * 247 + "...", "x" * 251),
    ],
)
def test_title(theirs: str, ours: str, kept: str) -> None:
    ticket = _ticket(title=theirs)
    assert ticket.title == ours
    assert ticket.text("beads_title") == kept


def test_a_title_of_several_lines_stands_in_the_description_too() -> None:
    ticket = _ticket(title="one\ntwo", description="Text.")
    assert ticket.title == "one two"
    assert ticket.body == "Text.\n\n## Title\n\none\ntwo\n"


def test_longer_texts_are_sections() -> None:
    ticket = _ticket(description="Why.\r\n", notes="Seen.", design="A\nB", acceptance_criteria="- [ ] C")
    assert ticket.body == (
        "Why.\n\n## Design\n\nA\nB\n\n## Acceptance criteria\n\n- [ ] C\n\n## Notes\n\nSeen.\n"
    )
    assert not [name for name in ticket.fields if name.startswith("beads_")]


def test_control_characters_and_lone_surrogates_do_not_lose_an_issue() -> None:
    story = _story(description="a\u001b[31mb\ud800\u0000\tc", notes="\u0007")
    assert story.ticket.body == "a[31mb\tc\n"
    _come_back(story)


def test_a_line_like_a_merge_mark_does_not_stop_later_saves() -> None:
    ticket = _ticket(description="Heading\n=======\n<<<<<<< HEAD\n")
    assert ticket.body == "Heading\n =======\n <<<<<<< HEAD\n"


def test_what_has_no_field_is_kept() -> None:
    ticket = _ticket(
        external_ref="gh-9",
        estimated_minutes=60,
        pinned=False,
        metadata={"a": [1]},
        waiters=["b", "a"],
        spec="one\ntwo",
        log="x" * 1001,
        sender="",
        nothing=None,
    )
    assert {name: value for name, value in ticket.fields.items() if name not in BUILT_IN} == {
        "beads_estimated_minutes": "60",
        "beads_external_ref": "gh-9",
        "beads_metadata": '{"a":[1]}',
        "beads_pinned": "false",
        "beads_waiters": ("b", "a"),
    }
    assert ticket.body == f"## Log\n\n{'x' * 1001}\n\n## Spec\n\none\ntwo\n"


def test_long_json_is_a_section_too() -> None:
    numbers = list(range(500))
    start, fenced = "## Metadata\n\n```json\n", json.dumps(numbers, separators=(",", ":"))
    assert _ticket(metadata=numbers).body == f"{start}{fenced}\n```\n"


def test_hostile_keys_become_legal_ones() -> None:
    hostile = {"a b": "1", "a-b": "2", "\x1b[2J": "3", "": "4", "id: x\n": "5"}
    (story,) = _read({**_line(), **hostile}).stories
    extras = [name for name in story.ticket.fields if name not in BUILT_IN]
    assert extras == ["beads_", "beads__2J", "beads_a_b", "beads_a_b_", "beads_id_x_"]
    _come_back(story)


def test_fields_that_the_team_declared_take_their_namesakes() -> None:
    settings = _settings(
        project="fields:\n"
        "  estimated_minutes: {type: number}\n"
        "  owner: {type: choice, choices: [ana], default: ana}\n"
        "  waiters: {type: list}\n"
        "  spec_id: {type: ticket}\n"
    )
    ticket = _story(
        settings=settings,
        estimated_minutes=60,
        owner="steve",
        waiters=["b", "a"],
        spec_id="s",
        due_at="2026-01-01T00:00:00+01:00",
    ).ticket
    assert ticket.text("estimated_minutes") == "60"
    assert (ticket.text("owner"), ticket.text("beads_owner")) == ("ana", "steve")
    assert ticket.items("waiters") == ("a", "b")
    assert (ticket.text("spec_id"), ticket.text("beads_spec_id")) == ("", "s")
    assert ticket.text("due") == "2025-12-31T23:00:00Z"


def test_the_last_touch_is_kept_where_nothing_else_tells_it() -> None:
    assert "beads_updated_at" not in _ticket(updated_at="2025-11-02T21:58:07.9-08:00").fields
    kept = _ticket(updated_at="2025-11-04T00:00:00Z").text("beads_updated_at")
    assert kept == "2025-11-04T00:00:00Z"


# --- the thread --------------------------------------------------------------


def test_comments_and_the_closing_in_order_of_time() -> None:
    story = _story(
        status="closed",
        closed_at="2025-11-10T08:00:00.5-08:00",
        close_reason="Fixed in abc1234",
        comments=[
            {"id": 2, "author": "bob", "text": "Later", "created_at": "2025-11-11T00:00:00Z"},
            {"id": 1, "text": "Same\r\nsecond", "created_at": "2025-11-10T16:00:00Z"},
        ],
    )
    first, closing, last = story.entries
    assert (first.by, first.body, first.visibility) == ("unknown", "Same\nsecond\n", "public")
    assert [entry.clock for entry in story.entries] == [1, 2, 3]
    assert closing.changes == (
        Change("status", "new", "closed"),
        Change("resolution", "", "fixed"),
    )
    assert (closing.by, closing.body) == ("unknown", "Fixed in abc1234\n")
    assert closing.id.startswith("20251110T160000Z-")
    assert last.by == "bob"
    assert (story.ticket.status, story.ticket.text("resolution")) == ("closed", "fixed")
    _come_back(story)


def test_entries_that_are_alike_have_ids_of_their_own() -> None:
    comment = {"author": "bob", "text": "+1", "created_at": "2025-11-11T00:00:00Z"}
    story = _story(comments=[comment] * 5)
    assert len({entry.id for entry in story.entries}) == 5


def test_a_closing_without_a_reason_says_nothing() -> None:
    (entry,) = _story(status="closed", closed_at="2025-11-10T16:00:00Z").entries
    assert (entry.visibility, entry.body) == ("", "")


def test_closed_by_is_believed() -> None:
    story = _story(status="closed", closed_at="2025-11-10T16:00:00Z", closed_by="bob")
    assert story.entries[0].by == "bob"


@pytest.mark.parametrize(
    ("reason", "resolution"),
    [
        ("fixed", "fixed"),
        ("Already fixed in 0de6b10a", "fixed"),
        ("Implemented: see docs", "done"),
        ("Duplicate of bd-2", "duplicate"),
        ("Won't fix - low risk", "wont-fix"),
        ("Unable to reproduce", "cannot-reproduce"),
        ("Closed", ""),
        ("Fixed-width fonts removed", ""),
        ("Not fixed", ""),
    ],
)
def test_a_reason_is_a_resolution_only_where_it_says_so(reason: str, resolution: str) -> None:
    ticket = _ticket(status="closed", closed_at="2025-11-10T16:00:00Z", close_reason=reason)
    assert ticket.text("resolution") == resolution


def test_a_resolution_that_the_settings_lack_is_left_open() -> None:
    settings = _settings(project="resolutions: [shipped]\n")
    ticket = _story(
        settings=settings,
        status="closed",
        closed_at="2025-11-10T16:00:00Z",
        close_reason="Fixed",
    ).ticket
    assert ticket.text("resolution") == ""


def test_what_is_not_closed_keeps_its_reason_and_time_beside() -> None:
    story = _story(close_reason="Oops", closed_at="2025-11-10T16:00:00Z")
    assert story.entries == ()
    assert story.ticket.text("beads_close_reason") == "Oops"
    assert story.ticket.text("beads_closed_at") == "2025-11-10T16:00:00Z"


def test_comments_of_another_shape_are_kept() -> None:
    story = _story(comments=["hm", {"text": ""}])
    assert story.entries == ()
    assert story.ticket.text("beads_comments") == '["hm",{"text":""}]'
    assert _ticket(comments="hm").text("beads_comments") == "hm"


# --- what hangs together -----------------------------------------------------


def _family(*needs: dict[str, str]) -> tuple[Ticket, Ticket, Imported]:
    imported = _read(_line(dependencies=list(needs)), _line(id="bd-2"))
    first, second = imported.stories
    return first.ticket, second.ticket, imported


def test_parent() -> None:
    child, parent, _ = _family(_needs("bd-1", "parent-child", "bd-2"))
    assert child.text("parent") == parent.id


def test_a_blocker_says_whom_it_blocks() -> None:
    blocked, blocker, _ = _family(_needs("bd-1", "blocks", "bd-2"))
    assert blocker.items("links") == (f"blocks {blocked.id}",)
    assert blocked.items("links") == ()


def test_related_stands_on_one_side() -> None:
    imported = _read(
        _line(dependencies=[_needs("bd-1", "related", "bd-2")]),
        _line(id="bd-2", dependencies=[_needs("bd-2", "related", "bd-1")]),
    )
    first, second = (story.ticket for story in imported.stories)
    assert first.items("links") == (f"relates {second.id}",)
    assert second.items("links") == ()
    assert _rows(imported)["dependency related", "link relates"] == 2


@pytest.mark.parametrize("kind", ["discovered-from", "caused-by"])
def test_other_kinds_are_related_and_kept(kind: str) -> None:
    one, other, imported = _family(_needs("bd-1", kind, "bd-2"))
    assert one.items("links") == (f"relates {other.id}",)
    assert one.items("beads_dependencies") == (f"{kind} bd-2",)
    row = (f"dependency {kind}", "link relates, extra key beads_dependencies")
    assert _rows(imported)[row] == 1


def test_a_second_parent_is_related_and_kept() -> None:
    needs = [_needs("bd-1", "parent-child", "bd-2"), _needs("bd-1", "parent-child", "bd-3")]
    imported = _read(_line(dependencies=needs), _line(id="bd-2"), _line(id="bd-3"))
    child, first, second = (story.ticket for story in imported.stories)
    assert child.text("parent") == first.id
    assert child.items("links") == (f"relates {second.id}",)
    assert child.items("beads_dependencies") == ("parent-child bd-3",)


def test_nobody_is_their_own_forefather() -> None:
    ring = ["bd-1", "bd-2", "bd-3"]
    imported = _read(
        *(
            _line(id=each, dependencies=[_needs(each, "parent-child", ring[place - 2])])
            for place, each in enumerate(ring)
        )
    )
    parents = [story.ticket.text("parent") for story in imported.stories]
    assert sorted(map(bool, parents)) == [False, True, True]


def test_a_family_tree_ends_somewhere() -> None:
    lines = [
        _line(id=f"bd-{n}", dependencies=[_needs(f"bd-{n}", "parent-child", f"bd-{n + 1}")])
        for n in reversed(range(150))
    ]
    imported = _read(_line(id="bd-150"), *lines)
    kept = Counter(story.ticket.items("beads_dependencies") != () for story in imported.stories)
    assert kept[True] == 1
    assert not imported.problems


@pytest.mark.parametrize(("kind", "target"), [("blocks", "bd-9"), ("related", "bd-9"), ("blocks", "bd-1")])
def test_what_leads_nowhere_is_kept(kind: str, target: str) -> None:
    ticket = _ticket(dependencies=[_needs("bd-1", kind, target)])
    assert ticket.items("links") == ()
    assert ticket.items("beads_dependencies") == (f"{kind} {target}",)


def test_dependencies_of_another_shape_are_kept() -> None:
    ticket = _ticket(dependencies=["x", {"type": "blocks"}, _needs("bd-7", "blocks", "bd-1")])
    assert len(ticket.items("beads_dependencies")) == 3
    assert _ticket(dependencies={"a": 1}).text("beads_dependencies") == '{"a":1}'


# --- what cannot be understood -----------------------------------------------


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"id": NaN' + "1" * 5000 + "}", "not JSON"),
        ('{"id": ' + "1" * 5000 + "}", "a number with thousands of digits"),
        (_line(id=None), "an issue needs id"),
        (_line(id="a\u200eb"), "an id has a character that cannot be seen: U+200E"),
        (_line(title=" \u0007"), "an issue needs title"),
        (_line(created_at=""), "an issue needs created_at"),
        (_line(created_at="yesterday"), 'created_at: "yesterday" is not a moment'),
        (_line(created_at="2025-11-02T21:58:07"), "created_at: "),
        (_line(created_at="0001-01-01T00:00:00Z"), "created_at: "),
        (_line(created_at="9999-12-31T23:59:59-09:00"), "created_at: "),
        (_line(created_at="2019-12-31T23:59:59Z"), "no ticket can be created in 2019-12"),
        (_line(closed_at=5), "closed_at: 5 is not a moment"),
        (_line(comments=[{"text": "x"}]), "created_at of a comment: null is not a moment"),
        (_line(x="y" * 1_000_000), "a line of 1,000,"),
        ('{"id":' + "[" * 100_000, "nested deeper than 100 levels"),
        ('{"x":' + "[" * 101 + "]" * 101 + "}", "nested deeper than 100 levels"),
        (_line(labels=[f"l{n}" for n in range(2000)]), "bd-1: it has more labels"),
        (_line(comments=[{"text": "\ufb2c" * 300_000, "created_at": "2026-01-01T00:00:00Z"}]), ""),
    ],
)
def test_one_bad_line_leaves_the_others_alone(line: object, text: str) -> None:
    said = line if isinstance(line, str) else json.dumps(line, ensure_ascii="\ufb2c" not in str(line))
    imported = _read(_line(id="bd-0"), "", said, _line(id="bd-2"))
    assert [story.ticket.text("external_id") for story in imported.stories] == ["bd-0", "bd-2"]
    (problem,) = imported.problems
    assert str(problem).startswith(f"issues.jsonl:3: {text}")
    assert str(problem).isprintable()


def test_bytes_that_are_no_text() -> None:
    good = json.dumps(_line()).encode()
    imported = read_beads(good + b'\r\n{"id": "\xff"}\n', "x.jsonl", _DEFAULT)
    assert len(imported.stories) == 1
    assert list(map(str, imported.problems)) == ["x.jsonl:2: not UTF-8 (byte 8 of the line)"]


def test_a_second_line_with_the_same_id() -> None:
    assert _trouble(_line(), _line(title="Other")) == [
        "issues.jsonl:2: id 'bd-1' stands on line 1 already; give one of them another"
    ]


def test_a_blocker_that_was_left_out_is_not_in_the_file() -> None:
    blocked = _line(dependencies=[_needs("bd-1", "blocks", "bd-2")])
    imported = _read(blocked, _line(id="bd-2", labels=[f"l{n}" for n in range(2000)]))
    (story,) = imported.stories
    assert story.ticket.items("beads_dependencies") == ("blocks bd-2",)
    assert _rows(imported)["type bug", "type bug"] == 1


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_nothing_makes_nothing(data: bytes) -> None:
    assert read_beads(data, "x", _DEFAULT) == Imported((), (), ())


def test_a_byte_order_mark_is_no_part_of_the_first_issue() -> None:
    data = b"\xef\xbb\xbf" + json.dumps(_line()).encode()
    assert len(read_beads(data, "x", _DEFAULT).stories) == 1


# --- always the same ---------------------------------------------------------


def test_ids_that_come_out_alike_are_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tkt.domain.ids._RANDOM_CHARS", 1)
    created = foreign_time("2026-01-01T00:00:00Z")
    names = [f"bd-{number}" for number in range(20)]
    ids = derived_ids("beads", "TKT", [(name, created) for name in names])
    assert len(set(ids.values())) == 20
    later = ("bd-99", foreign_time("2026-01-02T00:00:00Z"))
    again = derived_ids("beads", "TKT", [later, *((name, created) for name in reversed(names))])
    assert {name: again[name] for name in names} == ids


def test_summary() -> None:
    imported = _read(
        _line(issue_type="chore", status="hooked", notes="x", assignee="bob"),
        _line(id="bd-2", issue_type="chore", priority=0),
    )
    assert [(row.theirs, row.ours, row.count) for row in imported.mapped] == [
        ("type chore", "type task", 2),
        ("status hooked", "status assigned", 1),
        ("status open", "status new", 1),
        ("priority 0", "priority P1", 1),
        ("priority 2", "priority P3", 1),
        ("assignee", "assignee", 1),
        ("created_by (none)", "created_by unknown", 2),
        ("notes", "section Notes of the description", 1),
        ("original issue_type", "extra key beads_issue_type", 2),
        ("original status", "extra key beads_status", 1),
    ]


_TEXT = st.text(st.characters(), max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)
_IDS = st.sampled_from(["bd-1", "bd-2", "bd-3", "\u0130d"]) | _TEXT
_TIMES = st.datetimes().map(lambda each: each.isoformat() + "Z") | _JSON
_KINDS = st.sampled_from(["blocks", "parent-child", "related", "discovered-from"]) | _TEXT
_DEPENDENCIES = st.lists(st.fixed_dictionaries({"type": _KINDS, "depends_on_id": _IDS}) | _JSON, max_size=4)
_COMMENTS = st.lists(
    st.fixed_dictionaries({"text": _TEXT, "created_at": _TIMES}, optional={"author": _JSON}),
    max_size=3,
)
_STATUSES = st.sampled_from(["open", "closed", "hooked", "blocked"]) | _JSON
_ISSUES = st.fixed_dictionaries(
    {
        "id": _IDS,
        "title": _TEXT,
        "created_at": st.just("2026-01-01T00:00:00Z") | _TIMES,
    },
    optional={
        "status": _STATUSES,
        "closed_at": st.just("2026-01-01T00:00:00Z") | _TIMES,
        "dependencies": _DEPENDENCIES | _JSON,
        "comments": _COMMENTS | _JSON,
        **dict.fromkeys(("priority", "issue_type", "labels", "notes", "description", "close_reason"), _JSON),
        **dict.fromkeys(("assignee", "created_by", "due_at", "updated_at", "a b"), _JSON),
    },
)


@given(st.lists(_ISSUES | _JSON | st.dictionaries(_TEXT, _JSON, max_size=4), max_size=5))
def test_any_json_comes_in_whole_or_as_a_problem(lines: list[object]) -> None:
    imported = _read(*(json.dumps(each) for each in lines))
    assert imported == _read(*(json.dumps(each) for each in lines))
    assert len(imported.stories) + len(imported.problems) == len(lines)
    ids = [story.ticket.id for story in imported.stories]
    assert len(set(ids)) == len(ids)
    for story in imported.stories:
        _come_back(story)
        assert not save_problems(story.ticket, story.ticket.fields, _DEFAULT)
        assert story.ticket.text("parent") in {"", *ids}
        assert {link.target for link in story.ticket.links} <= set(ids)
    assert not any(hidden_characters(f"{row.theirs}{row.ours}") for row in imported.mapped)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    imported = read_beads(data, "x", _DEFAULT)
    assert not imported.stories


@given(_TEXT)
def test_any_text_can_be_stored(text: str) -> None:
    assert foreign_text(foreign_text(text)) == foreign_text(text)


# --- the real thing ----------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> tuple[list[dict[str, Any]], Imported]:
    if not _REAL.exists():
        pytest.skip("the real export is not beside the repository (../shared/data)")
    data = _REAL.read_bytes()
    issues = [json.loads(line) for line in data.splitlines()]
    return issues, read_beads(data, _REAL.name, _DEFAULT)


def _total(imported: Imported, kind: str) -> int:
    return sum(row.count for row in imported.mapped if row.theirs.split(" ")[0] == kind)


def test_every_real_issue_comes_in(real: tuple[list[dict[str, Any]], Imported]) -> None:
    issues, imported = real
    tickets = {story.ticket.id: story.ticket for story in imported.stories}
    assert len(tickets) == len(issues) == 1472
    assert imported.problems == ()
    for story in imported.stories:
        _come_back(story)
        assert story.ticket.text("parent") in {"", *tickets}
        assert {link.target for link in story.ticket.links} <= tickets.keys()


def test_the_real_summary_adds_up(real: tuple[list[dict[str, Any]], Imported]) -> None:
    issues, imported = real
    for kind in ("type", "status", "priority"):
        assert _total(imported, kind) == len(issues)
    dependencies = [each for issue in issues for each in issue.get("dependencies", ())]
    assert _total(imported, "dependency") == len(dependencies)
    assert _total(imported, "comment") == sum(len(issue.get("comments", ())) for issue in issues)
    told = Counter(key for issue in issues for key in issue)
    for key in ("closed_at", "notes", "updated_at", "assignee", "external_ref", "owner"):
        assert _total(imported, key) == told[key]
    rows = _rows(imported)
    assert rows["type chore", "type task"] == 38
    assert rows["status hooked", "status assigned"] == 13
    links = sum(len(story.ticket.links) for story in imported.stories)
    parents = sum(bool(story.ticket.text("parent")) for story in imported.stories)
    kept = rows["original dependencies", "extra key beads_dependencies"]
    assert (links, parents, kept) == (382, 279, 83)


def test_the_real_threads_say_where_their_tickets_stand(
    real: tuple[list[dict[str, Any]], Imported],
) -> None:
    issues, imported = real
    for issue, story in zip(issues, imported.stories, strict=True):
        changes = [change for entry in story.entries for change in entry.changes]
        assert all(story.ticket.fields[change.field] == change.new for change in changes)
        assert any(change.field == "status" for change in changes) == ("closed_at" in issue)

"""What happens to tickets all day, on a desk in memory."""

from dataclasses import replace

import pytest

from tests.fakes import MemoryFiles
from tests.memory import fresh_settings, memory_desk
from tkt.domain.duration import parse_duration, show_minutes
from tkt.domain.ids import ticket_path
from tkt.errors import ConflictError, InvalidStoreError, NotAllowedError, NotFoundError, UsageError
from tkt.usecases import change, stepping
from tkt.usecases.converse import comment
from tkt.usecases.create import NewTicket, create, questions, similar_tickets, template_for
from tkt.usecases.edit import edit_whole
from tkt.usecases.look import listing as found_by
from tkt.usecases.look import read_query, view
from tkt.usecases.reshape import merge, split
from tkt.usecases.workspace import Workspace


@pytest.fixture
def ws() -> Workspace:
    return memory_desk()


def new(ws: Workspace, title: str = "Printer on fire", **fields: str) -> str:
    return create(ws, NewTicket(title, "", fields)).tickets[0].id


def test_a_file_that_changed_while_an_edit_is_saved_is_not_overwritten() -> None:
    files = MemoryFiles({})
    ws = memory_desk(files=files)
    ticket_id = new(ws)
    path = ticket_path(ticket_id)
    edited = files.files[path].replace(b"queue:", b"queue: support")

    def meanwhile(length: int) -> str:
        files.files[path] = files.files[path].replace(b"category:", b"category: access")
        return "0" * length

    with pytest.raises(ConflictError):
        edit_whole(replace(ws, random_text=meanwhile), ticket_id, edited)
    assert ws.tickets.load(ticket_id).text("category") == "access"


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [("high", "high", "P1"), ("high", "low", "P3"), ("medium", "medium", "P3"), ("low", "low", "P5")],
)
def test_priority_follows_from_impact_and_urgency(
    ws: Workspace, impact: str, urgency: str, priority: str
) -> None:
    ticket_id = new(ws, impact=impact, urgency=urgency)
    assert ws.tickets.load(ticket_id).priority == priority


def test_another_priority_needs_a_reason(ws: Workspace) -> None:
    ticket_id = new(ws, impact="low", urgency="low")
    with pytest.raises(UsageError, match="give P5, not P1"):
        change.set_fields(ws, [ticket_id], {"priority": "P1"})
    change.set_fields(ws, [ticket_id], {"priority": "P1"}, "The board is watching.")
    assert ws.tickets.load(ticket_id).priority == "P1"
    assert ws.tickets.thread(ticket_id)[0][0].body == "The board is watching.\n"


def test_a_priority_that_somebody_set_stays_when_the_impact_changes(ws: Workspace) -> None:
    ticket_id = new(ws, impact="low", urgency="low")
    change.set_fields(ws, [ticket_id], {"priority": "P1"}, "Why not.")
    outcome = change.set_fields(ws, [ticket_id], {"impact": "medium"})
    assert ws.tickets.load(ticket_id).priority == "P1"
    assert "keeps priority P1" in outcome.notices[0]


def test_an_empty_priority_goes_back_to_the_matrix(ws: Workspace) -> None:
    ticket_id = new(ws, impact="low", urgency="low")
    change.set_fields(ws, [ticket_id], {"priority": "P1"}, "Why not.")
    change.set_fields(ws, [ticket_id], {"priority": ""})
    assert ws.tickets.load(ticket_id).priority == "P5"


def test_assigning_a_new_ticket_moves_it(ws: Workspace) -> None:
    ticket_id = new(ws)
    change.assign(ws, [ticket_id], "ana")
    ticket = ws.tickets.load(ticket_id)
    assert (ticket.assignee, ticket.status) == ("ana@example.com", "assigned")


def test_nobody_of_that_name_is_an_error_with_the_nearest(ws: Workspace) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'ana'"):
        change.assign(ws, [new(ws)], "anna")


def test_automatic_assignment_takes_who_has_room(ws: Workspace) -> None:
    ticket_id = new(ws)
    change.assign_automatically(ws, [ticket_id])
    assert ws.tickets.load(ticket_id).assignee == "ana@example.com"


def test_a_step_that_the_workflow_lacks_is_not_allowed(ws: Workspace) -> None:
    ticket_id = new(ws)
    stepping.transition(ws, [ticket_id], stepping.Move("closed"))
    with pytest.raises(NotAllowedError, match="from closed to waiting") as caught:
        stepping.transition(ws, [ticket_id], stepping.Move("waiting"))
    assert "reopened" in caught.value.hint


def test_reopening_takes_the_resolution_away(ws: Workspace) -> None:
    ticket_id = new(ws)
    stepping.transition(ws, [ticket_id], stepping.Move("resolved", resolution="fixed"))
    assert ws.tickets.load(ticket_id).text("resolution") == "fixed"
    stepping.transition(ws, [ticket_id], stepping.Move("reopened"))
    assert ws.tickets.load(ticket_id).text("resolution") == ""


def test_links_are_stored_once_and_shown_on_both_sides(ws: Workspace) -> None:
    one, two = new(ws, "One"), new(ws, "Two")
    change.link(ws, one, "blocked-by", [two])
    assert ws.tickets.load(one).items("links") == ()
    assert ws.tickets.load(two).items("links") == (f"blocks {one}",)
    assert [(each.relation, each.id) for each in view(ws, one).related] == [("Blocked by", two)]
    assert [(each.relation, each.id) for each in view(ws, two).related] == [("Blocks", one)]


@pytest.mark.parametrize(
    "word", ["blocks", "blocked-by", "relates", "duplicates", "duplicated-by", "parent", "child"]
)
def test_every_link_can_be_taken_away_from_either_end(ws: Workspace, word: str) -> None:
    one, two = new(ws, "One"), new(ws, "Two")
    change.link(ws, one, word, [two])
    assert view(ws, two).related
    change.link(ws, one, word, [two], remove=True)
    assert not view(ws, one).related
    assert not view(ws, two).related


def test_a_ticket_is_never_its_own_ancestor(ws: Workspace) -> None:
    one, two = new(ws, "One"), new(ws, "Two")
    change.link(ws, one, "parent", [two])
    with pytest.raises(UsageError, match="own ancestor"):
        change.link(ws, two, "parent", [one])


def test_a_split_child_takes_over_what_belongs_to_the_case(ws: Workspace) -> None:
    parent = new(
        ws, "Everything is broken", queue="support", requester="kim@example.org", impact="high", urgency="low"
    )
    comment(ws, [parent], "The scanner too.")
    entry = ws.tickets.thread(parent)[0][0]
    child = split(ws, parent, "Scanner broken", "Only the scanner.", [entry.id.rpartition("-")[2]]).tickets[0]
    assert (child.text("parent"), child.priority, child.text("requester")) == (
        parent,
        "P3",
        "kim@example.org",
    )
    assert "> The scanner too." in child.body
    assert child.body.startswith("Only the scanner.\n")
    assert ws.tickets.thread(parent)[0][-1].extra == {"split": child.id}


def test_merging_keeps_both_threads_and_leaves_a_pointer(ws: Workspace) -> None:
    one, two = new(ws, "Mail is down"), new(ws, "No mail since nine")
    comment(ws, [two], "Me too.")
    merge(ws, one, [two])
    merged = ws.tickets.load(two)
    assert (merged.merged_into, merged.status, merged.text("resolution")) == (one, "closed", "duplicate")
    comment(ws, [two], "Still down.")
    texts = [entry.body for _, entry in view(ws, one).thread]
    assert any("Me too." in text for text in texts)
    assert any("Still down." in text for text in texts)


def test_a_merged_ticket_is_not_merged_again(ws: Workspace) -> None:
    one, two, three = new(ws, "One"), new(ws, "Two"), new(ws, "Three")
    merge(ws, one, [two])
    with pytest.raises(UsageError, match="already"):
        merge(ws, three, [two])
    with pytest.raises(UsageError, match="itself"):
        merge(ws, two, [three])


def test_what_is_so_already_makes_no_entry(ws: Workspace) -> None:
    ticket_id = new(ws, queue="support")
    outcome = change.set_fields(ws, [ticket_id], {"queue": "support"})
    assert outcome.receipt is None
    assert outcome.notices == (f"{ticket_id} is so already",)


def test_a_list_shows_open_tickets_unless_asked(ws: Workspace) -> None:
    one, two = new(ws, "One"), new(ws, "Two")
    stepping.transition(ws, [two], stepping.Move("closed"))
    found = found_by(ws, read_query(ws, ""))
    assert ([each.id for each in found.tickets], found.hidden) == ([one], 1)
    closed = found_by(ws, read_query(ws, "status:closed"))
    assert [each.id for each in closed.tickets] == [two]


def test_similar_titles_are_found(ws: Workspace) -> None:
    one = new(ws, "Login page fails after password reset")
    new(ws, "Coffee machine is empty")
    assert [each.id for each in similar_tickets(ws, "The login fails after a reset of the password")] == [one]


def test_a_form_asks_what_its_type_names(ws: Workspace) -> None:
    assert questions(ws.settings, "incident", {}) == ["impact", "urgency"]
    assert questions(ws.settings, "incident", {"impact": "high"}) == ["urgency"]


def test_a_type_has_the_template_that_ships_with_tkt(ws: Workspace) -> None:
    template = template_for(ws, "incident")
    assert template is not None
    assert "What is broken" in template.text
    assert template_for(ws, "task") is None


def test_a_template_of_the_team_goes_before_and_may_give_fields() -> None:
    files = MemoryFiles()
    fresh_settings(files)
    files.files[".tkt/templates/bug.md"] = (
        b"---\nqueue: development\nlabels:\n- triage\n- 1.10\n---\n\n## Steps\n"
    )
    template = template_for(memory_desk(files=files), "bug")
    assert template is not None
    assert template.fields == {"queue": "development", "labels": "triage,1.10"}
    assert template.text == "## Steps\n"


@pytest.mark.parametrize(
    "head", ["a: &x b\nc: *x", "a: !!python/name:os.system", "a: {b: {c: d}}", "a: b: c", "- a"]
)
def test_a_template_is_read_with_the_guards_of_every_file(head: str) -> None:
    files = MemoryFiles()
    fresh_settings(files)
    files.files[".tkt/templates/bug.md"] = f"---\n{head}\n---\ntext\n".encode()
    with pytest.raises(InvalidStoreError, match=r"^\.tkt/templates/bug\.md:2: "):
        template_for(memory_desk(files=files), "bug")


@pytest.mark.parametrize(("text", "minutes"), [("45m", 45), ("2h", 120), ("1h30m", 90), ("1.5h", 90)])
def test_durations(text: str, minutes: int) -> None:
    assert parse_duration(text) == minutes
    assert parse_duration(show_minutes(minutes).replace(" ", "")) == minutes


@pytest.mark.parametrize("text", ["", "0m", "h", "90", "-5m", "1d", "1h-5m", "9999999m"])
def test_what_is_not_a_duration(text: str) -> None:
    with pytest.raises(UsageError, match="duration"):
        parse_duration(text)

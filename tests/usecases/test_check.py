"""Everything that is wrong with a desk in memory, and what speaks against a change of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemoryFiles
from tests.memory import ANA, BOB, memory_desk
from tkt.domain.fields import FIXED, MUTABLE
from tkt.domain.ids import SETTINGS, attachment_path, thread_folder, ticket_path
from tkt.domain.standing import nearest_status
from tkt.domain.succession import SKEW, Bench, Snapshot, violations
from tkt.domain.ticket import Ticket
from tkt.domain.violation import RULES, Level, Violation
from tkt.errors import Problem
from tkt.store.auditing import FilesAuditor
from tkt.store.layout import as_violation
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles
from tkt.usecases import change, stepping
from tkt.usecases.check import Checked, Staged, check_staged, check_tree, settings_findings, tickets_in
from tkt.usecases.converse import comment
from tkt.usecases.create import NewTicket, create
from tkt.usecases.record import NewFile
from tkt.usecases.reshape import merge
from tkt.usecases.workspace import Workspace

FORGED = {"due": "2027-01-01", "parent": "TKT-2j7k3q9", "requester": "x@example.com", "title": "Other"}


@pytest.fixture
def ws() -> Workspace:
    return memory_desk()


def new(ws: Workspace, title: str = "Printer on fire", **fields: str) -> str:
    return create(ws, NewTicket(title, "", fields)).tickets[0].id


def move(ws: Workspace, ticket_id: str, status: str, resolution: str = "") -> None:
    stepping.transition(ws, [ticket_id], stepping.Move(status, resolution))


def files_of(ws: Workspace) -> MemoryFiles:
    assert isinstance(ws.files, MemoryFiles)
    return ws.files


def auditor(ws: Workspace, files: MemoryFiles | None = None) -> FilesAuditor:
    return FilesAuditor(files or files_of(ws), ws.settings, ws.now)


def check(ws: Workspace, *ids: str) -> tuple[Violation, ...]:
    return check_tree(auditor(ws), ids or None).findings


def rules(found: tuple[Violation, ...]) -> list[str]:
    return [each.rule for each in found]


def edit(ws: Workspace, ticket_id: str, old: str, new_text: str) -> None:
    files = files_of(ws).files
    text = files[ticket_path(ticket_id)].decode()
    assert old in text
    files[ticket_path(ticket_id)] = text.replace(old, new_text, 1).encode()


def entry_paths(ws: Workspace, ticket_id: str) -> list[str]:
    folder = f"{thread_folder(ticket_id)}/"
    return sorted(path for path in files_of(ws).files if path.startswith(folder) and path.endswith(".md"))


def test_an_honest_desk_has_nothing_to_complain_of(ws: Workspace) -> None:
    first, second = new(ws), new(ws, "Router down")
    change.assign(ws, [first], BOB.id)
    change.set_fields(ws, [first], {"priority": "P1", "due": "2026-12-24", "parent": second}, "Now")
    change.change_labels(ws, [first, second], ["vip"], [])
    change.link(ws, first, "blocks", [second])
    comment(ws, [first], "It burns.", files=[NewFile("fire.png", b"flames")])
    move(ws, first, "resolved", "fixed")
    assert check(ws) == ()
    assert check_tree(auditor(ws)).tickets == tuple(sorted([first, second]))


@pytest.mark.parametrize(
    ("old", "new_text", "rule", "line"),
    [
        ("status: assigned", "status: resolved", "state", 11),
        ("priority: P3", "priority: P9", "schema", 15),
        ("status: assigned", "status: gone", "state", 11),
        ("status: assigned", "status:", "schema", 11),
        ("parent:", "parent: TKT-2j7k3q9", "reference", 35),
        ("links:", "links:\n- blocks TKT-2j7k3q9", "reference", 37),
        ("links:", "links:\n- eats TKT-2j7k3q9", "schema", 37),
        ("title: Printer", "<<<<<<< HEAD\ntitle: Printer", "marker", 7),
        ("title: Printer on fire", "title:", "schema", 7),
        ("queue:", "queue: &a support", "schema", 21),
    ],
)
def test_what_a_file_says_wrong_is_found_with_its_line(
    ws: Workspace, old: str, new_text: str, rule: str, line: int
) -> None:
    ticket_id = new(ws)
    change.assign(ws, [ticket_id], BOB.id)
    edit(ws, ticket_id, old, new_text)
    found = check(ws, ticket_id)[0]
    assert (found.rule, found.line, found.level) == (rule, line, Level.ERROR)
    assert found.path == ticket_path(ticket_id)


def test_every_rule_that_is_told_is_a_rule(ws: Workspace) -> None:
    ticket_id = new(ws)
    edit(ws, ticket_id, "status: new", "status: gone")
    edit(ws, ticket_id, "parent:", "parent: TKT-2j7k3q9")
    assert set(rules(check(ws))) <= set(RULES)


def test_a_status_that_the_workflow_has_lost_is_a_warning_with_a_way_out(ws: Workspace) -> None:
    ticket_id = new(ws)
    edit(ws, ticket_id, "status: new", "status: in-progres")
    (found,) = check(ws)
    assert (found.rule, found.level, found.hint) == (
        "stranded",
        Level.WARNING,
        f"tkt transition {ticket_id} in-progress",
    )
    ticket = ws.tickets.load(ticket_id)
    ended = ticket.with_fields({"status": "xyzzy", "resolution": "fixed"})
    assert nearest_status(ended, ws.settings) == "closed"
    assert nearest_status(ticket.with_fields({"status": "xyzzy"}), ws.settings) == "assigned"


def test_a_step_that_today_nobody_may_take_is_a_warning(ws: Workspace) -> None:
    ticket_id = new(ws)
    other = new(ws, "Stranded")
    move(ws, ticket_id, "closed", "fixed")
    move(ws, other, "in-progress")
    files = files_of(ws)
    files.files[f"{SETTINGS}/workflow.yaml"] = (
        b"statuses:\n  new: {category: new}\n  closed: {category: done}\n"
        b"initial: new\ntransitions:\n- {from: closed, to: new}\n"
    )
    project = files.files[f"{SETTINGS}/project.yaml"]
    files.files[f"{SETTINGS}/project.yaml"] = project.replace(b"fixes: resolved", b"fixes: closed")
    later = memory_desk(files=files)
    found = check(later)
    assert {(each.rule, each.ticket) for each in found} == {("transition", ticket_id), ("stranded", other)}
    assert all(each.level is Level.WARNING for each in found)
    assert entry_paths(later, ticket_id)[0] in {each.path for each in found}


def test_fields_that_a_type_needs_are_a_warning(ws: Workspace) -> None:
    new(ws)
    files = files_of(ws)
    project = files.files[f"{SETTINGS}/project.yaml"]
    declared = b"\nfields: {version: {type: text, required_for: ['*']}}"
    files.files[f"{SETTINGS}/project.yaml"] = project.replace(b"\nfields: {}", declared)
    (found,) = check(memory_desk(files=files))
    assert (found.rule, found.level, found.field) == ("required-field", Level.WARNING, "version")


def test_marks_of_a_merge_in_a_description_are_found_and_a_lone_one_is_doubted(ws: Workspace) -> None:
    whole, lone = new(ws), new(ws, "Another")
    files = files_of(ws).files
    files[ticket_path(whole)] += b"\nText\n\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n"
    files[ticket_path(lone)] += b"\n<<<<<<< HEAD\n"
    found = check(ws)
    assert {(each.ticket, each.rule, each.level) for each in found if each.rule == "marker"} == {
        (whole, "marker", Level.ERROR),
        (lone, "marker", Level.WARNING),
    }
    lines = {each.ticket: each.line for each in found if each.rule == "marker"}
    for ticket_id, line in lines.items():
        assert files[ticket_path(ticket_id)].decode().split("\n")[line - 1] == "<<<<<<< HEAD"


def test_a_comment_may_quote_marks_of_a_merge(ws: Workspace) -> None:
    ticket_id = new(ws)
    comment(ws, [ticket_id], "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n")
    (found,) = check(ws)
    assert (found.rule, found.level, found.path) == (
        "marker",
        Level.WARNING,
        entry_paths(ws, ticket_id)[0],
    )


def test_files_that_lie_in_the_wrong_place_are_found(ws: Workspace) -> None:
    ticket_id = new(ws)
    files = files_of(ws).files
    whole = files[ticket_path(ticket_id)]
    wrong = [
        f"tickets/2020-01/{ticket_id}.md",
        f"tickets/{ticket_id}.md",
        "tickets/2026-11/TKT-nonsense-.md",
        f"{thread_folder(ticket_id)}/notes.md",
        "tickets/2026-13/x.md",
        "tickets/2026-11/TKT-2j00000/20261122T093000Z-x7k2.md",
    ]
    for path in wrong:
        files[path] = whole
    found = check(ws)
    assert {each.path for each in found if each.rule == "path"} >= {
        *wrong[:4],
        "tickets/2026-13",
        "tickets/2026-11/TKT-2j00000",
    }


def test_names_that_some_file_systems_cannot_tell_apart_or_keep_are_found(ws: Workspace) -> None:
    ticket_id = new(ws)
    folder = thread_folder(ticket_id)
    for name in ("Caf\u00e9.txt", "cafe\u0301.txt", "con.txt", "a:b", "trailing."):
        files_of(ws).files[f"{folder}/{name}"] = b"x"
    found = [each for each in check(ws) if each.rule == "name"]
    texts = "\n".join(each.text for each in found)
    assert "Caf\\xe9.txt" in texts or "cafe\\u0301.txt" in texts
    assert "is reserved on Windows" in texts
    assert texts.count("cannot be kept on Windows") == 2


def test_attachments_that_are_missing_and_those_that_nobody_names(ws: Workspace) -> None:
    ticket_id = new(ws)
    comment(ws, [ticket_id], "Look", files=[NewFile("a.png", b"1")])
    files = files_of(ws).files
    (there,) = [path for path in files if "/files/" in path]
    del files[there]
    files[attachment_path(ticket_id, "0" * 32)] = b"?"
    missing, orphan = check(ws)
    assert (missing.rule, missing.level, missing.path) == (
        "reference",
        Level.ERROR,
        entry_paths(ws, ticket_id)[0],
    )
    assert (orphan.rule, orphan.level) == ("reference", Level.WARNING)


def test_a_ticket_that_is_its_own_ancestor(ws: Workspace) -> None:
    first, second = new(ws), new(ws, "Another")
    change.set_fields(ws, [first], {"parent": second})
    edit(ws, second, "parent:", f"parent: {first}")
    found = check(ws)
    assert {each.ticket for each in found if "ancestor" in each.text} == {first, second}
    assert {each.ticket for each in check(ws, first) if "ancestor" in each.text} == {first}


def test_what_happens_in_the_future_and_before_its_ticket(ws: Workspace) -> None:
    ticket_id = new(ws)
    later = replace(ws, now=ws.now + timedelta(days=2))
    comment(later, [ticket_id], "From the day after tomorrow")
    assert rules(check(ws)) == ["time-future"]
    assert rules(check(replace(ws, now=later.now - SKEW))) == []
    earlier = replace(ws, now=ws.now - timedelta(days=30))
    comment(earlier, [ticket_id], "From last month")
    assert "time-order" in rules(check(later))


def test_a_missing_entry_leaves_a_gap_in_the_clocks(ws: Workspace) -> None:
    ticket_id = new(ws)
    for text in ("one", "two", "three"):
        comment(ws, [ticket_id], text)
    del files_of(ws).files[entry_paths(ws, ticket_id)[1]]
    (found,) = check(ws)
    assert (found.rule, found.level) == ("entry-removed", Level.WARNING)
    assert "clock 2" in found.text


def test_people_who_disagree_are_told_of_and_a_later_command_settles_it() -> None:
    files = MemoryFiles({})
    ws = memory_desk(files=files)
    ticket_id = new(ws)
    before = dict(files.files)
    change.set_fields(ws, [ticket_id], {"queue": "support"})
    ana = {path: data for path, data in files.files.items() if path not in before}
    files.files.clear()
    files.files.update(before)
    bob = memory_desk(BOB, ws.now + timedelta(minutes=1), files)
    change.set_fields(bob, [ticket_id], {"queue": "operations"})
    files.files.update(ana)
    found = check(bob)
    assert rules(found) == ["state"]
    assert found[0].level is Level.WARNING
    assert "operations (bob@example.com), support (ana@example.com)" in found[0].text
    change.set_fields(
        memory_desk(ANA, bob.now + timedelta(minutes=1), files), [ticket_id], {"queue": "development"}
    )
    assert check(bob) == ()


def test_byte_order_marks_and_crlf_are_warnings(ws: Workspace) -> None:
    ticket_id = new(ws)
    path = ticket_path(ticket_id)
    files_of(ws).files[path] = b"\xef\xbb\xbf" + files_of(ws).files[path].replace(b"\n", b"\r\n")
    (found,) = check(ws)
    assert (found.rule, found.level) == ("schema", Level.WARNING)
    assert found.hint == f"tkt check --fix {ticket_id}"


def test_findings_come_errors_first_and_once() -> None:
    found = [
        Violation("state", "b", path="b", level=Level.WARNING),
        Violation("state", "b", path="b"),
        Violation("schema", "z", path="a", line=9),
        Violation("schema", "y", path="a", line=2),
        Violation("schema", "y", path="a", line=2),
        Violation("name", "w", path="a", level=Level.WARNING),
    ]
    checked = Checked(tuple(found)).in_order()
    assert [(each.path, each.text) for each in checked.findings] == [
        ("a", "y"),
        ("a", "z"),
        ("b", "b"),
        ("a", "w"),
    ]
    assert (checked.errors, checked.warnings) == (3, 1)


def test_a_problem_is_a_violation_with_the_way_out_apart() -> None:
    found = as_violation(Problem("p", 3, "unresolved merge; keep one side", "marker"), "TKT-2j7k3q9")
    assert found == Violation("marker", "unresolved merge", "Keep one side.", "p", 3, "TKT-2j7k3q9")
    assert settings_findings([Problem("p", 3, "bad")])[0].rule == "settings"


def test_paths_mean_tickets() -> None:
    known = ["TKT-2j7k3q9", "TKT-2h7k3q9"]
    assert tickets_in("tickets/2026-11/TKT-2j7k3q9.md", known) == ["TKT-2j7k3q9"]
    assert tickets_in("tickets/2026-11/TKT-2j7k3q9/files/x", known) == ["TKT-2j7k3q9"]
    assert tickets_in("tickets/2026-11", known) == ["TKT-2j7k3q9"]
    assert tickets_in("", known) == known
    assert tickets_in("src/main.py", known) == []


# What is about to be committed.


def staged(ws: Workspace, before: dict[str, bytes], *ids: str, actor: str = "") -> tuple[Violation, ...]:
    """What speaks against the files as they are, when they were others before."""
    change_of = Staged([auditor(ws, MemoryFiles(before))], auditor(ws), ids, actor=actor)
    return check_staged(change_of, Bench(ws.settings, ws.now + SKEW)).findings


def test_honest_commands_may_be_committed(ws: Workspace) -> None:
    before = dict(files_of(ws).files)
    ticket_id = new(ws)
    assert staged(ws, before, ticket_id) == ()
    middle = dict(files_of(ws).files)
    change.assign(ws, [ticket_id], BOB.id)
    comment(ws, [ticket_id], "Yours.")
    assert staged(ws, middle, ticket_id) == ()
    assert staged(ws, before, ticket_id) == ()


def test_what_was_wrong_before_is_not_held_against_a_commit(ws: Workspace) -> None:
    ticket_id = new(ws)
    edit(ws, ticket_id, "priority: P3", "priority: P9")
    before = dict(files_of(ws).files)
    comment(ws, [ticket_id], "Something else.")
    assert rules(check(ws)) == ["schema"]
    assert staged(ws, before, ticket_id) == ()


def test_a_hand_edit_an_illegal_step_and_a_lost_entry_are_held_against_it(ws: Workspace) -> None:
    ticket_id = new(ws)
    comment(ws, [ticket_id], "Said.")
    before = dict(files_of(ws).files)
    edit(ws, ticket_id, "status: new", "status: reopened")
    (found,) = staged(ws, before, ticket_id)
    assert (found.rule, found.field, found.line) == ("state", "status", 11)
    assert f"tkt record {ticket_id}" in found.hint
    files_of(ws).files.update(before)
    files_of(ws).files[entry_paths(ws, ticket_id)[0]] += b"And more.\n"
    assert rules(staged(ws, before, ticket_id)) == ["entry-changed"]
    files_of(ws).files.pop(entry_paths(ws, ticket_id)[0])
    assert rules(staged(ws, before, ticket_id)) == ["entry-removed"]
    files_of(ws).files.pop(ticket_path(ticket_id))
    assert "ticket-removed" in rules(staged(ws, before, ticket_id))


def test_who_may_not_change_the_settings(ws: Workspace) -> None:
    people = (
        b"agents:\n  ana: {email: ana@example.com, roles: [admin]}\n"
        b"  bob: {email: bob@example.com, roles: [agent]}\n"
    )
    files = files_of(ws)
    files.files[f"{SETTINGS}/people.yaml"] = people
    in_force = SettingsReader(files).load()
    change_of = Staged([], auditor(ws), (), settings=(Problem(".tkt/people.yaml", 1, "bad"),), actor=BOB.id)
    found = check_staged(change_of, Bench(in_force, ws.now)).findings
    assert sorted(rules(found)) == ["protected", "settings"]
    found = check_staged(replace(change_of, actor=ANA.id), Bench(in_force, ws.now)).findings
    assert rules(found) == ["settings"]


NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ACTS = ("assign", "start", "stop", "label", "unlabel", "queue", "due", "comment", "title", "describe")


def act(ws: Workspace, ticket_id: str, what: str) -> None:
    """One of the things that people do all day; steps that are not allowed are left out."""
    status = ws.tickets.load(ticket_id).status
    if what == "assign":
        change.assign(ws, [ticket_id], BOB.id if ws.actor == ANA else ANA.id)
    elif what == "start" and "in-progress" in ws.settings.workflow.next("", status):
        move(ws, ticket_id, "in-progress")
    elif what == "stop" and "resolved" in ws.settings.workflow.next("", status):
        move(ws, ticket_id, "resolved", "fixed")
    elif what in {"label", "unlabel"}:
        add, remove = (["vip"], []) if what == "label" else ([], ["vip"])
        change.change_labels(ws, [ticket_id], add, remove)
    elif what in {"queue", "due", "title"}:
        values = {"queue": ("support", "operations"), "due": ("2026-12-01", ""), "title": ("One", "Two")}
        old = ws.tickets.load(ticket_id).text(what)
        change.set_fields(ws, [ticket_id], {what: values[what][old == values[what][0]]})
    elif what == "comment":
        comment(ws, [ticket_id], "Said.")


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.booleans()), max_size=12))
def test_a_thread_of_honest_commands_never_disagrees_with_its_ticket(acts: list[tuple[str, bool]]) -> None:
    files = MemoryFiles({})
    ws = memory_desk(now=NOW, files=files)
    ticket_id = new(ws)
    moment = NOW
    for what, by_bob in acts:
        moment += timedelta(minutes=1)
        act(memory_desk(BOB if by_bob else ANA, moment, files), ticket_id, what)
    assert check(memory_desk(now=moment, files=files)) == ()


@given(
    st.lists(st.sampled_from(ACTS), max_size=6),
    st.sampled_from([field.name for field in (*FIXED, *MUTABLE) if field.name != "id"]),
    st.booleans(),
)
def test_whoever_forges_a_field_is_found(acts: list[str], name: str, early: bool) -> None:
    """Whatever was done honestly, before it and in the same commit."""
    files = MemoryFiles({})
    ws = memory_desk(now=NOW, files=files)
    ticket_id = new(ws)
    reader = TicketFiles(files, ws.settings)
    split = 0 if early else len(acts)
    for what in acts[:split]:
        act(ws, ticket_id, what)
    parent = FilesAuditor(files, ws.settings, ws.now).snapshot(ticket_id)
    for what in acts[split:]:
        act(ws, ticket_id, what)
    now = FilesAuditor(files, ws.settings, ws.now).snapshot(ticket_id)
    bench = Bench(ws.settings, ws.now + SKEW)
    assert violations(ticket_id, [parent], now, bench) == []
    assert now.ticket
    forged = Snapshot(_forged(now.ticket, name), now.entries, now.texts)
    found = violations(ticket_id, [parent], forged, bench)
    assert ("state", name) in {(each.rule, each.field) for each in found}, reader.whole(ticket_id)


def _forged(ticket: Ticket, name: str) -> Ticket:
    if name == "created":
        return ticket.with_fields({name: "2026-11-21T09:00:00Z"})
    if isinstance(ticket.fields.get(name), tuple):
        return ticket.with_fields({name: (*ticket.items(name), "blocks TKT-2j7k3q9")})
    return ticket.with_fields({name: f"{ticket.text(name)}{FORGED.get(name, 'x')}"})


def test_tickets_that_are_merged_into_each_other(ws: Workspace) -> None:
    first, second, third = new(ws), new(ws, "Another"), new(ws, "A third")
    merge(ws, second, [first])
    merge(ws, second, [third])
    assert not check(ws)
    edit(ws, second, "links:", f"links:\n- merged-into {first}")
    found = [each for each in check(ws) if "so that neither goes on" in each.text]
    assert {each.ticket for each in found} == {first, second}
    assert {each.level for each in found} == {Level.ERROR}
    assert all(each.hint.endswith(f"tkt edit {each.ticket}") for each in found)
    assert {each.ticket for each in check(ws, first) if "neither goes on" in each.text} == {first}

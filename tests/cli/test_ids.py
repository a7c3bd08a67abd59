"""How a person may name a ticket, and what is not a name."""

import pytest

from tests.cli.desk import Desk, run_tkt

CHOSEN = "TKT-2j1z0bj"


@pytest.fixture
def known(desk: Desk) -> Desk:
    """A desk with two tickets whose ids are known: one was brought by hand."""
    made = desk.create("The first")
    text = desk.path(made).read_text(encoding="utf-8")
    desk.path(made).with_name(f"{CHOSEN}.md").write_text(
        text.replace(made, CHOSEN).replace("The first", "The known one"), encoding="utf-8"
    )
    desk.git("rm", "--quiet", "--force", f"tickets/2026-11/{made}.md")
    desk.git("add", "tickets")
    desk.git("commit", "--quiet", "-m", "By hand")
    return desk


@pytest.mark.parametrize(
    "typed",
    ["TKT-2j1z0bj", "tkt-2J1Z0BJ", "2j1z0bj", "2j1", "TKT-2j1", "2jlzobj", "2JIZOBJ", " 2j1z0bj ", "2j1z0"],
)
def test_a_ticket_answers_to_what_a_person_types(known: Desk, typed: str) -> None:
    assert known.show(typed)["id"] == CHOSEN


@pytest.mark.parametrize(
    "typed",
    [
        "../../etc/passwd",
        "/abs",
        "a/b",
        "..",
        "",
        " ",
        "TKT-",
        "XYZ-2j1z0bj",
        "TKT-TKT-2j1",
        "a\nb",
        "*",
        "@{u}",
        "$(id)",
        "%s",
        "{0.__class__}",
        "\x1b[31m",
        "2j1z0bj9",
        "2j1\x00",
        "TKT-2j1z0bj/..",
        "é",
    ],
)
def test_what_cannot_be_an_id_is_not_looked_for(known: Desk, typed: str) -> None:
    complaint = known.refused(2, "show", typed)
    assert "is not a ticket id" in complaint
    assert "An id looks like TKT-2j7k3q9" in complaint
    assert complaint.count("\n") == 2
    assert "\x1b" not in complaint


@pytest.mark.parametrize("typed", ["-rf", "--upload-pack=x", "--exec=x"])
@pytest.mark.parametrize("command", [["show"], ["comment", "-m", "x"], ["log"], ["export", "--single"]])
def test_an_option_is_never_an_id(known: Desk, command: list[str], typed: str) -> None:
    assert "No such option" in known.refused(2, *command, typed)
    assert "is not a ticket id" in known.refused(2, *command, "--", typed)


def test_an_ambiguous_beginning_lists_the_candidates(known: Desk) -> None:
    other = known.create("Another")
    complaint = known.refused(3, "show", "2j")
    assert "TKT-2j is the start of 2 ids" in complaint
    assert other in complaint
    assert CHOSEN in complaint


def test_an_unknown_ticket_is_not_found(known: Desk) -> None:
    assert "no ticket TKT-2jzzzzz" in known.refused(3, "show", "2jzzzzz")


def test_the_foreign_name_of_an_import_is_a_name(desk: Desk) -> None:
    ticket = desk.create("Imported", "--field", "external_id=bd-x1.2")
    assert desk.show("bd-x1.2")["id"] == ticket
    assert "is not a ticket id" in desk.refused(2, "show", "bd-x1.3")


@pytest.mark.parametrize("name", ["4711", "no", "1e3"])
def test_a_foreign_name_that_yaml_has_in_quotes_is_a_name(desk: Desk, name: str) -> None:
    desk.create(f"Called {name} by nobody")
    ticket = desk.create("Imported", "--field", f"external_id={name}")
    assert f'external_id: "{name}"' in desk.path(ticket).read_text(encoding="utf-8")
    assert desk.show(name)["id"] == ticket


@pytest.mark.parametrize("policy", ["auto", "stage", "amend", "off"])
def test_a_dash_is_the_ticket_changed_last(desk: Desk, monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
    desk.settings("project", "commit: auto", f"commit: {policy}")
    first = desk.create("First")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:00:01Z")
    second = desk.create("Second")
    assert desk.show("-")["id"] == second
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:00:02Z")
    desk.tkt("comment", first, "A word.")
    assert desk.show("-")["id"] == first
    monkeypatch.setenv("TKT_ACTOR", "bob@example.com")
    assert "you have not changed a ticket here yet" in desk.refused(3, "show", "-")


def test_a_dot_is_the_ticket_of_the_branch(known: Desk) -> None:
    assert "the branch 'main' names no ticket" in known.refused(3, "show", ".")
    known.git("switch", "--quiet", "-c", "ana/TKT-2J1Z0BJ-login")
    assert known.show(".")["id"] == CHOSEN
    known.git("switch", "--quiet", "-c", "tkt-2jzzzzz")
    assert "no ticket TKT-2jzzzzz" in known.refused(3, "show", ".")
    known.git("switch", "--quiet", "--detach")
    assert "no branch is checked out" in known.refused(3, "show", ".")


def test_several_at_once_and_each_once(known: Desk) -> None:
    other = known.create("Another")
    said = known.tkt("set", CHOSEN, other, CHOSEN[4:].upper(), "queue=support")
    assert [line.split()[0] for line in said.lines] == [CHOSEN, other]
    assert known.subjects()[0] == f"{CHOSEN} and 1 more: queue: none -> support"
    shown = known.tkt("show", CHOSEN, other, "--json").data
    assert [each["id"] for each in shown] == [CHOSEN, other]


def test_one_wrong_id_among_several_changes_nothing(known: Desk) -> None:
    assert "no ticket" in known.refused(3, "set", CHOSEN, "2jzzzzz", "queue=support")


@pytest.mark.parametrize("command", ["show", "set", "comment", "assign", "transition", "label", "watch"])
def test_no_id_at_all_is_a_usage_error(known: Desk, command: str) -> None:
    assert f"tkt {command}" in known.refused(2, command)


def test_bytes_that_are_no_text_are_no_id(known: Desk) -> None:
    done = run_tkt("show", b"\xff\xfe".decode("utf-8", "surrogateescape"), cwd=known.root)
    assert done.returncode == 2
    assert b"is not a ticket id" in done.stderr

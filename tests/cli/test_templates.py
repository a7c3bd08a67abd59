"""Description templates: one for each type, the team's own, and broken or hostile ones."""

import time

import pytest

from tests.cli.desk import Desk


def override(desk: Desk, text: str, name: str = "bug") -> None:
    """A template of the team's own."""
    path = desk.root / ".tkt" / "templates" / f"{name}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    desk.git("add", ".tkt")
    desk.git("commit", "--quiet", "-m", "A template", "--", ".tkt")


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("bug", "## Steps to reproduce"),
        ("incident", "## What is broken"),
        ("change", "## Risk"),
        ("feature", "## Done when"),
    ],
)
def test_each_type_has_its_template(desk: Desk, kind: str, heading: str) -> None:
    assert heading in desk.show(desk.create("A title", "-t", kind))["body"]


@pytest.mark.parametrize("kind", ["task", "request", "problem"])
def test_other_types_start_empty(desk: Desk, kind: str) -> None:
    assert desk.show(desk.create("A title", "-t", kind))["body"] == ""


def test_a_text_takes_the_place_of_the_template(desk: Desk) -> None:
    assert desk.show(desk.create("A title", "-t", "bug", "-m", "Mine."))["body"] == "Mine.\n"


def test_the_team_s_own_is_filled_with_what_is_known(desk: Desk) -> None:
    override(
        desk, "A {{ type|upper }} in {{ queue or 'no queue' }}: {{ title }}{% if due %}, due{% endif %}.\n"
    )
    assert desk.show(desk.create("Crash", "-t", "bug"))["body"] == "A BUG in no queue: Crash.\n"
    body = desk.show(desk.create("Crash", "-t", "bug", "-q", "support", "--due", "3d"))["body"]
    assert body == "A BUG in support: Crash, due.\n"


def test_what_a_person_types_is_never_a_template(desk: Desk) -> None:
    override(desk, "About {{ title }} for {{ requester }}\n")
    ticket = desk.create("{{ 7*7 }}", "-t", "bug", "-r", "{% for x in y %}")
    assert desk.show(ticket)["title"] == "{{ 7*7 }}"
    assert desk.show(ticket)["body"] == "About {{ 7*7 }} for {% for x in y %}\n"


@pytest.mark.parametrize(
    "text",
    [
        "{% if %}",
        "{{ type",
        "{% endif %}",
        "{{ type.upper() }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 'x' * 10**9 }}",
        "{{ 2 ** 2 ** 40 }}",
        "{{ '%1000000000d' % 3 }}",
        "{{ 'x'|center(1000000000) }}",
        "{% for a in range(10**9) %}{% for b in range(10**9) %}{% endfor %}{% endfor %}",
        "{% for a in 'aaaaaaaaaa' %}x{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ [1] * 10**9 }}",
        "{{ self }}{{ lipsum() }}",
        "{{ " + "(" * 40_000 + ")" * 40_000 + " }}",
        "{% if a %}" * 5_000 + "{% endif %}" * 5_000,
        "x" * 200_000 + "{{ type }}",
    ],
)
def test_a_broken_or_hostile_template_ends_at_once_with_its_line(desk: Desk, text: str) -> None:
    override(desk, f"First line\n{text}\n")
    start = time.monotonic()
    complaint = desk.refused(2, "create", "Crash", "-t", "bug")
    assert time.monotonic() - start < 5
    assert complaint.startswith("tkt: .tkt/templates/bug.md:")
    assert "Mend the template" in complaint
    assert len(complaint) < 500
    assert desk.show(desk.create("Crash", "-t", "bug", "-m", "By hand."))["body"] == "By hand.\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("One\n{{ type", 2),
        ("---\nqueue: support\nlabels:\n- ui\n---\n\n\nOne\n{{ type\n", 9),
        ("---\nqueue: support\n---\nOne\nTwo\n{{ type.upper() }}\n\n", 6),
    ],
)
def test_a_mistake_is_on_its_line_of_the_file(desk: Desk, text: str, line: int) -> None:
    override(desk, text)
    complaint = desk.refused(2, "create", "Crash", "-t", "bug")
    assert complaint.startswith(f"tkt: .tkt/templates/bug.md:{line}: ")


def test_a_template_that_is_a_link_is_refused(desk: Desk) -> None:
    (desk.root / ".tkt" / "templates").mkdir()
    (desk.root / ".tkt" / "templates" / "bug.md").symlink_to("/etc/passwd")
    assert "is a link" in desk.refused(1, "create", "Crash", "-t", "bug")


def test_a_template_that_is_not_there_is_named(desk: Desk) -> None:
    desk.settings("project", "    template: bug", "    template: bugg")
    assert ".tkt/templates/bugg.md" in desk.refused(3, "create", "Crash", "-t", "bug")


def test_front_matter_gives_fields(desk: Desk) -> None:
    override(desk, "---\nqueue: development\nlabels: [triage, ui]\n---\nSteps for {{ queue }}\n")
    shown = desk.show(desk.create("Crash", "-t", "bug"))
    assert (shown["queue"], shown["labels"], shown["body"]) == (
        "development",
        ["triage", "ui"],
        "Steps for development\n",
    )
    assert desk.show(desk.create("Crash", "-t", "bug", "-q", "support"))["queue"] == "support"

"""The workflow drawn, another one tried on what has happened, and tickets that a change of it strands."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.cli.test_steps import PEOPLE, WORKFLOW

DRAFT = """\
statuses:
  todo: {category: new}
  doing: {category: open}
  hold: {category: waiting}
  done: {category: done}
initial: todo
transitions:
- {from: todo, to: doing}
- {from: doing, to: hold}
- {from: [todo, doing, hold], to: done, require: [resolution]}
- {from: done, to: doing, who: [lead], comment: true}
"""


@pytest.fixture
def lived(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, list[str]]:
    """A desk at which something has happened, and its tickets."""
    desk.settings("people", "[admin, agent]", "[lead, agent]")
    tickets = [desk.create(title) for title in ("One", "Two", "Three")]
    for ticket in tickets:
        desk.tkt("transition", ticket, "in-progress")
    monkeypatch.setenv("TKT_ACTOR", "bob@example.com")
    desk.tkt("transition", *tickets[:2], "resolved")
    desk.tkt("transition", tickets[0], "reopened")
    return desk, tickets


@pytest.fixture
def ruled(desk: Desk) -> Desk:
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (desk.root / ".tkt" / "workflow.yaml").write_text(WORKFLOW, encoding="utf-8")
    return desk


def draft(desk: Desk, text: str = DRAFT) -> str:
    path = desk.root.parent / "draft.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


# --- show -------------------------------------------------------------------


def test_a_workflow_as_a_table(ruled: Desk) -> None:
    shown = ruled.tkt("workflow", "show").lines
    assert shown[:2] == [
        "STATUS    CATEGORY  TO         CONDITIONS",
        "new       new       doing      needs assignee and due",
    ]
    assert [" ".join(line.split()) for line in shown[2:]] == [
        "dropped by lead; needs a comment; sets resolution: wont-fix, labels: dropped",
        "doing open review when -label:blocked -has:parent",
        "dropped by lead",
        "dropped by the assignee; needs resolution",
        "review waiting resolved by the assignee or lead; asks first",
        "doing",
        "resolved done doing by the requester; needs a comment",
        "dropped done (nowhere)",
        "",
        "Tickets start as new.",
    ]


def test_a_type_with_steps_of_its_own(desk: Desk) -> None:
    own = "types:\n  bug:\n    initial: assigned\n    transitions:\n    - {from: assigned, to: closed}\n"
    desk.settings("workflow", "types: {}\n", own)
    assert desk.tkt("workflow", "show").lines[-1] == "Steps of their own: bug (tkt workflow show bug)."
    shown = desk.tkt("workflow", "show", "bug").lines
    assert shown[2].split() == ["assigned", "open", "closed"]
    assert "Tickets start as assigned." in shown
    assert desk.tkt("workflow", "show", "task").out == desk.tkt("workflow", "show").out
    assert "did you mean 'bug'?" in desk.refused(2, "workflow", "show", "bgu")


def test_a_workflow_as_a_diagram(ruled: Desk) -> None:
    lines = ruled.tkt("workflow", "show", "--format", "mermaid").lines
    assert lines[0] == "stateDiagram-v2"
    assert lines[1] == '    state "new" as s1'
    assert "    [*] --> s1" in lines
    assert "    s2 --> s3: when #45;label#58;blocked #45;has#58;parent" in [
        each.replace(": when -label", ": when #45;label").replace(" -has", " #45;has") for each in lines
    ]
    assert "    s4 --> [*]" in lines
    assert "    s3 --> s2" in lines


def test_nothing_in_a_diagram_is_taken_for_a_sign(desk: Desk) -> None:
    desk.settings(
        "workflow",
        "- {from: resolved, to: [closed, reopened]}",
        """- {from: resolved, to: closed, when: '"a" <b> --> [c]; %% note'}""",
    )
    lines = desk.tkt("workflow", "show", "--format", "mermaid").lines
    (label,) = [each.partition(": ")[2] for each in lines if each.startswith("    s5 --> s6")]
    assert not set(label) & set('"<>:%[]{}|\\')
    assert "--" not in label


def test_a_workflow_for_machines(ruled: Desk) -> None:
    shown = ruled.tkt("workflow", "show", "--json").data
    assert (shown["type"], shown["initial"], shown["on_assign"]) == (None, "new", None)
    assert shown["statuses"][2]["to"][0] == {
        "status": "resolved", "who": ["assignee", "lead"], "when": None, "require": [], "comment": False,
        "set": {}, "confirm": "Is it on the main branch?",
    }  # fmt: skip


# --- test -------------------------------------------------------------------


def test_what_a_draft_would_have_refused(lived: tuple[Desk, list[str]]) -> None:
    desk, (one, two, three) = lived
    before = desk.state()
    said = desk.tkt("workflow", "test", draft(desk))
    assert desk.state() == before
    assert said.lines[0] == "3 tickets, 9 steps tried: 4 would have been refused."
    assert [" ".join(line.split()) for line in said.lines[2:6]] == [
        "COUNT NOW TOO STEP RULE BY SUCH AS WHY",
        (
            f"2 0 doing -> done required-field bob@example.com 2 {' '.join(sorted([one, two]))} "
            "to go from doing to done, a ticket needs resolution"
        ),
        (
            f"1 0 done -> doing required-comment bob@example.com 1 {one} "
            "to go from done to doing, something must be said"
        ),
        (
            f"1 0 done -> doing role bob@example.com 1 {one} "
            "only lead may move a ticket from done to doing; bob@example.com is not"
        ),
    ]
    assert said.lines[7:] == [
        "Tickets with a status that the workflow does not have:",
        "  1 ticket in in-progress",
        "    tkt transition --query 'status:\"in-progress\"' doing",
        "  1 ticket in reopened",
        "    tkt transition --query 'status:\"reopened\"' doing",
        "  1 ticket in resolved",
        "    tkt transition --query 'status:\"resolved\"' done",
    ]
    assert said.err == (
        "warning: to go with it, mend .tkt/project.yaml:63: policy.fixes: status 'resolved' is not known. "
        "Allowed: done.\n"
    )
    assert three not in said.out


def test_what_a_draft_would_have_refused_for_machines(lived: tuple[Desk, list[str]]) -> None:
    desk, (one, two, three) = lived
    said = desk.tkt("workflow", "test", draft(desk), "--json", "-n", "1").data
    assert (said["tickets"], said["steps"]) == (3, 9)
    first = said["refused"][0]
    assert (first["from"], first["to"], first["rule"], first["field"]) == (
        "doing", "done", "required-field", "resolution",
    )  # fmt: skip
    assert (first["count"], first["already"], first["by"]) == (2, 0, {"bob@example.com": 2})
    assert len(first["examples"]) == 1
    assert first["examples"][0]["ticket"] in {one, two}
    assert said["stranded"][0] == {
        "status": "in-progress", "to": "doing", "tickets": [three],
        "command": "tkt transition --query 'status:\"in-progress\"' doing",
    }  # fmt: skip


def test_only_strict_makes_it_a_failure(lived: tuple[Desk, list[str]]) -> None:
    desk, _ = lived
    assert desk.tkt("workflow", "test", draft(desk), "--strict", code=1).out
    said = desk.tkt("workflow", "test", str(desk.root / ".tkt" / "workflow.yaml"), "--strict")
    assert said.out == "3 tickets, 9 steps tried: all would have been allowed.\n"


def test_what_the_workflow_in_force_refuses_as_well_is_marked(lived: tuple[Desk, list[str]]) -> None:
    desk, _ = lived
    strict = (
        (desk.root / ".tkt" / "workflow.yaml")
        .read_text(encoding="utf-8")
        .replace(
            "- {from: in-progress, to: [waiting, resolved, closed, assigned]}",
            "- {from: in-progress, to: waiting}",
        )
    )
    (desk.root / ".tkt" / "workflow.yaml").write_text(strict, encoding="utf-8")
    first = desk.tkt("workflow", "test", draft(desk, strict), "--json").data["refused"][0]
    assert (first["count"], first["already"]) == (2, 2)


def test_a_draft_with_mistakes_is_told_like_settings(desk: Desk) -> None:
    path = draft(desk, DRAFT.replace("who: [lead]", "who: [laed]").replace("hold]", "hld]"))
    said = desk.tkt("workflow", "test", path, code=1).err
    assert f"{path}:10: transitions.from: status 'hld' is not known; did you mean 'hold'?" in said
    assert f"{path}:11: transitions.who: role 'laed' is not known; did you mean 'lead'?" in said
    assert "cannot be read" in desk.refused(2, "workflow", "test", "nowhere.yaml")


def test_a_draft_from_stdin(desk: Desk) -> None:
    desk.create()
    assert "1 ticket, 1 step tried" in desk.tkt("workflow", "test", "-", stdin=DRAFT).out


# --- tickets that a change strands ------------------------------------------


def test_stranded_tickets_are_told_and_the_commands_that_are_offered_work(
    lived: tuple[Desk, list[str]],
) -> None:
    desk, tickets = lived
    (desk.root / ".tkt" / "workflow.yaml").write_text(DRAFT, encoding="utf-8")
    desk.settings("project", "fixes: resolved", "fixes: done")
    said = desk.tkt("config", "check")
    assert said.out == "The settings are sound.\n"
    commands = [line.strip() for line in said.err.splitlines() if "tkt transition" in line]
    assert len(commands) == 3
    for command in commands:
        desk.tkt(*shlex.split(command)[1:])
    assert desk.tkt("config", "check").err == ""
    assert [desk.show(each)["status"] for each in tickets] == ["doing", "done", "doing"]


def test_a_name_that_no_workflow_has_had_is_read_as_the_nearest(desk: Desk) -> None:
    ticket = desk.create()
    desk.edit(ticket, "status: new", "status: wating")
    desk.git("commit", "--quiet", "-am", "By hand")
    assert 'status:"wating"\' waiting' in desk.tkt("config", "check").err


def test_a_draft_may_lie_anywhere(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a b" / "draft.yaml"
    path.parent.mkdir()
    path.write_text(DRAFT, encoding="utf-8")
    desk.tkt("workflow", "test", str(path))

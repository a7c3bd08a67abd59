"""The settings: every mistake at once, what is in force, and the schemas."""

import json

import jsonschema
import pytest

from tests.cli.desk import Desk, type_tkt

MISTAKES = """\
key: tkt
commit: always
types: {bug: {template: 3}, task: {defaults: {impact: hgh}}}
default_type: tsk
priority:
  matrix:
    high: {high: P1}
colour: red
"""


def test_sound_settings_are_called_sound(desk: Desk) -> None:
    assert desk.tkt("config", "check").out == "The settings are sound.\n"


def test_every_mistake_is_found_at_once_with_its_line(desk: Desk) -> None:
    (desk.root / ".tkt" / "project.yaml").write_text(MISTAKES, encoding="utf-8")
    (desk.root / ".tkt" / "people.yaml").write_text("agents: {ana: {email: ana}}\n", encoding="utf-8")
    said = desk.tkt("config", "check", code=1)
    assert not said.out
    lines = said.err.splitlines()
    places = {line.split(": ")[0] for line in lines[:-1]}
    assert {f".tkt/project.yaml:{line}" for line in (1, 2, 3, 4, 8)} <= places
    assert ".tkt/people.yaml:1" in places
    assert "auto, stage, amend, off" in said.err
    assert f"{len(lines) - 1} mistakes in the settings." in lines[-1]


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        ("commit: auto", "comit: auto", "commit"),
        ("default_type: task", "default_type: tsak", "task"),
        ("  impacts: [high", "  impact: [high", "impacts"),
    ],
)
def test_the_nearest_real_name_is_offered(desk: Desk, old: str, new: str, near: str) -> None:
    desk.settings("project", old, new)
    assert f"did you mean '{near}'?" in desk.tkt("config", "check", code=1).err


def test_an_incomplete_matrix_names_what_is_missing(desk: Desk) -> None:
    desk.settings("project", "    low: {high: P3, medium: P4, low: P5}\n", "")
    said = desk.tkt("config", "check", code=1)
    assert "priority.matrix" in said.err
    assert "low" in said.err


@pytest.mark.parametrize("command", [["list"], ["create", "x"], ["status"], ["show", "2j"], ["doctor"]])
def test_every_command_says_what_is_wrong_and_how_to_look_again(desk: Desk, command: list[str]) -> None:
    (desk.root / ".tkt" / "project.yaml").write_text("key: [\n", encoding="utf-8")
    said = desk.tkt(*command, code=1)
    assert said.err.startswith(".tkt/project.yaml:1: ")
    assert "tkt config check" in said.err
    assert not said.out


def test_what_is_in_force_comes_with_its_place(desk: Desk) -> None:
    rows = [line.split(None, 2) for line in desk.tkt("config", "show").lines]
    assert rows[0] == ["SETTING", "FROM", "VALUE"]
    assert ["commit", ".tkt/project.yaml:8", '"auto"'] in rows


def test_what_the_team_left_out_is_a_default(desk: Desk) -> None:
    (desk.root / ".tkt" / "project.yaml").write_text("key: ABC\n", encoding="utf-8")
    shown = {each["name"]: each for each in desk.tkt("config", "show", "--json").data}
    assert shown["key"]["value"] == "ABC"
    assert shown["commit"] == {"name": "commit", "value": "auto", "source": "default"}


def test_a_part_of_the_settings_can_be_shown(desk: Desk) -> None:
    names = [line.split()[0] for line in desk.tkt("config", "show", "priority").lines[1:]]
    assert names == [f"priority.{each}" for each in ("names", "default", "impacts", "urgencies", "matrix")]


def test_an_unknown_setting_gets_the_nearest(desk: Desk) -> None:
    assert "did you mean 'commit'?" in desk.refused(2, "config", "show", "comit")


@pytest.mark.parametrize("kind", ["ticket", "entry", "project", "workflow", "people", "sla"])
def test_schemas_are_schemas_inside_a_desk_and_outside(desk: Desk, kind: str) -> None:
    schema = desk.tkt("schema", kind).data
    jsonschema.Draft7Validator.check_schema(schema)
    assert "draft-07" in schema["$schema"]


@pytest.mark.usefixtures("empty")
def test_outside_a_desk_the_schema_is_the_general_one() -> None:
    said = type_tkt("schema", "ticket")
    assert said.code == 0
    assert json.loads(said.out)["properties"]["status"].get("enum") is None


def test_inside_a_desk_the_schema_knows_its_statuses(desk: Desk) -> None:
    status = desk.tkt("schema", "ticket").data["properties"]["status"]
    assert "in-progress" in status["enum"]


def test_an_unknown_kind_of_schema_lists_the_kinds(desk: Desk) -> None:
    assert "'ticket'" in desk.refused(2, "schema", "tickets")

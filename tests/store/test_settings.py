"""What a team leaves out is as it ships; what it says is in force, and one can ask where it was said."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.fakes import MemoryFiles
from tkt.assets import read_asset
from tkt.domain.fields import BUILT_IN, FieldType
from tkt.domain.priority import Matrix
from tkt.domain.settings import CommitPolicy, Person, Settings, Team, TicketType
from tkt.domain.workflow import Category, Flow, Status, Step
from tkt.store.nodes import compose, plain_data
from tkt.store.settings import SettingsReader
from tkt.store.settings_build import FILES
from tkt.store.settings_check import schema, shape_findings

TEMPLATES = Path(__file__).parents[2] / "templates"
SCHEMAS = sorted(path.name for path in (TEMPLATES / "schema").glob("*.json"))


def loaded(**texts: str) -> Settings:
    return SettingsReader(stored(**texts)).load()


def stored(**texts: str) -> MemoryFiles:
    return MemoryFiles({f".tkt/{name}.yaml": text.encode() for name, text in texts.items()})


def shipped_texts() -> dict[str, str]:
    return {name.removesuffix(".yaml"): read_asset(f"settings/{name}") for name in FILES}


class TestShipped:
    @pytest.mark.parametrize("name", SCHEMAS)
    def test_a_schema_is_draft_07(self, name: str) -> None:
        content = json.loads(read_asset(f"schema/{name}"))
        assert content["$schema"] == "http://json-schema.org/draft-07/schema#"
        jsonschema.Draft7Validator.check_schema(content)

    @pytest.mark.parametrize("name", SCHEMAS)
    def test_nothing_stands_beside_a_reference_in_a_schema(self, name: str) -> None:
        # Draft-07 ignores it: `minItems` there never did anything.
        for node in nodes(json.loads(read_asset(f"schema/{name}"))):
            assert "$ref" not in node or set(node) <= {"$ref", "description"}

    @pytest.mark.parametrize("name", FILES)
    def test_every_key_of_a_schema_is_explained(self, name: str) -> None:
        assert [key for key, node in schema(name)["properties"].items() if not described(name, node)] == []

    @pytest.mark.parametrize("name", FILES)
    def test_a_settings_file_says_all_that_its_schema_knows_and_nothing_else(self, name: str) -> None:
        text = read_asset(f"settings/{name}")
        assert set(plain_data(compose(text, name))) == set(schema(name)["properties"])
        assert shape_findings(name, plain_data(compose(text, name))) == []

    @pytest.mark.parametrize("name", FILES)
    def test_other_tools_read_a_settings_file_alike(self, name: str) -> None:
        text = read_asset(f"settings/{name}")
        assert yaml.load(text, yaml.CSafeLoader) == plain_data(compose(text, name))

    def test_all_of_it_written_out_is_the_same_as_nothing_said(self, shipped: Settings) -> None:
        assert loaded(**shipped_texts()) == shipped

    @pytest.mark.parametrize(
        ("name", "before"),
        [
            ("project", ""),
            ("workflow", ""),
            ("people", "agents: {ana: {email: a@b.c}, bob: {email: b@b.c}}\n"),
        ],
    )
    def test_the_examples_in_its_comments_can_be_used(self, name: str, before: str) -> None:
        examples = re.findall(r"^# [a-z]+:\n(?:#   .*\n)+", shipped_texts()[name], re.MULTILINE)
        assert examples
        text = before + re.sub("^# ", "", "".join(examples), flags=re.MULTILINE)
        assert SettingsReader(stored(**{name: text})).problems() == []

    def test_the_ticket_schema_knows_every_field(self) -> None:
        properties = json.loads(read_asset("schema/ticket.json"))["properties"]
        assert list(properties) == list(BUILT_IN)


def nodes(value: object) -> list[dict[str, object]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return ([value] if isinstance(value, dict) else []) + [node for each in inner for node in nodes(each)]


def described(name: str, node: dict[str, str]) -> bool:
    target = schema(name)["definitions"][node["$ref"].rpartition("/")[2]] if "$ref" in node else {}
    return "description" in {**target, **node}


class TestDefaults:
    def test_nothing_said_is_a_desk_that_works(self, shipped: Settings) -> None:
        assert (shipped.key, shipped.commit, shipped.run_hooks) == ("TKT", CommitPolicy.AUTO, False)
        assert shipped.default_type == "task"
        assert shipped.types["bug"] == TicketType(
            "bug", "Bug", "bug", (), {"impact": "medium", "urgency": "medium"}
        )
        assert shipped.types["incident"].ask == ("impact", "urgency")
        assert shipped.matrix.priority("high", "low") == "P3"
        assert shipped.workflow.default.initial == "new"
        assert shipped.workflow.on_assign == "assigned"
        assert shipped.workflow.statuses["waiting"] == Status("waiting", Category.WAITING, pauses=True)
        assert shipped.attachment_limit == 10_000_000
        assert not shipped.people.agents
        assert not shipped.custom

    def test_one_key_said_leaves_the_others(self, shipped: Settings) -> None:
        settings = loaded(project="commit: stage\n")
        assert settings.commit is CommitPolicy.STAGE
        assert settings.types == shipped.types
        assert settings.workflow == shipped.workflow

    def test_one_priority_setting_leaves_the_others(self, shipped: Settings) -> None:
        matrix = loaded(project="priority: {default: P4}\n").matrix
        assert matrix == Matrix(
            shipped.matrix.priorities,
            "P4",
            shipped.matrix.impacts,
            shipped.matrix.urgencies,
            shipped.matrix.cells,
        )

    def test_own_statuses_come_with_own_steps(self) -> None:
        workflow = loaded(
            workflow=(
                "initial: todo\nstatuses:\n  todo: {category: new}\n  done: {category: done}\n"
                "transitions:\n- {from: todo, to: done}\n- {from: todo, to: todo}\n"
                "- {from: done, to: [todo, done]}\n"
            )
        ).workflow
        assert workflow.on_assign == ""
        assert workflow.default == Flow(
            "todo", {"todo": (Step("done"), Step("todo")), "done": (Step("todo"), Step("done"))}
        )

    @pytest.mark.parametrize("text", ["on_assign:", "on_assign: ~", "on_assign: null"])
    def test_no_status_on_assignment_can_be_said(self, text: str) -> None:
        assert loaded(workflow=text).workflow.on_assign == ""

    @pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "\ufeff", "---\n"])
    def test_an_empty_file_says_nothing(self, shipped: Settings, text: str) -> None:
        assert loaded(project=text, workflow=text, people=text) == shipped


class TestSaid:
    def test_a_type_has_its_own_steps(self) -> None:
        workflow = loaded(
            workflow=(
                "types:\n  bug:\n    initial: assigned\n"
                "  change:\n    transitions:\n    - {from: new, to: closed}\n"
            )
        ).workflow
        assert workflow.flow("bug") == Flow("assigned", workflow.default.steps)
        assert workflow.flow("change") == Flow("new", {"new": (Step("closed"),)})
        assert workflow.flow("task") is workflow.default

    def test_own_fields_are_declared(self) -> None:
        settings = loaded(
            project=(
                "fields:\n"
                "  version: {type: choice, choices: ['1.0', '2.0'], default: '2.0', required_for: [bug]}\n"
                "  sites: {type: list, default: [b, a], title: Where}\n"
            )
        )
        version, sites = settings.custom
        assert (version.choices, version.default) == (("1.0", "2.0"), "2.0")
        assert version.required("bug")
        assert not version.required("task")
        assert (sites.type, sites.default, sites.label) == (FieldType.LIST, ("a", "b"), "Where")
        assert list(settings.fields)[-2:] == ["version", "sites"]

    def test_choices_come_from_the_settings(self) -> None:
        fields = loaded(project="queues: [desk]\nkey: ABC\n").fields
        assert fields["queue"].choices == ("desk",)
        assert fields["priority"].choices == ("P1", "P2", "P3", "P4", "P5")
        assert fields["status"].choices[0] == "new"
        assert fields["title"].choices == ()

    def test_people_and_teams(self) -> None:
        people = loaded(
            people=(
                "agents:\n"
                "  ana:\n    email: ana@example.com\n    name: Ana Silva\n"
                "    skills: [vpn]\n    capacity: 1e1\n"
                "    away:\n    - {from: 2026-12-24, to: 2026-12-31}\n"
                "  bob: {email: bob@example.com}\n"
                "teams:\n  support: {members: [ana], queues: [support]}\n"
            )
        ).people
        assert people.agents["ana"] == Person(
            "ana", "Ana Silva", "ana@example.com", ("agent",), ("vpn",), 10, (("2026-12-24", "2026-12-31"),)
        )
        assert people.agents["bob"] == Person("bob", "bob", "bob@example.com", ("agent",), (), 20, ())
        assert people.teams == {"support": Team("support", ("ana",), ("support",))}

    @pytest.mark.parametrize(
        "text", ["key: ABC\n", "\ufeffkey: ABC\r\n", "---\nkey: 'ABC'", "{key: ABC}", "key: ABC # ours"]
    )
    def test_any_form_of_yaml_will_do(self, text: str) -> None:
        assert loaded(project=text).key == "ABC"

    def test_a_word_is_a_word(self) -> None:
        assert loaded(project="queues: [no, on, 1.10.1, 2026-11-22]\n").queues == (
            "no",
            "on",
            "1.10.1",
            "2026-11-22",
        )


class TestSources:
    def test_every_value_says_where_it_comes_from(self) -> None:
        files = stored(
            project="# ours\nkey: ABC\npriority:\n  default: P4\nfields:\n  size:\n    type: number\n",
            people="agents:\n  ana: {email: ana@example.com}\n",
        )
        found = {each.name: (each.value, each.place) for each in SettingsReader(files).sources()}
        assert found["key"] == ('"ABC"', ".tkt/project.yaml:2")
        assert found["priority.default"] == ('"P4"', ".tkt/project.yaml:4")
        assert found["priority.names"] == ('["P1", "P2", "P3", "P4", "P5"]', "default")
        assert found["fields.size"] == ('{"type": "number"}', ".tkt/project.yaml:6")
        assert found["agents.ana"] == ('{"email": "ana@example.com"}', ".tkt/people.yaml:2")
        assert found["statuses.new"] == ('{"category": "new"}', "default")
        assert found["teams"] == ("{}", "default")

    def test_nothing_said_is_all_default(self) -> None:
        assert {each.place for each in SettingsReader(MemoryFiles()).sources()} == {"default"}

"""What docs/format.md shows is what tkt reads and writes, and what the JSON Schemas allow."""

import json
import re
from typing import Any

import jsonschema
import pytest

from tests.docs.pages import ROOT, Block, blocks
from tests.fakes import MemoryFiles
from tkt.domain.ids import ticket_path
from tkt.errors import InvalidStoreError
from tkt.render.schema import schema_text
from tkt.render.template import fill_template
from tkt.store.codec import parse
from tkt.store.folding import fold_entries
from tkt.store.nodes import Limits, compose, plain_data
from tkt.store.scalars import write_scalar
from tkt.store.settings import SettingsReader
from tkt.store.templates import TemplateFiles
from tkt.store.threads import EntryText, decode_entry, encode_entry
from tkt.store.tickets import TicketFiles

_TEXT = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
_BLOCKS = list(blocks(_TEXT))
_FILES = [each for each in _BLOCKS if each.kind == "markdown" and re.search(r"^id:", each.text, re.MULTILINE)]
_TICKETS = [each for each in _FILES if not re.search(r"^clock:", each.text, re.MULTILINE)]
_ENTRIES = [each for each in _FILES if each not in _TICKETS]
_TEMPLATES = [each for each in _BLOCKS if "{{" in each.text]
_SETTINGS = [each for each in _BLOCKS if each.kind == "yaml"]
_ROOMY = Limits(nodes=50_000, depth=10)
_PATH = ticket_path("TKT-2j7k3q9")
_SMALLEST = "---\nid: TKT-2j7k3q9\ncreated: 2026-11-22T09:00:00Z\ntitle: Login page fails\n"
_ROW = re.compile(r"\| `(.+?)` \| (.+) \|")


def _line(block: Block) -> str:
    return f"line {block.first + 1}"


def _is_canonical(block: Block) -> bool:
    above = [line for line in _TEXT.splitlines()[: block.first - 1] if line]
    return not above[-1].startswith("<!-- accepted")


def _table(comment: str) -> list[tuple[str, str]]:
    """The rows of the table below a comment: what stands in backticks, and the second cell."""
    table = _TEXT.partition(f"<!-- {comment} -->\n\n")[2].partition("\n\n")[0]
    matches = map(_ROW.fullmatch, table.splitlines())
    return [(match[1], match[2]) for match in matches if match]


def _tickets(text: str) -> TicketFiles:
    files = MemoryFiles({_PATH: text.encode()})
    return TicketFiles(files, SettingsReader(files).load())


def _as_editors_see_it(text: str) -> Any:
    """Front matter by the rules of YAML 1.2, which is what a JSON Schema in an editor looks at."""
    lines = parse(text.encode(), "").lines
    return plain_data(compose("".join(lines), ""))


def _require_schema(kind: str, data: object) -> None:
    jsonschema.Draft7Validator(json.loads(schema_text(kind, None))).validate(data)


def test_there_are_examples() -> None:
    assert len(_TICKETS) == 2
    assert len(_ENTRIES) == 4
    assert len(_SETTINGS) == 4


@pytest.mark.parametrize("block", _TICKETS, ids=_line)
def test_ticket_examples(block: Block) -> None:
    tickets = _tickets(block.text)
    ticket = tickets.load("TKT-2j7k3q9")
    assert not tickets.problems(ticket.id)
    _require_schema("ticket", _as_editors_see_it(block.text))
    written = tickets.encode_ticket(None, ticket).data
    assert (written == block.text.encode()) is _is_canonical(block)


def test_the_other_form_says_what_the_page_says() -> None:
    (block,) = (each for each in _TICKETS if not _is_canonical(each))
    ticket = _tickets(block.text).load("TKT-2j7k3q9")
    assert ticket.items("labels") == ("login", "mobile")
    assert ticket.items("watchers") == ("bob@example.com",)
    assert ticket.body.startswith("Since this morning")
    assert ticket.body.endswith("end anything.\n")


def test_one_text_is_a_list_of_one() -> None:
    assert "`labels: vip`" in _TEXT
    assert _tickets(f"{_SMALLEST}labels: vip\n---\n").load("TKT-2j7k3q9").items("labels") == ("vip",)


def test_a_change_touches_the_lines_of_its_field_only() -> None:
    (block,) = (each for each in _TICKETS if not _is_canonical(each))
    tickets = _tickets(block.text)
    before = tickets.load("TKT-2j7k3q9")
    after = before.with_fields({"status": "resolved", "labels": ("login", "vip")})
    data = tickets.encode_ticket(before, after).data or b""
    expected = block.text.replace("status: in-progress ", "status: resolved ")
    lost = [line for line in expected.splitlines() if line not in data.decode().splitlines()]
    assert lost == ["labels: [mobile, login]"]


@pytest.mark.parametrize("block", _ENTRIES, ids=_line)
def test_entry_examples(block: Block) -> None:
    name = re.search(r"^id: (.+)$", block.text, re.MULTILINE)
    assert name
    entry = decode_entry(block.text.encode(), f"{name[1]}.md")
    assert encode_entry(entry) == block.text.encode()
    _require_schema("entry", _as_editors_see_it(block.text))


def test_the_folded_thread() -> None:
    (block,) = (each for each in _BLOCKS if "<!-- entry" in each.text)
    tickets = _tickets(block.text)
    thread, problems = tickets.thread("TKT-2j7k3q9")
    assert problems == []
    texts = [EntryText(each.id, encode_entry(each), "") for each in thread]
    assert len(texts) == 2
    assert block.text.endswith(f"new password.\n{fold_entries(texts)}")
    assert tickets.load("TKT-2j7k3q9").body.endswith("new password.\n")


def test_every_key_of_an_entry_is_described() -> None:
    properties = json.loads(schema_text("entry", None))["properties"]
    described = re.findall(
        r"^\| `(\w+)` \|", _TEXT.partition("## Entries")[2].partition("## Attach")[0], re.MULTILINE
    )
    assert described == list(properties)


def test_every_field_is_described() -> None:
    described = _TEXT.partition("## A ticket")[2].partition("## Values")[0]
    for name in SettingsReader(MemoryFiles({})).load().fields:
        assert re.search(rf"^\|.*`{name}`.*\|", described, re.MULTILINE), name


def test_template_examples() -> None:
    (block,) = _TEMPLATES
    template = TemplateFiles(MemoryFiles({".tkt/templates/bug.md": block.text.encode()})).load("bug")
    assert template.fields == {"queue": "support", "labels": "hardware"}
    filled = fill_template(template, {"requester": "Kim"})
    assert filled == "## What is broken\n\nKim says:\n"


def test_settings_examples() -> None:
    names = ("project.yaml", "workflow.yaml", "people.yaml", "sla.yaml")
    files = MemoryFiles(
        {f".tkt/{name}": block.text.encode() for name, block in zip(names, _SETTINGS, strict=True)}
    )
    files.files[".tkt/holidays.ics"] = b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"  # which the example names
    assert SettingsReader(files).problems() == []
    for name, block in zip(names, _SETTINGS, strict=True):
        _require_schema(name.removesuffix(".yaml"), plain_data(compose(block.text, name, limits=_ROOMY)))


@pytest.mark.parametrize(("text", "written"), _table("how values are written"))
def test_how_values_are_written(text: str, written: str) -> None:
    assert write_scalar(text) == written.strip("`")
    assert parse(f"---\ntitle: {written.strip('`')}\n---\n".encode(), "").values() == {"title": text}


@pytest.mark.parametrize(("line", "said"), _table("how refusals read"))
def test_what_is_refused(line: str, said: str) -> None:
    with pytest.raises(InvalidStoreError) as error:
        _tickets(f"{_SMALLEST}{line}\n---\n").load("TKT-2j7k3q9")
    (problem,) = error.value.problems
    assert (problem.line, problem.text) == (5, said)

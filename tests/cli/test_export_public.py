"""What --public leaves out, in every format: looked for by a word that stands nowhere else."""

import csv
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.desk import Desk, type_tkt
from tkt.domain.duration import show_minutes
from tkt.domain.entry import attachment_file

CANARY = "canary7"
_FORMATS = ("md", "jsonl", "csv", "ics", "xlsx", "sqlite")
_AROUND = st.text(st.sampled_from(" .,;:<>()[]\"'`*~_-=|/\\\nüx@%&#日"), max_size=6)
_DOMAINS = st.sampled_from(["example.org", "mail.example.co.uk", "localhost", "bücher.example", "x-y.org."])
_LOCALS = st.sampled_from(
    [CANARY, f"first.{CANARY}", f"{CANARY}+tag", f"'{CANARY}", f"{CANARY}_2", CANARY.upper()]
)
_ADDRESSES = st.builds("{}@{}".format, _LOCALS, _DOMAINS)
_SIGNS = st.sampled_from(
    ["@", "\\@", "%40", "%2540", "&#64;", "&#0064;", "&#x40;", "&commat;", "\uff20", "\ufe6b", "@*", "@`"]
)
_HOSTS = st.one_of(_DOMAINS, st.sampled_from(["[10.0.0.1]", "*victim*.example", "victim\\.example"]))
_SPELT = st.one_of(_ADDRESSES, st.builds("{}{}{}".format, _LOCALS, _SIGNS, _HOSTS))
_LINKS = st.sampled_from(["{}", "[x](mailto:{})", "https://x.example/?mail={}&a=1", "<{}>", "[{}](/x 'y')"])
_WRITTEN = st.builds(str.format, _LINKS, _SPELT)
_TEXTS = st.builds("{}{}{}".format, _AROUND, _WRITTEN, _AROUND)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


_TICKET = """\
---
id: {ticket}
created: 2026-11-22T09:00:00Z
created_by: {person}
title: {said}
status: new
assignee: ana@example.com
requester: {person}
watchers: [{person}]
due: 2026-11-30
labels: [{said}]
x-mail: {{from: {said}, to: [{person}]}}
---

From {text}

Visible words.
"""
_ENTRY = """\
---
id: {name}
at: 2026-11-22T09:30:00Z
by: {person}
clock: 1
visibility: {visibility}
changes:
  requester: ["", {person}]
  watchers: {{add: [{person}]}}
attachments:
- {{file: {file}, name: {said}, size: 3}}
x-from: {said}
---

The {visibility} words: {text}
"""


def _written(path: Path) -> str:
    """All that is in an export, unpacked."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return "".join(packed.read(name).decode() for name in packed.namelist())
    return path.read_bytes().decode("utf-8", "replace").replace("\r\n ", "")


@pytest.fixture
def listed(desk: Desk) -> tuple[Desk, str]:
    """A desk with an agent and one ticket."""
    path = desk.root / ".tkt" / "people.yaml"
    path.write_text("agents:\n  ana: {name: Ana Silva, email: ana@example.com}\n", encoding="utf-8")
    return desk, desk.create("Login fails")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_ADDRESSES, _TEXTS)
def test_nothing_that_is_for_the_desk_only_goes_out(
    listed: tuple[Desk, str], tmp_path: Path, address: str, text: str
) -> None:
    desk, ticket = listed
    thread = desk.path(ticket).with_suffix("")
    told = {"person": _quoted(address), "said": _quoted(text), "text": text}
    (thread / "files").mkdir(parents=True, exist_ok=True)
    desk.path(ticket).write_text(_TICKET.format(ticket=ticket, **told), encoding="utf-8")
    for visibility, data in (("public", b"pub"), ("internal", CANARY.encode())):
        file = attachment_file("x", data)
        (thread / "files" / file).write_bytes(data)
        name = f"20261122T093000Z-{len(visibility):04}"
        entry = _ENTRY.format(name=name, visibility=visibility, file=file, **told)
        (thread / f"{name}.md").write_text(entry, encoding="utf-8")
    for form in _FORMATS:
        path = tmp_path / form
        args = [ticket] if form == "md" else ["--format", form]
        desk.tkt("export", *args, "-o", str(path), "--force")
        whole = _written(path)
        assert CANARY in whole.lower(), form
        assert form in {"csv", "ics"} or "internal words" in whole
        desk.tkt("export", *args, "-o", str(path), "--force", "--public")
        public = _written(path)
        assert CANARY not in public.lower(), form
        assert attachment_file("x", CANARY.encode()) not in public
        assert "internal words" not in public
        assert ticket in public
        assert form == "ics" or ("Visible words." in public and "ana@example.com" in public)
    for option, said in ((["--internal"], True), ([], False)):
        desk.tkt("site", "build", str(tmp_path / "site"), *option)
        site = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "site").rglob("*.*"))
        assert (CANARY in site.lower(), "internal words" in site) == (said, said)
        assert "Visible words." in site


def test_counts_and_times_are_those_of_what_goes_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.create("Login fails", "--due", "2026-11-30", "-r", "mira@example.org")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T10:00:00Z")
    desk.tkt("comment", ticket, "-m", "Looking at it, mira@example.org.")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T11:00:00Z")
    desk.tkt("comment", ticket, "--internal", "-m", "Again?")
    fields = ["export", "--format", "csv", "--public", "--fields", "requester,comments,updated"]
    assert desk.tkt(*fields).lines[1] == "requester,1,2026-11-22T10:00:00Z"
    assert "LAST-MODIFIED:20261122T100000Z" in desk.tkt("export", "--format", "ics", "--public").out
    assert "Looking at it, requester.\n" in desk.tkt("export", ticket, "--public").out


def test_pages_tickets_and_tables_for_everybody_tell_the_same_times(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert type_tkt("init", "--demo", "desk").code == 0
    monkeypatch.chdir(empty / "desk")
    assert type_tkt("site", "build", "../site").code == 0
    links = {each["id"]: each["links"] for each in type_tkt("list", "--all", "--json").data}
    said = type_tkt("export", "--public", "--format", "csv", "--fields", "id,updated,spent")
    rows = {each["id"]: each for each in csv.DictReader(said.out.splitlines())}
    for ticket, row in rows.items():
        joined = [each for each in rows if f"merged-into:{ticket}" in links[each]]
        spent = sum(int(rows[each]["spent"]) for each in (ticket, *joined))
        page = (empty / "site" / "tickets" / f"{ticket}.html").read_text(encoding="utf-8")
        facts = dict(re.findall(r"<dt>(.*?)</dt><dd><bdi>(.*?)</bdi>", page))
        moment = f"{row['updated'][:16].replace('T', ' ')} UTC"
        assert facts.get("Updated", facts["Created"].partition(" by ")[0]) == moment, ticket
        assert facts.get("Time spent", "") == (show_minutes(spent) if spent else ""), ticket
    shown = type_tkt("show", "--public", "--json", *rows).data
    assert {each["id"]: each["updated"] for each in shown} == {k: each["updated"] for k, each in rows.items()}
    assert sum(each["minutes"] for each in shown) >= sum(int(each["spent"]) for each in rows.values()) > 0

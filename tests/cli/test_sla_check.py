"""`tkt sla check` in CI: what each system reads, a badge, and the clones that a runner has."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.desk import Desk, type_tkt
from tests.cli.test_sla import PEOPLE, SLA, asked
from tkt.render.badge import badge, width

LATE = "2026-11-22T12:10:00Z"
FORMS = ("text", "json", "github", "gitlab", "junit", "sarif")

CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^./]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab asks of a code quality report."""

SARIF = {
    "type": "object",
    "required": ["version", "runs", "$schema"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {"type": "object", "required": ["id", "shortDescription"]},
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "level", "locations"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"type": "object", "required": ["text"]},
                            },
                        },
                    },
                },
            },
        },
    },
}
"""What SARIF 2.1.0 asks of the parts that are written."""


@pytest.fixture
def promised(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with promises, at which Ana works, and with two tickets: three clocks run out by 12:10."""
    (desk.root / ".tkt" / "sla.yaml").write_text(SLA, encoding="utf-8")
    (desk.root / ".tkt" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    desk.git("add", ".tkt")
    desk.git("commit", "--quiet", "-m", "Promise something")
    monkeypatch.setenv("TKT_ACTOR", "ana@example.com")
    asked(desk, "First | <b>`it`</b>")
    asked(desk, "Another", "--priority", "P1")
    return desk


def test_github_shows_ten_of_all_the_worst_first(
    promised: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        asked(promised, f"More {number}", *(("--priority", "P1") if number % 2 else ()))
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    said = promised.tkt("sla", "check", "--at", "2026-11-22T11:30:00Z", "--format", "github", code=5)
    assert [line.partition(" ")[0] for line in said.lines] == ["::error"] * 10
    assert [" resolution" in line for line in said.lines] == [False] * 6 + [True] * 4
    assert said.lines[-1].endswith("And 8 more findings: see the summary.")
    page = summary.read_text(encoding="utf-8")
    assert page.startswith(
        "### Service levels\n\n12 tickets looked at; clocks: 12 breached and 6 at risk.\n\n|"
    )
    rows = [[cell.strip() for cell in line.split(" | ")] for line in page.splitlines() if line[:3] == "| T"]
    assert [row[2] for row in rows] == ["State"] + ["breached"] * 12 + ["at-risk"] * 6
    assert page.splitlines()[-1] == f"Why: `tkt sla explain {rows[1][0].removeprefix('| ')}`"
    assert "<b>" not in page


def test_github_shows_what_is_at_risk_after_what_is_breached(promised: Desk) -> None:
    said = promised.tkt("sla", "check", "--at", "2026-11-22T11:30:00Z", "--format", "github", code=5)
    assert [line.partition(" ")[0] for line in said.lines] == ["::error", "::error", "::warning"]


def test_nothing_to_complain_of_is_said_on_the_summary(
    promised: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert promised.tkt("sla", "check", "--format", "github").out == ""
    page = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert page == "### Service levels\n\n2 tickets looked at, no clock ran out.\n"


def suite_of(text: str) -> ET.Element:
    """The one suite of a report, whose counts are right."""
    root = ET.fromstring(text)  # noqa: S314  it is our own
    (suite,) = root
    cases = suite.findall("testcase")
    failed = [case for case in cases if case.find("failure") is not None]
    assert (root.tag, suite.get("name")) == ("testsuites", "tkt sla check")
    assert (suite.get("tests"), suite.get("failures")) == (str(len(cases)), str(len(failed)))
    assert (suite.get("errors"), suite.get("skipped")) == ("0", "0")
    assert all(case.get("classname") and case.get("name") for case in cases)
    assert len({case.get("name") for case in cases}) == len(cases)
    return suite


def test_junit_has_a_case_for_each_clock(promised: Desk) -> None:
    listed = promised.tkt("list", "--json", "--sort", "priority").data
    urgent, first = (each["id"] for each in listed)
    suite = suite_of(promised.tkt("sla", "check", "--at", LATE, "--format", "junit", code=5).out)
    found = {case.get("name"): case.find("failure") is not None for case in suite}
    assert found == {
        f"{first} first_response": True,
        f"{first} resolution": False,
        f"{urgent} first_response": True,
        f"{urgent} resolution": True,
    }
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "sla-breached"
    risky = suite_of(
        promised.tkt("sla", "check", "--at", "2026-11-22T09:50:00Z", "--format", "junit", code=6).out
    )
    assert (risky.get("tests"), risky.get("failures")) == ("4", "0")
    assert [case.get("name") for case in risky if case.find("system-out") is not None] == [
        f"{urgent} first_response"
    ]


def test_an_answer_makes_the_case_pass(promised: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TKT_NOW", "2026-11-22T12:10:00Z")
    for each in promised.tkt("list", "--json").data:
        promised.tkt("comment", each["id"], "-m", "We are on it.")
        promised.tkt("set", each["id"], "priority=P4")
    suite = suite_of(promised.tkt("sla", "check", "--format", "junit").out)
    assert (suite.get("tests"), suite.get("failures")) == ("4", "0")


def test_gitlab_and_sarif_are_what_they_must_be(promised: Desk) -> None:
    quality = promised.tkt("sla", "check", "--at", LATE, "--format", "gitlab", code=5).data
    jsonschema.validate(quality, CODE_QUALITY)
    assert len({each["fingerprint"] for each in quality}) == len(quality) == 3
    later = promised.tkt("sla", "check", "--at", "2026-11-22T13:10:00Z", "--format", "gitlab", code=5).data
    assert [each["fingerprint"] for each in later] == [each["fingerprint"] for each in quality]
    sarif = promised.tkt("sla", "check", "--at", "2026-11-22T11:30:00Z", "--format", "sarif", code=5).data
    jsonschema.validate(sarif, SARIF)
    run = sarif["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert {each["id"] for each in rules} == {"sla-breached", "sla-at-risk"}
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert all(each["shortDescription"]["text"].endswith(".") for each in rules)


@pytest.mark.parametrize(
    ("at", "said", "color"),
    [
        ("2026-11-22T09:10:00Z", "met", "#3a7d1f"),
        ("2026-11-22T09:50:00Z", "1 at risk", "#a86200"),
        (LATE, "3 breached", "#c4321f"),
    ],
)
def test_a_badge(promised: Desk, tmp_path: Path, at: str, said: str, color: str) -> None:
    path = tmp_path / "sla.svg"
    path.write_text("an older one, which is longer than the new one" * 99, encoding="utf-8")
    promised.tkt("sla", "check", "--at", at, "--badge", str(path), "--fail-on", "breached", code=None)
    svg = ET.parse(path).getroot()  # noqa: S314  it is our own
    space = "{http://www.w3.org/2000/svg}"
    assert (svg.get("role"), svg.get("aria-label")) == ("img", f"SLA: {said}")
    assert svg.findtext(f"{space}title") == f"SLA: {said}"
    label, words = svg.iter(f"{space}text")
    assert (label.text, words.text) == ("SLA", said)
    assert [each.get("fill") for each in svg.findall(f"{space}g/{space}rect")] == ["#555", color]
    assert list(tmp_path.glob("*.svg*")) == [path]


@pytest.mark.parametrize(("breached", "at_risk"), [(0, 0), (1, 5), (0, 7), (1234567, 0), (88, 0)])
def test_the_words_of_a_badge_fit(breached: int, at_risk: int) -> None:
    svg = ET.fromstring(badge(breached, at_risk))  # noqa: S314  it is our own
    space = "{http://www.w3.org/2000/svg}"
    boxes = svg.findall(f"{space}g/{space}rect")
    texts = list(svg.iter(f"{space}text"))
    for box, text in zip(boxes, texts, strict=True):
        start, length = (int(text.get(name, "")) for name in ("x", "textLength"))
        left = int(box.get("x", "0"))
        assert left < start < start + length < left + int(box.get("width", ""))
        assert length == width(text.text or "") >= 5 * len(text.text or "")
    assert int(svg.get("width", "")) == sum(int(box.get("width", "")) for box in boxes)


def test_a_badge_that_cannot_be_written(promised: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    assert "folder is no file" in promised.refused(4, "sla", "check", "--badge", str(folder))
    missing = tmp_path / "missing" / "sla.svg"
    assert "cannot be written" in promised.refused(4, "sla", "check", "--badge", str(missing))
    assert not missing.parent.exists()
    kept = tmp_path / "kept.svg"
    kept.write_text("as it was", encoding="utf-8")
    assert "is not known" in promised.refused(2, "sla", "check", "nothing:x", "--badge", str(kept))
    assert kept.read_text(encoding="utf-8") == "as it was"


@pytest.mark.parametrize("kind", ["shallow", "bare", "bare and shallow"])
def test_a_runners_clone(promised: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    here: dict[str, Any] = {
        form: promised.tkt("sla", "check", "--at", LATE, "--format", form, code=5) for form in FORMS
    }
    options = [*(["--depth=1"] if "shallow" in kind else []), *(["--bare"] if "bare" in kind else [])]
    folder = tmp_path / "clone"
    promised.git("clone", "--quiet", *options, f"file://{promised.root}", str(folder))
    monkeypatch.chdir(folder)
    git_dir = folder if "bare" in kind else folder / ".git"
    assert not (git_dir / "tkt").exists()
    for form in FORMS:
        said = type_tkt("sla", "check", "--at", LATE, "--format", form, "--badge", str(tmp_path / "b.svg"))
        assert (said.code, said.out, said.err) == (5, here[form].out, here[form].err)
        assert type_tkt("sla", "check", "--at", LATE, "--format", form, "--rev", "HEAD").out == said.out
    assert "SLA: 3 breached" in (tmp_path / "b.svg").read_text(encoding="utf-8")


def test_what_is_not_committed_is_not_looked_at_with_rev(promised: Desk) -> None:
    ticket = promised.tkt("list", "priority:P1", "--json").data[0]["id"]
    promised.tkt("set", ticket, "priority=P4", "--no-commit")
    late = ("sla", "check", ticket, "--at", "2026-11-22T11:10:00Z", "--fail-on", "breached")
    promised.tkt(*late)
    promised.tkt(*late, "--rev", "HEAD", code=5)


def test_annotations_name_files_that_are_there(promised: Desk) -> None:
    said = promised.tkt("sla", "check", "--at", LATE, "--format", "github", code=5)
    named = re.findall(r"file=([^,:]+)", said.out)
    assert named
    assert all((promised.root / each).is_file() for each in named)
    sarif = promised.tkt("sla", "check", "--at", LATE, "--format", "sarif", code=5).out
    uris = re.findall(r'"uri": "([^"]+)"', json.dumps(json.loads(sarif)))
    assert set(uris) == set(named)


HOLIDAYS = (
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261123\nSUMMARY:Off\nEND:VEVENT\nEND:VCALENDAR\n"
)


def test_holidays_of_a_file_wherever_settings_are_read(
    promised: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promised.settings("sla", "2026-11-24,", "{ical: .tkt/off.ics}, 2026-11-24,")
    month = ("sla", "calendar", "office", "2026-11")
    said = promised.refused(1, *month)
    assert said.startswith(".tkt/sla.yaml:9: calendars.office.holidays.ical: there is no file '.tkt/off.ics'")
    path = promised.root / ".tkt" / "off.ics"
    path.write_text(HOLIDAYS, encoding="utf-8")
    promised.git("add", ".tkt")
    assert promised.tkt("check", "--staged").err.endswith("nothing to complain of.\n")
    promised.git("commit", "--quiet", "-m", "Days off")
    assert promised.tkt(*month).lines[23].split() == ["2026-11-23", "Mon", "-", "Off"]
    path.write_text(HOLIDAYS.replace("1123", "1130"), encoding="utf-8")
    assert promised.tkt(*month).lines[23].split()[2] == "9h"
    assert promised.tkt(*month, "--rev", "HEAD").lines[23].split()[3] == "Off"
    path.write_text(HOLIDAYS.replace(";VALUE=DATE:20261123", ":20261123T090000"), encoding="utf-8")
    assert promised.refused(1, *month).startswith(".tkt/off.ics:3: DTSTART ")
    folder = tmp_path / "bare.git"
    promised.git("clone", "--quiet", "--bare", ".", str(folder))
    monkeypatch.chdir(folder)
    assert type_tkt(*month).out.splitlines()[23].split()[3] == "Off"

"""What a check found, in every format, held against files that somebody looked at.

`python -m tests.render.test_findings` writes the files anew; look at the difference before it is committed.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from tkt.domain.violation import RULES, Level, Violation
from tkt.render import findings
from tkt.render.text import Style
from tkt.usecases.check import Checked

FOLDER = Path(__file__).parent / "findings"
TICKET, OTHER, CLEAN = "TKT-2j7k3q9", "TKT-2j7k3q8", "TKT-2j7k3q7"
PATH = f"tickets/2026-11/{TICKET}.md"
HOSTILE = 'title is \x1b[2J, a%b\r\nc: <d> & "e" \u202e\ud800 ]]>'

FOUND = (
    Violation("state", "status is closed, but its thread says new", "tkt record writes the entry.", PATH, 11,
              TICKET, field="status"),
    Violation("schema", HOSTILE, "Type it again, without that: 100%.", f"tickets/2026-11/a,b:{TICKET}%.md", 7,
              TICKET),
    Violation("transition", "a ticket cannot go from new to closed", "From new: assigned.", PATH, 0, TICKET,
              commit="0123456789abcdef0123456789abcdef01234567"),
    Violation("ref", "the branch main is never rewound", "git pull --rebase"),
    Violation("stranded", "the workflow has no status 'gone'", f"tkt transition {OTHER} new",
              f"tickets/2026-11/{OTHER}.md", 11, OTHER, level=Level.WARNING, field="status"),
)  # fmt: skip
CHECKED = Checked(FOUND, (CLEAN, OTHER, TICKET)).in_order()
NOTHING = Checked((), (CLEAN,))

PAGES: dict[str, Callable[[], str]] = {
    "text.txt": lambda: findings.findings_text(CHECKED, Style()),
    "text-color.txt": lambda: findings.findings_text(CHECKED, Style(color=True)),
    "findings.json": lambda: findings.findings_json(CHECKED),
    "github.txt": lambda: findings.findings_github(CHECKED),
    "summary.md": lambda: findings.findings_summary(CHECKED).rstrip("\n"),
    "gitlab.json": lambda: findings.findings_gitlab(CHECKED),
    "junit.xml": lambda: findings.findings_junit(CHECKED),
    "sarif.json": lambda: re.sub(r'"version": "0[^"]*"', '"version": "0"', findings.findings_sarif(CHECKED)),
}


@pytest.mark.parametrize("name", PAGES)
def test_findings_read_as_they_were_looked_at(name: str) -> None:
    assert PAGES[name]() + "\n" == (FOLDER / name).read_text(encoding="utf-8")


def test_every_golden_file_is_a_page() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


@pytest.mark.parametrize("name", [name for name in PAGES if name != "text-color.txt"])
def test_nothing_that_a_ticket_says_steers_a_terminal(name: str) -> None:
    shown = PAGES[name]().replace("\n", "")
    assert shown.isprintable()


def test_what_is_written_can_be_read() -> None:
    for name, page in PAGES.items():
        if name.endswith(".json"):
            json.loads(page())
    suite = ET.fromstring(PAGES["junit.xml"]())[0]  # noqa: S314  it is our own
    assert (suite.get("tests"), suite.get("failures")) == ("4", "2")
    assert [case.get("name") for case in suite if case.find("failure") is None] == [CLEAN, OTHER]


def test_github_shows_the_worst_ten_of_each_level() -> None:
    many = [Violation("schema", f"number {n:02}", path="p", line=n + 1) for n in range(25)]
    doubts = [each._replace(level=Level.WARNING, text=f"doubt {each.text}") for each in many[:10]]
    lines = findings.findings_github(Checked((*many, *doubts)).in_order()).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error"] * 10 + ["::warning"] * 10
    assert lines[9].endswith("And 15 more findings of this level: see the summary.")
    assert not any("more finding" in line for line in lines[:9] + lines[10:])


def test_a_github_annotation_is_one_line_and_says_nothing_else() -> None:
    for line in findings.findings_github(CHECKED).splitlines():
        head, _, message = line.removeprefix("::").partition("::")
        properties = head.partition(" ")[2].split(",")
        assert all("=" in each and ":" not in each for each in properties)
        assert re.fullmatch(r"(?:[^%\r\n]|%25|%0D|%0A)*", message)


def test_a_gitlab_finding_that_moves_stays_the_same_one() -> None:
    def prints(line: int) -> list[str]:
        moved = tuple(each._replace(line=line) for each in FOUND)
        return [each["fingerprint"] for each in json.loads(findings.findings_gitlab(Checked(moved)))]

    assert prints(1) == prints(99)
    twice = json.loads(findings.findings_gitlab(Checked((*FOUND, *FOUND))))
    assert len({each["fingerprint"] for each in twice}) == 2 * len(FOUND)


def test_sarif_names_the_rules_that_were_broken() -> None:
    run = json.loads(findings.findings_sarif(CHECKED))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert {each["shortDescription"]["text"] for each in rules} <= {rule.title for rule in RULES.values()}


@pytest.mark.parametrize(
    ("checked", "said"),
    [
        (NOTHING, "1 ticket checked, nothing to complain of."),
        (Checked((), (CLEAN,) * 1200), "1,200 tickets checked, nothing to complain of."),
        (CHECKED, "3 tickets checked: 4 errors and 1 warning."),
        (Checked(FOUND[:1], sound=False), "1 error; no ticket was checked."),
    ],
)
def test_one_sentence_sums_it_up(checked: Checked, said: str) -> None:
    assert findings.summary(checked) == said


@pytest.mark.parametrize("form", findings.FORMATS)
def test_nothing_found_is_a_whole_answer_too(form: str) -> None:
    text = findings.FORMATS[form](NOTHING)
    assert (
        text == ""
        if form == "github"
        else json.loads(text) is not None
        if form != "junit"
        else "<testsuite" in text
    )


if __name__ == "__main__":
    for page, render in PAGES.items():
        (FOLDER / page).write_text(render() + "\n", encoding="utf-8")

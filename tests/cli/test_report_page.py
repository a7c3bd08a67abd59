"""`tkt report --format html` and `tkt board --format html`: whole pages, fit for whoever may see them."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.desk import Desk
from tests.cli.test_export_public import CANARY
from tests.cli.test_report import NAMES

_VOID = {"meta"}
_CUSTOMER = "mira@example.org"


class Outline(HTMLParser):
    """What a page is made of; fails where its tags are not nested.

    Args:
        text: of the page.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.headings: list[int] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open
        assert self._open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in {"style", "script"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        """What a person reads, white space made one."""
        return " ".join(" ".join(self.words).split())


def page(desk: Desk, *args: str) -> Outline:
    """A page that a command wrote to stdout."""
    text = desk.tkt(*args, "--format", "html").out
    assert text.startswith("<!DOCTYPE html>\n")
    shown = Outline(text)
    assert [
        value for name, value in shown.attributes if value.startswith("default-src 'none'; base-uri 'none'")
    ]
    return shown


@pytest.fixture
def busy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with a ticket that was answered and resolved, and an open one."""
    people = "agents:\n  ana: {name: Ana Silva, email: ana@example.com}\n"
    (desk.root / ".tkt" / "people.yaml").write_text(people, encoding="utf-8")
    monkeypatch.setenv("TKT_NOW", "2026-11-20T09:00:00Z")
    ticket = desk.create("Login fails", "-r", _CUSTOMER, "-q", "support", "-a", "me")
    monkeypatch.setenv("TKT_NOW", "2026-11-20T12:00:00Z")
    desk.tkt("comment", ticket, "-m", "We look into it.")
    desk.tkt("transition", ticket, "resolved", "--resolution", "fixed")
    monkeypatch.setenv("TKT_NOW", "2026-11-22T09:00:00Z")
    desk.create("No sound", "-r", _CUSTOMER, "-p", "P1", "--reason", "Loud.")
    return desk


def test_a_page_of_all_reports(busy: Desk) -> None:
    shown = page(busy, "report")
    for fact in (
        "Period 2026-10-26 00:00 to 2026-11-22 09:00",
        "Time zone UTC, weeks begin on Monday",
        "Query all tickets",
        "As of 2026-11-22 09:00",
    ):
        assert fact in shown.text
    assert "Created 2 Resolved 1 Backlog 1 Response, median" in shown.text
    assert "Resolution, median 3h 1st contact 100 % of 1 Response SLA n/a" in shown.text
    assert "First-contact resolution Of the tickets that somebody asked for" in shown.text
    assert [value for name, value in shown.attributes if value.startswith("report-")] == [
        f"report-{each}" for each in NAMES if each != "summary" for _ in range(2)
    ]
    assert shown.tags.count("svg") == 9 - 1, "nothing is promised, so that no attainment is drawn"
    assert "n/a: nothing of it in this period." in shown.text


def test_a_page_of_one_report(busy: Desk) -> None:
    for name in NAMES:
        shown = page(busy, "report", name, "--since", "7d")
        ids = [value for key, value in shown.attributes if key == "id" and value.startswith("report-")]
        assert ids == [f"report-{name}"]
        assert "nav" not in shown.tags


@pytest.mark.parametrize("args", [("report",), ("report", "sla", "--compare"), ("board",)], ids=" ".join)
def test_a_page_fetches_nothing_and_has_its_headings_in_order(busy: Desk, args: tuple[str, ...]) -> None:
    shown = page(busy, *args)
    assert not {"img", "link", "iframe", "object", "use", "image"} & set(shown.tags)
    assert not [value for name, value in shown.attributes if name in {"src", "href"} and value[0] != "#"]
    assert not [name for name, _ in shown.attributes if name == "style" or name.startswith("on")]
    assert shown.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(shown.headings, shown.headings[1:], strict=False))
    ids = [value for name, value in shown.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    named = [each for name, value in shown.attributes if name == "aria-labelledby" for each in value.split()]
    assert set(named) <= set(ids)


def test_a_query_and_a_period_beside_it(busy: Desk) -> None:
    shown = page(busy, "report", "queue:support", "-is:open", "--compare")
    assert "Tickets 1 " in shown.text
    assert "Query queue:support -is:open" in shown.text
    assert "Before 2026-09-28 00:00" in shown.text
    assert "Created 1 +1, from 0" in shown.text


def test_the_query_of_a_report_of_ones_own_is_named(busy: Desk) -> None:
    busy.settings(
        "project",
        "reports: {}",
        "reports: {mine: {query: 'queue:support OR label:vip', measures: [created]}}",
    )
    for words, said in (
        ((), "queue:support OR label:vip"),
        (("-is:open",), "(queue:support OR label:vip) -is:open"),
        (("requester:mira@example.org", "--public"), "(queue:support OR label:vip) requester:somebody"),
    ):
        assert f"Query {said} As of" in page(busy, "report", "mine", *words).text
        assert busy.tkt("report", "mine", *words).lines[2] == f"query: {said}"
        assert f"query: {said}" in busy.tkt("report", "mine", *words, "--format", "md").out
    assert "query:" not in busy.tkt("report", "summary").out
    assert "query: -is:open\n" in busy.tkt("report", "summary", "-is:open").out


def test_all_reports_of_a_page_are_about_the_usual_time_before_its_end(busy: Desk) -> None:
    shown = page(busy, "report", "--until", "2026-10-04")
    assert "Period 2026-09-07 00:00 to 2026-10-05 00:00" in shown.text
    assert "2026-07-13" not in shown.text


def test_a_desk_without_tickets(desk: Desk) -> None:
    said = desk.tkt("report", "--format", "html")
    assert said.err == "No tickets\n"
    shown = Outline(said.out)
    assert "svg" not in shown.tags
    assert "Response, median n/a" in shown.text
    assert "0 %" not in shown.text
    assert "100 %" not in shown.text


def test_the_load_chart_has_those_with_most_and_nobody(desk: Desk) -> None:
    def of(who: str, **more: str) -> dict[str, str]:
        made = "2026-11-20T09:00:00Z"
        return {"title": "Work", "assignee": who, "created_at": made, "updated_at": made, **more}

    done = {"status": "closed", "closed_at": "2026-11-20T10:00:00Z"}
    rows = [of(f"a{number:02}", status="open") for number in range(9)]
    rows += [of(f"few{number}", **done) for number in range(6)]
    rows += [of("many", **done)] * 3 + [of("more", **done)] * 2
    rows += [of("", status="open")] * 2
    export = desk.root.parent / "old.jsonl"
    lines = [json.dumps({"id": f"bd-{number}", **row}) for number, row in enumerate(rows)]
    export.write_text("\n".join(lines), encoding="utf-8")
    desk.tkt("import", "beads", str(export))
    out = desk.tkt("report", "--format", "html").out
    chart = out[out.index("<h3>Load by person</h3>") :].partition("</svg>")[0]
    assert re.findall("<title>([^<]*)</title>", chart) == [
        *(f"a{number:02}: Open 1" for number in range(9)),
        "many: Resolved 3",
        "more: Resolved 2",
        "nobody: Open 2",
    ]
    assert "The chart has those with most, and leaves out 6 more." in chart
    assert "leaves out" not in out[out.index("<h3>Ways in</h3>") :]


def test_a_page_is_written_whole_or_not_at_all(busy: Desk) -> None:
    assert not busy.tkt("report", "--format", "html", "-o", "page.html").out
    written = (busy.root / "page.html").read_text(encoding="utf-8")
    assert written == busy.tkt("report", "--format", "html").out
    (busy.root / "page.html").write_text("ours", encoding="utf-8")
    assert "page.html is there already" in busy.refused(2, "report", "--format", "html", "-o", "page.html")
    assert busy.tkt("board", "--format", "html", "-o", "page.html", "--force").out == ""
    assert "<h1>Board</h1>" in (busy.root / "page.html").read_text(encoding="utf-8")
    assert "cannot be written" in busy.refused(2, "board", "--format", "html", "-o", "no/page.html")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("report", "-o", "x"), "-o and --force go with --format html"),
        (("board", "--json", "--force"), "-o and --force go with --format html"),
        (("report", "--format", "html", "--by", "queue"), "--by goes with the name of a report"),
        (("report", "--format", "html", "--fields", "value"), "--fields goes with"),
        (("report", "agents", "--format", "html", "--by", "queue"), "has its groups already"),
        (("report", "--format", "html", "--since", "2027"), "the period has not begun"),
        (("report", "--format", "html", "--zone", "Mars/Olympus"), "Mars/Olympus"),
        (("report", "quue:support", "--format", "html"), "queue"),
    ],
)
def test_what_makes_no_sense_is_refused(busy: Desk, args: tuple[str, ...], said: str) -> None:
    assert said in busy.refused(2, *args)


def test_the_board_as_a_page(busy: Desk) -> None:
    shown = page(busy, "board")
    assert "new 1" in shown.text
    assert "P1 No sound" in shown.text
    assert "Login fails" not in shown.text
    by_priority = page(busy, "board", "is:open,closed", "--by", "priority", "-n", "1")
    assert "Columns priority Tickets 2 Query is:open,closed" in by_priority.text


_HOSTILE = (
    "<script>alert(1)</script>",
    "</style><svg/onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% for x in y %}",
    "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "\u202egnp.exe \u2066\u200b",
    "שלום عليكم " * 30,
    "w" * 4000,
)


@pytest.mark.parametrize("text", _HOSTILE, ids=range(len(_HOSTILE)))
def test_text_of_tickets_stays_text(busy: Desk, text: str) -> None:
    ticket = busy.create("Plain", "-q", "support")
    quoted = '"' + "".join(f"\\u{ord(each):04x}" for each in text) + '"'
    path = busy.path(ticket)
    written = path.read_text(encoding="utf-8")
    for field, plain in (("title", "Plain"), ("queue", "support")):
        written = written.replace(f"{field}: {plain}\n", f"{field}: {quoted}\n")
    path.write_text(
        written + text.replace("\x1b", "").replace("\x07", "").replace("\x9b", ""), encoding="utf-8"
    )
    before = page(busy, "board", "priority:P1").tags
    for args in (("board",), ("board", "--by", "queue"), ("report", "summary", "--by", "queue")):
        out = busy.tkt(*args, "--format", "html").out
        shown = Outline(out)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]", out)
        assert shown.tags.count("script") == before.count("script") == 1
        assert not {"img"} & set(shown.tags)
        assert max(map(len, shown.words)) < 400
        assert text[:20].isprintable() is False or text[:20] in shown.text


def test_a_title_of_five_megabytes_does_not_fill_the_page(busy: Desk) -> None:
    ticket = busy.create("Plain")
    busy.edit(ticket, "title: Plain", "title: " + "a" * 50_000)
    assert len(busy.tkt("board", "--format", "html").out) < 20_000
    busy.edit(ticket, "title: ", "title: " + "é" * 5_000_000)
    said = busy.tkt("board", "--format", "html", code=None)
    assert len(said.out) < 20_000
    assert len(said.err) < 2_000
    assert ticket in said.err


_AROUND = st.sampled_from(["", " ", "<b>", "x, ", "/", "'"])
_TEXTS = st.builds("{}{}@example.org{}".format, _AROUND, st.just(CANARY), _AROUND)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TEXTS, st.sampled_from(["category", "queue", "label", "requester", "assignee"]))
def test_nothing_that_is_for_the_desk_only_is_on_a_public_page(
    busy: Desk, tmp_path: Path, text: str, by: str
) -> None:
    made = busy.tkt(
        "create", text, "-r", f"{CANARY}@example.org", "-m", CANARY, "-a", f"{CANARY}@example.com", "--json"
    ).data["id"]
    busy.tkt("set", made, f"labels={CANARY}@example.net")
    busy.tkt("comment", made, "--internal", "-m", f"{CANARY} is for us")
    path = tmp_path / "page.html"
    for args in (("report",), ("report", "summary", "--by", by), ("report", "categories")):
        query = f"requester:{CANARY}@example.org"
        words = (*args, query) if len(args) > 1 else (args[0], query)
        busy.tkt(*words, "--format", "html", "-o", str(path), "--force")
        assert CANARY in path.read_text(encoding="utf-8").lower()
        busy.tkt(*words, "--format", "html", "-o", str(path), "--force", "--public")
        assert CANARY not in path.read_text(encoding="utf-8").lower(), args

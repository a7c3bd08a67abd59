"""What people and machines read, held against files that somebody looked at.

`python -m tests.render.test_golden` writes the files anew; look at the difference before it is committed.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import pytest

from tests.fakes import MemoryFiles
from tests.memory import memory_desk
from tkt.domain.ids import attachment_path
from tkt.render import machine
from tkt.render.board_page import board_values
from tkt.render.document import whole_document
from tkt.render.pages import fill_page
from tkt.render.report_page import report_values
from tkt.render.reports import ReportView, list_table
from tkt.render.reports import rows as report_rows
from tkt.render.text import Style
from tkt.render.views import TextView
from tkt.store.courses import FilesCourses
from tkt.store.settings import SettingsReader
from tkt.store.tickets import TicketFiles
from tkt.usecases.demo import DEMO_SETTINGS, demo_setting, demo_stories
from tkt.usecases.look import Group, grouped, home, listing, read_query, search, view
from tkt.usecases.overview import Overview, overview
from tkt.usecases.record import record_stories
from tkt.usecases.report import Asked, Told, almanac_of, reports_of, told
from tkt.usecases.setup import setup_files, shipped_settings
from tkt.usecases.workspace import Note, Workspace

FOLDER = Path(__file__).parent / "golden"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TICKET = "Orders from the web shop arrive hours late"


@cache
def desk() -> Workspace:
    """The sample desk, in memory."""
    files = MemoryFiles()
    texts = shipped_settings() | {name: demo_setting(name, NOW) for name in DEMO_SETTINGS}
    for write in setup_files(files, texts):
        files.files[write.path] = write.data or b""
    ws = memory_desk(now=NOW, files=files)
    assert ws.settings == SettingsReader(files).load()
    record_stories(ws, demo_stories(ws.settings, NOW), lambda count: Note(str(count)))
    return ws


def words(*, color: bool = False, columns: int = 0) -> TextView:
    return TextView(desk().settings, Style(color, columns), NOW)


def ticket_id() -> str:
    return listing(desk(), read_query(desk(), f'"{TICKET}"')).tickets[0].id


def rows(query: str) -> list[dict[str, object]]:
    found = listing(desk(), read_query(desk(), query)).tickets
    return [machine.ticket_row(each, desk().settings.fields) for each in found]


def groups(query: str, by: str, *, empty: bool = False) -> list[Group]:
    return grouped(desk(), listing(desk(), read_query(desk(), query)).tickets, by, empty=empty)


def whole(ticket: str) -> str:
    return whole_document(view(desk(), ticket), desk().tickets.whole(ticket), words())


_REPORT_NAMES = ("summary", "flow", "sla", "agents", "channels", "categories", "time", "aging", "trend")


@cache
def report(name: str, *, compare: bool = False, public: bool = False) -> Told:
    courses = FilesCourses(TicketFiles(desk().files, desk().settings), map)
    asked = Asked(name, since="4w", compare=compare, public=public)
    return told(desk(), courses, asked, almanac_of(desk(), UTC))


def report_view(*, color: bool = False, columns: int = 0, blocks: bool = True) -> ReportView:
    return ReportView(desk().settings, Style(color, columns), blocks=blocks)


def overview_of(name: str, *, query: str = "", by: str = "", compare: bool = False) -> Overview:
    courses = FilesCourses(TicketFiles(desk().files, desk().settings), map)
    asked = Asked(name, query, since="4w", by=by, compare=compare)
    return overview(desk(), courses, asked, almanac_of(desk(), UTC))


def board_page(query: str) -> str:
    found = groups(query, "status", empty=True)
    return fill_page("board/page.html", board_values(found, "status", query, desk().settings, NOW), {})


def report_page(name: str) -> str:
    return fill_page("report/page.html", report_values(overview_of(name), desk().settings), {})


def without_style(page: str) -> str:
    """A page without its style and script, which are files of their own."""
    page = re.sub(r"(<(style|script)>).*?(</\2>)", r"\1...\3", page, flags=re.DOTALL)
    return re.sub(r"sha256-[\w+/]+=", "sha256-...", page)


PICKED = ("id", "priority", "title", "labels", "assignee")
PAGES: dict[str, Callable[[], str]] = {
    "list.txt": lambda: words().tickets(listing(desk(), read_query(desk(), "")).tickets),
    "list-80.txt": lambda: words(columns=80).tickets(listing(desk(), read_query(desk(), "")).tickets),
    "list-color.txt": lambda: words(color=True, columns=100).tickets(
        listing(desk(), read_query(desk(), "priority:P1,P2"), closed=True).tickets
    ),
    "groups.txt": lambda: words().groups(groups("type:bug,problem", "queue"), "queue"),
    "groups-80.txt": lambda: words(columns=80).groups(groups("type:bug", "assignee"), "assignee"),
    "counts.txt": lambda: words().counts("assignee", groups("", "assignee")),
    "views.txt": lambda: words().views(tuple(desk().settings.views.values())),
    "board.txt": lambda: words().board(groups("type:bug,problem", "status", empty=True), "status"),
    "board-80.txt": lambda: words(columns=80).board(groups("", "status", empty=True), "status", 3),
    "board-140.txt": lambda: words(columns=140).board(groups("", "status", empty=True), "status"),
    "board-color.txt": lambda: words(color=True, columns=140).board(
        groups("priority:P1,P2", "status", empty=True), "status"
    ),
    "show.txt": lambda: words().ticket(view(desk(), ticket_id())),
    "show-public.txt": lambda: words().ticket(view(desk(), ticket_id(), internal=False)),
    "log.txt": lambda: words().log(view(desk(), ticket_id())),
    "status.txt": lambda: words().home(home(desk()), "."),
    "search.txt": lambda: words(columns=100).hits(
        search(desk(), read_query(desk(), "certificate", apart=True))[0]
    ),
    "single.md": lambda: whole(ticket_id()),
    "list.csv": lambda: machine.to_csv(machine.pick(rows("priority:P1,P2"), PICKED)),
    "list.md": lambda: machine.to_markdown(machine.pick(rows("priority:P1,P2"), PICKED)),
    "list.jsonl": lambda: machine.to_jsonl(machine.pick(rows("priority:P1,P2"), PICKED)),
    **{
        f"report-{name}.txt": partial(lambda each: report_view().text(report(each)), name)
        for name in _REPORT_NAMES
    },
    "report-plain.txt": lambda: report_view(blocks=False).text(report("summary", compare=True)),
    "report-color-80.txt": lambda: report_view(color=True, columns=80).text(report("summary")),
    "report-public.txt": lambda: report_view().text(report("categories", public=True)),
    "report.md": lambda: report_view().markdown(report("summary", compare=True)),
    "report.json": lambda: machine.to_json(report_rows(report("summary", compare=True))),
    "report.jsonl": lambda: machine.to_jsonl(report_rows(report("channels"))),
    "report.csv": lambda: machine.to_csv(report_rows(report("agents"))),
    "report-aging.html": lambda: without_style(report_page("aging")),
    "board.html": lambda: without_style(board_page("type:bug,problem")),
    "reports.txt": lambda: list_table(reports_of(desk().settings), Style()),
    "show.json": lambda: machine.to_json(machine.view_row(view(desk(), ticket_id()), desk().settings.fields)),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_as_it_was_looked_at(name: str) -> None:
    assert PAGES[name]() + "\n" == (FOLDER / name).read_text(encoding="utf-8")


def test_every_golden_file_is_a_page() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


def test_what_is_internal_is_in_no_public_page() -> None:
    secrets = [e.body.strip() for _, e in view(desk(), ticket_id()).thread if e.visibility == "internal"]
    assert secrets
    public = words().ticket(view(desk(), ticket_id(), internal=False))
    assert not any(line in public for secret in secrets for line in secret.splitlines() if line.strip())


def test_nobody_who_is_not_listed_is_in_a_public_report() -> None:
    requesters = {
        each.text("requester") for each in listing(desk(), read_query(desk(), ""), closed=True).tickets
    }
    assert any(each in report_view().text(report("categories")) for each in requesters - {""})
    for name in _REPORT_NAMES:
        shown = report(name, public=True)
        assert "@" not in report_view().text(shown) + machine.to_json(report_rows(shown)), name


def test_an_attachment_is_shown_with_its_path() -> None:
    with_files = [
        (each.id, attachment)
        for each in listing(desk(), read_query(desk(), ""), closed=True).tickets
        for entry in desk().tickets.thread(each.id)[0]
        for attachment in entry.attachments
    ]
    assert with_files
    for ticket, attachment in with_files:
        shown = words().ticket(view(desk(), ticket))
        assert f"attached {attachment.name} ({attachment.size:,} bytes): " in shown
        assert attachment_path(ticket, attachment.file) in shown


if __name__ == "__main__":
    for name, render in PAGES.items():
        (FOLDER / name).write_text(render() + "\n", encoding="utf-8")

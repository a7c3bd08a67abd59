"""Pages as a browser shows them: they fetch nothing, and serve by keyboard and on a telephone."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.render.browser import Page, browser
from tests.render.test_golden import NOW, board_page, desk, overview_of, words
from tkt.domain.ticket import Ticket
from tkt.render.board_page import Card, Column
from tkt.render.markup import to_html
from tkt.render.pages import fill_page, site_parts
from tkt.render.report_page import report_values
from tkt.render.site import Other, Said, SitePress

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_AXE = "axe-core@4"
_LONG = "w" * 200
_SIZES = ((390, False), (390, True), (1280, False), (1280, True))


def _awkward() -> str:
    """A board on which nothing is short, or goes from left to right."""
    cards = (
        Card("TKT-2j70000", _LONG, (("top", "P1"), ("late", "999h late"), ("", _LONG))),
        Card("TKT-2j70001", "שלום עליכם " * 12, (("", "שלום"),)),
    )
    values = {
        "title": _LONG,
        "desk": "TKT",
        "facts": [("Query", _LONG)],
        "columns": tuple(Column(f"{number}{_LONG}", "2", cards, "9 more") for number in range(9)),
    }
    return fill_page("board/page.html", values, {})


_MARKED = Ticket(
    {
        "id": "TKT-2j79999",
        "title": "Café <b>closes</b>",
        "status": "new",
        "labels": ("vip", "shop"),
        "created": "2026-11-22T23:30:00-05:00",
    },
    "The till </script> prints nothing.",
)
_FOUND = (
    "[...document.querySelectorAll('#rows tr')]"
    ".map(row => [...row.cells].slice(0, 2).map(each => each.innerText).join(' '))"
)


def _ticket() -> dict[str, object]:
    """A ticket with something of everything."""
    table = f"| a | b |\n|---|---|\n| {_LONG} | 2 |\n"
    text = to_html(f"# Heading\n\n{_LONG} and `code`\n\n```\n{_LONG}\n```\n\n> said\n\n{table}")
    thread = [
        Said(
            "20261122T090000Z-x7k2",
            "bob",
            "2026-11-22T09:00:00Z",
            "2026-11-22 09:00 UTC",
            "internal",
            (),
            text,
        ),
        Said("", "ana", "2026-11-22T09:01:00Z", "2026-11-22 09:01 UTC", "", (f"status: new -> {_LONG}",), ""),
    ]
    return {
        "title": _LONG,
        "desk": "TKT-2j70000",
        "facts": [("Status", "new"), ("Labels", _LONG)],
        "body": text,
        "related": [
            Other("Blocks", "TKT-2j70001", "new", _LONG),
            Other("Parent", "TKT-2j70002", "", "not here"),
        ],
        "thread": thread,
        "merged_into": "TKT-2j70003",
    }


PAGES: dict[str, Callable[[], str]] = {
    "all reports": lambda: fill_page(
        "report/page.html", report_values(overview_of("", compare=True), desk().settings), {}
    ),
    "a report by queue": lambda: fill_page(
        "report/page.html", report_values(overview_of("summary", by="queue"), desk().settings), {}
    ),
    "nothing": lambda: fill_page(
        "report/page.html", report_values(overview_of("", query="label:nothing"), desk().settings), {}
    ),
    "board": lambda: board_page(""),
    "awkward board": _awkward,
    "a ticket": lambda: fill_page("site/ticket.html", _ticket(), {}),
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page in a browser."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        pytest.skip("there is no Chromium (apt-get install chromium)")
    with browser([found], tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory, machine_environment: dict[str, str]) -> str:
    """The script of axe-core."""
    folder = tmp_path_factory.mktemp("axe")
    try:
        command = ["npm", "pack", "--silent", "--pack-destination", str(folder), _AXE]
        subprocess.run(
            command, cwd=folder, env=machine_environment, capture_output=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        pytest.skip(f"there is no npm, or it cannot get {_AXE}")
    with tarfile.open(next(folder.glob("*.tgz"))) as packed:
        script = packed.extractfile("package/axe.min.js")
        assert script
        return script.read().decode()


@pytest.fixture(scope="module", params=PAGES)
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page, written to a file."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(PAGES[request.param](), encoding="utf-8")
    return path


def test_nothing_is_fetched_or_complained_of_and_nothing_runs_over(page: Page, file: Path) -> None:
    for width, dark in _SIZES:
        page.open(file, width, dark=dark)
        assert page.complaints == []
        assert page.outside == []
        assert page.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.run("for (const each of document.querySelectorAll('details')) each.open = true")
        assert page.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        paper = page.run("getComputedStyle(document.body).backgroundColor")
        assert paper == ("rgb(18, 22, 28)" if dark else "rgb(255, 255, 255)")


def test_axe_finds_no_serious_violation(page: Page, file: Path, axe: str) -> None:
    for width, dark in ((390, False), (1280, True)):
        page.open(file, width, dark=dark)
        page.run("for (const each of document.querySelectorAll('details')) each.open = true")
        page.run(f"{axe}; 0")
        told = page.run(
            "axe.run().then(all => JSON.stringify(all.violations.map(each => "
            "[each.impact, each.id, each.nodes.map(node => node.html)])))"
        )
        assert [each for each in json.loads(told) if each[0] in {"serious", "critical"}] == []


_FOCUSED = "document.activeElement.closest('th')?.textContent"
_CREATED = (
    "[...document.activeElement.closest('table').tBodies[0].rows].map(each => each.cells[1].textContent)"
)
_ORDER = "document.activeElement.closest('th').getAttribute('aria-sort')"


def test_a_table_is_sorted_by_keyboard(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGES["a report by queue"](), encoding="utf-8")
    page.open(path, 1280)
    for _ in range(60):
        page.press("Tab")
        if page.run(_FOCUSED) == "Created":
            break
    else:
        pytest.fail("no key leads to the heading")
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    before = [int(each) for each in page.run(_CREATED)]
    assert len(set(before)) > 1
    page.press("Enter")
    assert (page.run(_ORDER), [int(each) for each in page.run(_CREATED)]) == (
        "descending",
        sorted(before)[::-1],
    )
    page.press("Enter")
    assert (page.run(_ORDER), [int(each) for each in page.run(_CREATED)]) == ("ascending", sorted(before))
    assert page.complaints == []


def test_what_was_not_measured_comes_last_however_it_is_sorted(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGES["all reports"](), encoding="utf-8")
    page.open(path, 1280)
    table = "document.querySelector('#report-trend ~ .tables table')"
    cells = f"[...{table}.tBodies[0].rows].map(row => row.cells[6].textContent)"
    for _ in range(2):
        page.run(f"{table}.tHead.rows[0].cells[6].querySelector('button').click()")
        found = [each == "n/a" for each in page.run(cells)]
        assert found == sorted(found)
        assert len(set(found)) == 2


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The list of three hundred tickets and one, with what it needs."""
    created = "2026-11-22T09:00:00Z"
    tickets = [
        Ticket({"id": f"TKT-2j7{number:04}", "title": f"Number {number}", "created": created})
        for number in range(300)
    ]
    tickets.append(_MARKED)
    press = SitePress(words(), {}, "", NOW)
    lines = [press.line(each) for each in tickets]
    wanted = {"tickets.html", "tickets.js", *site_parts({})}
    common = press.common(overview_of(""), (), lines)
    files = {name: text for name, text in common if name in wanted}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "tickets.html"


@pytest.mark.parametrize(
    ("behind", "typed"),
    [("#main", ""), ("#%", ""), ("#q=%", "%"), ("#q=caf%C3%A9%20%2B", "café +"), ("#q=a&b", "a"), ("", "")],
)
def test_only_a_search_is_taken_from_the_address(page: Page, site: Path, behind: str, typed: str) -> None:
    page.open(site, 1280, behind=behind)
    assert page.run("input.value") == typed
    assert page.complaints == []


def test_a_site_is_searched_without_a_server(page: Page, axe: str, site: Path) -> None:
    for width in (390, 1280):
        page.open(site, width)
        assert len(page.run(_FOUND)) == 200
        page.press("Tab")
        assert page.run("rows.rows[0].lastElementChild.innerText") == "2026-11-22"
        for typed, found in (
            ("2026-11-23 cafe PRINTS", ["TKT-2j79999 Café <b>closes</b>"]),
            ("shop nowhere", []),
        ):
            page.run(f"input.value = {json.dumps(typed)}; input.dispatchEvent(new Event('input'))")
            assert page.run(_FOUND) == found
        assert page.run("number.textContent") == "0 found"
        assert page.run("location.hash") == "#q=shop%20nowhere"
        page.run("input.value = 'number'; input.dispatchEvent(new Event('input'))")
        assert page.run("number.textContent") == "200 of 300 shown"
        assert page.complaints == []
        assert page.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.run(f"{axe}; 0")
        told = page.run(
            "axe.run().then(all => JSON.stringify(all.violations.map(each => [each.impact, each.id])))"
        )
        assert [each for each in json.loads(told) if each[0] in {"serious", "critical"}] == []

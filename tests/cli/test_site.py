"""`tkt site build`: what the pages say, which are written again, and what it never touches."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.desk import Desk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the site goes."""
    return tmp_path / "site"


def built(desk: Desk, folder: Path, *args: str) -> str:
    return desk.tkt("site", "build", str(folder), *args).out.removeprefix(f"{folder}: ").strip()


def pages(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*.*") if path.is_file()}


def test_there_is_a_page_of_everything(desk: Desk, folder: Path) -> None:
    text = "**Bold**, <script>alert(1)</script>, ![x](http://outside.example/a.png), [y](javascript:alert(1))"
    first = desk.create("Login <b>fails</b>", text, "--label", "vip")
    second = desk.create("Slow")
    desk.tkt("link", first, "blocks", second)
    desk.tkt("comment", first, "-m", "Seen by all.")
    desk.tkt("comment", first, "--internal", "-m", "For the desk.")
    assert built(desk, folder) == "5 pages, all of them written"
    found = pages(folder)
    page = found[f"{first}.html"]
    assert "<strong>Bold</strong>" in page
    assert "Login &lt;b&gt;fails&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "Seen by all." in page
    assert "For the desk." not in page
    assert f'<a href="{second}.html">{second}</a> <bdi>Slow</bdi>' in page
    assert f'<a href="{first}.html">{first}</a>' in found[f"{second}.html"]
    assert f'href="tickets/{first}.html"' in found["tickets.html"]
    assert f'href="tickets/{first}.html"' in found["board.html"]
    assert "How the desk is doing" in found["index.html"]
    assert "For the desk." not in "".join(found.values())
    assert desk.tkt("site", "build", str(folder), "--internal").out.endswith("all of them written\n")
    assert "For the desk." in pages(folder)[f"{first}.html"]


def test_only_what_has_changed_is_written_again(desk: Desk, folder: Path) -> None:
    first, second, third = desk.create("A"), desk.create("B"), desk.create("C")
    desk.tkt("link", first, "blocks", second)
    built(desk, folder)
    assert built(desk, folder) == "6 pages, 0 tickets written anew"
    desk.tkt("comment", third, "-m", "Said.")
    assert built(desk, folder) == "6 pages, 1 ticket written anew"
    assert "Said." in pages(folder)[f"{third}.html"]
    desk.tkt("set", first, "title=Another")
    assert built(desk, folder) == "6 pages, 2 tickets written anew"
    assert "Another" in pages(folder)[f"{second}.html"]
    desk.edit(third, "title: C", "title: By hand")
    assert built(desk, folder) == "6 pages, 1 ticket written anew"
    (folder / "tickets" / f"{second}.html").unlink()
    assert built(desk, folder) == "6 pages, 1 ticket written anew"
    desk.path(third).unlink()
    assert built(desk, folder) == "5 pages, 0 tickets written anew, 1 taken away"
    assert f"{third}.html" not in pages(folder)
    desk.settings("project", "key: TKT", "key: TKT  # ours")
    assert built(desk, folder) == "5 pages, all of them written"


def test_a_site_that_is_built_again_is_one_that_is_new(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (desk.create(each, f"Of {each}", "--label", "vip") for each in "ABC")
    fourth = desk.create("D", "Asked by x@y.example")
    own = desk.root / ".tkt" / "templates" / "site" / "tickets.html"

    def template() -> None:
        own.parent.mkdir(parents=True)
        own.write_text("{% for row in rows %}{{ row }}{% endfor %}", encoding="utf-8")

    changes: list[Callable[[], object]] = [
        lambda: desk.tkt("comment", first, "-m", "Said."),
        lambda: desk.tkt("transition", first, "in-progress"),
        lambda: desk.tkt("set", second, "title=Ünlike </script>", "priority=P1"),
        lambda: desk.tkt("assign", second, "bob@example.com"),
        lambda: desk.edit(third, "Of C", "By hand"),
        lambda: desk.tkt("link", first, "blocks", second),
        lambda: desk.tkt("set", second, f"parent={third}"),
        lambda: desk.tkt("merge", second, fourth),
        lambda: desk.tkt("comment", fourth, "-m", "Said in what was merged."),
        lambda: desk.tkt("transition", first, "resolved", "--resolution", "fixed"),
        lambda: monkeypatch.setenv("TKT_NOW", "2027-03-01T09:00:00Z"),
        lambda: desk.tkt("link", first, "blocks", second, "--remove"),
        lambda: desk.settings("project", "key: TKT", "key: TKT  # ours"),
        (folder / "tickets.js").unlink,
        template,
        lambda: desk.path(third).unlink(),
    ]
    built(desk, folder)
    for number, change in enumerate(changes):
        change()
        built(desk, folder)
        built(desk, tmp_path / str(number))
        assert pages(folder) == pages(tmp_path / str(number)), number


def test_what_was_said_in_a_merged_ticket_is_on_both_pages(desk: Desk, folder: Path) -> None:
    survivor, merged, _ = desk.create("A"), desk.create("B"), desk.create("C")
    desk.tkt("comment", merged, "-m", "Said there.")
    desk.tkt("merge", survivor, merged)
    built(desk, folder)
    for ticket in (survivor, merged):
        assert "Said there." in pages(folder)[f"{ticket}.html"]
    entry = next(each for each in desk.entries(merged) if "Said there." in each.read_text(encoding="utf-8"))
    entry.write_text(entry.read_text(encoding="utf-8").replace("Said there.", "Otherwise."), encoding="utf-8")
    assert built(desk, folder) == "6 pages, 2 tickets written anew"
    for ticket in (survivor, merged):
        assert "Otherwise." in pages(folder)[f"{ticket}.html"]


def test_it_is_the_same_without_what_is_remembered(desk: Desk, folder: Path, tmp_path: Path) -> None:
    first = desk.create("A", "Text.")
    desk.tkt("comment", first, "-m", "Said.")
    built(desk, folder)
    for path in (desk.root / ".git" / "tkt").glob("*"):
        path.unlink()
    other = tmp_path / "other"
    built(desk, other)
    assert pages(other) == pages(folder)
    (folder / "tkt-site.json").write_text("{", encoding="utf-8")
    assert built(desk, folder) == "4 pages, all of them written"
    assert pages(other) == pages(folder)
    notes = folder / "tkt-site.json"
    notes.write_text(
        notes.read_text(encoding="utf-8").replace('"tkt_site": 2', '"tkt_site": 1'), encoding="utf-8"
    )
    assert built(desk, folder) == "4 pages, all of them written"


def test_a_folder_of_something_else_stays_as_it_is(desk: Desk, folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine", encoding="utf-8")
    complaint = desk.refused(2, "site", "build", str(folder))
    assert complaint.startswith(f"tkt: {folder} has files that no site of tkt has\n")
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]
    assert "cannot be written" in desk.refused(2, "site", "build", str(folder / "thesis.txt"))


def test_the_newest_come_first_with_their_day_and_files_without_their_places(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [f"2026-11-{day:02}" for day in (3, 1, 5, 2, 4)]
    (tmp_path / "scanner.log").write_text("beep", encoding="utf-8")
    for day in days:
        monkeypatch.setenv("TKT_NOW", f"{day}T09:00:00Z")
        desk.tkt(
            "comment", desk.create(f"Of {day}"), "-m", "Look.", "--attach", str(tmp_path / "scanner.log")
        )
    built(desk, folder)
    found = pages(folder)
    rows = [each for each in found["tickets.html"].splitlines() if each.startswith("<tr><th")]
    assert [each.removesuffix("</td></tr>")[-10:] for each in rows] == sorted(days, reverse=True)
    lines = found["tickets.js"].splitlines()[1:-1]
    assert [json.loads(each.rstrip(","))[7] for each in lines] == sorted(days, reverse=True)
    tickets = [text for name, text in found.items() if name.startswith("TKT-")]
    assert all("<bdi>attached scanner.log (4 bytes)</bdi>" in each for each in tickets)
    assert "/files/" not in "".join(tickets)


def test_a_link_to_the_folder_of_a_site_is_followed(desk: Desk, folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("site")
    complaint = desk.refused(2, "site", "build", str(link))
    assert complaint.startswith(f"tkt: {link} is a link to site, which is not there\n")
    assert not folder.exists()
    folder.mkdir()
    desk.create()
    built(desk, link)
    assert built(desk, folder) == "4 pages, 0 tickets written anew"


def test_notes_that_name_other_files_take_nothing_away(desk: Desk, folder: Path, tmp_path: Path) -> None:
    built(desk, folder)
    victim = tmp_path / "mine.html"
    victim.write_text("mine", encoding="utf-8")
    (folder / "tkt-site.json").write_text(
        '{"tkt_site": 1, "tickets": {"../../mine": "x", "/etc": 3}}', encoding="utf-8"
    )
    built(desk, folder)
    assert victim.read_text(encoding="utf-8") == "mine"


def test_a_build_that_was_cut_off_leaves_nothing_in_a_whole_one(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = desk.create("Quinces")
    monkeypatch.setenv("TKT_NOW", "2026-12-01T09:00:00Z")
    newest = [
        desk.create(f"Apple {number}") for number in range(9)
    ]  # with one more, as many as are filled at once
    desk.tkt("comment", newest[-1], "--internal", "-m", "For the desk.")
    built(desk, folder)
    own = desk.root / ".tkt" / "templates" / "site" / "ticket.html"
    own.parent.mkdir(parents=True)
    own.write_text("{{ thread }}{% if title == 'Quinces' %}{{ 1/0 }}{% endif %}", encoding="utf-8")
    late = desk.create("Late")
    assert "division by zero" in desk.refused(2, "site", "build", str(folder), "--internal")
    own.unlink()
    assert "For the desk." in pages(folder)[f"{newest[-1]}.html"]
    assert f"{late}.html" in pages(folder)
    for name in (f"tickets/{bad}.html.123.part", "index.html.7.part", "tkt-site.json.8.part"):
        (folder / name).write_text("For the desk.", encoding="utf-8")
    for name in ("tickets/readme.html", "tickets/mine.html.123.part", "mine.part", f"tickets/{bad}.txt"):
        (folder / name).write_text("mine", encoding="utf-8")
    desk.path(late).unlink()
    assert built(desk, folder) == "13 pages, all of them written, 1 taken away"
    found = pages(folder)
    assert "For the desk." not in "".join(found.values())
    assert not [name for name in found if name.startswith(late)]
    assert [text for text in found.values() if text == "mine"] == ["mine"] * 4


def test_an_empty_desk_and_a_ticket_as_long_as_a_book(desk: Desk, folder: Path) -> None:
    assert built(desk, folder) == "3 pages, all of them written"
    ticket = desk.create("Long")
    path = desk.path(ticket)
    path.write_text(path.read_text(encoding="utf-8") + "\n" + "<b>" * 300_000, encoding="utf-8")
    built(desk, folder)
    page = pages(folder)[f"{ticket}.html"]
    assert len(page) < 2_000_000
    assert "800,000 more characters are in the ticket." in page
    assert "<b>" not in page


def test_a_template_of_the_team_is_taken_and_held_to_its_limits(desk: Desk, folder: Path) -> None:
    ticket = desk.create("A")
    own = desk.root / ".tkt" / "templates" / "site" / "ticket.html"
    own.parent.mkdir(parents=True)
    own.write_text("Ours: {{ title }}", encoding="utf-8")
    built(desk, folder)
    assert pages(folder)[f"{ticket}.html"] == "Ours: A"
    own.write_text("{% for a in range(10**9) %}{% endfor %}", encoding="utf-8")
    said = desk.tkt("site", "build", str(folder), code=2)
    assert said.err.startswith("tkt: .tkt/templates/site/ticket.html")
    assert pages(folder)[f"{ticket}.html"] == "Ours: A"

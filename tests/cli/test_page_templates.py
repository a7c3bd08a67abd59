"""A team's own templates of pages: they may look different, and harm nobody who makes the page."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.cli.test_report_page import Outline
from tkt.render import confined

_PAGE = ".tkt/templates/report/page.html"
_EXTENDS = '{% extends "web/base.html" %}{% block main %}'


def own(desk: Desk, text: str, path: str = _PAGE) -> Path:
    """Write a template of the team's own."""
    file = desk.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "CPU_SECONDS", 1)


def test_a_template_of_ones_own_takes_the_place_of_the_one_that_ships(desk: Desk) -> None:
    desk.create("No sound")
    own(
        desk,
        _EXTENDS + "<p>{{ title }}: {% for each in tiles %}{{ each.text }};{% endfor %}</p>{% endblock %}",
    )
    own(desk, "h1 { color: red }\n", ".tkt/templates/web/style.css")
    out = desk.tkt("report", "summary", "--format", "html").out
    shown = Outline(out)
    assert "How the desk is doing, on one page: 1;0;1;n/a;n/a;n/a;n/a;n/a;" in shown.text
    assert "<style>h1 { color: red }\n</style>" in out
    assert "svg" not in shown.tags
    assert "<h1>Board</h1>" in desk.tkt("board", "--format", "html").out
    own(desk, "<p>{{ columns[0].cards[0].title }}</p>", ".tkt/templates/board/page.html")
    assert desk.tkt("board", "--format", "html").out == "<p>No sound</p>\n"


def test_what_a_template_puts_in_is_escaped(desk: Desk) -> None:
    desk.create("<script>1</script>")
    own(desk, "{{ columns[0].cards[0].title }}", ".tkt/templates/board/page.html")
    assert desk.tkt("board", "--format", "html").out == "&lt;script&gt;1&lt;/script&gt;\n"


_LOOP = "{% for a in 'x' * 9999 %}" * 3 + "{% endfor %}" * 3
_HOSTILE = {
    "loops": (f"\n{_LOOP}", f"{_PAGE}:2: takes too long"),
    "counts": ("{{ 999999999 ** 99999999 }}", f"{_PAGE}: takes too long"),
    "allocates": ("\n\n{{ ('x' * 2000000000) | length }}", f"{_PAGE}:3: takes too much memory"),
    "doubles": ("{% set x = title * 99999 %}" + "{% set x = x ~ x %}" * 20, "takes too much memory"),
    "pads": ("{{ '%2000000000d' | format(1) }}", "takes too much memory"),
    "writes": ("{% for a in 'x' * 9999 %}{{ 'y' * 999 }}{% endfor %}", "makes a page of more than 8 MB"),
    "recurses": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "nested too deeply"),
    "includes itself": ('{% include "report/page.html" %}', "nested too deeply"),
    "nests": ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", _PAGE),
    "classes": ("{{ ''.__class__.__mro__ }}", f"{_PAGE}:1: access to attribute '__class__'"),
    "formats": ("{{ '{0.__class__}'.format(title) }}", "access to attribute '__class__'"),
    "filters": ("{{ title | attr('__class__') }}", "access to attribute '__class__'"),
    "globals": ("{{ cycler.x.y }}", "'cycler' is undefined"),
    "self": ("{{ self.__init__ }}", f"{_PAGE}:1: "),
    "tuples": ("{{ tiles[0]._replace.__globals__ }}", f"{_PAGE}:1: "),
    "changes": ("{{ charts.clear() }}", f"{_PAGE}:1: "),
    "reads": ('{% include "../../etc/passwd" %}', "there is no template ../../etc/passwd"),
    "reads on": ('{% include "/etc/passwd" %}', "there is no template /etc/passwd"),
    "reads ours": ('{% include "schema/../../tkt/errors.py" %}', "there is no template schema/"),
    "is wrong": ("\n{% for %}", f"{_PAGE}:2: "),
    "is undefined": ("\n\n{{ tilse }}", f"{_PAGE}:3: 'tilse' is undefined"),
    "divides": ("{{ 1 / 0 }}", f"{_PAGE}:1: division by zero"),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_hostile_template_ends_in_one_error(desk: Desk, name: str) -> None:
    text, said = _HOSTILE[name]
    own(desk, text)
    started = time.monotonic()
    complaint = desk.refused(2, "report", "summary", "--format", "html", "-o", "page.html")
    assert time.monotonic() - started < 10
    assert complaint.startswith(f"tkt: {_PAGE}:")
    assert said in complaint
    assert "Mend the template; without it, the one that ships with tkt is used." in complaint
    assert complaint.count("\n") == 2
    assert not (desk.root / "page.html").exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../project.yaml"])
def test_a_link_is_not_followed(desk: Desk, target: str) -> None:
    own(desk, '{% include "report/more.html" %}')
    os.symlink(target, desk.root / ".tkt" / "templates" / "report" / "more.html")
    assert ".tkt/templates/report/more.html: is a link" in desk.refused(1, "report", "--format", "html")


def test_a_folder_that_is_a_link_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("theirs", encoding="utf-8")
    (desk.root / ".tkt" / "templates").mkdir()
    os.symlink(tmp_path, desk.root / ".tkt" / "templates" / "board")
    assert ".tkt/templates/board: is a link" in desk.refused(1, "board", "--format", "html")


@pytest.mark.parametrize(
    ("data", "said"), [(b"\xff\xfe", "not UTF-8"), (b"x" * 200_001, "200,001 bytes"), (b"a\x00", "NUL")]
)
def test_what_is_no_template_is_refused(desk: Desk, data: bytes, said: str) -> None:
    own(desk, "").write_bytes(data)
    complaint = desk.refused(1, "report", "--format", "html")
    assert complaint.startswith(f"{_PAGE}:1: ")
    assert said in complaint


def test_a_part_of_ones_own_is_included_and_what_others_left_there_is_not_read(desk: Desk) -> None:
    own(desk, '{% include "report/more.html" %}')
    own(desk, "<p>{{ desk }}</p>", ".tkt/templates/report/more.html")
    own(desk, "", ".tkt/templates/report/.DS_Store").write_bytes(b"\xff\x00")
    (desk.root / ".tkt" / "templates" / "report" / "old").mkdir()
    assert desk.tkt("report", "--format", "html").out == "<p>TKT</p>\n"


def test_other_commands_do_not_care(desk: Desk) -> None:
    own(desk, _LOOP)
    desk.create("No sound")
    assert desk.tkt("report", "summary").out
    assert "<h1>Board" not in desk.tkt("board").out

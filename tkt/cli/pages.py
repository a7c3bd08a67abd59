"""Answers as pages in HTML, written to a file or standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tkt.cli.context import PAGE, write_text
from tkt.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkt.domain.metrics.periods import Almanac
    from tkt.usecases.look import Group
    from tkt.usecases.report import Asked, Courses, Told
    from tkt.usecases.workspace import Workspace


class Output(NamedTuple):
    """Where an answer goes: a file, or `-` for stdout, and whether it may take the place of another one."""

    path: str
    force: bool


def require_page(form: str, output: Output) -> None:
    """See that nobody names a file for what only goes to standard output.

    Raises:
        UsageError: somebody does.
    """
    if form != PAGE and (output.path != "-" or output.force):
        raise UsageError("-o and --force go with --format html", f"tkt ... --format {form} > FILE")


def write_report(ws: Workspace, courses: Courses, asked: Asked, almanac: Almanac, output: Output) -> Told:
    """Write a page of one report, or of all of them; what the first of them told."""
    from tkt.render.report_page import report_values
    from tkt.usecases.overview import overview

    found = overview(ws, courses, asked, almanac)
    _write(ws, "report/page.html", report_values(found, ws.settings), output)
    return found.reports[0]


def write_board(
    ws: Workspace, groups: Sequence[Group], by: str, query: str, limit: int, output: Output
) -> None:
    """Write the board as a page."""
    from tkt.render.board_page import board_values

    values = board_values(groups, by, query, ws.settings, ws.now, limit)
    _write(ws, "board/page.html", values, output)


def _write(ws: Workspace, name: str, values: dict[str, object], output: Output) -> None:
    from tkt.render.pages import fill_page

    page = fill_page(name, values, ws.templates.pages())
    write_text((page, "\n"), output.path, force=output.force)

"""Reports: how a desk is doing, for people and machines."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tkt.cli import complete
from tkt.cli.context import (
    NO_INDEX,
    PAGE,
    QueryCommand,
    as_query,
    note,
    page,
    page_options,
    require_rows,
    rev_option,
    rows_as,
    say,
    style_for,
    warn,
)
from tkt.cli.progress import show_progress
from tkt.cli.sending import send_command
from tkt.errors import UsageError

if TYPE_CHECKING:
    from tkt.cli.pages import Output
    from tkt.domain.metrics.periods import Almanac
    from tkt.domain.metrics.reports import Report
    from tkt.domain.settings import Settings
    from tkt.usecases.report import Asked, Courses, Told
    from tkt.usecases.workspace import Workspace

_BLOCK = "█"


class Reports(QueryCommand, click.Group):
    """Tells one report, unless what is typed is a command below it."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """That of the command below it, where one is named."""
        inner = self.commands.get(args[0]) if args else None
        if inner is not None:
            return inner.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What a report takes."""
        return click.Command.collect_usage_pieces(self, ctx)


@click.group(
    "report",
    cls=Reports,
    invoke_without_command=True,
    context_settings={"allow_interspersed_args": True},
)
@click.argument("name", metavar="[NAME]", default="", shell_complete=complete.reports)
@click.argument("words", nargs=-1, metavar="[QUERY]", shell_complete=complete.query)
@click.option("--since", default="", metavar="TIME", help="From when, such as 7d, last-week or 2026-11.")
@click.option("--until", default="", metavar="TIME", help="Until when, all of it included.  [default: now]")
@click.option(
    "--by", default="", metavar="FIELD", shell_complete=complete.fields, help="Group the tickets by a field."
)
@click.option("--compare", is_flag=True, help="The period before beside it.")
@click.option("--at", default="", metavar="TIME", help="As of an earlier moment, such as 2026-11-16T09:00.")
@click.option(
    "--zone", default="", metavar="NAME", help="In which days begin.  [default: as the settings say]"
)
@click.option("--week-start", metavar="DAY", help="Such as sunday.  [default: as the settings say]")
@click.option("--public", is_flag=True, help="Name nobody who is not listed in people.yaml.")
@rev_option
@page_options
def report_command(
    name: str,
    words: Sequence[str],
    since: str,
    until: str,
    by: str,
    at: str,
    zone: str,
    week_start: str | None,
    rev: str | None,
    form: str,
    fields: str,
    color: str,
    output: str,
    *,
    compare: bool,
    public: bool,
    force: bool,
) -> None:
    """Tell how the desk is doing; without a name, list the reports there are, or write a page of them all.

    A period is named by days (2026-11-16), weeks (2026-W47, last-week), months (2026-11, this-month),
    years, or counted back: 7d is today and the six days before it, 4w this week and the three before it.

    \b
    tkt report summary
    tkt report summary --since last-week --until last-week --compare
    tkt report sla queue:support --by priority --json
    tkt report trend --since 6mo --format csv
    tkt report --format html -o report.html
    """
    from tkt.cli.pages import Output, require_page
    from tkt.usecases.report import Asked, almanac_of, reports_of
    from tkt.wiring.reporting import open_report, zone_named

    how = _How(form, fields, color, Output(output, force))
    require_rows(form if form != "md" else "table", fields)
    require_page(form, how.output)
    if form == PAGE and ":" in name:  # a page of all reports needs no name
        name, words = "", (name, *words)
    if not name and form != PAGE:
        _require_none({"--since": since, "--until": until, "--by": by, "--compare": compare, "--at": at})
        _require_none({"--zone": zone, "--week-start": week_start, "--public": public})
    index = NO_INDEX not in click.get_current_context().find_root().meta
    ws, courses = open_report(rev, index=index, progress=show_progress)
    if not name and form != PAGE:
        _say_list(reports_of(ws.settings), how)
        return
    almanac = almanac_of(ws, zone_named(zone or ws.settings.reporting.timezone), at, week_start)
    asked = Asked(name, as_query(words), since, until, by, compare=compare, public=public)
    _note_doubts(_tell(ws, courses, asked, almanac, how))


def _require_none(options: Mapping[str, str | bool | None]) -> None:
    """See that nobody asks of the list of reports what only a report can tell.

    Raises:
        UsageError: somebody does.
    """
    for name, value in options.items():
        if value:
            typed = name if value is True else f"{name} {value}"
            raise UsageError(f"{name} goes with the name of a report", f"tkt report summary {typed}")


class _How(NamedTuple):
    """How somebody wants to be answered, as typed."""

    form: str
    fields: str
    color: str
    output: Output


def _tell(ws: Workspace, courses: Courses, asked: Asked, almanac: Almanac, how: _How) -> Told:
    """Tell one report, or write a page; what it told, of a page of several the first."""
    if how.form == PAGE:
        from tkt.cli.pages import write_report

        return write_report(ws, courses, asked, almanac, how.output)
    from tkt.usecases.report import told

    found = told(ws, courses, asked, almanac)
    _say_report(ws.settings, found, how)
    return found


def _note_doubts(told: Told) -> None:
    if not told.tickets:
        note("No tickets")
        for each in told.doubts:
            note(each)
    warn(told.problems)


def _say_report(settings: Settings, told: Told, how: _How) -> None:
    from tkt.render import reports as render

    words_of = render.ReportView(settings, style_for(how.color), blocks=_shows_blocks())
    if how.form == "table":
        page(words_of.text(told))
    elif how.form == "md":
        say(words_of.markdown(told))
    else:
        known = (*render.FIELDS, *(render.BEFORE_FIELDS if told.before else ()))
        say(rows_as(how.form, render.rows(told), how.fields, known))


report_command.add_command(send_command)


def _say_list(reports: Sequence[Report], how: _How) -> None:
    from tkt.render import reports as render

    if how.form == "table":
        say(render.list_table(reports, style_for(how.color)))
    else:
        say(rows_as(how.form, render.list_rows(reports), how.fields, render.LIST_FIELDS))


def _shows_blocks() -> bool:
    """Whether stdout can show block characters: not where the locale is C, whose terminals may have none."""
    if sys.flags.utf8_mode and not os.environ.get("PYTHONUTF8"):
        return False
    try:
        _BLOCK.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True

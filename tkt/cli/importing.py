"""Other trackers' data."""

from __future__ import annotations

import importlib
import os

import click

from tkt.cli import complete
from tkt.cli.context import color_option, desk, note, read_file, say, style_for
from tkt.cli.progress import progress
from tkt.domain.fields import unknown
from tkt.errors import ExitCode
from tkt.intake import IMPORTERS, SOURCES

_MOST_PROBLEMS = 10


class ImporterGroup(click.Group):
    """A command for each line in the table of importers."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click names it
        """The importers' names."""
        return sorted(IMPORTERS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of one importer."""
        return _command(cmd_name) if cmd_name in IMPORTERS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The importer that was typed, or an error with those that there are."""
        if args and args[0] not in IMPORTERS and not args[0].startswith("-"):
            raise unknown("importer", args[0], tuple(sorted(IMPORTERS)))
        return super().resolve_command(ctx, args)


@click.command("import", cls=ImporterGroup)
def import_command() -> None:
    """Bring in another tracker's tickets, with their whole past."""


def _command(name: str) -> click.Command:
    source = SOURCES.get(name, name)

    @click.command(name, short_help=f"Read an export of {source}.")
    @click.argument("file", shell_complete=complete.files)
    @click.option("--dry-run", is_flag=True, help="Say what would come in, and change nothing.")
    @color_option
    def command(file: str, color: str, *, dry_run: bool) -> int:
        return _import(name, file, color, dry_run=dry_run)

    command.help = (
        f"Read an export of {source} from FILE (- is stdin), in one commit.\n\n"
        "Times and authors stay as they were. Running it again adds only what is new."
    )
    return command


def _import(name: str, file: str, color: str, *, dry_run: bool) -> int:
    from tkt.render.text import Cell, plural, table
    from tkt.usecases.importing import import_tickets

    ws = desk(dry_run=dry_run)
    module, _, function = IMPORTERS[name].partition(":")
    reader = getattr(importlib.import_module(module), function)
    imported = reader(read_file(file), os.path.basename(file), ws.settings)
    with progress("Importing") as told:
        result = import_tickets(ws, name, imported, told)
    rows = [[Cell(each.theirs), Cell(each.ours), Cell(f"{each.count:,}")] for each in imported.mapped]
    if rows:
        say(table(["THERE", "HERE", "COUNT"], rows, style_for(color)) + "\n")
    added = len(result.outcome.tickets)
    if added:
        here = f"; {result.known:,} were here already" if result.known else ""
        say(f"{plural(added, 'ticket')} {'would be added' if dry_run else 'added'}{here}.")
        first = next((each for each in result.outcome.tickets if each.text("external_id")), None)
        if first:
            note(f"Their old names still work: tkt show {first.text('external_id')}")
        receipt = result.outcome.receipt
        warnings = [receipt.warning] if receipt and receipt.warning else []
        for notice in (*result.outcome.notices, *warnings):
            note(f"warning: {notice}")
    elif not result.known:
        say("Nothing to add: there is no ticket in this file.")
    else:
        say(f"Nothing new: {plural(result.known, 'ticket')} of this file are here already.")
    for problem in imported.problems[:_MOST_PROBLEMS]:
        note(str(problem))
    if imported.problems:
        note(f"{plural(len(imported.problems), 'line')} left out; mend them and import again.")
    return int(ExitCode.CHECK_FAILED if imported.problems else ExitCode.DONE)

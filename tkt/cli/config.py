"""The settings: every mistake in them, and what is in force."""

from __future__ import annotations

import click

from tkt.cli.context import color_option, desk, note, rows_as, say, style_for
from tkt.errors import InvalidStoreError


@click.group("config")
def config_command() -> None:
    """Check the settings, or show what is in force."""


@config_command.command("check", short_help="Find every mistake in the settings.")
def check() -> None:
    """Find every mistake in the settings, each with its file and line.

    Tickets whose status the workflow does not have are told too, with the command that moves them.
    """
    from tkt.render.text import plural
    from tkt.render.workflow import stranded_text
    from tkt.usecases.rehearse import stranded
    from tkt.wiring.places import settings_reader

    problems = settings_reader().problems()
    if problems:
        raise InvalidStoreError(tuple(problems), f"{plural(len(problems), 'mistake')} in the settings.")
    say("The settings are sound.")
    lost = stranded(desk())
    if lost:
        note(f"warning: {stranded_text(lost)}")


@config_command.command("show", short_help="Show every setting in force and where it was said.")
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@color_option
def show(name: str, color: str, *, as_json: bool) -> None:
    """Show every setting in force and where it was said; NAME shows those that begin with it."""
    from tkt.domain.fields import unknown
    from tkt.render.text import Cell, clean_line, table
    from tkt.wiring.places import settings_reader

    everything = settings_reader().sources()
    sources = [
        each for each in everything if each.name == name or each.name.startswith(f"{name}.") or not name
    ]
    if not sources:
        raise unknown("setting", name, tuple(each.name for each in everything))
    if as_json:
        import json

        rows = [
            {"name": each.name, "value": json.loads(each.value), "source": each.place} for each in sources
        ]
        say(rows_as("json", rows, ""))
        return
    rows_of_cells = [
        [Cell(each.name), Cell(each.place, ("dim",)), Cell(clean_line(each.value))] for each in sources
    ]
    say(table(["SETTING", "FROM", "VALUE"], rows_of_cells, style_for(color)))

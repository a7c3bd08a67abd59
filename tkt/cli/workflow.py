"""The workflow: drawn, and tried before it is in force."""

from __future__ import annotations

import click

from tkt.cli import complete
from tkt.cli.context import color_option, desk, note, read_file, say, style_for, warn
from tkt.errors import ExitCode


@click.group("workflow")
def workflow_command() -> None:
    """Draw the workflow, or try another one on what has happened."""


@workflow_command.command("show", short_help="Draw the workflow: statuses, steps and their conditions.")
@click.argument("ticket_type", metavar="[TYPE]", default="", shell_complete=complete.types)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "mermaid", "json"]),
    default="table",
    help="How to draw it; mermaid goes into Markdown.",
)
@click.option("--json", "form", flag_value="json", help="Short for --format json.")
@color_option
def show(ticket_type: str, form: str, color: str) -> None:
    """Draw the workflow: statuses, what they mean, and where they lead under which conditions.

    TYPE shows the steps of tickets of that type, where they have some of their own.
    """
    from tkt.domain.fields import unknown
    from tkt.render import workflow as render

    settings = desk().settings
    if ticket_type and ticket_type not in settings.types:
        raise unknown("type", ticket_type, tuple(settings.types))
    if form == "json":
        from tkt.render.machine import to_json

        say(to_json(render.workflow_row(settings.workflow, ticket_type)))
    elif form == "mermaid":
        say(render.workflow_mermaid(settings.workflow, ticket_type))
    else:
        say(render.workflow_table(settings.workflow, ticket_type, style_for(color)))


@workflow_command.command("test", short_help="Try a draft of workflow.yaml on what has happened.")
@click.argument("file", shell_complete=complete.files)
@click.option(
    "-n",
    "--examples",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    metavar="N",
    help="Name so many tickets of each kind.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 when something would be refused.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@color_option
def test(file: str, examples: int, color: str, *, strict: bool, as_json: bool) -> int:
    """Try a draft of workflow.yaml on every ticket's history, and say what it would have refused.

    FILE may be - for stdin. Nothing is changed. A status that the draft does not have is read as the nearest
    one it has; tickets that are in it now are listed with the command that moves them.

    \b
    cp .tkt/workflow.yaml draft.yaml
    tkt workflow test draft.yaml
    """
    from tkt.cli.progress import progress
    from tkt.render import workflow as render
    from tkt.usecases.rehearse import rehearse
    from tkt.wiring.places import draft_settings

    draft, others = draft_settings("workflow.yaml", read_file(file), file)
    ws = desk()
    with progress("Trying") as told:
        found = rehearse(ws, draft, examples=examples, progress=told)
    if as_json:
        from tkt.render.machine import to_json

        say(to_json(render.rehearsal_row(found)))
    else:
        say(render.rehearsal_text(found, ws.settings.people, style_for(color)))
    for each in others:
        note(f"warning: to go with it, mend {each}")
    warn(found.problems)
    return int(ExitCode.CHECK_FAILED if strict and found.refused else ExitCode.DONE)

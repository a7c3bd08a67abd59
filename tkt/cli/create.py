"""Creating a ticket: from options, a file, the editor, or a short conversation."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tkt.cli import complete
from tkt.cli.context import (
    attach_option,
    choice_option,
    desk,
    note,
    read_attachments,
    read_text,
    report,
    saving_options,
    text_options,
)
from tkt.cli.editor import asking, keeping
from tkt.errors import TktError, UsageError

if TYPE_CHECKING:
    from tkt.usecases.workspace import Workspace


@click.command("create")
@click.argument("title", default="")
@click.argument("body", default="")
@click.option(
    "-t",
    "--type",
    "type_",
    metavar="TYPE",
    shell_complete=complete.types,
    help="What kind of ticket.",
)
@choice_option("priority", "P", "Else it follows from impact and urgency.", "-p")
@click.option("--reason", default="", help="Why the priority is not what the matrix says.")
@choice_option("impact", "LEVEL", "How much is affected.")
@choice_option("urgency", "LEVEL", "How soon it matters.")
@choice_option("queue", "QUEUE", "Who works on such tickets.", "-q")
@choice_option("category", "CATEGORY", "What it is about.", "-c")
@click.option("-a", "--assignee", metavar="WHO", shell_complete=complete.people, help="Whose work it is.")
@click.option(
    "-r",
    "--requester",
    metavar="WHO",
    shell_complete=complete.people,
    help="Who asked for it.",
)
@choice_option("channel", "CHANNEL", "How it arrived.")
@click.option(
    "-l",
    "--label",
    "labels",
    multiple=True,
    metavar="LABEL",
    shell_complete=complete.labels,
    help="May be repeated.",
)
@click.option("--due", metavar="WHEN", help="A day, a moment, tomorrow, or 3d.")
@click.option("--parent", metavar="ID", shell_complete=complete.ids, help="The ticket it is a part of.")
@click.option(
    "--link",
    "links",
    nargs=2,
    multiple=True,
    metavar="RELATION ID",
    help="Such as --link blocks 2j7. May be repeated.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=complete.assignments,
    help="Any other field. May be repeated.",
)
@attach_option
@text_options
@saving_options
def create_command(
    title: str,
    body: str,
    type_: str | None,
    reason: str,
    labels: Sequence[str],
    links: Sequence[tuple[str, str]],
    fields: Sequence[str],
    attach: Sequence[str],
    message: str,
    text_file: str,
    *,
    in_editor: bool,
    dry_run: bool,
    no_commit: bool,
    as_json: bool,
    **named: str | None,
) -> None:
    """Create a ticket.

    BODY, -m, -F or -e gives the description. On a terminal, what is missing is asked for.
    """
    from tkt.usecases.create import NewTicket, create, similar_tickets
    from tkt.usecases.typed import as_listed

    ws = desk(dry_run=dry_run, no_commit=no_commit)
    given = {name: value for name, value in {"type": type_, **named}.items() if value is not None}
    given |= {name.strip(): value for name, value in map(_assignment, fields)}
    if given.get("type"):
        given["type"] = as_listed(given["type"], tuple(ws.settings.types))
    if labels:
        given["labels"] = ",".join(labels)
    if body and (message or text_file):
        raise UsageError(f"the description is given twice, as BODY and by {'-m' if message else '-F'}")
    title = title or _ask_title()
    files = read_attachments(attach)
    given, start = _prepared(ws, title, given, with_text=not (body or message or text_file))
    text = read_text(message or body, text_file, in_editor=in_editor, start=start) or start
    new = NewTicket(title, text, given, reason, tuple(links), files)
    with keeping(text if in_editor else "", "ticket"):
        outcome = create(ws, new)
    ticket = outcome.tickets[0]
    report(
        ws,
        outcome,
        as_json,
        lambda position: outcome.tickets[position].title if not position else "linked",
    )
    if not as_json:
        _show_similar(similar_tickets(ws, ticket.title, but=ticket.id))


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--field {text!r} is not NAME=VALUE")
    return name, value


def _ask_title() -> str:
    if not asking():
        raise UsageError("a ticket needs a title", 'tkt create "What is the matter"')
    return str(click.prompt("Title", err=True))


def _ask_fields(ws: Workspace, given: dict[str, str]) -> dict[str, str]:
    """Ask for the fields that the type's form names, where there is a person to answer."""
    from tkt.usecases.create import questions

    kind = given.get("type") or ws.settings.default_type
    if not asking() or kind not in ws.settings.types:
        return given
    answers = dict(given)
    for name in questions(ws.settings, kind, given):
        answer = _ask(ws, kind, name)
        if answer:
            answers[name] = answer
    return answers


def _ask(ws: Workspace, kind: str, name: str) -> str:
    """The answer for one field, asked until it can be stored; "" when it may stay empty and does."""
    from tkt.domain.fields import sentences
    from tkt.usecases.typed import typed_value

    field = ws.settings.fields[name]
    choices = f" ({', '.join(field.choices)})" if field.choices else ""
    while True:
        answer = str(click.prompt(f"{field.label}{choices}", default="", show_default=False, err=True))
        if not answer and field.required(kind):
            continue
        try:
            typed_value(ws, name, answer)
        except TktError as error:
            note(sentences((error.message, error.hint)))
        else:
            return answer


def _prepared(
    ws: Workspace, title: str, given: dict[str, str], *, with_text: bool
) -> tuple[dict[str, str], str]:
    """What was given, what the type's template and the form add to it, and the description's start.

    Args:
        ws: the desk.
        title: of the new ticket.
        given: values by field name.
        with_text: whether the template's text is wanted, since nobody gave another.
    """
    from tkt.render.template import fill_template
    from tkt.usecases.create import template_for

    kind = given.get("type") or ws.settings.default_type
    template = template_for(ws, kind)
    fields = _ask_fields(ws, {**template.fields, **given} if template else given)
    if not (template and with_text):
        return fields, ""
    return fields, fill_template(template, {**fields, "type": kind, "title": title})


def _show_similar(similar: Sequence[object]) -> None:
    from tkt.domain.ticket import Ticket
    from tkt.render.text import clean_line

    found = [each for each in similar if isinstance(each, Ticket)]
    if not found:
        return
    note("Similar:")
    for each in found:
        note(f"  {each.id}  {each.status}  {clean_line(each.title)}")
    if sys.stderr.isatty():
        note("  The same? tkt merge THE-FIRST THE-SECOND")

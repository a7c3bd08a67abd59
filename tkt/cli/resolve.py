"""Settling what people disagree about, and what a merge has left to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from tkt.cli import complete
from tkt.cli.change import what_changed
from tkt.cli.context import desk, note, note_folder, one_id, read_text, report, saving_options, say
from tkt.cli.settling import EDIT, edited, require_storable, settling, settling_options
from tkt.errors import UsageError

if TYPE_CHECKING:
    from tkt.domain.disputes import Dispute
    from tkt.domain.merge import Bodies
    from tkt.domain.ticket import Ticket
    from tkt.usecases.workspace import Workspace
    from tkt.wiring.resolving import Unmerged


@click.command("resolve")
@click.argument(
    "words", nargs=-1, metavar="[ID...] [FIELD=VALUE...]", shell_complete=complete.id_then_assignments
)
@settling_options
@click.option(
    "-F",
    "--file",
    "text_file",
    default="",
    metavar="FILE",
    shell_complete=complete.files,
    help="Take the description from here; - is stdin.",
)
@click.option("-m", "--message", default="", help="A comment or reason, kept with the change.")
@saving_options
def resolve_command(
    words: Sequence[str],
    how: str,
    text_file: str,
    message: str,
    *,
    dry_run: bool,
    no_commit: bool,
    as_json: bool,
) -> None:
    """Settle what people disagree about, and what a merge has left to a person.

    Where people set a field without knowing of each other, every value holds until somebody settles it. The
    ticket has the one that loses least. Without FIELD=VALUE all of that is listed, a line each, with the
    command that leaves it as it is; on a terminal, a ticket that is named is asked about.

    In the middle of a merge that Git has stopped at, the named tickets are put in order: their fields and
    threads by themselves, and a description in your editor, or as an option says.

    \b
    tkt resolve
    tkt resolve 2j7 priority=P1 -m "The whole office waits."
    tkt resolve 2j7 --union
    """
    from tkt.wiring.resolving import open_unmerged

    ws = desk(dry_run=dry_run, no_commit=no_commit)
    typed = dict(word.split("=", 1) for word in words if "=" in word)
    ids = [one_id(ws, word) for word in words if "=" not in word]
    unmerged = open_unmerged()
    torn = _torn(unmerged, ids, wanted=bool(how))
    if unmerged and torn:
        if typed:
            raise UsageError(
                f"{torn[0]} is in conflict", f"tkt resolve {torn[0]} puts its file in order first."
            )
        _put_in_order(unmerged, torn, how, text_file, dry_run=dry_run)
        return
    if how or text_file:
        raise UsageError(
            "no ticket that was named is in conflict", "tkt sync and tkt merge-branch take this too."
        )
    if typed:
        _settle(ws, ids, typed, message, as_json=as_json)
        return
    _say_disputes(ws, ids, unmerged, as_json=as_json)


def _torn(unmerged: Unmerged | None, ids: Sequence[str], *, wanted: bool) -> tuple[str, ...]:
    """The tickets in conflict that are meant: those that are named, or all of them."""
    there = unmerged.tickets if unmerged else ()
    return tuple(each for each in ids if each in there) or (there if wanted and not ids else ())


def _settle(
    ws: Workspace, ids: Sequence[str], typed: Mapping[str, str], message: str, *, as_json: bool
) -> None:
    from tkt.usecases.resolve import settle

    if len(ids) > 1:
        import shlex  # start-up: only a mistake needs it

        hint = f"One at a time: tkt resolve {ids[0]} {shlex.join('='.join(each) for each in typed.items())}"
        raise UsageError(f"a field is settled of one ticket, and {len(ids)} are named", hint)
    if not ids:
        raise UsageError("say of which ticket", "tkt resolve 2j7 priority=P1")
    outcome = settle(ws, ids[0], typed, message)
    report(ws, outcome, as_json, what_changed(ws, outcome))


def _say_disputes(ws: Workspace, ids: Sequence[str], unmerged: Unmerged | None, *, as_json: bool) -> None:
    from tkt.cli.editor import asking
    from tkt.render.disputes import dispute_text, settling_command
    from tkt.usecases.resolve import disputed

    found = list(disputed(ws, ids))
    if as_json:
        from tkt.render.machine import dispute_row, to_json

        say(to_json([{"ticket": ticket.id, **dispute_row(each)} for ticket, each in found]))
        return
    if ids and found and asking():
        _ask(ws, found)
        return
    for each in unmerged.tickets if unmerged and not ids else ():
        say(f"{each}  in conflict: both sides changed it  tkt resolve {each}")
    for ticket, dispute in found:
        if unmerged and ticket.id in unmerged.tickets:
            continue
        say(f"{ticket.id}  {dispute_text(dispute, ws.settings)}  {settling_command(ticket, dispute)}")
    if not found and not (unmerged and unmerged.tickets):
        note("There is nothing to resolve.")


def _ask(ws: Workspace, found: Sequence[tuple[Ticket, Dispute]]) -> None:
    """Ask which value of each field holds, and settle it."""
    from tkt.render.disputes import voice_text
    from tkt.render.text import clean_line
    from tkt.usecases.resolve import typed_for

    chosen: dict[str, dict[str, str]] = {}
    for ticket, dispute in found:
        note(f"{ticket.id}  {clean_line(ticket.title)}\n{dispute.field} is contested:")
        for number, voice in enumerate(dispute.voices, 1):
            note(f"  {number}  {voice_text(dispute, voice, ws.settings)}")
        numbers = click.Choice(["", *(str(each + 1) for each in range(len(dispute.voices)))])
        question = "Which one holds? Enter leaves it"
        answer = click.prompt(
            question, default="", type=numbers, show_choices=False, show_default=False, err=True
        )
        if answer:
            chosen.setdefault(ticket.id, {})[dispute.field] = typed_for(
                ticket, dispute, dispute.voices[int(answer) - 1]
            )
    for ticket_id, typed in chosen.items():
        _settle(ws, [ticket_id], typed, "", as_json=False)


def _put_in_order(
    unmerged: Unmerged, ids: tuple[str, ...], how: str, text_file: str, *, dry_run: bool
) -> None:
    """Put tickets in order in the middle of a merge, and say how to go on."""
    from tkt.render.text import clean_line, plural
    from tkt.usecases.integrate import clash_text

    given = _description(ids, text_file) if text_file else None

    def decide(path: str, bodies: Bodies, marked: str) -> str:
        return given if given is not None else edited(path, bodies, unmerged.begun(path, bodies) or marked)

    wanted = EDIT if given is not None else how or _editing()
    joined = settling(
        unmerged.sharing, wanted, lambda answers: unmerged.settle(ids, answers, dry_run=dry_run), decide
    )
    for each in ids:
        say(f"{each}  {'would be put' if dry_run else 'put'} in order")
    for line in (*(clash_text(*clash) for clash in joined.clashes), *joined.notes):
        say(clean_line(line))
    left = unmerged.left()
    if left:
        note(f"{plural(left, 'file')} still in conflict: git status")
    else:
        note(f"Nothing is in conflict any more; {unmerged.stopped.way_on}.")
    note_folder()


def _editing() -> str:
    """That the editor opens, where there is a terminal; else nobody has said how."""
    from tkt.cli.editor import asking

    return EDIT if asking() else ""


def _description(ids: Sequence[str], text_file: str) -> str:
    if len(ids) != 1:
        raise UsageError("a file has the description of one ticket", f"tkt resolve {ids[0]} -F FILE")
    text = read_text("", text_file)
    require_storable(text)
    return text

"""Looking after a desk that has grown."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tkt.cli import complete
from tkt.cli.context import (
    desk,
    note,
    say,
)
from tkt.cli.progress import progress
from tkt.cli.several import some_ids
from tkt.domain.duration import parse_age
from tkt.errors import ExitCode, UsageError
from tkt.render.text import clean_line, plural
from tkt.usecases.compact import Compacted, compact

_USUAL_AGE = "180d"
_MOST_PROBLEMS = 10


@click.command("compact")
@click.argument("ids", nargs=-1, metavar="[ID...]", shell_complete=complete.ids)
@click.option(
    "--older-than",
    "age",
    default="",
    metavar="AGE",
    help=f"Closed tickets on which nothing has happened for so long: 30d, 26w, 6mo, 1y [{_USUAL_AGE}].",
)
@click.option("--dry-run", is_flag=True, help="Say what would be folded, and change nothing.")
def compact_command(ids: Sequence[str], age: str, *, dry_run: bool) -> int:
    """Fold the threads of closed tickets into the tickets' files.

    Every command gives the same answers afterwards, from fewer files. Without ids, all tickets are folded
    that have been closed for long.
    """
    if ids and age:
        raise UsageError("--older-than chooses tickets, and so do ids", "Leave one of them out.")
    older_than = parse_age(age or _USUAL_AGE)
    ws = desk(dry_run=dry_run)
    named = some_ids(ws, ids) if ids else ()
    with progress("Folding") as told:
        done = compact(ws, named, older_than, told)
    say(_summary(done, dry_run=dry_run))
    if done.receipt and done.receipt.warning:
        note(f"warning: {done.receipt.warning}")
    for problem in done.problems[:_MOST_PROBLEMS]:
        note(f"left as it is: {clean_line(str(problem))}")
    if len(done.problems) > _MOST_PROBLEMS:
        note(f"and {len(done.problems) - _MOST_PROBLEMS:,} more; tkt doctor names what cannot be read")
    return int(ExitCode.CHECK_FAILED if done.problems else ExitCode.DONE)


def _summary(done: Compacted, *, dry_run: bool) -> str:
    entries, tickets = len(done.removed), len(done.tickets)
    if not tickets:
        return "Nothing to fold."
    what = f"{plural(entries, 'entry', 'entries')} of {plural(tickets, 'ticket')}"
    where = "its file" if tickets == 1 else "their files"
    before, after = f"{entries + tickets:,} files", f"{tickets:,}"
    if dry_run:
        size = f"{done.size:,} bytes"
        return f"Would fold {what} ({size}) into {where}: {before} would be {after}."
    return f"Folded {what} into {where}: {before} are {after} now."

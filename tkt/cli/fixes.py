"""Commits of code that say that tickets are done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from tkt.cli import complete
from tkt.cli.context import desk, note, say
from tkt.domain.settings import CommitPolicy
from tkt.errors import UsageError

if TYPE_CHECKING:
    from tkt.usecases.fixes import Fix


@click.command("fixes")
@click.argument("commits", metavar="[A..B]", default="", shell_complete=complete.commits)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--no-commit", is_flag=True, help="Write and stage, but leave the commit to you.")
@click.option("--commit", "committing", is_flag=True, help="Make commits, whatever `commit` is set to.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def fixes_command(commits: str, *, dry_run: bool, no_commit: bool, committing: bool, as_json: bool) -> None:
    """Move the tickets that commits on the main branch say are done.

    A commit of code says so by "Fixes", "Closes" or "Resolves" and the ids of tickets, in any case. They go
    to the status that policy.fixes in .tkt/project.yaml names, by the author of the commit, as far as the
    workflow lets them. What a commit has done once it does not do again, even where somebody reopens the
    ticket. Without A..B all of the main branch counts. Works in a bare repository too.
    """
    from tkt.usecases.fixes import fix_tickets
    from tkt.wiring.committed import open_deskside

    if committing and no_commit:
        raise UsageError("--commit and --no-commit exclude each other")
    ws = desk(dry_run=dry_run, no_commit=no_commit)
    ws = replace(ws, policy=CommitPolicy.AUTO) if committing else ws
    if not ws.settings.policy.fixes:
        note("policy.fixes in .tkt/project.yaml names no status, so commits move nothing")
    rows = []
    for fix in fix_tickets(open_deskside(ws), commits or None):
        rows.append(_row(fix))
        tell_fix(fix, quietly=as_json)
    if as_json:
        from tkt.render.machine import to_json

        say(to_json(rows))


def tell_fix(fix: Fix, *, quietly: bool = False) -> None:
    """Say what became of a ticket; what went wrong even where a machine gets the answer."""
    if fix.why:
        note(f"warning: {_words(fix)}")
    elif not quietly:
        say(f"{fix.ticket}  status: {fix.was} -> {fix.status}  ({_words(fix)})")
    if fix.warning:
        note(f"warning: {fix.warning}")


def _words(fix: Fix) -> str:
    """What commit it was and who made it, and what stood against it."""
    from tkt.render.text import clean_line

    commit = f"{fix.commit.id[:10]} by {fix.commit.email or fix.commit.name}: {fix.commit.subject}"
    return clean_line(f"{fix.why}: {commit}" if fix.why else commit)


def _row(fix: Fix) -> dict[str, Any]:
    return {
        "ticket": fix.ticket,
        "commit": fix.commit.id,
        "by": fix.commit.email,
        "subject": fix.commit.subject,
        "state": str(fix.state),
        "was": fix.was or None,
        "status": fix.status or None,
        "why": fix.why or None,
    }

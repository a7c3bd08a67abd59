"""Taking back one's last change."""

from __future__ import annotations

import click

from tkt.cli.context import desk, note, say


@click.command("undo")
@click.option("--dry-run", is_flag=True, help="Say what would be taken back.")
def undo_command(*, dry_run: bool) -> None:
    """Take back your last change, as long as nobody else can have it.

    Of a change that is shared, the fields are set back by a new entry: a thread only grows.
    """
    from tkt.render.text import clean_line
    from tkt.usecases.undo import undo

    done = undo(desk(dry_run=dry_run))
    say(f"{'Would undo' if dry_run else 'Undone'}: {clean_line(done.what)}")
    note(done.how)
    if done.receipt and done.receipt.warning:
        note(f"warning: {done.receipt.warning}")

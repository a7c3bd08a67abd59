"""What Git runs to merge a ticket that was changed on two branches."""

from __future__ import annotations

import click

from tkt.cli.context import note, read_file
from tkt.errors import TktError

_GIVEN_UP = 2
"""Git's driver line takes any exit code above 1 for leave to merge the lines itself."""


@click.command("merge-file")
@click.argument("base")
@click.argument("ours")
@click.argument("theirs")
@click.argument("size", type=int)
@click.argument("path")
def merge_file_command(base: str, ours: str, theirs: str, size: int, path: str) -> int:
    """Merge two versions of a ticket's file, field by field.

    Git runs this as its merge driver, set up by `tkt init` and `tkt hooks install`. The result takes the
    place of OURS. Exits with 1 where marks of a conflict are left for a person to decide, and leaves OURS
    alone where the files are no tickets.
    """
    from tkt.wiring.merging import replace_file, ticket_merger

    try:
        merger = ticket_merger(path, size)
        merged = merger.merge(path, read_file(base), read_file(ours), read_file(theirs))
    except TktError as error:
        note(f"tkt: {error.message}")
        return _GIVEN_UP
    replace_file(ours, merged.data)
    for clash in merged.clashes:
        holds = f"{clash.kept or 'nothing'} holds, not {clash.lost or 'nothing'}"
        note(f"{path}: both sides set {clash.field}; {holds}")
    return int(merged.marked)

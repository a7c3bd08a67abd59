"""What Git runs to merge a ticket that was changed on two branches."""

from __future__ import annotations

import click

from tkt.cli.context import note, read_file
from tkt.errors import NotTextError, TktError

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
    try:
        return _merge(path, size, base, ours, theirs)
    except TktError as error:
        note(f"tkt: {error.message}")
        return _GIVEN_UP


def _merge(path: str, size: int, base: str, ours: str, theirs: str) -> int:
    """Merge three files into the second of them; 1 where something is left to a person."""
    from tkt.wiring.merging import replace_file, ticket_merger

    merger = ticket_merger(path, size)
    was, one, other = (read_file(each) for each in (base, ours, theirs))
    try:
        merged = merger.merge(path, was, one, other)
    except NotTextError:
        _say_obstacle(path, one, other)
        return 1
    replace_file(ours, merged.data)
    for clash in merged.clashes:
        holds = f"{clash.kept or 'nothing'} holds, not {clash.lost or 'nothing'}"
        note(f"{path}: both sides set {clash.field}; {holds}")
    if merged.marked and not merged.in_body:
        _say_obstacle(path, one, other)
    return int(merged.marked)


def _say_obstacle(path: str, ours: bytes, theirs: bytes) -> None:
    """Say why a file is left to a person in which perhaps no lines are marked."""
    from tkt.store.merging import obstacle

    found = obstacle(path, ours, theirs)
    for line in found.lines(path, "the other side") if any(found) else ():
        note(f"tkt: {line}")

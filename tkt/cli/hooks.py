"""Git's hooks in this clone: installed, taken away, looked at."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tkt.cli import complete, guard
from tkt.cli.context import color_option, note, say, stacked, style_for
from tkt.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from tkt.usecases.hooks import Hook

_GO_ON = {
    "lefthook": "then: lefthook install",
    "pre-commit": "or let tkt append it: tkt hooks install --write",
}

_place_options = stacked(
    click.argument("folder", metavar="[PATH]", default="", shell_complete=complete.files),
    click.option("--server", is_flag=True, help="The guard of the bare repository at PATH, or here."),
)


def _require_server(folder: str, *others: bool) -> None:
    """See that what is only for a server is not asked of a clone."""
    if folder or any(others):
        raise UsageError("PATH, --anonymous, --signed and --branch are for servers", "Say so: --server")


@click.group("hooks")
def hooks_command() -> None:
    """Have Git call tkt when you commit, merge and push.

    The hooks look at tickets and messages before they leave this clone. They write nothing but the message
    of your commit, and cost a commit without tickets a few milliseconds.
    """


@hooks_command.command("install", short_help="Install the hooks in this clone, or renew them.")
@_place_options
@click.option("--write", is_flag=True, help="Append to .pre-commit-config.yaml what belongs there.")
@click.option("--anonymous", is_flag=True, help="On a server: take pushes of people whom nobody knows.")
@click.option("--signed", is_flag=True, help="On a server: take only commits that are signed.")
@click.option(
    "--branch", metavar="NAME", default="", help="On a server: the branch that the desk has for itself."
)
def install_hooks(
    folder: str, branch: str, *, server: bool, write: bool, anonymous: bool, signed: bool
) -> None:
    """Install the hooks in this clone, or renew them.

    A hook that is there already is kept beside and runs first. Husky's files get a line each; what belongs
    into the configuration of pre-commit or lefthook is printed.

    With --server, a bare repository gets a guard that judges every commit of every push.
    """
    if server:
        guard.install(folder, anonymous=anonymous, signed=signed, branch=branch)
        return
    _require_server(folder, anonymous, signed, bool(branch))
    from tkt.usecases.hooks import Way, install
    from tkt.wiring.hooks import hook_place
    from tkt.wiring.merging import teach_git

    done = install(hook_place(), write=write)
    for path in done.changed:
        say(f"wrote {_shown(path)}")
    taught = teach_git(renew=True)
    if taught:
        say("wrote merge.tkt into the Git configuration of this clone")
    for hook in done.hooks:
        if hook.kept and hook.path in done.changed:
            say(f"  {_shown(hook.kept)} runs first")
    if done.stanza:
        say(f"\nPut into {_shown(done.manager)}, beside what is there:\n\n{done.stanza}\n")
        way = Way.PRE_COMMIT if any(each.way is Way.PRE_COMMIT for each in done.hooks) else Way.LEFTHOOK
        note(_GO_ON[way])
    elif not done.changed and not taught:
        say("The hooks are installed already; nothing was changed.")


@hooks_command.command("uninstall", short_help="Take the hooks away, and put back what was there.")
@_place_options
def uninstall_hooks(folder: str, *, server: bool) -> None:
    """Take the hooks away, and put back what was there before, byte for byte.

    Git also stops calling tkt to merge tickets, until the next `tkt sync`.
    """
    if server:
        guard.uninstall(folder)
        return
    _require_server(folder)
    from tkt.usecases.hooks import left_over, uninstall
    from tkt.wiring.hooks import hook_place
    from tkt.wiring.merging import unteach_git

    place = hook_place(to_leave=True)
    changed = uninstall(place)
    for path in changed:
        say(f"{'put back' if os.path.exists(path) else 'removed'} {_shown(path)}")
    unlearnt = unteach_git()
    if unlearnt:
        say("removed merge.tkt from the Git configuration of this clone")
    left = left_over(place)
    if left:
        note(f"{_shown(left)} still calls tkt; take those lines out by hand")
    if not changed and not unlearnt and not left:
        say("No hooks of tkt are installed here.")


@hooks_command.command("status", short_help="Say which hooks are installed, where and how.")
@_place_options
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@color_option
def hooks_status(folder: str, color: str, *, server: bool, as_json: bool) -> int:
    """Say which hooks are installed, where and how.

    Exits with 1 when one is missing or outdated.
    """
    if server:
        return guard.status(folder, as_json=as_json)
    _require_server(folder)
    from tkt.usecases.hooks import State, status
    from tkt.wiring.hooks import hook_place

    place = hook_place()
    found = status(place)
    say(_as_json(place.folder, found) if as_json else _as_table(place.folder, found, color))
    good = all(each.state is State.INSTALLED for each in found)
    if not good and not as_json:
        note("tkt hooks install installs them, or renews them")
    return int(ExitCode.DONE if good else ExitCode.CHECK_FAILED)


def _as_table(folder: str, found: Sequence[Hook], color: str) -> str:
    from tkt.render.text import Cell, table
    from tkt.usecases.hooks import State

    rows = [
        [
            Cell(each.name),
            Cell(each.state, ("green",) if each.state is State.INSTALLED else ("red", "bold")),
            Cell(each.way, ("dim",)),
            Cell(f"{_shown(each.kept)} runs first" if each.kept else ""),
        ]
        for each in found
    ]
    return f"{_shown(folder)}\n\n{table(['HOOK', 'STATE', 'HOW', 'BESIDE'], rows, style_for(color))}"


def _as_json(folder: str, found: Sequence[Hook]) -> str:
    from tkt.render.machine import to_json

    rows = [
        {"hook": each.name, "state": each.state, "how": each.way, "path": each.path, "kept": each.kept}
        for each in found
    ]
    return to_json({"folder": folder, "hooks": rows})


def _shown(path: str) -> str:
    from tkt.render.text import clean_line

    here = os.path.relpath(path)
    return clean_line(path if here.startswith(os.pardir) else here)

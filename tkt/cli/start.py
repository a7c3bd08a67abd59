"""Beginning: a desk, its health, and what editors and shells want to know."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from tkt.cli.context import color_option, note, say, style_for
from tkt.domain.settings import CommitPolicy
from tkt.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from tkt.usecases.setup import NewDesk


@click.command("init")
@click.argument("folder", default=".", required=False)
@click.option("--key", default="TKT", show_default=True, help="The first part of every ticket's id.")
@click.option(
    "--commit",
    type=click.Choice([str(each) for each in CommitPolicy]),
    help="What becomes of a change; by itself auto, or stage beside other files.",
)
@click.option(
    "--workflow",
    type=click.Choice(["default", "lean"]),
    default="default",
    show_default=True,
    help="The steps to begin with: a service desk's, or todo, doing, review, done.",
)
@click.option(
    "--branch",
    metavar="NAME",
    help="Keep the desk on a branch of its own, apart from the code, in .tkt-desk/.",
)
@click.option("--demo", is_flag=True, help="Fill a new FOLDER with a sample desk.")
def init_command(
    folder: str, key: str, commit: str | None, workflow: str, branch: str | None, *, demo: bool
) -> None:
    """Make a ticket desk in a Git repository, or start one.

    Writes commented settings under .tkt/ and two lines in .gitattributes, and has Git in this clone merge
    tickets field by field, and nothing else. What is there already stays as it is.

    With --branch, all that goes to a branch that has nothing to do with the code. tkt works on it wherever
    in the repository it is typed, and touches neither the branch nor the files that you are at. Where the
    branch is there already, here or at a remote, it is taken.
    """
    from tkt.wiring.branch import branch_desk, branch_of
    from tkt.wiring.making import demo_desk, new_desk
    from tkt.wiring.merging import teach_git

    if not folder:
        raise UsageError("the name of the folder is empty", "Without one, the desk is made in this folder.")
    if demo and branch is not None:
        raise UsageError("the sample desk has a repository of its own", "Leave --demo or --branch out.")
    if demo and workflow != "default":
        raise UsageError("the sample desk has the default workflow", "Leave --demo or --workflow out.")
    if demo:
        made = demo_desk(folder)
        teach_git(made.root)
        say(f"A sample desk with {made.tickets} tickets is in {made.root}")
        say(f"\nNext:\n  cd {_shown(made.root)}\n  tkt status\n  tkt list\n  tkt show ID")
        return
    policy = CommitPolicy(commit) if commit else None
    branch = branch_of(folder) or None if branch is None else branch
    made = (
        new_desk(folder, key=key, commit=policy, workflow=workflow)
        if branch is None
        else branch_desk(folder, branch, key=key, commit=policy, workflow=workflow)
    )
    _say_made(made, taught=teach_git(made.root))


def _say_made(made: NewDesk, *, taught: bool) -> None:
    if made.came:
        say(f"The desk of {made.came} is in {made.root} from now on.")
        return
    if not made.written:
        changed = (
            "this clone's Git merges its tickets field by field now" if taught else "nothing was changed"
        )
        say(f"There is a desk in {made.root} already; {changed}.")
        return
    say(f"A ticket desk is in {made.root}" + (f", on the branch {made.branch}" if made.branch else ""))
    for path in made.written:
        say(f"  wrote {path}")
    say(f"\n{_POLICY_WORDS[made.commit]}")
    there = "" if made.branch or _is_here(made.root) else f"  cd {_shown(made.root)}\n"
    say(f'\nNext:\n{there}  tkt create "Login page fails after a password reset" --type bug\n  tkt list')


_POLICY_WORDS = {
    CommitPolicy.AUTO: "Every change will be a commit of its own (commit: auto in .tkt/project.yaml).",
    CommitPolicy.STAGE: (
        "Changes are written and staged, for your next commit (commit: stage in .tkt/project.yaml).\n"
        'Commit the settings: git commit -m "Start a ticket desk"'
    ),
    CommitPolicy.AMEND: (
        "Your unpushed changes will be joined to one commit (commit: amend in .tkt/project.yaml)."
    ),
    CommitPolicy.OFF: "Changes are only written (commit: off in .tkt/project.yaml).",
}


def _is_here(root: str) -> bool:
    """Whether the current folder is the desk's, or in it."""
    here, top = os.path.realpath(os.curdir), os.path.realpath(root)
    return os.path.commonpath([here, top]) == top


def _shown(root: str) -> str:
    import shlex

    here = os.path.relpath(root)
    return shlex.quote(here if not here.startswith("..") else root)


@click.command("doctor")
@click.option("--fix", is_flag=True, help="First clear away what commands that were cut off left behind.")
@color_option
def doctor_command(color: str, *, fix: bool) -> int:
    """Look at Git, the store, the index, the attributes, the clock and the extras.

    Every finding comes with the command that mends it. Exits with 1 when there is one.

    --fix finishes what a killed command had begun, removes its locks and drafts and a damaged index, and
    Git's own locks where they are older than a minute and no Git is at work here.
    """
    from tkt.render.text import Cell, clean_line, plural, table
    from tkt.usecases.doctor import examine
    from tkt.wiring.making import examine_machine, mend_machine

    for each in mend_machine() if fix else ():
        note(f"mended: {clean_line(each)}")
    ws, machine = examine_machine()
    findings = examine(ws, machine)
    rows = [
        [
            Cell("ok", ("green",)) if each.good else Cell("mend", ("red", "bold")),
            Cell(each.area),
            Cell(clean_line(each.text)),
        ]
        for each in findings
    ]
    lines = table(["", "AREA", "FOUND"], rows, style_for(color)).splitlines()
    say(lines[0])
    for line, finding in zip(lines[1:], findings, strict=True):
        say(line)
        if finding.mend:
            say(f"      {clean_line(finding.mend)}")
    bad = [each for each in findings if not each.good]
    say(f"\n{plural(len(bad), 'thing')} to mend." if bad else "\nAll is well.")
    return int(ExitCode.CHECK_FAILED if bad else ExitCode.DONE)


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
def completion_command(shell: str) -> None:
    """Print the script that makes a shell complete ids, statuses and people.

    \b
    bash:        tkt completion bash > ~/.local/share/bash-completion/completions/tkt
    zsh:         tkt completion zsh > "${fpath[1]}/_tkt"
    fish:        tkt completion fish > ~/.config/fish/completions/tkt.fish
    PowerShell:  tkt completion powershell >> $PROFILE
    """
    import importlib

    from click.shell_completion import get_completion_class

    from tkt.cli.main import cli

    importlib.import_module("tkt.cli.shells")
    kind = get_completion_class(shell)
    if kind is not None:
        say(kind(cli, {}, "tkt", "_TKT_COMPLETE").source())


@click.command("schema")
@click.argument("kind", type=click.Choice(["ticket", "entry", "project", "workflow", "people", "sla"]))
def schema_command(kind: str) -> None:
    """Print the JSON Schema (draft-07) of a kind of file, for editors and other tools.

    Inside a desk, the ticket's schema knows its statuses, types and fields.
    """
    from tkt.render.schema import schema_text
    from tkt.wiring.places import settings_here

    say(schema_text(kind, settings_here() if kind == "ticket" else None))

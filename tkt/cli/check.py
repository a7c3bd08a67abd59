"""What is wrong with the desk, and how hand edits get the entries that they lack."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tkt.cli import complete
from tkt.cli.context import NO_INDEX, color_option, note, report, rev_option, saving_options, say, style_for
from tkt.cli.progress import show_progress
from tkt.errors import ExitCode, InvalidStoreError, UsageError

if TYPE_CHECKING:
    from tkt.usecases.check import Checked
    from tkt.usecases.workspace import Tickets, Workspace

FORMATS = ("text", "json", "github", "gitlab", "junit", "sarif")


@click.command("check")
@click.argument("what", nargs=-1, metavar="[ID|PATH]...", shell_complete=complete.ids)
@click.option("--all", "everything", is_flag=True, help="The whole desk, which is what no words mean too.")
@click.option("--staged", is_flag=True, help="What the next commit would bring, from Git's index.")
@click.option(
    "--range",
    "commits",
    metavar="A..B",
    shell_complete=complete.commits,
    help="Every commit that B has and A has not; A...B: since B left A.",
)
@rev_option
@click.option("--fix", is_flag=True, help="First mend what can be mended without asking.")
@click.option("--strict", is_flag=True, help="Fail for warnings too.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to answer.")
@click.option("--json", "form", flag_value="json", help="Short for --format json.")
@color_option
def check_command(
    what: Sequence[str],
    commits: str | None,
    rev: str | None,
    form: str,
    color: str,
    *,
    everything: bool,
    staged: bool,
    strict: bool,
    fix: bool,
) -> int:
    """Find everything that is wrong with tickets, all of it at once.

    Nothing named means the whole desk. It ends with 1 where there are errors; a warning is what may well
    be as it should, such as a step that was allowed when it was taken.

    --fix writes the entries that hand edits lack, as tkt record does, and takes byte-order marks and CRLF
    out of tickets' files. It renames nothing, and makes one commit of it.

    \b
    tkt check
    tkt check 2j7 tickets/2026-11
    tkt check --staged
    tkt check --range origin/main..HEAD
    tkt check --rev main --format junit > tkt.xml
    """
    _require_one_way(everything=everything, staged=staged, rev=rev, what=what)
    if fix and (staged or rev or commits is not None):
        raise UsageError("--fix mends the working tree", "Leave --staged, --rev and --range out.")
    if commits is not None:
        _require_alone(staged or everything or bool(rev) or bool(what))
        checked = _range(commits)
    else:
        checked = _staged() if staged else _tree(what, rev, fix=fix)
    _tell(checked, form, color)
    failed = checked.errors or (strict and checked.warnings)
    return int(ExitCode.CHECK_FAILED if failed else ExitCode.DONE)


def _require_one_way(*, everything: bool, staged: bool, rev: str | None, what: Sequence[str]) -> None:
    """See that nobody asks about two things at once."""
    if staged and (rev or what or everything):
        raise UsageError("--staged is about all of the next commit", "Leave the rest out.")
    if everything and what:
        raise UsageError("--all is about every ticket, and tickets are named too", "Leave one of them out.")


def _require_alone(others: bool) -> None:
    if others:
        raise UsageError("--range is about commits, and something else is named too", "Leave the rest out.")


def _range(commits: str) -> Checked:
    from tkt.usecases.check import Checked, settings_findings
    from tkt.wiring.guarding import look_at_range

    try:
        return look_at_range(commits).in_order()
    except InvalidStoreError as error:
        return Checked(settings_findings(error.problems), sound=False).in_order()


def _tell(checked: Checked, form: str, color: str) -> None:
    """Findings on stdout, and one sentence about them on stderr."""
    from tkt.render import findings

    text = (
        findings.findings_text(checked, style_for(color))
        if form == "text"
        else findings.FORMATS[form](checked)
    )
    if text:
        say(text)
    if form == "github":
        from tkt.wiring.checking import append_summary

        append_summary(findings.findings_summary(checked))
    note(findings.summary(checked))


def _mended(checked: Checked) -> bool:
    """Mend what can be mended; whether anything was."""
    from tkt.cli.change import what_changed
    from tkt.render.text import clean_line
    from tkt.usecases.recording import mend, waiting

    ws, committed = recorded_desk(dry_run=False)
    done = mend(ws, committed, waiting(ws, checked), checked.tickets)
    words = what_changed(ws, done)
    for position, ticket in enumerate(done.tickets):
        note(f"mended: {ticket.id}  {clean_line(words(position))}")
    for each in done.notices:
        note(each)
    return bool(done.writes)


def _staged() -> Checked:
    from tkt.usecases.check import Checked, check_staged, settings_findings
    from tkt.wiring.checking import open_staged

    try:
        staged, bench = open_staged()
    except InvalidStoreError as error:
        return Checked(settings_findings(error.problems), sound=False).in_order()
    return check_staged(staged, bench)


def _tree(what: Sequence[str], rev: str | None, *, fix: bool = False) -> Checked:
    from tkt.usecases.check import Checked, check_tree, settings_findings
    from tkt.wiring.checking import open_audit

    index = NO_INDEX not in click.get_current_context().find_root().meta
    try:
        ws, auditor = open_audit(rev, index=index, progress=show_progress)
    except InvalidStoreError as error:
        return Checked(settings_findings(error.problems), sound=False).in_order()
    if not rev:
        _note_kept_out()
    if fix:
        ws.recorder.resume()
    ids = _named(ws, what) if what else None
    checked = check_tree(auditor, ids)
    return check_tree(auditor, ids) if fix and _mended(checked) else checked


def _note_kept_out() -> None:
    """Say which tickets nobody can look at here."""
    from tkt.wiring.checking import kept_out

    count = kept_out()
    if count:
        from tkt.usecases.doctor import KEPT_OUT_MEND, kept_out_text

        note(f"warning: {kept_out_text(count)}; {KEPT_OUT_MEND} brings them.")


def _named(ws: Workspace, words: Sequence[str]) -> list[str] | None:
    """The tickets that somebody typed, by id or by path; None for the folder with all of them."""
    from tkt.usecases.check import tickets_in
    from tkt.usecases.find import find_ticket
    from tkt.wiring.checking import path_in_store

    found: dict[str, None] = {}
    for word in words:
        inside = path_in_store(word) if os.path.lexists(word) else None
        if inside in {"", "tickets"}:
            return None
        if inside is None:
            found[find_ticket(ws, word)] = None
        else:
            found.update(dict.fromkeys(tickets_in(inside, ws.tickets.ids())))
    return list(found)


@click.command("record")
@click.argument("ids", nargs=-1, metavar="[ID...]", shell_complete=complete.ids)
@click.option("-m", "--message", default="", help="A comment on what was done.")
@saving_options
def record_command(
    ids: Sequence[str], message: str, *, dry_run: bool, no_commit: bool, as_json: bool
) -> None:
    """Record what was written into tickets' files by hand.

    Each gets the entry that says what was changed, and goes into one commit with it. The workflow and your
    roles hold as for any command. Without ids, every ticket that differs from the last commit.
    """
    from tkt.cli.change import what_changed
    from tkt.usecases.find import find_tickets
    from tkt.usecases.recording import record_by_hand

    ws, committed = recorded_desk(dry_run=dry_run, no_commit=no_commit)
    outcome = record_by_hand(ws, committed, find_tickets(ws, ids), message)
    if not outcome.tickets and not as_json:
        say("Nothing to record.")
    report(ws, outcome, as_json, what_changed(ws, outcome))


def recorded_desk(*, dry_run: bool, no_commit: bool = False) -> tuple[Workspace, Tickets]:
    """The desk, and its tickets in the last commit."""
    from tkt.domain.settings import CommitPolicy
    from tkt.wiring.checking import open_recording

    ws, committed = open_recording(policy=CommitPolicy.STAGE if no_commit else None, dry_run=dry_run)
    if no_commit and ws.settings.commit is CommitPolicy.OFF:
        ws = replace(ws, policy=CommitPolicy.OFF)
    return ws, committed

"""What Git runs on a server when somebody pushes, and how that is installed there."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from tkt.cli.context import note, say
from tkt.errors import ExitCode

HOOKS = ("pre-receive", "post-receive")
"""The hooks of a server."""


def pre_receive(_args: Sequence[str]) -> int:
    """Judge a push: all of it is taken, or nothing."""
    from tkt.render.refusal import verdict_text
    from tkt.usecases.receiving import judge_push
    from tkt.wiring.guarding import open_gate, updates_in

    verdict = judge_push(open_gate(), updates_in(_told()))
    text = verdict_text(verdict)
    if text:
        click.echo(text, err=True)
    return int(ExitCode.CHECK_FAILED if verdict.refused else ExitCode.DONE)


def post_receive(_args: Sequence[str]) -> int:
    """Write down who has pushed which commits, and move the tickets that they say are done."""
    from tkt.cli.fixes import tell_fix
    from tkt.usecases.receiving import remember
    from tkt.wiring.guarding import fix_what_came, open_gate, updates_in

    gate, updates = open_gate(), updates_in(_told())
    remember(gate, updates)
    for fix in fix_what_came(gate, updates):
        tell_fix(fix)
    return int(ExitCode.DONE)


def _told() -> str:
    return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")


def install(folder: str, *, anonymous: bool, signed: bool, branch: str) -> None:
    """Install the guard of a server, and say so."""
    from tkt.render.text import clean_line, plural
    from tkt.wiring.guarding import install_guard

    server, written, taken = install_guard(folder, anonymous=anonymous, signed=signed, branch=branch)
    for each in written:
        say(f"wrote {clean_line(each)}")
    if taken:
        say(f"took what is there as it is: {plural(taken, 'reference')}")
    if not written and not taken:
        say("The guard is installed already; nothing was changed.")
    if signed and not server.signers():
        note("git config gpg.ssh.allowedSignersFile must say whose keys count; until then nobody's do")


def uninstall(folder: str) -> None:
    """Take the guard of a server away, and say so."""
    from tkt.render.text import clean_line
    from tkt.wiring.guarding import open_server

    changed = open_server(folder).uninstall()
    for each in changed:
        say(f"removed {clean_line(each)}")
    say("Receipts and what Git itself checks stay." if changed else "No guard of tkt is installed there.")


def status(folder: str, *, as_json: bool) -> int:
    """Say how a server is guarded."""
    from tkt.render.machine import to_json
    from tkt.render.text import clean_line
    from tkt.wiring.guarding import guard_of

    server, guarded = guard_of(folder)
    if as_json:
        say(to_json({"folder": server.folder, "desk": server.desk(), **guarded._asdict()}))
    else:
        for name, good in {**guarded.hooks, **guarded.settings}.items():
            say(f"{name:<28} {'as it should be' if good else 'missing or outdated'}")
        say(f"{'the desk':<28} {clean_line(server.desk().removeprefix('refs/heads/'))}")
        say(f"{'anonymous pushes':<28} {'taken' if guarded.anonymous else 'refused'}")
        say(f"{'signatures':<28} {'required' if guarded.signed else 'not required'}")
        if not guarded.whole:
            note("tkt hooks install --server installs what is missing")
    return int(ExitCode.DONE if guarded.whole else ExitCode.CHECK_FAILED)

"""What the shims call: plumbing that Git runs, which writes nothing but the message file it is given."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from tkt.cli import guard
from tkt.cli.context import note, style_for
from tkt.errors import ExitCode, InvalidStoreError, NotFoundError, TktError, UsageError

if TYPE_CHECKING:
    from tkt.usecases.check import Checked
    from tkt.wiring.pushing import Pushed

_GIVEN = frozenset({"merge", "squash", "commit"})
"""Where a message comes from that somebody has written before."""


@click.command("hook", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def hook_command(name: str, args: Sequence[str]) -> int:
    """Do what one of Git's hooks is to do.

    Git runs this through the shims that `tkt hooks install` writes. ARGS are what Git gives the hook.
    """
    if name not in _HOOKS:
        raise UsageError(f"{name!r} is no hook that tkt knows", f"Allowed: {', '.join(_HOOKS)}.")
    return _HOOKS[name](args)


def _pre_commit(_args: Sequence[str]) -> int:
    from tkt.usecases.check import check_staged
    from tkt.wiring.checking import open_staged
    from tkt.wiring.hooks import is_commit_of_code

    return _judged(lambda: [] if is_commit_of_code() else [check_staged(*open_staged())])


def _pre_push(args: Sequence[str]) -> int:
    from tkt.wiring.guarding import look_at_range
    from tkt.wiring.pushing import pushed

    told = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    pushes = pushed(told, args[0] if args else "")
    ranges = [f"{each.base}..{each.tip}" for each in pushes if each.base]
    code = _judged(lambda: [look_at_range(each).in_order() for each in ranges])
    return max(code, *map(_breached, pushes)) if pushes else code


def _breached(push: Pushed) -> int:
    """Say which clocks have run out, in a few lines; refuse where a rule says so."""
    from tkt.domain.violation import Level
    from tkt.render.findings import breaches_text
    from tkt.wiring.pushing import pushed_breaches

    try:
        found = pushed_breaches(push)
    except TktError as error:
        _let_go(error)
        return int(ExitCode.DONE)
    if found:
        note(breaches_text(found))
    return int(ExitCode.CHECK_FAILED if any(each.level is Level.ERROR for each in found) else ExitCode.DONE)


def _judged(look: Callable[[], Sequence[Checked]]) -> int:
    """Say what was found, if anything; refuse where there are errors."""
    from tkt.render import findings

    try:
        found = look()
    except InvalidStoreError:
        raise
    except TktError as error:
        _let_go(error)
        return int(ExitCode.DONE)
    for each in found:
        if each.findings:
            note(findings.findings_text(each, style_for("never")))
            note(f"tkt: {findings.summary(each)}")
    return int(ExitCode.CHECK_FAILED if any(each.errors for each in found) else ExitCode.DONE)


def _prepare_commit_msg(args: Sequence[str]) -> int:
    from tkt.usecases.referring import referenced
    from tkt.wiring.hooks import hooked_desk

    path = _message_file(args)
    source = args[1] if len(args) > 1 else os.environ.get("PRE_COMMIT_COMMIT_MSG_SOURCE", "")
    if source in _GIVEN:
        return int(ExitCode.DONE)
    try:
        before = _read(path)
        after = referenced(hooked_desk(), before)
    except TktError as error:
        _let_go(error)
        return int(ExitCode.DONE)
    if after != before:
        with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(after)
    return int(ExitCode.DONE)


def _commit_msg(args: Sequence[str]) -> int:
    from tkt.usecases.referring import RefusedError, judge_message
    from tkt.wiring.hooks import hooked_desk

    path = _message_file(args)
    text = _read(path)
    try:
        for each in judge_message(hooked_desk(), text, path):
            note(f"warning: {each}")
    except RefusedError:
        raise
    except TktError as error:
        _let_go(error)
    return int(ExitCode.DONE)


def _post_commit(_args: Sequence[str]) -> int:
    return _tell_what_is_done("HEAD")


def _post_merge(args: Sequence[str]) -> int:
    squashed = args[:1] == ("1",)
    return int(ExitCode.DONE) if squashed else _tell_what_is_done("ORIG_HEAD..HEAD")


def _tell_what_is_done(commits: str) -> int:
    from tkt.usecases.referring import said_to_be_done
    from tkt.wiring.hooks import hooked_desk, messages_of

    try:
        found = said_to_be_done(hooked_desk(), messages_of(commits))
    except TktError as error:
        _let_go(error)
        return int(ExitCode.DONE)
    if found:
        which = f"{found[0]} is" if len(found) == 1 else f"{', '.join(found)} are"
        note(f"{which} done, as has been committed to this branch: tkt fixes says so in the desk")
    return int(ExitCode.DONE)


def _post_checkout(args: Sequence[str]) -> int:
    from tkt.wiring.hooks import refresh_index

    branch = args[2:3] == ("1",)
    try:
        if branch:
            refresh_index()
    except TktError:
        pass  # whoever asks the index next hears of it; a checkout never fails for it
    return int(ExitCode.DONE)


_HOOKS: dict[str, Callable[[Sequence[str]], int]] = {
    "pre-commit": _pre_commit,
    "pre-merge-commit": _pre_commit,
    "pre-push": _pre_push,
    "prepare-commit-msg": _prepare_commit_msg,
    "commit-msg": _commit_msg,
    "post-commit": _post_commit,
    "post-merge": _post_merge,
    "post-checkout": _post_checkout,
    "pre-receive": guard.pre_receive,
    "post-receive": guard.post_receive,
}


def _message_file(args: Sequence[str]) -> str:
    if not args:
        raise UsageError("the hook needs the file with the message", "Git gives it: tkt hook commit-msg FILE")
    return args[0]


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except FileNotFoundError:
        raise NotFoundError(f"there is no message file {path}", "Git gives the hook one.") from None


def _let_go(error: TktError) -> None:
    """Say why the hook has not looked; CI looks again."""
    note(f"warning: tkt has not looked at this commit: {error.message}")

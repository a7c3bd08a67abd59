"""Texts written in the user's editor, none of which is ever lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from tkt.errors import TktError, UsageError
from tkt.render.text import clean

Result = TypeVar("Result")
_HINT = "#! "


def asking() -> bool:
    """Whether there is a person to ask: both ends are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def editor_command() -> str | None:
    """The editor in the order that Git looks for it; None leaves it to click."""
    from tkt.wiring.desk import configured_editor

    return configured_editor() or None


def edit_text(start: str) -> str:
    """A text from the editor; "" when it was left empty."""
    return _open(start).rstrip("\n")


class _KeptTextError(UsageError):
    """The editor failed after it had saved something, which stays where it saved it."""


def _open(start: str) -> str:
    """What the editor makes of a text, in a folder of its own: the editor's backups go with it."""
    import shutil  # start-up: most texts come with the command
    import tempfile

    folder = tempfile.mkdtemp(prefix="tkt-")
    path = os.path.join(folder, "text.md")
    with open(path, "wb") as file:
        file.write(start.encode())
    try:
        click.edit(filename=path, editor=editor_command())
        with open(path, "rb") as file:
            edited = file.read().decode()
    except click.ClickException as error:
        raise _failed(error.format_message(), start, path) from error
    except FileNotFoundError as error:
        raise _failed("the editor removed the file", start, path) from error
    except UnicodeDecodeError as error:
        raise _failed("what the editor saved is not UTF-8", start, path) from error
    except KeyboardInterrupt:  # the editor may go on, so that its folder stays whatever is in it
        if _was_saved(start, path):
            click.echo(f"\nYour text is kept in {path}", err=True, nl=False)
        raise
    shutil.rmtree(folder)
    return edited


def _failed(message: str, start: str, path: str) -> UsageError:
    """The error for an editor that failed; what it saved is kept, and nothing else."""
    import shutil

    if _was_saved(start, path):
        return _KeptTextError(message, f"Your text is kept in {path}")
    shutil.rmtree(os.path.dirname(path))
    return UsageError(message, "Nothing was changed. GIT_EDITOR names the editor.")


def _was_saved(start: str, path: str) -> bool:
    """Whether there is a text that is not the one the editor began with."""
    try:
        with open(path, "rb") as file:
            return file.read() not in {b"", start.encode()}
    except FileNotFoundError:
        return False


def edit_until_right(start: str, name: str, take: Callable[[str], Result]) -> Result | None:
    """Open the editor until what comes out of it is right, or the person gives up.

    The trouble stands in lines that begin with `#!` at the top, and is taken out again. Where there is
    nobody to ask, or they give up, the text is kept in a file and its name is said.

    Args:
        start: what the editor begins with.
        name: for the kept file.
        take: does what is to be done with the text; raises TktError when it cannot.

    Returns:
        What `take` returned; None when nothing was changed.
    """
    text, hints = start, ""
    while True:
        with keeping(text if hints else "", name):
            text = _without_hints(_open(hints + text))
        if text == start:
            return None
        try:
            return take(text)
        except TktError as error:
            if not (asking() and _again(error)):
                raise _kept(error, text, name) from error
            hints = _hints(error)


def _again(error: TktError) -> bool:
    """Whether the person wants to mend what is wrong."""
    try:
        return click.confirm(f"{clean(error.message)}\nEdit again?", default=True, err=True)
    except click.Abort:
        return False


@contextmanager
def keeping(text: str, name: str) -> Iterator[None]:
    """Keep a text from the editor in a file, should what is done with it fail.

    Args:
        text: "" for none.
        name: for the file.
    """
    try:
        yield
    except TktError as error:
        if not text.strip() or isinstance(error, _KeptTextError):
            raise
        raise _kept(error, text, name) from error


def _hints(error: TktError) -> str:
    lines = [*error.message.splitlines(), *filter(None, [error.hint])]
    return "".join(f"{_HINT}{line}\n" for line in lines)


def _without_hints(text: str) -> str:
    lines = text.split("\n")
    while lines and lines[0].startswith(_HINT.strip()):
        del lines[0]
    return "\n".join(lines)


def _kept(error: TktError, text: str, name: str) -> TktError:
    import tempfile

    handle, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".md")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    kept = UsageError(error.message, f"{error.hint} Your text is kept in {path}".strip())
    kept.exit_code = error.exit_code
    return kept

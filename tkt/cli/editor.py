"""Texts written in the user's editor, none of which is ever lost."""

from __future__ import annotations

import os
import sys
import tempfile
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


def _open(text: str) -> str:
    handle, path = tempfile.mkstemp(prefix="tkt-", suffix=".md")
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())
    try:
        click.edit(filename=path, editor=editor_command())
        with open(path, "rb") as file:
            edited = file.read().decode()
    except click.ClickException as error:
        os.unlink(path)
        raise UsageError(
            error.format_message(), "Nothing was changed. GIT_EDITOR names the editor."
        ) from error
    except FileNotFoundError as error:
        raise UsageError("the editor removed the file", "Nothing was changed.") from error
    except UnicodeDecodeError as error:
        raise UsageError("what the editor saved is not UTF-8", f"It is kept in {path}") from error
    os.unlink(path)
    return edited


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
        if not text.strip():
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
    handle, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".md")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    kept = UsageError(error.message, f"{error.hint} Your text is kept in {path}".strip())
    kept.exit_code = error.exit_code
    return kept

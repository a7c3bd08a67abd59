"""How far a long command is, for whoever waits at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

_LONG = 1000
"""So many things are done before anybody looks up."""
_CELLS = 36


def show_progress(label: str, done: int, total: int) -> None:
    """Say on a terminal how far a long look is: one line that is written over, and goes when it is done."""
    if not sys.stderr.isatty() or total < _LONG:
        return
    share = done * _CELLS // total
    bar = f"{label}  [{'#' * share}{'-' * (_CELLS - share)}] {done * 100 // total:3}%"
    click.echo(f"\r{bar}" if done < total else f"\r{' ' * len(bar)}\r", nl=False, err=True)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal, to be told how many are done, of how many; None in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def told(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield told

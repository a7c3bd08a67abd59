"""Git's own merge of three texts, and the merge driver that a clone calls for tickets."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable

from tkt.errors import NotTextError
from tkt.gitrepo.git import Git, GitError
from tkt.gitrepo.repository import Repository

_DRIVER = "merge.tkt"
_LABELS = ("one side", "before", "other side")
MARKED = re.compile(rb"^<{7,} one side\r?$.*^={7,}\r?$.*^>{7,} other side\r?$", re.MULTILINE | re.DOTALL)
"""What tkt, and Git with its driver line, leaves in a text for a person to decide."""
TORN = re.compile(rb"\A(?:\xef\xbb\xbf)?---\r?\n(?:(?!---\r?\n).*\n)*?<{7} ")
"""Front matter in which somebody's merge has left marks, whatever they call the sides."""
_TOO_MANY = 127
"""From this exit code on `git merge-file` has not merged; below it is the number of conflicts."""


def merge_text(
    git: Git, size: int = 7, labels: tuple[str, str, str] = _LABELS, how: str = ""
) -> Callable[[bytes, bytes, bytes], tuple[bytes, bool]]:
    """A function that merges a base and two texts line by line.

    Args:
        git: runs Git.
        size: how many characters a mark of a conflict has.
        labels: what the marks call one text, the base and the other.
        how: `ours`, `theirs` or `union` for conflicts to be settled like that, `diff3` to mark the base too.
    """
    style = [f"--{how}"] if how else []

    def merged(base: bytes, one: bytes, other: bytes) -> tuple[bytes, bool]:
        import tempfile  # start-up: few merges have texts to merge

        with tempfile.TemporaryDirectory(prefix="tkt-merge-") as folder:
            names = [os.path.join(folder, name) for name in ("one", "base", "other")]
            for name, data in zip(names, (one, base, other), strict=True):
                with open(name, "wb") as file:
                    file.write(data)
            named = [word for label in labels for word in ("-L", label)]
            args = ("-p", "-q", *style, f"--marker-size={size}", *named, *names)
            status, out, err = git.attempt("merge-file", *args)
        if status >= _TOO_MANY and any(b"\0" in each for each in (base, one, other)):
            raise NotTextError("a file that is no text cannot be merged line by line")
        if status >= _TOO_MANY:
            raise GitError(f"git merge-file failed: {err.decode('utf-8', 'replace').strip()}")
        return out, status == 0

    return merged


def driver_command(program: str) -> str:
    """The shell line that Git runs to merge a ticket.

    Where tkt is missing, or gives up, Git merges the lines: without that it would keep one side in silence.
    """
    return (
        f"{shlex.quote(program)} merge-file %O %A %B %L %P; code=$?; test $code -le 1 && exit $code; "
        "git merge-file --marker-size=%L -L 'one side' -L before -L 'other side' %A %O %B"
    )


def install_driver(repository: Repository, program: str) -> bool:
    """Have a clone merge tickets with tkt; whether anything had to be changed.

    Args:
        repository: the clone.
        program: the tkt to be called.
    """
    wanted = {
        f"{_DRIVER}.driver": driver_command(program),
        f"{_DRIVER}.name": "tickets, field by field",
        f"{_DRIVER}.recursive": "tkt",  # of several bases what it makes of them
    }
    missing = {key: value for key, value in wanted.items() if repository.config.get(key) != value}
    for key, value in missing.items():  # the driver first: a name without one stops every merge
        repository.git.run("config", "--local", key, value)
    return bool(missing)


def uninstall_driver(repository: Repository) -> bool:
    """Have a clone merge tickets as any text again; whether there was anything to take away."""
    status, _, _ = repository.git.attempt("config", "--local", "--remove-section", _DRIVER)
    return status == 0


def has_driver(repository: Repository) -> bool:
    """Whether a clone merges tickets with tkt."""
    return bool(repository.config.get(f"{_DRIVER}.driver"))

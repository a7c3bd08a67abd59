"""Where a branch stands, read from the files in which Git keeps it: no process is started for that."""

from __future__ import annotations

import os

from tkt.gitrepo.worktrees import common_dir, first_line, git_dir

_OID = frozenset("0123456789abcdef")


def head_of(root: str) -> tuple[str, str]:
    """The reference that is checked out, `HEAD` where none is, and its commit; two times "" in doubt.

    Args:
        root: a folder of the working tree.
    """
    at = git_dir(root)[1]
    said = first_line(os.path.join(at, "HEAD")) if at else ""
    if not said.startswith("ref: "):
        return ("HEAD", said) if _is_oid(said) else ("", "")
    ref = said.removeprefix("ref: ")
    shared = common_dir(at)
    oid = first_line(os.path.join(shared, ref)) or _packed(shared, ref)
    return (ref, oid) if ref.startswith("refs/heads/") and _is_oid(oid) else ("", "")


def _packed(shared: str, ref: str) -> str:
    try:
        with open(os.path.join(shared, "packed-refs"), encoding="utf-8", errors="surrogateescape") as file:
            return next((line[: -len(ref) - 2] for line in file if line.endswith(f" {ref}\n")), "")
    except OSError:
        return ""


def _is_oid(text: str) -> bool:
    return len(text) in {40, 64} and _OID.issuperset(text)

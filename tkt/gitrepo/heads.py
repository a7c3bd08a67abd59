"""Where a branch stands, read from the files in which Git keeps it: no process is started for that."""

from __future__ import annotations

import os

_OID = frozenset("0123456789abcdef")


def head_of(root: str) -> tuple[str, str]:
    """The reference that is checked out, `HEAD` where none is, and its commit; two times "" in doubt.

    Args:
        root: a folder of the working tree.
    """
    git_dir = _git_dir(root)
    said = _line(os.path.join(git_dir, "HEAD")) if git_dir else ""
    if not said.startswith("ref: "):
        return ("HEAD", said) if _is_oid(said) else ("", "")
    ref = said.removeprefix("ref: ")
    common = _line(os.path.join(git_dir, "commondir"))
    shared = os.path.normpath(os.path.join(git_dir, common)) if common else git_dir
    oid = _line(os.path.join(shared, ref)) or _packed(shared, ref)
    return (ref, oid) if ref.startswith("refs/heads/") and _is_oid(oid) else ("", "")


def _git_dir(root: str) -> str:
    """The Git directory of the working tree that a folder is in; "" when there is none."""
    folder = os.path.abspath(root)
    while True:
        beside = os.path.join(folder, ".git")
        if os.path.isdir(beside):
            return beside
        if os.path.isfile(beside):
            target = _line(beside).removeprefix("gitdir: ")
            return os.path.normpath(os.path.join(folder, target)) if target else ""
        parent = os.path.dirname(folder)
        if parent == folder:
            return ""
        folder = parent


def _packed(shared: str, ref: str) -> str:
    try:
        with open(os.path.join(shared, "packed-refs"), encoding="utf-8", errors="surrogateescape") as file:
            return next((line[: -len(ref) - 2] for line in file if line.endswith(f" {ref}\n")), "")
    except OSError:
        return ""


def _line(path: str) -> str:
    """The first line of a small file; "" where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline(4096).strip()
    except (OSError, ValueError):
        return ""


def _is_oid(text: str) -> bool:
    return len(text) in {40, 64} and _OID.issuperset(text)

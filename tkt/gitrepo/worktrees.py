"""Where a repository's folders are, read from the files in which Git keeps that: no process is started."""

from __future__ import annotations

import os
import re

BRANCH_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
"""What a branch of the desk's own may be called: nothing that a command could take for something else."""

_HEADS = "refs/heads/"
_BUSY = (os.path.join("rebase-merge", "head-name"), os.path.join("rebase-apply", "head-name"), "BISECT_START")
"""Where Git notes which branch it will check out again."""


def git_dir(start: str) -> tuple[str, str]:
    """The top of the working tree that a folder is in, and its Git directory; two times "" outside of any."""
    folder = os.path.abspath(start)
    while True:
        beside = os.path.join(folder, ".git")
        if os.path.isdir(beside):
            return folder, beside
        if os.path.isfile(beside):
            return folder, _target(beside)
        parent = os.path.dirname(folder)
        if parent == folder:
            return "", ""
        folder = parent


def git_folder(start: str) -> str:
    """The Git directory above a folder, the one that all worktrees share; "" when there is none."""
    return common_dir(git_dir(start)[1])


def common_dir(git_dir: str) -> str:
    """What all worktrees share, of the Git directory of one of them; "" of ""."""
    shared = first_line(os.path.join(git_dir, "commondir")) if git_dir else ""
    return os.path.normpath(os.path.join(git_dir, shared)) if shared else git_dir


def _target(pointer: str) -> str:
    """Where the `.git` file of a worktree or submodule points; "" where it points nowhere."""
    said = first_line(pointer).removeprefix("gitdir: ")
    return os.path.normpath(os.path.join(os.path.dirname(pointer), said)) if said else ""


def first_line(path: str) -> str:
    """The first line of a small file; "" where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline(4096).strip()
    except (OSError, ValueError):
        return ""


def own_branch(common: str) -> str:
    """The branch that a repository keeps for its desk alone, `tkt.branch` in its configuration; "" for none.

    Args:
        common: the Git directory that all worktrees share; "" outside of any repository.
    """
    section = found = ""
    for line in _lines(os.path.join(common, "config")) if common else ():
        if line.startswith("["):
            section = line.lower()
        name, _, value = line.partition("=")
        if section == "[tkt]" and name.strip().lower() == "branch":
            found = value.strip()
    return found if BRANCH_NAME.fullmatch(found) else ""


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return [line.strip() for line in file]
    except OSError:
        return []


def worktree_of(common: str, branch: str) -> str:
    """The top of the working tree in which a branch is checked out; "" where there is none.

    Args:
        common: the Git directory that all worktrees share.
        branch: its name.
    """
    for each in linked(common):
        if has_checked_out(each, branch) and (top := _top(each)):
            return top
    is_usual = os.path.basename(common) == ".git"
    return os.path.dirname(common) if is_usual and has_checked_out(common, branch) else ""


def linked(common: str) -> list[str]:
    """The Git directories of the linked worktrees."""
    folder = os.path.join(common, "worktrees")
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    except OSError:
        return []


def has_checked_out(git_dir: str, branch: str) -> bool:
    """Whether a worktree is at a branch, or will be again when Git has finished what is under way."""
    ref = f"{_HEADS}{branch}"
    head = first_line(os.path.join(git_dir, "HEAD"))
    if head.startswith("ref: "):
        return head == f"ref: {ref}"
    return any(first_line(os.path.join(git_dir, name)) in {ref, branch} for name in _BUSY)


def _top(git_dir: str) -> str:
    """The top of a linked worktree; "" where it is gone, or is another one's by now."""
    said = first_line(os.path.join(git_dir, "gitdir"))
    pointer = os.path.normpath(os.path.join(git_dir, said)) if said else ""
    # Nothing but the worktree's own file says whose it is: what a repository claims may be a stranger's.
    target = _target(pointer) if pointer else ""
    return os.path.dirname(pointer) if target and _same(target, git_dir) else ""


def tree_apart(root: str, here: str = os.curdir) -> str:
    """The working tree that somebody is in beside a desk that has a branch of its own; "" for none such.

    Args:
        root: the desk's folder.
        here: where somebody is.
    """
    common = _own_repository(root)
    top, at = git_dir(here) if common else ("", "")
    return top if top and _same(common_dir(at), common) and not _same(top, root) else ""


def code_folder(root: str, here: str = os.curdir) -> str:
    """The working tree with the code that a desk is about: its own, unless it has a branch of its own.

    Args:
        root: the desk's folder.
        here: where somebody is; outside any code, the first working tree is meant.
    """
    common = _own_repository(root)
    usual = os.path.dirname(common) if os.path.basename(common) == ".git" else ""
    return tree_apart(root, here) or usual or root


def _own_repository(root: str) -> str:
    """The Git directory that all worktrees share, for a desk that has a branch of its own; else ""."""
    if not os.path.isfile(os.path.join(root, ".git")):
        return ""
    at = git_dir(root)[1]
    common = common_dir(at)
    branch = own_branch(common)
    return common if branch and has_checked_out(at, branch) else ""


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)

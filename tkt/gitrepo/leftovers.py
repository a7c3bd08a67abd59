"""What commands that were cut off have left behind: found, and cleared away where nobody can need it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from tkt.gitrepo.history import GitHistory
from tkt.gitrepo.locks import desk_lock, is_ours, offered_path, sweep
from tkt.gitrepo.recovery import finish_begun
from tkt.gitrepo.repository import Layout, Repository
from tkt.gitrepo.worktree import drop, explained

_OLD = 60.0
"""Git holds a lock for less than so many seconds, unless somebody sits in an editor."""
_LOCKS = ("index.lock", "HEAD.lock", "config.lock", "packed-refs.lock", "shallow.lock")
_NAMES = ("index.tkt-", "fast_import_crash_")
_REFS = ("refs/tkt/", "refs/worktree/tkt-sync-")
_PROCESSES = "/proc"


def leftovers(repository: Repository, now: datetime) -> list[str]:
    """Files, by their paths, and references that are in the way or litter, and that nobody holds.

    Args:
        repository: where.
        now: the moment, UTC; a lock of Git's that was made a minute before may be left over.
    """
    layout = repository.layout
    said = repository.git.text("for-each-ref", "--format=%(refname)", "refs/tkt/", "refs/worktree/")
    refs = [each for each in said.splitlines() if each.startswith(_REFS)]
    litter = [name for name in os.listdir(layout.git_dir) if name.startswith(_NAMES)]
    return [
        *refs,
        *(os.path.join(layout.git_dir, name) for name in litter),
        *_stale_locks(layout, now.timestamp()),
    ]


def clear(repository: Repository, now: datetime) -> list[str]:
    """Finish what a killed command had begun, and remove the rest; what was done, in sentences.

    Args:
        repository: where.
        now: the moment, UTC.
    """
    layout = repository.layout
    lock = f"{layout.index}.lock"
    with explained(), desk_lock(layout.common_dir):
        done = [f"{lock} is gone, with what it was for finished"] if is_ours(lock) else []
        offered = offered_path(layout.index)
        if os.path.exists(offered):
            done.append(f"{offered} is gone, with what was staged for git commit taken back")
        finish_begun(GitHistory(repository))
        sweep(repository.git, layout.common_dir)
        found = leftovers(repository, now)
        for each in sorted(found, key=lambda each: each.startswith("refs/")):  # which a lock may hold
            if not each.startswith("refs/"):
                drop(each)
            elif repository.git.attempt("update-ref", "-d", each)[0]:
                continue
            done.append(f"{each} is gone")
    return done


def _stale_locks(layout: Layout, now: float) -> list[str]:
    """Git's locks that are old, where no Git is at work here; and ours, which nobody holds now."""
    found = [each for each in _locks(layout) if now - os.lstat(each).st_mtime > _OLD]
    stale = [] if found and _git_is_at_work(layout) else found
    lock = f"{layout.index}.lock"
    return [*stale, *([lock] if is_ours(lock) and lock not in stale else [])]


def _locks(layout: Layout) -> Iterator[str]:
    for folder in dict.fromkeys((layout.git_dir, layout.common_dir)):
        yield from (path for name in _LOCKS if os.path.exists(path := os.path.join(folder, name)))
        for place, _, names in os.walk(os.path.join(folder, "refs")):
            yield from (os.path.join(place, name) for name in names if name.endswith(".lock"))


def _git_is_at_work(layout: Layout) -> bool:
    """Whether a Git runs in this repository, or nobody can tell."""
    if not os.path.isdir(_PROCESSES):
        return True
    places = tuple(f"{os.path.realpath(each)}/" for each in (layout.top, layout.git_dir, layout.common_dir))
    return any(
        f"{_folder_of_git(name)}/".startswith(places) for name in os.listdir(_PROCESSES) if name.isdecimal()
    )


def _folder_of_git(process: str) -> str:
    """Where a process is, if it is a Git; "" for any other, one that has ended, and somebody else's."""
    place = os.path.join(_PROCESSES, process)
    with suppress(OSError), open(os.path.join(place, "comm"), encoding="utf-8", errors="replace") as file:
        if file.read().startswith("git"):
            return os.readlink(os.path.join(place, "cwd"))
    return ""

"""What a killed command had begun is finished, and what it had done is not done twice."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence

from tkt.gitrepo.history import GitHistory
from tkt.gitrepo.locks import HeldIndex, draft_index, draft_path, offered_path
from tkt.gitrepo.objects import blob_ids, stored_id
from tkt.gitrepo.worktree import content, drop, replace_files, sweep_drafts
from tkt.usecases.workspace import FileWrite

_UNTOLD = "tkt-untold"


def finish(history: GitHistory, held: HeldIndex) -> str:
    """Put in place what was prepared, if the branch got where it was to go; else there is nothing to do.

    A file that is neither as before nor as prepared has been edited since, and stays.

    Args:
        history: of the repository, whose index is locked.
        held: the lock, which knows what a killed command was about to do.

    Returns:
        The key of what is done now; "" for nothing.
    """
    done = _finished(history, held)
    _withdraw(history)
    return done


def _finished(history: GitHistory, held: HeldIndex) -> str:
    if held.unfinished is None:
        return ""
    layout = history.repository.layout
    draft = draft_path(layout.index)
    done = history.recorded(())[0] == held.unfinished.commit
    if os.path.exists(draft):
        before, after = history.staged(), history.staged(draft)
        paths = [path for path in {**before, **after} if before.get(path) != after.get(path)]
        sweep_drafts(history.repository.root, [FileWrite(path, None) for path in paths])
        if done:
            as_before = [path for path in paths if _is_as_before(history, path, before.get(path, ""))]
            prepared = history.contents([after[path] for path in as_before if path in after])
            writes = [FileWrite(path, prepared.get(after.get(path, ""))) for path in as_before]
            replace_files(history.repository.root, writes)
            os.replace(draft, layout.index)
    return held.unfinished.key if done else ""


def offer(history: GitHistory, head: str, writes: Sequence[FileWrite]) -> None:
    """Write down what is about to be staged for `git commit` to take, so that it does not stay there.

    Args:
        history: of the repository, whose index is locked.
        head: the commit at HEAD, which has the files as they were.
        writes: the files.
    """
    layout = history.repository.layout
    rows = (f"{stored_id(each, sha256=layout.sha256)} {each.by_hand:d} {each.path}\0" for each in writes)
    with open(offered_path(layout.index), "wb") as file:
        file.write("".join((f"{head}\0", *rows)).encode("utf-8", "surrogateescape"))


def _withdraw(history: GitHistory) -> None:
    """Take back what was offered to `git commit`, unless it was taken, or other things are staged by now.

    What a person had edited by hand is only taken out of the index.

    Args:
        history: of the repository, whose index is locked.
    """
    layout = history.repository.layout
    path = offered_path(layout.index)
    try:
        with open(path, "rb") as file:
            head, *rows = file.read().decode("utf-8", "surrogateescape").split("\0")
    except FileNotFoundError:
        return
    offered = [row.split(" ", 2) for row in rows[:-1]]
    at, found = history.recorded([name for _, _, name in offered])
    staged = [
        each for each, there in zip(offered, found, strict=True) if at == head and there.staged == each[0]
    ]
    if staged:
        _unstage(history, staged)
    drop(path)


def _unstage(history: GitHistory, offered: Sequence[Sequence[str]]) -> None:
    """Put the index and files back to what the last commit has.

    Args:
        history: of the repository.
        offered: of each file the blob that is staged, `1` where a person made it so, and its path.
    """
    repository = history.repository
    names = [name for _, _, name in offered]
    blobs = history.blobs("HEAD", names)
    entries = [
        (repository.prefix + name, blob.oid if blob else "") for name, blob in zip(names, blobs, strict=True)
    ]
    with draft_index(repository.git, repository.layout, entries) as ready:
        index = ready()
        writes = [
            FileWrite(name, blob.data if blob else None)
            for (oid, by_hand, name), blob in zip(offered, blobs, strict=True)
            if by_hand == "0" and _is_as_before(history, name, oid)
        ]
        replace_files(repository.root, writes)
        os.replace(index, repository.layout.index)


def _is_as_before(history: GitHistory, path: str, blob: str) -> bool:
    data = content(history.repository.root, path, set())
    return not blob if data is None else blob in blob_ids(data, sha256=history.repository.layout.sha256)


class Untold:
    """What was done last, for as long as whoever asked for it has not been told.

    A command may be killed, or its answer not be written, when all is done: typed again, it must not do its
    work twice.

    Args:
        git_dir: of the worktree.
    """

    def __init__(self, git_dir: str) -> None:
        self._path = os.path.join(git_dir, _UNTOLD)

    def note(self, key: str, commit: str) -> None:
        """Write down what is done.

        Args:
            key: of the command (`Note.key`).
            commit: where the branch is now.
        """
        with contextlib.suppress(OSError), open(self._path, "w", encoding="ascii") as file:
            file.write(f"{key} {commit}\n")

    def forget(self) -> None:
        """Whoever asked for it has been told."""
        with contextlib.suppress(OSError):
            drop(self._path)

    def commit(self, key: str) -> str | None:
        """Where the branch was when that was done, if it was done last; None where it was not."""
        try:
            with open(self._path, encoding="ascii") as file:
                found, _, commit = file.read().rstrip("\n").partition(" ")
        except (OSError, UnicodeDecodeError):
            return None
        return commit if found == key else None

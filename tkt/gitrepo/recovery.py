"""Finishing what a killed command had begun: its commit is made, its index and files are not in place."""

from __future__ import annotations

import os

from tkt.gitrepo.history import GitHistory
from tkt.gitrepo.locks import draft_path
from tkt.gitrepo.objects import blob_ids
from tkt.gitrepo.worktree import content, replace_files
from tkt.usecases.workspace import FileWrite


def finish(history: GitHistory, commit: str) -> None:
    """Put in place what was prepared, if the branch got where it was to go; else there is nothing to do.

    A file that is neither as before nor as prepared has been edited since, and stays.

    Args:
        history: of the repository, whose index is locked.
        commit: where the branch was to be.
    """
    layout = history.repository.layout
    draft = draft_path(layout.index)
    if not os.path.exists(draft) or history.recorded(())[0] != commit:
        return
    before, after = history.staged(), history.staged(draft)
    paths = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    as_before = [path for path in paths if _is_as_before(history, path, before.get(path, ""))]
    prepared = history.contents([after[path] for path in as_before if path in after])
    writes = [FileWrite(path, prepared.get(after.get(path, ""))) for path in as_before]
    replace_files(history.repository.root, writes, committed=True)
    os.replace(draft, layout.index)


def _is_as_before(history: GitHistory, path: str, blob: str) -> bool:
    data = content(history.repository.root, path, set())
    return not blob if data is None else blob in blob_ids(data, sha256=history.repository.layout.sha256)

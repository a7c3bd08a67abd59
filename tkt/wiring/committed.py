"""A desk at which the authors of commits work: in a working tree, or on a branch of a bare repository."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tkt.domain.settings import CommitPolicy, Settings
from tkt.errors import UsageError
from tkt.gitrepo.worktrees import own_branch
from tkt.store.files import DiskFiles
from tkt.usecases.fixes import Deskside, as_somebody
from tkt.usecases.workspace import Actor, Workspace
from tkt.wiring.desk import code_of, open_workspace, recorder_of, repository_of
from tkt.wiring.machine import Identity
from tkt.wiring.places import git_folder, place_of

if TYPE_CHECKING:
    from tkt.gitrepo.commit_files import CommitFiles
    from tkt.store.outbox import OutboxFile

OUTBOX = os.path.join("tkt", "outbox.jsonl")
"""Where messages wait to be sent, below Git's folder: the one thing there that is no cache."""


def open_deskside(ws: Workspace) -> Deskside:
    """The same desk, for the authors of commits.

    Args:
        ws: the desk of the current folder.
    """
    from tkt.gitrepo.codelog import GitCodeLog

    if isinstance(ws.files, DiskFiles):
        code = code_of(ws.files.root)
        # Of a desk with a branch of its own it does not matter which branch of the code is checked out.
        branch = "" if code == ws.files.root else ws.settings.policy.main
        log = GitCodeLog(repository_of(code).git, branch)
        return Deskside(ws.settings, log, lambda actor: _in_worktree(ws, actor))
    git = cast("CommitFiles", ws.files).git
    main = ws.settings.policy.main
    desk = own_branch(git.folder) or main
    return Deskside(ws.settings, GitCodeLog(git, main), lambda actor: _in_bare(git.folder, ws, desk, actor))


def _in_worktree(ws: Workspace, actor: Actor) -> Workspace:
    theirs = as_somebody(ws, actor)
    repository = repository_of(cast("DiskFiles", ws.files).root)
    recorder = recorder_of(repository, theirs.identity, ws.now, run_hooks=ws.settings.run_hooks)
    return replace(theirs, recorder=recorder)


def _in_bare(folder: str, ws: Workspace, branch: str, actor: Actor) -> Workspace:
    """The desk as the branch has it now: every change makes a commit that the next one follows."""
    from tkt.gitrepo.bare import BareRecorder

    now = open_workspace(folder, rev=f"refs/heads/{branch}", index=False, dry_run=ws.dry_run)
    committer = _committer(folder, now.settings) or actor
    recorder = BareRecorder(cast("CommitFiles", now.files), branch, actor, committer, ws.now)
    return replace(as_somebody(now, actor), recorder=recorder, now=ws.now, policy=CommitPolicy.AUTO)


def _committer(folder: str, settings: Settings) -> Actor | None:
    return Identity(repository_of(folder), settings).actor()


def open_outbox(path: str = "") -> OutboxFile:
    """Where messages wait to be sent.

    Args:
        path: of a file; "" for the one in the folder of the repository.

    Raises:
        UsageError: there is no repository, or no folder for that file.
    """
    from tkt.store.outbox import OutboxFile

    if path == "-":
        raise UsageError(
            "- is no outbox: what was sent must be kept, so that nothing is sent twice",
            "Name a file; tkt report send NAME --stdout needs none.",
        )
    if path:
        folder = os.path.dirname(path)
        if folder and not os.path.isdir(folder):
            raise UsageError(f"there is no folder {folder} for the outbox", "Make it, or name another file.")
        return OutboxFile(path)
    place = place_of("")
    folder = place.root if place.git.bare else git_folder(place.root)
    if not folder:
        raise UsageError("there is no repository to keep messages in", "Name a file: --outbox FILE")
    return OutboxFile(os.path.join(folder, OUTBOX))

"""A bare repository that takes pushes: its references, and the guard that is installed in it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from tkt.assets import read_hook
from tkt.domain.ids import SETTINGS, TICKETS
from tkt.errors import ConflictError, NotAllowedError
from tkt.gitrepo.contents import REAL
from tkt.gitrepo.git import Git
from tkt.gitrepo.ownbranch import KEY
from tkt.gitrepo.signatures import signature
from tkt.gitrepo.worktrees import own_branch
from tkt.usecases.gate import Signature

HOOKS = ("pre-receive", "post-receive")
"""The hooks of a server that tkt has a shim for."""

_SHIM = re.compile(rb"#!/bin/sh\n# tkt hook [0-9]+: ")
_FILLED_IN = "tkt=tkt # "
"""What stands in the shims as they ship for what an installation knows."""

LARGEST_PUSH = 100_000_000
SAFE = {
    "receive.fsckObjects": "true",
    "receive.advertisePushOptions": "true",
    "receive.maxInputSize": str(LARGEST_PUSH),
    "core.logAllRefUpdates": "true",
}
"""What a guarded server's own configuration says."""

_FREE = "receive.maxInputSize"
_MANY_PATHS = 100

ANONYMOUS, SIGNED = "tkt.anonymous", "tkt.signed"


class Guarded(NamedTuple):
    """How a server is guarded.

    Args:
        hooks: whether each hook is installed as it should be, by its name.
        settings: whether each line of the configuration says what it should, by its key.
        anonymous: whether people may push whom nobody knows.
        signed: whether commits must be signed.
    """

    hooks: dict[str, bool]
    settings: dict[str, bool]
    anonymous: bool
    signed: bool

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return all(self.hooks.values()) and all(self.settings.values())


class BareServer:
    """A bare repository that takes pushes.

    Args:
        folder: where it is.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.git = Git(folder, folder)
        self._desks: dict[str, bool] = {}

    # --- what it holds ---

    def head(self) -> str:
        """The whole name of its main branch."""
        return self.git.text("symbolic-ref", "HEAD")

    def desk(self) -> str:
        """The whole name of the branch with the desk: the main one, or one that the desk has for itself."""
        own = own_branch(self.folder)
        return f"refs/heads/{own}" if own else self.head()

    def tip(self, ref: str) -> str:
        """The id of a reference; "" where there is none."""
        status, out, _ = self.git.attempt(
            "rev-parse", "--verify", "--quiet", "--end-of-options", ref, env=REAL
        )
        return "" if status else out.decode().split("\n")[-2]

    def has_branches(self) -> bool:
        """Whether there is any branch."""
        return bool(self.git.text("for-each-ref", "--count=1", "refs/heads/"))

    def tips(self) -> list[str]:
        """The commits of all references."""
        out = self.git.text("for-each-ref", "--format=%(objectname)")
        found = dict.fromkeys(self.commit_of(each) for each in dict.fromkeys(out.split()))
        return [each for each in found if each]

    def commit_of(self, oid: str) -> str:
        """The commit that an object is, or a tag means; "" where there is none."""
        asked = f"{oid}^{{commit}}\n".encode()
        row = self.git.run("cat-file", "--batch-check", stdin=asked, env=REAL).decode().split()
        return row[0] if row[-1].isdigit() else ""

    def grows(self, old: str, new: str) -> bool:
        """Whether a commit comes from another one."""
        return self.git.attempt("merge-base", "--is-ancestor", old, new, env=REAL)[0] == 0

    def has_desk(self, oid: str) -> bool:
        """Whether a commit has settings."""
        if oid not in self._desks:
            self._desks[oid] = self.git.attempt("cat-file", "-e", f"{oid}:{SETTINGS}", env=REAL)[0] == 0
        return self._desks[oid]

    def first_seen(self, files: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
        """The commits here that brought files, by path and id of the content."""
        paths = {path for path, _ in files}
        if len(paths) > _MANY_PATHS:  # Git holds every file against every path
            paths = {TICKETS}
        asked = "".join(("--\n", *(f"{each}\n" for each in paths)))
        out = self.git.run(
            "log", "--all", "--no-show-signature", "-z", "--format=%H", "--raw", "--no-abbrev", "-m",
            "--no-renames", "--diff-filter=A", "--full-history", "--stdin",
            stdin=asked.encode("utf-8", "surrogateescape"), env=REAL,
        ).decode("utf-8", "surrogateescape")  # fmt: skip
        found: dict[tuple[str, str], list[str]] = {}
        words = out.replace("\n", "\0").split("\0")
        commit = ""
        for place, word in enumerate(words):
            if word.startswith(":"):
                key = words[place + 1], word.split(" ")[3]
                found.setdefault(key, []).append(commit)
            elif word and not words[place - 1].startswith(":"):
                commit = word
        return {key: found[key] for key in files if key in found}

    def signature(self, oid: str, at: datetime) -> Signature:  # noqa: ARG002  the moment is now
        """Whether a commit is signed, as of a moment."""
        return signature(self.git, oid)

    # --- how it is guarded ---

    @cached_property
    def _configured(self) -> dict[str, str]:
        return {each.key.lower(): each.value for each in self.git.configuration if each.scope != "command"}

    def says(self, key: str) -> bool:
        """Whether a line of the configuration says yes."""
        return self._configured.get(key.lower(), "").lower() in {"true", "yes", "on", "1"}

    def signers(self) -> str:
        """The file that says whose keys count; "" for none."""
        return self._configured.get("gpg.ssh.allowedsignersfile", "")

    def guarded(self, program: str) -> Guarded:
        """How it is guarded.

        Args:
            program: the tkt that the shims call.
        """
        return Guarded(
            {name: self._read(self._hook(name)) == _shim(name, program) for name in HOOKS},
            {key: self._is_set(key, value) for key, value in SAFE.items()},
            self.says(ANONYMOUS),
            self.says(SIGNED),
        )

    def install(self, program: str, *, anonymous: bool, signed: bool, branch: str = "") -> list[str]:
        """Install the guard, or renew it; what was written.

        Raises:
            NotAllowedError: the hooks are elsewhere.
            ConflictError: an earlier hook would be lost.
        """
        if "core.hookspath" in self._configured:
            raise NotAllowedError(
                "core.hooksPath leads away from this repository's own hooks",
                "git config --unset core.hooksPath, or have those hooks run: tkt hook pre-receive",
            )
        for name in HOOKS:
            self._refuse_loss(name)
        wanted = {**SAFE, ANONYMOUS: str(anonymous).lower(), SIGNED: str(signed).lower()}
        if branch:
            wanted[KEY] = branch
        due = [key for key, value in wanted.items() if not self._is_set(key, value)]
        for key in due:
            self.git.run("config", "--local", key, wanted[key])
        self.__dict__.pop("_configured", None)
        self.git.__dict__.pop("configuration", None)
        return [*filter(None, (self._install(name, program) for name in HOOKS)), *due]

    def _is_set(self, key: str, value: str) -> bool:
        """Whether a line of the configuration says what it should; how much a push may have is free."""
        said = self._configured.get(key.lower(), "")
        return said not in {"", "0"} if key == _FREE else said == value

    def _hook(self, name: str) -> str:
        return os.path.join(self.folder, "hooks", name)

    def _refuse_loss(self, name: str) -> None:
        path = self._hook(name)
        found = self._read(path)
        if found is not None and not _SHIM.match(found) and self._read(_kept(path)) is not None:
            raise ConflictError(
                f"{path} has replaced the hook of tkt, and {_kept(path)} is still there",
                "Keep one of the two files, under the first name; then tkt hooks install --server.",
            )

    def _install(self, name: str, program: str) -> str:
        path, shim = self._hook(name), _shim(name, program)
        found = self._read(path)
        if found == shim:
            return ""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        draft = f"{path}.tkt-draft"
        with suppress(FileNotFoundError):
            os.unlink(draft)
        with open(draft, "xb") as file:
            file.write(shim)
        os.chmod(draft, 0o755)  # noqa: S103  Git runs it as whoever pushes
        if found is not None and not _SHIM.match(found):
            os.replace(path, _kept(path))
        os.replace(draft, path)
        return path

    def uninstall(self) -> list[str]:
        """Take the guard's hooks away, and put back what was there before; the files that changed."""
        changed = []
        for path in map(self._hook, HOOKS):
            found = self._read(path)
            if found is None or not _SHIM.match(found):
                continue
            os.unlink(path)
            if self._read(_kept(path)) is not None:
                os.replace(_kept(path), path)
            changed.append(path)
        for key in (ANONYMOUS, SIGNED):
            self.git.attempt("config", "--local", "--unset-all", key)
        return changed

    @staticmethod
    def _read(path: str) -> bytes | None:
        try:
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b"" if os.path.islink(path) else None


def _kept(path: str) -> str:
    return f"{path}.before-tkt"


def _shim(name: str, program: str) -> bytes:
    text = read_hook(name).replace(_FILLED_IN, f"tkt={shlex.quote(program)} # ", 1)
    return text.encode("utf-8", "surrogateescape")


def refs_in(text: str) -> Sequence[tuple[str, str, str]]:
    """What Git tells the hooks of a server: the old id, the new one and the name of each reference."""
    rows = (line.split(" ", 2) for line in text.splitlines() if line)
    return [(_id(old), _id(new), ref) for old, new, ref in rows]


def _id(word: str) -> str:
    return word.strip("0") and word

"""What Git is started with: a repository's own traps switched off, and nothing meant for another one."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

# A repository's configuration can name programs to run (measured: fsmonitor, hooks, external diff);
# reading and writing tickets needs none of them. `safe.bareRepository` keeps Git from using a bare
# repository that somebody committed into the tree.
_SAFE = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.quotePath": "false",
    "diff.external": "",
    "log.showSignature": "false",
    "protocol.ext.allow": "never",
    "safe.bareRepository": "explicit",
    "core.fsync": "committed",
    "i18n.commitEncoding": "UTF-8",
    "i18n.logOutputEncoding": "UTF-8",
    # Git 2.39 adds to a folder of a sparse index without opening it, and the next tree has it twice.
    "index.sparse": "false",
}

# Programs that have a name of their own in the configuration, and what stands in for each one that
# the repository itself brings along. Those in a person's own configuration stay, such as Git LFS.
_PROGRAMS = (
    (re.compile(r"filter\..*\.(clean|smudge|process)", re.DOTALL), ""),
    (re.compile(r"filter\..*\.required", re.DOTALL), "false"),
    (re.compile(r"gpg(\.openpgp)?\.program"), "gpg"),
    (re.compile(r"gpg\.ssh\.program"), "ssh-keygen"),
    (re.compile(r"gpg\.x509\.program"), "gpgsm"),
    (re.compile(r"gpg\.ssh\.defaultkeycommand|core\.askpass"), ""),
    (re.compile(r"credential\.(.*\.)?helper", re.DOTALL), ""),
    (re.compile(r"core\.sshcommand"), "ssh"),
    (re.compile(r"core\.gitproxy"), "none"),
    (re.compile(r"core\.alternaterefscommand"), "true"),
    (re.compile(r"merge\..*\.driver", re.DOTALL), "git merge-file --marker-size=%L %A %O %B"),
)
_OTHER_END = re.compile(r"remote\..*\.(uploadpack|vcs)", re.DOTALL)
"""The first of these counts, so that nothing can stand in for it: what a clone lacks is not fetched then."""

MAY_RUN_PROGRAMS = frozenset(
    {
        "cat-file",
        "checkout-index",
        "commit-tree",
        "diff-tree",
        "fast-import",
        "fetch",
        "for-each-ref",
        "log",
        "ls-tree",
        "merge-base",
        "merge-tree",
        "push",
        "read-tree",
        "status",
        "update-index",
        "worktree",
    }
)
"""What can start those programs: by looking at files, by signing, by fetching what a clone lacks."""

# Git sets these for its hooks, and they lead to another repository than the one that is meant.
_FOREIGN = (
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
_FOREIGN_OBJECTS = ("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_OBJECT_DIRECTORY")


@dataclass(frozen=True, slots=True)
class Setting:
    """A line of Git's configuration.

    Args:
        scope: where it comes from: `system`, `global`, `local`, `worktree` or `command`.
        key: section and name in lower case, what is between them as it was written.
        value: "true" for a key without one.
    """

    scope: str
    key: str
    value: str

    @property
    def is_the_repositorys(self) -> bool:
        """Whether it came with the repository, and not from the person or the machine."""
        return self.scope in {"local", "worktree"}


def environment(configuration: Sequence[Setting]) -> dict[str, str]:
    """What a command of tkt's own sees besides what is there.

    Args:
        configuration: whose programs are kept from running; empty where none can run.
    """
    return {
        **_overrides({**_SAFE, **_disarmed(configuration)}),
        **_cut_off(configuration),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "LC_ALL": "C",
    }


def hook_environment() -> dict[str, str]:
    """What a command sees that runs the person's own hooks: the language that the person has set."""
    return {name: os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL")}


def index_of_hook() -> dict[str, str]:
    """What makes a command look at the index that Git has made for the commit it runs a hook for."""
    said = os.environ.get("GIT_INDEX_FILE")
    return {"GIT_INDEX_FILE": os.path.abspath(said)} if said else {}


def foreign(*, bare: bool) -> list[str]:
    """The variables that lead to another repository, and are set.

    Args:
        bare: whether the repository is a bare one, whose hooks see pushed objects through some of them.
    """
    names = _FOREIGN if bare else (*_FOREIGN, *_FOREIGN_OBJECTS)
    return [name for name in names if name in os.environ]


def _overrides(values: dict[str, str]) -> dict[str, str]:
    """The environment that makes Git take these values, after those that are in it already."""
    said = os.environ.get("GIT_CONFIG_COUNT", "")
    start = int(said) if said.isdecimal() else 0
    env = {"GIT_CONFIG_COUNT": str(start + len(values))}
    for number, (key, value) in enumerate(values.items(), start):
        env[f"GIT_CONFIG_KEY_{number}"] = key
        env[f"GIT_CONFIG_VALUE_{number}"] = value
    return env


def _disarmed(configuration: Sequence[Setting]) -> dict[str, str]:
    """What stands in for the programs that a repository's own configuration names."""
    return {
        setting.key: instead
        for setting in configuration
        for pattern, instead in _PROGRAMS
        if setting.is_the_repositorys and pattern.fullmatch(setting.key)
    }


def _cut_off(configuration: Sequence[Setting]) -> dict[str, str]:
    """Nothing is fetched where the repository's own configuration names the program at the other end."""
    named = any(each.is_the_repositorys and _OTHER_END.fullmatch(each.key) for each in configuration)
    return {"GIT_ALLOW_PROTOCOL": "none"} if named else {}

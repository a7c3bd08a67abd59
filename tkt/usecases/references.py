"""What a push may do to references: branches that are protected only grow, tags stay where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from tkt.domain.settings import Settings
from tkt.domain.violation import Violation
from tkt.usecases.gate import BRANCHES, NOTES, TAGS, Gate, Trunk, Update

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def reference_violations(
    gate: Gate, update: Update, trunk: Trunk, main: Settings | None
) -> Iterator[Violation]:
    """What speaks against an update itself, whatever it brings.

    Args:
        gate: what it is judged with.
        update: what is wanted of which reference.
        trunk: the branches that the rules come from.
        main: the settings of the desk; None before there are any.
    """
    name = _short(update.ref)
    if not update.ref.startswith((BRANCHES, TAGS, NOTES)):
        yield _ref(
            update, "is none of refs/heads, refs/tags and refs/notes", "Push branches, tags and notes."
        )
    elif update.new and not _NAME.fullmatch(name):
        hint = "Use letters, digits and . _ / -, a letter or a digit first."
        yield _ref(update, "has a name that a command could take for something else", hint)
    elif update.ref.startswith(TAGS) and update.old:
        verb = "moved" if update.new else "removed"
        yield _ref(update, f"is a tag, and tags are not {verb}", "Make another tag.")
    elif update.ref.startswith(BRANCHES):
        yield from _to_branch(gate, update, trunk, main)


def _to_branch(gate: Gate, update: Update, trunk: Trunk, main: Settings | None) -> Iterator[Violation]:
    if update.old and is_protected(update.ref, trunk, main):
        if not update.new:
            yield _ref(update, "is protected, and stays", "Leave it.")
        elif not gate.server.grows(update.old, update.new):
            yield _ref(update, "is protected, and only grows", "git pull, and push what comes of it.")
    if main is None and update.new and update.ref != trunk.desk:
        yield from _too_early(gate, update, trunk)


def _too_early(gate: Gate, update: Update, trunk: Trunk) -> Iterator[Violation]:
    """A branch that comes before the one with the rules; beside a desk's own branch, code may."""
    name = _short(trunk.desk)
    if not trunk.is_one and gate.server.has_desk(update.new):
        text = f"has a desk, and cannot be judged: the desk's own branch, {name}, is not there"
        yield _ref(update, text, f"Push {name} first.")
    elif trunk.is_one and not update.old and gate.server.has_branches():
        hint = f"Push {name}, or name another main branch on the server: git symbolic-ref HEAD ..."
        yield _ref(update, f"cannot be judged: the main branch, {name}, is not there", hint)


def _ref(update: Update, text: str, hint: str) -> Violation:
    return Violation("ref", f"{update.ref} {text}", hint)


def _short(ref: str) -> str:
    for start in (BRANCHES, TAGS, NOTES):
        ref = ref.removeprefix(start)
    return ref


def is_protected(ref: str, trunk: Trunk, main: Settings | None) -> bool:
    """Whether nobody may delete or rewind a branch.

    Args:
        ref: its whole name.
        trunk: the branches that the rules come from.
        main: the settings of the desk; None before there are any.
    """
    names = main.policy.protected if main else ()
    return ref in {trunk.head, trunk.desk} or any(fnmatchcase(_short(ref), each) for each in names)

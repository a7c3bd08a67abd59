"""Commits that nobody else has yet, made once more: with other ids for tickets, or on top of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from tkt.domain.ids import TICKETS
from tkt.gitrepo.git import Git, cut_short
from tkt.usecases.versions import Content, Version


class OwnCommit(NamedTuple):
    """A commit that nobody else has yet, and those that it follows."""

    id: str
    parents: tuple[str, ...]


class Likeness(NamedTuple):
    """What stays of a commit that is made once more.

    Args:
        name: of its author.
        email: of its author.
        when: the author's moment, as Git reads it: seconds and a zone.
        message: whole.
    """

    name: str
    email: str
    when: str
    message: str


class Changes(Protocol):
    """A branch, as far as it tells what differs between two commits."""

    prefix: str

    def changes(self, before: str, after: str) -> Mapping[str, tuple[Version | None, Version | None]]:
        """The files that differ between two commits, by their paths from the top."""

    def contents(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """What files hold, each with its id."""


def own_commits(git: Git, base: str, ours: str) -> list[OwnCommit]:
    """The commits that lead from one to another, the oldest first."""
    out = git.text("rev-list", "--topo-order", "--reverse", "--parents", ours, f"^{base}", "--")
    words = (line.split(" ") for line in out.split("\n") if line)
    return [OwnCommit(first, tuple(rest)) for first, *rest in words]


def likeness(git: Git, commit: str) -> Likeness:
    """What stays of a commit that is made once more."""
    form = "--format=%an%x00%ae%x00%ad%x00%B"
    out = git.run("log", "-1", "--date=raw", "--encoding=UTF-8", form, commit, "--")
    said = out.decode("utf-8", "surrogateescape").split("\0", 3)
    if len(said) != len(Likeness._fields):
        raise cut_short("log")
    name, email, when, message = said
    return Likeness(name, email, when, message.rstrip("\n") + "\n")


def renamed_files(branch: Changes, base: str, commit: str, ids: Mapping[str, str]) -> dict[str, Content]:
    """What becomes of the tickets' files since another commit, where some tickets get other ids.

    Args:
        branch: reads both.
        base: a commit in which no ticket has such an id.
        commit: a later one.
        ids: the new ids, by the old ones.
    """
    inside = f"{branch.prefix}{TICKETS}/"
    there = {
        path.removeprefix(branch.prefix): now
        for path, (_, now) in branch.changes(base, commit).items()
        if now and path.startswith(inside)
    }
    texts = dict(
        branch.contents(each.oid for path, each in there.items() if each.is_plain and path.endswith(".md"))
    )
    files: dict[str, Content] = {}
    for path, version in there.items():
        text = texts.get(version.oid)
        renamed = _renamed(path, ids)
        content: Content = (
            version
            if text is None
            else _renamed(text.decode("utf-8", "surrogateescape"), ids).encode("utf-8", "surrogateescape")
        )
        if renamed != path:
            files |= {path: None, renamed: content}
        elif content not in (version, text):
            files[path] = content
    return files


def _renamed(text: str, ids: Mapping[str, str]) -> str:
    for old, new in ids.items():
        text = text.replace(old, new)
    return text

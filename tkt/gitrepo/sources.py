"""Commits as whoever merges reads them: what differs, tickets with their threads, and what files hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tkt.domain.ids import thread_folder, ticket_of, ticket_path
from tkt.gitrepo.comparing import Change, differing
from tkt.gitrepo.contents import read_files
from tkt.gitrepo.git import Git
from tkt.gitrepo.merging import MARKED, TORN
from tkt.usecases.versions import Version

_AT_ONCE = 500
"""Tickets that one command is asked for: their names must fit into its arguments."""


class GitSource:
    """Commits of a repository.

    Args:
        git: of the repository.
        prefix: the store's place in the tree: "" or a path that ends with a slash.
    """

    def __init__(self, git: Git, prefix: str) -> None:
        self.git = git
        self.prefix = prefix

    def changes(self, before: str, after: str) -> dict[str, Change]:
        """The files that differ between two commits, by their paths from the top."""
        return differing(self.git, before, after)

    def files(self, commit: str, ticket_ids: Iterable[str]) -> dict[str, Version]:
        """The files of some tickets and of their threads at a commit, by their paths."""
        ids = list(ticket_ids)
        found = {}
        for start in range(0, len(ids), _AT_ONCE):
            chunk = ids[start : start + _AT_ONCE]
            paths = [self.prefix + name(each) for each in chunk for name in (ticket_path, thread_folder)]
            out = self.git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
            for row in out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
                facts, _, path = row.partition("\t")
                mode, _, oid = facts.split(" ")
                found[path.removeprefix(self.prefix)] = Version(mode, oid)
        return found

    def contents(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """What files hold, each with its id, in this order; the next ones are read meanwhile.

        Raises:
            TktError: one is larger than a file of the desk may be.
            NotFoundError: one is not here.
        """
        return read_files(self.git, ids)

    def marked(self, before: str, after: str) -> list[str]:
        """The tickets' files that differ between two commits, and have marks of a merge in the second.

        Args:
            before: a commit; "" for none, so that every file differs.
            after: the other one.
        """
        start = before or self.git.run("mktree").decode().strip()
        files = {
            path: now.oid
            for path, (_, now) in self.changes(start, after).items()
            if now and now.is_plain and path == self.prefix + _file_of(path.removeprefix(self.prefix))
        }
        contents = dict(self.contents(files.values()))
        return [
            path for path, oid in files.items() if MARKED.search(contents[oid]) or TORN.match(contents[oid])
        ]


def _file_of(path: str) -> str:
    """The path of the ticket's file that a path belongs to; "" where it is no ticket's."""
    ticket_id = ticket_of(path)
    return ticket_path(ticket_id) if ticket_id else ""

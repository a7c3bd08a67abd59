"""Many commits at once: what each of them changes of the store, with a handful of Git commands for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tkt.domain.ids import SETTINGS, TICKETS, thread_folder, ticket_of, ticket_path
from tkt.errors import InvalidStoreError, Problem, TktError
from tkt.gitrepo.contents import REAL, Contents, Ref
from tkt.gitrepo.git import Git, GitError
from tkt.usecases.arrivals import LINK, REPOSITORY, Commit, CommitChange, Row, TicketChange

ATTRIBUTES = ".gitattributes"
_CHUNK = 500
_FOLDER, _ABSENT = "040000", "000000"
_FORMAT = "%x00%H%x00%P%x00%ae%x00%B%x00"
_WHY_NOT = {LINK: "is a link; tkt never follows links", REPOSITORY: "is another repository"}


class _Diff(NamedTuple):
    """What differs between a commit and one of its parents.

    Args:
        rows: files, by their paths.
        folders: the ids of folders in the parent and in the commit, "" for none, by their paths.
    """

    rows: dict[str, Row]
    folders: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TicketState:
    """A ticket's file and thread in a commit, as `Files`.

    Args:
        path: of its file.
        thread: the path of its thread's folder.
        file: the mode and the id of its file; None for none.
        folder: the id of its thread's folder; "" for none.
        contents: where they are.
    """

    path: str
    thread: str
    file: Ref | None
    folder: str
    contents: Contents = field(repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same content."""
        return ("".join(self.file) if self.file else ""), self.folder

    def names(self, folder: str) -> Sequence[str]:
        """What is in the thread's folder; nothing in any other."""
        return self.contents.names(self.folder) if folder == self.thread and self.folder else ()

    def read(self, path: str) -> bytes:
        """The content of the ticket's file, or of an entry's.

        Raises:
            FileNotFoundError: there is no such file.
            InvalidStoreError: it is a link, or too large.
        """
        found = self._found(path)
        data = self.contents.blobs.get(found.oid) if found else None
        if found and found.mode in _WHY_NOT:
            raise InvalidStoreError((Problem(path, 0, _WHY_NOT[found.mode]),))
        if data is None:
            raise FileNotFoundError(path)
        if isinstance(data, int):
            raise InvalidStoreError((Problem(path, 0, f"{data:,} bytes are more than a file may have"),))
        return data

    def _found(self, path: str) -> Ref | None:
        if path == self.path:
            return self.file
        folder, _, name = path.rpartition("/")
        return self.contents.trees[self.folder].get(name) if self.folder and folder == self.thread else None


class CommitRange:
    """The commits of a repository, and what they change of the store in it.

    Args:
        git: of the repository.
        prefix: the store's place in the tree: "" or a path that ends with a slash.
    """

    def __init__(self, git: Git, prefix: str = "") -> None:
        self.git = git
        self.prefix = prefix

    def listed(self, tips: Iterable[str], without: Iterable[str] = ()) -> list[Commit]:
        """The commits that some commits come from, themselves among them; parents first."""
        asked = "".join((*(f"{each}\n" for each in tips), *(f"^{each}\n" for each in without)))
        out = self.git.run(
            "rev-list", "--topo-order", "--reverse", f"--format={_FORMAT}", "--stdin",
            stdin=asked.encode(), env=REAL,
        ).decode("utf-8", "surrogateescape")  # fmt: skip
        words = out.split("\0")
        rows = zip(*(words[place::5] for place in range(1, 5)), strict=False)
        return [Commit(oid, tuple(parents.split()), who, text) for oid, parents, who, text in rows]

    def changes(self, commits: Sequence[Commit]) -> Iterator[Sequence[CommitChange]]:
        """What commits change of the store, in their order, so many at once as fit into the memory."""
        for start in range(0, len(commits), _CHUNK):
            chunk = commits[start : start + _CHUNK]
            yield self._changes(chunk, self._diffs(chunk))

    def _diffs(self, commits: Sequence[Commit]) -> list[list[_Diff]]:
        """What differs between each commit and each of its parents, or nothing at all for the first."""
        pairs = [(each.oid, parent) for each in commits for parent in each.parents or ("",)]
        asked = "".join(f"{oid} {parent}\n" if parent else f"{oid}\n" for oid, parent in pairs)
        places = [f":(top,literal,icase){self.prefix}{each}" for each in (TICKETS, SETTINGS, ATTRIBUTES)]
        out = self.git.run(
            "diff-tree", "--stdin", "-r", "-t", "--always", "--root", "--raw", "-z", "--no-renames",
            "--no-abbrev", "--no-relative", "--", *places,
            stdin=asked.encode(), env={**REAL, "GIT_LITERAL_PATHSPECS": "0"},
        ).decode("utf-8", "surrogateescape")  # fmt: skip
        found = self._parsed(out.split("\0"))
        if len(found) != len(pairs):
            raise GitError("git diff-tree has not looked at every commit")
        rest = iter(found)
        return [[next(rest) for _ in each.parents or ("",)] for each in commits]

    def _parsed(self, words: Sequence[str]) -> list[_Diff]:
        found: list[_Diff] = []
        at, end, cut = 0, len(words) - 1, len(self.prefix)
        while at < end:
            facts = words[at]
            if facts[0] != ":":
                found.append(_Diff({}, {}))
                at += 1
                continue
            before, after, old, new, _ = facts[1:].split(" ")
            path = words[at + 1][cut:]
            at += 2
            old, new = ("" if before == _ABSENT else old), ("" if after == _ABSENT else new)
            if _FOLDER in {before, after}:
                found[-1].folders[path] = (old if before == _FOLDER else "", new if after == _FOLDER else "")
            else:
                found[-1].rows[path] = Row(old, new, "" if after == _ABSENT else after)
        return found

    def _changes(self, commits: Sequence[Commit], diffs: Sequence[Sequence[_Diff]]) -> list[CommitChange]:
        contents = Contents(self.git)
        touched = [sorted(_touched(each)) for each in diffs]
        self._ask(contents, commits, diffs, touched)
        states: list[TicketState] = []
        made = [
            CommitChange(
                commit,
                tuple(each.rows for each in sides),
                tuple(self._ticket(contents, commit, sides, ticket_id, states) for ticket_id in ids),
            )
            for commit, sides, ids in zip(commits, diffs, touched, strict=True)
        ]
        contents.load_folders(state.folder for state in states if state.folder)
        contents.load_files(state.file.oid for state in states if state.file)
        contents.load_entries()
        return made

    def _ask(
        self,
        contents: Contents,
        commits: Sequence[Commit],
        diffs: Sequence[Sequence[_Diff]],
        touched: Sequence[Sequence[str]],
    ) -> None:
        """Look up what a commit touches in part only: a ticket without its thread, or the other way."""
        names = []
        for commit, sides, ids in zip(commits, diffs, touched, strict=True):
            for ticket_id in ids:
                path, folder = ticket_path(ticket_id), thread_folder(ticket_id)
                if not any(path in each.rows for each in sides):
                    names.append(self._name(commit, path))
                if not any(folder in each.folders for each in sides):
                    names.append(self._name(commit, folder))
        contents.look_up(names)

    def _name(self, commit: Commit, path: str) -> str:
        return f"{commit.oid}:{self.prefix}{path}"

    def _ticket(
        self,
        contents: Contents,
        commit: Commit,
        sides: Sequence[_Diff],
        ticket_id: str,
        states: list[TicketState],
    ) -> TicketChange:
        """What a commit makes of a ticket; adds to the states whose contents are needed."""
        path, folder = ticket_path(ticket_id), thread_folder(ticket_id)
        rows = [each.rows.get(path) for each in sides]
        row = next(filter(None, rows), None)
        file = row.new if row else contents.found(self._name(commit, path), "blob")
        pairs = [each.folders.get(folder) for each in sides]
        pair = next(filter(None, pairs), None)
        thread = pair[1] if pair else contents.found(self._name(commit, folder), "tree")

        def state(oid: str, folder_oid: str, mode: str = "100644") -> TicketState:
            states.append(TicketState(path, folder, Ref(mode, oid) if oid else None, folder_oid, contents))
            return states[-1]

        now = state(file, thread, row.mode if row and row.mode else "100644")
        parents = (
            state(was.old if was else file, before[0] if before else thread)
            for was, before in zip(rows, pairs, strict=True)
        )
        return TicketChange(ticket_id, tuple(parents) if commit.parents else (), now)

    def files(self, oid: str) -> SingleFiles:
        """The settings and other single files at a commit."""
        return SingleFiles(self.git, oid, self.prefix)

    def has_desk(self, oid: str) -> bool:
        """Whether a commit has settings."""
        return self.git.attempt("cat-file", "-e", f"{oid}:{self.prefix}{SETTINGS}", env=REAL)[0] == 0

    def siblings(self, oid: str, folder: str) -> Sequence[str]:
        """The names in a folder at a commit; none where Git knows no such folder."""
        place = f"{oid}:{self.prefix}{folder}"
        status, out, _ = self.git.attempt("ls-tree", "-z", "--name-only", place, env=REAL)
        return [] if status else out.decode("utf-8", "surrogateescape").split("\0")[:-1]

    def ancestral(self, one: str, other: str, path: str) -> frozenset[str]:
        """The ids of a file's content, "" for none, in the newest commits that two commits come from."""
        _, out, _ = self.git.attempt("merge-base", "--all", one, other, env=REAL)
        contents = Contents(self.git)
        names = [f"{oid}:{self.prefix}{path}" for oid in out.decode().split()]
        contents.look_up(names)
        return frozenset(contents.found(each, "blob") for each in names)


def _touched(sides: Iterable[_Diff]) -> set[str]:
    """The tickets whose files or threads differ."""
    paths: set[str] = set()
    for side in sides:
        paths.update(side.rows)
    return {ticket_id for path in paths if (ticket_id := ticket_of(path))}


class SingleFiles:
    """Files at a commit that are read one by one, as `Files`; it lists nothing.

    Args:
        git: of the repository.
        oid: the commit.
        prefix: the store's place in the tree.
    """

    def __init__(self, git: Git, oid: str, prefix: str) -> None:
        self.git = git
        self.oid = oid
        self.prefix = prefix

    def names(self, folder: str) -> Sequence[str]:  # noqa: ARG002  the protocol names it
        """Nothing."""
        return ()

    def read(self, path: str) -> bytes:
        """A file's content.

        Raises:
            FileNotFoundError: there is no such file.
            TktError: it is larger than any file of the store may be.
        """
        contents = Contents(self.git)
        name = f"{self.oid}:{self.prefix}{path}"
        contents.look_up([name])
        oid = contents.found(name, "blob")
        if not oid:
            raise FileNotFoundError(path)
        contents.load_files([oid])
        data = contents.blobs[oid]
        if isinstance(data, int):
            raise TktError(f"{path} has {data:,} bytes at {self.oid[:10]}", "Make it smaller.")
        return data

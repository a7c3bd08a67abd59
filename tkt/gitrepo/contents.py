"""What objects of a repository hold, asked for by the thousand and never more than fits into the memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Thread
from typing import IO, NamedTuple, cast

from tkt.domain.ids import ENTRY_ID, TICKETS
from tkt.errors import TktError
from tkt.gitrepo.git import Git, GitError, lacking

REAL = {"GIT_NO_REPLACE_OBJECTS": "1"}
"""Objects as they are, whatever a reference says that stands in for them."""

_LARGEST = 4_000_000
"""No file of a store may have so many bytes; what is larger is not read."""
_MOST = 400_000_000
"""So many bytes are read at once."""
_FOLDER = "40000"


class Ref(NamedTuple):
    """A file in a tree.

    Args:
        mode: such as 100644.
        oid: the id of its content.
    """

    mode: str
    oid: str


class Contents:
    """What some objects hold.

    Args:
        git: of the repository.
    """

    def __init__(self, git: Git) -> None:
        self.git = git
        self.trees: dict[str, dict[str, Ref]] = {}
        self.blobs: dict[str, bytes | int] = {}
        self._names: dict[str, tuple[str, str]] = {}

    def look_up(self, names: Sequence[str]) -> None:
        """Find out which objects names such as `COMMIT:PATH` mean."""
        if names:
            self._names.update(zip(names, (row[:2] for row in self._checked(names)), strict=True))

    def found(self, name: str, kind: str) -> str:
        """The id of the object that a name means, if it is of that kind; else ""."""
        oid, is_one = self._names.get(name, ("", ""))
        return oid if is_one == kind else ""

    def names(self, folder: str) -> list[str]:
        """What is in a folder, sorted; folders end with a slash."""
        rows = self.trees[folder].items()
        return sorted(f"{name}/" if each.mode == _FOLDER else name for name, each in rows)

    def load_folders(self, ids: Iterable[str]) -> None:
        """Read folders.

        Raises:
            NotFoundError: one is not here.
        """
        wanted = [each for each in dict.fromkeys(ids) if each not in self.trees]
        for oid, data in self._read(wanted).items():
            self.trees[oid] = _listing(data, len(oid) // 2)

    def load_files(self, ids: Iterable[str]) -> None:
        """Read files; of those that are larger than any may be, only their sizes."""
        wanted = [each for each in dict.fromkeys(ids) if each not in self.blobs]
        if not wanted:
            return
        fit: list[str] = []
        total = 0
        for oid, (_, kind, size) in zip(wanted, self._checked(wanted), strict=True):
            if kind == "blob" and size <= _LARGEST:
                fit.append(oid)
                total += size
            elif kind == "blob":
                self.blobs[oid] = size
        if total > _MOST:
            raise TktError(f"these commits have {total:,} bytes of tickets at once", "Push fewer at a time.")
        self.blobs.update(self._read(fit))

    def load_entries(self) -> None:
        """Read the entries in all folders that have been read."""
        self.load_files(
            each.oid
            for folder in self.trees.values()
            for name, each in folder.items()
            if name.endswith(".md") and ENTRY_ID.fullmatch(name[:-3])
        )

    def _checked(self, names: Sequence[str]) -> list[tuple[str, str, int]]:
        """The id, the kind and the size of each object; "" where there is none."""
        asked = "".join(f"{each}\n" for each in names).encode("utf-8", "surrogateescape")
        out = self.git.run("cat-file", "--batch-check", "--buffer", stdin=asked, env=REAL)
        rows = [line.split(b" ") for line in out.split(b"\n")[:-1]]
        whole = len(rows) == len(names)
        if not whole:
            raise GitError("git cat-file has not answered for every object")
        return [
            (row[0].decode(), row[1].decode(), int(row[2])) if row[-1].isdigit() else ("", "", 0)
            for row in rows
        ]

    def _read(self, ids: Sequence[str]) -> dict[str, bytes]:
        return {oid: out.read(size) for oid, size, out in _objects(self.git, ids)}


def read_files(git: Git, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """What files hold, each with its id, in this order; Git reads the next ones meanwhile.

    Raises:
        NotFoundError: one is not here.
        TktError: one is larger than any may be, or all together are.
    """
    total = 0
    for oid, size, out in _objects(git, list(dict.fromkeys(ids))):
        total += size
        if size > _LARGEST:
            raise TktError(f"a file below {TICKETS}/ has {size:,} bytes, more than any may have")
        if total > _MOST:
            raise TktError(f"more than {_MOST:,} bytes of tickets differ", "Merge an older commit first.")
        yield oid, out.read(size)


def _objects(git: Git, ids: Sequence[str]) -> Iterator[tuple[str, int, IO[bytes]]]:
    """The id of each object, its size, and where so many bytes of it are to be read at once.

    Raises:
        NotFoundError: one is not here.
    """
    if not ids:
        return
    with git.open("cat-file", "--batch", "--buffer", env=REAL) as process:
        told = cast("IO[bytes]", process.stdout)
        Thread(target=_ask, args=(process.stdin, ids)).start()  # else both could wait for each other
        for oid in ids:
            header = told.readline().split()
            if len(header) != 3 or header[0].decode() != oid:  # noqa: PLR2004  id, kind, size
                raise lacking(oid)
            yield oid, int(header[2]), told
            told.read(1)


def _ask(pipe: IO[bytes], ids: Sequence[str]) -> None:
    with suppress(OSError, ValueError), pipe:  # nobody wants the rest
        pipe.write("".join(f"{each}\n" for each in ids).encode())


def _listing(data: bytes, width: int) -> dict[str, Ref]:
    """What a tree object holds, by name.

    Args:
        data: of the object.
        width: bytes of an id.
    """
    found = {}
    at = 0
    while at < len(data):
        space = data.index(b" ", at)
        end = data.index(b"\0", space)
        name = data[space + 1 : end].decode("utf-8", "surrogateescape")
        found[name] = Ref(data[at:space].decode(), data[end + 1 : end + 1 + width].hex())
        at = end + 1 + width
    return found
